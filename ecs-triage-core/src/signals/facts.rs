//! Names and numbers of a subject, under the names by which templates ask for them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::subject::{LaunchType, Subject};
use crate::evidence::ecs::{AwsvpcConfiguration, LogOptions, Service, TaskDefinition};
use crate::evidence::text::{ContainerInstanceArn, TaskArn};
use crate::redact::redacted;

/// Facts that a task has more or less. Neither they nor their texts take a kilobyte: allocators look longer for more.
const USUAL: usize = 31;

/// The same of what a finding adds.
const USUAL_OF_FINDING: usize = 8;

/// Bytes that the text of a fact takes as a rule.
const TEXT: usize = 32;

/// `DescribeContainerInstances` and `DescribeTasks` take no more.
const DESCRIBED_AT_ONCE: usize = 100;

/// Names and numbers of a subject. A missing fact is absent, never empty.
#[derive(Clone, Default, PartialEq)]
pub struct Facts {
    /// In the order in which they were said: they are few.
    said: Vec<Said>,
    /// The texts of all, one behind the other: a subject has dozens, and most are never asked for.
    text: String,
    /// A bit for each name, which several may share: most names that are asked for have not been said.
    bits: u64,
    /// What holds where these say nothing; many share it.
    beneath: Option<Arc<Facts>>,
}

/// One fact: its text ends here, and begins where that of the fact before it ends. Several of one name are several of a
/// kind.
#[derive(Clone, PartialEq)]
struct Said {
    name: Cow<'static, str>,
    end: u32,
    is_one_of_many: bool,
    mark: Mark,
}

/// What tells most names apart without a look at them.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Mark(u8);

impl Mark {
    fn of(name: &str) -> Self {
        let last = name.bytes().next_back().unwrap_or_default();
        Self((name.len() as u8).wrapping_mul(5).wrapping_add(last) % 64)
    }

    /// The bit that stands for it.
    fn bit(self) -> u64 {
        1 << self.0
    }
}

/// One fact: a text, or several of a kind.
#[derive(Clone, PartialEq)]
pub enum Fact<'f> {
    /// A text.
    One(&'f str),
    /// Several texts, such as the subnets of a service.
    Many(Vec<&'f str>),
}

/// What could be a secret in it is blanked.
impl fmt::Debug for Fact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::One(text) => fmt::Debug::fmt(&redacted(text), f),
            Fact::Many(texts) => f.debug_list().entries(texts.iter().map(|text| redacted(text))).finish(),
        }
    }
}

/// What could be a secret in them is blanked.
impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (index, said) in self.said.iter().enumerate() {
            map.entry(&said.name, &redacted(self.text_of(index)));
        }
        map.finish()?;
        self.beneath.as_ref().map_or(Ok(()), |beneath| write!(f, " over {beneath:?}"))
    }
}

