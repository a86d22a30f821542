//! Which containers end the task with them.

use super::plan::{is_essential, name_of};
use super::{Found, Plan, Risk, Severity};
use crate::evidence::ecs::ContainerDefinition;
use crate::signals::{Role, roles_in};

const ESSENTIAL: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html";

pub(super) static NONE_ESSENTIAL: Risk = Risk {
    code: "no-essential-container",
    severity: Severity::Error,
    refused: true,
    title: "no container is essential",
    explanation: "A task lives as long as its essential containers, so it needs at least one.",
    becomes: &["taskdef-invalid"],
    docs: &[ESSENTIAL],
    since: "0.1.0",
    check: |plan| {
        if plan.containers.iter().any(is_essential) {
            return Vec::new();
        }
        let Some(first) = plan.containers.first() else { return Vec::new() };
        vec![Found::new(
            first.cite("essential"),
            "None of the containers is essential.",
            "Set `\"essential\": true` on the container that the task exists for.",
        )]
    },
};

pub(super) static INIT_ESSENTIAL: Risk = Risk {
    code: "init-container-essential",
    severity: Severity::Warning,
    refused: false,
    title: "a container that prepares something is essential",
    explanation: "A container is essential unless it says otherwise, and when an essential container exits, the whole task \
                  is stopped, also when it exits with 0.",
    becomes: &["app-exit-0-essential", "dependency-failed"],
    docs: &[ESSENTIAL],
    since: "0.1.0",
    check: |plan| {
        let roles = roles_in(&plan.containers);
        if !roles.contains(&Role::Application) {
            return Vec::new();
        }
        let with_roles = plan.containers.iter().zip(roles);
        with_roles
            .filter(|(container, role)| {
                // Where another waits for its end, the dependency itself is the fault.
                *role == Role::Init && is_essential(container) && !is_awaited_to_exit(plan, container)
            })
            .map(|(container, _)| {
                let name = name_of(container);
                Found::new(
                    container.cite(if container.essential().is_some() { "essential" } else { "name" }),
                    format!("Container `{name}` prepares something, by its name, and is essential: when it is done, the task is stopped."),
                    format!(
                        "Set `\"essential\": false` on `{name}`, and let the others depend on it with the condition SUCCESS."
                    ),
                )
                .container(name)
            })
            .collect()
    },
};

fn is_awaited_to_exit(plan: &Plan<'_, '_>, container: &ContainerDefinition<'_>) -> bool {
    let waits = plan.containers.iter().flat_map(ContainerDefinition::depends_on);
    waits.into_iter().any(|waits| {
        waits.container_name() == container.name()
            && matches!(waits.condition(), Some("COMPLETE" | "SUCCESS"))
    })
}

/// Parts of image references of agents that an application can do without for a while. Proxies are not among
/// them: the application's traffic goes through those.
const AGENTS: &[(&str, &str)] = &[
    ("aws-for-fluent-bit", "a log router"),
    ("fluent/fluent-bit", "a log router"),
    ("fluent/fluentd", "a log router"),
    ("aws-xray-daemon", "the X-Ray daemon"),
    ("cloudwatch-agent", "the CloudWatch agent"),
    ("aws-otel-collector", "a telemetry collector"),
    ("opentelemetry-collector", "a telemetry collector"),
    ("datadog/agent", "a monitoring agent"),
    ("newrelic/", "a monitoring agent"),
];

pub(super) static SIDECAR_ESSENTIAL: Risk = Risk {
    code: "sidecar-essential",
    severity: Severity::Note,
    refused: false,
    title: "an agent beside the application is essential",
    explanation: "When an essential container exits, the whole task is stopped: a crash of a log router or a monitoring \
                  agent takes a working application down.",
    becomes: &["sidecar-stopped-task"],
    docs: &[ESSENTIAL],
    since: "0.1.0",
    check: |plan| {
        let kind = |container: &ContainerDefinition<'_>| {
            let image = container.image().unwrap_or_default();
            let by_image = AGENTS.iter().find(|(part, _)| image.contains(part)).map(|(_, kind)| *kind);
            by_image.or(container.firelens_configuration().map(|_| "a log router"))
        };
        // An agent that is alone, or with its like, is the application.
        if plan.containers.iter().all(|container| kind(container).is_some() || !is_essential(container)) {
            return Vec::new();
        }
        let essential = plan.containers.iter().filter(|container| is_essential(container));
        essential
            .filter_map(|container| {
                let (name, kind) = (name_of(container), kind(container)?);
                Some(
                    Found::new(
                        container.cite(if container.essential().is_some() { "essential" } else { "image" }),
                        format!("Container `{name}` is {kind} and essential: if it exits, the task is stopped."),
                        format!("Set `\"essential\": false` on `{name}`, unless the application must not run without it."),
                    )
                    .container(name),
                )
            })
            .collect()
    },
};
