//! Why an image, a token, a secret or a log stream could not be had, as far as the message tells.
//!
//! Many causes share a wrapper and differ in what stands innermost. Weighing them in one place keeps them apart: a
//! message has one reading, or lists every reading that it leaves open.

mod answer;
mod connection;
mod pull;

use connection::is_private_dial;
pub(super) use pull::names_no_reference;

use super::image::{Spelling, is_impossible, spelling};
use super::{Confidence, Pull};
use crate::image::{ImageReference, Registry};
use crate::signals::message::{EndpointKind, Message, Transport};
use crate::signals::{Statement, Subject};

/// A reading of a message; each is the cause of one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    TagNotFound,
    RepositoryNotFound,
    DigestGone,
    PlatformMismatch,
    HubPrivateOrMissing,
    RegistryPrefixMissing,
    ReferenceInvalid,
    AuthMissing,
    AuthRejected,
    SecretMalformed,
    EcrCredentialsMissing,
    HubRateLimit,
    OtherRateLimit,
    HostInvalid,
    CertificateUntrusted,
    ServerError,
    Dns,
    EndpointBlocked,
    EcrApiUnreachable,
    EcrUnreachable,
    RegistryUnreachable,
    LayersUnreachable,
    SsmUnreachable,
    SecretsManagerUnreachable,
    LogsUnreachable,
    EnvFileUnreachable,
    LayerCopyFailed,
    MediaType,
    LayerUnpack,
    NoSpaceEc2,
    NoSpaceFargate,
    PullTimeout,
    PullTransient,
    PullCanceled,
    PullHelperCrashed,
}

use Why::*;

/// The readings that a message leaves, and how sure each is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Readings {
    confidence: Confidence,
    whys: &'static [Why],
}

impl Readings {
    /// How sure one reading is; `None` when the message does not leave it.
    pub(super) fn confidence(&self, why: Why) -> Option<Confidence> {
        self.whys.contains(&why).then_some(self.confidence)
    }

    /// Whether there is any.
    pub(super) fn leaves_any(&self) -> bool {
        !self.whys.is_empty()
    }

    /// The readings beside one.
    pub(super) fn others(&self, why: Why) -> impl Iterator<Item = Why> + use<> {
        self.whys.iter().copied().filter(move |other| *other != why)
    }
}

const NONE: Readings = perhaps(&[]);

const fn sure(whys: &'static [Why]) -> Readings {
    Readings { confidence: Confidence::Likely, whys }
}

const fn perhaps(whys: &'static [Why]) -> Readings {
    Readings { confidence: Confidence::Possible, whys }
}

/// What the agents call the files that `environmentFiles` names.
const ENVIRONMENT_FILES: &[&str] =
    &["env file", "environment file", "environmentfile", "environment variable file", "s3 client for bucket"];

/// What a message leaves open, in the light of what stands beside it.
pub(super) fn readings(statement: &Statement, subject: &Subject<'_>) -> Readings {
    let message = &statement.message;
    // What an application logs about connections of its own is no pull.
    if !statement.is_from_ecs() || message.denial().is_some() || is_refused(message) {
        return NONE;
    }
    let case = Case { message, statement, subject };
    if message.is_pull() || message.says_any(pull::FULL) {
        return case.of_pull();
    }
    case.of_credentials().unwrap_or_else(|| case.of_start())
}

/// IAM's refusals belong to the rules about roles and policies, whatever else the message says.
fn is_refused(message: &Message) -> bool {
    message.says("not authorized to perform")
        || matches!(
            message.aws_error_code(),
            Some("AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation")
        )
}

/// A message, and what is known beside it.
struct Case<'c, 'e> {
    message: &'c Message,
    statement: &'c Statement,
    subject: &'c Subject<'e>,
}

impl Case<'_, '_> {
    fn says(&self, phrases: &[&str]) -> bool {
        self.message.says_any(phrases)
    }

    fn image(&self) -> Option<ImageReference> {
        Pull::image(self.statement, self.subject)
    }

