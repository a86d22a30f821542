//! Diagnoses each line of a file on its own in one thread, for comparison with `diagnose_many` of Python:
//! `cargo run --release -p ecs-triage-benches --bin many -- EVENTS.ndjson`.

use std::error::Error;
use std::time::Instant;

use ecs_triage_core::{Evidence, diagnose};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: many EVENTS.ndjson")?;
    let text = std::fs::read(path)?;
    let start = Instant::now();
    let mut found = 0;
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let mut evidence = Evidence::new();
        evidence.add_json(line)?;
        found += diagnose(&evidence).diagnoses().count();
    }
    println!("{:.3} {found}", start.elapsed().as_secs_f64());
    Ok(())
}
