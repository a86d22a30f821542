//! `ecs-triage diagnose`.

use ecs_triage_core::{Report, Verdict, diagnose_with};

use super::args::DiagnoseArgs;
use super::print::print;
use super::{CliError, Outcome, input, redact};

pub(crate) fn run(args: &DiagnoseArgs) -> Result<Outcome, CliError> {
    let own = args.own.read()?;
    let input = input::evidence(&args.inputs, args.observed_at)?;
    let report = diagnose_with(&input.evidence, &own);
    let outcome = outcome(&report, input.has_unreadable);
    let (report, files) = redact::hidden(report, input, &args.redact)?;
    print(&report, &files, &args.output)?;
    Ok(outcome)
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
