//! A container went over its memory limit and was killed.

use serde_json::json;

use super::killed::{ASK_MEMORY_OF_FAMILY, ASK_MEMORY_OF_SERVICE, with_memory_window};
use super::memory_use::{Measured, measured};
use super::{ASK_DEFINITION, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule};
use crate::change::{Change, Edit};
use crate::evidence::Citation;
use crate::evidence::ecs::ContainerDefinition;
use crate::rules::keep;
use crate::rules::payload::payloads;
use crate::signals::message::Message;
use crate::signals::{Changed, Exit, LaunchType, Part, Statement, Stop, Subject};
use crate::sizes::{FargateSize, OperatingSystem};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "app-oom-killed",
    bucket: Bucket::Resources,
    kind: Kind::Cause,
    title: "container went over its memory limit",
    summary: "{who~|A container} was killed{after~|} because it went over {limit~|its memory limit}{use~|}{changed~|}.",
    explanation: "The kernel kills a process when its container passes the hard limit, or its task the task's; the agent \
                  then records OutOfMemoryError, whatever the exit code.",
    signs: "`OutOfMemoryError: Container killed due to memory usage` in a container's reason; exit code 137 as a rule, \
            another when a child process was killed.",
    wants: &[ASK_MEMORY_OF_SERVICE, ASK_MEMORY_OF_FAMILY, ASK_DEFINITION],
    fixes: &[Fix::advice(
        "Raise the limit",
        Blast::NewRevision,
        "Raise the memory of container {container|CONTAINER} to 1.5 times its steady use, or lower what it takes (a JVM: \
         `-XX:MaxRAMPercentage=75`), and register a new revision.",
    )],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/out-of-memory.html",
        "https://repost.aws/knowledge-center/ecs-resolve-outofmemory-errors",
    ],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| subject.exits.iter().any(|exit| exit.out_of_memory),
        |said| is_kill(&said.message),
        check,
    ),
};

payloads! {
    /// The particulars of an out-of-memory kill.
    OutOfMemory {
        /// The limit that was passed, in MiB: the container's hard limit, else the task's.
        limit_mib: i64,
        /// Whose limit that is: `container` or `task`.
        limit_level: String,
        /// Soft limit of the container in MiB.
        reservation_mib: i64,
        /// Memory of the task in MiB.
        task_memory_mib: i64,
        /// Exit code; 137 when the container's first process was killed.
        exit_code: i64,
        /// Seconds from the task's start to its end.
        lifetime_seconds: f64,
        /// The most memory that was measured in the hour before, in MiB; of the task where the container's own is not
        /// measured. Samples are 20 seconds apart, so a short peak is missing.
        peak_mib: i64,
        /// The median of what was measured, in MiB.
        steady_mib: i64,
        /// The hard limit that this use takes, in MiB: 1.5 times the steady use, and more than what was passed.
        needed_mib: i64,
        /// The hard limit to go to for the container, in MiB: what is needed in steps of 64; while nothing is measured the
        /// higher one of the revision before, else half as much again as the one that was passed.
        next_limit_mib: i64,
        /// The memory of the task that this takes, in MiB; a valid size on Fargate.
        next_task_memory_mib: i64,
        /// The CPU units of that task size on Fargate.
        next_task_cpu: i64,
    }
}

fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for exit in subject.exits.iter().filter(|exit| exit.out_of_memory) {
        keep(&mut found, of_exit(subject, exit));
    }
    if found.is_empty() { of_statements(subject) } else { found }
}

