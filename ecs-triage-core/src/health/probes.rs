//! When the probes of a container health check run, and when they can first make the container UNHEALTHY.
//!
//! The engine waits one timer, runs a probe, and measures the next timer from the end of that probe. A
//! failure counts unless the container has never passed and the probe started inside the start period.

use super::HealthCheck;

/// Seconds by which ECS may learn of UNHEALTHY after the fact: health is reported every 20 s, then the
/// scheduler acts.
pub const REPORTING_DELAY: u64 = 30;

/// Seconds by which a lifetime read from a task's timestamps may be shorter than the container's real one.
///
/// `startedAt` is set when the report of the start arrives, not when the process starts. The figure is this
/// project's.
const CLOCK_TOLERANCE: u64 = 10;

/// Timer between probes inside the start period where the engine has a start interval and none was set,
/// seconds.
const START_INTERVAL: u64 = 5;

/// Which timer the container engine uses inside the start period; outside it both use `interval`.
///
/// Fargate does not publish its timing: try both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProbeModel {
    /// `interval` throughout: Docker before 26.1, which ECS-optimised AMIs ship.
    Interval,
    /// 5 s until the start period ends or a probe passes: Docker 27 and later, and late 26.1 patches.
    StartInterval,
}

impl ProbeModel {
    /// Both models, for when the engine is not known.
    pub const BOTH: &'static [Self] = &[Self::Interval, Self::StartInterval];

    /// The models that `containerInstances[].versionInfo.dockerVersion` leaves open.
    ///
    /// The agent writes `DockerVersion: 25.0.16`; a bare version is read too. Unreadable text leaves both
    /// open.
    #[must_use]
    pub fn of_docker(version: &str) -> &'static [Self] {
        let digits = version.trim_start_matches(|c: char| !c.is_ascii_digit());
        let mut parts = digits.split(|c: char| !c.is_ascii_digit()).map(str::parse::<u32>);
        match (parts.next(), parts.next()) {
            (Some(Ok(26)), Some(Ok(0))) | (Some(Ok(..=25)), _) => &[Self::Interval],
            (Some(Ok(27..)), _) => &[Self::StartInterval],
            _ => Self::BOTH,
        }
    }
}

/// The earliest and the latest second after the container's start at which UNHEALTHY appears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KillWindow {
    /// Not before this, however long each probe takes.
    pub earliest: u64,
    /// Not after this, however long each probe takes.
    pub latest: u64,
}

/// Whether a health check can be what ended a task of a given lifetime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Possibility {
    /// The task ended before enough failures could have been counted.
    Impossible,
    /// Only if a probe had passed before: an application that never answered would have lived longer.
    OnlyAfterPassing,
    /// An application that never answered could have been declared UNHEALTHY by then.
    Possible,
}

impl HealthCheck {
    /// Start of the first probe, seconds after the container's start; also the earliest moment of HEALTHY.
    #[must_use]
    pub fn first_probe(&self, model: ProbeModel) -> u64 {
        match model {
            ProbeModel::StartInterval if self.start_period > 0 => START_INTERVAL,
            _ => self.pause(),
        }
    }

    /// When UNHEALTHY appears if every probe fails after `probe_secs`, seconds after the container's start.
    ///
    /// 0 is an instant failure; a hang lasts `timeout`, and longer values are cut to it. This does not grow
    /// steadily with `probe_secs`: use [`never_passing`](Self::never_passing) when the duration is not known.
    #[must_use]
    pub fn unhealthy_at(&self, model: ProbeModel, probe_secs: u32) -> u64 {
        let duration = u64::from(probe_secs.min(self.timeout));
        let first_counted = self.first_counted(model, duration);
        first_counted + duration + self.further_failures() * (self.pause() + duration)
    }

    /// When UNHEALTHY appears if every probe fails at once, seconds after the container's start.
    #[must_use]
    pub fn unhealthy_at_instant_failures(&self, model: ProbeModel) -> u64 {
        self.unhealthy_at(model, 0)
    }

    /// When UNHEALTHY appears if every probe hangs until `timeout`, seconds after the container's start.
    #[must_use]
    pub fn unhealthy_at_hangs(&self, model: ProbeModel) -> u64 {
        self.unhealthy_at(model, self.timeout)
    }

