//! Traffic shifting of blue/green, linear and canary deployments: how long they take by design.

/// How long ECS and CloudFormation let a deployment with traffic shifting go on.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DeploymentTimeLimits;

impl DeploymentTimeLimits {
    /// A lifecycle stage that lasts this long fails the deployment, minutes (24 h).
    pub const STAGE_MINUTES: u64 = 24 * 60;
    /// CloudFormation gives up, minutes (36 h).
    pub const CLOUD_FORMATION_MINUTES: u64 = 36 * 60;
    /// The whole deployment, minutes (30 days).
    pub const DEPLOYMENT_MINUTES: u64 = 30 * 24 * 60;
    /// A Lambda hook must answer within this, minutes.
    pub const LAMBDA_HOOK_MINUTES: u64 = 15;
    /// Default `timeoutInMinutes` of a lifecycle hook, then ROLLBACK.
    pub const HOOK_MINUTES: u64 = 1_440;
    /// Longest `timeoutInMinutes` of a pause hook (14 days).
    pub const PAUSE_HOOK_MINUTES: u64 = 20_160;
}

/// `deploymentConfiguration.linearConfiguration`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinearShift {
    /// `stepPercent`: share of the traffic moved at each step; 3.0 to 100.0.
    pub step_percent: f64,
    /// `stepBakeTimeInMinutes`; 0 to 1,440.
    pub step_bake_minutes: u32,
}

impl Default for LinearShift {
    fn default() -> Self {
        Self { step_percent: 10.0, step_bake_minutes: 6 }
    }
}

impl LinearShift {
    /// Whether AWS accepts both values.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        (3.0..=100.0).contains(&self.step_percent) && self.step_bake_minutes <= 1_440
    }

    /// Least minutes from the first shifted request to the end, with the final `bakeTimeInMinutes`; `None`
    /// for values that AWS refuses.
    #[must_use]
    pub fn least_minutes(&self, bake_minutes: u32) -> Option<u64> {
        if !self.is_valid() {
            return None;
        }
        // At most 34 steps, since a step is at least 3 %.
        let steps = (1..=34u32).find(|&steps| f64::from(steps) * self.step_percent >= 100.0)?;
        Some(u64::from(steps - 1) * u64::from(self.step_bake_minutes) + u64::from(bake_minutes))
    }
}

/// `deploymentConfiguration.canaryConfiguration`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CanaryShift {
    /// `canaryPercent`: share of the traffic moved first; 0.1 to 100.0.
    pub canary_percent: f64,
    /// `canaryBakeTimeInMinutes`; 0 to 1,440.
    pub canary_bake_minutes: u32,
}

impl Default for CanaryShift {
    fn default() -> Self {
        Self { canary_percent: 5.0, canary_bake_minutes: 10 }
    }
}

impl CanaryShift {
    /// Whether AWS accepts both values.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        (0.1..=100.0).contains(&self.canary_percent) && self.canary_bake_minutes <= 1_440
    }

    /// Least minutes from the first shifted request to the end, with the final `bakeTimeInMinutes`; `None`
    /// for values that AWS refuses.
    #[must_use]
    pub fn least_minutes(&self, bake_minutes: u32) -> Option<u64> {
        self.is_valid().then(|| u64::from(self.canary_bake_minutes) + u64::from(bake_minutes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_shift_takes_its_steps() {
        assert_eq!(LinearShift::default().least_minutes(5), Some(9 * 6 + 5));
        let three = LinearShift { step_percent: 3.0, step_bake_minutes: 1 };
        assert_eq!(three.least_minutes(0), Some(33));
        let at_once = LinearShift { step_percent: 100.0, step_bake_minutes: 1_440 };
        assert_eq!(at_once.least_minutes(7), Some(7));
        for (step_percent, step_bake_minutes) in [(2.9, 6), (100.1, 6), (f64::NAN, 6), (10.0, 1_441)] {
            assert_eq!(LinearShift { step_percent, step_bake_minutes }.least_minutes(0), None);
        }
    }

    #[test]
    fn a_canary_shift_takes_one() {
        assert_eq!(CanaryShift::default().least_minutes(5), Some(15));
        for (canary_percent, canary_bake_minutes, valid) in
            [(0.1, 0, true), (0.05, 0, false), (5.0, 1_441, false)]
        {
            assert_eq!(CanaryShift { canary_percent, canary_bake_minutes }.is_valid(), valid);
        }
    }

    #[test]
    fn time_limits() {
        assert_eq!(DeploymentTimeLimits::STAGE_MINUTES, 1_440);
        assert_eq!(DeploymentTimeLimits::CLOUD_FORMATION_MINUTES, 2_160);
        assert_eq!(DeploymentTimeLimits::DEPLOYMENT_MINUTES, 43_200);
        assert_eq!(DeploymentTimeLimits::PAUSE_HOOK_MINUTES, 14 * 24 * 60);
        assert_eq!(DeploymentTimeLimits::HOOK_MINUTES, 24 * 60);
        assert_eq!(DeploymentTimeLimits::LAMBDA_HOOK_MINUTES, 15);
    }
}
