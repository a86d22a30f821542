//! Changes of a role: what it may do, and who may assume it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Blast, Change, Form, Patch, templates};
use crate::evidence::{Evidence, Node, Request};
use crate::iam::least_privilege_policy;
use crate::template::{shell_name, shell_quoted};

impl Change {
    /// Lets a role do more, by an inline policy that allows each action on its resource and nothing else.
    pub(crate) fn allow<'a>(
        evidence: &Evidence,
        role: &str,
        title: impl Into<String>,
        needs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let document = bounded(least_privilege_policy(needs));
        let name = free_name(evidence, role, &document);
        let command = format!(
            "aws iam put-role-policy --role-name {} --policy-name {name} --policy-document {}",
            shell_name(role),
            shell_quoted(document.to_string()),
        );
        let change = Change::new(title, Blast::Role)
            .form(Form::Command(command))
            .form(Form::Policy(document.clone()))
            .form(templates::role_policy(role, &name, &document));
        let policy = json!({ "RoleName": role, "PolicyName": name, "PolicyDocument": document });
        match listed_with_role(evidence, role, "RolePolicyList") {
            Some(list) => change.patch(pushed(&list, policy)),
            None => change
                .patch(answer("GetRolePolicy", json!({ "RoleName": role, "PolicyName": name }), policy))
                .patches_if(evidence.inline_policies(role).is_some(), || {
                    let names = json!({ "PolicyNames": [name], "IsTruncated": true });
                    answer("ListRolePolicies", json!({ "RoleName": role }), names)
                }),
        }
    }

    /// Attaches a managed policy to a role. Only where the policies that it has now are at hand it can be told
    /// what comes of it.
    pub(crate) fn attach(
        evidence: &Evidence,
        role: &str,
        policy_arn: &str,
        title: impl Into<String>,
    ) -> Self {
        let command = format!(
            "aws iam attach-role-policy --role-name {} --policy-arn {}",
            shell_name(role),
            shell_name(policy_arn)
        );
        let name = policy_arn.rsplit('/').next().unwrap_or(policy_arn);
        let policy = json!({ "PolicyName": name, "PolicyArn": policy_arn });
        let change = Change::new(title, Blast::Role)
            .form(Form::Command(command))
            .form(templates::attachment(role, policy_arn));
        match listed_with_role(evidence, role, "AttachedManagedPolicies") {
            Some(list) => change.patch(pushed(&list, policy)),
            None => change.patches_if(evidence.attached_policies(role).is_some(), || {
                let page = json!({ "AttachedPolicies": [policy], "IsTruncated": true });
                answer("ListAttachedRolePolicies", json!({ "RoleName": role }), page)
            }),
        }
    }

    /// Lets an AWS service assume a role. `role` is the role as `GetRole` shows it.
    pub(crate) fn trust(
        name: &str,
        service: &str,
        title: impl Into<String>,
        role: Option<&Node<'_>>,
    ) -> Self {
        let document = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "Service": service },
                "Action": "sts:AssumeRole",
            }],
        });
        let command = format!(
            "aws iam update-assume-role-policy --role-name {} --policy-document {}",
            shell_name(name),
            shell_quoted(document.to_string()),
        );
        let change = Change::new(title, Blast::Role)
            .form(Form::Command(command))
            .form(Form::Policy(document.clone()))
            .form(templates::trust(&document));
        match role {
            Some(node) => change.patch(Patch::set(node, "AssumeRolePolicyDocument", document)),
            None => change,
        }
    }
}

/// A list of policies that `GetAccountAuthorizationDetails` gives with the role.
fn listed_with_role<'e>(evidence: &'e Evidence, role: &str, key: &str) -> Option<Node<'e>> {
    evidence.role(role)?.node().get(key)
}

fn pushed(list: &Node<'_>, value: Value) -> Patch {
    Patch::Push { document: list.document().name().to_owned(), pointer: list.pointer().to_owned(), value }
}

/// One more page of a list says what is added; whether the list is whole, the pages at hand say.
fn answer(operation: &str, params: Value, answer: Value) -> Patch {
    Patch::Answer { request: Request::new("iam", operation, params), answer }
}

/// A role may be passed to EC2 alone, which is where ECS passes the roles of instance profiles.
fn bounded(mut document: Value) -> Value {
    for statement in document["Statement"].as_array_mut().into_iter().flatten() {
        if statement["Action"].as_array().is_some_and(|actions| actions.contains(&json!("iam:PassRole"))) {
            statement["Condition"] =
                json!({ "StringEquals": { "iam:PassedToService": "ec2.amazonaws.com" } });
        }
    }
    document
}

