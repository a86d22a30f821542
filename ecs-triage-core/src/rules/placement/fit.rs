//! Weighs a placement failure against the task definition and the container instances at hand.

use std::collections::BTreeSet;

use super::{Finding, Placement};
use crate::change::{Change, Edit};
use crate::evidence::Citation;
use crate::evidence::ecs::{ContainerDefinition, ContainerInstance, Resource, TaskDefinition};
use crate::rules::Cause;
use crate::signals::Subject;
use crate::sizes::{
    Attribute, ContainerNeeds, HostPort, Instance, Lack, Required, TransportProtocol, closest,
};

/// Confirms that no instance at hand has what `reason` names, with the numbers of the closest one.
///
/// Without the task definition or an instance the finding stays as it is. Where a task would fit by now, the
/// fault is gone or lies elsewhere.
pub(super) fn settle(
    subject: &Subject<'_>,
    finding: Finding,
    reason: &str,
    cause: fn(Placement) -> Cause,
) -> Finding {
    let Some(definition) = &subject.definition else { return finding };
    let required = required(definition, subject);
    let views = instances(subject);
    let figures: Vec<Instance> = views.iter().map(figures).collect();
    let Some(found) = closest(&required, &figures) else { return finding };
    if found.lacks.is_empty() && is_measured(&figures[found.instance], reason) {
        return finding.refuted_by(views[found.instance].cite("remainingResources"));
    }
    let Some(lack) = found.lacks.iter().find(|lack| is_reason(lack, reason)) else { return finding };
    let view = &views[found.instance];
    let mut payload = Placement {
        container_instance: view.container_instance_arn().map(str::to_owned),
        instance_id: view.ec2_instance_id().map(str::to_owned),
        ..Placement::default()
    };
    let proof = describe(lack, view, &mut payload);
    if let Lack::Attribute(_) = lack {
        payload.attributes = Some(found.lacks.iter().filter_map(missing_attribute).collect());
    }
    let numbers = numbers(lack, view);
    let mut finding = finding;
    // The instance compared is the one that the commands shall look at.
    finding.cause = cause(payload);
    finding = finding.fact("numbers", Some(numbers));
    if let Some(asked) = asked(lack, definition) {
        finding = finding.cite(asked);
    }
    if let Lack::Ports(_) = lack {
        finding = finding.change(dynamic_ports(definition, subject));
    }
    finding.confirmed_by(proof)
}

/// The same task definition with host ports that ECS chooses.
fn dynamic_ports(definition: &TaskDefinition<'_>, subject: &Subject<'_>) -> Change {
    let containers = definition.container_definitions();
    let edits = containers.iter().filter_map(|container| {
        let mappings = container.node().get("portMappings")?.value().as_array()?.clone();
        let freed = mappings.into_iter().map(|mut mapping| {
            if let Some(port) = mapping.get_mut("hostPort") {
                *port = 0.into();
            }
            mapping
        });
        Some(Edit::container(container.name()?, "portMappings", freed.collect()))
    });
    let edits: Vec<Edit> = edits.collect();
    Change::task_definition(subject, "Let ECS choose the host ports", &edits)
}

/// The figures in words, to stand behind a sentence.
fn numbers(lack: &Lack, view: &ContainerInstance<'_>) -> String {
    let name = view.ec2_instance_id().or(view.container_instance_arn()).unwrap_or("instance");
    let of = |required: u64, remaining: u64, unit: &str, beyond: Option<bool>| {
        let even_empty = if beyond == Some(true) { ", and even empty it is too small" } else { "" };
        format!(": it takes {required} {unit}, and the closest, `{name}`, has {remaining} left{even_empty}")
    };
    match lack {
        Lack::Cpu { required, remaining, beyond_registered } => {
            of(*required, *remaining, "CPU units", *beyond_registered)
        }
        Lack::Memory { required, remaining, beyond_registered } => {
            of(*required, *remaining, "MiB", *beyond_registered)
        }
        Lack::Gpu { required, remaining } => of((*required).into(), (*remaining).into(), "GPUs", None),
        Lack::Ports(ports) => {
            let ports: Vec<String> = ports.iter().map(|port| port.port.to_string()).collect();
            format!(": {} on `{name}`", ports.join(", "))
        }
        Lack::Attribute(attribute) => format!(": `{name}` lacks `{}`", attribute.name),
        Lack::AgentDisconnected | Lack::Inactive | Lack::Eni => format!(": `{name}`"),
    }
}

