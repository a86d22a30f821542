//! Whose network interface carries the traffic.
//!
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html>
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html>

use std::net::IpAddr;

use super::view::Cited;
use super::{Missing, asks};
use crate::evidence::Citation;
use crate::evidence::ec2::{Instance, NetworkInterface};
use crate::evidence::ecs::{AwsvpcConfiguration, KeyValue, Task};
use crate::signals::{LaunchType, Subject};

/// AWS takes 16 subnets and 5 security groups in a network configuration; more are not read.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html>
const MOST: usize = 16;

/// What a task does on the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the columns of AWS's table of traffic by platform version")]
pub enum Traffic {
    /// Image pull, log driver, environment files, mounts.
    Start,
    /// Login to ECR, secrets and parameters.
    Secrets,
    /// The containers themselves, and ECS Exec.
    Application,
    /// The container agent and ECS.
    Agent,
}

/// Where traffic comes from.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "inside a VPC, outside of it, or not known")]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and most are in a VPC")]
pub enum Origin {
    /// A network interface in a VPC.
    Vpc(Source),
    /// Outside the account's VPCs, where routes and security groups do not count.
    Outside(Outside),
    /// It cannot be told.
    Unknown(Vec<Missing>),
}

/// An origin outside the account's VPCs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outside {
    /// A machine of ECS Anywhere.
    ExternalInstance,
    /// An interface that Fargate owns: platform versions to 1.3.0 log in and read secrets over it.
    FargateInterface,
    /// The task has no network, by `networkMode: none`.
    NoNetwork,
}

/// A network interface in a VPC, or the interfaces that a task may get.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Source {
    /// Whose interface it is.
    pub interface: Interface,
    /// The subnets in which it stands or may stand.
    pub subnets: Vec<Cited>,
    /// Its security groups.
    pub groups: Groups,
    /// Whether it has a public IPv4 address.
    pub public_address: PublicAddress,
    /// Its private address.
    pub address: Option<IpAddr>,
}

/// Whose network interface it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there are no others in a VPC")]
pub enum Interface {
    /// The task's own.
    Task,
    /// The container instance's.
    Instance,
}

/// The security groups of a network interface.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "named, not named, or not known")]
pub enum Groups {
    /// These.
    Known(Vec<Cited>),
    /// None is named, which means the VPC's default group. Where none is named.
    VpcDefault(Citation),
    /// It cannot be told.
    Unknown(Vec<Missing>),
}

/// Whether a network interface has a public IPv4 address.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "yes, no, or not known")]
pub enum PublicAddress {
    /// It has, as shown here.
    Yes(Citation),
    /// It has none, as shown here.
    No(Citation),
    /// It cannot be told.
    Unknown(Vec<Missing>),
}

/// Where a subject's traffic comes from.
pub fn source_of(subject: &Subject<'_>, traffic: Traffic) -> Origin {
    let mode = subject.definition.as_ref().and_then(|definition| definition.network_mode());
    match subject.launch_type() {
        Some(LaunchType::External) => Origin::Outside(Outside::ExternalInstance),
        Some(LaunchType::Fargate) => match (traffic, is_old_platform(subject)) {
            (Traffic::Secrets, true) => Origin::Outside(Outside::FargateInterface),
            // Fargate's own plane looks after its agent.
            (Traffic::Agent, _) => Origin::Outside(Outside::FargateInterface),
            _ => of_task(subject, true),
        },
        Some(LaunchType::Ec2 | LaunchType::ManagedInstances) => match (traffic, mode) {
            (Traffic::Application, Some("none")) => Origin::Outside(Outside::NoNetwork),
            (Traffic::Application, Some("awsvpc")) => of_task(subject, false),
            (Traffic::Application, None) if attachment(subject).is_some() => of_task(subject, false),
            (Traffic::Application, None) => {
                Origin::Unknown(vec![Missing::beyond("the task definition's `networkMode` is not known")])
            }
            // The agent and the container runtime work on the instance, whatever the network mode.
            _ => of_instance(subject),
        },
        None => {
            Origin::Unknown(vec![Missing::beyond("it is not known whether the task runs on Fargate or EC2")])
        }
    }
}

