//! Names: whether they resolve, and whether to the private addresses of endpoints.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html>

use super::cidr::Cidr;
use super::verdict::Trail;
use super::view::Network;
use super::{Blocker, Missing, asks};

/// The servers that resolve names in a VPC.
pub(crate) enum Servers<'e> {
    /// Amazon's.
    Amazon,
    /// The VPC's own, as its DHCP options name them.
    Own(Vec<&'e str>),
    /// The DHCP options are not at hand.
    Unknown(Missing),
}

/// The servers that a VPC's DHCP options name.
pub(crate) fn servers<'e>(network: &Network<'e>, vpc: &str) -> Servers<'e> {
    let Some(id) = network.vpcs.get(vpc).and_then(|found| found.dhcp_options_id()) else {
        return Servers::Unknown(asks::vpc(vpc));
    };
    let Some(options) = network.dhcp_options.get(id) else {
        return Servers::Unknown(asks::dhcp_options(id));
    };
    let options = options.dhcp_configurations();
    let named = options.iter().find(|option| option.key() == Some("domain-name-servers"));
    let named = named.map(|option| option.values()).unwrap_or_default();
    let servers: Vec<&str> = named.iter().filter_map(|server| server.value()).collect();
    match servers.iter().all(|server| is_amazon(network, vpc, server)) {
        true => Servers::Amazon,
        false => Servers::Own(servers),
    }
}

/// Amazon's servers also go by their addresses: link-local, and the VPC's first address and two.
fn is_amazon(network: &Network<'_>, vpc: &str, server: &str) -> bool {
    let base = || {
        let range = network.vpcs.get(vpc).and_then(|found| Cidr::parse(found.cidr_block()?));
        range.and_then(|range| range.host(2))
    };
    server.eq_ignore_ascii_case("AmazonProvidedDNS")
        || ["169.254.169.253", "fd00:ec2::253"].contains(&server)
        || server.parse().is_ok_and(|address| Some(Cidr::of(address)) == base())
}

/// Judges whether names resolve at all.
pub(super) fn resolve(network: &Network<'_>, vpc: &str, trail: &mut Trail) {
    let servers = servers(network, vpc);
    if let Servers::Own(servers) = servers {
        trail.miss([Missing::beyond(format!(
            "VPC `{vpc}` uses its own DNS servers ({}), and what they answer is not known",
            servers.join(", ")
        ))]);
        return;
    }
    match (network.vpc_attribute(vpc, "EnableDnsSupport"), servers) {
        (Some((true, attribute)), _) => trail.pass(attribute.cite("EnableDnsSupport")),
        // Who turns Amazon's off has a reason: servers of their own.
        (Some((false, _)), Servers::Unknown(missing)) => trail.miss([missing]),
        (Some((false, attribute)), _) => {
            trail.block(Blocker::DnsSupportOff { vpc: vpc.to_owned() }, [attribute.cite("EnableDnsSupport")]);
        }
        (None, _) => trail.miss([asks::vpc_attribute(vpc, "enableDnsSupport")]),
    }
}