fn missing_attribute(lack: &Lack) -> Option<String> {
    let Lack::Attribute(attribute) = lack else { return None };
    Some(match &attribute.value {
        Some(value) => format!("{}={value}", attribute.name),
        None => attribute.name.clone(),
    })
}

/// Whether the evidence has the figure that `reason` is about.
fn is_measured(instance: &Instance, reason: &str) -> bool {
    match reason {
        "RESOURCE:CPU" => instance.cpu.is_some(),
        "RESOURCE:MEMORY" => instance.memory_mib.is_some(),
        "RESOURCE:GPU" => instance.gpus.is_some(),
        "RESOURCE:PORTS" => !instance.used_ports.is_empty(),
        _ => false,
    }
}

fn is_reason(lack: &Lack, reason: &str) -> bool {
    lack.reason() == reason || lack.reason().starts_with(reason) && reason == "RESOURCE:PORTS"
}

/// Where the task definition asks for it: the task's own figure before its containers'.
fn asked(lack: &Lack, definition: &TaskDefinition<'_>) -> Option<Citation> {
    let containers = definition.container_definitions();
    match lack {
        Lack::Cpu { .. } if definition.cpu().is_some() => Some(definition.cite("cpu")),
        Lack::Cpu { .. } => containers.iter().find(|c| c.cpu().is_some()).map(|c| c.cite("cpu")),
        Lack::Memory { .. } if definition.memory().is_some() => Some(definition.cite("memory")),
        Lack::Memory { .. } => containers.iter().find_map(|container| match container.memory_reservation() {
            Some(_) => Some(container.cite("memoryReservation")),
            None => container.memory().map(|_| container.cite("memory")),
        }),
        Lack::Ports(ports) => {
            containers.iter().flat_map(|container| container.port_mappings()).find_map(|mapping| {
                let port = mapping.host_port()?;
                ports.iter().any(|taken| i64::from(taken.port) == port).then(|| mapping.cite("hostPort"))
            })
        }
        Lack::Gpu { .. } => containers
            .iter()
            .flat_map(|container| container.resource_requirements())
            .find(|asked| asked.kind() == Some("GPU"))
            .map(|asked| asked.cite("value")),
        Lack::Attribute(attribute) => definition
            .requires_attributes()
            .iter()
            .find(|asked| asked.name() == Some(&attribute.name))
            .map(|asked| asked.cite("name")),
        Lack::Eni => Some(definition.cite("networkMode")),
        Lack::Inactive | Lack::AgentDisconnected => None,
    }
}

/// Fills in the numbers; the proof is where the instance shows them.
fn describe(lack: &Lack, view: &ContainerInstance<'_>, payload: &mut Placement) -> Citation {
    let remaining = |name: &str, key: &str| match resource(&view.remaining_resources(), name) {
        Some(found) => found.cite(key),
        None => view.cite("remainingResources"),
    };
    match lack {
        Lack::Cpu { required, remaining: left, beyond_registered } => {
            payload.required_cpu_units = Some(*required);
            payload.remaining_cpu_units = Some(*left);
            payload.exceeds_empty_instance = *beyond_registered;
            remaining("CPU", "integerValue")
        }
        Lack::Memory { required, remaining: left, beyond_registered } => {
            payload.required_memory_mib = Some(*required);
            payload.remaining_memory_mib = Some(*left);
            payload.exceeds_empty_instance = *beyond_registered;
            remaining("MEMORY", "integerValue")
        }
        Lack::Gpu { required, remaining: left } => {
            payload.required_gpus = Some(*required);
            payload.remaining_gpus = Some(*left);
            remaining("GPU", "stringSetValue")
        }
        Lack::Ports(ports) => {
            let is_udp = ports.iter().all(|port| port.protocol == TransportProtocol::Udp);
            payload.ports = Some(ports.iter().map(|port| port.port).collect());
            remaining(if is_udp { "PORTS_UDP" } else { "PORTS" }, "stringSetValue")
        }
        Lack::Attribute(_) => view.cite("attributes"),
        Lack::AgentDisconnected => view.cite("agentConnected"),
        Lack::Inactive | Lack::Eni => view.cite("status"),
    }
}

