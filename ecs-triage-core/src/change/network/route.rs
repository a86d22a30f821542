//! Routes to NAT gateways and internet gateways.

use serde_json::{Value, json};

use super::Plan;
use crate::change::{Blast, Change, Form, Patch};
use crate::evidence::Request;
use crate::evidence::ec2::{NatGateway, Route, RouteTable};
use crate::network::route::{Target, destination_of};
use crate::network::view::is;
use crate::template::shell_name;

/// The NAT gateway in a changed copy of the evidence, for the one that AWS will name.
const NEW_NAT: &str = "nat-new";

impl<'e> Plan<'_, 'e> {
    /// Another default route, or none for a range that leads nowhere.
    pub(super) fn replace_blackhole(&self, route_table: &str, destination: &str) -> Option<Change> {
        if destination == DEFAULT {
            return self.route_to_nat(route_table);
        }
        let table = self.network.route_tables.get(route_table)?;
        let gone = table.routes().into_iter().find(|route| destination_of(route) == destination)?;
        // Routes of gateway endpoints come and go with the endpoint alone.
        let option = match (gone.destination_cidr_block(), gone.destination_ipv6_cidr_block()) {
            (Some(range), _) => format!("--destination-cidr-block {}", shell_name(range)),
            (_, Some(range)) => format!("--destination-ipv6-cidr-block {}", shell_name(range)),
            _ => return None,
        };
        let command = format!("aws ec2 delete-route --route-table-id {} {option}", shell_name(route_table));
        let title = format!(
            "Delete the route for `{destination}` in route table `{route_table}`, whose target is gone"
        );
        let change = Change::new(title, Blast::Network).form(self.command(&command));
        Some(change.patch(Patch::set(table.node(), "Routes", Value::Array(without(table, destination)))))
    }

    /// A default route to a NAT gateway that works, or to a new one in a public subnet.
    pub(super) fn route_to_nat(&self, route_table: &str) -> Option<Change> {
        let table = self.network.route_tables.get(route_table)?;
        if let Some(nat) = self.working_nat(table) {
            let title = format!("Send traffic of route table `{route_table}` to NAT gateway `{nat}`");
            let verb = route_verb(table);
            let command = format!(
                "aws ec2 {verb} --route-table-id {} --destination-cidr-block 0.0.0.0/0 --nat-gateway-id {}",
                shell_name(route_table),
                shell_name(nat)
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
            shell_name(public),
            route_verb(table),
            shell_name(route_table),
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

    pub(super) fn route_to_internet_gateway(&self, route_table: &str) -> Option<Change> {
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
            shell_name(route_table),
            shell_name(gateway)
        );
        let title = format!("Give the NAT gateway's route table `{route_table}` a route to `{gateway}`");
        let change = Change::new(title, Blast::Network).form(self.command(&command));
        Some(change.patch(with_route(table, json!({ "GatewayId": gateway }))))
    }
}

/// All IPv4 addresses.
const DEFAULT: &str = "0.0.0.0/0";

fn route_verb(table: &RouteTable<'_>) -> &'static str {
    let has_default = table.routes().iter().any(|route| destination_of(route) == DEFAULT);
    if has_default { "replace-route" } else { "create-route" }
}

/// The route table with another default route.
fn with_route(table: &RouteTable<'_>, target: Value) -> Patch {
    let mut route =
        json!({ "DestinationCidrBlock": "0.0.0.0/0", "State": "active", "Origin": "CreateRoute" });
    for (key, id) in target.as_object().into_iter().flatten() {
        route[key] = id.clone();
    }
    let mut routes = without(table, DEFAULT);
    routes.push(route);
    Patch::set(table.node(), "Routes", Value::Array(routes))
}

/// The routes of a table but those for a destination.
fn without(table: &RouteTable<'_>, destination: &str) -> Vec<Value> {
    let kept = |route: &Route<'_>| destination_of(route) != destination;
    table.routes().into_iter().filter(kept).map(|route| route.node().value().clone()).collect()
}
