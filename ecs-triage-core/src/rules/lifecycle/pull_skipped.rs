//! A pull that was not begun because the task was already stopping.

use super::super::{Ask, Blast, Bucket, Cause, Check, Fix, Kind, Pull, Rule};

pub(in crate::rules) static PULL_SKIPPED: Rule = Rule {
    code: "image-pull-skipped-task-stopping",
    bucket: Bucket::Lifecycle,
    kind: Kind::Symptom,
    title: "pull was skipped because the task was already stopping",
    summary: "The pull of {image|the image} was skipped because the task was already being stopped for another reason.",
    explanation: "The agent does not begin a pull for a task that is to stop. What stopped the task stands on another \
                  container or in the task's stopped reason.",
    signs: "TaskStoppedBeforePullBeginError.",
    wants: &[Ask::new(
        "ecs",
        "DescribeTasks",
        r#"{"cluster": "{cluster}", "tasks": ["{taskArn}"]}"#,
        "shows the stop code and the reasons of the other containers",
    )],
    fixes: &[Fix::advice(
        "Look for what stopped the task",
        Blast::Nothing,
        "Read the stop code, the stopped reason and the reasons of the other containers of the task.",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.has_error("TaskStoppedBeforePullBeginError")
                || message.says("task stopped before image pull could begin")
        },
        |statement, subject| Cause::ImagePullSkippedTaskStopping(Pull::of(statement, subject)),
    ),
};
