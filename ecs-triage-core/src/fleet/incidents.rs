//! From tasks in cells to incidents.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::cells::Cell;
use super::report::*;
use super::tasks::UNKNOWN;
use super::{Fleet, GroupBy};
use crate::Timestamp;
use crate::evidence::Evidence;
use crate::rules::{self, LOOP_LEAST, LOOP_TOGETHER, Verdict};
use crate::signals::SOON;
use crate::verdict::diagnose;

/// The most buckets over which incidents are counted.
const MOST_BUCKETS: u64 = 48;

/// Lengths of buckets that people read easily, seconds.
const LENGTHS: &[u64] = &[60, 300, 900, 3_600, 3 * 3_600, 6 * 3_600, 86_400, 7 * 86_400, 28 * 86_400];

/// Ends of tasks from which the pace of a crash loop is taken.
const NEWEST: usize = 1_000;

/// What an incident is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'f> {
    verdict: Verdict,
    code: Option<&'static str>,
    cluster: Option<&'f str>,
    service: Option<&'f str>,
    family: Option<&'f str>,
}

/// A service, or a family without one.
type Owner<'f> = (Option<&'f str>, Option<&'f str>, Option<&'f str>);

/// Tasks of one cell.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    tasks: u64,
    first: u32,
    last: u32,
    /// Tasks that ended by themselves soon after their start.
    loops: u64,
}

impl Tally {
    fn add(&mut self, time: u32, is_loop: bool) {
        self.join(Tally { tasks: 1, first: time, last: time, loops: u64::from(is_loop) });
    }

    fn join(&mut self, other: Tally) {
        self.tasks += other.tasks;
        self.loops += other.loops;
        self.first = match (self.first, other.first) {
            (0, time) | (time, 0) => time,
            (one, two) => one.min(two),
        };
        self.last = self.last.max(other.last);
    }
}

