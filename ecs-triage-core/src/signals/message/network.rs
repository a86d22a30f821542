//! Whom the message says was being talked to, and how the connection failed.

use std::net::IpAddr;

use super::text::Text;
use crate::image::{ImageReference, Registry};

/// The AWS endpoint or registry that was being talked to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Endpoint {
    /// Which one.
    pub kind: EndpointKind,
    /// The Region in its name, or in the words around it.
    pub region: Option<String>,
}

/// A kind of endpoint that tasks and the agent talk to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndpointKind {
    /// `api.ecr.REGION`: registry tokens.
    EcrApi,
    /// `ACCOUNT.dkr.ecr.REGION`: manifests of private images.
    EcrDkr,
    /// Amazon ECR Public.
    EcrPublic,
    /// Amazon CloudWatch Logs.
    Logs,
    /// AWS Systems Manager.
    Ssm,
    /// AWS Secrets Manager.
    SecretsManager,
    /// AWS Key Management Service.
    Kms,
    /// Amazon S3, other than the layers of ECR.
    S3,
    /// The S3 buckets from which ECR hands out layers.
    S3Layers,
    /// Amazon EFS, its mount targets or its API.
    Efs,
    /// Mount targets of Amazon S3 Files.
    S3Files,
    /// Docker Hub, its tokens and its layers.
    DockerHub,
    /// Any other image registry.
    OtherRegistry,
    /// AWS Security Token Service.
    Sts,
    /// Amazon ECS itself.
    Ecs,
    /// Task credentials at 169.254.170.2.
    Credentials,
    /// Instance metadata at 169.254.169.254.
    InstanceMetadata,
    /// Another host.
    Other,
}

impl EndpointKind {
    /// The endpoint's name: the last part of the VPC endpoint service's name where there is one.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EcrApi => "ecr.api",
            Self::EcrDkr => "ecr.dkr",
            Self::EcrPublic => "public.ecr.aws",
            Self::Logs => "logs",
            Self::Ssm => "ssm",
            Self::SecretsManager => "secretsmanager",
            Self::Kms => "kms",
            Self::S3 => "s3",
            Self::S3Layers => "s3 (image layers)",
            Self::Efs => "elasticfilesystem",
            Self::S3Files => "s3files",
            Self::DockerHub => "docker.io",
            Self::OtherRegistry => "registry",
            Self::Sts => "sts",
            Self::Ecs => "ecs",
            Self::Credentials => "task credentials",
            Self::InstanceMetadata => "instance metadata",
            Self::Other => "other",
        }
    }
}

/// An address that was dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Peer {
    /// The address.
    pub address: IpAddr,
    /// The port; absent when not printed or cut.
    pub port: Option<u16>,
}

impl Peer {
    /// Whether the address belongs to a private network. `None` when the address does not tell: loopback, link-local,
    /// and global IPv6 addresses, which VPC endpoints have too.
    pub fn is_private(&self) -> Option<bool> {
        match self.address {
            IpAddr::V4(v4) if v4.is_loopback() || v4.is_link_local() || v4.is_unspecified() => None,
            // A VPC may use the carrier-grade range 100.64.0.0/10 as well.
            IpAddr::V4(v4) => Some(v4.is_private() || v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64),
            IpAddr::V6(v6) => v6.is_unique_local().then_some(true),
        }
    }
}

/// How a connection failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport {
    /// Nothing answered the attempt to connect.
    DialTimeout {
        /// The address, if printed.
        peer: Option<Peer>,
    },
    /// The address answered that nothing listens.
    ConnectionRefused {
        /// The address, if printed.
        peer: Option<Peer>,
    },
    /// The connection stood, and then no answer came.
    ReadTimeout,
    /// The name does not exist in DNS.
    NoSuchHost {
        /// The name, if printed whole.
        host: Option<String>,
    },
    /// The DNS server did not answer.
    DnsTimeout,
    /// The DNS server answered with an error.
    DnsServerMisbehaving,
    /// The other side reset the connection.
    Reset,
    /// The TLS handshake did not finish in time.
    TlsHandshakeTimeout,
    /// The server's certificate is not trusted, expired, or for another name.
    UntrustedCertificate,
    /// A plain HTTP server was asked for HTTPS.
    HttpToHttps,
    /// A time limit passed; at which step is not said.
    Deadline,
    /// The caller gave up ("context canceled").
    Canceled,
    /// The connection ended in the middle of an answer.
    UnexpectedEof,
    /// The helper process that was talking was killed, which is how Fargate ends one that hangs.
    SignalKilled,
    /// The network has no route to the address.
    NoRoute,
}

