//! Other log drivers, and FireLens.

use super::{
    Ask, Blast, Bucket, Cause, Check, Confidence, Fix, Kind, LogTarget, Rule, TASK_DEFINITION,
    is_driver_start, log_target,
};
use crate::signals::message::{EndpointKind, Message, Transport};
use crate::signals::{Statement, Subject};

pub(in crate::rules) static ENDPOINT_REFUSED: Rule = Rule {
    code: "log-driver-endpoint-refused",
    bucket: Bucket::Logging,
    kind: Kind::Cause,
    title: "nothing listens where the log driver sends to",
    summary: "The {logDriver~|log} driver cannot connect to its collector{at~|}: nothing listens there.",
    explanation: "Drivers such as fluentd, syslog, gelf and splunk connect to a collector before the container starts. It was \
                  not running, or not yet.",
    signs: "`failed to initialize logging driver: dial tcp …: connection refused` or `dial unix …: no such file or directory`.",
    wants: &[TASK_DEFINITION],
    fixes: &[
        Fix::look(
            "See whether the collector runs on the instance",
            "aws ecs list-tasks --cluster {cluster} --container-instance {containerInstance} --region {region}",
        ),
        Fix::advice(
            "Start the collector first, or do not wait for it",
            Blast::NewRevision,
            "Run the collector as a DAEMON service or as a container with `dependsOn`, set the driver's asynchronous option \
             (`fluentd-async` to `true`), or use awsfirelens with a log router in the task.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html"],
    since: "0.1.0",
    check: Check::says(
        |said| is_refused(&said.message),
        |statement, subject| {
            let message = &statement.message;
            let dialled =
                ["dial tcp ", "dial unix ", "dial udp "].into_iter().find_map(|how| message.word_after(how));
            let target = LogTarget::of(statement, subject);
            Cause::LogDriverEndpointRefused(LogTarget { address: dialled.map(str::to_owned), ..target })
        },
    )
    .settled(|subject, finding| {
        let at = finding.cause.facts().text("address").map(|address| format!(" at `{address}`"));
        let is_stated = subject.statements.iter().any(|statement| {
            finding.citations.contains(&statement.citation)
                && (matches!(statement.message.transport(), Some(Transport::ConnectionRefused { .. }))
                    || statement.message.says("no such file"))
        });
        // How the connection ended is cut, or nothing answered: then the way may be closed as well.
        let sure = if is_stated { finding.confidence } else { Confidence::Possible };
        log_target(subject, finding).confidence(sure).fact("at", at)
    }),
};

fn is_refused(message: &Message) -> bool {
    let dials = message.says_any(&["dial tcp", "dial unix", "dial udp"]);
    let ends = match message.transport() {
        Some(Transport::ConnectionRefused { .. } | Transport::NoRoute | Transport::DialTimeout { .. })
        | None => true,
        Some(_) => false,
    };
    is_driver_start(message) && dials && ends && !is_awslogs(message)
}

fn is_awslogs(message: &Message) -> bool {
    message.says_any(&["cloudwatch", "awslogs"])
        || message
            .endpoint()
            .is_some_and(|endpoint| matches!(endpoint.kind, EndpointKind::Logs | EndpointKind::Credentials))
}

pub(in crate::rules) static FIRELENS_CONFIG_FAILED: Rule = Rule {
    code: "log-firelens-config-failed",
    bucket: Bucket::Logging,
    kind: Kind::Cause,
    title: "configuration of the FireLens log router could not be prepared",
    summary: "The FireLens log router could not be set up: {what~|its configuration could not be prepared}.",
    explanation: "Before the log router starts, the agent writes its configuration from the options of all containers, and \
                  fetches a file of the user's from S3 with the execution role. Containers that log through it wait for it.",
    signs: "`unable to generate firelens config file`, `unable to download firelens s3 config file`, `invalid firelens \
            configuration type`, `container uses awsfirelens log driver and we failed to …`; in the log router's log \
            `configuration file contains errors, aborting`.",
    wants: &[TASK_DEFINITION],
    fixes: &[Fix::advice(
        "Correct the log router's configuration",
        Blast::NewRevision,
        "Check `firelensConfiguration` (`type` is `fluentbit` or `fluentd`; `config-file-type` with `config-file-value`, and \
         `file` alone on Fargate) and each `logConfiguration.options`; a file in S3 takes `s3:GetObject` and \
         `s3:GetBucketLocation` of the execution role. Register a new revision and deploy it.",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-taskdef.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let is_routers = message.says("configuration file contains errors, aborting");
            (said.is_from_ecs() || is_routers) && firelens_fault(message).is_some()
        },
        |statement, subject| Cause::LogFirelensConfigFailed(LogTarget::of(statement, subject)),
    )
    .in_logs()
    .settled(|subject, finding| {
        let what = subject.statements.iter().find_map(|statement| firelens_fault(&statement.message));
        log_target(subject, finding).fact("what", what)
    }),
};

/// What of FireLens failed, by the agent's words.
/// <https://github.com/aws/amazon-ecs-agent/blob/master/agent/taskresource/firelens/firelens_unix.go>
fn firelens_fault(message: &Message) -> Option<&'static str> {
    const FAULTS: &[(&str, &str)] = &[
        ("unable to download firelens s3 config file", "its configuration file cannot be fetched from S3"),
        ("unable to download s3 config", "its configuration file cannot be fetched from S3"),
        ("invalid firelens configuration type", "its configuration type is not valid"),
        ("encounter invalid firelens configuration", "its configuration type is not valid"),
        ("unsupported firelens config type", "its configuration type is not valid"),
        ("error parsing firelens options", "its options are not valid"),
        ("missing output key", "a container's log options name no output"),
        ("to firelens config", "a container's log options cannot be applied"),
        ("unable to generate firelens config", "its configuration cannot be written"),
        ("firelens container config doesn't exist", "the task has no log router container"),
        ("there's no firelens container", "the task has no log router container"),
        ("unable to initialize firelens resource", "its files cannot be prepared"),
        ("uses awsfirelens log driver and we failed", "the log options of a container cannot be worked out"),
        ("uses awsfirelens log driver but we failed", "the log options of a container cannot be worked out"),
        ("failed to resolve firelens bridge ip", "its address on the bridge is not known"),
        ("bridge ip not available to use for firelens", "its address on the bridge is not known"),
        ("failed to start firelens container", "its container did not start"),
        ("configuration file contains errors, aborting", "Fluent Bit refuses its configuration file"),
        ("unable to initialize resource directory", "its files cannot be prepared"),
        ("unable to create socket directory", "its files cannot be prepared"),
        ("firelens resource", "its files cannot be prepared"),
        ("firelens config", "its configuration could not be prepared"),
    ];
    FAULTS.iter().find(|(words, _)| message.says(words)).map(|(_, what)| *what)
}

