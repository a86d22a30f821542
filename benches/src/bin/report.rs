//! Measures, in one run, the diagnosis against parsing the same bytes alone, and prints the ratios.
//!
//! `cargo run --release -p ecs-triage-benches --bin report [-- EVENTS]`; `benches/instructions.sh` counts instructions
//! instead, which other work on the machine does not change.
//!
//! Repetitions of what is compared are interleaved and the best of each counts. Where Linux tells it, the time is that
//! which a thread had a processor, so that other work on the machine counts as little as it can; of two threads that of
//! the slower one, with the merge.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use ecs_triage_benches::events::{Event, Events, ndjson};
use ecs_triage_benches::{describe_tasks, typed};
use ecs_triage_core::fleet::{Fleet, Splitter};
use ecs_triage_core::signals::message::Message;
use ecs_triage_core::{Evidence, diagnose};

/// That of the command, whose speed is measured.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Repetitions of each measurement.
const ROUNDS: usize = 9;

/// The same of what takes a millisecond or less.
const BRIEF_ROUNDS: usize = 50;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--memory", count] => println!("{}", peak_of(count.parse().unwrap_or(0))),
        ["--memory-limit"] => memory(),
        ["--messages"] => messages(),
        ["--responses"] => responses(),
        ["--once", what, count] => once(what, count.parse().unwrap_or(0)),
        [count] => stream(count.parse().unwrap_or(100_000)),
        _ => {
            machine();
            compare(20_000);
            responses();
            stream(100_000);
            causes();
            messages();
            memory();
        }
    }
}

/// What is measured on, and how busy it is beside.
fn machine() {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let processors = read("/proc/cpuinfo");
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let load = read("/proc/loadavg");
    let load: Vec<&str> = load.split(' ').take(3).collect();
    println!("{cores} cores, {}; load {}\n", model.trim_start_matches(['\t', ' ', ':']), load.join(" "));
}

/// Holds what a fleet says of a stream, where most shapes are known, against each event alone. Of each task one event
/// counts, so that none takes the place of another.
fn compare(count: usize) {
    let mut tasks = BTreeSet::new();
    let mut fleet = Fleet::new();
    let mut alone: BTreeMap<String, u64> = BTreeMap::new();
    for event in Events::new(1).take(count) {
        let task = event.line.split("\"taskArn\":\"").last().and_then(|rest| rest.split('"').next());
        if tasks.insert(task.map(str::to_owned)) {
            fleet.add(event.line.as_bytes());
            let mut fresh = Fleet::new();
            fresh.add(event.line.as_bytes());
            for (outcome, tasks) in outcomes(&fresh) {
                *alone.entry(outcome).or_default() += tasks;
            }
        }
    }
    assert_eq!(outcomes(&fleet), alone, "a fleet says something else than the diagnosis of each event");
    println!("{} events: the fleet says of all what the diagnosis of each says.\n", tasks.len());
}

fn outcomes(fleet: &Fleet) -> BTreeMap<String, u64> {
    let tally = fleet.tally().into_iter();
    tally.map(|(verdict, code, tasks)| (format!("{verdict:?} {}", code.unwrap_or("-")), tasks)).collect()
}

/// One pass of one thing over `count` events or tasks, for counting its instructions.
fn once(what: &str, count: usize) {
    match what {
        "typed" => ndjson(count, 42).lines().for_each(typed::event),
        "fold" => {
            let mut fleet = Fleet::new();
            fleet.add(ndjson(count, 42).as_bytes());
            drop(black_box(fleet));
        }
        // Nothing is remembered from one event to the next, as if each had a shape of its own.
        "alone" => Events::new(42).take(count).for_each(|event| {
            let mut fleet = Fleet::new();
            fleet.add(event.line.as_bytes());
            drop(black_box(fleet));
        }),
        "events" => drop(black_box(ndjson(count, 42))),
        "diagnose" => drop(black_box(diagnose(&read(&describe_tasks(count, 42))))),
        // Ten times more: what is set up once, such as expressions to compile, is not in the difference.
        "again" => {
            let evidence = read(&describe_tasks(count, 42));
            (0..11).for_each(|_| drop(black_box(diagnose(&evidence))));
        }
        _ => drop(black_box(read(&describe_tasks(count, 42)))),
    }
}

