//! What the evidence holds of a role's policies.

use serde_json::json;

use super::{Access, Near, ask_role, missing_role};
use crate::evidence::{Citation, Evidence, Node, Request};
use crate::iam::{Evaluation, Layer, Policy, PolicyDocument, StatementRef, managed_policy};

/// What the evidence holds of a role's policies.
#[derive(Default)]
pub(super) struct Known<'e> {
    pub(super) inline: Option<Vec<Policy>>,
    pub(super) attached: Option<Vec<Policy>>,
    pub(super) boundary: Layer,
    /// Where each policy's text stands, by its label.
    pub(super) documents: Vec<(String, Node<'e>)>,
    /// The lists in which an allowing policy is missing when none allows.
    pub(super) lists: Vec<Citation>,
    pub(super) assumed: Vec<String>,
    pub(super) asks: Vec<(Request, String)>,
    pub(super) is_role_missing: Option<Citation>,
}

impl<'e> Known<'e> {
    pub(super) fn of(evidence: &'e Evidence, name: &str) -> Self {
        let mut known = Self { is_role_missing: missing_role(evidence, name), ..Self::default() };
        if known.is_role_missing.is_none() {
            known.read_boundary(evidence, name);
            known.read_attached(evidence, name);
            known.read_inline(evidence, name);
        }
        known
    }

    fn read_boundary(&mut self, evidence: &'e Evidence, name: &str) {
        let Some(role) = evidence.role(name) else {
            // Few roles have a boundary, but only GetRole tells.
            self.asks.push(ask_role(name));
            return;
        };
        self.boundary =
            match role.permissions_boundary().and_then(|boundary| boundary.permissions_boundary_arn()) {
                None => Layer::NotInForce,
                Some(arn) => Layer::Supplied(vec![self.managed(evidence, arn)]),
            };
    }

    fn read_attached(&mut self, evidence: &'e Evidence, name: &str) {
        let Some(listed) = evidence.attached_policies(name).filter(|listed| listed.is_complete) else {
            let params = json!({ "RoleName": name });
            let request = Request::new("iam", "ListAttachedRolePolicies", params);
            self.asks.push((request, format!("lists the managed policies of role `{name}`")));
            return;
        };
        let mut policies = Vec::new();
        for policy in &listed.entries {
            match policy.policy_arn() {
                Some(arn) => {
                    self.lists.push(policy.cite("PolicyArn"));
                    policies.push(self.managed(evidence, arn));
                }
                None => {
                    policies.push(Policy::not_supplied(policy.policy_name().unwrap_or("attached policy")))
                }
            }
        }
        self.attached = Some(policies);
        if listed.entries.is_empty() {
            let answer = evidence.answer_to("iam", "ListAttachedRolePolicies", "RoleName", name);
            let list = answer.map(|answer| answer.node().cite("AttachedPolicies"));
            self.lists.extend(list.or_else(|| in_details(evidence, name, "AttachedManagedPolicies")));
        }
    }

    fn read_inline(&mut self, evidence: &'e Evidence, name: &str) {
        let found = evidence.inline_policies(name);
        let is_complete =
            found.as_ref().is_some_and(|found| found.is_complete && found.not_fetched.is_empty());
        if found.as_ref().is_none_or(|found| !found.is_complete) {
            let request = Request::new("iam", "ListRolePolicies", json!({ "RoleName": name }));
            self.asks.push((request, format!("lists the inline policies of role `{name}`")));
        }
        let mut policies = Vec::new();
        for policy in found.iter().flat_map(|found| &found.policies) {
            let label = policy.policy_name().unwrap_or("inline policy");
            let document = policy.policy_document().and_then(|document| evidence.decoded(&document));
            match document.and_then(|node| Some((PolicyDocument::parse(node.value()).ok()?, node))) {
                Some((document, node)) => {
                    self.lists.push(policy.cite("PolicyName"));
                    self.documents.push((label.to_owned(), node));
                    policies.push(Policy::new(label, document));
                }
                None => policies.push(Policy::not_supplied(label)),
            }
        }
        for missing in found.iter().flat_map(|found| &found.not_fetched) {
            let params = json!({ "RoleName": name, "PolicyName": missing });
            let why = format!("shows the inline policy `{missing}` of role `{name}`");
            self.asks.push((Request::new("iam", "GetRolePolicy", params), why));
            policies.push(Policy::not_supplied(*missing));
        }
        if !is_complete {
            policies.push(Policy::not_supplied("inline policies"));
        }
        if found.is_some() {
            self.inline = Some(policies);
        }
        if is_complete && found.is_some_and(|found| found.policies.is_empty()) {
            let answer = evidence.answer_to("iam", "ListRolePolicies", "RoleName", name);
            let list = answer.map(|answer| answer.node().cite("PolicyNames"));
            self.lists.extend(list.or_else(|| in_details(evidence, name, "RolePolicyList")));
        }
    }

    /// A managed policy: its text in the evidence, else the text that AWS publishes, else unknown.
    fn managed(&mut self, evidence: &'e Evidence, arn: &str) -> Policy {
        let supplied = evidence.policy_document(arn);
        if let Some((document, node)) =
            supplied.and_then(|node| Some((PolicyDocument::parse(node.value()).ok()?, node)))
        {
            self.documents.push((arn.to_owned(), node));
            return Policy::new(arn, document);
        }
        if let Some(managed) = managed_policy(arn) {
            let name = arn.rsplit('/').next().unwrap_or(arn);
            self.assumed.push(format!("{name} ({})", managed.version));
            return Policy::managed(arn);
        }
        let known = evidence.answer_to("iam", "GetPolicy", "PolicyArn", arn);
        let version = known.and_then(|answer| {
            answer.all::<crate::evidence::iam::Policy<'_>>().next()?.default_version_id().map(str::to_owned)
        });
        let (operation, params) = match version {
            Some(version) => ("GetPolicyVersion", json!({ "PolicyArn": arn, "VersionId": version })),
            None => ("GetPolicy", json!({ "PolicyArn": arn })),
        };
        self.asks.push((Request::new("iam", operation, params), format!("shows the policy `{arn}`")));
        Policy::not_supplied(arn)
    }

    pub(super) fn into_access(self, evaluation: Option<Evaluation>) -> Access {
        let place = |statement: &StatementRef| {
            let (_, node) = self.documents.iter().find(|(label, _)| *label == statement.policy)?;
            node.at(&statement.pointer)
        };
        let decided = evaluation.iter().flat_map(|evaluation| &evaluation.decided_by);
        let mut proof: Vec<Citation> =
            decided.filter_map(|statement| Some(place(statement)?.citation())).collect();
        let misses = evaluation.iter().flat_map(|evaluation| &evaluation.near_misses);
        let near = misses.filter_map(|miss| {
            let node = place(&miss.statement)?;
            Some(Near {
                policy: miss.statement.policy.clone(),
                failed: miss.failed,
                statement: node.value().clone(),
                citation: node.citation(),
            })
        });
        let near = near.collect();
        if proof.is_empty() {
            proof = self.lists;
        }
        proof.extend(self.is_role_missing.clone());
        Access {
            evaluation,
            proof,
            near,
            assumed: self.assumed,
            is_role_missing: self.is_role_missing,
            asks: self.asks,
        }
    }
}

/// A list that `GetAccountAuthorizationDetails` gives with the role.
fn in_details(evidence: &Evidence, name: &str, key: &str) -> Option<Citation> {
    Some(evidence.role(name)?.node().get(key)?.citation())
}