impl Facts {
    /// The fact called `name`.
    pub fn get(&self, name: &str) -> Option<Fact<'_>> {
        let mut said = self.called(name);
        let Some(first) = said.next() else { return self.beneath.as_ref()?.get(name) };
        Some(match self.said[first].is_one_of_many {
            false => Fact::One(self.text_of(first)),
            true => Fact::Many([first].into_iter().chain(said).map(|said| self.text_of(said)).collect()),
        })
    }

    /// The text called `name`; the first of several.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.called(name).next() {
            Some(said) => Some(self.text_of(said)),
            None => self.beneath.as_ref()?.text(name),
        }
    }

    /// Where these alone say something under a name.
    fn called(&self, name: &str) -> impl Iterator<Item = usize> {
        let mark = Mark::of(name);
        let said = if self.bits & mark.bit() == 0 { &[] } else { self.said.as_slice() };
        let called = said.iter().enumerate().filter(move |(_, said)| said.mark == mark && said.name == name);
        called.map(|(index, _)| index)
    }

    /// Adds a fact unless it is absent or empty; the first one said stays.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: Option<impl AsRef<str>>) {
        if let Some(value) = value {
            let (name, value) = (name.into(), value.as_ref());
            if !value.is_empty() && !self.says(&name) {
                self.push(name, value, false);
            }
        }
    }

    /// Adds several of a kind unless there are none.
    pub fn set_many(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        values: impl IntoIterator<Item = impl AsRef<str>>,
    ) {
        let name = name.into();
        if !self.says(&name) {
            for value in values {
                self.push(name.clone(), value.as_ref(), true);
            }
        }
    }

    fn push(&mut self, name: Cow<'static, str>, value: &str, is_one_of_many: bool) {
        if self.said.is_empty() {
            self.said.reserve(USUAL_OF_FINDING);
            self.text.reserve(TEXT * USUAL_OF_FINDING);
        }
        self.text.push_str(value);
        let mark = Mark::of(&name);
        self.bits |= mark.bit();
        // A document of four gigabytes is refused long before.
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.said.push(Said { name, end, is_one_of_many, mark });
    }

    fn text_of(&self, index: usize) -> &str {
        let end_of = |said: &Said| said.end as usize;
        let from = index.checked_sub(1).and_then(|before| self.said.get(before)).map_or(0, end_of);
        self.said.get(index).and_then(|said| self.text.get(from..end_of(said))).unwrap_or_default()
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
        self.called(name).next().is_some()
    }

    /// These facts, with `beneath` where these have none.
    #[must_use]
    pub(crate) fn over(self, beneath: &Arc<Facts>) -> Self {
        Self { beneath: Some(Arc::clone(beneath)), ..self }
    }

    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let mut facts = Self {
            said: Vec::with_capacity(USUAL),
            text: String::with_capacity(TEXT * USUAL),
            ..Self::default()
        };
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
            for (name, value) in &subject.attached {
                match *name {
                    "subnetId" => facts.set_many("subnets", [value]),
                    "networkInterfaceId" => facts.set("networkInterface", Some(value)),
                    "privateIPv4Address" => facts.set("privateAddress", Some(value)),
                    _ => {}
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
        // A task's own ARN has told all that it can.
        let of_task = subject.task.as_ref().and_then(|task| task.task_arn());
        if of_task != Some(subject.id.as_str()) || !subject.id.contains(":task/") {
            facts.of_identity(&subject.id);
        }
        facts.set("operation", subject.operation.as_deref());
        if let Some(event) = subject.statements.iter().find_map(|statement| statement.message.service_event())
        {
            facts.set("service", event.service.as_deref());
            facts.set("deployment", event.deployment.as_deref());
            facts.set("targetGroup", event.target_group.as_deref());
            facts.set("containerInstance", event.container_instance.as_deref());
        }
        let listed = subject.evidence.all::<ContainerInstanceArn<'_>>();
        let listed = listed.map(|arn| arn.text()).take(DESCRIBED_AT_ONCE);
        facts.set_many("containerInstances", listed);
        let listed = subject.evidence.all::<TaskArn<'_>>();
        let listed = listed.map(|arn| arn.text()).take(DESCRIBED_AT_ONCE);
        facts.set_many("listedTasks", listed);
        let newest = subject.service_deployments.first();
        facts.set("serviceDeployment", newest.and_then(|newest| newest.service_deployment_arn()));
        if !subject.launch_type().is_some_and(LaunchType::has_hosts) {
            facts.copy("subnets", "startSubnets");
            facts.copy("securityGroups", "startSecurityGroups");
        }
        let taskdef = facts.text("taskDefinition").map(str::to_owned);
        if subject.definition.is_none() {
            // What to ask for; absent when it is at hand.
            facts.set("missingDefinition", taskdef.as_deref());
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
        self.set_many("subnets", network.subnets());
        // A task's own interface is in one of them; a call that sets them replaces them all.
        self.set_many("serviceSubnets", network.subnets());
        self.set_many("securityGroups", network.security_groups());
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
        let tells_nothing_new = kind == "task-definition"
            && ["account", "region", "partition"].iter().all(|name| self.says(name));
        if tells_nothing_new {
            return;
        }
        let mut rest = arn;
        let mut next = || {
            let end = rest.bytes().position(|byte| byte == b':');
            let (part, behind) = end.map_or((rest, ""), |end| (&rest[..end], &rest[end + 1..]));
            rest = behind;
            part
        };
        let [_, partition, _, region, account] = [next(), next(), next(), next(), next()];
        let (partition, resource) = (Some(partition), rest);
        self.set("partition", partition);
        match partition {
            Some("aws-cn") => {
                self.set("ecrDomain", Some("cn.com.amazonaws"));
                self.set("iamEventsRegion", Some("cn-north-1"));
            }
            Some("aws-us-gov") => self.set("iamEventsRegion", Some("us-gov-west-1")),
            _ => {}
        }
        self.set("region", Some(region));
        self.set("account", Some(account));
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
        if !self.says(to) {
            for index in 0..self.said.len() {
                if self.said[index].name == from {
                    let text = self.text_of(index).to_owned();
                    self.push(to.into(), &text, self.said[index].is_one_of_many);
                }
            }
        }
    }

    fn role(&mut self, name: &'static str, arn: Option<&str>) {
        if arn.is_some() {
            self.set(if name == "taskRole" { "taskRoleArn" } else { "executionRoleArn" }, arn);
        }
        self.set(name, arn.map(last));
    }
}

/// The last part of an ARN or path.
fn last(arn: &str) -> &str {
    memchr::memrchr(b'/', arn.as_bytes()).map_or(arn, |at| &arn[at + 1..])
}
