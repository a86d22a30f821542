//! The answer, and what it rests on.

use super::document::Effect;
use super::policies::PolicyType;

/// Whether a request is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "three answers are all there are")]
pub enum Decision {
    /// Allowed by the policies supplied.
    Allowed,
    /// Denied, whatever the policies say that were not supplied.
    Denied(Denial),
    /// Cannot be decided from what was supplied.
    Unknown,
}

/// How a request is denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "IAM knows two kinds")]
pub enum Denial {
    /// By a `Deny`. Another `Allow` does not help.
    Explicit,
    /// For want of an `Allow`.
    Implicit,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Evaluation {
    /// Whether the request is allowed.
    pub decision: Decision,
    /// The statements that decided: those that deny, or those that allow. Empty for an implicit denial.
    pub decided_by: Vec<StatementRef>,
    /// For an implicit denial: the policy types in which an `Allow` is missing.
    pub missing: Vec<PolicyType>,
    /// Statements that would allow but for one element.
    pub near_misses: Vec<NearMiss>,
    /// Why the request cannot be decided; empty unless it is unknown.
    pub open: Vec<Open>,
    /// Policy types of which nothing is known and that could turn the decision.
    pub unseen: Vec<PolicyType>,
    /// Condition keys without whose inferred state there would be no such decision.
    pub inferred: Vec<String>,
    /// A resource or trust policy allows the request to `*`, that is to anyone.
    pub granted_to_anyone: bool,
}

impl Evaluation {
    /// Whether the policies supplied allow the request.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.decision == Decision::Allowed
    }

    /// Whether the request is denied for certain.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        matches!(self.decision, Decision::Denied(_))
    }
}

/// Where a statement stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatementRef {
    /// The type of its policy.
    pub policy_type: PolicyType,
    /// The label of its policy.
    pub policy: String,
    /// Position in the list of statements, from 0.
    pub index: usize,
    /// JSON pointer inside the decoded policy document, such as `/Statement/2`.
    pub pointer: String,
    /// The statement's `Sid`, if it has one.
    pub sid: Option<String>,
    /// Whether it allows or denies.
    pub effect: Effect,
}

/// An `Allow` that does not apply because of one element.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NearMiss {
    /// The statement.
    pub statement: StatementRef,
    /// The element that does not match.
    pub failed: Element,
}

/// A matching element of a statement; stands for its negation too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the policy grammar has these four")]
pub enum Element {
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// `Condition`.
    Condition,
}

/// Something that keeps a request from being decided.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Open {
    /// The type of policy.
    pub policy_type: PolicyType,
    /// The label of the policy, if one is known.
    pub policy: Option<String>,
    /// The statement, if one is known.
    pub statement: Option<StatementRef>,
    /// What is not known.
    pub why: Why,
}

/// What is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The policy's document was not supplied.
    NotSupplied,
    /// The value of a condition context key.
    ContextKey(String),
    /// What an operator means that AWS does not document.
    ConditionOperator(String),
    /// Whether an element matches: it cannot be read, is written in a way whose effect is not documented, or
    /// touches a part of the request that is not known.
    Element(Element),
}
