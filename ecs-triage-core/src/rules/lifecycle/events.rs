//! Events of a service that runs as it should, and a service that runs too little without a word.

use crate::rules::at_most_one;
use std::cmp::Reverse;

use super::{
    Bucket, Cause, Check, Confidence, Counts, EVENTS, Finding, Fix, Kind, LOOK_AT_STOPPED, Plain, Rule,
    STOPPED_TASKS, Verdict,
};
use crate::evidence::Citation;
use crate::signals::message::{Message, ServiceEventKind};
use crate::signals::{ServiceState, Source, Statement, Subject};

pub(in crate::rules) static EVENT_INFORMATIONAL: Rule = Rule {
    code: "event-informational",
    bucket: Bucket::Lifecycle,
    kind: Kind::Routine,
    title: "routine event",
    summary: "The newest event is routine: nothing in it failed.",
    explanation: "Services report what they do also when all is well.",
    signs: "Steady state, started and stopped tasks, registered and deregistered targets, completed deployments; INFO \
            events of EventBridge.",
    wants: &[],
    fixes: &[],
    docs: &[EVENTS, "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html"],
    since: "0.1.0",
    check: Check::Judge(informational),
};

fn informational(subject: &Subject<'_>) -> Vec<Finding> {
    // Beside an event of a failure, or one that is not understood, nothing is routine.
    if subject.statements.iter().any(|said| routine(said, subject).is_none() && is_event(said)) {
        return Vec::new();
    }
    // Nor beside too few tasks, of which no event says why.
    if below_desired(subject).is_some() || super::crash_loop::of_deployment(subject).is_some() {
        return Vec::new();
    }
    let state = Verdict::of_state(subject.service_state());
    let undone = undone_deployment(subject);
    let said = subject.statements.iter().filter_map(|statement| {
        let by_event = routine(statement, subject)?;
        // Numbers say more than an event; but what a service is doing, a steady count does not undo.
        let verdict = match state {
            Some(Verdict::Healthy) | None => by_event,
            Some(Verdict::Undetermined) if has_just_started(subject) => by_event,
            Some(verdict) => verdict,
        };
        let finding = Finding::stated(Cause::EventInformational(Plain {}), statement).verdict(verdict);
        let finding = match &undone {
            Some(failed) => finding.cite(failed.clone()).summary(
                "The newest event is routine, but the last deployment failed and was rolled back: what runs is the revision before.",
            ),
            None => finding,
        };
        // Cut short, it may have gone on to say that an unhealthy task was replaced.
        let body = statement.message.body();
        let is_open =
            body.contains(" has started ") && !body.ends_with('.') || verdict == Verdict::Undetermined;
        Some(if is_open { finding.confidence(Confidence::Possible) } else { finding })
    });
    said.collect()
}

/// The event of the last deployment, where it failed and no newer one was completed but that to which it was rolled back.
fn undone_deployment(subject: &Subject<'_>) -> Option<Citation> {
    let mut events = subject.service.as_ref()?.events();
    events.sort_by_key(|event| Reverse(event.created_at()));
    let mut completed = Vec::new();
    let mut target = None;
    for event in events {
        let Some(text) = event.message().filter(|text| text.contains("deployment")) else { continue };
        let message = Message::parse(text);
        let Some(said) = message.service_event() else { continue };
        match said.kind {
            ServiceEventKind::DeploymentCompleted => completed.push(said.deployment.clone()),
            ServiceEventKind::RollingBack => {
                target = message.word_after("rolling back to deployment ").map(str::to_owned);
            }
            ServiceEventKind::DeploymentFailed => {
                let is_last = target.is_some() && completed.iter().all(|done| *done == target);
                return is_last.then(|| event.cite("message"));
            }
            _ => {}
        }
    }
    None
}

fn is_event(statement: &Statement) -> bool {
    matches!(statement.source, Source::ServiceEvent | Source::ServiceAction)
}

/// How a service stands by one of its routine events.
fn routine(statement: &Statement, subject: &Subject<'_>) -> Option<Verdict> {
    match statement.source {
        Source::ServiceAction => verdict_of_action(statement.message.body())
            .or_else(|| is_news(statement, subject).then_some(Verdict::NotAFailure)),
        Source::ServiceEvent => verdict_of_event(statement),
        Source::Bare => verdict_of_event(statement)
            .or_else(|| verdict_of_action(statement.message.body()))
            .or_else(|| verdict_of_rollout(statement.message.body())),
        _ => None,
    }
}

fn verdict_of_event(statement: &Statement) -> Option<Verdict> {
    Some(match statement.message.service_event()?.kind {
        ServiceEventKind::SteadyState | ServiceEventKind::DeploymentCompleted => Verdict::Healthy,
        ServiceEventKind::AzRebalancing if statement.message.says("is az balanced") => Verdict::Healthy,
        ServiceEventKind::AzRebalancing if statement.message.says("unable to az") => return None,
        ServiceEventKind::Started
        | ServiceEventKind::Stopped
        | ServiceEventKind::Registered
        | ServiceEventKind::Deregistered
        | ServiceEventKind::Draining
        | ServiceEventKind::AzRebalancing
        | ServiceEventKind::DesiredCount => Verdict::InProgress,
        _ => return None,
    })
}

