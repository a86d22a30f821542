//! From SIGTERM to SIGKILL: was an exit code of 137 the end of `stopTimeout`?

use std::ops::RangeInclusive;

use super::OutOfRange;

/// Exit code of a process that SIGKILL ended: 128 + 9.
const SIGKILLED: i64 = 137;

/// Seconds a container gets between SIGTERM and SIGKILL when nothing says otherwise.
///
/// Docker's own 10 s do not apply: ECS passes the value.
const DEFAULT_STOP_TIMEOUT: u32 = 30;

/// Seconds by which two timestamps of one task may be apart without meaning.
const ROUNDING: u64 = 1;

/// Where a container runs, as far as its timeouts are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeoutPlatform {
    /// Fargate, Linux or Windows.
    Fargate,
    /// EC2; Managed Instances and external instances are read like it.
    Ec2,
}

/// The `stopTimeout` in force, seconds.
///
/// `None` in the definition means 30 s on Fargate. On EC2 it means the agent's `ECS_CONTAINER_STOP_TIMEOUT`,
/// which is 30 s unless somebody set it, so the answer may be wrong there.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
#[must_use]
pub fn effective_stop_timeout(stop_timeout: Option<u32>) -> u32 {
    stop_timeout.unwrap_or(DEFAULT_STOP_TIMEOUT)
}

/// `None` when AWS accepts this `startTimeout` or `stopTimeout` (the name goes into the answer).
///
/// Fargate allows 2 to 120 s. On EC2 the agent's least stop timeout is 1 s, and no upper limit is stated.
#[must_use]
pub fn timeout_out_of_range(
    platform: TimeoutPlatform,
    setting: &'static str,
    secs: u32,
) -> Option<OutOfRange> {
    const FARGATE: RangeInclusive<u32> = 2..=120;
    const EC2: RangeInclusive<u32> = 1..=u32::MAX;
    match platform {
        TimeoutPlatform::Fargate => OutOfRange::check(setting, secs, FARGATE),
        TimeoutPlatform::Ec2 => OutOfRange::check(setting, secs, EC2),
    }
}

/// What is known of a container's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StoppedContainer {
    /// `exitCode` of the container.
    pub exit_code: Option<i64>,
    /// Whether something else ended the task: a stop by a user, the scheduler or Spot, or another essential
    /// container that exited first.
    pub stop_requested: bool,
    /// Seconds from the task's `stoppingAt` to `executionStoppedAt`, else to `stoppedAt`. Behind a load
    /// balancer it may hold the deregistration delay too, so a long time proves little there.
    pub stop_secs: Option<u64>,
    /// `stopTimeout` of the container's definition, seconds.
    pub stop_timeout: Option<u32>,
    /// Where it ran.
    pub platform: TimeoutPlatform,
}

/// How an exit reads beside `stopTimeout`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KillReading {
    /// Not the end of `stopTimeout`: another exit code, nobody stopped it, or it ended sooner.
    Excluded,
    /// The times fit: the application ignored SIGTERM until SIGKILL. It may still have been killed sooner by
    /// something else while another container took that long.
    Fits,
    /// A time or the timeout in force is missing.
    Unknown,
}

impl StoppedContainer {
    /// Whether this was SIGKILL after `stopTimeout`, which is no sign of an out-of-memory kill.
    ///
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html>
    #[must_use]
    pub fn stop_timeout_kill(&self) -> KillReading {
        if self.exit_code.is_some_and(|code| code != SIGKILLED) || !self.stop_requested {
            return KillReading::Excluded;
        }
        let (Some(_), Some(stop_secs)) = (self.exit_code, self.stop_secs) else {
            return KillReading::Unknown;
        };
        if stop_secs.saturating_add(ROUNDING) >= u64::from(effective_stop_timeout(self.stop_timeout)) {
            return KillReading::Fits;
        }
        match (self.platform, self.stop_timeout) {
            // The agent of this instance may have a shorter default.
            (TimeoutPlatform::Ec2, None) => KillReading::Unknown,
            _ => KillReading::Excluded,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KILLED: StoppedContainer = StoppedContainer {
        exit_code: Some(137),
        stop_requested: true,
        stop_secs: Some(31),
        stop_timeout: None,
        platform: TimeoutPlatform::Fargate,
    };

    #[test]
    fn sigkill_after_the_timeout() {
        assert_eq!(KILLED.stop_timeout_kill(), KillReading::Fits);
        let declared = StoppedContainer { stop_timeout: Some(120), ..KILLED };
        assert_eq!(declared.stop_timeout_kill(), KillReading::Excluded);
        assert_eq!(
            StoppedContainer { stop_secs: Some(121), ..declared }.stop_timeout_kill(),
            KillReading::Fits
        );
    }

    #[test]
    fn other_ends_are_no_such_kill() {
        for other in [
            StoppedContainer { exit_code: Some(143), ..KILLED },
            StoppedContainer { exit_code: Some(0), ..KILLED },
            StoppedContainer { stop_requested: false, ..KILLED },
            StoppedContainer { stop_secs: Some(3), ..KILLED },
        ] {
            assert_eq!(other.stop_timeout_kill(), KillReading::Excluded, "{other:?}");
        }
    }

    #[test]
    fn what_is_missing_stays_unknown() {
        for unknown in [
            StoppedContainer { exit_code: None, ..KILLED },
            StoppedContainer { stop_secs: None, ..KILLED },
            StoppedContainer { platform: TimeoutPlatform::Ec2, stop_secs: Some(3), ..KILLED },
        ] {
            assert_eq!(unknown.stop_timeout_kill(), KillReading::Unknown, "{unknown:?}");
        }
    }

    #[test]
    fn timeouts_have_ranges() {
        use TimeoutPlatform::{Ec2, Fargate};
        assert_eq!(effective_stop_timeout(None), 30);
        assert_eq!(effective_stop_timeout(Some(5)), 5);
        let rows = [
            (Fargate, 1, false),
            (Fargate, 2, true),
            (Fargate, 120, true),
            (Fargate, 121, false),
            (Ec2, 0, false),
            (Ec2, 1, true),
            (Ec2, 3_600, true),
        ];
        for (platform, secs, valid) in rows {
            assert_eq!(
                timeout_out_of_range(platform, "stopTimeout", secs).is_none(),
                valid,
                "{platform:?} {secs}"
            );
        }
    }
}
