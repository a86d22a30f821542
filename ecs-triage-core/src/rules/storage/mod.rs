//! Volumes, file systems and disks.

mod no_space;

pub use no_space::FullDisk;
pub(super) use no_space::{EC2 as IMAGE_NO_SPACE_EC2, FARGATE as IMAGE_NO_SPACE_FARGATE};