pub(super) fn report(fleet: &Fleet) -> FleetReport {
    let cells = fleet.cells.list();
    let mut tallies = vec![Tally::default(); cells.len()];
    for entry in fleet.tasks.iter() {
        let cell = entry.cell as usize;
        tallies[cell].add(entry.time, is_turn(&cells[cell], entry.lived));
    }
    let scale = Scale { level: fleet.tasks.level() };
    let mut all = Tally::default();
    tallies.iter().for_each(|tally| all.join(*tally));
    let mut keyed: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
    for (index, cell) in cells.iter().enumerate() {
        // In a sample, what was seen and not drawn is there all the same.
        if cell.outcome.verdict <= Verdict::Undetermined && (tallies[index].tasks > 0 || scale.is_estimate())
        {
            keyed.entry(key(cell, fleet.options.group_by)).or_default().push(index);
        }
    }
    let count = |members: &[usize]| members.iter().map(|index| tallies[*index].tasks).sum::<u64>();
    let mut ordered: Vec<(Key<'_>, Vec<usize>)> = keyed.into_iter().collect();
    ordered.sort_by_key(|(key, members)| (key.verdict, Reverse(count(members))));
    let most = if fleet.options.top == 0 { usize::MAX } else { fleet.options.top };
    let more_incidents = ordered.len().saturating_sub(most) as u64;
    ordered.truncate(most);

    let frame = Frame::of(all);
    let mut shown = vec![usize::MAX; cells.len()];
    for (place, (_, members)) in ordered.iter().enumerate() {
        members.iter().for_each(|index| shown[*index] = place);
    }
    let mut courses = vec![Course::new(frame); ordered.len()];
    let mut failures = vec![0; frame.map_or(0, |frame| frame.count())];
    for entry in fleet.tasks.iter() {
        let cell = entry.cell as usize;
        let bucket = frame.and_then(|frame| frame.bucket(entry.time));
        if let Some(bucket) = bucket.filter(|_| cells[cell].outcome.verdict == Verdict::Failure) {
            failures[bucket] += 1;
        }
        if let Some(course) = courses.get_mut(shown[cell]) {
            course.add(bucket, entry.time, entry.lived, is_turn(&cells[cell], entry.lived));
        }
    }
    let owners = owners(cells, &tallies);
    let incidents = ordered.into_iter().zip(courses);
    let incidents = incidents.map(|((key, members), course)| {
        let members: Vec<(&Cell, Tally)> =
            members.into_iter().map(|index| (&cells[index], tallies[index])).collect();
        incident(&key, &members, course, &owners, scale)
    });
    FleetReport {
        schema: SCHEMA,
        group_by: fleet.options.group_by,
        first_seen: time(all.first),
        last_seen: time(all.last),
        input: input(fleet, all, scale),
        incidents: incidents.collect(),
        more_incidents,
        totals: totals(cells, &tallies, scale),
        buckets: frame.map(|frame| Buckets {
            start: Timestamp::EPOCH.plus_seconds(frame.start as i64),
            seconds: frame.seconds,
            failures: failures.into_iter().map(|count| scale.of(count)).collect(),
        }),
        problems: fleet.problems.iter().cloned().collect(),
    }
}

/// Tasks by verdict and cause, in their order.
pub(super) fn tally(fleet: &Fleet) -> Vec<(Verdict, Option<&'static str>, u64)> {
    let cells = fleet.cells.list();
    let scale = Scale { level: fleet.tasks.level() };
    let mut counts: BTreeMap<(Verdict, Option<&'static str>), u64> = BTreeMap::new();
    for entry in fleet.tasks.iter() {
        let outcome = &cells[entry.cell as usize].outcome;
        *counts.entry((outcome.verdict, outcome.code)).or_default() += 1;
    }
    counts.into_iter().map(|((verdict, code), tasks)| (verdict, code, scale.of(tasks))).collect()
}

/// A service's task that ended by itself within ten minutes: one turn of what may be a crash loop.
fn is_turn(cell: &Cell, lived: u32) -> bool {
    cell.outcome.ended_itself && cell.service.is_some() && lived != UNKNOWN && f64::from(lived) <= SOON
}

fn key(cell: &Cell, group_by: GroupBy) -> Key<'_> {
    let outcome = &cell.outcome;
    let (cluster, service, family) = (cell.cluster.as_deref(), cell.service.as_deref(), cell.family());
    let none =
        Key { verdict: outcome.verdict, code: outcome.code, cluster: None, service: None, family: None };
    match group_by {
        GroupBy::Service if service.is_some() => Key { cluster, service, ..none },
        GroupBy::Service | GroupBy::Family => Key { cluster, family, ..none },
        GroupBy::Cluster => Key { cluster, ..none },
        GroupBy::Cause => none,
    }
}

fn time(seconds: u32) -> Option<Timestamp> {
    (seconds > 0).then(|| Timestamp::EPOCH.plus_seconds(i64::from(seconds)))
}

/// From counts in the sample to counts of all.
#[derive(Debug, Clone, Copy)]
struct Scale {
    level: u32,
}

impl Scale {
    fn is_estimate(self) -> bool {
        self.level > 0
    }

    fn of(self, count: u64) -> u64 {
        count.saturating_mul(1 << self.level.min(40))
    }
}

/// The buckets of a report.
#[derive(Debug, Clone, Copy)]
struct Frame {
    start: u64,
    seconds: u64,
    last: u64,
}

impl Frame {
    fn of(all: Tally) -> Option<Self> {
        let (first, last) = (u64::from(all.first), u64::from(all.last));
        if first == 0 {
            return None;
        }
        let fits = |seconds: &u64| last / seconds - first / seconds < MOST_BUCKETS;
        let longest = || (last - first) / (MOST_BUCKETS - 1) + 1;
        let seconds = LENGTHS.iter().copied().find(fits).unwrap_or_else(longest);
        Some(Self { start: first / seconds * seconds, seconds, last })
    }

    fn count(self) -> usize {
        ((self.last - self.start) / self.seconds) as usize + 1
    }

    fn bucket(self, time: u32) -> Option<usize> {
        let since = u64::from(time).checked_sub(self.start)?;
        Some((since / self.seconds) as usize)
    }
}

/// How an incident went on over time.
#[derive(Debug, Clone)]
struct Course {
    counts: Vec<u64>,
    /// End and lifetime of the newest tasks of a loop.
    newest: BinaryHeap<Reverse<(u32, u32)>>,
}

impl Course {
    fn new(frame: Option<Frame>) -> Self {
        Self { counts: vec![0; frame.map_or(0, Frame::count)], newest: BinaryHeap::new() }
    }

    fn add(&mut self, bucket: Option<usize>, time: u32, lived: u32, is_turn: bool) {
        if let Some(count) = bucket.and_then(|bucket| self.counts.get_mut(bucket)) {
            *count += 1;
        }
        if is_turn && time > 0 {
            self.newest.push(Reverse((time, lived)));
            if self.newest.len() > NEWEST {
                self.newest.pop();
            }
        }
    }

    fn crash_loop(self, tasks: u64, scale: Scale) -> Option<CrashLoop> {
        let mut newest: Vec<(u32, u32)> = self.newest.into_iter().map(|Reverse(end)| end).collect();
        newest.sort_unstable();
        let mut turns: Vec<u32> = newest.iter().map(|(time, _)| *time).collect();
        // Tasks that end together are one turn of the loop.
        turns.dedup_by(|later, earlier| f64::from(*later - *earlier) < LOOP_TOGETHER);
        if turns.len() < LOOP_LEAST {
            return None;
        }
        let mut intervals: Vec<u32> = turns.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mut lives: Vec<u32> = newest.iter().map(|(_, lived)| *lived).collect();
        // In a sample of 1 in n, neighbours stand n ends apart.
        let apart = scale.of(1) as f64;
        Some(CrashLoop {
            tasks: scale.of(tasks),
            interval_seconds: f64::from(median(&mut intervals)?) / apart,
            lifetime_seconds: median(&mut lives).map(f64::from),
        })
    }
}

fn median(numbers: &mut [u32]) -> Option<u32> {
    numbers.sort_unstable();
    numbers.get(numbers.len() / 2).copied()
}

/// All tasks of each service by revision, whatever became of them.
fn owners<'f>(cells: &'f [Cell], tallies: &[Tally]) -> BTreeMap<Owner<'f>, BTreeMap<u32, u64>> {
    let mut owners: BTreeMap<Owner<'f>, BTreeMap<u32, u64>> = BTreeMap::new();
    for (cell, tally) in cells.iter().zip(tallies) {
        if let Some(revision) = cell.revision() {
            *owners.entry(owner(cell)).or_default().entry(revision).or_default() += tally.tasks;
        }
    }
    owners
}

