//! The task sizes of Fargate.

use std::iter;

use serde::Serialize;

/// Operating system of a Fargate task; Windows needs X86_64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperatingSystem {
    /// Amazon Linux.
    Linux,
    /// Windows Server.
    Windows,
}

/// CPU and memory of a Fargate task.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct FargateSize {
    /// CPU units, 1,024 to the vCPU.
    pub cpu: u32,
    /// Memory, MiB.
    pub memory: u32,
}

/// The memory values that go with one CPU value.
struct Row {
    cpu: u32,
    memory: Memory,
    windows: bool,
}

enum Memory {
    Listed(&'static [u32]),
    Steps { first: u32, last: u32, step: u32 },
}

const fn row(cpu: u32, memory: Memory, windows: bool) -> Row {
    Row { cpu, memory, windows }
}

const fn steps(first: u32, last: u32, step: u32) -> Memory {
    Memory::Steps { first, last, step }
}

/// In rising order of CPU. There is no 1,536 MiB with 256 units, and 4,096 units end at 30 GB.
static TABLE: [Row; 8] = [
    row(256, Memory::Listed(&[512, 1_024, 2_048]), false),
    row(512, steps(1_024, 4_096, 1_024), false),
    row(1_024, steps(2_048, 8_192, 1_024), true),
    row(2_048, steps(4_096, 16_384, 1_024), true),
    row(4_096, steps(8_192, 30_720, 1_024), true),
    row(8_192, steps(16_384, 61_440, 4_096), false),
    row(16_384, steps(32_768, 122_880, 8_192), false),
    row(32_768, Memory::Listed(&[61_440, 122_880, 249_856]), false),
];

impl Row {
    /// The smallest value of the row that is not below `mib`.
    fn at_least(&self, mib: u32) -> Option<u32> {
        match self.memory {
            Memory::Listed(values) => values.iter().copied().find(|&value| value >= mib),
            Memory::Steps { first, last, step } => {
                let value =
                    u64::from(first) + u64::from(mib.saturating_sub(first).div_ceil(step)) * u64::from(step);
                u32::try_from(value).ok().filter(|&value| value <= last)
            }
        }
    }

    fn is_for(&self, os: OperatingSystem) -> bool {
        self.windows || os == OperatingSystem::Linux
    }
}

fn rows(os: OperatingSystem) -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(move |row| row.is_for(os))
}

impl FargateSize {
    /// Every valid size, in rising order of CPU, then memory.
    pub fn all(os: OperatingSystem) -> impl Iterator<Item = Self> {
        rows(os).flat_map(|row| {
            let values = iter::successors(row.at_least(0), |&memory| row.at_least(memory + 1));
            values.map(|memory| Self { cpu: row.cpu, memory })
        })
    }

    /// Whether this table holds the pair.
    ///
    /// AWS adds sizes: a pair that a registered or running task has and this table has not is newer than the
    /// table, not wrong.
    #[must_use]
    pub fn is_valid(self, os: OperatingSystem) -> bool {
        rows(os).any(|row| row.cpu == self.cpu && row.at_least(self.memory) == Some(self.memory))
    }

    /// The smallest valid size with at least `at_least_mib` of memory and no less CPU than `cpu`.
    ///
    /// CPU grows only when the memory does not go with it: compare the answer's `cpu` and say so, for it
    /// costs money. `None` is beyond Fargate: split the task, or use EC2 or Managed Instances.
    #[must_use]
    pub fn next_valid(os: OperatingSystem, cpu: u32, at_least_mib: u32) -> Option<Self> {
        rows(os)
            .filter(|row| row.cpu >= cpu)
            .find_map(|row| Some(Self { cpu: row.cpu, memory: row.at_least(at_least_mib)? }))
    }

    /// The most memory a task can have, MiB: 249,856 on Linux, 30,720 on Windows.
    #[must_use]
    pub fn most_memory(os: OperatingSystem) -> u32 {
        Self::all(os).map(|size| size.memory).max().unwrap_or(0)
    }

    /// Whether the size needs platform version 1.4.0 or later: 8 vCPU and more.
    #[must_use]
    pub fn needs_platform_1_4(self) -> bool {
        self.cpu >= 8_192
    }

    /// Whether one task of this size is above a new account's Fargate quota of 6 vCPU per Region.
    ///
    /// <https://docs.aws.amazon.com/general/latest/gr/ecs-service.html>
    #[must_use]
    pub fn exceeds_new_account_quota(self) -> bool {
        self.cpu > super::FargateVcpuQuota::DEFAULT_CPU_UNITS
    }
}

/// CPU units of a task definition's `cpu`, also in the human form: `1024`, `1 vCPU`, `.5vcpu`.
#[must_use]
pub fn parse_cpu(text: &str) -> Option<u32> {
    parse(text, "vcpu")
}

/// MiB of a task definition's `memory`, also in the human form: `2048`, `2GB`, `0.5 gb`.
#[must_use]
pub fn parse_memory(text: &str) -> Option<u32> {
    parse(text, "gb")
}