/// A name that tells what the policy is for, `ecs-allow-ecr`, and is no other policy's: that one would be replaced.
/// Where the others are not all known, it tells what is in the policy too.
fn free_name(evidence: &Evidence, role: &str, document: &Value) -> String {
    let actions =
        document["Statement"].as_array().into_iter().flatten().flat_map(|found| found["Action"].as_array());
    let services = actions.flatten().filter_map(Value::as_str).filter_map(|action| action.split(':').next());
    let services: BTreeSet<&str> = services.collect();
    let wanted = format!("ecs-allow-{}", services.into_iter().collect::<Vec<_>>().join("-"));
    let known = evidence.inline_policies(role);
    if !known.as_ref().is_some_and(|known| known.is_complete) {
        return format!("{wanted}-{}", digest(&document.to_string()));
    }
    let is_taken = |name: &str| {
        let own = known.iter().flat_map(|known| &known.policies).filter_map(|policy| policy.policy_name());
        own.chain(known.iter().flat_map(|known| known.not_fetched.iter().copied())).any(|taken| taken == name)
    };
    let numbered = (2..).map(|number| format!("{wanted}-{number}"));
    std::iter::once(wanted.clone()).chain(numbered).find(|name| !is_taken(name)).unwrap_or(wanted)
}

/// A `put-role-policy` whose policy's name ends in a digest of the document. The same name with another document would
/// take away what the one before gave: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>.
pub(crate) fn named_by_content(command: String) -> String {
    const DOCUMENT: &str = " --policy-document ";
    if !command.starts_with("aws iam put-role-policy ") {
        return command;
    }
    let Some((start, document)) = command.split_once(DOCUMENT) else { return command };
    let suffix = if is_to_fill_in(document) { "SUFFIX".to_owned() } else { digest(document) };
    format!("{start}-{suffix}{DOCUMENT}{document}")
}

/// Whether a name stands in capitals in it for what is not known: what will be put there, nobody knows yet.
fn is_to_fill_in(document: &str) -> bool {
    let is_of_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut words = document.split(|letter| !is_of_word(letter)).filter(|word| word.len() > 2);
    words.any(|word| word.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_'))
}

/// Eight digits that differ where texts differ: FNV-1a.
fn digest(text: &str) -> String {
    let hash =
        text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{hash:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_that_differ_replace_none_of_each_other() {
        let command = |resource: &str| {
            named_by_content(format!(
                "aws iam put-role-policy --role-name r --policy-name read --policy-document '{resource}'"
            ))
        };
        assert_ne!(command("one"), command("two"));
        assert_eq!(command("one"), command("one"));
        assert!(command("one").contains(" --policy-name read-"), "{}", command("one"));
        assert!(command("arn:aws:s3:::BUCKET/KEY").contains(" --policy-name read-SUFFIX "));
        let evidence = Evidence::new();
        let name = |resource: &str| {
            let policy = least_privilege_policy([("ecr:BatchGetImage", resource)]);
            free_name(&evidence, "web-execution", &policy)
        };
        let of = |name: &str| format!("arn:aws:ecr:eu-west-1:111122223333:repository/{name}");
        assert_ne!(name(&of("one")), name(&of("two")));
    }

    fn evidence() -> Evidence {
        let mut evidence = Evidence::new();
        let role = json!({ "RoleName": "web-execution" });
        let mut add = |operation: &str, params: &Value, answer: Value| {
            evidence.add_answer(&Request::new("iam", operation, params.clone()), answer).unwrap();
        };
        add("ListAttachedRolePolicies", &role, json!({ "AttachedPolicies": [], "IsTruncated": false }));
        add("ListRolePolicies", &role, json!({ "PolicyNames": ["ecs-allow-ecr"], "IsTruncated": false }));
        evidence
    }

    #[test]
    fn an_added_policy_is_seen_and_replaces_none() {
        let evidence = evidence();
        let change = Change::allow(&evidence, "web-execution", "x", [("ecr:GetAuthorizationToken", "*")]);
        let Form::Command(line) = &change.forms[0] else { panic!("{:?}", change.forms) };
        assert!(line.contains("--policy-name ecs-allow-ecr-2 "), "{line}");
        let after = change.applied(&evidence).unwrap();
        let inline = after.inline_policies("web-execution").unwrap();
        assert!(inline.is_complete);
        assert_eq!((inline.policies.len(), inline.not_fetched.len()), (1, 1));
    }

    #[test]
    fn an_attached_policy_is_seen_where_the_others_are_known() {
        let arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
        let evidence = evidence();
        let after = Change::attach(&evidence, "web-execution", arn, "x").applied(&evidence).unwrap();
        let attached = after.attached_policies("web-execution").unwrap();
        assert!(attached.is_complete && attached.entries[0].policy_arn() == Some(arn));
        assert_eq!(Change::attach(&evidence, "other", arn, "x").applied(&evidence).map(|_| ()), None);
    }
}
