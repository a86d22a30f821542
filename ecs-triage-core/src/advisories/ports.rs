//! Ports of containers and of their hosts.

use super::plan::name_of;
use super::{Found, Plan, Risk, Severity};
use crate::evidence::ecs::{ContainerDefinition, PortMapping};
use crate::sizes::reserved_ports;

const MAPPING: &str = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html";

/// Each port mapping with its container.
fn mappings<'p, 'e>(
    plan: &'p Plan<'_, 'e>,
) -> impl Iterator<Item = (&'p ContainerDefinition<'e>, PortMapping<'e>)> {
    plan.containers
        .iter()
        .flat_map(|container| container.port_mappings().into_iter().map(move |mapping| (container, mapping)))
}

/// The port of the host that a mapping takes for itself; [`None`] where ECS chooses one.
fn fixed_port(plan: &Plan<'_, '_>, mapping: &PortMapping<'_>) -> Option<i64> {
    match plan.network_mode() {
        "bridge" => mapping.host_port().filter(|port| *port != 0),
        "host" => mapping.host_port().filter(|port| *port != 0).or(mapping.container_port()),
        _ => None,
    }
}

fn key_of(mapping: &PortMapping<'_>) -> &'static str {
    if mapping.host_port().is_some_and(|port| port != 0) { "hostPort" } else { "containerPort" }
}

pub(super) static MISMATCH: Risk = Risk {
    code: "host-port-mismatch",
    severity: Severity::Error,
    refused: true,
    title: "host port differs from the container port where they are one",
    explanation: "In the network modes `awsvpc` and `host` nothing translates ports: `hostPort` is left out or equals \
                  `containerPort`.",
    becomes: &["taskdef-invalid"],
    docs: &[MAPPING],
    since: "0.1.0",
    check: |plan| {
        let mode = plan.network_mode();
        if !matches!(mode, "awsvpc" | "host") {
            return Vec::new();
        }
        let differing = mappings(plan).filter_map(|(container, mapping)| {
            let (host, inner) = (mapping.host_port()?, mapping.container_port()?);
            let name = name_of(container);
            (host != 0 && host != inner).then(|| {
                Found::new(
                    mapping.cite("hostPort"),
                    format!("Container `{name}` maps host port {host} to {inner}; in the network mode `{mode}` they must be equal."),
                    format!("Remove `hostPort` from `{name}`, or set it to {inner}."),
                )
                .container(name)
            })
        });
        differing.collect()
    },
};

pub(super) static RESERVED: Risk = Risk {
    code: "host-port-reserved",
    severity: Severity::Error,
    refused: false,
    title: "host port that every container instance uses itself",
    explanation: "The agent, Docker and SSH hold some ports on every container instance. A task that asks for one of them \
                  is never placed.",
    becomes: &["placement-port-in-use", "network-host-port-conflict"],
    docs: &[MAPPING],
    since: "0.1.0",
    check: |plan| {
        if plan.is_for_fargate() {
            return Vec::new();
        }
        let reserved = mappings(plan).filter_map(|(container, mapping)| {
            let port = fixed_port(plan, &mapping)?;
            let name = name_of(container);
            let is_reserved = u16::try_from(port).is_ok_and(|port| reserved_ports(plan.os()).contains(&port));
            is_reserved.then(|| {
                Found::new(
                    mapping.cite(key_of(&mapping)),
                    format!("Container `{name}` asks for host port {port}, which every container instance uses itself."),
                    format!("Give `{name}` another host port, or 0 for any."),
                )
                .container(name)
            })
        });
        reserved.collect()
    },
};

pub(super) static TWICE: Risk = Risk {
    code: "port-used-twice",
    severity: Severity::Warning,
    refused: false,
    title: "two containers of a task want the same port",
    explanation: "In `awsvpc` and `host` mode the containers of a task share their ports, and in `bridge` mode the ports of \
                  the host: the second to ask for one does not get it.",
    becomes: &["network-host-port-conflict"],
    docs: &[MAPPING],
    since: "0.1.0",
    check: |plan| {
        let port_of = |mapping: &PortMapping<'_>| match plan.network_mode() {
            "awsvpc" => mapping.container_port(),
            _ => fixed_port(plan, mapping),
        };
        let mut seen: Vec<(i64, &str, &str, PortMapping<'_>)> = Vec::new();
        let mut found = Vec::new();
        for (container, mapping) in mappings(plan) {
            let Some(port) = port_of(&mapping) else { continue };
            let (name, protocol) = (name_of(container), mapping.protocol().unwrap_or("tcp"));
            let earlier = seen.iter().find(|(other, of, over, _)| {
                *other == port && *of != name && over.eq_ignore_ascii_case(protocol)
            });
            if let Some((_, other, _, first)) = earlier {
                let summary = format!("Containers `{other}` and `{name}` both want {protocol} port {port}.");
                let advice = format!("Let `{name}` listen on another port.");
                let proof = mapping.cite(key_of(&mapping));
                found
                    .push(Found::new(proof, summary, advice).container(name).cite(first.cite(key_of(first))));
            }
            seen.push((port, name, protocol, mapping));
        }
        found
    },
};

pub(super) static FIXED: Risk = Risk {
    code: "host-port-fixed",
    severity: Severity::Note,
    refused: false,
    title: "a fixed host port allows one task for each instance",
    explanation: "Two tasks cannot share a port of their host: a service has at most one task on each instance, and a \
                  deployment that starts new tasks before it stops old ones needs instances to spare.",
    becomes: &["placement-port-in-use", "network-host-port-conflict"],
    docs: &[MAPPING],
    since: "0.1.0",
    check: |plan| {
        let is_daemon = plan.service().and_then(|service| service.scheduling_strategy()) == Some("DAEMON");
        if plan.is_for_fargate() || is_daemon {
            return Vec::new();
        }
        let fixed = mappings(plan).filter_map(|(container, mapping)| {
            // In host mode there is no choice, and the mode is the decision.
            let port = fixed_port(plan, &mapping).filter(|_| plan.network_mode() == "bridge")?;
            let name = name_of(container);
            Some(
                Found::new(
                    mapping.cite("hostPort"),
                    format!("Container `{name}` takes host port {port}, so each instance can run one such task."),
                    format!("Set `hostPort` of `{name}` to 0 for a port of ECS's choice, unless clients need {port}."),
                )
                .container(name),
            )
        });
        fixed.collect()
    },
};
