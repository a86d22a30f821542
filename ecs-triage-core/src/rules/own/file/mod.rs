//! Own rules out of a file: reads it, checks every key, and makes rules and checks of it.

mod fields;
mod place;
mod table;
#[cfg(test)]
mod tests;
mod when;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::check::{CheckTexts, OwnCheck};
use super::error::Fault;
use super::texts::names;
use super::{OwnRule, OwnRules, OwnRulesError, RuleTexts, Sighting};
use crate::advisories::Severity;
use crate::change::Blast;
use crate::rules::{Bucket, Confidence};
use crate::signals::Subject;
use table::{Located, Table};
use when::When;

/// Longest file, in bytes.
const LONGEST_FILE: usize = 256 * 1024;
/// Most rules and checks of one file.
const MOST_RULES: usize = 500;
/// Most conditions of one rule.
const MOST_CONDITIONS: usize = 16;

/// Files that were read. Rules live as long as the process, so the same text gives the same rules.
static READ: Mutex<BTreeMap<String, OwnRules>> = Mutex::new(BTreeMap::new());

pub(super) fn read(text: &str) -> Result<OwnRules, OwnRulesError> {
    let mut known = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(own) = known.get(text) {
        return Ok(own.clone());
    }
    let own = parse(text)?;
    known.insert(text.to_owned(), own.clone());
    Ok(own)
}

fn parse(text: &str) -> Result<OwnRules, OwnRulesError> {
    if text.len() > LONGEST_FILE {
        let expected = format!("{LONGEST_FILE} bytes at most");
        return Err(Fault::new("", expected, format!("{} bytes", text.len())).at(None, "file".to_owned()));
    }
    let mut own = OwnRules::new();
    let mut root = Table::parse(text)?;
    let rules = root.tables("rule")?;
    let checks = root.tables("check")?;
    root.finish(&["rule", "check"])?;
    let count = rules.len() + checks.len();
    if count == 0 || count > MOST_RULES {
        let expected = format!("1 to {MOST_RULES} tables `[[rule]]` or `[[check]]`");
        return Err(Fault::new("", expected, count.to_string()).at(None, "file".to_owned()));
    }
    for table in rules {
        add_rule(&mut own, table)?;
    }
    for table in checks {
        add_check(&mut own, table)?;
    }
    Ok(own)
}

fn add_rule(own: &mut OwnRules, mut table: Table<'_>) -> Result<(), OwnRulesError> {
    let bucket = table.one_of("bucket", Bucket::ALL.iter().map(|bucket| (bucket.as_str(), *bucket)))?;
    let mut texts = RuleTexts::new(table.text("code")?, bucket, table.text("title")?);
    texts = texts.summary(table.text("summary")?);
    if let Some(text) = table.optional_text("explanation")? {
        texts = texts.explanation(text);
    }
    let kinds = [("cause", false), ("routine", true)];
    if table.optional_one_of("kind", kinds)?.unwrap_or(false) {
        texts = texts.routine();
    }
    let levels = [
        ("possible", Confidence::Possible),
        ("likely", Confidence::Likely),
        ("confirmed", Confidence::Confirmed),
    ];
    let confidence = table.optional_one_of("confidence", levels)?.unwrap_or(Confidence::Likely);
    for page in table.texts("docs")? {
        texts = texts.docs(page);
    }
    for code in table.texts("explains")? {
        texts = texts.explains(code);
    }
    for fix in table.tables("fix")? {
        texts = with_fix(texts, fix)?;
    }
    for mut want in table.tables("want")? {
        let (service, operation) = (want.text("service")?, want.text("operation")?);
        let (params, why) = (want.json("params")?, want.text("why")?);
        want.finish(&["service", "operation", "params", "why"])?;
        texts = texts.want(service, operation, params, why);
    }
    let conditions = conditions(&mut table)?;
    let signs: Vec<String> = conditions.iter().map(When::words).collect();
    texts = texts.signs(format!("{}.", signs.join("; ")));
    table.finish(&[
        "code",
        "title",
        "bucket",
        "kind",
        "summary",
        "explanation",
        "confidence",
        "docs",
        "explains",
        "fix",
        "want",
        "when",
    ])?;
    is_honest(confidence, &texts, conditions.len()).map_err(|fault| table.fault(fault))?;
    are_known(texts.templates(), &conditions).map_err(|fault| table.fault(fault))?;
    let look = FileRule { texts: texts.clone(), confidence, conditions };
    own.add_texts(texts, Box::new(look)).map_err(|fault| table.fault(fault))
}

fn with_fix(texts: RuleTexts, mut table: Table<'_>) -> Result<RuleTexts, OwnRulesError> {
    let title = table.text("title")?;
    let (command, advice) = (table.optional_text("command")?, table.optional_text("advice")?);
    let touched = [
        ("nothing", Blast::Nothing),
        ("revision", Blast::NewRevision),
        ("deployment", Blast::Deployment),
        ("role", Blast::Role),
        ("network", Blast::Network),
        ("resource", Blast::Resource),
        ("instances", Blast::Instances),
        ("account", Blast::Account),
        ("source", Blast::Source),
    ];
    let touches = table.optional_one_of("changes", touched)?;
    table.finish(&["title", "command", "advice", "changes"])?;
    let fault = |key, expected, found| table.fault(Fault::new(key, expected, found));
    match (command, advice) {
        (Some(line), None) => {
            let touches = touches.ok_or_else(|| {
                fault("changes", "what the command changes, such as `nothing` or `deployment`", "none")
            })?;
            Ok(texts.command(title, touches, line))
        }
        (None, Some(words)) => Ok(texts.advice(title, touches.unwrap_or(Blast::Source), words)),
        (Some(_), Some(_)) => Err(fault("command", "either `command` or `advice`", "both")),
        (None, None) => Err(fault("command", "either `command` or `advice`", "neither")),
    }
}

