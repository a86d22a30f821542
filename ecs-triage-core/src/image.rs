//! References to container images.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A reference to a container image, kept as it came, with its parts.
///
/// Nothing is refused: what Docker would not accept keeps its text, gives the parts that can be told, and
/// [`problem`](Self::problem) says what is wrong with it.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html> (`image`)
///
/// ```
/// use ecs_triage_core::image::{ImageReference, Registry};
///
/// let image = ImageReference::from("111122223333.dkr.ecr.eu-west-1.amazonaws.com/team-a/api:v1");
/// assert_eq!(image.repository(), "team-a/api");
/// assert_eq!(image.tag(), Some("v1"));
/// assert!(matches!(image.registry(), Registry::EcrPrivate(ecr) if ecr.region == "eu-west-1"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ImageReference {
    text: String,
    host: Option<String>,
    port: Option<String>,
    repository: String,
    tag: Option<String>,
    digest: Option<String>,
}

/// The kind of registry that an image lives in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Registry {
    /// A private registry of Amazon ECR.
    EcrPrivate(EcrRegistry),
    /// The Amazon ECR Public Gallery.
    EcrPublic,
    /// Docker Hub, named or meant by a reference without a registry.
    DockerHub,
    /// Any other host.
    Other,
}

/// A private Amazon ECR registry, read from its host name.
///
/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct EcrRegistry {
    /// The account that owns the registry, as written; it may be elided (`***`).
    pub account: String,
    /// The Region, such as `eu-west-1`.
    pub region: String,
    /// Whether the name is that of a FIPS endpoint.
    pub fips: bool,
    /// Whether the name has IPv6 addresses as well.
    pub dual_stack: bool,
    /// Whether the registry is in the China partition.
    pub china: bool,
}

/// Why a text is not a valid image reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReferenceProblem {
    /// There is no text.
    Empty,
    /// A blank or a line break.
    Whitespace,
    /// A variable or a place to fill in: `${TAG}`, `{{image}}`, `<account>`.
    Placeholder,
    /// A URL: `https://…`.
    Scheme,
    /// The registry's host or port cannot be one.
    Host,
    /// The repository has capital letters.
    Uppercase,
    /// The repository is missing or has characters that are not allowed.
    Repository,
    /// A colon with nothing behind it.
    EmptyTag,
    /// The tag has characters that are not allowed, or more than 128 of them.
    Tag,
    /// The digest is not `sha256:` and 64 hexadecimal digits (or another algorithm's).
    Digest,
    /// Host and repository have more than 255 characters together.
    TooLong,
}

impl ReferenceProblem {
    /// The problem in a few words.
    pub fn as_str(self) -> &'static str {
        match self {
            ReferenceProblem::Empty => "it is empty",
            ReferenceProblem::Whitespace => "it contains white space",
            ReferenceProblem::Placeholder => "it contains a variable that was not filled in",
            ReferenceProblem::Scheme => "it begins with a URL scheme",
            ReferenceProblem::Host => "its registry host is malformed",
            ReferenceProblem::Uppercase => "its repository name has capital letters",
            ReferenceProblem::Repository => "its repository name is malformed",
            ReferenceProblem::EmptyTag => "it ends in a colon without a tag",
            ReferenceProblem::Tag => "its tag is malformed",
            ReferenceProblem::Digest => "its digest is malformed",
            ReferenceProblem::TooLong => "its name is longer than 255 characters",
        }
    }
}

impl fmt::Display for ReferenceProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ImageReference {
    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The registry's host as written, without port; absent when Docker Hub is meant by leaving it out.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// The registry's port.
    pub fn port(&self) -> Option<u16> {
        self.port.as_deref()?.parse().ok()
    }

    /// Namespace and repository as written: `team-a/api`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The last segment of the repository: `api` of `team-a/api`.
    pub fn name(&self) -> &str {
        self.repository.rsplit('/').next().unwrap_or_default()
    }

    /// The tag as written. Absent means `latest`, unless there is a digest.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest as written: `sha256:…`. With a tag beside it the digest decides.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// The kind of registry.
    pub fn registry(&self) -> Registry {
        match self.host() {
            None => Registry::DockerHub,
            Some(host) => Registry::of_host(host),
        }
    }

