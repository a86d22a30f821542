//! Right-sizing memory: the hard limit is 1.5 times the steady-state use, raised to a valid size.

use serde::Serialize;

use super::{FargateSize, OperatingSystem};

/// The rule of thumb for memory limits. AWS fixes none of these figures.
///
/// AWS advises to load-test and to look at the memory use of each task:
/// <https://repost.aws/knowledge-center/ecs-resolve-outofmemory-errors>
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SizingRule {
    /// Fewest points to judge by.
    pub least_points: usize,
    /// Percent of the hard limit from which use counts as high.
    pub high_percent: f64,
    /// Share of the points that must be high for use to be consistently high.
    pub high_share: f64,
    /// Hard limit divided by steady-state use.
    pub factor: f64,
}

impl Default for SizingRule {
    fn default() -> Self {
        Self { least_points: 5, high_percent: 90.0, high_share: 0.8, factor: 1.5 }
    }
}

/// What a series of memory use says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MemoryUse {
    /// Steady-state use: the median of the points, MiB.
    pub steady_mib: f64,
    /// The largest point, MiB. Samples are 20 s apart, so shorter spikes are missing.
    pub peak_mib: f64,
    /// Whether use is high in nearly all points; `None` without a hard limit to compare with.
    pub consistently_high: Option<bool>,
    /// Whether use never falls and has grown over the window: a suspected leak, for which more memory only
    /// buys time.
    pub is_growing: bool,
}

impl SizingRule {
    /// Reads points in MiB, in order of time, of the window before the stop.
    ///
    /// `hard_limit_mib` is what the process is killed at, not the denominator of a percentage. `None` when
    /// there are too few points; those that are no finite, positive numbers are left out.
    #[must_use]
    pub fn read(&self, used_mib: &[f64], hard_limit_mib: Option<u32>) -> Option<MemoryUse> {
        let points: Vec<f64> =
            used_mib.iter().copied().filter(|mib| mib.is_finite() && *mib >= 0.0).collect();
        let (&first, &last) = (points.first()?, points.last()?);
        if points.len() < self.least_points {
            return None;
        }
        let mut sorted = points.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        let steady_mib = if sorted.len().is_multiple_of(2) {
            f64::midpoint(sorted[middle - 1], sorted[middle])
        } else {
            sorted[middle]
        };
        let consistently_high = hard_limit_mib.map(|limit| {
            let high_mib = f64::from(limit) * self.high_percent / 100.0;
            let high = points.iter().filter(|&&mib| mib >= high_mib).count();
            high as f64 >= self.high_share * points.len() as f64
        });
        Some(MemoryUse {
            steady_mib,
            peak_mib: sorted[sorted.len() - 1],
            consistently_high,
            is_growing: last > first && points.is_sorted(),
        })
    }

    /// The hard limit for this use, MiB, before any rounding to a valid size.
    #[must_use]
    pub fn hard_limit(&self, memory_use: &MemoryUse) -> u32 {
        up(self.factor * memory_use.steady_mib)
    }
}

/// What to do with the memory of a Fargate task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FargatePlan {
    /// The present size holds what is needed.
    Keep,
    /// The next size that holds it; its CPU may be larger too.
    Raise(FargateSize),
    /// No Fargate size holds it: split the task, or use EC2 or Managed Instances.
    BeyondFargate,
}

/// The task size that holds `needed_mib`: the containers' needs together, or the task's hard limit.
///
/// After a certain out-of-memory kill the answer is above the present size whatever the need, because a short
/// spike or a leak does not show in the steady-state use.
#[must_use]
pub fn fargate_plan(os: OperatingSystem, present: FargateSize, needed_mib: u32, killed: bool) -> FargatePlan {
    let needed_mib = at_least(needed_mib, present.memory, killed);
    if needed_mib <= present.memory {
        return FargatePlan::Keep;
    }
    FargateSize::next_valid(os, present.cpu, needed_mib)
        .map_or(FargatePlan::BeyondFargate, FargatePlan::Raise)
}

/// Memory settings of a container on EC2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ec2Memory {
    /// `memory`: the hard limit, MiB, a multiple of 64.
    pub memory: u32,
    /// `memoryReservation`: about the steady-state use, MiB.
    pub memory_reservation: u32,
}

/// The settings for a container on EC2; `None` when its present hard limit is enough.
///
/// A certain out-of-memory kill raises the limit by a step at least. Check that an instance can hold the
/// answer.
#[must_use]
pub fn ec2_memory(
    rule: &SizingRule,
    memory_use: &MemoryUse,
    present_limit_mib: Option<u32>,
    killed: bool,
) -> Option<Ec2Memory> {
    const STEP: u32 = 64;
    let present = present_limit_mib.unwrap_or(0);
    let needed = at_least(rule.hard_limit(memory_use), present, killed);
    (needed > present).then(|| Ec2Memory {
        memory: needed.checked_next_multiple_of(STEP).unwrap_or(needed),
        memory_reservation: up(memory_use.steady_mib),
    })
}

