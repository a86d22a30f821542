//! The health check of a container failed, by ECS's own word or by the container's status.

use crate::rules::at_most_one;
use serde_json::json;

use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule, Verdict, payloads};
use crate::change::{Change, Edit};
use crate::evidence::ecs::{ContainerDefinition, HealthCheck as Defined};
use crate::health::{HealthCheck, Possibility, ProbeModel};
use crate::rules::app::{ask_earlier, duration_words};
use crate::signals::message::ServiceEventKind;
use crate::signals::{Boot, Changed, Exit, Source, Statement, Stop, Subject, SubjectKind};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "health-container-check-failed",
    bucket: Bucket::Health,
    kind: Kind::Cause,
    title: "container health check failed",
    summary: "The health check of {container|one of the containers} failed{lived~|}{reading~|}{changed~|}.",
    explanation: "ECS runs the command of the task definition's health check inside the container and replaces a service's task when \
                  an essential container is UNHEALTHY. What the command printed is not in the ECS API, and exit codes 137 and 143 \
                  after that are the stop.",
    signs: "`Task failed container health checks` as the stopped reason, `failed container health checks` in a service event, or a \
            running essential container with the status UNHEALTHY.",
    wants: &[
        Ask::new(
            "ecs",
            "DescribeTaskDefinition",
            r#"{"taskDefinition": "{missingDefinition}"}"#,
            "has the command, its interval, time-out and retries, and the start period",
        ),
        Ask::new(
            "logs",
            "GetLogEvents",
            r#"{"logGroupName": "{logGroup}", "logStreamName": "{logStream}", "limit": 100, "startFromHead": false}"#,
            "shows whether the application had come up when the check gave up",
        ),
    ],
    fixes: &[
        Fix::look(
            "Run the check's command in a container that runs (ECS Exec has to be on for its task)",
            "aws ecs execute-command --cluster {cluster} --task RUNNING_TASK --container {container} --interactive \
             --command /bin/sh --region {region}",
        ),
        Fix::advice(
            "Let the check fit the image",
            Blast::NewRevision,
            "The command runs inside the container: the program (`curl`, `wget`) must be in the image, the port is the \
             container's, and 127.0.0.1 is safer than localhost where that may be ::1.",
        ),
    ],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html",
        "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html",
    ],
    since: "0.1.0",
    check: Check::Judge(check),
};

payloads! {
    /// The particulars of a container health check that failed.
    ContainerCheck {
        /// What is run; the first word is `CMD` or `CMD-SHELL`.
        command: Vec<String>,
        /// Seconds between checks.
        interval_seconds: u32,
        /// Seconds that one check may take.
        timeout_seconds: u32,
        /// Failures in a row that make the container UNHEALTHY.
        retries: u32,
        /// Seconds in which failures do not count.
        start_period_seconds: u32,
        /// Seconds from the task's start to the order to stop it.
        lived_seconds: f64,
        /// Seconds within which an application must answer not to be declared UNHEALTHY.
        boot_allowed_seconds: u64,
        /// Seconds that the application took to boot, by a line of its log.
        boot_seconds: f64,
        /// What is wrong with the command itself.
        command_fault: String,
    }
}

fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let stated: Vec<Finding> = subject
        .statements
        .iter()
        .filter(|statement| is_stated(statement))
        .map(|s| of_statement(subject, s))
        .collect();
    if !stated.is_empty() || subject.kind != SubjectKind::Task {
        return if only_proxy_is_unhealthy(subject) { Vec::new() } else { stated };
    }
    at_most_one(of_status(subject))
}

fn is_stated(statement: &Statement) -> bool {
    let message = &statement.message;
    message.says("failed container health checks")
        || message.service_event().is_some_and(|event| event.kind == ServiceEventKind::UnhealthyContainer)
}

