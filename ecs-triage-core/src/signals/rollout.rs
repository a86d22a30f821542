//! Where a service stands, by its numbers.

use super::subject::Subject;
use crate::Timestamp;
use crate::evidence::ecs::{Deployment, Service};

/// Where a service stands, whatever its events say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceState {
    /// It is being deleted, or is gone.
    Ending,
    /// Nobody wants a task of it: the desired count is 0.
    Idle,
    /// As many tasks run as are wanted, and no deployment is under way.
    Steady,
    /// A deployment is under way, or tasks are on their way up.
    RollingOut,
    /// Fewer tasks run than are wanted, and none is on its way up.
    Below,
    /// The evidence has no numbers.
    Unknown,
}

impl Subject<'_> {
    /// Where the service stands; [`ServiceState::Unknown`] for anything else.
    ///
    /// A deployment that waits for somebody or bakes is under way, not stuck.
    pub fn service_state(&self) -> ServiceState {
        let newest = self.service_deployments.first().and_then(|deployment| deployment.status());
        let is_under_way = matches!(
            newest,
            Some(
                "PENDING" | "IN_PROGRESS" | "STOP_REQUESTED" | "ROLLBACK_REQUESTED" | "ROLLBACK_IN_PROGRESS"
            )
        );
        match &self.service {
            Some(service) => of_service(service, is_under_way, self.evidence.latest_time()),
            None if is_under_way => ServiceState::RollingOut,
            None if newest == Some("SUCCESSFUL") => ServiceState::Steady,
            None => ServiceState::Unknown,
        }
    }

    /// The newest deployment of the service.
    pub fn primary_deployment(&self) -> Option<Deployment<'_>> {
        let deployments = self.service.as_ref()?.deployments();
        deployments.into_iter().find(|deployment| deployment.status() == Some("PRIMARY"))
    }
}

/// Seconds after a change in which too few tasks are no wonder.
const CHANGE_SECONDS: f64 = 600.0;

fn of_service(service: &Service<'_>, is_under_way: bool, seen: Option<Timestamp>) -> ServiceState {
    if matches!(service.status(), Some("DRAINING" | "INACTIVE")) {
        return ServiceState::Ending;
    }
    if service.desired_count() == Some(0) {
        return ServiceState::Idle;
    }
    let deployments = service.deployments();
    let primary = deployments.iter().find(|deployment| deployment.status() == Some("PRIMARY"));
    let primary = primary.or(deployments.first().filter(|_| deployments.len() == 1));
    let rollout = primary.and_then(Deployment::rollout_state);
    let is_stabilizing = |set: &Deployment<'_>| {
        set.stability_status() == Some("STABILIZING") && set.status() != Some("DRAINING")
    };
    // The tasks that run are an older deployment's.
    let has_begun = primary.is_some_and(|primary| primary.running_count() < primary.desired_count())
        && service.running_count().is_some()
        && service.running_count() >= service.desired_count();
    // Without a rollout state (Classic Load Balancer, other controllers) a second deployment tells.
    let is_rolling = is_under_way
        || rollout == Some("IN_PROGRESS")
        || rollout.is_none() && (deployments.len() > 1 || has_begun)
        || service.task_sets().iter().chain(&deployments).any(is_stabilizing);
    // The answer to CreateService or UpdateService shows the moment of the call, when nothing can have started yet.
    let is_just_called = service.node().pointer().ends_with("/service");
    let running = service.running_count().or_else(|| primary?.running_count());
    let pending = service.pending_count().or_else(|| primary?.pending_count()).unwrap_or(0);
    let desired = service.desired_count().or_else(|| primary?.desired_count());
    match (running, desired) {
        _ if is_rolling => ServiceState::RollingOut,
        (Some(running), Some(desired)) if running >= desired => ServiceState::Steady,
        (Some(_), Some(_)) if is_just_called || pending > 0 || is_just_changed(service, seen) => {
            ServiceState::RollingOut
        }
        (Some(_), Some(_)) => ServiceState::Below,
        _ => ServiceState::Unknown,
    }
}

/// Whether a deployment was made or changed after the newest event, and the service looked at soon after.
fn is_just_changed(service: &Service<'_>, seen: Option<Timestamp>) -> bool {
    // An answer without its events does not say that there were none.
    if service.node().get("events").is_none() {
        return false;
    }
    let deployments = service.deployments();
    let changes = deployments.iter().filter_map(|made| made.updated_at().or(made.created_at()));
    let (Some(changed), Some(seen)) = (changes.max(), seen) else { return false };
    let said = service.events().iter().filter_map(|event| event.created_at()).max();
    // A deployment changes also when it ends, of which the service tells a moment before.
    let is_unsaid = said.is_none_or(|said| changed.seconds_since(said) > 1.0);
    is_unsaid && seen.seconds_since(changed) < CHANGE_SECONDS
}
