//! Hosts, URLs, addresses and image references.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::names::Names;
use super::vocabulary::is_word;
use crate::image::ImageReference;

/// Hosts of everyone's, or the ends of such: what is in front of them is the user's.
const PUBLIC: &[&str] = &[
    "azurecr.io",
    "docker.com",
    "docker.io",
    "example.com",
    "example.net",
    "example.org",
    "gcr.io",
    "ghcr.io",
    "github.com",
    "gitlab.com",
    "k8s.io",
    "mcr.microsoft.com",
    "nvcr.io",
    "pkg.dev",
    "public.ecr.aws",
    "quay.io",
];

/// Documentation: its addresses stay whole.
const READ: &[&str] =
    &["docs.aws.amazon.com", "aws.amazon.com", "repost.aws", "docs.docker.com", "github.com/aws/"];

/// Labels of the hosts of AWS's services.
const SERVICES: &[&str] = &[
    "amazonaws",
    "com",
    "cn",
    "aws",
    "api",
    "on",
    "eu",
    "dkr",
    "ecr",
    "ecr-fips",
    "dkr-ecr",
    "dkr-ecr-fips",
    "ecs",
    "ecs-a",
    "ecs-t",
    "ecs-telemetry",
    "logs",
    "secretsmanager",
    "ssm",
    "ssmmessages",
    "ec2messages",
    "kms",
    "sts",
    "s3",
    "s3-accelerate",
    "dualstack",
    "ec2",
    "elasticfilesystem",
    "efs",
    "fsx",
    "elb",
    "rds",
    "cache",
    "es",
    "aoss",
    "execute-api",
    "vpce",
    "monitoring",
    "servicediscovery",
    "servicequotas",
    "autoscaling",
    "elasticloadbalancing",
    "iam",
    "cloudtrail",
    "events",
    "sqs",
    "sns",
    "s3files",
    "dynamodb",
    "lambda",
    "compute",
    "internal",
    "batch",
    "states",
    "xray",
    "firehose",
    "kinesis",
    "docdb",
    "redshift",
    "kafka",
    "mq",
    "appconfig",
    "appmesh-envoy-management",
    "ecs-sc",
    "public",
];

/// Images that everyone uses, by the first segment of their repository.
const IMAGES: &[&str] = &[
    "alpine",
    "amazon",
    "amazonlinux",
    "aws-containers",
    "aws-observability",
    "aws-xray",
    "busybox",
    "datadog",
    "debian",
    "docker",
    "ecs-sample-image",
    "ecs-service-connect",
    "envoyproxy",
    "fluent",
    "golang",
    "grafana",
    "hello-world",
    "httpd",
    "library",
    "memcached",
    "mongo",
    "mysql",
    "newrelic",
    "nginx",
    "node",
    "openjdk",
    "otel",
    "postgres",
    "prom",
    "python",
    "rabbitmq",
    "redis",
    "ruby",
    "traefik",
    "ubuntu",
];

/// A URL, or a host with what follows it.
pub(super) fn url(names: &mut Names, text: &str) -> String {
    let (scheme, rest) = match text.find("://") {
        Some(at) => text.split_at(at + 3),
        None => ("", text),
    };
    if READ.iter().any(|page| rest.starts_with(page)) {
        return text.to_owned();
    }
    let (user, rest) = match rest.find(['/', '?']).map_or(rest, |end| &rest[..end]).rfind('@') {
        Some(at) => rest.split_at(at + 1),
        None => ("", rest),
    };
    let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let user = if user.is_empty() || user == "***@" { user.to_owned() } else { "***@".to_owned() };
    let label = if is_registry(host) { "repository" } else { "path" };
    let host = host_of(names, host);
    format!("{scheme}{user}{host}{}", path_of(names, label, path))
}

fn is_registry(host: &str) -> bool {
    host.contains(".ecr.") || host.contains("docker") || PUBLIC.iter().any(|public| host.ends_with(public))
}

/// Port, path and query; what says nothing about the user stays.
fn path_of(names: &mut Names, label: &str, path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    let mut mark = "";
    while !rest.is_empty() {
        let end = rest.find(['/', ':', '?', '#', '&', '=', '@', '%']).unwrap_or(rest.len());
        let (segment, tail) = rest.split_at(end);
        let label = if mark == ":" && label == "repository" { "tag" } else { label };
        out.push_str(&match segment {
            "" => String::new(),
            // The name of a parameter of the query.
            _ if tail.starts_with('=') => segment.to_owned(),
            _ if super::redactor::is_account(segment) => super::redactor::account(names, segment),
            // A word of everyone's may be somebody's repository all the same.
            _ if names.get(segment).is_some() => names.get(segment).unwrap_or(segment).to_owned(),
            _ if is_plain(segment) => segment.to_owned(),
            _ => super::arns::name(names, label, segment),
        });
        let length = tail.chars().next().map_or(0, char::len_utf8);
        mark = &tail[..length];
        out.push_str(mark);
        rest = &tail[length..];
    }
    out
}

/// Numbers, versions, digests, and words of everyone's.
fn is_plain(segment: &str) -> bool {
    let version = segment.strip_prefix('v').unwrap_or(segment);
    let is_version = version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'*');
    let is_digest = segment.len() >= 40 && segment.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_version || is_digest || segment == "sha256" || is_word(segment) || IMAGES.contains(&segment)
}

