//! The way to something in the same VPC: an interface endpoint, a mount target, a network interface.

use super::acl::EPHEMERAL;
use super::cidr::Cidr;
use super::gateway::{self, out_of_sight};
use super::groups::{self, Direction};
use super::judge::Question;
use super::peer::Peer;
use super::route::{self, Target};
use super::verdict::Trail;
use super::{Blocker, Missing};
use crate::iam::Truth;

/// Something in the VPC that is to be reached.
pub(super) struct Inner {
    /// Its security groups, or what would tell them.
    pub(super) groups: Result<Vec<String>, Missing>,
    /// Its addresses, or the ranges that hold them.
    pub(super) addresses: Vec<Cidr>,
    /// The subnets in which it stands.
    pub(super) subnets: Vec<String>,
    /// What to say when its groups do not let the source in.
    pub(super) refused: fn(name: String, groups: Vec<String>, port: u16) -> Blocker,
    /// Its id.
    pub(super) name: String,
}

/// Judges security groups and network ACLs of both sides.
pub(super) fn judge(question: &Question<'_, '_>, inner: Inner, trail: &mut Trail) {
    stays_inside(question, &inner, trail);
    let source_groups = groups::ids(question.network, &question.source.groups, question.vpc);
    let client = Peer {
        addresses: question.source_addresses(inner.addresses.iter().any(|range| range.is_v6())),
        groups: source_groups.as_ref().ok().cloned(),
        is_public: false,
        service: None,
    };
    let server = Peer {
        addresses: inner.addresses.clone(),
        groups: inner.groups.as_ref().ok().cloned(),
        is_public: false,
        service: None,
    };
    match &inner.groups {
        Ok(ids) => {
            let ruling = groups::permit(question.network, ids, Direction::In, question.port, &client);
            match ruling.allowed {
                Truth::True => ruling.proof.into_iter().for_each(|proof| trail.pass(proof)),
                Truth::False => {
                    trail.block((inner.refused)(inner.name, ids.clone(), question.port), ruling.proof);
                }
                Truth::Unknown => trail.miss(ruling.missing),
            }
            match &source_groups {
                Err(missing) if ruling.allowed == Truth::Unknown => trail.miss(missing.clone()),
                _ => {}
            }
        }
        Err(missing) => trail.miss([missing.clone()]),
    }
    question.leave_by_groups(&server, trail);
    pass_acls(question, &inner.subnets, &client, &server, trail);
}

/// Within a VPC the local route holds, unless a longer one leads to a firewall on the way.
fn stays_inside(question: &Question<'_, '_>, inner: &Inner, trail: &mut Trail) {
    let Ok(table) = question.network.route_table_of(question.subnet_id, question.vpc) else { return };
    for range in &inner.addresses {
        for route in route::choices(question.network, table, *range, false).routes {
            match Target::of(&route) {
                Target::Local => {}
                // Wider than the VPC's own route, which the table of a fragment may not show.
                _ if question.is_wider_than_vpc(&route) => {}
                target => trail.miss([out_of_sight(target.id())]),
            }
        }
    }
}

/// Network ACLs count between subnets, not within one. Of several subnets of the target any may be used.
fn pass_acls(
    question: &Question<'_, '_>,
    subnets: &[String],
    client: &Peer,
    server: &Peer,
    trail: &mut Trail,
) {
    let (network, vpc, port) = (question.network, question.vpc, question.port);
    if subnets.is_empty() {
        trail.miss([Missing::beyond("the subnet of the destination is not known".to_owned())]);
        return;
    }
    let mut trails = Vec::new();
    for subnet in subnets {
        let mut trail = trail.clone();
        if subnet != question.subnet_id {
            gateway::pass_client_acl(question, server, &mut trail);
            gateway::pass_acl(network, subnet, vpc, Direction::In, (port, port), client, &mut trail);
            gateway::pass_acl(network, subnet, vpc, Direction::Out, EPHEMERAL, client, &mut trail);
        }
        trails.push(trail);
    }
    let open = Missing::beyond("which of its subnets the destination answers from is not known".to_owned());
    *trail = Trail::one_of(trails, vec![open]);
}
