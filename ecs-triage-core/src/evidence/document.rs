//! One document: what somebody saved or pasted.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::Request;
use super::places::Places;
use super::relaxed::{self, Piece};
use super::shape::kind_of;
use crate::cut::beginning;
use crate::signals::message::Message;

/// One document of the evidence.
#[derive(Clone)]
pub struct Document {
    name: String,
    /// Shared by copies of the evidence, of which each has another place changed.
    value: Arc<Value>,
    /// Where the text stands that holds this document as JSON.
    wrapped: Option<Wrapped>,
    /// Documents that stand as text in this one, by pointer.
    inner: BTreeMap<String, usize>,
    requests: Vec<Request>,
    quoting: Quoting,
    /// Where what it holds stood in the document that was given, of one that is read under other names.
    places: Option<Arc<Places>>,
}

/// What citations of a document show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quoting {
    /// No value.
    Nothing,
    /// The value at the place, without what could be a secret.
    Values,
    /// The same, of what holds others only what cannot be one. Of a text that had to be repaired nobody knows what belongs
    /// where.
    Scalars,
}

/// The place of a text that holds a document.
#[derive(Debug, Clone)]
struct Wrapped {
    /// Pointer into the outermost document.
    at: String,
    /// Pointer from the document in that text to the one meant, through further texts.
    within: String,
    depth: usize,
}

/// Its name and where it stands; never what it holds, which may be secret.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Document");
        out.field("name", &self.name);
        if let Some(wrapped) = &self.wrapped {
            out.field("at", &wrapped.at).field("within", &wrapped.within);
        }
        out.field("holds", &kind_of(&self.value)).finish_non_exhaustive()
    }
}

impl Document {
    pub(crate) fn new(name: String, value: Value, quoting: Quoting) -> Self {
        Self {
            name,
            value: Arc::new(value),
            wrapped: None,
            inner: BTreeMap::new(),
            places: None,
            requests: Vec::new(),
            quoting,
        }
    }

    /// The same, read under other names than those in which it was given.
    pub(crate) fn with_places(self, places: Option<Places>) -> Self {
        Self { places: places.map(Arc::new), ..self }
    }

    /// Whether it is read under the names in which it was given.
    pub(super) fn is_as_given(&self) -> bool {
        self.places.is_none()
    }

    /// What was given, and the pointer into it to a place of this document.
    pub(super) fn given<'d>(&'d self, pointer: &'d str) -> (&'d Value, Cow<'d, str>) {
        match &self.places {
            Some(places) => (places.given(), places.of(pointer).into()),
            None => (&self.value, pointer.into()),
        }
    }

    /// The document that stands as text at `pointer` of this one, if texts do not nest deeper than `deepest`.
    pub(crate) fn wrap(&self, pointer: &str, value: Value, deepest: usize) -> Option<Self> {
        let wrapped = match &self.wrapped {
            None => Wrapped { at: pointer.to_owned(), within: String::new(), depth: 1 },
            Some(outer) => Wrapped {
                at: outer.at.clone(),
                within: format!("{}{pointer}", outer.within),
                depth: outer.depth + 1,
            },
        };
        let fits = wrapped.depth <= deepest;
        fits.then(|| Self { wrapped: Some(wrapped), ..Self::new(self.name.clone(), value, self.quoting) })
    }

    /// The name by which citations refer to it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What citations of it show.
    pub(crate) fn quoting(&self) -> Quoting {
        self.quoting
    }

    /// Whether citations of it show anything.
    pub(crate) fn is_quoted(&self) -> bool {
        self.quoting != Quoting::Nothing
    }

    /// What it holds, as it was given: citations point into it.
    pub fn value(&self) -> &Value {
        self.given("").0
    }

    /// What it holds under AWS's names, where it was given under others.
    pub(crate) fn as_read(&self) -> &Value {
        &self.value
    }

    pub(super) fn value_mut(&mut self) -> &mut Value {
        Arc::make_mut(&mut self.value)
    }

    /// For JSON that came as text inside another document: where that text stands.
    pub fn wrapped_at(&self) -> Option<&str> {
        self.wrapped.as_ref().map(|wrapped| wrapped.at.as_str())
    }

    /// Pointers that lead to a place of this document: in the outermost one, and from the text found there.
    pub(crate) fn pointers(&self, pointer: String) -> (String, Option<String>) {
        match (&self.wrapped, &self.places) {
            (None, None) => (pointer, None),
            (None, Some(places)) => (places.of(&pointer), None),
            (Some(wrapped), _) => (wrapped.at.clone(), Some(format!("{}{pointer}", wrapped.within))),
        }
    }

    /// Pointer in the outermost document of what holds the place at `pointer`.
    pub(crate) fn outer_pointer(&self, pointer: &str) -> String {
        self.pointers(pointer.to_owned()).0
    }

    /// Forgets members of the object at `pointer`, which are secrets that nothing here needs.
    pub(crate) fn forget(&mut self, pointer: &str, keys: &[&str]) {
        if let Some(members) = self.value_mut().pointer_mut(pointer).and_then(Value::as_object_mut) {
            members.retain(|key, _| !keys.iter().any(|secret| key.eq_ignore_ascii_case(secret)));
        }
    }

    /// Keeps the first elements of each list called `key` in the object at `pointer`. Gives the name of the list of
    /// which there were more.
    pub(crate) fn shorten(&mut self, pointer: &str, key: &str, most: usize) -> Option<String> {
        let members = self.value_mut().pointer_mut(pointer)?.as_object_mut()?;
        let lists = members.iter_mut().filter(|(name, _)| name.eq_ignore_ascii_case(key));
        let mut lists = lists.filter_map(|(name, value)| Some((name, value.as_array_mut()?)));
        let (name, list) = lists.find(|(_, list)| list.len() > most)?;
        list.truncate(most);
        Some(name.clone())
    }

    /// The document that stands as text at `pointer`.
    pub(crate) fn inner(&self, pointer: &str) -> Option<usize> {
        self.inner.get(pointer).copied()
    }

    pub(crate) fn set_inner(&mut self, pointer: String, document: usize) {
        self.inner.insert(pointer, document);
    }

    pub(crate) fn requests(&self) -> &[Request] {
        &self.requests
    }

    pub(crate) fn set_requests(&mut self, requests: Vec<Request>) {
        self.requests = requests;
    }
}

