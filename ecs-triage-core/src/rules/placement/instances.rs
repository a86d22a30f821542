//! The container instances themselves: none, disconnected, elsewhere, gone.

use super::{
    Ask, Blast, Bucket, Cause, Check, Confidence, DESCRIBE_CLOSEST, DESCRIBE_INSTANCES, EVENTS, FAILURES,
    FIT, Finding, Fix, INSTANCES, Kind, LOOK_AT_INSTANCES, Placement, Rule, Why, fit, is,
};
use crate::evidence::ecs::{Cluster, ContainerInstance};
use crate::signals::message::ServiceEventKind;
use crate::signals::{Said, Source, Statement, Subject, SubjectKind};

/// "…because no container instance met all of its requirements", with nothing said of a closest one.
fn names_no_instance(said: &Said) -> bool {
    let message = &said.message;
    let is_event = message.service_event().is_some_and(|event| {
        event.kind == ServiceEventKind::NoMatchingInstance
            && event.reason.is_none()
            && event.container_instance.is_none()
    });
    is_event && message.placement().is_none() && !message.says("closest matching")
}

pub(in crate::rules) static NO_INSTANCES: Rule = Rule {
    code: "placement-no-instances",
    bucket: Bucket::Placement,
    kind: Kind::Cause,
    title: "cluster has no container instance that can take tasks",
    summary: "{cluster|The cluster} has no container instance that can take tasks.",
    explanation: "A task of launch type EC2 runs on instances that registered with the cluster. None did, or none of \
                  them is ACTIVE, so there is nothing to place it on.",
    signs: "`No Container Instances were found in your cluster` (or capacity provider), `NO ACTIVE INSTANCES`, `EMPTY \
            CAPACITY PROVIDER`; possibly an event that names no closest instance.",
    wants: &[
        Ask::new(
            "ecs",
            "DescribeClusters",
            r#"{"clusters": ["{cluster}"]}"#,
            "registeredContainerInstancesCount 0 confirms that nothing registered",
        ),
        INSTANCES,
        DESCRIBE_INSTANCES,
    ],
    fixes: &[
        Fix::look(
            "List the instances of the cluster",
            "aws ecs list-container-instances --cluster {cluster} --region {region}",
        ),
        Fix::run(
            "Start instances through the Auto Scaling group (fewer than it has now would end some; managed scaling of a capacity provider sets the number itself)",
            Blast::Instances,
            "aws autoscaling set-desired-capacity --auto-scaling-group-name {autoScalingGroup} --desired-capacity {instanceCount} \
             --region {region}",
        ),
        Fix::advice(
            "If instances run but do not register",
            Blast::Instances,
            "Check `ECS_CLUSTER={cluster~|CLUSTER}` in their user data, their instance profile, and their route to the \
             ECS endpoints; or run the task on Fargate.",
        ),
    ],
    docs: &[EVENTS, FAILURES],
    since: "0.1.0",
    check: Check::says(
        |said| is(said, Why::NoInstances) || names_no_instance(said) && is_whole(said),
        |statement, subject| Cause::PlacementNoInstances(Placement::of(statement, subject)),
    )
    .settled(|subject, finding| {
        let is_stated = subject
            .statements
            .iter()
            .any(|statement| statement.citation == finding.citations[0] && is(statement, Why::NoInstances));
        let cluster = subject.facts().text("cluster");
        let empty = subject.evidence.all::<Cluster<'_>>().find(|found| {
            found.registered_container_instances_count() == Some(0)
                && (cluster.is_none() || found.cluster_name() == cluster)
        });
        match empty {
            Some(found) => finding.confirmed_by(found.cite("registeredContainerInstancesCount")),
            None if is_stated => finding,
            // The same words stand for instances that are all too small.
            None => finding.confidence(Confidence::Possible),
        }
    }),
};

/// Whether the sentence came to its end. Cut short, it may have gone on to say what the closest one lacks.
fn is_whole(said: &Said) -> bool {
    said.message.says("met all of its requirements.")
}

