//! The reference: every cause and every advisory explained, from the rules' own texts.

use std::fmt::Write as _;

use serde::Serialize;

use crate::advisories::{RISKS, Risk, Severity};
use crate::report::TextStyle;
use crate::rules::{Bucket, FixKind, Kind, RULES, Rule};

/// What a rule says about its cause, for programs.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Entry {
    /// Code of the cause.
    pub code: &'static str,
    /// Where the fault lies.
    pub bucket: Bucket,
    /// What kind of answer the cause is.
    pub kind: Kind,
    /// The cause in a few words.
    pub title: &'static str,
    /// Why it leads to what was seen.
    pub explanation: &'static str,
    /// How it is recognised.
    pub signs: &'static str,
    /// Calls that would settle it.
    pub wants: Vec<WantEntry>,
    /// What to change.
    pub fixes: Vec<FixEntry>,
    /// AWS's own pages.
    pub docs: &'static [&'static str],
    /// Version that the rule came with.
    pub since: &'static str,
}

/// A call that would settle a cause.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WantEntry {
    /// Service as botocore names it.
    pub service: &'static str,
    /// Operation.
    pub operation: &'static str,
    /// What the answer would tell.
    pub why: String,
}

/// Something to change or to look at.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FixEntry {
    /// What it does.
    pub title: String,
    /// Command or advice, with names in capitals for what the evidence would fill in.
    pub body: String,
    /// Whether `body` is a command.
    pub is_command: bool,
    /// Whether it changes anything in the account.
    pub mutating: bool,
    /// What it touches.
    pub blast_radius: &'static str,
}

impl Entry {
    /// The entry of a rule.
    pub fn of(rule: &Rule) -> Self {
        let none = crate::signals::Facts::default();
        Self {
            code: rule.code,
            bucket: rule.bucket,
            kind: rule.kind,
            title: rule.title,
            explanation: rule.explanation,
            signs: rule.signs,
            wants: rule
                .wants
                .iter()
                .map(|ask| WantEntry {
                    service: ask.service,
                    operation: ask.operation,
                    why: crate::template::sentence(ask.why, &none),
                })
                .collect(),
            fixes: rule
                .fixes
                .iter()
                .map(|fix| FixEntry {
                    title: crate::template::sentence(fix.title, &none),
                    body: match fix.kind {
                        FixKind::Command => crate::template::command(fix.body, &none),
                        FixKind::Advice => crate::template::sentence(fix.body, &none),
                    },
                    is_command: fix.kind == FixKind::Command,
                    mutating: fix.blast.is_mutating(),
                    blast_radius: fix.blast.words(),
                })
                .collect(),
            docs: rule.docs,
            since: rule.since,
        }
    }
}

/// One cause as plain text.
pub fn text(rule: &Rule, style: TextStyle) -> String {
    let entry = Entry::of(rule);
    let mut page = crate::report::Page::new(style);
    page.strong(&format!("{}: {}", entry.code, entry.title));
    page.gap();
    page.labelled("What", entry.explanation);
    page.labelled("Signs", entry.signs);
    let mut label = "Settle";
    for want in &entry.wants {
        page.labelled(label, &format!("{}:{}: {}", want.service, want.operation, want.why));
        label = "";
    }
    let mut label = "Fix";
    for fix in &entry.fixes {
        if fix.is_command {
            page.labelled(label, &format!("{}{}:", fix.title, scope(fix)));
            page.command(&fix.body);
        } else {
            page.labelled(label, &format!("{}{}: {}", fix.title, scope(fix), fix.body));
        }
        label = "";
    }
    let mut label = "Docs";
    for link in entry.docs {
        page.labelled(label, link);
        label = "";
    }
    page.finish()
}

fn scope(fix: &FixEntry) -> String {
    if fix.mutating { format!(" [changes {}]", fix.blast_radius) } else { String::new() }
}

/// One cause as Markdown: a section of the reference.
pub fn markdown(rule: &Rule) -> String {
    let entry = Entry::of(rule);
    let mut out = format!("### `{}`\n\n{}.\n\n", entry.code, capitalised(entry.title));
    let _ = writeln!(out, "{}\n", entry.explanation);
    let _ = writeln!(out, "- **Recognised by:** {}", entry.signs);
    for want in &entry.wants {
        let _ = writeln!(out, "- **Settled by:** `{}:{}`: {}", want.service, want.operation, want.why);
    }
    for fix in &entry.fixes {
        let mark = if fix.mutating { format!(" (changes {})", fix.blast_radius) } else { String::new() };
        if fix.is_command {
            let _ = writeln!(out, "- **Fix:** {}{mark}: `{}`", fix.title, fix.body);
        } else {
            let _ = writeln!(out, "- **Fix:** {}{mark}: {}", fix.title, fix.body);
        }
    }
    for link in entry.docs {
        let _ = writeln!(out, "- **Source:** <{link}>");
    }
    out
}

