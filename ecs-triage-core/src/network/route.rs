//! Routes: which one holds for an address, and where it leads.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html>

use super::cidr::Cidr;
use super::view::{Network, is, service_of};
use super::{Blocker, Missing, asks};
use crate::evidence::ec2::{Route, RouteTable};

/// Where a route leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target<'e> {
    /// Within the VPC.
    Local,
    /// An internet gateway.
    InternetGateway(&'e str),
    /// An egress-only internet gateway, for IPv6.
    EgressOnlyGateway(&'e str),
    /// A NAT gateway.
    Nat(&'e str),
    /// Elsewhere, out of the sight of the evidence: a transit gateway, a firewall, a peer, ….
    Elsewhere(&'e str),
    /// It does not say.
    Unsaid,
}

impl<'e> Target<'e> {
    /// The one target that is set tells the type.
    pub(crate) fn of(route: &Route<'e>) -> Self {
        if let Some(nat) = route.nat_gateway_id() {
            return Target::Nat(nat);
        }
        if let Some(gateway) = route.egress_only_internet_gateway_id() {
            return Target::EgressOnlyGateway(gateway);
        }
        match route.gateway_id() {
            Some("local") => return Target::Local,
            Some(gateway) if gateway.starts_with("igw-") => return Target::InternetGateway(gateway),
            Some(gateway) => return Target::Elsewhere(gateway),
            None => {}
        }
        let others = [
            route.transit_gateway_id(),
            route.vpc_peering_connection_id(),
            route.network_interface_id(),
            route.instance_id(),
            route.carrier_gateway_id(),
            route.local_gateway_id(),
            route.core_network_arn(),
            route.odb_network_arn(),
        ];
        others.into_iter().flatten().next().map_or(Target::Unsaid, Target::Elsewhere)
    }

    /// Its id.
    pub(crate) fn id(self) -> &'e str {
        match self {
            Target::Local => "local",
            Target::Unsaid => "unknown",
            Target::InternetGateway(id)
            | Target::EgressOnlyGateway(id)
            | Target::Nat(id)
            | Target::Elsewhere(id) => id,
        }
    }
}

/// The routes that may hold for a range of addresses.
#[derive(Debug, Default)]
pub(super) struct Choices<'e> {
    /// The longest that covers the range, and those for parts of it.
    pub(super) routes: Vec<Route<'e>>,
    /// Whether a part of the range has no route.
    pub(super) has_gap: bool,
    pub(super) missing: Vec<Missing>,
}

/// Whether the route's target is gone. The route keeps its place and drops the traffic.
pub(super) fn is_blackhole(route: &Route<'_>) -> bool {
    route.state().is_some_and(|state| is(state, "blackhole"))
}

/// The routes of a table that may hold for `wanted`. `is_public` leaves out routes for private ranges.
pub(super) fn choices<'e>(
    network: &Network<'e>,
    table: &RouteTable<'e>,
    wanted: Cidr,
    is_public: bool,
) -> Choices<'e> {
    let mut choices = Choices::default();
    let mut covering: Vec<((u8, u8), Route<'e>)> = Vec::new();
    let mut halves = [false, false];
    if table.node().get("Routes").is_none() {
        let id = table.route_table_id().unwrap_or_default();
        choices.missing.push(Missing::beyond(format!("route table `{id}` is shown without its routes")));
    }
    for route in table.routes() {
        let ranges = match ranges_of(network, &route) {
            Ok(ranges) => ranges,
            Err(missing) => {
                choices.missing.push(missing);
                continue;
            }
        };
        let covers = ranges.iter().filter(|range| range.covers(wanted)).map(|range| range.prefix()).max();
        let is_part = |range: &Cidr| {
            wanted.covers(*range)
                && !(is_public && (range.is_private() || Target::of(&route) == Target::Local))
        };
        if let Some(prefix) = covers {
            covering.push(((prefix, rank(&route)), route));
        } else if ranges.iter().any(is_part) {
            // Two halves make a whole: a default route is sometimes written so.
            for (half, found) in wanted.halves().iter().zip(&mut halves) {
                *found |= ranges.contains(half);
            }
            choices.routes.push(route);
        }
    }
    let best = covering.iter().map(|(rank, _)| *rank).max();
    choices.has_gap = best.is_none() && halves != [true, true];
    let best = covering.into_iter().filter(|(rank, _)| Some(*rank) == best).map(|(_, route)| route);
    choices.routes.splice(0..0, best);
    choices
}

