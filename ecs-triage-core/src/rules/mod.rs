//! The rules: one for each cause, in families.
//!
//! A rule judges. It does not parse, look documents up, sort or print: what it needs is a signal. What a code of a report
//! means can be looked up:
//!
//! ```
//! let rule = ecs_triage_core::rules::rule("efs-mount-timeout").unwrap();
//! println!("{}: {}", rule.title, rule.explanation);
//! assert!(rule.docs[0].starts_with("https://docs.aws.amazon.com/"));
//! ```

mod finding;
mod fix;
pub mod own;
mod payload;
mod rule;
mod why;

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
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::LazyLock;

use serde::Serialize;

pub use api::{Asked, Refused};
pub use app::{DiskFull, Killed, NoExitCode, OutOfMemory, ProcessExit, SidecarExit};
pub use capacity::{FargateRequest, ManagedLaunch, PartialLaunch};
pub(crate) use config::dependency::first_circle;
pub use finding::{Confidence, Finding, Verdict};
pub use fix::{Fix, FixKind};
pub use health::{ContainerCheck, TargetCheck};
pub use iam::RoleReference;
pub use image::{BadReference, MisspeltHost, Platform, SlowPull};
pub(crate) use image::{Platforms, Stored, cache_rule, is_archived};
pub use lifecycle::{Counts, CrashLoop, DeploymentFailure, Stopped, Stuck};
pub(crate) use lifecycle::{LOOP_LEAST, LOOP_TOGETHER};
pub use logging::LogTarget;
pub use network::{ExecTarget, HostPort, Interface};
pub use payload::{Access, Connection, Named, Plain, Pull};
pub use placement::{Placement, Waited};
pub use rule::{Ask, Bucket, Check, Kind, Rule, Says};
pub use secrets::SecretReference;
pub use storage::{EbsFault, FullDisk, VolumeFault};