/// A whole number, or a decimal one of 1,024 times `unit`.
fn parse(text: &str, unit: &str) -> Option<u32> {
    let text = text.trim().to_ascii_lowercase();
    let Some(number) = text.strip_suffix(unit) else {
        return text.parse().ok();
    };
    let number = number.trim_end();
    if !number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let value = number.parse::<f64>().ok()? * 1_024.0;
    // The bound is checked first, so the conversion loses nothing.
    (value.fract() == 0.0 && value <= f64::from(u32::MAX)).then_some(value as u32)
}

#[cfg(test)]
mod tests {
    use super::OperatingSystem::{Linux, Windows};
    use super::*;

    #[test]
    fn seventy_seven_sizes() {
        let count = |os, cpu| FargateSize::all(os).filter(|size| size.cpu == cpu).count();
        // cpu, pairs, smallest, largest, on Windows
        let rows = [
            (256, 3, 512, 2_048, false),
            (512, 4, 1_024, 4_096, false),
            (1_024, 7, 2_048, 8_192, true),
            (2_048, 13, 4_096, 16_384, true),
            (4_096, 23, 8_192, 30_720, true),
            (8_192, 12, 16_384, 61_440, false),
            (16_384, 12, 32_768, 122_880, false),
            (32_768, 3, 61_440, 249_856, false),
        ];
        for (cpu, pairs, smallest, largest, windows) in rows {
            assert_eq!(count(Linux, cpu), pairs, "{cpu}");
            assert_eq!(count(Windows, cpu), if windows { pairs } else { 0 }, "{cpu}");
            let memory: Vec<_> = FargateSize::all(Linux).filter(|size| size.cpu == cpu).collect();
            assert_eq!(memory.first(), Some(&FargateSize { cpu, memory: smallest }));
            assert_eq!(memory.last(), Some(&FargateSize { cpu, memory: largest }));
            assert_eq!(memory[0].needs_platform_1_4(), cpu >= 8_192);
            assert_eq!(memory[0].exceeds_new_account_quota(), cpu >= 8_192);
        }
        assert_eq!(FargateSize::all(Linux).count(), 77);
        assert_eq!(FargateSize::all(Windows).count(), 43);
    }

    #[test]
    fn valid_means_listed() {
        for os in [Linux, Windows] {
            let all: Vec<_> = FargateSize::all(os).collect();
            for cpu in [0, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536] {
                for memory in (0..=262_144).step_by(256) {
                    let size = FargateSize { cpu, memory };
                    assert_eq!(size.is_valid(os), all.contains(&size), "{os:?} {size:?}");
                }
            }
        }
        assert!(!FargateSize { cpu: 256, memory: 1_536 }.is_valid(Linux));
        assert!(!FargateSize { cpu: 4_096, memory: 32_768 }.is_valid(Linux));
        assert!(!FargateSize { cpu: 512, memory: 1_024 }.is_valid(Windows));
    }

    #[test]
    fn next_valid_size() {
        let rows = [
            (256, 600, Some((256, 1_024))),
            (256, 1_200, Some((256, 2_048))),
            (256, 2_049, Some((512, 3_072))),
            (512, 1_500, Some((512, 2_048))),
            (512, 4_200, Some((1_024, 5_120))),
            (1_024, 8_193, Some((2_048, 9_216))),
            (4_096, 31_000, Some((8_192, 32_768))),
            (8_192, 62_000, Some((16_384, 65_536))),
            (16_384, 122_881, Some((32_768, 249_856))),
            (32_768, 62_000, Some((32_768, 122_880))),
            (32_768, 249_857, None),
            (65_536, 512, None),
            (256, u32::MAX, None),
        ];
        for (cpu, mib, expected) in rows {
            let next = FargateSize::next_valid(Linux, cpu, mib);
            assert_eq!(next.map(|size| (size.cpu, size.memory)), expected, "{cpu} {mib}");
        }
        assert_eq!(
            FargateSize::next_valid(Windows, 256, 512),
            Some(FargateSize { cpu: 1_024, memory: 2_048 })
        );
        assert_eq!(FargateSize::next_valid(Windows, 4_096, 30_721), None);
        assert_eq!(FargateSize::most_memory(Linux), 249_856);
        assert_eq!(FargateSize::most_memory(Windows), 30_720);
    }

    #[test]
    fn next_valid_is_valid_and_never_smaller() {
        for os in [Linux, Windows] {
            for cpu in (0..40_000).step_by(509) {
                for mib in (0..260_000).step_by(1_013) {
                    let Some(next) = FargateSize::next_valid(os, cpu, mib) else { continue };
                    assert!(next.is_valid(os) && next.cpu >= cpu && next.memory >= mib);
                }
            }
        }
    }

    #[test]
    fn human_forms() {
        let cpu =
            [("1024", 1_024), ("1 vCPU", 1_024), ("0.5 vCPU", 512), (".25vcpu", 256), (" 4 VCPU ", 4_096)];
        for (text, units) in cpu {
            assert_eq!(parse_cpu(text), Some(units), "{text}");
        }
        for (text, mib) in [("2048", 2_048), ("2GB", 2_048), ("2 GB", 2_048), ("0.5gb", 512)] {
            assert_eq!(parse_memory(text), Some(mib), "{text}");
        }
        for text in ["", "GB", "-1GB", "infGB", "1e3 GB", "99999999999GB", "1.0001 GB", "2 MB", "."] {
            assert_eq!(parse_memory(text), None, "{text}");
        }
    }
}
