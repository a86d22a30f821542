//! Whether a task fits on a container instance, and what the closest instance lacks.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::OperatingSystem;

/// Protocol of a host port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransportProtocol {
    /// `PORTS` of an instance.
    Tcp,
    /// `PORTS_UDP` of an instance.
    Udp,
}

/// A port of the instance itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPort {
    /// The number; never 0.
    pub port: u16,
    /// Its protocol.
    pub protocol: TransportProtocol,
}

/// An attribute that a task definition requires or an instance has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attribute {
    /// Such as `ecs.capability.task-eni`.
    pub name: String,
    /// Many attributes have none; a requirement without a value accepts any.
    pub value: Option<String>,
}

/// What one container asks of its instance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContainerNeeds {
    /// `cpu`, units.
    pub cpu: u32,
    /// `memory`, MiB.
    pub memory_mib: Option<u32>,
    /// `memoryReservation`, MiB.
    pub reservation_mib: Option<u32>,
    /// `hostPort` of each port mapping, 0 for a dynamic one.
    pub host_ports: Vec<(u16, Option<TransportProtocol>)>,
    /// Devices of its `resourceRequirements` of type GPU.
    pub gpus: u32,
}

/// What a task asks of its instance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Required {
    /// CPU units.
    pub cpu: u64,
    /// Memory, MiB.
    pub memory_mib: u64,
    /// Fixed host ports.
    pub ports: BTreeSet<HostPort>,
    /// GPU devices.
    pub gpus: u32,
    /// Network interfaces: 1 for `awsvpc`, else 0.
    pub enis: u32,
    /// `requiresAttributes` of the task definition.
    pub attributes: Vec<Attribute>,
}

impl Required {
    /// The needs of a task, as the container agent accounts them.
    ///
    /// CPU and memory are the task's own when set, else the containers' together, a reservation before a hard
    /// limit. `awsvpc` tasks use no ports of the instance.
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/memory-management.html>
    #[must_use]
    pub fn of_task(
        task_cpu: Option<u32>,
        task_memory_mib: Option<u32>,
        containers: &[ContainerNeeds],
        awsvpc: bool,
        attributes: Vec<Attribute>,
    ) -> Self {
        let set = |value: Option<u32>| value.filter(|&value| value > 0).map(u64::from);
        let cpu = set(task_cpu).unwrap_or_else(|| containers.iter().map(|needs| u64::from(needs.cpu)).sum());
        let memory_mib = set(task_memory_mib).unwrap_or_else(|| {
            containers.iter().filter_map(|needs| set(needs.reservation_mib).or(set(needs.memory_mib))).sum()
        });
        let ports = containers
            .iter()
            .flat_map(|needs| &needs.host_ports)
            .filter(|&&(port, _)| port > 0 && !awsvpc)
            .map(|&(port, protocol)| HostPort { port, protocol: protocol.unwrap_or(TransportProtocol::Tcp) })
            .collect();
        let gpus = containers.iter().fold(0u32, |sum, needs| sum.saturating_add(needs.gpus));
        Self { cpu, memory_mib, ports, gpus, enis: u32::from(awsvpc), attributes }
    }
}

/// What an instance has left, from `DescribeContainerInstances`.
///
/// `remainingResources` can be lower than what running tasks explain: stopping tasks hold theirs until they
/// are STOPPED.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html>
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Instance {
    /// Whether its `status` is ACTIVE.
    pub is_active: Option<bool>,
    /// `agentConnected`; false now and then in normal operation.
    pub agent_connected: Option<bool>,
    /// Remaining `CPU`, units.
    pub cpu: Option<u64>,
    /// Remaining `MEMORY`, MiB.
    pub memory_mib: Option<u64>,
    /// Registered `CPU`, units: what an empty instance offers.
    pub registered_cpu: Option<u64>,
    /// Registered `MEMORY`, MiB; less than the type's advertised size.
    pub registered_memory_mib: Option<u64>,
    /// `PORTS` and `PORTS_UDP`: the ports already taken, not the free ones.
    pub used_ports: BTreeSet<HostPort>,
    /// Remaining `GPU` devices; 0 when its resources are known and hold none.
    pub gpus: Option<u32>,
    /// Network interfaces left for `awsvpc` tasks, when known.
    pub enis: Option<u32>,
    /// Its `attributes`.
    pub attributes: Option<Vec<Attribute>>,
}

