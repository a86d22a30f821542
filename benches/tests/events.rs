//! The generator's stream is what its users take it for.

use std::collections::BTreeSet;

use ecs_triage_benches::events::{Events, ndjson};
use ecs_triage_core::fleet::Fleet;

#[test]
fn a_seed_gives_the_same_events() {
    assert_eq!(ndjson(50, 7), ndjson(50, 7));
    assert_ne!(ndjson(50, 7), ndjson(50, 8));
}

#[test]
fn events_are_as_large_as_real_ones() {
    let count = 2_000;
    let average = ndjson(count, 42).len() / count;
    assert!((2_800..4_000).contains(&average), "{average} bytes");
}

#[test]
fn every_end_is_read_and_most_causes_are_there() {
    let mut fleet = Fleet::new();
    let events = Events::of_each_end(1);
    for event in &events {
        fleet.add(event.line.as_bytes());
    }
    let report = fleet.report();
    assert_eq!(report.input.broken + report.input.unrecognised, 0);
    assert_eq!(report.totals.tasks, events.len() as u64);
    let causes: BTreeSet<&str> = report.totals.causes.iter().map(|total| total.code).collect();
    assert!(causes.len() >= 100, "{} causes", causes.len());
}

#[test]
fn the_parsers_that_are_compared_with_read_every_event() {
    for event in Events::new(3).take(300) {
        ecs_triage_benches::typed::event(&event.line);
        ecs_triage_benches::typed::event_by_sonic(&event.line);
    }
}
