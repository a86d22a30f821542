//! What all rules about exits share: which exits count, how sure they are, and where the log is.

use serde_json::json;

use super::last_words::{LastWords, last_words};
use super::{Cause, Confidence, Finding, Fix, LOOK_LOG, ProcessExit, Verdict, sidecar};
use crate::change::{Change, Edit, Form};
use crate::evidence::Request;
use crate::rules::{Blast, keep};
use crate::signals::message::Message;
use crate::signals::{Changed, Exit, Facts, Part, Source, Statement, Stop, Subject, SubjectKind};
use crate::template::shell_name;

/// The exits that may have ended the task and that nothing but their code explains.
pub(super) fn judged_exits<'s, 'e>(
    subject: &'s Subject<'e>,
) -> impl Iterator<Item = &'s Exit<'e>> + use<'s, 'e> {
    let by_sidecar = sidecar::culprit(subject).map(|exit| exit.container.clone());
    // Whoever asked for the stop is the answer; what the containers ended with follows from it.
    let is_open = !subject.stop.was_asked_for();
    subject.leading_exits().filter(move |exit| {
        // The Service Connect proxy and out-of-memory kills have rules of their own.
        let has_own_rule = exit.out_of_memory
            || exit.container.starts_with("ecs-service-connect-")
            || by_sidecar.as_ref() == Some(&exit.container);
        let does_no_harm = is_alive(subject) && exit.essential == Some(false);
        is_open && !has_own_rule && !does_no_harm && !is_explained(subject, exit)
    })
}

/// Whether a message says what the exit code only hints at.
fn is_explained(subject: &Subject<'_>, exit: &Exit<'_>) -> bool {
    let mut telling = subject.statements.iter().filter(|statement| match statement.source {
        Source::ContainerReason => statement.container.as_deref() == exit.view.name(),
        Source::TaskStoppedReason => subject.stop == Stop::FailedToStart,
        _ => false,
    });
    let mut logged = subject.log.iter().filter(|line| line.container.as_deref() == exit.view.name());
    telling.any(|statement| is_telling(&statement.message))
        || logged.any(|line| super::has_rule_of_its_own(&line.message))
}

fn is_telling(message: &Message) -> bool {
    message.error_names().iter().any(|name| name.as_str() != "OutOfMemoryError")
        || message.exec().is_some()
        || message.dependency().is_some()
        || message.transition().is_some()
}

/// Whether the task runs or is on its way up, so that the exit has not ended it.
pub(super) fn is_alive(subject: &Subject<'_>) -> bool {
    subject.kind == SubjectKind::Task && subject.task.is_some() && subject.stop == Stop::None
}

/// How sure it is that this exit is the answer.
fn confidence_of(subject: &Subject<'_>, exit: &Exit<'_>) -> Confidence {
    // A process that was told to stop: without a word on who stopped the task it may have been anybody.
    let by_whom = exit.is_told_to_stop() && subject.stop != Stop::EssentialContainerExited;
    if exit.part == Part::Unclear || is_alive(subject) || by_whom {
        Confidence::Possible
    } else {
        Confidence::Likely
    }
}

/// A finding about one exit, with its times and its log.
pub(super) fn exit_finding(subject: &Subject<'_>, exit: &Exit<'_>, cause: Cause) -> Finding {
    let mut finding = Finding::new(cause, confidence_of(subject, exit), exit.citation())
        .fact("lived", subject.timeline.lifetime_seconds().map(lived_words))
        .fact("image", exit.view.image());
    finding = named(finding, exit);
    finding.at = subject.timeline.end();
    if is_alive(subject) {
        finding.verdict = Some(Verdict::InProgress);
    }
    with_reason(subject, with_logs(subject, finding, exit), exit)
}

