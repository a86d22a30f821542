//! Names: whether they resolve, and whether to the private addresses of endpoints.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html>

use super::verdict::Trail;
use super::view::Network;
use super::{Blocker, Missing, asks};

/// The VPC's own servers, when they are not Amazon's, as the DHCP options name them.
///
/// Options that are not at hand are taken for Amazon's: every VPC begins with them.
pub(super) fn own_servers<'e>(network: &Network<'e>, vpc: &str) -> Option<Vec<&'e str>> {
    let options = network.dhcp_options_of(vpc)?.dhcp_configurations();
    let servers = options.iter().find(|option| option.key() == Some("domain-name-servers"))?.values();
    let servers: Vec<&str> = servers.iter().filter_map(|server| server.value()).collect();
    let is_amazon = |server: &&str| {
        // Also by the addresses at which it answers: the base of the VPC's range and two, and link-local.
        server.eq_ignore_ascii_case("AmazonProvidedDNS")
            || ["169.254.169.253", "fd00:ec2::253"].contains(server)
            || server.ends_with(".0.2")
    };
    (!servers.is_empty() && !servers.iter().all(is_amazon)).then_some(servers)
}

/// Judges whether names resolve at all.
pub(super) fn resolve(network: &Network<'_>, vpc: &str, trail: &mut Trail) {
    if let Some(servers) = own_servers(network, vpc) {
        trail.miss([Missing::beyond(format!(
            "VPC `{vpc}` uses its own DNS servers ({}), and what they answer is not known",
            servers.join(", ")
        ))]);
        return;
    }
    match network.vpc_attribute(vpc, "EnableDnsSupport") {
        Some((true, attribute)) => trail.pass(attribute.cite("EnableDnsSupport")),
        Some((false, attribute)) => {
            trail.block(Blocker::DnsSupportOff { vpc: vpc.to_owned() }, [attribute.cite("EnableDnsSupport")]);
        }
        None => trail.miss([asks::vpc_attribute(vpc, "enableDnsSupport")]),
    }
}
