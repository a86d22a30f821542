//! One condition of a rule of a file: where to look, and what to see there.

use regex::bytes::{Regex, RegexBuilder};

use super::super::Sighting;
use super::super::error::Fault;
use super::super::texts::shown;
use super::OwnRulesError;
use super::place::{Kind, Place};
use super::table::{Located, Table};
use crate::redact::redacted;
use crate::rules::Confidence;
use crate::signals::{Part, Source, Subject};

/// Longest pattern, in bytes.
const LONGEST_PATTERN: usize = 2048;
/// Most bytes of a compiled pattern.
const LARGEST_PATTERN: usize = 512 * 1024;
/// Deepest nesting of groups in a pattern.
const DEEPEST_PATTERN: u32 = 50;

/// A condition.
#[derive(Debug)]
pub(super) struct When {
    look: Look,
    test: Test,
    /// Only about this container.
    container: Option<String>,
}

/// Where to look.
#[derive(Debug)]
enum Look {
    /// Messages from these sources; none means every message of ECS.
    Message(&'static str, &'static [Source]),
    StopCode,
    ExitCode,
    Field(Place),
}

/// What to see there.
#[derive(Debug)]
enum Test {
    Matches(Regex),
    MatchesNot(Regex),
    Is(Vec<String>),
    IsNot(Vec<String>),
    Between { above: Option<f64>, below: Option<f64> },
    Absent,
}

const KEYS: &[&str] =
    &["look", "field", "container", "matches", "matches-not", "is", "is-not", "above", "below", "absent"];

#[derive(Clone, Copy)]
enum Word {
    Message(&'static str, &'static [Source]),
    StopCode,
    ExitCode,
    Field(Kind),
}

const WORDS: &[(&str, Word)] = &[
    ("message", Word::Message("A message", &[])),
    ("stopped-reason", Word::Message("The task's stopped reason", &[Source::TaskStoppedReason])),
    ("container-reason", Word::Message("A container's reason", &[Source::ContainerReason])),
    (
        "service-event",
        Word::Message("An event of the service", &[Source::ServiceEvent, Source::ServiceAction]),
    ),
    ("log", Word::Message("A line of the log", &[Source::Log])),
    ("stop-code", Word::StopCode),
    ("exit-code", Word::ExitCode),
    ("task", Word::Field(Kind::Task)),
    ("task-definition", Word::Field(Kind::TaskDefinition)),
    ("service", Word::Field(Kind::Service)),
    ("container-instance", Word::Field(Kind::ContainerInstance)),
];

pub(super) fn read(mut table: Table<'_>) -> Result<When, OwnRulesError> {
    let word = table.one_of("look", WORDS.iter().copied())?;
    let field = table.optional_text("field")?;
    let container = table.optional_text("container")?;
    let tests = tests(&mut table)?;
    table.finish(KEYS)?;
    let fault = |fault| table.fault(fault);
    let look = match (word, field) {
        (Word::Field(kind), Some(field)) => Look::Field(Place::parse(kind, &field).map_err(fault)?),
        (Word::Field(_), None) => {
            let help = "such as `/containerDefinitions/*/image`";
            return Err(fault(Fault::new("field", "a path into the document", "none").help(help)));
        }
        (_, Some(_)) => {
            let expected = "no path: only a task, task definition, service or container instance has fields";
            return Err(fault(Fault::new("field", expected, "one")));
        }
        (Word::Message(words, sources), None) => Look::Message(words, sources),
        (Word::StopCode, None) => Look::StopCode,
        (Word::ExitCode, None) => Look::ExitCode,
    };
    let mut tests = tests.into_iter();
    let (Some(test), None) = (tests.next(), tests.next()) else {
        let expected = "exactly one of `matches`, `matches-not`, `is`, `is-not`, `above` with or without `below`, `absent`";
        return Err(fault(Fault::new("", expected, "none or several")));
    };
    let fits = match (&look, &test) {
        (Look::Message(..), Test::Matches(_)) | (Look::Field(_), _) => true,
        (Look::StopCode, test) => !matches!(test, Test::Absent | Test::Between { .. }),
        (Look::ExitCode, test) => matches!(test, Test::Is(_) | Test::IsNot(_) | Test::Between { .. }),
        (Look::Message(..), _) => false,
    };
    if !fits {
        let (expected, found) = match look {
            Look::Message(..) => ("`matches`", "another test of a message"),
            Look::StopCode => ("`matches`, `matches-not`, `is` or `is-not`", "another test of a stop code"),
            _ => ("`is`, `is-not`, `above` or `below`", "another test of an exit code"),
        };
        return Err(fault(Fault::new("", expected, found)));
    }
    if let (Look::Field(place), Test::Absent) = (&look, &test)
        && place.kind() != Kind::TaskDefinition
    {
        let expected = "`task-definition`, the one document that is known to be whole";
        return Err(fault(Fault::new("absent", expected, "another document")));
    }
    Ok(When { look, test, container })
}

