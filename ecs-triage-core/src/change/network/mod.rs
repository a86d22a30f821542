//! Changes of the network: the smallest one that lets the traffic through.

mod endpoint;
mod route;
mod rules;

use serde_json::{Value, json};

use super::{Blast, Change, Form, Patch};
use crate::evidence::Node;
use crate::network::view::is;
use crate::network::{Blocker, Destination, Groups, Network, PublicAddress, Source};
use crate::signals::Subject;
use crate::template::{shell_name, shell_quoted};

/// An address for documentation, RFC 5737; in a changed copy it stands for the one that AWS will give.
const SOME_PUBLIC_ADDRESS: &str = "192.0.2.1";

impl Change {
    /// What lets traffic of `source` in `subnet` to `destination` through, smallest and cheapest first: a
    /// public address, a rule or switch, a route to a NAT gateway, an endpoint.
    ///
    /// Each is a change by itself. When it is made, something else may stop the traffic: ask again on the
    /// changed evidence.
    pub fn unblock(
        network: &Network<'_>,
        subject: &Subject<'_>,
        source: &Source,
        destination: &Destination,
        subnet: &str,
        blocker: &Blocker,
    ) -> Vec<Change> {
        let vpc = network.subnets.get(subnet).and_then(|found| found.vpc_id()).unwrap_or_default();
        let region = subject.facts().text("region");
        let region = region.map(|region| format!(" --region {}", shell_name(region))).unwrap_or_default();
        let plan = Plan { network, subject, source, destination, subnet, vpc, region };
        plan.changes(blocker)
    }
}

struct Plan<'p, 'e> {
    network: &'p Network<'e>,
    subject: &'p Subject<'e>,
    source: &'p Source,
    destination: &'p Destination,
    subnet: &'p str,
    vpc: &'p str,
    region: String,
}

