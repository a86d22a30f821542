//! The smallest use of the library: read answers of AWS from files, print causes and fixes.
//!
//! `cargo run -p ecs-triage-examples --bin minimal -- examples/incidents/oom-kill/describe-tasks.json`

use ecs_triage_core::{Cause, Evidence, diagnose};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut evidence = Evidence::new();
    for path in std::env::args().skip(1) {
        evidence.add_json(&std::fs::read(path)?)?;
    }
    let report = diagnose(&evidence);
    for diagnosis in report.diagnoses() {
        println!("{}: {}", diagnosis.code, diagnosis.summary);
        // Causes are typed: numbers, not prose.
        if let Cause::AppOomKilled(oom) = &diagnosis.cause {
            println!("  the limit was {:?} MiB", oom.limit_mib);
        }
        for remedy in &diagnosis.remedies {
            println!("  {}: {}", remedy.title, remedy.command.as_deref().unwrap_or_default());
        }
    }
    for want in report.wants() {
        println!("to be sure: {}", want.cli);
    }
    Ok(())
}
