//! CPU, memory, GPUs, network interfaces and ports of container instances.

use super::{
    Ask, Blast, Bucket, Cause, Check, EVENTS, FAILURES, FIT, Fix, Kind, LOOK_AT_INSTANCES, Placement, Rule,
    Why, fit, is,
};

const SCALE_OUT: Fix = Fix::run(
    "Add instances through the Auto Scaling group behind the cluster (managed scaling of a capacity provider sets the number itself)",
    Blast::Instances,
    "aws autoscaling set-desired-capacity --auto-scaling-group-name {autoScalingGroup} --desired-capacity \
     {instanceCount} --region {region}",
);
const MAKE_ROOM: Fix = Fix::run(
    "Let deployments do without extra tasks, if old ones hold what the new ones need: {deploymentRoom~|half of the tasks stop before the next ones start; with one task take minimumHealthyPercent=0}",
    Blast::Service,
    "aws ecs update-service --cluster {cluster} --service {service} --deployment-configuration \
     'minimumHealthyPercent={roomPercent|50},maximumPercent=100' --region {region}",
);

pub(in crate::rules) static INSUFFICIENT_CPU: Rule = Rule {
    code: "placement-insufficient-cpu",
    bucket: Bucket::Placement,
    kind: Kind::Cause,
    title: "no container instance has enough CPU units left",
    summary: "No container instance has enough CPU units left for the task{numbers~|}.",
    explanation: "ECS places a task only where the CPU units that it reserves are not reserved by other tasks, \
                  however idle the instance is. Tasks that are stopping hold theirs until they have stopped.",
    signs: "`has insufficient CPU units available`, or `RESOURCE:CPU` as a placement reason.",
    wants: FIT,
    fixes: &[
        LOOK_AT_INSTANCES,
        SCALE_OUT,
        Fix::advice(
            "Reserve less",
            Blast::NewRevision,
            "Lower `cpu` of the task or its containers: on EC2 it is a share, not a ceiling, and 0 reserves nothing.",
        ),
    ],
    docs: &[EVENTS, FAILURES],
    since: "0.1.0",
    check: Check::says(
        |said| is(said, Why::Cpu),
        |statement, subject| Cause::PlacementInsufficientCpu(Placement::of(statement, subject)),
    )
    .settled(|subject, finding| {
        fit::settle(subject, finding, "RESOURCE:CPU", Cause::PlacementInsufficientCpu)
    }),
};

pub(in crate::rules) static INSUFFICIENT_MEMORY: Rule = Rule {
    code: "placement-insufficient-memory",
    bucket: Bucket::Placement,
    kind: Kind::Cause,
    title: "no container instance has enough memory left",
    summary: "No container instance has enough memory left for the task{numbers~|}.",
    explanation: "ECS subtracts what each task reserves from what the instance registered, which is less than the \
                  size its type is sold with. Free memory on the host does not count.",
    signs: "`has insufficient memory available`, or `RESOURCE:MEMORY` as a placement reason.",
    wants: FIT,
    fixes: &[
        LOOK_AT_INSTANCES,
        SCALE_OUT,
        Fix::advice(
            "Reserve less",
            Blast::NewRevision,
            "Set `memoryReservation` to the steady use of each container and leave `memory` as its ceiling: placement \
             counts the reservation when the task itself has no `memory`.",
        ),
        MAKE_ROOM,
    ],
    docs: &[EVENTS, "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html"],
    since: "0.1.0",
    check: Check::says(
        |said| is(said, Why::Memory),
        |statement, subject| Cause::PlacementInsufficientMemory(Placement::of(statement, subject)),
    )
    .settled(|subject, finding| {
        fit::settle(subject, finding, "RESOURCE:MEMORY", Cause::PlacementInsufficientMemory)
    }),
};

