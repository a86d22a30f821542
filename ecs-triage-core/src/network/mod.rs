//! Whether a task can reach what it needs: subnets, routes, gateways, endpoints, security groups, network
//! ACLs and names, as far as they are in the evidence.
//!
//! Every answer has three values. Something is *blocked* only when one hop surely stops the traffic, and
//! *reachable* only when all of them are known to let it through; otherwise the answer says which calls
//! would settle it. What lies behind transit gateways, peers and firewalls is never guessed.
//!
//! ```
//! use ecs_triage_core::Evidence;
//! use ecs_triage_core::network::{Destination, Network, Origin, Overall, Traffic, source_of};
//!
//! let mut evidence = Evidence::new();
//! evidence.add_json(br#"{"tasks": [{"taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123", "launchType": "FARGATE",
//!     "group": "service:web", "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
//!     "attachments": [{"type": "ElasticNetworkInterface", "details": [{"name": "subnetId", "value": "subnet-1"}]}]}]}"#)?;
//! let subjects = ecs_triage_core::signals::subjects(&evidence);
//! let Origin::Vpc(source) = source_of(&subjects[0], Traffic::Start) else { panic!() };
//! let answer = Network::new(&evidence).reach(&source, &Destination::aws("ecr.dkr", "eu-west-1"), None);
//! assert_eq!(answer.overall(), Overall::Unknown);
//! assert_eq!(answer.missing()[0].request.as_ref().unwrap().operation, "DescribeSubnets");
//! # Ok::<(), ecs_triage_core::EvidenceError>(())
//! ```

mod acl;
mod address;
mod asks;
mod blame;
mod blocker;
mod cidr;
mod destination;
pub(crate) mod dns;
mod endpoint;
mod gateway;
mod groups;
mod inside;
mod judge;
mod mount;
mod nat;
mod peer;
mod reach;
pub(crate) mod route;
mod source;
#[cfg(test)]
mod tests;
mod verdict;
pub(crate) mod view;

pub use blocker::Blocker;
pub use destination::Destination;
pub use reach::{FromSubnet, Overall, Reachability};
pub use source::{Groups, Interface, Origin, Outside, PublicAddress, Source, Traffic, source_of};
pub use verdict::{Missing, Reach};
pub use view::{Cited, Network};
