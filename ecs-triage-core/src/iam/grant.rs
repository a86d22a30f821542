//! Policies of least privilege.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// A statement that allows these actions on these resources and nothing else, in a fixed order.
///
/// ```
/// use ecs_triage_core::iam::allow_statement;
/// use serde_json::json;
///
/// let log_group = "arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/web:*";
/// let statement = allow_statement(Some("WriteLogs"), ["logs:PutLogEvents", "logs:CreateLogStream"], [log_group]);
/// assert_eq!(statement, json!({"Sid": "WriteLogs", "Effect": "Allow",
///     "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": [log_group]}));
/// ```
#[must_use]
pub fn allow_statement<'a>(
    sid: Option<&str>,
    actions: impl IntoIterator<Item = &'a str>,
    resources: impl IntoIterator<Item = &'a str>,
) -> Value {
    let actions: BTreeSet<_> = actions.into_iter().collect();
    let resources: BTreeSet<_> = resources.into_iter().collect();
    let mut statement = json!({ "Effect": "Allow", "Action": actions, "Resource": resources });
    if let Some(sid) = sid {
        statement["Sid"] = sid.into();
    }
    statement
}

/// A policy document that allows each action on its resource and nothing else.
///
/// Actions needed on the same resources share a statement, so that none is allowed on a resource of another.
///
/// ```
/// use ecs_triage_core::iam::least_privilege_policy;
/// use serde_json::json;
///
/// let repository = "arn:aws:ecr:eu-west-1:111122223333:repository/web";
/// let policy = least_privilege_policy([
///     ("ecr:GetAuthorizationToken", "*"),
///     ("ecr:BatchGetImage", repository),
///     ("ecr:GetDownloadUrlForLayer", repository),
/// ]);
/// assert_eq!(policy["Statement"], json!([
///     {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": ["*"]},
///     {"Effect": "Allow", "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], "Resource": [repository]},
/// ]));
/// ```
#[must_use]
pub fn least_privilege_policy<'a>(needs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Value {
    let mut resources_of: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (action, resource) in needs {
        resources_of.entry(action).or_default().insert(resource);
    }
    let mut actions_on: BTreeMap<BTreeSet<&str>, Vec<&str>> = BTreeMap::new();
    for (action, resources) in resources_of {
        actions_on.entry(resources).or_default().push(action);
    }
    let statements: Vec<_> = actions_on
        .into_iter()
        .map(|(resources, actions)| allow_statement(None, actions, resources))
        .collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}