fn of_exit(subject: &Subject<'_>, exit: &Exit<'_>) -> Finding {
    let measured = measured(subject, exit);
    let cause = Cause::AppOomKilled(OutOfMemory::of(subject, exit, measured.as_ref()));
    let confidence = match (exit.code, subject.stop) {
        // It did not end the task: ECS says that something else did.
        _ if exit.part == Part::Consequence => Confidence::Possible,
        (_, Stop::User | Stop::Scheduler | Stop::Capacity) => Confidence::Possible,
        // 137: the container's first process was killed. With any other code it may have been a child.
        (Some(137), _) => Confidence::Confirmed,
        _ => Confidence::Likely,
    };
    let mut finding = Finding::new(cause, confidence, exit.view.cite("reason"));
    finding = super::judge::named(finding, exit);
    finding.at = subject.timeline.end();
    if exit.code.is_some() {
        finding = finding.cite(exit.citation());
    }
    let lived = subject.timeline.lifetime_seconds().map(super::duration_words);
    let after = lived.map(|words| format!(" {words} after it started"));
    let finding = with_limit(with_memory_window(subject, finding.fact("after", after)));
    let finding = with_changes(subject, exit, finding);
    match measured {
        Some(measured) => with_use(subject, exit, finding, &measured),
        None => {
            let reason = match earlier_limit(subject, exit) {
                Some((revision, _)) => format!("what revision {revision} had; its steady use is not known"),
                None => "half as much again, for its steady use is not known".to_owned(),
            };
            with_change(subject, finding, &reason)
        }
    }
}

/// The higher limit of the container in the newest earlier revision, in MiB, and that revision.
fn earlier_limit(subject: &Subject<'_>, exit: &Exit<'_>) -> Option<(i64, i64)> {
    let changed = subject.changed(Some(&exit.container), "memory")?;
    let before = changed.before?.value.as_i64()?;
    exit.memory_limit_mib().is_some_and(|limit| before > limit).then_some((changed.earlier, before))
}

/// Out-of-memory kills that only a message tells of.
fn of_statements(subject: &Subject<'_>) -> Vec<Finding> {
    let is_telling = |said: &&Statement| is_kill(&said.message) && !subject.is_callers(said);
    let telling = subject.statements.iter().filter(is_telling);
    telling
        .map(|statement| {
            let cause = OutOfMemory { exit_code: statement.message.exit_code(), ..OutOfMemory::default() };
            Finding::stated(Cause::AppOomKilled(cause), statement)
        })
        .collect()
}

/// A full heap of a JVM or of Node.js is not a kill by the kernel, although Java's error has the same name.
pub(super) fn is_kill(message: &Message) -> bool {
    let is_heap = message.says_any(&["java.lang.", "java heap", "heap limit", "javascript heap"]);
    // The kernel's line about a limit of a cgroup; one about the whole host has no `memory cgroup` in front.
    message.says_any(&[
        "container killed due to memory usage",
        "oom-killed",
        "oomkilled",
        "memory cgroup out of memory: kill",
    ]) || message.has_error("OutOfMemoryError") && !is_heap
}

impl OutOfMemory {
    fn of(subject: &Subject<'_>, exit: &Exit<'_>, measured: Option<&Measured>) -> Self {
        let task_memory_mib = task_memory(subject);
        let own = exit.memory_limit_mib();
        let limit_mib = own.or(task_memory_mib);
        let needed =
            |measured: &Measured| measured.needed_mib.max(limit_mib.map_or(0, |mib| mib.saturating_add(1)));
        let mut cause = Self {
            limit_mib,
            limit_level: own.map(|_| "container").or(task_memory_mib.map(|_| "task")).map(str::to_owned),
            reservation_mib: exit.memory_reservation_mib(),
            task_memory_mib,
            exit_code: exit.code,
            lifetime_seconds: subject.timeline.lifetime_seconds(),
            peak_mib: measured.map(|measured| whole(measured.used.peak_mib)),
            steady_mib: measured.map(|measured| whole(measured.used.steady_mib)),
            needed_mib: measured.map(needed),
            ..Self::default()
        };
        cause.plan(subject, exit, own);
        cause
    }

