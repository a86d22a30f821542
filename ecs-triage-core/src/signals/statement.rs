//! Machine-made messages and where each was said.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::message::Message;
use crate::Timestamp;
use crate::evidence::Citation;
use crate::evidence::ecs::ServiceEvent;

/// Where a message was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// A machine-made message, parsed, and the kind of place where it was said; of tasks that ended alike one and the same.
#[derive(Debug)]
pub struct Said {
    /// Where it was said.
    pub source: Source,
    /// The message.
    pub message: Message,
    /// Which rules are asked where it is said: found out once, however many tasks say it.
    asked: OnceLock<Vec<usize>>,
}

impl Said {
    pub(super) fn new(source: Source, message: Message) -> Self {
        Self { source, message, asked: OnceLock::new() }
    }

    /// Whether the message was written by ECS, its agent or a runtime below it, not by the application.
    pub fn is_from_ecs(&self) -> bool {
        self.source != Source::Log
    }

    /// The places of the rules that are asked where it is said, in their order, as whoever asks first finds out.
    pub(crate) fn asked(&self, find_out: impl FnOnce(&Self) -> Vec<usize>) -> &[usize] {
        self.asked.get_or_init(|| find_out(self))
    }
}

/// Something that was said, with its place: everything of [`Said`] beside what is its own.
#[derive(Debug, Clone)]
pub struct Statement {
    /// What was said.
    pub said: Arc<Said>,
    /// The container it is about.
    pub container: Option<String>,
    /// When it was said, where the evidence tells.
    pub at: Option<Timestamp>,
    /// The proof.
    pub citation: Citation,
}

impl Statement {
    pub(super) fn new(source: Source, text: &str, citation: Citation) -> Self {
        Self::read(Arc::new(Said::new(source, Message::parse(text))), citation)
    }

    /// One whose message was read before.
    pub(super) fn read(said: Arc<Said>, citation: Citation) -> Self {
        Self { said, container: None, at: None, citation }
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
}

impl Deref for Statement {
    type Target = Said;

    fn deref(&self) -> &Said {
        &self.said
    }
}
