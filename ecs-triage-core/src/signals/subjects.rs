//! Finds the subjects in the evidence and gathers what is known of each.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::logs;
use super::message::Message;
use super::roles::Roles;
use super::services::services;
use super::statement::{Said, Source, Statement};
use super::subject::{Subject, SubjectKind, containers_of, definition_for};
use super::told::{self, Told};
use super::turns::Turns;
use crate::evidence::ecs::{
    Container, ContainerDefinition, ContainerInstance, Failure, HealthCheck, InstanceHealthChange, Secret,
    Service, Task, TaskDefinition,
};
use crate::evidence::elbv2::TargetHealthDescription;
use crate::evidence::text::{ApiError, MessageText};
use crate::evidence::{Evidence, Kind, Node, Request};
use crate::redact::redacted;

/// Every subject of the evidence: tasks, then services, container instances, refused calls and bare
/// messages; a container instance that is well, a task definition, or a log, only when there is nothing else.
pub fn subjects(evidence: &Evidence) -> Vec<Subject<'_>> {
    let mut found = Vec::with_capacity(evidence.count(Kind::Task) + 1);
    let mut known = Known::default();
    found.extend(evidence.all().map(|task| of_task(evidence, task, &mut known)));
    let turns = Arc::new(Turns::among(&found));
    found.extend(loose_containers(evidence));
    let told = Told::among(evidence);
    let messages = told::on_their_own(evidence, &told);
    found.extend(services(evidence, told));
    let instances = evidence.all().filter(|instance| stands_out(evidence, instance));
    found.extend(instances.map(|instance| of_instance(evidence, instance)));
    found.extend(evidence.all().filter_map(|change| of_health_change(evidence, &change)));
    found.extend(evidence.answers().map(|(failure, request)| of_failure(evidence, &failure, request)));
    found.extend(errors(evidence, &[CHANGES, LOOKS]));
    found.extend(messages.iter().map(|message| of_message(evidence, message)));
    if found.is_empty() {
        found.extend(errors(evidence, &[LOOKS_AROUND]));
    }
    if found.is_empty() {
        found.extend(refused_elsewhere(evidence));
    }
    if found.is_empty() {
        found.extend(evidence.all().filter_map(|target| of_target(evidence, &target)));
    }
    if found.is_empty() {
        found.extend(evidence.all().map(|instance| of_instance(evidence, instance)));
    }
    if found.is_empty() {
        found.extend(evidence.all().map(|definition| of_definition(evidence, definition)));
    }
    if found.is_empty() {
        found.extend(logs::alone(evidence));
    }
    if found.is_empty() && !evidence.trust_policies().is_empty() {
        found.push(Subject::new(SubjectKind::Role, "role", evidence));
    }
    let has_parts = evidence.all::<ContainerDefinition<'_>>().next().is_some()
        || evidence.all::<Secret<'_>>().next().is_some()
        || evidence.all::<HealthCheck<'_>>().next().is_some();
    if found.is_empty() && has_parts {
        found.push(Subject::new(SubjectKind::TaskDefinition, "container-definition", evidence));
    }
    if found.is_empty() {
        found.extend(of_targets(evidence));
    }
    for subject in &mut found {
        subject.turns = Arc::clone(&turns);
    }
    found
}

/// One of the [`subjects`], by its kind and identity; of a task nothing but itself and its group is looked at.
pub(crate) fn subject<'e>(evidence: &'e Evidence, kind: SubjectKind, id: &str) -> Option<Subject<'e>> {
    let mut tasks = evidence.all::<Task<'e>>().filter(|task| kind == SubjectKind::Task && id_of(task) == id);
    match tasks.next() {
        Some(task) => {
            let turns = Turns::of_group(evidence, task.group());
            let mut subject = of_task(evidence, task, &mut Known::default());
            subject.turns = Arc::new(turns);
            Some(subject)
        }
        None => subjects(evidence).into_iter().find(|other| other.kind == kind && other.id == id),
    }
}

/// What is found out once for all tasks.
#[derive(Default)]
struct Known<'e> {
    /// Messages that were read: those of tasks that ended alike are the same.
    messages: HashMap<(Source, &'e str), KnownMessage<'e>>,
    roles: Roles<'e>,
}

struct KnownMessage<'e> {
    said: Arc<Said>,
    /// What is left of its text once what could be a secret is blanked, as soon as it is quoted.
    left: OnceCell<Cow<'e, str>>,
}

