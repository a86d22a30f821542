//! Names and numbers of a subject, under the names by which templates ask for them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::subject::{LaunchType, Subject};
use crate::evidence::ecs::{AwsvpcConfiguration, LogOptions, Service, TaskDefinition};
use crate::evidence::text::{ContainerInstanceArn, TaskArn};
use crate::redact::redacted;

/// `DescribeContainerInstances` and `DescribeTasks` take no more.
const DESCRIBED_AT_ONCE: usize = 100;

/// Names and numbers of a subject. A missing fact is absent, never empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// In the order in which they were said: they are few.
    said: Vec<(Cow<'static, str>, Fact)>,
    /// What holds where these say nothing; many share it.
    beneath: Option<Arc<Facts>>,
}

/// One fact: a text, or several of a kind.
#[derive(Clone, PartialEq)]
pub enum Fact {
    /// A text.
    One(String),
    /// Several texts, such as the subnets of a service.
    Many(Vec<String>),
}

/// What could be a secret in it is blanked.
impl fmt::Debug for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::One(text) => fmt::Debug::fmt(&redacted(text), f),
            Fact::Many(texts) => f.debug_list().entries(texts.iter().map(|text| redacted(text))).finish(),
        }
    }
}

impl Facts {
    /// The fact called `name`.
    pub fn get(&self, name: &str) -> Option<&Fact> {
        let said = self.said.iter().find(|(said, _)| said == name).map(|(_, fact)| fact);
        said.or_else(|| self.beneath.as_ref()?.get(name))
    }

