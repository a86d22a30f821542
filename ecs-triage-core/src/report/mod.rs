//! The answer: subjects, diagnoses and what would settle the open questions.

mod markdown;
mod text;
mod texts;

pub(crate) use markdown::{code_block, plain};
pub(crate) use text::{Page, duration};
pub(crate) use texts::TextsMut;

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use crate::Timestamp;
use crate::advisories::Severity;
use crate::error::Problem;
use crate::evidence::{Citation, Request};
use crate::rules::{Bucket, Cause, Confidence, Verdict};
use crate::signals::{Moment, SubjectKind};

/// The schema that [`Report::to_json`] follows.
pub const SCHEMA: &str = "ecs-triage/report/1";

/// The JSON schema of a report (draft 2020-12), made from the types of this module.
pub const JSON_SCHEMA: &str = include_str!("../../report.schema.json");

/// What the evidence shows, what proves it, what to change, and what is still open.
///
/// A report is read in three steps: the [`verdict`](Report::verdict) says whether anything is wrong at all, the
/// diagnoses of the worst-off subject say what, the likeliest first, and the [`wants`](Report::wants) say what to fetch
/// where they are not sure. Its JSON is the same in the command, in Python and in the browser, and keeps its meaning
/// within a major version of the schema that it names.
///
/// ```
/// use ecs_triage_core::report::TextStyle;
/// use ecs_triage_core::{Evidence, Verdict, diagnose};
///
/// let mut evidence = Evidence::new();
/// evidence.add_json(br#"{"tasks": [{
///     "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef",
///     "lastStatus": "STOPPED", "desiredStatus": "STOPPED", "stopCode": "EssentialContainerExited",
///     "containers": [{"name": "app", "exitCode": 139, "lastStatus": "STOPPED"}]
/// }]}"#)?;
/// let report = diagnose(&evidence);
/// assert_eq!(report.verdict(), Verdict::Failure);
/// let first = &report.subjects()[0].diagnoses[0];
/// assert_eq!(first.code, "app-exit-139-segv");
/// // The proof: where it stands, and what stands there.
/// assert_eq!(first.evidence[0].pointer, "/tasks/0/containers/0/exitCode");
/// assert_eq!(first.evidence[0].value, 139);
/// assert!(report.to_text(TextStyle::new(100, false)).contains("SIGSEGV"));
/// # Ok::<(), ecs_triage_core::EvidenceError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
// The example is for those who write Rust.
#[cfg_attr(
    feature = "schema",
    schemars(
        description = "What the evidence shows, what proves it, what to change, and what is still open."
    )
)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Report {
    schema: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    observed_at: Option<Timestamp>,
    subjects: Vec<SubjectReport>,
    wants: Vec<Want>,
    problems: Vec<Problem>,
}

/// One subject and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SubjectReport {
    /// What it is.
    pub kind: SubjectKind,
    /// ARN, name or other identity.
    pub id: String,
    /// Name of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Family and revision of the task definition: `web:42`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// `FARGATE`, `EC2`, `EXTERNAL` or `MANAGED_INSTANCES`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch_type: Option<&'static str>,
    /// What became of it.
    pub verdict: Verdict,
    /// The points of its life.
    pub timeline: Vec<Moment>,
    /// What went wrong; the root cause first.
    pub diagnoses: Vec<Diagnosis>,
    /// What happened because of it.
    pub consequences: Vec<Consequence>,
    /// Risks that have not bitten yet.
    pub advisories: Vec<Advisory>,
}

/// A cause, its proof and its remedies.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Diagnosis {
    /// Code of the cause: `app-oom-killed`. It keeps its meaning for good.
    pub code: &'static str,
    /// The cause in a few words, without names.
    pub title: &'static str,
    /// Where the fault lies.
    pub bucket: Bucket,
    /// Whether the evidence proves it, a message states it, or it is one of several readings.
    pub confidence: Confidence,
    /// Name of the container it is about; absent when it is about the whole task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// The cause in one sentence with the real names.
    pub summary: String,
    /// Why it leads to what was seen.
    pub explanation: &'static str,
    /// The particulars by name: what was refused to whom, how much memory, which port.
    pub cause: Cause,
    /// From the root cause to what was seen, in order.
    pub chain: Vec<Link>,
    /// The proof; never empty.
    pub evidence: Vec<Citation>,
    /// What to change, with all names filled in that are known; what was proven to help stands first.
    pub remedies: Vec<Remedy>,
    /// AWS's own pages about it.
    pub docs: &'static [&'static str],
}

/// One step from the root cause to what was seen.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Link {
    /// Which step.
    pub role: LinkRole,
    /// The step in a sentence.
    pub text: Cow<'static, str>,
}