impl<'e> Known<'e> {
    fn statement(&mut self, source: Source, text: &'e str, place: &Node<'e>) -> Statement {
        let known = self.messages.entry((source, text)).or_insert_with(|| KnownMessage {
            said: Arc::new(Said::new(source, Message::parse(text))),
            left: OnceCell::new(),
        });
        let citation = match place.document().is_quoted() && place.value().as_str() == Some(text) {
            true => place.citation_of_text(known.left.get_or_init(|| redacted(text))),
            false => place.citation(),
        };
        Statement::read(Arc::clone(&known.said), citation)
    }
}

fn id_of<'e>(task: &Task<'e>) -> &'e str {
    task.task_arn().unwrap_or("task")
}

fn of_task<'e>(evidence: &'e Evidence, task: Task<'e>, known: &mut Known<'e>) -> Subject<'e> {
    let mut subject = Subject::new(SubjectKind::Task, id_of(&task), evidence);
    let end = task.stopping_at().or(task.stopped_at());
    if let Some(reason) = task.stopped_reason() {
        subject
            .statements
            .push(known.statement(Source::TaskStoppedReason, reason, &task.member("stoppedReason")).at(end));
    }
    let containers = containers_of(&task);
    for container in &containers {
        subject.statements.extend(of_container(container, known).map(|statement| statement.at(end)));
    }
    for detail in task.attachments().iter().flat_map(|attachment| attachment.details()) {
        let (Some(name), Some(value)) = (detail.name(), detail.value()) else { continue };
        if name == "statusReason" {
            let statement = known.statement(Source::AttachmentReason, value, &detail.member("value"));
            subject.statements.push(statement.at(end));
        }
        subject.attached.push((name, value));
    }
    subject.with_task(task, containers, &mut known.roles)
}

fn of_container<'e>(
    container: &Container<'e>,
    known: &mut Known<'e>,
) -> impl Iterator<Item = Statement> + use<'e> {
    let name = container.name();
    let own = container.reason().map(|reason| {
        known.statement(Source::ContainerReason, reason, &container.member("reason")).container(name)
    });
    let own = own.filter(|statement| !ended_unseen(container, statement));
    let agents = container.managed_agents().into_iter().filter_map(move |agent| {
        let reason = agent.reason()?;
        Some(known.statement(Source::ManagedAgentReason, reason, &agent.member("reason")).container(name))
    });
    own.into_iter().chain(agents.collect::<Vec<_>>())
}

/// An inspection that failed because the container had ended before it was looked at, as its exit code shows.
fn ended_unseen(container: &Container<'_>, statement: &Statement) -> bool {
    let message = &statement.message;
    container.exit_code().is_some()
        && message.has_error("CannotInspectContainerError")
        && message.exec().is_none()
}

/// Containers that were pasted without their task are read as one task.
fn loose_containers(evidence: &Evidence) -> Option<Subject<'_>> {
    let containers: Vec<Container<'_>> = evidence.all().collect();
    let first = containers.first()?;
    let id = first.task_arn().or(first.container_arn()).or(first.name()).unwrap_or("container");
    let mut subject = Subject::new(SubjectKind::Task, id, evidence);
    let mut known = Known::default();
    for container in &containers {
        subject.statements.extend(of_container(container, &mut known));
    }
    subject.set_loose_containers(containers, &mut known.roles);
    Some(subject)
}

/// Whether a container instance is a subject beside others: something is wrong with it, and it does not stand there
/// for a service or a task on it.
fn stands_out<'e>(evidence: &'e Evidence, instance: &ContainerInstance<'e>) -> bool {
    let health = instance.health_status();
    let is_impaired = health.as_ref().and_then(|health| health.overall_status()) == Some("IMPAIRED");
    let is_leaving = matches!(instance.status(), Some("DRAINING" | "REGISTRATION_FAILED"));
    if instance.agent_connected() != Some(false) && !is_impaired && !is_leaving {
        return false;
    }
    let arn = instance.container_instance_arn();
    let is_host =
        evidence.all::<Task<'e>>().any(|task| arn.is_some() && task.container_instance_arn() == arn);
    !is_host && evidence.all::<Service<'e>>().next().is_none()
}

fn of_instance<'e>(evidence: &'e Evidence, instance: ContainerInstance<'e>) -> Subject<'e> {
    let health = instance.health_status();
    let id = instance.container_instance_arn().or(instance.ec2_instance_id()).unwrap_or("container-instance");
    let mut subject = Subject::new(SubjectKind::ContainerInstance, id, evidence);
    if let Some(reason) = instance.status_reason() {
        subject.statements.push(Statement::new(
            Source::InstanceHealth,
            reason,
            instance.cite("statusReason"),
        ));
    }
    for detail in health.map(|health| health.details()).unwrap_or_default() {
        if let Some(reason) = detail.status_reason() {
            subject.statements.push(Statement::new(
                Source::InstanceHealth,
                reason,
                detail.cite("statusReason"),
            ));
        }
    }
    subject.instance = Some(instance);
    subject
}

