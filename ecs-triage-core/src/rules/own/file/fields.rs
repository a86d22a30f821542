//! The facts that texts of own rules may ask for.

/// Facts of a subject, beside what a rule captures. A test sees to it that each occurs.
pub(super) const FACTS: &[&str] = &[
    "account",
    "cluster",
    "container",
    "containerInstance",
    "executionRole",
    "family",
    "group",
    "launchType",
    "networkMode",
    "partition",
    "region",
    "runningCount",
    "desiredCount",
    "service",
    "startedBy",
    "stopCode",
    "targetGroup",
    "taskArn",
    "taskCpu",
    "taskDefinition",
    "taskId",
    "taskMemory",
    "taskRole",
];
