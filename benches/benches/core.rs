//! `cargo bench -p ecs-triage-benches`: one stopped task, a response of a hundred, a stream of events.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use ecs_triage_benches::events::ndjson;
use ecs_triage_benches::{describe_tasks, typed};
use ecs_triage_core::fleet::Fleet;
use ecs_triage_core::{Evidence, diagnose};

fn main() {
    divan::main();
}

fn evidence(text: &str) -> Evidence {
    let mut evidence = Evidence::new();
    // What the generator writes is read; a test holds it to that.
    evidence.add_json(text.as_bytes()).expect("a response of DescribeTasks");
    evidence
}

#[divan::bench(args = [1, 100])]
fn read_tasks(bencher: Bencher<'_, '_>, count: usize) {
    let text = describe_tasks(count, 42);
    bencher.counter(BytesCount::of_str(&text)).bench(|| evidence(black_box(&text)));
}

#[divan::bench(args = [1, 100])]
fn diagnose_tasks(bencher: Bencher<'_, '_>, count: usize) {
    let evidence = evidence(&describe_tasks(count, 42));
    bencher.bench(|| diagnose(black_box(&evidence)));
}

#[divan::bench]
fn parse_events(bencher: Bencher<'_, '_>) {
    let text = ndjson(2_000, 42);
    bencher.counter(BytesCount::of_str(&text)).bench(|| black_box(&text).lines().for_each(typed::event));
}

#[divan::bench]
fn fold_events(bencher: Bencher<'_, '_>) {
    let text = ndjson(2_000, 42);
    let mut fleet = Fleet::new();
    fleet.add(text.as_bytes());
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| fleet.add(black_box(text.as_bytes())));
}
