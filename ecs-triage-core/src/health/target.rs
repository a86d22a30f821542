//! Health checks of load balancer target groups, the grace period and the deregistration delay.

use std::ops::RangeInclusive;

use super::OutOfRange;

/// Allowed `slow_start.duration_seconds` of an Application Load Balancer when it is on, seconds; 0, the
/// default, is off.
pub const SLOW_START: RangeInclusive<u32> = 30..=900;

/// Largest `healthCheckGracePeriodSeconds` of a service, seconds; absent and 0 mean no grace.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html>
pub const MAX_GRACE_PERIOD: u32 = 2_147_483_647;

/// The kinds of load balancer whose target groups ECS registers tasks with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LoadBalancerKind {
    /// Application Load Balancer.
    Application,
    /// Network Load Balancer.
    Network,
}

/// Protocol of a target group's health check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HealthCheckProtocol {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS; certificates are not validated.
    Https,
    /// A TCP connection, Network Load Balancer only.
    Tcp,
}

/// The timing of a target group's health check.
///
/// `TargetGroups[]` of `DescribeTargetGroups` always holds all four. The console creates groups with values
/// other than the API's defaults, so there is no `Default` here.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TargetHealthCheck {
    /// `HealthCheckIntervalSeconds`; the API's default is 30.
    pub interval: u32,
    /// `HealthCheckTimeoutSeconds`.
    pub timeout: u32,
    /// `HealthyThresholdCount`; the API's default is 5.
    pub healthy_threshold: u32,
    /// `UnhealthyThresholdCount`; the API's default is 2.
    pub unhealthy_threshold: u32,
}

impl TargetHealthCheck {
    /// Default `HealthCheckIntervalSeconds` for targets of type `ip` and `instance`, seconds.
    pub const DEFAULT_INTERVAL: u32 = 30;
    /// Default `HealthyThresholdCount`.
    pub const DEFAULT_HEALTHY_THRESHOLD: u32 = 5;
    /// Default `UnhealthyThresholdCount`.
    pub const DEFAULT_UNHEALTHY_THRESHOLD: u32 = 2;

    /// The default timeouts that AWS documents, seconds; more than one where its pages disagree.
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html>
    #[must_use]
    pub fn documented_timeouts(kind: LoadBalancerKind, protocol: HealthCheckProtocol) -> &'static [u32] {
        match (kind, protocol) {
            (LoadBalancerKind::Application, HealthCheckProtocol::Http) => &[5, 6],
            (LoadBalancerKind::Application, HealthCheckProtocol::Https) => &[5, 10],
            (LoadBalancerKind::Application, HealthCheckProtocol::Tcp) => &[],
            (LoadBalancerKind::Network, HealthCheckProtocol::Http) => &[6],
            (LoadBalancerKind::Network, HealthCheckProtocol::Https | HealthCheckProtocol::Tcp) => &[10],
        }
    }

    /// The settings that Elastic Load Balancing would refuse.
    #[must_use]
    pub fn out_of_range(&self) -> Vec<OutOfRange> {
        [
            OutOfRange::check("HealthCheckIntervalSeconds", self.interval, 5..=300),
            OutOfRange::check("HealthCheckTimeoutSeconds", self.timeout, 2..=120),
            OutOfRange::check("HealthyThresholdCount", self.healthy_threshold, 2..=10),
            OutOfRange::check("UnhealthyThresholdCount", self.unhealthy_threshold, 2..=10),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// About when a target that never answers rightly is first unhealthy, seconds after its registration.
    ///
    /// From failures at once to failures by timeout.
    #[must_use]
    pub fn unhealthy_after(&self) -> RangeInclusive<u64> {
        let start = times(self.interval, self.unhealthy_threshold);
        start..=start + u64::from(self.timeout)
    }

    /// Whether these checks can have failed a target registered for `lived` seconds.
    ///
    /// The first check may come at once after registration, so the threshold takes one interval less than
    /// [`unhealthy_after`](Self::unhealthy_after).
    #[must_use]
    pub fn could_have_failed(&self, lived: u64) -> bool {
        lived >= times(self.interval, self.unhealthy_threshold.saturating_sub(1))
    }

    /// Whether an application that boots for `boot` seconds is replaced again and again before it answers.
    ///
    /// `grace` is the service's `healthCheckGracePeriodSeconds`.
    #[must_use]
    pub fn is_kill_loop(&self, boot: u64, grace: u64) -> bool {
        boot > times(self.interval, self.unhealthy_threshold) && grace < boot
    }

    /// The `healthCheckGracePeriodSeconds` that an application with `boot` seconds of startup needs.
    #[must_use]
    pub fn needed_grace_period(&self, boot: u64) -> u32 {
        let needed = boot.saturating_add(times(self.interval, self.healthy_threshold));
        u32::try_from(needed).unwrap_or(u32::MAX).min(MAX_GRACE_PERIOD)
    }

    /// About when a target registered at 0 that answers from `boot` seconds on is healthy for the first time.
    ///
    /// On an Application Load Balancer the first passing check is enough; elsewhere the whole threshold is
    /// assumed.
    #[must_use]
    pub fn healthy_by(&self, kind: LoadBalancerKind, boot: u64) -> u64 {
        let checks = match kind {
            LoadBalancerKind::Application => 1,
            LoadBalancerKind::Network => self.healthy_threshold,
        };
        boot.saturating_add(times(self.interval, checks))
    }

    /// About how long a target that was unhealthy must answer rightly to be healthy again, seconds.
    #[must_use]
    pub fn recovery_time(&self) -> u64 {
        times(self.interval, self.healthy_threshold)
    }
}

/// How long a task behind a load balancer may go on after the decision to stop it.
///
/// RUNNING, then DEACTIVATING while the target deregisters, then STOPPING: the verdict can precede the exit
/// by minutes.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeregistrationDelay(
    /// The attribute `deregistration_delay.timeout_seconds`, seconds.
    pub u32,
);

