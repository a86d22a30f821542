//! Environment variables, and the secrets that fill them.

use super::plan::name_of;
use super::{Found, Risk, Severity};
use crate::arn::Arn;
use crate::evidence::Citation;

const SECRETS: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html";

pub(super) static VALUE_FROM: Risk = Risk {
    code: "environment-value-from",
    severity: Severity::Error,
    refused: true,
    title: "valueFrom under environment",
    explanation: "`environment` takes names and values. A reference to a secret or a parameter stands under `secrets`.",
    becomes: &["taskdef-invalid"],
    docs: &[SECRETS],
    since: "0.1.0",
    check: |plan| {
        let mut found = Vec::new();
        for container in &plan.containers {
            let name = name_of(container);
            for variable in container.environment().iter().filter(|variable| variable.value_from().is_some())
            {
                let called = variable.name().unwrap_or("unnamed");
                let summary =
                    format!("`{called}` of container `{name}` has a `valueFrom` under `environment`.");
                let advice = format!("Move `{called}` to `secrets` of `{name}`.");
                found.push(Found::new(variable.cite("name"), summary, advice).container(name));
            }
        }
        found
    },
};

pub(super) static TWICE: Risk = Risk {
    code: "variable-set-twice",
    severity: Severity::Error,
    refused: true,
    title: "a variable under both environment and secrets",
    explanation: "The names under `environment` and `secrets` of a container must differ.",
    becomes: &["taskdef-invalid"],
    docs: &[SECRETS],
    since: "0.1.0",
    check: |plan| {
        let mut found = Vec::new();
        for container in &plan.containers {
            let name = name_of(container);
            let plain = container.environment();
            for secret in container.secrets() {
                let Some(called) = secret.name() else { continue };
                let Some(variable) = plain.iter().find(|variable| variable.name() == Some(called)) else {
                    continue;
                };
                let summary =
                    format!("Container `{name}` has `{called}` under both `environment` and `secrets`.");
                let advice = format!("Remove `{called}` from `environment`.");
                let entry = Found::new(secret.cite("name"), summary, advice).container(name);
                found.push(entry.cite(variable.cite("name")));
            }
        }
        found
    },
};

pub(super) static REFERENCE: Risk = Risk {
    code: "secret-reference-malformed",
    severity: Severity::Error,
    refused: false,
    title: "reference to a secret that cannot match",
    explanation: "After a secret's ARN follow none or all three of `:json-key:version-stage:version-id`, of which the last \
                  two exclude each other. A parameter is named by its name or by an ARN that ends in `:parameter/name`.",
    becomes: &["secret-asm-invalid-arn", "secret-asm-invalid-name", "secret-ssm-invalid-name"],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-ssm-paramstore.html",
    ],
    since: "0.1.0",
    check: |plan| {
        let mut found = Vec::new();
        for container in &plan.containers {
            let name = name_of(container);
            for secret in container.secrets() {
                let Some((fault, advice)) = secret.value_from().and_then(fault) else { continue };
                let called = secret.name().unwrap_or("unnamed");
                let summary = format!("Secret `{called}` of container `{name}` {fault}.");
                found.push(Found::new(secret.cite("valueFrom"), summary, advice).container(name));
            }
        }
        found
    },
};