/// Bytes turned into a value, with what had to be left out.
pub(crate) struct Decoded {
    pub(crate) value: Value,
    pub(crate) notes: Vec<Note>,
    /// Whether the text was none that a program reads.
    pub(crate) is_repaired: bool,
}

impl Decoded {
    fn of(value: Value, notes: Vec<Note>) -> Self {
        Self { value, notes, is_repaired: false }
    }
}

/// Something in a document that was left out.
pub(crate) struct Note {
    pub(crate) pointer: String,
    pub(crate) message: String,
}

/// Reads JSON, else NDJSON, else whatever people paste. The error says what was found.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, String> {
    let text = text_of(bytes);
    // The first line keeps its indentation, by which YAML is read.
    let text = without_code_marks(text.trim_end().trim_start_matches(['\n', '\r']));
    if text.trim().is_empty() {
        return Err("an empty document".into());
    }
    decode_json(text)
        .or_else(|error| decode_relaxed(text).or_else(|| decode_sentence(text.trim())).ok_or(error))
        .map_err(|error| format!("text that is not JSON: {}", describe(&error)))
}

/// The text without the marks of code around all of it. Names inside may have marks of their own; what ends with its
/// first word is not all of it.
fn without_code_marks(text: &str) -> &str {
    let inner = text.trim().strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
    let is_whole = |inner: &&str| match inner.split_once('`') {
        None => true,
        Some((before, _)) => before.ends_with([' ', '(']) && inner.matches('`').count().is_multiple_of(2),
    };
    inner.filter(is_whole).unwrap_or(text)
}

/// Reads JSON, else lines or a row of it.
pub(crate) fn decode_json(text: &str) -> Result<Decoded, serde_json::Error> {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => Ok(Decoded::of(value, Vec::new())),
        Err(error) => decode_lines(text).or_else(|| decode_row(text)).ok_or(error),
    }
}

