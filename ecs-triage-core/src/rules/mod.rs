//! The rules: one for each cause, in families.
//!
//! A rule judges. It does not parse, look documents up, sort or print: what it needs is a signal.

mod finding;
mod payload;
mod rule;

mod api;
mod app;
mod capacity;
mod config;
mod health;
mod iam;
mod image;
mod lifecycle;
mod logging;
mod network;
mod placement;
mod platform;
mod secrets;
mod storage;

use serde::Serialize;

pub use api::{Asked, Refused};
pub use capacity::{FargateRequest, ManagedLaunch, PartialLaunch};
pub use finding::{Confidence, Finding, Verdict};
pub use lifecycle::{Counts, DeploymentFailure, Stopped};
pub use payload::{Access, Connection, Named, Plain, Pull};
pub use placement::{Placement, Waited};
pub use rule::{Ask, Bucket, Check, Fix, FixKind, Kind, Rule, Says};

pub use crate::change::Blast;
use crate::signals::{Facts, Subject};

/// Makes [`Cause`] and [`RULES`] from one line a rule: the variant, its particulars and where the rule is.
macro_rules! causes {
    ($( $variant:ident($payload:path) = $($rule:ident)::+ ; )*) => {
        /// A cause with its particulars.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum Cause {
            $(
                #[doc = concat!("See the rule [`", stringify!($variant), "`](crate::rules::RULES).")]
                $variant($payload),
            )*
        }

        impl Cause {
            /// The rule that finds this cause.
            pub fn rule(&self) -> &'static Rule {
                match self {
                    $( Cause::$variant(_) => &$($rule)::+, )*
                }
            }
        }

        /// Every rule. Of two that read the same message, the one that stands first wins.
        pub static RULES: &[&Rule] = &[ $( &$($rule)::+, )* ];
    };
}

