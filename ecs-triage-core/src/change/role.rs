//! Changes of a role: what it may do, and who may assume it.

use serde_json::{Value, json};

use super::{Blast, Change, Form, Patch};
use crate::evidence::{Node, Request};
use crate::template::shell_quoted;

impl Change {
    /// Lets a role do more, by an inline policy with one statement.
    pub(crate) fn allow(
        role: &str,
        title: impl Into<String>,
        actions: &[&str],
        resources: &[String],
    ) -> Self {
        let statement = json!({ "Effect": "Allow", "Action": actions, "Resource": resources });
        let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
        let name = policy_name(actions);
        let command = format!(
            "aws iam put-role-policy --role-name {} --policy-name {name} --policy-document {}",
            shell_quoted(role),
            shell_quoted(&document.to_string()),
        );
        let request = Request::new("iam", "GetRolePolicy", json!({ "RoleName": role, "PolicyName": name }));
        let answer = json!({ "RoleName": role, "PolicyName": name, "PolicyDocument": document });
        Change::new(title, Blast::Role)
            .form(Form::Command(command))
            .form(Form::Policy(document))
            .patch(Patch::Answer { request, answer })
    }

    /// Attaches a managed policy to a role. `attached` is the answer that lists the policies of the role now.
    pub(crate) fn attach(
        role: &str,
        policy_arn: &str,
        title: impl Into<String>,
        attached: Option<&Node<'_>>,
    ) -> Self {
        let command = format!(
            "aws iam attach-role-policy --role-name {} --policy-arn {}",
            shell_quoted(role),
            shell_quoted(policy_arn)
        );
        let name = policy_arn.rsplit('/').next().unwrap_or(policy_arn);
        let policy = json!({ "PolicyName": name, "PolicyArn": policy_arn });
        let change = Change::new(title, Blast::Role).form(Form::Command(command));
        match attached {
            Some(list) => {
                let mut policies = list.value().as_array().cloned().unwrap_or_default();
                policies.push(policy);
                change.patch(Patch::Set {
                    document: list.document().name().to_owned(),
                    pointer: list.pointer().to_owned(),
                    value: Value::Array(policies),
                })
            }
            None => {
                let request = Request::new("iam", "ListAttachedRolePolicies", json!({ "RoleName": role }));
                change.patch(Patch::Answer {
                    request,
                    answer: json!({ "AttachedPolicies": [policy], "IsTruncated": false }),
                })
            }
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
            shell_quoted(name),
            shell_quoted(&document.to_string()),
        );
        let change =
            Change::new(title, Blast::Role).form(Form::Command(command)).form(Form::Policy(document.clone()));
        match role {
            Some(node) => change.patch(Patch::set(node, "AssumeRolePolicyDocument", document)),
            None => change,
        }
    }
}

/// A name that tells what the policy is for: `ecs-allow-ecr`.
fn policy_name(actions: &[&str]) -> String {
    let service = actions.first().and_then(|action| action.split(':').next()).unwrap_or("task");
    format!("ecs-allow-{service}")
}
