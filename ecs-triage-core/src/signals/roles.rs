//! What a container is in its task for: the application itself, or something beside it.

use crate::evidence::ecs::{Container, ContainerDefinition, TaskDefinition};

/// What a container is in its task for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The application, or one of several.
    Application,
    /// A proxy, agent, log router or watchdog beside the application.
    Sidecar,
    /// A container that prepares something and ends before the application starts.
    Init,
}

/// Words in the name of a container that say that it is beside the application.
const SIDECAR_WORDS: &[&str] = &[
    "adot",
    "appmesh",
    "cloudflared",
    "cloudwatch",
    "collector",
    "consul",
    "cwagent",
    "datadog",
    "dd",
    "ddagent",
    "dynatrace",
    "envoy",
    "exporter",
    "filebeat",
    "firelens",
    "fluent",
    "fluentbit",
    "fluentd",
    "istio",
    "linkerd",
    "logrouter",
    "newrelic",
    "oneagent",
    "opentelemetry",
    "otel",
    "otelcol",
    "promtail",
    "proxy",
    "sidecar",
    "statsd",
    "tailscale",
    "telegraf",
    "timeout",
    "vault",
    "vector",
    "watchdog",
    "xray",
];

/// The same of a container that prepares something.
const INIT_WORDS: &[&str] = &[
    "bootstrap",
    "chown",
    "init",
    "initializer",
    "migrate",
    "migration",
    "migrations",
    "migrator",
    "prepare",
    "seed",
    "setup",
    "wait",
    "waiter",
];

/// Parts of the image references of well-known sidecars.
const SIDECAR_IMAGES: &[&str] = &[
    "aws-for-fluent-bit",
    "fluent/fluent",
    "aws-appmesh-envoy",
    "envoyproxy/envoy",
    "aws-xray-daemon",
    "aws-otel-collector",
    "opentelemetry-collector",
    "datadog/agent",
    "cloudwatch-agent",
    "newrelic/",
    "statsd-exporter",
];

/// Whether an image is a well-known sidecar's.
pub(crate) fn is_sidecar_image(image: &str) -> bool {
    SIDECAR_IMAGES.iter().any(|part| image.contains(part))
}

/// Containers that AWS puts into a task; they are not in its task definition.
pub(super) fn is_injected(name: &str) -> bool {
    name.starts_with("~internal~")
        || name.starts_with("ecs-service-connect-")
        || name.starts_with("aws-guardduty-agent-")
        || name.starts_with("aws-otel-collector~")
        || name == "aws-fargate-supervisor"
}

/// Whether a container only waits until the time of another is up: it ends by itself then, with 0.
pub(super) fn is_watchdog(name: &str) -> bool {
    words(name).any(|word| is_any(word, &["timeout", "watchdog"]))
}

/// Roles of a task's containers, in their order. Where everything looks like a sidecar, that is the application.
pub(super) fn of(containers: &[Container<'_>], definition: Option<&TaskDefinition<'_>>) -> Vec<Role> {
    let defined = definition.map(TaskDefinition::container_definitions).unwrap_or_default();
    let mut roles: Vec<Role> = containers.iter().map(|container| role(container, &defined)).collect();
    if !roles.contains(&Role::Application) {
        for (role, container) in roles.iter_mut().zip(containers) {
            if !container.name().is_some_and(is_injected) {
                *role = Role::Application;
            }
        }
    }
    roles
}

/// Roles of the containers of a task definition, in their order; none is made the application where all look
/// like something else.
pub(crate) fn roles_in(defined: &[ContainerDefinition<'_>]) -> Vec<Role> {
    defined.iter().map(|container| role_of(container.name(), container.image(), defined)).collect()
}

fn role(container: &Container<'_>, defined: &[ContainerDefinition<'_>]) -> Role {
    role_of(container.name(), container.image(), defined)
}

fn role_of(name: Option<&str>, image: Option<&str>, defined: &[ContainerDefinition<'_>]) -> Role {
    let Some(name) = name else { return Role::Application };
    if is_injected(name) {
        return Role::Sidecar;
    }
    let own = defined.iter().find(|defined| defined.name() == Some(name));
    if own.is_some_and(|own| own.firelens_configuration().is_some()) {
        return Role::Sidecar;
    }
    if awaited(name, defined).is_some_and(|condition| matches!(condition, "COMPLETE" | "SUCCESS")) {
        return Role::Init;
    }
    let words: Vec<&str> = words(name).collect();
    let is_one_of = |list: &[&str]| words.iter().any(|word| is_any(word, list));
    let is_log_router =
        || words.windows(2).any(|pair| is_any(pair[0], &["log"]) && is_any(pair[1], &["router"]));
    let image = image.or(own.and_then(ContainerDefinition::image)).unwrap_or_default();
    if is_one_of(SIDECAR_WORDS) || is_log_router() || is_sidecar_image(image) {
        return Role::Sidecar;
    }
    if is_one_of(INIT_WORDS) { Role::Init } else { Role::Application }
}

/// The condition under which another container waits for this one; the strictest of several.
pub(super) fn awaited<'e>(name: &str, defined: &[ContainerDefinition<'e>]) -> Option<&'e str> {
    let strictness = |condition: &&str| match *condition {
        "SUCCESS" => 4,
        "HEALTHY" => 3,
        "COMPLETE" => 2,
        _ => 1,
    };
    let waits = defined.iter().flat_map(ContainerDefinition::depends_on);
    waits
        .filter(|dependency| dependency.container_name() == Some(name))
        .filter_map(|dependency| dependency.condition())
        .max_by_key(strictness)
}

/// The words of a name: `auth-proxy` and `authProxy` have two.
fn words(name: &str) -> impl Iterator<Item = &str> {
    let parts = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    parts.flat_map(|part| {
        let mut rest = part;
        std::iter::from_fn(move || {
            let letters = rest.as_bytes();
            let begins = |pair: &[u8]| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
            let end = letters.windows(2).position(begins).map_or(letters.len(), |at| at + 1);
            let (word, behind) = rest.split_at(end);
            rest = behind;
            (!word.is_empty()).then_some(word)
        })
    })
}

/// Whether a word is one of those in a list, which is in order and in lower case; in whatever case the word is.
fn is_any(word: &str, list: &[&str]) -> bool {
    let word = || word.bytes().map(|letter| letter.to_ascii_lowercase());
    list.binary_search_by(|one| one.bytes().cmp(word())).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_in_order() {
        assert!(SIDECAR_WORDS.is_sorted() && INIT_WORDS.is_sorted());
        assert!(is_any("Proxy", SIDECAR_WORDS) && !is_any("prox", SIDECAR_WORDS));
    }

    #[test]
    fn names_have_words() {
        let of = |name| words(name).collect::<Vec<_>>();
        assert_eq!(of("auth-proxy_2"), ["auth", "proxy", "2"]);
        assert_eq!(of("logRouter"), ["log", "Router"]);
        assert_eq!(of("myDBProxy"), ["my", "DBProxy"]);
        assert!(of("--").is_empty());
    }
}