/// With what the container said last, and what changed since the revision before. Its own word settles it.
fn with_reason(subject: &Subject<'_>, mut finding: Finding, exit: &Exit<'_>) -> Finding {
    let words = last_words(subject, exit);
    let changes: Vec<Changed> = subject
        .changes()
        .into_iter()
        .filter(|changed| changed.container.as_deref() == exit.view.name())
        .filter(|changed| explains(changed, words.as_ref()))
        .collect();
    let revision = subject.definition.as_ref().and_then(|found| found.revision());
    let told: Vec<String> = changes.iter().map(|changed| changed.words(revision)).collect();
    for changed in &changes {
        finding =
            [&changed.before, &changed.after].into_iter().flatten().cloned().fold(finding, Finding::cite);
    }
    finding = finding.fact("changed", (!told.is_empty()).then(|| format!("; {}", told.join(", "))));
    if changes.is_empty() {
        finding = finding.asks(ask_earlier(subject));
    }
    let Some(words) = words else { return finding };
    // The definition has by now what the log misses.
    finding.is_refuted = misses_what_is_set(exit, &words);
    if let Some(change) = go_back(subject, exit, &changes) {
        finding = finding.change(change);
    }
    if let Some(process) = process_of(&mut finding.cause) {
        process.last_words = Some(words.text.clone());
    }
    let finding =
        finding.fact("log", Some(format!(": its log ends with `{}`", words.text.replace('`', "'"))));
    if finding.confidence == Confidence::Likely && words.is_named {
        finding.confirmed_by(words.proof)
    } else {
        finding.cite(words.proof)
    }
}

/// Whether a change can be why a process ends by itself: without a word of its own, only what it runs.
fn explains(changed: &Changed, words: Option<&LastWords>) -> bool {
    match changed.member.split_once('/') {
        Some(("environment" | "secrets", name)) => words.is_some_and(|words| words.text.contains(name)),
        _ => words.is_none() && matches!(changed.member.as_str(), "image" | "command" | "entryPoint"),
    }
}

/// Whether the log names a variable as missing that the definition sets.
fn misses_what_is_set(exit: &Exit<'_>, words: &LastWords) -> bool {
    const MISSING: &[&str] = &["missing", "not set", "required", "keyerror", "undefined", "no value"];
    let text = words.text.to_ascii_lowercase();
    let Some(defined) = exit.definition.as_ref().filter(|_| MISSING.iter().any(|word| text.contains(word)))
    else {
        return false;
    };
    let variables = defined.environment();
    let secrets = defined.secrets();
    let mut names =
        variables.iter().filter_map(|set| set.name()).chain(secrets.iter().filter_map(|set| set.name()));
    names.any(|name| name.len() > 3 && words.text.contains(name))
}

/// Back to the revision that has a variable which this one lost.
fn go_back(subject: &Subject<'_>, exit: &Exit<'_>, changes: &[Changed]) -> Option<Change> {
    let lost = changes.iter().find(|changed| changed.after.is_none() && changed.member.contains('/'))?;
    subject.facts().text("service")?;
    let now = exit.definition.as_ref()?;
    let earlier = subject.earlier_revision()?;
    let name = format!("{}:{}", earlier.family()?, earlier.revision()?);
    let container = earlier.container_definitions().into_iter().find(|found| found.name() == now.name())?;
    let variable = lost.member.rsplit('/').next().unwrap_or_default();
    let title = format!("Run {name} again, which has {variable}, until a new revision sets it");
    Some(Change::earlier_revision(subject, title, &name, now, &container))
}

/// An earlier revision, to compare with.
pub(in crate::rules) fn ask_earlier(subject: &Subject<'_>) -> Option<(Request, String)> {
    let name = subject.missing_revision()?;
    let request = Request::new("ecs", "DescribeTaskDefinition", json!({ "taskDefinition": name }));
    Some((request, "what differs from a revision that worked may be the reason".to_owned()))
}

fn process_of(cause: &mut Cause) -> Option<&mut ProcessExit> {
    match cause {
        Cause::AppExit1(exit)
        | Cause::AppExit2(exit)
        | Cause::AppExit132Sigill(exit)
        | Cause::AppExit134Abort(exit)
        | Cause::AppExit139Segv(exit)
        | Cause::AppExit255(exit)
        | Cause::AppExitOther(exit) => Some(exit),
        _ => None,
    }
}

/// With the container, where the evidence names it.
pub(super) fn named(finding: Finding, exit: &Exit<'_>) -> Finding {
    match exit.view.name() {
        Some(name) => {
            finding.container(name).fact("who", Some(format!("Container `{}`", name.replace('`', "'"))))
        }
        None => finding,
    }
}

/// `, 12 s after it started`.
fn lived_words(seconds: f64) -> String {
    format!(", {} after it started", duration_words(seconds))
}