/// The Service Connect proxy has a rule of its own.
fn only_proxy_is_unhealthy(subject: &Subject<'_>) -> bool {
    let mut unhealthy = unhealthy(subject).peekable();
    unhealthy.peek().is_some() && unhealthy.all(|exit| exit.injected)
}

/// The containers with the status UNHEALTHY whose health counts.
fn unhealthy<'s, 'e>(subject: &'s Subject<'e>) -> impl Iterator<Item = &'s Exit<'e>> + use<'s, 'e> {
    subject
        .exits
        .iter()
        .filter(|exit| exit.view.health_status() == Some("UNHEALTHY") && exit.essential != Some(false))
}

fn of_statement(subject: &Subject<'_>, statement: &Statement) -> Finding {
    let mut finding =
        Finding::stated(Cause::HealthContainerCheckFailed(ContainerCheck::default()), statement);
    let sick: Vec<&Exit<'_>> = unhealthy(subject).filter(|exit| !exit.injected).collect();
    if let [only] = sick.as_slice() {
        finding = finding.container(&only.container).cite(only.view.cite("healthStatus"));
    }
    let is_shown = !sick.is_empty() && statement.source == Source::TaskStoppedReason;
    let (finding, possibility) = with_check(subject, finding);
    match possibility {
        // ECS says so, the container's status says so, and the times allow it.
        Some(Possibility::Possible) if is_shown => finding.confidence(Confidence::Confirmed),
        _ => finding,
    }
}

/// An UNHEALTHY container of a task that nobody has explained yet.
fn of_status(subject: &Subject<'_>) -> Option<Finding> {
    let confidence = match subject.stop {
        Stop::None => Confidence::Likely,
        // The scheduler stopped it and does not say why.
        Stop::Scheduler if subject.statements_of(Source::TaskStoppedReason).next().is_none() => {
            Confidence::Possible
        }
        _ => return None,
    };
    let cause = Cause::HealthContainerCheckFailed(ContainerCheck::default());
    let finding = match unhealthy(subject).find(|exit| !exit.injected) {
        Some(sick) => {
            Finding::new(cause, confidence, sick.view.cite("healthStatus")).container(&sick.container)
        }
        // A query kept the task's health alone.
        None => {
            let task = subject.task.as_ref().filter(|task| task.health_status() == Some("UNHEALTHY"))?;
            let is_alone = subject.exits.iter().all(|exit| exit.view.health_status().is_none());
            is_alone.then(|| Finding::new(cause, confidence, task.cite("healthStatus")))?
        }
    };
    let (mut finding, _) = with_check(subject, finding);
    finding.at = subject.timeline.end();
    let reading = match subject.is_of_service() {
        Some(false) => Some("; nothing replaces a task that is of no service"),
        _ => None,
    };
    Some(finding.fact("reading", reading).verdict(Verdict::Failure))
}

