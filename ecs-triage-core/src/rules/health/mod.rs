//! Health checks of containers and load balancers.

mod container;
mod group;
pub(super) mod service_connect;
mod target;

pub use container::ContainerCheck;
pub(super) use container::RULE as CONTAINER_CHECK_FAILED;
pub use target::TargetCheck;
pub(super) use target::{
    AZ_DISABLED, CLASSIC, CODE_MISMATCH, ELB_FAILED, TARGET_GROUP_MISSING, TARGET_MISSING, TIMEOUT,
};

use super::payload::payloads;
use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule, Verdict};
