//! The arithmetic of health checks, deployments and shutdown.
//!
//! Plain numbers in, plain numbers out: nothing here knows of rules or of documents. Times are whole seconds
//! unless the name says otherwise, and every answer takes constant or linear time. Settings outside AWS's
//! ranges are reported by the `out_of_range` functions and still computed with, never refused.

mod boot;
mod breaker;
mod check;
mod depends;
mod matcher;
mod percentages;
mod probes;
mod shift;
mod stop;
mod target;
mod throttle;
mod timeouts;

pub use breaker::{BreakerThreshold, early_success};
pub use check::{HealthCheck, OutOfRange};
pub use depends::{Condition, Dependency, DependencyFault, first_cycle, longest_stop};
pub use matcher::Matcher;
pub use percentages::{COUNTED_HEALTHY_AFTER, DeploymentLimits};
pub use probes::{KillWindow, Possibility, ProbeModel, REPORTING_DELAY};
pub use shift::{CanaryShift, DeploymentTimeLimits, LinearShift};
pub use stop::{
    KillReading, StoppedContainer, TimeoutPlatform, effective_stop_timeout, timeout_out_of_range,
};
pub use target::{
    DeregistrationDelay, HealthCheckProtocol, LoadBalancerKind, MAX_GRACE_PERIOD, SLOW_START,
    TargetHealthCheck,
};
pub use throttle::StartBackoff;
pub use timeouts::AgentTimeouts;
