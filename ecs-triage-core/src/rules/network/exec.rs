//! ECS Exec cannot connect to its target.

use super::super::payload::payloads;
use super::super::{Ask, Blast, Bucket, Cause, Check, Finding, Fix, Kind, Rule};
use super::aim::Aim;
use super::way::Standing;
use crate::network::Destination;
use crate::signals::{Subject, SubjectKind, subjects};

payloads! {
    /// The target of an `execute-command` that is not connected.
    ExecTarget {
        /// Task.
        task: String,
    }
}

pub(in crate::rules) static TARGET_NOT_CONNECTED: Rule = Rule {
    code: "exec-target-not-connected",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "ECS Exec cannot connect to the container",
    summary: "ECS Exec could not connect to the container: the SSM agent in it has no session with AWS Systems Manager{way~|}.",
    explanation: "The agent in the container talks to `ssmmessages` with the task role. Without the role's four \
                  permissions, without a way to the endpoint, or with access keys in the environment that replace the \
                  role, it is not connected.",
    signs: "TargetNotConnectedException `The execute command failed due to an internal error`.",
    wants: &[
        Ask::new(
            "ecs",
            "DescribeTasks",
            r#"{"cluster": "{cluster}", "tasks": ["{taskArn}"]}"#,
            "shows `enableExecuteCommand` and whether the managed agent is RUNNING",
        ),
        Ask::new(
            "iam",
            "ListRolePolicies",
            r#"{"RoleName": "{taskRole}"}"#,
            "the task role must allow four actions of `ssmmessages`",
        ),
        Ask::new(
            "iam",
            "ListAttachedRolePolicies",
            r#"{"RoleName": "{taskRole}"}"#,
            "the task role must allow four actions of `ssmmessages`",
        ),
    ],
    fixes: &[
        Fix::look(
            "See whether ECS Exec is on and its agent runs",
            "aws ecs describe-tasks --cluster {cluster} --tasks {taskArn} --region {region} --query \
             'tasks[].[enableExecuteCommand,containers[].managedAgents]'",
        ),
        Fix::run(
            "Allow the task role to open the channels",
            Blast::Role,
            r#"aws iam put-role-policy --role-name {taskRole} --policy-name ecs-exec --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ssmmessages:CreateControlChannel","ssmmessages:CreateDataChannel","ssmmessages:OpenControlChannel","ssmmessages:OpenDataChannel"],"Resource":"*"}]}'"#,
        ),
        Fix::run(
            "In a subnet without a way out, make the endpoint: the whole VPC then uses it, so its security group has to admit all that call the service",
            Blast::Network,
            "aws ec2 create-vpc-endpoint --vpc-id {vpc} --vpc-endpoint-type Interface --service-name \
             com.amazonaws.{region}.ssmmessages --subnet-ids {subnets} --security-group-ids {endpointGroup} \
             --private-dns-enabled --region {region}",
        ),
        Fix::advice(
            "Take access keys out of the environment",
            Blast::NewRevision,
            "`AWS_ACCESS_KEY_ID` and its companions in the container replace the task role for the agent as well.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec-troubleshooting.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.aws_error_code() == Some("TargetNotConnectedException")
                || message.says("the execute command failed due to an internal error")
        },
        |_, subject| {
            Cause::ExecTargetNotConnected(ExecTarget {
                task: subject.facts().text("taskArn").map(str::to_owned),
            })
        },
    )
    .settled(|subject, finding| {
        let Some(task) = asked_task(subject) else { return weigh(subject, finding) };
        match subjects(subject.evidence).iter().find(|other| is_task(other, task)) {
            Some(target) => weigh(target, finding),
            None => weigh(subject, finding),
        }
    }),
};

/// The task that a refused call was about.
fn asked_task<'e>(subject: &Subject<'e>) -> Option<&'e str> {
    let calls = subject.evidence.answers_of("ecs", "ExecuteCommand");
    calls
        .filter(|_| subject.kind == SubjectKind::Call)
        .filter_map(|call| call.request()?.param("task"))
        .last()
}

fn is_task(subject: &Subject<'_>, task: &str) -> bool {
    let last = |arn: &str| arn.rsplit('/').next().map(str::to_owned);
    subject.task.as_ref().and_then(|found| last(found.task_arn()?)) == last(task)
}

fn weigh(target: &Subject<'_>, finding: Finding) -> Finding {
    let Some(region) = target.facts().text("region") else { return finding };
    let aim = Aim::new(Destination::aws("ssmmessages", region));
    match Standing::of(target, &aim) {
        Standing::Shut(way) => way.prove(target, finding),
        // The network is not at fault; the role and the container's environment may be, as surely as before.
        Standing::Open(path) => {
            let mut finding = path.into_iter().fold(finding, Finding::cite);
            finding.is_refuted = true;
            finding
        }
        Standing::Unclear(missing) => {
            let is_weighed = finding.is_weighed;
            let mut finding = finding.missing(target, missing);
            finding.is_weighed = is_weighed;
            finding
        }
    }
}
