//! Standard output and standard error.

use std::io::{self, ErrorKind, IsTerminal, Write};

use ecs_triage_core::report::TextStyle;

use super::args::Colour;
use super::{CliError, Outcome};

/// Lines longer than this are hard to read, however wide the terminal.
const WIDEST: usize = 100;

/// Writes to standard output. A reader that went away, such as `head`, is no fault.
pub(crate) fn write(bytes: &[u8]) -> Result<Outcome, CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(CliError::Read { path: "standard output".into(), source: error })
        }
        _ => Ok(Outcome::Fine),
    }
}

/// Says something on standard error.
pub(crate) fn complain(message: &str) {
    // Nobody is left to tell when standard error is gone too.
    let _ = writeln!(io::stderr(), "ecs-triage: {message}");
}

/// Writes a line to standard error that is no complaint.
#[cfg(feature = "sdk")]
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// The style for standard output as it is.
pub(crate) fn style(colour: Colour) -> TextStyle {
    let is_terminal = io::stdout().is_terminal();
    let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let colour = match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => is_terminal && !no_colour,
    };
    let columns = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    TextStyle::new(columns.filter(|_| is_terminal).unwrap_or(80).min(WIDEST), colour)
}