pub use crate::change::Blast;
use crate::signals::{Facts, Said, Statement, Subject};
use own::OwnRules;
use rule::{OfSubject, When};
use why::{Readings, Why};

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
            /// A cause of the user's own.
            Own(own::OwnCause),
        }

        impl Cause {
            /// Calls `visit` with every text of the particulars and the member that holds it.
            pub(crate) fn texts(&mut self, visit: &mut dyn FnMut(&str, &mut String)) {
                match self {
                    $( Cause::$variant(particulars) => payload::Particular::texts(particulars, "", visit), )*
                    Cause::Own(own) => own.texts(visit),
                }
            }

            /// Adds the particulars to facts for templates, where these have none of the name.
            pub(crate) fn add_facts(&self, facts: &mut Facts) {
                match self {
                    $( Cause::$variant(particulars) => payload::Particulars::facts(particulars, facts), )*
                    Cause::Own(own) => own.facts(facts),
                }
            }

            /// How many particulars are known.
            pub(crate) fn known(&self) -> usize {
                match self {
                    $( Cause::$variant(particulars) => payload::Particulars::known(particulars), )*
                    Cause::Own(own) => own.captures().len(),
                }
            }

            /// The rule that finds this cause.
            pub fn rule(&self) -> &'static Rule {
                match self {
                    $( Cause::$variant(_) => &$($rule)::+, )*
                    Cause::Own(own) => own.rule(),
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
    IamServiceMaintenance(Plain) = iam::SERVICE_MAINTENANCE;
    IamServiceLinkedRole(RoleReference) = iam::SERVICE_LINKED_ROLE;
    IamInfrastructureRole(RoleReference) = iam::INFRASTRUCTURE_ROLE;
    IamServiceRole(RoleReference) = iam::SERVICE_ROLE;
    IamRoleTrust(RoleReference) = iam::ROLE_TRUST;
    IamMiLaunchDenied(Access) = iam::LAUNCH_DENIED;
    IamExplicitDeny(Access) = iam::EXPLICIT_DENY;
    IamVpcEndpointPolicyDenied(Access) = iam::ENDPOINT_POLICY_DENIED;
    IamExecutionRoleMissing(Plain) = iam::EXECUTION_ROLE_MISSING;
    IamKmsDecryptDenied(Access) = iam::KMS_DENIED;
    IamSecretAsmDenied(Access) = iam::ASM_DENIED;
    IamSecretSsmDenied(Access) = iam::SSM_DENIED;
    IamS3EnvfileDenied(Access) = iam::S3_ENVFILE_DENIED;
    IamLogsCreateGroupDenied(Access) = iam::CREATE_GROUP_DENIED;
    IamLogsStreamDenied(Access) = iam::STREAM_DENIED;
    IamEcrAuthTokenDenied(Access) = iam::AUTH_TOKEN_DENIED;
    IamEcrRepoPolicyDenied(Access) = iam::REPOSITORY_POLICY_DENIED;
    IamEcrPullDenied(Access) = iam::PULL_DENIED;
    IamEfsDenied(Access) = iam::EFS_DENIED;
    IamS3filesMountDenied(Access) = iam::S3FILES_DENIED;
    IamActionDenied(Access) = iam::ACTION_DENIED;
    TaskRoleNotDelivered(Plain) = iam::NOT_DELIVERED;
    ImageEcrCredentialsMissing(Pull) = iam::IMAGE_ECR_CREDENTIALS_MISSING;
    // secrets
    RegistrySecretMalformed(Named) = secrets::REGISTRY_SECRET_MALFORMED;
    SecretThrottled(SecretReference) = secrets::THROTTLED;
    SecretAsmMarkedForDeletion(SecretReference) = secrets::ASM_MARKED_FOR_DELETION;
    SecretAsmJsonKeyMissing(SecretReference) = secrets::ASM_JSON_KEY_MISSING;
    SecretAsmNotJson(SecretReference) = secrets::ASM_NOT_JSON;
    SecretAsmNotFound(SecretReference) = secrets::ASM_NOT_FOUND;
    SecretSsmParameterMissing(SecretReference) = secrets::SSM_PARAMETER_MISSING;
    // logging
    LogAgentCredentialsEndpoint(Plain) = logging::AGENT_CREDENTIALS_ENDPOINT;
    LogGroupMissing(LogTarget) = logging::GROUP_MISSING;
    LogFirelensConfigFailed(LogTarget) = logging::FIRELENS_CONFIG_FAILED;
    LogDriverEndpointRefused(LogTarget) = logging::ENDPOINT_REFUSED;
    LogDriverUnclassified(LogTarget) = logging::DRIVER_UNCLASSIFIED;
    // network
    NetworkEndpointSgBlocks(Connection) = network::ENDPOINT_BLOCKED;
    NetworkEcrApiUnreachable(Connection) = network::ECR_API_UNREACHABLE;
    NetworkSsmUnreachable(Connection) = network::SSM_UNREACHABLE;
    NetworkAsmUnreachable(Connection) = network::SECRETS_MANAGER_UNREACHABLE;
    NetworkLogsUnreachable(Connection) = network::LOGS_UNREACHABLE;
    NetworkS3EnvfileUnreachable(Connection) = network::ENV_FILE_UNREACHABLE;
    ImageLayerS3Unreachable(Connection) = image::LAYERS_UNREACHABLE;
    NetworkRegistryUnreachableEcr(Connection) = network::ECR_UNREACHABLE;
    EfsMountTimeout(Connection) = network::MOUNT_TIMEOUT;
    NetworkSubnetNoFreeIps(Interface) = network::NO_FREE_IPS;
    NetworkEniPermission(Interface) = network::PERMISSION;
    NetworkEniTagPolicy(Interface) = network::TAG_POLICY;
    NetworkEniDeviceIndex(Interface) = network::DEVICE_INDEX;
    NetworkEniAttachFailed(Interface) = network::ATTACH_FAILED;
    NetworkEniProvisionTimeout(Interface) = network::PROVISION_TIMEOUT;
    NetworkCniFailure(Plain) = network::CNI_FAILURE;
    NetworkHostPortConflict(HostPort) = network::HOST_PORT_CONFLICT;
    ExecTargetNotConnected(ExecTarget) = network::TARGET_NOT_CONNECTED;
    // image
    StartExecFormatError(config::Architecture) = image::exec_format::RULE;
    ImageReferenceInvalid(BadReference) = image::REFERENCE_INVALID;
    ImagePlatformMismatch(Platform) = image::PLATFORM_MISMATCH;
    ImageDigestPinnedAndGone(Pull) = image::DIGEST_GONE;
    ImageTagNotFound(Pull) = image::TAG_NOT_FOUND;
    ImageRegistryPrefixMissing(Pull) = image::REGISTRY_PREFIX_MISSING;
    ImagePrivateOrMissingDockerhub(Pull) = image::HUB_PRIVATE_OR_MISSING;
    RegistryAuthMissing(Pull) = image::AUTH_MISSING;
    RegistryAuthBadCredentials(Pull) = image::AUTH_REJECTED;
    ImageRepositoryNotFound(Pull) = image::REPOSITORY_NOT_FOUND;
    RegistryRateLimitedDockerhub(Pull) = image::HUB_RATE_LIMIT;
    RegistryRateLimitedOther(Pull) = image::OTHER_RATE_LIMIT;
    RegistryHostnameInvalid(MisspeltHost) = image::HOST_INVALID;
    NetworkRegistryUnreachablePublic(Connection) = network::REGISTRY_UNREACHABLE;
    NetworkDnsResolution(Connection) = network::DNS;
    RegistryTlsUntrusted(Pull) = image::CERTIFICATE_UNTRUSTED;
    RegistryServerError(Pull) = image::SERVER_ERROR;
    ImageLayerCopyFailed(Pull) = image::COPY_FAILED;
    ImageUnsupportedMediaType(Pull) = image::MEDIA_TYPE;
    ImageLayerUnpackFailed(Pull) = image::UNPACK_FAILED;
    ImagePullTimeout(SlowPull) = image::TIMEOUT;
    ImagePullTransient(Pull) = image::TRANSIENT;
    ImagePullContextCanceled(Pull) = image::CANCELED;
    ImagePullClientPanic(Pull) = image::HELPER_CRASHED;
    CreateImageMissingLocally(Pull) = image::MISSING_LOCALLY;
    ImagePullErrorNonfatal(Pull) = image::NOT_FATAL;
    PullUnclassified(Pull) = image::UNCLASSIFIED;
    // storage
    EbsKmsInvalid(EbsFault) = storage::EBS_KMS_INVALID;
    EbsAttachTimeout(EbsFault) = storage::EBS_ATTACH_TIMEOUT;
    EbsSetupFailed(EbsFault) = storage::EBS_SETUP_FAILED;
    S3filesDnsUnresolved(VolumeFault) = storage::S3FILES_DNS_UNRESOLVED;
    S3filesVolumeFailed(VolumeFault) = storage::S3FILES_VOLUME_FAILED;
    EfsDnsUnresolved(VolumeFault) = storage::EFS_DNS_UNRESOLVED;
    EfsPathMissing(VolumeFault) = storage::EFS_PATH_MISSING;
    EfsConnectionReset(VolumeFault) = storage::EFS_CONNECTION_RESET;
    EfsChownDenied(VolumeFault) = storage::EFS_CHOWN_DENIED;
    EfsOtherFailed(VolumeFault) = storage::EFS_OTHER_FAILED;
    StorageEphemeralProvisionTimeout(Plain) = storage::EPHEMERAL_PROVISION_TIMEOUT;
    StorageThinPoolFull(Plain) = storage::THIN_POOL_FULL;
    FsxWindowsMountFailed(VolumeFault) = storage::FSX_WINDOWS_MOUNT_FAILED;
    VolumeMountTypeMismatch(VolumeFault) = storage::VOLUME_MOUNT_TYPE_MISMATCH;
    VolumeMountpointReadonly(VolumeFault) = storage::VOLUME_MOUNTPOINT_READONLY;
    ImageNoSpaceEc2(FullDisk) = storage::IMAGE_NO_SPACE_EC2;
    ImageNoSpaceFargate(FullDisk) = storage::IMAGE_NO_SPACE_FARGATE;
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
    AppExit126(ProcessExit) = config::exits::EXIT_126;
    AppExit127(ProcessExit) = config::exits::EXIT_127;
    AppExit128(ProcessExit) = config::exits::EXIT_128;
    SecretAsmInvalidArn(SecretReference) = config::ASM_INVALID_ARN;
    SecretAsmInvalidName(SecretReference) = config::ASM_INVALID_NAME;
    SecretSsmInvalidName(SecretReference) = config::SSM_INVALID_NAME;
    EnvfileMissingOrInvalid(Named) = config::ENVFILE_MISSING_OR_INVALID;
    LogConfigInvalid(LogTarget) = config::LOG_CONFIG_INVALID;
    VolumeConfigMismatch(VolumeFault) = config::VOLUME_CONFIG_MISMATCH;
    VolumeCreateFailed(VolumeFault) = storage::VOLUME_CREATE_FAILED;
    GmsaCredentialspecFailed(Plain) = config::CREDENTIALSPEC_FAILED;
    // platform
    StorageDevicemapperHostFault(Plain) = platform::DEVICEMAPPER_HOST_FAULT;
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
    AppExit125(ProcessExit) = platform::runtime::EXIT_125;
    StartOciOther(Plain) = platform::runtime::OCI_OTHER;
    PlatformDockerStateError(Plain) = platform::runtime::DOCKER_STATE_ERROR;
    TaskResourceInitOther(Named) = platform::agent::RESOURCE_INIT_OTHER;
    ResourceInitUnclassified(Plain) = platform::task::RESOURCE_INIT;
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
    HealthServiceConnectProxy(health::service_connect::Proxy) = health::service_connect::PROXY;
    HealthElbCodeMismatch(TargetCheck) = health::CODE_MISMATCH;
    HealthElbTimeout(TargetCheck) = health::TIMEOUT;
    HealthElbAzDisabled(TargetCheck) = health::AZ_DISABLED;
    HealthElbClassic(TargetCheck) = health::CLASSIC;
    HealthTargetGroupMissing(TargetCheck) = health::TARGET_GROUP_MISSING;
    HealthTargetMissing(TargetCheck) = health::TARGET_MISSING;
    HealthContainerCheckFailed(ContainerCheck) = health::CONTAINER_CHECK_FAILED;
    HealthElbFailed(TargetCheck) = health::ELB_FAILED;
    // app
    ContainerRestartPolicyLoop(app::restart_policy::RestartLoop) = app::restart_policy::RULE;
    AppDiskFull(DiskFull) = app::DISK_FULL;
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
    LifecycleDeploymentConfigBlocks(Counts) = lifecycle::CONFIG_BLOCKS;
    LifecycleTaskProtection(Plain) = lifecycle::TASK_PROTECTION;
    LifecycleCircuitBreaker(DeploymentFailure) = lifecycle::CIRCUIT_BREAKER;
    LifecycleDeploymentAlarm(DeploymentFailure) = lifecycle::DEPLOYMENT_ALARM;
    LifecycleDeploymentRolledBack(Plain) = lifecycle::ROLLED_BACK;
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
    ImagePullSkippedTaskStopping(Pull) = lifecycle::PULL_SKIPPED;
    // the last resort
    TaskFailedToStartBare(Plain) = platform::task::BARE;
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
        self.add_facts(&mut facts);
        facts
    }
}

