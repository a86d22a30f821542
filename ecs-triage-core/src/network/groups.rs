//! Security groups: stateful, and they only allow; the rules of all groups of an interface count together.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html>

use super::cidr::Cidr;
use super::peer::Peer;
use super::source::Groups;
use super::view::{Network, service_of};
use super::{Missing, asks};
use crate::evidence::Citation;
use crate::evidence::ec2::{IpPermission, SecurityGroup};
use crate::iam::Truth;

/// Prefix lists that are asked for at a time.
const MOST_ASKED: usize = 20;

/// Which rules of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    In,
    Out,
}

impl Direction {
    fn key(self) -> &'static str {
        match self {
            Direction::In => "IpPermissions",
            Direction::Out => "IpPermissionsEgress",
        }
    }
}

/// What the groups say of a connection.
#[derive(Debug)]
pub(super) struct Ruling {
    pub(super) allowed: Truth,
    /// The rule that allows, or the rules of each group when none does.
    pub(super) proof: Vec<Citation>,
    pub(super) missing: Vec<Missing>,
}

/// The ids of an interface's groups; the VPC's default group where none is named.
pub(super) fn ids(network: &Network<'_>, groups: &Groups, vpc: &str) -> Result<Vec<String>, Vec<Missing>> {
    match groups {
        Groups::Known(groups) => Ok(groups.iter().map(|group| group.text.clone()).collect()),
        Groups::VpcDefault(_) => {
            let found = network.default_group(vpc).and_then(|group| group.group_id());
            found.map(|id| vec![id.to_owned()]).ok_or_else(|| vec![asks::default_group(vpc)])
        }
        Groups::Unknown(missing) => Err(missing.clone()),
    }
}

/// Whether `groups` let TCP to `port` through to or from `peer`.
pub(super) fn permit(
    network: &Network<'_>,
    groups: &[String],
    direction: Direction,
    port: u16,
    peer: &Peer,
) -> Ruling {
    let mut ruling = Ruling { allowed: Truth::False, proof: Vec::new(), missing: Vec::new() };
    if groups.is_empty() {
        // Every network interface has at least one.
        ruling.allowed = Truth::Unknown;
        ruling.missing.push(Missing::beyond("the security groups are not shown"));
        return ruling;
    }
    let mut not_found: Vec<&str> = Vec::new();
    for id in groups {
        let found = network.security_groups.get(id.as_str());
        // A group that was cut to a few columns does not show that it has no rules.
        let Some(group) = found.filter(|group| group.node().get(direction.key()).is_some()) else {
            not_found.push(id);
            continue;
        };
        for rule in rules(group, direction) {
            let (holds, missing) = allows(network, &rule, port, peer);
            if holds == Truth::True {
                let proof = vec![rule.node().citation()];
                return Ruling { allowed: Truth::True, proof, missing: Vec::new() };
            }
            ruling.allowed = ruling.allowed.or(holds);
            let room = MOST_ASKED.saturating_sub(ruling.missing.len());
            ruling.missing.extend(missing.into_iter().take(room));
        }
        ruling.proof.push(group.cite(direction.key()));
    }
    if !not_found.is_empty() {
        ruling.allowed = ruling.allowed.or(Truth::Unknown);
        ruling.missing.push(asks::security_groups(&not_found));
    }
    if ruling.allowed == Truth::Unknown && ruling.missing.is_empty() {
        let words = groups.join(", ");
        ruling.missing.push(Missing::beyond(format!(
            "the rules of {words} allow only some addresses, and which one is used is not known"
        )));
    }
    ruling
}

fn rules<'e>(group: &SecurityGroup<'e>, direction: Direction) -> Vec<IpPermission<'e>> {
    match direction {
        Direction::In => group.ip_permissions(),
        Direction::Out => group.ip_permissions_egress(),
    }
}

fn allows(network: &Network<'_>, rule: &IpPermission<'_>, port: u16, peer: &Peer) -> (Truth, Vec<Missing>) {
    let is_for = is_for(rule, port);
    if is_for == Truth::False {
        return (Truth::False, Vec::new());
    }
    let (v4, v6) = (rule.ip_ranges(), rule.ipv6_ranges());
    let ranges = v4.iter().map(|range| range.cidr_ip()).chain(v6.iter().map(|range| range.cidr_ipv6()));
    let by_range = Truth::any(
        ranges.map(|range| range.and_then(Cidr::parse).map_or(Truth::Unknown, |range| peer.is_in(range))),
    );
    let mut missing = Vec::new();
    let pairs = rule.user_id_group_pairs();
    let by_group = Truth::any(pairs.iter().map(|pair| match (pair.group_id(), &peer.groups) {
        (Some(id), Some(groups)) if groups.iter().any(|group| group == id) => Truth::True,
        (Some(_), Some(_)) => Truth::False,
        _ => Truth::Unknown,
    }));
    let lists = rule.prefix_list_ids();
    let by_list = Truth::any(lists.iter().map(|list| {
        let found = list.prefix_list_id().map(|id| in_list(network, id, peer));
        found.unwrap_or(Ok(Truth::Unknown)).unwrap_or_else(|ask| {
            missing.push(ask);
            Truth::Unknown
        })
    }));
    let allowed = Truth::any([by_range, by_group, by_list, of_cut_lists(rule)]).and(is_for);
    (allowed, missing)
}

/// Whom the lists mean that were cut out: AWS sends the empty ones too.
fn of_cut_lists(rule: &IpPermission<'_>) -> Truth {
    let lists = ["IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "PrefixListIds"];
    match lists.iter().all(|list| rule.node().get(list).is_some()) {
        true => Truth::False,
        false => Truth::Unknown,
    }
}

/// Whether a rule is about TCP to a port; one without its protocol or ports may be.
fn is_for(rule: &IpPermission<'_>, port: u16) -> Truth {
    match rule.ip_protocol() {
        None => Truth::Unknown,
        Some("-1") => Truth::True,
        Some(protocol) if protocol.eq_ignore_ascii_case("tcp") || protocol == "6" => {
            let port = i64::from(port);
            let is = |bound: Option<bool>| bound.map_or(Truth::Unknown, Truth::from);
            is(rule.from_port().map(|from| from <= port)).and(is(rule.to_port().map(|to| port <= to)))
        }
        Some(_) => Truth::False,
    }
}

fn in_list(network: &Network<'_>, id: &str, peer: &Peer) -> Result<Truth, Missing> {
    // A list of a service's addresses holds that service's alone.
    if let Some((region, service)) = network.prefix_list_service(id).and_then(service_of) {
        let is_same = peer.service.as_ref().is_some_and(|(of, name)| of == region && name == service);
        return Ok(if is_same && peer.is_public { Truth::True } else { Truth::False });
    }
    let ranges = network.prefix_list(id).ok_or_else(|| asks::prefix_list(id))?;
    Ok(Truth::any(ranges.iter().map(|range| peer.is_in(*range))))
}