pub(in crate::rules) static UNSPECIFIED: Rule = Rule {
    code: "placement-unspecified",
    bucket: Bucket::Placement,
    kind: Kind::Residual,
    title: "task could not be placed; what is missing is not named",
    summary: "A task could not be placed; what is left of the message does not say what is missing.",
    explanation: "Only the beginning of the event is left, or the reason is a collective one. CPU, memory, ports, \
                  attributes and a disconnected agent all begin like this.",
    signs: "`was unable to place a task` without a reason that is known, `RESOURCE:*`.",
    wants: FIT,
    fixes: &[
        LOOK_AT_INSTANCES,
        Fix::look(
            "Read the whole event",
            "aws ecs describe-services --cluster {cluster} --services {service} --region {region} --query \
             'services[].events[:5].[createdAt,message]' --output text",
        ),
    ],
    docs: &[EVENTS],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            // An error with a name is the business of the rules that know it.
            let is_event = message.error_names().is_empty()
                && message.service_event().is_some_and(|event| {
                    matches!(
                        event.kind,
                        ServiceEventKind::NoMatchingInstance
                            | ServiceEventKind::AzPlacement
                            | ServiceEventKind::PlacementFailed
                            | ServiceEventKind::LaunchFailed
                    )
                });
            // The second is a role, a tag or another setting; the reason, which may be missing, says which.
            let is_action =
                message.says_any(&["service_task_placement_failure", "service_task_configuration_failure"]);
            match message.placement() {
                Some(why) => why == Why::OtherResource,
                None => {
                    is_event
                        || is_action
                        || message.says_any(&[
                            "resources could not be found",
                            // What AWS Batch says of a job that no compute environment has room for.
                            "misconfiguration:job_resource_requirement",
                            "misconfiguration:compute_environment_max_resource",
                        ])
                }
            }
        },
        |statement, subject| Cause::PlacementUnspecified(Placement::of(statement, subject)),
    ),
};

pub(in crate::rules) static AGENT_DISCONNECTED: Rule = Rule {
    code: "placement-agent-disconnected",
    bucket: Bucket::Placement,
    kind: Kind::Cause,
    title: "ECS agent on the instance is disconnected",
    summary: "The ECS agent on {containerInstance|the container instance} is not connected to ECS.",
    explanation: "ECS starts no task on an instance whose agent it cannot reach. Agents reconnect several times an hour \
                  as a matter of course, so a short gap is no fault; one that lasts is.",
    signs: "The placement reason `AGENT`, `doesn't have the agent connected`, or agentConnected false.",
    wants: &[DESCRIBE_CLOSEST, INSTANCES, DESCRIBE_INSTANCES],
    fixes: &[
        LOOK_AT_INSTANCES,
        Fix::advice(
            "Restart the agent on the instance",
            Blast::Instances,
            "Run `sudo systemctl restart ecs` there; running tasks stay. Then check its log, its instance profile, the \
             disk, and port 443 to the `ecs`, `ecs-a` and `ecs-t` endpoints.",
        ),
        Fix::run(
            "Or drain the instance and let it be replaced",
            Blast::Instances,
            "aws ecs update-container-instances-state --cluster {cluster} --container-instances {containerInstance} \
             --status DRAINING --region {region}",
        ),
    ],
    docs: &[
        EVENTS,
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-health.html",
    ],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| subject.kind == SubjectKind::ContainerInstance,
        is_disconnected,
        |subject| {
            let stated = subject.statements.iter().filter(|said| is_disconnected(said));
            let mut found: Vec<Finding> = stated
                .map(|statement| {
                    let cause = Cause::PlacementAgentDisconnected(Placement::of(statement, subject));
                    let finding = Finding::stated(cause, statement);
                    if is_lost(statement) {
                        return finding.confirmed_by(statement.citation.clone());
                    }
                    fit::instances(subject)
                        .iter()
                        .find_map(impaired_connection)
                        .into_iter()
                        .fold(finding, Finding::confirmed_by)
                })
                .collect();
            if subject.kind == SubjectKind::ContainerInstance {
                found.extend(subject.instance.as_ref().and_then(of_instance));
            }
            found
        },
    ),
};

fn is_disconnected(said: &Said) -> bool {
    is(said, Why::Agent) || is_lost(said)
}

/// The health check of an instance says so, which waits longer than a reconnection takes.
fn is_lost(said: &Said) -> bool {
    said.source == Source::InstanceHealth && said.message.says("agent disconnected")
}

/// A disconnected instance by itself: one look proves little, a failed health check does.
fn of_instance(instance: &ContainerInstance<'_>) -> Option<Finding> {
    // An instance that comes or goes has no agent to be connected.
    let is_moving = matches!(instance.status(), Some("REGISTERING" | "DEREGISTERING" | "INACTIVE"));
    if instance.agent_connected() != Some(false) || is_moving {
        return None;
    }
    let cause = Cause::PlacementAgentDisconnected(Placement {
        container_instance: instance.container_instance_arn().map(str::to_owned),
        instance_id: instance.ec2_instance_id().map(str::to_owned),
        ..Placement::default()
    });
    let finding = Finding::new(cause, Confidence::Possible, instance.cite("agentConnected"));
    Some(impaired_connection(instance).into_iter().fold(finding, Finding::confirmed_by))
}

