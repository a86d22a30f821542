//! A pure evaluator of IAM policies: may this principal do that, and which statement says so?
//!
//! It knows nothing of rules or evidence: documents and facts go in, an [`Evaluation`] comes out. Whatever was not
//! supplied is unknown, never a yes or a no; an inference that AWS does not document is named as such.
//!
//! The usual questions are one call each: [`RolePolicies::may`] and [`trusts_service`]. [`evaluate`] takes every
//! kind of policy.

mod arn;
mod condition;
mod context;
mod decode;
mod document;
mod error;
mod evaluate;
mod evaluation;
mod grant;
mod managed;
mod pattern;
mod policies;
mod principal;
mod request;
mod role;
mod statement;
mod tally;
mod truth;
mod variables;

pub use context::{Context, KeyState};
pub use decode::decode_document;
pub use document::{Effect, PolicyDocument, Statement};
pub use error::{PolicyError, PolicyProblem};
pub use evaluate::evaluate;
pub use evaluation::{Decision, Denial, Element, Evaluation, NearMiss, Open, StatementRef, Why};
pub use grant::{allow_statement, least_privilege_policy};
pub use managed::{ManagedPolicy, managed_policies, managed_policy};
pub use policies::{Layer, Levels, Policies, Policy, PolicyType};
pub use principal::Principal;
pub use request::{Request, Resource};
pub use role::{RolePolicies, ServiceCaller, ecs_trust_policy, role_context, trusts_service};
pub use truth::Truth;