fn tests(table: &mut Table<'_>) -> Result<Vec<Test>, OwnRulesError> {
    let mut tests = Vec::new();
    if let Some(regex) = pattern(table, "matches")? {
        tests.push(Test::Matches(regex));
    }
    if let Some(regex) = pattern(table, "matches-not")? {
        tests.push(Test::MatchesNot(regex));
    }
    if let Some(values) = table.values("is")? {
        tests.push(Test::Is(values));
    }
    if let Some(values) = table.values("is-not")? {
        tests.push(Test::IsNot(values));
    }
    let (above, below) = (table.number("above")?, table.number("below")?);
    if above.is_some() || below.is_some() {
        tests.push(Test::Between { above, below });
    }
    match table.truth("absent")? {
        Some(true) => tests.push(Test::Absent),
        Some(false) => return Err(table.fault(Fault::new("absent", "`true`, or no such key", "`false`"))),
        None => {}
    }
    Ok(tests)
}

/// A pattern, which matches in linear time and is bounded in size. Classes such as `\w` are ASCII.
fn pattern(table: &mut Table<'_>, key: &str) -> Result<Option<Regex>, OwnRulesError> {
    let Some(text) = table.optional_text(key)? else { return Ok(None) };
    let help = "https://docs.rs/regex/latest/regex/#syntax shows what it may hold";
    let fault = |expected: &str, found: String| Err(table.fault(Fault::new(key, expected, found).help(help)));
    if text.is_empty() || text.len() > LONGEST_PATTERN {
        return fault(&format!("a pattern of 1 to {LONGEST_PATTERN} bytes"), format!("{} bytes", text.len()));
    }
    let built = RegexBuilder::new(&text)
        .unicode(false)
        .size_limit(LARGEST_PATTERN)
        .nest_limit(DEEPEST_PATTERN)
        .build();
    let regex = match built {
        Ok(regex) => regex,
        Err(regex::Error::CompiledTooBig(_)) => return fault("a smaller pattern", shown(&text)),
        Err(error) => {
            // The last line says why; those before draw an arrow.
            let why = error.to_string();
            let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            return fault("a regular expression", format!("{}: {why}", shown(&text)));
        }
    };
    let named = |name: &&str| !name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if let Some(name) = regex.capture_names().flatten().find(named) {
        return fault("names of letters and digits", format!("`{name}`"));
    }
    Ok(Some(regex))
}

impl When {
    /// The condition in words, for the reference.
    pub(super) fn words(&self) -> String {
        let place = match &self.look {
            Look::Message(words, _) => (*words).to_owned(),
            Look::StopCode => "The stop code".to_owned(),
            Look::ExitCode => "The exit code of a container".to_owned(),
            Look::Field(place) => place.words(),
        };
        let list = |values: &[String]| {
            values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(" or ")
        };
        let test = match &self.test {
            Test::Matches(regex) => format!("matches `{regex}`"),
            Test::MatchesNot(regex) => format!("does not match `{regex}`"),
            Test::Is(values) => format!("is {}", list(values)),
            Test::IsNot(values) => format!("is not {}", list(values)),
            Test::Between { above: Some(above), below: Some(below) } => {
                format!("is above {above} and below {below}")
            }
            Test::Between { above: Some(above), .. } => format!("is above {above}"),
            Test::Between { below, .. } => format!("is below {}", below.unwrap_or_default()),
            Test::Absent => "is not set".to_owned(),
        };
        let of = self.container.as_ref().map(|name| format!(" (container `{name}`)")).unwrap_or_default();
        format!("{place}{of} {test}")
    }

    /// Names that a text may ask for once the condition holds.
    pub(super) fn captures(&self) -> impl Iterator<Item = &str> {
        let implied = match (&self.look, &self.test) {
            (Look::ExitCode, _) => Some("exitCode"),
            (Look::StopCode, _) | (Look::Message(..), _) | (_, Test::Absent) => None,
            (Look::Field(_), _) => Some("value"),
        };
        let named = match &self.test {
            Test::Matches(regex) => Some(regex.capture_names().flatten()),
            _ => None,
        };
        implied.into_iter().chain(named.into_iter().flatten())
    }

