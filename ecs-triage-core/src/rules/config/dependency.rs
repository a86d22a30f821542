//! Containers that wait for each other.

use super::program::DEFINITION;
use super::{Ask, Blast, Bucket, Cause, Check, Circle, Confidence, Dependency, Finding, Fix, Kind, Rule};
use crate::evidence::ecs::{ContainerDefinition, TaskDefinition};
use crate::health::{self, Condition, DependencyFault, ProbeModel, first_cycle};
use crate::rules::at_most_one;
use crate::signals::message::DependencyOutcome;
use crate::signals::{Statement, Stop, Subject, SubjectKind};

const PAGE: &str = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html";

const SHOW: Fix = Fix::look(
    "Show who waits for whom",
    "aws ecs describe-task-definition --task-definition {taskDefinition} --region {region} \
     --query 'taskDefinition.containerDefinitions[].[name,essential,dependsOn,startTimeout,healthCheck]'",
);

pub(in crate::rules) static FAILED: Rule = Rule {
    code: "dependency-failed",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "`dependsOn` condition cannot be met",
    summary: "{dependent|A container of the task} was never started: it waits for {dependency|another container}, which {fate~|did not get there}.",
    explanation: "A container with `dependsOn` is started only when its dependency has reached the condition. When that \
                  becomes impossible the agent gives up the task and writes exit code 143 to the container that waited, \
                  although it never ran: the end of the dependency is what to look at.",
    signs: "`dependency graph: failed to resolve container ordering dependency [A] for target [B] …` or `… has timed \
            out`; or a condition that the definition makes impossible.",
    wants: &[
        Ask::new(
            "logs",
            "GetLogEvents",
            r#"{"logGroupName": "{logGroup}", "logStreamName": "{logStream}", "limit": 100, "startFromHead": false}"#,
            "the last lines of {dependency|the dependency} say why it did not get there",
        ),
        DEFINITION,
    ],
    fixes: &[
        Fix::look(
            "Read the log of the dependency",
            "aws logs get-log-events --log-group-name {logGroup} --log-stream-name {logStream} --limit 50 --region {logRegion}",
        ),
        SHOW,
        Fix::advice(
            "Make the condition reachable",
            Blast::NewRevision,
            "Mend {dependency|the dependency}; or change the condition (HEALTHY needs a `healthCheck` in the task definition, \
             COMPLETE and SUCCESS a container that is not essential), or raise its `startTimeout`.",
        ),
    ],
    docs: &[PAGE],
    since: "0.1.0",
    check: Check::Judge(|subject| {
        let stated = subject.statements.iter().filter(|statement| is_dependency(statement));
        let stated: Vec<&Statement> = stated.collect();
        // One that waited for another that waited itself is an effect.
        let target =
            |statement: &Statement| statement.message.dependency().and_then(|stated| stated.target.clone());
        let targets: Vec<String> = stated.iter().filter_map(|statement| target(statement)).collect();
        let is_first = |statement: &&Statement| {
            statement.message.dependency().is_none_or(|stated| !targets.contains(&stated.on))
        };
        let found = stated.iter().copied().filter(is_first);
        let found: Vec<Finding> = found.map(|statement| of_statement(subject, statement)).collect();
        if stated.is_empty() { at_most_one(of_definition(subject)) } else { found }
    }),
};

pub(in crate::rules) static CIRCULAR: Rule = Rule {
    code: "dependency-circular",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "containers wait for each other in a circle",
    summary: "The containers of the task cannot be put in an order{circle~|}: none of those that wait for each other can start.",
    explanation: "`dependsOn`, `links` and `volumesFrom` each make one container wait for another. In a circle, or with a \
                  name that the task does not have, the agent finds no container to start first.",
    signs: "`Task dependencies cannot be resolved, taskArn: …`, without the error's name in front.",
    wants: &[DEFINITION],
    fixes: &[
        SHOW,
        Fix::advice(
            "Break the circle",
            Blast::NewRevision,
            "Remove one of the `dependsOn`, `links` or `volumesFrom` entries{circle~|} and register a new revision.",
        ),
    ],
    docs: &[PAGE],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.says("task dependencies cannot be resolved") || message.has_error("TaskDependencyError")
        },
        |_, subject| {
            Cause::DependencyCircular(Circle { containers: subject.definition.as_ref().and_then(circle) })
        },
    )
    .settled(|subject, finding| {
        let Cause::DependencyCircular(Circle { containers: Some(names) }) = &finding.cause else {
            return finding;
        };
        let words = format!(" ({})", names.join(" → "));
        let Some(definition) = &subject.definition else { return finding };
        let citation = definition.cite("containerDefinitions");
        finding.fact("circle", Some(words)).confirmed_by(citation)
    }),
};

