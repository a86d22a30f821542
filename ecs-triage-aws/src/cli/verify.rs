//! `ecs-triage verify`.

use std::fs;

use ecs_triage_core::verify::{Before, Recovery, verify};
use ecs_triage_core::{Evidence, diagnose};

use super::args::{Format, VerifyArgs};
use super::{CliError, Outcome, input, output, redact};

pub(crate) fn run(args: &VerifyArgs) -> Result<Outcome, CliError> {
    let before = before(args)?;
    let after = input::evidence(&args.after, args.observed_at)?.evidence;
    let mut verification = verify(&before, &after);
    redact::with(&args.redact, |redactor| {
        redactor.learn(&after);
        verification = redactor.verification(&verification);
    })?;
    let text = match args.output.format {
        Format::Json => serde_json::to_string_pretty(&verification).unwrap_or_default() + "\n",
        Format::Text => format!(
            "{}\n\n{}",
            verification.summary,
            verification.report.to_text(output::style(args.output.color))
        ),
        Format::Markdown => format!("**{}**\n\n{}", verification.summary, verification.report.to_markdown()),
    };
    output::write(text.as_bytes())?;
    Ok(match verification.recovery {
        Recovery::Recovered | Recovery::RollingOut => Outcome::Fine,
        Recovery::StillFailing | Recovery::FailingDifferently => Outcome::Failure,
        _ => Outcome::Undetermined,
    })
}

/// A report, or the answers of AWS that a report can be made from.
fn before(args: &VerifyArgs) -> Result<Before, CliError> {
    let path = args.before.display().to_string();
    if args.before.is_dir() {
        let evidence = input::evidence(std::slice::from_ref(&args.before), None)?.evidence;
        return Ok(Before::from(&diagnose(&evidence)));
    }
    let bytes = fs::read(&args.before).map_err(|source| CliError::Read { path: path.clone(), source })?;
    Before::parse(&bytes).or_else(|found| {
        let mut evidence = Evidence::new();
        match evidence.add_json(&bytes) {
            Ok(()) => Ok(Before::from(&diagnose(&evidence))),
            Err(_) => Err(CliError::NotAReport { path, found }),
        }
    })
}
