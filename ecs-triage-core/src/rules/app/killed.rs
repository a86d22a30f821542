//! A container that somebody or something killed without a word: SIGKILL and no out-of-memory mark.

use super::judge::exits_with;
use super::last_words::words_of_a_kill;
use super::{
    ASK_DEFINITION, ASK_LOG, Ask, Blast, Bucket, Cause, Check, EXIT_CODES, Fix, Kind, LOOK_LOG, Rule,
};
use crate::health::KillReading;
use crate::rules::payload::payloads;
use crate::rules::{Confidence, Finding};
use crate::signals::{Exit, Stop, Subject};

pub(in crate::rules) static EXIT_137: Rule = Rule {
    code: "app-exit-137-no-oom",
    bucket: Bucket::App,
    kind: Kind::Cause,
    title: "container was killed, and no out-of-memory kill was recorded",
    summary: "{who~|A container} was ended by SIGKILL (exit code 137){lived~|}; {reading~|the code alone does not say by whom}{logged~|}.",
    explanation: "137 is SIGKILL and proves nothing alone. With OutOfMemoryError in the container's reason it is memory; without, \
                  memory of the task or host may still have run out, or the process was killed by something else.",
    signs: "Exit code 137 without OutOfMemoryError of the container whose end ended the task.",
    wants: &[ASK_MEMORY_OF_SERVICE, ASK_MEMORY_OF_FAMILY, ASK_DEFINITION, ASK_LOG],
    fixes: &[
        LOOK_LOG,
        Fix::advice(
            "Look at memory before the kill",
            Blast::Nothing,
            "Compare the task's memory maxima before the kill with its limit (of the task, in MiB: {taskMemory~|not set}). At 90 % and \
             more, give it 1.5 times its steady use; far below, look for what sends SIGKILL: a watchdog, an \
             operator, the host.",
        ),
    ],
    docs: &[EXIT_CODES, "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/out-of-memory.html"],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| subject.exits.iter().any(|exit| exit.code == Some(137)),
        |said| said.message.exit_code() == Some(137),
        |subject| {
            if subject.statements.iter().any(|statement| super::oom_killed::is_kill(&statement.message)) {
                return Vec::new();
            }
            let found =
                exits_with(subject, |code| code == 137, |exit| Cause::AppExit137NoOom(Killed::of(exit)));
            found.into_iter().map(|finding| read(subject, finding)).collect()
        },
    ),
};

payloads! {
    /// The particulars of a kill without an out-of-memory mark.
    Killed {
        /// Exit code.
        exit_code: i64,
        /// Hard memory limit of the container in MiB.
        limit_mib: i64,
        /// Memory of the task in MiB.
        task_memory_mib: i64,
        /// Seconds between SIGTERM and SIGKILL by the task definition; 30 when it does not say.
        stop_timeout_seconds: i64,
        /// Seconds from the task's start to its end.
        lifetime_seconds: f64,
        /// Log group of the container.
        log_group: String,
        /// Log stream of the container.
        log_stream: String,
    }
}

impl Killed {
    fn of(exit: super::ProcessExit) -> Self {
        Self {
            exit_code: exit.exit_code,
            lifetime_seconds: exit.lifetime_seconds,
            log_group: exit.log_group,
            log_stream: exit.log_stream,
            ..Self::default()
        }
    }
}

/// Adds what the task's times and limits say about the kill.
fn read(subject: &Subject<'_>, mut finding: Finding) -> Finding {
    let exit = subject.exits.iter().find(|exit| finding.container.as_deref() == Some(&exit.container));
    if let (Cause::AppExit137NoOom(killed), Some(exit)) = (&mut finding.cause, exit) {
        killed.limit_mib = exit.memory_limit_mib();
        killed.task_memory_mib = subject.task.as_ref().and_then(|task| task.memory());
        killed.stop_timeout_seconds = exit.definition.as_ref().and_then(|defined| defined.stop_timeout());
    }
    let reading = exit.and_then(|exit| words(subject, exit, finding.confidence));
    let logged = exit.and_then(|exit| words_of_a_kill(subject, exit));
    let words = logged.as_ref().map(|logged| format!("; its log ends with `{}`", logged.text));
    let mut finding = finding.fact("reading", reading).fact("logged", words);
    if let Some(logged) = logged {
        finding = finding.cite(logged.proof);
    }
    with_memory_window(subject, finding)
}

fn words(subject: &Subject<'_>, exit: &Exit<'_>, confidence: Confidence) -> Option<&'static str> {
    Some(match (subject.stop, exit.stop_timeout_kill) {
        (Stop::EssentialContainerExited, _) if confidence >= Confidence::Likely => {
            "nobody had asked ECS for a stop, and no out-of-memory kill was recorded"
        }
        (Stop::EssentialContainerExited, KillReading::Fits) => {
            "it may have failed first, or have ignored SIGTERM until `stopTimeout` when another container ended"
        }
        (Stop::EssentialContainerExited, _) => "whether it was the first container to end cannot be told",
        _ => "whether ECS was stopping the task is not in the evidence",
    })
}

/// The hour before the end, for the metrics that would tell.
pub(super) fn with_memory_window(subject: &Subject<'_>, finding: Finding) -> Finding {
    let Some(end) = subject.timeline.end() else { return finding };
    let finding = finding
        .fact("hourBefore", Some(end.plus_seconds(-3_600).to_string()))
        .fact("minuteAfter", Some(end.plus_seconds(60).to_string()));
    // The service's metric is there without Container Insights; tasks without a service have only that.
    match subject.is_of_service() {
        Some(true) => finding,
        _ => finding.fact("standaloneFamily", subject.facts().text("family")),
    }
}

/// Memory of the service's most loaded task, in percent.
pub(super) const ASK_MEMORY_OF_SERVICE: Ask = Ask::new(
    "cloudwatch",
    "GetMetricStatistics",
    r#"{"Namespace": "AWS/ECS", "MetricName": "MemoryUtilization", "Dimensions": [{"Name": "ClusterName", "Value": "{cluster}"}, {"Name": "ServiceName", "Value": "{service}"}], "StartTime": "{hourBefore}", "EndTime": "{minuteAfter}", "Period": 60, "Statistics": ["Maximum"]}"#,
    "shows how close to its limit memory was before the kill",
);

/// Memory of tasks without a service, in MiB; needs Container Insights.
pub(super) const ASK_MEMORY_OF_FAMILY: Ask = Ask::new(
    "cloudwatch",
    "GetMetricStatistics",
    r#"{"Namespace": "ECS/ContainerInsights", "MetricName": "MemoryUtilized", "Dimensions": [{"Name": "ClusterName", "Value": "{cluster}"}, {"Name": "TaskDefinitionFamily", "Value": "{standaloneFamily}"}], "StartTime": "{hourBefore}", "EndTime": "{minuteAfter}", "Period": 60, "Statistics": ["Maximum"]}"#,
    "shows how close to its limit memory was before the kill, where Container Insights is on",
);
