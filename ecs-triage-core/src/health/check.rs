//! The settings of a container health check, their defaults and their ranges.

use std::ops::RangeInclusive;

use serde::Serialize;

/// The numbers of `containerDefinitions[].healthCheck`, in seconds (`retries` is a count).
///
/// Only the health check of the task definition counts: ECS ignores an image's `HEALTHCHECK`. ECS has no
/// `startInterval`.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthCheck {
    /// Pause from the end of one probe to the start of the next, and from the container's start to the first
    /// probe.
    pub interval: u32,
    /// Longest time a probe may take before it counts as failed.
    pub timeout: u32,
    /// Consecutive counted failures that make the container UNHEALTHY.
    pub retries: u32,
    /// Time after the container's start in which failures do not count until a probe has passed; 0 is off.
    pub start_period: u32,
}

impl Default for HealthCheck {
    /// What ECS uses when only a `command` is given: 30 s, 5 s, 3 retries, no start period.
    fn default() -> Self {
        Self { interval: 30, timeout: 5, retries: 3, start_period: 0 }
    }
}

impl HealthCheck {
    /// Allowed `interval`, seconds.
    pub const INTERVAL: RangeInclusive<u32> = 5..=300;
    /// Allowed `timeout`, seconds.
    pub const TIMEOUT: RangeInclusive<u32> = 2..=60;
    /// Allowed `retries`.
    pub const RETRIES: RangeInclusive<u32> = 1..=10;
    /// Allowed `startPeriod`, seconds.
    pub const START_PERIOD: RangeInclusive<u32> = 0..=300;

    /// The health check as ECS runs it: an absent setting is its default.
    #[must_use]
    pub fn from_definition(
        interval: Option<u32>,
        timeout: Option<u32>,
        retries: Option<u32>,
        start_period: Option<u32>,
    ) -> Self {
        let default = Self::default();
        Self {
            interval: interval.unwrap_or(default.interval),
            timeout: timeout.unwrap_or(default.timeout),
            retries: retries.unwrap_or(default.retries),
            start_period: start_period.unwrap_or(default.start_period),
        }
    }

    /// The settings that ECS would refuse, in the order of the fields.
    #[must_use]
    pub fn out_of_range(&self) -> Vec<OutOfRange> {
        [
            OutOfRange::check("interval", self.interval, Self::INTERVAL),
            OutOfRange::check("timeout", self.timeout, Self::TIMEOUT),
            OutOfRange::check("retries", self.retries, Self::RETRIES),
            OutOfRange::check("startPeriod", self.start_period, Self::START_PERIOD),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// A setting outside the range that AWS accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutOfRange {
    /// Name of the setting as AWS writes it.
    pub setting: &'static str,
    /// The value found, in the unit of the setting.
    pub value: u32,
    /// What AWS accepts.
    pub allowed: RangeInclusive<u32>,
}

impl OutOfRange {
    /// `None` when `value` is allowed.
    #[must_use]
    pub fn check(setting: &'static str, value: u32, allowed: RangeInclusive<u32>) -> Option<Self> {
        (!allowed.contains(&value)).then_some(Self { setting, value, allowed })
    }

    /// The allowed value nearest to the one found.
    #[must_use]
    pub fn nearest(&self) -> u32 {
        self.value.max(*self.allowed.start()).min(*self.allowed.end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_setting_is_the_default() {
        assert_eq!(HealthCheck::from_definition(None, None, None, None), HealthCheck::default());
        let given = HealthCheck::from_definition(Some(10), Some(3), Some(5), Some(30));
        assert_eq!(given, HealthCheck { interval: 10, timeout: 3, retries: 5, start_period: 30 });
        assert!(HealthCheck::default().out_of_range().is_empty());
    }

    #[test]
    fn ranges_include_their_ends() {
        let low = HealthCheck { interval: 5, timeout: 2, retries: 1, start_period: 0 };
        let high = HealthCheck { interval: 300, timeout: 60, retries: 10, start_period: 300 };
        assert!(low.out_of_range().is_empty());
        assert!(high.out_of_range().is_empty());

        let below = HealthCheck { interval: 4, timeout: 1, retries: 0, start_period: 0 };
        let names: Vec<_> = below.out_of_range().iter().map(|fault| fault.setting).collect();
        assert_eq!(names, ["interval", "timeout", "retries"]);
        let above = HealthCheck { interval: 301, timeout: 61, retries: 11, start_period: 301 };
        let nearest: Vec<_> = above.out_of_range().iter().map(OutOfRange::nearest).collect();
        assert_eq!(nearest, [300, 60, 10, 300]);
    }
}
