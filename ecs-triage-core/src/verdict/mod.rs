//! From findings to diagnoses: which cause leads, which are its effects, and how sure the answer is.

mod chain;
mod prove;
mod rank;
mod remedies;
mod wants;

use crate::evidence::Evidence;
use crate::report::{Consequence, Diagnosis, Report, SubjectReport};
use crate::rules::{self, Finding, Kind, Verdict};
use crate::signals::{Part, Source, Stop, Subject, SubjectKind, subjects};

/// Diagnoses everything in the evidence.
///
/// The same evidence gives the same report: no clock, no network and no environment is read.
///
/// ```
/// use ecs_triage_core::{Evidence, diagnose};
///
/// let mut evidence = Evidence::new();
/// evidence.add_json(br#"{"tasks": [{
///     "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef",
///     "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited",
///     "containers": [{"name": "app", "exitCode": 137,
///                     "reason": "OutOfMemoryError: Container killed due to memory usage"}]
/// }]}"#)?;
/// let report = diagnose(&evidence);
/// assert_eq!(report.diagnoses().next().unwrap().code, "app-oom-killed");
/// # Ok::<(), ecs_triage_core::EvidenceError>(())
/// ```
#[must_use]
pub fn diagnose(evidence: &Evidence) -> Report {
    let mut wants = wants::Wants::new(evidence);
    let mut reports: Vec<SubjectReport> =
        subjects(evidence).iter().map(|subject| judge(subject, &mut wants)).collect();
    // A stable sort: the worst off first, else in the order of the evidence.
    reports.sort_by_key(|report| report.verdict);
    let mut problems = evidence.problems().to_vec();
    problems.extend(evidence.ambiguities());
    Report::new(evidence.latest_time(), reports, wants.into_list(), problems)
}

fn judge(subject: &Subject<'_>, wants: &mut wants::Wants<'_>) -> SubjectReport {
    let ranked = rank::rank(rules::findings(subject));
    for finding in &ranked.leading {
        wants.ask(finding, subject);
    }
    let verdict = verdict_of(&ranked.leading, subject);
    let mut consequences: Vec<Consequence> =
        ranked.effects.iter().map(|finding| effect(finding, subject)).collect();
    if verdict == Verdict::Failure {
        consequences.extend(taken_down(subject));
    }
    let facts = subject.facts();
    SubjectReport {
        kind: subject.kind,
        id: subject.id.clone(),
        service: facts.text("service").map(str::to_owned),
        family: facts.text("taskDefinition").map(str::to_owned),
        launch_type: subject.launch_type().map(|launch_type| launch_type.as_str()),
        verdict,
        timeline: subject.timeline.moments().to_vec(),
        diagnoses: ranked.leading.into_iter().map(|finding| diagnosis(finding, subject)).collect(),
        consequences,
        advisories: Vec::new(),
    }
}

/// What became of the subject: as its leading finding says, else from the state it is in.
fn verdict_of(leading: &[Finding], subject: &Subject<'_>) -> Verdict {
    if let Some(first) = leading.first() {
        let by_kind =
            if first.cause.rule().kind == Kind::Routine { Verdict::NotAFailure } else { Verdict::Failure };
        return first.verdict.unwrap_or(by_kind);
    }
    match subject.kind {
        SubjectKind::Task => verdict_of_task(subject),
        SubjectKind::Service => verdict_of_service(subject),
        SubjectKind::ContainerInstance => verdict_of_instance(subject),
        _ => Verdict::Undetermined,
    }
}

fn verdict_of_task(subject: &Subject<'_>) -> Verdict {
    let Some(task) = &subject.task else { return Verdict::Undetermined };
    match (subject.stop, task.last_status()) {
        (Stop::None, Some("RUNNING")) if task.health_status() == Some("UNHEALTHY") => Verdict::Failure,
        (Stop::None, Some("RUNNING")) if task.desired_status() == Some("STOPPED") => Verdict::InProgress,
        (Stop::None, Some("RUNNING")) => Verdict::Healthy,
        (Stop::None, Some(_)) => Verdict::InProgress,
        (Stop::Unknown, Some("DEACTIVATING" | "STOPPING" | "DEPROVISIONING")) => Verdict::InProgress,
        (Stop::FailedToStart | Stop::Unhealthy, _) => Verdict::Failure,
        (stop, _) if stop.was_asked_for() => Verdict::NotAFailure,
        _ => Verdict::Undetermined,
    }
}

/// How a service stands by its numbers, else by the newest event of EventBridge.
fn verdict_of_service(subject: &Subject<'_>) -> Verdict {
    let newest = subject.actions.first().and_then(|action| action.detail());
    let is_error = newest.and_then(|detail| detail.event_type()) == Some("ERROR");
    match Verdict::of_state(subject.service_state()) {
        Some(verdict) => verdict,
        None if is_error => Verdict::Failure,
        None => Verdict::Undetermined,
    }
}

/// An instance is looked at only when something is wrong with it; a failed health check is a failure.
fn verdict_of_instance(subject: &Subject<'_>) -> Verdict {
    let health = subject.instance.as_ref().and_then(|instance| instance.health_status());
    let overall = health.as_ref().and_then(|health| health.overall_status());
    if overall == Some("IMPAIRED") || subject.statements_of(Source::InstanceHealth).next().is_some() {
        Verdict::Failure
    } else {
        Verdict::Undetermined
    }
}

fn diagnosis(finding: Finding, subject: &Subject<'_>) -> Diagnosis {
    let rule = finding.cause.rule();
    let facts = finding_facts(&finding, subject);
    let summary = finding.summary.clone().unwrap_or_else(|| crate::template::sentence(rule.summary, &facts));
    Diagnosis {
        code: rule.code,
        title: rule.title,
        bucket: rule.bucket,
        confidence: finding.confidence,
        container: finding.container.clone(),
        chain: chain::chain(&summary, rule, subject),
        remedies: remedies::remedies(&finding, &facts, subject),
        summary,
        explanation: rule.explanation,
        evidence: finding.citations,
        docs: rule.docs,
        cause: finding.cause,
    }
}

/// A finding's own facts, then its cause's, then the subject's.
fn finding_facts(finding: &Finding, subject: &Subject<'_>) -> crate::signals::Facts {
    let mut facts = finding.facts.clone();
    facts.set("container", finding.container.as_deref());
    facts.or(&finding.cause.facts()).or(subject.facts())
}

fn effect(finding: &Finding, subject: &Subject<'_>) -> Consequence {
    let rule = finding.cause.rule();
    let facts = finding_facts(finding, subject);
    Consequence {
        code: Some(rule.code),
        container: finding.container.clone(),
        summary: finding.summary.clone().unwrap_or_else(|| crate::template::sentence(rule.summary, &facts)),
        evidence: finding.citations.clone(),
    }
}

/// The containers that ended because the task did.
fn taken_down(subject: &Subject<'_>) -> Vec<Consequence> {
    let ended = subject.exits.iter().filter(|exit| exit.part == Part::Consequence);
    ended
        .filter_map(|exit| {
            let code = exit.code?;
            Some(Consequence {
                code: None,
                container: Some(exit.container.clone()),
                summary: format!(
                    "Container `{}` ended with exit code {code} as the task was stopped.",
                    exit.container
                ),
                evidence: vec![exit.citation()],
            })
        })
        .collect()
}
