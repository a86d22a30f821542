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

pub use finding::{Confidence, Finding, Verdict};
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
    StartExecFormatError(config::Architecture) = image::exec_format::RULE;
    ImagePlatformMismatch(Pull) = image::PLATFORM_MISMATCH;
    ImageTagNotFound(Pull) = image::TAG_NOT_FOUND;
    PullUnclassified(Pull) = image::PULL_UNCLASSIFIED;
    // storage
    // config
    StartCommandIsArgument(config::Program) = config::program::COMMAND_IS_ARGUMENT;
    StartCommandOneString(config::Program) = config::program::COMMAND_ONE_STRING;
    StartExecutableNotFound(config::Program) = config::program::EXECUTABLE_NOT_FOUND;
    StartFileMissing(config::Program) = config::program::FILE_MISSING;
    StartPermissionDenied(config::Program) = config::program::PERMISSION_DENIED;
    StartNoCommand(config::Program) = config::program::NO_COMMAND;
    StartUserMissing(Named) = config::host::USER_MISSING;
    StartWorkdirMissing(Named) = config::host::WORKDIR_MISSING;
    StartDeviceMissing(Named) = config::host::DEVICE_MISSING;
    StartGpuRuntimeFailed(Plain) = config::host::GPU_RUNTIME_FAILED;
    CreateMemoryTooLow(config::MemorySetting) = config::container::MEMORY_TOO_LOW;
    CreateDockerConfigInvalid(Named) = config::container::DOCKER_CONFIG_INVALID;
    TaskMemoryBelowContainer(config::MemorySetting) = config::container::TASK_MEMORY_BELOW_CONTAINER;
    DependencyFailed(config::Dependency) = config::dependency::FAILED;
    DependencyCircular(config::Circle) = config::dependency::CIRCULAR;
    WindowsOsMismatch(config::WindowsVersion) = config::compute::WINDOWS_OS_MISMATCH;
    PlacementComputeIncompatible(config::Compute) = config::compute::INCOMPATIBLE;
    ExecAgentFailed(config::ExecAgent) = config::exec_agent::FAILED;
    ExecNotEnabled(Plain) = config::exec_agent::NOT_ENABLED;
    TaskdefInvalid(config::BrokenRule) = config::definition::INVALID;
    AppExit126(app::ProcessExit) = config::exits::EXIT_126;
    AppExit127(app::ProcessExit) = config::exits::EXIT_127;
    AppExit128(app::ProcessExit) = config::exits::EXIT_128;
    // platform
    RuntimeDockerBroken(Plain) = platform::runtime::DOCKER_BROKEN;
    StartContainerNameConflict(Named) = platform::runtime::NAME_CONFLICT;
    PlatformContainerVanished(Plain) = platform::runtime::CONTAINER_VANISHED;
    TaskCgroupError(Plain) = platform::agent::CGROUP_ERROR;
    TaskPayloadUnrecognized(Plain) = platform::agent::PAYLOAD_UNRECOGNIZED;
    LifecycleTaskStateError(Plain) = platform::agent::TASK_STATE_ERROR;
    PlatformDockerCreateStartTimeout(platform::Waited) = platform::timeouts::CREATE_START;
    PlatformDockerStopTimeout(platform::Waited) = platform::timeouts::STOP;
    PlatformInspectTimeout(platform::Waited) = platform::timeouts::INSPECT;
    PlatformRuntimeTimeout(platform::Waited) = platform::timeouts::RUNTIME;
    PlatformAgentStartTimeout(Plain) = platform::timeouts::AGENT_START;
    PlatformRuntimeError(Plain) = platform::runtime::RUNTIME_ERROR;
    AppExit125(app::ProcessExit) = platform::runtime::EXIT_125;
    StartOciOther(Plain) = platform::runtime::OCI_OTHER;
    PlatformDockerStateError(Plain) = platform::runtime::DOCKER_STATE_ERROR;
    TaskResourceInitOther(Named) = platform::agent::RESOURCE_INIT_OTHER;
    ResourceInitUnclassified(Plain) = platform::task::RESOURCE_INIT;
    TaskFailedToStartBare(Plain) = platform::task::BARE;
    // placement
    // capacity
    // api
    // health
    HealthServiceConnectProxy(health::service_connect::Proxy) = health::service_connect::PROXY;
    // app
    ContainerRestartPolicyLoop(app::restart_policy::RestartLoop) = app::restart_policy::RULE;
    AppOomKilled(app::OutOfMemory) = app::OOM_KILLED;
    AppExit1(app::ProcessExit) = app::EXIT_1;
    // lifecycle
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
