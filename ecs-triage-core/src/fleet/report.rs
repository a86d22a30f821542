//! What a fleet's report holds.

use serde::Serialize;

use super::{GroupBy, text};
use crate::Timestamp;
use crate::report::{Report, TextStyle};
use crate::rules::{Bucket, Confidence, Verdict};

/// The schema that [`FleetReport::to_json`] follows.
pub const SCHEMA: &str = "ecs-triage/fleet/1";

/// The JSON schema of a fleet's report (draft 2020-12), made from the types of this module.
pub const JSON_SCHEMA: &str = include_str!("../../fleet.schema.json");

/// What became of many tasks: the incidents, the largest first, and the totals.
///
/// [`incidents`](Self::incidents), [`totals`](Self::totals) and [`buckets`](Self::buckets) are the same for any order and
/// split of the same input, and however often a part of it is repeated; [`input`](Self::input) tells what was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FleetReport {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// How incidents are told apart, beside their cause.
    pub group_by: GroupBy,
    /// When the first task ended or was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Timestamp>,
    /// When the last task ended or was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
    /// What was read.
    pub input: Input,
    /// Tasks by what became of them.
    pub totals: Totals,
    /// The stretches of time over which [`Incident::counts`] counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buckets: Option<Buckets>,
    /// What went wrong, the most tasks first.
    pub incidents: Vec<Incident>,
    /// Incidents that were left out because there are more than the options ask for.
    pub more_incidents: u64,
    /// The first things that could not be read.
    pub problems: Vec<Problem>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Input {
    /// Documents: events, tasks, responses.
    pub records: u64,
    /// States of tasks, and other subjects, in them.
    pub states: u64,
    /// States of a task that was counted already: delivered twice, or older or newer than the one that counts.
    pub repeats: u64,
    /// States that are older or newer than was asked for.
    pub outside: u64,
    /// Documents that hold nothing that is read here.
    pub unrecognised: u64,
    /// Lines that are no JSON.
    pub broken: u64,
    /// Files and streams that were not read, or not to their end; when there are any, the report is of a part.
    pub incomplete: u64,
    /// Whether counts of tasks are estimates: there were more than are counted one by one.
    pub estimated: bool,
    /// The share of all tasks that was counted one by one, from which the counts are estimated; 1 when they are exact.
    pub sampled: f64,
}

/// Tasks by what became of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Totals {
    /// All tasks and other subjects, each once in its newest state.
    pub tasks: u64,
    /// By verdict, the worst first.
    pub verdicts: Vec<VerdictTotal>,
    /// By cause, the most tasks first.
    pub causes: Vec<CauseTotal>,
    /// By service, or by family without a service; the most failures first.
    pub services: Vec<ServiceTotal>,
}

/// How many tasks came to a verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VerdictTotal {
    /// The verdict.
    pub verdict: Verdict,
    /// How many.
    pub tasks: u64,
}

/// How many tasks had a cause.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CauseTotal {
    /// Code of the cause.
    pub code: &'static str,
    /// The cause in a few words.
    pub title: &'static str,
    /// Where the fault lies.
    pub bucket: Bucket,
    /// How many.
    pub tasks: u64,
}

/// How many tasks a service had.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ServiceTotal {
    /// Name of the cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Name of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Family of the task definition, for tasks without a service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// How many.
    pub tasks: u64,
    /// How many of them failed.
    pub failures: u64,
}

/// Stretches of time, one after the other.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Buckets {
    /// When the first one begins.
    pub start: Timestamp,
    /// Length of each.
    pub seconds: u64,
    /// Failed tasks of the whole fleet in each.
    pub failures: Vec<u64>,
}

/// Tasks of one service, or another group, that failed for one cause.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Incident {
    /// Name of the cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Name of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Family of the task definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Code of the cause; absent when it could not be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// The cause in a few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'static str>,
    /// Where the fault lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Bucket>,
    /// How sure the diagnosis is of the surest of the tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// What became of the tasks.
    pub verdict: Verdict,
    /// How many tasks.
    pub tasks: u64,
    /// When the first of them ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Timestamp>,
    /// When the last of them ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
    /// Tasks an hour between the first and the last; absent for fewer than two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_hour: Option<f64>,
    /// Tasks in each of the report's [`Buckets`].
    pub counts: Vec<u64>,
    /// Present when the service keeps starting tasks that end by themselves soon after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crash_loop: Option<CrashLoop>,
    /// Present when it began with a revision of the task definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regression: Option<Regression>,
    /// The containers that the diagnoses are about, by name.
    pub containers: Vec<String>,
    /// Revisions of task definitions, in order.
    pub revisions: Vec<RevisionShare>,
    /// Deployments that started the tasks, the first one first.
    pub deployments: Vec<DeploymentShare>,
    /// One of the tasks: the first that stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<SampleTask>,
}

/// A service that keeps starting tasks which end by themselves within ten minutes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CrashLoop {
    /// Tasks that ended so.
    pub tasks: u64,
    /// Seconds from one end to the next, the median of the newest thousand.
    pub interval_seconds: f64,
    /// Seconds that the tasks ran, the median of the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifetime_seconds: Option<f64>,
}

/// A cause that came with a revision of the task definition.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Regression {
    /// The revision with which it began: `web:42`.
    pub revision: String,
    /// The newest earlier revision, of which no task had the cause: `web:41`.
    pub previous: String,
    /// Tasks of all earlier revisions, none of which had the cause.
    pub previous_tasks: u64,
}

/// The tasks of an incident that ran one revision.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RevisionShare {
    /// Family and revision: `web:42`.
    pub revision: String,
    /// How many.
    pub tasks: u64,
    /// When the first of them ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Timestamp>,
}

/// The tasks of an incident that one deployment started.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeploymentShare {
    /// Its id: `ecs-svc/1234567890`.
    pub deployment: String,
    /// How many.
    pub tasks: u64,
    /// When the first of them ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Timestamp>,
}

/// One task of an incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SampleTask {
    /// Its ARN, or another identity.
    pub id: String,
    /// Its whole diagnosis.
    pub report: Report,
}

/// Something in the input that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Problem {
    /// File or stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Number of the line; the first is 1, and 0 stands for all of it.
    pub line: u64,
    /// What is wrong there.
    pub message: String,
}

impl FleetReport {
    /// Whether any task failed.
    pub fn has_failures(&self) -> bool {
        self.totals.verdicts.iter().any(|total| total.verdict == Verdict::Failure && total.tasks > 0)
    }

    /// The report as JSON, indented, with a line break at its end. The same report gives the same bytes.
    pub fn to_json(&self) -> String {
        // A report is made of texts, numbers and lists: there is nothing in it that JSON cannot hold.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }

    /// The report as plain text for a terminal.
    pub fn to_text(&self, style: TextStyle) -> String {
        text::render(self, style)
    }

    /// The report as Markdown, for a ticket or a chat.
    pub fn to_markdown(&self) -> String {
        text::markdown(self)
    }
}