/// An event that tells of an instance that became unhealthy.
fn of_health_change<'e>(evidence: &'e Evidence, change: &InstanceHealthChange<'e>) -> Option<Subject<'e>> {
    if change.overall_status() != Some("IMPAIRED") {
        return None;
    }
    let id = change.container_instance_arn().or(change.ec2_instance_id()).unwrap_or("container-instance");
    let mut subject = Subject::new(SubjectKind::ContainerInstance, id, evidence);
    let failed = change.health_checks().into_iter().filter(|check| check.status() == Some("IMPAIRED"));
    subject.statements.extend(failed.filter_map(|check| {
        let reason = check.status_reason()?;
        Some(Statement::new(Source::InstanceHealth, reason, check.cite("statusReason")))
    }));
    Some(subject)
}

fn of_failure<'e>(
    evidence: &'e Evidence,
    failure: &Failure<'e>,
    request: Option<&'e Request>,
) -> Subject<'e> {
    let mut subject = Subject::of_failure(evidence, failure);
    subject.operation = match request {
        Some(request) => Some(request.operation.clone()),
        None => operation_of(failure).map(str::to_owned),
    };
    subject.definition = definition_for(evidence, None);
    for (text, key) in [(failure.reason(), "reason"), (failure.detail(), "detail")] {
        if let Some(text) = text {
            subject.statements.push(Statement::new(Source::FailureReason, text, failure.cite(key)));
        }
    }
    subject
}

/// The call that a failure answers, where the rest of the answer and the ARN tell it.
fn operation_of(failure: &Failure<'_>) -> Option<&'static str> {
    let answer = failure.node().pointer().rsplit_once("/failures")?.0;
    let answer = failure.node().document().as_read().pointer(answer)?;
    let has = |key: &str| answer.get(key).is_some();
    let is_of = |kind: &str| failure.arn().is_some_and(|arn| arn.contains(kind));
    Some(match () {
        () if has("services") => "DescribeServices",
        () if has("clusters") => "DescribeClusters",
        () if has("containerInstances") => "DescribeContainerInstances",
        () if has("protectedTasks") => "UpdateTaskProtection",
        // A task that is looked up is named by its own ARN, a task that is placed by its instance's.
        () if has("tasks") && is_of(":task/") => "DescribeTasks",
        () if has("tasks") && is_of(":container-instance/") => "StartTask",
        () => return None,
    })
}

/// Calls with which people start, change and end things of ECS.
const CHANGES: &[&str] = &[
    "CreateCapacityProvider",
    "CreateCluster",
    "CreateService",
    "CreateTaskSet",
    "DeleteCapacityProvider",
    "DeleteCluster",
    "DeleteService",
    "DeleteTaskDefinitions",
    "DeleteTaskSet",
    "DeregisterTaskDefinition",
    "ExecuteCommand",
    "PutClusterCapacityProviders",
    "RegisterTaskDefinition",
    "RunTask",
    "StartTask",
    "StopServiceDeployment",
    "StopTask",
    "UpdateCapacityProvider",
    "UpdateCluster",
    "UpdateContainerInstancesState",
    "UpdateService",
    "UpdateServicePrimaryTaskSet",
    "UpdateTaskProtection",
    "UpdateTaskSet",
];

/// Looks at what has failed itself.
const LOOKS: &[&str] = &["DescribeTasks", "DescribeServices"];

/// Looks around it: their errors are evidence for other subjects, and a subject where there is nothing else.
const LOOKS_AROUND: &[&str] =
    &["DescribeClusters", "DescribeTaskDefinition", "ListServices", "ListTaskDefinitions", "ListTasks"];

/// Errors of ECS's own calls of these names, and of those that do not name theirs.
fn errors<'e>(evidence: &'e Evidence, calls: &[&[&str]]) -> Vec<Subject<'e>> {
    evidence
        .answers::<ApiError<'_>>()
        // A look of an adapter that was refused is no fault of what it looked at.
        .filter(|(error, request)| !(error.tells_nothing() && request.is_some_and(Request::is_look)))
        .filter(|(error, request)| {
            let operation = request.map(|request| request.operation.as_str()).or(error.operation());
            // An adapter that found no cluster looked in the wrong place: its problem says so.
            let is_look = request.is_some_and(Request::is_look);
            operation.is_none_or(|operation| {
                calls.iter().any(|calls| calls.contains(&operation))
                    && !(is_look && LOOKS_AROUND.contains(&operation))
            })
        })
        .map(|(error, request)| of_error(evidence, &error, request))
        .collect()
}

