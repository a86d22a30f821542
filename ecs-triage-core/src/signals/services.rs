//! Services, and what was said of each since it was last well.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::message::{Message, ServiceEventKind};
use super::statement::{Source, Statement};
use super::subject::{Subject, SubjectKind, definition_for};
use super::told::Told;
use crate::Timestamp;
use crate::evidence::ecs::{Deployment, Service, ServiceAction, ServiceDeployment, ServiceEvent};
use crate::evidence::{Evidence, Read};

/// A service is known by `DescribeServices`, by its events, or by its deployments; `told` are events of which the messages alone
/// are there.
pub(super) fn services<'e>(evidence: &'e Evidence, told: Vec<Told<'e>>) -> Vec<Subject<'e>> {
    let mut found: Vec<Subject<'_>> = evidence.all().map(|service| of_service(evidence, service)).collect();
    add_actions(&mut found, evidence);
    add_loose_events(&mut found, evidence);
    for told in told {
        let service = told.service.clone();
        service_subject(&mut found, evidence, &service).statements.extend(told.statements());
    }
    add_service_deployments(&mut found, evidence);
    if found.is_empty() {
        found.extend(of_deployments(evidence));
    }
    for subject in &mut found {
        if subject.definition.is_none() && subject.service.is_none() {
            subject.definition = definition_for(evidence, None);
        }
    }
    found
}

fn of_service<'e>(evidence: &'e Evidence, service: Service<'e>) -> Subject<'e> {
    let own = service.node().get("name").and_then(|name| name.value().as_str());
    let id = service.service_arn().or(service.service_name()).or(own).unwrap_or("service");
    let mut subject = Subject::new(SubjectKind::Service, id, evidence);
    let settled = Settled::of(&service);
    let events = service.events().into_iter().filter(|event| !settled.has(event)).collect();
    let mut said = event_statements(events);
    if said.is_empty() {
        said = bare_events(&service);
    }
    subject.statements.extend(if has_all_tasks(&service) { without_settled(said) } else { said });
    let deployments = service.deployments().into_iter().chain(service.task_sets());
    subject.statements.extend(deployments.filter_map(|deployment| of_rollout(&deployment)));
    subject.definition = definition_for(evidence, service.task_definition());
    subject.service = Some(service);
    subject
}

/// Deployments without their service stand for it: the primary one for its numbers, each for its reason. A service has
/// one that is primary, so that a second one is another service's.
fn of_deployments(evidence: &Evidence) -> Vec<Subject<'_>> {
    let mut groups: Vec<Vec<Deployment<'_>>> = Vec::new();
    for deployment in evidence.all::<Deployment<'_>>() {
        match groups.last_mut().filter(|group| !is_primary(&deployment) || !group.iter().any(is_primary)) {
            Some(group) => group.push(deployment),
            None => groups.push(vec![deployment]),
        }
    }
    let is_alone = groups.len() == 1;
    let mut subjects: Vec<Subject<'_>> =
        groups.iter().filter_map(|group| of_deployment_group(evidence, group)).collect();
    if is_alone {
        // Which service it is, nothing tells.
        subjects.iter_mut().for_each(|subject| subject.id = "service".to_owned());
    }
    subjects
}

fn is_primary(deployment: &Deployment<'_>) -> bool {
    deployment.status() == Some("PRIMARY")
}