    /// The private Amazon ECR registry, if that is where the image lives.
    pub fn ecr(&self) -> Option<EcrRegistry> {
        self.host().and_then(EcrRegistry::of_host)
    }

    /// Whether Docker and containerd accept the reference.
    pub fn is_valid(&self) -> bool {
        self.problem().is_none()
    }

    /// What is wrong with the reference, by the grammar of the distribution project.
    ///
    /// <https://github.com/distribution/reference>
    pub fn problem(&self) -> Option<ReferenceProblem> {
        let text = self.text.as_str();
        if text.is_empty() {
            return Some(ReferenceProblem::Empty);
        }
        if ["${", "$(", "{{", "<", ">", "$"].iter().any(|mark| text.contains(mark)) {
            return Some(ReferenceProblem::Placeholder);
        }
        if text.contains(char::is_whitespace) {
            return Some(ReferenceProblem::Whitespace);
        }
        if text.contains("://") {
            return Some(ReferenceProblem::Scheme);
        }
        if self.host.as_deref().is_some_and(|host| !is_host(host))
            || self.port.is_some() && self.port().is_none()
        {
            return Some(ReferenceProblem::Host);
        }
        if self.repository.bytes().any(|b| b.is_ascii_uppercase()) {
            return Some(ReferenceProblem::Uppercase);
        }
        if !self.repository.split('/').all(is_path_component) || is_bare_id(text) {
            return Some(ReferenceProblem::Repository);
        }
        match self.tag() {
            Some("") => return Some(ReferenceProblem::EmptyTag),
            Some(tag) if !is_tag(tag) => return Some(ReferenceProblem::Tag),
            _ => {}
        }
        if self.digest().is_some_and(|digest| !is_digest(digest)) {
            return Some(ReferenceProblem::Digest);
        }
        let name = self.host.as_ref().map_or(0, |host| host.len() + 1) + self.repository.len();
        (name > 255).then_some(ReferenceProblem::TooLong)
    }
}

impl From<String> for ImageReference {
    fn from(text: String) -> Self {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest.to_owned())),
            None => (text.as_str(), None),
        };
        // A colon behind the last slash is the tag's; one before it is the port's.
        let last_segment = rest.rfind('/').map_or(0, |slash| slash + 1);
        let (rest, tag) = match rest[last_segment..].find(':') {
            Some(colon) => (&rest[..last_segment + colon], Some(rest[last_segment + colon + 1..].to_owned())),
            None => (rest, None),
        };
        let (authority, repository) = match rest.split_once('/') {
            Some((first, path)) if is_authority(first) => (Some(first), path),
            _ => (None, rest),
        };
        let (host, port) = match authority.map(|authority| authority.rsplit_once(':').ok_or(authority)) {
            Some(Ok((host, port))) => (Some(host.to_owned()), Some(port.to_owned())),
            Some(Err(host)) => (Some(host.to_owned()), None),
            None => (None, None),
        };
        let repository = repository.to_owned();
        ImageReference { host, port, repository, tag, digest, text }
    }
}

impl From<&str> for ImageReference {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for ImageReference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for ImageReference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

impl Registry {
    /// The kind of registry behind a host name.
    pub fn of_host(host: &str) -> Registry {
        if let Some(ecr) = EcrRegistry::of_host(host) {
            return Registry::EcrPrivate(ecr);
        }
        match host.to_ascii_lowercase().as_str() {
            "public.ecr.aws" | "ecr-public.aws.com" => Registry::EcrPublic,
            "docker.io" | "index.docker.io" | "registry-1.docker.io" | "registry.hub.docker.com" => {
                Registry::DockerHub
            }
            _ => Registry::Other,
        }
    }
}

/// Domain suffixes of AWS's partitions, for names that have IPv4 addresses only and for dual-stack ones.
const IPV4_SUFFIXES: [&str; 7] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "c2s.ic.gov",
    "sc2s.sgov.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
];
const DUAL_STACK_SUFFIXES: [&str; 2] = ["on.aws", "on.amazonwebservices.com.cn"];

