//! Deployments, scaling, and stops that are no fault.

mod crash_loop;
mod deployments;
mod events;
mod pull_skipped;
mod rollbacks;
mod sigterm;
mod stops;
mod stuck;

pub(super) use pull_skipped::PULL_SKIPPED;

pub use crash_loop::CrashLoop;
pub(super) use crash_loop::RULE as CRASH_LOOP;
pub(crate) use crash_loop::{LEAST as LOOP_LEAST, TOGETHER as LOOP_TOGETHER};
pub(super) use sigterm::RULE as EXIT_143;
pub use stuck::Stuck;
pub(super) use stuck::{STUCK_ACTIVATING, STUCK_PENDING, STUCK_PROVISIONING, STUCK_STOPPING};

pub(super) use deployments::{CONFIG_BLOCKS, REPLACED_UNHEALTHY, START_IMPAIRED, TASK_PROTECTION};
pub(super) use events::{BELOW_DESIRED, EVENT_INFORMATIONAL};
pub(super) use rollbacks::{CIRCUIT_BREAKER, DEPLOYMENT_ALARM, ROLLED_BACK};
pub(super) use stops::{
    CAPACITY_RECLAIMED, FARGATE_MAINTENANCE, FARGATE_SPOT, HOST_TERMINATED, INFRASTRUCTURE_HEALTH,
    INSTANCE_DEREGISTERED, INSTANCE_DRAINING, SERVICE_SCALING, USER_STOPPED,
};

use super::payload::payloads;
use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Plain, Rule, Verdict};

const EVENTS: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html";
const STOP_CODES: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html";

payloads! {
    /// What took a task down without a fault of its own.
    Stopped {
        /// Deployment that did: `ecs-svc/N`.
        deployment: String,
        /// EC2 instance that went away.
        instance_id: String,
        /// Capacity provider of the task.
        capacity_provider: String,
        /// What the caller of StopTask gave as the reason.
        reason: String,
    }

    /// A deployment that failed, with its numbers.
    DeploymentFailure {
        /// Deployment: `ecs-svc/N` or the ARN of the service deployment.
        deployment: String,
        /// Failures that ECS counted.
        failure_count: i64,
        /// Failures at which the circuit breaker trips.
        threshold: i64,
        /// Alarms that fired.
        alarms: Vec<String>,
        /// What the service was rolled back to.
        rolled_back_to: String,
    }

    /// Numbers of a service.
    Counts {
        /// Tasks that should run.
        desired_count: i64,
        /// Tasks that run.
        running_count: i64,
        /// Tasks on their way up.
        pending_count: i64,
        /// Tasks of the newest deployment that failed.
        failed_tasks: i64,
        /// `minimumHealthyPercent`.
        minimum_healthy_percent: i64,
        /// `maximumPercent`.
        maximum_percent: i64,
        /// Tasks that may run or start at a time.
        most_running: u64,
        /// Tasks that must stay healthy.
        fewest_healthy: u64,
    }
}

/// The stopped tasks behind a symptom.
const STOPPED_TASKS: Ask = Ask::new(
    "ecs",
    "ListTasks",
    r#"{"cluster": "{cluster}", "serviceName": "{service}", "desiredStatus": "STOPPED"}"#,
    "the stopped tasks, whose reasons name the cause",
);
const LOOK_AT_STOPPED: Fix = Fix::look(
    "Read why the newest tasks stopped",
    "aws ecs describe-tasks --cluster {cluster} --region {region} --tasks $(aws ecs list-tasks --cluster {cluster} \
     --service-name {service} --desired-status STOPPED --region {region} --query 'taskArns[:10]' --output text)",
);
