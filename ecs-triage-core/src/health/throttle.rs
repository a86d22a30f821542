//! How the service scheduler slows down when tasks fail to start.

/// The growing pause between attempts of a service whose tasks go from PENDING to STOPPED.
///
/// It goes on without end and announces itself with "is unable to consistently start tasks successfully"
/// (`SERVICE_TASK_START_IMPAIRED`). Updating the service resets it.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StartBackoff;

impl StartBackoff {
    /// The longest pause, seconds: 27 minutes.
    pub const LONGEST: u64 = 27 * 60;
    /// The longest pause by AWS's older text, seconds: 15 minutes.
    pub const LONGEST_OLDER: u64 = 15 * 60;

    /// Whether a stopped task counts towards the pause: only one that never was RUNNING.
    ///
    /// A task that crashes or is killed after it ran is replaced at full speed for ever.
    #[must_use]
    pub fn counts(reached_running: bool) -> bool {
        !reached_running
    }

    /// Whether the pause can explain that no task was started for `gap` seconds.
    #[must_use]
    pub fn explains_gap(gap: u64, reached_running: bool) -> bool {
        Self::counts(reached_running) && gap <= Self::LONGEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_failed_starts_are_slowed_down() {
        assert_eq!((StartBackoff::LONGEST, StartBackoff::LONGEST_OLDER), (1_620, 900));
        assert!(StartBackoff::explains_gap(1_620, false));
        assert!(!StartBackoff::explains_gap(1_621, false));
        assert!(!StartBackoff::explains_gap(60, true));
    }
}
