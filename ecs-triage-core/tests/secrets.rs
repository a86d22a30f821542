//! No secret comes out: canaries planted into fixtures are in no output, error, problem or debug print.
//!
//! 1,000 inputs by default; `ECS_TRIAGE_CASES=10000` makes as many as that.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

mod common;

use std::fs;

use common::{name_of, sorted};
use ecs_triage_core::redact::{Redactor, redacted};
use ecs_triage_core::report::TextStyle;
use ecs_triage_core::{Evidence, Report, check, diagnose};
use serde_json::{Map, Value, json};

/// The word that every planted secret has in it.
const CANARY: &str = "cnry7Qx9";

/// Numbers that look random, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    /// A secret of its own.
    fn secret(&mut self) -> String {
        format!("{CANARY}{:04x}", self.below(0xffff))
    }

    /// A text as programs, registries and people write it, with a secret in a form that shows it to be one.
    fn sentence(&mut self) -> String {
        let secret = self.secret();
        let upper = secret.to_ascii_uppercase();
        // What is uppercased is still the canary: see `leaks`.
        match self.below(26) {
            0 => format!("connect postgres://app:{secret}@db.internal:5432/orders failed"),
            1 => format!("Get \"https://h.example/v2/x?X-Amz-Signature={secret}&X-Amz-Date=1\": EOF"),
            2 => format!("DB_PASSWORD={secret} npm start"),
            3 => format!("--password {secret} --user app"),
            4 => format!("--api-key={secret}"),
            5 => format!("{{\"password\": \"{secret}\", \"user\": \"app\"}}"),
            6 => format!("{{\\\"token\\\":\\\"{secret}\\\"}}"),
            7 => format!("Authorization: Bearer {secret}abcdefgh"),
            8 => format!("Authorization: Basic {secret}abcdefgh=="),
            9 => format!("key AKIA{upper}ABCDEF used"),
            10 => format!("session eyJhbGciOiJIUzI1NiJ9.{secret}.sig"),
            11 => format!("ghp_{secret}abcdefgh is not valid"),
            12 => format!("glpat-{secret}abcd and xoxb-{secret}-abcd"),
            13 => format!("-----BEGIN RSA PRIVATE KEY-----\n{secret}\n-----END RSA PRIVATE KEY-----"),
            14 => format!("aws_secret_access_key = {secret}"),
            15 => format!("secret: {secret}"),
            16 => format!("password: {secret}"),
            17 => format!("'apiKey': '{secret}'"),
            18 => format!("client_secret={secret}&grant_type=refresh"),
            19 => format!("amqps://{secret}@mq.internal"),
            20 => format!("redis://:{secret}@cache.internal:6379/0"),
            21 => format!("Server=db;User Id=app;Password={secret};Encrypt=True"),
            22 => format!("X-Api-Key: {secret}"),
            23 => format!("sk_live_{secret}abcd"),
            24 => format!("curl -u app:{secret} https://h.example"),
            _ => format!("Set-Cookie: session={secret}; HttpOnly"),
        }
    }
}

/// Documents of one fixture, by name.
type Documents = Vec<(String, Value)>;

/// Every hit and every near miss that comes as documents.
fn stories() -> Vec<Documents> {
    let folders = ["tests/fixtures", "tests/advisories", "../examples/incidents"];
    let mut found = Vec::new();
    for folder in folders.iter().map(|folder| common::crate_folder().join(folder)) {
        for outer in sorted(&folder) {
            let mut inner: Vec<_> = sorted(&outer).into_iter().filter(|path| path.is_dir()).collect();
            inner.push(outer);
            for story in inner {
                let documents: Documents = sorted(&story)
                    .iter()
                    .filter(|file| name_of(file).ends_with(".json") && name_of(file) != "outcome.json")
                    .filter_map(|file| {
                        let name = file.file_stem()?.to_string_lossy().into_owned();
                        Some((name, serde_json::from_slice(&fs::read(file).ok()?).ok()?))
                    })
                    .collect();
                if !documents.is_empty() {
                    found.push(documents);
                }
            }
        }
    }
    found
}

/// Plants secrets wherever they can stand.
fn plant(random: &mut Random, value: &mut Value) {
    match value {
        Value::Array(values) => {
            values.iter_mut().for_each(|value| plant(random, value));
        }
        Value::Object(members) => {
            members.values_mut().for_each(|value| plant(random, value));
            plant_in(random, members);
        }
        _ => {}
    }
}