/// A host name.
pub(super) fn host_of(names: &mut Names, host: &str) -> String {
    if let Some(known) = names.get(host) {
        return known.to_owned();
    }
    let lower = host.to_ascii_lowercase();
    if let Ok(address) = host.trim_matches(['[', ']']).parse() {
        return address_of(names, address).unwrap_or_else(|| host.to_owned());
    }
    if !host.contains('.') {
        return if lower == "localhost" { host.to_owned() } else { names.of("host", host) };
    }
    let is_aws =
        [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".api.aws", ".on.aws", ".compute.internal"]
            .iter()
            .any(|end| lower.ends_with(end));
    // `ecs-tasks.amazonaws.com`: a service as a principal.
    if is_aws && host.split('.').count() == 3 {
        return host.to_owned();
    }
    if is_aws {
        let labels: Vec<String> = host.split('.').map(|label| aws_label(names, label)).collect();
        return labels.join(".");
    }
    match PUBLIC.iter().find(|public| lower.ends_with(*public)) {
        Some(public) if lower.len() == public.len() => host.to_owned(),
        // `registry-1.docker.io`, `auth.docker.io`, `eu.gcr.io` are everyone's too.
        Some(public) if !["azurecr.io", "pkg.dev"].contains(public) => host.to_owned(),
        Some(public) => {
            let front = &host[..host.len() - public.len() - 1];
            format!("{}.{public}", names.of("host", front))
        }
        None => names.formed("host", host, |number| format!("host-{number}.example")),
    }
}

fn aws_label(names: &mut Names, label: &str) -> String {
    let is_region = label.split('-').count() >= 3
        && label.rsplit('-').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()))
        && label.split('-').next().is_some_and(|first| first.len() <= 3)
        && !label.starts_with("ip-");
    // `logs.REGION.amazonaws.com`: the place of a fact that is not known.
    let is_place = label.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    if is_region || is_place || SERVICES.contains(&label) || label.ends_with("-starport-layer-bucket") {
        return label.to_owned();
    }
    if super::redactor::is_account(label) {
        return super::redactor::account(names, label);
    }
    // `ip-10-0-1-2`: a private address.
    if label.starts_with("ip-10-") || label.starts_with("ip-192-168-") || label.starts_with("ip-172-") {
        return label.to_owned();
    }
    super::arns::name(names, "host", label)
}

/// A public address becomes one of those set aside for documentation; `None` for addresses that say nothing.
pub(super) fn address_of(names: &mut Names, address: IpAddr) -> Option<String> {
    match address {
        IpAddr::V4(ip) => {
            let is_documentation =
                matches!(ip.octets(), [203, 0, 113, _] | [198, 51, 100, _] | [192, 0, 2, _]);
            let is_shared = ip.octets()[0] == 100 && (64..128).contains(&ip.octets()[1]);
            let says_nothing = ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast()
                || ip.is_multicast()
                || is_documentation
                || is_shared
                || ip.octets()[0] < 4;
            (!says_nothing).then(|| names.formed("address", &ip.to_string(), public_v4))
        }
        IpAddr::V6(ip) => {
            let says_nothing = ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
                || ip.segments()[..2] == [0x2001, 0xdb8];
            (!says_nothing).then(|| {
                names.formed("address6", &ip.to_string(), |number| {
                    let [high, low] = [(number >> 16) as u16, number as u16];
                    Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, high, low).to_string()
                })
            })
        }
    }
}

/// TEST-NET-3, TEST-NET-2 and TEST-NET-1 of RFC 5737, then the benchmarking range of RFC 2544.
fn public_v4(number: u32) -> String {
    let (net, last) = ((number - 1) / 254, (number - 1) % 254 + 1);
    let [_, _, _, last] = last.to_be_bytes();
    match net {
        0 => Ipv4Addr::new(203, 0, 113, last),
        1 => Ipv4Addr::new(198, 51, 100, last),
        2 => Ipv4Addr::new(192, 0, 2, last),
        _ => Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)) + number % (1 << 17)),
    }
    .to_string()
}

/// Notes the host, the repository and the tag of an image reference. Where a blank or another mark that none has
/// stands in it, each part is noted as one: a name never holds what ends one in a text.
pub(super) fn learn_image(names: &mut Names, text: &str) {
    let is_of_reference =
        |letter: char| !letter.is_ascii() || letter.is_ascii_alphanumeric() || "._-/:@".contains(letter);
    text.split(|letter| !is_of_reference(letter)).for_each(|part| learn_reference(names, part));
}

fn learn_reference(names: &mut Names, text: &str) {
    let image = ImageReference::from(text);
    if let Some(host) = image.host() {
        host_of(names, host);
    }
    let mut segments = image.repository().split('/');
    let first = segments.next().unwrap_or_default();
    if !IMAGES.contains(&first) && !PUBLIC.contains(&first) {
        for segment in std::iter::once(first).chain(segments) {
            names.of("repository", segment);
        }
    }
    if let Some(tag) = image.tag().filter(|tag| !is_plain(tag)) {
        let is_commit = tag.len() >= 7 && tag.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_commit {
            names.of("tag", tag);
        }
    }
}