    /// The next sizes: by what is needed, else by the limit that was passed.
    fn plan(&mut self, subject: &Subject<'_>, exit: &Exit<'_>, own: Option<i64>) {
        let Some(limit) = self.limit_mib else { return };
        let earlier = own.and_then(|_| earlier_limit(subject, exit)).filter(|_| self.needed_mib.is_none());
        let next = match (self.needed_mib, earlier) {
            (Some(needed), _) => stepped(needed),
            (None, Some((_, earlier))) => earlier,
            (None, None) => stepped(limit.saturating_add(limit / 2)),
        };
        self.next_limit_mib = own.map(|_| next);
        let Some(present) = self.task_memory_mib else { return };
        let needed = match own {
            // The task ran with it.
            Some(_) if earlier.is_some() => present.max(next),
            Some(_) => present.max(next.saturating_add(other_limits(subject, exit))),
            None => next,
        };
        if subject.launch_type() != Some(LaunchType::Fargate) {
            self.next_task_memory_mib = (needed > present).then_some(needed);
            return;
        }
        let cpu = task_cpu(subject).and_then(|units| u32::try_from(units).ok());
        let size = cpu.and_then(|cpu| {
            FargateSize::next_valid(operating_system(subject), cpu, u32::try_from(needed).ok()?)
        });
        if let Some(size) = size.filter(|size| i64::from(size.memory) > present) {
            self.next_task_memory_mib = Some(size.memory.into());
            self.next_task_cpu = Some(size.cpu.into());
        }
    }
}

/// Whole MiB of a measured value, which is finite.
fn whole(mib: f64) -> i64 {
    mib.round() as i64
}

/// Rounds up to steps of 64 MiB.
fn stepped(mib: i64) -> i64 {
    mib.saturating_add(63) / 64 * 64
}

/// Hard limits of the task's other containers together, in MiB.
fn other_limits(subject: &Subject<'_>, exit: &Exit<'_>) -> i64 {
    let defined = subject.definition.as_ref().map(|found| found.container_definitions()).unwrap_or_default();
    let others = defined.iter().filter(|other| other.name() != exit.view.name());
    others.filter_map(ContainerDefinition::memory).fold(0, i64::saturating_add)
}

fn task_memory(subject: &Subject<'_>) -> Option<i64> {
    let own = subject.task.as_ref().and_then(|task| task.memory());
    own.or(subject.definition.as_ref().and_then(|found| found.memory())).filter(|mib| *mib > 0)
}

fn task_cpu(subject: &Subject<'_>) -> Option<i64> {
    let own = subject.task.as_ref().and_then(|task| task.cpu());
    own.or(subject.definition.as_ref().and_then(|found| found.cpu()))
}

fn operating_system(subject: &Subject<'_>) -> OperatingSystem {
    let family = subject.task.as_ref().and_then(|task| task.platform_family()).unwrap_or_default();
    if family.to_ascii_lowercase().contains("windows") {
        OperatingSystem::Windows
    } else {
        OperatingSystem::Linux
    }
}

/// Names the limit that was passed.
fn with_limit(finding: Finding) -> Finding {
    let Cause::AppOomKilled(oom) = &finding.cause else { return finding };
    let limit = match (oom.limit_mib, oom.limit_level.as_deref()) {
        (Some(mib), Some("container")) => Some(format!("its hard limit of {mib} MiB")),
        (Some(mib), _) => Some(format!("the task's {mib} MiB; it has no hard limit of its own")),
        _ => None,
    };
    finding.fact("limit", limit)
}

/// Names the limits and the image that an earlier revision had otherwise.
fn with_changes(subject: &Subject<'_>, exit: &Exit<'_>, finding: Finding) -> Finding {
    let revision = subject.definition.as_ref().and_then(|found| found.revision());
    let is_telling = |changed: &Changed| match changed.container.as_deref() {
        Some(name) => {
            name == exit.container
                && matches!(changed.member.as_str(), "memory" | "memoryReservation" | "image")
        }
        None => changed.member == "memory",
    };
    let changes: Vec<Changed> = subject.changes().into_iter().filter(is_telling).collect();
    let words: Vec<String> = changes.iter().map(|changed| changed.words(revision)).collect();
    let finding = finding.fact("changed", (!words.is_empty()).then(|| format!("; {}", words.join(", "))));
    let places = changes.into_iter().flat_map(|changed| [changed.before, changed.after]).flatten();
    places.fold(finding, Finding::cite)
}

