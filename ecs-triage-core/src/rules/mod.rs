//! The rules: one for each cause, in families.
//!
//! A rule judges. It does not parse, look documents up, sort or print: what it needs is a signal.

mod finding;
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

use serde::Serialize;

pub use finding::{Confidence, Finding, Verdict};
pub use image::{BadReference, MisspeltHost, Platform, SlowPull};
pub use network::{ExecTarget, HostPort, Interface};
pub use payload::{Access, Connection, Named, Plain, Pull};
pub use rule::{Ask, Blast, Bucket, Check, Fix, FixKind, Kind, Rule, Says};
pub use storage::FullDisk;

use crate::signals::{Facts, Statement, Subject};
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
    ImageEcrCredentialsMissing(Pull) = iam::IMAGE_ECR_CREDENTIALS_MISSING;
    // secrets
    RegistrySecretMalformed(Named) = secrets::REGISTRY_SECRET_MALFORMED;
    // logging
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
    ImageNoSpaceEc2(FullDisk) = storage::IMAGE_NO_SPACE_EC2;
    ImageNoSpaceFargate(FullDisk) = storage::IMAGE_NO_SPACE_FARGATE;
    // config
    // platform
    // placement
    // capacity
    // api
    // health
    // app
    AppOomKilled(app::OutOfMemory) = app::OOM_KILLED;
    AppExit1(app::ProcessExit) = app::EXIT_1;
    // lifecycle
    ImagePullSkippedTaskStopping(Pull) = lifecycle::PULL_SKIPPED;
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
    let heard: Vec<(&Statement, Readings)> = subject
        .statements
        .iter()
        .filter(|statement| !subject.outlived(statement))
        .map(|statement| (statement, why::readings(statement, subject)))
        .collect();
    RULES.iter().flat_map(|rule| rule.find(subject, &heard)).collect()
}

impl Rule {
    /// What this rule finds about a subject, whose messages have been weighed.
    fn find(&self, subject: &Subject<'_>, heard: &[(&Statement, Readings)]) -> Vec<Finding> {
        match &self.check {
            Check::Judge(judge) => judge(subject),
            Check::Says(says) => heard
                .iter()
                .filter_map(|(statement, readings)| {
                    Some((*statement, says.when.confidence(statement, readings, subject)?))
                })
                .map(|(statement, confidence)| {
                    let cause = (says.cause)(statement, subject);
                    let mut finding = Finding::stated(cause, statement).confidence(confidence);
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
