//! How long an application may take to boot under a container health check, and what gives it longer.

use super::{HealthCheck, ProbeModel};

impl HealthCheck {
    /// Seconds an application may take until it answers without ever being declared UNHEALTHY.
    ///
    /// Holds for every duration of the probes: one that starts at this second or later passes, all before
    /// fail.
    #[must_use]
    pub fn boot_time(&self, models: &[ProbeModel]) -> u64 {
        models.iter().map(|&model| self.never_passing(model).earliest).min().unwrap_or(0)
    }

    /// The smallest change of this check that gives an application `boot` seconds to answer.
    ///
    /// `startPeriod` grows first, because it delays nothing once the application is up; then `retries`, then
    /// `interval`. Unchanged when the time is there already; `None` when the allowed ranges cannot give it
    /// (more than 3,000 s).
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html>
    #[must_use]
    pub fn with_boot_time(&self, models: &[ProbeModel], boot: u64) -> Option<Self> {
        let models = if models.is_empty() { ProbeModel::BOTH } else { models };
        let enough = |check: &Self| check.boot_time(models) >= boot;
        let mut check = *self;
        if enough(&check) {
            return Some(check);
        }
        let further = u64::from(check.retries.saturating_sub(1)) * u64::from(check.interval);
        check.start_period =
            raised(check.start_period, boot.saturating_sub(further), *Self::START_PERIOD.end());
        if enough(&check) {
            return Some(check);
        }
        let rest = boot - u64::from(check.start_period).min(boot);
        let further = rest.div_ceil(u64::from(check.interval.max(1)));
        check.retries = raised(check.retries, further.saturating_add(1), *Self::RETRIES.end());
        if enough(&check) {
            return Some(check);
        }
        let further = u64::from(check.retries.max(2) - 1);
        check.interval = raised(check.interval, rest.div_ceil(further), *Self::INTERVAL.end());
        enough(&check).then_some(check)
    }
}

/// `wanted`, not below the present value and not above `most`.
fn raised(present: u32, wanted: u64, most: u32) -> u32 {
    u32::try_from(wanted).unwrap_or(u32::MAX).min(most).max(present)
}

#[cfg(test)]
mod tests {
    use super::super::probes::tests::{Random, simulate};
    use super::*;

    const BOTH: &[ProbeModel] = ProbeModel::BOTH;

    #[test]
    fn start_period_first_then_retries_then_interval() {
        let default = HealthCheck::default();
        let changed = |boot| default.with_boot_time(BOTH, boot);
        assert_eq!(changed(90), Some(default));
        assert_eq!(changed(91), Some(HealthCheck { start_period: 31, ..default }));
        assert_eq!(changed(360), Some(HealthCheck { start_period: 300, ..default }));
        assert_eq!(changed(361), Some(HealthCheck { start_period: 300, retries: 4, ..default }));
        assert_eq!(changed(570), Some(HealthCheck { start_period: 300, retries: 10, ..default }));
        let slowest = HealthCheck { start_period: 300, retries: 10, ..default };
        assert_eq!(changed(571), Some(HealthCheck { interval: 31, ..slowest }));
        assert_eq!(changed(3_000), Some(HealthCheck { interval: 300, ..slowest }));
        assert_eq!(changed(3_001), None);
        assert_eq!(changed(u64::MAX), None);
    }

    #[test]
    fn a_short_start_period_takes_time_away_where_a_start_interval_exists() {
        let check = HealthCheck { start_period: 10, ..HealthCheck::default() };
        assert_eq!(check.boot_time(&[ProbeModel::Interval]), 90);
        assert_eq!(check.boot_time(BOTH), 70);
        assert_eq!(check.with_boot_time(BOTH, 80), Some(HealthCheck { start_period: 20, ..check }));
    }

    #[test]
    fn a_booting_application_survives_in_the_loop() {
        let mut random = Random(5);
        for _ in 0..20_000 {
            let check = random.check();
            let boot = u64::from(random.between(0, 3_000));
            let Some(changed) = check.with_boot_time(BOTH, boot) else {
                panic!("{check:?} cannot give {boot} s");
            };
            assert!(changed.out_of_range().is_empty(), "{changed:?}");
            for &model in BOTH {
                let died = simulate(&changed, model, boot + 1_000, |start| {
                    (u64::from(random.between(0, changed.timeout)), start >= boot)
                });
                assert_eq!(died, None, "{changed:?} {model:?} {boot}");
            }
        }
    }
}
