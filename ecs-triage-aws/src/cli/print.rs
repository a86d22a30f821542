//! Prints a report in the form that was asked for.

use ecs_triage_core::Report;

use super::args::{ReportArgs, ReportFormat};
use super::input::Files;
use super::{CliError, Outcome, junit, output, sarif};

pub(crate) fn print(report: &Report, files: &Files, args: &ReportArgs) -> Result<Outcome, CliError> {
    let text = match args.format {
        ReportFormat::Text => report.to_text(output::style(args.color)),
        ReportFormat::Json => report.to_json(),
        ReportFormat::Markdown => report.to_markdown(),
        ReportFormat::Sarif => sarif::render(report, files),
        ReportFormat::Junit => junit::render(report),
    };
    output::write(text.as_bytes())
}
