//! Calls as they are kept: the same document is diagnosed now and may be saved and diagnosed again.

use ecs_triage_core::Timestamp;
use ecs_triage_core::redact::redact_value;
use serde_json::{Value, json};

use crate::transport::{Call, CallError};

/// A call with what came of it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Recorded {
    /// Name of the document, as citations have it: the CLI's command and what it was about.
    pub name: String,
    /// `{"service": …, "operation": …, "params": …, "observedAt": …, "response": …}`, or `"error"` for the last.
    pub document: Value,
}

impl Recorded {
    pub(super) fn new(
        name: String,
        call: &Call,
        at: Option<Timestamp>,
        outcome: Result<Value, CallError>,
    ) -> Self {
        let mut document = json!({
            "service": call.request.service,
            "operation": call.request.operation,
            "params": call.request.params,
        });
        if let Some(at) = at {
            document["observedAt"] = at.to_string().into();
        }
        match outcome {
            Ok(response) => document["response"] = response,
            Err(error) => document["error"] = json!({ "Code": error.code(), "Message": error.message() }),
        }
        Self { name, document }
    }

    /// The document as it may be kept in a file: values of environment variables and what else looks like a secret are
    /// blanked.
    ///
    /// ```
    /// # use ecs_triage_aws::live::Recorded;
    /// # fn example(recorded: &Recorded) -> std::io::Result<()> {
    /// std::fs::write(format!("{}.json", recorded.name), recorded.to_json())
    /// # }
    /// ```
    pub fn to_json(&self) -> String {
        // A document came as JSON: there is nothing in it that JSON cannot hold.
        serde_json::to_string_pretty(&redact_value(&self.document)).unwrap_or_default() + "\n"
    }
}

/// Longest name of what a call was about, in a file's name.
const LONGEST: usize = 60;

/// `get-role-ecsTaskExecutionRole`: the CLI's command and the name of what was asked about.
pub(super) fn name_of(call: &Call) -> String {
    let command = kebab(&call.request.operation);
    let mut subject = String::new();
    for key in NAMING {
        let Some(text) = call.request.params.get(key).and_then(first_text) else { continue };
        let last = text.rsplit('/').find(|part| !part.is_empty()).unwrap_or(text);
        let last = if last.starts_with("arn:") { last.rsplit(':').next().unwrap_or(last) } else { last };
        let clean = |letter: char| {
            if letter.is_ascii_alphanumeric() || ".-_".contains(letter) { letter } else { '-' }
        };
        subject.push('-');
        subject.extend(last.chars().map(clean));
    }
    subject.truncate(LONGEST);
    command + &subject
}

/// Parameters that name what a call is about, so that two calls of one operation have telling names.
const NAMING: &[&str] = &[
    "RoleName",
    "PolicyName",
    "PolicyArn",
    "VersionId",
    "taskDefinition",
    "desiredStatus",
    "Attribute",
    "MetricName",
    "TargetGroupArn",
    "repositoryName",
    "logGroupNamePrefix",
    "logStreamName",
    "SecretId",
    "KeyId",
    "FileSystemId",
    "MountTargetId",
    "PrefixListId",
    "ServiceCode",
];

fn first_text(value: &Value) -> Option<&str> {
    match value {
        Value::Array(values) => values.first()?.as_str(),
        value => value.as_str(),
    }
}

/// `DescribeTasks` as the CLI spells it.
fn kebab(name: &str) -> String {
    let mut kebab = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_was_asked() {
        let name = |operation, params| name_of(&Call::new("iam", operation, params));
        assert_eq!(name("DescribeTasks", json!({ "cluster": "prod", "tasks": ["a"] })), "describe-tasks");
        assert_eq!(
            name("GetRolePolicy", json!({ "RoleName": "web", "PolicyName": "read it" })),
            "get-role-policy-web-read-it"
        );
        let arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
        assert_eq!(
            name("GetPolicy", json!({ "PolicyArn": arn })),
            "get-policy-AmazonECSTaskExecutionRolePolicy"
        );
        assert_eq!(
            name("DescribeTaskDefinition", json!({ "taskDefinition": "web:42" })),
            "describe-task-definition-web-42"
        );
    }
}
