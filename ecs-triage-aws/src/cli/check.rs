//! `ecs-triage check`.

use ecs_triage_core::advisories::Severity;
use ecs_triage_core::{Report, check_with};

use super::args::CheckArgs;
use super::print::print;
use super::{CliError, Outcome, input, redact};

pub(crate) fn run(args: &CheckArgs) -> Result<Outcome, CliError> {
    let own = args.own.read()?;
    let input = input::evidence(&args.inputs, None)?;
    let report = check_with(&input.evidence, &own);
    if report.subjects().is_empty() && !input.has_unreadable {
        return Err(CliError::NoDefinition);
    }
    let outcome = outcome(&report, input.has_unreadable);
    let is_clean = report.advisories().next().is_none() && report.problems().is_empty();
    // Nothing found is nothing to say.
    if !(is_clean && args.output.is_text()) {
        let (report, files) = redact::hidden(report, input, &args.redact)?;
        print(&report, &files, &args.output)?;
    }
    Ok(outcome)
}

/// What cannot be read outweighs what was found in the rest: the deployment was not checked.
fn outcome(report: &Report, has_unreadable: bool) -> Outcome {
    if has_unreadable {
        Outcome::Unreadable
    } else if report.advisories().any(|advisory| advisory.severity != Severity::Note) {
        Outcome::Failure
    } else {
        Outcome::Fine
    }
}