/// The rule with this code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code).copied()
}

/// What all rules find about a subject, in the order of the rules; the user's own stand first.
pub(crate) fn findings(subject: &Subject<'_>, own: &OwnRules) -> Vec<Finding> {
    let said = subject.statements.iter().chain(&subject.log);
    let heard: Vec<Heard<'_>> = said.map(|statement| Heard::of(statement, subject)).collect();
    let mut found = Vec::new();
    for rule in own.rules() {
        rule.find(subject, &mut found);
    }
    for &index in asked(&heard, subject).iter() {
        let rule = RULES[index];
        match &rule.check {
            Check::Says(says) => {
                for heard in &heard {
                    if let Some(confidence) = heard.confidence(index, says, subject) {
                        keep(&mut found, rule.stated(says, heard.statement, confidence, subject));
                    }
                }
            }
            _ => rule.find(subject, &mut found),
        }
    }
    if found.is_empty() {
        found.extend(platform::task::unknown(subject));
    }
    found
}

/// The places of the rules that are asked, in their order: those that look at more than messages, and those which the
/// subject or a message concerns.
fn asked<'h>(heard: &[Heard<'h>], subject: &Subject<'_>) -> Cow<'h, [usize]> {
    /// Those that are asked whatever is said.
    static JUDGES: LazyLock<Vec<usize>> =
        LazyLock::new(|| places(|rule| matches!(rule.check, Check::Judge(_))).collect());
    /// Those whose cause is a reading.
    static READERS: LazyLock<Vec<(Why, usize)>> = LazyLock::new(|| {
        let reading = |(index, rule): (usize, &&Rule)| match &rule.check {
            Check::Says(Says { when: When::Reads(why), .. }) => Some((*why, index)),
            _ => None,
        };
        RULES.iter().enumerate().filter_map(reading).collect()
    });
    /// Those that are asked of some subjects.
    static OF_SUBJECTS: LazyLock<Vec<(OfSubject, usize)>> = LazyLock::new(|| {
        let of_subjects = |(index, rule): (usize, &&Rule)| match rule.check {
            Check::JudgeWhere(concerns, ..) => Some((concerns, index)),
            _ => None,
        };
        RULES.iter().enumerate().filter_map(of_subjects).collect()
    });
    let mut asked = Cow::Borrowed(heard.first().map_or(JUDGES.as_slice(), |first| first.asked));
    for other in heard.iter().skip(1).filter(|other| !std::ptr::eq(other.asked, heard[0].asked)) {
        asked = merged(&asked, other.asked).into();
    }
    let of_subject = OF_SUBJECTS.iter().filter(|(concerns, _)| concerns(subject)).map(|(_, index)| *index);
    let mut more: Vec<usize> = of_subject.collect();
    for heard in heard.iter().filter(|heard| heard.readings.leaves_any()) {
        let readers = READERS.iter().filter(|(why, _)| heard.readings.confidence(*why).is_some());
        more.extend(readers.map(|(_, index)| *index));
    }
    if !more.is_empty() {
        more.sort_unstable();
        more.dedup();
        asked = merged(&asked, &more).into();
    }
    asked
}

