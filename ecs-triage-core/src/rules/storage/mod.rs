//! Volumes, file systems and disks.