fn is_dependency(statement: &Statement) -> bool {
    let message = &statement.message;
    let is_proxy = message.dependency().is_some_and(|dependency| is_proxy(&dependency.on));
    !is_proxy && (message.dependency().is_some() || message.says("dependency graph: "))
}

/// The Service Connect proxy has a rule of its own.
fn is_proxy(container: &str) -> bool {
    container.starts_with("ecs-service-connect-")
}

fn of_statement(subject: &Subject<'_>, statement: &Statement) -> Finding {
    let stated = statement.message.dependency();
    let outcome = stated.and_then(|stated| stated.outcome);
    let on = stated.map(|stated| stated.on.as_str());
    let target = stated.and_then(|stated| stated.target.as_deref()).or(statement.container.as_deref());
    let ended = on.and_then(|on| subject.exits.iter().find(|exit| exit.container == on));
    let exit_code = ended.and_then(|exit| exit.code).or(stated.and_then(|stated| stated.exit_code));
    let waited_for = on.and_then(|on| subject.container_definition(Some(on)));
    let waiting = target.and_then(|target| subject.container_definition(Some(target)));
    let condition = waiting.as_ref().and_then(|waiting| condition_on(waiting, on?));
    let cause = Cause::DependencyFailed(Dependency {
        dependency: on.map(str::to_owned),
        dependent: target.map(str::to_owned),
        condition: condition.map(str::to_owned),
        outcome: outcome.map(|outcome| outcome_word(outcome).to_owned()),
        exit_code,
        start_timeout_seconds: waited_for.as_ref().and_then(|waited_for| waited_for.start_timeout()),
    });
    let fate = match (outcome, exit_code) {
        (Some(DependencyOutcome::TimedOut), _) => Some("did not reach the condition in time".to_owned()),
        (Some(DependencyOutcome::Missing), _) => Some("the task does not have".to_owned()),
        (_, Some(code)) => Some(format!("ended with exit code {code}")),
        (Some(DependencyOutcome::Failed), _) => Some("did not exit successfully".to_owned()),
        (Some(DependencyOutcome::NeverStarts), _) => Some("will never start".to_owned()),
        (None, None) => None,
    };
    let mut finding = Finding::stated(cause, statement).fact("fate", fate);
    // Its own exit code, in the same task, is the proof of what the message says.
    if let Some(exit) = ended.filter(|exit| exit.code.is_some_and(|code| code != 0)) {
        finding = finding.cite(exit.citation()).confidence(Confidence::Confirmed);
    }
    with_log(subject, finding, on, waited_for)
}

fn outcome_word(outcome: DependencyOutcome) -> &'static str {
    match outcome {
        DependencyOutcome::Failed => "failed",
        DependencyOutcome::TimedOut => "timed-out",
        DependencyOutcome::NeverStarts => "never-starts",
        DependencyOutcome::Missing => "missing",
    }
}

/// Adds where the dependency logs.
fn with_log(
    subject: &Subject<'_>,
    finding: Finding,
    on: Option<&str>,
    defined: Option<ContainerDefinition<'_>>,
) -> Finding {
    let options = defined.and_then(|defined| defined.log_configuration()?.options());
    let Some((on, options)) = on.zip(options) else { return finding };
    let mut facts = subject.facts().clone();
    facts.set_logs(on, &options);
    ["logGroup", "logStream", "logRegion"]
        .into_iter()
        .fold(finding, |finding, name| finding.fact(name, facts.text(name)))
}

fn condition_on<'e>(waiting: &ContainerDefinition<'e>, on: &str) -> Option<&'e str> {
    waiting.depends_on().iter().find(|waits| waits.container_name() == Some(on))?.condition()
}