fn add_check(own: &mut OwnRules, mut table: Table<'_>) -> Result<(), OwnRulesError> {
    let severities = [("error", Severity::Error), ("warning", Severity::Warning), ("note", Severity::Note)];
    let severity = table.one_of("severity", severities)?;
    let mut texts = CheckTexts::new(table.text("code")?, severity, table.text("title")?);
    texts = texts.summary(table.text("summary")?).advice(table.text("advice")?);
    if let Some(text) = table.optional_text("explanation")? {
        texts = texts.explanation(text);
    }
    for page in table.texts("docs")? {
        texts = texts.docs(page);
    }
    let conditions = conditions(&mut table)?;
    table.finish(&["code", "title", "severity", "summary", "advice", "explanation", "docs", "when"])?;
    if let Some(at) = conditions.iter().position(|when| !when.is_of_definition()) {
        let expected = "`task-definition` or `service`: a check looks at what is to be deployed";
        let found = conditions[at].words();
        return Err(table.fault(Fault::new(format!("when[{at}].look"), expected, found)));
    }
    are_known(texts.templates(), &conditions).map_err(|fault| table.fault(fault))?;
    let look = FileCheck { texts: texts.clone(), conditions };
    own.add_check_texts(texts, Box::new(look)).map_err(|fault| table.fault(fault))
}

fn conditions(table: &mut Table<'_>) -> Result<Vec<When>, OwnRulesError> {
    let tables = table.tables("when")?;
    if tables.is_empty() || tables.len() > MOST_CONDITIONS {
        let expected = format!("1 to {MOST_CONDITIONS} tables");
        return Err(table.fault(Fault::new("when", expected, tables.len().to_string())));
    }
    tables.into_iter().map(when::read).collect()
}

/// The promise that goes with a confidence holds for own rules too.
fn is_honest(confidence: Confidence, texts: &RuleTexts, conditions: usize) -> Result<(), Fault> {
    match confidence {
        Confidence::Possible if !texts.has_wants() => {
            let help = "say in a `[[rule.want]]` which call would settle it";
            Err(Fault::new("want", "a call, because the rule is only `possible`", "none").help(help))
        }
        Confidence::Confirmed if conditions < 2 => {
            let help = "one message or number makes a cause `likely`; add what rules the other readings out";
            Err(Fault::new("confidence", "`possible` or `likely`", "`confirmed` by one condition").help(help))
        }
        _ => Ok(()),
    }
}

/// Every name in a text is captured by a condition, or a fact of the subject.
fn are_known<'t>(texts: impl Iterator<Item = (String, &'t str)>, conditions: &[When]) -> Result<(), Fault> {
    let captured: Vec<&str> = conditions.iter().flat_map(When::captures).collect();
    for (key, text) in texts {
        let is_known = |name: &&str| captured.contains(name) || fields::FACTS.contains(name);
        if let Some(unknown) = names(text).into_iter().find(|name| !is_known(name)) {
            let help = format!("captured here: {}", listed(&captured));
            let expected = format!("the name of a capture or of a fact ({})", fields::FACTS.join(", "));
            return Err(Fault::new(key, expected, format!("`{{{unknown}}}`")).help(help));
        }
    }
    Ok(())
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

/// A rule of a file: all its conditions hold, about one container where they name one.
#[derive(Debug)]
struct FileRule {
    texts: RuleTexts,
    confidence: Confidence,
    conditions: Vec<When>,
}

impl OwnRule for FileRule {
    fn texts(&self) -> RuleTexts {
        self.texts.clone()
    }

    fn find(&self, subject: &Subject<'_>) -> Vec<Sighting> {
        let mut found = all_hold(&self.conditions, subject);
        for sighting in &mut found {
            sighting.confidence = sighting.confidence.min(self.confidence);
        }
        found
    }
}

/// A check of a file.
#[derive(Debug)]
struct FileCheck {
    texts: CheckTexts,
    conditions: Vec<When>,
}

impl OwnCheck for FileCheck {
    fn texts(&self) -> CheckTexts {
        self.texts.clone()
    }

    fn find(&self, subject: &Subject<'_>) -> Vec<Sighting> {
        all_hold(&self.conditions, subject)
    }
}

/// Each place where the first condition holds, with one of each other condition that can be about the same container.
fn all_hold(conditions: &[When], subject: &Subject<'_>) -> Vec<Sighting> {
    let Some((first, others)) = conditions.split_first() else { return Vec::new() };
    let mut found = first.sightings(subject);
    for other in others {
        if found.is_empty() {
            return found;
        }
        let beside = other.sightings(subject);
        found.retain_mut(|sighting| {
            let joined = beside.iter().find_map(|other| sighting.clone().joined(other));
            joined.map(|joined| *sighting = joined).is_some()
        });
    }
    found
}