    /// Whether it looks at what is to be deployed.
    pub(super) fn is_of_definition(&self) -> bool {
        let Look::Field(place) = &self.look else { return false };
        matches!(place.kind(), Kind::TaskDefinition | Kind::Service)
    }

    /// Where the condition holds.
    pub(super) fn sightings(&self, subject: &Subject<'_>) -> Vec<Sighting> {
        let mut found = match &self.look {
            Look::Message(_, sources) => self.in_messages(subject, sources),
            Look::StopCode => self.in_stop_code(subject),
            Look::ExitCode => self.in_exits(subject),
            Look::Field(place) => self.in_fields(subject, place),
        };
        let wanted = self.container.as_deref();
        found.retain(|sighting| wanted.is_none() || sighting.container.as_deref() == wanted);
        found
    }

    fn in_messages(&self, subject: &Subject<'_>, sources: &[Source]) -> Vec<Sighting> {
        // What is logged on the way down of a task that was told to stop, or by one that is well, failed nothing.
        let log = if subject.stop.was_asked_for() || is_well(subject) { &[][..] } else { &subject.log[..] };
        let said = subject.statements.iter().chain(log).filter(|statement| match sources {
            [] => statement.is_from_ecs(),
            // Of a message on its own nobody said where it came from.
            sources => sources.contains(&statement.source) || statement.source == Source::Bare,
        });
        said.filter_map(|statement| {
            let sighting = Sighting::new(statement.citation.clone()).confidence(Confidence::Confirmed);
            let mut sighting = self.test(sighting, &redacted(statement.message.raw()))?.at(statement.at);
            sighting.container = statement.container.clone();
            if statement.source == Source::Bare {
                sighting.confidence = Confidence::Likely;
            }
            Some(sighting)
        })
        .collect()
    }

    fn in_stop_code(&self, subject: &Subject<'_>) -> Vec<Sighting> {
        let Some(task) = &subject.task else { return Vec::new() };
        let Some(code) = task.stop_code() else { return Vec::new() };
        let sighting = Sighting::new(task.cite("stopCode")).confidence(Confidence::Confirmed);
        self.test(sighting.at(subject.timeline.end()), code).into_iter().collect()
    }

    /// Only an exit that may have ended the task is a cause; of several that may, each is a possibility.
    fn in_exits(&self, subject: &Subject<'_>) -> Vec<Sighting> {
        let told = subject.leading_exits().filter_map(|exit| {
            let code = exit.code?.to_string();
            let is_plain = exit.part == Part::First && !is_well(subject);
            let confidence = if is_plain { Confidence::Confirmed } else { Confidence::Possible };
            let mut sighting =
                Sighting::new(exit.citation()).confidence(confidence).at(subject.timeline.end());
            sighting.container = exit.view.name().map(str::to_owned);
            Some(self.test(sighting, &code)?.capture("exitCode", code))
        });
        told.collect()
    }

    fn in_fields(&self, subject: &Subject<'_>, place: &Place) -> Vec<Sighting> {
        let Some(root) = place.root(subject) else { return Vec::new() };
        if matches!(self.test, Test::Absent) {
            return place.absent(&root);
        }
        let values = place.values(&root).into_iter();
        values
            .filter_map(|(sighting, value)| Some(self.test(sighting, &value)?.capture("value", value)))
            .collect()
    }

    /// The sighting, with what was captured, when the text passes the test.
    fn test(&self, mut sighting: Sighting, text: &str) -> Option<Sighting> {
        let holds = match &self.test {
            Test::Matches(regex) => {
                let found = regex.captures(text.as_bytes())?;
                for name in regex.capture_names().flatten() {
                    if let Some(part) = found.name(name) {
                        sighting = sighting.capture(name, String::from_utf8_lossy(part.as_bytes()));
                    }
                }
                true
            }
            Test::MatchesNot(regex) => !regex.is_match(text.as_bytes()),
            Test::Is(values) => values.iter().any(|value| value == text),
            Test::IsNot(values) => values.iter().all(|value| value != text),
            Test::Between { above, below } => {
                let number: f64 = text.trim().parse().ok()?;
                above.is_none_or(|above| number > above) && below.is_none_or(|below| number < below)
            }
            Test::Absent => false,
        };
        holds.then_some(sighting)
    }
}

/// Whether the task runs and no health check says otherwise.
fn is_well(subject: &Subject<'_>) -> bool {
    subject.task.as_ref().is_some_and(|task| {
        task.last_status() == Some("RUNNING") && task.health_status() != Some("UNHEALTHY")
    })
}