/// Which step of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum LinkRole {
    /// Where it begins.
    Root,
    /// How it works.
    Mechanism,
    /// What was seen.
    Symptom,
}

/// An exact change, or a look that helps to make one.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Remedy {
    /// What it does, as an instruction.
    pub title: Cow<'static, str>,
    /// What it consists of.
    pub kind: RemedyKind,
    /// Whether it changes anything in the account.
    pub mutating: bool,
    /// Whether the rules were run again on the changed evidence and the diagnosis was gone.
    pub proven: bool,
    /// What it touches.
    pub blast_radius: Cow<'static, str>,
    /// Command to type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Patch, document, policy statement, or advice as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

/// What a remedy consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RemedyKind {
    /// A command.
    Command,
    /// A JSON merge patch of a document (RFC 7396).
    Patch,
    /// A whole document, ready to be registered.
    Document,
    /// A policy statement or trust policy.
    Policy,
    /// Words, where nothing can be typed.
    Advice,
}

/// Something that happened because of the root cause.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Consequence {
    /// Code, for a consequence that is a cause elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// The container it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// What happened, in a sentence.
    pub summary: String,
    /// The proof.
    pub evidence: Vec<Citation>,
}

/// A risk that has not bitten yet.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Advisory {
    /// Code of the advisory.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The risk in a few words.
    pub title: &'static str,
    /// The container it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// The risk in a sentence with the real names.
    pub summary: String,
    /// The proof.
    pub evidence: Vec<Citation>,
    /// What to change.
    pub advice: String,
    /// AWS's own pages.
    pub docs: &'static [&'static str],
}

/// A read-only AWS call whose answer would confirm a cause or rule it out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Want {
    /// Service as botocore names it.
    pub service: String,
    /// Operation.
    pub operation: String,
    /// Parameters with botocore's names.
    pub params: Value,
    /// Region to ask, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// What the answer would tell.
    pub why: Cow<'static, str>,
    /// The same call with the AWS CLI.
    pub cli: String,
}

impl Want {
    /// The call, for [`Evidence::add_answer`](crate::Evidence::add_answer) and
    /// [`Evidence::add_failure`](crate::Evidence::add_failure).
    pub fn request(&self) -> Request {
        Request::new(self.service.as_str(), self.operation.as_str(), self.params.clone())
    }
}

impl Report {
    pub(crate) fn new(
        observed_at: Option<Timestamp>,
        subjects: Vec<SubjectReport>,
        wants: Vec<Want>,
        problems: Vec<Problem>,
    ) -> Self {
        Self { schema: SCHEMA, observed_at, subjects, wants, problems }
    }

    /// When the evidence was fetched.
    pub fn observed_at(&self) -> Option<Timestamp> {
        self.observed_at
    }

    /// The subjects, the worst off first.
    pub fn subjects(&self) -> &[SubjectReport] {
        &self.subjects
    }

    /// The diagnoses of all subjects in their order.
    pub fn diagnoses(&self) -> impl Iterator<Item = &Diagnosis> {
        self.subjects.iter().flat_map(|subject| &subject.diagnoses)
    }

    /// The advisories of all subjects in their order.
    pub fn advisories(&self) -> impl Iterator<Item = &Advisory> {
        self.subjects.iter().flat_map(|subject| &subject.advisories)
    }

    /// The calls whose answers would settle what is open, the most telling first.
    pub fn wants(&self) -> &[Want] {
        &self.wants
    }

    /// What could not be read or looked at.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// What became of the worst-off subject; [`Verdict::Undetermined`] when there is none.
    pub fn verdict(&self) -> Verdict {
        self.subjects.iter().map(|subject| subject.verdict).min().unwrap_or(Verdict::Undetermined)
    }

    /// The report as JSON, indented, with a line break at its end. The same evidence gives the same bytes.
    pub fn to_json(&self) -> String {
        // A report is made of texts, numbers and lists: there is nothing in it that JSON cannot hold.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }

    /// The report as plain text for a terminal: [`TextStyle`] says how wide it is and whether it has colours.
    pub fn to_text(&self, style: TextStyle) -> String {
        text::render(self, style)
    }

    /// The report as Markdown, for a ticket or a chat.
    pub fn to_markdown(&self) -> String {
        markdown::render(self)
    }
}

/// How text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TextStyle {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether to use ANSI colours.
    pub colour: bool,
}

impl Default for TextStyle {
    /// 80 columns, no colour.
    fn default() -> Self {
        Self { width: 80, colour: false }
    }
}

impl TextStyle {
    /// A style of `width` columns, with ANSI colours or without.
    pub fn new(width: usize, colour: bool) -> Self {
        Self { width, colour }
    }
}
