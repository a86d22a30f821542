//! The policies that a request is judged by, layer by layer.

use std::sync::Arc;

use super::document::PolicyDocument;

/// The kinds of policy that take part in a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PolicyType {
    /// Inline and attached policies of the role or user.
    Identity,
    /// The permissions boundary of the role or user.
    PermissionsBoundary,
    /// The policy passed when the session was opened.
    Session,
    /// The policy of the resource: a repository, key, secret or bucket policy.
    Resource,
    /// The trust policy of the role that is to be assumed.
    Trust,
    /// Service control policies of the principal's organization.
    ServiceControl,
    /// Resource control policies of the resource's organization.
    ResourceControl,
    /// The policy of the VPC endpoint that the request passes.
    VpcEndpoint,
}

impl PolicyType {
    /// Whether statements have a `Principal`.
    pub(super) fn names_principals(self) -> bool {
        matches!(self, Self::Resource | Self::Trust | Self::ResourceControl | Self::VpcEndpoint)
    }

    /// Whether statements may do without `Resource`, as those of ECR and of trust policies do.
    pub(super) fn is_attached_to_resource(self) -> bool {
        matches!(self, Self::Resource | Self::Trust)
    }
}

/// One policy of a layer.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(super) label: String,
    /// Shared, because the same policies answer many questions.
    pub(super) document: Option<Arc<PolicyDocument>>,
}

impl Policy {
    /// A policy; the label (its name or ARN) comes back with each statement that decides.
    #[must_use]
    pub fn new(label: impl Into<String>, document: PolicyDocument) -> Self {
        Self { label: label.into(), document: Some(Arc::new(document)) }
    }

    /// A policy that is in force but whose document is not at hand: it may allow and it may deny.
    ///
    /// Also stands for the rest of a list that was cut (`IsTruncated`).
    #[must_use]
    pub fn not_supplied(label: impl Into<String>) -> Self {
        Self { label: label.into(), document: None }
    }
}

/// What is known of the policies of one type.
#[derive(Debug, Clone, Default)]
#[expect(clippy::exhaustive_enums, reason = "these are all states of knowledge")]
pub enum Layer {
    /// No evidence whether there are any. The request is judged as though there were none, and
    /// [`Evaluation::unseen`](super::Evaluation::unseen) says so. Where a decision is impossible without them
    /// (identity policies, the boundary, a trust or key policy, the owner's side of another account's resource)
    /// it is the same as [`NotSupplied`](Self::NotSupplied).
    #[default]
    Unseen,
    /// Such policies are or may be in force, and their documents are not at hand: what they say is unknown.
    NotSupplied,
    /// It is known that there are none.
    NotInForce,
    /// These are in force, and no others. An empty list of identity policies allows nothing.
    Supplied(Vec<Policy>),
}

/// All policies that a request is judged by.
///
/// ```
/// use ecs_triage_core::iam::{Layer, Policies, Policy, PolicyDocument};
/// use serde_json::json;
///
/// let document = PolicyDocument::parse(&json!({"Statement": []}))?;
/// let policies = Policies {
///     identity: Layer::Supplied(vec![Policy::new("inline", document)]),
///     boundary: Layer::NotInForce,
///     ..Policies::default()
/// };
/// # let _ = policies;
/// # Ok::<(), ecs_triage_core::iam::PolicyError>(())
/// ```
#[derive(Debug, Clone, Default)]
#[expect(clippy::exhaustive_structs, reason = "made with `..Policies::default()`")]
pub struct Policies {
    /// Inline and attached policies of the role or user.
    pub identity: Layer,
    /// The permissions boundary of the role or user.
    pub boundary: Layer,
    /// The policy that was passed when the session was opened.
    pub session: Layer,
    /// The policy of the resource; for `sts:AssumeRole` the role's trust policy.
    pub resource: Layer,
    /// Service control policies, one layer for each level from the root to the account; each must allow.
    pub service_control: Levels,
    /// Resource control policies. Each level has the Allow of `RCPFullAWSAccess`, so that they can only deny.
    pub resource_control: Levels,
    /// The policy of the VPC endpoint that the request passes.
    pub vpc_endpoint: Layer,
}

/// Policies of an organization, one layer for each level; without any layer it is known that there are none.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "a list with a default of its own")]
pub struct Levels(pub Vec<Layer>);

impl Default for Levels {
    fn default() -> Self {
        Self(vec![Layer::Unseen])
    }
}