/// A duration in the unit that fits it.
pub(in crate::rules) fn duration_words(seconds: f64) -> String {
    match seconds {
        ..120.0 => format!("{} s", whole(seconds)),
        ..7_200.0 => format!("{} min", whole(seconds / 60.0)),
        ..172_800.0 => match (seconds / 3_600.0, (seconds % 3_600.0 / 60.0) as u32) {
            (hours, 0) => format!("{} h", whole(hours)),
            (hours, minutes) => format!("{} h {minutes} min", hours as u32),
        },
        _ => format!("{} days", whole(seconds / 86_400.0)),
    }
}

/// The nearest whole number: rounding while a float is put into words takes ten times as long.
fn whole(number: f64) -> i64 {
    number.round_ties_even() as i64
}

/// Where a container's output goes, as far as the evidence says.
enum Log {
    /// To CloudWatch Logs.
    Stream,
    /// To another place, through this driver.
    Driver(String),
    /// Nowhere.
    None,
    /// Not known: the task definition is missing.
    Unknown,
}

fn log_of(exit: &Exit<'_>) -> Log {
    let Some(defined) = &exit.definition else { return Log::Unknown };
    match defined.log_configuration() {
        None => Log::None,
        Some(log) => match log.log_driver() {
            Some("awslogs") | None => Log::Stream,
            Some(driver) => Log::Driver(driver.to_owned()),
        },
    }
}

/// The finding with the fixes that its container's log allows.
fn with_logs(subject: &Subject<'_>, finding: Finding, exit: &Exit<'_>) -> Finding {
    let finding = match exit.definition.as_ref().and_then(|defined| defined.log_configuration()?.options()) {
        Some(options) => finding.fact("logRegion", options.region()),
        None => finding,
    };
    let log = log_of(exit);
    let finding = match &log {
        Log::None => {
            finding.fact("noLog", Some("; it has no log configuration, so what it said is lost".to_owned()))
        }
        Log::Driver(driver) => finding.fact("logDriver", Some(driver.clone())),
        Log::Stream | Log::Unknown => finding,
    };
    let added = if matches!(log, Log::None) { add_log(subject, exit) } else { Vec::new() };
    let mut fixes = Vec::new();
    for fix in finding.cause.rule().fixes {
        match log {
            _ if fix.title != LOOK_LOG.title => fixes.push(*fix),
            Log::Stream => fixes.push(*fix),
            Log::Driver(_) => fixes.push(LOOK_ELSEWHERE),
            Log::None if added.is_empty() => fixes.push(ADD_LOG),
            Log::None => {}
            Log::Unknown => fixes.push(FIND_LOG),
        }
    }
    added.into_iter().fold(finding.fixed_by(fixes), Finding::change)
}

const LOOK_ELSEWHERE: Fix = Fix::advice(
    "Read the last lines of the container's log",
    Blast::Nothing,
    "The container's output goes through the log driver {logDriver}: read it where that driver delivers.",
);

const FIND_LOG: Fix = Fix::look(
    "Find where the container logs",
    "aws ecs describe-task-definition --task-definition {taskDefinition} --region {region} \
     --query 'taskDefinition.containerDefinitions[].[name,logConfiguration]'",
);

const ADD_LOG: Fix = Fix::run(
    "Make a log group for the task, and have the container log there",
    Blast::Resource,
    "aws logs create-log-group --log-group-name /ecs/{family} --region {region}",
);

/// Gives a container without a log configuration one, for its next run: the group first, without which the next task
/// would not start.
fn add_log(subject: &Subject<'_>, exit: &Exit<'_>) -> Vec<Change> {
    let facts = subject.facts();
    let (Some(family), Some(region)) = (facts.text("family"), facts.text("region")) else {
        return Vec::new();
    };
    let group = format!("/ecs/{family}");
    let log = json!({ "logDriver": "awslogs", "options": {
        "awslogs-group": group, "awslogs-region": region, "awslogs-stream-prefix": "ecs",
    } });
    let make = format!(
        "aws logs create-log-group --log-group-name {} --region {}",
        shell_name(&group),
        shell_name(region)
    );
    let make = Change::new("First make a log group for the task", Blast::Resource).form(Form::Command(make));
    let title = "Then let the container log there: the next exit says why";
    let edit = Edit::container(&exit.container, "logConfiguration", log);
    vec![make, Change::task_definition(subject, title, &[edit])]
}

