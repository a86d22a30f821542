//! Which memory metric there is for a task, and what its percentages are percent of.

use super::ContainerMemory;

/// The setting `containerInsights` of the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContainerInsights {
    /// Off.
    Disabled,
    /// `enabled`: figures of services and task definition families.
    Enabled,
    /// `enhanced`: figures of tasks and containers too.
    Enhanced,
}

/// A CloudWatch series that shows the memory a task used.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MemorySeries {
    /// `MemoryUtilization` of a service, percent; `Maximum` is its most loaded task, `Average` hides one bad
    /// task.
    Service,
    /// `MemoryUtilized` of Container Insights, MiB for a whole service or family.
    InsightsService,
    /// `ContainerMemoryUtilized` of enhanced Container Insights, MiB: the only series that names a container.
    InsightsContainer,
}

impl MemorySeries {
    /// The most telling series that exists for a task; `None` for a standalone task without Container
    /// Insights.
    #[must_use]
    pub fn best(of_service: bool, insights: ContainerInsights) -> Option<Self> {
        match insights {
            ContainerInsights::Enhanced => Some(Self::InsightsContainer),
            // The service's own `Maximum` shows single tasks, which the sum of Container Insights does not.
            ContainerInsights::Enabled | ContainerInsights::Disabled if of_service => Some(Self::Service),
            ContainerInsights::Enabled => Some(Self::InsightsService),
            ContainerInsights::Disabled => None,
        }
    }

    /// CloudWatch namespace.
    #[must_use]
    pub fn namespace(self) -> &'static str {
        match self {
            Self::Service => "AWS/ECS",
            Self::InsightsService | Self::InsightsContainer => "ECS/ContainerInsights",
        }
    }

    /// CloudWatch metric name.
    #[must_use]
    pub fn metric_name(self) -> &'static str {
        match self {
            Self::Service => "MemoryUtilization",
            Self::InsightsService => "MemoryUtilized",
            Self::InsightsContainer => "ContainerMemoryUtilized",
        }
    }

    /// Whether the values are percent of a [`Denominator`]; else MiB, though CloudWatch's unit reads
    /// Megabytes.
    #[must_use]
    pub fn is_percent(self) -> bool {
        self == Self::Service
    }

    /// Whether the series exists for tasks of a service only. Dimension values are names, never ARNs.
    #[must_use]
    pub fn needs_service(self) -> bool {
        self == Self::Service
    }

    /// Whether the series can tell which container of a task used the memory.
    #[must_use]
    pub fn is_per_container(self) -> bool {
        self == Self::InsightsContainer
    }
}

/// What 100 % of a service's `MemoryUtilization` is, for one task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Denominator {
    /// MiB that count as 100 %.
    pub mib: u32,
    /// Which setting it comes from.
    pub source: DenominatorSource,
    /// Whether no other setting could be meant: AWS does not say which counts when the task's memory is
    /// another.
    pub is_certain: bool,
}

/// Where a [`Denominator`] comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DenominatorSource {
    /// A soft limit is part of it: the metric can exceed 100 %, and 100 % kills nothing.
    SoftLimit,
    /// Hard limits of all containers.
    HardLimits,
    /// `memory` of the task.
    Task,
}

/// The denominator of `MemoryUtilization`: soft limits, else hard limits, else the task's memory.
///
/// Containers count together; when one of them has no setting of its own, only the task's memory remains.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_utilization.html>
#[must_use]
pub fn denominator(task_mib: Option<u32>, containers: &[ContainerMemory]) -> Option<Denominator> {
    let own = |container: &ContainerMemory| container.soft_mib.or(container.hard_mib).filter(|&mib| mib > 0);
    let sum = containers.iter().map(own).try_fold(0u32, |sum, mib| sum.checked_add(mib?));
    match sum {
        Some(mib) if mib > 0 => {
            let soft = containers.iter().any(|container| container.soft_mib.is_some());
            let source = if soft { DenominatorSource::SoftLimit } else { DenominatorSource::HardLimits };
            Some(Denominator { mib, source, is_certain: task_mib.is_none_or(|task| task == mib) })
        }
        _ => {
            let mib = task_mib.filter(|&mib| mib > 0)?;
            let is_certain = containers.iter().all(|container| own(container).is_none());
            Some(Denominator { mib, source: DenominatorSource::Task, is_certain })
        }
    }
}

/// MiB of a percentage of a denominator in MiB.
#[must_use]
pub fn used_mib(percent: f64, denominator_mib: u32) -> f64 {
    percent * f64::from(denominator_mib) / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn container(hard_mib: Option<u32>, soft_mib: Option<u32>) -> ContainerMemory {
        ContainerMemory { hard_mib, soft_mib }
    }

    #[test]
    fn the_soft_limit_divides() {
        let soft = container(Some(1_024), Some(256));
        let expected = Denominator { mib: 256, source: DenominatorSource::SoftLimit, is_certain: true };
        assert_eq!(denominator(None, &[soft]), Some(expected));
        // 300 % of the reservation is three quarters of the hard limit: no reason to raise it.
        assert_eq!(used_mib(300.0, expected.mib), 768.0);
    }

    #[test]
    fn then_the_hard_limits_then_the_task() {
        let both = [container(Some(512), None), container(Some(256), None)];
        let hard = Denominator { mib: 768, source: DenominatorSource::HardLimits, is_certain: false };
        assert_eq!(denominator(Some(1_024), &both), Some(hard));
        let task = Denominator { mib: 1_024, source: DenominatorSource::Task, is_certain: true };
        let one_open = [container(Some(512), None), container(None, None)];
        assert_eq!(denominator(Some(768), &both), Some(Denominator { is_certain: true, ..hard }));
        assert_eq!(denominator(Some(1_024), &one_open), Some(Denominator { is_certain: false, ..task }));
        assert_eq!(denominator(Some(1_024), &[container(None, None)]), Some(task));
        assert_eq!(denominator(Some(1_024), &[]), Some(task));
        assert_eq!(denominator(None, &one_open), None);
        assert_eq!(denominator(None, &[container(Some(u32::MAX), None); 2]), None);
    }

    #[test]
    fn the_best_series_there_is() {
        use ContainerInsights::{Disabled, Enabled, Enhanced};
        let rows = [
            (true, Disabled, Some(MemorySeries::Service)),
            (true, Enabled, Some(MemorySeries::Service)),
            (true, Enhanced, Some(MemorySeries::InsightsContainer)),
            (false, Disabled, None),
            (false, Enabled, Some(MemorySeries::InsightsService)),
            (false, Enhanced, Some(MemorySeries::InsightsContainer)),
        ];
        for (of_service, insights, expected) in rows {
            let best = MemorySeries::best(of_service, insights);
            assert_eq!(best, expected, "{of_service} {insights:?}");
            assert!(!best.is_some_and(MemorySeries::needs_service) || of_service);
        }
    }

    #[test]
    fn names_and_units() {
        let rows = [
            (MemorySeries::Service, "AWS/ECS", "MemoryUtilization", true, false),
            (MemorySeries::InsightsService, "ECS/ContainerInsights", "MemoryUtilized", false, false),
            (
                MemorySeries::InsightsContainer,
                "ECS/ContainerInsights",
                "ContainerMemoryUtilized",
                false,
                true,
            ),
        ];
        for (series, namespace, name, percent, per_container) in rows {
            assert_eq!((series.namespace(), series.metric_name()), (namespace, name));
            assert_eq!((series.is_percent(), series.is_per_container()), (percent, per_container));
        }
    }
}