/// What people paste when they have nothing better; several things become a list.
fn decode_relaxed(text: &str) -> Option<Decoded> {
    /// Nobody pastes more; the readers of such text are thorough, not fast.
    const LONGEST: usize = 1 << 20;
    let whole = text.len();
    let text = beginning(text, LONGEST);
    if let Some(message) = labelled(text) {
        return Some(Decoded::of(Value::String(message), Vec::new()));
    }
    let mut reading = relaxed::read(text);
    if let Some(Piece::Message(first)) = reading.pieces.first()
        && reading.pieces.iter().all(|piece| matches!(piece, Piece::Message(_)))
        && !reading.pieces[1..].iter().any(relaxed::is_another)
        && let Some(whole) = relaxed::paragraph(text)
        && begins_with(&whole, first)
    {
        reading.pieces = vec![Piece::Message(whole)];
    }
    let mut values: Vec<Value> = reading
        .pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Json(value) => value,
            Piece::Message(message) => Value::String(message),
            Piece::Error { operation, code, message } => {
                serde_json::json!({ "Error": { "Code": code, "Message": message, "Operation": operation } })
            }
        })
        .collect();
    let value = if values.len() > 1 { Value::Array(values) } else { values.pop()? };
    if whole > LONGEST {
        reading.notes.push("only the first 1 MiB were read, because the text is not JSON".to_owned());
    }
    let notes = reading.notes.into_iter().map(|message| Note { pointer: String::new(), message }).collect();
    Some(Decoded { is_repaired: true, ..Decoded::of(value, notes) })
}

/// A stop reason of several lines with its label in front, as a console shows it, and nothing else.
fn labelled(text: &str) -> Option<String> {
    const LABELS: [&str; 3] = ["stopped reason", "stop reason", "status reason"];
    let whole = relaxed::paragraph(text)?;
    let lower = whole.to_ascii_lowercase();
    let label = LABELS.iter().find(|label| lower.starts_with(*label))?;
    let others = ["exit code", "stop code", "stopcode", "status:", "container:"];
    let is_alone =
        whole.lines().count() > 1 && !others.iter().any(|other| lower[label.len()..].contains(other));
    is_alone.then(|| whole[label.len()..].trim_start_matches([':', '=', ' ', '\t', '\n']).to_owned())
}

/// Whether a text begins with a message, but for a label such as `Stopped reason:` in front.
fn begins_with(text: &str, message: &str) -> bool {
    const LONGEST_LABEL: usize = 40;
    let word = message.split_whitespace().next().unwrap_or_default();
    text.find(word).is_some_and(|at| at <= LONGEST_LABEL)
}

/// A message on its own, in whose words nothing of a document was found; or, among what somebody tells or asks, the
/// paragraphs that are messages, or what is quoted.
fn decode_sentence(text: &str) -> Option<Decoded> {
    /// Events and reasons are shorter by far.
    const LONGEST: usize = 4096;
    if text.len() > LONGEST {
        return None;
    }
    let is_known = |text: &str| {
        let message = Message::parse(text);
        message.placement().is_some()
            || message.service_event().is_some()
            || message.is_pull()
            || is_statement(text)
    };
    let value = match is_known(text) {
        true => Value::String(text.to_owned()),
        false => {
            let paragraphs = relaxed::paragraphs(text);
            let told = paragraphs.iter().filter(|paragraph| is_known(paragraph)).map(String::as_str);
            let quoted =
                paragraphs.iter().flat_map(|paragraph| quotes(paragraph)).filter(|quote| is_known(quote));
            let mut found: Vec<Value> = told.map(Value::from).collect();
            if found.is_empty() {
                found = quoted.map(Value::from).collect();
            }
            if found.len() > 1 { Value::Array(found) } else { found.pop()? }
        }
    };
    Some(Decoded::of(value, Vec::new()))
}

/// What stands in quotes, when it is more than a name.
fn quotes(text: &str) -> Vec<&str> {
    const FEWEST_WORDS: usize = 3;
    let mut found = Vec::new();
    for (open, close) in [('"', '"'), ('`', '`'), ('\u{201c}', '\u{201d}')] {
        let mut rest = text;
        while let Some((_, behind)) = rest.split_once(open)
            && let Some((quote, after)) = behind.split_once(close)
        {
            found.extend((quote.split_whitespace().count() >= FEWEST_WORDS).then_some(quote));
            rest = after;
        }
    }
    found
}

