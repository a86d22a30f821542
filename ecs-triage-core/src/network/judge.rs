//! One question: can this source reach that destination from this subnet?

use std::net::IpAddr;

use super::cidr::Cidr;
use super::dns::{self, Servers};
use super::endpoint::{self, Use};
use super::groups::{self, Direction};
use super::peer::Peer;
use super::route;
use super::source::Source;
use super::verdict::Trail;
use super::view::{Network, is};
use super::{Blocker, Destination, Missing, asks, gateway};
use crate::evidence::ec2::{Route, RouteTable, Subnet, VpcEndpoint};
use crate::iam::Truth;

/// What is asked, with what is known of the subnet.
pub(super) struct Question<'q, 'e> {
    pub(super) network: &'q Network<'e>,
    pub(super) source: &'q Source,
    pub(super) subnet: &'q Subnet<'e>,
    pub(super) subnet_id: &'q str,
    pub(super) vpc: &'q str,
    pub(super) port: u16,
    /// The address that was dialled, as a message tells it.
    pub(super) dialled: Option<IpAddr>,
}

/// How traffic to a service of AWS goes.
enum Way<'q, 'e> {
    /// By its endpoint, and by nothing else.
    Endpoint(&'q VpcEndpoint<'e>),
    /// By whatever carries public addresses.
    Public,
    /// One of the two.
    Either(Vec<&'q VpcEndpoint<'e>>, Vec<Missing>),
    /// By something else that is not in the list of endpoints, at a private address.
    Elsewhere(IpAddr),
}

impl<'q, 'e> Question<'q, 'e> {
    /// The answer, and the endpoint that carries the traffic when it is certain that one does.
    pub(super) fn answer(&self, destination: &Destination) -> (Trail, Option<VpcEndpoint<'e>>) {
        let mut trail = Trail::default();
        trail.pass(self.subnet.cite("SubnetId"));
        match destination {
            Destination::Aws { service, region, dual_stack } => {
                return self.aws(service, region, *dual_stack, trail);
            }
            Destination::Internet { .. } => {
                self.resolve(&mut trail);
                self.internet(&mut trail);
            }
            Destination::MountTarget { file_system } => {
                self.resolve(&mut trail);
                self.mount_target(file_system, &mut trail);
            }
            Destination::Address { address, .. } => self.address(*address, &mut trail),
        }
        (trail, None)
    }

    /// A name that was dialled had an address.
    fn resolve(&self, trail: &mut Trail) {
        if self.dialled.is_none() {
            dns::resolve(self.network, self.vpc, trail);
        }
    }

    /// Whether the address that was dialled is a private one; `None` when it does not tell.
    fn dialled_private(&self) -> Option<bool> {
        match self.dialled? {
            IpAddr::V4(v4) if v4.is_loopback() || v4.is_link_local() || v4.is_unspecified() => None,
            address if Cidr::of(address).is_private() || self.is_in_vpc(address) => Some(true),
            IpAddr::V4(_) => Some(false),
            // Endpoints have global IPv6 addresses too.
            IpAddr::V6(_) => None,
        }
    }

    pub(super) fn is_ipv6_only(&self) -> bool {
        self.subnet.ipv6_native() == Some(true)
    }

    fn aws(
        &self,
        service: &str,
        region: &str,
        dual_stack: bool,
        mut trail: Trail,
    ) -> (Trail, Option<VpcEndpoint<'e>>) {
        self.resolve(&mut trail);
        let endpoints = match self.network.endpoints_of(self.vpc, service) {
            Ok(endpoints) => endpoints,
            Err(missing) => {
                // What else is missing is told at once, to be asked for in one go.
                let mut public = trail.clone();
                self.public(service, region, dual_stack, &[], &mut public);
                trail.miss([missing.clone()]);
                return (Trail::one_of(vec![trail, public], vec![missing]), None);
            }
        };
        match self.way(&endpoints, region) {
            Way::Endpoint(endpoint) => {
                self.by_endpoint(endpoint, &mut trail);
                (trail, Some(endpoint.clone()))
            }
            Way::Public => {
                let used = self.public(service, region, dual_stack, &endpoints, &mut trail);
                (trail, used)
            }
            Way::Elsewhere(address) => {
                self.address(address, &mut trail);
                (trail, None)
            }
            Way::Either(candidates, open) => {
                let mut trails = Vec::new();
                for endpoint in candidates {
                    let mut trail = trail.clone();
                    self.by_endpoint(endpoint, &mut trail);
                    trails.push(trail);
                }
                self.public(service, region, dual_stack, &endpoints, &mut trail);
                trails.push(trail);
                (Trail::one_of(trails, open), None)
            }
        }
    }

