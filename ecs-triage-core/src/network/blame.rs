//! Endpoints that should carry traffic and do not: what to tell of when there is no other way.

use super::endpoint::{self, Use};
use super::judge::Question;
use super::verdict::Trail;
use super::view::is;
use super::{Blocker, Missing};
use crate::evidence::ec2::{RouteTable, VpcEndpoint};

impl<'e> Question<'_, 'e> {
    /// An endpoint that should carry what has no other way is what to tell of.
    pub(super) fn blame_endpoint(
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

    /// An endpoint that names the route table without a route there: one of the two is not the whole truth.
    pub(super) fn expect_gateway_route(
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
}
