//! The answer over all subnets in which a task may stand.

use std::net::IpAddr;

use super::judge::Question;
use super::verdict::Trail;
use super::{Blocker, Destination, Missing, Network, Reach, Source, asks};
use crate::evidence::ec2::VpcEndpoint;
use crate::evidence::{Evidence, Node};

/// Whether a destination can be reached, from each subnet in which the source stands or may stand.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reachability<'e> {
    /// The answer for each subnet.
    pub from: Vec<FromSubnet<'e>>,
}

/// Whether a destination can be reached from one subnet.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FromSubnet<'e> {
    /// The subnet.
    pub subnet: String,
    /// The answer.
    pub reach: Reach,
    /// The VPC endpoint that carries the traffic, when it is certain that one does.
    ///
    /// Its policy is not judged here: one that refuses shows as a denied call, not as a time-out.
    pub endpoint: Option<VpcEndpoint<'e>>,
}

impl<'e> FromSubnet<'e> {
    /// The policy of the endpoint that carries the traffic, decoded; for the IAM engine.
    pub fn endpoint_policy(&self, evidence: &'e Evidence) -> Option<Node<'e>> {
        evidence.decoded(&self.endpoint.as_ref()?.policy_document()?)
    }
}

/// The answers of all subnets together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the three values, and that they differ")]
pub enum Overall {
    /// From every subnet.
    Reachable,
    /// From no subnet.
    Blocked,
    /// From some subnets it is blocked and from others it is not, or not known to be.
    DependsOnSubnet,
    /// It cannot be told.
    Unknown,
}

impl Reachability<'_> {
    /// The answers of all subnets together.
    pub fn overall(&self) -> Overall {
        let blocked = self.blocked().count();
        match self.from.len() {
            0 => Overall::Unknown,
            all if blocked == all => Overall::Blocked,
            _ if blocked > 0 => Overall::DependsOnSubnet,
            _ if self.from.iter().all(|from| from.reach.is_reachable()) => Overall::Reachable,
            _ => Overall::Unknown,
        }
    }

    /// The subnets from which it is blocked, each with what blocks it.
    pub fn blocked(&self) -> impl Iterator<Item = (&str, &Blocker)> {
        self.from.iter().filter_map(|from| Some((from.subnet.as_str(), from.reach.blocker()?)))
    }

    /// What would settle the answers that are open, each once.
    pub fn missing(&self) -> Vec<&Missing> {
        let mut all: Vec<&Missing> = Vec::new();
        for missing in self.from.iter().flat_map(|from| from.reach.missing()) {
            let is_same = |known: &&Missing| match &missing.request {
                Some(_) => known.request == missing.request,
                None => *known == missing,
            };
            if !all.iter().any(is_same) {
                all.push(missing);
            }
        }
        all
    }
}

impl<'e> Network<'e> {
    /// Whether `source` can reach `destination`.
    ///
    /// `dialled` is the address that a message says was dialled: it tells whether a name led to an endpoint
    /// or to a public address.
    pub fn reach(
        &self,
        source: &Source,
        destination: &Destination,
        dialled: Option<IpAddr>,
    ) -> Reachability<'e> {
        let ids: Vec<&str> = source.subnets.iter().map(|subnet| subnet.text.as_str()).collect();
        let unknown: Vec<&str> = ids.iter().copied().filter(|id| self.vpc_of_subnet(id).is_none()).collect();
        let from = source.subnets.iter().map(|subnet| {
            let id = subnet.text.as_str();
            let Some((view, vpc)) = self.vpc_of_subnet(id) else {
                let mut trail = Trail::default();
                trail.pass(subnet.citation.clone());
                // All at once, so that one call answers for all.
                trail.miss([asks::subnets(&unknown)]);
                return FromSubnet { subnet: id.to_owned(), reach: trail.finish(), endpoint: None };
            };
            let port = destination.port();
            let question =
                Question { network: self, source, subnet: view, subnet_id: id, vpc, port, dialled };
            let (trail, endpoint) = question.answer(destination);
            FromSubnet { subnet: id.to_owned(), reach: trail.finish(), endpoint }
        });
        Reachability { from: from.collect() }
    }

    fn vpc_of_subnet(&self, id: &str) -> Option<(&crate::evidence::ec2::Subnet<'e>, &'e str)> {
        let subnet = self.subnets.get(id)?;
        Some((subnet, subnet.vpc_id()?))
    }
}
