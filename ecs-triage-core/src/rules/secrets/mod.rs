//! Secrets Manager and Parameter Store: what the task asks for and what is there.

mod parameter_store;
mod registry;
mod secrets_manager;
mod stored;

pub(super) use parameter_store::SSM_PARAMETER_MISSING;
pub(super) use registry::REGISTRY_SECRET_MALFORMED;
pub(super) use secrets_manager::{
    ASM_JSON_KEY_MISSING, ASM_MARKED_FOR_DELETION, ASM_NOT_FOUND, ASM_NOT_JSON, THROTTLED,
};

use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule, payload::payloads};
use crate::arn::Arn;
use crate::signals::message::Message;
use crate::signals::{Statement, Subject};

payloads! {
    /// The particulars of a secret or parameter that could not be used.
    SecretReference {
        /// ARN or name of the secret, without the parts that ECS adds for JSON keys and versions.
        secret: String,
        /// Name or ARN of the parameter.
        parameter: String,
        /// JSON key that was asked for.
        json_key: String,
        /// Region where it was looked for.
        secret_region: String,
        /// Environment variable that it is for.
        variable: String,
        /// `valueFrom` as the task definition has it.
        value_from: String,
    }
}

/// A `valueFrom` of the task definition.
pub(super) struct Wanted<'e> {
    container: &'e str,
    variable: Option<&'e str>,
    value_from: &'e str,
}

/// Every secret that the task definition asks for.
pub(super) fn wanted<'e>(subject: &Subject<'e>) -> Vec<Wanted<'e>> {
    let Some(definition) = &subject.definition else { return Vec::new() };
    let of_container = |container: crate::evidence::ecs::ContainerDefinition<'e>| {
        let name = container.name().unwrap_or_default();
        let secrets = container.secrets().into_iter().filter_map(move |secret| {
            Some(Wanted { container: name, variable: secret.name(), value_from: secret.value_from()? })
        });
        secrets.collect::<Vec<_>>()
    };
    definition.container_definitions().into_iter().flat_map(of_container).collect()
}

impl Wanted<'_> {
    /// `valueFrom` as written.
    pub(super) fn value_from(&self) -> &str {
        self.value_from
    }

    /// Whether it points to Secrets Manager; a name or another ARN points to Parameter Store.
    fn is_asm(&self) -> bool {
        Arn::from(self.value_from).service() == Some("secretsmanager")
    }

    /// The secret's own ARN, and the JSON key behind it.
    ///
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html>
    fn secret_and_key(&self) -> (&str, Option<&str>) {
        // Seven parts are the ARN; key, version stage and version id may follow.
        match self.value_from.match_indices(':').nth(6) {
            Some((at, _)) => {
                let key = self.value_from[at + 1..].split(':').next();
                (&self.value_from[..at], key.filter(|key| !key.is_empty()))
            }
            None => (self.value_from, None),
        }
    }
}

impl SecretReference {
    /// What the task definition says of a secret.
    pub(super) fn wanted(wanted: &Wanted<'_>) -> Self {
        Self {
            variable: wanted.variable.map(str::to_owned),
            value_from: Some(wanted.value_from.to_owned()),
            ..Self::default()
        }
    }

    /// What a message about Secrets Manager is about, with what the task definition adds.
    fn of_asm(statement: &Statement, subject: &Subject<'_>) -> Self {
        let message = &statement.message;
        let named = ["secret with arn ", "specified secret: ", "value for secret ", "from the service for "]
            .into_iter()
            .find_map(|phrase| message.word_after(phrase))
            .or_else(|| arn_in(message));
        let key = message.word_after("json key ");
        let all = wanted(subject);
        let mut asm = all.iter().filter(|wanted| wanted.is_asm());
        let is_it = |wanted: &&Wanted<'_>| {
            let (secret, json_key) = wanted.secret_and_key();
            named.is_none_or(|named| named.starts_with(secret)) && key.is_none_or(|key| json_key == Some(key))
        };
        let mut fitting = asm.by_ref().filter(is_it);
        // Two that fit: the message does not tell which.
        let one = fitting.next().filter(|_| fitting.next().is_none());
        let secret = named.or(one.map(|wanted| wanted.secret_and_key().0));
        Self {
            secret: secret.map(str::to_owned),
            json_key: key.or(one.and_then(|wanted| wanted.secret_and_key().1)).map(str::to_owned),
            secret_region: secret.and_then(|secret| Arn::from(secret).region().map(str::to_owned)),
            variable: one.and_then(|wanted| wanted.variable).map(str::to_owned),
            value_from: one.map(|wanted| wanted.value_from.to_owned()),
            parameter: None,
        }
    }

    /// What a message about Parameter Store is about, with what the task definition adds.
    fn of_ssm(statement: &Statement, subject: &Subject<'_>) -> Self {
        let message = &statement.message;
        let named = ["invalid parameters: ", "invalid ssm parameters: ", "parameters: ", "parameter "]
            .into_iter()
            .find_map(|phrase| message.word_after(phrase))
            .filter(|word| word.contains('/') || word.starts_with("arn:") || message.says("parameters: "));
        let all = wanted(subject);
        let is_it = |wanted: &&Wanted<'_>| {
            !wanted.is_asm() && named.is_some_and(|named| is_parameter(wanted.value_from, named))
        };
        let one = all.iter().find(is_it);
        let region = message.word_after("parameter store in ");
        let of_arn = one.and_then(|wanted| Arn::from(wanted.value_from).region().map(str::to_owned));
        Self {
            parameter: named.map(str::to_owned),
            secret_region: region.map(str::to_owned).or(of_arn),
            variable: one.and_then(|wanted| wanted.variable).map(str::to_owned),
            value_from: one.map(|wanted| wanted.value_from.to_owned()),
            secret: None,
            json_key: None,
        }
    }
}

/// The ARN of a secret anywhere in the message.
fn arn_in(message: &Message) -> Option<&str> {
    ["secret ", "on resource: ", "for "]
        .into_iter()
        .find_map(|phrase| message.word_after(phrase).filter(|word| word.starts_with("arn:")))
}

/// Whether a `valueFrom` and the name in a message are one parameter.
fn is_parameter(value_from: &str, named: &str) -> bool {
    let bare = |text: &str| {
        let name = text.rsplit(":parameter/").next().unwrap_or(text);
        name.trim_start_matches('/').to_owned()
    };
    bare(value_from) == bare(named)
}

/// Adds where the secret is wanted, and the Region in which to look.
fn located(subject: &Subject<'_>, mut finding: Finding) -> Finding {
    let cause = finding.cause.facts();
    let value_from = cause.text("valueFrom");
    let container = wanted(subject)
        .into_iter()
        .find(|wanted| Some(wanted.value_from) == value_from)
        .map(|wanted| wanted.container.to_owned());
    finding.facts.set_resource_region(cause.text("secretRegion"), subject);
    if finding.container.is_none() {
        finding.container = container.filter(|name| !name.is_empty());
    }
    if subject.definition.is_none() {
        finding.facts.set("missingDefinition", subject.facts().text("taskDefinition"));
    }
    finding
}

/// Whether a message is about Secrets Manager.
pub(super) fn is_about_asm(message: &Message) -> bool {
    message.says_any(&[
        "from asm",
        "asm secret",
        "asm fetching",
        "secrets manager",
        "secretsmanager",
        "secret arn:",
        "retrieve the secret",
    ])
}

/// Whether a message is about Parameter Store.
pub(super) fn is_about_ssm(message: &Message) -> bool {
    message.says_any(&["from ssm", "parameter store", "ssm parameter", "ssm: getparameters"])
}