/// Something an instance lacks for a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lack {
    /// The instance is not ACTIVE.
    Inactive,
    /// The agent is not connected: weak evidence in a single snapshot.
    AgentDisconnected,
    /// Not enough CPU, units.
    Cpu {
        /// What the task takes.
        required: u64,
        /// What is left.
        remaining: u64,
        /// Whether even the empty instance has too little; `None` when its registered CPU is not known.
        beyond_registered: Option<bool>,
    },
    /// Not enough memory, MiB.
    Memory {
        /// What the task takes.
        required: u64,
        /// What is left.
        remaining: u64,
        /// Whether even the empty instance has too little; `None` when its registered memory is not known.
        beyond_registered: Option<bool>,
    },
    /// Ports that are taken.
    Ports(Vec<HostPort>),
    /// Not enough GPU devices.
    Gpu {
        /// What the task takes.
        required: u32,
        /// What is left.
        remaining: u32,
    },
    /// No network interface left.
    Eni,
    /// A required attribute is missing or has another value.
    Attribute(Attribute),
}

impl Lack {
    /// The reason that ECS gives for such a lack in `failures[].reason` and service events.
    ///
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html>
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Inactive => "INACTIVE",
            Self::AgentDisconnected => "AGENT",
            Self::Cpu { .. } => "RESOURCE:CPU",
            Self::Memory { .. } => "RESOURCE:MEMORY",
            Self::Ports(ports) if ports.iter().all(|port| port.protocol == TransportProtocol::Udp) => {
                "RESOURCE:PORTS_UDP"
            }
            Self::Ports(_) => "RESOURCE:PORTS",
            Self::Gpu { .. } => "RESOURCE:GPU",
            Self::Eni => "RESOURCE:ENI",
            Self::Attribute(_) => "ATTRIBUTE",
        }
    }

    /// How much is missing, as a share of what is required; whole for what cannot be had in part.
    fn shortfall(&self) -> f64 {
        let share = |required: u64, remaining: u64| (required - remaining) as f64 / required as f64;
        match self {
            Self::Cpu { required, remaining, .. } | Self::Memory { required, remaining, .. } => {
                share(*required, *remaining)
            }
            Self::Gpu { required, remaining } => share(u64::from(*required), u64::from(*remaining)),
            _ => 1.0,
        }
    }
}

impl Instance {
    /// What this instance lacks for the task, as far as is known; a figure that is `None` is not held against
    /// it.
    #[must_use]
    pub fn lacks(&self, required: &Required) -> Vec<Lack> {
        let mut lacks = Vec::new();
        if self.is_active == Some(false) {
            lacks.push(Lack::Inactive);
        }
        if self.agent_connected == Some(false) {
            lacks.push(Lack::AgentDisconnected);
        }
        if let Some(remaining) = self.cpu.filter(|&cpu| cpu < required.cpu) {
            let beyond_registered = self.registered_cpu.map(|cpu| cpu < required.cpu);
            lacks.push(Lack::Cpu { required: required.cpu, remaining, beyond_registered });
        }
        if let Some(remaining) = self.memory_mib.filter(|&mib| mib < required.memory_mib) {
            let beyond_registered = self.registered_memory_mib.map(|mib| mib < required.memory_mib);
            lacks.push(Lack::Memory { required: required.memory_mib, remaining, beyond_registered });
        }
        for protocol in [TransportProtocol::Tcp, TransportProtocol::Udp] {
            let taken = required.ports.intersection(&self.used_ports);
            let taken: Vec<_> = taken.filter(|port| port.protocol == protocol).copied().collect();
            if !taken.is_empty() {
                lacks.push(Lack::Ports(taken));
            }
        }
        if let Some(remaining) = self.gpus.filter(|&gpus| gpus < required.gpus) {
            lacks.push(Lack::Gpu { required: required.gpus, remaining });
        }
        if self.enis.is_some_and(|enis| enis < required.enis) {
            lacks.push(Lack::Eni);
        }
        if let Some(own) = &self.attributes {
            let pairs: BTreeSet<&Attribute> = own.iter().collect();
            let names: BTreeSet<&str> = own.iter().map(|attribute| attribute.name.as_str()).collect();
            let has = |wanted: &Attribute| match wanted.value {
                Some(_) => pairs.contains(wanted),
                None => names.contains(wanted.name.as_str()),
            };
            let missing = required.attributes.iter().filter(|wanted| !has(wanted));
            lacks.extend(missing.cloned().map(Lack::Attribute));
        }
        lacks
    }
}