/// Responses of `DescribeTasks`: reading them as evidence, and diagnosing that.
fn responses() {
    println!("## Responses of DescribeTasks\n");
    println!("| tasks | kB | typed parsing | read | diagnose |");
    println!("|---|---|---|---|---|");
    for count in [1, 10, 100] {
        let text = describe_tasks(count, 42);
        // What is read is diagnosed, as it always is.
        let mut evidence = Evidence::new();
        let [mut parse, mut reading, mut judge] = [Duration::MAX; 3];
        for _ in 0..BRIEF_ROUNDS {
            parse = parse.min(brief(&mut || typed::response(&text)));
            reading = reading.min(brief(&mut || evidence = read(&text)));
            judge = judge.min(brief(&mut || drop(black_box(diagnose(&evidence)))));
        }
        let size = text.len() as f64 / 1000.0;
        println!("| {count} | {size:.0} | {parse:.1?} | {reading:.1?} | {judge:.1?} |");
    }
}

/// The best time of two threads, of which each does one half: that of the slower one, and of joining what they made.
fn twice<T: Send, F: FnOnce() -> T + Send>(work: impl Fn() -> ([F; 2], fn(T, T) -> T)) -> Duration {
    let rounds = (0..ROUNDS).filter_map(|_| {
        let (halves, join) = work();
        let [first, second] = std::thread::scope(|scope| {
            let timed = |half: F| {
                let start = clock();
                (half(), clock() - start)
            };
            let halves = halves.map(|half| scope.spawn(move || timed(half)));
            halves.map(std::thread::ScopedJoinHandle::join)
        });
        let ((first, one), (second, other)) = (first.ok()?, second.ok()?);
        let start = clock();
        drop(black_box(join(first, second)));
        Some(one.max(other) + (clock() - start))
    });
    rounds.min().unwrap_or_default()
}

/// A stream of events: the whole diagnosis of each, against typed parsing alone.
fn stream(count: usize) {
    let text = ndjson(count, 42);
    let bytes = text.as_bytes();
    println!("\n## A stream of {count} events of {} bytes on average\n", bytes.len() / count.max(1));
    let half = bytes.len() / 2;
    let half = half + bytes[half..].iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let (one, other) = bytes.split_at(half);
    let fold = |mut fleet: Fleet, bytes: &[u8]| {
        fleet.add(bytes);
        fleet
    };
    let [serde, sonic, single] = interleaved([
        &mut || text.lines().for_each(typed::event),
        &mut || text.lines().for_each(typed::event_by_sonic),
        &mut || drop(black_box(fold(Fleet::new(), bytes))),
    ]);
    let serde_double = twice(|| {
        let halves = [one, other]
            .map(|half| move || std::str::from_utf8(half).unwrap_or("").lines().for_each(typed::event));
        (halves, |_, ()| ())
    });
    let double = twice(|| {
        let first = Fleet::new();
        let second = first.sibling();
        let [one, other] = [(first, one), (second, other)].map(|(fleet, half)| move || fold(fleet, half));
        ([one, other], |mut fleet: Fleet, second| {
            fleet.merge(second);
            fleet
        })
    });
    println!("| what | time | GB/s | events/s | against serde_json |");
    println!("|---|---|---|---|---|");
    for (what, time) in [
        ("typed parsing by serde_json", serde),
        ("typed parsing by sonic-rs", sonic),
        ("typed parsing by serde_json, 2 threads", serde_double),
        ("diagnosis, 1 thread", single),
        ("diagnosis, 2 threads", double),
    ] {
        let seconds = time.as_secs_f64();
        let (speed, events) = (bytes.len() as f64 / seconds / 1e9, count as f64 / seconds);
        println!("| {what} | {time:.1?} | {speed:.2} | {events:.0} | {:.2} |", serde.as_secs_f64() / seconds);
    }
    let [parsing, diagnosis] =
        [(serde, serde_double), (single, double)].map(|(one, two)| one.as_secs_f64() / two.as_secs_f64());
    println!("\n2 threads against 1: diagnosis {diagnosis:.2}, typed parsing {parsing:.2}");
}

