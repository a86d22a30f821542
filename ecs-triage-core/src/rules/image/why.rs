//! Why an image, a token, a secret or a log stream could not be had, as far as the message tells.
//!
//! Many causes share a wrapper and differ in what stands innermost. Weighing them in one place keeps them apart: a
//! message has one reading, or lists every reading that it leaves open.

use super::host::{Spelling, spelling};
use crate::image::{ImageReference, Registry};
use crate::rules::{Confidence, Pull};
use crate::signals::message::{EndpointKind, Hint, Message, Transport};
use crate::signals::{LaunchType, Statement, Stop, Subject};

/// A reading of a message; each is the cause of one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Why {
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

/// The readings of a message and how sure each is.
type Readings = (Confidence, &'static [Why]);

const NONE: Readings = (Confidence::Possible, &[]);

const fn sure(why: &'static [Why]) -> Readings {
    (Confidence::Likely, why)
}

const fn perhaps(why: &'static [Why]) -> Readings {
    (Confidence::Possible, why)
}

/// How sure a message makes one reading; `None` when it does not leave it.
pub(in crate::rules) fn confidence(
    statement: &Statement,
    subject: &Subject<'_>,
    why: Why,
) -> Option<Confidence> {
    let (confidence, readings) = readings(statement, subject);
    readings.contains(&why).then_some(confidence)
}

fn readings(statement: &Statement, subject: &Subject<'_>) -> Readings {
    let message = &statement.message;
    // What an application logs about connections of its own is no pull.
    if !statement.is_from_ecs() || message.denial().is_some() || is_refused(message) {
        return NONE;
    }
    let case = Case { message, statement, subject };
    if message.is_pull() || message.says("no space left on device") {
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

    /// A pull, from the innermost and most exact words outwards.
    fn of_pull(&self) -> Readings {
        self.of_disk()
            .or_else(|| self.of_agent())
            .or_else(|| self.of_credentials())
            .or_else(|| self.of_image())
            .or_else(|| self.of_limits())
            .or_else(|| self.of_login())
            .or_else(|| self.of_connection())
            .or_else(|| self.of_layer())
            .or_else(|| self.of_refusal())
            .or_else(|| self.of_missing())
            .or_else(|| self.of_status())
            .or_else(|| self.of_hint())
            .unwrap_or(NONE)
    }

    fn of_disk(&self) -> Option<Readings> {
        if !self.says(&["no space left on device"]) {
            return None;
        }
        let is_host_path = self.says(&["/var/lib/docker", "getimageblob"]);
        if !self.message.is_pull() && !is_host_path {
            return Some(NONE);
        }
        let is_fargate = match self.subject.launch_type() {
            Some(launch_type) => Some(launch_type == LaunchType::Fargate),
            None if is_host_path || self.says(&["failed to register layer"]) => Some(false),
            None if self.says(&["/containerd", "failed to extract layer", "failed to copy"]) => Some(true),
            None => None,
        };
        Some(match is_fargate {
            Some(true) => sure(&[NoSpaceFargate]),
            Some(false) => sure(&[NoSpaceEc2]),
            None => perhaps(&[NoSpaceEc2, NoSpaceFargate]),
        })
    }

    /// What the agent itself found, without a registry's answer.
    fn of_agent(&self) -> Option<Readings> {
        if self.says(&["pull command failed"]) {
            return Some(sure(&[PullHelperCrashed]));
        }
        let to = self.message.transition().map(|transition| transition.to.to_ascii_lowercase());
        let is_timeout = matches!(to.as_deref(), Some("pulled" | "pullbegin" | "manifest_pulled"))
            || self.says(&["inactivity time exceeded timeout while pulling image"]);
        is_timeout.then_some(sure(&[PullTimeout]))
    }

    /// The agent's own lack of credentials, for Amazon ECR or for a private registry.
    fn of_credentials(&self) -> Option<Readings> {
        if self.says(&[
            "asm fetching authorization data",
            "asm fetching username",
            "asm fetching password",
            "engine docker private registry credentials: not found",
        ]) {
            // The same words stand in front of a secret that could not be fetched at all.
            let is_fetch = self.message.aws_error_code().is_some() || self.message.transport().is_some();
            return (!is_fetch).then_some(sure(&[SecretMalformed]));
        }
        let is_ecr = self.message.is_pull()
            || self.message.endpoint().is_some_and(|endpoint| endpoint.kind == EndpointKind::EcrApi);
        let is_missing = self.says(&[
            "engine ecr credentials: not found",
            "missing container's ecr auth data",
            "nocredentialproviders",
            "no valid providers in chain",
            "no ec2 imds role found",
            "container uses execution credentials, but the credentials are empty",
        ]);
        (is_ecr && is_missing).then_some(sure(&[EcrCredentialsMissing]))
    }

    /// What the image itself is like.
    fn of_image(&self) -> Option<Readings> {
        if self.says(&["invalid reference format", "repository name must be lowercase", "invalid image name"])
        {
            return Some(sure(&[ReferenceInvalid]));
        }
        if self.says(&[
            "manifest does not contain descriptor",
            "no matching manifest for ",
            "no match for platform in manifest",
            "cannot be used on this platform",
        ]) {
            return Some(sure(&[PlatformMismatch]));
        }
        if self.says(&[
            "no processor for media-type",
            "unsupported manifest media type",
            "unsupported media type",
            "unknown manifest class for",
            "manifest.v1+prettyjws",
            "mediatype in manifest should be",
        ]) {
            return Some(sure(&[MediaType]));
        }
        let is_unpack = self.says(&["failed to register layer", "failed to extract layer"]);
        (is_unpack && !self.says(&["thin pool"])).then_some(sure(&[LayerUnpack]))
    }

    fn of_limits(&self) -> Option<Readings> {
        if self.says(&[
            "reached your pull rate limit",
            "unauthenticated pull rate limit",
            "docker.com/increase-rate-limit",
        ]) {
            return Some(sure(&[HubRateLimit]));
        }
        if self.says(&[
            "data limit exceeded",
            "exceeded pull rate limit for ip",
            "toomanyrequests: rate exceeded",
        ]) {
            return Some(sure(&[OtherRateLimit]));
        }
        if !self.says(&["toomanyrequests", "pull rate limit", "too many requests"])
            && self.message.http_status() != Some(429)
        {
            return None;
        }
        Some(match self.endpoint() {
            Some(EndpointKind::DockerHub) => sure(&[HubRateLimit]),
            Some(_) => sure(&[OtherRateLimit]),
            None => perhaps(&[HubRateLimit, OtherRateLimit]),
        })
    }

    /// What a registry says of the credentials it was given.
    fn of_login(&self) -> Option<Readings> {
        if self.message.transport().is_some() {
            return None;
        }
        if self.says(&[
            "incorrect username or password",
            "authorization token has expired",
            "bad credentials",
            "access token is expired",
            "invalid username/password",
        ]) {
            return Some(sure(&[AuthRejected]));
        }
        if self.says(&["no basic auth credentials"]) {
            return Some(self.login_lacks(sure(&[AuthMissing])));
        }
        let is_anonymous = self.says(&["failed to fetch anonymous token"]);
        if !is_anonymous && !self.says(&["failed to fetch oauth token"]) {
            return None;
        }
        let readings: &'static [Why] = match (is_anonymous, self.endpoint()) {
            (true, _) => &[AuthMissing],
            (false, _) => &[AuthRejected],
        };
        Some(match self.message.http_status() {
            Some(401 | 403) => sure(readings),
            Some(500..) => sure(&[ServerError]),
            _ if self.says(&["unexpected status"]) => perhaps(readings),
            _ if is_anonymous => perhaps(&[AuthMissing, RegistryUnreachable]),
            _ => perhaps(&[AuthRejected, RegistryUnreachable]),
        })
    }

    /// The registry wants credentials: none were sent, or the ones of the task definition were no good.
    fn login_lacks(&self, readings: Readings) -> Readings {
        match self.has_credentials() {
            Some(true) => sure(&[AuthRejected]),
            Some(false) => sure(&[AuthMissing]),
            None => readings,
        }
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

    /// No answer, or none that could be trusted.
    fn of_connection(&self) -> Option<Readings> {
        let Some(transport) = self.message.transport() else {
            return self.of_broken_off();
        };
        Some(match transport {
            Transport::UntrustedCertificate | Transport::HttpToHttps => sure(&[CertificateUntrusted]),
            Transport::NoSuchHost { .. } => match self.host_spelling() {
                Some(Spelling::Wrong) => sure(&[HostInvalid]),
                Some(Spelling::Right) => sure(&[Dns]),
                Some(Spelling::Unknown) if self.is_aws_api() => sure(&[Dns]),
                Some(Spelling::Unknown) => perhaps(&[HostInvalid, Dns]),
                None => perhaps(&[Dns, HostInvalid]),
            },
            Transport::DnsTimeout | Transport::DnsServerMisbehaving => sure(&[Dns]),
            Transport::DialTimeout { .. }
            | Transport::ConnectionRefused { .. }
            | Transport::NoRoute
            | Transport::Deadline => self.unreachable(),
            Transport::ReadTimeout
            | Transport::Reset
            | Transport::UnexpectedEof
            | Transport::TlsHandshakeTimeout => sure(&[PullTransient]),
            Transport::Canceled => self.of_cancellation(),
            Transport::SignalKilled => perhaps(self.unreachable().1),
        })
    }

    /// A request that was begun, and AWS's own sentence about connections, without how it ended.
    fn of_broken_off(&self) -> Option<Readings> {
        if self.message.http_status().is_some() {
            return None;
        }
        if self.says(&["there is a connection issue between"]) {
            return Some(self.unreachable());
        }
        if self.message.hint() == Some(Hint::NetworkConfiguration) {
            return Some(self.unreachable());
        }
        let is_request = self.says(&["failed to do request", "send request failed", "dial tcp"]);
        is_request.then(|| match self.unreachable().1 {
            [HostInvalid] => perhaps(&[HostInvalid]),
            [EcrApiUnreachable] => perhaps(&[EcrApiUnreachable, Dns]),
            [EcrUnreachable] => perhaps(&[EcrUnreachable, Dns]),
            [RegistryUnreachable] => perhaps(&[RegistryUnreachable, Dns]),
            [LayersUnreachable] => perhaps(&[LayersUnreachable, Dns]),
            other => perhaps(other),
        })
    }

    /// What cannot be reached: the name decides before the address, the address before the kind of endpoint.
    fn unreachable(&self) -> Readings {
        if self.host_spelling() == Some(Spelling::Wrong) {
            return sure(&[HostInvalid]);
        }
        match self.endpoint() {
            Some(kind) if is_aws(kind) && is_private_dial(self.message) => sure(&[EndpointBlocked]),
            Some(EndpointKind::EcrApi) => sure(&[EcrApiUnreachable]),
            Some(EndpointKind::EcrDkr) => sure(&[EcrUnreachable]),
            Some(EndpointKind::S3Layers | EndpointKind::S3) => sure(&[LayersUnreachable]),
            Some(EndpointKind::DockerHub | EndpointKind::EcrPublic | EndpointKind::OtherRegistry) => {
                sure(&[RegistryUnreachable])
            }
            _ if self.is_layer() => perhaps(&[LayersUnreachable, RegistryUnreachable]),
            _ => perhaps(&[EcrUnreachable, RegistryUnreachable]),
        }
    }

    /// `context canceled`: the pull was given up, because it could not connect or because the task was being stopped.
    fn of_cancellation(&self) -> Readings {
        let failed_elsewhere = self.subject.statements.iter().any(|other| {
            let message = &other.message;
            message.error_names().iter().any(|name| name.as_str().starts_with("Cannot"))
                && message.transport() != Some(&Transport::Canceled)
        });
        match self.subject.stop {
            _ if failed_elsewhere => NONE,
            Stop::FailedToStart => sure(&[PullCanceled]),
            Stop::None | Stop::Unknown => perhaps(&[PullCanceled]),
            _ => NONE,
        }
    }

    /// A layer that the registry, or the bucket behind it, answered for with a status.
    fn of_layer(&self) -> Option<Readings> {
        if self.says(&["blob unknown", "unknown blob", "could not fetch content descriptor"]) {
            return Some(sure(&[LayerCopyFailed]));
        }
        if !self.says(&["failed to copy", "error pulling image configuration", "/blobs/"]) {
            return None;
        }
        let is_status = self.message.http_status().is_some()
            || self.message.host().is_some() && self.says(&["unexpected status"]);
        Some(match is_status {
            true if self.is_ecr_forbidden() && !self.says(&["failed to copy"]) => NONE,
            true => sure(&[LayerCopyFailed]),
            // AWS's page explains this very wording by the way to Amazon S3.
            false => perhaps(&[LayersUnreachable, LayerCopyFailed]),
        })
    }

    /// The registry refused without saying whether the image exists.
    fn of_refusal(&self) -> Option<Readings> {
        let is_login = self.says(&["authentication required"]);
        let is_refusal = is_login
            || self.says(&[
                "pull access denied",
                "insufficient_scope",
                "requested access to the resource is denied",
                "may require 'docker login'",
                "may require authorization",
                "does not exist or no pull access",
                ": denied: denied",
            ])
            || self.message.folded().ends_with(": denied")
            || self.message.folded().ends_with(": unauthorized");
        if !is_refusal {
            return None;
        }
        Some(match self.endpoint() {
            Some(EndpointKind::DockerHub) if self.has_credentials() == Some(true) => {
                perhaps(&[HubPrivateOrMissing, AuthRejected])
            }
            Some(EndpointKind::DockerHub) => self.of_hub(),
            // The tail that would name a missing permission may be cut.
            Some(EndpointKind::EcrDkr) if is_login => sure(&[AuthMissing]),
            Some(EndpointKind::EcrDkr) => perhaps(&[RepositoryNotFound]),
            Some(EndpointKind::EcrPublic) => sure(&[RepositoryNotFound]),
            _ if is_login => self.login_lacks(sure(&[AuthMissing])),
            Some(_) => self.login_lacks(perhaps(&[AuthMissing, AuthRejected, RepositoryNotFound])),
            None => perhaps(&[HubPrivateOrMissing, AuthMissing]),
        })
    }

    /// Docker Hub knows no such public image. A name of one word asks for an official image, all of which are public,
    /// so something is missing in front of it.
    fn of_hub(&self) -> Readings {
        let Some(image) = self.image() else { return sure(&[HubPrivateOrMissing]) };
        let repository = image.repository();
        let is_one_word = !repository.trim_start_matches("library/").contains('/');
        match is_one_word {
            true if has_ecr_twin(self.subject, &image) => sure(&[RegistryPrefixMissing]),
            true => perhaps(&[RegistryPrefixMissing, HubPrivateOrMissing]),
            false => sure(&[HubPrivateOrMissing]),
        }
    }

    /// The registry was reached and has no such thing.
    fn of_missing(&self) -> Option<Readings> {
        if self.says(&[
            "name unknown",
            "name_unknown",
            "repositorynotfoundexception",
            "the repository with name",
            "repository name not known",
        ]) || self.says(&["repository "]) && self.says(&["not found"]) && !self.says(&["manifest"])
        {
            return Some(sure(&[RepositoryNotFound]));
        }
        if self.says(&["error: image "]) && self.says(&["not found"]) {
            return Some(match self.endpoint() {
                Some(EndpointKind::DockerHub) => perhaps(&[HubPrivateOrMissing, TagNotFound]),
                _ => perhaps(&[TagNotFound, RepositoryNotFound]),
            });
        }
        let is_missing =
            self.says(&["manifest unknown", "manifest_unknown", ": not found", "requested image not found"])
                || self.says(&["manifest for "]) && self.says(&["not found"]);
        // Layers that are missing have been dealt with; what is left is the manifest.
        if is_missing && self.message.http_status().is_none() {
            return Some(if self.is_pinned() { sure(&[DigestGone]) } else { sure(&[TagNotFound]) });
        }
        let is_404 = self.message.http_status() == Some(404) || self.says(&["api error (404)"]);
        is_404.then_some(perhaps(&[TagNotFound, RepositoryNotFound]))
    }

    /// Whether ECS fixed the tag to a digest: the reference has both, or the task names a tag only.
    fn is_pinned(&self) -> bool {
        let Some(named) = self.image() else { return false };
        let Some(digest) = named.digest() else { return false };
        let own = self.statement.container.as_deref().and_then(|name| {
            let task = self.subject.task.as_ref()?;
            let container = task.containers().into_iter().find(|container| container.name() == Some(name))?;
            Some(ImageReference::from(container.image()?))
        });
        !digest.is_empty() && (named.tag().is_some() || own.is_some_and(|own| own.digest().is_none()))
    }

    fn of_status(&self) -> Option<Readings> {
        Some(match self.message.http_status()? {
            401 => self.login_lacks(sure(&[AuthMissing])),
            403 if self.is_ecr_forbidden() && self.is_pinned() => perhaps(&[DigestGone]),
            403 if self.is_ecr_forbidden() => NONE,
            403 => self.login_lacks(perhaps(&[AuthMissing, AuthRejected])),
            500.. => sure(&[ServerError]),
            _ => return None,
        })
    }

    /// The agent's advice alone, of a message whose error is cut.
    fn of_hint(&self) -> Option<Readings> {
        (self.message.hint() == Some(Hint::ImageExists))
            .then_some(perhaps(&[HubPrivateOrMissing, AuthMissing]))
    }

    /// A registry token, a secret, a log stream or a file that the task needs before it starts.
    fn of_start(&self) -> Readings {
        let message = self.message;
        let Some(endpoint) = message.endpoint() else { return NONE };
        let readings: &'static [Why] = match endpoint.kind {
            EndpointKind::EcrApi => &[EcrApiUnreachable],
            EndpointKind::Ssm => &[SsmUnreachable],
            EndpointKind::SecretsManager => &[SecretsManagerUnreachable],
            EndpointKind::Logs => &[LogsUnreachable],
            EndpointKind::S3 if self.says(&["env file", "environment file", "environmentfile"]) => {
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

    /// Whom the pull talked to: by the message, else by the image. Layers of Amazon ECR come from Amazon S3.
    fn endpoint(&self) -> Option<EndpointKind> {
        if self.message.host().is_none() {
            if let Some(image) = self.image() {
                return Some(match image.registry() {
                    Registry::EcrPrivate(_) if self.is_layer() => EndpointKind::S3Layers,
                    Registry::EcrPrivate(_) => EndpointKind::EcrDkr,
                    Registry::EcrPublic => EndpointKind::EcrPublic,
                    Registry::DockerHub => EndpointKind::DockerHub,
                    Registry::Other => EndpointKind::OtherRegistry,
                });
            }
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

    fn is_ecr_forbidden(&self) -> bool {
        self.message.http_status() == Some(403) && self.endpoint() == Some(EndpointKind::EcrDkr)
    }

    fn is_aws_api(&self) -> bool {
        self.message.endpoint().is_some_and(|endpoint| is_aws(endpoint.kind))
    }

    fn host_spelling(&self) -> Option<Spelling> {
        let image = || self.image().and_then(|image| image.host().map(str::to_owned));
        let host = self.message.host().map(str::to_owned).or_else(image)?;
        Some(spelling(&host))
    }
}

/// Services of AWS that a VPC can have an interface endpoint for.
fn is_aws(kind: EndpointKind) -> bool {
    matches!(
        kind,
        EndpointKind::EcrApi
            | EndpointKind::EcrDkr
            | EndpointKind::S3Layers
            | EndpointKind::S3
            | EndpointKind::Logs
            | EndpointKind::Ssm
            | EndpointKind::SecretsManager
            | EndpointKind::Kms
            | EndpointKind::Sts
            | EndpointKind::Ecs
    )
}

/// Nothing answered at an address inside the VPC: the name leads to an interface endpoint, so routing is no matter.
fn is_private_dial(message: &Message) -> bool {
    let is_silent =
        matches!(message.transport(), Some(Transport::DialTimeout { .. } | Transport::Deadline) | None);
    is_silent && message.peer().is_some_and(|peer| peer.is_private() == Some(true))
}

/// Whether the same task definition, or another revision of it, takes an image from Amazon ECR; the image without a
/// registry is then a slip.
fn has_ecr_twin(subject: &Subject<'_>, image: &ImageReference) -> bool {
    let shown = subject.task.iter().flat_map(|task| task.containers());
    let shown = shown.filter_map(|container| container.image());
    let defined = subject.evidence.all::<crate::evidence::ecs::TaskDefinition<'_>>();
    let defined = defined.flat_map(|definition| definition.container_definitions());
    let defined = defined.filter_map(|container| container.image());
    shown
        .chain(defined)
        .map(ImageReference::from)
        .any(|other| other.ecr().is_some() && other.as_str() != image.as_str())
}
