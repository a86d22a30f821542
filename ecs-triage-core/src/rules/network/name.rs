//! Weighs a name that could not be looked up against the VPC's resolver.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html>

use serde_json::json;

use super::aim::Aim;
use super::way::{Standing, statement_of};
use crate::evidence::Request;
use crate::network::dns::{Servers, servers};
use crate::network::{Blocker, Destination, Network, Origin, Traffic, source_of};
use crate::rules::Finding;
use crate::signals::Subject;

/// The VPC's DNS is off, or on; or its names are looked up at servers that the evidence does not know.
pub(super) fn settle(subject: &Subject<'_>, finding: Finding) -> Finding {
    let host = statement_of(subject, &finding).and_then(|statement| statement.message.host());
    let aim = Aim::new(Destination::internet(host.unwrap_or_default()));
    let standing = Standing::of(subject, &aim);
    if let Standing::Shut(way) = &standing
        && matches!(way.blocker(), Blocker::DnsSupportOff { .. })
    {
        return way.prove(subject, finding);
    }
    let network = Network::new(subject.evidence);
    let vpc = match source_of(subject, Traffic::Start) {
        Origin::Vpc(source) => {
            source.subnets.iter().find_map(|subnet| network.subnets.get(subnet.text.as_str())?.vpc_id())
        }
        Origin::Outside(_) | Origin::Unknown(_) => None,
    };
    match (vpc, standing) {
        (Some(vpc), _) => by_resolver(&network, vpc, finding),
        (None, Standing::Unclear(missing)) => finding.missing(subject, missing),
        (None, _) => finding,
    }
}

fn by_resolver(network: &Network<'_>, vpc: &str, finding: Finding) -> Finding {
    let support = network.vpc_attribute(vpc, "EnableDnsSupport");
    let mut calls = Vec::new();
    if support.is_none() {
        let params = json!({ "VpcId": vpc, "Attribute": "enableDnsSupport" });
        let why = format!("shows whether names resolve in VPC `{vpc}`");
        calls.push((Request::new("ec2", "DescribeVpcAttribute", params), why));
    }
    match (servers(network, vpc), support) {
        (Servers::Own(servers), _) => {
            let words = format!("; VPC `{vpc}` asks DNS servers of its own ({})", servers.join(", "));
            let options = network.vpcs.get(vpc).map(|found| found.cite("DhcpOptionsId"));
            let mut finding = finding.fact("way", Some(words)).weighed();
            finding.is_settled = true;
            options.into_iter().fold(finding, Finding::cite)
        }
        (Servers::Amazon, Some((true, attribute))) => finding
            .fact("way", Some("; by the evidence the VPC's DNS is on now"))
            .open_now(vec![attribute.cite("EnableDnsSupport")]),
        (Servers::Unknown(missing), _) => {
            calls.extend(missing.request.map(|request| (request, missing.why)));
            finding.weighed().asks(calls)
        }
        (Servers::Amazon, _) => finding.weighed().asks(calls),
    }
}
