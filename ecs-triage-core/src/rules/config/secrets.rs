//! References to secrets and environment files that the task definition has wrong.

use super::super::secrets::{SecretReference, is_about_asm, is_about_ssm, wanted};
use super::super::{Ask, Blast, Bucket, Cause, Check, Confidence, Fix, Kind, Named, Rule};
use crate::signals::Subject;

const CORRECT_VALUE_FROM: Fix = Fix::advice(
    "Correct `valueFrom`",
    Blast::NewRevision,
    "Write the secret's full ARN, or `ARN:JSONKEY:STAGE:VERSION` with all three colons and empty parts where nothing is \
     meant (`ARN:password::`). Register a new revision and deploy it.",
);

const TASK_DEFINITION: Ask = Ask::new(
    "ecs",
    "DescribeTaskDefinition",
    r#"{"taskDefinition": "{missingDefinition}"}"#,
    "`secrets[].valueFrom` and `environmentFiles[].value` show what the task asks for",
);

pub(in crate::rules) static ASM_INVALID_ARN: Rule = Rule {
    code: "secret-asm-invalid-arn",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "ARN of the secret has the wrong number of parts",
    summary: "{valueFrom|The secret's `valueFrom`} is no ARN of a secret: it has the wrong number of parts.",
    explanation: "Behind the ARN of a secret ECS reads a JSON key, a version stage and a version id. With one of them all \
                  three colons have to be there.",
    signs: "`unexpected ARN format with parameters when trying to retrieve ASM secret`, `an invalid ARN format for the AWS \
            Secrets Manager secret was specified`, `arn: not enough sections`.",
    wants: &[TASK_DEFINITION],
    fixes: &[CORRECT_VALUE_FROM],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html",
    ],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let is_broken = message.says_any(&["arn: invalid prefix", "arn: not enough sections"])
                && is_about_asm(message);
            message.says_any(&[
                "unexpected arn format with parameters",
                "invalid arn format for the aws secrets manager secret",
                "could not find a secretsmanager secretid from value",
            ]) || is_broken
        },
        |_, subject| Cause::SecretAsmInvalidArn(odd_one(subject, has_odd_parts)),
    )
    .settled(with_missing_definition),
};

pub(in crate::rules) static ASM_INVALID_NAME: Rule = Rule {
    code: "secret-asm-invalid-name",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "name of the secret has characters that no secret can have",
    summary: "{valueFrom|The secret's `valueFrom`} is no name that a secret can have.",
    explanation: "Secrets Manager refuses the name before it looks for it. As a rule a tool joined an ARN and a suffix twice, \
                  or left colons of the key behind.",
    signs: "`ValidationException: Invalid name. Must be a valid name containing alphanumeric characters, or any of the \
            following: -/_+=.@!`.",
    wants: &[TASK_DEFINITION],
    fixes: &[CORRECT_VALUE_FROM],
    docs: &["https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let is_invalid = message.says("validationexception") && is_about_asm(message);
            said.is_from_ecs()
                && (message.says("invalid name. must be a valid name")
                    || is_invalid && message.says("invalid name"))
        },
        |_, subject| Cause::SecretAsmInvalidName(odd_one(subject, has_odd_parts)),
    )
    .settled(with_missing_definition),
};

pub(in crate::rules) static SSM_INVALID_NAME: Rule = Rule {
    code: "secret-ssm-invalid-name",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "name of the parameter is not valid",
    summary: "{valueFrom|The parameter's `valueFrom`} is no name that a parameter can have.",
    explanation: "Parameter Store refuses the name before it looks for it: a character that it does not allow, a prefix that \
                  is AWS's own (`ssm`, `aws`), or an ARN of something else. A parameter that is only missing is answered \
                  with `invalid parameters`.",
    signs: "A ValidationException under `unable to retrieve secrets from ssm` or `Fetching secret data from SSM Parameter \
            Store`.",
    wants: &[TASK_DEFINITION],
    fixes: &[Fix::advice(
        "Correct `valueFrom`",
        Blast::NewRevision,
        "Give the parameter's name (letters, digits and `.-_/`) or its full ARN, `arn:aws:ssm:REGION:ACCOUNT:parameter/NAME` \
         with one slash behind `parameter`. Register a new revision and deploy it.",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            said.is_from_ecs()
                && message.says_any(&["validationexception", "invalidparametername", "parameter name:"])
                && is_about_ssm(message)
                && !message.says("invalid name. must be")
        },
        |_, subject| Cause::SecretSsmInvalidName(odd_one(subject, is_no_parameter)),
    )
    .settled(with_missing_definition),
};