/// Linux platform versions up to 1.3.0. Windows counts by itself, from 1.0.0.
fn is_old_platform(subject: &Subject<'_>) -> bool {
    let Some(task) = &subject.task else { return false };
    let is_windows =
        task.platform_family().is_some_and(|family| family.to_ascii_lowercase().contains("windows"));
    let mut numbers = task.platform_version().unwrap_or_default().split('.').map(str::parse::<u32>);
    matches!((numbers.next(), numbers.next()), (Some(Ok(1)), Some(Ok(minor))) if minor < 4) && !is_windows
}

/// The details of the task's network interface.
fn attachment<'e>(subject: &Subject<'e>) -> Option<Vec<KeyValue<'e>>> {
    let attachments = subject.task.as_ref()?.attachments();
    let is_interface = |kind: Option<&str>| {
        kind.is_none_or(|kind| kind == "ElasticNetworkInterface" || kind.eq_ignore_ascii_case("eni"))
    };
    attachments.into_iter().find(|attachment| is_interface(attachment.kind())).map(|found| found.details())
}

/// The task's own interface; on EC2 it never gets a public address.
fn of_task(subject: &Subject<'_>, is_fargate: bool) -> Origin {
    let details = attachment(subject).unwrap_or_default();
    let detail = |name: &str| details.iter().find(|detail| detail.name() == Some(name));
    let id = detail("networkInterfaceId").and_then(|detail| detail.value());
    let interface = id.and_then(|id| {
        let mut all = subject.evidence.all::<NetworkInterface<'_>>();
        all.find(|interface| interface.network_interface_id() == Some(id))
    });
    let configuration = configuration(subject);
    let missing = || missing_configuration(subject, id);

    let attached =
        detail("subnetId").and_then(|detail| Some(Cited::new(detail.value()?, detail.cite("value"))));
    let shown = || {
        let interface = interface.as_ref()?;
        Some(Cited::new(interface.subnet_id()?, interface.cite("SubnetId")))
    };
    let subnets = match (attached.or_else(shown), &configuration) {
        (Some(subnet), _) => vec![subnet],
        (None, Some(configuration)) => cited(configuration, "subnets", configuration.subnets()),
        (None, None) => Vec::new(),
    };
    if subnets.is_empty() {
        return Origin::Unknown(missing());
    }
    let of_interface = interface.as_ref().map(groups_of_interface).filter(|groups| !groups.is_empty());
    let groups = match (of_interface, &configuration) {
        (Some(groups), _) => Groups::Known(groups),
        (None, Some(configuration)) => match configuration.security_groups() {
            none if none.is_empty() => Groups::VpcDefault(configuration.cite("securityGroups")),
            groups => Groups::Known(cited(configuration, "securityGroups", groups)),
        },
        (None, None) => Groups::Unknown(missing()),
    };
    let public_address = match (&interface, &configuration) {
        (Some(interface), _) => public_address_of(interface),
        // Its subnet is what shows that the task has an interface of its own, which gets none on EC2.
        (None, _) if !is_fargate => PublicAddress::No(subnets[0].citation.clone()),
        (None, Some(configuration)) => match configuration.assign_public_ip() {
            Some("ENABLED") => PublicAddress::Yes(configuration.cite("assignPublicIp")),
            // A service without the word assigns none; for `RunTask` AWS has said one thing and the other.
            None if subject.service.is_none() => PublicAddress::Unknown(missing()),
            _ => PublicAddress::No(configuration.cite("assignPublicIp")),
        },
        (None, None) => PublicAddress::Unknown(missing()),
    };
    let address = detail("privateIPv4Address").and_then(|detail| detail.value());
    let address = address.or_else(|| interface.as_ref().and_then(|interface| interface.private_ip_address()));
    Origin::Vpc(Source {
        interface: Interface::Task,
        subnets,
        groups,
        public_address,
        address: address.and_then(|address| address.parse().ok()),
    })
}

fn cited(configuration: &AwsvpcConfiguration<'_>, key: &str, texts: Vec<&str>) -> Vec<Cited> {
    texts.into_iter().take(MOST).map(|text| Cited::new(text, configuration.cite(key))).collect()
}

