//! Reads what people paste when they have nothing better: dumps of other languages, YAML, tables, fragments, console
//! lines. The result has AWS's own shapes, so that everything behind it sees what the AWS CLI would have printed.

mod builder;
mod calls;
mod clean;
mod command;
mod console;
mod counts;
mod draft;
mod errors;
mod fields;
mod grid;
mod labels;
mod literal;
mod message;
mod parts;
mod records;
mod shape;
mod spelling;
mod table;
#[cfg(test)]
mod tests;
mod wrap;
mod yaml;

use std::fmt;

use serde_json::Value;

use super::queried;
pub(super) use fields::{ecs_field, from_label as field_of_label};
pub(super) use labels::{is_status, is_stop_code};
pub(super) use spelling::respelled;

use crate::redact::{redact_value, redacted};

/// One thing that a text holds.
#[derive(Clone, PartialEq)]
pub enum Piece {
    /// A document in AWS's own shape, such as `{"tasks": […]}` or `{"services": […]}`.
    Json(Value),
    /// A sentence that ECS, its agent, a runtime or a deploy tool wrote, without its place.
    Message(String),
    /// An API call that was refused.
    Error {
        /// The API's name of the call, when the text has it.
        operation: Option<String>,
        /// The error code, such as `ClusterNotFoundException`.
        code: String,
        /// The error's message; it may be empty.
        message: String,
    },
}

/// What could be a secret in it is blanked.
impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Piece::Json(value) => f.debug_tuple("Json").field(&redact_value(value)).finish(),
            Piece::Message(text) => f.debug_tuple("Message").field(&redacted(text)).finish(),
            Piece::Error { operation, code, message } => f
                .debug_struct("Error")
                .field("operation", operation)
                .field("code", code)
                .field("message", &redacted(message))
                .finish(),
        }
    }
}

/// Notes of what could not be read.
const LOSSES: [&str; 4] = [
    "the document is cut off; what is missing may matter",
    "values whose place in the document is missing were left out",
    "a table is cut off",
    "values of text output whose column cannot be told were left out",
];

/// How a text was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// JSON, perhaps with other lines around it.
    Json,
    /// JSON or a dump of which the beginning or the end is missing.
    JsonFragment,
    /// What Python prints for a dict.
    PythonLiteral,
    /// What JavaScript, Go, Java, Ruby or Rust prints for an object.
    ObjectDump,
    /// `--output yaml`, or YAML of another tool.
    Yaml,
    /// `--output table`, or a table of another tool.
    Table,
    /// `--output text`.
    Text,
    /// Lines for people.
    Console,
    /// Nothing was found.
    #[default]
    Unknown,
}

/// What could be read from a text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// What was found, documents first.
    pub pieces: Vec<Piece>,
    /// How the first document was written.
    pub format: Format,
    /// What could not be read, in words without any value of the text.
    pub notes: Vec<String>,
}

impl Reading {
    fn note(&mut self, note: &str) {
        if !self.notes.iter().any(|known| known == note) {
            self.notes.push(note.to_owned());
        }
    }

    /// Whether something of the text could not be read, or had no place.
    fn has_losses(&self) -> bool {
        self.notes.iter().any(|note| LOSSES.contains(&note.as_str()))
    }

    fn add(&mut self, values: Vec<Value>, format: Format) {
        let values: Vec<Value> = values.into_iter().filter(is_of_aws).collect();
        if !values.is_empty() && self.pieces.is_empty() {
            self.format = format;
        }
        self.pieces.extend(values.into_iter().map(Piece::Json));
    }
}

/// Whether a value is an answer of AWS or a part of one, perhaps under other names.
fn is_of_aws(value: &Value) -> bool {
    fields::has_known_member(value) || queried::read(value).is_some()
}

