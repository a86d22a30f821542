//! Log options that are missing or wrong.

use super::super::logging::{LogTarget, is_driver_start, log_target};
use super::super::{Ask, Blast, Bucket, Cause, Check, Fix, Kind, Rule};
use crate::signals::message::Message;

pub(in crate::rules) static LOG_CONFIG_INVALID: Rule = Rule {
    code: "log-config-invalid",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "option of the log driver is missing or wrong",
    summary: "The log configuration of {container|the container} is not valid{optionWords~|}.",
    explanation: "The driver reads its options before the container starts, and refuses to start with one that it needs and \
                  does not find, or does not know.",
    signs: "`unable to get awslogs driver arguments: awslogs-region is required`, `unknown log opt`, `no log configuration \
            specified`, `must specify a value for log opt`.",
    wants: &[Ask::new(
        "ecs",
        "DescribeTaskDefinition",
        r#"{"taskDefinition": "{missingDefinition}"}"#,
        "`logConfiguration` shows the driver and its options",
    )],
    fixes: &[Fix::advice(
        "Correct `logConfiguration`",
        Blast::NewRevision,
        "Set {option|the option} in `logConfiguration.options`; awslogs needs `awslogs-group` and `awslogs-region`, and on \
         Fargate `awslogs-stream-prefix`. Register a new revision and deploy it.",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let of_options = message.says_any(&[
                "no log configuration specified",
                "unknown log opt",
                "must specify a value for log opt",
                "must specify both 'multiline",
                "no log driver named",
                "unsupported log driver",
                "logger: no log driver",
                "error looking up logging plugin",
            ]);
            let of_driver = message.says_any(&["driver arguments:", "log opt", "log-opt"])
                || is_driver_start(message)
                    && message.says_any(&[
                        "is required",
                        "is expected",
                        "missing region",
                        "missingregion",
                        "could not find region",
                        "must be set",
                        "invalid value for",
                        "invalid log opt",
                        "cannot be used with",
                        "unknown option",
                        "compression cannot be enabled when",
                    ]);
            said.is_from_ecs() && (of_options || of_driver) && message.denial().is_none()
        },
        |statement, subject| {
            Cause::LogConfigInvalid(LogTarget {
                option: option(&statement.message),
                ..LogTarget::of(statement, subject)
            })
        },
    )
    .settled(|subject, finding| {
        let option = finding.cause.facts().text("option").map(|option| format!(": option `{option}`"));
        log_target(subject, finding).fact("optionWords", option)
    }),
};

/// The option that a message names.
fn option(message: &Message) -> Option<String> {
    if let Some(word) = message.word_after("log opt ") {
        return Some(word.to_owned());
    }
    let text = message.folded();
    let is_option = |word: &&str| {
        word.contains('-')
            && ["awslogs-", "splunk-", "fluentd-", "syslog-", "gelf-"]
                .iter()
                .any(|driver| word.starts_with(driver))
    };
    text.split([' ', '\'', '"', ':', ',', ';', '.']).find(is_option).map(str::to_owned)
}
