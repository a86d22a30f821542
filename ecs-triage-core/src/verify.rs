//! Did the change help? An earlier report against later evidence.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::evidence::ecs::{Deployment, Service};
use crate::evidence::{Citation, Evidence};
use crate::report::{Report, SubjectReport};
use crate::rules::own::{self, OwnRules};
use crate::rules::{Kind, Verdict, rule};
use crate::signals::SubjectKind;
use crate::verdict::diagnose_with;

/// The part of an earlier report that later evidence is compared with.
///
/// Read from JSON of `ecs-triage/report/1`, or taken from a [`Report`] at hand.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[non_exhaustive]
pub struct Before {
    subjects: Vec<PastSubject>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PastSubject {
    kind: String,
    id: String,
    service: Option<String>,
    verdict: String,
    diagnoses: Vec<PastDiagnosis>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
struct PastDiagnosis {
    code: String,
}

impl From<&Report> for Before {
    fn from(report: &Report) -> Self {
        // A report always has the members that are read here.
        serde_json::from_str(&report.to_json()).unwrap_or_default()
    }
}

impl Before {
    /// Reads a report that was saved as JSON.
    ///
    /// # Errors
    /// What was found instead, in words, when the text is no report of a schema that is known here.
    pub fn parse(json: &[u8]) -> Result<Self, String> {
        let value: serde_json::Value =
            serde_json::from_slice(json).map_err(|_| "text that is not JSON".to_owned())?;
        match value.get("schema").and_then(|schema| schema.as_str()) {
            Some(crate::report::SCHEMA) => {
                serde_json::from_value(value).map_err(|_| "a report with members of another type".to_owned())
            }
            Some(_) => Err("a report of another schema".to_owned()),
            None => Err("JSON without a `schema`".to_owned()),
        }
    }

    fn failing(&self) -> impl Iterator<Item = &PastSubject> {
        self.subjects.iter().filter(|subject| subject.verdict == "failure")
    }
}

/// Whether a change helped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Recovery {
    /// As many tasks run as are desired, and nothing newer failed.
    Recovered,
    /// Tasks are being replaced, and nothing newer failed.
    RollingOut,
    /// Newer tasks fail for the same cause.
    StillFailing,
    /// Newer tasks fail for another cause.
    FailingDifferently,
    /// The later evidence does not tell.
    Undetermined,
}

/// An earlier report against later evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Verification {
    /// Schema of this answer.
    pub schema: &'static str,
    /// Whether the change helped.
    pub recovery: Recovery,
    /// The same in a sentence.
    pub summary: String,
    /// Name of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Tasks that run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<i64>,
    /// Tasks that should run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired: Option<i64>,
    /// Causes of before.
    pub before: Vec<String>,
    /// Causes of what failed since.
    pub since: Vec<String>,
    /// The proof.
    pub evidence: Vec<Citation>,
    /// The later evidence on its own.
    pub report: Report,
}

/// Compares an earlier report with later evidence: `describe-services`, newer tasks.
///
/// Tasks that the earlier report already had are not counted again.
#[must_use]
pub fn verify(before: &Before, after: &Evidence) -> Verification {
    verify_with(before, after, &own::NONE)
}

