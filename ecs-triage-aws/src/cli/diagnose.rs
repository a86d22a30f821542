//! `ecs-triage diagnose`.

use ecs_triage_core::{Report, Verdict, diagnose};

use super::args::{DiagnoseArgs, Format, OutputArgs};
use super::{CliError, Outcome, input, output};

pub(crate) fn run(args: &DiagnoseArgs) -> Result<Outcome, CliError> {
    let input = input::evidence(&args.inputs, args.observed_at)?;
    let report = diagnose(&input.evidence);
    print(&report, &args.output)?;
    Ok(outcome(&report, input.has_unreadable))
}

pub(crate) fn print(report: &Report, args: &OutputArgs) -> Result<Outcome, CliError> {
    let text = match args.format {
        Format::Text => report.to_text(output::style(args)),
        Format::Json => report.to_json(),
        Format::Markdown => report.to_markdown(),
    };
    output::write(text.as_bytes())
}

/// A failure outweighs what could not be read, which outweighs what could not be determined.
fn outcome(report: &Report, has_unreadable: bool) -> Outcome {
    let has = |verdict| report.subjects().iter().any(|subject| subject.verdict == verdict);
    if has(Verdict::Failure) {
        Outcome::Failure
    } else if has_unreadable {
        Outcome::Unreadable
    } else if has(Verdict::Undetermined) || report.subjects().is_empty() {
        Outcome::Undetermined
    } else {
        Outcome::Fine
    }
}