pub(in crate::rules) static DRIVER_UNCLASSIFIED: Rule = Rule {
    code: "log-driver-unclassified",
    bucket: Bucket::Logging,
    kind: Kind::Residual,
    title: "log driver did not start; the reason is cut off or not known",
    summary: "The {logDriver~|log} driver did not start, and what is left of the message does not say why.",
    explanation: "Only the wrapper of the error is left. A missing group, a missing permission and a missing route all begin \
                  like this.",
    signs: "`failed to initialize logging driver` or `failed to validate logger args` with no inner cause that is known.",
    wants: &[
        TASK_DEFINITION,
        Ask::new(
            "logs",
            "DescribeLogGroups",
            r#"{"logGroupNamePrefix": "{logGroup}"}"#,
            "tells whether the log group exists",
        ),
    ],
    fixes: &[Fix::advice(
        "Check the target of the logs",
        Blast::Nothing,
        "In this order: does the log group exist in the Region of `awslogs-region`, may the execution role write to it, can the \
         task reach `logs.{logRegion~|REGION}.amazonaws.com`.",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            // A connection to CloudWatch Logs that fails, or a collector that refuses one, is a cause of its own.
            let is_open = message.transport().is_none()
                || !is_awslogs(message) && !is_refused(message) && message.denial().is_none();
            is_driver_start(message) && is_open && !message.is_connection_issue()
        },
        |statement: &Statement, subject: &Subject<'_>| {
            Cause::LogDriverUnclassified(LogTarget::of(statement, subject))
        },
    )
    .settled(log_target),
};
