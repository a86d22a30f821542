//! Refusals of the awslogs driver.

use super::access::{Asker, Purpose, is_refusal, refuses, weigh};
use super::settle::{About, is_denied_all_the_same, settle, stated_or};
use super::{Access, Ask, Blast, Bucket, Cause, Check, Fix, Kind, ROLE_LOOKUPS, Rule, TASK_DEFINITION};
use crate::rules::logging::{is_driver_start, log_target};
use crate::signals::{LaunchType, Statement, Subject};

const GROUP: &[&str] = &["logs:CreateLogGroup"];

/// The second is needed once the container runs.
const STREAM: &[&str] = &["logs:CreateLogStream", "logs:PutLogEvents"];

pub(in crate::rules) static CREATE_GROUP_DENIED: Rule = Rule {
    code: "iam-logs-create-group-denied",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "log group is to be created and the role may not",
    summary: "{who~|The execution role} may not create the log group {logGroup|of the task}: `logs:CreateLogGroup` is refused{proof~|}.",
    explanation: "With `awslogs-create-group` set to true the log driver creates the group before the container starts. \
                  AWS's managed execution policy allows log streams and events, not `logs:CreateLogGroup`.",
    signs: "`failed to create Cloudwatch log group: AccessDeniedException` or `is not authorized to perform: \
            logs:CreateLogGroup`.",
    wants: &[
        Ask::new(
            "logs",
            "DescribeLogGroups",
            r#"{"logGroupNamePrefix": "{logGroup}"}"#,
            "no group of this name confirms that the driver had to create it",
        ),
        ROLE_LOOKUPS[0],
        ROLE_LOOKUPS[1],
        TASK_DEFINITION,
    ],
    fixes: &[
        Fix::run(
            "Create the group once, by hand",
            Blast::Resource,
            "aws logs create-log-group --log-group-name {logGroup} --region {logRegion}",
        ),
        Fix::run(
            "Or let the role create log groups",
            Blast::Role,
            r#"aws iam put-role-policy --role-name {role} --policy-name create-log-group --policy-document '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:CreateLogGroup", "Resource": ["arn:{partition|aws}:logs:{logRegion}:{account}:log-group:{logGroup}", "arn:{partition|aws}:logs:{logRegion}:{account}:log-group:{logGroup}:*"]}]}'"#,
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html"],
    since: "0.1.0",
    check: Check::weighs(
        |said| is_refusal(&said.message) || is_driver_start(&said.message),
        |statement, subject| {
            let is_stated = Asker::of(statement, subject).is_of_ecs()
                && refuses(
                    &statement.message,
                    GROUP,
                    &["failed to create cloudwatch log group", "createloggroup"],
                );
            stated_or(is_stated, || is_driver_denied(statement, subject, GROUP, "CreateLogGroup"))
        },
        |statement, subject| Cause::IamLogsCreateGroupDenied(Access::of(statement, subject, Purpose::Start)),
    )
    .settled(|subject, finding| {
        let finding = log_target(subject, weigh(subject, finding));
        settle(subject, finding, &About { actions: GROUP, arn: None })
    }),
};

pub(in crate::rules) static STREAM_DENIED: Rule = Rule {
    code: "iam-logs-stream-denied",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "role may not create log streams",
    summary: "{who~|The execution role} may not write to the log group {logGroup|of the task}: {action|`logs:CreateLogStream`} is refused{proof~|}.",
    explanation: "The awslogs driver opens a log stream before the container starts, and the container does not start \
                  without it. It uses the execution role; on EC2 a task without one uses the instance role.",
    signs: "`failed to create Cloudwatch log stream: AccessDeniedException` or `is not authorized to perform: \
            logs:CreateLogStream`.",
    wants: &[ROLE_LOOKUPS[0], ROLE_LOOKUPS[1], ROLE_LOOKUPS[2], TASK_DEFINITION],
    fixes: &[Fix::run(
        "Give the role AWS's managed policy, which allows log streams and events",
        Blast::Role,
        "aws iam attach-role-policy --role-name {role} \
         --policy-arn arn:{partition|aws}:iam::aws:policy/service-role/{pullPolicy}",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html"],
    since: "0.1.0",
    check: Check::weighs(
        |said| is_refusal(&said.message) || is_driver_start(&said.message),
        |statement, subject| {
            let is_stated = Asker::of(statement, subject).is_of_ecs()
                && refuses(
                    &statement.message,
                    STREAM,
                    &[
                        "failed to create cloudwatch log stream",
                        "createlogstream",
                        "create stream has been retried",
                    ],
                )
                && !statement.message.says("cloudwatch log group:");
            stated_or(is_stated, || is_driver_denied(statement, subject, &STREAM[..1], "CreateLogStream"))
        },
        |statement, subject| Cause::IamLogsStreamDenied(Access::of(statement, subject, Purpose::Start)),
    )
    .settled(|subject, finding| {
        let finding = log_target(subject, weigh(subject, finding));
        settle(subject, finding, &About { actions: STREAM, arn: None })
    }),
};

/// Whether the driver did not start for no reason that is left to read, and may not do what it has to.
fn is_driver_denied(statement: &Statement, subject: &Subject<'_>, actions: &[&str], operation: &str) -> bool {
    let message = &statement.message;
    let other = message.operation().is_some_and(|found| found.name != operation);
    // On EC2 a setting of the agent says whether the instance role or the execution role is used.
    let is_step = is_driver_start(message) && !other && subject.launch_type() != Some(LaunchType::Ec2);
    is_denied_all_the_same(statement, subject, actions, is_step)
}