/// The proof that an instance has lost its connection for good.
fn impaired_connection(instance: &ContainerInstance<'_>) -> Option<crate::evidence::Citation> {
    let details = instance.health_status()?.details();
    let lost = details
        .iter()
        .find(|check| check.kind() == Some("AGENT_CONNECTIVITY") && check.status() == Some("IMPAIRED"))?;
    Some(lost.cite("status"))
}

pub(in crate::rules) static LOCATION: Rule = Rule {
    code: "placement-location",
    bucket: Bucket::Placement,
    kind: Kind::Cause,
    title: "instance is in another Availability Zone than the task's subnets",
    summary: "The container instance is in another Availability Zone than the subnets of the task.",
    explanation: "The network interface of an awsvpc task is made in one of its subnets and attached to the instance, \
                  which works only within one Availability Zone.",
    signs: "The placement reason `LOCATION`.",
    wants: &[
        Ask::new(
            "ec2",
            "DescribeSubnets",
            r#"{"SubnetIds": ["{subnets}"]}"#,
            "the Availability Zones of the task's subnets",
        ),
        DESCRIBE_CLOSEST,
        INSTANCES,
        DESCRIBE_INSTANCES,
    ],
    fixes: &[
        Fix::look(
            "See in which zones the instances are",
            "aws ecs list-attributes --cluster {cluster} --target-type container-instance --attribute-name \
             ecs.availability-zone --region {region}",
        ),
        Fix::advice(
            "Bring both together",
            Blast::Deployment,
            "Add a subnet in the zone of the instances to the `awsvpcConfiguration`, or add instances in the zones of \
             its subnets.",
        ),
    ],
    docs: &[FAILURES],
    since: "0.1.0",
    check: Check::says(
        |said| is(said, Why::Location),
        |statement, subject| Cause::PlacementLocation(Placement::of(statement, subject)),
    ),
};

/// Whether a failure is about the instance that a call named.
fn is_of_named_instance(statement: &Statement, subject: &Subject<'_>) -> bool {
    statement.source == Source::FailureReason
        && matches!(subject.operation.as_deref(), Some("StartTask" | "RunTask"))
}

pub(in crate::rules) static INSTANCE_MISSING: Rule = Rule {
    code: "placement-instance-missing",
    bucket: Bucket::Placement,
    kind: Kind::Cause,
    title: "container instance that was named does not exist",
    summary: "Container instance {containerInstance|that the call named} does not exist in the cluster.",
    explanation: "StartTask runs a task on the instances that it is given. This one is not registered with the cluster, \
                  or the call went to another cluster or Region.",
    signs: "`failures[].reason` is `MISSING` in the answer to StartTask.",
    wants: &[INSTANCES],
    fixes: &[Fix::look(
        "List the instances of the cluster",
        "aws ecs list-container-instances --cluster {cluster} --region {region}",
    )],
    docs: &[FAILURES],
    since: "0.1.0",
    check: Check::weighs(
        |said| is(said, Why::Missing),
        |statement, subject| is_of_named_instance(statement, subject).then_some(Confidence::Likely),
        |_, subject| Cause::PlacementInstanceMissing(named(subject)),
    ),
};

pub(in crate::rules) static INSTANCE_INACTIVE: Rule = Rule {
    code: "placement-instance-inactive",
    bucket: Bucket::Placement,
    kind: Kind::Cause,
    title: "container instance that was named is deregistered",
    summary: "Container instance {containerInstance|that the call named} is deregistered from the cluster.",
    explanation: "StartTask runs a task on the instances that it is given. A deregistered instance stays visible for a \
                  while as INACTIVE and takes no tasks.",
    signs: "`failures[].reason` is `INACTIVE` in the answer to StartTask.",
    wants: &[INSTANCES],
    fixes: &[Fix::look(
        "List the instances that take tasks",
        "aws ecs list-container-instances --cluster {cluster} --status ACTIVE --region {region}",
    )],
    docs: &[FAILURES],
    since: "0.1.0",
    check: Check::says(
        |said| is(said, Why::Inactive),
        |_, subject| Cause::PlacementInstanceInactive(named(subject)),
    ),
};

fn named(subject: &Subject<'_>) -> Placement {
    let arn = Some(subject.id.clone()).filter(|id| id.contains("container-instance"));
    Placement { container_instance: arn, ..Placement::default() }
}