/// Reads a text that is no plain JSON document. Never fails: what cannot be read is left out and noted.
pub fn read(text: &str) -> Reading {
    if let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text.trim()) {
        return Reading { pieces: vec![Piece::Json(value)], format: Format::Json, notes: Vec::new() };
    }
    let reading = scan(&clean::clean(text));
    // A terminal may have broken lines wherever they reached its width: without the breaks nothing may be missing.
    let Some(unbroken) = wrap::unbroken(text) else { return reading };
    if let Ok(value @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(unbroken.trim()) {
        return Reading { pieces: vec![Piece::Json(value)], format: Format::Json, notes: Vec::new() };
    }
    let whole = scan(&clean::clean(&unbroken));
    let is_one = matches!(whole.pieces.as_slice(), [Piece::Json(_)]) && !whole.has_losses();
    if is_one && (reading.has_losses() || reading.pieces.len() > 1) { whole } else { reading }
}

fn scan(text: &str) -> Reading {
    let mut scan = Scan::new(text);
    while scan.at < scan.lines.len() {
        scan.step();
    }
    scan.finish()
}

/// A short text without an empty line, cleaned of quote marks and frames: a message whose own lines were kept. A text
/// that was broken at a width is none, for its lines have to be joined with care.
pub(super) fn paragraph(text: &str) -> Option<String> {
    /// Lines that a message has, at the most.
    const LONGEST: usize = 12;
    let text = clean::clean(text);
    let text = text.trim();
    let is_short = text.lines().count() <= LONGEST && !text.contains("\n\n");
    // Tools that wrap words break behind a hyphen too, which is inside a name here.
    (is_short && wrap::width(text).is_none()).then(|| text.replace("-\n", "-"))
}

/// Whether a text begins with a sentence that ECS, its agent or a client of the API wrote.
pub(super) fn is_message(text: &str) -> bool {
    message::find(text).is_some_and(|found| found.start == 0) || errors::is_cli(text)
}

/// Whether a text begins as a stopped reason or a container's reason does.
pub(super) fn is_stop_reason(text: &str) -> bool {
    message::find(text).is_some_and(|found| found.start == 0 && found.kind == message::Kind::Stop)
}

/// The paragraphs of a text, cleaned of quote marks and frames, of the marks of headings and lists, and of code fences.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    let text = clean::clean(text);
    let is_fence = |line: &str| line.trim_start().starts_with("```");
    let lines: Vec<&str> = text.lines().map(|line| if is_fence(line) { "" } else { line }).collect();
    let paragraphs = lines.split(|line| line.trim().is_empty()).filter(|lines| !lines.is_empty());
    paragraphs
        .map(|lines| {
            let lines: Vec<&str> = lines.iter().map(|line| console::without_marks(line)).collect();
            lines.join("\n")
        })
        .collect()
}

/// Whether a message begins with the name of an error of ECS, so that it does not go on with the one before.
pub(super) fn is_another(piece: &Piece) -> bool {
    let Piece::Message(text) = piece else { return false };
    message::find(text)
        .is_some_and(|found| found.named && found.start == 0 && found.kind == message::Kind::Stop)
}

