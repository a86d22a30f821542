//! Readings of connections that were not made, or did not last.

use super::Why::*;
use super::{Case, NONE, Readings, perhaps, sure};
use crate::rules::image::Spelling;
use crate::signals::Stop;
use crate::signals::message::{EndpointKind, Hint, Message, Transport};

impl Case<'_, '_> {
    /// No answer, or none that could be trusted.
    pub(super) fn of_connection(&self) -> Option<Readings> {
        let Some(transport) = self.message.transport() else {
            // The proxy answered, and let nothing through.
            if self.says(&["proxy authentication required"]) {
                return Some(perhaps(self.unreachable().whys));
            }
            return self.of_broken_off();
        };
        Some(match transport {
            Transport::UntrustedCertificate | Transport::HttpToHttps => sure(&[CertificateUntrusted]),
            Transport::NoSuchHost { .. } => match self.host_spelling() {
                Some(Spelling::Wrong) => sure(&[HostInvalid]),
                Some(Spelling::Right) if self.host_is_impossible() => sure(&[HostInvalid]),
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
            Transport::SignalKilled => perhaps(self.unreachable().whys),
        })
    }

    /// A request that was begun, and AWS's own sentence about connections, without how it ended.
    pub(super) fn of_broken_off(&self) -> Option<Readings> {
        if self.message.http_status().is_some() {
            return None;
        }
        let is_advised = self.says(&["connection issue between"])
            || self.message.hint() == Some(Hint::NetworkConfiguration);
        // The advice is the agent's guess; what the registry answered is the proof.
        if is_advised && self.of_refusal().is_none() && self.of_missing().is_none() {
            return Some(self.unreachable());
        }
        let is_request =
            self.says(&["failed to do request", "send request failed", "dial tcp"]) || self.ends_in_request();
        is_request.then(|| match self.unreachable().whys {
            [HostInvalid] => perhaps(&[HostInvalid]),
            [EcrApiUnreachable] => perhaps(&[EcrApiUnreachable, Dns]),
            [EcrUnreachable] => perhaps(&[EcrUnreachable, Dns]),
            [RegistryUnreachable] => perhaps(&[RegistryUnreachable, Dns]),
            [LayersUnreachable] => perhaps(&[LayersUnreachable, Dns]),
            other => perhaps(other),
        })
    }

    /// `… daemon: Get https://HOST/v2/`, cut behind what Docker asked for.
    fn ends_in_request(&self) -> bool {
        let last = self.message.folded().split_ascii_whitespace().next_back();
        last.is_some_and(|last| last.contains("https://"))
            && self.says(&[": get https://", ": get \"https://", ": head https://", ": head \"https://"])
    }

    /// The advice to look at the network, in a message that does not say whom the task asked: for its token, or for a secret.
    pub(super) fn of_network(&self) -> Option<Readings> {
        let is_open = self.says(&["unable to pull secrets or registry auth"])
            && self.message.endpoint().is_none()
            && self.message.is_connection_issue();
        is_open.then_some(perhaps(&[EcrApiUnreachable, SecretsManagerUnreachable, SsmUnreachable]))
    }

    /// What cannot be reached: the name decides before the address, the address before the kind of endpoint.
    pub(super) fn unreachable(&self) -> Readings {
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
    pub(super) fn of_cancellation(&self) -> Readings {
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

    pub(super) fn is_aws_api(&self) -> bool {
        self.message.endpoint().is_some_and(|endpoint| is_aws(endpoint.kind))
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
pub(super) fn is_private_dial(message: &Message) -> bool {
    let is_silent =
        matches!(message.transport(), Some(Transport::DialTimeout { .. } | Transport::Deadline) | None);
    // A proxy listens on a port of its own.
    let is_https = |port: Option<u16>| port.is_none_or(|port| port == 443);
    is_silent && message.peer().is_some_and(|peer| peer.is_private() == Some(true) && is_https(peer.port))
}