/// The numbers of two lists that are in order, in order, each once.
fn merged(mut one: &[usize], mut other: &[usize]) -> Vec<usize> {
    let mut all = Vec::with_capacity(one.len() + other.len());
    while let (Some((first, rest)), Some((second, others))) = (one.split_first(), other.split_first()) {
        all.push(*first.min(second));
        if first <= second {
            one = rest;
        }
        if second <= first {
            other = others;
        }
    }
    all.extend_from_slice(one);
    all.extend_from_slice(other);
    all
}

/// The places of the rules of which something is true.
fn places(is_one: impl Fn(&Rule) -> bool) -> impl Iterator<Item = usize> {
    RULES.iter().enumerate().filter(move |(_, rule)| is_one(rule)).map(|(index, _)| index)
}

/// A message as it is weighed for a subject.
struct Heard<'s> {
    statement: &'s Statement,
    /// The places of the rules that are asked where it is said, in their order: those that it concerns, and all that
    /// look at more than messages.
    asked: &'s [usize],
    readings: Readings,
}

impl<'s> Heard<'s> {
    fn of(statement: &'s Statement, subject: &Subject<'_>) -> Self {
        let find_out = |said: &Said| {
            let is_asked = |rule: &Rule| match &rule.check {
                Check::Says(says) => (says.in_logs || said.is_from_ecs()) && says.when.concerns(said),
                Check::JudgeSaid(concerns, _) | Check::JudgeWhere(_, concerns, _) => concerns(said),
                Check::Judge(_) => true,
                Check::Own { .. } => false,
            };
            places(is_asked).collect()
        };
        let asked = statement.asked(find_out);
        Self { statement, asked, readings: why::readings(statement, subject) }
    }