    /// The text called `name`.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Fact::One(text) => Some(text),
            Fact::Many(texts) => texts.first().map(String::as_str),
        }
    }

    /// Adds a fact unless it is absent or empty; the first one said stays.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            let name = name.into();
            if !self.says(&name) {
                let text: String = value.into();
                if !text.is_empty() {
                    self.said.push((name, Fact::One(text)));
                }
            }
        }
    }

    /// Adds several of a kind unless there are none.
    pub fn set_many(&mut self, name: impl Into<Cow<'static, str>>, values: Vec<String>) {
        let name = name.into();
        if !values.is_empty() && !self.says(&name) {
            self.said.push((name, Fact::Many(values)));
        }
    }

    /// The Region of what the subject needs, such as a secret, where it is known. It stands in for the subject's own only
    /// while that is not known: services and tasks are asked for and changed in theirs.
    pub(crate) fn set_resource_region(&mut self, region: Option<&str>, subject: &Subject<'_>) {
        self.set("resourceRegion", region);
        if subject.facts().text("region").is_none() {
            self.set("region", region);
        }
    }

    fn says(&self, name: &str) -> bool {
        self.said.iter().any(|(said, _)| said == name)
    }

    /// These facts, with `other` where these have none.
    #[must_use]
    pub(crate) fn or(mut self, other: Facts) -> Self {
        for (name, fact) in other.said {
            if !self.says(&name) {
                self.said.push((name, fact));
            }
        }
        self
    }

    /// These facts, with `beneath` where these have none.
    #[must_use]
    pub(crate) fn over(self, beneath: &Arc<Facts>) -> Self {
        Self { beneath: Some(Arc::clone(beneath)), ..self }
    }

    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let mut facts = Self::default();
        if let Some(launch_type) = subject.launch_type() {
            facts.set("launchType", Some(launch_type.as_str()));
        }
        if let Some(task) = &subject.task {
            facts.arn(task.task_arn(), "task");
            facts.set("taskArn", task.task_arn());
            facts.set("cluster", task.cluster_arn().map(last));
            facts.set("taskDefinition", task.task_definition_arn().map(last));
            facts.arn(task.task_definition_arn(), "task-definition");
            facts.set("service", task.group().and_then(|group| group.strip_prefix("service:")));
            facts.set("group", task.group());
            facts.set("startedBy", task.started_by());
            facts.set("containerInstance", task.container_instance_arn());
            facts.set("stoppedReason", task.stopped_reason());
            facts.set("stopCode", task.stop_code());
            facts.set("taskMemory", task.memory().map(|mib| mib.to_string()));
            facts.set("taskCpu", task.cpu().map(|units| units.to_string()));
            if let Some(overrides) = task.overrides() {
                facts.role("executionRole", overrides.execution_role_arn());
                facts.role("taskRole", overrides.task_role_arn());
            }
            for attachment in task.attachments() {
                for detail in attachment.details() {
                    match detail.name() {
                        Some("subnetId") => {
                            facts.set_many("subnets", detail.value().map(str::to_owned).into_iter().collect())
                        }
                        Some("networkInterfaceId") => facts.set("networkInterface", detail.value()),
                        Some("privateIPv4Address") => facts.set("privateAddress", detail.value()),
                        _ => {}
                    }
                }
            }
        }
        if let Some(service) = &subject.service {
            facts.of_service(service);
        }
        if let Some(definition) = &subject.definition {
            facts.of_definition(definition);
        }
        for action in &subject.actions {
            let detail = action.detail();
            facts.set("deployment", detail.as_ref().and_then(|detail| detail.deployment_id()));
            let tried = detail.map(|detail| detail.container_instance_arns()).unwrap_or_default();
            facts.set("containerInstance", tried.first().copied());
            let service = action.resources().into_iter().next();
            facts.arn(service, "service");
            facts.set("service", service.map(last));
            facts.set("cluster", action.detail().and_then(|detail| detail.cluster_arn()).map(last));
        }
        if let Some(instance) = &subject.instance {
            facts.arn(instance.container_instance_arn(), "container-instance");
            facts.set("containerInstance", instance.container_instance_arn());
            facts.set("instanceId", instance.ec2_instance_id());
        }
        facts.of_identity(&subject.id);
        facts.set("operation", subject.operation.as_deref());
        if let Some(event) = subject.statements.iter().find_map(|statement| statement.message.service_event())
        {
            facts.set("service", event.service.as_deref());
            facts.set("deployment", event.deployment.as_deref());
            facts.set("targetGroup", event.target_group.as_deref());
            facts.set("containerInstance", event.container_instance.as_deref());
        }
        let listed = subject.evidence.all::<ContainerInstanceArn<'_>>();
        let listed = listed.map(|arn| arn.text().to_owned()).take(DESCRIBED_AT_ONCE);
        facts.set_many("containerInstances", listed.collect());
        let listed = subject.evidence.all::<TaskArn<'_>>();
        let listed = listed.map(|arn| arn.text().to_owned()).take(DESCRIBED_AT_ONCE);
        facts.set_many("listedTasks", listed.collect());
        let newest = subject.service_deployments.first();
        facts.set("serviceDeployment", newest.and_then(|newest| newest.service_deployment_arn()));
        if !subject.launch_type().is_some_and(LaunchType::has_hosts) {
            facts.copy("subnets", "startSubnets");
            facts.copy("securityGroups", "startSecurityGroups");
        }
        let taskdef = facts.text("taskDefinition").map(str::to_owned);
        if subject.definition.is_none() {
            // What to ask for; absent when it is at hand.
            facts.set("missingDefinition", taskdef.clone());
        }
        facts.set("family", taskdef.as_deref().and_then(|name| name.split(':').next()));
        facts
    }

    /// What the ARN of a service, or of what a call was about, tells.
    fn of_identity(&mut self, id: &str) {
        let arn = Some(id);
        match () {
            () if id.contains(":service/") => {
                self.arn(arn, "service");
                self.set("service", arn.map(last));
            }
            () if id.contains(":container-instance/") => {
                self.arn(arn, "container-instance");
                self.set("containerInstance", arn);
            }
            () if id.contains(":task/") && self.text("taskArn") != arn => {
                self.arn(arn, "task");
                self.set("taskArn", arn);
            }
            () => {}
        }
    }

    fn of_service(&mut self, service: &Service<'_>) {
        self.arn(service.service_arn(), "service");
        self.set("cluster", service.cluster_arn().map(last));
        self.set("service", service.service_name().or(service.service_arn().map(last)));
        self.set("taskDefinition", service.task_definition().map(last));
        self.set("desiredCount", service.desired_count().map(|count| count.to_string()));
        self.set("runningCount", service.running_count().map(|count| count.to_string()));
        // Half of one is one, rounded up: with 50 % a service of one task could never be deployed.
        let (percent, room) = match service.desired_count() {
            Some(0 | 1) => (Some("0"), Some("the only task stops before the next one starts")),
            Some(_) => (Some("50"), Some("half of the tasks stop before the next ones start")),
            None => (None, None),
        };
        self.set("roomPercent", percent);
        self.set("deploymentRoom", room);
        if let Some(network) = service.network_configuration().and_then(|found| found.awsvpc_configuration())
        {
            self.of_network(&network);
        }
        for balancer in service.load_balancers() {
            self.set("targetGroup", balancer.target_group_arn());
        }
    }

    fn of_network(&mut self, network: &AwsvpcConfiguration<'_>) {
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect();
        self.set_many("subnets", owned(network.subnets()));
        // A task's own interface is in one of them; a call that sets them replaces them all.
        self.set_many("serviceSubnets", owned(network.subnets()));
        self.set_many("securityGroups", owned(network.security_groups()));
        self.set("assignPublicIp", network.assign_public_ip());
    }

    fn of_definition(&mut self, definition: &TaskDefinition<'_>) {
        self.arn(definition.task_definition_arn(), "task-definition");
        self.set("taskDefinition", definition.task_definition_arn().map(last));
        self.set("family", definition.family());
        self.role("executionRole", definition.execution_role_arn());
        self.role("taskRole", definition.task_role_arn());
        self.set("networkMode", definition.network_mode());
    }

    /// Where one container logs; [`None`] without the awslogs driver.
    pub fn set_logs(&mut self, container: &str, options: &LogOptions<'_>) {
        self.set("logGroup", options.group());
        self.set("logRegion", options.region());
        // awslogs names its stream prefix/container/task-id.
        let stream = match (options.stream_prefix(), self.text("taskId")) {
            (Some(prefix), Some(task)) => Some(format!("{prefix}/{container}/{task}")),
            _ => None,
        };
        self.set("logStream", stream);
    }

    /// Partition, Region, account and, for `kind`, the last part of an ARN.
    fn arn(&mut self, arn: Option<&str>, kind: &str) {
        let Some(arn) = arn.filter(|arn| arn.starts_with("arn:")) else { return };
        let mut parts = arn.splitn(6, ':').skip(1);
        let partition = parts.next();
        self.set("partition", partition);
        match partition {
            Some("aws-cn") => {
                self.set("ecrDomain", Some("cn.com.amazonaws"));
                self.set("iamEventsRegion", Some("cn-north-1"));
            }
            Some("aws-us-gov") => self.set("iamEventsRegion", Some("us-gov-west-1")),
            _ => {}
        }
        let _service = parts.next();
        self.set("region", parts.next());
        self.set("account", parts.next());
        let resource = parts.next().unwrap_or_default();
        if kind == "task" {
            self.set("taskId", resource.rsplit('/').next());
        }
        // New ARNs have the cluster's name between the type and the id.
        let mut steps = resource.split('/');
        if let (Some("task" | "service" | "container-instance"), Some(cluster), Some(_), None) =
            (steps.next(), steps.next(), steps.next(), steps.next())
        {
            self.set("cluster", Some(cluster));
        }
    }

    fn copy(&mut self, from: &str, to: &'static str) {
        match self.get(from).cloned() {
            Some(fact) if !self.says(to) => self.said.push((to.into(), fact)),
            _ => {}
        }
    }

    fn role(&mut self, name: &'static str, arn: Option<&str>) {
        if arn.is_some() {
            self.set(format!("{name}Arn"), arn);
        }
        self.set(name, arn.map(last));
    }
}

/// The last part of an ARN or path.
fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
