//! An essential container ended with exit code 0: success for a job, a fault in a service.

use super::judge::{exit_finding, is_alive, judged_exits, stated_codes, stated_finding};
use super::{
    ASK_DEFINITION, ASK_LOG, Blast, Bucket, Cause, Check, Confidence, EXIT_CODES, Finding, Fix, Kind,
    LOOK_LOG,
};
use super::{ProcessExit, Rule, Verdict};
use crate::signals::{Exit, Stop, Subject};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "app-exit-0-essential",
    bucket: Bucket::App,
    kind: Kind::Cause,
    title: "essential container ended with success",
    summary: "{who~|A container} ended by itself with exit code 0{lived~|}: {reading~|success for a job, a fault in a service}.",
    explanation: "The end of an essential container ends its task, whatever the code. A job is done then; a service needs a \
                  process that stays in the foreground.",
    signs: "Exit code 0 of the container whose end ended the task. `group` and `startedBy` tell a service's task from a job.",
    wants: &[ASK_LOG, ASK_DEFINITION],
    fixes: &[
        LOOK_LOG,
        Fix::advice(
            "Keep the process in the foreground",
            Blast::Source,
            "Start the server itself as the last command, without a daemon option (`nginx -g 'daemon off;'`); a shell \
             script ends with `exec`.",
        ),
        Fix::advice(
            "Or run it as a job",
            Blast::Deployment,
            "Work that ends belongs into a scheduled task or `aws ecs run-task`, and a container that only prepares \
             something is `essential: false`.",
        ),
    ],
    docs: &[EXIT_CODES, "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/standalone-tasks.html"],
    since: "0.1.0",
    check: Check::Judge(check),
};

fn check(subject: &Subject<'_>) -> Vec<Finding> {
    if let Some(done) = of_job(subject) {
        return vec![done];
    }
    let named = || {
        stated_codes(subject, |code| code == 0).map(|(statement, code)| {
            stated_finding(statement, code, Cause::AppExit0Essential(ProcessExit::of_code(Some(0))))
                .verdict(Verdict::NotAFailure)
        })
    };
    // A sidecar failed as well; which of the two ended the task is not in the evidence.
    if let Some(exit) = super::sidecar::done(subject) {
        return vec![of_exit(subject, exit).confidence(Confidence::Possible)];
    }
    match candidate(subject) {
        Some(exit) => vec![of_exit(subject, exit)],
        None => named().collect(),
    }
}

/// Whether the subject is a job of AWS Batch that succeeded, as its status says.
pub(super) fn is_done_job(subject: &Subject<'_>) -> bool {
    // A job is no task of ECS and has no ARN of one.
    let task = subject.task.as_ref().filter(|task| task.task_arn().is_none());
    let Some(task) = task else { return false };
    let is_job = task.node().get_any(&["jobId", "jobName", "jobArn"]).is_some();
    is_job && task.node().get("status").is_some_and(|status| status.value() == "SUCCEEDED")
}

/// A job that succeeded, of which nothing else is known.
fn of_job(subject: &Subject<'_>) -> Option<Finding> {
    let task = subject.task.as_ref().filter(|_| is_done_job(subject) && subject.exits.is_empty())?;
    let cause = Cause::AppExit0Essential(ProcessExit::of_code(Some(0)));
    let mut finding = Finding::new(cause, Confidence::Likely, task.cite("status"));
    finding.is_settled = true;
    finding.fixes = Some(Vec::new());
    Some(finding.fact("reading", Some("AWS Batch says that the job succeeded")).verdict(Verdict::NotAFailure))
}

/// The container that ended with 0, where that is how the task ended.
fn candidate<'s, 'e>(subject: &'s Subject<'e>) -> Option<&'s Exit<'e>> {
    let all_ended =
        |exits: &[Exit<'_>]| exits.iter().filter(|exit| !exit.injected).all(|exit| exit.code == Some(0));
    // A container beside one that never ran, or that still runs, is no end of the task.
    let is_partial = matches!(subject.stop, Stop::FailedToStart | Stop::None) && !all_ended(&subject.exits);
    if is_partial
        && !is_done_early(subject)
        && !(is_alive(subject)
            && subject.exits.iter().any(|exit| exit.essential == Some(true) && exit.code == Some(0)))
    {
        return None;
    }
    judged_exits(subject).find(|exit| exit.code == Some(0))
}

/// Whether a job may have been done before the last of its containers came up: ECS then says that the task failed to
/// start. A container that others wait for was only the first of them.
fn is_done_early(subject: &Subject<'_>) -> bool {
    let definition = subject.definition.as_ref();
    let waits = definition.map(|found| found.container_definitions()).unwrap_or_default();
    let waits: Vec<_> = waits.iter().flat_map(|container| container.depends_on()).collect();
    let is_waited_for = |exit: &Exit<'_>| waits.iter().any(|on| on.container_name() == exit.view.name());
    let is_done = |exit: &Exit<'_>| {
        exit.code == Some(0) && !exit.injected && exit.essential != Some(false) && !is_waited_for(exit)
    };
    subject.stop == Stop::FailedToStart
        && subject.is_of_service() != Some(true)
        && subject.exits.iter().any(is_done)
        && subject.exits.iter().all(|exit| exit.code.unwrap_or(0) == 0 && exit.view.reason().is_none())
}

fn of_exit(subject: &Subject<'_>, exit: &Exit<'_>) -> Finding {
    let cause = Cause::AppExit0Essential(ProcessExit::of(subject, exit));
    let mut finding = exit_finding(subject, exit, cause);
    // Several that ended with 0 need not be told apart.
    let only_successes = subject.leading_exits().all(|other| other.code == Some(0))
        && !subject.exits.iter().any(Exit::is_veiled);
    if only_successes && !is_alive(subject) {
        finding.confidence = Confidence::Likely;
    }
    let (verdict, reading) = match subject.is_of_service() {
        _ if is_alive(subject) => (Verdict::InProgress, "the task itself still stands as running"),
        Some(true) => (Verdict::Failure, "a service replaces it, and it ends again"),
        Some(false) => (Verdict::NotAFailure, "a job that is done"),
        None => (Verdict::NotAFailure, "success for a job; a fault only if a service was to keep it running"),
    };
    if subject.is_of_service() == Some(true) && subject.stop == Stop::Unknown {
        // It may have ended so because somebody stopped the task.
        finding.confidence = Confidence::Possible;
    }
    if verdict == Verdict::NotAFailure {
        finding.is_settled = true;
        finding.fixes = Some(Vec::new());
    }
    finding.fact("reading", Some(reading)).verdict(verdict)
}
