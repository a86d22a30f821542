//! Where a service stands, by its numbers.

use super::subject::Subject;
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
            Some(service) => of_service(service, is_under_way),
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

fn of_service(service: &Service<'_>, is_under_way: bool) -> ServiceState {
    if matches!(service.status(), Some("DRAINING" | "INACTIVE")) {
        return ServiceState::Ending;
    }
    if service.desired_count() == Some(0) {
        return ServiceState::Idle;
    }
    let deployments = service.deployments();
    let rollout = deployments
        .iter()
        .find(|deployment| deployment.status() == Some("PRIMARY"))
        .and_then(|primary| primary.rollout_state());
    // Without a rollout state (Classic Load Balancer, other controllers) a second deployment tells.
    let is_rolling =
        is_under_way || rollout == Some("IN_PROGRESS") || rollout.is_none() && deployments.len() > 1;
    // The answer to CreateService or UpdateService shows the moment of the call, when nothing can have started yet.
    let is_just_called = service.node().pointer().ends_with("/service");
    match (service.running_count(), service.desired_count()) {
        _ if is_rolling => ServiceState::RollingOut,
        (Some(running), Some(desired)) if running >= desired => ServiceState::Steady,
        (Some(_), Some(_)) if is_just_called || service.pending_count().unwrap_or(0) > 0 => {
            ServiceState::RollingOut
        }
        (Some(_), Some(_)) => ServiceState::Below,
        _ => ServiceState::Unknown,
    }
}
