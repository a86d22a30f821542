//! `ecs-triage explain`, `rules` and `schema`: what the engine knows.

use ecs_triage_core::advisories::{RISKS, Risk};
use ecs_triage_core::own::OwnRules;
use ecs_triage_core::reference::{self, Entry, RiskEntry};
use ecs_triage_core::rules::{RULES, Rule};

use super::args::{ExplainArgs, Format, RulesArgs};
use super::{CliError, Outcome, output};

/// What a code names.
pub(crate) enum Known {
    /// A cause.
    Cause(&'static Rule),
    /// A risk that has not bitten yet.
    Advisory(&'static Risk),
}

/// What `code` names, else a code that looks like it.
pub(crate) fn known(code: &str, own: &OwnRules) -> Result<Known, Option<&'static str>> {
    if let Some(risk) = own.risk(code) {
        return Ok(Known::Advisory(risk));
    }
    if let Some(rule) = own.rule(code) {
        return Ok(Known::Cause(rule));
    }
    let own = own.rules().map(|rule| rule.code).chain(own.risks().map(|risk| risk.code));
    let built_in = RULES.iter().map(|rule| rule.code).chain(RISKS.iter().map(|risk| risk.code));
    let codes = own.chain(built_in);
    let near = codes.map(|known| (distance(known, code), known)).min();
    Err(near.filter(|(distance, _)| *distance <= code.len() / 3 + 1).map(|(_, code)| code))
}

pub(crate) fn explain(args: &ExplainArgs) -> Result<Outcome, CliError> {
    let known = known(&args.code, &args.own.read()?).map_err(|near| CliError::UnknownCode {
        code: args.code.clone(),
        suggestion: near.map(str::to_owned),
    })?;
    let text = match (known, args.output.format) {
        (Known::Advisory(risk), Format::Text) => reference::risk_text(risk, output::style(args.output.color)),
        (Known::Advisory(risk), Format::Markdown) => reference::risk_markdown(risk),
        (Known::Advisory(risk), Format::Json) => json(&RiskEntry::of(risk)),
        (Known::Cause(rule), Format::Text) => reference::text(rule, output::style(args.output.color)),
        (Known::Cause(rule), Format::Markdown) => reference::markdown(rule),
        (Known::Cause(rule), Format::Json) => json(&Entry::of(rule)),
    };
    output::write(text.as_bytes())
}

pub(crate) fn rules(args: &RulesArgs) -> Result<Outcome, CliError> {
    let own = args.own.read()?;
    let mut sorted: Vec<&Rule> = own.rules().chain(RULES.iter().copied()).collect();
    let listed: Vec<&Risk> = own.risks().chain(RISKS.iter().copied()).collect();
    sorted.sort_by_key(|rule| rule.code);
    let text = match args.output.format {
        Format::Json => json(&sorted.iter().map(|rule| Entry::of(rule)).collect::<Vec<_>>()),
        Format::Markdown => reference::index_of(&sorted) + &reference::risk_index_of(&listed),
        Format::Text => {
            let risks = listed.iter().map(|risk| (risk.code, risk.title));
            let causes = sorted.iter().map(|rule| (rule.code, rule.title));
            let widest = causes.clone().chain(risks.clone()).map(|(code, _)| code.len()).max().unwrap_or(0);
            let line = |(code, title): (&str, &str)| format!("{code:widest$}  {title}\n");
            causes.map(line).chain(["\nAdvisories\n".to_owned()]).chain(risks.map(line)).collect()
        }
    };
    output::write(text.as_bytes())
}

pub(crate) fn schema() -> Result<Outcome, CliError> {
    output::write(ecs_triage_core::report::JSON_SCHEMA.as_bytes())
}

pub(crate) fn iam_policy() -> Result<Outcome, CliError> {
    output::write(json(&crate::policy()).as_bytes())
}

fn json(value: &impl serde::Serialize) -> String {
    // Entries are texts and lists: there is nothing in them that JSON cannot hold.
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

/// Edits that turn one word into the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut corner = index;
        row[0] = index + 1;
        for (column, wanted) in other.iter().enumerate() {
            let replaced = corner + usize::from(letter != *wanted);
            corner = row[column + 1];
            row[column + 1] = replaced.min(corner + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_near() {
        assert_eq!(distance("app-oom-killed", "app-oom-kiled"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }
}
