//! What a message says could not be reached, as a question to the network engine.

use std::net::IpAddr;

use crate::image::Registry;
use crate::network::{Destination, Traffic};
use crate::rules::image::{Spelling, spelling};
use crate::rules::{Pull, Why};
use crate::signals::message::{EndpointKind, Peer};
use crate::signals::{Statement, Subject};

/// What could not be reached.
#[derive(Debug)]
pub(super) struct Aim {
    pub(super) destination: Destination,
    pub(super) traffic: Traffic,
    /// The address that was dialled, where the message tells.
    pub(super) dialled: Option<IpAddr>,
}

impl Aim {
    pub(super) fn new(destination: Destination) -> Self {
        let traffic = destination.traffic();
        Self { destination, traffic, dialled: None }
    }

    /// What could not be reached when `why` is the reading of the message; `None` when the engine cannot be
    /// asked about it.
    pub(super) fn of(why: Why, statement: &Statement, subject: &Subject<'_>) -> Option<Self> {
        let message = &statement.message;
        let host = message.host();
        // Names of FIPS endpoints do not lead to the VPC endpoints of their services.
        if host.is_some_and(|host| host.contains("-fips.")) {
            return None;
        }
        let peer = message.peer();
        if peer.is_none() && message.says("proxyconnect") {
            return None;
        }
        if let Some(peer) = peer
            && let Some(address) = Self::of_address(peer)?
        {
            return Some(address);
        }
        let image = Pull::image(statement, subject);
        let pulled_from = || {
            Some(match image.as_ref()?.registry() {
                Registry::EcrPrivate(_) => EndpointKind::EcrDkr,
                Registry::EcrPublic => EndpointKind::EcrPublic,
                Registry::DockerHub => EndpointKind::DockerHub,
                Registry::Other => EndpointKind::OtherRegistry,
            })
        };
        let said = || message.endpoint().map(|endpoint| endpoint.kind);
        let kind = match why {
            Why::EcrApiUnreachable => EndpointKind::EcrApi,
            Why::EcrUnreachable => EndpointKind::EcrDkr,
            Why::SsmUnreachable => EndpointKind::Ssm,
            Why::SecretsManagerUnreachable => EndpointKind::SecretsManager,
            Why::LogsUnreachable => EndpointKind::Logs,
            Why::LayersUnreachable => EndpointKind::S3Layers,
            Why::EnvFileUnreachable => EndpointKind::S3,
            Why::PullCanceled => pulled_from()?,
            Why::RegistryUnreachable => said().filter(|kind| is_outside(*kind)).or_else(pulled_from)?,
            Why::EndpointBlocked => said()?,
            _ => return None,
        };
        let host = host.or(image.as_ref().and_then(|image| image.host()));
        let is_public = |peer: Peer| peer.is_private() == Some(false);
        // A name of somebody else's may lead to a registry inside the network.
        let is_known = |host: &str| spelling(host) == Spelling::Right;
        if kind == EndpointKind::OtherRegistry && !peer.is_some_and(is_public) && !host.is_some_and(is_known)
        {
            return None;
        }
        let region = message.endpoint().and_then(|endpoint| endpoint.region.clone());
        let of_log = || (kind == EndpointKind::Logs).then(|| log_region(statement, subject)).flatten();
        let of_image = || image.as_ref().and_then(|image| Some(image.ecr()?.region));
        let of_task = || subject.facts().text("region").map(str::to_owned);
        let region = region.or_else(of_log).or_else(of_image).or_else(of_task);
        let destination = Destination::of_endpoint(kind, region.as_deref().unwrap_or_default(), host)?;
        if matches!(destination, Destination::Aws { .. }) && region.is_none() {
            return None;
        }
        let mut aim = Self::new(destination);
        aim.dialled = peer.map(|peer| peer.address);
        Some(aim)
    }

    /// A proxy, or a registry with a port of its own: the address itself is the question. `None` for an address
    /// that is on the host.
    fn of_address(peer: Peer) -> Option<Option<Self>> {
        let is_private = peer.is_private();
        if is_private.is_none() && peer.address.is_ipv4() {
            return None;
        }
        let own_port = peer.port.filter(|port| *port != 443);
        Some(own_port.map(|port| Self {
            destination: Destination::Address { address: peer.address, port },
            traffic: Traffic::Start,
            dialled: None,
        }))
    }
}

fn is_outside(kind: EndpointKind) -> bool {
    matches!(kind, EndpointKind::DockerHub | EndpointKind::EcrPublic | EndpointKind::OtherRegistry)
}

/// The Region that the log driver writes to.
fn log_region(statement: &Statement, subject: &Subject<'_>) -> Option<String> {
    let defined = subject.container_definition(statement.container.as_deref())?;
    Some(defined.log_configuration()?.options()?.region()?.to_owned())
}
