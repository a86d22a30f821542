//! May this role do that, and may ECS assume it? The IAM engine asked with what the evidence holds.

mod known;
mod resource;

use serde_json::{Value, json};

use crate::arn::Arn;
use crate::evidence::{Citation, Evidence, Request};
use crate::iam::{
    Decision, Denial, Element, Evaluation, KeyState, Policies, PolicyDocument, PolicyType, Principal,
    Resource, RolePolicies, ServiceCaller, role_context, trusts_service,
};
use crate::needs::forms;
use known::Known;

pub(crate) use resource::{
    ResourcePolicy, left_to_the_account, lets_in, lets_through, may_allow, resource_policy,
};

/// What the evidence says of a permission.
#[derive(Debug)]
pub(crate) struct Access {
    /// The engine's answer; `None` when there is nothing to ask it about.
    pub(crate) evaluation: Option<Evaluation>,
    /// The statements that decided, or the lists in which one is missing.
    pub(crate) proof: Vec<Citation>,
    /// Statements that would allow it but for one element.
    pub(crate) near: Vec<Near>,
    /// AWS managed policies that were taken as AWS publishes them, because their text was not supplied: name and
    /// version.
    pub(crate) assumed: Vec<String>,
    /// The role does not exist.
    pub(crate) is_role_missing: Option<Citation>,
    /// Calls that would tell more.
    pub(crate) asks: Vec<(Request, String)>,
}

/// A statement that would allow an action but for one element.
#[derive(Debug)]
pub(crate) struct Near {
    /// Name or ARN of its policy.
    pub(crate) policy: String,
    /// The element that does not match.
    pub(crate) failed: Element,
    /// The statement.
    pub(crate) statement: Value,
    /// Its place.
    pub(crate) citation: Citation,
}

impl Access {
    pub(crate) fn is_denied(&self) -> bool {
        self.evaluation.as_ref().is_some_and(Evaluation::is_denied)
    }

    pub(crate) fn is_allowed(&self) -> bool {
        self.evaluation.as_ref().is_some_and(Evaluation::is_allowed)
    }

    /// Whether a statement forbids it, so that allowing it as well would not help.
    pub(crate) fn is_forbidden(&self) -> bool {
        self.evaluation.as_ref().is_some_and(|found| found.decision == Decision::Denied(Denial::Explicit))
    }

    /// Whether an `Allow` is missing in policies of this type.
    pub(crate) fn lacks(&self, policy_type: PolicyType) -> bool {
        self.evaluation.as_ref().is_some_and(|found| found.missing.contains(&policy_type))
    }

    /// Whether the answer rests on what AWS documents and on policies that are all at hand.
    pub(crate) fn is_certain(&self) -> bool {
        self.evaluation.as_ref().is_some_and(|found| found.inferred.is_empty() && found.unseen.is_empty())
    }
}

/// Whether a role may perform an action on a resource, by the policies in the evidence.
///
/// `role` is the ARN of the role or of a session of it, or its name. `owner` is the policy of the resource.
pub(crate) fn may(
    evidence: &Evidence,
    role: &str,
    action: &str,
    resource: Resource,
    region: Option<&str>,
    owner: &ResourcePolicy<'_>,
) -> Access {
    let name = role_name(role);
    let mut known = Known::of(evidence, name);
    let Some(principal) = principal(evidence, role) else {
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
        Policies { boundary: known.boundary.clone(), resource: owner.layer.clone(), ..Policies::default() };
    let mut context = role_context(region);
    if action.eq_ignore_ascii_case("iam:PassRole") {
        // ECS passes the role of an instance profile to EC2.
        context = context.assume("iam:PassedToService", KeyState::value("ec2.amazonaws.com"));
    }
    let evaluation = policies.others(others).may(action, resource, &context);
    let turns =
        |policy_type| evaluation.unseen.contains(&policy_type) || evaluation.missing.contains(&policy_type);
    if let Some(place) = &owner.place {
        known.documents.push((resource::LABEL.to_owned(), place.clone()));
        if turns(PolicyType::Resource) {
            known.lists.push(place.citation());
        }
    } else if !evaluation.is_allowed()
        && (turns(PolicyType::Resource) || evaluation.decision == Decision::Unknown)
    {
        known.asks.extend(owner.ask.clone());
    }
    known.into_access(Some(evaluation))
}

/// The same of a resource as a need or a refusal names it: where the name leaves open what it stands for, only
/// what is true of every reading is an answer.
pub(crate) fn may_as_named(
    evidence: &Evidence,
    role: &str,
    action: &str,
    arn: &str,
    region: Option<&str>,
    owner: &ResourcePolicy<'_>,
) -> Access {
    let account = Arn::from(role).account().map(str::to_owned);
    // ARNs of S3 name no account; the policy of a bucket is shown to its own account alone.
    let in_account = |form: Resource| match (&account, &owner.place) {
        (Some(account), Some(_)) if form.account().is_none() && action.starts_with("s3:") => {
            form.in_account(account)
        }
        _ => form,
    };
    let ask = |form| may(evidence, role, action, in_account(form), region, owner);
    let mut answers = forms(action, arn).into_iter().map(ask);
    let mut access = answers.next().unwrap_or_else(|| Known::of(evidence, role_name(role)).into_access(None));
    let decision = |access: &Access| access.evaluation.as_ref().map(|found| found.decision);
    if answers.any(|other| decision(&other) != decision(&access)) {
        access.evaluation = None;
    }
    access
}

/// Whether the trust policy of a role lets `service` in, such as `ecs-tasks.amazonaws.com`.
pub(crate) fn trusts(evidence: &Evidence, role: &str, service: &str, region: Option<&str>) -> Access {
    let name = role_name(role);
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

/// The name of a role, from its ARN or that of a session: without its path.
pub(crate) fn role_name(role: &str) -> &str {
    match role.split_once(":assumed-role/") {
        Some((_, rest)) => rest.split('/').next().unwrap_or(rest),
        None => role.rsplit('/').next().unwrap_or(role),
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

/// The role as a principal. `GetRole` alone knows the path of a role that a session names; a role of the same
/// name in another account is another role.
fn principal(evidence: &Evidence, role: &str) -> Option<Principal> {
    let own = evidence.role(role_name(role));
    let own = own.as_ref().and_then(|own| own.arn());
    if !role.starts_with("arn:") {
        return Principal::from_arn(own?);
    }
    let account = |arn: &str| Arn::from(arn).account().map(str::to_owned);
    match own {
        Some(own) if account(own) != account(role) => None,
        Some(own) if role.contains(":assumed-role/") => Principal::from_arn(own),
        _ => Principal::from_arn(role),
    }
}
