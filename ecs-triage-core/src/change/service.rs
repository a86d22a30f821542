//! Changes of a service.

use serde_json::{Value, json};

use super::{Blast, Change, Form, Patch, templates};
use crate::evidence::ecs::ContainerDefinition;
use crate::signals::Subject;
use crate::template::shell_name;

impl Change {
    /// Seconds in which a service ignores failing health checks of new tasks.
    pub(crate) fn grace_period(subject: &Subject<'_>, title: impl Into<String>, seconds: u32) -> Self {
        let command = update_service(subject, &format!("--health-check-grace-period-seconds {seconds}"));
        let change = Change::new(title, Blast::Service)
            .form(Form::Command(command))
            .form(templates::service(&[("healthCheckGracePeriodSeconds", json!(seconds))]));
        match &subject.service {
            Some(service) => {
                change.patch(Patch::set(service.node(), "healthCheckGracePeriodSeconds", json!(seconds)))
            }
            None => change,
        }
    }

    /// Runs an earlier revision of the task definition again. `now` and `earlier` are the container that fails as the
    /// two revisions define it; no value of an environment variable is shown.
    pub(crate) fn earlier_revision(
        subject: &Subject<'_>,
        title: impl Into<String>,
        name: &str,
        now: &ContainerDefinition<'_>,
        earlier: &ContainerDefinition<'_>,
    ) -> Self {
        let option = format!("--task-definition {}", shell_name(name));
        let change =
            Change::new(title, Blast::Deployment).form(Form::Command(update_service(subject, &option)));
        ["environment", "secrets", "image"].into_iter().fold(change, |change, key| {
            match earlier.node().get(key) {
                Some(member) => change.patch(Patch::set(now.node(), key, member.value().clone())),
                None => change,
            }
        })
    }

    /// Percentages of the desired count between which a deployment may move.
    pub(crate) fn deployment_limits(
        subject: &Subject<'_>,
        title: impl Into<String>,
        minimum_healthy_percent: u32,
        maximum_percent: u32,
    ) -> Self {
        let option = format!(
            "--deployment-configuration maximumPercent={maximum_percent},minimumHealthyPercent={minimum_healthy_percent}"
        );
        let change = Change::new(title, Blast::Service).form(Form::Command(update_service(subject, &option)));
        let Some(service) = &subject.service else { return change };
        let mut configuration =
            match service.node().get("deploymentConfiguration").map(|node| node.value().clone()) {
                Some(Value::Object(members)) => members,
                _ => serde_json::Map::new(),
            };
        configuration.insert("maximumPercent".into(), json!(maximum_percent));
        configuration.insert("minimumHealthyPercent".into(), json!(minimum_healthy_percent));
        change.patch(Patch::set(service.node(), "deploymentConfiguration", Value::Object(configuration)))
    }
}

pub(super) fn update_service(subject: &Subject<'_>, option: &str) -> String {
    let facts = subject.facts();
    let quoted = |name: &str, otherwise: &'static str| facts.text(name).map_or(otherwise.into(), shell_name);
    let region =
        facts.text("region").map(|region| format!(" --region {}", shell_name(region))).unwrap_or_default();
    let (cluster, service) = (quoted("cluster", "CLUSTER"), quoted("service", "SERVICE"));
    format!("aws ecs update-service --cluster {cluster} --service {service} {option}{region}")
}