impl EcrRegistry {
    /// Reads the host name of a private registry; `None` for every other host, misspelt ones included.
    pub fn of_host(host: &str) -> Option<EcrRegistry> {
        let host = host.to_ascii_lowercase();
        let (account, rest) = host.split_once(".dkr")?;
        let (fips, dual_stack, rest) = [
            (".ecr.", false, false),
            (".ecr-fips.", true, false),
            ("-ecr.", false, true),
            ("-ecr-fips.", true, true),
        ]
        .into_iter()
        .find_map(|(prefix, fips, dual)| Some((fips, dual, rest.strip_prefix(prefix)?)))?;
        let (region, suffix) = rest.split_once('.')?;
        let suffixes: &[&str] = if dual_stack { &DUAL_STACK_SUFFIXES } else { &IPV4_SUFFIXES };
        let known = suffixes.contains(&suffix) && !account.is_empty() && !region.is_empty();
        known.then(|| EcrRegistry {
            account: account.to_owned(),
            region: region.to_owned(),
            fips,
            dual_stack,
            china: suffix.ends_with(".cn"),
        })
    }
}

/// The first segment names a registry, not a namespace, under the rule of Docker's own parser.
fn is_authority(first: &str) -> bool {
    first.contains(['.', ':']) || first == "localhost" || first.bytes().any(|b| b.is_ascii_uppercase())
}

fn is_host(host: &str) -> bool {
    host.split('.').all(|label| {
        label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
    })
}

fn is_path_component(component: &str) -> bool {
    let bytes = component.as_bytes();
    let alphanumeric = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let separator = |run: &str| matches!(run, "." | "_" | "__") || run.bytes().all(|b| b == b'-');
    bytes.first().is_some_and(|b| alphanumeric(*b))
        && bytes.last().is_some_and(|b| alphanumeric(*b))
        && component
            .split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            .all(|run| run.is_empty() || separator(run))
}

fn is_tag(tag: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|b| word(b) || b == b'.' || b == b'-')
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else {
        return false;
    };
    let length = match algorithm {
        "sha256" => hex.len() == 64,
        "sha384" => hex.len() == 96,
        "sha512" => hex.len() == 128,
        _ => hex.len() >= 32 && algorithm.starts_with(|c: char| c.is_ascii_alphabetic()),
    };
    length && hex.bytes().all(|b| b.is_ascii_hexdigit())
}

