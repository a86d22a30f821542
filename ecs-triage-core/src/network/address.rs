//! The way to an address.

use std::net::IpAddr;

use super::cidr::Cidr;
use super::gateway;
use super::inside::{self, Inner};
use super::judge::Question;
use super::peer::Peer;
use super::route::{self, Target};
use super::verdict::Trail;
use super::{Blocker, asks};
use crate::evidence::ec2::{NetworkInterface, Route, Subnet};

impl<'e> Question<'_, 'e> {
    /// Judges the way to an address, inside the VPC or outside.
    pub(super) fn address(&self, address: IpAddr, trail: &mut Trail) {
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
            matches!(Target::of(route), Target::Elsewhere(_) | Target::Nat(_) | Target::Unsaid)
                && !route::is_blackhole(route)
        };
        match choices.routes.first() {
            Some(route) if route::is_blackhole(route) => {
                trail.block(route::blackhole(table, route), [route.cite("State")]);
            }
            Some(route) if Target::of(route) == Target::Local => {
                return self.address_in_vpc(address, trail);
            }
            Some(route) if leads_out(&route) => {
                trail.miss([gateway::out_of_sight(Target::of(route).id())]);
            }
            // An internet gateway carries no private addresses. What a NAT gateway does is up to its own routes.
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
        let has = |interface: &&NetworkInterface<'e>| {
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
}