/// Calls that IAM refused, of other services: those of an application, as a rule. They are subjects where there is nothing
/// else.
fn refused_elsewhere(evidence: &Evidence) -> Vec<Subject<'_>> {
    evidence
        .answers::<ApiError<'_>>()
        .filter(|(_, request)| !request.is_some_and(Request::is_look))
        .filter(|(error, _)| error.message().is_some_and(|text| text.contains("not authorized to perform")))
        .map(|(error, request)| of_error(evidence, &error, request))
        .collect()
}

fn of_error<'e>(evidence: &'e Evidence, error: &ApiError<'e>, request: Option<&Request>) -> Subject<'e> {
    let mut subject = Subject::of_error(evidence, error, request);
    let operation = request.map(|request| request.operation.as_str()).or(error.operation());
    subject.operation = operation.map(str::to_owned);
    subject.definition = definition_for(evidence, None);
    // The code is part of what the message says.
    let text = format!("{}: {}", error.code().unwrap_or("Error"), error.message().unwrap_or_default());
    let key = if error.message().is_some() { "Message" } else { "Code" };
    subject.statements.push(Statement::new(Source::ApiError, &text, error.cite(key)));
    subject
}

/// A target of a load balancer that fails its health check, where there is nothing else: what the load balancer says of it.
fn of_target<'e>(evidence: &'e Evidence, target: &TargetHealthDescription<'e>) -> Option<Subject<'e>> {
    let health = target.target_health()?;
    // A target that is not in use may be so on purpose, but not because of its zone.
    let fails = match health.state()? {
        "unhealthy" => true,
        "unused" => health.description().is_some_and(|text| text.contains("that is not enabled")),
        _ => false,
    };
    let text = [health.reason(), health.description()].map(Option::unwrap_or_default).join(" ");
    let key = if health.description().is_some() { "Description" } else { "Reason" };
    let mut subject = Subject::new(SubjectKind::Message, "message", evidence);
    subject.statements.push(Statement::new(Source::Bare, &text, health.cite(key)));
    fails.then_some(subject)
}

/// Targets none of which fails, where there is nothing else.
fn of_targets(evidence: &Evidence) -> Option<Subject<'_>> {
    let mut subject = Subject::new(SubjectKind::Message, "message", evidence);
    subject.targets.extend(evidence.all::<TargetHealthDescription<'_>>());
    (!subject.targets.is_empty()).then_some(subject)
}

fn of_message<'e>(evidence: &'e Evidence, message: &MessageText<'e>) -> Subject<'e> {
    let mut subject = Subject::new(SubjectKind::Message, "message", evidence);
    let text = match told::exit_beside(message) {
        Some(code) => format!("{} (exit code {code})", message.text()),
        None => message.text().to_owned(),
    };
    let statement = Statement::new(Source::Bare, &text, message.node().citation());
    subject.operation = statement.message.operation().map(|operation| operation.name.clone().into_owned());
    if statement.message.denial().is_some() {
        // Its roles tell whose call was refused.
        subject.definition = definition_for(evidence, None);
    }
    subject.statements.push(statement);
    subject
}

/// Every task definition of the evidence, each with a service that runs it or an earlier revision of it.
pub(crate) fn definitions(evidence: &Evidence) -> Vec<Subject<'_>> {
    let definitions = evidence.all::<TaskDefinition<'_>>();
    definitions
        .map(|definition| {
            let service = service_of(evidence, &definition);
            let mut subject = of_definition(evidence, definition);
            subject.service = service;
            subject
        })
        .collect()
}

/// A service that runs this revision; for what is not registered yet, one that runs its family.
fn service_of<'e>(evidence: &'e Evidence, definition: &TaskDefinition<'_>) -> Option<Service<'e>> {
    let last = |arn: &str| arn.rsplit('/').next().unwrap_or(arn).to_owned();
    let own = definition.task_definition_arn().map(last);
    let family = own.as_deref().and_then(|own| own.split(':').next()).or(definition.family())?.to_owned();
    evidence.all::<Service<'e>>().find(|service| {
        let runs = service.task_definition().map(last);
        let runs_family = runs.as_deref().and_then(|runs| runs.split(':').next()) == Some(&family);
        runs_family && (own.is_none() || own == runs)
    })
}

fn of_definition<'e>(evidence: &'e Evidence, definition: TaskDefinition<'e>) -> Subject<'e> {
    let id = definition.task_definition_arn().or(definition.family()).unwrap_or("task-definition");
    let mut subject = Subject::new(SubjectKind::TaskDefinition, id, evidence);
    subject.definition = Some(definition);
    subject
}