/// Says what was measured, and sizes by it. Nothing remains to be asked.
fn with_use(subject: &Subject<'_>, exit: &Exit<'_>, finding: Finding, measured: &Measured) -> Finding {
    let used = measured.used;
    let (steady, peak) = (whole(used.steady_mib), whole(used.peak_mib));
    let whose = if measured.is_own { "it" } else { "its task" };
    let how = match (used.is_growing, used.consistently_high) {
        (true, _) => ", growing without a fall, as a leak does",
        (false, Some(true)) => ", 90 % of the limit and more nearly all the time",
        _ => "",
    };
    let words =
        format!("; {whose} took {steady} MiB steadily and {peak} MiB at most in the hour before{how}");
    let mut finding = finding.fact("use", Some(words)).cite(measured.proof.clone());
    finding.is_settled = finding.confidence == Confidence::Confirmed;
    let is_spike = exit.memory_limit_mib().or(task_memory(subject)) >= Some(measured.needed_mib);
    let reason = match used.is_growing {
        true => format!("1.5 times its steady use of {steady} MiB; if it leaks, this only buys time"),
        false if is_spike => {
            format!(
                "a step, for it allows 1.5 times its steady use of {steady} MiB already: a short peak passed it"
            )
        }
        false => format!("1.5 times its steady use of {steady} MiB"),
    };
    let finding = with_change(subject, finding, &reason);
    match now_enough(subject, exit, measured.needed_mib) {
        Some(proof) => finding.refuted_by(proof),
        None => finding,
    }
}

fn with_change(subject: &Subject<'_>, finding: Finding, reason: &str) -> Finding {
    let Cause::AppOomKilled(oom) = &finding.cause else { return finding };
    let change = raise(subject, oom, finding.container.as_deref(), reason);
    change.into_iter().fold(finding, Finding::change)
}

/// The next sizes as a change of the task definition.
fn raise(subject: &Subject<'_>, oom: &OutOfMemory, container: Option<&str>, reason: &str) -> Option<Change> {
    let mut edits = Vec::new();
    let mut words = Vec::new();
    if let (Some(mib), Some(name)) = (oom.next_limit_mib, container) {
        edits.push(Edit::container(name, "memory", json!(mib)));
        words.push(format!("{mib} MiB for the container"));
    }
    if let Some(mib) = oom.next_task_memory_mib {
        // The task's sizes are texts in a task definition.
        edits.push(Edit::task("memory", json!(mib.to_string())));
        words.push(format!("{mib} MiB for the task"));
    }
    if let Some(units) = oom.next_task_cpu.filter(|units| task_cpu(subject) != Some(*units)) {
        edits.push(Edit::task("cpu", json!(units.to_string())));
        words.push(format!("{units} CPU units, which that size takes"));
    }
    let title = format!("Raise the memory: {} ({reason})", words.join(", "));
    (!edits.is_empty()).then(|| Change::task_definition(subject, title, &edits))
}

/// The definition allows enough for the measured use now, which what the container had when it was killed did not.
fn now_enough(subject: &Subject<'_>, exit: &Exit<'_>, needed_mib: i64) -> Option<Citation> {
    let is_enough = |had: Option<i64>, has: Option<i64>| matches!((had, has), (Some(had), Some(has)) if had < needed_mib && has >= needed_mib);
    if let Some(defined) =
        exit.definition.as_ref().filter(|defined| is_enough(exit.view.memory(), defined.memory()))
    {
        return Some(defined.cite("memory"));
    }
    // Without a limit of its own the container had the task's.
    let had = subject.task.as_ref().and_then(|task| task.memory());
    let definition = subject.definition.as_ref().filter(|_| exit.memory_limit_mib().is_none())?;
    is_enough(had, definition.memory()).then(|| definition.cite("memory"))
}
