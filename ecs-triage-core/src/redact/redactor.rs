//! Hides names in answers, and turns them back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::names::Names;
use super::{arns, learn, scan};
use crate::Evidence;
use crate::evidence::split_name;
use crate::report::{Report, TextsMut};
use crate::verify::Verification;

/// The schema of [`Redactor::to_map`].
pub const MAP_SCHEMA: &str = "ecs-triage/redact-map/1";

/// Hides account ids and names, each behind the same placeholder wherever it stands.
///
/// `111122223333` becomes `000000000001`, the cluster `payments` becomes `cluster-1`; ARNs stay ARNs, commands stay
/// commands, and a report still says where its proof stands. What is hidden: account ids; names of clusters, services,
/// task definitions, containers, roles, policies, images and their tags, log groups, secrets, parameters, variables,
/// volumes, load balancers and the like; ids of tasks and of what is in a VPC; hosts that are not AWS's or a public
/// registry's; public addresses; e-mail addresses. Regions, private addresses, image digests, times, numbers and
/// request ids stay. Names in free text, such as lines of a log, are hidden when they occur elsewhere as a name or
/// have the shape of one: look a log line over before it is shared.
///
/// Only the map turns a placeholder back: keep it to yourself.
///
/// ```
/// use ecs_triage_core::redact::Redactor;
/// use ecs_triage_core::{Evidence, diagnose};
///
/// let mut evidence = Evidence::new();
/// evidence.add_json(br#"{"tasks": [{
///     "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/payments/0123456789abcdef",
///     "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited",
///     "containers": [{"name": "ledger", "exitCode": 137,
///                     "reason": "OutOfMemoryError: Container killed due to memory usage"}]
/// }]}"#)?;
/// let report = diagnose(&evidence);
///
/// let mut redactor = Redactor::new();
/// redactor.learn(&evidence);
/// let shared = redactor.report(&report);
/// assert_eq!(shared.subjects()[0].id, "arn:aws:ecs:eu-west-1:000000000001:task/cluster-1/task-1");
/// assert!(!shared.to_json().contains("ledger"));
/// assert_eq!(redactor.restored(&shared.to_json()), report.to_json());
/// # Ok::<(), ecs_triage_core::EvidenceError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    names: Names,
}

/// Why a text is no map of placeholders.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MapError {
    /// The text is not JSON, or has no `names` of texts.
    #[error("expected a map that `--redact-map` wrote, found {found}")]
    Malformed {
        /// What was found.
        found: String,
    },
    /// The map is of a later version of this software.
    #[error("expected a map of schema `{MAP_SCHEMA}`, found another schema; a newer version wrote it")]
    Schema,
}

#[derive(Serialize, Deserialize)]
struct Map {
    schema: String,
    names: BTreeMap<String, String>,
}

impl Redactor {
    /// A redactor that knows no name yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on with the placeholders of an earlier answer, so that the two can be compared.
    ///
    /// # Errors
    /// [`MapError`] when the text is no map that [`Redactor::to_map`] wrote.
    pub fn from_map(json: &[u8]) -> Result<Self, MapError> {
        let value: Value = serde_json::from_slice(json)
            .map_err(|_| MapError::Malformed { found: "text that is not JSON".into() })?;
        match value.get("schema").and_then(Value::as_str) {
            Some(MAP_SCHEMA) => {}
            Some(_) => return Err(MapError::Schema),
            None => return Err(MapError::Malformed { found: "JSON without a `schema`".into() }),
        }
        let map: Map = serde_json::from_value(value)
            .map_err(|_| MapError::Malformed { found: "`names` that are not texts".into() })?;
        let mut names = Names::default();
        for (placeholder, name) in map.names {
            names.insert(placeholder, name);
        }
        Ok(Self { names })
    }

    /// The placeholders and what they stand for, as JSON. Whoever has it can turn an answer back.
    pub fn to_map(&self) -> String {
        let map = Map { schema: MAP_SCHEMA.to_owned(), names: self.names.map().clone() };
        // Texts only: there is nothing in it that JSON cannot hold.
        let mut json = serde_json::to_string_pretty(&map).unwrap_or_default();
        json.push('\n');
        json
    }

    /// Learns the names in the evidence. Learn first: a name that is known is hidden wherever it stands.
    pub fn learn(&mut self, evidence: &Evidence) {
        learn::evidence(&mut self.names, evidence);
    }

    /// The report with every name hidden.
    #[must_use]
    pub fn report(&mut self, report: &Report) -> Report {
        let mut shown = report.clone();
        shown.texts(&mut Learner(&mut self.names));
        let mut shown = report.clone();
        shown.texts(&mut Hider(&mut self.names));
        shown
    }

