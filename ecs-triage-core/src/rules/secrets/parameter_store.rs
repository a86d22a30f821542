//! What can be wrong with a parameter of Parameter Store.

use super::{
    Ask, Blast, Bucket, Cause, Check, Fix, Kind, Rule, SecretReference, is_about_ssm, located, stored,
};
use crate::signals::Source;

pub(in crate::rules) static SSM_PARAMETER_MISSING: Rule = Rule {
    code: "secret-ssm-parameter-missing",
    bucket: Bucket::Secrets,
    kind: Kind::Cause,
    title: "SSM parameter does not exist",
    summary: "The parameter {parameter|of the task} does not exist in Parameter Store{inRegion~|}.",
    explanation: "Parameter Store answered, and calls a parameter that it does not have invalid. The name is not malformed and \
                  no permission is missing: the parameter is not in this Region and account.",
    signs: "`invalid parameters: /name` of the agent on EC2, `invalid ssm parameters: /name` of Fargate, or ParameterNotFound.",
    wants: &[
        Ask::new(
            "ssm",
            "DescribeParameters",
            r#"{"ParameterFilters": [{"Key": "Name", "Option": "Equals", "Values": ["{parameterName}"]}]}"#,
            "an empty list confirms that the parameter is not there",
        ),
        Ask::new(
            "ecs",
            "DescribeTaskDefinition",
            r#"{"taskDefinition": "{missingDefinition}"}"#,
            "`secrets[].valueFrom` shows which parameter the task asks for",
        ),
    ],
    fixes: &[
        Fix::run(
            "Create the parameter",
            Blast::Resource,
            "aws ssm put-parameter --name {parameterName} --type SecureString --value VALUE --region {resourceRegion|REGION}",
        ),
        Fix::advice(
            "Or name one that exists",
            Blast::NewRevision,
            "Correct `valueFrom`; a parameter of another Region or account needs its full ARN. Register a new revision and \
             deploy it.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let is_invalid = message.says_any(&["invalid ssm parameters:"])
                || message.says("invalid parameters:")
                    && (is_about_ssm(message) || message.body().starts_with("invalid parameters: /"));
            let is_not_found = message.says("parameternotfound") && said.source != Source::Log;
            // A credential spec is looked up in the same words.
            (is_invalid || is_not_found) && !message.says("credentialspec")
        },
        |statement, subject| Cause::SecretSsmParameterMissing(SecretReference::of_ssm(statement, subject)),
    )
    .settled(|subject, finding| {
        let cause = finding.cause.facts();
        let region = cause.text("secretRegion").map(|region| format!(" in {region}"));
        let name = cause.text("parameter").map(|name| match name.split_once(":parameter/") {
            // A name with one level has no slash in front, one with more has.
            Some((_, name)) if name.contains('/') => format!("/{name}"),
            Some((_, name)) => name.to_owned(),
            None => name.to_owned(),
        });
        stored::no_parameter(
            subject,
            located(subject, finding).fact("inRegion", region).fact("parameterName", name),
        )
    }),
};
