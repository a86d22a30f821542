//! NAT gateways: whether one carries traffic to the internet.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html>

use super::acl::EPHEMERAL;
use super::cidr::Cidr;
use super::groups::Direction;
use super::judge::Question;
use super::peer::Peer;
use super::route::{self, Target};
use super::verdict::Trail;
use super::view::{Network, is};
use super::{Blocker, Missing, asks, gateway};
use crate::evidence::ec2::{NatGateway, RouteTable};

/// Judges a NAT gateway to which a route of `route_table` leads.
pub(super) fn judge(question: &Question<'_, '_>, id: &str, route_table: &str, trail: &mut Trail) {
    let (network, vpc, port) = (question.network, question.vpc, question.port);
    let Some(nat) = network.nat_gateways.get(id) else {
        trail.miss([asks::nat_gateways(vpc, id)]);
        return;
    };
    let Some(state) = nat.state() else {
        trail.miss([asks::nat_gateways(vpc, id)]);
        return;
    };
    if !is(state, "available") {
        let blocker = Blocker::NatUnhealthy {
            nat: id.to_owned(),
            state: state.to_owned(),
            route_table: route_table.to_owned(),
        };
        trail.block(blocker, [nat.cite("State")]);
        return;
    }
    trail.pass(nat.cite("State"));
    let is_regional = nat.availability_mode().is_some_and(|mode| is(mode, "regional"));
    let subnet = nat.subnet_id().filter(|_| !is_regional);
    let table = match (is_regional, nat.route_table_id(), subnet) {
        (true, Some(table), _) => {
            network.route_tables.get(table).ok_or_else(|| asks::route_tables(vpc, "of the NAT gateway"))
        }
        (false, _, Some(subnet)) => network.route_table_of(subnet, vpc),
        _ => Err(Missing::beyond(format!("where NAT gateway `{id}` stands is not known"))),
    };
    match table {
        Ok(table) => way_out(network, nat, table, route_table, trail),
        Err(missing) => trail.miss([missing]),
    }
    if let Some(subnet) = subnet {
        judge_public_access(question, subnet, trail);
        // Requests go out to the port, answers come back to any of the gateway's ports.
        let internet = Peer::internet(Cidr::ALL_V4);
        gateway::pass_acl(network, subnet, vpc, Direction::Out, (port, port), &internet, trail);
        gateway::pass_acl(network, subnet, vpc, Direction::In, EPHEMERAL, &internet, trail);
        if subnet != question.subnet_id {
            let client = Peer {
                addresses: question.source_addresses(question.is_ipv6_only()),
                is_public: false,
                ..internet
            };
            gateway::pass_acl(network, subnet, vpc, Direction::In, (port, port), &client, trail);
            gateway::pass_acl(network, subnet, vpc, Direction::Out, EPHEMERAL, &client, trail);
        }
    }
}

/// Block Public Access counts where traffic passes the internet gateway: at the NAT gateway's subnet.
fn judge_public_access(question: &Question<'_, '_>, subnet: &str, trail: &mut Trail) {
    let cuts_source = gateway::cuts(question.network, question.subnet, true);
    match question.network.subnets.get(subnet) {
        Some(found) => {
            gateway::judge_public_access(question.network, found, true, trail);
            if cuts_source {
                trail.miss([Missing::beyond(format!(
                    "whether VPC Block Public Access of subnet `{}` holds behind a NAT gateway is not certain",
                    question.subnet_id
                ))]);
            }
        }
        // It is a setting of the whole Region, so that a subnet without it shows that it is off, exclusions aside.
        None if cuts_source => trail.miss([asks::subnets(&[subnet])]),
        None => {}
    }
}

/// The NAT gateway's own default route.
fn way_out(
    network: &Network<'_>,
    nat: &NatGateway<'_>,
    table: &RouteTable<'_>,
    from: &str,
    trail: &mut Trail,
) {
    let id = nat.nat_gateway_id().unwrap_or_default();
    let is_private = nat.connectivity_type().is_some_and(|kind| is(kind, "private"));
    let choices = route::choices(network, table, Cidr::ALL_V4, true);
    // The first, when there is no gap, is the default route; routes for parts of the internet are beside it.
    let default = choices.routes.first().filter(|_| !choices.has_gap);
    let to_internet = matches!(default.map(Target::of), Some(Target::InternetGateway(_)));
    let is_gone = default.is_some_and(route::is_blackhole);
    match default {
        Some(route) if to_internet && !is_gone && is_private => {
            let blocker = Blocker::PrivateNat { nat: id.to_owned(), route_table: from.to_owned() };
            trail.block(blocker, [nat.cite("ConnectivityType"), route.node().citation()]);
        }
        Some(route) if to_internet && !is_gone => trail.pass(route.node().citation()),
        Some(route) if !is_gone && matches!(Target::of(route), Target::Elsewhere(_) | Target::Unsaid) => {
            trail.miss([gateway::out_of_sight(Target::of(route).id())]);
        }
        None if !choices.missing.is_empty() => trail.miss(choices.missing),
        _ => {
            let table_id = table.route_table_id().unwrap_or_default().to_owned();
            let blocker = Blocker::NatWithoutInternet { nat: id.to_owned(), route_table: table_id };
            trail.block(blocker, [nat.cite("SubnetId"), table.cite("Routes")]);
        }
    }
}