    /// Whom the pull talked to: by the message, else by the image. Layers of Amazon ECR come from Amazon S3.
    fn endpoint(&self) -> Option<EndpointKind> {
        if self.message.host().is_none()
            && self.says(&["from the amazon ecr repository", "the task and amazon ecr"])
        {
            return Some(if self.is_layer() { EndpointKind::S3Layers } else { EndpointKind::EcrDkr });
        }
        if self.message.host().is_none()
            && let Some(image) = self.image()
        {
            return Some(match image.registry() {
                Registry::EcrPrivate(_) if self.is_layer() => EndpointKind::S3Layers,
                Registry::EcrPrivate(_) => EndpointKind::EcrDkr,
                Registry::EcrPublic => EndpointKind::EcrPublic,
                Registry::DockerHub => EndpointKind::DockerHub,
                Registry::Other => EndpointKind::OtherRegistry,
            });
        }
        self.message.endpoint().map(|endpoint| endpoint.kind)
    }

    fn is_layer(&self) -> bool {
        self.says(&[
            "failed to copy",
            "error pulling image configuration",
            "download failed after attempts",
            "starport-layer-bucket",
            "redacted ecr url",
        ])
    }

    /// Whether the container has credentials for a private registry; `None` without its definition.
    fn has_credentials(&self) -> Option<bool> {
        let name = self.statement.container.as_deref();
        let definitions = self.subject.definition.as_ref()?.container_definitions();
        let definition = match definitions.as_slice() {
            [only] => only,
            several => several.iter().find(|defined| name.is_some() && defined.name() == name)?,
        };
        let credentials = definition.repository_credentials();
        Some(credentials.is_some_and(|found| found.credentials_parameter().is_some()))
    }

    fn host(&self) -> Option<String> {
        let image = || self.image().and_then(|image| image.host().map(str::to_owned));
        self.message.host().map(str::to_owned).or_else(image)
    }

    fn host_spelling(&self) -> Option<Spelling> {
        self.host().map(|host| spelling(&host))
    }

    fn host_is_impossible(&self) -> bool {
        self.host().is_some_and(|host| is_impossible(&host))
    }

    /// A registry token, a secret, a log stream or a file that the task needs before it starts.
    fn of_start(&self) -> Readings {
        let message = self.message;
        let Some(endpoint) = message.endpoint() else { return self.of_network().unwrap_or(NONE) };
        let readings: &'static [Why] = match endpoint.kind {
            EndpointKind::EcrApi => &[EcrApiUnreachable],
            EndpointKind::Ssm => &[SsmUnreachable],
            EndpointKind::SecretsManager => &[SecretsManagerUnreachable],
            EndpointKind::Logs => &[LogsUnreachable],
            EndpointKind::S3 if self.says(ENVIRONMENT_FILES) && !self.says(&["firelens"]) => {
                &[EnvFileUnreachable]
            }
            _ => return NONE,
        };
        if endpoint.kind == EndpointKind::EcrApi {
            if self.says(&["throttlingexception", "rate exceeded"]) {
                return sure(&[OtherRateLimit]);
            }
            if message.http_status().is_some_and(|status| status >= 500) {
                return sure(&[ServerError]);
            }
        }
        if message.http_status().is_some() {
            return NONE;
        }
        match message.transport() {
            Some(Transport::NoSuchHost { .. } | Transport::DnsTimeout | Transport::DnsServerMisbehaving) => {
                sure(&[Dns])
            }
            Some(Transport::UntrustedCertificate | Transport::HttpToHttps) => match endpoint.kind {
                EndpointKind::EcrApi => sure(&[CertificateUntrusted]),
                _ => NONE,
            },
            Some(_) if is_private_dial(message) => sure(&[EndpointBlocked]),
            Some(Transport::Canceled) => perhaps(readings),
            Some(_) => sure(readings),
            None if message.is_connection_issue() => sure(readings),
            // The sentence that goes on with the connection.
            None if self.says(&["the task cannot pull registry auth"]) => perhaps(readings),
            None if self.says(&["send request failed", "dial tcp"]) => perhaps(match endpoint.kind {
                EndpointKind::EcrApi => &[EcrApiUnreachable, Dns],
                EndpointKind::Ssm => &[SsmUnreachable, Dns],
                EndpointKind::SecretsManager => &[SecretsManagerUnreachable, Dns],
                EndpointKind::Logs => &[LogsUnreachable, Dns],
                _ => readings,
            }),
            None => NONE,
        }
    }
}
