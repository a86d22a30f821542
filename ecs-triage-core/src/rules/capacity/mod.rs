//! Capacity and quotas of AWS.

mod account;
mod fargate;
mod managed;
mod scheduler;

pub(super) use account::ACCOUNT_BLOCKED;
pub(super) use fargate::{
    CONFIG_ABOVE_LIMIT, FARGATE_TASKS, FARGATE_UNAVAILABLE, FARGATE_VCPU, UNSUPPORTED_AZ,
};
pub(super) use managed::{MI_LAUNCH_FAILED, MI_SPOT, MI_UNFULFILLABLE};
pub(super) use scheduler::{PARTIAL_LAUNCH, PROVISIONING_LIMIT, THROTTLED};

use super::payload::payloads;
use super::{Ask, Blast, Bucket, Cause, Check, Fix, Kind, Named, Plain, Rule};
use crate::signals::Subject;
use crate::signals::message::Placement as Why;

const EVENTS: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html";

payloads! {
    /// What was asked of Fargate.
    FargateRequest {
        /// CPU units of the task; 1,024 are one vCPU.
        task_cpu_units: i64,
        /// Memory of the task in MiB.
        task_memory_mib: i64,
        /// Capacity provider: `FARGATE` or `FARGATE_SPOT`.
        capacity_provider: String,
        /// Subnets that the task may be placed in.
        subnets: Vec<String>,
    }

    /// A launch of ECS Managed Instances that failed.
    ManagedLaunch {
        /// Capacity provider.
        capacity_provider: String,
        /// Code that EC2 answered with.
        error_code: String,
    }

    /// Tasks that a deployment could not launch.
    PartialLaunch {
        /// How many.
        tasks: u32,
        /// Deployment: `ecs-svc/N`.
        deployment: String,
    }
}

impl FargateRequest {
    fn of(subject: &Subject<'_>) -> Self {
        let task = subject.task.as_ref();
        let definition = subject.definition.as_ref();
        let strategy = subject.service.as_ref().map(|service| service.capacity_provider_strategy());
        let of_service = strategy.unwrap_or_default().first().and_then(|item| item.capacity_provider());
        let network = subject
            .service
            .as_ref()
            .and_then(|service| service.network_configuration()?.awsvpc_configuration());
        let subnets: Vec<String> = network
            .map(|network| network.subnets())
            .unwrap_or_default()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let provider = task.and_then(|task| task.capacity_provider_name()).or(of_service);
        Self {
            task_cpu_units: task.and_then(|task| task.cpu()).or(definition.and_then(|found| found.cpu())),
            task_memory_mib: task
                .and_then(|task| task.memory())
                .or(definition.and_then(|found| found.memory())),
            capacity_provider: provider.map(str::to_owned),
            subnets: (!subnets.is_empty()).then_some(subnets),
        }
    }
}