/// A condition that the definition makes impossible, in a task that hangs or ended because of it.
fn of_definition(subject: &Subject<'_>) -> Option<Finding> {
    let defined = subject.definition.as_ref()?.container_definitions();
    for waiting in &defined {
        for waits in waiting.depends_on() {
            let Some(on) = defined.iter().find(|on| on.name() == waits.container_name()) else { continue };
            let Some(fault) = fault(waits.condition(), on) else { continue };
            let (Some(dependency), Some(dependent)) = (on.name(), waiting.name()) else { continue };
            let Some(confidence) = bites(subject, fault, dependency, dependent) else { continue };
            let cause = Cause::DependencyFailed(Dependency {
                dependency: Some(dependency.to_owned()),
                dependent: Some(dependent.to_owned()),
                condition: waits.condition().map(str::to_owned),
                ..Dependency::default()
            });
            let (fate, proof) = match fault {
                DependencyFault::NoHealthCheck => {
                    ("has no health check in the task definition, so it is never HEALTHY", on.cite("name"))
                }
                _ => ("is essential, so that its end stops the task", on.cite("essential")),
            };
            let finding = Finding::new(cause, confidence, waits.cite("condition"));
            return Some(finding.container(dependent).cite(proof).fact("fate", Some(fate)));
        }
    }
    None
}

fn fault(condition: Option<&str>, on: &ContainerDefinition<'_>) -> Option<DependencyFault> {
    let condition = match condition? {
        "COMPLETE" => Condition::Complete,
        "SUCCESS" => Condition::Success,
        "HEALTHY" => Condition::Healthy,
        _ => return None,
    };
    let dependency = health::Dependency {
        condition,
        essential: on.essential().unwrap_or(true),
        health_check: on.health_check().map(|_| health::HealthCheck::default()),
        start_timeout: None,
        is_log_router: false,
    };
    dependency.faults(ProbeModel::BOTH).into_iter().next()
}

/// How sure it is that this condition is what the subject suffers from; [`None`] when it does not.
fn bites(subject: &Subject<'_>, fault: DependencyFault, on: &str, waiting: &str) -> Option<Confidence> {
    if subject.kind == SubjectKind::TaskDefinition {
        // What is not registered yet is refused, which is another cause.
        let is_registered = subject.definition.as_ref()?.revision().is_some();
        return is_registered.then_some(Confidence::Likely);
    }
    let has_run = |name: &str| {
        let container = subject.exits.iter().find(|exit| exit.container == name)?;
        Some(container.code.is_some() || container.view.last_status() == Some("RUNNING"))
    };
    let is_waiting = has_run(waiting) == Some(false) && has_run(on) == Some(true);
    let is_ended = subject.exits.iter().any(|exit| exit.container == on && exit.code == Some(0));
    match subject.stop {
        Stop::None => is_waiting.then_some(Confidence::Likely),
        Stop::EssentialContainerExited if fault == DependencyFault::EssentialMustNotExit => {
            (is_waiting && is_ended).then_some(Confidence::Confirmed)
        }
        _ => None,
    }
}

/// The names of the containers that wait for each other in a circle, the first one again at the end.
fn circle(definition: &TaskDefinition<'_>) -> Option<Vec<String>> {
    let defined = definition.container_definitions();
    let mut circle = first_circle(&defined)?;
    circle.extend(circle.first().copied());
    Some(circle.into_iter().filter_map(|at| defined[at].name()).map(str::to_owned).collect())
}

/// The containers that wait for each other in a circle, by position: for their start, their link or their volumes.
pub(crate) fn first_circle(defined: &[ContainerDefinition<'_>]) -> Option<Vec<usize>> {
    let position = |name: &str| defined.iter().position(|container| container.name() == Some(name));
    let waits_for: Vec<Vec<usize>> = defined
        .iter()
        .map(|container| {
            let depends = container.depends_on();
            let depends = depends.iter().filter_map(|waits| waits.container_name());
            let links = container.links();
            // A link is `NAME` or `NAME:ALIAS`.
            let links = links.iter().filter_map(|link| link.split(':').next());
            let volumes = container.volumes_from();
            let volumes = volumes.iter().filter_map(|from| from.source_container());
            depends.chain(links).chain(volumes).filter_map(position).collect()
        })
        .collect();
    first_cycle(&waits_for)
}
