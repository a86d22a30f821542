//! The service scheduler held up: throttled calls, too many waiting tasks, a deployment launched in part.

use super::{Ask, Blast, Bucket, Cause, Check, EVENTS, Fix, Kind, Named, PartialLaunch, Plain, Rule};
use crate::signals::message::ServiceEventKind;

pub(in crate::rules) static THROTTLED: Rule = Rule {
    code: "scheduler-throttled",
    bucket: Bucket::Capacity,
    kind: Kind::Cause,
    title: "calls of the service scheduler are throttled",
    summary: "The service scheduler's calls{to~|} are throttled; it tries again later.",
    explanation: "ECS calls other APIs for a service, under the account's own rate limits. While they are exceeded no task \
                  is started, stopped or registered.",
    signs: "`operations are being throttled`, ECS_OPERATION_THROTTLED, SERVICE_DISCOVERY_OPERATION_THROTTLED.",
    wants: &[Ask::new(
        "cloudtrail",
        "LookupEvents",
        r#"{"LookupAttributes": [{"AttributeKey": "Username", "AttributeValue": "ecs-service-scheduler"}]}"#,
        "which calls of the scheduler were throttled",
    )],
    fixes: &[
        Fix::look(
            "Find the throttled calls",
            "aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=ecs-service-scheduler \
             --max-results 50 --region {region} --query \"Events[?contains(CloudTrailEvent,'Throttling')].EventName\"",
        ),
        Fix::advice(
            "Call less at a time",
            Blast::Account,
            "Spread deployments, poll less from scripts that share the account, and ask AWS Support for a higher rate.",
        ),
    ],
    docs: &[EVENTS],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.says_any(&[
                "operations are being throttled",
                "ecs_operation_throttled",
                "service_discovery_operation_throttled",
            ]) || message.says("rate exceeded")
                && message.says_any(&["failed to register targets in", "failed to deregister targets in"])
        },
        |statement, _| {
            let message = &statement.message;
            let named = message.word_after("operations are being throttled on ").map(str::to_owned);
            let by_event = || message.says("service_discovery").then(|| "servicediscovery".to_owned());
            Cause::SchedulerThrottled(Named { name: named.or_else(by_event) })
        },
    )
    .settled(|_, finding| {
        let to = finding.cause.facts().text("name").map(|service| format!(" to {service}"));
        finding.fact("to", to)
    }),
};

pub(in crate::rules) static PROVISIONING_LIMIT: Rule = Rule {
    code: "capacity-provisioning-limit",
    bucket: Bucket::Capacity,
    kind: Kind::Cause,
    title: "500 tasks of the cluster already wait for instances",
    summary: "{cluster|The cluster} already has 500 tasks in PROVISIONING, the most that may wait for an Auto Scaling group.",
    explanation: "Tasks on an Auto Scaling group capacity provider wait in PROVISIONING until an instance comes. Once 500 \
                  of a cluster wait, ECS adds none.",
    signs: "`was unable to place tasks in your cluster because the tasks provisioning capacity limit was exceeded`.",
    wants: &[Ask::new(
        "ecs",
        "DescribeClusters",
        r#"{"clusters": ["{cluster}"], "include": ["STATISTICS"]}"#,
        "how many tasks are pending, and on which capacity providers",
    )],
    fixes: &[
        Fix::look(
            "See why the instances do not come",
            "aws autoscaling describe-scaling-activities --auto-scaling-group-name {autoScalingGroup} --max-items 10 \
             --region {region}",
        ),
        Fix::advice(
            "Ask for fewer tasks at a time",
            Blast::Deployment,
            "Raise desired counts in steps, and raise the maximum of the Auto Scaling group so that the tasks find \
             instances.",
        ),
    ],
    docs: &[EVENTS, "https://docs.aws.amazon.com/general/latest/gr/ecs-service.html"],
    since: "0.1.0",
    check: Check::says(
        |said| said.message.says("provisioning capacity limit"),
        |_, _| Cause::CapacityProvisioningLimit(Plain {}),
    ),
};

pub(in crate::rules) static PARTIAL_LAUNCH: Rule = Rule {
    code: "deployment-partial-launch",
    bucket: Bucket::Capacity,
    kind: Kind::Symptom,
    title: "deployment could launch only a part of its tasks",
    summary: "The service could not launch {tasks~|all} tasks of {deployment|its deployment}.",
    explanation: "Some tasks of the deployment found a place and the others did not. The reason stands behind the \
                  sentence, or in the events beside it.",
    signs: "`could not launch N tasks for deployment …`.",
    wants: &[Ask::new(
        "ecs",
        "DescribeServices",
        r#"{"cluster": "{cluster}", "services": ["{service}"]}"#,
        "the events beside this one, which name what was missing",
    )],
    fixes: &[Fix::look(
        "Read the events beside it",
        "aws ecs describe-services --cluster {cluster} --services {service} --region {region} --query \
         'services[].events[:10].[createdAt,message]' --output text",
    )],
    docs: &[EVENTS],
    since: "0.1.0",
    check: Check::says(
        |said| {
            said.message.service_event().is_some_and(|event| event.kind == ServiceEventKind::PartialLaunch)
        },
        |statement, _| {
            let event = statement.message.service_event();
            Cause::DeploymentPartialLaunch(PartialLaunch {
                tasks: event.and_then(|event| event.count),
                deployment: event
                    .and_then(|event| event.deployment.clone())
                    .or_else(|| statement.message.word_after("for deployment ").map(str::to_owned)),
            })
        },
    ),
};
