//! What became of a subject.

use crate::rules::{Finding, Kind, Verdict};
use crate::signals::message::ServiceEventKind;
use crate::signals::{Source, Statement, Stop, Subject, SubjectKind, is_job_open};

/// What became of the subject: as its leading finding says, else from the state it is in.
pub(super) fn verdict_of(leading: &[Finding], subject: &Subject<'_>) -> Verdict {
    if let Some(first) = leading.first().filter(|first| !is_beside(first, subject)) {
        let by_kind =
            if first.cause.rule().kind == Kind::Routine { Verdict::NotAFailure } else { Verdict::Failure };
        return first.verdict.unwrap_or(by_kind);
    }
    match subject.kind {
        SubjectKind::Task => verdict_of_task(subject),
        SubjectKind::Service => verdict_of_service(subject),
        SubjectKind::ContainerInstance => verdict_of_instance(subject),
        SubjectKind::Message => verdict_of_targets(subject),
        _ => Verdict::Undetermined,
    }
}

/// Whether a finding is about a container that AWS put into a task, which runs without it.
fn is_beside(finding: &Finding, subject: &Subject<'_>) -> bool {
    let is_its = |name: &str| Some(name) == finding.container.as_deref();
    subject.exits.iter().any(|exit| exit.injected && is_its(&exit.container))
        && verdict_of_task(subject) == Verdict::Healthy
}

fn verdict_of_task(subject: &Subject<'_>) -> Verdict {
    let Some(task) = &subject.task else { return verdict_of_containers(subject) };
    let job = task.job().filter(|_| !subject.stop.was_asked_for());
    match job.as_ref().and_then(|job| job.status()) {
        Some("RUNNING") => return Verdict::Healthy,
        Some("SUCCEEDED") => return Verdict::NotAFailure,
        Some("FAILED") => return Verdict::Failure,
        status if is_job_open(status) => return Verdict::InProgress,
        _ => {}
    }
    match (subject.stop, task.last_status()) {
        (Stop::None, Some("RUNNING")) if task.health_status() == Some("UNHEALTHY") => Verdict::Failure,
        (Stop::None, Some("RUNNING")) if task.desired_status() == Some("STOPPED") => Verdict::InProgress,
        (Stop::None, Some("RUNNING")) => Verdict::Healthy,
        (Stop::None, Some(_)) => Verdict::InProgress,
        (Stop::Unknown, Some("DEACTIVATING" | "STOPPING" | "DEPROVISIONING")) => Verdict::InProgress,
        (Stop::Unknown, Some("RUNNING")) if task.stopped_reason().is_none() => Verdict::InProgress,
        (Stop::FailedToStart | Stop::Unhealthy, _) => Verdict::Failure,
        // The scheduler also stops what fails its health checks: without a reason that is known it is open.
        (Stop::Scheduler, _) => Verdict::Undetermined,
        (stop, _) if stop.was_asked_for() => Verdict::NotAFailure,
        _ => Verdict::Undetermined,
    }
}

/// Containers without their task: how they ended says nothing yet, but all of them may run or be on their way up.
fn verdict_of_containers(subject: &Subject<'_>) -> Verdict {
    let all = |states: &[&str]| {
        let is_one = |status: &str| states.contains(&status);
        !subject.exits.is_empty()
            && subject.exits.iter().all(|exit| exit.view.last_status().is_some_and(is_one))
    };
    match () {
        () if all(&["RUNNING"]) => Verdict::Healthy,
        () if all(&["RUNNING", "PENDING"]) => Verdict::InProgress,
        () => Verdict::Undetermined,
    }
}

/// How a service stands by its numbers, else by the newest event of EventBridge.
fn verdict_of_service(subject: &Subject<'_>) -> Verdict {
    // What is not understood may be why the numbers are about to change.
    if subject.statements.iter().any(is_unread_trouble) {
        return Verdict::Undetermined;
    }
    let newest = subject.actions.first().and_then(|action| action.detail());
    // That ECS could not ask how the tasks are is no word about how they are.
    let is_error = newest.as_ref().and_then(|detail| detail.event_type()) == Some("ERROR")
        && newest.as_ref().and_then(|detail| detail.event_name()) != Some("SERVICE_HEALTH_UNKNOWN");
    let deployment = subject.service_deployments.first().and_then(|deployment| deployment.status());
    match Verdict::of_state(subject.service_state()) {
        Some(verdict) => verdict,
        // A newer deployment took its place, or somebody stopped it.
        None if deployment == Some("STOPPED") => Verdict::NotAFailure,
        None if is_error => Verdict::Failure,
        None => Verdict::Undetermined,
    }
}

/// An event, newer than the last steady state, that tells of trouble in words that no rule knows.
fn is_unread_trouble(said: &Statement) -> bool {
    let kind = said.message.service_event().map(|event| event.kind);
    said.source == Source::ServiceEvent
        && matches!(kind, None | Some(ServiceEventKind::Other))
        && said.message.says_any(&[" failed", " unable to ", " could not ", " cannot ", " can't "])
}

/// A failed health check is a failure; a connected agent with none is all that a task needs of its host.
fn verdict_of_instance(subject: &Subject<'_>) -> Verdict {
    let instance = subject.instance.as_ref();
    let health = instance.and_then(|instance| instance.health_status());
    let overall = health.as_ref().and_then(|health| health.overall_status());
    let status = instance.and_then(|instance| instance.status());
    if overall == Some("IMPAIRED") || subject.statements_of(Source::InstanceHealth).next().is_some() {
        Verdict::Failure
    } else if matches!(status, Some("REGISTERING" | "DEREGISTERING")) {
        Verdict::InProgress
    } else if status == Some("INACTIVE") {
        // Somebody took it out of the cluster.
        Verdict::NotAFailure
    } else if instance.and_then(|instance| instance.agent_connected()) == Some(true) {
        Verdict::Healthy
    } else {
        Verdict::Undetermined
    }
}

/// How the targets of a load balancer stand that are all that is known.
fn verdict_of_targets(subject: &Subject<'_>) -> Verdict {
    let states: Vec<&str> =
        subject.targets.iter().filter_map(|target| target.target_health()?.state()).collect();
    let has = |state: &str| states.contains(&state);
    match () {
        () if states.is_empty() => Verdict::Undetermined,
        () if states.iter().all(|state| *state == "healthy") => Verdict::Healthy,
        () if states.iter().any(|state| !matches!(*state, "healthy" | "initial" | "draining")) => {
            Verdict::Undetermined
        }
        () if has("initial") => Verdict::InProgress,
        () if has("healthy") => Verdict::Healthy,
        () => Verdict::NotAFailure,
    }
}
