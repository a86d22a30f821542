//! A container ended on SIGTERM although ECS had not been asked to stop its task.

use super::super::app::{ASK_DEFINITION, ASK_LOG, EXIT_CODES, LOOK_LOG, exits_with};
use super::super::{Blast, Fix};
use super::{Bucket, Cause, Check, Kind, Rule};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "app-exit-143-sigterm",
    bucket: Bucket::Lifecycle,
    kind: Kind::Cause,
    title: "process ended on SIGTERM",
    summary: "{who~|A container} ended on SIGTERM (exit code 143){lived~|}{noLog~|}; the evidence shows nobody \
              who asked ECS for the stop.",
    explanation: "143 is how a process ends that was asked to. When ECS stops a task that is no fault; where ECS did not, \
                  something inside the task or on its host sent the signal, such as a time limit of the job.",
    signs: "Exit code 143 of the container whose end ended the task, with no stop by a user, the scheduler or the capacity.",
    wants: &[ASK_DEFINITION, ASK_LOG],
    fixes: &[
        LOOK_LOG,
        Fix::advice(
            "Find who sent SIGTERM",
            Blast::Nothing,
            "Look for a `timeout` command, a process manager or a watchdog in the task, and for a job time limit. A process that \
             handles SIGTERM and ends with 0 does not look like a failure.",
        ),
    ],
    docs: &[EXIT_CODES],
    since: "0.1.0",
    check: Check::Judge(|subject| exits_with(subject, |code| code == 143, Cause::AppExit143Sigterm)),
};