/// 64 hexadecimal digits are an image's id, which no registry serves.
fn is_bare_id(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn parts() {
        type Parts<'a> = (Option<&'a str>, Option<u16>, &'a str, Option<&'a str>, bool);
        let table: [(String, Parts<'_>); 11] = [
            ("nginx".into(), (None, None, "nginx", None, false)),
            ("nginx:1.27".into(), (None, None, "nginx", Some("1.27"), false)),
            ("team-a/api:v1".into(), (None, None, "team-a/api", Some("v1"), false)),
            ("docker.io/library/app".into(), (Some("docker.io"), None, "library/app", None, false)),
            ("localhost/app".into(), (Some("localhost"), None, "app", None, false)),
            ("localhost:5000".into(), (None, None, "localhost", Some("5000"), false)),
            (
                "reg.corp.example:5000/a/b/c:x".into(),
                (Some("reg.corp.example"), Some(5000), "a/b/c", Some("x"), false),
            ),
            (format!("app@{DIGEST}"), (None, None, "app", None, true)),
            (format!("app:v2@{DIGEST}"), (None, None, "app", Some("v2"), true)),
            (format!("h:1/app:v2@{DIGEST}"), (Some("h"), Some(1), "app", Some("v2"), true)),
            (
                "public.ecr.aws/nginx/nginx:stable".into(),
                (Some("public.ecr.aws"), None, "nginx/nginx", Some("stable"), false),
            ),
        ];
        for (text, (host, port, repository, tag, digest)) in table {
            let image = ImageReference::from(text.as_str());
            assert_eq!(image.as_str(), text);
            assert_eq!(
                (image.host(), image.port(), image.repository(), image.tag(), image.digest().is_some()),
                (host, port, repository, tag, digest),
                "{text}"
            );
            assert_eq!(image.problem(), None, "{text}");
        }
    }

    #[test]
    fn ecr_hosts() {
        let table = [
            ("111122223333.dkr.ecr.eu-west-1.amazonaws.com", "eu-west-1", false, false, false),
            ("111122223333.dkr.ecr.us-gov-west-1.amazonaws.com", "us-gov-west-1", false, false, false),
            ("111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1", false, false, true),
            ("111122223333.dkr.ecr-fips.us-east-1.amazonaws.com", "us-east-1", true, false, false),
            ("111122223333.dkr-ecr.us-east-1.on.aws", "us-east-1", false, true, false),
            ("111122223333.dkr-ecr-fips.us-east-1.on.aws", "us-east-1", true, true, false),
            ("111122223333.dkr.ecr.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1", false, false, false),
            ("***.dkr.ecr.us-east-1.amazonaws.com", "us-east-1", false, false, false),
        ];
        for (host, region, fips, dual_stack, china) in table {
            let image = ImageReference::from(format!("{host}/hub/library/nginx:1"));
            let ecr = image.ecr().expect(host);
            assert_eq!(
                (ecr.region.as_str(), ecr.fips, ecr.dual_stack, ecr.china),
                (region, fips, dual_stack, china),
                "{host}"
            );
            assert_eq!(image.repository(), "hub/library/nginx");
        }
        for host in ["111122223333.dkr.ecr.us-east-1.amazonawss.com", "dkr.ecr.us-east-1.amazonaws.com"] {
            assert_eq!(Registry::of_host(host), Registry::Other);
        }
    }

    #[test]
    fn registries() {
        for (text, registry) in [
            ("app", Registry::DockerHub),
            ("team/app:1", Registry::DockerHub),
            ("registry-1.docker.io/library/app", Registry::DockerHub),
            ("public.ecr.aws/a/b", Registry::EcrPublic),
            ("ghcr.io/a/b", Registry::Other),
        ] {
            assert_eq!(ImageReference::from(text).registry(), registry, "{text}");
        }
    }

    #[test]
    fn problems() {
        let long = format!("{}/app", "a".repeat(260));
        for (text, problem) in [
            ("", ReferenceProblem::Empty),
            ("my app:1", ReferenceProblem::Whitespace),
            ("app:1 ", ReferenceProblem::Whitespace),
            ("app:${TAG}", ReferenceProblem::Placeholder),
            ("<account>.dkr.ecr.eu-west-1.amazonaws.com/app", ReferenceProblem::Placeholder),
            ("https://public.ecr.aws/a/b", ReferenceProblem::Scheme),
            ("***.dkr.ecr.us-east-1.amazonaws.com/app", ReferenceProblem::Host),
            ("reg.example:x/app", ReferenceProblem::Host),
            ("MyApp:1", ReferenceProblem::Uppercase),
            ("reg.example/Team/app", ReferenceProblem::Uppercase),
            ("reg.example/", ReferenceProblem::Repository),
            ("team//app", ReferenceProblem::Repository),
            ("-app", ReferenceProblem::Repository),
            ("app:", ReferenceProblem::EmptyTag),
            ("app:v1:2", ReferenceProblem::Tag),
            ("app@sha256:12", ReferenceProblem::Digest),
            ("app@latest", ReferenceProblem::Digest),
            (&DIGEST["sha256:".len()..], ReferenceProblem::Repository),
            (&long, ReferenceProblem::TooLong),
        ] {
            assert_eq!(ImageReference::from(text).problem(), Some(problem), "{text}");
        }
    }

    #[test]
    fn cut_anywhere_never_panics() {
        let whole = format!("reg.corp.example:5000/téam/app:v1@{DIGEST}");
        for (end, _) in whole.char_indices() {
            let image = ImageReference::from(&whole[..end]);
            let _ = (image.problem(), image.registry(), image.name());
        }
    }
}
