//! What a role's own policies say of a refusal that a message reports.

use super::words;
use super::{Cause, Confidence, Finding, endpoint_policy, repair};
use crate::access::{Access, ResourcePolicy, left_to_the_account, may_as_named, resource_policy, role_name};
use crate::arn::Arn;
use crate::evidence::{Citation, Request};
use crate::iam::{Layer, PolicyType};
use crate::needs::{Caller, needs};
use crate::signals::message::{Denial, Message, PolicyKind};
use crate::signals::{Statement, Subject};
use serde_json::json;

/// What a rule's refusals are about.
#[derive(Default)]
pub(super) struct About<'a> {
    /// The actions of the rule; without any, the one that the message names.
    pub(super) actions: &'a [&'a str],
    /// The resource, where the message does not name it and the rule knows better than the task definition.
    pub(super) arn: Option<String>,
}

/// One action on one resource that may have been refused.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    pub(super) action: String,
    pub(super) arn: String,
}

/// A refusal, as the evidence is asked about it.
#[derive(Clone)]
pub(super) struct Case<'c, 'e> {
    pub(super) subject: &'c Subject<'e>,
    pub(super) denial: Denial,
    /// ARN of the role or of its session; its name where no more is known.
    pub(super) role: String,
    pub(super) kind: String,
    pub(super) candidates: Vec<Candidate>,
}

/// Weighs a finding against the policies at hand: proven, refuted, or as it was with what to ask for.
pub(super) fn settle(subject: &Subject<'_>, finding: Finding, about: &About<'_>) -> Finding {
    let Some(case) = Case::of(subject, &finding, about) else { return finding };
    let judged: Vec<(&Candidate, Access)> =
        case.candidates.iter().map(|candidate| (candidate, case.judge(candidate))).collect();
    let is_gone = judged.iter().find_map(|(_, access)| access.is_role_missing.clone());
    let asks: Vec<_> = judged.iter().flat_map(|(_, access)| access.asks.clone()).collect();
    let is_all_allowed = !judged.is_empty() && judged.iter().all(|(_, access)| access.is_allowed());
    let denied = judged.iter().position(|(_, access)| access.is_denied());
    if let Some(gone) = is_gone {
        // It was there when it was refused.
        return finding.fact("proof", Some("; the role does not exist any more")).cite(gone);
    }
    match denied {
        Some(index) => {
            let (candidate, access) = &judged[index];
            let finding = case.denied(finding, candidate, access);
            if finding.is_settled { finding } else { finding.asks(asks) }
        }
        None if is_all_allowed => case.allowed(finding, &judged).asks(asks),
        None => finding.asks(asks),
    }
}

impl<'c, 'e> Case<'c, 'e> {
    pub(super) fn of(subject: &'c Subject<'e>, finding: &Finding, about: &About<'_>) -> Option<Self> {
        let statement =
            subject.statements.iter().find(|statement| finding.citations.contains(&statement.citation));
        let denial = statement.and_then(|found| found.message.denial()).cloned().unwrap_or_default();
        let cause = finding.cause.facts();
        let kind = cause.text("roleKind").unwrap_or("execution").to_owned();
        let role = role(subject, &kind, cause.text("role")?, &denial);
        let candidates = candidates(subject, &kind, &denial, about);
        Some(Self { subject, denial, role, kind, candidates })
    }

    /// The name of the role, as IAM's calls take it.
    pub(super) fn role_name(&self) -> &str {
        role_name(&self.role)
    }

    /// Whether the role may do what is asked, in every form that the resource may have.
    pub(super) fn judge(&self, candidate: &Candidate) -> Access {
        let owner = self.owner(candidate);
        let region = Arn::from(candidate.arn.as_str()).region().map(str::to_owned);
        let region = region.or_else(|| self.subject.facts().text("region").map(str::to_owned));
        may_as_named(
            self.subject.evidence,
            &self.role,
            &candidate.action,
            &candidate.arn,
            region.as_deref(),
            &owner,
        )
    }

