//! CloudWatch Logs as the target: the group, and credentials for it.

use serde_json::json;

use super::{
    Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, LogTarget, Plain, Rule,
    TASK_DEFINITION, is_driver_start, log_target,
};
use crate::access::{self, ResourcePolicy};
use crate::change::{Change, Edit};
use crate::evidence::Citation;
use crate::evidence::ecs::LogConfiguration;
use crate::evidence::logs::LogGroup;
use crate::signals::Subject;
use crate::signals::message::Message;
use crate::template;

pub(in crate::rules) static GROUP_MISSING: Rule = Rule {
    code: "log-group-missing",
    bucket: Bucket::Logging,
    kind: Kind::Cause,
    title: "log group does not exist",
    summary: "The log group {logGroup|of the task} does not exist{inRegion~|}, and the task is not to create it.",
    explanation: "The awslogs driver opens a log stream before the container starts. CloudWatch Logs answered that there is no \
                  such group; a wrong `awslogs-region` looks the same.",
    signs: "`failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist`, on \
            Fargate under `failed to validate logger args`, on EC2 under `failed to initialize logging driver`.",
    wants: &[
        Ask::new(
            "logs",
            "DescribeLogGroups",
            r#"{"logGroupNamePrefix": "{logGroup}"}"#,
            "no group of this name in the Region of `awslogs-region` confirms it",
        ),
        TASK_DEFINITION,
    ],
    fixes: &[
        Fix::run(
            "Create the log group",
            Blast::Resource,
            "aws logs create-log-group --log-group-name {logGroup} --region {logRegion}",
        ),
        Fix::advice(
            "Or let the driver create it",
            Blast::NewRevision,
            "Set `awslogs-create-group` to `true` in the container's `logConfiguration` and allow `logs:CreateLogGroup` to the \
             execution role, which AWS's managed policy does not.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html"],
    since: "0.1.0",
    check: Check::says(
        |said| said.is_from_ecs() && (is_stated(&said.message) || is_hinted(&said.message)),
        |statement, subject| Cause::LogGroupMissing(LogTarget::of(statement, subject)),
    )
    .settled(settled),
};

/// Looks for the group among those that CloudWatch Logs listed.
fn settled(subject: &Subject<'_>, finding: Finding) -> Finding {
    let is_certain = subject
        .statements
        .iter()
        .any(|statement| finding.citations.contains(&statement.citation) && is_stated(&statement.message));
    // What stands behind AWS's sentence may be a connection issue, and may be cut.
    let sure = if is_certain { finding.confidence } else { Confidence::Possible };
    let region = finding.cause.facts().text("logRegion").map(|region| format!(" in {region}"));
    let finding = log_target(subject, finding).confidence(sure).fact("inRegion", region);
    let facts = finding.all_facts();
    let Some(group) = facts.text("logGroup").map(str::to_owned) else { return finding };
    let region = facts.text("logRegion").map(str::to_owned);
    match listed(subject, &group, region.as_deref()) {
        Some(Listed::There(found)) => {
            let made = found.creation_time();
            let failed = finding.at.or(subject.timeline.end());
            let is_since = matches!((made, failed), (Some(made), Some(failed)) if made > failed);
            let text = match is_since {
                true => {
                    "The log group {logGroup} was missing when the task started and was made at {made~|} since: new tasks find it."
                }
                false => {
                    "The log group {logGroup} exists in {logRegion~|its Region}; it was not found when the task started, or another Region or account was asked."
                }
            };
            let finding = finding.fact("made", made.map(|made| made.to_string()));
            let summary = template::sentence(text, &finding.all_facts());
            let mut finding = finding.refuted_by(found.cite("logGroupName")).summary(summary);
            finding.is_settled = true;
            finding
        }
        Some(Listed::Missing(proof)) => {
            // A message that was cut may have had another reason.
            let finding = match is_certain {
                true => finding.confirmed_by(proof),
                false => finding.cite(proof).confidence(Confidence::Likely),
            };
            let finding = match region {
                // The exact changes say what the rule's general advice does.
                Some(region) => finding.change(Change::log_group(&group, &region)).fixed_by(Vec::new()),
                None => finding,
            };
            let_driver_create(subject, finding, &group)
        }
        None => finding,
    }
}

/// What a list of log groups says of one.
enum Listed<'e> {
    There(LogGroup<'e>),
    Missing(Citation),
}

/// Whether the group is among those that were listed. The search is by prefix: only the whole name counts, and only
/// in the Region of the log driver.
fn listed<'e>(subject: &Subject<'e>, name: &str, region: Option<&str>) -> Option<Listed<'e>> {
    let is_here = |group: &LogGroup<'_>| {
        let own = group.arn().and_then(|arn| arn.split(':').nth(3));
        own.is_none() || region.is_none() || own == region
    };
    let mut groups = subject.evidence.all::<LogGroup<'e>>();
    if let Some(found) = groups.find(|group| group.log_group_name() == Some(name) && is_here(group)) {
        return Some(Listed::There(found));
    }
    let is_about = |prefix: Option<&str>| prefix.is_none_or(|prefix| name.starts_with(prefix));
    let mut lists = subject.evidence.answers_of("logs", "DescribeLogGroups").filter(|list| {
        let asked = list.request().filter(|request| request.params.is_object());
        let is_search = asked.is_some_and(|request| {
            is_about(request.param("logGroupNamePrefix"))
                && request.param("logGroupNamePattern").is_none_or(|pattern| name.contains(pattern))
                && request.params.get("nextToken").is_none()
        });
        let has_name = |group: &LogGroup<'_>| group.log_group_name().is_some();
        let is_whole = list.error().is_none() && !list.is_cut();
        is_whole && is_search && list.all().all(|group| is_here(&group) && has_name(&group))
    });
    lists.next().map(|list| Listed::Missing(list.node().citation()))
}