/// The instances of the subject's cluster.
pub(super) fn instances<'e>(subject: &Subject<'e>) -> Vec<ContainerInstance<'e>> {
    let cluster = subject.facts().text("cluster");
    let is_of_cluster = |instance: &ContainerInstance<'e>| {
        let arn = instance.container_instance_arn().unwrap_or_default();
        match (arn.split('/').collect::<Vec<_>>()[..].get(1..), cluster) {
            (Some([own, _]), Some(cluster)) => *own == cluster,
            // Old ARNs lack the cluster.
            _ => true,
        }
    };
    subject.evidence.all().filter(is_of_cluster).collect()
}

fn required(definition: &TaskDefinition<'_>, subject: &Subject<'_>) -> Required {
    let overrides = subject.task.as_ref().and_then(|task| task.overrides());
    let cpu = overrides.as_ref().and_then(|over| over.cpu()).or(definition.cpu());
    let memory = overrides.as_ref().and_then(|over| over.memory()).or(definition.memory());
    let containers: Vec<ContainerNeeds> = definition.container_definitions().iter().map(needs).collect();
    let attributes = definition.requires_attributes().iter().filter_map(attribute).collect();
    Required::of_task(
        cpu.and_then(whole),
        memory.and_then(whole),
        &containers,
        definition.network_mode() == Some("awsvpc"),
        attributes,
    )
}

fn needs(container: &ContainerDefinition<'_>) -> ContainerNeeds {
    let gpus = container.resource_requirements();
    let gpus = gpus.iter().filter(|asked| asked.kind() == Some("GPU"));
    let ports = container.port_mappings();
    let ports = ports.iter().filter_map(|mapping| {
        let protocol = match mapping.protocol() {
            Some("udp") => TransportProtocol::Udp,
            _ => TransportProtocol::Tcp,
        };
        Some((u16::try_from(mapping.host_port()?).ok()?, Some(protocol)))
    });
    ContainerNeeds {
        cpu: container.cpu().and_then(whole).unwrap_or(0),
        memory_mib: container.memory().and_then(whole),
        reservation_mib: container.memory_reservation().and_then(whole),
        host_ports: ports.collect(),
        gpus: gpus.filter_map(|asked| asked.value()?.parse().ok()).fold(0, u32::saturating_add),
    }
}

fn figures(view: &ContainerInstance<'_>) -> Instance {
    let remaining = view.remaining_resources();
    let registered = view.registered_resources();
    let amount = |list: &[Resource<'_>], name: &str| {
        resource(list, name).and_then(|found| u64::try_from(found.integer_value()?).ok())
    };
    let mut used_ports = BTreeSet::new();
    for (name, protocol) in [("PORTS", TransportProtocol::Tcp), ("PORTS_UDP", TransportProtocol::Udp)] {
        let listed = resource(&remaining, name).map(|found| found.string_set_value()).unwrap_or_default();
        used_ports
            .extend(listed.iter().filter_map(|port| Some(HostPort { port: port.parse().ok()?, protocol })));
    }
    let gpus = resource(&remaining, "GPU").map_or(0, |found| found.string_set_value().len());
    let attributes: Vec<Attribute> = view.attributes().iter().filter_map(attribute).collect();
    Instance {
        is_active: view.status().map(|status| status == "ACTIVE"),
        agent_connected: view.agent_connected(),
        cpu: amount(&remaining, "CPU"),
        memory_mib: amount(&remaining, "MEMORY"),
        registered_cpu: amount(&registered, "CPU"),
        registered_memory_mib: amount(&registered, "MEMORY"),
        used_ports,
        gpus: (!remaining.is_empty()).then(|| u32::try_from(gpus).unwrap_or(u32::MAX)),
        enis: None,
        // Answers are often cut down with `--query`: an empty list is not an instance without attributes.
        attributes: (!attributes.is_empty()).then_some(attributes),
    }
}

fn resource<'r, 'e>(list: &'r [Resource<'e>], name: &str) -> Option<&'r Resource<'e>> {
    list.iter().find(|found| found.name() == Some(name))
}

fn attribute(view: &crate::evidence::ecs::Attribute<'_>) -> Option<Attribute> {
    Some(Attribute { name: view.name()?.to_owned(), value: view.value().map(str::to_owned) })
}

fn whole(value: i64) -> Option<u32> {
    u32::try_from(value).ok()
}
