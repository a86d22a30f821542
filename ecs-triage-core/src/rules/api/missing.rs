//! Answers that say that a thing is not there, or not of the right kind.

use super::{Ask, Asked, Blast, Bucket, Cause, Check, Confidence, FAILURES, Fix, Kind, Rule, Verdict};
use crate::signals::Subject;
use crate::signals::message::Placement as Why;

impl Asked {
    fn of(subject: &Subject<'_>) -> Self {
        Self {
            arn: Some(subject.id.clone()).filter(|id| id.starts_with("arn:")),
            operation: subject.operation.clone(),
        }
    }
}

pub(in crate::rules) static RESOURCE_MISSING: Rule = Rule {
    code: "api-resource-missing",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "what was asked about does not exist there, or no longer",
    summary: "ECS does not know {arn|what the call asked about}: it is in another cluster or Region, or no longer there.",
    explanation: "ECS forgets a stopped task about an hour after it stopped. Until then the same answer means that the call \
                  went to the wrong cluster, Region or account.",
    signs: "`failures[].reason` is `MISSING`, or a waiter that found it so.",
    wants: &[Ask::new(
        "ecs",
        "ListTasks",
        r#"{"cluster": "{cluster}", "desiredStatus": "STOPPED"}"#,
        "the stopped tasks that ECS still knows in the cluster",
    )],
    fixes: &[
        Fix::look(
            "List the stopped tasks that are still known",
            "aws ecs list-tasks --cluster {cluster} --desired-status STOPPED --region {region}",
        ),
        Fix::run(
            "Keep stopped tasks from now on: log their events",
            Blast::Resource,
            "aws logs create-log-group --log-group-name /aws/events/ecs-stopped-tasks --region {region} && \
             aws logs put-resource-policy --policy-name ecs-stopped-tasks-to-logs --region {region} --policy-document \
             '{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":[\"events.amazonaws.com\",\
             \"delivery.logs.amazonaws.com\"]},\"Action\":[\"logs:CreateLogStream\",\"logs:PutLogEvents\"],\
             \"Resource\":\"arn:{partition|aws}:logs:{region}:{account}:log-group:/aws/events/*\"}]}' && \
             aws events put-rule --name ecs-stopped-tasks --region {region} --event-pattern '{\"source\":[\"aws.ecs\"],\
             \"detail-type\":[\"ECS Task State Change\"],\"detail\":{\"lastStatus\":[\"STOPPED\"]}}' && \
             aws events put-targets --rule ecs-stopped-tasks --region {region} --targets \
             'Id=logs,Arn=arn:{partition|aws}:logs:{region}:{account}:log-group:/aws/events/ecs-stopped-tasks'",
        ),
    ],
    docs: &[FAILURES],
    since: "0.1.0",
    check: Check::weighs(
        |said| {
            let message = &said.message;
            // A waiter's and a deploy action's words for an answer that they do not print.
            let is_told = message.says_all(&["failures[].reason", "\"missing\""])
                || message.says(":ecs:") && message.body().trim_end_matches('.').ends_with(" is missing");
            message.placement() == Some(Why::Missing) || is_told
        },
        |_, subject| {
            let is_start = matches!(subject.operation.as_deref(), Some("StartTask" | "RunTask"));
            (!is_start).then_some(Confidence::Likely)
        },
        |_, subject| Cause::ApiResourceMissing(Asked::of(subject)),
    )
    .settled(|_, finding| finding.verdict(Verdict::Undetermined)),
};

pub(in crate::rules) static TASK_NOT_VALID: Rule = Rule {
    code: "api-task-not-valid",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "task protection was asked for a task of no service",
    summary: "Task {arn|in question} belongs to no service, so it cannot be protected from scale-in.",
    explanation: "Task protection keeps the service scheduler from stopping a task. Nothing scales a standalone task in.",
    signs: "`failures[].reason` is `TASK_NOT_VALID`.",
    wants: &[Ask::new(
        "ecs",
        "DescribeTasks",
        r#"{"cluster": "{cluster}", "tasks": ["{arn}"]}"#,
        "its `group` begins with `service:` when a service owns it",
    )],
    fixes: &[Fix::advice(
        "Protect tasks of services only",
        Blast::Source,
        "Call UpdateTaskProtection only where `group` begins with `service:`; standalone tasks need none.",
    )],
    docs: &[
        FAILURES,
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html",
    ],
    since: "0.1.0",
    check: Check::says(
        |said| said.message.body().trim_end_matches('.') == "task_not_valid",
        |_, subject| Cause::ApiTaskNotValid(Asked::of(subject)),
    ),
};
