//! The tools: what each is called, takes and answers.

use std::sync::Arc;

use ecs_triage_core::advisories::RISKS;
use ecs_triage_core::own::OwnRules;
use ecs_triage_core::reference::{self, Entry, RiskEntry};
use ecs_triage_core::rules::RULES;
use ecs_triage_core::verify::{Before, verify};
use ecs_triage_core::{Evidence, Report, check, diagnose};
use rmcp::handler::server::tool::schema_for_input;
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::input::{BeforeAndAfter, Code, Given, Roots, Search, arguments};
use super::{Answer, ToolError, schemas};
use crate::cli::{Known, known};

/// One tool.
pub(super) struct ToolSpec {
    pub(super) name: &'static str,
    title: &'static str,
    description: &'static str,
    takes: fn() -> Arc<JsonObject>,
    gives: fn() -> Arc<JsonObject>,
    /// Whether it asks anybody outside.
    calls: bool,
    pub(super) run: fn(Value, &Roots) -> Result<Answer, ToolError>,
}

pub(super) static TOOLS: &[ToolSpec] = &[
    ToolSpec {
        name: "diagnose",
        title: "Diagnose an ECS task or service",
        description: "Why did this Amazon ECS task stop, never start or never become healthy, and what exactly to \
                      change? Takes answers of AWS that were already fetched (`describe-tasks` above all, also task \
                      definitions, services, roles and policies, images, networks, metrics, log lines, EventBridge \
                      events) or a pasted message, and gives each cause with its confidence, its proof in the \
                      documents, exact remedies, and the read-only calls that would settle what is open. Calls nothing.",
        takes: schema::<Given>,
        gives: schemas::report,
        calls: false,
        run: run_diagnose,
    },
    ToolSpec {
        name: "check",
        title: "Check a task definition before it is deployed",
        description: "What ECS would refuse, and what would go wrong. Takes a task definition, as for \
                      `register-task-definition` or as AWS describes it, with what shall be taken into account beside \
                      it: roles and their policies, log groups, image manifests, the service. Calls nothing.",
        takes: schema::<Given>,
        gives: schemas::report,
        calls: false,
        run: run_check,
    },
    #[cfg(feature = "sdk")]
    ToolSpec {
        name: "live",
        title: "Look into the AWS account",
        description: "Why does this ECS task, service or cluster fail right now? Makes read-only calls with the \
                      credentials of the environment where the server runs, follows what the diagnosis wants, and gives \
                      the report of `diagnose`. Refused calls leave a partial report and the policy that would allow them.",
        takes: schema::<super::live::LookAt>,
        gives: schemas::report,
        calls: true,
        run: super::live::run,
    },
    ToolSpec {
        name: "verify",
        title: "Did the change help?",
        description: "Compares the report of before a change with newer answers of AWS (`describe-services`, newer \
                      tasks): recovered, rolling out, still failing the same way, or failing differently.",
        takes: schema::<BeforeAndAfter>,
        gives: schemas::verification,
        calls: false,
        run: run_verify,
    },
    ToolSpec {
        name: "explain",
        title: "Explain a cause or an advisory",
        description: "What a code means, how it is recognised, what proves it, what to change, and AWS's own pages.",
        takes: schema::<Code>,
        gives: schemas::entry,
        calls: false,
        run: run_explain,
    },
    ToolSpec {
        name: "rules",
        title: "List what can be named",
        description: "Every cause and every advisory with its code and title, or those that have all the words of \
                      `search`.",
        takes: schema::<Search>,
        gives: schemas::rules,
        calls: false,
        run: run_rules,
    },
];

impl ToolSpec {
    /// The tool as the protocol describes it.
    pub(super) fn tool(&self) -> Tool {
        // Read-only is a fact of the code: no function reachable from here writes. The rest follows from it.
        let annotations = ToolAnnotations::with_title(self.title)
            .read_only(true)
            .destructive(false)
            .idempotent(true)
            .open_world(self.calls);
        Tool::new(self.name, self.description, (self.takes)())
            .with_title(self.title)
            .with_raw_output_schema((self.gives)())
            .with_annotations(annotations)
    }
}

fn schema<T: JsonSchema + 'static>() -> Arc<JsonObject> {
    // The types of `input` are objects, which is all that can be wrong; a test lists the tools.
    schema_for_input::<T>().unwrap_or_default()
}

fn run_diagnose(given: Value, roots: &Roots) -> Result<Answer, ToolError> {
    let evidence = arguments::<Given>(given)?.evidence(roots)?;
    let report = diagnose(&evidence);
    read_at_all(&evidence, &report)?;
    Ok(Answer { text: report.to_markdown(), data: data(&report) })
}

