//! A container went over its memory limit and was killed.

use serde::Serialize;

use super::{Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule};
use crate::signals::Subject;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "app-oom-killed",
    bucket: Bucket::Resources,
    kind: Kind::Cause,
    title: "container went over its memory limit",
    summary: "Container {container|`app`} was killed because it went over its memory limit{limit~|}.",
    explanation: "The kernel kills a process when its container passes the hard limit, or its task the task's; the agent \
                  then records OutOfMemoryError, whatever the exit code.",
    signs: "`OutOfMemoryError: Container killed due to memory usage` in a container's reason; exit code 137 as a rule, \
            another when a child process was killed.",
    wants: &[],
    fixes: &[Fix::advice(
        "Raise the limit",
        Blast::NewRevision,
        "Raise `memory` of container {container|`app`} to 1.5 times its steady use and register a new revision.",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/out-of-memory.html"],
    since: "0.1.0",
    check: Check::Judge(check),
};

/// The particulars of an out-of-memory kill.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OutOfMemory {
    /// Hard limit of the container, else of its task, in MiB. Absent when neither is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_mib: Option<i64>,
    /// Soft limit of the container in MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation_mib: Option<i64>,
    /// Memory of the task in MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_memory_mib: Option<i64>,
    /// Exit code; 137 when the container's first process was killed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i64>,
}

fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let task_memory_mib = subject.task.as_ref().and_then(|task| task.memory());
    for exit in subject.exits.iter().filter(|exit| exit.out_of_memory) {
        let limit_mib = exit.memory_limit_mib().or(task_memory_mib);
        let cause = Cause::AppOomKilled(OutOfMemory {
            limit_mib,
            reservation_mib: exit.memory_reservation_mib(),
            task_memory_mib,
            exit_code: exit.code,
        });
        // 137: the container's first process was killed. With any other code it may have been a child.
        let confidence = match exit.code {
            Some(137) => Confidence::Confirmed,
            _ => Confidence::Likely,
        };
        let mut finding = Finding::new(cause, confidence, exit.view.cite("reason"))
            .container(&exit.container)
            .fact("limit", limit_mib.map(|mib| format!(" of {mib} MiB")));
        if exit.code.is_some() {
            finding = finding.cite(exit.citation());
        }
        found.push(finding);
    }
    found
}
