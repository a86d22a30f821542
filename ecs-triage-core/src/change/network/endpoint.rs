//! Endpoints: new ones, and switches of those that are there.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Plan, appended, permission};
use crate::change::{Blast, Change, Form, Patch};
use crate::evidence::Request;
use crate::network::Destination;
use crate::network::view::endpoint_service;
use crate::template::shell_name;

/// Stands in a changed copy of the evidence for what AWS will name.
const NEW: &str = "new";

impl Plan<'_, '_> {
    /// An endpoint for the service: a gateway endpoint for S3 and DynamoDB, which costs nothing, else an
    /// interface endpoint.
    pub(super) fn create_endpoint(&self) -> Option<Change> {
        let Destination::Aws { service, region, .. } = self.destination else { return None };
        // An endpoint of another Region would be of no use to names of this one.
        if self.subject.facts().text("region").is_some_and(|own| own != region) {
            return None;
        }
        let name = endpoint_service(region, service);
        match service.as_str() {
            "s3" | "dynamodb" => self.create_gateway_endpoint(&name),
            _ => self.create_interface_endpoint(&name),
        }
    }

    fn create_gateway_endpoint(&self, name: &str) -> Option<Change> {
        let table = self.network.route_table_of(self.subnet, self.vpc).ok()?;
        let command = format!(
            "aws ec2 create-vpc-endpoint --vpc-endpoint-type Gateway --vpc-id {} --service-name {} --route-table-ids {}",
            shell_name(self.vpc),
            shell_name(name),
            shell_name(table.route_table_id()?),
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

    /// With a security group of its own. The service's name leads to the endpoint in the whole VPC, so that the group lets
    /// in the tasks and whatever else the VPC holds.
    ///
    /// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html>
    fn create_interface_endpoint(&self, name: &str) -> Option<Change> {
        let subnets = self.one_subnet_a_zone();
        let vpc = shell_name(self.vpc);
        let region = &self.region;
        let from = self.source_group();
        let tasks = match &from {
            Some(group) => format!("--source-group {}", shell_name(group)),
            None => format!("--cidr {}", shell_name(self.subnet_range()?)),
        };
        let range = self.network.vpcs.get(self.vpc).and_then(|vpc| vpc.cidr_block());
        let all = match range {
            Some(range) => shell_name(range).into_owned(),
            None => format!(
                "\"$(aws ec2 describe-vpcs --vpc-ids {vpc} --query 'Vpcs[0].CidrBlock' --output text{region})\""
            ),
        };
        let allow = |rule: &str| {
            format!(
                "aws ec2 authorize-security-group-ingress --group-id \"$SG\" --protocol tcp --port 443 {rule}{region}"
            )
        };
        let group = format!("ecs-to-{}", name.rsplit("amazonaws.").next().unwrap_or(name));
        let command = format!(
            "SG=$(aws ec2 create-security-group --group-name {} --description 'HTTPS from ECS tasks' --vpc-id {vpc} \
             --query GroupId --output text{region}) && {} && {} && \
             aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id {vpc} --service-name {service} \
             --subnet-ids {} --security-group-ids \"$SG\" --private-dns-enabled{region}",
            shell_name(&group),
            allow(&tasks),
            allow(&format!("--cidr {all}")),
            subnets.iter().map(|id| shell_name(id)).collect::<Vec<_>>().join(" "),
            service = shell_name(name),
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
        let mut change = Change::new(
            format!("Make an interface endpoint for `{name}`, by which the whole VPC then reaches it"),
            Blast::Network,
        );
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

    /// An endpoint takes one subnet of each Availability Zone.
    fn one_subnet_a_zone(&self) -> Vec<&str> {
        let mut zones = BTreeSet::new();
        let ids = self.source.subnets.iter().map(|subnet| subnet.text.as_str());
        let is_first = |id: &&str| {
            let subnet = self.network.subnets.get(id);
            let zone = subnet.and_then(|subnet| subnet.availability_zone_id().or(subnet.availability_zone()));
            zone.is_none_or(|zone| zones.insert(zone))
        };
        ids.filter(is_first).collect()
    }

    fn new_endpoint(&self, id: &str, endpoint: Value) -> Patch {
        let request = Request::new("ec2", "DescribeVpcEndpoints", json!({ "VpcEndpointIds": [id] }));
        Patch::Answer { request, answer: json!({ "VpcEndpoints": [endpoint] }) }
    }

    pub(super) fn enable_private_dns(&self, id: &str) -> Option<Change> {
        let endpoint = self.network.endpoints.get(id)?;
        let command =
            format!("aws ec2 modify-vpc-endpoint --vpc-endpoint-id {} --private-dns-enabled", shell_name(id));
        let change = Change::new(
            format!(
                "Turn private DNS of endpoint `{id}` on, so that the whole VPC uses it: its security groups have to let all in"
            ),
            Blast::Network,
        );
        Some(change.form(self.command(&command)).patch(Patch::set(
            endpoint.node(),
            "PrivateDnsEnabled",
            json!(true),
        )))
    }

    pub(super) fn add_to_gateway_endpoint(&self, id: &str, route_table: &str) -> Option<Change> {
        let endpoint = self.network.endpoints.get(id)?;
        let table = self.network.route_tables.get(route_table)?;
        let command = format!(
            "aws ec2 modify-vpc-endpoint --vpc-endpoint-id {} --add-route-table-ids {}",
            shell_name(id),
            shell_name(route_table)
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
}
