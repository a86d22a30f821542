//! What the policy of an ECR repository says of a refused pull.

use serde_json::{Value, json};

use super::pull::NEEDED;
use super::settle::{About, Case};
use super::{Blast, Confidence, Finding};
use crate::access::{ResourcePolicy, lets_in, resource_policy};
use crate::arn::Arn;
use crate::change::{Change, Form, Patch};
use crate::evidence::Request;
use crate::iam::{Decision, Denial, Resource};
use crate::signals::Subject;
use crate::template::{shell_name, shell_quoted};

/// Weighs a finding against the repository's policy.
/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html>
pub(super) fn settle(subject: &Subject<'_>, finding: Finding, repository: Option<String>) -> Finding {
    let about = About { actions: NEEDED, arn: repository.clone() };
    let (Some(case), Some(arn)) = (Case::of(subject, &finding, &about), repository) else { return finding };
    let account = Arn::from(case.role.as_str()).account().map(str::to_owned);
    let owner = resource_policy(subject.evidence, "ecr:BatchGetImage", &arn, account.as_deref());
    let Some(place) = owner.place.clone() else { return finding.asks(owner.ask) };
    let answers: Vec<Decision> = case
        .candidates
        .iter()
        .filter_map(|candidate| lets_in(&case.role, &candidate.action, Resource::arn(&arn), &owner))
        .map(|evaluation| evaluation.decision)
        .collect();
    if answers.contains(&Decision::Denied(Denial::Explicit)) {
        let proof = "; a statement of the repository's policy denies it";
        return finding.fact("proof", Some(proof)).confirmed_by(place.citation());
    }
    if answers.contains(&Decision::Denied(Denial::Implicit)) {
        let change = opened(&owner, &arn, account.as_deref());
        let others = finding.cause.rule().fixes.iter().filter(|fix| fix.blast != Blast::Resource).copied();
        let others = others.collect();
        let finding = finding.fact("proof", Some("; its policy lets nobody of that account in"));
        let finding = finding.confirmed_by(place.citation());
        return match change {
            Some(change) => finding.change(change).fixed_by(others),
            None => finding,
        };
    }
    if !answers.is_empty() && answers.iter().all(|decision| *decision == Decision::Allowed) {
        let finding = finding.fact("proof", Some("; but its policy, as it is now, lets the role in"));
        return finding.refuted_by(place.citation()).confidence(Confidence::Possible);
    }
    finding.cite(place.citation())
}

/// The repository's policy with a statement for the puller's account behind those that it has.
fn opened(owner: &ResourcePolicy<'_>, repository: &str, account: Option<&str>) -> Option<Change> {
    let arn = Arn::from(repository);
    let (partition, region, registry, name) =
        (arn.partition()?, arn.region()?, arn.account()?, arn.resource_id()?);
    let statement = json!({
        "Sid": "PullFromAccount",
        "Effect": "Allow",
        "Principal": { "AWS": format!("arn:{partition}:iam::{}:root", account?) },
        "Action": NEEDED,
    });
    let own = owner.place.as_ref().and_then(|place| place.get("Statement"));
    let mut statements = match own.as_ref().map(|own| own.value()) {
        Some(Value::Array(list)) => list.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    };
    statements.push(statement);
    let policy = json!({ "Version": "2012-10-17", "Statement": statements });
    let command = format!(
        "aws ecr set-repository-policy --registry-id {registry} --repository-name {} --region {region} --policy-text {}",
        shell_name(name),
        shell_quoted(policy.to_string()),
    );
    let params = json!({ "registryId": registry, "repositoryName": name });
    let answer = json!({ "registryId": registry, "repositoryName": name, "policyText": policy.to_string() });
    let title = "In the account that owns the image, let the task's account pull";
    Some(
        Change::new(title, Blast::Resource)
            .form(Form::Command(command))
            .form(Form::Policy(policy))
            .patch(Patch::Answer { request: Request::new("ecr", "GetRepositoryPolicy", params), answer }),
    )
}