    /// Bounds for an application that never passes, whatever the duration of each probe.
    #[must_use]
    pub fn never_passing(&self, model: ProbeModel) -> KillWindow {
        let (first, start_period) = (self.first_probe(model), u64::from(self.start_period));
        let (timeout, period) = (u64::from(self.timeout), self.pause() + u64::from(self.timeout));
        // The last ignored probe starts before the start period ends, so the first counted one is less than a
        // period later.
        let latest_first = if start_period > first { start_period + period } else { first };
        KillWindow {
            earliest: start_period.max(first) + self.further_failures() * self.pause(),
            latest: latest_first + timeout + self.further_failures() * period,
        }
    }

    /// Earliest UNHEALTHY for any history, including a probe that passed inside the start period and then
    /// failures.
    ///
    /// A pass makes failures count at once, so this can be far below the bound of an application that never
    /// answers.
    #[must_use]
    pub fn earliest_unhealthy(&self, model: ProbeModel) -> u64 {
        let after_passing = self.first_probe(model) + (self.further_failures() + 1) * self.pause();
        self.never_passing(model).earliest.min(after_passing)
    }

    /// Whether this check can have ended a task whose container ran for `lived` seconds before ECS decided to
    /// stop it.
    ///
    /// `lived` is `stoppingAt - startedAt`. The container may have started before its task's `startedAt` when
    /// other containers were still to come: then count from `pullStartedAt`. ECS acts on UNHEALTHY only for
    /// essential containers of service tasks. Inside `healthCheckGracePeriodSeconds` it does so only when
    /// more tasks run than desired.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html>
    #[must_use]
    pub fn could_have_killed(&self, models: &[ProbeModel], lived: u64) -> Possibility {
        let lived = lived.saturating_add(CLOCK_TOLERANCE);
        let models = if models.is_empty() { ProbeModel::BOTH } else { models };
        if models.iter().all(|&model| lived < self.earliest_unhealthy(model)) {
            Possibility::Impossible
        } else if models.iter().all(|&model| lived < self.never_passing(model).earliest) {
            Possibility::OnlyAfterPassing
        } else {
            Possibility::Possible
        }
    }

    /// Whether a lifetime of `lived` seconds is what an application that never answers gets.
    ///
    /// Allows for [`REPORTING_DELAY`]. The same lifetime over several tasks makes it a strong sign.
    #[must_use]
    pub fn fits_never_passing(&self, models: &[ProbeModel], lived: u64) -> bool {
        models.iter().any(|&model| {
            let window = self.never_passing(model);
            lived.saturating_add(CLOCK_TOLERANCE) >= window.earliest
                && lived <= window.latest + REPORTING_DELAY
        })
    }

    /// Latest second of HEALTHY for an application that passes every probe started at `boot` seconds or
    /// later.
    #[must_use]
    pub fn healthy_by(&self, model: ProbeModel, boot: u64) -> u64 {
        let (first, timeout) = (self.first_probe(model), u64::from(self.timeout));
        if boot <= first {
            return first + timeout;
        }
        boot.saturating_add(self.pause() + 2 * timeout)
    }

    /// Start of the first probe whose failure counts, when every probe fails after `duration` seconds.
    fn first_counted(&self, model: ProbeModel, duration: u64) -> u64 {
        let (first, start_period) = (self.first_probe(model), u64::from(self.start_period));
        if start_period <= first {
            return first;
        }
        match model {
            ProbeModel::Interval => {
                let period = self.pause() + duration;
                first + (start_period - first).div_ceil(period) * period
            }
            ProbeModel::StartInterval => {
                let period = START_INTERVAL + duration;
                let last_ignored = first + ((start_period - first).div_ceil(period) - 1) * period;
                let end = last_ignored + duration;
                end + if end < start_period { START_INTERVAL } else { self.pause() }
            }
        }
    }

    /// The interval; at least a second, so that a value no ECS accepts cannot divide by zero.
    fn pause(&self) -> u64 {
        u64::from(self.interval.max(1))
    }