impl Default for DeregistrationDelay {
    /// 300 s.
    fn default() -> Self {
        Self(300)
    }
}

impl DeregistrationDelay {
    /// `None` for a delay that Elastic Load Balancing accepts.
    #[must_use]
    pub fn out_of_range(self) -> Option<OutOfRange> {
        OutOfRange::check("deregistration_delay.timeout_seconds", self.0, 0..=3_600)
    }

    /// Longest time from the decision to the last exit, seconds, when stopping the containers takes `stop`
    /// seconds.
    #[must_use]
    pub fn longest_shutdown(self, stop: u64) -> u64 {
        stop.saturating_add(u64::from(self.0))
    }
}

fn times(secs: u32, count: u32) -> u64 {
    u64::from(secs) * u64::from(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULTS: TargetHealthCheck =
        TargetHealthCheck { interval: 30, timeout: 10, healthy_threshold: 5, unhealthy_threshold: 2 };

    #[test]
    fn defaults_fail_a_target_after_a_minute() {
        assert_eq!(DEFAULTS.unhealthy_after(), 60..=70);
        assert!(DEFAULTS.could_have_failed(60));
        assert!(!DEFAULTS.could_have_failed(29));
        assert_eq!(DEFAULTS.interval, TargetHealthCheck::DEFAULT_INTERVAL);
        assert_eq!(DEFAULTS.healthy_threshold, TargetHealthCheck::DEFAULT_HEALTHY_THRESHOLD);
        assert_eq!(DEFAULTS.unhealthy_threshold, TargetHealthCheck::DEFAULT_UNHEALTHY_THRESHOLD);
    }

    #[test]
    fn a_boot_longer_than_the_threshold_needs_grace() {
        assert!(DEFAULTS.is_kill_loop(61, 0));
        assert!(DEFAULTS.is_kill_loop(61, 60));
        assert!(!DEFAULTS.is_kill_loop(61, 61));
        assert!(!DEFAULTS.is_kill_loop(60, 0));
        assert_eq!(DEFAULTS.needed_grace_period(90), 240);
        assert!(!DEFAULTS.is_kill_loop(90, 240));
        assert_eq!(DEFAULTS.needed_grace_period(u64::MAX), MAX_GRACE_PERIOD);
    }

    #[test]
    fn first_pass_is_enough_on_an_application_load_balancer() {
        assert_eq!(DEFAULTS.healthy_by(LoadBalancerKind::Application, 20), 50);
        assert_eq!(DEFAULTS.healthy_by(LoadBalancerKind::Network, 20), 170);
        assert_eq!(DEFAULTS.recovery_time(), 150);
    }

    #[test]
    fn ranges() {
        assert!(DEFAULTS.out_of_range().is_empty());
        for (interval, timeout, threshold) in [(5, 2, 2), (300, 120, 10)] {
            let edge = TargetHealthCheck {
                interval,
                timeout,
                healthy_threshold: threshold,
                unhealthy_threshold: threshold,
            };
            assert!(edge.out_of_range().is_empty());
        }
        for (interval, timeout, threshold) in [(4, 1, 1), (301, 121, 11)] {
            let outside = TargetHealthCheck {
                interval,
                timeout,
                healthy_threshold: threshold,
                unhealthy_threshold: threshold,
            };
            assert_eq!(outside.out_of_range().len(), 4);
        }
        assert_eq!(SLOW_START, 30..=900);
    }

    #[test]
    fn timeouts_differ_by_kind_and_protocol() {
        use HealthCheckProtocol::{Http, Https, Tcp};
        use LoadBalancerKind::{Application, Network};
        let rows: [(_, _, &[u32]); 6] = [
            (Application, Http, &[5, 6]),
            (Application, Https, &[5, 10]),
            (Application, Tcp, &[]),
            (Network, Http, &[6]),
            (Network, Https, &[10]),
            (Network, Tcp, &[10]),
        ];
        for (kind, protocol, expected) in rows {
            assert_eq!(TargetHealthCheck::documented_timeouts(kind, protocol), expected);
        }
    }

    #[test]
    fn deregistration_comes_before_the_stop() {
        assert_eq!(DeregistrationDelay::default().longest_shutdown(30), 330);
        assert_eq!(DeregistrationDelay(0).out_of_range(), None);
        assert_eq!(DeregistrationDelay(3_600).out_of_range(), None);
        assert_eq!(DeregistrationDelay(3_601).out_of_range().map(|fault| fault.nearest()), Some(3_600));
    }
}
