//! Measures, in one run, reading and diagnosing against parsing the same bytes alone.
//!
//! `cargo run --release -p ecs-triage-benches --bin report`

use std::hint::black_box;
use std::time::{Duration, Instant};

use ecs_triage_benches::describe_tasks;
use ecs_triage_core::{Evidence, diagnose};
use serde::Deserialize;

/// The members of a task that any diagnosis needs: what typed parsing alone would read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "parsed and not looked at")]
struct Task {
    task_arn: String,
    group: Option<String>,
    stop_code: Option<String>,
    stopped_reason: Option<String>,
    containers: Vec<Container>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "parsed and not looked at")]
struct Container {
    name: String,
    exit_code: Option<i64>,
    reason: Option<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsed and not looked at")]
struct Response {
    tasks: Vec<Task>,
}

fn main() {
    println!(
        "{:>6} {:>9} {:>12} {:>12} {:>12} {:>18}",
        "tasks", "kB", "parse", "read", "diagnose", "(read+diagnose)/parse"
    );
    for count in [1, 10, 100] {
        let text = describe_tasks(count, 42);
        let parse = time(|| {
            let response: Result<Response, _> = serde_json::from_str(&text);
            black_box(response.is_ok());
        });
        let reading = time(|| {
            black_box(read(&text));
        });
        let evidence = read(&text);
        let judge = time(|| {
            black_box(diagnose(&evidence));
        });
        let ratio = (reading + judge).as_secs_f64() / parse.as_secs_f64();
        println!(
            "{count:>6} {:>9.1} {parse:>12.1?} {reading:>12.1?} {judge:>12.1?} {ratio:>18.1}",
            text.len() as f64 / 1000.0,
        );
    }
}

fn read(text: &str) -> Evidence {
    let mut evidence = Evidence::new();
    if let Err(error) = evidence.add_json(text.as_bytes()) {
        eprintln!("{error}");
    }
    evidence
}

/// The shortest of several runs: what the machine can do undisturbed.
fn time(mut work: impl FnMut()) -> Duration {
    let mut best = Duration::MAX;
    let end = Instant::now() + Duration::from_millis(700);
    while Instant::now() < end {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed());
    }
    best
}
