//! Containers that wait for each other.

use super::health::settings;
use super::plan::{is_essential, name_of, whole};
use super::{Found, Plan, Risk, Severity};
use crate::evidence::ecs::{ContainerDefinition, Dependency};
use crate::health::{self, Condition, DependencyFault, ProbeModel};
use crate::rules::first_circle;

const PAGE: &str = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html";

pub(super) static NEVER_MET: Risk = Risk {
    code: "depends-on-never-met",
    severity: Severity::Error,
    refused: false,
    title: "a container waits for what cannot happen",
    explanation: "HEALTHY needs a `healthCheck` in the task definition, COMPLETE and SUCCESS a container that is not \
                  essential, and `startTimeout` of the container that is waited for must leave time for its first check. \
                  Else the waiting container never starts.",
    becomes: &["taskdef-invalid", "dependency-failed"],
    docs: &[PAGE],
    since: "0.1.0",
    check: |plan| {
        let mut found = Vec::new();
        for container in &plan.containers {
            for waits in container.depends_on() {
                found.extend(of_wait(plan, container, &waits));
            }
        }
        found
    },
};

fn of_wait(plan: &Plan<'_, '_>, container: &ContainerDefinition<'_>, waits: &Dependency<'_>) -> Vec<Found> {
    let name = name_of(container);
    let on = waits.container_name().unwrap_or("unnamed");
    let Some(awaited) = plan.container(on) else {
        let summary =
            format!("Container `{name}` depends on `{on}`, which the task definition does not have.");
        let advice = "Correct `containerName` in `dependsOn`, or remove the entry.";
        return vec![Found::new(waits.cite("containerName"), summary, advice).container(name)];
    };
    let condition = match waits.condition() {
        Some("START") => Condition::Start,
        Some("COMPLETE") => Condition::Complete,
        Some("SUCCESS") => Condition::Success,
        Some("HEALTHY") => Condition::Healthy,
        other => {
            let summary = match other {
                Some(other) => format!(
                    "Container `{name}` waits for `{on}` with the condition `{other}`, which there is not."
                ),
                None => format!("Container `{name}` waits for `{on}` without a condition."),
            };
            let advice = "The conditions are START, COMPLETE, SUCCESS and HEALTHY.";
            return vec![Found::new(waits.cite("condition"), summary, advice).container(name)];
        }
    };
    let dependency = health::Dependency {
        condition,
        essential: is_essential(awaited),
        health_check: awaited.health_check().map(|check| settings(&check)),
        start_timeout: awaited.start_timeout().map(whole),
        is_log_router: awaited.firelens_configuration().is_some(),
    };
    let word = waits.condition().unwrap_or_default();
    let faults = dependency.faults(ProbeModel::BOTH).into_iter();
    faults
        .map(|fault| {
            let (summary, advice, proof) = match fault {
                DependencyFault::NoHealthCheck => (
                    format!("Container `{name}` waits for `{on}` to be HEALTHY, and `{on}` has no health check in the task definition."),
                    format!("Give `{on}` a `healthCheck`; one in the image does not count. Or wait for START."),
                    awaited.cite("name"),
                ),
                DependencyFault::EssentialMustNotExit => (
                    format!("Container `{name}` waits for the end of `{on}` ({word}), which is essential: its end stops the task."),
                    format!("Set `\"essential\": false` on `{on}`."),
                    awaited.cite(if awaited.essential().is_some() { "essential" } else { "name" }),
                ),
                DependencyFault::StartTimeoutTooShort { earliest } => (
                    format!(
                        "Container `{name}` waits for `{on}` to be HEALTHY, whose `startTimeout` of {} s is over before its first \
                         check at {earliest} s.",
                        dependency.start_timeout.unwrap_or_default()
                    ),
                    format!("Raise `startTimeout` of `{on}`, or lower the `interval` of its health check."),
                    awaited.cite("startTimeout"),
                ),
                DependencyFault::LogRouterCondition => (
                    format!("Container `{name}` waits for the log router `{on}` with {word}; only START and HEALTHY are allowed."),
                    "Wait for START or HEALTHY.".to_owned(),
                    awaited.cite("firelensConfiguration"),
                ),
            };
            Found::new(waits.cite("condition"), summary, advice).container(name).cite(proof)
        })
        .collect()
}

pub(super) static CIRCLE: Risk = Risk {
    code: "depends-on-circle",
    severity: Severity::Error,
    refused: false,
    title: "containers wait for each other in a circle",
    explanation: "`dependsOn`, `links` and `volumesFrom` each make one container wait for another. In a circle none of them \
                  can start first.",
    becomes: &["taskdef-invalid", "dependency-circular"],
    docs: &[PAGE],
    since: "0.1.0",
    check: |plan| circle(plan).into_iter().collect(),
};

fn circle(plan: &Plan<'_, '_>) -> Option<Found> {
    let circle = first_circle(&plan.containers)?;
    let members: Vec<&ContainerDefinition<'_>> = circle.iter().map(|at| &plan.containers[*at]).collect();
    let first = *members.first()?;
    let names: Vec<String> =
        members.iter().chain([&first]).map(|container| format!("`{}`", name_of(container))).collect();
    let proof = |container: &ContainerDefinition<'_>| {
        let key =
            ["dependsOn", "links", "volumesFrom"].into_iter().find(|key| container.node().get(key).is_some());
        container.cite(key.unwrap_or("name"))
    };
    let found = Found::new(
        proof(first),
        format!("The containers wait for each other in a circle: {}.", names.join(" → ")),
        "Remove one of these entries, so that one of the containers can start first.",
    );
    Some(members.iter().skip(1).fold(found, |found, container| found.cite(proof(container))))
}
