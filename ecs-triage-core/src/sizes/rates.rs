//! Rates at which AWS launches tasks and answers calls, as token buckets.

/// A limit of calls or launches: some at once, then so many a second. All are defaults of an account and
/// Region.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/request-throttling.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenBucket {
    /// Most at once.
    pub burst: u32,
    /// Added per second.
    pub per_second: u32,
}

impl TokenBucket {
    /// Fargate task launches in the 16 large Regions.
    pub const FARGATE_LAUNCH_LARGE_REGION: Self = Self { burst: 100, per_second: 20 };
    /// Fargate task launches elsewhere.
    pub const FARGATE_LAUNCH: Self = Self { burst: 25, per_second: 5 };
    /// `RunTask`, `StartTask`, `StopTask` and `ExecuteCommand` together.
    pub const RUN_TASK: Self = Self { burst: 100, per_second: 40 };
    /// SSM `GetParameters` at standard throughput, a limit that many tasks starting at once run into.
    /// <https://docs.aws.amazon.com/general/latest/gr/ssm.html>
    pub const SSM_GET_PARAMETERS: Self = Self { burst: 40, per_second: 40 };
    /// Secrets Manager `GetSecretValue`.
    /// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html>
    pub const GET_SECRET_VALUE: Self = Self { burst: 10_000, per_second: 10_000 };
    /// CloudWatch Logs `CreateLogStream`, one for each container that starts.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>
    pub const CREATE_LOG_STREAM: Self = Self { burst: 50, per_second: 50 };

    /// Seconds until `count` have passed a full bucket; `None` when it never refills.
    #[must_use]
    pub fn seconds_for(self, count: u32) -> Option<u32> {
        let waiting = count.saturating_sub(self.burst);
        if waiting == 0 {
            return Some(0);
        }
        (self.per_second > 0).then(|| waiting.div_ceil(self.per_second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_a_rate() {
        let launch = TokenBucket::FARGATE_LAUNCH_LARGE_REGION;
        for (count, seconds) in [(0, 0), (100, 0), (101, 1), (120, 1), (121, 2), (500, 20)] {
            assert_eq!(launch.seconds_for(count), Some(seconds), "{count}");
        }
        assert_eq!(TokenBucket::FARGATE_LAUNCH.seconds_for(100), Some(15));
        assert_eq!(TokenBucket { burst: 1, per_second: 0 }.seconds_for(2), None);
    }
}