fn run_check(given: Value, roots: &Roots) -> Result<Answer, ToolError> {
    let evidence = arguments::<Given>(given)?.evidence(roots)?;
    let report = check(&evidence);
    if report.subjects().is_empty() {
        read_at_all(&evidence, &report)?;
        return Err(ToolError(
            "no task definition in the input; `aws ecs describe-task-definition` prints one".into(),
        ));
    }
    Ok(Answer { text: report.to_markdown(), data: data(&report) })
}

fn run_verify(given: Value, roots: &Roots) -> Result<Answer, ToolError> {
    let BeforeAndAfter { before, after } = arguments(given)?;
    let before = match before.report(roots)? {
        Some(report) => report,
        None => {
            let evidence = before.evidence(roots)?;
            let report = diagnose(&evidence);
            read_at_all(&evidence, &report)?;
            Before::from(&report)
        }
    };
    let after = after.evidence(roots)?;
    let verification = verify(&before, &after);
    read_at_all(&after, &verification.report)?;
    let text = format!("**{}**\n\n{}", verification.summary, verification.report.to_markdown());
    Ok(Answer { text, data: data(&verification) })
}

fn run_explain(given: Value, _: &Roots) -> Result<Answer, ToolError> {
    let Code { code } = arguments(given)?;
    match known(&code, &OwnRules::new()) {
        Ok(Known::Cause(rule)) => {
            Ok(Answer { text: reference::markdown(rule), data: data(&Entry::of(rule)) })
        }
        Ok(Known::Advisory(risk)) => {
            Ok(Answer { text: reference::risk_markdown(risk), data: data(&RiskEntry::of(risk)) })
        }
        Err(Some(near)) => {
            Err(ToolError(format!("no cause or advisory has this code; did you mean `{near}`?")))
        }
        Err(None) => Err(ToolError("no cause or advisory has this code; the tool `rules` lists them".into())),
    }
}

fn run_rules(given: Value, _: &Roots) -> Result<Answer, ToolError> {
    let Search { search } = arguments(given)?;
    let words: Vec<String> =
        search.unwrap_or_default().split_whitespace().map(str::to_ascii_lowercase).collect();
    let matches = |texts: [&str; 3]| {
        let text = texts.join("\n").to_ascii_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let mut causes: Vec<_> = RULES
        .iter()
        .filter(|rule| matches([rule.code, rule.title, rule.signs]))
        .map(|rule| (rule.code, rule.title))
        .collect();
    causes.sort_unstable();
    let mut advisories: Vec<_> = RISKS
        .iter()
        .filter(|risk| matches([risk.code, risk.title, risk.explanation]))
        .map(|risk| (risk.code, risk.title))
        .collect();
    advisories.sort_unstable();
    if causes.is_empty() && advisories.is_empty() {
        return Err(ToolError("nothing has all these words; search for fewer, or for none".into()));
    }
    let list = |entries: &[(&str, &str)]| -> Value {
        entries.iter().map(|(code, title)| json!({ "code": code, "title": title })).collect()
    };
    let lines = |entries: &[(&str, &str)]| -> String {
        entries.iter().map(|(code, title)| format!("- `{code}`: {title}\n")).collect()
    };
    let text = format!("## Causes\n\n{}\n## Advisories\n\n{}", lines(&causes), lines(&advisories));
    Ok(Answer { text, data: json!({ "causes": list(&causes), "advisories": list(&advisories) }) })
}

/// An error when not one document could be read: then the report says nothing but that.
fn read_at_all(evidence: &Evidence, report: &Report) -> Result<(), ToolError> {
    if !report.subjects().is_empty() || evidence.problems().is_empty() {
        return Ok(());
    }
    let problems: Vec<_> = report
        .problems()
        .iter()
        .map(|problem| format!("`{}`{}: {}", problem.document, at(&problem.pointer), problem.message))
        .collect();
    Err(ToolError(format!(
        "nothing here tells of a task, a service or a task definition: {}. Give what `aws ecs describe-tasks --cluster \
         CLUSTER --tasks TASK` printed, unchanged",
        problems.join("; ")
    )))
}

fn at(pointer: &str) -> String {
    if pointer.is_empty() { String::new() } else { format!(" at `{pointer}`") }
}

fn data(answer: &impl Serialize) -> Value {
    // Answers are texts, numbers and lists: there is nothing in them that JSON cannot hold.
    serde_json::to_value(answer).unwrap_or_default()
}