/// What the sentences of ECS, its agent and the SDKs speak of.
const TOPICS: &[&str] = &[
    "account",
    "authorized",
    "cannot",
    "cgroup",
    "compute",
    "connection",
    "container",
    "credential",
    "denied",
    "deploy",
    "devmapper",
    "emerg",
    "error",
    "exception",
    "execut",
    "exit",
    "fail",
    "fatal",
    "file",
    "firelens",
    "gpu",
    "image",
    "insufficient",
    "invalid",
    "killed",
    "limit",
    "load balancer",
    "loadbalancer",
    "malformed",
    "memory",
    "mount",
    "not found",
    "panic",
    "parameter",
    "pull",
    "refused",
    "resource",
    "role",
    "secret",
    "service",
    "target",
    "task",
    "timed out",
    "timeout",
    "traceback",
    "unable",
    "unavailable",
    "volume",
    "warn",
];

/// Words by which people ask and tell.
const TALK: &[&str] =
    &["anyone", "help", "how", "i", "i'm", "my", "our", "should", "thanks", "we", "what", "why"];

/// Whether a text is one statement about ECS: a paragraph that is no broken document, no question and no talk; or the
/// name of an event.
fn is_statement(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    if let [name] = words.as_slice() {
        let is_name = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
        return *name == "taskfailedtostart" || text.contains('_') && text.trim().bytes().all(is_name);
    }
    // A mark of a list, of a comment or of who is quoted stands apart from what it marks.
    let marked = text.trim_start_matches(['#', '-', '>', '*', ' ', '\n']);
    let is_marked = marked.len() < text.len() && text[..text.len() - marked.len()].ends_with([' ', '\n']);
    let text = if is_marked { marked } else { text };
    let is_broken = text.starts_with(['{', '[', '(', '<', '"', '$', '|', '+', '#', '-']) && !is_of_log(text);
    /// Lines that a console breaks one message into, at the most.
    const LONGEST_MESSAGE: usize = 12;
    let is_paragraph = text.lines().count() <= LONGEST_MESSAGE && !text.contains("\n\n");
    let is_talk = text.ends_with('?')
        || words.iter().any(|word| TALK.contains(&word.trim_matches([',', '.', '!', '?', ':'])));
    let has_topic = TOPICS.iter().any(|topic| lower.contains(topic));
    is_paragraph && !is_broken && !is_talk && has_topic && words.len() > 2
}

/// Whether a text begins as lines of logs do: with a time or a level in brackets.
fn is_of_log(text: &str) -> bool {
    /// Longer than any time, level or name of a logger.
    const LONGEST: usize = 48;
    let inside = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let is_plain = |letter: char| letter.is_alphanumeric() || " -_:.,+/#".contains(letter);
    inside.is_some_and(|(inside, rest)| {
        inside.len() <= LONGEST && inside.chars().all(is_plain) && rest.starts_with([' ', '[', ':'])
    })
}

/// The position and kind of a syntax error, without the text around it.
fn describe(error: &serde_json::Error) -> String {
    let what = if error.is_eof() { "the end came too early" } else { "the syntax is wrong" };
    format!("{what} at line {}, column {}", error.line(), error.column())
}

/// One JSON value a line; lines that are none are noted and left out.
fn decode_lines(text: &str) -> Option<Decoded> {
    let mut values = Vec::new();
    let mut notes = Vec::new();
    let mut lines = 0;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        lines += 1;
        match serde_json::from_str::<Value>(line) {
            Ok(value @ (Value::Object(_) | Value::Array(_))) => values.push(value),
            Ok(_) => return None,
            Err(error) => notes.push(Note {
                pointer: String::new(),
                message: format!("line {} is not JSON: {}", number + 1, describe(&error)),
            }),
        }
    }
    // A pretty-printed or cut document also has lines such as `{}`: most lines must be whole values.
    (lines > 1 && values.len() * 2 > lines).then(|| Decoded::of(Value::Array(values), notes))
}

/// Objects one after the other on one line, as Firehose writes them.
fn decode_row(text: &str) -> Option<Decoded> {
    let values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let values: Vec<Value> = values.collect::<Result<_, _>>().ok()?;
    let are_objects = values.len() > 1 && values.iter().all(Value::is_object);
    are_objects.then(|| Decoded::of(Value::Array(values), Vec::new()))
}

/// UTF-8 with or without a byte order mark, or UTF-16 as PowerShell's redirection writes it.
fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes).into(),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes).into(),
        [0xEF, 0xBB, 0xBF, rest @ ..] | rest => match std::str::from_utf8(rest) {
            Ok(text) => text.into(),
            Err(_) => String::from_utf8_lossy(rest),
        },
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