    fn owner(&self, candidate: &Candidate) -> ResourcePolicy<'e> {
        let account = Arn::from(self.role.as_str()).account().map(str::to_owned);
        let owner =
            resource_policy(self.subject.evidence, &candidate.action, &candidate.arn, account.as_deref());
        let is_unseen = matches!(owner.layer, Layer::Unseen | Layer::NotSupplied);
        if is_unseen && candidate.action.starts_with("kms:") && self.says_identity() {
            // The message says on whose side the Allow is missing; the key leaves it to the account then.
            return left_to_the_account(&candidate.arn);
        }
        owner
    }

    /// Whether the message says that the role's own policies lack an `Allow`.
    pub(super) fn says_identity(&self) -> bool {
        self.denial.by == Some(PolicyKind::Identity) && !self.denial.explicit
    }

    fn denied(&self, finding: Finding, candidate: &Candidate, access: &Access) -> Finding {
        let mut proof = words::denied(candidate, access);
        if access.lacks(PolicyType::Identity)
            && let Some((kind, role)) = self.other_role_may(candidate)
        {
            proof.push_str(&words::other_role(kind, &role));
        }
        let finding = cite_all(finding, access);
        if access.is_forbidden() {
            // A rule of its own confirms this; what the message says of a missing Allow is not the whole.
            return finding
                .fact("denying", words::denying(access))
                .fact("proof", Some(proof))
                .fixed_by(vec![words::CHANGE_THE_DENY]);
        }
        let identity = access.lacks(PolicyType::Identity);
        let owners_alone = access.lacks(PolicyType::Resource) && !identity;
        let finding = finding.fact("proof", Some(proof));
        if !identity && (!owners_alone || self.says_identity()) {
            // A boundary is the other rule's; and what is missing now is not what the message says was missing.
            return finding.fixed_by(Vec::new());
        }
        let finding = if identity {
            repair::repaired(self, finding, candidate, access)
        } else {
            repair::without_roles(finding)
        };
        let is_inferred = access.evaluation.as_ref().is_some_and(|found| !found.inferred.is_empty());
        if access.is_certain() || self.says_identity() && !is_inferred {
            return confirmed(finding, candidate, access);
        }
        let sure = finding.confidence.max(Confidence::Likely);
        finding.confidence(sure)
    }

    /// The call that shows the policies of the endpoints which the refused call may have passed.
    fn ask_endpoints(&self, candidate: &Candidate) -> Option<(Request, String)> {
        let region = self.subject.facts().text("region")?;
        let services = endpoint_policy::services(&candidate.action, region);
        let filters = json!([{ "Name": "service-name", "Values": services }]);
        let request = Request::new("ec2", "DescribeVpcEndpoints", json!({ "Filters": filters }));
        let why = "the policy of an endpoint may refuse what the role is allowed".to_owned();
        (!services.is_empty()).then_some((request, why))
    }

    /// The task's other role, where that one is allowed what was refused: a permission given to the wrong role.
    fn other_role_may(&self, candidate: &Candidate) -> Option<(&'static str, String)> {
        let other = match self.kind.as_str() {
            "execution" => "task",
            "task" => "execution",
            _ => return None,
        };
        let role = self.subject.facts().text(&format!("{other}RoleArn"))?.to_owned();
        let name = role_name(&role).to_owned();
        if name == self.role_name() {
            return None;
        }
        let case = Case { role, kind: other.to_owned(), candidates: Vec::new(), ..self.clone() };
        case.judge(candidate).is_allowed().then_some((other, name))
    }

    fn allowed(&self, finding: Finding, judged: &[(&Candidate, Access)]) -> Finding {
        let Some((candidate, access)) = judged.first() else { return finding };
        let citation = access.proof.first().cloned().unwrap_or_else(|| finding.citations[0].clone());
        let finding = cite_all(finding, access).refuted_by(citation);
        let mut finding = match self.denial.action {
            Some(_) => {
                let who = finding.facts.text("who").unwrap_or("The role").to_owned();
                finding.summary(words::allowed(&who, candidate, access, &self.denial))
            }
            None => finding.fact("proof", Some("; but the policies at hand allow it")),
        };
        // The role's own policies were at fault, and are so no more.
        finding.is_settled = self.says_identity();
        let endpoints = if self.denial.by.is_none() { self.ask_endpoints(candidate) } else { None };
        finding.fixed_by(vec![words::TRY_AGAIN]).asks(endpoints)
    }
}

fn confirmed(mut finding: Finding, candidate: &Candidate, access: &Access) -> Finding {
    if let Some(found) = access_of(&mut finding.cause) {
        found.action.get_or_insert_with(|| candidate.action.clone());
        if candidate.arn != "*" {
            found.resource.get_or_insert_with(|| candidate.arn.clone());
        }
    }
    let citation = access.proof.first().cloned().unwrap_or_else(|| finding.citations[0].clone());
    finding.confirmed_by(citation)
}

fn cite_all(finding: Finding, access: &Access) -> Finding {
    let near = access.near.iter().filter(|near| words::is_telling(near)).map(|near| &near.citation);
    let cited: Vec<Citation> = access.proof.iter().chain(near).cloned().collect();
    cited.into_iter().fold(finding, Finding::cite)
}