/// All causes by bucket as a Markdown list.
pub fn index() -> String {
    index_of(RULES)
}

/// The same of these causes.
pub fn index_of(rules: &[&Rule]) -> String {
    let mut out = String::new();
    for bucket in Bucket::ALL {
        let mut rules: Vec<&&Rule> = rules.iter().filter(|rule| rule.bucket == *bucket).collect();
        rules.sort_by_key(|rule| rule.code);
        if rules.is_empty() {
            continue;
        }
        let _ = writeln!(out, "## {}\n", capitalised(bucket.as_str()));
        for rule in rules {
            let _ = writeln!(out, "- [`{0}`](#{0}): {1}", rule.code, rule.title);
        }
        out.push('\n');
    }
    out
}

/// The whole reference; `example` gives a rule's example with its outcome, as Markdown.
pub fn book(example: impl Fn(&Rule) -> Option<String>) -> String {
    let mut out = String::from(
        "# Causes\n\nEvery cause that `ecs-triage` can name, and every advisory. This file is generated from the rules; \
         `UPDATE_GENERATED=1 cargo test -p ecs-triage-core --test generated` rewrites it.\n\n",
    );
    out.push_str(&index());
    out.push_str(&risk_index());
    out.push('\n');
    for bucket in Bucket::ALL {
        let mut rules: Vec<&&Rule> = RULES.iter().filter(|rule| rule.bucket == *bucket).collect();
        rules.sort_by_key(|rule| rule.code);
        for rule in rules {
            out.push_str(&markdown(rule));
            if let Some(example) = example(rule) {
                out.push('\n');
                out.push_str(&example);
            }
            out.push('\n');
        }
    }
    out.push_str(
        "# Advisories\n\nEvery risk in a task definition, or in the service that runs it, that `ecs-triage check` can \
         tell before it has happened.\n\n",
    );
    for risk in RISKS {
        out.push_str(&risk_markdown(risk));
        out.push('\n');
    }
    out
}

/// One risk, as programs read it.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RiskEntry {
    /// Code of the advisory.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The risk in a few words.
    pub title: &'static str,
    /// What happens, and why.
    pub explanation: &'static str,
    /// Whether ECS refuses to register such a definition.
    pub refused: bool,
    /// Codes of causes that say the same once it has happened.
    pub becomes: &'static [&'static str],
    /// AWS's own pages.
    pub docs: &'static [&'static str],
    /// Version that the risk came with.
    pub since: &'static str,
}

impl RiskEntry {
    /// The entry of a risk.
    pub fn of(risk: &Risk) -> Self {
        Self {
            code: risk.code,
            severity: risk.severity,
            title: risk.title,
            explanation: risk.explanation,
            refused: risk.refused,
            becomes: risk.becomes,
            docs: risk.docs,
            since: risk.since,
        }
    }
}

/// One risk as plain text.
pub fn risk_text(risk: &Risk, style: TextStyle) -> String {
    let mut page = crate::report::Page::new(style);
    page.strong(&format!("{}: {}", risk.code, risk.title));
    page.gap();
    page.labelled("What", risk.explanation);
    page.labelled("Level", severity_words(risk));
    let mut label = "Later";
    for code in risk.becomes {
        page.labelled(label, code);
        label = "";
    }
    let mut label = "Docs";
    for link in risk.docs {
        page.labelled(label, link);
        label = "";
    }
    page.finish()
}

/// One risk as Markdown: a section of the reference.
pub fn risk_markdown(risk: &Risk) -> String {
    let mut out = format!("### `{}`\n\n{}.\n\n", risk.code, capitalised(risk.title));
    let _ = writeln!(out, "{}\n", risk.explanation);
    let _ = writeln!(out, "- **Severity:** {}", severity_words(risk));
    if !risk.becomes.is_empty() {
        let causes: Vec<String> = risk.becomes.iter().map(|code| format!("`{code}`")).collect();
        let _ = writeln!(out, "- **Once it has happened:** {}", causes.join(", "));
    }
    for link in risk.docs {
        let _ = writeln!(out, "- **Source:** <{link}>");
    }
    out
}

fn severity_words(risk: &Risk) -> &'static str {
    match (risk.severity, risk.refused) {
        (Severity::Error, true) => "error: ECS refuses to register it",
        (Severity::Error, false) => "error: the task cannot work",
        (Severity::Warning, _) => "warning: it is likely to bite",
        (Severity::Note, _) => "note: worth knowing",
    }
}

/// All risks as a Markdown list, the worst first.
pub fn risk_index() -> String {
    risk_index_of(RISKS)
}

/// The same of these risks, in their order.
pub fn risk_index_of(risks: &[&Risk]) -> String {
    let mut out = String::from("## Advisories\n\n");
    for risk in risks {
        let _ = writeln!(out, "- [`{0}`](#{0}) ({1}): {2}", risk.code, risk.severity.as_str(), risk.title);
    }
    out
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
