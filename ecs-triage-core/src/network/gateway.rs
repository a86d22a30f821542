//! The way to the internet: from a subnet by its routes, an internet gateway or a NAT gateway.

use super::acl::{self, EPHEMERAL};
use super::cidr::Cidr;
use super::groups::Direction;
use super::judge::Question;
use super::peer::Peer;
use super::route::{self, Target};
use super::source::PublicAddress;
use super::verdict::Trail;
use super::view::{Network, is};
use super::{Blocker, Missing, nat};
use crate::evidence::ec2::{BlockPublicAccessStates, Route, RouteTable, Subnet};

/// Ways that are followed; a route table with more targets leaves the answer open.
const MOST_WAYS: usize = 50;

/// Judges the routes to somewhere on the internet, of which only the range is known.
pub(super) fn judge(question: &Question<'_, '_>, table: &RouteTable<'_>, wanted: Cidr, trail: &mut Trail) {
    let choices = route::choices(question.network, table, wanted, true);
    let id = table.route_table_id().unwrap_or_default();
    let mut trails: Vec<Trail> = Vec::new();
    let mut judged: Vec<(Target<'_>, bool)> = Vec::new();
    for route in &choices.routes {
        // Routes to one target have one answer.
        let target = (Target::of(route), route::is_blackhole(route));
        if judged.contains(&target) && !target.1 {
            continue;
        }
        judged.push(target);
        if judged.len() > MOST_WAYS {
            let mut trail = trail.clone();
            trail.miss([Missing::beyond(format!("route table `{id}` leads more ways than are followed"))]);
            trails.push(trail);
            break;
        }
        let mut trail = trail.clone();
        trail.pass(route.node().citation());
        follow(question, table, route, wanted, &mut trail);
        trails.push(trail);
    }
    if choices.has_gap {
        let mut trail = trail.clone();
        trail.block(Blocker::NoDefaultRoute { route_table: id.to_owned() }, [table.cite("Routes")]);
        trails.push(trail);
    }
    if !choices.missing.is_empty() {
        let mut trail = trail.clone();
        trail.miss(choices.missing);
        trails.push(trail);
    }
    let open = Missing::beyond(format!(
        "route table `{id}` sends parts of the internet different ways, and which one the destination is in is not known"
    ));
    *trail = Trail::one_of(trails, vec![open]);
}

fn follow(
    question: &Question<'_, '_>,
    table: &RouteTable<'_>,
    route: &Route<'_>,
    wanted: Cidr,
    trail: &mut Trail,
) {
    if route::is_blackhole(route) {
        trail.block(route::blackhole(table, route), [route.cite("State")]);
        return;
    }
    let (network, subnet) = (question.network, question.subnet);
    let (table, target) = (table.route_table_id().unwrap_or_default(), Target::of(route));
    if route.state().is_some_and(|state| !is(state, "active")) {
        trail.miss([Missing::beyond(format!(
            "the state of the route for `{}` in `{table}` is not one that is understood",
            route::destination_of(route)
        ))]);
        return;
    }
    match target {
        Target::InternetGateway(gateway) => {
            // What NAT64 makes of an IPv4 address is for a NAT gateway alone.
            if Cidr::NAT64.covers(wanted) {
                trail.block(Blocker::Ipv6OnlySubnet { subnet: question.subnet_id.to_owned() }, []);
                return;
            }
            judge_public_access(network, subnet, false, trail);
            if !wanted.is_v6() {
                match &question.source.public_address {
                    PublicAddress::Yes(proof) => trail.pass(proof.clone()),
                    PublicAddress::No(proof) => {
                        let blocker = Blocker::NoPublicAddress {
                            subnet: question.subnet_id.to_owned(),
                            gateway: gateway.to_owned(),
                        };
                        trail.block(blocker, [proof.clone()]);
                    }
                    PublicAddress::Unknown(missing) => trail.miss(missing.clone()),
                }
            }
        }
        Target::EgressOnlyGateway(_) if Cidr::NAT64.covers(wanted) => {
            trail.block(Blocker::Ipv6OnlySubnet { subnet: question.subnet_id.to_owned() }, []);
        }
        Target::EgressOnlyGateway(_) => judge_public_access(network, subnet, true, trail),
        Target::Nat(id) => nat::judge(question, id, table, trail),
        Target::Elsewhere(id) => trail.miss([out_of_sight(id)]),
        Target::Local | Target::Unsaid => trail.miss([Missing::beyond(format!(
            "where the route for `{}` in `{table}` leads is not known",
            route::destination_of(route)
        ))]),
    }
}

/// What lies behind a transit gateway, a firewall, a peer or an instance is not in the evidence.
pub(super) fn out_of_sight(id: &str) -> Missing {
    Missing::beyond(format!("what lies behind `{id}` is not in the evidence"))
}

/// Judges VPC Block Public Access, by the subnet's own field, which knows of exclusions.
///
/// <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html>
pub(super) fn judge_public_access(
    network: &Network<'_>,
    subnet: &Subnet<'_>,
    goes_out_only: bool,
    trail: &mut Trail,
) {
    let Some(states) = states(network, subnet) else { return };
    if cuts(network, subnet, goes_out_only) {
        let subnet = subnet.subnet_id().unwrap_or_default().to_owned();
        let mode = states.internet_gateway_block_mode().unwrap_or_default().to_owned();
        trail.block(Blocker::BlockPublicAccess { subnet, mode }, [states.cite("InternetGatewayBlockMode")]);
    }
}

/// Whether VPC Block Public Access cuts a subnet off from its internet gateway.
pub(super) fn cuts(network: &Network<'_>, subnet: &Subnet<'_>, goes_out_only: bool) -> bool {
    let mode = states(network, subnet).and_then(|states| states.internet_gateway_block_mode());
    // NAT and egress-only gateways still work when what comes in is blocked.
    mode.is_some_and(|mode| is(mode, "block-bidirectional") || is(mode, "block-ingress") && !goes_out_only)
}

fn states<'e>(network: &Network<'e>, subnet: &Subnet<'e>) -> Option<BlockPublicAccessStates<'e>> {
    let of_vpc = || network.vpcs.get(subnet.vpc_id()?)?.block_public_access_states();
    subnet.block_public_access_states().or_else(of_vpc)
}

/// Judges one direction of a subnet's network ACL.
pub(super) fn pass_acl(
    network: &Network<'_>,
    subnet: &str,
    vpc: &str,
    direction: Direction,
    ports: (u16, u16),
    peer: &Peer,
    trail: &mut Trail,
) {
    match acl::rule(network, subnet, vpc, direction, ports, peer) {
        acl::Ruling::Allowed(proof) => trail.pass(proof),
        acl::Ruling::Denied { acl, rule, proof } => {
            let subnet = subnet.to_owned();
            let blocker = match direction {
                Direction::Out => Blocker::NaclEgress { acl, rule, subnet, ports },
                Direction::In => Blocker::NaclIngress { acl, rule, subnet, ports },
            };
            trail.block(blocker, [proof]);
        }
        acl::Ruling::Unclear(missing) => trail.miss([missing]),
    }
}

/// Judges the network ACL of the subnet of a client, in both directions: it is stateless.
pub(super) fn pass_client_acl(question: &Question<'_, '_>, peer: &Peer, trail: &mut Trail) {
    let (network, subnet, vpc, port) = (question.network, question.subnet_id, question.vpc, question.port);
    pass_acl(network, subnet, vpc, Direction::Out, (port, port), peer, trail);
    pass_acl(network, subnet, vpc, Direction::In, EPHEMERAL, peer, trail);
}
