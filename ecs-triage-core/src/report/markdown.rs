//! The report as Markdown, for a ticket or a chat.

use std::fmt::Write as _;

use serde_json::Value;

use super::text::{by_value, duration, heading, literal, words_of};
use super::{Diagnosis, Report, SubjectReport};
use crate::rules::Verdict;

pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    for subject in report.subjects() {
        subject_section(&mut out, subject);
    }
    if report.subjects().is_empty() {
        out.push_str("Nothing to diagnose: no task, service or message was found in the input.\n");
    }
    if !report.wants().is_empty() {
        out.push_str("\n### To be sure\n\nAdd the answers to these read-only calls:\n");
        for want in report.wants() {
            let _ = write!(out, "\n- {}\n\n{}", plain(&want.why), code_block("sh", &want.cli, "  "));
        }
    }
    if !report.problems().is_empty() {
        out.push_str("\n### Not read\n\n");
        for problem in report.problems() {
            let _ = writeln!(
                out,
                "- {} {}: {}",
                code(&problem.document),
                code(&problem.pointer),
                plain(&problem.message)
            );
        }
    }
    out
}

fn subject_section(out: &mut String, subject: &SubjectReport) {
    if !out.is_empty() {
        out.push('\n');
    }
    let _ = writeln!(out, "## {}\n", plain(&heading(subject, 1)));
    let verdict = match subject.verdict {
        Verdict::Failure => "Failure",
        Verdict::Undetermined => "Undetermined",
        Verdict::InProgress => "In progress",
        Verdict::NotAFailure => "Not a failure",
        Verdict::Healthy => "Healthy",
    };
    let _ = writeln!(out, "**{verdict}**");
    for diagnosis in &subject.diagnoses {
        diagnosis_section(out, diagnosis);
    }
    if let Some(first) = subject.timeline.first() {
        out.push_str("\n| when | what | after |\n|---|---|---|\n");
        let _ = writeln!(out, "| {} | {} | |", first.at, first.what);
        for pair in subject.timeline.windows(2) {
            let after = duration(pair[1].at.seconds_since(pair[0].at));
            let _ = writeln!(out, "| {} | {} | {after} |", pair[1].at, pair[1].what);
        }
    }
    if !subject.consequences.is_empty() {
        out.push_str("\nAs a consequence:\n\n");
        for consequence in &subject.consequences {
            let _ = writeln!(out, "- {}", plain(&consequence.summary));
        }
    }
    if !subject.advisories.is_empty() {
        out.push_str("\nNot yet a fault:\n\n");
        for advisory in &subject.advisories {
            let severity = advisory.severity.as_str();
            let (summary, advice) = (plain(&advisory.summary), plain(&advisory.advice));
            let _ = writeln!(out, "- **{severity}** `{}`: {summary} {advice}", advisory.code);
        }
    }
}

fn diagnosis_section(out: &mut String, diagnosis: &Diagnosis) {
    let _ = writeln!(out, "\n### {}\n", plain(&diagnosis.summary));
    let _ = writeln!(out, "`{}` ({})\n", diagnosis.code, words_of(diagnosis.confidence));
    let _ = writeln!(out, "{}\n\n**Proof**\n", plain(diagnosis.explanation));
    for (places, value) in by_value(&diagnosis.evidence) {
        let places = places.iter().map(|citation| {
            let place = match &citation.within {
                Some(within) => format!("{} > {within}", citation.pointer),
                None => citation.pointer.clone(),
            };
            format!("{} {}", code(&citation.document), code(&place))
        });
        let _ = writeln!(out, "- {}: {}", places.collect::<Vec<_>>().join(", "), code(&literal(value)));
    }
    if !diagnosis.remedies.is_empty() {
        out.push_str("\n**Fix**\n");
    }
    for remedy in &diagnosis.remedies {
        let kind = if remedy.mutating { "changes" } else { "touches" };
        let proven = if remedy.proven { ", proven" } else { "" };
        let _ =
            writeln!(out, "\n- {} ({kind} {}{proven})", plain(&remedy.title), plain(&remedy.blast_radius));
        if let Some(command) = &remedy.command {
            let _ = write!(out, "\n{}", code_block("sh", command, "  "));
        }
        match &remedy.body {
            Some(Value::String(advice)) => {
                let _ = writeln!(out, "  {}", plain(advice));
            }
            Some(body) => {
                let json = serde_json::to_string_pretty(body).unwrap_or_default();
                let _ = write!(out, "\n{}", code_block("json", &json, "  "));
            }
            None => {}
        }
    }
    if !diagnosis.docs.is_empty() {
        out.push('\n');
        for page in diagnosis.docs {
            let _ = writeln!(out, "<{page}>");
        }
    }
}

/// Text on one line in which nothing from the evidence acts as markup; code spans of our own stay.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut in_code = false;
    for letter in text.chars() {
        match letter {
            '`' => {
                in_code = !in_code;
                out.push('`');
            }
            '\n' | '\r' => out.push(' '),
            '<' | '>' | '[' | ']' | '*' | '_' | '|' | '\\' if !in_code => {
                out.push('\\');
                out.push(letter);
            }
            _ => out.push(letter),
        }
    }
    if in_code {
        out.push('`');
    }
    out
}

/// A code span that holds the text whatever backticks are in it.
fn code(text: &str) -> String {
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if text.is_empty() {
        return "(whole document)".to_owned();
    }
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

pub(crate) fn code_block(language: &str, text: &str, indent: &str) -> String {
    let mut out = format!("{indent}```{language}\n");
    for line in text.lines() {
        // A line that would close the block is broken up.
        let _ = writeln!(out, "{indent}{}", line.replace("```", "` ` `"));
    }
    let _ = writeln!(out, "{indent}```");
    out
}