/// Of equal prefixes static routes come first, then those of prefix lists, then propagated ones.
fn rank(route: &Route<'_>) -> u8 {
    match () {
        () if route.origin() == Some("EnableVgwRoutePropagation") => 0,
        () if route.destination_prefix_list_id().is_some() => 1,
        () => 2,
    }
}

fn ranges_of(network: &Network<'_>, route: &Route<'_>) -> Result<Vec<Cidr>, Missing> {
    let Some(list) = route.destination_prefix_list_id() else {
        let range = route.destination_cidr_block().or(route.destination_ipv6_cidr_block());
        let range = range
            .and_then(Cidr::parse)
            .ok_or_else(|| Missing::beyond("a route is shown without the addresses that it is for"));
        return range.map(|range| vec![range]);
    };
    // The list of a service holds that service's addresses alone, which are looked for by themselves.
    if network.prefix_list_service(list).is_some() {
        return Ok(Vec::new());
    }
    network.prefix_list(list).map(<[Cidr]>::to_vec).ok_or_else(|| asks::prefix_list(list))
}

/// The route of a table that leads to a gateway endpoint for a service in a Region.
pub(super) fn to_gateway_endpoint<'e>(
    network: &Network<'e>,
    table: &RouteTable<'e>,
    region: &str,
    service: &str,
) -> Option<Route<'e>> {
    let is_it = |route: &Route<'e>| {
        let list = route.destination_prefix_list_id();
        let endpoint = route.gateway_id().filter(|id| id.starts_with("vpce-"));
        let of_endpoint = endpoint.and_then(|id| network.endpoints.get(id)?.service_name());
        let of_list = || network.prefix_list_service(list?);
        let name = of_endpoint.or_else(of_list).and_then(service_of);
        list.is_some() && endpoint.is_some() && name == Some((region, service))
    };
    table.routes().into_iter().find(is_it)
}

/// A route that does not say where it leads.
pub(super) fn without_target<'e>(table: &RouteTable<'e>) -> Option<Route<'e>> {
    table.routes().into_iter().find(|route| Target::of(route) == Target::Unsaid)
}

/// Something out of sight to which the table sends private addresses: where endpoints of another VPC may be.
pub(super) fn private_elsewhere<'e>(table: &RouteTable<'e>) -> Option<&'e str> {
    table.routes().iter().filter(|route| !is_blackhole(route)).find_map(|route| {
        let range = route.destination_cidr_block().and_then(Cidr::parse)?;
        match Target::of(route) {
            Target::Elsewhere(id) if range.is_private() => Some(id),
            _ => None,
        }
    })
}

/// How a route's destination is written.
pub(crate) fn destination_of<'e>(route: &Route<'e>) -> &'e str {
    let ranges = [
        route.destination_cidr_block(),
        route.destination_ipv6_cidr_block(),
        route.destination_prefix_list_id(),
    ];
    ranges.into_iter().flatten().next().unwrap_or_default()
}

/// The blocker that a route is whose target is gone.
pub(super) fn blackhole(table: &RouteTable<'_>, route: &Route<'_>) -> Blocker {
    Blocker::Blackhole {
        route_table: table.route_table_id().unwrap_or_default().to_owned(),
        destination: destination_of(route).to_owned(),
        target: Target::of(route).id().to_owned(),
    }
}
