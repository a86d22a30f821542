//! Containers that ECS restarts in place, so that their exits do not end the task.

use super::super::payload::payloads;
use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule};
use crate::signals::{Exit, Stop, Subject};
use crate::sizes::RestartPolicyLimits;

payloads! {
    /// The particulars of a container that ends again and again in a running task.
    RestartLoop {
        /// Exit code of the last end.
        exit_code: i64,
        /// Seconds that the container must run before it is restarted.
        restart_attempt_period_seconds: i64,
        /// Whether the task needs the container.
        essential: bool,
    }
}

pub(in crate::rules) static RULE: Rule = Rule {
    code: "container-restart-policy-loop",
    bucket: Bucket::App,
    kind: Kind::Cause,
    title: "restart policy hides that a container keeps ending",
    summary: "{container|A container of the task} ended with exit code {exitCode~|unknown} while its task goes on running: its restart policy starts it again.",
    explanation: "With a restart policy ECS starts a container again in place and the task stays RUNNING, so neither stop \
                  code nor event tells of the exits. One that ends before the attempt period is over is not restarted.",
    signs: "`restartPolicy.enabled` with an exit code of that container in a RUNNING task; a growing RestartCount.",
    wants: &[Ask::new(
        "logs",
        "GetLogEvents",
        r#"{"logGroupName": "{logGroup}", "logStreamName": "{logStream}", "limit": 100, "startFromHead": false}"#,
        "start lines that repeat in one stream are restarts, and the lines before them say why",
    )],
    fixes: &[
        Fix::look(
            "Count the restarts of the last hour",
            "aws cloudwatch get-metric-statistics --namespace ECS/ContainerInsights --metric-name RestartCount \
             --dimensions Name=ClusterName,Value={cluster} Name=ServiceName,Value={service} --statistics Sum --period 300 \
             --start-time $(($(date +%s)-3600)) --end-time $(date +%s) --region {region}",
        ),
        Fix::look(
            "Read the last lines of the container's log",
            "aws logs get-log-events --log-group-name {logGroup} --log-stream-name {logStream} --limit 50 --region {logRegion}",
        ),
        Fix::advice(
            "Mend the exits, or say which are wanted",
            Blast::NewRevision,
            "Correct what ends the container; put exit codes that are no failure into `ignoredExitCodes`, and set \
             `restartAttemptPeriod` between 60 and 1,800 seconds.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html"],
    since: "0.1.0",
    check: Check::Judge(|subject| {
        let is_running = subject.task.as_ref().is_some_and(|task| task.last_status() == Some("RUNNING"));
        if subject.stop != Stop::None || !is_running {
            return Vec::new();
        }
        subject.exits.iter().filter_map(|exit| looping(subject, exit)).collect()
    }),
};

fn looping(subject: &Subject<'_>, exit: &Exit<'_>) -> Option<Finding> {
    let code = exit.code?;
    let defined = exit.definition.as_ref()?;
    let policy = defined.restart_policy().filter(|policy| policy.enabled() == Some(true))?;
    if policy.ignored_exit_codes().contains(&code) {
        return None;
    }
    let period =
        policy.restart_attempt_period().unwrap_or(RestartPolicyLimits::DEFAULT_ATTEMPT_PERIOD.into());
    // The end of an essential container ends the task unless it is started again; another may have ended for good.
    let confidence = if exit.essential == Some(true) { Confidence::Likely } else { Confidence::Possible };
    let cause = Cause::ContainerRestartPolicyLoop(RestartLoop {
        exit_code: Some(code),
        restart_attempt_period_seconds: Some(period),
        essential: exit.essential,
    });
    let mut facts = subject.facts().clone();
    if let Some(options) = defined.log_configuration().and_then(|logs| logs.options()) {
        facts.set_logs(&exit.container, &options);
    }
    let finding = Finding::new(cause, confidence, policy.cite("enabled"))
        .container(&exit.container)
        .cite(exit.citation());
    Some(
        ["logGroup", "logStream", "logRegion"]
            .into_iter()
            .fold(finding, |finding, name| finding.fact(name, facts.text(name))),
    )
}
