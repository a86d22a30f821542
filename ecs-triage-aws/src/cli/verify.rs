//! `ecs-triage verify`.

use std::fs;

use ecs_triage_core::own::OwnRules;
use ecs_triage_core::verify::{Before, Recovery, verify_with};
use ecs_triage_core::{Evidence, diagnose_with};

use super::args::{Format, VerifyArgs};
use super::{CliError, Outcome, input, output, redact};

pub(crate) fn run(args: &VerifyArgs) -> Result<Outcome, CliError> {
    let own = args.own.read()?;
    let before = before(args, &own)?;
    let after = input::evidence(&args.after, args.observed_at)?.evidence;
    let mut verification = verify_with(&before, &after, &own);
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
fn before(args: &VerifyArgs, own: &OwnRules) -> Result<Before, CliError> {
    let path = args.before.display().to_string();
    if args.before.is_dir() {
        let evidence = input::evidence(std::slice::from_ref(&args.before), None)?.evidence;
        return Ok(Before::from(&diagnose_with(&evidence, own)));
    }
    let bytes = fs::read(&args.before).map_err(|source| CliError::Read { path: path.clone(), source })?;
    Before::parse(&bytes).or_else(|found| {
        let mut evidence = Evidence::new();
        match evidence.add_json(&bytes) {
            Ok(()) => Ok(Before::from(&diagnose_with(&evidence, own))),
            Err(_) => Err(CliError::NotAReport { path, found }),
        }
    })
}
