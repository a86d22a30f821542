//! Registry hosts that cannot be right.

use crate::image::{EcrRegistry, Registry};

/// Public registries whose names people mistype.
const REGISTRIES: &[&str] = &[
    "docker.io",
    "registry-1.docker.io",
    "index.docker.io",
    "ghcr.io",
    "quay.io",
    "gcr.io",
    "public.ecr.aws",
    "mcr.microsoft.com",
    "registry.k8s.io",
    "registry.gitlab.com",
    "docker.elastic.co",
    "nvcr.io",
];

/// What can be told of a host from its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Spelling {
    /// A well-formed name of Amazon ECR, or a public registry.
    Right,
    /// Nearly one of these, so the name itself is at fault.
    Wrong,
    /// A name of somebody else's.
    Unknown,
}

/// Judges a registry's host by its name alone.
pub(in crate::rules) fn spelling(host: &str) -> Spelling {
    if let Some(ecr) = EcrRegistry::of_host(host) {
        // A Region of China has names of its own partition, and no other Region has.
        let is_right = ecr.region.starts_with("cn-") == ecr.china;
        return if is_right { Spelling::Right } else { Spelling::Wrong };
    }
    if Registry::of_host(host) != Registry::Other || REGISTRIES.contains(&host) {
        return Spelling::Right;
    }
    // Cut, or broken by a terminal: what is left of a right name is not a wrong one.
    let ends_early = host.split_once("dkr.ecr.").is_some_and(|(_, region)| !region.contains('.'));
    let ends_in_domain =
        !host.contains("amazonaws.") && meant(host).is_some_and(|whole| whole.starts_with(host));
    if ends_early || ends_in_domain {
        return Spelling::Unknown;
    }
    if is_nearly_ecr(host) || REGISTRIES.iter().any(|known| is_nearly(host, known)) {
        return Spelling::Wrong;
    }
    Spelling::Unknown
}

/// Whether a name in the form of Amazon ECR's can exist nowhere: its account has other than twelve digits, or its Region is
/// not formed like one. What somebody blotted out is no such name.
pub(in crate::rules) fn is_impossible(host: &str) -> bool {
    let Some(ecr) = EcrRegistry::of_host(host) else { return false };
    let account = ecr.account.as_str();
    let is_number = account.bytes().all(|b| b.is_ascii_digit());
    let is_blotted = "123456789012345".starts_with(account)
        || account.bytes().all(|b| Some(&b) == account.as_bytes().first());
    let mut parts = ecr.region.rsplit('-');
    let number = parts.next().unwrap_or_default();
    let is_region = parts.clone().count() >= 2
        && number.len() == 1
        && number.bytes().all(|b| b.is_ascii_digit())
        && parts.all(|part| part.len() >= 2 && part.bytes().all(|b| b.is_ascii_lowercase()));
    let is_letters = !ecr.region.bytes().any(|b| b.is_ascii_digit());
    let is_bad_region =
        !is_region && (!is_letters || matches!(ecr.region.as_str(), "none" | "null" | "undefined"));
    is_number && !is_blotted && (account.len() != 12 || is_bad_region)
}

/// The host that was probably meant.
pub(super) fn meant(host: &str) -> Option<String> {
    if is_impossible(host) {
        return None;
    }
    if let Some(known) = REGISTRIES.iter().find(|known| is_nearly(host, known)) {
        return Some((*known).to_owned());
    }
    let mut labels = host.split('.');
    let account = labels.next().filter(|label| is_account(label))?;
    let region = labels.find(|label| label.split('-').count() >= 3)?;
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    Some(format!("{account}.dkr.ecr.{region}.{domain}"))
}

/// Official images of Docker Hub whose names people mistype.
const OFFICIAL: &[&str] = &[
    "alpine",
    "busybox",
    "debian",
    "golang",
    "grafana",
    "httpd",
    "mariadb",
    "memcached",
    "mongo",
    "mysql",
    "nginx",
    "node",
    "openjdk",
    "postgres",
    "python",
    "rabbitmq",
    "redis",
    "ruby",
    "tomcat",
    "traefik",
    "ubuntu",
    "wordpress",
];

/// Whether the name is an official image's with a letter wrong, missing, too many or in the wrong place.
pub(in crate::rules) fn is_nearly_official(repository: &str) -> bool {
    let nearly = |known: &str| {
        repository != known
            && (distance(repository, known) == 1 && repository.len() >= 4 || is_swapped(repository, known))
    };
    OFFICIAL.iter().any(|known| nearly(known))
}