fn owner(cell: &Cell) -> Owner<'_> {
    (cell.cluster.as_deref(), cell.service.as_deref(), cell.family())
}

fn incident(
    key: &Key<'_>,
    members: &[(&Cell, Tally)],
    course: Course,
    owners: &BTreeMap<Owner<'_>, BTreeMap<u32, u64>>,
    scale: Scale,
) -> Incident {
    let mut tally = Tally::default();
    members.iter().for_each(|(_, own)| tally.join(*own));
    let rule = key.code.and_then(rules::rule);
    let only = |of: fn(&Cell) -> Option<&str>| {
        let first = of(members.first()?.0)?;
        members.iter().all(|(cell, _)| of(cell) == Some(first)).then(|| first.to_owned())
    };
    let seconds = f64::from(tally.last.saturating_sub(tally.first));
    let per_hour = (tally.tasks > 1 && seconds > 0.0).then(|| {
        let rate = scale.of(tally.tasks - 1) as f64 * 3_600.0 / seconds;
        (rate * 100.0).round() / 100.0
    });
    let containers = members.iter().filter_map(|(cell, _)| cell.outcome.container.as_deref());
    let containers: std::collections::BTreeSet<&str> = containers.collect();
    let sample = members.iter().filter_map(|(cell, _)| cell.sample.as_ref()).min();
    Incident {
        cluster: only(|cell| cell.cluster.as_deref()),
        service: only(|cell| cell.service.as_deref()),
        family: only(Cell::family),
        code: key.code,
        title: rule.map(|rule| rule.title),
        bucket: rule.map(|rule| rule.bucket),
        confidence: members.iter().filter_map(|(cell, _)| cell.outcome.confidence).max(),
        verdict: key.verdict,
        tasks: scale.of(tally.tasks).max(1),
        first_seen: time(tally.first),
        last_seen: time(tally.last),
        per_hour,
        counts: course.counts.iter().map(|count| scale.of(*count)).collect(),
        crash_loop: course.crash_loop(tally.loops, scale),
        regression: regression(members, owners, scale),
        containers: containers.into_iter().map(str::to_owned).collect(),
        revisions: revisions(members, scale),
        deployments: deployments(members, scale),
        sample: sample.and_then(|sample| full(&sample.record)),
    }
}

/// The whole diagnosis of a record.
fn full(record: &[u8]) -> Option<SampleTask> {
    let mut evidence = Evidence::new();
    evidence.add_json(record).ok()?;
    let report = diagnose(&evidence);
    let id = report.subjects().first()?.id.clone();
    Some(SampleTask { id, report })
}

/// Tells whether no task of an earlier revision had the cause, though there were enough to show it.
fn regression(
    members: &[(&Cell, Tally)],
    owners: &BTreeMap<Owner<'_>, BTreeMap<u32, u64>>,
    scale: Scale,
) -> Option<Regression> {
    /// Chance at most that so many earlier tasks were spared by luck.
    const BY_LUCK: f64 = 0.05;
    let (first, _) = members.first()?;
    // Revisions of several services or families say nothing of each other.
    if members.iter().any(|(cell, _)| owner(cell) != owner(first)) {
        return None;
    }
    let revision = members.iter().filter(|(_, tally)| tally.tasks > 0).map(|(cell, _)| cell.revision());
    // Of a task whose revision is not known it may have been an earlier one.
    let revision = revision.collect::<Option<Vec<u32>>>()?.into_iter().min()?;
    let all = owners.get(&owner(first))?;
    let mut earlier = all.range(..revision).filter(|(_, tasks)| **tasks > 0);
    let previous_tasks: u64 = earlier.clone().map(|(_, tasks)| tasks).sum();
    let (previous, _) = earlier.next_back()?;
    let since: u64 = all.range(revision..).map(|(_, tasks)| tasks).sum();
    let hit: u64 = members.iter().map(|(_, tally)| tally.tasks).sum();
    let share = hit as f64 / since.max(1) as f64;
    let family = first.family()?;
    ((1.0 - share).powf(previous_tasks as f64) <= BY_LUCK).then(|| Regression {
        revision: format!("{family}:{revision}"),
        previous: format!("{family}:{previous}"),
        previous_tasks: scale.of(previous_tasks),
    })
}