impl Transport {
    /// How it failed, in words.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::DialTimeout { .. } => "connection timed out",
            Self::ConnectionRefused { .. } => "connection refused",
            Self::ReadTimeout => "no answer in time",
            Self::NoSuchHost { .. } => "no such host",
            Self::DnsTimeout => "DNS did not answer",
            Self::DnsServerMisbehaving => "DNS server misbehaving",
            Self::Reset => "connection reset",
            Self::TlsHandshakeTimeout => "TLS handshake timed out",
            Self::UntrustedCertificate => "certificate not trusted",
            Self::HttpToHttps => "plain HTTP where HTTPS was expected",
            Self::Deadline => "deadline exceeded",
            Self::Canceled => "cancelled",
            Self::UnexpectedEof => "connection closed early",
            Self::SignalKilled => "killed while waiting",
            Self::NoRoute => "no route to host",
        }
    }
}

const CLOSERS: &[char] = &['"', '\'', '`', '\\', '/', '?', '#', '<', '>', ',', ';', ')', ']'];

/// The host being talked to, in lower case, without user, port or path.
pub(super) fn host(text: &Text) -> Option<String> {
    looked_up(text).or_else(|| in_url(text)).or_else(|| unresolved(text)).or_else(|| dialled_name(text))
}

/// `lookup HOST on 10.0.0.2:53: …`, which is what is really dialled, behind a proxy too.
fn looked_up(text: &Text) -> Option<String> {
    text.places("lookup ").find_map(|at| host_at(text, at + "lookup ".len()))
}

/// The host of the last URL: the innermost error stands last. Pages that a text recommends do not count.
fn in_url(text: &Text) -> Option<String> {
    let urls = text.places("://").filter(|at| text.folded[..*at].ends_with(['p', 's']));
    urls.filter_map(|at| {
        let from = at + "://".len();
        let authority = text.token(from, CLOSERS);
        let user = authority.text.rfind('@').map_or(0, |at| at + 1);
        host_at(text, from + user)
    })
    .filter(|host| !host.starts_with("docs.") && !host.starts_with("www."))
    .last()
}

/// A name in the words of curl and of the EFS utilities.
fn unresolved(text: &Text) -> Option<String> {
    [
        "failed to resolve \"",
        "could not resolve host: ",
        "error by server while mounting ",
        "access denied by server while mounting ",
    ]
    .into_iter()
    .find_map(|mark| host_at(text, text.after(mark, 0)?))
}

/// `dial tcp HOST:PORT`, where HOST is a name.
fn dialled_name(text: &Text) -> Option<String> {
    let host = host_at(text, text.after("dial tcp ", 0)?)?;
    (host.contains('.') && host.parse::<IpAddr>().is_err()).then_some(host)
}

/// The host name at `from`; `None` when it is none, or may be cut.
fn host_at(text: &Text, from: usize) -> Option<String> {
    if text.folded.get(from..)?.starts_with('[') {
        let end = text.after("]", from)?;
        return Some(text.folded[from + 1..end - 1].to_owned());
    }
    let token = text.token(from, CLOSERS);
    let (name, port) = match token.text.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (token.text, None),
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let shaped = !name.is_empty()
        && name.contains(|c: char| c == '.' || c.is_ascii_alphanumeric())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'*'));
    let whole = token.closed || port.is_some() || endpoint_of(&name, false).kind != EndpointKind::Other;
    (shaped && whole).then_some(name)
}

/// The address behind "dial tcp", unless it is cut.
pub(super) fn peer(text: &Text) -> Option<Peer> {
    text.places("dial tcp ").find_map(|at| peer_at(text, at + "dial tcp ".len()))
}

fn peer_at(text: &Text, from: usize) -> Option<Peer> {
    let address = text.token(from, &[',', ';', '"', '\'']);
    // "dial tcp SOURCE->TARGET" names the task's own address first.
    let rest = address.text.rsplit("->").next()?;
    let (address, after) = match rest.strip_prefix('[') {
        Some(v6) => v6.split_once(']')?,
        None => rest.split_once(':').map(|(address, _)| (address, &rest[address.len()..]))?,
    };
    let digits = after.strip_prefix(':').unwrap_or_default();
    let port = digits.split_once(':').and_then(|(port, _)| port.parse().ok());
    Some(Peer { address: address.parse().ok()?, port })
}