/// Goes through the lines and hands each stretch to the reader of its format.
struct Scan<'a> {
    text: &'a str,
    lines: Vec<&'a str>,
    /// Byte offset of each line.
    starts: Vec<usize>,
    at: usize,
    width: Option<usize>,
    /// Lines that no other reader took.
    rest: Vec<std::borrow::Cow<'a, str>>,
    /// A line with text was seen.
    begun: bool,
    /// What those lines are, unless a document is found.
    loose: Format,
    reading: Reading,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Self {
        let mut start = 0;
        let (lines, starts) = text
            .split('\n')
            .map(|line| {
                let at = start;
                start += line.len() + 1;
                (line, at)
            })
            .unzip();
        Self {
            text,
            lines,
            starts,
            at: 0,
            width: wrap::width(text),
            rest: Vec::new(),
            begun: false,
            loose: Format::Console,
            reading: Reading::default(),
        }
    }

    fn step(&mut self) {
        let line = self.lines[self.at];
        if line.trim().is_empty() {
            return self.pass();
        }
        let lines = &self.lines[self.at..];
        let command = command::length(lines);
        if command > 0 {
            self.at += command;
        } else if table::starts(lines) {
            let region = table::read(&self.lines, self.at);
            self.reading.add(region.values, Format::Table);
            if !region.loose.is_empty() {
                self.loose = Format::Table;
            }
            self.rest.extend(region.loose.into_iter().map(Into::into));
            self.at = region.next.max(self.at + 1);
            if region.cut {
                self.reading.note(LOSSES[2]);
            }
        } else if records::is_row(line) {
            let region = records::read(&self.lines, self.at);
            self.reading.add(region.values, Format::Text);
            self.at = region.next.max(self.at + 1);
            if region.unplaced {
                self.reading.note(LOSSES[3]);
            }
        } else if yaml::starts(lines) && !literal::is_inside(line) {
            let region = yaml::read(&self.lines, self.at);
            let values = shape::into_answers(region.values);
            self.reading.add(values, Format::Yaml);
            self.at = region.next.max(self.at + 1);
            self.note_losses(region.cut, region.lost);
        } else {
            self.literals();
        }
    }

    /// Leaves the line to the reader of console lines.
    fn pass(&mut self) {
        self.rest.push(self.lines[self.at].into());
        self.at += 1;
    }

    /// Reads the literals that begin in this line.
    fn literals(&mut self) {
        let line = self.lines[self.at];
        let mut from = 0;
        let mut kept = 0;
        let mut first = !self.begun && self.reading.pieces.is_empty();
        self.begun = true;
        let begin = self.starts[self.at];
        while let Some(start) = literal::starts_in(&line[from..], first) {
            first = false;
            let start = from + start;
            let region = literal::read(self.text, begin + start, self.width);
            let end = region.end.max(begin + start + 1);
            if !region.values.iter().any(is_of_aws) {
                // No data of AWS: lines for the console reader.
                if end <= begin + line.len() {
                    from = self.boundary(end) - begin;
                    continue;
                }
                let next = self.line_of(end);
                self.rest.push(line[kept..].into());
                self.rest.extend(self.lines[self.at + 1..next].iter().map(|line| (*line).into()));
                self.at = next;
                return;
            }
            self.rest.push(line[kept..start].into());
            self.note_losses(region.cut, region.lost);
            if region.elided {
                self.reading.note("parts of the document were left out by whoever copied it");
            }
            if region.local_times {
                self.reading.note("times without a zone were read as UTC");
            }
            let format = if region.cut {
                Format::JsonFragment
            } else if region.python {
                Format::PythonLiteral
            } else if region.dump {
                Format::ObjectDump
            } else {
                Format::Json
            };
            let values = if region.cut { shape::into_answers(region.values) } else { region.values };
            self.reading.add(values, format);
            if end > begin + line.len() {
                let next = self.line_of(end);
                let tail = self.text.get(self.boundary(end)..self.end_of(next - 1));
                self.rest.push(tail.unwrap_or("").into());
                self.at = next;
                return;
            }
            from = self.boundary(end) - begin;
            kept = from;
        }
        self.rest.push(line[kept..].into());
        self.at += 1;
    }

    fn boundary(&self, mut at: usize) -> usize {
        at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at += 1;
        }
        at
    }

    fn end_of(&self, line: usize) -> usize {
        self.starts[line] + self.lines[line].len()
    }

    /// The first line that begins behind this offset.
    fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start < offset).max(self.at + 1)
    }

    fn note_losses(&mut self, cut: bool, lost: bool) {
        if cut {
            self.reading.note(LOSSES[0]);
        }
        if lost {
            self.reading.note(LOSSES[1]);
        }
    }

    fn finish(self) -> Reading {
        let Self { rest, loose, mut reading, width, .. } = self;
        let lines: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
        let (pieces, exit) = console::read(&lines, width);
        if reading.pieces.is_empty() && !pieces.is_empty() {
            reading.format = loose;
        }
        reading.pieces.extend(pieces);
        parts::join(&mut reading.pieces, exit);
        if reading.pieces.is_empty() {
            reading.format = Format::Unknown;
            reading.note("no answer of AWS and no message of ECS was found in the text");
        }
        reading
    }
}
