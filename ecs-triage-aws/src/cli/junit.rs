//! The report as JUnit XML, for the test reports of a CI system.
//!
//! One suite a subject; its verdict is a test case, and so is each advisory. A failure, and an advisory that is an
//! error or a warning, is a failed test; what the evidence does not tell is an error.

use std::fmt::Write as _;

use ecs_triage_core::advisories::Severity;
use ecs_triage_core::report::{Advisory, SubjectReport};
use ecs_triage_core::{Report, Verdict};

/// One test case and how it ended.
struct Case {
    name: String,
    end: End,
}

enum End {
    /// Passed, with something to say or not.
    Passed(Option<String>),
    /// Failed: what in a sentence, its code, and all of it.
    Failed { message: String, code: &'static str, body: String },
    /// Could not be told.
    Error { message: String },
}

pub(crate) fn render(report: &Report) -> String {
    let mut suites: Vec<(String, Vec<Case>)> =
        report.subjects().iter().map(|subject| (subject.id.clone(), cases(subject))).collect();
    if !report.problems().is_empty() {
        suites.push((
            "evidence".to_owned(),
            report
                .problems()
                .iter()
                .map(|problem| Case {
                    name: format!("{} {}", problem.document, problem.pointer),
                    end: End::Error { message: problem.message.clone() },
                })
                .collect(),
        ));
    }
    let all = || suites.iter().flat_map(|(_, cases)| cases);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites name=\"ecs-triage\" {}>", counts(all()));
    for (name, cases) in &suites {
        let _ = writeln!(out, "  <testsuite name=\"{}\" {}>", escaped(name), counts(cases.iter()));
        for case in cases {
            write_case(&mut out, name, case);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn cases(subject: &SubjectReport) -> Vec<Case> {
    let mut cases = Vec::new();
    // Without a diagnosis the verdict of a definition is that of its advisories.
    let is_checked = subject.diagnoses.is_empty() && !subject.advisories.is_empty();
    if !is_checked {
        cases.push(Case { name: "verdict".to_owned(), end: verdict(subject) });
    }
    cases.extend(subject.advisories.iter().map(|advisory| Case {
        name: match &advisory.container {
            Some(container) => format!("{} ({container})", advisory.code),
            None => advisory.code.to_owned(),
        },
        end: advised(advisory),
    }));
    cases
}

fn verdict(subject: &SubjectReport) -> End {
    let lines: Vec<String> = subject
        .diagnoses
        .iter()
        .map(|diagnosis| {
            let mut text = format!("{}\n{}\n", diagnosis.summary, diagnosis.explanation);
            for remedy in &diagnosis.remedies {
                let advice = remedy.body.as_ref().and_then(|body| body.as_str());
                let what = remedy.command.as_deref().or(advice).unwrap_or_default();
                let _ = writeln!(text, "{}: {what}", remedy.title);
            }
            text
        })
        .collect();
    let body = lines.join("\n");
    match (subject.verdict, subject.diagnoses.first()) {
        (Verdict::Failure, Some(first)) => {
            End::Failed { message: first.summary.clone(), code: first.code, body }
        }
        (Verdict::Failure | Verdict::Undetermined, None) => {
            End::Error { message: "the evidence does not say why".to_owned() }
        }
        (Verdict::Undetermined, Some(first)) => End::Error { message: first.summary.clone() },
        (_, Some(_)) => End::Passed(Some(body)),
        (_, None) => End::Passed(None),
    }
}

fn advised(advisory: &Advisory) -> End {
    let places: Vec<String> = advisory
        .evidence
        .iter()
        .map(|citation| format!("{} {}", citation.document, citation.pointer))
        .collect();
    let body = format!("{}\n{}\n{}", advisory.summary, advisory.advice, places.join("\n"));
    match advisory.severity {
        Severity::Note => End::Passed(Some(body)),
        Severity::Error | Severity::Warning => {
            End::Failed { message: advisory.summary.clone(), code: advisory.code, body }
        }
    }
}

fn counts<'c>(cases: impl Iterator<Item = &'c Case>) -> String {
    let (mut tests, mut failures, mut errors) = (0, 0, 0);
    for case in cases {
        tests += 1;
        match case.end {
            End::Passed(_) => {}
            End::Failed { .. } => failures += 1,
            End::Error { .. } => errors += 1,
        }
    }
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"0\"")
}

fn write_case(out: &mut String, suite: &str, case: &Case) {
    let _ = write!(out, "    <testcase classname=\"{}\" name=\"{}\"", escaped(suite), escaped(&case.name));
    match &case.end {
        End::Passed(None) => out.push_str("/>\n"),
        End::Passed(Some(text)) => {
            let _ = writeln!(out, ">\n      <system-out>{}</system-out>\n    </testcase>", block(text));
        }
        End::Failed { message, code, body } => {
            let (message, body) = (escaped(message), block(body));
            let _ = writeln!(
                out,
                ">\n      <failure message=\"{message}\" type=\"{code}\">{body}</failure>\n    </testcase>"
            );
        }
        End::Error { message } => {
            let _ = writeln!(out, ">\n      <error message=\"{}\"/>\n    </testcase>", escaped(message));
        }
    }
}

/// Text of several lines for an element.
fn block(text: &str) -> String {
    text.trim_end().lines().map(escaped).collect::<Vec<_>>().join("\n")
}

/// Text for XML, in an attribute or an element; what XML 1.0 cannot hold is replaced.
/// <https://www.w3.org/TR/xml/#charsets>
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' => {
                let _ = write!(out, "&#{};", u32::from(letter));
            }
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn xml_holds_any_text() {
        assert_eq!(escaped("a<b>&\"c\"\n\u{1b}[1m"), "a&lt;b&gt;&amp;&quot;c&quot;&#10;\u{fffd}[1m");
    }
}
