//! Network modes, and what goes with them.

use super::plan::name_of;
use super::{Found, Plan, Risk, Severity};

const MODES: &str = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html";

pub(super) static MODE: Risk = Risk {
    code: "network-mode-unsupported",
    severity: Severity::Error,
    refused: true,
    title: "network mode that the launch type does not have",
    explanation: "Fargate has the network mode `awsvpc` alone, and Managed Instances have `awsvpc` and `host`; both want it \
                  written, as the mode without any is `bridge`.",
    becomes: &["taskdef-invalid", "placement-compute-incompatible"],
    docs: &[MODES],
    since: "0.1.0",
    check: |plan| mode(plan).into_iter().collect(),
};

fn mode(plan: &Plan<'_, '_>) -> Option<Found> {
    let mode = plan.network_mode();
    let (launch_type, allowed): (&str, &[&str]) = match () {
        () if plan.is_for_fargate() => ("Fargate", &["awsvpc"]),
        () if plan.requires("MANAGED_INSTANCES") => ("Managed Instances", &["awsvpc", "host"]),
        () => return None,
    };
    if allowed.contains(&mode) {
        return None;
    }
    let (proof, summary) = match plan.definition.network_mode() {
        Some(mode) => (
            plan.definition.cite("networkMode"),
            format!("The network mode is `{mode}`, and {launch_type} has {}.", words(allowed)),
        ),
        None => (
            plan.definition.cite("requiresCompatibilities"),
            format!(
                "No network mode is set, which means `bridge`, and {launch_type} has {}.",
                words(allowed)
            ),
        ),
    };
    Some(Found::new(proof, summary, "Set `\"networkMode\": \"awsvpc\"`."))
}

fn words(modes: &[&str]) -> String {
    match modes {
        [only] => format!("`{only}` alone"),
        modes => modes.iter().map(|mode| format!("`{mode}`")).collect::<Vec<_>>().join(" and "),
    }
}

pub(super) static LINKS: Risk = Risk {
    code: "links-outside-bridge",
    severity: Severity::Error,
    refused: true,
    title: "links in a network mode that has none",
    explanation: "`links` belong to the network mode `bridge`. In `awsvpc` the containers of a task share one interface and \
                  reach each other at 127.0.0.1.",
    becomes: &["taskdef-invalid"],
    docs: &[MODES],
    since: "0.1.0",
    check: |plan| {
        // On Fargate links are refused whatever the mode.
        if plan.network_mode() == "bridge" || plan.is_for_fargate() {
            return Vec::new();
        }
        let linked = plan.containers.iter().filter(|container| !container.links().is_empty());
        linked
            .map(|container| {
                let name = name_of(container);
                let mode = plan.network_mode();
                Found::new(
                    container.cite("links"),
                    format!("Container `{name}` has `links`, which the network mode `{mode}` does not have."),
                    format!("Remove `links` from `{name}` and reach the other container at 127.0.0.1."),
                )
                .container(name)
                .cite(plan.definition.cite("networkMode"))
            })
            .collect()
    },
};
