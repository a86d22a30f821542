//! The AWS operation that was being called.

use std::borrow::Cow;

use super::text::Text;

/// An AWS operation, as an SDK prints it or as the agent's words tell.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Operation {
    /// The SDK's service id: `ECR`, `Secrets Manager`, `SSM`, `S3`, `CloudWatch Logs`, `EC2`. The CLI leaves it out.
    pub service: Option<Cow<'static, str>>,
    /// The operation: `GetAuthorizationToken`.
    pub name: Cow<'static, str>,
}

/// What the agent writes instead of naming the operation. The first that occurs counts.
const WORDS: &[(&str, &str, &str)] = &[
    ("retrieve ecr registry auth", "ECR", "GetAuthorizationToken"),
    ("registry auth from amazon ecr", "ECR", "GetAuthorizationToken"),
    ("registry authentication from amazon ecr", "ECR", "GetAuthorizationToken"),
    ("retrieve secret from asm", "Secrets Manager", "GetSecretValue"),
    ("retrieve secrets from asm", "Secrets Manager", "GetSecretValue"),
    ("fetching secret data from aws secrets manager", "Secrets Manager", "GetSecretValue"),
    ("from secrets manager: ", "Secrets Manager", "GetSecretValue"),
    ("retrieve secrets from ssm", "SSM", "GetParameters"),
    ("retrieve secret from ssm", "SSM", "GetParameters"),
    ("fetching secret data from ssm", "SSM", "GetParameters"),
    ("failed to create cloudwatch log stream", "CloudWatch Logs", "CreateLogStream"),
    ("failed to create cloudwatch log group", "CloudWatch Logs", "CreateLogGroup"),
    ("attempting to create network interface", "EC2", "CreateNetworkInterface"),
    ("attempting to attach network interface", "EC2", "AttachNetworkInterface"),
    ("attempting to tag the network interface", "EC2", "CreateTags"),
    ("headobject", "S3", "HeadObject"),
];

pub(super) fn find(text: &Text) -> Option<Operation> {
    printed_by_go(text).or_else(|| printed_by_cli(text)).or_else(|| {
        let (_, service, name) = WORDS.iter().find(|(words, ..)| text.says(words))?;
        Some(Operation { service: Some(Cow::Borrowed(service)), name: Cow::Borrowed(name) })
    })
}

/// `operation error ECR: GetAuthorizationToken, https response error …` of the SDK for Go v2.
fn printed_by_go(text: &Text) -> Option<Operation> {
    let from = text.after("operation error ", 0)?;
    let name_at = text.after(": ", from)?;
    let service = &text.text[from..name_at - ": ".len()];
    let name = text.token(name_at, &[',', ':']);
    let plain = service.len() <= 40 && service.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ');
    (plain && name.closed && is_name(name.text)).then(|| Operation {
        service: Some(Cow::Owned(service.to_owned())),
        name: Cow::Owned(name.text.to_owned()),
    })
}

/// `An error occurred (X) when calling the Y operation` of the CLI and boto3.
fn printed_by_cli(text: &Text) -> Option<Operation> {
    let from = text.after("when calling the ", 0)?;
    let name = text.token(from, &[]);
    (name.closed && is_name(name.text))
        .then(|| Operation { service: None, name: Cow::Owned(name.text.to_owned()) })
}

fn is_name(name: &str) -> bool {
    name.len() > 3 && name.bytes().all(|b| b.is_ascii_alphanumeric())
}
