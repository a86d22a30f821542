//! One question: can this source reach that destination from this subnet?

use std::net::IpAddr;

use super::cidr::Cidr;
use super::endpoint::{self, Use};
use super::groups::{self, Direction};
use super::inside::{self, Inner};
use super::peer::Peer;
use super::route::{self, Target};
use super::source::Source;
use super::verdict::Trail;
use super::view::{Network, is};
use super::{Blocker, Destination, Missing, asks, dns, gateway};
use crate::evidence::ec2::{Route, RouteTable, Subnet, VpcEndpoint};
use crate::evidence::efs::MountTarget;
use crate::evidence::text::MountTargetSecurityGroup;
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

    fn is_ipv6_only(&self) -> bool {
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
            Way::Endpoint(endpoint) if self.is_ipv6_only() => {
                trail.miss([ipv6_endpoint(endpoint)]);
                (trail, Some(endpoint.clone()))
            }
            Way::Endpoint(endpoint) => {
                endpoint::judge(self, endpoint, &mut trail);
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
                    endpoint::judge(self, endpoint, &mut trail);
                    trails.push(trail);
                }
                self.public(service, region, dual_stack, &endpoints, &mut trail);
                trails.push(trail);
                (Trail::one_of(trails, open), None)
            }
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
        if let (None, Some(servers)) = (is_private, dns::own_servers(self.network, self.vpc)) {
            if let Some(endpoint) = used.take() {
                possible.push(endpoint);
                open.push(Missing::beyond(format!(
                    "whether the VPC's own DNS servers ({}) lead to the endpoint is not known",
                    servers.join(", ")
                )));
            }
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
                self.leave_to_internet(Cidr::ALL_V4, Some((service, region)), trail);
                return None;
            }
        };
        // Its prefix list is longer than the default route, so that it wins over NAT.
        if let Some(route) = route::to_gateway_endpoint(self.network, table, region, service) {
            return self.by_gateway_endpoint(table, &route, service, region, trail);
        }
        self.expect_gateway_route(table, region, endpoints, trail);
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
        let has_v6 = !self.subnet.ipv6_cidr_block_association_set().is_empty();
        *trail = if dual_stack && has_v6 && v4.blocker().is_some() {
            let mut v6 = trail.clone();
            self.by_routes(table, Cidr::ALL_V6, &mut v6);
            let open = "whether the task has an IPv6 address (account setting `dualStackIPv6`) is not known";
            Trail::one_of(vec![v4, v6], vec![Missing::beyond(open)])
        } else {
            v4
        };
        None
    }

    /// An endpoint that names the route table without a route there: one of the two is not the whole truth.
    fn expect_gateway_route(
        &self,
        table: &RouteTable<'e>,
        region: &str,
        endpoints: &[&VpcEndpoint<'e>],
        trail: &mut Trail,
    ) {
        let id = table.route_table_id().unwrap_or_default();
        let names_table = |endpoint: &&&VpcEndpoint<'e>| {
            endpoint::region_of(endpoint) == Some(region) && endpoint.route_table_ids().contains(&id)
        };
        if let Some(endpoint) = endpoints.iter().find(names_table) {
            let endpoint = endpoint.vpc_endpoint_id().unwrap_or_default();
            trail.contradict(Missing::beyond(format!(
                "gateway endpoint `{endpoint}` names route table `{id}`, which has no route to it"
            )));
        }
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
            trail.block(blackhole(table, route), [route.cite("State")]);
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
        self.leave_to_internet(Cidr::ALL_V4, Some((service, region)), trail);
        endpoint.cloned()
    }

    fn internet(&self, trail: &mut Trail) {
        if let Some(address) = self.dialled {
            self.address(address, trail);
            return;
        }
        let Some(table) = self.table(trail) else {
            self.leave_to_internet(Cidr::ALL_V4, None, trail);
            return;
        };
        if !self.is_ipv6_only() {
            self.by_routes(table, Cidr::ALL_V4, trail);
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

    fn by_routes(&self, table: &RouteTable<'e>, wanted: Cidr, trail: &mut Trail) {
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

    /// The source's own security groups and network ACL, towards the internet.
    fn leave_to_internet(&self, wanted: Cidr, service: Option<(&str, &str)>, trail: &mut Trail) {
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

    /// An endpoint that should carry what has no other way is what to tell of.
    fn blame_endpoint(
        &self,
        table: &RouteTable<'e>,
        service: &str,
        region: &str,
        endpoints: &[&VpcEndpoint<'e>],
        trail: &mut Trail,
    ) {
        if !matches!(trail.blocker(), Some(Blocker::NoDefaultRoute { .. } | Blocker::NoPublicAddress { .. }))
        {
            return;
        }
        let route_table = table.route_table_id().unwrap_or_default().to_owned();
        let mut elsewhere = None;
        for endpoint in endpoints {
            let id = endpoint.vpc_endpoint_id().unwrap_or_default().to_owned();
            let is_gateway = endpoint.vpc_endpoint_type().is_some_and(|kind| is(kind, "Gateway"));
            let is_here = endpoint::region_of(endpoint) == Some(region);
            match endpoint::usage(self.network, endpoint, self.vpc, region) {
                Use::PrivateDnsOff if service != "s3" => {
                    let blocker = Blocker::EndpointPrivateDnsOff { endpoint: id, route_table };
                    return trail.block_instead(blocker, endpoint.cite("PrivateDnsEnabled"));
                }
                Use::HostnamesOff => {
                    let vpc = self.vpc.to_owned();
                    let proof = self.network.vpc_attribute(self.vpc, "EnableDnsHostnames");
                    let proof = proof.map(|(_, attribute)| attribute.cite("EnableDnsHostnames"));
                    let blocker = Blocker::DnsHostnamesOff { vpc, endpoint: id, route_table };
                    return trail.block_instead(blocker, proof.unwrap_or_else(|| endpoint.cite("VpcId")));
                }
                _ if is_gateway && is_here => {
                    let blocker = Blocker::GatewayEndpointNotOnRouteTable { endpoint: id, route_table };
                    return trail.block_instead(blocker, endpoint.cite("RouteTableIds"));
                }
                _ if !is_here => elsewhere = Some(*endpoint),
                _ => {}
            }
        }
        let Some(endpoint) = elsewhere else { return };
        let blocker = Blocker::WrongRegionEndpoint {
            endpoint: endpoint.vpc_endpoint_id().unwrap_or_default().to_owned(),
            endpoint_region: endpoint::region_of(endpoint).unwrap_or_default().to_owned(),
            region: region.to_owned(),
            route_table,
        };
        trail.block_instead(blocker, endpoint.cite("ServiceName"));
    }

    fn mount_target(&self, file_system: &str, trail: &mut Trail) {
        let evidence = self.network.evidence;
        let is_of = |target: &MountTarget<'e>| target.file_system_id() == Some(file_system);
        let all: Vec<MountTarget<'e>> = evidence.all().filter(is_of).collect();
        // All of them are known only when they were asked for by file system, or without saying what was asked.
        let is_whole = evidence.answers_of("efs", "DescribeMountTargets").any(|answer| {
            let asked = answer.request().filter(|request| request.params.is_object());
            let is_about = match asked {
                Some(request) => request.param("FileSystemId") == Some(file_system),
                None => answer.all().any(|target| is_of(&target)),
            };
            is_about && answer.error().is_none() && !answer.is_cut()
        });
        let zone = self.subnet.availability_zone_id();
        let name = self.subnet.availability_zone();
        let is_here = |target: &&MountTarget<'e>| {
            target.subnet_id() == Some(self.subnet_id)
                || zone.is_some() && target.availability_zone_id() == zone
                || zone.is_none() && name.is_some() && target.availability_zone_name() == name
        };
        let Some(target) = all.iter().find(is_here) else {
            let has_zone = |target: &MountTarget<'e>| match zone {
                Some(_) => target.availability_zone_id().is_some(),
                None => name.is_some() && target.availability_zone_name().is_some(),
            };
            if !is_whole || !all.iter().all(has_zone) {
                return trail.miss([asks::mount_targets(file_system)]);
            }
            let zone = name.or(zone).unwrap_or("the subnet's zone").to_owned();
            let proof = all
                .first()
                .map_or_else(|| self.subnet.cite("AvailabilityZone"), |target| target.node().citation());
            let blocker = Blocker::NoMountTarget { file_system: file_system.to_owned(), zone };
            return trail.block(blocker, [proof]);
        };
        trail.pass(target.node().citation());
        if target.life_cycle_state().is_some_and(|state| !is(state, "available")) {
            trail.miss([Missing::beyond("the mount target is not available (yet)")]);
        }
        let id = target.mount_target_id().unwrap_or_default();
        let inner = Inner {
            groups: self.mount_target_groups(target),
            addresses: target.ip_address().and_then(Cidr::parse).into_iter().collect(),
            subnets: target.subnet_id().map(str::to_owned).into_iter().collect(),
            refused: |target, groups, port| Blocker::TargetSecurityGroup { target, groups, port },
            name: id.to_owned(),
        };
        inside::judge(self, inner, trail);
    }

    fn mount_target_groups(&self, target: &MountTarget<'e>) -> Result<Vec<String>, Missing> {
        let id = target.mount_target_id().unwrap_or_default();
        let answer =
            self.network.evidence.answer_to("efs", "DescribeMountTargetSecurityGroups", "MountTargetId", id);
        if let Some(answer) = answer.filter(|answer| answer.error().is_none()) {
            let groups = answer.all::<MountTargetSecurityGroup<'e>>();
            return Ok(groups.map(|group| group.text().to_owned()).collect());
        }
        let interface = target.network_interface_id().and_then(|id| self.network.interfaces.get(id));
        let interface = interface.ok_or_else(|| asks::mount_target_groups(id))?;
        Ok(interface.groups().iter().filter_map(|group| group.group_id()).map(str::to_owned).collect())
    }

    fn address(&self, address: IpAddr, trail: &mut Trail) {
        let range = Cidr::of(address);
        if self.is_in_vpc(address) {
            return self.address_in_vpc(address, trail);
        }
        let Some(table) = self.table(trail) else {
            return self.leave_to_internet(range, None, trail);
        };
        if !range.is_private() {
            self.by_routes(table, range, trail);
            return;
        }
        if self.network.ranges_of_vpc(self.vpc).is_none() {
            trail.miss([asks::vpc(self.vpc)]);
        }
        let choices = route::choices(self.network, table, range, false);
        let leads_out = |route: &&Route<'e>| {
            matches!(Target::of(route), Target::Elsewhere(_) | Target::Unsaid) && !route::is_blackhole(route)
        };
        match choices.routes.first() {
            Some(route) if route::is_blackhole(route) => {
                trail.block(blackhole(table, route), [route.cite("State")]);
            }
            Some(route) if Target::of(route) == Target::Local => {
                return self.address_in_vpc(address, trail);
            }
            Some(route) if leads_out(&route) => {
                trail.miss([gateway::out_of_sight(Target::of(route).id())]);
            }
            // NAT and internet gateways carry no private addresses to the internet.
            _ if choices.missing.is_empty() => {
                let blocker = Blocker::NoRoute {
                    route_table: table.route_table_id().unwrap_or_default().to_owned(),
                    destination: address.to_string(),
                };
                trail.block(blocker, [table.cite("Routes")]);
            }
            _ => trail.miss(choices.missing),
        }
        let peer = Peer { addresses: vec![range], groups: None, is_public: false, service: None };
        self.leave_by_groups(&peer, trail);
        gateway::pass_client_acl(self, &peer, trail);
    }

    fn address_in_vpc(&self, address: IpAddr, trail: &mut Trail) {
        let text = address.to_string();
        let has = |interface: &&crate::evidence::ec2::NetworkInterface<'e>| {
            interface.private_ip_address() == Some(&text) && interface.vpc_id() == Some(self.vpc)
        };
        let interface = self.network.interfaces.values().find(has);
        let groups = interface.map(|interface| {
            interface.groups().iter().filter_map(|group| group.group_id()).map(str::to_owned).collect()
        });
        let subnet = interface.and_then(|interface| interface.subnet_id()).or_else(|| {
            let in_range = |subnet: &&Subnet<'e>| {
                let range = subnet.cidr_block().and_then(Cidr::parse);
                subnet.vpc_id() == Some(self.vpc)
                    && range.is_some_and(|range| range.covers(Cidr::of(address)))
            };
            self.network.subnets.values().find(in_range)?.subnet_id()
        });
        if let Some(interface) = interface {
            trail.pass(interface.cite("PrivateIpAddress"));
        }
        let inner = Inner {
            groups: groups.ok_or_else(|| asks::interface_with(self.vpc, &text)),
            addresses: vec![Cidr::of(address)],
            subnets: subnet.map(str::to_owned).into_iter().collect(),
            refused: |target, groups, port| Blocker::TargetSecurityGroup { target, groups, port },
            name: interface.and_then(|found| found.network_interface_id()).unwrap_or(&text).to_owned(),
        };
        inside::judge(self, inner, trail);
    }

    /// The route table that the subnet uses.
    fn table(&self, trail: &mut Trail) -> Option<&'q RouteTable<'e>> {
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

    fn is_in_vpc(&self, address: IpAddr) -> bool {
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

/// The blocker that a route is whose target is gone.
pub(super) fn blackhole(table: &RouteTable<'_>, route: &Route<'_>) -> Blocker {
    Blocker::Blackhole {
        route_table: table.route_table_id().unwrap_or_default().to_owned(),
        destination: route::destination_of(route).to_owned(),
        target: Target::of(route).id().to_owned(),
    }
}

/// AWS's guides disagree on interface endpoints for tasks with IPv6 addresses alone.
fn ipv6_endpoint(endpoint: &VpcEndpoint<'_>) -> Missing {
    let id = endpoint.vpc_endpoint_id().unwrap_or_default();
    Missing::beyond(format!("whether tasks with IPv6 addresses alone can use endpoint `{id}` is not certain"))
}