/// With the option by which the driver makes the group itself; the execution role must be allowed to.
fn let_driver_create(subject: &Subject<'_>, finding: Finding, group: &str) -> Finding {
    let Some(definition) = &subject.definition else { return finding };
    let containers = definition.container_definitions();
    let logging = containers.iter().filter_map(|container| {
        let log = container.log_configuration()?;
        (log.options()?.group() == Some(group)).then_some((container, log))
    });
    let logging: Vec<_> = logging.collect();
    let is_on =
        |log: &LogConfiguration<'_>| log.options().and_then(|options| options.create_group()) == Some("true");
    let role = subject.facts().text("executionRoleArn");
    let region = finding.facts.text("logRegion");
    let may = role.is_some_and(|role| {
        let account = subject.facts().text("account").unwrap_or("*");
        let resource = format!("arn:aws:logs:{}:{account}:log-group:{group}", region.unwrap_or("*"));
        access::may_as_named(
            subject.evidence,
            role,
            "logs:CreateLogGroup",
            &resource,
            region,
            &ResourcePolicy::default(),
        )
        .is_allowed()
    });
    if let Some((_, log)) = logging.iter().find(|(_, log)| is_on(log)).filter(|_| may) {
        return finding.refuted_by(log.cite("options"));
    }
    let edits: Vec<Edit> = logging
        .iter()
        .filter_map(|(container, log)| {
            let mut value = log.node().value().clone();
            let options = value.get_mut("options")?.as_object_mut()?;
            options.insert("awslogs-create-group".to_owned(), json!("true"));
            Some(Edit::container(container.name()?, "logConfiguration", value))
        })
        .collect();
    if edits.is_empty() || logging.iter().any(|(_, log)| is_on(log)) {
        return finding;
    }
    let title = match may {
        true => "Let the driver make the group: the execution role may",
        false => "Let the driver make the group, and allow `logs:CreateLogGroup` to the execution role",
    };
    finding.change(Change::task_definition(subject, title, &edits))
}

/// CloudWatch Logs itself answered that the group is missing.
fn is_stated(message: &Message) -> bool {
    let answered = message.says("resourcenotfoundexception");
    message.says("specified log group does not exist")
        || is_driver_start(message) && message.says("log group does not exist")
        || answered
            && (is_driver_start(message)
                || message.says_any(&["create cloudwatch log stream", "cloudwatch log group"]))
}

/// The agent's sentence alone, which it also writes when it could not connect.
fn is_hinted(message: &Message) -> bool {
    message.says_any(&["cannot find the amazon cloudwatch log group", "cannot find the cloudwatch log group"])
        && !message.is_connection_issue()
        && message.transport().is_none()
        && message.denial().is_none()
}

pub(in crate::rules) static AGENT_CREDENTIALS_ENDPOINT: Rule = Rule {
    code: "log-agent-credentials-endpoint",
    bucket: Bucket::Logging,
    kind: Kind::Cause,
    title: "Docker gets no credentials for awslogs",
    summary: "Docker on the container instance gets no credentials for the awslogs driver.",
    explanation: "On EC2 Docker itself writes to CloudWatch Logs, with credentials from the agent at 169.254.170.2 or from the \
                  instance's role. Home-made AMIs often lack the routing rules for the first, or an instance profile for the \
                  second.",
    signs: "`failed to initialize logging driver` with CredentialsEndpointError, `169.254.170.2/v2/credentials` or \
            NoCredentialProviders.",
    wants: &[
        Ask::new(
            "ecs",
            "DescribeContainerInstances",
            r#"{"cluster": "{cluster}", "containerInstances": ["{containerInstance}"]}"#,
            "the attribute `ecs.capability.execution-role-awslogs` tells whether the agent serves the log driver",
        ),
        TASK_DEFINITION,
    ],
    fixes: &[Fix::advice(
        "Use the ECS-optimised AMI, or prepare the instance as it does",
        Blast::Instances,
        "On an AMI of your own set `net.ipv4.conf.all.route_localnet=1` and the iptables rules of the agent's installation \
         guide, start the agent with `ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=true`, and give the instance a profile.",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-install.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let has_none = message.says_any(&[
                "credentialsendpointerror",
                "169.254.170.2",
                "nocredentialproviders",
                "no valid providers in chain",
                "no ec2 imds role found",
            ]);
            has_none && (is_driver_start(message) || message.says("cloudwatch log stream"))
        },
        |_, _| Cause::LogAgentCredentialsEndpoint(Plain {}),
    )
    .settled(log_target),
};
