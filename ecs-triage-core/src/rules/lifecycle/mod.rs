//! Deployments, scaling, and stops that are no fault.

mod pull_skipped;

pub(super) use pull_skipped::PULL_SKIPPED;

use super::{Bucket, Cause, Check, Finding, Kind, Plain, Rule, Verdict};
use crate::signals::message::ServiceEventKind;

pub(super) static SERVICE_SCALING: Rule = Rule {
    code: "lifecycle-service-scaling",
    bucket: Bucket::Lifecycle,
    kind: Kind::Routine,
    title: "service scheduler scaled the task in or replaced it",
    summary: "The service's scheduler stopped the task: it was scaled in, replaced by a deployment or rebalanced.",
    explanation: "ECS stops tasks that a service no longer needs. Exit codes 137 and 143 after that are the stop itself.",
    signs: "`Scaling activity initiated by …` or `Availability-zone rebalancing initiated by …`.",
    wants: &[],
    fixes: &[],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html"],
    since: "0.1.0",
    check: Check::says(
        |statement, _| {
            statement.message.says_any(&["scaling activity initiated by", "rebalancing initiated by"])
        },
        |_, _| Cause::LifecycleServiceScaling(Plain {}),
    ),
};

pub(super) static EVENT_INFORMATIONAL: Rule = Rule {
    code: "event-informational",
    bucket: Bucket::Lifecycle,
    kind: Kind::Routine,
    title: "routine event",
    summary: "The newest event is routine: nothing in it failed.",
    explanation: "Services report what they do also when all is well.",
    signs: "Steady state, started and stopped tasks, registered and deregistered targets, completed deployments.",
    wants: &[],
    fixes: &[],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html"],
    since: "0.1.0",
    check: Check::Judge(|subject| {
        let mut found = Vec::new();
        for statement in &subject.statements {
            let verdict = match statement.message.service_event().map(|event| event.kind) {
                Some(ServiceEventKind::SteadyState | ServiceEventKind::DeploymentCompleted) => {
                    Verdict::Healthy
                }
                Some(
                    ServiceEventKind::Started
                    | ServiceEventKind::Stopped
                    | ServiceEventKind::Registered
                    | ServiceEventKind::Deregistered
                    | ServiceEventKind::Draining
                    | ServiceEventKind::AzRebalancing,
                ) => Verdict::InProgress,
                _ => continue,
            };
            found.push(Finding::stated(Cause::EventInformational(Plain {}), statement).verdict(verdict));
        }
        found
    }),
};