/// The particulars, where the cause is a refused action.
fn access_of(cause: &mut Cause) -> Option<&mut super::Access> {
    match cause {
        Cause::IamEcrAuthTokenDenied(access)
        | Cause::IamEcrPullDenied(access)
        | Cause::IamEcrRepoPolicyDenied(access)
        | Cause::IamSecretAsmDenied(access)
        | Cause::IamSecretSsmDenied(access)
        | Cause::IamKmsDecryptDenied(access)
        | Cause::IamS3EnvfileDenied(access)
        | Cause::IamLogsCreateGroupDenied(access)
        | Cause::IamLogsStreamDenied(access)
        | Cause::IamEfsDenied(access)
        | Cause::IamS3filesMountDenied(access) => Some(access),
        _ => None,
    }
}

/// The ARN of a role of the task definition, else the session that the message names, else the name.
fn role(subject: &Subject<'_>, kind: &str, name: &str, denial: &Denial) -> String {
    let own = subject.facts().text(&format!("{kind}RoleArn")).filter(|arn| role_name(arn) == name);
    let session = denial.principal.as_ref().map(Arn::as_str);
    // Without the session behind it the name may be cut.
    let session = session.filter(|arn| arn.contains(":assumed-role/") && role_name(arn) == name);
    let session = session.filter(|arn| arn.matches('/').count() == 2);
    own.or(session).unwrap_or(name).to_owned()
}

fn candidates(subject: &Subject<'_>, kind: &str, denial: &Denial, about: &About<'_>) -> Vec<Candidate> {
    let is_meant = |action: &str| match &denial.action {
        Some(stated) => stated.eq_ignore_ascii_case(action),
        None => about.actions.contains(&action),
    };
    let arn = denial.resource.as_ref().map(|arn| arn.as_str().to_owned()).or(about.arn.clone());
    let stated = denial.action.clone();
    if let Some(arn) = arn {
        let actions = stated
            .map_or_else(|| about.actions.iter().map(|&action| action.to_owned()).collect(), |one| vec![one]);
        return actions.into_iter().map(|action| Candidate { action, arn: arn.clone() }).collect();
    }
    let mut found: Vec<Candidate> = needs_of(subject, kind).filter(|need| is_meant(&need.action)).collect();
    if found.is_empty() && is_meant("ecr:GetAuthorizationToken") {
        found.push(Candidate { action: "ecr:GetAuthorizationToken".to_owned(), arn: "*".to_owned() });
    }
    found
}

/// What the task definition needs of a role of that kind.
pub(super) fn needs_of(subject: &Subject<'_>, kind: &str) -> impl Iterator<Item = Candidate> + use<> {
    let caller = match kind {
        "execution" | "instance" => Some(Caller::ExecutionRole),
        "task" => Some(Caller::TaskRole),
        _ => None,
    };
    let needs = if caller.is_some() { needs(subject) } else { Vec::new() };
    let own = needs.into_iter().filter(move |need| Some(need.caller) == caller);
    own.map(|need| Candidate { action: need.action.to_owned(), arn: need.arn })
}

/// How sure a message makes a refusal: it states it, or breaks off before it and the policies speak for it.
pub(super) fn stated_or(is_stated: bool, is_denied: impl FnOnce() -> bool) -> Option<Confidence> {
    if is_stated { Some(Confidence::Likely) } else { is_denied().then_some(Confidence::Possible) }
}

/// Whether a message is of the step before a start in which the registry token and the secrets are fetched, and
/// not of another service than `service`, as the SDKs name it.
pub(super) fn is_fetch(message: &Message, service: &str) -> bool {
    let other =
        message.operation().and_then(|operation| operation.service.as_deref().map(|own| own != service));
    let step = ["unable to pull secrets or registry auth", "execution resource retrieval failed"];
    message.says_any(&step) && other != Some(true)
}

/// Whether a message that breaks off before its cause is of a step which the execution role may not take, by its
/// policies at hand. `is_step` says whether the message is of that step.
pub(super) fn is_denied_all_the_same(
    statement: &Statement,
    subject: &Subject<'_>,
    actions: &[&str],
    is_step: bool,
) -> bool {
    let message = &statement.message;
    let is_told = message.denial().is_some()
        || message.aws_error_code().is_some()
        || message.http_status().is_some()
        || message.is_connection_issue()
        || message.transport().is_some();
    if !is_step || is_told || !statement.is_from_ecs() {
        return false;
    }
    let Some(arn) = subject.facts().text("executionRoleArn") else { return false };
    let case = Case {
        subject,
        denial: Denial::default(),
        role: arn.to_owned(),
        kind: "execution".to_owned(),
        candidates: Vec::new(),
    };
    let needed = needs_of(subject, "execution").filter(|need| actions.contains(&need.action.as_str()));
    let is_denied = needed
        .map(|need| case.judge(&need))
        .any(|access| access.is_denied() && access.is_certain() && access.lacks(PolicyType::Identity));
    is_denied && !crate::rules::is_read(statement, subject)
}