fn revisions(members: &[(&Cell, Tally)], scale: Scale) -> Vec<RevisionShare> {
    let mut shares: BTreeMap<(Option<&str>, Option<u32>, &str), Tally> = BTreeMap::new();
    for (cell, tally) in members.iter().filter(|(_, tally)| tally.tasks > 0) {
        if let Some(definition) = cell.definition.as_deref() {
            shares.entry((cell.family(), cell.revision(), definition)).or_default().join(*tally);
        }
    }
    let shares = shares.into_iter().map(|((_, _, definition), tally)| RevisionShare {
        revision: definition.to_owned(),
        tasks: scale.of(tally.tasks),
        first_seen: time(tally.first),
    });
    shares.collect()
}

fn deployments(members: &[(&Cell, Tally)], scale: Scale) -> Vec<DeploymentShare> {
    let mut shares: BTreeMap<&str, Tally> = BTreeMap::new();
    for (cell, tally) in members.iter().filter(|(_, tally)| tally.tasks > 0) {
        if let Some(deployment) = cell.deployment.as_deref() {
            shares.entry(deployment).or_default().join(*tally);
        }
    }
    let mut shares: Vec<(&str, Tally)> = shares.into_iter().collect();
    shares.sort_by_key(|(_, tally)| tally.first);
    let shares = shares.into_iter().map(|(deployment, tally)| DeploymentShare {
        deployment: deployment.to_owned(),
        tasks: scale.of(tally.tasks),
        first_seen: time(tally.first),
    });
    shares.collect()
}

fn input(fleet: &Fleet, all: Tally, scale: Scale) -> Input {
    let counts = fleet.counts;
    Input {
        records: counts.records,
        states: counts.states,
        repeats: counts.states.saturating_sub(scale.of(all.tasks)),
        outside: counts.outside,
        unrecognised: counts.unrecognised,
        broken: counts.broken,
        incomplete: counts.incomplete,
        estimated: scale.is_estimate(),
        sampled: 1.0 / scale.of(1) as f64,
    }
}

fn totals(cells: &[Cell], tallies: &[Tally], scale: Scale) -> Totals {
    let mut verdicts: BTreeMap<Verdict, u64> = BTreeMap::new();
    let mut causes: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut services: BTreeMap<Owner<'_>, (u64, u64)> = BTreeMap::new();
    for (cell, tally) in cells.iter().zip(tallies).filter(|(_, tally)| tally.tasks > 0) {
        let outcome = &cell.outcome;
        *verdicts.entry(outcome.verdict).or_default() += tally.tasks;
        if let Some(code) = outcome.code {
            *causes.entry(code).or_default() += tally.tasks;
        }
        let (cluster, service) = (cell.cluster.as_deref(), cell.service.as_deref());
        let family = if service.is_none() { cell.family() } else { None };
        if service.or(family).is_some() {
            let counts = services.entry((cluster, service, family)).or_default();
            counts.0 += tally.tasks;
            counts.1 += if outcome.verdict == Verdict::Failure { tally.tasks } else { 0 };
        }
    }
    let verdicts = verdicts.into_iter();
    let mut causes: Vec<CauseTotal> = causes
        .into_iter()
        .filter_map(|(code, tasks)| {
            let rule = rules::rule(code)?;
            Some(CauseTotal { code, title: rule.title, bucket: rule.bucket, tasks: scale.of(tasks) })
        })
        .collect();
    causes.sort_by_key(|total| Reverse(total.tasks));
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let mut services: Vec<ServiceTotal> = services
        .into_iter()
        .map(|((cluster, service, family), (tasks, failures))| ServiceTotal {
            cluster: owned(cluster),
            service: owned(service),
            family: owned(family),
            tasks: scale.of(tasks),
            failures: scale.of(failures),
        })
        .collect();
    services.sort_by_key(|total| Reverse((total.failures, total.tasks)));
    Totals {
        tasks: scale.of(tallies.iter().map(|tally| tally.tasks).sum()),
        verdicts: verdicts.map(|(verdict, tasks)| VerdictTotal { verdict, tasks: scale.of(tasks) }).collect(),
        causes,
        services,
    }
}
