//! May this role do that, and may ECS assume it? The IAM engine asked with what the evidence holds.

use serde_json::{Value, json};

use crate::arn::Arn;
use crate::evidence::{Citation, Evidence, Node, Request};
use crate::iam::{
    Evaluation, Layer, Policies, Policy, PolicyDocument, Principal, Resource, RolePolicies, ServiceCaller,
    managed_policy, role_context, trusts_service,
};

/// What the evidence says of a permission.
#[derive(Debug)]
pub(crate) struct Access {
    /// The engine's answer; `None` when there is nothing to ask it about.
    pub(crate) evaluation: Option<Evaluation>,
    /// The statements that decided, or the lists in which one is missing.
    pub(crate) proof: Vec<Citation>,
    /// AWS managed policies that were taken as AWS publishes them, because their text was not supplied.
    pub(crate) assumed: Vec<String>,
    /// The role does not exist.
    pub(crate) is_role_missing: Option<Citation>,
    /// Calls that would tell more.
    pub(crate) asks: Vec<(Request, String)>,
}

impl Access {
    pub(crate) fn is_denied(&self) -> bool {
        self.is_role_missing.is_some() || self.evaluation.as_ref().is_some_and(Evaluation::is_denied)
    }

    pub(crate) fn is_allowed(&self) -> bool {
        self.evaluation.as_ref().is_some_and(Evaluation::is_allowed)
    }

    /// Whether a statement forbids it, so that allowing it as well would not help.
    pub(crate) fn is_forbidden(&self) -> bool {
        use crate::iam::{Decision, Denial};
        self.evaluation.as_ref().is_some_and(|found| found.decision == Decision::Denied(Denial::Explicit))
    }
}

/// Whether a role may perform an action on a resource, by the policies in the evidence.
///
/// `resource_policy` is the policy of the resource where one applies and is at hand.
pub(crate) fn may(
    evidence: &Evidence,
    role: &str,
    action: &str,
    resource: Resource,
    region: Option<&str>,
    resource_policy: Layer,
) -> Access {
    let name = role.rsplit('/').next().unwrap_or(role);
    let mut known = Known::of(evidence, name);
    let Some(principal) = principal(evidence, role, name) else {
        known.asks.insert(0, ask_role(name));
        return known.into_access(None);
    };
    if known.inline.is_none() && known.attached.is_none() {
        return known.into_access(None);
    }
    let mut policies = RolePolicies::new(principal);
    if let Some(inline) = known.inline.take() {
        policies = policies.inline(inline);
    }
    if let Some(attached) = known.attached.take() {
        policies = policies.attached(attached);
    }
    let others =
        Policies { boundary: known.boundary.clone(), resource: resource_policy, ..Policies::default() };
    let evaluation = policies.others(others).may(action, resource, &role_context(region));
    known.into_access(Some(evaluation))
}

/// Whether the trust policy of a role lets `service` in, such as `ecs-tasks.amazonaws.com`.
pub(crate) fn trusts(evidence: &Evidence, role: &str, service: &str, region: Option<&str>) -> Access {
    let name = role.rsplit('/').next().unwrap_or(role);
    let mut known = Known { is_role_missing: missing_role(evidence, name), ..Known::default() };
    let Some(trust) = evidence.trust_policy(name) else {
        if known.is_role_missing.is_none() {
            known.asks.push(ask_role(name));
        }
        return known.into_access(None);
    };
    known.lists.push(trust.citation());
    let arn = Arn::from(role);
    let caller = ServiceCaller {
        service: service.to_owned(),
        partition: arn.partition().unwrap_or("aws").to_owned(),
        region: region.map(str::to_owned),
        account: arn.account().map(str::to_owned),
    };
    let evaluation =
        PolicyDocument::parse(trust.value()).ok().map(|document| trusts_service(name, &document, &caller));
    known.documents.push((name.to_owned(), trust));
    known.into_access(evaluation)
}

/// What the evidence holds of a role's policies.
#[derive(Default)]
struct Known<'e> {
    inline: Option<Vec<Policy>>,
    attached: Option<Vec<Policy>>,
    boundary: Layer,
    /// Where each policy's text stands, by its label.
    documents: Vec<(String, Node<'e>)>,
    /// The lists in which an allowing policy is missing when none allows.
    lists: Vec<Citation>,
    assumed: Vec<String>,
    asks: Vec<(Request, String)>,
    is_role_missing: Option<Citation>,
}

impl<'e> Known<'e> {
    fn of(evidence: &'e Evidence, name: &str) -> Self {
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
            if let Some(arn) = policy.policy_arn() {
                self.lists.push(policy.cite("PolicyArn"));
                policies.push(self.managed(evidence, arn));
            }
        }
        self.attached = Some(policies);
        if listed.entries.is_empty() {
            let answer = evidence.answer_to("iam", "ListAttachedRolePolicies", "RoleName", name);
            self.lists.extend(answer.map(|answer| answer.node().cite("AttachedPolicies")));
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
            self.lists.extend(answer.map(|answer| answer.node().cite("PolicyNames")));
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
            self.assumed.push(format!("{arn} ({})", managed.version));
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

    fn into_access(self, evaluation: Option<Evaluation>) -> Access {
        let mut proof: Vec<Citation> = Vec::new();
        for statement in evaluation.iter().flat_map(|evaluation| &evaluation.decided_by) {
            let node =
                self.documents.iter().find(|(label, _)| *label == statement.policy).map(|(_, node)| node);
            proof.extend(node.and_then(|node| node.at(&statement.pointer)).map(|node| node.citation()));
        }
        if proof.is_empty() {
            proof = self.lists;
        }
        proof.extend(self.is_role_missing.clone());
        Access {
            evaluation,
            proof,
            assumed: self.assumed,
            is_role_missing: self.is_role_missing,
            asks: self.asks,
        }
    }
}

fn ask_role(name: &str) -> (Request, String) {
    let request = Request::new("iam", "GetRole", json!({ "RoleName": name }));
    (request, format!("shows who may assume role `{name}`, and whether it exists"))
}

/// The answer that says that there is no such role.
fn missing_role(evidence: &Evidence, name: &str) -> Option<Citation> {
    let answer = evidence.answer_to("iam", "GetRole", "RoleName", name)?;
    let error = answer.error()?;
    error.code().is_some_and(|code| code.starts_with("NoSuchEntity")).then(|| error.cite("Code"))
}

/// The role as a principal; its ARN comes from the task definition, the message or the role itself.
fn principal(evidence: &Evidence, role: &str, name: &str) -> Option<Principal> {
    let own = evidence.role(name);
    let arn = if role.starts_with("arn:") { Some(role) } else { own.as_ref().and_then(|role| role.arn()) };
    Principal::from_arn(arn?)
}

/// The policy of a resource as a layer for [`may`], from a policy document in the evidence.
pub(crate) fn resource_layer(label: &str, document: Option<&Value>) -> Layer {
    match document.map(PolicyDocument::parse) {
        None => Layer::Unseen,
        Some(Ok(document)) => Layer::Supplied(vec![Policy::new(label, document)]),
        Some(Err(_)) => Layer::NotSupplied,
    }
}
