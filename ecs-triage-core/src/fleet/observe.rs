//! What one document says of each of its tasks, by the diagnosis of that task alone.

use serde_json::{Value, json};

use super::cells::{Outcome, Place};
use super::tasks::{self, UNKNOWN};
use super::{hash, tasks::fingerprint};
use crate::evidence::ecs::Task;
use crate::evidence::{Evidence, Kind as DocumentKind};
use crate::signals::{Stop, Subject, SubjectKind, subjects};
use crate::verdict::{self, Gist};
use crate::{EvidenceError, Timestamp};

/// One subject of a document.
pub(super) struct Observed<'o> {
    /// Tells the subject from others: of its ARN, or of all that is known of it.
    pub(super) fingerprint: u64,
    pub(super) rank: u32,
    /// When it ended, else when it was seen, in seconds since 1970.
    pub(super) time: Option<i64>,
    /// Seconds that it ran.
    pub(super) lived: u32,
    pub(super) place: Place<'o>,
    pub(super) outcome: &'o Outcome,
    /// A document from which it can be diagnosed again.
    pub(super) record: &'o [u8],
}

/// Diagnoses each subject of a document by itself.
///
/// A task of a document that holds more is diagnosed without the rest, so that it does not matter beside what it came.
pub(super) fn document(
    value: Value,
    record: &[u8],
    each: &mut impl FnMut(&Observed<'_>),
) -> Result<(), EvidenceError> {
    let mut evidence = Evidence::new();
    evidence.add_value(None, value)?;
    let tasks: Vec<Task<'_>> = evidence.all().collect();
    let stands_alone = tasks.len() == 1 && evidence.items_but(DocumentKind::Task) == 0;
    if stands_alone || tasks.is_empty() {
        diagnosed(&evidence, record, each);
        return Ok(());
    }
    for task in tasks {
        let (alone, record) = alone(&task, evidence.stated_time());
        let mut evidence = Evidence::bare();
        if evidence.add_value(None, alone).is_ok() {
            diagnosed(&evidence, &record, each);
        }
    }
    Ok(())
}

/// A document with this task and nothing else, in the form of an event when it is known when it was seen.
fn alone(task: &Task<'_>, seen: Option<Timestamp>) -> (Value, Vec<u8>) {
    let task = task.node().value();
    let document = match seen {
        Some(seen) => json!({ "detail-type": "ECS Task State Change", "time": seen, "detail": task }),
        None => json!({ "tasks": [task] }),
    };
    let record = document.to_string().into_bytes();
    (document, record)
}

fn diagnosed(evidence: &Evidence, record: &[u8], each: &mut impl FnMut(&Observed<'_>)) {
    for subject in &subjects(evidence) {
        let gist = verdict::gist(subject);
        let outcome = outcome(&gist, subject);
        let place = place(subject);
        let end = subject.timeline.end();
        let task = subject.task.as_ref();
        let seen = task.and_then(Task::updated_at).or(evidence.latest_time());
        let time = end.or(seen).map(Timestamp::epoch_seconds);
        let is_stopped = task.and_then(Task::last_status) == Some("STOPPED");
        each(&Observed {
            fingerprint: identity(subject, record),
            rank: tasks::rank(is_stopped, task.and_then(Task::version).unwrap_or(0)),
            time,
            lived: subject.timeline.lifetime_seconds().map_or(UNKNOWN, whole_seconds),
            place,
            outcome: &outcome,
            record,
        });
    }
}

fn place<'s>(subject: &'s Subject<'_>) -> Place<'s> {
    if let Some(task) = &subject.task {
        return Place::of_task(
            task.task_arn(),
            task.cluster_arn(),
            task.task_definition_arn(),
            task.group(),
            task.started_by(),
        );
    }
    let facts = subject.facts();
    Place {
        cluster: facts.text("cluster"),
        service: facts.text("service"),
        definition: facts.text("taskDefinition"),
        deployment: facts.text("deployment"),
    }
}

/// What became of the task of an event, by its diagnosis; `None` when there is not just one task in it.
pub(super) fn event(record: &[u8]) -> Option<Outcome> {
    let mut evidence = Evidence::bare();
    evidence.add_value(None, serde_json::from_slice(record).ok()?).ok()?;
    match subjects(&evidence).as_slice() {
        [only] if only.kind == SubjectKind::Task => Some(outcome(&verdict::gist(only), only)),
        _ => None,
    }
}

pub(super) fn whole_seconds(seconds: f64) -> u32 {
    // Longer than a century is none.
    (seconds as u32).min(UNKNOWN - 1)
}

/// A task is known by its ARN; anything else by what was said of it, so that only a copy of that counts once.
fn identity(subject: &Subject<'_>, record: &[u8]) -> u64 {
    let arn = subject.task.as_ref().and_then(Task::task_arn);
    let arn = arn.filter(|arn| arn.starts_with("arn:") && arn.contains(":task/"));
    fingerprint(match arn {
        Some(arn) => hash::of(arn.as_bytes()),
        None => hash::of(record) ^ hash::of(subject.id.as_bytes()),
    })
}

fn outcome(gist: &Gist, subject: &Subject<'_>) -> Outcome {
    let leading = gist.leading.as_ref();
    Outcome {
        verdict: gist.verdict,
        code: leading.map(|finding| finding.cause.code()),
        confidence: leading.map(|finding| finding.confidence),
        container: leading
            .and_then(|finding| finding.container.as_deref())
            .map(|name| verdict::shown_name(name).into()),
        ended_itself: subject.kind == SubjectKind::Task && subject.stop == Stop::EssentialContainerExited,
    }
}