    fn by_endpoint(&self, endpoint: &VpcEndpoint<'e>, trail: &mut Trail) {
        match self.is_ipv6_only() {
            true => trail.miss([ipv6_endpoint(endpoint)]),
            false => endpoint::judge(self, endpoint, trail),
        }
    }

    /// Where the service's name leads.
    fn way<'a>(&self, endpoints: &[&'a VpcEndpoint<'e>], region: &str) -> Way<'a, 'e> {
        let mut used = None;
        let mut possible = Vec::new();
        let mut open = Vec::new();
        for endpoint in endpoints {
            match endpoint::usage(self.network, endpoint, self.vpc, region) {
                Use::Used => used = Some(*endpoint),
                Use::Unclear(missing) => {
                    possible.push(*endpoint);
                    open.push(missing);
                }
                Use::PrivateDnsOff | Use::HostnamesOff | Use::Other => {}
            }
        }
        let is_private = self.dialled_private();
        match dns::servers(self.network, self.vpc) {
            Servers::Own(servers) if is_private.is_none() => {
                possible.extend(used.take());
                open.push(Missing::beyond(format!(
                    "whether the VPC's own DNS servers ({}) lead to the endpoint is not known",
                    servers.join(", ")
                )));
            }
            // Options that are not at hand are taken for Amazon's: every VPC begins with them.
            _ => {}
        }
        match (used, is_private) {
            // The address that was dialled tells which way it went.
            (_, Some(false)) => Way::Public,
            (Some(endpoint), _) => Way::Endpoint(endpoint),
            (None, Some(true)) => match possible.as_slice() {
                [only] => Way::Endpoint(only),
                [] => self.dialled.map_or(Way::Public, Way::Elsewhere),
                _ => Way::Either(possible, open),
            },
            (None, None) if possible.is_empty() => Way::Public,
            (None, None) => Way::Either(possible, open),
        }
    }

    /// The way to a service of AWS that is not by an interface endpoint.
    fn public(
        &self,
        service: &str,
        region: &str,
        dual_stack: bool,
        endpoints: &[&VpcEndpoint<'e>],
        trail: &mut Trail,
    ) -> Option<VpcEndpoint<'e>> {
        let table = match self.table(trail) {
            Some(table) => table,
            None => {
                self.leave_by_v4(dual_stack, Some((service, region)), trail);
                return None;
            }
        };
        // Its prefix list is longer than the default route, so that it wins over NAT.
        if let Some(route) = route::to_gateway_endpoint(self.network, table, region, service) {
            return self.by_gateway_endpoint(table, &route, service, region, trail);
        }
        if let Some(route) = route::without_target(table) {
            trail.contradict(Missing::beyond(format!(
                "where the route for `{}` leads is not shown",
                route::destination_of(&route)
            )));
        }
        self.expect_gateway_route(table, region, endpoints, trail);
        if let Some(IpAddr::V6(_)) = self.dialled {
            self.by_routes(table, Cidr::ALL_V6, trail);
            return None;
        }
        if self.is_ipv6_only() {
            match dual_stack {
                true => self.by_routes(table, Cidr::ALL_V6, trail),
                false => self.by_nat64(table, trail),
            }
            return None;
        }
        let mut v4 = trail.clone();
        self.by_routes_to(table, Cidr::ALL_V4, Some((service, region)), &mut v4);
        self.blame_endpoint(table, service, region, endpoints, &mut v4);
        self.or_by_v6(table, dual_stack, v4, trail);
        // Private names can be shared: the service's may lead to an endpoint in another VPC.
        let elsewhere = route::private_elsewhere(table).filter(|_| self.dialled_private().is_none());
        if let (Some(id), Some(_)) = (elsewhere, trail.blocker()) {
            trail.reopen(Missing::beyond(format!(
                "whether the service's name leads to an endpoint of another VPC, behind `{id}`, is not known"
            )));
        }
        None
    }

    /// The way by IPv4, unless it is blocked and there may be one by IPv6.
    fn or_by_v6(&self, table: &RouteTable<'e>, dual_stack: bool, v4: Trail, trail: &mut Trail) {
        if !(dual_stack && self.has_v6() && v4.blocker().is_some()) {
            *trail = v4;
            return;
        }
        let mut v6 = trail.clone();
        self.by_routes(table, Cidr::ALL_V6, &mut v6);
        let open = "whether the task has an IPv6 address (account setting `dualStackIPv6`) is not known";
        *trail = Trail::one_of(vec![v4, v6], vec![Missing::beyond(open)]);
    }

    fn has_v6(&self) -> bool {
        !self.subnet.ipv6_cidr_block_association_set().is_empty()
    }

    fn by_gateway_endpoint(
        &self,
        table: &RouteTable<'e>,
        route: &Route<'e>,
        service: &str,
        region: &str,
        trail: &mut Trail,
    ) -> Option<VpcEndpoint<'e>> {
        trail.pass(route.node().citation());
        let endpoint = route.gateway_id().and_then(|id| self.network.endpoints.get(id));
        if route::is_blackhole(route) {
            // It keeps its place before the default route, and drops the traffic.
            trail.block(route::blackhole(table, route), [route.cite("State")]);
        }
        match endpoint.and_then(VpcEndpoint::state) {
            Some(state) if !is(state, "available") => {
                trail.miss([Missing::beyond(format!("the gateway endpoint is `{state}`"))]);
            }
            _ => {}
        }
        if self.is_ipv6_only() {
            trail.miss(endpoint.map(ipv6_endpoint));
        }
        self.leave_by_v4(false, Some((service, region)), trail);
        endpoint.cloned()
    }

    fn internet(&self, trail: &mut Trail) {
        if let Some(address) = self.dialled {
            self.address(address, trail);
            return;
        }
        let Some(table) = self.table(trail) else {
            self.leave_by_v4(true, None, trail);
            return;
        };
        if !self.is_ipv6_only() {
            let mut v4 = trail.clone();
            self.by_routes(table, Cidr::ALL_V4, &mut v4);
            self.or_by_v6(table, true, v4, trail);
            return;
        }
        let (mut v6, mut v4) = (trail.clone(), trail.clone());
        self.by_routes(table, Cidr::ALL_V6, &mut v6);
        self.by_nat64(table, &mut v4);
        let open = Missing::beyond("whether the host has an IPv6 address is not known");
        *trail = Trail::one_of(vec![v6, v4], vec![open]);
    }

    /// IPv4 from a subnet without: the resolver makes IPv6 addresses, a NAT gateway makes IPv4 of them again.
    fn by_nat64(&self, table: &RouteTable<'e>, trail: &mut Trail) {
        let blocker = || Blocker::Ipv6OnlySubnet { subnet: self.subnet_id.to_owned() };
        match self.subnet.enable_dns64() {
            Some(true) => {
                trail.pass(self.subnet.cite("EnableDns64"));
                let mut there = trail.clone();
                self.by_routes(table, Cidr::NAT64, &mut there);
                // Without a route for these addresses the subnet has no way to IPv4 at all.
                if let Some(Blocker::NoDefaultRoute { .. }) = there.blocker() {
                    trail.block(blocker(), [table.cite("Routes")]);
                } else {
                    *trail = there;
                }
            }
            Some(false) => trail.block(blocker(), [self.subnet.cite("EnableDns64")]),
            None => trail.miss([asks::subnets(&[self.subnet_id])]),
        }
    }

    pub(super) fn by_routes(&self, table: &RouteTable<'e>, wanted: Cidr, trail: &mut Trail) {
        self.by_routes_to(table, wanted, None, trail);
    }

    fn by_routes_to(
        &self,
        table: &RouteTable<'e>,
        wanted: Cidr,
        service: Option<(&str, &str)>,
        trail: &mut Trail,
    ) {
        // The very address, where a message tells it, for longer routes may hold for it.
        let dialled = self.dialled.map(Cidr::of).filter(|address| wanted.covers(*address));
        let wanted = dialled.unwrap_or(wanted);
        gateway::judge(self, table, wanted, trail);
        self.leave_to_internet(wanted, service, trail);
    }

    /// The source's own security groups and network ACL towards IPv4 addresses, where no other can be meant.
    fn leave_by_v4(&self, dual_stack: bool, service: Option<(&str, &str)>, trail: &mut Trail) {
        let may_use_v6 = self.is_ipv6_only() || dual_stack && self.has_v6();
        if !may_use_v6 {
            self.leave_to_internet(Cidr::ALL_V4, service, trail);
        }
    }

    /// The source's own security groups and network ACL, towards the internet.
    pub(super) fn leave_to_internet(&self, wanted: Cidr, service: Option<(&str, &str)>, trail: &mut Trail) {
        let service = service.map(|(service, region)| (region.to_owned(), service.to_owned()));
        let peer = Peer { service, ..Peer::internet(wanted) };
        self.leave_by_groups(&peer, trail);
        gateway::pass_client_acl(self, &peer, trail);
    }

    /// The source's own security groups, outbound.
    pub(super) fn leave_by_groups(&self, peer: &Peer, trail: &mut Trail) {
        let ids = match groups::ids(self.network, &self.source.groups, self.vpc) {
            Ok(ids) => ids,
            Err(missing) => return trail.miss(missing),
        };
        let ruling = groups::permit(self.network, &ids, Direction::Out, self.port, peer);
        match ruling.allowed {
            Truth::True => ruling.proof.into_iter().for_each(|proof| trail.pass(proof)),
            Truth::Unknown => trail.miss(ruling.missing),
            Truth::False => {
                let peers = peer.groups.clone().unwrap_or_default();
                let blocker = Blocker::EgressSecurityGroup { groups: ids, port: self.port, peers };
                trail.block(blocker, ruling.proof);
            }
        }
    }

    /// The route table that the subnet uses.
    pub(super) fn table(&self, trail: &mut Trail) -> Option<&'q RouteTable<'e>> {
        match self.network.route_table_of(self.subnet_id, self.vpc) {
            Ok(table) => {
                trail.pass(table.cite("RouteTableId"));
                Some(table)
            }
            Err(missing) => {
                trail.miss([missing]);
                None
            }
        }
    }

    pub(super) fn is_in_vpc(&self, address: IpAddr) -> bool {
        let own = self.subnet.cidr_block().and_then(Cidr::parse);
        let ranges = self.network.ranges_of_vpc(self.vpc).unwrap_or_default();
        ranges.into_iter().chain(own).any(|range| range.covers(Cidr::of(address)))
    }

    /// Whether a route is for more than the VPC, so that the VPC's own route goes before it.
    pub(super) fn is_wider_than_vpc(&self, route: &Route<'_>) -> bool {
        let Some(range) = Cidr::parse(route::destination_of(route)) else { return false };
        let own = self.subnet.cidr_block().and_then(Cidr::parse);
        let ranges = self.network.ranges_of_vpc(self.vpc).unwrap_or_default();
        range.prefix() == 0 || ranges.into_iter().chain(own).any(|own| range != own && range.covers(own))
    }

    /// Where the source is: its address, else its subnet's range.
    pub(super) fn source_addresses(&self, is_v6: bool) -> Vec<Cidr> {
        if is_v6 {
            let ranges = self.subnet.ipv6_cidr_block_association_set().into_iter();
            return ranges.filter_map(|range| Cidr::parse(range.ipv6_cidr_block()?)).collect();
        }
        let of_subnet = || self.subnet.cidr_block().and_then(Cidr::parse);
        let known = self.source.address.map(Cidr::of).filter(|address| !address.is_v6());
        known.or_else(of_subnet).into_iter().collect()
    }
}

/// AWS's guides disagree on interface endpoints for tasks with IPv6 addresses alone.
fn ipv6_endpoint(endpoint: &VpcEndpoint<'_>) -> Missing {
    let id = endpoint.vpc_endpoint_id().unwrap_or_default();
    Missing::beyond(format!("whether tasks with IPv6 addresses alone can use endpoint `{id}` is not certain"))
}
