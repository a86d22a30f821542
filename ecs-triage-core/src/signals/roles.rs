//! What a container is in its task for: the application itself, or something beside it.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::evidence::ecs::{Container, ContainerDefinition};

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

/// Whether a word of the name of a container, in lower case, says that it is beside the application.
fn is_of_sidecar(word: &str) -> bool {
    matches!(
        word,
        "adot"
            | "appmesh"
            | "cloudflared"
            | "cloudwatch"
            | "collector"
            | "consul"
            | "cwagent"
            | "datadog"
            | "dd"
            | "ddagent"
            | "dynatrace"
            | "envoy"
            | "exporter"
            | "filebeat"
            | "firelens"
            | "fluent"
            | "fluentbit"
            | "fluentd"
            | "istio"
            | "linkerd"
            | "logrouter"
            | "newrelic"
            | "oneagent"
            | "opentelemetry"
            | "otel"
            | "otelcol"
            | "promtail"
            | "proxy"
            | "sidecar"
            | "statsd"
            | "tailscale"
            | "telegraf"
            | "timeout"
            | "vault"
            | "vector"
            | "watchdog"
            | "xray"
    )
}

/// The same of a container that prepares something.
fn is_of_init(word: &str) -> bool {
    matches!(
        word,
        "bootstrap"
            | "chown"
            | "init"
            | "initializer"
            | "migrate"
            | "migration"
            | "migrations"
            | "migrator"
            | "prepare"
            | "seed"
            | "setup"
            | "wait"
            | "waiter"
    )
}

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
    static PARTS: LazyLock<Vec<Finder<'_>>> =
        LazyLock::new(|| SIDECAR_IMAGES.iter().map(Finder::new).collect());
    PARTS.iter().any(|part| part.find(image.as_bytes()).is_some())
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
    words(name).any(|word| matches!(folded(word, &mut [0; LONGEST]), "timeout" | "watchdog"))
}

/// Roles that the names and images seen last tell: tasks of a service have the same.
#[derive(Default)]
pub(super) struct Roles<'e>(Vec<(Option<&'e str>, Option<&'e str>, Role)>);

/// More are found out again: to look them up would take as long.
const MOST_KNOWN: usize = 16;

impl<'e> Roles<'e> {
    /// Roles of a task's containers, in their order. Where everything looks like a sidecar, that is the application.
    pub(super) fn of(
        &mut self,
        containers: &[Container<'e>],
        defined: &[ContainerDefinition<'e>],
    ) -> Vec<Role> {
        let mut roles: Vec<Role> = containers.iter().map(|container| self.role(container, defined)).collect();
        if !roles.contains(&Role::Application) {
            for (role, container) in roles.iter_mut().zip(containers) {
                if !container.name().is_some_and(is_injected) {
                    *role = Role::Application;
                }
            }
        }
        roles
    }

    fn role(&mut self, container: &Container<'e>, defined: &[ContainerDefinition<'e>]) -> Role {
        let (name, image) = (container.name(), container.image());
        if !defined.is_empty() {
            return role_of(name, image, defined);
        }
        let known = self.0.iter().find(|(known, of, _)| *known == name && *of == image);
        if let Some((_, _, role)) = known {
            return *role;
        }
        let role = role_of(name, image, &[]);
        if self.0.len() == MOST_KNOWN {
            self.0.clear();
        }
        self.0.push((name, image, role));
        role
    }
}

/// Roles of the containers of a task definition, in their order; none is made the application where all look
/// like something else.
pub(crate) fn roles_in(defined: &[ContainerDefinition<'_>]) -> Vec<Role> {
    defined.iter().map(|container| role_of(container.name(), container.image(), defined)).collect()
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
    let (mut is_beside, mut prepares, mut is_behind_log) = (false, false, false);
    for word in words(name) {
        let mut buffer = [0; LONGEST];
        let word = folded(word, &mut buffer);
        is_beside |= is_of_sidecar(word) || is_behind_log && word == "router";
        prepares |= is_of_init(word);
        is_behind_log = word == "log";
    }
    let image = || image.or(own.and_then(ContainerDefinition::image)).unwrap_or_default();
    if is_beside || is_sidecar_image(image()) {
        return Role::Sidecar;
    }
    if prepares { Role::Init } else { Role::Application }
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

/// No word that is looked for is longer.
const LONGEST: usize = 16;

/// A word in lower case; nothing where it is longer than any that is looked for.
fn folded<'b>(word: &str, buffer: &'b mut [u8; LONGEST]) -> &'b str {
    let Some(folded) = buffer.get_mut(..word.len()) else { return "" };
    folded.copy_from_slice(word.as_bytes());
    folded.make_ascii_lowercase();
    std::str::from_utf8(folded).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_whatever_case() {
        let of = |name| role_of(Some(name), None, &[]);
        for name in ["auth-Proxy", "logRouter", "log_router", "OTEL"] {
            assert_eq!(of(name), Role::Sidecar, "{name}");
        }
        assert_eq!(of("db-migrations"), Role::Init);
        for name in ["app", "prox", "router", "log", "a-name-with-averyveryverylongword"] {
            assert_eq!(of(name), Role::Application, "{name}");
        }
        let longest = "opentelemetry";
        assert_eq!(of(longest), Role::Sidecar);
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
