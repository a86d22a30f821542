//! How much disk a task may have.

use std::ops::RangeInclusive;

/// Where the disk of a task comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EphemeralStorage {
    /// Fargate, Linux platform 1.4.0 and later. Image, compressed and unpacked, writable layer and bind
    /// mounts share it.
    FargateLinux,
    /// Fargate on Windows: AWS's pages disagree about whether it can be set.
    FargateWindows,
    /// Fargate, Linux platform 1.3.0 and earlier: 10 GB for layers and 4 GB for volumes, fixed.
    FargateLinuxOld,
    /// The data volume of a Managed Instance, shared by its tasks: `storageConfiguration.storageSizeGiB`.
    ManagedInstance,
}

/// Default and settable sizes of a disk, GiB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageRange {
    /// Size when nothing is set. `DescribeTasks` shows it, though `ephemeralStorage` does not accept it on
    /// Fargate.
    pub default_gib: u32,
    /// What can be set.
    pub settable_gib: RangeInclusive<u32>,
}

impl EphemeralStorage {
    /// The sizes; `None` where nothing can be set, or where AWS's pages disagree.
    ///
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html>
    #[must_use]
    pub fn range(self) -> Option<StorageRange> {
        match self {
            Self::FargateLinux => Some(StorageRange { default_gib: 20, settable_gib: 21..=200 }),
            Self::ManagedInstance => Some(StorageRange { default_gib: 80, settable_gib: 30..=16_384 }),
            Self::FargateWindows | Self::FargateLinuxOld => None,
        }
    }

    /// The setting that gives at least `gib`; `None` when none does or it is not known.
    #[must_use]
    pub fn setting_for(self, gib: u32) -> Option<u32> {
        let range = self.range()?.settable_gib;
        (gib <= *range.end()).then(|| gib.max(*range.start()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_cannot_be_set_on_fargate() {
        let fargate = EphemeralStorage::FargateLinux.range().expect("known");
        assert!(!fargate.settable_gib.contains(&fargate.default_gib));
        assert_eq!((fargate.default_gib, fargate.settable_gib), (20, 21..=200));
        for (gib, setting) in [(1, Some(21)), (21, Some(21)), (200, Some(200)), (201, None)] {
            assert_eq!(EphemeralStorage::FargateLinux.setting_for(gib), setting);
        }
    }

    #[test]
    fn others() {
        let managed = StorageRange { default_gib: 80, settable_gib: 30..=16_384 };
        assert_eq!(EphemeralStorage::ManagedInstance.range(), Some(managed));
        assert_eq!(EphemeralStorage::FargateWindows.setting_for(50), None);
        assert_eq!(EphemeralStorage::FargateLinuxOld.setting_for(50), None);
    }
}
