//! A container beside the application ended, and took the application down with it.

use crate::rules::at_most_one;
use serde_json::json;

use super::judge::{exit_finding, is_alive};
use super::{
    ASK_DEFINITION, ASK_LOG, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, LOOK_LOG, Rule,
    Verdict,
};
use crate::change::{Change, Edit};
use crate::rules::payload::payloads;
use crate::signals::{Exit, Part, Role, Subject};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "sidecar-stopped-task",
    bucket: Bucket::App,
    kind: Kind::Cause,
    title: "a sidecar ended and took the application down",
    summary: "The sidecar {container|of the task} ended with exit code {exitCode~|unknown}{lived~|} and, being essential, ended the task; \
              {application|the application} was only stopped with it.",
    explanation: "When an essential container ends, ECS stops all others of the task. What the application exits with then (143, \
                  137 or 0) is the stop, not a fault.",
    signs: "The one container that failed by itself is a proxy, an agent or a log router; the application shows 143, 137 or 0.",
    wants: &[ASK_DEFINITION, ASK_LOG],
    fixes: &[
        LOOK_LOG,
        Fix::advice(
            "Let ECS restart the sidecar in place, where the application needs it",
            Blast::NewRevision,
            "Set `restartPolicy` with `enabled: true` for container {container|CONTAINER}.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html"],
    since: "0.1.0",
    check: Check::Judge(|subject| at_most_one(culprit(subject).map(|exit| finding(subject, exit)))),
};

payloads! {
    /// The particulars of a sidecar that ended its task.
    SidecarExit {
        /// Exit code of the sidecar.
        exit_code: i64,
        /// The application's container.
        application: String,
        /// Exit code of the application, which is the stop.
        application_exit_code: i64,
        /// Seconds from the task's start to its end.
        lifetime_seconds: f64,
        /// Log group of the sidecar.
        log_group: String,
        /// Log stream of the sidecar.
        log_stream: String,
    }
}

/// The sidecar that ended the task, if one did.
pub(super) fn culprit<'s, 'e>(subject: &'s Subject<'e>) -> Option<&'s Exit<'e>> {
    if subject.stop.was_asked_for() || is_alive(subject) {
        return None;
    }
    application(subject)?;
    subject.leading_exits().find(|exit| {
        exit.role == Role::Sidecar
            && exit.code.is_some()
            && !exit.out_of_memory
            && !exit.container.starts_with("ecs-service-connect-")
            && exit.essential != Some(false)
    })
}

/// The application's container, where it shows only that it was stopped.
fn application<'s, 'e>(subject: &'s Subject<'e>) -> Option<&'s Exit<'e>> {
    let is_stopped = |exit: &&Exit<'_>| {
        exit.role == Role::Application
            && exit.part != Part::First
            && !exit.out_of_memory
            && (exit.is_told_to_stop() || exit.code == Some(0) || has_not_run(exit))
    };
    subject.exits.iter().find(is_stopped)
}

/// Whether nothing says that the container ever ran, as one does not that waits for its log router.
fn has_not_run(exit: &Exit<'_>) -> bool {
    exit.code.is_none() && exit.view.reason().is_none()
}

/// Whether the application ended with 0 and nothing says that it was to keep running.
pub(super) fn may_be_done(subject: &Subject<'_>) -> bool {
    subject.is_of_service() != Some(true) && application(subject).is_some_and(|found| found.code == Some(0))
}

/// The application that may have been done, where a sidecar failed beside it.
pub(super) fn done<'s, 'e>(subject: &'s Subject<'e>) -> Option<&'s Exit<'e>> {
    culprit(subject)?;
    application(subject).filter(|_| may_be_done(subject))
}

fn finding(subject: &Subject<'_>, exit: &Exit<'_>) -> Finding {
    let application = application(subject);
    let process = super::ProcessExit::of(subject, exit);
    let cause = Cause::SidecarStoppedTask(SidecarExit {
        exit_code: exit.code,
        application: application.map(|found| found.container.clone()),
        application_exit_code: application.and_then(|found| found.code),
        lifetime_seconds: process.lifetime_seconds,
        log_group: process.log_group,
        log_stream: process.log_stream,
    });
    let mut finding = exit_finding(subject, exit, cause);
    if let Some(application) = application {
        finding = finding.cite(application.citation());
    }
    if exit.essential != Some(false) {
        let edit = Edit::container(&exit.container, "essential", json!(false));
        let title = "Let the task live on without the sidecar, where it can";
        finding = finding.change(Change::task_definition(subject, title, &[edit]));
    }
    if let Some(application) = application.filter(|found| has_not_run(found)) {
        let code = exit.code.map_or_else(String::new, |code| format!(" with exit code {code}"));
        finding = finding.summary(format!(
            "The sidecar `{}` ended{code} and, being essential, ended the task; `{}` has no exit code: it may never have run.",
            exit.container.replace('`', "'"),
            application.container.replace('`', "'"),
        ));
    }
    // A job that was done ends the task as well, and what runs beside it may end badly when it is told to stop.
    if may_be_done(subject) {
        let code = exit.code.map_or_else(String::new, |code| format!(" with exit code {code}"));
        let words = format!(
            "The sidecar `{}` ended{code} beside an application that ended with 0: either of them may have ended the task.",
            exit.container.replace('`', "'"),
        );
        return finding.confidence(Confidence::Possible).verdict(Verdict::Undetermined).summary(words);
    }
    // The definition says that it is essential, and every other essential container was told to stop.
    let others_were_stopped = subject.exits.iter().all(|other| {
        other.container == exit.container
            || other.essential == Some(false)
            || other.essential == Some(true) && other.is_told_to_stop()
    });
    match &exit.definition {
        Some(defined) if finding.confidence == Confidence::Likely && others_were_stopped => {
            finding.cite(defined.cite("essential")).confidence(Confidence::Confirmed)
        }
        _ => finding,
    }
}
