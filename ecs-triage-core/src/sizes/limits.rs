//! Limits of task definitions, services and accounts that a task can run into.

use std::ops::RangeInclusive;

/// Limits per task definition, service and call.
///
/// <https://docs.aws.amazon.com/general/latest/gr/ecs-service.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limits;

impl Limits {
    /// Containers of a task definition.
    pub const CONTAINERS: usize = 10;
    /// Size of a task definition, bytes.
    pub const TASK_DEFINITION_BYTES: usize = 64 * 1_024;
    /// Subnets of an `awsvpcConfiguration`.
    pub const SUBNETS: usize = 16;
    /// Security groups of an `awsvpcConfiguration`.
    pub const SECURITY_GROUPS: usize = 5;
    /// Target groups of a service.
    pub const TARGET_GROUPS: usize = 5;
    /// Tasks of a service.
    pub const SERVICE_TASKS: u32 = 5_000;
    /// Tasks of one `RunTask`, and instances of one `StartTask`.
    pub const RUN_TASK_COUNT: u32 = 10;
    /// Tasks in PROVISIONING per cluster, for Auto Scaling group capacity providers only.
    pub const PROVISIONING_TASKS: u32 = 500;
    /// Reserved host ports of a container instance, defaults included, dynamic ones not.
    pub const RESERVED_HOST_PORTS: usize = 100;
    /// `nofile` of a Fargate task, soft and hard, when nothing is set.
    pub const FARGATE_NOFILE: u32 = 65_535;
    /// Largest `nofile` on Fargate.
    pub const FARGATE_NOFILE_MOST: u32 = 1_048_576;
    /// Environment files of a container.
    pub const ENVIRONMENT_FILES: usize = 10;
    /// `/dev/shm` when `sharedMemorySize` is not set, MiB; a program that fills it dies of a bus error, not
    /// of memory.
    pub const DEFAULT_SHARED_MEMORY_MIB: u32 = 64;
    /// CPU units to allow for the Service Connect proxy; 512 above 500 requests per second.
    pub const SERVICE_CONNECT_CPU: u32 = 256;
    /// Memory to allow for the Service Connect proxy, MiB.
    pub const SERVICE_CONNECT_MIB: u32 = 64;
}

/// Task-level `cpu` on EC2 and external instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ec2TaskCpu;

impl Ec2TaskCpu {
    /// What the API accepts, CPU units; the developer guide starts at 256.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html>
    pub const RANGE: RangeInclusive<u32> = 128..=196_608;
}

/// The quota of vCPUs that run on Fargate at a time in a Region; On-Demand and Spot have one each.
///
/// <https://docs.aws.amazon.com/general/latest/gr/ecs-service.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FargateVcpuQuota {
    /// The quota, CPU units.
    pub cpu_units: u32,
}

impl Default for FargateVcpuQuota {
    /// A new account's: 6 vCPU.
    fn default() -> Self {
        Self { cpu_units: Self::DEFAULT_CPU_UNITS }
    }
}

impl FargateVcpuQuota {
    pub(super) const DEFAULT_CPU_UNITS: u32 = 6 * 1_024;

    /// How many tasks of this size run at a time; `None` for tasks of no CPU.
    #[must_use]
    pub fn tasks(self, task_cpu_units: u32) -> Option<u32> {
        self.cpu_units.checked_div(task_cpu_units)
    }
}

/// Limits of `restartPolicy`.
///
/// A container that ends before the attempt period is over is not restarted.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RestartPolicyLimits;

impl RestartPolicyLimits {
    /// Allowed `restartAttemptPeriod`, seconds.
    pub const ATTEMPT_PERIOD: RangeInclusive<u32> = 60..=1_800;
    /// Default `restartAttemptPeriod`, seconds.
    pub const DEFAULT_ATTEMPT_PERIOD: u32 = 300;
    /// Most `ignoredExitCodes`.
    pub const IGNORED_EXIT_CODES: usize = 50;

    /// Whether a container that ran for `ran` seconds before it ended is restarted.
    #[must_use]
    pub fn restarts(ran: u64, attempt_period: Option<u32>) -> bool {
        ran >= u64::from(attempt_period.unwrap_or(Self::DEFAULT_ATTEMPT_PERIOD))
    }
}

/// How old an ECS Managed Instance gets.
///
/// A task that stops at such an age of its instance is maintenance, not a fault.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ManagedInstanceLife;

impl ManagedInstanceLife {
    /// Age at which an instance drains and its service tasks are replaced, days.
    pub const DRAINS_AFTER_DAYS: u32 = 14;
    /// Days after that, about, at which whatever is left is stopped by force.
    pub const FORCED_AFTER_DAYS: u32 = 7;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_account_runs_six_vcpus() {
        let quota = FargateVcpuQuota::default();
        for (cpu, tasks) in [(256, Some(24)), (1_024, Some(6)), (4_096, Some(1)), (8_192, Some(0)), (0, None)]
        {
            assert_eq!(quota.tasks(cpu), tasks, "{cpu}");
        }
    }

    #[test]
    fn early_exits_are_not_restarted() {
        assert!(!RestartPolicyLimits::restarts(299, None));
        assert!(RestartPolicyLimits::restarts(300, None));
        assert!(RestartPolicyLimits::restarts(60, Some(60)));
        assert!(RestartPolicyLimits::ATTEMPT_PERIOD.contains(&RestartPolicyLimits::DEFAULT_ATTEMPT_PERIOD));
        assert_eq!(RestartPolicyLimits::ATTEMPT_PERIOD, 60..=1_800);
    }

    #[test]
    fn ec2_task_cpu() {
        assert_eq!((*Ec2TaskCpu::RANGE.start(), Ec2TaskCpu::RANGE.end() / 1_024), (128, 192));
    }
}
