//! Log drivers and log groups.

mod awslogs;
mod drivers;

pub(super) use awslogs::{AGENT_CREDENTIALS_ENDPOINT, GROUP_MISSING};
pub(super) use drivers::{DRIVER_UNCLASSIFIED, ENDPOINT_REFUSED, FIRELENS_CONFIG_FAILED};

use super::{
    Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Plain, Rule, payload::payloads,
};
use crate::evidence::ecs::LogConfiguration;
use crate::signals::message::Message;
use crate::signals::{Statement, Subject};

payloads! {
    /// The particulars of a log driver that did not start.
    LogTarget {
        /// Log driver: `awslogs`, `awsfirelens`, `splunk`, `fluentd`, ….
        log_driver: String,
        /// Log group of CloudWatch Logs.
        log_group: String,
        /// Region of the log group.
        log_region: String,
        /// Value of `awslogs-create-group`.
        create_group: String,
        /// Address or socket of the collector.
        address: String,
        /// Option of the driver that the message names.
        option: String,
    }
}

/// The task definition, when it is not at hand.
const TASK_DEFINITION: Ask = Ask::new(
    "ecs",
    "DescribeTaskDefinition",
    r#"{"taskDefinition": "{missingDefinition}"}"#,
    "`logConfiguration` shows the driver and its options",
);

/// Whether a log driver's start failed, in the words of Fargate, the agent and Docker.
pub(super) fn is_driver_start(message: &Message) -> bool {
    message.says_any(&[
        "initialize logging driver",
        "failed to create log driver",
        "failed to validate log driver",
        "failed to validate logger args",
        "log driver arguments",
        "awslogs driver arguments",
    ])
}

/// The log configuration of the container that a message is about, else the only one that there is.
fn configuration<'e>(subject: &Subject<'e>, container: Option<&str>) -> Option<LogConfiguration<'e>> {
    let containers = subject.definition.as_ref()?.container_definitions();
    if let Some(name) = container {
        return containers.iter().find(|found| found.name() == Some(name))?.log_configuration();
    }
    let all: Vec<_> = containers.iter().filter_map(|found| found.log_configuration()).collect();
    let place = |log: &LogConfiguration<'_>| {
        log.options().map(|options| (options.group().map(str::to_owned), options.region().map(str::to_owned)))
    };
    let first = all.first()?;
    all.iter().all(|log| place(log) == place(first)).then(|| first.clone())
}

impl LogTarget {
    /// Where the container of a message logs to.
    pub(super) fn of(statement: &Statement, subject: &Subject<'_>) -> Self {
        let configuration = configuration(subject, statement.container.as_deref());
        let options = configuration.as_ref().and_then(LogConfiguration::options);
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let message = &statement.message;
        let named = message.says("log group").then(|| message.word_after("log group ")).flatten();
        let named = named.filter(|word| word.contains('/') || word.contains('-'));
        Self {
            log_driver: configuration.as_ref().and_then(|log| owned(log.log_driver())),
            log_group: options.as_ref().and_then(|options| owned(options.group())).or(owned(named)),
            log_region: options.as_ref().and_then(|options| owned(options.region())),
            create_group: options.as_ref().and_then(|options| owned(options.create_group())),
            ..Self::default()
        }
    }
}

/// Adds the log group and its Region, in which the look-ups have to be made.
pub(super) fn log_target(subject: &Subject<'_>, mut finding: Finding) -> Finding {
    let configuration = configuration(subject, finding.container.as_deref());
    if let Some(options) = configuration.as_ref().and_then(LogConfiguration::options) {
        finding.facts.set("logGroup", options.group());
        finding.facts.set("logRegion", options.region());
    }
    // A refusal names the group: arn:aws:logs:REGION:ACCOUNT:log-group:NAME:log-stream:….
    let cause = finding.cause.facts();
    if let Some((arn, rest)) = cause.text("resource").and_then(|arn| arn.split_once(":log-group:")) {
        finding.facts.set("logGroup", rest.split(':').next());
        finding.facts.set("logRegion", arn.split(':').nth(3));
    }
    let region = finding.facts.text("logRegion").or(cause.text("logRegion")).map(str::to_owned);
    finding.facts.set_resource_region(region.as_deref(), subject);
    finding.facts.set("logRegion", region.as_deref().or(subject.facts().text("region")));
    if subject.definition.is_none() {
        finding.facts.set("missingDefinition", subject.facts().text("taskDefinition"));
    }
    finding
}
