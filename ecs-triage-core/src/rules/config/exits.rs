//! Exit codes with which a shell or a runtime says that it could not run the command.

use super::{Ask, Blast, Bucket, Cause, Check, Finding, Fix, Kind, Rule};
use crate::rules::app::{ASK_DEFINITION, ProcessExit, exits_with};
use crate::signals::Subject;

const PAGE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html";

const LOG: Ask = Ask::new(
    "logs",
    "GetLogEvents",
    r#"{"logGroupName": "{logGroup}", "logStreamName": "{logStream}", "limit": 100, "startFromHead": false}"#,
    "the last line before the exit names what could not be run",
);

const READ: Fix = Fix::look(
    "Read the last lines of the container's log",
    "aws logs get-log-events --log-group-name {logGroup} --log-stream-name {logStream} --limit 50 --region {logRegion}",
);

pub(in crate::rules) static EXIT_126: Rule = Rule {
    code: "app-exit-126",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "command was found and is not executable",
    summary: "{container|A container of the task} ended with exit code 126: its shell found the command and could not execute it.",
    explanation: "Shells answer 126 for a file without execute permission, a directory, or a binary of another format.",
    signs: "Exit code 126 of the container whose end ended the task, without an error of the runtime beside it.",
    wants: &[LOG, ASK_DEFINITION],
    fixes: &[
        READ,
        Fix::advice(
            "Make the command executable",
            Blast::Source,
            "Set the execute bit in the image (`COPY --chmod=755`), and check its first line and its CPU architecture.",
        ),
    ],
    docs: &[PAGE],
    since: "0.1.0",
    check: Check::Judge(|subject| of_shell(subject, |code| code == 126, Cause::AppExit126)),
};

pub(in crate::rules) static EXIT_127: Rule = Rule {
    code: "app-exit-127",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "command was not found by the shell",
    summary: "{container|A container of the task} ended with exit code 127: its shell did not find the command, or a shared library is missing.",
    explanation: "The container started, so its entry point exists. What that ran does not: a program that is not in the \
                  image or its PATH, or one whose shared library is missing.",
    signs: "Exit code 127 of the container whose end ended the task, without an error of the runtime beside it.",
    wants: &[LOG, ASK_DEFINITION],
    fixes: &[
        READ,
        Fix::advice(
            "Install the command or correct its path",
            Blast::Source,
            "The log says `not found` or `error while loading shared libraries` with the name: install it in {image|the image}, or name its full path.",
        ),
    ],
    docs: &[PAGE],
    since: "0.1.0",
    check: Check::Judge(|subject| of_shell(subject, |code| code == 127, Cause::AppExit127)),
};

pub(in crate::rules) static EXIT_128: Rule = Rule {
    code: "app-exit-128",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "container was made and not started, or ended with an invalid exit code",
    summary: "{container|A container of the task} has exit code 128: {reading~|Docker could not start it, or a shell in it was told to exit with something that is no number}.",
    explanation: "Docker writes 128 when a container was made and its start failed; the reason beside it says why. A shell \
                  that is told to exit with something that is no number ends so too.",
    signs: "Exit code 128 and no reason; with a reason, that is the cause.",
    wants: &[LOG, ASK_DEFINITION],
    fixes: &[
        READ,
        Fix::advice(
            "Look for the start error",
            Blast::Nothing,
            "Read the container's `reason` and, on the container instance, `docker inspect` and the agent's log `/var/log/ecs/ecs-agent.log`.",
        ),
    ],
    docs: &[PAGE],
    since: "0.1.0",
    check: Check::Judge(|subject| {
        let has_run = subject.timeline.lifetime_seconds().is_some_and(|seconds| seconds > 0.0);
        let reading = has_run.then_some("it ran, so a program or shell in it chose that number");
        let found = of_shell(subject, |code| code == 128, Cause::AppExit128);
        found.into_iter().map(|finding| finding.fact("reading", reading)).collect()
    }),
};

/// Findings for exits of containers whose own reason does not say more: Docker sets 125 to 128 itself when it
/// cannot start a container, and then the number only repeats the reason.
pub(in crate::rules) fn of_shell(
    subject: &Subject<'_>,
    is_code: fn(i64) -> bool,
    cause: fn(ProcessExit) -> Cause,
) -> Vec<Finding> {
    let mut found = exits_with(subject, is_code, cause);
    found.retain(|finding| {
        let exit = match (&finding.container, subject.exits.as_slice()) {
            // What was pasted without its name is the only one.
            (None, [only]) => Some(only),
            (name, exits) => exits.iter().find(|exit| Some(&exit.container) == name.as_ref()),
        };
        exit.is_none_or(|exit| exit.view.reason().is_none_or(|reason| reason.trim().is_empty()))
    });
    found
}