/// Parts that only names of Amazon ECR have, in a name that is not one.
fn is_nearly_ecr(host: &str) -> bool {
    let is_endpoint = host.starts_with("api.ecr") || host.starts_with("ecr");
    !is_endpoint
        && (host.contains("dkr.ecr")
            || host.contains("dkr-ecr")
            || host.split('.').next().is_some_and(is_account)
                && host.split('.').any(|label| label == "ecr" || label == "dkr"))
}

fn is_account(label: &str) -> bool {
    label.len() == 12 && label.bytes().all(|b| b.is_ascii_digit())
}

/// Two neighbouring letters swapped; in long names also up to two letters wrong, missing or too many. Short names
/// that differ in a letter are registries of their own (`gcr.io`, `icr.io`).
fn is_nearly(host: &str, known: &str) -> bool {
    host != known && (is_swapped(host, known) || known.len() >= 9 && distance(host, known) <= 2)
}

fn is_swapped(host: &str, known: &str) -> bool {
    let differ: Vec<usize> =
        host.bytes().zip(known.bytes()).enumerate().filter(|(_, (a, b))| a != b).map(|(at, _)| at).collect();
    let (host, known) = (host.as_bytes(), known.as_bytes());
    matches!(differ[..], [one, other] if host.len() == known.len() && other == one + 1
        && host[one] == known[other] && host[other] == known[one])
}

/// Levenshtein's distance, for names of at most 64 bytes.
fn distance(one: &str, other: &str) -> usize {
    if one.len().abs_diff(other.len()) > 2 || one.len() > 64 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.bytes().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(a != b)).min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (host, spelt) in [
            ("111122223333.dkr.ecr.eu-west-1.amazonaws.com", Spelling::Right),
            ("111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn", Spelling::Right),
            ("xxx.dkr.ecr.eu-west-1.amazonaws.com", Spelling::Right),
            ("registry-1.docker.io", Spelling::Right),
            ("ghcr.io", Spelling::Right),
            ("gcr.io", Spelling::Right),
            ("icr.io", Spelling::Unknown),
            ("registry.corp.example", Spelling::Unknown),
            ("api.ecr.eu-west-1.amazonaws.com", Spelling::Unknown),
            ("111122223333.dkr.ecr.eu-west-1.amazonawss.com", Spelling::Wrong),
            ("111122223333.dkr.ecr.cn-north-1.amazonaws.com", Spelling::Wrong),
            ("111122223333.dkr.ecr.eu-west-1.amazonaws.com.cn", Spelling::Wrong),
            ("111122223333.ecr.eu-west-1.amazonaws.com", Spelling::Wrong),
            ("dkr.ecr.eu-west-1.amazonaws.com", Spelling::Wrong),
            ("ghrc.io", Spelling::Wrong),
            ("public.ecr.was", Spelling::Wrong),
            ("registry-1.docker.oi", Spelling::Wrong),
        ] {
            assert_eq!(spelling(host), spelt, "{host}");
        }
        assert_eq!(
            meant("111122223333.dkr.ecr.eu-west-1.amazonawss.com").as_deref(),
            Some("111122223333.dkr.ecr.eu-west-1.amazonaws.com")
        );
        for (host, is) in [
            ("11122223333.dkr.ecr.eu-west-1.amazonaws.com", true),
            ("1111222233334.dkr.ecr.eu-west-1.amazonaws.com", true),
            ("111122223333.dkr.ecr.eu-west1.amazonaws.com", true),
            ("111122223333.dkr.ecr.eu-west-1a.amazonaws.com", true),
            ("111122223333.dkr.ecr.none.amazonaws.com", true),
            ("111122223333.dkr.ecr.eu-west-9.amazonaws.com", false),
            ("111122223333.dkr.ecr.us-gov-west-1.amazonaws.com", false),
            ("123456789.dkr.ecr.eu-west-1.amazonaws.com", false),
            ("xxx.dkr.ecr.eu-west-1.amazonaws.com", false),
            ("111122223333.dkr.ecr.region.amazonaws.com", false),
        ] {
            assert_eq!(is_impossible(host), is, "{host}");
        }
        assert_eq!(meant("ghrc.io").as_deref(), Some("ghcr.io"));
        assert_eq!(meant("registry.corp.example"), None);
    }
}
