//! Where tasks can run in a cluster: instances, their resources, attributes and constraints.

mod constraints;
mod fit;
mod giveup;
mod instances;
mod resources;

pub(super) use constraints::{CONSTRAINT_UNSATISFIED, DISTINCT_INSTANCE, MISSING_ATTRIBUTE};
pub(super) use giveup::PROVISIONING_GIVEUP;
pub use giveup::Waited;
pub(super) use instances::{
    AGENT_DISCONNECTED, INSTANCE_INACTIVE, INSTANCE_MISSING, LOCATION, NO_INSTANCES, UNSPECIFIED,
};
pub(super) use resources::{
    INSUFFICIENT_CPU, INSUFFICIENT_ENI, INSUFFICIENT_GPU, INSUFFICIENT_MEMORY, PORT_IN_USE,
};

use super::payload::payloads;
use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule};
use crate::signals::message::Placement as Why;
use crate::signals::{Said, Statement, Subject};

const EVENTS: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html";
const FAILURES: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html";

payloads! {
    /// What a task asks of an instance, against what the closest one has.
    Placement {
        /// ARN or id of the closest container instance.
        container_instance: String,
        /// Id of its EC2 instance.
        instance_id: String,
        /// CPU units that the task takes; 1,024 are one vCPU.
        required_cpu_units: u64,
        /// CPU units that are left on the instance.
        remaining_cpu_units: u64,
        /// Memory that the task takes, in MiB.
        required_memory_mib: u64,
        /// Memory that is left on the instance, in MiB.
        remaining_memory_mib: u64,
        /// GPUs that the task takes.
        required_gpus: u32,
        /// GPUs that are left on the instance.
        remaining_gpus: u32,
        /// Whether even an empty instance of the kind is too small.
        exceeds_empty_instance: bool,
        /// Host ports that are taken.
        ports: Vec<u16>,
        /// Attributes that the task requires and the instance lacks.
        attributes: Vec<String>,
    }
}

impl Placement {
    fn of(_: &Statement, subject: &Subject<'_>) -> Self {
        let named = subject.facts().text("containerInstance").map(str::to_owned);
        Self { container_instance: named, ..Self::default() }
    }
}

/// Whether a message gives this as the reason that a task was not placed.
fn is(said: &Said, why: Why) -> bool {
    said.message.placement() == Some(why)
}

/// The calls that show what a task asks and what the instances have.
const TASK_DEFINITION: Ask = Ask::new(
    "ecs",
    "DescribeTaskDefinition",
    r#"{"taskDefinition": "{taskDefinition}"}"#,
    "what the task asks of an instance",
);
const INSTANCES: Ask = Ask::new(
    "ecs",
    "ListContainerInstances",
    r#"{"cluster": "{cluster}"}"#,
    "the container instances of the cluster, if any",
);
const DESCRIBE_INSTANCES: Ask = Ask::new(
    "ecs",
    "DescribeContainerInstances",
    r#"{"cluster": "{cluster}", "containerInstances": ["{containerInstances}"], "include": ["CONTAINER_INSTANCE_HEALTH"]}"#,
    "what each instance has left, and whether it is healthy",
);
const DESCRIBE_CLOSEST: Ask = Ask::new(
    "ecs",
    "DescribeContainerInstances",
    r#"{"cluster": "{cluster}", "containerInstances": ["{containerInstance}"], "include": ["CONTAINER_INSTANCE_HEALTH"]}"#,
    "what the closest instance has left, and whether it is healthy",
);
const FIT: &[Ask] = &[TASK_DEFINITION, DESCRIBE_CLOSEST, INSTANCES, DESCRIBE_INSTANCES];

const LOOK_AT_INSTANCES: Fix = Fix::look(
    "See what the instances have left",
    "aws ecs describe-container-instances --cluster {cluster} --container-instances $(aws ecs \
     list-container-instances --cluster {cluster} --region {region} --no-paginate --query 'containerInstanceArns[]' --output text) --region {region} \
     --query 'containerInstances[].[ec2InstanceId,status,agentConnected,remainingResources]'",
);