fn groups_of_interface(interface: &NetworkInterface<'_>) -> Vec<Cited> {
    let groups = interface.groups();
    groups.iter().filter_map(|group| Some(Cited::new(group.group_id()?, group.cite("GroupId")))).collect()
}

fn public_address_of(interface: &NetworkInterface<'_>) -> PublicAddress {
    match interface.association().filter(|found| found.public_ip().is_some()) {
        Some(association) => PublicAddress::Yes(association.cite("PublicIp")),
        None => PublicAddress::No(interface.cite("Association")),
    }
}

/// The network configuration by which the subject's tasks are started: that of the deployment that started
/// the task, else of the service.
fn configuration<'e>(subject: &Subject<'e>) -> Option<AwsvpcConfiguration<'e>> {
    let Some(service) = subject.service.as_ref() else {
        // On its own, as it was given to `RunTask`.
        let mut bare = subject.evidence.all::<AwsvpcConfiguration<'e>>();
        return bare.next().filter(|_| bare.next().is_none() && subject.is_of_service() != Some(true));
    };
    let of_deployment = || {
        let started_by = subject.task.as_ref()?.started_by()?;
        let deployments = service.deployments().into_iter().chain(service.task_sets());
        let mut deployments = deployments.filter(|deployment| deployment.id() == Some(started_by));
        deployments.next()?.network_configuration()?.awsvpc_configuration()
    };
    of_deployment().or_else(|| service.network_configuration()?.awsvpc_configuration())
}

fn missing_configuration(subject: &Subject<'_>, interface: Option<&str>) -> Vec<Missing> {
    let facts = subject.facts();
    let mut missing = Vec::new();
    if let (Some(cluster), Some(service), None) =
        (facts.text("cluster"), facts.text("service"), &subject.service)
    {
        missing.push(asks::service(cluster, service));
    }
    if let Some(interface) = interface {
        missing.push(asks::network_interfaces(&[interface]));
    }
    if missing.is_empty() {
        missing.push(Missing::beyond("the network configuration with which the task was run is not known"));
    }
    missing
}

/// The container instance's interface.
fn of_instance(subject: &Subject<'_>) -> Origin {
    let Some(id) = subject.instance.as_ref().and_then(|instance| instance.ec2_instance_id()) else {
        return Origin::Unknown(vec![missing_instance(subject.task.as_ref())]);
    };
    let mut all = subject.evidence.all::<Instance<'_>>();
    let Some(instance) = all.find(|instance| instance.instance_id() == Some(id)) else {
        return Origin::Unknown(vec![asks::instance(id)]);
    };
    let Some(subnet) = instance.subnet_id() else {
        return Origin::Unknown(vec![asks::instance(id)]);
    };
    let groups = instance.security_groups();
    let groups: Vec<Cited> = groups
        .iter()
        .filter_map(|group| Some(Cited::new(group.group_id()?, group.cite("GroupId"))))
        .collect();
    let groups = match groups.is_empty() {
        true => Groups::Unknown(vec![asks::instance(id)]),
        false => Groups::Known(groups),
    };
    let is_running = instance.state().is_some_and(|state| state.name() == Some("running"));
    let public_address = match instance.public_ip_address() {
        Some(_) => PublicAddress::Yes(instance.cite("PublicIpAddress")),
        None if is_running => PublicAddress::No(instance.cite("PublicIpAddress")),
        // An instance that has stopped has given its address back.
        None => PublicAddress::Unknown(vec![Missing::beyond(format!(
            "whether instance `{id}` had a public address while it ran is not known"
        ))]),
    };
    Origin::Vpc(Source {
        interface: Interface::Instance,
        subnets: vec![Cited::new(subnet, instance.cite("SubnetId"))],
        groups,
        public_address,
        address: instance.private_ip_address().and_then(|address| address.parse().ok()),
    })
}

fn missing_instance(task: Option<&Task<'_>>) -> Missing {
    let asked = task.and_then(|task| Some((task.cluster_arn()?, task.container_instance_arn()?)));
    match asked {
        Some((cluster, arn)) => asks::container_instance(cluster.rsplit('/').next().unwrap_or(cluster), arn),
        None => Missing::beyond("the container instance that carries the traffic is not known"),
    }
}