/// The need, and more than the present limit if that was proven too small.
fn at_least(needed_mib: u32, present_mib: u32, killed: bool) -> u32 {
    if killed { needed_mib.max(present_mib.saturating_add(1)) } else { needed_mib }
}

/// Rounds up, but not for the last bits of a floating-point product; saturates.
fn up(mib: f64) -> u32 {
    (mib - 1e-6).ceil() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: fn() -> SizingRule = SizingRule::default;

    fn read(points: &[f64], limit: u32) -> MemoryUse {
        RULE().read(points, Some(limit)).expect("enough points")
    }

    #[test]
    fn one_and_a_half_times_the_steady_use() {
        let memory_use = read(&[500.0, 512.0, 500.0, 900.0, 512.0], 1_024);
        assert_eq!((memory_use.steady_mib, memory_use.peak_mib), (512.0, 900.0));
        assert_eq!(RULE().hard_limit(&memory_use), 768);
        let even = read(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 1_024);
        assert_eq!(even.steady_mib, 3.5);
        assert_eq!(RULE().hard_limit(&even), 6);
        let third = read(&[1_024.0 / 3.0; 5], 1_024);
        assert_eq!(RULE().hard_limit(&third), 512);
    }

    #[test]
    fn too_few_points_say_nothing() {
        assert_eq!(RULE().read(&[], Some(1)), None);
        assert_eq!(RULE().read(&[1.0; 4], Some(1)), None);
        assert_eq!(RULE().read(&[1.0, 1.0, 1.0, 1.0, f64::NAN, f64::INFINITY, -1.0], Some(1)), None);
    }

    #[test]
    fn consistently_high_is_four_points_in_five() {
        assert_eq!(read(&[90.0, 95.0, 99.0, 90.0, 10.0], 100).consistently_high, Some(true));
        assert_eq!(read(&[90.0, 95.0, 99.0, 89.9, 10.0], 100).consistently_high, Some(false));
        assert_eq!(RULE().read(&[99.0; 5], None).map(|memory_use| memory_use.consistently_high), Some(None));
    }

    #[test]
    fn growth_never_falls() {
        assert!(read(&[1.0, 2.0, 2.0, 3.0, 4.0], 100).is_growing);
        assert!(!read(&[1.0, 2.0, 1.9, 3.0, 4.0], 100).is_growing);
        assert!(!read(&[2.0; 5], 100).is_growing);
    }

    #[test]
    fn fargate_grows_to_a_valid_size() {
        use OperatingSystem::Linux;
        let present = FargateSize { cpu: 256, memory: 512 };
        let plan = |needed, killed| fargate_plan(Linux, present, needed, killed);
        assert_eq!(plan(512, false), FargatePlan::Keep);
        assert_eq!(plan(400, true), FargatePlan::Raise(FargateSize { cpu: 256, memory: 1_024 }));
        assert_eq!(plan(2_049, false), FargatePlan::Raise(FargateSize { cpu: 512, memory: 3_072 }));
        let largest = FargateSize { cpu: 32_768, memory: 249_856 };
        assert_eq!(fargate_plan(Linux, largest, 0, true), FargatePlan::BeyondFargate);
    }

    #[test]
    fn ec2_grows_in_steps_of_64() {
        let memory_use = read(&[500.0; 5], 600);
        let plan = |present, killed| ec2_memory(&RULE(), &memory_use, present, killed);
        let wanted = Ec2Memory { memory: 768, memory_reservation: 500 };
        assert_eq!(plan(Some(512), false), Some(wanted));
        assert_eq!(plan(None, false), Some(wanted));
        assert_eq!(plan(Some(750), false), None);
        assert_eq!(plan(Some(1_024), true), Some(Ec2Memory { memory: 1_088, memory_reservation: 500 }));
        assert_eq!(plan(Some(u32::MAX), true), None);
    }

    #[test]
    fn the_whole_rule_on_one_task() {
        // 95 % of 512 MiB for an hour: 1.5 x 486.4 = 729.6 MiB, and Fargate has 1,024 next.
        let memory_use = read(&[0.95 * 512.0; 60], 512);
        assert_eq!(memory_use.consistently_high, Some(true));
        let needed = RULE().hard_limit(&memory_use);
        assert_eq!(needed, 730);
        let plan = fargate_plan(OperatingSystem::Linux, FargateSize { cpu: 256, memory: 512 }, needed, false);
        assert_eq!(plan, FargatePlan::Raise(FargateSize { cpu: 256, memory: 1_024 }));
    }
}
