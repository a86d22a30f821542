//! Machine-made messages and where each was said.

use super::message::Message;
use crate::Timestamp;
use crate::evidence::Citation;
use crate::evidence::ecs::ServiceEvent;

/// Where a message was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `tasks[].stoppedReason`.
    TaskStoppedReason,
    /// `tasks[].containers[].reason`.
    ContainerReason,
    /// `tasks[].attachments[].details[statusReason]`.
    AttachmentReason,
    /// `tasks[].containers[].managedAgents[].reason`.
    ManagedAgentReason,
    /// `services[].events[].message`.
    ServiceEvent,
    /// Name and reason of an EventBridge event about a service: `SERVICE_TASK_PLACEMENT_FAILURE: RESOURCE:CPU`.
    ServiceAction,
    /// `services[].deployments[].rolloutStateReason`, or a service deployment's `statusReason`.
    DeploymentReason,
    /// `failures[].reason` of an answer.
    FailureReason,
    /// The error that a call ended in.
    ApiError,
    /// A container instance's status or health.
    InstanceHealth,
    /// A line that the application or its runtime logged.
    Log,
    /// A message on its own, of which nobody said where it came from.
    Bare,
}

/// A machine-made message, parsed, with its place.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Where it was said.
    pub source: Source,
    /// The container it is about.
    pub container: Option<String>,
    /// When it was said, where the evidence tells.
    pub at: Option<Timestamp>,
    /// The message.
    pub message: Message,
    /// The proof.
    pub citation: Citation,
}

impl Statement {
    pub(super) fn new(source: Source, text: &str, citation: Citation) -> Self {
        Self::read(source, Message::parse(text), citation)
    }

    /// One whose message was read before.
    pub(super) fn read(source: Source, message: Message, citation: Citation) -> Self {
        Self { source, container: None, at: None, message, citation }
    }

    /// What a service event says.
    pub(crate) fn of_event(event: &ServiceEvent<'_>) -> Option<Self> {
        Some(Self::new(Source::ServiceEvent, event.message()?, event.cite("message")).at(event.created_at()))
    }

    /// The health of a target, in the words of the service event that tells of it.
    pub(crate) fn of_target(text: &str, citation: Citation) -> Self {
        Self::new(Source::ServiceEvent, text, citation)
    }

    pub(super) fn container(mut self, name: Option<&str>) -> Self {
        self.container = name.map(str::to_owned);
        self
    }

    pub(super) fn at(mut self, at: Option<Timestamp>) -> Self {
        self.at = at;
        self
    }

    /// Whether the message was written by ECS, its agent or a runtime below it, not by the application.
    pub fn is_from_ecs(&self) -> bool {
        self.source != Source::Log
    }
}
