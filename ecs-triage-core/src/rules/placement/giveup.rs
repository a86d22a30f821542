//! A task that waited for capacity until ECS gave up.

use super::{
    Ask, Blast, Bucket, Cause, Check, Confidence, DESCRIBE_INSTANCES, Finding, Fix, INSTANCES, Kind, Rule,
    TASK_DEFINITION,
};
use crate::rules::at_most_one;
use crate::rules::payload::payloads;
use crate::signals::{LaunchType, Stop, Subject};

payloads! {
    /// How long a task waited for capacity.
    Waited {
        /// Capacity provider that should have brought an instance.
        capacity_provider: String,
        /// Seconds from the task's creation to its end.
        waited_seconds: f64,
    }
}

/// A shorter wait than this is a failure of another kind. Thirty minutes are usual.
const LONG_WAIT_SECONDS: f64 = 900.0;

pub(in crate::rules) static PROVISIONING_GIVEUP: Rule = Rule {
    code: "placement-provisioning-giveup",
    bucket: Bucket::Placement,
    kind: Kind::Cause,
    title: "capacity provider brought no instance in time",
    summary: "The task waited{waited~|} in PROVISIONING for {capacityProvider|its capacity provider} to bring an \
              instance, and none came.",
    explanation: "With a capacity provider ECS keeps a task in PROVISIONING while managed scaling adds instances. When \
                  none fits in time, the task is stopped without a reason that names a resource.",
    signs: "A task of an EC2 capacity provider that stopped after a long wait, without container instance, network \
            interface or image pull.",
    wants: &[
        Ask::new(
            "ecs",
            "DescribeCapacityProviders",
            r#"{"capacityProviders": ["{capacityProvider}"]}"#,
            "the Auto Scaling group behind the provider, and whether managed scaling is on",
        ),
        TASK_DEFINITION,
        INSTANCES,
        DESCRIBE_INSTANCES,
    ],
    fixes: &[
        Fix::look(
            "See whether the Auto Scaling group is at its maximum or fails to launch",
            "aws autoscaling describe-scaling-activities --auto-scaling-group-name {autoScalingGroup} --max-items 10 \
             --region {region}",
        ),
        Fix::run(
            "Raise its maximum",
            Blast::Instances,
            "aws autoscaling update-auto-scaling-group --auto-scaling-group-name {autoScalingGroup} --max-size \
             {instanceCount} --region {region}",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html"],
    since: "0.1.0",
    check: Check::Judge(|subject| at_most_one(check(subject))),
};

fn check(subject: &Subject<'_>) -> Option<Finding> {
    let task = subject.task.as_ref()?;
    let provider = task.capacity_provider_name()?;
    let has_begun = task.container_instance_arn().is_some()
        || !task.attachments().is_empty()
        || subject.timeline.pull_started.is_some()
        || subject.timeline.started.is_some();
    let is_explained = subject.statements.iter().any(|statement| {
        let message = &statement.message;
        message.placement().is_some()
            || !message.error_names().is_empty()
            || message.aws_error_code().is_some()
    });
    if has_begun
        || is_explained
        || subject.launch_type() == Some(LaunchType::Fargate)
        || matches!(subject.stop, Stop::None | Stop::User | Stop::EssentialContainerExited)
    {
        return None;
    }
    let end = subject.timeline.stopping.or(subject.timeline.stopped)?;
    let waited = end.seconds_since(subject.timeline.created?);
    (waited >= LONG_WAIT_SECONDS).then(|| {
        let cause = Cause::PlacementProvisioningGiveup(Waited {
            capacity_provider: Some(provider.to_owned()),
            waited_seconds: Some(waited),
        });
        Finding::new(cause, Confidence::Likely, task.cite("capacityProviderName"))
            .cite(task.cite("createdAt"))
            .fact("waited", Some(format!(" {:.0} minutes", waited / 60.0)))
    })
}