/// What one event costs by how its task ended: known shape, and the first of its shape.
fn causes() {
    let mut warm: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
    let mut cold: BTreeMap<String, Vec<Duration>> = BTreeMap::new();
    let events = Events::of_each_end(7);
    let mut fleet = Fleet::new();
    // What is compiled on first use is not the cost of a message.
    events.iter().for_each(|event| fleet.add(event.line.as_bytes()));
    let mut slowest: Option<(Duration, &Event)> = None;
    for event in &events {
        let best =
            (0..200).map(|_| brief(&mut || fleet.add(event.line.as_bytes()))).min().unwrap_or_default();
        let first = (0..5).map(|_| {
            let mut fresh = Fleet::new();
            brief(&mut || fresh.add(event.line.as_bytes()))
        });
        warm.entry(event.name.clone()).or_default().push(best);
        cold.entry(event.name.clone()).or_default().extend(first.min());
        if slowest.is_none_or(|(known, _)| best > known) {
            slowest = Some((best, event));
        }
    }
    println!("\n## One event by how its task ended ({} messages)\n", events.len());
    let mut rows: Vec<(Duration, Duration, &str, usize)> = warm
        .iter()
        .map(|(name, times)| {
            let of = |times: &[Duration]| times.iter().max().copied().unwrap_or_default();
            (of(times), of(&cold[name]), name.as_str(), times.len())
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.0));
    println!("| slowest by cause | messages | known shape | first of its shape |");
    println!("|---|---|---|---|");
    for (warm, cold, name, count) in rows.iter().take(12) {
        println!("| {name} | {count} | {warm:.1?} | {cold:.1?} |");
    }
    let median = |times: &BTreeMap<String, Vec<Duration>>| {
        let mut all: Vec<Duration> = times.values().flatten().copied().collect();
        all.sort_unstable();
        all.get(all.len() / 2).copied().unwrap_or_default()
    };
    println!("| median of all | {} | {:.1?} | {:.1?} |", events.len(), median(&warm), median(&cold));
    if let Some((time, event)) = slowest {
        println!("\nThe slowest message: {time:.1?}, {} ({} bytes)", event.name, event.line.len());
    }
}

/// What the parsing of one message costs that nobody has seen before.
fn messages() {
    let events = Events::of_each_end(7);
    let texts: BTreeSet<String> = events.iter().flat_map(|event| typed::reasons(&event.line)).collect();
    let cost = |text: &str| {
        let times = (0..200).map(|_| brief(&mut || drop(black_box(Message::parse(black_box(text))))));
        times.min().unwrap_or_default()
    };
    let mut times: Vec<(Duration, &str)> = texts.iter().map(|text| (cost(text), text.as_str())).collect();
    times.sort_unstable();
    let median = times.get(times.len() / 2).map_or(Duration::ZERO, |(time, _)| *time);
    println!("\n## Parsing one message ({} texts)\n\nmedian {median:.1?}; the slowest:\n", times.len());
    for (time, text) in times.iter().rev().take(5) {
        let begin: String = text.chars().take(60).collect();
        println!("- {time:.1?}, {} bytes: {begin}", text.len());
    }
}

/// The peak of a process that folds a stream which it never holds.
fn memory() {
    println!("\n## Peak memory\n\n| events | MB |\n|---|---|");
    let mut peaks = Vec::new();
    for count in [100_000, 1_000_000] {
        let Ok(own) = std::env::current_exe() else { return };
        let Ok(output) = Command::new(own).args(["--memory", &count.to_string()]).output() else { return };
        let peak: f64 = String::from_utf8_lossy(&output.stdout).trim().parse().unwrap_or(0.0);
        println!("| {count} | {:.1} |", peak / 1000.0);
        peaks.push(peak);
    }
    if let [small, large] = peaks[..] {
        println!("\n10⁶ against 10⁵: {:.3}", large / small);
    }
}

/// Peak of this process in kB after a stream of `count` events.
fn peak_of(count: usize) -> u64 {
    let mut fleet = Fleet::new();
    let mut splitter = Splitter::new();
    let mut chunk = String::new();
    for event in Events::new(42).take(count) {
        chunk.push_str(&event.line);
        if chunk.len() > 1 << 20 {
            splitter.push(chunk.as_bytes(), |piece| fleet.add_at("stream", piece.line, piece.bytes));
            chunk.clear();
        }
    }
    splitter.push(chunk.as_bytes(), |piece| fleet.add_at("stream", piece.line, piece.bytes));
    splitter.finish(|piece| fleet.add_at("stream", piece.line, piece.bytes));
    drop(black_box(fleet.report().to_json()));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

fn read(text: &str) -> Evidence {
    let mut evidence = Evidence::new();
    if let Err(error) = evidence.add_json(text.as_bytes()) {
        eprintln!("{error}");
    }
    evidence
}

fn timed(work: &mut dyn FnMut()) -> Duration {
    let start = clock();
    work();
    clock() - start
}

/// The same of what takes microseconds, too short to be interrupted every time.
fn brief(work: &mut dyn FnMut()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// How long this thread has had a processor; where that is not told, the time of day.
fn clock() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = told.split(' ').next().and_then(|number| number.parse().ok());
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// The best of several rounds of each, one after the other in every round.
fn interleaved<const N: usize>(mut works: [&mut dyn FnMut(); N]) -> [Duration; N] {
    let mut best = [Duration::MAX; N];
    for _ in 0..ROUNDS {
        for (work, best) in works.iter_mut().zip(&mut best) {
            *best = timed(work).min(*best);
        }
    }
    best
}
