//! After a change: does the service recover?

use ecs_triage_core::verify::{Before, Recovery, Verification, verify_with};
use ecs_triage_core::{Evidence, Report};
use serde_json::Value;

use super::answers::{keep, members, text};
use super::target::Subject;
use super::{Options, Target, Triage};
use crate::transport::Transport;

impl Target {
    /// The service to follow after a change: the one asked for, else that of the worst-off subject of a report.
    pub fn to_follow(&self, report: &Report) -> Option<Self> {
        let service = match &self.subject {
            Subject::Service(service) => service.clone(),
            _ => report.subjects().iter().find_map(|subject| subject.service.clone())?,
        };
        Some(Self { cluster: self.cluster().map(str::to_owned), subject: Subject::Service(service) })
    }
}

/// What a service looks like after a change.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Look {
    /// How it stands against the earlier report.
    pub verification: Verification,
    /// What was seen.
    pub evidence: Evidence,
}

/// Looks at a service again and compares it with an earlier report.
///
/// While a deployment replaces another, only the tasks of the new one count. What failed since is diagnosed in full, so
/// that it can be told from what failed before.
pub async fn look_again(
    transport: &dyn Transport,
    service: &Target,
    before: &Before,
    options: &Options<'_>,
) -> Look {
    let mut triage = Triage::default();
    triage.find(transport, service, options).await;
    triage.keep_newest_deployment();
    let seen = triage.against(before, options);
    if !matches!(seen.verification.recovery, Recovery::StillFailing | Recovery::FailingDifferently) {
        return seen;
    }
    triage.settle(transport, options).await;
    triage.against(before, options)
}

impl Triage {
    fn against(&self, before: &Before, options: &Options<'_>) -> Look {
        let evidence = self.evidence();
        Look { verification: verify_with(before, &evidence, options.own), evidence }
    }

    /// Leaves out the tasks of deployments that are being replaced.
    fn keep_newest_deployment(&mut self) {
        let services = self.answers("DescribeServices").flat_map(|answer| members(answer, "services"));
        let deployments: Vec<&Value> = services.flat_map(|service| members(service, "deployments")).collect();
        let primary = deployments.iter().find(|deployment| text(deployment, "status") == Some("PRIMARY"));
        let Some(id) = primary.and_then(|primary| text(primary, "id")).map(str::to_owned) else { return };
        if deployments.len() > 1 {
            // A task of a service names the deployment that started it.
            // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
            self.rework("DescribeTasks", |document| {
                keep(document, "tasks", "taskArn", |task| text(task, "startedBy") == Some(&id))
            });
        }
    }
}
