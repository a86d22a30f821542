//! The agent, the container runtime and the host.

mod devicemapper;
pub(super) use devicemapper::DEVICEMAPPER_HOST_FAULT;

pub(super) mod agent;
pub(super) mod runtime;
pub(super) mod task;
pub(super) mod timeouts;

use super::payload::payloads;
use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Named, Plain, Rule};
use crate::signals::Statement;

payloads! {
    /// The particulars of a step of the runtime that took too long.
    Waited {
        /// The state or operation aimed at: `created`, `started`, `stopped`, `inspecting`, `running`.
        transition: String,
        /// Seconds that were waited.
        waited_seconds: f64,
    }
}

impl Waited {
    fn of(statement: &Statement) -> Self {
        let transition = statement.message.transition();
        Self {
            transition: transition.map(|transition| transition.to.clone()),
            waited_seconds: transition.and_then(|transition| transition.waited_seconds),
        }
    }
}

/// Health and versions of the container instance that the task was on.
const INSTANCE: Ask = Ask::new(
    "ecs",
    "DescribeContainerInstances",
    r#"{"cluster": "{cluster}", "containerInstances": ["{containerInstance}"], "include": ["CONTAINER_INSTANCE_HEALTH"]}"#,
    "`healthStatus` says whether its container runtime is impaired, `versionInfo` which agent and Docker it runs",
);

/// The task as ECS has it, while it is kept.
const TASK: Ask = Ask::new(
    "ecs",
    "DescribeTasks",
    r#"{"cluster": "{cluster}", "tasks": ["{taskArn}"]}"#,
    "the reasons of its containers are cut less there than in events and consoles",
);

const DRAIN: Fix = Fix::run(
    "Drain the container instance, so that its tasks move",
    Blast::Instances,
    "aws ecs update-container-instances-state --cluster {cluster} --container-instances {containerInstance} --status DRAINING --region {region}",
);

const HOST_LOGS: Fix = Fix::advice(
    "Read the host's own logs",
    Blast::Nothing,
    "On the container instance {instanceId|of the task}: `journalctl -u docker` and `/var/log/ecs/ecs-agent.log` at the time of the stop.",
);