impl<'e> Plan<'_, 'e> {
    fn changes(&self, blocker: &Blocker) -> Vec<Change> {
        let mut changes: Vec<Option<Change>> = Vec::new();
        match blocker {
            Blocker::NoPublicAddress { .. } => {
                changes.push(self.assign_public_address());
                changes.push(self.create_endpoint());
            }
            Blocker::NoDefaultRoute { route_table }
            | Blocker::WrongRegionEndpoint { route_table, .. }
            | Blocker::NatUnhealthy { route_table, .. }
            | Blocker::PrivateNat { route_table, .. } => {
                changes.push(self.route_to_nat(route_table));
                changes.push(self.create_endpoint());
            }
            Blocker::Blackhole { route_table, destination, .. } => {
                changes.push(self.replace_blackhole(route_table, destination));
                changes.push(self.create_endpoint());
            }
            Blocker::NatWithoutInternet { route_table, .. } => {
                changes.push(self.route_to_internet_gateway(route_table));
                let own = self.network.route_table_of(self.subnet, self.vpc).ok();
                changes.push(own.and_then(|table| self.route_to_nat(table.route_table_id()?)));
            }
            Blocker::EndpointSecurityGroup { groups, port, .. }
            | Blocker::TargetSecurityGroup { groups, port, .. } => {
                changes.push(groups.first().map(|group| self.allow_in(group, *port)));
            }
            Blocker::EgressSecurityGroup { groups, port, peers } => {
                changes.push(groups.first().map(|group| self.allow_out(group, *port, peers)));
            }
            Blocker::EndpointPrivateDnsOff { endpoint, .. } => {
                changes.push(self.enable_private_dns(endpoint));
            }
            Blocker::DnsHostnamesOff { vpc, .. } => {
                changes.push(self.enable_dns(vpc, "EnableDnsHostnames"));
            }
            Blocker::DnsSupportOff { vpc } => changes.push(self.enable_dns(vpc, "EnableDnsSupport")),
            Blocker::GatewayEndpointNotOnRouteTable { endpoint, route_table } => {
                changes.push(self.add_to_gateway_endpoint(endpoint, route_table));
            }
            Blocker::NaclEgress { acl, rule, ports, .. } => {
                changes.push(self.allow_by_acl(acl, *rule, *ports, true));
            }
            Blocker::NaclIngress { acl, rule, ports, .. } => {
                changes.push(self.allow_by_acl(acl, *rule, *ports, false));
            }
            Blocker::BlockPublicAccess { subnet, mode } => {
                changes.push(self.exclude_from_block(subnet, mode));
            }
            // No route of the VPC is known to lead there; the rest is not a matter of one switch.
            Blocker::NoRoute { .. } | Blocker::Ipv6OnlySubnet { .. } | Blocker::NoMountTarget { .. } => {}
        }
        changes.into_iter().flatten().collect()
    }

    fn command(&self, text: &str) -> Form {
        Form::Command(format!("{text}{}", self.region))
    }

    /// A public address for the tasks of a service on Fargate; no other task can have one.
    fn assign_public_address(&self) -> Option<Change> {
        let service = self.subject.service.as_ref().filter(|_| self.subject.is_fargate())?;
        let configuration = service.network_configuration()?.awsvpc_configuration()?;
        let subnets = configuration.subnets().join(",");
        let groups = configuration.security_groups().join(",");
        let groups = if groups.is_empty() { groups } else { format!(",securityGroups=[{groups}]") };
        let option = format!("awsvpcConfiguration={{subnets=[{subnets}]{groups},assignPublicIp=ENABLED}}");
        let command = super::service::update_service(
            self.subject,
            &format!("--network-configuration {}", shell_quoted(&option)),
        );
        let title = "Give the tasks public addresses";
        let mut change = Change::new(title, Blast::Deployment).form(Form::Command(command));
        let of_deployments = service
            .deployments()
            .into_iter()
            .filter_map(|deployment| deployment.network_configuration()?.awsvpc_configuration());
        for configuration in [configuration].into_iter().chain(of_deployments) {
            change = change.patch(Patch::set(configuration.node(), "assignPublicIp", json!("ENABLED")));
        }
        let interface = self.subject.facts().text("networkInterface");
        if let Some(interface) = interface.and_then(|id| self.network.interfaces.get(id)) {
            let association = json!({ "PublicIp": SOME_PUBLIC_ADDRESS });
            change = change.patch(Patch::set(interface.node(), "Association", association));
        }
        Some(change)
    }

    /// The security group by which the source is named in rules of others.
    fn source_group(&self) -> Option<String> {
        match &self.source.groups {
            Groups::Known(groups) => groups.first().map(|group| group.text.clone()),
            Groups::VpcDefault(_) => {
                let group = self.network.default_group(self.vpc)?.group_id()?;
                Some(group.to_owned())
            }
            Groups::Unknown(_) => None,
        }
    }

    fn subnet_range(&self) -> Option<&'e str> {
        self.network.subnets.get(self.subnet)?.cidr_block()
    }

    /// `key` is `EnableDnsSupport` or `EnableDnsHostnames`.
    fn enable_dns(&self, vpc: &str, key: &str) -> Option<Change> {
        let (_, attribute) = self.network.vpc_attribute(vpc, key)?;
        let change = Change::new(format!("Turn `{key}` of VPC `{vpc}` on"), Blast::Network);
        let change = change.form(Form::Command(self.enable_dns_command(vpc, key)));
        Some(change.patch(Patch::set(attribute.node(), key, json!({ "Value": true }))))
    }

    fn enable_dns_command(&self, vpc: &str, key: &str) -> String {
        let option =
            if key == "EnableDnsSupport" { "--enable-dns-support" } else { "--enable-dns-hostnames" };
        let (vpc, region) = (shell_name(vpc), &self.region);
        format!("aws ec2 modify-vpc-attribute --vpc-id {vpc} {option} '{{\"Value\":true}}'{region}")
    }

    fn exclude_from_block(&self, subnet: &str, mode: &str) -> Option<Change> {
        let states = self.network.subnets.get(subnet)?.block_public_access_states();
        let allowed = if is(mode, "block-ingress") { "allow-bidirectional" } else { "allow-egress" };
        // Straight to an internet gateway only the wider exclusion helps; a NAT gateway takes the other.
        let allowed = match &self.source.public_address {
            PublicAddress::Yes(_) => "allow-bidirectional",
            _ => allowed,
        };
        let command = format!(
            "aws ec2 create-vpc-block-public-access-exclusion --subnet-id {} --internet-gateway-exclusion-mode {allowed}",
            shell_name(subnet)
        );
        let title = format!("Exclude subnet `{subnet}` from VPC Block Public Access");
        let change = Change::new(title, Blast::Network).form(self.command(&command));
        Some(change.patch(Patch::set(states?.node(), "InternetGatewayBlockMode", json!("off"))))
    }
}

/// A rule of a security group for one port.
fn permission(port: u16, group: Option<&str>, range: Option<&str>) -> Value {
    let mut rule = json!({ "IpProtocol": "tcp", "FromPort": port, "ToPort": port });
    match (group, range) {
        (Some(group), _) => rule["UserIdGroupPairs"] = json!([{ "GroupId": group }]),
        (None, range) => rule["IpRanges"] = json!([{ "CidrIp": range.unwrap_or("0.0.0.0/0") }]),
    }
    rule
}

/// A list of `node` with one more element.
fn appended(node: &Node<'_>, key: &str, element: Value) -> Patch {
    let mut list = match node.get(key).map(|list| list.value().clone()) {
        Some(Value::Array(list)) => list,
        Some(only) => vec![only],
        None => Vec::new(),
    };
    list.push(element);
    Patch::set(node, key, Value::Array(list))
}