    /// How sure the message makes the cause of the rule at a place; `None` when it does not speak of it.
    fn confidence(&self, index: usize, says: &Says, subject: &Subject<'_>) -> Option<Confidence> {
        match &says.when {
            When::Reads(why) => self.readings.confidence(*why),
            _ if self.asked.binary_search(&index).is_err() => None,
            when => when.confidence(self.statement, subject),
        }
    }
}

/// Adds a finding. Most rules find one, and room for more would take kilobytes.
fn keep(found: &mut Vec<Finding>, finding: Finding) {
    if found.is_empty() {
        found.reserve_exact(1);
    }
    found.push(finding);
}

/// What a rule found that finds one thing or nothing.
fn at_most_one(found: Option<Finding>) -> Vec<Finding> {
    match found {
        Some(found) => vec![found],
        None => Vec::new(),
    }
}

/// Whether a rule outside IAM knows what a message says; wrappers and routine events do not count.
fn is_read(statement: &Statement, subject: &Subject<'_>) -> bool {
    let heard = Heard::of(statement, subject);
    let mut rules = RULES.iter().enumerate();
    rules.any(|(index, rule)| match &rule.check {
        _ if rule.kind != Kind::Cause || rule.bucket == Bucket::Iam => false,
        Check::Says(says) => heard.confidence(index, says, subject) >= Some(Confidence::Likely),
        Check::Judge(judge) | Check::JudgeSaid(_, judge) | Check::JudgeWhere(_, _, judge) => {
            judge(subject).iter().any(|found| {
                found.confidence >= Confidence::Likely && found.citations.contains(&statement.citation)
            })
        }
        Check::Own { .. } => false,
    })
}