/// The instance that comes closest to holding a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Its position among the instances.
    pub instance: usize,
    /// What it lacks; empty when the task fits.
    pub lacks: Vec<Lack>,
}

/// The instance with the fewest lacks, then the smallest shortfall, then the first; `None` without instances.
#[must_use]
pub fn closest(required: &Required, instances: &[Instance]) -> Option<Match> {
    let shortfall = |lacks: &[Lack]| lacks.iter().map(Lack::shortfall).sum::<f64>();
    let nearer = |one: &Match, other: &Match| {
        let fewer = one.lacks.len().cmp(&other.lacks.len());
        fewer.then_with(|| {
            shortfall(&one.lacks).partial_cmp(&shortfall(&other.lacks)).unwrap_or(Ordering::Equal)
        })
    };
    instances
        .iter()
        .enumerate()
        .map(|(instance, remaining)| Match { instance, lacks: remaining.lacks(required) })
        .min_by(nearer)
}

/// Ports that every instance keeps for itself; `PORTS` lists them from the start.
///
/// A Linux agent with `ECS_ENABLE_PROMETHEUS_METRICS` takes 51680 too.
#[must_use]
pub fn reserved_ports(os: OperatingSystem) -> &'static [u16] {
    match os {
        OperatingSystem::Linux => &[22, 2375, 2376, 51678, 51679],
        OperatingSystem::Windows => &[53, 135, 139, 445, 2375, 2376, 3389, 5985, 5986, 51678, 51679],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn tcp(port: u16) -> HostPort {
        HostPort { port, protocol: TransportProtocol::Tcp }
    }

    const fn udp(port: u16) -> HostPort {
        HostPort { port, protocol: TransportProtocol::Udp }
    }

    fn attribute(name: &str, value: Option<&str>) -> Attribute {
        Attribute { name: name.to_owned(), value: value.map(str::to_owned) }
    }

    fn roomy() -> Instance {
        Instance {
            is_active: Some(true),
            agent_connected: Some(true),
            cpu: Some(2_048),
            memory_mib: Some(7_985),
            registered_cpu: Some(2_048),
            registered_memory_mib: Some(7_985),
            used_ports: reserved_ports(OperatingSystem::Linux).iter().copied().map(tcp).collect(),
            ..Instance::default()
        }
    }

    fn reasons(instance: &Instance, required: &Required) -> Vec<&'static str> {
        instance.lacks(required).iter().map(Lack::reason).collect()
    }

    #[test]
    fn the_task_goes_before_its_containers() {
        let containers = [
            ContainerNeeds {
                cpu: 128,
                memory_mib: Some(512),
                reservation_mib: Some(256),
                ..ContainerNeeds::default()
            },
            ContainerNeeds { cpu: 64, memory_mib: Some(128), gpus: 1, ..ContainerNeeds::default() },
        ];
        let own = Required::of_task(None, Some(0), &containers, false, Vec::new());
        assert_eq!((own.cpu, own.memory_mib, own.gpus, own.enis), (192, 384, 1, 0));
        let task = Required::of_task(Some(1_024), Some(2_048), &containers, true, Vec::new());
        assert_eq!((task.cpu, task.memory_mib, task.gpus, task.enis), (1_024, 2_048, 1, 1));
    }

    #[test]
    fn only_fixed_ports_outside_awsvpc_count() {
        let containers = [ContainerNeeds {
            host_ports: vec![(8080, None), (0, None), (53, Some(TransportProtocol::Udp)), (8080, None)],
            ..ContainerNeeds::default()
        }];
        let bridge = Required::of_task(None, None, &containers, false, Vec::new());
        assert_eq!(bridge.ports, BTreeSet::from([tcp(8080), udp(53)]));
        assert!(Required::of_task(None, None, &containers, true, Vec::new()).ports.is_empty());
    }

    #[test]
    fn every_lack_has_its_reason() {
        let fits = Required { cpu: 2_048, memory_mib: 7_985, ports: [tcp(80)].into(), ..Required::default() };
        assert!(roomy().lacks(&fits).is_empty());

        let required = Required {
            cpu: 2_049,
            memory_mib: 8_192,
            ports: [tcp(22), udp(22)].into(),
            gpus: 1,
            enis: 1,
            attributes: vec![
                attribute("ecs.capability.task-eni", None),
                attribute("ecs.os-type", Some("linux")),
            ],
        };
        let instance = Instance {
            enis: Some(0),
            used_ports: [tcp(22), udp(22)].into(),
            gpus: Some(0),
            attributes: Some(vec![attribute("ecs.os-type", Some("windows"))]),
            is_active: Some(false),
            agent_connected: Some(false),
            ..roomy()
        };
        let expected = [
            "INACTIVE",
            "AGENT",
            "RESOURCE:CPU",
            "RESOURCE:MEMORY",
            "RESOURCE:PORTS",
            "RESOURCE:PORTS_UDP",
            "RESOURCE:GPU",
            "RESOURCE:ENI",
            "ATTRIBUTE",
            "ATTRIBUTE",
        ];
        assert_eq!(reasons(&instance, &required), expected);
    }

    #[test]
    fn ports_listed_are_taken() {
        let ssh = Required { ports: [tcp(22)].into(), ..Required::default() };
        assert_eq!(roomy().lacks(&ssh), [Lack::Ports(vec![tcp(22)])]);
        let web = Required { ports: [tcp(80), udp(22)].into(), ..Required::default() };
        assert!(roomy().lacks(&web).is_empty());
    }

    #[test]
    fn an_attribute_without_a_value_accepts_any() {
        let arm =
            Instance { attributes: Some(vec![attribute("ecs.cpu-architecture", Some("arm64"))]), ..roomy() };
        let wants = |value| Required {
            attributes: vec![attribute("ecs.cpu-architecture", value)],
            ..Required::default()
        };
        assert!(arm.lacks(&wants(None)).is_empty());
        assert!(arm.lacks(&wants(Some("arm64"))).is_empty());
        assert_eq!(reasons(&arm, &wants(Some("x86_64"))), ["ATTRIBUTE"]);
    }

    #[test]
    fn a_task_larger_than_the_empty_instance_is_told_apart() {
        let half = Instance { memory_mib: Some(4_000), ..roomy() };
        let memory = |mib| half.lacks(&Required { memory_mib: mib, ..Required::default() });
        let lack =
            |required, beyond| Lack::Memory { required, remaining: 4_000, beyond_registered: Some(beyond) };
        assert_eq!(memory(4_096), [lack(4_096, false)]);
        assert_eq!(memory(8_192), [lack(8_192, true)]);
    }

    #[test]
    fn closest_has_fewest_then_smallest_lacks() {
        let required = Required { cpu: 1_024, memory_mib: 4_096, ..Required::default() };
        let with = |cpu, memory| Instance { cpu: Some(cpu), memory_mib: Some(memory), ..roomy() };
        let instances = [with(512, 2_048), with(1_024, 1_024), with(1_024, 3_072), with(1_000, 1_000)];
        assert_eq!(closest(&required, &instances).map(|found| found.instance), Some(2));
        let fits = [with(0, 0), with(1_024, 4_096)];
        assert_eq!(closest(&required, &fits), Some(Match { instance: 1, lacks: Vec::new() }));
        assert_eq!(closest(&required, &[]), None);
    }

    #[test]
    fn unknown_figures_are_not_held_against_an_instance() {
        let attributes = vec![attribute("ecs.capability.task-eni", None)];
        let required =
            Required { cpu: 1, memory_mib: 1, gpus: 1, enis: 1, attributes, ..Required::default() };
        assert!(Instance::default().lacks(&required).is_empty());
    }

    #[test]
    fn reserved() {
        assert_eq!(reserved_ports(OperatingSystem::Linux).len(), 5);
        assert_eq!(reserved_ports(OperatingSystem::Windows).len(), 11);
    }
}