fn plant_in(random: &mut Random, members: &mut Map<String, Value>) {
    let has = |key: &str| members.contains_key(key);
    let is_container = has("image") || has("Image") || has("containerArn");
    let is_log_event = has("message") && has("timestamp");
    let has_reason = ["stoppedReason", "reason", "StopReason", "Reason", "message", "Message"]
        .into_iter()
        .find(|key| members.get(*key).is_some_and(Value::is_string));
    if is_container {
        members.insert(
            "environment".into(),
            json!([{"name": "PLAIN", "value": random.secret()}, {"name": "URL", "value": random.sentence()}]),
        );
        if random.chance(2) {
            let command =
                [json!(["sh", "-c", random.sentence()]), json!(["app", "--token", random.secret()])];
            members.insert("command".into(), command[random.below(2)].clone());
        }
        if random.chance(3) {
            members.insert("entryPoint".into(), json!(["/entry.sh", random.sentence()]));
        }
        if random.chance(3) {
            members
                .insert("dockerLabels".into(), json!({"team": random.secret(), "note": random.sentence()}));
        }
        if random.chance(3) {
            members.insert(
                "healthCheck".into(),
                json!({"command": ["CMD-SHELL", format!("curl -H 'Authorization: Bearer {}abcdefgh' localhost || exit 1", random.secret())]}),
            );
        }
        if random.chance(3) {
            members.insert(
                "logConfiguration".into(),
                json!({"logDriver": "splunk", "options": {"splunk-token": random.secret(), "splunk-url": "https://s.example:8088"}}),
            );
        }
        if random.chance(3) {
            members.insert("secrets".into(), json!([{"name": "DB", "valueFrom": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-Ab12Cd", "value": random.secret()}]));
        }
    }
    if (is_log_event || random.chance(2))
        && let Some(key) = has_reason
    {
        let text = members[key].as_str().unwrap_or_default();
        let sentence = random.sentence();
        let text = match random.below(4) {
            _ if is_log_event => format!("Error: cannot start: {sentence}"),
            0 => format!("{sentence}: {text}"),
            1 => format!("{text} ({sentence})"),
            2 => text.replacen(": ", &format!(": {sentence}: "), 1),
            _ => format!("{text}\n{sentence}"),
        };
        members.insert(key.into(), json!(text));
    }
    if has_overrides(members) {
        members.insert(
            "overrides".into(),
            json!({"containerOverrides": [{"name": "app", "command": ["run", "--password", random.secret()],
                "environment": [{"name": "OVERRIDDEN", "value": random.secret()}]}]}),
        );
    }
    if members.contains_key("Statement") && random.chance(2) {
        let condition = json!({"StringEquals": {"sts:ExternalId": random.secret()}});
        let statements = members.get_mut("Statement").unwrap();
        let first = match statements {
            Value::Array(statements) => statements.first_mut(),
            other => Some(other),
        };
        if let Some(Value::Object(first)) = first {
            first.insert("Condition".into(), condition);
        }
    }
    if members.contains_key("tags") || random.chance(20) {
        members.insert("tags".into(), json!([{"key": "owner", "value": random.sentence()}]));
    }
    if random.chance(10) {
        for (key, value) in [
            (
                "requestParameters",
                json!({"overrides": {"containerOverrides": [{"environment": [{"name": "A", "value": random.secret()}]}]}, "masterUserPassword": random.secret()}),
            ),
            (
                "responseElements",
                json!({"credentials": {"secretAccessKey": random.secret(), "sessionToken": random.secret()}}),
            ),
            ("UserData", json!(random.secret())),
            ("SecretString", json!(format!("{{\"password\": \"{}\"}}", random.secret()))),
        ] {
            members.insert(key.into(), value);
        }
    }
}

fn has_overrides(members: &Map<String, Value>) -> bool {
    members.contains_key("taskArn") && members.contains_key("lastStatus")
}

/// Answers that hold secrets and that nobody should have added.
fn careless(random: &mut Random) -> (String, Value) {
    let secret = random.secret();
    match random.below(6) {
        0 => (
            "get-secret-value".into(),
            json!({"ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-Ab12Cd", "Name": "db", "SecretString": secret}),
        ),
        1 => (
            "get-parameters".into(),
            json!({"Parameters": [{"Name": "/db", "Type": "SecureString", "Value": secret}], "InvalidParameters": []}),
        ),
        2 => (
            "get-authorization-token".into(),
            json!({"authorizationData": [{"authorizationToken": secret, "proxyEndpoint": "https://111122223333.dkr.ecr.eu-west-1.amazonaws.com"}]}),
        ),
        3 => (
            "describe-instances".into(),
            json!({"Reservations": [{"Instances": [{"InstanceId": "i-0a1b2c3d4e5f60718", "UserData": secret}]}]}),
        ),
        4 => (
            "assume-role".into(),
            json!({"Credentials": {"AccessKeyId": "ASIAABCDEFGHIJKLMNOP", "SecretAccessKey": secret, "SessionToken": secret}}),
        ),
        _ => (
            "docker-inspect".into(),
            json!([{"Id": "0a1b", "Config": {"Env": [format!("DB_PASSWORD={secret}"), format!("PLAIN={secret}")]}}]),
        ),
    }
}

/// The documents in one of the forms in which people have them; some are broken.
fn written(random: &mut Random, value: &Value) -> Vec<u8> {
    let text = match random.below(8) {
        0 => python_repr(value),
        1 => serde_json::to_string_pretty(value).unwrap(),
        _ => value.to_string(),
    };
    let mut bytes = text.into_bytes();
    if random.chance(6) {
        bytes.truncate(random.below(bytes.len() + 1));
    }
    if random.chance(12) {
        let at = random.below(bytes.len().max(1));
        bytes.insert(at.min(bytes.len()), b"{}[]\",:\\\xff"[random.below(9)]);
    }
    bytes
}

fn python_repr(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => {
            format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n"))
        }
        Value::Array(values) => {
            format!("[{}]", values.iter().map(python_repr).collect::<Vec<_>>().join(", "))
        }
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| format!("'{key}': {}", python_repr(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
    }
}

/// Where a canary is in a text, with what surrounds it.
fn leak(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let at = lower.find(&CANARY.to_ascii_lowercase())?;
    let line_start = text[..at].rfind('\n').map_or(0, |line| line + 1);
    let line_end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    let from = (line_start..=at).rev().take(300).filter(|at| text.is_char_boundary(*at)).last().unwrap_or(at);
    let to = (at..=line_end).take(300).filter(|at| text.is_char_boundary(*at)).last().unwrap_or(at);
    Some(&text[from..to])
}

fn outputs(report: &Report) -> Vec<(&'static str, String)> {
    vec![
        ("JSON", report.to_json()),
        ("text", report.to_text(TextStyle::new(100_000, false))),
        ("Markdown", report.to_markdown()),
        ("debug print of the report", format!("{report:?}")),
    ]
}

#[test]
fn no_secret_comes_out() {
    let cases: usize = std::env::var("ECS_TRIAGE_CASES").map_or(1_000, |count| count.parse().unwrap());
    let stories = stories();
    assert!(stories.len() > 500);
    let mut random = Random(0x5eed_5eed_5eed_5eed);
    let mut leaks: Vec<String> = Vec::new();
    let mut planted = 0;
    for case in 0..cases {
        let mut evidence = Evidence::new();
        let mut errors = String::new();
        let story = random.below(stories.len());
        let mut documents = stories[story].clone();
        documents.iter_mut().for_each(|(_, value)| plant(&mut random, value));
        if random.chance(4) {
            documents.push(careless(&mut random));
        }
        for (name, value) in &documents {
            let bytes = written(&mut random, value);
            planted += String::from_utf8_lossy(&bytes).matches(CANARY).count();
            let added = match random.chance(3) {
                true => evidence.add_json(&bytes),
                false => evidence.add_named(name, &bytes),
            };
            if let Err(error) = added {
                errors.push_str(&format!("{error} {error:?}\n"));
            }
        }
        let report = diagnose(&evidence);
        let mut told = outputs(&report);
        told.extend(outputs(&check(&evidence)));
        told.push(("an error", errors));
        told.push(("debug print of the evidence", format!("{evidence:?}")));
        if case % 16 == 0 {
            let mut redactor = Redactor::new();
            redactor.learn(&evidence);
            told.push(("redacted JSON", redactor.report(&report).to_json()));
            told.push(("the map", redactor.to_map()));
        }
        for (output, text) in &told {
            if let Some(found) = leak(text) {
                let line = format!("{output} of {}: {found}", documents[0].0);
                if leaks.len() < 40 {
                    leaks.push(line);
                }
            }
        }
    }
    assert!(planted > 5 * cases, "{planted} secrets are too few");
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n\n"));
}

#[test]
fn every_form_of_a_secret_is_blanked_in_a_text() {
    let mut random = Random(7);
    for _ in 0..2_000 {
        let sentence = random.sentence();
        let blanked = redacted(&sentence);
        assert!(leak(&blanked).is_none(), "{sentence}\n{blanked}");
        assert_eq!(redacted(&blanked), blanked);
    }
}