pub(in crate::rules) static INSUFFICIENT_GPU: Rule = Rule {
    code: "placement-insufficient-gpu",
    bucket: Bucket::Placement,
    kind: Kind::Cause,
    title: "no container instance has a free GPU",
    summary: "No container instance has enough free GPUs for the task{numbers~|}.",
    explanation: "A GPU belongs to one task at a time. In a rolling deployment the old task often holds the only one \
                  that the new task could get.",
    signs: "`RESOURCE:GPU` as a placement reason.",
    wants: FIT,
    fixes: &[
        LOOK_AT_INSTANCES,
        Fix::run(
            "Let a deployment stop old tasks first: {deploymentRoom~|at 0 % all of them may stop at once, with several take 50}",
            Blast::Service,
            "aws ecs update-service --cluster {cluster} --service {service} --deployment-configuration \
             'minimumHealthyPercent={roomPercent|0},maximumPercent=100' --region {region}",
        ),
        SCALE_OUT,
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-gpu.html", FAILURES],
    since: "0.1.0",
    check: Check::says(
        |said| is(said, Why::Gpu),
        |statement, subject| Cause::PlacementInsufficientGpu(Placement::of(statement, subject)),
    )
    .settled(|subject, finding| {
        fit::settle(subject, finding, "RESOURCE:GPU", Cause::PlacementInsufficientGpu)
    }),
};

pub(in crate::rules) static INSUFFICIENT_ENI: Rule = Rule {
    code: "placement-insufficient-eni",
    bucket: Bucket::Placement,
    kind: Kind::Cause,
    title: "container instances have no network interface left",
    summary: "No container instance has a network interface left for the task, which runs in awsvpc mode.",
    explanation: "Each awsvpc task takes one network interface of its instance, and an instance type has few: without \
                  trunking an m5.large holds two such tasks.",
    signs: "`RESOURCE:ENI` as a placement reason.",
    wants: &[
        Ask::new(
            "ecs",
            "ListAccountSettings",
            r#"{"name": "awsvpcTrunking", "effectiveSettings": true}"#,
            "whether instances that are launched now get more interfaces",
        ),
        super::DESCRIBE_CLOSEST,
        super::INSTANCES,
        super::DESCRIBE_INSTANCES,
    ],
    fixes: &[
        Fix::run(
            "Turn trunking on, then replace the instances: it applies to those launched afterwards",
            Blast::Account,
            "aws ecs put-account-setting-default --name awsvpcTrunking --value enabled --region {region}",
        ),
        SCALE_OUT,
        Fix::advice(
            "Do without an interface for each task",
            Blast::NewRevision,
            "Use the network mode `bridge` with dynamic host ports where tasks need no security group of their own.",
        ),
    ],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html",
        FAILURES,
    ],
    since: "0.1.0",
    check: Check::says(
        |said| is(said, Why::Eni),
        |statement, subject| Cause::PlacementInsufficientEni(Placement::of(statement, subject)),
    ),
};

pub(in crate::rules) static PORT_IN_USE: Rule = Rule {
    code: "placement-port-in-use",
    bucket: Bucket::Placement,
    kind: Kind::Cause,
    title: "host port that the task needs is taken on every instance",
    summary: "The host port that the task asks for is taken on every container instance{numbers~|}.",
    explanation: "A fixed host port can be used once on an instance. With one instance for each task, a deployment \
                  finds no place for the new task while the old one runs.",
    signs: "`is already using a port required by your task`, or `RESOURCE:PORTS` as a placement reason.",
    wants: FIT,
    fixes: &[
        Fix::advice(
            "Let ECS choose the host port",
            Blast::NewRevision,
            "Set `hostPort` to 0 behind a load balancer, or use the network mode `awsvpc`, where every task has its \
             own ports.",
        ),
        Fix::run(
            "Or let a deployment stop old tasks first: {deploymentRoom~|at 0 % all of them may stop at once, with several take 50}",
            Blast::Service,
            "aws ecs update-service --cluster {cluster} --service {service} --deployment-configuration \
             'minimumHealthyPercent={roomPercent|0},maximumPercent=100' --region {region}",
        ),
        LOOK_AT_INSTANCES,
    ],
    docs: &[EVENTS, FAILURES],
    since: "0.1.0",
    check: Check::says(
        |said| is(said, Why::Ports),
        |statement, subject| Cause::PlacementPortInUse(Placement::of(statement, subject)),
    )
    .settled(|subject, finding| fit::settle(subject, finding, "RESOURCE:PORTS", Cause::PlacementPortInUse)),
};
