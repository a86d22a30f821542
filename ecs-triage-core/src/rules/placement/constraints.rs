//! What an instance must be like: attributes and placement constraints.

use super::{
    Blast, Bucket, Cause, Check, DESCRIBE_CLOSEST, DESCRIBE_INSTANCES, EVENTS, FAILURES, FIT, Fix, INSTANCES,
    Kind, LOOK_AT_INSTANCES, Placement, Rule, TASK_DEFINITION, Why, fit, is,
};

pub(in crate::rules) static MISSING_ATTRIBUTE: Rule = Rule {
    code: "placement-missing-attribute",
    bucket: Bucket::Placement,
    kind: Kind::Cause,
    title: "no container instance has an attribute that the task definition requires",
    summary: "No container instance has every attribute that the task definition requires{numbers~|}.",
    explanation: "ECS derives required attributes from the parameters of a task definition: log driver, network mode, \
                  secrets, architecture. An agent registers what it can do. ECS does not say which one is missing.",
    signs: "`is missing an attribute required by your task`, or the placement reason `ATTRIBUTE`.",
    wants: FIT,
    fixes: &[
        Fix::look(
            "Print what the task definition requires",
            "aws ecs describe-task-definition --task-definition {taskDefinition} --region {region} --query \
             'taskDefinition.requiresAttributes[].[name,value]' --output text",
        ),
        Fix::look(
            "Print what the instance has",
            "aws ecs describe-container-instances --cluster {cluster} --container-instances {containerInstance} \
             --region {region} --query 'containerInstances[].attributes[].[name,value]' --output text",
        ),
        Fix::advice(
            "Add what is missing, or stop asking for it",
            Blast::Instances,
            "Update the ECS agent, list the log driver in `ECS_AVAILABLE_LOGGING_DRIVERS`, use an AMI of the right \
             architecture, put an instance into the subnets of an awsvpc task; or drop the parameter.",
        ),
    ],
    docs: &[EVENTS, FAILURES],
    since: "0.1.0",
    check: Check::says(
        |said| is(said, Why::Attribute),
        |statement, subject| Cause::PlacementMissingAttribute(Placement::of(statement, subject)),
    )
    .settled(|subject, finding| fit::settle(subject, finding, "ATTRIBUTE", Cause::PlacementMissingAttribute)),
};

/// The event of a daemon's task that runs where the service's constraint no longer wants it.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html>
const DAEMON: &str = "service_daemon_placement_constraint_violated";

pub(in crate::rules) static CONSTRAINT_UNSATISFIED: Rule = Rule {
    code: "placement-constraint-unsatisfied",
    bucket: Bucket::Placement,
    kind: Kind::Cause,
    title: "no container instance satisfies the placement constraint",
    summary: "No container instance satisfies the `memberOf` placement constraint {expression|of the service or task definition}.",
    explanation: "A `memberOf` constraint is a query over instance attributes. Where it matches nothing, no task is \
                  placed, however much room there is, and a daemon's task may not stay.",
    signs: "`MemberOf placement constraint unsatisfied`, or SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED.",
    wants: &[TASK_DEFINITION, INSTANCES, DESCRIBE_INSTANCES],
    fixes: &[
        Fix::look(
            "Print the constraints",
            "aws ecs describe-services --cluster {cluster} --services {service} --region {region} --query \
             'services[].placementConstraints'",
        ),
        Fix::run(
            "Give an instance the attribute that the constraint asks for",
            Blast::Instances,
            "aws ecs put-attributes --cluster {cluster} --attributes \
             'name=ATTRIBUTE,value=VALUE,targetId={containerInstance}' --region {region}",
        ),
    ],
    docs: &[
        FAILURES,
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html",
    ],
    since: "0.1.0",
    check: Check::says(
        |said| is(said, Why::MemberOf) || said.message.says(DAEMON),
        |statement, subject| Cause::PlacementConstraintUnsatisfied(Placement::of(statement, subject)),
    )
    .settled(|subject, finding| {
        let of_service = subject.service.as_ref().map(|service| service.placement_constraints());
        let of_definition = subject.definition.as_ref().map(|found| found.placement_constraints());
        let constraints = of_service.into_iter().chain(of_definition).flatten();
        let expression = constraints.into_iter().find_map(|found| found.expression().map(str::to_owned));
        let said = subject.statements.iter().find(|said| said.citation == finding.citations[0]);
        let is_daemon = said.is_some_and(|said| said.message.says(DAEMON));
        // The task was placed and runs: the constraint, or an attribute of its instance, has changed since.
        let finding = match is_daemon {
            true => finding.summary(
                "A task of the daemon service no longer satisfies the placement constraint of the service.",
            ),
            false => finding,
        };
        finding.fact("expression", expression)
    }),
};

pub(in crate::rules) static DISTINCT_INSTANCE: Rule = Rule {
    code: "placement-distinct-instance",
    bucket: Bucket::Placement,
    kind: Kind::Cause,
    title: "every instance already runs a task of the group",
    summary: "Every container instance already runs a task of the group, and the `distinctInstance` constraint allows \
              one on each.",
    explanation: "With `distinctInstance` a service needs as many instances as tasks, and one more for each task that a \
                  deployment starts before it stops an old one.",
    signs: "`DistinctInstance placement constraint unsatisfied`.",
    wants: &[INSTANCES, DESCRIBE_CLOSEST],
    fixes: &[
        LOOK_AT_INSTANCES,
        Fix::run(
            "Drop the constraint, and all others that the service has",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --placement-constraints '[]' \
             --force-new-deployment --region {region}",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html"],
    since: "0.1.0",
    check: Check::says(
        |said| is(said, Why::DistinctInstance),
        |statement, subject| Cause::PlacementDistinctInstance(Placement::of(statement, subject)),
    ),
};
