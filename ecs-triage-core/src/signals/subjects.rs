//! Finds the subjects in the evidence and gathers what is known of each.

use super::statement::{Source, Statement};
use super::subject::{Subject, SubjectKind, definition_for};
use crate::evidence::Evidence;
use crate::evidence::ecs::{
    Container, ContainerInstance, Failure, Service, ServiceAction, ServiceDeployment, ServiceEvent, Task,
    TaskDefinition,
};
use crate::evidence::text::{ApiError, MessageText};

/// Every subject of the evidence: tasks, then services, container instances, refused calls and bare
/// messages; a task definition only when there is nothing else.
pub fn subjects(evidence: &Evidence) -> Vec<Subject<'_>> {
    let mut found = Vec::new();
    found.extend(evidence.all().map(|task| of_task(evidence, task)));
    found.extend(loose_containers(evidence));
    found.extend(services(evidence));
    found.extend(evidence.all().filter_map(|instance| of_instance(evidence, instance)));
    found.extend(evidence.all().map(|failure| of_failure(evidence, &failure)));
    found.extend(errors(evidence));
    found.extend(evidence.all().map(|message| of_message(evidence, &message)));
    if found.is_empty() {
        found.extend(evidence.all().map(|definition| of_definition(evidence, definition)));
    }
    found
}

fn of_task<'e>(evidence: &'e Evidence, task: Task<'e>) -> Subject<'e> {
    let id = task.task_arn().unwrap_or("task").to_owned();
    let mut subject = Subject::new(SubjectKind::Task, id, evidence);
    let end = task.stopping_at().or(task.stopped_at());
    if let Some(reason) = task.stopped_reason() {
        subject
            .statements
            .push(Statement::new(Source::TaskStoppedReason, reason, task.cite("stoppedReason")).at(end));
    }
    for container in task.containers() {
        subject.statements.extend(of_container(&container).map(|statement| statement.at(end)));
    }
    for attachment in task.attachments() {
        for detail in attachment.details() {
            if let (Some("statusReason"), Some(text)) = (detail.name(), detail.value()) {
                subject
                    .statements
                    .push(Statement::new(Source::AttachmentReason, text, detail.cite("value")).at(end));
            }
        }
    }
    subject.with_task(task)
}

fn of_container(container: &Container<'_>) -> impl Iterator<Item = Statement> {
    let name = container.name();
    let own = container.reason().map(|reason| {
        Statement::new(Source::ContainerReason, reason, container.cite("reason")).container(name)
    });
    let agents = container.managed_agents().into_iter().filter_map(move |agent| {
        let reason = agent.reason()?;
        Some(Statement::new(Source::ManagedAgentReason, reason, agent.cite("reason")).container(name))
    });
    own.into_iter().chain(agents.collect::<Vec<_>>())
}

/// Containers that were pasted without their task are read as one task.
fn loose_containers(evidence: &Evidence) -> Option<Subject<'_>> {
    let containers: Vec<Container<'_>> = evidence.all().collect();
    let first = containers.first()?;
    let id = first.task_arn().or(first.container_arn()).or(first.name()).unwrap_or("container");
    let mut subject = Subject::new(SubjectKind::Task, id, evidence);
    for container in &containers {
        subject.statements.extend(of_container(container));
    }
    subject.set_loose_containers(containers);
    Some(subject)
}

/// A service is known by `DescribeServices`, by its events, or by its deployments.
fn services(evidence: &Evidence) -> Vec<Subject<'_>> {
    let mut found: Vec<Subject<'_>> = evidence.all().map(|service| of_service(evidence, service)).collect();
    for action in evidence.all::<ServiceAction<'_>>() {
        let arn = action.resources().into_iter().next().unwrap_or("service");
        let subject = service_subject(&mut found, evidence, arn);
        if let Some(detail) = action.detail() {
            let at = detail.created_at().or(action.time());
            if let Some(reason) = detail.reason() {
                let statement = Statement::new(Source::ServiceEvent, reason, detail.cite("reason")).at(at);
                subject.statements.push(statement);
            }
        }
        subject.actions.push(action);
    }
    let loose: Vec<ServiceEvent<'_>> = evidence.all().collect();
    if !loose.is_empty() {
        let name = "service";
        let subject = service_subject(&mut found, evidence, name);
        let statements = event_statements(loose);
        subject.statements.extend(statements);
    }
    for deployment in evidence.all::<ServiceDeployment<'_>>() {
        let arn = deployment.service_arn().unwrap_or("service");
        let subject = service_subject(&mut found, evidence, arn);
        if let Some(reason) = deployment.status_reason() {
            let at = deployment.finished_at().or(deployment.stopped_at()).or(deployment.created_at());
            let statement =
                Statement::new(Source::DeploymentReason, reason, deployment.cite("statusReason")).at(at);
            subject.statements.push(statement);
        }
        subject.service_deployments.push(deployment);
    }
    found
}