/// What is wrong with a `valueFrom`, and what to write.
fn fault(from: &str) -> Option<(&'static str, &'static str)> {
    const PARAMETER: &str =
        "Write the parameter's name, or an ARN that ends in `:parameter/name` with one slash.";
    const SECRET: &str =
        "Write all three: `ARN:json-key:version-stage:version-id`. For a key alone that is `ARN:json-key::`.";
    if from.trim() != from || from.is_empty() {
        return Some((
            "has blanks in its reference, or none at all",
            "Write the ARN or the name without blanks.",
        ));
    }
    let arn = Arn::from(from);
    if !from.starts_with("arn:") {
        return None;
    }
    match arn.service() {
        Some("secretsmanager") => {
            let parts: Vec<&str> = from.split(':').collect();
            match parts.as_slice() {
                [_, _, _, _, _, "secret", name] if !name.is_empty() => None,
                [_, _, _, _, _, "secret", _, _, stage, version] => (!stage.is_empty() && !version.is_empty())
                    .then_some((
                        "names a version stage and a version id, which exclude each other",
                        "Leave one of the two empty.",
                    )),
                [_, _, _, _, _, "secret", _, ..] => {
                    Some(("does not have the three colons that a JSON key or version takes", SECRET))
                }
                _ => Some((
                    "is no ARN of a secret",
                    "Copy the secret's ARN: `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX`.",
                )),
            }
        }
        Some("ssm") => {
            let resource = arn.resource().unwrap_or_default();
            let is_named = resource
                .strip_prefix("parameter/")
                .is_some_and(|name| !name.is_empty() && !name.starts_with('/'));
            (!is_named).then_some(("has an ARN that is of no parameter", PARAMETER))
        }
        _ => Some((
            "refers to something else than Secrets Manager or Parameter Store",
            "Name a secret of Secrets Manager or a parameter of Systems Manager.",
        )),
    }
}

pub(super) static ENVIRONMENT_FILE: Risk = Risk {
    code: "environment-file-invalid",
    severity: Severity::Error,
    refused: false,
    title: "environment file that cannot be read",
    explanation: "An environment file is an object on S3, named by its ARN, whose name ends in `.env`. Windows containers \
                  have none.",
    becomes: &["envfile-missing-or-invalid", "taskdef-invalid"],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html"],
    since: "0.1.0",
    check: |plan| {
        let mut found = Vec::new();
        for container in &plan.containers {
            let name = name_of(container);
            for file in container.environment_files() {
                let Some(object) = file.value() else { continue };
                let (fault, advice) = match () {
                    () if plan.is_windows() => (
                        "Windows containers have no environment files",
                        "Set the variables under `environment` and `secrets`.",
                    ),
                    () if Arn::from(object).service() != Some("s3") || !object.contains('/') => (
                        "its value is no ARN of an object on S3",
                        "Write `arn:aws:s3:::BUCKET/PATH/NAME.env`.",
                    ),
                    () if !object.ends_with(".env") => {
                        ("its name does not end in `.env`", "Rename the object.")
                    }
                    () => continue,
                };
                let summary =
                    format!("Container `{name}` cannot read the environment file `{object}`: {fault}.");
                found.push(Found::new(file.cite("value"), summary, advice).container(name));
            }
        }
        found
    },
};

pub(super) static PLAIN: Risk = Risk {
    code: "secret-in-environment",
    severity: Severity::Warning,
    refused: false,
    title: "what looks like a secret stands in plain text",
    explanation: "Everyone who may describe task definitions reads the values under `environment`, and old revisions keep \
                  them. Values under `secrets` are fetched when a container starts and stand nowhere.",
    becomes: &[],
    docs: &[SECRETS],
    since: "0.1.0",
    check: |plan| {
        let mut found = Vec::new();
        for container in &plan.containers {
            let name = name_of(container);
            let mut names: Vec<&str> = Vec::new();
            let mut proofs: Vec<Citation> = Vec::new();
            for variable in container.environment() {
                let Some(called) = variable.name() else { continue };
                let value = variable.node().get("value");
                let text = value.as_ref().and_then(|value| value.value().as_str()).unwrap_or_default();
                if is_secret(called, text) {
                    names.push(called);
                    proofs.push(variable.cite("name"));
                }
            }
            let mut proofs = proofs.into_iter();
            let Some(first) = proofs.next() else { continue };
            let listed: Vec<String> = names.iter().map(|called| format!("`{called}`")).collect();
            let summary =
                format!("Container `{name}` has {} under `environment`, in plain text.", listed.join(", "));
            let advice = "Keep the value in Secrets Manager or Parameter Store, change it, and name it under `secrets`.";
            found.push(proofs.fold(Found::new(first, summary, advice).container(name), Found::cite));
        }
        found
    },
};

