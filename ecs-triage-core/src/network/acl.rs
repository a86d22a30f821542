//! Network ACLs: stateless, and the lowest rule that fits decides.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html>

use super::Missing;
use super::cidr::Cidr;
use super::groups::Direction;
use super::peer::Peer;
use super::view::{Network, is};
use crate::evidence::Citation;
use crate::evidence::ec2::{NetworkAcl, NetworkAclEntry};
use crate::iam::Truth;

/// Ports on which answers come back. Linux uses a part, NAT gateways and load balancers use all of them.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports>
pub(super) const EPHEMERAL: (u16, u16) = (1024, 65535);

/// More rules than AWS allows in one direction (40); more are not read.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>
const MOST_RULES: usize = 200;

/// What a network ACL says of a connection.
pub(super) enum Ruling {
    /// All of it passes, by this rule.
    Allowed(Citation),
    /// None of it passes, by this rule.
    Denied { acl: String, rule: i64, proof: Citation },
    /// A part of it passes, or it is not known.
    Unclear(Missing),
}

/// Whether the network ACL of `subnet` lets TCP to `ports` pass to or from `peer`.
pub(super) fn rule(
    network: &Network<'_>,
    subnet: &str,
    vpc: &str,
    direction: Direction,
    ports: (u16, u16),
    peer: &Peer,
) -> Ruling {
    let acl = match network.acl_of(subnet, vpc) {
        Ok(acl) => acl,
        Err(missing) => return Ruling::Unclear(missing),
    };
    let id = acl.network_acl_id().unwrap_or_default();
    let unclear = |what: &str| {
        Ruling::Unclear(Missing::beyond(format!("network ACL `{id}` of subnet `{subnet}` {what}")))
    };
    if acl.node().get("Entries").is_none() {
        return unclear("is shown without its rules");
    }
    let rules = rules(acl, direction);
    if !acl.entries().iter().all(is_whole) {
        return unclear("is shown with a rule that was cut");
    }
    if rules.len() > MOST_RULES {
        return unclear("has more rules than are read");
    }
    let mut deciding: Option<(bool, &NetworkAclEntry<'_>)> = None;
    for segment in segments(&rules, ports) {
        let Some((allows, entry)) = decide(&rules, segment, peer) else {
            return unclear("lets only a part of the addresses or ports through");
        };
        match deciding {
            Some((before, _)) if before != allows => {
                return unclear("lets only a part of the ports through");
            }
            Some(_) => {}
            None => deciding = Some((allows, entry)),
        }
    }
    match deciding {
        Some((true, entry)) => Ruling::Allowed(entry.node().citation()),
        Some((false, entry)) => Ruling::Denied {
            acl: id.to_owned(),
            rule: entry.rule_number().unwrap_or_default(),
            proof: entry.node().citation(),
        },
        None => unclear("is shown without the rule that decides"),
    }
}

/// Whether a rule has what AWS sends with each: one without could be any.
fn is_whole(entry: &NetworkAclEntry<'_>) -> bool {
    let has_ports = || entry.port_range().is_some_and(|range| range.from().is_some() && range.to().is_some());
    entry.rule_number().is_some()
        && entry.rule_action().is_some()
        && entry.egress().is_some()
        && entry.cidr_block().or(entry.ipv6_cidr_block()).is_some()
        && entry.protocol().is_some_and(|protocol| protocol != "6" || has_ports())
}

/// The rules of a direction that can be about TCP, lowest number first.
fn rules<'e>(acl: &NetworkAcl<'e>, direction: Direction) -> Vec<NetworkAclEntry<'e>> {
    let is_wanted = |entry: &NetworkAclEntry<'e>| {
        entry.egress() == Some(direction == Direction::Out) && matches!(entry.protocol(), Some("-1" | "6"))
    };
    let mut rules: Vec<_> = acl.entries().into_iter().filter(is_wanted).collect();
    rules.sort_by_key(NetworkAclEntry::rule_number);
    rules
}

/// The ports, cut where rules begin and end: each rule holds for the whole of a piece or for none of it.
fn segments(rules: &[NetworkAclEntry<'_>], (first, last): (u16, u16)) -> Vec<(u16, u16)> {
    let (first, last) = (i64::from(first), i64::from(last));
    let mut starts: Vec<i64> = vec![first];
    for range in rules.iter().filter_map(ports_of) {
        starts.extend([range.0, range.1.saturating_add(1)]);
    }
    starts.retain(|start| (first..=last).contains(start));
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).map(|next| next - 1).chain([last]);
    // All lie between the first and the last port.
    starts.iter().zip(ends).map(|(start, end)| (*start as u16, end as u16)).collect()
}

/// First and last port of a rule; `None` for all ports.
fn ports_of(entry: &NetworkAclEntry<'_>) -> Option<(i64, i64)> {
    if entry.protocol() == Some("-1") {
        return None;
    }
    let range = entry.port_range()?;
    Some((range.from()?, range.to()?))
}

/// The rule that decides for one piece; `None` when it differs from address to address.
fn decide<'r, 'e>(
    rules: &'r [NetworkAclEntry<'e>],
    (first, _): (u16, u16),
    peer: &Peer,
) -> Option<(bool, &'r NetworkAclEntry<'e>)> {
    let (mut some_allowed, mut some_denied) = (false, false);
    for entry in rules {
        if ports_of(entry).is_some_and(|(from, to)| !(from..=to).contains(&i64::from(first))) {
            continue;
        }
        let range = entry.cidr_block().or(entry.ipv6_cidr_block()).and_then(Cidr::parse);
        let holds = range.map_or(Truth::Unknown, |range| peer.is_in(range));
        let allows = entry.rule_action().is_some_and(|action| is(action, "allow"));
        match holds {
            Truth::False => {}
            Truth::True if allows && !some_denied || !allows && !some_allowed => {
                return Some((allows, entry));
            }
            Truth::True => return None,
            Truth::Unknown if allows => some_allowed = true,
            Truth::Unknown => some_denied = true,
        }
    }
    None
}