impl Rule {
    /// Whether what the other rule finds about the same container is an effect of this one's cause: an own rule says
    /// which it explains, and the bare exit code is always explained.
    pub(crate) fn explains(&self, other: &Rule) -> bool {
        match (&self.check, &other.check) {
            (Check::Own { .. }, Check::Own { .. }) => false,
            (Check::Own { explains, .. }, _) => {
                other.code.starts_with("app-exit-") || explains.contains(&other.code)
            }
            _ => false,
        }
    }

    /// Adds what this rule finds about a subject by more than a message.
    fn find(&'static self, subject: &Subject<'_>, found: &mut Vec<Finding>) {
        match &self.check {
            Check::Judge(judge) | Check::JudgeSaid(_, judge) | Check::JudgeWhere(_, _, judge) => {
                let mut more = judge(subject);
                match found.is_empty() {
                    true => *found = more,
                    false if !more.is_empty() => found.append(&mut more),
                    false => {}
                }
            }
            Check::Own { look, .. } => found.append(&mut own::find(*look, self, subject)),
            Check::Says(_) => {}
        }
    }

    /// The finding of a message that states this rule's cause.
    fn stated(
        &self,
        says: &Says,
        statement: &Statement,
        confidence: Confidence,
        subject: &Subject<'_>,
    ) -> Finding {
        let cause = (says.cause)(statement, subject);
        // Of a wrapper alone nobody knows what it wraps.
        let confidence = if self.kind == Kind::Residual { Confidence::Possible } else { confidence };
        let finding = Finding::stated(cause, statement).confidence(confidence);
        match says.settle {
            Some(settle) => settle(subject, finding),
            None => finding,
        }
    }
}
