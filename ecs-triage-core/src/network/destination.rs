//! What is to be reached.

use std::net::IpAddr;

use crate::signals::message::EndpointKind;

/// What is to be reached, and on which port.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Destination {
    /// An endpoint of AWS, on port 443.
    Aws {
        /// The last part of the VPC endpoint service's name: `ecr.api`, `ecr.dkr`, `s3`, `logs`, ….
        service: String,
        /// Region of the endpoint.
        region: String,
        /// Whether its name has IPv6 addresses too, as those that end in `.api.aws` or `.on.aws` have.
        dual_stack: bool,
    },
    /// A host on the internet, on port 443: Docker Hub, `public.ecr.aws`, ….
    Internet {
        /// Its name.
        host: String,
    },
    /// A mount target of an EFS file system, on port 2049.
    MountTarget {
        /// The file system: `fs-…`.
        file_system: String,
    },
    /// An address.
    Address {
        /// The address.
        address: IpAddr,
        /// The TCP port.
        port: u16,
    },
}

impl Destination {
    /// The endpoint of an AWS service by its usual name, such as `ecr.api`, `s3` or `logs`.
    ///
    /// ```
    /// use ecs_triage_core::network::Destination;
    /// let registry = Destination::aws("ecr.api", "eu-west-1");
    /// assert_eq!(registry.port(), 443);
    /// assert_eq!(registry.to_string(), "ecr.api in eu-west-1");
    /// ```
    pub fn aws(service: impl Into<String>, region: impl Into<String>) -> Self {
        Self::Aws { service: service.into(), region: region.into(), dual_stack: false }
    }

    /// A host on the internet.
    pub fn internet(host: impl Into<String>) -> Self {
        Self::Internet { host: host.into() }
    }

    /// What a message says was talked to; `None` for what is not on the network, and for what takes more to
    /// tell: a file system.
    pub fn of_endpoint(kind: EndpointKind, region: &str, host: Option<&str>) -> Option<Self> {
        let service = match kind {
            EndpointKind::S3Layers => "s3",
            EndpointKind::EcrApi
            | EndpointKind::EcrDkr
            | EndpointKind::Logs
            | EndpointKind::Ssm
            | EndpointKind::SecretsManager
            | EndpointKind::Kms
            | EndpointKind::S3
            | EndpointKind::Sts
            | EndpointKind::Ecs => kind.as_str(),
            EndpointKind::EcrPublic | EndpointKind::DockerHub | EndpointKind::OtherRegistry => {
                return Some(Self::internet(host.unwrap_or(kind.as_str())));
            }
            EndpointKind::Other => return host.map(Self::internet),
            EndpointKind::Efs
            | EndpointKind::S3Files
            | EndpointKind::Credentials
            | EndpointKind::InstanceMetadata => return None,
        };
        let is_dual_stack = |host: &str| {
            [".api.aws", ".on.aws"].iter().any(|tail| host.trim_end_matches('.').ends_with(tail))
        };
        Some(Self::Aws {
            service: service.to_owned(),
            region: region.to_owned(),
            dual_stack: host.is_some_and(is_dual_stack),
        })
    }

    /// The TCP port.
    pub fn port(&self) -> u16 {
        match self {
            Self::Aws { .. } | Self::Internet { .. } => 443,
            Self::MountTarget { .. } => 2049,
            Self::Address { port, .. } => *port,
        }
    }

    /// The kind of traffic by which a task reaches it as it starts.
    pub fn traffic(&self) -> super::Traffic {
        match self {
            Self::Aws { service, .. } => match service.as_str() {
                "ecr.api" | "secretsmanager" | "ssm" => super::Traffic::Secrets,
                "ssmmessages" | "kms" | "sts" => super::Traffic::Application,
                service if service.starts_with("ecs") => super::Traffic::Agent,
                _ => super::Traffic::Start,
            },
            Self::Internet { .. } | Self::MountTarget { .. } => super::Traffic::Start,
            Self::Address { .. } => super::Traffic::Application,
        }
    }
}

impl std::fmt::Display for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Aws { service, region, .. } => write!(f, "{service} in {region}"),
            Self::Internet { host } => f.write_str(host),
            Self::MountTarget { file_system } => write!(f, "a mount target of {file_system}"),
            Self::Address { address, port } => write!(f, "{}", std::net::SocketAddr::new(*address, *port)),
        }
    }
}
