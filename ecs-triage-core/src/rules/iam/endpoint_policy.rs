//! What the policies of the VPC endpoints at hand say of a refused call.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::settle::{About, Candidate, Case};
use super::{Confidence, Finding};
use crate::change::{Blast, Change, Form, Patch};
use crate::evidence::Node;
use crate::evidence::ec2::{Subnet, VpcEndpoint};
use crate::iam::{Decision, Denial, Resource};
use crate::network::view::endpoint_service;
use crate::redact::redacted;
use crate::signals::{Fact, Subject};
use crate::template::{shell_name, shell_quoted};

/// Weighs a refusal against the endpoints of the task's VPC. One of which the message does not say why it was
/// refused is theirs only when they refuse what the role is allowed.
pub(super) fn settle(subject: &Subject<'_>, finding: Finding) -> Option<Finding> {
    let is_said = finding.confidence >= Confidence::Likely;
    if !is_said && subject.evidence.all::<VpcEndpoint<'_>>().next().is_none() {
        return None;
    }
    let Some(case) = Case::of(subject, &finding, &About::default()) else {
        return is_said.then_some(finding);
    };
    let Some(candidate) = case.candidates.first() else { return is_said.then_some(finding) };
    if is_said {
        return Some(weigh(&case, finding, candidate));
    }
    let is_allowed = case.judge(candidate).is_allowed();
    let finding = weigh(&case, finding, candidate);
    (is_allowed && finding.confidence == Confidence::Confirmed).then_some(finding)
}

fn weigh(case: &Case<'_, '_>, finding: Finding, candidate: &Candidate) -> Finding {
    let subject = case.subject;
    let services: Vec<String> = match finding.facts.get("endpointServices") {
        Some(Fact::Many(names)) => names.into_iter().map(str::to_owned).collect(),
        Some(Fact::One(name)) => vec![name.to_owned()],
        None => return finding,
    };
    let vpc = vpc(subject);
    let its = subject.evidence.all::<VpcEndpoint<'_>>().filter(|endpoint| {
        let is_service =
            endpoint.service_name().is_some_and(|name| services.iter().any(|service| service == name));
        is_service && (vpc.is_none() || endpoint.vpc_id() == vpc)
    });
    let resource = if candidate.arn == "*" { Resource::all() } else { Resource::arn(&candidate.arn) };
    let judged: Option<Vec<_>> = its
        .map(|endpoint| {
            let (evaluation, policy) = crate::access::lets_through(
                subject.evidence,
                &endpoint,
                &case.role,
                &candidate.action,
                resource.clone(),
            )?;
            Some((endpoint, evaluation, policy))
        })
        .collect();
    let Some(judged) = judged.filter(|judged| !judged.is_empty()) else { return finding };
    let first = judged[0].2.citation();
    if judged.iter().all(|(_, evaluation, _)| evaluation.is_allowed()) {
        let now = "; but the policies of the endpoints, as they are now, let it through";
        return finding.fact("proof", Some(now)).refuted_by(first);
    }
    let mut refusing = judged.iter().filter(|(_, evaluation, _)| evaluation.is_denied());
    let Some((endpoint, evaluation, policy)) = refusing.next() else { return finding };
    // Of several only one is on the call's way.
    let is_only = judged.len() == 1 || refusing.count() + 1 == judged.len();
    let cited = evaluation.decided_by.first().and_then(|statement| policy.at(&statement.pointer));
    let citation = cited.map_or_else(|| policy.citation(), |statement| statement.citation());
    let id = endpoint.vpc_endpoint_id();
    let finding = finding.fact("proof", id.map(|id| format!(": `{id}`")));
    if !is_only || !evaluation.inferred.is_empty() {
        return finding.cite(citation);
    }
    let finding = finding.confirmed_by(citation);
    let Some(id) = id else { return finding };
    let widened = match evaluation.decision {
        // Against a Deny another Allow does not help.
        Decision::Denied(Denial::Explicit) => None,
        _ => widened(endpoint.node(), id, policy, candidate, subject),
    };
    let finding = widened.into_iter().fold(finding, Finding::change);
    finding.change(reset(endpoint.node(), id, subject)).fixed_by(Vec::new())
}

/// The VPC of the task's subnets.
fn vpc<'e>(subject: &Subject<'e>) -> Option<&'e str> {
    let own = subject.facts().text("subnets")?.to_owned();
    subject.evidence.all::<Subnet<'_>>().find(|subnet| subnet.subnet_id() == Some(&own))?.vpc_id()
}

/// The policy that the endpoint has with one statement more, which allows the refused call. The call replaces the whole.
fn widened(
    endpoint: &Node<'_>,
    id: &str,
    policy: &Node<'_>,
    refused: &Candidate,
    subject: &Subject<'_>,
) -> Option<Change> {
    let mut document = policy.value().clone();
    let statements = document.get_mut("Statement")?;
    let allow =
        json!({ "Effect": "Allow", "Principal": "*", "Action": refused.action, "Resource": refused.arn });
    match statements {
        Value::Array(list) => list.push(allow),
        only => *only = json!([only.take(), allow]),
    }
    let text = document.to_string();
    // A command must not write the blank that stands for a secret.
    if matches!(redacted(&text), Cow::Owned(_)) {
        return None;
    }
    let command = modify(id, &format!("--policy-document {}", shell_quoted(&text)), subject);
    let title = format!(
        "Let the endpoint's policy allow `{}` on this resource too, beside what it allows now",
        refused.action
    );
    Some(Change::new(title, Blast::Network).form(Form::Command(command)).patch(Patch::set(
        endpoint,
        "PolicyDocument",
        document,
    )))
}

/// The policy that an endpoint has unless somebody gives it another: roles and resources decide alone.
fn reset(endpoint: &Node<'_>, id: &str, subject: &Subject<'_>) -> Change {
    let all =
        json!({ "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" }] });
    Change::new("Throw the endpoint's policy away, so that only roles and resources decide", Blast::Network)
        .form(Form::Command(modify(id, "--reset-policy", subject)))
        .patch(Patch::set(endpoint, "PolicyDocument", all))
}

fn modify(id: &str, option: &str, subject: &Subject<'_>) -> String {
    let region = subject.facts().text("region");
    let region = region.map(|region| format!(" --region {}", shell_name(region))).unwrap_or_default();
    format!("aws ec2 modify-vpc-endpoint --vpc-endpoint-id {} {option}{region}", shell_name(id))
}

/// The endpoint services that an action passes through.
/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html>
pub(super) fn services(action: &str, region: &str) -> Vec<String> {
    let names: &[&str] = match action.split(':').next().unwrap_or_default() {
        "ecr" if action.eq_ignore_ascii_case("ecr:GetAuthorizationToken") => &["ecr.api"],
        "ecr" => &["ecr.dkr", "ecr.api"],
        "secretsmanager" => &["secretsmanager"],
        "ssm" => &["ssm"],
        "kms" => &["kms"],
        "logs" => &["logs"],
        "s3" => &["s3"],
        "ssmmessages" => &["ssmmessages"],
        _ => &[],
    };
    names.iter().map(|name| endpoint_service(region, name)).collect()
}