fn of_deployment_group<'e>(evidence: &'e Evidence, group: &[Deployment<'e>]) -> Option<Subject<'e>> {
    let at = group.iter().position(is_primary).unwrap_or(0);
    let primary = group.get(at)?;
    let mut subject = of_service(evidence, Service::read(primary.node())?);
    subject.id = primary.id().unwrap_or("service").to_owned();
    let others = group.iter().enumerate().filter(|(index, _)| *index != at);
    subject.statements.extend(others.filter_map(|(_, other)| of_rollout(other)));
    Some(subject)
}

/// Why a deployment stands where it does.
fn of_rollout(deployment: &Deployment<'_>) -> Option<Statement> {
    let reason = deployment.rollout_state_reason()?;
    let citation = deployment.cite("rolloutStateReason");
    let at = deployment.updated_at().or(deployment.created_at());
    Some(Statement::new(Source::DeploymentReason, reason, citation).at(at))
}

/// The events of a service that are of no matter since nobody wants a task of it any more.
enum Settled {
    Nothing,
    Before(Timestamp),
    Everything,
}

impl Settled {
    fn of(service: &Service<'_>) -> Self {
        if service.status() == Some("INACTIVE") {
            return Settled::Everything;
        }
        if service.desired_count() != Some(0) {
            return Settled::Nothing;
        }
        let deployments = service.deployments();
        let idled = deployments.iter().filter(|deployment| deployment.desired_count() == Some(0));
        match idled.filter_map(|deployment| deployment.updated_at()).max() {
            Some(at) => Settled::Before(at),
            // The count was changed so lately that no deployment knows of it; or there is nothing left to wait for.
            None if !deployments.is_empty() || service.running_count() == Some(0) => Settled::Everything,
            None => Settled::Nothing,
        }
    }

    fn has(&self, event: &ServiceEvent<'_>) -> bool {
        match self {
            Settled::Nothing => false,
            Settled::Before(at) => event.created_at() < Some(*at),
            Settled::Everything => !is_steady(event),
        }
    }
}

/// The events since the service was last steady, newest first; what is older is settled.
fn event_statements(mut events: Vec<ServiceEvent<'_>>) -> Vec<Statement> {
    events.sort_by_key(|event| Reverse(event.created_at()));
    let statements = since_steady(events, is_steady).into_iter().filter_map(|event| {
        let text = event.message()?;
        Some(Statement::new(Source::ServiceEvent, text, event.cite("message")).at(event.created_at()))
    });
    statements.collect()
}

fn is_steady(event: &ServiceEvent<'_>) -> bool {
    let text = event.message().unwrap_or_default().to_ascii_lowercase();
    // All tasks of a completed deployment are up and healthy.
    text.contains("has reached a steady state") || text.ends_with(" deployment completed.")
}

/// Events of which a query left the messages alone.
fn bare_events(service: &Service<'_>) -> Vec<Statement> {
    let list =
        service.node().get("events").map(|events| events.each().collect::<Vec<_>>()).unwrap_or_default();
    let statements = list.iter().filter_map(|event| {
        let text = event.value().as_str()?;
        Some(Statement::new(Source::ServiceEvent, text, event.citation()))
    });
    since_steady(statements.collect(), says_steady)
}

/// Whether all tasks that a service wants are up and healthy, as this says.
pub(super) fn says_steady(statement: &Statement) -> bool {
    use ServiceEventKind::{DeploymentCompleted, SteadyState};
    let kind = statement.message.service_event().map(|event| event.kind);
    matches!(kind, Some(SteadyState | DeploymentCompleted))
}

/// Whether a service runs as many tasks as it wants, and no deployment is under way.
fn has_all_tasks(service: &Service<'_>) -> bool {
    let deployments = service.deployments();
    let is_done = |deployment: &Deployment<'_>| {
        deployment.failed_tasks().unwrap_or_default() == 0
            && deployment.rollout_state().is_none_or(|state| state == "COMPLETED")
    };
    service.desired_count().is_some_and(|desired| desired > 0)
        && service.running_count() == service.desired_count()
        && service.pending_count() == Some(0)
        && deployments.len() == 1
        && deployments.iter().all(is_done)
}

/// What a service that has all its tasks said, newest first, without what kept it from starting one: a later event says
/// that it did.
fn without_settled(said: Vec<Statement>) -> Vec<Statement> {
    let mut has_started = false;
    let is_open = |statement: &Statement| {
        let kind = statement.message.service_event().map(|event| event.kind);
        has_started |= kind == Some(ServiceEventKind::Started);
        !(has_started && kind.is_some_and(keeps_from_starting))
    };
    said.into_iter().filter(is_open).collect()
}

/// Whether an event of this kind says that a task could not be started.
fn keeps_from_starting(kind: ServiceEventKind) -> bool {
    use ServiceEventKind::*;
    matches!(
        kind,
        LaunchFailed
            | NoMatchingInstance
            | PlacementFailed
            | AzPlacement
            | ProvisioningLimit
            | PartialLaunch
            | StartImpaired
            | Throttled
            | IamTrust
            | AgentStartTimeout
    )
}

/// Of a list, newest first, what is newer than the last steady state; that state alone when nothing is.
pub(super) fn since_steady<T>(list: Vec<T>, is_steady: impl Fn(&T) -> bool) -> Vec<T> {
    let newer = list.iter().position(is_steady).map_or(list.len(), |at| at.max(1));
    list.into_iter().take(newer).collect()
}

fn add_actions<'e>(found: &mut Vec<Subject<'e>>, evidence: &'e Evidence) {
    for action in evidence.all::<ServiceAction<'e>>() {
        let arn = action.resources().into_iter().next().unwrap_or("service");
        service_subject(found, evidence, arn).actions.push(action);
    }
    for subject in found.iter_mut().filter(|subject| !subject.actions.is_empty()) {
        let mut actions = std::mem::take(&mut subject.actions);
        actions.sort_by_key(|action| Reverse(time_of(action)));
        subject.actions = since_steady(actions, |action| {
            let detail = action.detail();
            detail.and_then(|detail| detail.event_name()).is_some_and(|name| name.ends_with("_STEADY_STATE"))
        });
        let said: Vec<Statement> = subject.actions.iter().filter_map(of_action).collect();
        subject.statements.extend(said);
    }
}

fn time_of(action: &ServiceAction<'_>) -> Option<Timestamp> {
    action.detail().and_then(|detail| detail.created_at()).or(action.time())
}

