//! How what the policies say is put into words.

use serde_json::Value;

use super::settle::Candidate;
use super::{Blast, Fix};
use crate::access::{Access, Near};
use crate::iam::{Element, PolicyType};
use crate::signals::message::{Denial, PolicyKind};

/// What to do about a statement that denies.
pub(super) const CHANGE_THE_DENY: Fix = Fix::advice(
    "Change the statement that denies",
    Blast::Role,
    "Change {denying~|the policy that the cause names}; while it stands, no Allow of the role has any effect.",
);

/// What to do when nothing is wrong any more.
pub(super) const TRY_AGAIN: Fix = Fix::run(
    "Start tasks again with the policies as they are now",
    Blast::Deployment,
    "aws ecs update-service --cluster {cluster} --service {service} --force-new-deployment --region {region}",
);

/// Why the action is denied, as the end of a sentence.
pub(super) fn denied(candidate: &Candidate, access: &Access) -> String {
    let reason = if access.is_forbidden() {
        format!("; {} denies it", denying(access).unwrap_or_else(|| "a statement".to_owned()))
    } else if access.lacks(PolicyType::Identity) {
        let near = access.near.iter().find(|near| is_telling(near)).and_then(|near| nearly(candidate, near));
        format!(
            "; no policy of the role allows it{}",
            near.map(|near| format!(": {near}")).unwrap_or_default()
        )
    } else if access.lacks(PolicyType::PermissionsBoundary) {
        "; the role's permissions boundary does not allow it".to_owned()
    } else {
        format!(
            "; the role's policies allow it, and the {} does not let the role in",
            owners(&candidate.action)
        )
    };
    reason + &assumed(access)
}

/// What the policy of the resource is called.
fn owners(action: &str) -> &'static str {
    match action.split(':').next() {
        Some("kms") => "key policy",
        Some("secretsmanager") => "secret's own policy",
        Some("ecr") => "repository policy",
        Some("s3") => "bucket policy",
        Some("elasticfilesystem") => "file system policy",
        _ => "resource's own policy",
    }
}

/// That the other role of the task is allowed what this one is not.
pub(super) fn other_role(kind: &str, role: &str) -> String {
    format!("; the {kind} role `{role}` may, but it is not the one that counts here")
}

/// Says which policies were not at hand and taken as AWS publishes them.
fn assumed(access: &Access) -> String {
    match access.assumed.as_slice() {
        [] => String::new(),
        names => format!(" (taking {} as AWS publishes it)", names.join(", ")),
    }
}

/// The statement that denies: `statement 'NoSecrets' of 'guardrails'`.
pub(super) fn denying(access: &Access) -> Option<String> {
    let found = access.evaluation.as_ref().filter(|_| access.is_forbidden())?;
    let statement = found.decided_by.first()?;
    let which = match &statement.sid {
        Some(sid) => format!("statement `{sid}`"),
        None => format!("statement {}", statement.index + 1),
    };
    Some(match statement.policy_type {
        PolicyType::PermissionsBoundary => {
            format!("{which} of the permissions boundary `{}`", short(&statement.policy))
        }
        PolicyType::Resource => format!("{which} of the resource's own policy"),
        _ => format!("{which} of `{}`", short(&statement.policy)),
    })
}

/// That the policies allow now what was refused.
pub(super) fn allowed(who: &str, candidate: &Candidate, access: &Access, denial: &Denial) -> String {
    let otherwise = match denial.by {
        Some(PolicyKind::Identity) => "they were changed since, or were too new to be in force",
        _ => {
            "they were changed since, or a policy that is not at hand refuses: one of the organisation or of a VPC endpoint"
        }
    };
    format!(
        "{who} was refused `{}`, and the policies at hand allow it{}: {otherwise}.",
        candidate.action,
        assumed(access)
    )
}

/// Whether a near miss explains why somebody would believe that the action is allowed.
pub(super) fn is_telling(near: &Near) -> bool {
    matches!(near.failed, Element::Resource | Element::Condition) || sibling(near).is_some()
}

fn nearly(candidate: &Candidate, near: &Near) -> Option<String> {
    let policy = short(&near.policy);
    Some(match near.failed {
        Element::Resource if candidate.action.eq_ignore_ascii_case("ecr:GetAuthorizationToken") => {
            format!("`{policy}` limits it to a resource, but it has no resource level and takes `*` alone")
        }
        Element::Resource if names_secret_alone(candidate, near) => {
            format!("`{policy}` names the secret without the six characters at the end of its ARN")
        }
        Element::Resource if names_group_alone(candidate, near) => {
            format!("`{policy}` names the log group without the `:*` behind it, which stands for its streams")
        }
        Element::Resource => format!("`{policy}` allows it on other resources alone"),
        Element::Condition => format!("`{policy}` allows it under a condition that is not met"),
        _ => format!("`{policy}` allows `{}`, which is another action", sibling(near)?),
    })
}

/// `ssm:GetParameter` where `ssm:GetParameters` is needed: the statement's only near action.
fn sibling(near: &Near) -> Option<&str> {
    let actions = texts(near.statement.get("Action"));
    actions.into_iter().find(|action| action.eq_ignore_ascii_case("ssm:GetParameter"))
}

fn names_secret_alone(candidate: &Candidate, near: &Near) -> bool {
    let name = candidate.arn.rsplit_once('-').map(|(name, _)| name);
    texts(near.statement.get("Resource")).into_iter().any(|resource| Some(resource) == name)
}

fn names_group_alone(candidate: &Candidate, near: &Near) -> bool {
    let group = candidate.arn.split_once(":log-stream:").map(|(group, _)| group);
    texts(near.statement.get("Resource")).into_iter().any(|resource| Some(resource) == group)
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The name in the ARN of a policy.
fn short(policy: &str) -> &str {
    policy.rsplit('/').next().unwrap_or(policy)
}