/// The subject of the service with this ARN or name, made when it is not there yet.
fn service_subject<'s, 'e>(
    found: &'s mut Vec<Subject<'e>>,
    evidence: &'e Evidence,
    arn: &str,
) -> &'s mut Subject<'e> {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    let known =
        found.iter().position(|subject| subject.id == arn || subject.id.rsplit('/').next() == Some(name));
    let index = known.unwrap_or_else(|| {
        found.push(Subject::new(SubjectKind::Service, arn, evidence));
        found.len() - 1
    });
    &mut found[index]
}

fn of_service<'e>(evidence: &'e Evidence, service: Service<'e>) -> Subject<'e> {
    let id = service.service_arn().or(service.service_name()).unwrap_or("service");
    let mut subject = Subject::new(SubjectKind::Service, id, evidence);
    subject.statements.extend(event_statements(service.events()));
    for deployment in service.deployments().into_iter().chain(service.task_sets()) {
        if let Some(reason) = deployment.rollout_state_reason() {
            let at = deployment.updated_at().or(deployment.created_at());
            let statement =
                Statement::new(Source::DeploymentReason, reason, deployment.cite("rolloutStateReason"))
                    .at(at);
            subject.statements.push(statement);
        }
    }
    subject.definition = definition_for(evidence, service.task_definition());
    subject.service = Some(service);
    subject
}

/// The events since the service was last steady, newest first; what is older is settled.
fn event_statements(mut events: Vec<ServiceEvent<'_>>) -> Vec<Statement> {
    events.sort_by_key(|event| std::cmp::Reverse(event.created_at()));
    let mut statements = Vec::new();
    for event in events {
        let Some(text) = event.message() else { continue };
        let is_steady = text.contains("has reached a steady state");
        if is_steady && !statements.is_empty() {
            break;
        }
        statements
            .push(Statement::new(Source::ServiceEvent, text, event.cite("message")).at(event.created_at()));
        if is_steady {
            break;
        }
    }
    statements
}

/// A container instance is a subject of its own only when something is wrong with it.
fn of_instance<'e>(evidence: &'e Evidence, instance: ContainerInstance<'e>) -> Option<Subject<'e>> {
    let health = instance.health_status();
    let is_impaired = health.as_ref().and_then(|health| health.overall_status()) == Some("IMPAIRED");
    if instance.agent_connected() != Some(false) && !is_impaired {
        return None;
    }
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
    Some(subject)
}

fn of_failure<'e>(evidence: &'e Evidence, failure: &Failure<'e>) -> Subject<'e> {
    let mut subject = Subject::of_failure(evidence, failure);
    for (text, key) in [(failure.reason(), "reason"), (failure.detail(), "detail")] {
        if let Some(text) = text {
            subject.statements.push(Statement::new(Source::FailureReason, text, failure.cite(key)));
        }
    }
    subject
}

/// Errors of the calls that ECS itself answers. Errors of look-ups (a role that does not exist) are
/// evidence for other subjects, not subjects.
fn errors(evidence: &Evidence) -> Vec<Subject<'_>> {
    let made_by_user = |operation: &str| {
        [
            "RunTask",
            "StartTask",
            "CreateService",
            "UpdateService",
            "RegisterTaskDefinition",
            "ExecuteCommand",
            "StopTask",
            "UpdateTaskProtection",
            "DescribeTasks",
            "DescribeServices",
        ]
        .contains(&operation)
    };
    evidence
        .answers::<ApiError<'_>>()
        .filter(|(error, request)| {
            match request.map(|request| request.operation.as_str()).or(error.operation()) {
                Some(operation) => made_by_user(operation),
                None => true,
            }
        })
        .map(|(error, request)| {
            let mut subject = Subject::of_error(evidence, &error, request);
            // The code is part of what the message says.
            let text =
                format!("{}: {}", error.code().unwrap_or("Error"), error.message().unwrap_or_default());
            let key = if error.message().is_some() { "Message" } else { "Code" };
            subject.statements.push(Statement::new(Source::ApiError, &text, error.cite(key)));
            subject
        })
        .collect()
}

fn of_message<'e>(evidence: &'e Evidence, message: &MessageText<'e>) -> Subject<'e> {
    let mut subject = Subject::new(SubjectKind::Message, "message", evidence);
    subject.statements.push(Statement::new(Source::Bare, message.text(), message.node().citation()));
    subject
}

fn of_definition<'e>(evidence: &'e Evidence, definition: TaskDefinition<'e>) -> Subject<'e> {
    let id = definition.task_definition_arn().or(definition.family()).unwrap_or("task-definition");
    let mut subject = Subject::new(SubjectKind::TaskDefinition, id, evidence);
    subject.definition = Some(definition);
    subject
}
