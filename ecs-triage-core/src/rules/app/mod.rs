//! The application itself: exits and memory.

mod disk_full;
mod exits;
mod judge;
mod killed;
mod last_words;
mod memory_use;
mod oom_killed;
pub(super) mod restart_policy;
mod sidecar;
mod success;
mod unknown;
mod windows;

pub use disk_full::DiskFull;
pub(super) use disk_full::RULE as DISK_FULL;
pub(super) use exits::{EXIT_1, EXIT_2, EXIT_132, EXIT_134, EXIT_139, EXIT_255, EXIT_OTHER};
pub(super) use judge::{ask_earlier, duration_words, exits_with};
pub(super) use killed::EXIT_137;
pub use killed::Killed;
pub use oom_killed::OutOfMemory;
pub(super) use oom_killed::RULE as OOM_KILLED;
pub(super) use sidecar::RULE as SIDECAR;
pub use sidecar::SidecarExit;
pub(super) use success::RULE as EXIT_0;
pub use unknown::NoExitCode;
pub(super) use unknown::RULE as EXIT_UNKNOWN;
pub(super) use windows::RULE as WINDOWS_EXIT;

use super::payload::payloads;
use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule, Verdict};
use crate::signals::message::Message;

payloads! {
    /// How a container's process ended.
    ProcessExit {
        /// Exit code.
        exit_code: i64,
        /// Number of the signal that the exit code stands for, on Linux.
        signal: i64,
        /// Name of that signal: `SIGSEGV`.
        signal_name: String,
        /// What the code means by convention.
        meaning: String,
        /// Seconds from the task's start to its end.
        lifetime_seconds: f64,
        /// Log driver of the container; absent without a task definition or a log configuration.
        log_driver: String,
        /// Log group of the container.
        log_group: String,
        /// Log stream of the container.
        log_stream: String,
        /// The last line of its log that tells of a failure; what could be a secret is masked.
        last_words: String,
    }
}

/// Whether a line of a log names a cause that is known apart from the exit code.
fn has_rule_of_its_own(message: &Message) -> bool {
    disk_full::is_full(message)
        || crate::rules::iam::finds_no_credentials(message)
        || message.says("exec format error")
}

/// AWS's page on exit codes and stopped tasks.
pub(super) const EXIT_CODES: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html";

/// Reads the end of the container's log.
pub(super) const ASK_LOG: Ask = Ask::new(
    "logs",
    "GetLogEvents",
    r#"{"logGroupName": "{logGroup}", "logStreamName": "{logStream}", "limit": 100, "startFromHead": false}"#,
    "the last lines before the exit say what went wrong",
);

/// Says which containers are essential, what they wait for and where they log.
pub(in crate::rules) const ASK_DEFINITION: Ask = Ask::new(
    "ecs",
    "DescribeTaskDefinition",
    r#"{"taskDefinition": "{missingDefinition}"}"#,
    "says which containers are essential, their limits and where they log",
);

/// Reads the end of the container's log; replaced where the evidence says that there is no such log.
pub(super) const LOOK_LOG: Fix = Fix::look(
    "Read the last lines of the container's log",
    "aws logs get-log-events --log-group-name {logGroup} --log-stream-name {logStream} --limit 50 --region {logRegion}",
);