/// The same, with rules of the user's own.
#[must_use]
pub fn verify_with(before: &Before, after: &Evidence, own: &OwnRules) -> Verification {
    let report = diagnose_with(after, own);
    let known: BTreeSet<&str> = before
        .subjects
        .iter()
        .filter(|subject| subject.kind == "task")
        .map(|subject| subject.id.as_str())
        .collect();
    let past: BTreeSet<String> =
        before.failing().filter_map(|subject| Some(subject.diagnoses.first()?.code.clone())).collect();
    let services: BTreeSet<&str> =
        before.subjects.iter().filter_map(|subject| subject.service.as_deref()).collect();
    let concerned =
        |name: Option<&str>| services.is_empty() || name.is_none_or(|name| services.contains(name));

    let service = after.all::<Service<'_>>().find(|service| concerned(service.service_name()));
    let failed: Vec<&SubjectReport> = report
        .subjects()
        .iter()
        .filter(|subject| subject.verdict == Verdict::Failure && concerned(subject.service.as_deref()))
        .filter(|subject| subject.kind != SubjectKind::Task || !known.contains(subject.id.as_str()))
        .collect();
    let since: BTreeSet<String> =
        failed.iter().filter_map(|subject| Some(subject.diagnoses.first()?.code.to_owned())).collect();
    // A service's own symptoms (a tripped circuit breaker) name no cause to compare.
    let causes = |codes: &BTreeSet<String>| -> BTreeSet<String> {
        codes
            .iter()
            .filter(|code| rule(code).is_none_or(|rule| rule.kind != Kind::Symptom))
            .cloned()
            .collect()
    };
    let state = service.as_ref().map(State::of);
    let is_still_there = !causes(&past).is_disjoint(&causes(&since));
    let recovery = match &state {
        _ if is_still_there => Recovery::StillFailing,
        _ if !since.is_empty() => Recovery::FailingDifferently,
        Some(state) if state.is_rolling_out() => Recovery::RollingOut,
        Some(state) if state.is_complete() => Recovery::Recovered,
        Some(_) => Recovery::Undetermined,
        None if report.subjects().iter().any(|subject| subject.verdict == Verdict::Healthy) => {
            Recovery::Recovered
        }
        None => Recovery::Undetermined,
    };
    let mut evidence: Vec<Citation> = match &service {
        Some(service) => vec![service.cite("runningCount"), service.cite("desiredCount")],
        None => Vec::new(),
    };
    evidence.extend(
        failed.iter().flat_map(|subject| subject.diagnoses.first()).flat_map(|found| found.evidence.clone()),
    );
    Verification {
        schema: "ecs-triage/verification/1",
        recovery,
        summary: summary(recovery, state.as_ref(), &past, &since),
        service: service.as_ref().and_then(|service| service.service_name()).map(str::to_owned),
        running: state.as_ref().map(|state| state.running),
        desired: state.as_ref().map(|state| state.desired),
        before: past.into_iter().collect(),
        since: since.into_iter().collect(),
        evidence,
        report,
    }
}

/// Where a service stands.
struct State {
    running: i64,
    desired: i64,
    pending: i64,
    /// Deployments beside the primary one that still hold tasks.
    others: usize,
    is_in_progress: bool,
    has_failed: bool,
}

impl State {
    fn of(service: &Service<'_>) -> Self {
        let deployments = service.deployments();
        let is_primary = |deployment: &Deployment<'_>| deployment.status() == Some("PRIMARY");
        let primary = deployments.iter().find(|deployment| is_primary(deployment));
        let state = primary.and_then(|primary| primary.rollout_state());
        Self {
            running: service.running_count().unwrap_or(0),
            desired: service.desired_count().unwrap_or(0),
            pending: service.pending_count().unwrap_or(0),
            others: deployments
                .iter()
                .filter(|other| !is_primary(other) && other.running_count().unwrap_or(0) > 0)
                .count(),
            is_in_progress: state == Some("IN_PROGRESS"),
            has_failed: state == Some("FAILED"),
        }
    }

    fn is_rolling_out(&self) -> bool {
        !self.has_failed && (self.is_in_progress || self.pending > 0 || self.others > 0)
    }

    fn is_complete(&self) -> bool {
        !self.has_failed && self.running >= self.desired
    }
}

fn summary(
    recovery: Recovery,
    state: Option<&State>,
    past: &BTreeSet<String>,
    since: &BTreeSet<String>,
) -> String {
    let counts = state.map(|state| format!("{} of {} tasks run", state.running, state.desired));
    let list = |codes: &BTreeSet<String>| {
        codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ")
    };
    match (recovery, counts) {
        (Recovery::Recovered, Some(counts)) => format!("Recovered: {counts}, and no newer task failed."),
        (Recovery::Recovered, None) => {
            "Recovered: what the later evidence shows runs as it should.".to_owned()
        }
        (Recovery::RollingOut, Some(counts)) => {
            format!("Rolling out: {counts}, and no newer task has failed.")
        }
        (Recovery::RollingOut, None) => "Rolling out, and no newer task has failed.".to_owned(),
        (Recovery::StillFailing, _) => format!("Still failing the same way: {}.", list(since)),
        (Recovery::FailingDifferently, _) => {
            format!(
                "Failing differently: {} where it was {}.",
                list(since),
                if past.is_empty() { "unknown".to_owned() } else { list(past) }
            )
        }
        (Recovery::Undetermined, Some(counts)) => {
            format!("Not to be told: {counts}, and no newer task says why.")
        }
        (Recovery::Undetermined, None) => {
            "Not to be told: add `describe-services` or newer tasks of the service.".to_owned()
        }
    }
}