    /// The outcome of a verification with every name hidden.
    #[must_use]
    pub fn verification(&mut self, verification: &Verification) -> Verification {
        let mut shown = verification.clone();
        shown.report = self.report(&verification.report);
        let mut hider = Hider(&mut self.names);
        hider.text("summary", &mut shown.summary);
        if let Some(service) = &mut shown.service {
            hider.text("service", service);
        }
        for citation in &mut shown.evidence {
            citation.texts(&mut hider);
        }
        shown
    }

    /// A text with every name in it hidden.
    #[must_use]
    pub fn text(&mut self, text: &str) -> String {
        scan::replaced(&mut self.names, text)
    }

    /// A JSON value with every name in it hidden; its members keep their keys.
    #[must_use]
    pub fn value(&mut self, value: &Value) -> Value {
        let mut shown = value.clone();
        hide_value(&mut self.names, &mut shown);
        shown
    }

    /// The name of a document: of the command it begins with, and what the user added.
    #[must_use]
    pub fn document(&mut self, name: &str) -> String {
        hide_document(&mut self.names, name)
    }

    /// A text with every placeholder in it turned back.
    #[must_use]
    pub fn restored(&self, text: &str) -> String {
        self.names.restored(text)
    }
}

/// What stands for an account id; what is none, such as an elided one, stays.
pub(super) fn account(names: &mut Names, text: &str) -> String {
    if is_account(text) {
        names.formed("account", text, |number| format!("{number:012}"))
    } else {
        text.to_owned()
    }
}

pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Learns names from the members of a report that hold names.
struct Learner<'n>(&'n mut Names);

impl TextsMut for Learner<'_> {
    fn text(&mut self, member: &str, text: &mut String) {
        learn::member(self.0, "", member, text);
    }

    fn value(&mut self, _: &mut Value) {}
}

/// Hides names in every text of a report.
struct Hider<'n>(&'n mut Names);

impl TextsMut for Hider<'_> {
    fn text(&mut self, member: &str, text: &mut String) {
        *text = match member {
            "document" => hide_document(self.0, text),
            // Words of AWS's stand at most places of a pointer; only a member that the user named is hidden.
            "pointer" | "within" => {
                text.split('/').map(|token| hide_token(self.0, token)).collect::<Vec<_>>().join("/")
            }
            _ => scan::replaced(self.0, text),
        };
    }

    fn value(&mut self, value: &mut Value) {
        hide_value(self.0, value);
    }
}

fn hide_token(names: &Names, token: &str) -> String {
    match names.get(token) {
        Some(known) if !super::vocabulary::is_word(token) => known.to_owned(),
        _ => token.to_owned(),
    }
}

fn hide_document(names: &mut Names, name: &str) -> String {
    if let Some(known) = names.get(name) {
        return known.to_owned();
    }
    let Some((_, own)) = split_name(name) else {
        let is_ours = name.split('-').all(super::vocabulary::is_word) || name.starts_with("input");
        return if is_ours { name.to_owned() } else { names.of("document", name) };
    };
    // What the user added to the command: numbers and words of everyone's tell nothing.
    let is_plain = own.split('-').all(super::vocabulary::is_word);
    if own.is_empty() || is_plain && names.get(&own).is_none() {
        return name.to_owned();
    }
    let command = name.len().checked_sub(own.len()).and_then(|at| name.get(..at)).unwrap_or_default();
    let label = format!("{command}document");
    names.of(&label, name)
}

fn hide_value(names: &mut Names, value: &mut Value) {
    match value {
        Value::String(text) => *text = scan::replaced(names, text),
        Value::Array(values) => values.iter_mut().for_each(|value| hide_value(names, value)),
        Value::Object(members) => {
            let taken = std::mem::take(members);
            for (key, mut value) in taken {
                match (&mut value, key.to_ascii_lowercase().as_str()) {
                    (Value::Array(tags), "tags" | "tagset" | "taglist") => {
                        tags.iter_mut().for_each(|tag| hide_tag(names, tag))
                    }
                    (Value::Number(number), "account" | "accountid" | "ownerid") => {
                        value = Value::String(account(names, &format!("{number:0>12}")))
                    }
                    _ => hide_value(names, &mut value),
                }
                members.insert(hide_token(names, &key), value);
            }
        }
        _ => {}
    }
}

/// Keys and values of tags are free words of the user's.
fn hide_tag(names: &mut Names, tag: &mut Value) {
    for member in tag.as_object_mut().into_iter().flat_map(|members| members.values_mut()) {
        if let Value::String(text) = member
            && !text.starts_with("aws:")
        {
            *text = match text.starts_with("arn:") {
                true => arns::replaced(names, text),
                false => names.of("tag", text),
            };
        }
    }
}
