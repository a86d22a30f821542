//! Whether the memory settings of a task and its containers go together.

/// The smallest `memory` of a container, MiB, since Docker 20.10; 4 before.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
pub const MIN_CONTAINER_MIB: u32 = 6;

/// The memory settings of a container, overrides applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContainerMemory {
    /// `memory`: the process is killed above it, MiB.
    pub hard_mib: Option<u32>,
    /// `memoryReservation`: what placement counts, MiB; enforced only when the instance runs short.
    pub soft_mib: Option<u32>,
}

/// The memory settings of a task, overrides applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TaskMemory<'a> {
    /// `memory` of the task, MiB; a hard cap for all containers together.
    pub task_mib: Option<u32>,
    /// Its containers, in the order of the task definition.
    pub containers: &'a [ContainerMemory],
    /// Whether the task must be able to run on Fargate.
    pub fargate: bool,
}

/// A memory setting that registration refuses, or that cannot work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemoryFault {
    /// Fargate needs `memory` on the task.
    NoTaskMemory,
    /// Neither the task nor this container has a setting.
    NoMemory {
        /// Position of the container.
        container: usize,
    },
    /// The hard limit is below the soft limit.
    HardBelowSoft {
        /// Position of the container.
        container: usize,
    },
    /// The hard limit is below [`MIN_CONTAINER_MIB`].
    BelowMinimum {
        /// Position of the container.
        container: usize,
    },
    /// The containers' hard limits are more than the task's memory.
    SumExceedsTask {
        /// Sum of the hard limits, MiB.
        sum_mib: u64,
        /// Memory of the task, MiB.
        task_mib: u32,
    },
}

impl TaskMemory<'_> {
    /// What is wrong with the settings.
    #[must_use]
    pub fn faults(&self) -> Vec<MemoryFault> {
        let mut faults = Vec::new();
        if self.fargate && self.task_mib.is_none() {
            faults.push(MemoryFault::NoTaskMemory);
        }
        for (container, memory) in self.containers.iter().enumerate() {
            match (memory.hard_mib, memory.soft_mib) {
                (None, None) if self.task_mib.is_none() && !self.fargate => {
                    faults.push(MemoryFault::NoMemory { container });
                }
                (Some(hard), Some(soft)) if hard < soft => {
                    faults.push(MemoryFault::HardBelowSoft { container })
                }
                _ => {}
            }
            if memory.hard_mib.is_some_and(|hard| hard < MIN_CONTAINER_MIB) {
                faults.push(MemoryFault::BelowMinimum { container });
            }
        }
        let sum_mib = self.sum_of_hard_limits();
        if let Some(task_mib) = self.task_mib.filter(|&task| sum_mib > u64::from(task)) {
            faults.push(MemoryFault::SumExceedsTask { sum_mib, task_mib });
        }
        faults
    }

    /// Sum of the containers' hard limits, MiB; a container without one adds nothing.
    #[must_use]
    pub fn sum_of_hard_limits(&self) -> u64 {
        self.containers.iter().filter_map(|container| container.hard_mib).map(u64::from).sum()
    }

    /// What kills this container when it uses more, MiB: its own hard limit, else the task's.
    ///
    /// `None` on EC2 with a soft limit alone: the container may use up to the instance's free memory.
    #[must_use]
    pub fn limit_of(&self, container: usize) -> Option<u32> {
        self.containers.get(container).and_then(|memory| memory.hard_mib).or(self.task_mib)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn container(hard_mib: Option<u32>, soft_mib: Option<u32>) -> ContainerMemory {
        ContainerMemory { hard_mib, soft_mib }
    }

    fn faults(fargate: bool, task_mib: Option<u32>, containers: &[ContainerMemory]) -> Vec<MemoryFault> {
        TaskMemory { task_mib, containers, fargate }.faults()
    }

    #[test]
    fn containers_must_fit_the_task() {
        let halves = [container(Some(512), None); 2];
        assert!(faults(true, Some(1_024), &halves).is_empty());
        let expected = MemoryFault::SumExceedsTask { sum_mib: 1_024, task_mib: 1_023 };
        assert_eq!(faults(true, Some(1_023), &halves), [expected]);
        // Without a limit of its own a container may use all the task has.
        assert!(faults(true, Some(512), &[container(None, None), container(Some(512), None)]).is_empty());
    }

    #[test]
    fn something_must_be_set() {
        let open = [container(None, None)];
        assert_eq!(faults(true, None, &open), [MemoryFault::NoTaskMemory]);
        assert_eq!(faults(false, None, &open), [MemoryFault::NoMemory { container: 0 }]);
        assert!(faults(false, Some(512), &open).is_empty());
        assert!(faults(false, None, &[container(None, Some(128))]).is_empty());
    }

    #[test]
    fn limits_of_one_container() {
        assert_eq!(
            faults(false, None, &[container(Some(128), Some(256))]),
            [MemoryFault::HardBelowSoft { container: 0 }]
        );
        assert!(faults(false, None, &[container(Some(256), Some(256))]).is_empty());
        assert_eq!(
            faults(false, None, &[container(Some(5), None)]),
            [MemoryFault::BelowMinimum { container: 0 }]
        );
        assert!(faults(false, None, &[container(Some(6), None)]).is_empty());
    }

    #[test]
    fn what_kills() {
        let containers = [container(Some(256), None), container(None, Some(128))];
        let task = TaskMemory { task_mib: Some(512), containers: &containers, fargate: false };
        assert_eq!(task.limit_of(0), Some(256));
        assert_eq!(task.limit_of(1), Some(512));
        assert_eq!(TaskMemory { task_mib: None, ..task }.limit_of(1), None);
    }
}
