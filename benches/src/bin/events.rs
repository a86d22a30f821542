//! Writes task state change events to the standard output, the same ones for the same seed.
//!
//! `cargo run --release -p ecs-triage-benches --bin events -- COUNT [--seed N] [--array]`

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use ecs_triage_benches::events::Events;

const USAGE: &str = "usage: events COUNT [--seed N] [--array]";

fn main() -> ExitCode {
    let mut count = None;
    let mut seed = 42;
    let mut as_array = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let understood = match argument.as_str() {
            "--array" => {
                as_array = true;
                true
            }
            "--seed" => {
                let number = arguments.next().and_then(|text| text.parse().ok());
                number.map(|number| seed = number).is_some()
            }
            text => text.parse().map(|number: usize| count = Some(number)).is_ok(),
        };
        if !understood {
            count = None;
            break;
        }
    }
    let Some(count) = count else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match write(count, seed, as_array) {
        Ok(()) => ExitCode::SUCCESS,
        // A reader that has seen enough is no fault.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn write(count: usize, seed: u64, as_array: bool) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    if as_array {
        out.write_all(b"[")?;
    }
    for (number, event) in Events::new(seed).take(count).enumerate() {
        if as_array && number > 0 {
            out.write_all(b",")?;
        }
        out.write_all(event.line.as_bytes())?;
    }
    if as_array {
        out.write_all(b"]\n")?;
    }
    out.flush()
}