pub(in crate::rules) static ENVFILE_MISSING_OR_INVALID: Rule = Rule {
    code: "envfile-missing-or-invalid",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "environment file is missing, has a wrong ARN, or cannot be read",
    summary: "The environment file {name|of the task} {how~|cannot be read}.",
    explanation: "Environment files are fetched from S3 before a container starts. S3 was reached; it has no such object, or \
                  the ARN in the task definition names none.",
    signs: "`failed to download env files` or `unable to download env file` with 404, NotFound, NoSuchKey or NoSuchBucket; \
            `unable to parse bucket and key from s3 ARN specified in environmentFile`.",
    wants: &[
        Ask::new(
            "s3",
            "HeadObject",
            r#"{"Bucket": "{bucket}", "Key": "{key}"}"#,
            "404 confirms that the file is missing, 403 that the caller may not see it",
        ),
        TASK_DEFINITION,
    ],
    fixes: &[
        Fix::run("Upload the file", Blast::Resource, "aws s3 cp LOCAL_FILE s3://{bucket}/{key}"),
        Fix::advice(
            "Or correct the reference",
            Blast::NewRevision,
            "Write `environmentFiles[].value` as `arn:aws:s3:::BUCKET/KEY.env`; the file's name ends in `.env`, its lines are \
             `NAME=VALUE`. Register a new revision and deploy it.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let is_wrong = message.says_any(&[
                "s3 arn specified in environmentfile",
                "escapes envfile resource directory",
                "invalid s3 arn",
            ]);
            let failed = message.says_any(&["env file", "environment file", "envfile"])
                && message.says_any(&["failed to download", "unable to download", "download"]);
            let is_network = message.transport().is_some() || message.is_connection_issue();
            let is_refused = message.denial().is_some()
                || message.http_status() == Some(403)
                || message.says_any(&[
                    "forbidden",
                    "accessdenied",
                    "access denied",
                    "execution role credentials",
                ]);
            said.is_from_ecs() && !is_refused && (is_wrong || failed && !is_network)
        },
        |statement, subject| {
            let message = &statement.message;
            let key = message.word_after("file with key ");
            let bucket = message.word_after("from bucket ");
            let named = match (bucket, key) {
                (Some(bucket), Some(key)) => Some(format!("s3://{bucket}/{key}")),
                _ => message.word_after("environmentfile ").map(str::to_owned),
            };
            Cause::EnvfileMissingOrInvalid(Named { name: named.or(only_envfile(subject)) })
        },
    )
    .settled(|subject, finding| {
        let says = |phrases: &[&str]| {
            subject.statements.iter().any(|statement| {
                statement.citation == finding.citations[0] && statement.message.says_any(phrases)
            })
        };
        let is_absent =
            says(&["404", "notfound", "not found", "nosuchkey", "nosuchbucket", "does not exist"]);
        let is_wrong = says(&["s3 arn", "escapes envfile"]);
        let (bucket, key) = envfile_location(subject);
        let how = match (is_wrong, is_absent) {
            (true, _) => Some("is not named by a valid S3 ARN"),
            (_, true) => Some("does not exist"),
            _ => None,
        };
        let sure = if how.is_some() { finding.confidence } else { Confidence::Possible };
        let finding = with_missing_definition(subject, finding).confidence(sure);
        let (bucket, key) =
            match finding.cause.facts().text("name").and_then(|name| name.strip_prefix("s3://")) {
                Some(name) => split_location(name),
                None => (bucket, key),
            };
        finding.fact("how", how).fact("bucket", bucket).fact("key", key)
    }),
};

/// Bucket and key of the task's environment file, where it has only one.
pub(in crate::rules) fn envfile_location(subject: &Subject<'_>) -> (Option<String>, Option<String>) {
    match only_envfile(subject).as_deref().and_then(|value| value.split_once(":::")) {
        Some((_, location)) => split_location(location),
        None => (None, None),
    }
}

fn split_location(location: &str) -> (Option<String>, Option<String>) {
    match location.split_once('/') {
        Some((bucket, key)) => (Some(bucket.to_owned()), Some(key.to_owned())),
        None => (None, None),
    }
}

fn only_envfile(subject: &Subject<'_>) -> Option<String> {
    let containers = subject.definition.as_ref()?.container_definitions();
    let files: Vec<_> = containers.iter().flat_map(|container| container.environment_files()).collect();
    match files.as_slice() {
        [only] => only.value().map(str::to_owned),
        _ => None,
    }
}

/// The one `valueFrom` that looks wrong, if there is just one.
fn odd_one(subject: &Subject<'_>, is_odd: fn(&str) -> bool) -> SecretReference {
    let all = wanted(subject);
    let mut odd = all.iter().filter(|wanted| is_odd(wanted.value_from()));
    match (odd.next(), odd.next()) {
        (Some(only), None) => SecretReference::wanted(only),
        _ => SecretReference::default(),
    }
}

/// An ARN of a secret has seven parts, or ten with key, stage and version.
fn has_odd_parts(value_from: &str) -> bool {
    let colons = value_from.matches(':').count();
    value_from.contains(":secretsmanager:") && colons != 6 && colons != 9
}

fn is_no_parameter(value_from: &str) -> bool {
    let is_name = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
    match value_from.split_once(":parameter/") {
        Some((_, name)) => !is_name(name),
        None => !value_from.contains(":secretsmanager:") && !is_name(value_from),
    }
}

fn with_missing_definition(subject: &Subject<'_>, finding: super::super::Finding) -> super::super::Finding {
    let name = subject.facts().text("taskDefinition").filter(|_| subject.definition.is_none());
    finding.fact("missingDefinition", name)
}