/// What an event says: its name, and its reason where it has one.
fn of_action(action: &ServiceAction<'_>) -> Option<Statement> {
    let detail = action.detail()?;
    let name = detail.event_name();
    let (text, key) = match (name, detail.reason()) {
        (Some(name), Some(reason)) => (format!("{name}: {reason}"), "reason"),
        (None, Some(reason)) => (reason.to_owned(), "reason"),
        (Some(name), None) => (name.to_owned(), "eventName"),
        (None, None) => return None,
    };
    Some(Statement::new(Source::ServiceAction, &text, detail.cite(key)).at(time_of(action)))
}

/// Events that were pasted without their service are of the service that each names.
fn add_loose_events<'e>(found: &mut Vec<Subject<'e>>, evidence: &'e Evidence) {
    let mut groups: Vec<(Option<String>, Vec<ServiceEvent<'e>>)> = Vec::new();
    let mut places: HashMap<Option<String>, usize> = HashMap::new();
    for event in evidence.all::<ServiceEvent<'e>>() {
        let place = *places.entry(named_service(&event)).or_insert_with_key(|named| {
            groups.push((named.clone(), Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(event);
    }
    // What names no service is about the only one that the others name.
    if let [(one, first), (other, second)] = groups.as_mut_slice()
        && one.is_some() != other.is_some()
    {
        first.append(second);
        *one = one.take().or(other.take());
        groups.pop();
    }
    for (named, events) in groups {
        let subject = service_subject(found, evidence, named.as_deref().unwrap_or("service"));
        subject.statements.extend(event_statements(events));
    }
}

fn named_service(event: &ServiceEvent<'_>) -> Option<String> {
    Message::parse(event.message()?).service_event()?.service.clone()
}

fn add_service_deployments<'e>(found: &mut Vec<Subject<'e>>, evidence: &'e Evidence) {
    let mut deployments: Vec<ServiceDeployment<'e>> = evidence.all().collect();
    // Of two answers about one deployment, the full one before the list's.
    deployments.sort_by_key(|deployment| {
        Reverse((deployment.created_at(), deployment.deployment_circuit_breaker().is_some()))
    });
    for deployment in deployments {
        let arn = deployment.service_arn().unwrap_or("service");
        let subject = service_subject(found, evidence, arn);
        // An older deployment is history: the newest one says how the service stands.
        if subject.service_deployments.is_empty() {
            let at = deployment.finished_at().or(deployment.stopped_at()).or(deployment.created_at());
            if let Some(reason) = deployment.status_reason() {
                let citation = deployment.cite("statusReason");
                subject.statements.push(Statement::new(Source::DeploymentReason, reason, citation).at(at));
            }
            if let Some(rollback) = deployment.rollback()
                && let Some(reason) = rollback.reason()
            {
                let statement = Statement::new(Source::DeploymentReason, reason, rollback.cite("reason"));
                subject.statements.push(statement.at(rollback.started_at().or(at)));
            }
        }
        subject.service_deployments.push(deployment);
    }
}

/// The subject of the service with this ARN or name, made when it is not there yet.
fn service_subject<'s, 'e>(
    found: &'s mut Vec<Subject<'e>>,
    evidence: &'e Evidence,
    arn: &str,
) -> &'s mut Subject<'e> {
    let known = found.iter().position(|subject| is_same_service(&subject.id, arn));
    let index = known.unwrap_or_else(|| {
        found.push(Subject::new(SubjectKind::Service, arn, evidence));
        found.len() - 1
    });
    &mut found[index]
}

/// Whether two ARNs or names are of one service. Old ARNs and bare names lack the cluster.
fn is_same_service(one: &str, other: &str) -> bool {
    let parts = |id: &str| -> (String, Option<String>) {
        let mut parts = id.rsplit('/');
        let name = parts.next().unwrap_or(id).to_owned();
        let cluster = parts.next().filter(|part| !part.ends_with(":service"));
        (name, cluster.map(str::to_owned))
    };
    let ((name, cluster), (other_name, other_cluster)) = (parts(one), parts(other));
    name == other_name && (cluster == other_cluster || cluster.is_none() || other_cluster.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_service_under_its_names() {
        let arn = "arn:aws:ecs:eu-west-1:111122223333:service/prod/web";
        for other in ["web", "arn:aws:ecs:eu-west-1:111122223333:service/web", arn] {
            assert!(is_same_service(arn, other), "{other}");
        }
        for other in ["api", "arn:aws:ecs:eu-west-1:111122223333:service/test/web"] {
            assert!(!is_same_service(arn, other), "{other}");
        }
    }

    #[test]
    fn what_came_before_a_steady_state_is_settled() {
        let is_steady = |word: &&str| *word == "steady";
        assert_eq!(since_steady(vec!["b", "a", "steady", "old"], is_steady), ["b", "a"]);
        assert_eq!(since_steady(vec!["steady", "a", "steady"], is_steady), ["steady"]);
        assert_eq!(since_steady(vec!["b", "a"], is_steady), ["b", "a"]);
        assert!(since_steady(Vec::<&str>::new(), is_steady).is_empty());
    }
}