/// Adds the check of the container, its arithmetic beside the task's life, and changes that fit.
fn with_check(subject: &Subject<'_>, mut finding: Finding) -> (Finding, Option<Possibility>) {
    let lived = subject.timeline.seconds_until_stopping();
    let words = lived.map(|seconds| format!(", {} after the task had started", duration_words(seconds)));
    finding = finding.fact("lived", words);
    let Some((container, defined)) = defined_check(subject, finding.container.as_deref()) else {
        return (set(finding, ContainerCheck { lived_seconds: lived, ..ContainerCheck::default() }), None);
    };
    if let Some(name) = container.name() {
        finding = finding.container(name);
        if let Some(options) = container.log_configuration().and_then(|log| log.options()) {
            let mut facts = subject.facts().clone();
            facts.set_logs(name, &options);
            finding = finding
                .fact("logGroup", facts.text("logGroup"))
                .fact("logStream", facts.text("logStream"))
                .fact("logRegion", facts.text("logRegion"));
        }
    }
    let settings = settings(&defined);
    let models = models(subject);
    let boot = settings.boot_time(models);
    let booted = subject.boot(container.name().unwrap_or_default());
    let command: Vec<&str> = defined.command();
    let fault = command_fault(&command);
    let possibility = lived.map(|seconds| settings.could_have_killed(models, seconds as u64));
    finding = set(
        finding,
        ContainerCheck {
            command: Some(command.iter().map(|word| (*word).to_owned()).collect()),
            interval_seconds: Some(settings.interval),
            timeout_seconds: Some(settings.timeout),
            retries: Some(settings.retries),
            start_period_seconds: Some(settings.start_period),
            lived_seconds: lived,
            boot_allowed_seconds: Some(boot),
            boot_seconds: booted.as_ref().map(|boot| boot.seconds),
            command_fault: fault.as_ref().map(|fault| fault.words.to_owned()),
        },
    );
    finding = finding.cite(defined.node().citation());
    if let Some(fault) = fault {
        let edit = with_member(&defined, "command", json!(fault.command));
        let edits = [Edit::container(container.name().unwrap_or_default(), "healthCheck", edit)];
        let change = Change::task_definition(subject, "Let a shell run the check's command", &edits);
        return (finding.fact("reading", Some(format!(": {}", fault.words))).change(change), possibility);
    }
    let finding = with_changes(subject, finding, &container);
    (weighed(subject, finding, &container, &defined, settings, booted.as_ref()), possibility)
}

/// Names what another revision had otherwise in the check; the revision is asked for where it is known.
fn with_changes(subject: &Subject<'_>, finding: Finding, container: &ContainerDefinition<'_>) -> Finding {
    let revision = subject.definition.as_ref().and_then(|found| found.revision());
    let changes: Vec<Changed> = subject
        .changes()
        .into_iter()
        .filter(|changed| {
            changed.container.as_deref() == container.name() && changed.member.starts_with("healthCheck/")
        })
        .collect();
    if changes.is_empty() {
        return finding.asks(ask_earlier(subject));
    }
    let words: Vec<String> = changes.iter().map(|changed| changed.words(revision)).collect();
    let finding = finding.fact("changed", Some(format!("; {}", words.join(", "))));
    let places = changes.into_iter().flat_map(|changed| [changed.before, changed.after]).flatten();
    places.fold(finding, Finding::cite)
}

/// Whether the application was only slow: it was given up at the first chance.
fn weighed(
    subject: &Subject<'_>,
    finding: Finding,
    container: &ContainerDefinition<'_>,
    defined: &Defined<'_>,
    settings: HealthCheck,
    booted: Option<&Boot>,
) -> Finding {
    let models = models(subject);
    let Some(lived) = subject.timeline.seconds_until_stopping().map(|seconds| seconds as u64) else {
        return finding;
    };
    if settings.could_have_killed(models, lived) != Possibility::Possible {
        // An application that never answers would have lived longer under these settings.
        let mut finding = finding
            .fact("reading", Some("; it had passed before, for without that it would have lived longer"));
        finding.is_refuted = true;
        return finding;
    }
    if !settings.fits_never_passing(models, lived) {
        return finding.fact("reading", Some("; it had been healthy before, or was within its grace period"));
    }
    let allowed = settings.boot_time(models);
    let taken = booted.map(|boot| (boot.seconds.max(0.0).ceil() as u64, boot.proof.clone()));
    let finding = finding.fact(
        "reading",
        Some(match &taken {
            Some((boot, _)) if *boot > allowed => {
                format!(": it never passed; the check gives the application {allowed} s to answer, and its boot took {boot} s by its log")
            }
            Some((boot, _)) => {
                format!(": it never passed, though the application was up after {boot} s by its log")
            }
            None => format!(": it never passed, and the check gives an application {allowed} s to answer"),
        }),
    );
    let finding = match &taken {
        Some((_, proof)) => finding.cite(proof.clone()),
        None => finding,
    };
    let boot = taken.map(|(boot, _)| boot);
    if boot.is_some_and(|boot| boot <= allowed) {
        // It boots in time: the check or what it asks is at fault, and more time would not help.
        return finding;
    }
    // Half as much again as it took; unknown, twice what was not enough.
    let wanted = boot.map_or(lived.saturating_mul(2), |boot| boot.saturating_add(boot / 2));
    let Some(longer) = settings.with_boot_time(models, wanted) else { return finding };
    let mut check = defined.node().value().clone();
    for (key, value) in
        [("startPeriod", longer.start_period), ("retries", longer.retries), ("interval", longer.interval)]
    {
        let is_new = match key {
            "startPeriod" => value != settings.start_period,
            "retries" => value != settings.retries,
            _ => value != settings.interval,
        };
        if let (true, Some(members)) = (is_new, check.as_object_mut()) {
            members.insert(key.to_owned(), json!(value));
        }
    }
    let title = match boot {
        Some(boot) => {
            format!("Give the application {} s to answer; it took {boot} s", longer.boot_time(models))
        }
        None => format!("Give the application {} s to answer, if it is only slow", longer.boot_time(models)),
    };
    let edits = [Edit::container(container.name().unwrap_or_default(), "healthCheck", check)];
    finding.change(Change::task_definition(subject, title, &edits))
}

