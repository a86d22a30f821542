//! VPC endpoints: whether a service's name leads to one, and what it lets in.
//!
//! <https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html>

use super::cidr::Cidr;
use super::inside::{self, Inner};
use super::judge::Question;
use super::verdict::Trail;
use super::view::{Network, is, service_of};
use super::{Blocker, Missing, asks};
use crate::evidence::ec2::VpcEndpoint;

/// Whether clients in the VPC use an interface endpoint.
pub(super) enum Use {
    Used,
    /// Its private name is off, and with it the whole endpoint.
    PrivateDnsOff,
    /// The VPC's DNS host names are off, without which private names do not work.
    HostnamesOff,
    /// It is for something else: another Region, other clients, or not ready.
    Other,
    Unclear(Missing),
}

/// Whether a service's name leads to an interface endpoint.
pub(super) fn usage(network: &Network<'_>, endpoint: &VpcEndpoint<'_>, vpc: &str, region: &str) -> Use {
    let Some(kind) = endpoint.vpc_endpoint_type() else { return Use::Unclear(asks::endpoints(vpc)) };
    let is_interface = is(kind, "Interface");
    let is_ready = endpoint.state().is_none_or(|state| is(state, "available"));
    if !is_interface || !is_ready || region_of(endpoint) != Some(region) {
        return Use::Other;
    }
    match endpoint.private_dns_enabled() {
        Some(true) => {}
        Some(false) => return Use::PrivateDnsOff,
        None => return Use::Unclear(asks::endpoints(vpc)),
    }
    let is_s3 = endpoint.service_name().and_then(service_of).is_some_and(|(_, service)| service == "s3");
    let inbound_only =
        endpoint.dns_options().and_then(|options| options.private_dns_only_for_inbound_resolver_endpoint());
    match inbound_only {
        Some(true) => return Use::Other,
        None if is_s3 => {
            let id = endpoint.vpc_endpoint_id().unwrap_or_default();
            return Use::Unclear(Missing::beyond(format!(
                "whether names within the VPC lead to S3 endpoint `{id}` is not shown (`PrivateDnsOnlyForInboundResolverEndpoint`)"
            )));
        }
        _ => {}
    }
    match network.vpc_attribute(vpc, "EnableDnsHostnames") {
        Some((true, _)) => Use::Used,
        Some((false, _)) => Use::HostnamesOff,
        None => Use::Unclear(asks::vpc_attribute(vpc, "enableDnsHostnames")),
    }
}

/// The Region that an endpoint is for.
pub(super) fn region_of<'e>(endpoint: &VpcEndpoint<'e>) -> Option<&'e str> {
    let named = || endpoint.service_name().and_then(service_of).map(|(region, _)| region);
    endpoint.service_region().or_else(named)
}

/// Judges the way by an interface endpoint. There is no other once the name leads to it.
pub(super) fn judge(question: &Question<'_, '_>, endpoint: &VpcEndpoint<'_>, trail: &mut Trail) {
    trail.pass(endpoint.cite("ServiceName"));
    trail.pass(endpoint.cite("PrivateDnsEnabled"));
    let groups: Vec<String> =
        endpoint.groups().iter().filter_map(|group| group.group_id()).map(str::to_owned).collect();
    let inner = Inner {
        groups: if groups.is_empty() { Err(asks::endpoints(question.vpc)) } else { Ok(groups) },
        addresses: addresses(question.network, endpoint),
        subnets: endpoint.subnet_ids().into_iter().map(str::to_owned).collect(),
        refused: |endpoint, groups, port| Blocker::EndpointSecurityGroup { endpoint, groups, port },
        name: endpoint.vpc_endpoint_id().unwrap_or_default().to_owned(),
    };
    if endpoint.service_name().and_then(service_of).is_some_and(|(_, service)| service == "s3") {
        trail.miss([Missing::beyond(
            "AWS describes the download of image layers by a gateway endpoint; that it works by an interface endpoint is not certain",
        )]);
    }
    inside::judge(question, inner, trail);
}

/// Where an endpoint's network interfaces are: their addresses, else the ranges of its subnets.
fn addresses(network: &Network<'_>, endpoint: &VpcEndpoint<'_>) -> Vec<Cidr> {
    let ids = endpoint.network_interface_ids();
    let of_interfaces: Vec<Cidr> =
        ids.iter().filter_map(|id| Cidr::parse(network.interfaces.get(id)?.private_ip_address()?)).collect();
    if !ids.is_empty() && of_interfaces.len() == ids.len() {
        return of_interfaces;
    }
    let subnets = endpoint.subnet_ids();
    let of_subnets: Vec<Cidr> =
        subnets.iter().filter_map(|id| Cidr::parse(network.subnets.get(id)?.cidr_block()?)).collect();
    if of_subnets.len() == subnets.len() && !subnets.is_empty() {
        return of_subnets;
    }
    let of_vpc = endpoint.vpc_id().and_then(|vpc| network.ranges_of_vpc(vpc)).unwrap_or_default();
    of_vpc.into_iter().filter(|range| !range.is_v6()).collect()
}
