//! Changes of the network: the smallest one that lets the traffic through.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Blast, Change, Form, Patch};
use crate::evidence::ec2::{NatGateway, RouteTable, VpcEndpoint};
use crate::evidence::{Node, Request};
use crate::network::route::{Target, destination_of};
use crate::network::view::is;
use crate::network::{Blocker, Destination, Groups, Interface, Network, Source};
use crate::signals::Subject;
use crate::template::shell_quoted;

/// Stands in a changed copy of the evidence for what AWS will name: ids of what is made, public addresses.
const NEW: &str = "new";
/// An address for documentation, RFC 5737; in a changed copy it stands for the one that AWS will give.
const SOME_PUBLIC_ADDRESS: &str = "192.0.2.1";
/// The NAT gateway in a changed copy.
const NEW_NAT: &str = "nat-new";

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
        let region = region.map(|region| format!(" --region {}", shell_quoted(region))).unwrap_or_default();
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
            | Blocker::Blackhole { route_table, .. }
            | Blocker::NatUnhealthy { route_table, .. }
            | Blocker::PrivateNat { route_table, .. } => {
                changes.push(self.route_to_nat(route_table));
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

    /// A default route to a NAT gateway that works, or to a new one in a public subnet.
    fn route_to_nat(&self, route_table: &str) -> Option<Change> {
        let table = self.network.route_tables.get(route_table)?;
        if let Some(nat) = self.working_nat(table) {
            let title = format!("Send traffic of route table `{route_table}` to NAT gateway `{nat}`");
            let verb = route_verb(table);
            let command = format!(
                "aws ec2 {verb} --route-table-id {} --destination-cidr-block 0.0.0.0/0 --nat-gateway-id {}",
                shell_quoted(route_table),
                shell_quoted(nat)
            );
            let change = Change::new(title, Blast::Network).form(self.command(&command));
            return Some(change.patch(with_route(table, json!({ "NatGatewayId": nat }))));
        }
        let public = self.public_subnet(table)?;
        let title = format!(
            "Make a NAT gateway in the public subnet `{public}` and send traffic of route table `{route_table}` to it"
        );
        let region = &self.region;
        let command = format!(
            "NAT=$(aws ec2 create-nat-gateway --subnet-id {} --allocation-id \
             \"$(aws ec2 allocate-address --domain vpc --query AllocationId --output text{region})\" \
             --query NatGateway.NatGatewayId --output text{region}) && \
             aws ec2 wait nat-gateway-available --nat-gateway-ids \"$NAT\"{region} && \
             aws ec2 {} --route-table-id {} --destination-cidr-block 0.0.0.0/0 --nat-gateway-id \"$NAT\"{region}",
            shell_quoted(public),
            route_verb(table),
            shell_quoted(route_table),
        );
        let nat = json!({
            "NatGatewayId": NEW_NAT, "State": "available", "ConnectivityType": "public",
            "SubnetId": public, "VpcId": self.vpc,
        });
        let request = Request::new("ec2", "DescribeNatGateways", json!({ "NatGatewayIds": [NEW_NAT] }));
        let change = Change::new(title, Blast::Network).form(Form::Command(command));
        Some(
            change
                .patch(Patch::Answer { request, answer: json!({ "NatGateways": [nat] }) })
                .patch(with_route(table, json!({ "NatGatewayId": NEW_NAT }))),
        )
    }

    /// A public NAT gateway of the VPC that is available and has a way out other than through `table`.
    fn working_nat(&self, table: &RouteTable<'e>) -> Option<&'e str> {
        let works = |nat: &&NatGateway<'e>| {
            let is_private = nat.connectivity_type().is_some_and(|kind| is(kind, "private"));
            let leads_out = || {
                let subnet = nat.subnet_id()?;
                self.internet_gateway_of(self.network.route_table_of(subnet, self.vpc).ok()?)
            };
            nat.vpc_id() == Some(self.vpc)
                && nat.state().is_some_and(|state| is(state, "available"))
                && !is_private
                && leads_out().is_some()
        };
        let nat = self.network.nat_gateways.values().find(works)?.nat_gateway_id()?;
        // Its own subnet must not be sent to itself.
        self.internet_gateway_of(table).is_none().then_some(nat)
    }

    /// A subnet of the VPC that leads out by an internet gateway and not by `table`.
    fn public_subnet(&self, table: &RouteTable<'e>) -> Option<&'e str> {
        let is_public = |id: &&&'e str| {
            let own = self.network.route_table_of(id, self.vpc).ok();
            own.is_some_and(|own| {
                own.route_table_id() != table.route_table_id() && self.internet_gateway_of(own).is_some()
            })
        };
        let of_vpc = self.network.subnets.iter().filter(|(_, subnet)| subnet.vpc_id() == Some(self.vpc));
        let named = of_vpc.map(|(id, _)| id);
        // A route table may name a subnet that was not fetched.
        let tables = self.network.route_tables.values().filter(|found| found.vpc_id() == Some(self.vpc));
        let associated: Vec<&'e str> = tables
            .filter(|own| own.route_table_id() != table.route_table_id())
            .filter(|own| self.internet_gateway_of(own).is_some())
            .flat_map(|own| own.associations())
            .filter_map(|used| used.subnet_id())
            .collect();
        named.copied().find(|id| is_public(&id)).or_else(|| associated.first().copied())
    }

    /// The internet gateway to which a route table's default route leads.
    fn internet_gateway_of(&self, table: &RouteTable<'e>) -> Option<&'e str> {
        let routes = table.routes();
        let default = routes.iter().find(|route| route.destination_cidr_block() == Some("0.0.0.0/0"))?;
        match Target::of(default) {
            Target::InternetGateway(gateway) => Some(gateway),
            _ => None,
        }
    }

    fn route_to_internet_gateway(&self, route_table: &str) -> Option<Change> {
        let table = self.network.route_tables.get(route_table)?;
        let own = self.network.route_table_of(self.subnet, self.vpc).ok();
        // The route table of the tasks must keep its way by NAT.
        if own.and_then(|own| own.route_table_id()) == Some(route_table)
            || route_verb(table) == "replace-route"
        {
            return None;
        }
        let attached = self.network.internet_gateways.iter().find(|(_, gateway)| {
            gateway.attachments().iter().any(|attachment| attachment.vpc_id() == Some(self.vpc))
        });
        let in_use = || {
            let tables = self.network.route_tables.values();
            let of_vpc = tables.filter(|found| found.vpc_id() == Some(self.vpc));
            of_vpc.filter_map(|found| self.internet_gateway_of(found)).next()
        };
        let gateway = attached.map(|(id, _)| *id).or_else(in_use)?;
        let command = format!(
            "aws ec2 create-route --route-table-id {} --destination-cidr-block 0.0.0.0/0 --gateway-id {}",
            shell_quoted(route_table),
            shell_quoted(gateway)
        );
        let title = format!("Give the NAT gateway's route table `{route_table}` a route to `{gateway}`");
        let change = Change::new(title, Blast::Network).form(self.command(&command));
        Some(change.patch(with_route(table, json!({ "GatewayId": gateway }))))
    }

    /// An endpoint for the service: a gateway endpoint for S3 and DynamoDB, which costs nothing, else an
    /// interface endpoint.
    fn create_endpoint(&self) -> Option<Change> {
        let Destination::Aws { service, region, .. } = self.destination else { return None };
        // An endpoint of another Region would be of no use to names of this one.
        if self.subject.facts().text("region").is_some_and(|own| own != region) {
            return None;
        }
        let name = match region.starts_with("cn-") && service.starts_with("ecr") {
            true => format!("cn.com.amazonaws.{region}.{service}"),
            false => format!("com.amazonaws.{region}.{service}"),
        };
        match service.as_str() {
            "s3" | "dynamodb" => self.create_gateway_endpoint(&name),
            _ => self.create_interface_endpoint(&name),
        }
    }

    fn create_gateway_endpoint(&self, name: &str) -> Option<Change> {
        let table = self.network.route_table_of(self.subnet, self.vpc).ok()?;
        let command = format!(
            "aws ec2 create-vpc-endpoint --vpc-endpoint-type Gateway --vpc-id {} --service-name {name} --route-table-ids {}",
            shell_quoted(self.vpc),
            shell_quoted(table.route_table_id()?),
        );
        let id = format!("vpce-{NEW}");
        let endpoint = json!({
            "VpcEndpointId": id, "VpcEndpointType": "Gateway", "VpcId": self.vpc, "ServiceName": name,
            "State": "available", "RouteTableIds": [table.route_table_id()],
        });
        let route =
            json!({ "DestinationPrefixListId": format!("pl-{NEW}"), "GatewayId": id, "State": "active" });
        let change = Change::new(format!("Make a gateway endpoint for `{name}`"), Blast::Network);
        Some(change.form(self.command(&command)).patch(self.new_endpoint(&id, endpoint)).patch(appended(
            table.node(),
            "Routes",
            route,
        )))
    }

    /// With a security group of its own, which lets the tasks in.
    fn create_interface_endpoint(&self, name: &str) -> Option<Change> {
        let subnets: Vec<&str> = self.source.subnets.iter().map(|subnet| subnet.text.as_str()).collect();
        let vpc = shell_quoted(self.vpc);
        let region = &self.region;
        let from = self.source_group();
        let rule = match &from {
            Some(group) => format!("--source-group {}", shell_quoted(group)),
            None => format!("--cidr {}", self.subnet_range()?),
        };
        let group = "ecs-endpoints";
        let command = format!(
            "SG=$(aws ec2 create-security-group --group-name {group} --description 'HTTPS from ECS tasks' --vpc-id {vpc} \
             --query GroupId --output text{region}) && \
             aws ec2 authorize-security-group-ingress --group-id \"$SG\" --protocol tcp --port 443 {rule}{region} && \
             aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id {vpc} --service-name {name} \
             --subnet-ids {} --security-group-ids \"$SG\" --private-dns-enabled{region}",
            subnets.join(" "),
        );
        let (id, group_id) = (format!("vpce-{NEW}"), format!("sg-{NEW}"));
        let endpoint = json!({
            "VpcEndpointId": id, "VpcEndpointType": "Interface", "VpcId": self.vpc, "ServiceName": name,
            "State": "available", "PrivateDnsEnabled": true, "SubnetIds": subnets,
            "Groups": [{ "GroupId": group_id }],
        });
        let permissions = json!([permission(443, from.as_deref(), self.subnet_range())]);
        let group = json!({
            "GroupId": group_id, "GroupName": group, "VpcId": self.vpc,
            "IpPermissions": permissions, "IpPermissionsEgress": [],
        });
        let request = Request::new("ec2", "DescribeSecurityGroups", json!({ "GroupIds": [group_id] }));
        let mut change = Change::new(format!("Make an interface endpoint for `{name}`"), Blast::Network);
        // Its private name works only with the VPC's DNS host names on.
        let (names, attribute) = match self.network.vpc_attribute(self.vpc, "EnableDnsHostnames") {
            Some((false, attribute)) => {
                (format!("{} && ", self.enable_dns_command(self.vpc, "EnableDnsHostnames")), Some(attribute))
            }
            _ => (String::new(), None),
        };
        if let Some(attribute) = attribute {
            change =
                change.patch(Patch::set(attribute.node(), "EnableDnsHostnames", json!({ "Value": true })));
        }
        Some(
            change
                .form(Form::Command(format!("{names}{command}")))
                .patch(self.new_endpoint(&id, endpoint))
                .patch(Patch::Answer { request, answer: json!({ "SecurityGroups": [group] }) }),
        )
    }

    fn new_endpoint(&self, id: &str, endpoint: Value) -> Patch {
        let request = Request::new("ec2", "DescribeVpcEndpoints", json!({ "VpcEndpointIds": [id] }));
        Patch::Answer { request, answer: json!({ "VpcEndpoints": [endpoint] }) }
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

    fn allow_in(&self, group: &str, port: u16) -> Change {
        let from = self.source_group();
        let (option, words) = match (&from, self.subnet_range()) {
            (Some(from), _) => (format!("--source-group {}", shell_quoted(from)), format!("`{from}`")),
            (None, range) => {
                let range = range.unwrap_or("0.0.0.0/0");
                (format!("--cidr {range}"), format!("`{range}`"))
            }
        };
        let command = format!(
            "aws ec2 authorize-security-group-ingress --group-id {} --protocol tcp --port {port} {option}",
            shell_quoted(group)
        );
        let whose = match self.source.interface {
            Interface::Task => "the tasks",
            Interface::Instance => "the container instances",
        };
        let title = format!("Let {whose} ({words}) into security group `{group}` on port {port}");
        let rule = permission(port, from.as_deref(), self.subnet_range());
        let change = Change::new(title, Blast::Network).form(self.command(&command));
        match self.network.security_groups.get(group) {
            Some(found) => change.patch(appended(found.node(), "IpPermissions", rule)),
            None => change,
        }
    }

    fn allow_out(&self, group: &str, port: u16, peers: &[String]) -> Change {
        let peer = peers.first();
        let command = match peer {
            Some(peer) => format!(
                "aws ec2 authorize-security-group-egress --group-id {} --ip-permissions \
                 'IpProtocol=tcp,FromPort={port},ToPort={port},UserIdGroupPairs=[{{GroupId={peer}}}]'",
                shell_quoted(group)
            ),
            None => format!(
                "aws ec2 authorize-security-group-egress --group-id {} --protocol tcp --port {port} --cidr 0.0.0.0/0",
                shell_quoted(group)
            ),
        };
        let title = format!("Let security group `{group}` send to port {port}");
        let rule = permission(port, peer.map(String::as_str), Some("0.0.0.0/0"));
        let change = Change::new(title, Blast::Network).form(self.command(&command));
        match self.network.security_groups.get(group) {
            Some(found) => change.patch(appended(found.node(), "IpPermissionsEgress", rule)),
            None => change,
        }
    }

    fn enable_private_dns(&self, id: &str) -> Option<Change> {
        let endpoint: &VpcEndpoint<'e> = self.network.endpoints.get(id)?;
        let command = format!(
            "aws ec2 modify-vpc-endpoint --vpc-endpoint-id {} --private-dns-enabled",
            shell_quoted(id)
        );
        let change = Change::new(format!("Turn private DNS of endpoint `{id}` on"), Blast::Network);
        Some(change.form(self.command(&command)).patch(Patch::set(
            endpoint.node(),
            "PrivateDnsEnabled",
            json!(true),
        )))
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
        let (vpc, region) = (shell_quoted(vpc), &self.region);
        format!("aws ec2 modify-vpc-attribute --vpc-id {vpc} {option} '{{\"Value\":true}}'{region}")
    }

    fn add_to_gateway_endpoint(&self, id: &str, route_table: &str) -> Option<Change> {
        let endpoint = self.network.endpoints.get(id)?;
        let table = self.network.route_tables.get(route_table)?;
        let command = format!(
            "aws ec2 modify-vpc-endpoint --vpc-endpoint-id {} --add-route-table-ids {}",
            shell_quoted(id),
            shell_quoted(route_table)
        );
        let title = format!("Add route table `{route_table}` to gateway endpoint `{id}`");
        let mut routes = self.network.route_tables.values().flat_map(|found| found.routes());
        let list = routes.find(|route| route.gateway_id() == Some(id));
        let list = list.and_then(|route| route.destination_prefix_list_id()).unwrap_or("pl-new");
        let route = json!({ "DestinationPrefixListId": list, "GatewayId": id, "State": "active" });
        let change = Change::new(title, Blast::Network).form(self.command(&command));
        Some(change.patch(appended(endpoint.node(), "RouteTableIds", json!(route_table))).patch(appended(
            table.node(),
            "Routes",
            route,
        )))
    }

    /// A rule before the one that denies.
    fn allow_by_acl(
        &self,
        id: &str,
        denying: i64,
        (first, last): (u16, u16),
        egress: bool,
    ) -> Option<Change> {
        let acl = self.network.network_acls.get(id)?;
        let entries = acl.entries();
        let same = entries.iter().filter(|entry| entry.egress() == Some(egress));
        let taken: BTreeSet<i64> = same.filter_map(|entry| entry.rule_number()).collect();
        let is_taken = |number: i64| taken.contains(&number);
        // AWS takes numbers from 1 to 32766, and advises to leave room between them.
        let highest = denying.min(32_767) - 1;
        let round = (1..=highest.min(2_000)).rev().find(|number| number % 10 == 0 && !is_taken(*number));
        let number = round.or_else(|| (1..=highest).rev().take(entries.len() + 1).find(|n| !is_taken(*n)))?;
        let direction = if egress { "--egress" } else { "--ingress" };
        let command = format!(
            "aws ec2 create-network-acl-entry --network-acl-id {} {direction} --rule-number {number} --protocol tcp \
             --port-range From={first},To={last} --cidr-block 0.0.0.0/0 --rule-action allow",
            shell_quoted(id)
        );
        let way = if egress { "out of" } else { "into" };
        let title = format!("Let ports {first} to {last} {way} network ACL `{id}`");
        let entry = json!({
            "RuleNumber": number, "Protocol": "6", "RuleAction": "allow", "Egress": egress,
            "CidrBlock": "0.0.0.0/0", "PortRange": { "From": first, "To": last },
        });
        let change = Change::new(title, Blast::Network).form(self.command(&command));
        Some(change.patch(appended(acl.node(), "Entries", entry)))
    }

    fn exclude_from_block(&self, subnet: &str, mode: &str) -> Option<Change> {
        let states = self.network.subnets.get(subnet)?.block_public_access_states();
        let allowed = if is(mode, "block-ingress") { "allow-bidirectional" } else { "allow-egress" };
        // Straight to an internet gateway only the wider exclusion helps; a NAT gateway takes the other.
        let allowed = match &self.source.public_address {
            crate::network::PublicAddress::Yes(_) => "allow-bidirectional",
            _ => allowed,
        };
        let command = format!(
            "aws ec2 create-vpc-block-public-access-exclusion --subnet-id {} --internet-gateway-exclusion-mode {allowed}",
            shell_quoted(subnet)
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

fn route_verb(table: &RouteTable<'_>) -> &'static str {
    let has_default = table.routes().iter().any(|route| destination_of(route) == "0.0.0.0/0");
    if has_default { "replace-route" } else { "create-route" }
}

/// The route table with another default route.
fn with_route(table: &RouteTable<'_>, target: Value) -> Patch {
    let mut route =
        json!({ "DestinationCidrBlock": "0.0.0.0/0", "State": "active", "Origin": "CreateRoute" });
    for (key, id) in target.as_object().into_iter().flatten() {
        route[key] = id.clone();
    }
    let kept = table.routes().into_iter().filter(|route| destination_of(route) != "0.0.0.0/0");
    let mut routes: Vec<Value> = kept.map(|route| route.node().value().clone()).collect();
    routes.push(route);
    Patch::set(table.node(), "Routes", Value::Array(routes))
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