pub(super) fn transport(text: &Text, host: Option<&str>, peer: Option<Peer>) -> Option<Transport> {
    let says = |phrases: &[&str]| text.says_any(phrases);
    let dns = text.says("lookup ");
    if says(&["x509:", "certificate signed by unknown authority", "certificate has expired"]) {
        return Some(Transport::UntrustedCertificate);
    }
    if says(&["server gave http response to https client"]) {
        return Some(Transport::HttpToHttps);
    }
    if says(&["no such host", "failed to resolve \"", "could not resolve host", "name or service not known"])
    {
        return Some(Transport::NoSuchHost { host: host.map(str::to_owned) });
    }
    if says(&["server misbehaving"]) {
        return Some(Transport::DnsServerMisbehaving);
    }
    if says(&["temporary failure in name resolution", "read udp", "dial udp"])
        || dns && says(&["i/o timeout"])
    {
        return Some(Transport::DnsTimeout);
    }
    if says(&["tls handshake timeout"]) {
        return Some(Transport::TlsHandshakeTimeout);
    }
    if says(&["i/o timeout"]) && says(&["read tcp"]) {
        return Some(Transport::ReadTimeout);
    }
    if says(&["i/o timeout", "connection timed out", "mount attempt 1/3 failed due to timeout"]) {
        return Some(Transport::DialTimeout { peer });
    }
    if says(&["connection refused"]) {
        return Some(Transport::ConnectionRefused { peer });
    }
    if says(&["no route to host", "network is unreachable"]) {
        return Some(Transport::NoRoute);
    }
    if says(&["connection reset by peer"]) {
        return Some(Transport::Reset);
    }
    if says(DEADLINES) {
        return Some(Transport::Deadline);
    }
    if says(&["unexpected eof"]) || text.folded.trim_end_matches('.').ends_with(": eof") {
        return Some(Transport::UnexpectedEof);
    }
    // AWS's page leaves the blank out.
    if says(&["signal: killed", "signal:killed"]) {
        return Some(Transport::SignalKilled);
    }
    says(&["context canceled"]).then_some(Transport::Canceled)
}

const DEADLINES: &[&str] = &[
    "context deadline exceeded",
    "requestcanceled",
    "request context canceled",
    "client.timeout exceeded",
    // Cut before `while waiting for connection`, it is the same.
    "net/http: request canceled",
    "timeout awaiting response headers",
];

/// The endpoint, by its host or else by the words of the message.
pub(super) fn endpoint(
    text: &Text,
    host: Option<&str>,
    is_pull: bool,
    image: Option<&ImageReference>,
) -> Option<Endpoint> {
    if let Some(host) = host {
        return Some(endpoint_of(host, is_pull));
    }
    let ecr = image.and_then(ImageReference::ecr);
    if let Some((_, kind)) = WORDS.iter().find(|(words, _)| text.says(words)) {
        let image_region = || ecr.filter(|_| *kind == EndpointKind::S3Layers).map(|ecr| ecr.region);
        // Before anything is pulled, the task asks ECR for its token.
        let kind = match kind {
            EndpointKind::EcrDkr if text.says("pull secrets or registry auth") => EndpointKind::EcrApi,
            kind => *kind,
        };
        return Some(Endpoint { kind, region: worded_region(text).or_else(image_region) });
    }
    let kind = match of_registry(&image.filter(|_| is_pull)?.registry()) {
        // With the manifest read, what is copied is a layer.
        EndpointKind::EcrDkr if text.says_any(&["httpreadseeker", "httpreaderseeker"]) => {
            EndpointKind::S3Layers
        }
        kind => kind,
    };
    Some(Endpoint { kind, region: ecr.map(|ecr| ecr.region) })
}

/// The Region behind "Fetching secret data from … in REGION".
fn worded_region(text: &Text) -> Option<String> {
    let from = text.after("parameter store in ", 0).or_else(|| text.after("secrets manager in ", 0))?;
    let region = text.token(from, &[':', ',', '.']);
    (region.closed && is_region(region.text)).then(|| region.text.to_owned())
}

/// What the agent's sentences call an endpoint. The first that occurs counts.
const WORDS: &[(&str, EndpointKind)] = &[
    ("redacted ecr url", EndpointKind::S3Layers),
    ("starport-layer-bucket", EndpointKind::S3Layers),
    ("registry auth from amazon ecr", EndpointKind::EcrApi),
    ("registry authentication from amazon ecr", EndpointKind::EcrApi),
    ("retrieve ecr registry auth", EndpointKind::EcrApi),
    ("from the amazon ecr repository", EndpointKind::EcrDkr),
    ("from ssm", EndpointKind::Ssm),
    ("aws systems manager", EndpointKind::Ssm),
    ("from asm", EndpointKind::SecretsManager),
    ("secrets manager", EndpointKind::SecretsManager),
    ("access to kms", EndpointKind::Kms),
    ("amazon cloudwatch", EndpointKind::Logs),
    ("cloudwatch log", EndpointKind::Logs),
    ("validate logger args", EndpointKind::Logs),
    ("env file", EndpointKind::S3),
    ("s3 client for bucket", EndpointKind::S3),
    ("environment files", EndpointKind::S3),
    ("environment variable file", EndpointKind::S3),
    ("efs utils", EndpointKind::Efs),
    ("the task and amazon ecr", EndpointKind::EcrDkr),
];

