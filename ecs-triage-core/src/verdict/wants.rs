//! The calls whose answers would settle what is open.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{LazyLock, OnceLock};

use serde_json::Value;

use crate::evidence::{Evidence, Request};
use crate::redact::{self, redact_value, shows_nothing_secret};
use crate::report::Want;
use crate::rules::{Ask, Finding, RULES};
use crate::signals::{Facts, Subject};
use crate::template;

/// The parameters of the built-in rules' calls, each read once, by where their text is. They are JSON; a test parses every
/// one of them.
static PARAMS: LazyLock<HashMap<usize, OnceLock<Option<Value>>>> = LazyLock::new(|| {
    let asks = RULES.iter().flat_map(|rule| rule.wants);
    asks.map(|ask| (ask.params.as_ptr().addr(), OnceLock::new())).collect()
});

/// Wants of all subjects, each once.
pub(super) struct Wants<'e> {
    evidence: &'e Evidence,
    list: Vec<Want>,
    /// Places in the list by a hash of the call's line, or the next number that is free.
    places: HashMap<u64, usize>,
    hasher: RandomState,
}

impl<'e> Wants<'e> {
    pub(super) fn new(evidence: &'e Evidence) -> Self {
        Self { evidence, list: Vec::new(), places: HashMap::new(), hasher: RandomState::new() }
    }

    /// Adds what would settle a finding, as far as every parameter is known and it is not at hand.
    pub(super) fn ask(&mut self, finding: &Finding, facts: &Facts, subject: &Subject<'_>) {
        if finding.is_settled {
            return;
        }
        let own = if finding.is_weighed { &[] } else { finding.cause.rule().wants };
        for ask in own.iter().filter(|ask| !is_at_hand(subject, ask)) {
            let Some(template) = params_of(ask) else { continue };
            let Some(params) = template::json(&template, facts) else { continue };
            let request = Request::new(ask.service, ask.operation, params);
            self.add(request, template::worded(ask.why, facts), facts);
        }
        for (request, why) in &finding.asks {
            self.add(request.clone(), why.clone().into(), facts);
        }
    }

    /// Adds a call that would show what could not be looked at.
    pub(super) fn ask_for(&mut self, request: Request, why: String, subject: &Subject<'_>) {
        self.add(request, why.into(), subject.facts());
    }

    fn add(&mut self, request: Request, why: Cow<'static, str>, facts: &Facts) {
        let Request { service, operation, params } = request;
        // In a document that was broken a name may have taken in what follows it.
        let blanked = (!shows_nothing_secret(&params)).then(|| redact_value(&params));
        let shown = blanked.as_ref().unwrap_or(&params);
        let mut cli = cli(&service, &operation, shown);
        let mut hash = self.hasher.hash_one(&cli);
        while let Some(known) = self.places.get(&hash).map(|place| &self.list[*place]) {
            if known.service == service && known.operation == operation && known.params == *shown {
                return;
            }
            hash = hash.wrapping_add(1);
        }
        if self.evidence.has_answer(&service, &operation, &params) {
            return;
        }
        let region = region(&service, facts).map(str::to_owned);
        if let Some(region) = &region {
            cli.push_str(" --region ");
            cli.push_str(&template::shell_quoted(region));
        }
        self.places.insert(hash, self.list.len());
        let params = blanked.unwrap_or(params);
        let why = match why {
            Cow::Borrowed(of_rule) => Cow::Borrowed(of_rule),
            Cow::Owned(worded) => Cow::Owned(redact::blanked(worded)),
        };
        self.list.push(Want { service, operation, params, region, why, cli });
    }

    pub(super) fn into_list(self) -> Vec<Want> {
        self.list
    }
}

fn params_of(ask: &Ask) -> Option<Cow<'static, Value>> {
    let read = || serde_json::from_str(ask.params).ok();
    match PARAMS.get(&ask.params.as_ptr().addr()) {
        Some(params) => params.get_or_init(read).as_ref().map(Cow::Borrowed),
        None => read().map(Cow::Owned),
    }
}