fn set(mut finding: Finding, check: ContainerCheck) -> Finding {
    finding.cause = Cause::HealthContainerCheckFailed(check);
    finding
}

/// The check of the container, or the only one of an essential container.
fn defined_check<'e>(
    subject: &Subject<'e>,
    container: Option<&str>,
) -> Option<(ContainerDefinition<'e>, Defined<'e>)> {
    let defined = subject.definition.as_ref()?.container_definitions();
    let mut checked = defined.into_iter().filter_map(|defined| {
        let is_meant = match container {
            Some(name) => defined.name() == Some(name),
            None => defined.essential() != Some(false),
        };
        let check = defined.health_check().filter(|_| is_meant)?;
        Some((defined, check))
    });
    let first = checked.next();
    if checked.next().is_some() { None } else { first }
}

fn settings(defined: &Defined<'_>) -> HealthCheck {
    let number = |value: Option<i64>| value.and_then(|value| u32::try_from(value).ok());
    HealthCheck::from_definition(
        number(defined.interval()),
        number(defined.timeout()),
        number(defined.retries()),
        number(defined.start_period()),
    )
}

/// The timing of the engine that runs the checks.
fn models(subject: &Subject<'_>) -> &'static [ProbeModel] {
    let versions = subject.instance.as_ref().and_then(|instance| instance.version_info());
    match versions.and_then(|versions| versions.docker_version()) {
        Some(version) => ProbeModel::of_docker(version),
        None => ProbeModel::BOTH,
    }
}

/// A command that cannot work, and what was meant.
struct CommandFault {
    words: &'static str,
    command: Vec<String>,
}

/// A whole shell line that is not given to a shell.
fn command_fault(command: &[&str]) -> Option<CommandFault> {
    let (first, rest) = command.split_first()?;
    let through_shell = |line: String| vec!["CMD-SHELL".to_owned(), line];
    match (*first, rest) {
        ("CMD", [line]) if line.contains(' ') => Some(CommandFault {
            words: "`CMD` takes its one text for the name of a program, blanks and all",
            command: through_shell((*line).to_owned()),
        }),
        ("CMD", words) if words.iter().any(|word| matches!(*word, "||" | "&&" | "|" | ";")) => {
            Some(CommandFault {
                words: "`CMD` runs no shell, so `||` and what follows are arguments of the program",
                command: through_shell(words.join(" ")),
            })
        }
        _ => None,
    }
}

fn with_member(defined: &Defined<'_>, key: &str, value: serde_json::Value) -> serde_json::Value {
    let mut check = defined.node().value().clone();
    if let Some(members) = check.as_object_mut() {
        members.insert(key.to_owned(), value);
    }
    check
}
