//! The threshold of the deployment circuit breaker, and early success.

/// How many failed tasks fail a deployment: `deploymentCircuitBreaker.thresholdConfiguration`.
///
/// `DescribeServiceDeployments` gives the real threshold and count: prefer those. Percentages follow the
/// service's latest desired count, so scaling during a deployment moves the threshold. By default the count
/// returns to 0 whenever a task becomes healthy (`resetOnHealthyTask`).
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BreakerThreshold {
    /// `BOUNDED_PERCENT`: percent of the desired count, rounded up, between 3 and 200.
    BoundedPercent(u32),
    /// `UNBOUNDED_PERCENT`: percent of the desired count, rounded up.
    UnboundedPercent(u32),
    /// `COUNT`: a number of tasks.
    Count(u32),
}

impl Default for BreakerThreshold {
    fn default() -> Self {
        Self::BoundedPercent(50)
    }
}

impl BreakerThreshold {
    /// Smallest bounded threshold.
    pub const LEAST: u64 = 3;
    /// Largest bounded threshold.
    pub const MOST: u64 = 200;
    /// The smallest threshold up to 2023; evidence of that time and many articles still say so.
    pub const LEAST_BEFORE_2024: u64 = 10;

    /// Failed tasks at which a deployment of a service with this desired count fails.
    #[must_use]
    pub fn failures(self, desired_count: u32) -> u64 {
        match self {
            Self::BoundedPercent(percent) => share(percent, desired_count).clamp(Self::LEAST, Self::MOST),
            Self::UnboundedPercent(percent) => share(percent, desired_count),
            Self::Count(count) => u64::from(count),
        }
    }

    /// The threshold by the text of 2023, when it was not configurable.
    #[must_use]
    pub fn failures_before_2024(desired_count: u32) -> u64 {
        share(50, desired_count).clamp(Self::LEAST_BEFORE_2024, Self::MOST)
    }

    /// Whether a failed task counts, by what AWS's page names.
    ///
    /// Until a task of the deployment has reached RUNNING every failed launch counts; after that only tasks
    /// replaced for a failed load balancer, Cloud Map or container health check. So a service whose tasks
    /// start and then crash, without any health check, may restart for ever.
    #[must_use]
    pub fn counts(deployment_reached_running: bool, failed_health_check: bool) -> bool {
        !deployment_reached_running || failed_health_check
    }

    /// Whether AWS accepts the value: percentages are 1 to 100.
    #[must_use]
    pub fn is_valid(self) -> bool {
        match self {
            Self::BoundedPercent(percent) | Self::UnboundedPercent(percent) => (1..=100).contains(&percent),
            Self::Count(_) => true,
        }
    }
}

/// Healthy tasks at which a deployment with `earlySuccessCriteria` is SUCCESSFUL; the breaker watches no more
/// then.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/early-success-criteria.html>
#[must_use]
pub fn early_success(healthy_percent: u32, desired_count: u32) -> u64 {
    share(healthy_percent, desired_count)
}

fn share(percent: u32, count: u32) -> u64 {
    (u64::from(percent) * u64::from(count)).div_ceil(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_thresholds() {
        for (desired, expected) in [(0, 3), (1, 3), (6, 3), (7, 4), (25, 13), (400, 200), (800, 200)] {
            assert_eq!(BreakerThreshold::default().failures(desired), expected, "{desired}");
        }
        assert_eq!(BreakerThreshold::BoundedPercent(100).failures(800), 200);
        assert_eq!(BreakerThreshold::UnboundedPercent(50).failures(1), 1);
        assert_eq!(BreakerThreshold::UnboundedPercent(50).failures(25), 13);
        assert_eq!(BreakerThreshold::UnboundedPercent(100).failures(5_000), 5_000);
        assert_eq!(BreakerThreshold::Count(7).failures(5_000), 7);
    }

    #[test]
    fn the_minimum_was_ten() {
        for (desired, expected) in [(1, 10), (20, 10), (25, 13), (400, 200), (800, 200)] {
            assert_eq!(BreakerThreshold::failures_before_2024(desired), expected, "{desired}");
        }
    }

    #[test]
    fn percentages_are_one_to_a_hundred() {
        for (percent, valid) in [(0, false), (1, true), (100, true), (101, false)] {
            assert_eq!(BreakerThreshold::BoundedPercent(percent).is_valid(), valid);
            assert_eq!(BreakerThreshold::UnboundedPercent(percent).is_valid(), valid);
        }
        assert!(BreakerThreshold::Count(1_000).is_valid());
    }

    #[test]
    fn crashes_after_running_may_not_count() {
        assert!(BreakerThreshold::counts(false, false));
        assert!(BreakerThreshold::counts(true, true));
        assert!(!BreakerThreshold::counts(true, false));
    }

    #[test]
    fn early_success_rounds_up() {
        assert_eq!(early_success(50, 3), 2);
        assert_eq!(early_success(100, 3), 3);
    }
}
