//! Secrets that are planted into documents, to see that none comes out.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::fs;

use serde_json::{Map, Value, json};

use super::{crate_folder, name_of, sorted};

/// The word that every planted secret has in it.
pub const CANARY: &str = "cnry7Qx9";

/// Numbers that look random, the same in every run.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, end: usize) -> usize {
        // Zero would stay zero.
        self.0 = self.0.max(1);
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    pub fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    /// A secret of its own.
    pub fn secret(&mut self) -> String {
        format!("{CANARY}{:04x}", self.below(0xffff))
    }

    /// A text as programs, registries and people write it, with a secret in a form that shows it to be one.
    pub fn sentence(&mut self) -> String {
        let secret = self.secret();
        form(self.below(FORMS), &secret)
    }
}

/// How many forms of a secret in a text there are.
pub const FORMS: usize = 27;

/// A text with the secret in one of the forms that show it to be one.
pub fn form(number: usize, secret: &str) -> String {
    // What is uppercased is still the canary: see `leak`.
    let upper = secret.to_ascii_uppercase();
    match number {
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
        25 => format!("Set-Cookie: session={secret}; HttpOnly"),
        _ => json!({"SecretString": json!({"password": secret}).to_string()}).to_string(),
    }
}

/// A text as JSON writes it inside a string.
pub fn escaped(text: &str) -> String {
    let quoted = Value::String(text.to_owned()).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Documents of one fixture, by name.
pub type Documents = Vec<(String, Value)>;

/// Every hit and every near miss that comes as documents.
pub fn stories() -> Vec<Documents> {
    let folders = ["tests/fixtures", "tests/advisories", "../examples/incidents"];
    let mut found = Vec::new();
    for folder in folders.iter().map(|folder| crate_folder().join(folder)) {
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
pub fn plant(random: &mut Random, value: &mut Value) {
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
pub fn careless(random: &mut Random) -> (String, Value) {
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
pub fn written(random: &mut Random, value: &Value) -> Vec<u8> {
    let text = match random.below(10) {
        0 => python_repr(value),
        1 => serde_json::to_string_pretty(value).unwrap(),
        2 => yaml(value, 0),
        // As text within a text.
        3 => json!({"Records": [{"body": value.to_string()}]}).to_string(),
        _ => value.to_string(),
    };
    let mut bytes = text.into_bytes();
    if random.chance(6) {
        bytes.truncate(random.below(bytes.len() + 1));
        // Without the `@` behind it nobody can tell that it was a user.
        let user = bytes.windows(8).rposition(|window| window == b"amqps://");
        if let Some(user) = user.filter(|at| !bytes[*at..].contains(&b'@')) {
            bytes.truncate(user);
        }
    }
    if random.chance(12) {
        // Between the words: of a word that is broken nobody can tell what it was.
        let from = random.below(bytes.len().max(1));
        let at = bytes[from..]
            .iter()
            .position(|byte| b"{}[]\",: \n".contains(byte))
            .map_or(bytes.len(), |at| from + at);
        bytes.insert(at, b"{}[]\",:\\\xff"[random.below(9)]);
    }
    bytes
}

/// As `--output yaml` prints it.
fn yaml(value: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().map(|(key, value)| format!("\n{indent}{key}:{}", yaml(value, depth + 1))).collect()
        }
        Value::Array(values) if !values.is_empty() => {
            values.iter().map(|value| format!("\n{indent}-{}", yaml(value, depth + 1))).collect()
        }
        // Strings of YAML in double quotes are written like those of JSON.
        other => format!(" {other}"),
    }
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
pub fn leak(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let at = lower.find(&CANARY.to_ascii_lowercase())?;
    let line_start = text[..at].rfind('\n').map_or(0, |line| line + 1);
    let line_end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    let from = (line_start..=at).rev().take(300).filter(|at| text.is_char_boundary(*at)).last().unwrap_or(at);
    let to = (at..=line_end).take(300).filter(|at| text.is_char_boundary(*at)).last().unwrap_or(at);
    Some(&text[from..to])
}