// The order says who wins when two rules read the same message: the specific before the general.
causes! {
    // iam
    // secrets
    // logging
    // network
    NetworkEcrApiUnreachable(Connection) = network::ECR_API_UNREACHABLE;
    // image
    ImagePlatformMismatch(Pull) = image::PLATFORM_MISMATCH;
    ImageTagNotFound(Pull) = image::TAG_NOT_FOUND;
    PullUnclassified(Pull) = image::PULL_UNCLASSIFIED;
    // storage
    // config
    // platform
    // placement
    PlacementInsufficientCpu(Placement) = placement::INSUFFICIENT_CPU;
    PlacementInsufficientMemory(Placement) = placement::INSUFFICIENT_MEMORY;
    PlacementInsufficientGpu(Placement) = placement::INSUFFICIENT_GPU;
    PlacementInsufficientEni(Placement) = placement::INSUFFICIENT_ENI;
    PlacementPortInUse(Placement) = placement::PORT_IN_USE;
    PlacementMissingAttribute(Placement) = placement::MISSING_ATTRIBUTE;
    PlacementConstraintUnsatisfied(Placement) = placement::CONSTRAINT_UNSATISFIED;
    PlacementDistinctInstance(Placement) = placement::DISTINCT_INSTANCE;
    PlacementAgentDisconnected(Placement) = placement::AGENT_DISCONNECTED;
    PlacementLocation(Placement) = placement::LOCATION;
    PlacementInstanceMissing(Placement) = placement::INSTANCE_MISSING;
    PlacementInstanceInactive(Placement) = placement::INSTANCE_INACTIVE;
    PlacementNoInstances(Placement) = placement::NO_INSTANCES;
    PlacementProvisioningGiveup(Waited) = placement::PROVISIONING_GIVEUP;
    PlacementUnspecified(Placement) = placement::UNSPECIFIED;
    // capacity
    AccountBlocked(Plain) = capacity::ACCOUNT_BLOCKED;
    QuotaFargateVcpu(FargateRequest) = capacity::FARGATE_VCPU;
    QuotaFargateTasks(FargateRequest) = capacity::FARGATE_TASKS;
    QuotaConfigAboveLimit(FargateRequest) = capacity::CONFIG_ABOVE_LIMIT;
    CapacityFargateUnavailable(FargateRequest) = capacity::FARGATE_UNAVAILABLE;
    CapacityUnsupportedAz(FargateRequest) = capacity::UNSUPPORTED_AZ;
    QuotaMiSpot(ManagedLaunch) = capacity::MI_SPOT;
    CapacityMiUnfulfillable(ManagedLaunch) = capacity::MI_UNFULFILLABLE;
    CapacityProvisioningLimit(Plain) = capacity::PROVISIONING_LIMIT;
    SchedulerThrottled(Named) = capacity::THROTTLED;
    DeploymentPartialLaunch(PartialLaunch) = capacity::PARTIAL_LAUNCH;
    CapacityMiLaunchFailed(ManagedLaunch) = capacity::MI_LAUNCH_FAILED;
    // api
    ApiTaskNotValid(Asked) = api::TASK_NOT_VALID;
    ApiResourceMissing(Asked) = api::RESOURCE_MISSING;
    ApiRequestRejected(Refused) = api::REQUEST_REJECTED;
    // health
    // app
    AppOomKilled(app::OutOfMemory) = app::OOM_KILLED;
    AppExit1(app::ProcessExit) = app::EXIT_1;
    // lifecycle
    LifecycleDeploymentConfigBlocks(Counts) = lifecycle::CONFIG_BLOCKS;
    LifecycleTaskProtection(Plain) = lifecycle::TASK_PROTECTION;
    LifecycleDeploymentAlarm(DeploymentFailure) = lifecycle::DEPLOYMENT_ALARM;
    LifecycleCircuitBreaker(DeploymentFailure) = lifecycle::CIRCUIT_BREAKER;
    LifecycleStartImpaired(Plain) = lifecycle::START_IMPAIRED;
    LifecycleReplacedUnhealthy(Plain) = lifecycle::REPLACED_UNHEALTHY;
    ServiceBelowDesired(Counts) = lifecycle::BELOW_DESIRED;
    LifecycleInstanceDeregistered(Stopped) = lifecycle::INSTANCE_DEREGISTERED;
    LifecycleInstanceDraining(Stopped) = lifecycle::INSTANCE_DRAINING;
    LifecycleHostTerminated(Stopped) = lifecycle::HOST_TERMINATED;
    LifecycleFargateMaintenance(Stopped) = lifecycle::FARGATE_MAINTENANCE;
    LifecycleInfrastructureHealth(Stopped) = lifecycle::INFRASTRUCTURE_HEALTH;
    LifecycleFargateSpot(Stopped) = lifecycle::FARGATE_SPOT;
    LifecycleCapacityReclaimed(Stopped) = lifecycle::CAPACITY_RECLAIMED;
    LifecycleServiceScaling(Stopped) = lifecycle::SERVICE_SCALING;
    LifecycleUserStopped(Stopped) = lifecycle::USER_STOPPED;
    EventInformational(Plain) = lifecycle::EVENT_INFORMATIONAL;
}

impl Cause {
    /// Code of the cause.
    pub fn code(&self) -> &'static str {
        self.rule().code
    }

    /// The particulars as facts for templates.
    pub(crate) fn facts(&self) -> Facts {
        let mut facts = Facts::default();
        let Ok(serde_json::Value::Object(members)) = serde_json::to_value(self) else { return facts };
        for (name, value) in members {
            match value {
                serde_json::Value::String(text) => facts.set(&name, Some(text)),
                serde_json::Value::Array(values) => facts.set_many(
                    &name,
                    values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect(),
                ),
                serde_json::Value::Number(number) => facts.set(&name, Some(number.to_string())),
                _ => {}
            }
        }
        facts
    }
}

/// The rule with this code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code).copied()
}

/// What all rules find about a subject, in the order of the rules.
pub(crate) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    RULES.iter().flat_map(|rule| rule.find(subject)).collect()
}

impl Rule {
    /// What this rule finds about a subject.
    pub(crate) fn find(&self, subject: &Subject<'_>) -> Vec<Finding> {
        match &self.check {
            Check::Judge(judge) => judge(subject),
            Check::Says(says) => subject
                .statements
                .iter()
                .filter(|statement| (says.when)(statement, subject))
                .map(|statement| {
                    let mut finding = Finding::stated((says.cause)(statement, subject), statement);
                    if self.kind == Kind::Residual {
                        // Of a wrapper alone nobody knows what it wraps.
                        finding.confidence = Confidence::Possible;
                    }
                    match says.settle {
                        Some(settle) => settle(subject, finding),
                        None => finding,
                    }
                })
                .collect(),
        }
    }
}