/// Whether the evidence has what a call would answer, though it does not say which call it came from.
fn is_at_hand(subject: &Subject<'_>, ask: &Ask) -> bool {
    match ask.operation {
        "DescribeTasks" => subject.task.is_some(),
        "DescribeTaskDefinition" => subject.definition.is_some(),
        "DescribeContainerInstances" => subject.instance.is_some(),
        _ => false,
    }
}

/// The Region to ask: an image or a log group may live in another one than the task.
fn region<'f>(service: &str, facts: &'f Facts) -> Option<&'f str> {
    let own = match service {
        "ecr" => facts.text("registryRegion").or(facts.text("resourceRegion")),
        "logs" => facts.text("logRegion").or(facts.text("resourceRegion")),
        "kms" | "secretsmanager" | "ssm" => facts.text("resourceRegion"),
        // One for all Regions.
        "iam" => return None,
        _ => None,
    };
    own.or_else(|| facts.text("region")).filter(|region| is_region(region))
}

/// Whether a text can be a Region: an ARN that was mangled may have anything in its place, as the account.
fn is_region(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The call as the AWS CLI spells it.
pub(super) fn cli(service: &str, operation: &str, params: &Value) -> String {
    // The CLI keeps the name `s3` for its own file commands.
    let service = if service == "s3" { "s3api" } else { service };
    let mut line = String::with_capacity(128);
    line.extend(["aws ", service, " "]);
    push_kebab(&mut line, operation);
    for (name, value) in params.as_object().into_iter().flatten() {
        line.push_str(if value == &Value::Bool(false) { " --no-" } else { " --" });
        push_kebab(&mut line, name);
        match value {
            Value::Bool(_) => {}
            Value::Array(values) if values.iter().all(|value| !value.is_object() && !value.is_array()) => {
                values.iter().for_each(|value| push_value(&mut line, value));
            }
            value => push_value(&mut line, value),
        }
    }
    line
}

fn push_value(line: &mut String, value: &Value) {
    line.push(' ');
    match value {
        Value::String(text) => line.push_str(&template::shell_quoted(text)),
        Value::Object(_) | Value::Array(_) => {
            line.push_str(&template::shell_quoted(serde_json::to_string(value).unwrap_or_default()));
        }
        other => line.push_str(&other.to_string()),
    }
}

/// `DescribeVpcEndpoints` becomes `describe-vpc-endpoints`, `imageIds` becomes `image-ids`.
fn push_kebab(line: &mut String, name: &str) {
    let letters = name.as_bytes();
    let mut from = 0;
    for (index, letter) in letters.iter().enumerate().filter(|(_, letter)| letter.is_ascii_uppercase()) {
        let ends_capitals = letters.get(index + 1).is_some_and(u8::is_ascii_lowercase);
        line.push_str(&name[from..index]);
        if index > 0 && (!letters[index - 1].is_ascii_uppercase() || ends_capitals) {
            line.push('-');
        }
        line.push(char::from(letter.to_ascii_lowercase()));
        from = index + 1;
    }
    line.push_str(&name[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_no_region() {
        for (text, expected) in
            [("eu-west-1", true), ("us-gov-east-1", true), ("111122223333", false), ("", false)]
        {
            assert_eq!(is_region(text), expected, "{text}");
        }
    }

    #[test]
    fn a_call_is_spelt_as_the_cli_does() {
        let params = serde_json::json!({
            "repositoryName": "team/api",
            "imageIds": [{"imageTag": "v1"}],
            "SubnetIds": ["subnet-1", "subnet-2"],
            "startFromHead": false,
        });
        assert_eq!(
            cli("ecr", "DescribeImages", &params),
            r#"aws ecr describe-images --subnet-ids subnet-1 subnet-2 --image-ids '[{"imageTag":"v1"}]' --repository-name team/api --no-start-from-head"#
        );
        let object = serde_json::json!({ "Bucket": "shop-config", "Key": "web.env" });
        assert_eq!(
            cli("s3", "HeadObject", &object),
            "aws s3api head-object --bucket shop-config --key web.env"
        );
        let mut line = String::new();
        push_kebab(&mut line, "DBInstanceARN");
        assert_eq!(line, "db-instance-arn");
    }
}
