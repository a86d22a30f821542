//! Whether a rolling deployment can move within its percentages.

/// Seconds after RUNNING at which a task without health check and load balancer counts as healthy.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html>
pub const COUNTED_HEALTHY_AFTER: u64 = 40;

/// The room a rolling deployment has: desired count and the two percentages of `deploymentConfiguration`.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeploymentLimits {
    /// `desiredCount` of the service.
    pub desired_count: u32,
    /// `minimumHealthyPercent`; 100 by default for a REPLICA service.
    pub minimum_healthy_percent: u32,
    /// `maximumPercent`; 200 by default for a REPLICA service.
    pub maximum_percent: u32,
}

impl DeploymentLimits {
    /// Tasks that must stay healthy; rounded up.
    #[must_use]
    pub fn fewest_healthy(&self) -> u64 {
        (u64::from(self.desired_count) * u64::from(self.minimum_healthy_percent)).div_ceil(100)
    }

    /// Tasks that may be running or starting at a time; rounded down.
    #[must_use]
    pub fn most_running(&self) -> u64 {
        u64::from(self.desired_count) * u64::from(self.maximum_percent) / 100
    }

    /// Whether a task may start while `running` tasks are running or starting.
    #[must_use]
    pub fn can_start(&self, running: u32) -> bool {
        u64::from(running) < self.most_running()
    }

    /// Whether a healthy task may be stopped while `healthy` tasks are healthy.
    #[must_use]
    pub fn can_stop(&self, healthy: u32) -> bool {
        u64::from(healthy) > self.fewest_healthy()
    }

    /// Whether a service with all its tasks up can neither start nor stop one: no deployment ever moves.
    ///
    /// The same settings keep its tasks on an instance that is set to DRAINING.
    #[must_use]
    pub fn is_deadlocked(&self) -> bool {
        self.desired_count > 0 && !self.can_start(self.desired_count) && !self.can_stop(self.desired_count)
    }

    /// The smallest `maximumPercent` that lets one more task start; `None` for a desired count of 0.
    #[must_use]
    pub fn smallest_maximum_percent(&self) -> Option<u32> {
        let desired = u64::from(self.desired_count);
        let percent = (100 * (desired + 1)).checked_div(desired)?;
        let exact = (100 * (desired + 1)).is_multiple_of(desired);
        u32::try_from(if exact { percent } else { percent + 1 }).ok()
    }

    /// The largest `minimumHealthyPercent` that lets one task stop; `None` for a desired count of 0.
    #[must_use]
    pub fn largest_minimum_healthy_percent(&self) -> Option<u32> {
        let desired = u64::from(self.desired_count);
        let percent = (100 * desired.saturating_sub(1)).checked_div(desired)?;
        u32::try_from(percent).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn limits(
        desired_count: u32,
        minimum_healthy_percent: u32,
        maximum_percent: u32,
    ) -> DeploymentLimits {
        DeploymentLimits { desired_count, minimum_healthy_percent, maximum_percent }
    }

    #[test]
    fn documented_deadlocks() {
        for stuck in [limits(1, 100, 100), limits(2, 75, 100), limits(3, 100, 125), limits(10, 100, 100)] {
            assert!(stuck.is_deadlocked(), "{stuck:?}");
        }
        for free in [
            limits(1, 100, 200),
            limits(1, 0, 100),
            limits(2, 50, 100),
            limits(4, 100, 125),
            limits(0, 100, 100),
        ] {
            assert!(!free.is_deadlocked(), "{free:?}");
        }
    }

    #[test]
    fn maximum_rounds_down_and_minimum_up() {
        assert_eq!(limits(3, 50, 125).most_running(), 3);
        assert_eq!(limits(3, 50, 125).fewest_healthy(), 2);
        assert_eq!(COUNTED_HEALTHY_AFTER, 40);
    }

    #[test]
    fn either_percentage_frees_a_stuck_deployment() {
        for desired in 1..=1_000 {
            let stuck = limits(desired, 100, 100);
            let maximum = stuck.smallest_maximum_percent().expect("not 0");
            let minimum = stuck.largest_minimum_healthy_percent().expect("not 0");
            assert!(limits(desired, 100, maximum).can_start(desired), "{desired}");
            assert!(!limits(desired, 100, maximum - 1).can_start(desired), "{desired}");
            assert!(limits(desired, minimum, 100).can_stop(desired), "{desired}");
            assert!(!limits(desired, minimum + 1, 100).can_stop(desired), "{desired}");
        }
        assert_eq!(limits(0, 100, 100).smallest_maximum_percent(), None);
        assert_eq!(limits(0, 100, 100).largest_minimum_healthy_percent(), None);
    }
}