/// Words that name a secret when a variable's name ends in them.
const SECRET_WORDS: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "PWD",
    "SECRET",
    "TOKEN",
    "APIKEY",
    "CREDENTIALS",
    "CREDENTIAL",
    "PASS",
];
/// The same of pairs of words: `KEY` alone names a sort key or a bucket's key as well.
const SECRET_PAIRS: &[(&str, &str)] = &[
    ("API", "KEY"),
    ("ACCESS", "KEY"),
    ("SECRET", "KEY"),
    ("PRIVATE", "KEY"),
    ("ENCRYPTION", "KEY"),
    ("SIGNING", "KEY"),
    ("AUTH", "KEY"),
    ("LICENSE", "KEY"),
];

/// Whether a variable holds a secret: by the end of its name, or by a value of a known shape.
fn is_secret(name: &str, value: &str) -> bool {
    if value.starts_with("-----BEGIN ") && value.contains("PRIVATE KEY") || has_password_in_url(value) {
        return true;
    }
    // What is empty, short, a number, a switch, a place or a reference is no secret itself.
    let is_plain = value.len() < 4
        || value.starts_with("arn:")
        || value.starts_with('/')
        || value.starts_with("http://")
        || value.starts_with("https://")
        || value.starts_with("${")
        || matches!(
            value.to_ascii_lowercase().as_str(),
            "true" | "false" | "none" | "null" | "disabled" | "enabled"
        );
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_plain || is_number && value.len() < 12 {
        return false;
    }
    let upper = name.to_ascii_uppercase().replace(['-', '.'], "_");
    let words: Vec<&str> = upper.split('_').filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [.., before, last] if SECRET_PAIRS.contains(&(*before, *last)) => true,
        [.., last] => SECRET_WORDS.contains(last),
        [] => false,
    }
}

/// `scheme://user:password@host`.
fn has_password_in_url(value: &str) -> bool {
    let Some((_, rest)) = value.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else { return false };
    let password = user.split_once(':').map(|(_, password)| password);
    password.is_some_and(|password| {
        !password.is_empty() && !password.starts_with("${") && !password.starts_with('<')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        let secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf";
        for sound in [
            secret.to_owned(),
            format!("{secret}:password::"),
            format!("{secret}:::0a1b"),
            format!("{secret}:password:AWSPREVIOUS:"),
            "/prod/db".to_owned(),
            "db".to_owned(),
            "arn:aws:ssm:eu-west-1:111122223333:parameter/prod/db".to_owned(),
        ] {
            assert_eq!(fault(&sound), None, "{sound}");
        }
        for broken in [
            format!("{secret}:password"),
            format!("{secret}:password:"),
            format!("{secret}:password:AWSCURRENT:0a1b"),
            "arn:aws:secretsmanager:eu-west-1:111122223333:prod/db".to_owned(),
            "arn:aws:ssm:eu-west-1:111122223333:parameter:/prod/db".to_owned(),
            "arn:aws:ssm:eu-west-1:111122223333:parameter//prod/db".to_owned(),
            "arn:aws:s3:::bucket/key".to_owned(),
            String::new(),
        ] {
            assert!(fault(&broken).is_some(), "{broken}");
        }
    }

    #[test]
    fn what_looks_like_a_secret() {
        for (name, value) in [
            ("DB_PASSWORD", "hunter22"),
            ("STRIPE_API_KEY", "live0123"),
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI"),
            ("github.token", "abcdef"),
            ("DATABASE_URL", "postgres://app:hunter22@db:5432/app"),
            ("TLS", "-----BEGIN RSA PRIVATE KEY-----\nabc"),
        ] {
            assert!(is_secret(name, value), "{name}");
        }
        for (name, value) in [
            ("DB_PASSWORD", ""),
            ("DB_PASSWORD_FILE", "/run/secrets/db"),
            ("DB_SECRET_ARN", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"),
            ("TOKEN_TTL_SECONDS", "3600"),
            ("TOKEN", "true"),
            ("SORT_KEY", "created"),
            ("MAX_TOKENS", "4096"),
            ("AUTH_TOKEN", "https://login.example/token"),
            ("DATABASE_URL", "postgres://app@db:5432/app"),
            ("DATABASE_URL", "postgres://db:5432/app"),
            ("PASSWORD_MIN_LENGTH", "twelve"),
            ("", "x"),
        ] {
            assert!(!is_secret(name, value), "{name}");
        }
    }
}