/// Reasons of a rollout state: `ECS deployment ecs-svc/1 completed.`
fn verdict_of_rollout(body: &str) -> Option<Verdict> {
    let body = body.strip_prefix("ecs deployment ")?;
    match () {
        () if body.contains("circuit breaker") => None,
        () if body.ends_with(" completed.") => Some(Verdict::Healthy),
        () if body.ends_with(" in progress.") => Some(Verdict::InProgress),
        () => None,
    }
}

/// INFO events by name: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html>.
fn verdict_of_action(body: &str) -> Option<Verdict> {
    Some(match body.split(':').next().unwrap_or(body) {
        "service_steady_state"
        | "taskset_steady_state"
        | "capacity_provider_steady_state"
        | "service_deployment_completed"
        | "service_rebalancing_completed" => Verdict::Healthy,
        "service_deployment_in_progress"
        | "service_desired_count_updated"
        | "tasks_started"
        | "tasks_stopped"
        | "service_rebalancing_started"
        | "service_rebalancing_stopped" => Verdict::InProgress,
        _ => return None,
    })
}

/// Whether AWS calls an event INFO whose name is not known here: nothing failed in it.
fn is_news(statement: &Statement, subject: &Subject<'_>) -> bool {
    let name = statement.message.body().split(':').next().unwrap_or_default();
    let trouble = ["fail", "impaired", "unhealthy", "throttled", "violated", "unavailable", "unknown"];
    let is_info = subject.actions.iter().filter_map(|action| action.detail()).any(|detail| {
        detail.event_type() == Some("INFO")
            && ["reason", "eventName"].iter().any(|key| detail.cite(key) == statement.citation)
    });
    is_info && !trouble.iter().any(|word| name.contains(word))
}

/// A task is on its way up for so long at most before an absent one is worth a word, in seconds.
const START_SECONDS: f64 = 600.0;

pub(in crate::rules) static BELOW_DESIRED: Rule = Rule {
    code: "service-below-desired",
    bucket: Bucket::Lifecycle,
    // Nothing but the effect is known.
    kind: Kind::Symptom,
    title: "service runs fewer tasks than desired and does not say why",
    summary: "{service|The service} runs {runningCount~|fewer} of {desiredCount~|the desired} tasks{failed~|}, and its events do not say why.",
    explanation: "Events of one kind are shown once until their cause is gone, and a service whose starts fail pauses for \
                  up to 27 minutes. The stopped tasks say why they stopped, for about an hour.",
    signs: "runningCount below desiredCount with nothing pending, or failed tasks in the newest deployment, and no event \
            that reports a failure.",
    wants: &[STOPPED_TASKS],
    fixes: &[
        LOOK_AT_STOPPED,
        Fix::look(
            "Read the newest events",
            "aws ecs describe-services --cluster {cluster} --services {service} --region {region} --query \
             'services[].events[:20].[createdAt,message]' --output text",
        ),
    ],
    docs: &[
        EVENTS,
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html",
    ],
    since: "0.1.0",
    check: Check::Judge(|subject| at_most_one(below_desired(subject))),
};

fn below_desired(subject: &Subject<'_>) -> Option<Finding> {
    let service = subject.service.as_ref()?;
    let (running, desired) = (service.running_count()?, service.desired_count()?);
    let primary = subject.primary_deployment();
    let failed = primary.as_ref().and_then(|deployment| deployment.failed_tasks()).filter(|count| *count > 0);
    let is_quiet = subject.service_state() == ServiceState::Below && !has_just_started(subject);
    let is_explained = primary.as_ref().and_then(|deployment| deployment.rollout_state()) == Some("FAILED")
        || subject.statements.iter().any(|said| is_event(said) && routine(said, subject).is_none());
    if running >= desired || is_explained || !is_quiet && failed.is_none() {
        return None;
    }
    let counts = Counts {
        desired_count: Some(desired),
        running_count: Some(running),
        pending_count: service.pending_count(),
        failed_tasks: failed,
        ..Counts::default()
    };
    let cause = Cause::ServiceBelowDesired(counts);
    // Without a failed task it may be one that is on its way: the stopped tasks tell.
    let sure = if failed.is_some() { Confidence::Likely } else { Confidence::Possible };
    let mut finding = Finding::new(cause, sure, service.cite("runningCount"))
        .cite(service.cite("desiredCount"))
        .fact("failed", failed.map(|count| format!(", and {count} tasks of its newest deployment failed")));
    match (failed, primary) {
        (Some(_), Some(deployment)) => finding = finding.cite(deployment.cite("failedTasks")),
        _ => finding = finding.verdict(Verdict::Undetermined),
    }
    Some(finding)
}

/// Whether tasks were started so lately that they may be on their way up.
fn has_just_started(subject: &Subject<'_>) -> bool {
    let newest =
        subject.statements.iter().filter(|said| said.source == Source::ServiceEvent).find_map(|said| {
            let kind = said.message.service_event()?.kind;
            matches!(kind, ServiceEventKind::Started | ServiceEventKind::ReplacedUnhealthy).then_some(said.at)
        });
    match (newest, subject.evidence.observed_at()) {
        (None, _) => false,
        (Some(Some(started)), Some(observed)) => observed.seconds_since(started) < START_SECONDS,
        (Some(_), _) => true,
    }
}
