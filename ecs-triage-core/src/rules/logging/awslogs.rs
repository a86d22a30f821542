//! CloudWatch Logs as the target: the group, and credentials for it.

use super::{
    Ask, Blast, Bucket, Cause, Check, Confidence, Fix, Kind, LogTarget, Plain, Rule, TASK_DEFINITION,
    is_driver_start, log_target,
};
use crate::signals::message::Message;

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
        |statement, _| {
            statement.is_from_ecs() && (is_stated(&statement.message) || is_hinted(&statement.message))
        },
        |statement, subject| Cause::LogGroupMissing(LogTarget::of(statement, subject)),
    )
    .settled(|subject, finding| {
        let is_certain = subject.statements.iter().any(|statement| {
            finding.citations.contains(&statement.citation) && is_stated(&statement.message)
        });
        // What stands behind AWS's sentence may be a connection issue, and may be cut.
        let sure = if is_certain { finding.confidence } else { Confidence::Possible };
        let region = finding.cause.facts().text("logRegion").map(|region| format!(" in {region}"));
        log_target(subject, finding).confidence(sure).fact("inRegion", region)
    }),
};

/// CloudWatch Logs itself answered that the group is missing.
fn is_stated(message: &Message) -> bool {
    let answered = message.says("resourcenotfoundexception");
    message.says("specified log group does not exist")
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
        |statement, _| {
            let message = &statement.message;
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