impl ProcessExit {
    /// The particulars of one exit.
    pub(super) fn of(subject: &Subject<'_>, exit: &Exit<'_>) -> Self {
        let mut facts = Facts::default().over(subject.shared_facts());
        let log = exit.definition.as_ref().and_then(|defined| defined.log_configuration());
        if let Some(options) = log.as_ref().and_then(|log| log.options()) {
            facts.set_logs(&exit.container, &options);
        }
        Self {
            lifetime_seconds: subject.timeline.lifetime_seconds(),
            log_driver: log.and_then(|log| log.log_driver()).map(str::to_owned),
            log_group: facts.text("logGroup").map(str::to_owned),
            log_stream: facts.text("logStream").map(str::to_owned),
            ..Self::of_code(exit.code)
        }
    }

    /// The particulars of an exit code alone.
    pub(super) fn of_code(code: Option<i64>) -> Self {
        let signal = code.filter(|code| (129..=159).contains(code)).map(|code| code - 128);
        Self {
            exit_code: code,
            signal,
            signal_name: signal.and_then(signal_name).map(str::to_owned),
            meaning: code.and_then(super::exits::meaning).map(str::to_owned),
            ..Self::default()
        }
    }
}

/// Name of a Linux signal.
fn signal_name(signal: i64) -> Option<&'static str> {
    Some(match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => return None,
    })
}

/// Exit codes that messages name and `is_one` is true of, where no container shows one.
pub(super) fn stated_codes<'s>(
    subject: &'s Subject<'_>,
    is_one: impl Fn(i64) -> bool,
) -> impl Iterator<Item = (&'s Statement, i64)> {
    let shown = subject.exits.iter().any(|exit| exit.code.is_some());
    let statements = if shown { &[] } else { subject.statements.as_slice() };
    statements.iter().filter_map(move |statement| {
        let message = &statement.message;
        let code = message.exit_code().filter(|code| is_one(*code))?;
        let is_place = matches!(
            statement.source,
            Source::Bare | Source::TaskStoppedReason | Source::ContainerReason | Source::ServiceEvent
        );
        // Tools that ECS itself runs, such as mount helpers, have exit codes too.
        let is_of_container =
            message.says_any(&["container", "task ", "exitcode", "exit code", "exit_code", "exited ("])
                && !is_telling(message)
                && message.operation().is_none()
                && !message.is_pull()
                && !message.says_any(&["executecommandagent", "execute command", "mount"])
                // A container that goes with its host has ended with whatever code it could.
                && !message.says_any(&["host ec2 (instance", "deregistration forced", "instance is in draining"]);
        (is_place && is_of_container).then_some((statement, code))
    })
}

/// A finding about an exit code that a message names.
pub(super) fn stated_finding(statement: &Statement, code: i64, cause: Cause) -> Finding {
    let message = &statement.message;
    let is_end_of_task = message.says("essential container");
    // Anybody may have stopped the container, and the 1 at the end of a cut text may have been a 137.
    let by_whom = Exit::told_to_stop(code) || code == 0;
    let is_cut = matches!(code, 1 | 13 | 14) && message.folded().ends_with(&code.to_string());
    let finding = Finding::stated(cause, statement);
    if !is_end_of_task && (by_whom || is_cut) { finding.confidence(Confidence::Possible) } else { finding }
}

/// Findings for every exit, shown or named, whose code `is_one`.
pub(in crate::rules) fn exits_with(
    subject: &Subject<'_>,
    is_one: fn(i64) -> bool,
    cause: fn(ProcessExit) -> Cause,
) -> Vec<Finding> {
    let mut found = Vec::new();
    if subject.exits.iter().any(|exit| exit.code.is_some_and(is_one)) {
        for exit in judged_exits(subject).filter(|exit| exit.code.is_some_and(is_one)) {
            keep(&mut found, exit_finding(subject, exit, cause(ProcessExit::of(subject, exit))));
        }
    }
    for (statement, code) in stated_codes(subject, is_one) {
        keep(&mut found, stated_finding(statement, code, cause(ProcessExit::of_code(Some(code)))));
    }
    found
}