    /// Counted failures after the first that UNHEALTHY takes; cut where a value no ECS accepts could overflow
    /// a sum.
    fn further_failures(&self) -> u64 {
        u64::from(self.retries.clamp(1, u16::MAX.into()) - 1)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use ProbeModel::{Interval, StartInterval};

    const fn check(interval: u32, timeout: u32, retries: u32, start_period: u32) -> HealthCheck {
        HealthCheck { interval, timeout, retries, start_period }
    }

    /// A small generator, so that the settings are the same in every run.
    pub(in crate::health) struct Random(pub(in crate::health) u64);

    impl Random {
        pub(in crate::health) fn between(&mut self, low: u32, high: u32) -> u32 {
            self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            low + u32::try_from((self.0 >> 33) % u64::from(high - low + 1)).expect("less than high")
        }

        pub(in crate::health) fn check(&mut self) -> HealthCheck {
            // Half of the checks have no start period or a short one, where the special cases are.
            let longest = if self.between(0, 1) == 0 { 12 } else { 300 };
            check(self.between(5, 300), self.between(2, 60), self.between(1, 10), self.between(0, longest))
        }
    }

    /// Docker's loop: `probe(start)` gives duration and success; the answer is the second of UNHEALTHY, if
    /// ever before `until`.
    pub(in crate::health) fn simulate(
        check: &HealthCheck,
        model: ProbeModel,
        until: u64,
        mut probe: impl FnMut(u64) -> (u64, bool),
    ) -> Option<u64> {
        let (interval, start_period) = (u64::from(check.interval), u64::from(check.start_period));
        let (mut now, mut starting, mut streak) = (0, true, 0);
        while now < until {
            let in_start_period = now < start_period;
            now += match model {
                StartInterval if in_start_period && starting => START_INTERVAL,
                _ => interval,
            };
            let start = now;
            let (duration, passed) = probe(start);
            now += duration;
            if passed {
                (starting, streak) = (false, 0);
            } else if !(starting && start < start_period) {
                streak += 1;
                if streak >= check.retries {
                    return Some(now);
                }
            }
        }
        None
    }

    #[test]
    fn documented_table() {
        // check, instant A, instant B, hang A, hang B
        let rows = [
            (check(30, 5, 3, 0), 90, 90, 105, 105),
            (check(10, 5, 3, 0), 30, 30, 45, 45),
            (check(30, 5, 3, 10), 90, 70, 105, 115),
            (check(30, 5, 3, 45), 120, 105, 140, 120),
            (check(30, 5, 3, 60), 120, 120, 140, 165),
            (check(30, 5, 3, 300), 360, 360, 385, 405),
            (check(10, 3, 5, 30), 70, 70, 91, 97),
            (check(5, 2, 1, 0), 5, 5, 7, 7),
        ];
        for (check, instant_a, instant_b, hang_a, hang_b) in rows {
            assert_eq!(check.unhealthy_at_instant_failures(Interval), instant_a, "{check:?}");
            assert_eq!(check.unhealthy_at_instant_failures(StartInterval), instant_b, "{check:?}");
            assert_eq!(check.unhealthy_at_hangs(Interval), hang_a, "{check:?}");
            assert_eq!(check.unhealthy_at_hangs(StartInterval), hang_b, "{check:?}");
        }
    }

    #[test]
    fn longer_probes_may_fail_earlier() {
        let check = check(30, 5, 3, 61);
        assert_eq!(check.unhealthy_at_instant_failures(Interval), 150);
        assert_eq!(check.unhealthy_at_hangs(Interval), 140);
        assert_eq!(check.never_passing(Interval).earliest, 121);
    }

    #[test]
    fn formulas_agree_with_the_loop() {
        let mut random = Random(1);
        for _ in 0..20_000 {
            let check = random.check();
            let duration = random.between(0, check.timeout);
            for &model in ProbeModel::BOTH {
                let expected = simulate(&check, model, u64::MAX, |_| (u64::from(duration), false));
                assert_eq!(
                    Some(check.unhealthy_at(model, duration)),
                    expected,
                    "{check:?} {model:?} {duration}"
                );
            }
        }
    }

    #[test]
    fn bounds_hold_for_probes_of_mixed_duration() {
        let mut random = Random(2);
        for _ in 0..20_000 {
            let check = random.check();
            for &model in ProbeModel::BOTH {
                let at = simulate(&check, model, u64::MAX, |_| {
                    (u64::from(random.between(0, check.timeout)), false)
                });
                let at = at.expect("failures alone end in UNHEALTHY");
                let window = check.never_passing(model);
                assert!(
                    (window.earliest..=window.latest).contains(&at),
                    "{check:?} {model:?} {at} {window:?}"
                );
                assert_eq!(check.could_have_killed(&[model], at), Possibility::Possible);
                assert!(check.fits_never_passing(&[model], at + REPORTING_DELAY));
            }
        }
    }

    #[test]
    fn no_history_is_unhealthy_before_the_bound() {
        let mut random = Random(3);
        for _ in 0..20_000 {
            let check = random.check();
            for &model in ProbeModel::BOTH {
                let at = simulate(&check, model, 5_000, |_| {
                    (u64::from(random.between(0, check.timeout)), random.between(0, 3) == 0)
                });
                if let Some(at) = at {
                    assert!(at >= check.earliest_unhealthy(model), "{check:?} {model:?} {at}");
                    assert_ne!(check.could_have_killed(&[model], at), Possibility::Impossible);
                }
            }
        }
    }

    #[test]
    fn a_pass_in_the_start_period_makes_failures_count() {
        let check = check(30, 5, 3, 300);
        let at = simulate(&check, Interval, u64::MAX, |start| (0, start == 30));
        assert_eq!(at, Some(120));
        assert_eq!(check.earliest_unhealthy(Interval), 120);
        assert_eq!(check.could_have_killed(&[Interval], 120), Possibility::OnlyAfterPassing);
        assert_eq!(check.could_have_killed(&[Interval], 100), Possibility::Impossible);
        assert_eq!(check.could_have_killed(&[Interval], 360), Possibility::Possible);
        // The shorter first timer allows an earlier verdict: 5 + 3 * 30.
        assert_eq!(check.earliest_unhealthy(StartInterval), 95);
        assert_eq!(check.could_have_killed(ProbeModel::BOTH, 100), Possibility::OnlyAfterPassing);
    }

    #[test]
    fn healthy_by_is_never_too_early() {
        let mut random = Random(4);
        for _ in 0..20_000 {
            let check = random.check();
            let boot = u64::from(random.between(0, 600));
            for &model in ProbeModel::BOTH {
                let patient = HealthCheck { retries: u32::MAX, ..check };
                let mut healthy = None;
                simulate(&patient, model, 2_000, |start| {
                    let duration = u64::from(random.between(0, check.timeout));
                    let passed = start >= boot;
                    if passed {
                        healthy = healthy.or(Some(start + duration));
                    }
                    (duration, passed)
                });
                assert!(
                    healthy.is_some_and(|at| at <= check.healthy_by(model, boot)),
                    "{check:?} {model:?} {boot}"
                );
            }
        }
    }

    #[test]
    fn docker_version_decides() {
        for version in ["DockerVersion: 25.0.16", "20.10.25", "26.0.2", "19.03.6-ce", "1.12.6"] {
            assert_eq!(ProbeModel::of_docker(version), &[Interval], "{version}");
        }
        for version in ["DockerVersion: 27.0.0", "28.1.1", "29.0"] {
            assert_eq!(ProbeModel::of_docker(version), &[StartInterval], "{version}");
        }
        for version in ["26.1.4", "26", "", "DockerVersion: ", "99999999999999.1"] {
            assert_eq!(ProbeModel::of_docker(version), ProbeModel::BOTH, "{version}");
        }
    }

    #[test]
    fn values_nobody_can_register_do_no_harm() {
        for check in
            [check(0, 0, 0, 0), check(u32::MAX, u32::MAX, u32::MAX, u32::MAX), check(0, 0, 0, u32::MAX)]
        {
            for &model in ProbeModel::BOTH {
                let window = check.never_passing(model);
                assert!(window.earliest <= check.unhealthy_at_hangs(model));
                assert!(check.unhealthy_at_hangs(model) <= window.latest);
                let _ = check.could_have_killed(&[model], u64::MAX);
                let _ = check.healthy_by(model, u64::MAX);
            }
        }
        // No model at all reads as "either".
        assert_eq!(check(30, 5, 3, 0).could_have_killed(&[], 79), Possibility::Impossible);
        assert_eq!(check(30, 5, 3, 0).could_have_killed(&[], 80), Possibility::Possible);
    }
}
