//! `ecs-triage fleet`: any number of tasks and events, folded into incidents.

mod files;
mod fold;
mod html;
mod plot;
mod progress;
mod stream;
mod zstandard;

use std::fs;
use std::io::{self, IsTerminal};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use ecs_triage_core::Verdict;
use ecs_triage_core::fleet::{FleetOptions, FleetReport};

use super::args::{FleetArgs, FleetFormat};
use super::{CliError, Outcome, output};
use fold::{Folded, fold};
use progress::Progress;

pub(crate) fn run(args: &FleetArgs) -> Result<Outcome, CliError> {
    if args.format == FleetFormat::Partial && io::stdout().is_terminal() {
        return Err(CliError::PartialToTerminal);
    }
    let sources = files::sources(&args.inputs)?;
    let stop = on_signal();
    let progress = Progress::over(&sources);
    let threads = args.threads.or(thread::available_parallelism().ok()).map_or(1, NonZero::get);
    let Folded { mut fleet, unread } = fold(sources, &options(args), threads, &stop, &progress);
    progress.clear();
    for (label, why) in &unread {
        let name = if label.is_empty() { "standard input" } else { label };
        output::complain(&format!("`{name}` was not read to its end: {why}"));
        fleet.incomplete(label, why);
    }
    let report = fleet.report();
    match args.format {
        FleetFormat::Partial => output::write(&fleet.to_bytes())?,
        FleetFormat::Text => output::write(report.to_text(output::style(args.color)).as_bytes())?,
        FleetFormat::Json => output::write(report.to_json().as_bytes())?,
        FleetFormat::Markdown => output::write(report.to_markdown().as_bytes())?,
    };
    if let Some(path) = &args.html {
        let written = fs::write(path, html::page(&report));
        written.map_err(|source| CliError::Write { path: path.display().to_string(), source })?;
    }
    Ok(if stop.load(Ordering::Relaxed) { Outcome::Interrupted } else { outcome(&report, !unread.is_empty()) })
}

fn options(args: &FleetArgs) -> FleetOptions {
    let mut options = FleetOptions::new().group_by(args.group_by).top(args.top).capacity(args.capacity);
    if let Some(at) = args.since {
        options = options.since(at);
    }
    if let Some(at) = args.until {
        options = options.until(at);
    }
    options
}

/// As for one task: a failure outweighs what could not be read, which outweighs what could not be determined.
fn outcome(report: &FleetReport, has_unread: bool) -> Outcome {
    let is_any = |verdict| report.totals.verdicts.iter().any(|total| total.verdict == verdict);
    if report.has_failures() {
        Outcome::Failure
    } else if has_unread {
        Outcome::Unreadable
    } else if report.totals.tasks == 0 || is_any(Verdict::Undetermined) {
        Outcome::Undetermined
    } else {
        Outcome::Fine
    }
}

/// Set when the user or the system asks to end: what was read until then is reported. A second signal ends at once.
fn on_signal() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        let status = i32::from(Outcome::Interrupted as u8);
        // Where signals cannot be caught, they end the process as ever.
        let _ = signal_hook::flag::register_conditional_shutdown(signal, status, Arc::clone(&stop));
        let _ = signal_hook::flag::register(signal, Arc::clone(&stop));
    }
    stop
}
