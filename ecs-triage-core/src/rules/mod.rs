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

pub use app::{Killed, NoExitCode, OutOfMemory, ProcessExit, SidecarExit};
pub use finding::{Confidence, Finding, Verdict};
pub use health::{ContainerCheck, TargetCheck};
pub use lifecycle::{CrashLoop, Stuck};
pub use payload::{Access, Connection, Named, Plain, Pull};
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
    // capacity
    // api
    // health
    HealthElbCodeMismatch(TargetCheck) = health::CODE_MISMATCH;
    HealthElbTimeout(TargetCheck) = health::TIMEOUT;
    HealthElbAzDisabled(TargetCheck) = health::AZ_DISABLED;
    HealthElbClassic(TargetCheck) = health::CLASSIC;
    HealthTargetGroupMissing(TargetCheck) = health::TARGET_GROUP_MISSING;
    HealthTargetMissing(TargetCheck) = health::TARGET_MISSING;
    HealthContainerCheckFailed(ContainerCheck) = health::CONTAINER_CHECK_FAILED;
    HealthElbFailed(TargetCheck) = health::ELB_FAILED;
    // app
    AppOomKilled(OutOfMemory) = app::OOM_KILLED;
    SidecarStoppedTask(SidecarExit) = app::SIDECAR;
    AppExit0Essential(ProcessExit) = app::EXIT_0;
    AppExit137NoOom(Killed) = app::EXIT_137;
    AppExit139Segv(ProcessExit) = app::EXIT_139;
    AppExit134Abort(ProcessExit) = app::EXIT_134;
    AppExit132Sigill(ProcessExit) = app::EXIT_132;
    AppExit1(ProcessExit) = app::EXIT_1;
    AppExit2(ProcessExit) = app::EXIT_2;
    AppExit255(ProcessExit) = app::EXIT_255;
    AppWindowsExit(ProcessExit) = app::WINDOWS_EXIT;
    AppExitOther(ProcessExit) = app::EXIT_OTHER;
    AppExitUnknown(NoExitCode) = app::EXIT_UNKNOWN;
    // lifecycle
    StuckProvisioning(Stuck) = lifecycle::STUCK_PROVISIONING;
    StuckPending(Stuck) = lifecycle::STUCK_PENDING;
    StuckActivating(Stuck) = lifecycle::STUCK_ACTIVATING;
    StuckStopping(Stuck) = lifecycle::STUCK_STOPPING;
    ServiceCrashLoop(CrashLoop) = lifecycle::CRASH_LOOP;
    AppExit143Sigterm(ProcessExit) = lifecycle::EXIT_143;
    LifecycleServiceScaling(Plain) = lifecycle::SERVICE_SCALING;
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