fn of_registry(registry: &Registry) -> EndpointKind {
    match registry {
        Registry::EcrPrivate(_) => EndpointKind::EcrDkr,
        Registry::EcrPublic => EndpointKind::EcrPublic,
        Registry::DockerHub => EndpointKind::DockerHub,
        Registry::Other => EndpointKind::OtherRegistry,
    }
}

/// The endpoint behind a host name. Other hosts are registries when the message is about a pull.
///
/// <https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html>
pub(super) fn endpoint_of(host: &str, is_pull: bool) -> Endpoint {
    let region = host.split('.').find(|label| is_region(label)).map(str::to_owned);
    if host.contains("starport-layer-bucket") {
        return Endpoint { kind: EndpointKind::S3Layers, region };
    }
    let registry = Registry::of_host(host);
    if registry != Registry::Other {
        return Endpoint { kind: of_registry(&registry), region };
    }
    let kind = match host {
        "169.254.170.2" => EndpointKind::Credentials,
        "169.254.169.254" => EndpointKind::InstanceMetadata,
        _ if host.ends_with(".docker.io") || host.ends_with(".docker.com") => EndpointKind::DockerHub,
        _ => match aws_kind(host) {
            Some(kind) => kind,
            None if is_pull || KNOWN_REGISTRIES.iter().any(|known| host.ends_with(known)) => {
                EndpointKind::OtherRegistry
            }
            None => EndpointKind::Other,
        },
    };
    Endpoint { kind, region }
}

const KNOWN_REGISTRIES: &[&str] = &[
    "ghcr.io",
    "quay.io",
    "gcr.io",
    ".pkg.dev",
    "mcr.microsoft.com",
    ".azurecr.io",
    "registry.k8s.io",
    "registry.gitlab.com",
];

/// Domains of AWS's API endpoints.
const AWS_DOMAINS: &[&str] = &[
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".api.aws",
    ".on.aws",
    ".api.amazonwebservices.com.cn",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".cloud.adc-e.uk",
    ".csp.hci.ic.gov",
];

fn aws_kind(host: &str) -> Option<EndpointKind> {
    let name = AWS_DOMAINS.iter().find_map(|domain| host.strip_suffix(domain))?;
    let labels = || name.split('.').map(|label| label.strip_suffix("-fips").unwrap_or(label));
    // The service is the last label that is neither the Region nor a zone's marker; buckets and file systems stand before.
    let service = labels().rfind(|label| !is_region(label) && *label != "dualstack" && *label != "vpce")?;
    Some(match service {
        "ecr" => EndpointKind::EcrApi,
        "ecr-public" => EndpointKind::EcrPublic,
        "logs" => EndpointKind::Logs,
        "ssm" => EndpointKind::Ssm,
        "secretsmanager" => EndpointKind::SecretsManager,
        "kms" => EndpointKind::Kms,
        "s3" => EndpointKind::S3,
        "efs" | "elasticfilesystem" => EndpointKind::Efs,
        "s3files" => EndpointKind::S3Files,
        "sts" => EndpointKind::Sts,
        "ecs" => EndpointKind::Ecs,
        _ if service.starts_with("s3-") => EndpointKind::S3,
        _ if service.starts_with("ecs-a-") || service.starts_with("ecs-t-") => EndpointKind::Ecs,
        _ => EndpointKind::Other,
    })
}

/// `eu-west-1`, `us-gov-west-1`, `us-isob-east-1`, `eusc-de-east-1`.
fn is_region(label: &str) -> bool {
    let parts = label.split('-').count();
    (3..=4).contains(&parts)
        && label.split('-').next().is_some_and(|area| area.len() == 2 || area == "eusc")
        && label.split('-').all(|part| !part.is_empty())
        && label.rsplit('-').next().is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()))
        && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The id behind "in subnet", unless it is cut.
pub(super) fn subnet(text: &Text) -> Option<&str> {
    let from = text.after("in subnet '", 0).or_else(|| text.after("in subnet ", 0))?;
    let token = text.token(from, &['\'', '"', ':', ',']);
    (token.closed && token.text.starts_with("subnet-")).then_some(token.text)
}

/// `Bind for 0.0.0.0:8080 failed` of Docker and `listen tcp4 0.0.0.0:8080: bind: …` of Go.
pub(super) fn bound_port(text: &Text) -> Option<u16> {
    let from = ["bind for ", "listen tcp", "listen udp"].iter().find_map(|mark| text.after(mark, 0))?;
    let address = text.token(from, &[]).text;
    // "tcp4" leaves a digit in front of the blank.
    let address =
        if address.contains(':') { address } else { text.token(from + address.len() + 1, &[]).text };
    address.trim_end_matches(':').rsplit(':').next()?.parse().ok()
}
