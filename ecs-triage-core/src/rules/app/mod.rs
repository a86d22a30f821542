//! The application itself: exits and memory.

mod oom_killed;
pub(super) mod restart_policy;

use serde::Serialize;

pub use oom_killed::OutOfMemory;
pub(super) use oom_killed::RULE as OOM_KILLED;

use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule};
use crate::signals::{Exit, Stop, Subject};

/// How a container's process ended.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProcessExit {
    /// Exit code.
    pub exit_code: i64,
    /// Signal that the exit code stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<i64>,
    /// Seconds that the task ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifetime_seconds: Option<f64>,
    /// Log group of the container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_group: Option<String>,
    /// Log stream of the container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_stream: Option<String>,
}

pub(super) static EXIT_1: Rule = Rule {
    code: "app-exit-1",
    bucket: Bucket::App,
    kind: Kind::Cause,
    title: "application failed",
    summary: "Container {container|`app`} ended by itself with exit code 1{lived~|}.",
    explanation: "The process ended with a general error. ECS only records the number; the reason is in the container's log.",
    signs: "Exit code 1 of the container whose end ended the task.",
    wants: &[Ask::new(
        "logs",
        "GetLogEvents",
        r#"{"logGroupName": "{logGroup}", "logStreamName": "{logStream}", "limit": 100, "startFromHead": false}"#,
        "the last lines before the exit say what went wrong",
    )],
    fixes: &[
        Fix::look(
            "Read the last lines of the container's log",
            "aws logs get-log-events --log-group-name {logGroup} --log-stream-name {logStream} --limit 50 --region {logRegion}",
        ),
        Fix::advice(
            "Reproduce it",
            Blast::Source,
            "Run the image locally with the same command and environment: `docker run --rm {image~|IMAGE}`.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html"],
    since: "0.1.0",
    check: Check::Judge(|subject| exits_with(subject, 1, Cause::AppExit1)),
};

/// Findings for the exits with `code` that ended the task.
pub(super) fn exits_with(subject: &Subject<'_>, code: i64, cause: fn(ProcessExit) -> Cause) -> Vec<Finding> {
    if !matches!(
        subject.stop,
        Stop::EssentialContainerExited | Stop::Unknown | Stop::None | Stop::FailedToStart
    ) {
        return Vec::new();
    }
    let ended = subject.leading_exits().filter(|exit| exit.code == Some(code) && !exit.out_of_memory);
    ended.map(|exit| exit_finding(subject, exit, cause(ProcessExit::of(exit, subject)))).collect()
}

fn exit_finding(subject: &Subject<'_>, exit: &Exit<'_>, cause: Cause) -> Finding {
    let lived =
        subject.timeline.lifetime_seconds().map(|seconds| format!(", {seconds:.0} s after it started"));
    Finding::new(cause, Confidence::Likely, exit.citation())
        .container(&exit.container)
        .fact("lived", lived)
        .fact("image", exit.view.image())
}

impl ProcessExit {
    fn of(exit: &Exit<'_>, subject: &Subject<'_>) -> Self {
        let mut facts = subject.facts().clone();
        let options = exit.definition.as_ref().and_then(|defined| defined.log_configuration()?.options());
        if let Some(options) = &options {
            facts.set_logs(&exit.container, options);
        }
        Self {
            exit_code: exit.code.unwrap_or_default(),
            signal: exit.signal(),
            lifetime_seconds: subject.timeline.lifetime_seconds(),
            log_group: facts.text("logGroup").map(str::to_owned),
            log_stream: facts.text("logStream").map(str::to_owned),
        }
    }
}
