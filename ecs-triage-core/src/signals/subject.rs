//! What a diagnosis is about, with every fact about it gathered in one place.

use std::cell::OnceCell;
use std::sync::Arc;

use serde::Serialize;

use super::exits::{self, Ended, Exit, Part};
use super::facts::Facts;
use super::roles::Roles;
use super::statement::{Source, Statement};
use super::stop::Stop;
use super::timeline::Timeline;
use super::turns::{Turn, Turns};
use crate::evidence::ecs::{
    Container, ContainerDefinition, ContainerInstance, Failure, Service, ServiceAction, ServiceDeployment,
    Task, TaskDefinition,
};
use crate::evidence::elbv2::TargetHealthDescription;
use crate::evidence::text::ApiError;
use crate::evidence::{Citation, Evidence, Read, Request};
use crate::health::TimeoutPlatform;

/// What a diagnosis can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SubjectKind {
    /// A task.
    Task,
    /// A service, with its events and deployments.
    Service,
    /// A container instance.
    ContainerInstance,
    /// A call of the ECS API that was refused or could do only a part.
    Call,
    /// A message on its own.
    Message,
    /// A task definition on its own.
    TaskDefinition,
    /// A role on its own.
    Role,
}

/// Where a subject's tasks run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaunchType {
    /// AWS Fargate.
    Fargate,
    /// EC2 container instances.
    Ec2,
    /// ECS Anywhere.
    External,
    /// ECS Managed Instances.
    ManagedInstances,
}

impl LaunchType {
    /// As the API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            LaunchType::Fargate => "FARGATE",
            LaunchType::Ec2 => "EC2",
            LaunchType::External => "EXTERNAL",
            LaunchType::ManagedInstances => "MANAGED_INSTANCES",
        }
    }

    /// Whether images, secrets and logs travel over the interface of a container instance, not over the task's own.
    ///
    /// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html>
    pub fn has_hosts(self) -> bool {
        self != LaunchType::Fargate
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        const NAMES: [(&str, LaunchType); 5] = [
            ("FARGATE", LaunchType::Fargate),
            ("FARGATE_SPOT", LaunchType::Fargate),
            ("EC2", LaunchType::Ec2),
            ("EXTERNAL", LaunchType::External),
            ("MANAGED_INSTANCES", LaunchType::ManagedInstances),
        ];
        NAMES.iter().find(|(name, _)| text.eq_ignore_ascii_case(name)).map(|(_, found)| *found)
    }
}

/// A subject and the facts about it. Rules read it and judge; they look nothing up themselves.
#[derive(Debug)]
pub struct Subject<'e> {
    /// What it is.
    pub kind: SubjectKind,
    /// ARN, name or other identity.
    pub id: String,
    /// All the evidence, for what stands beside the subject.
    pub evidence: &'e Evidence,
    /// The task, for a task.
    pub task: Option<Task<'e>>,
    /// The service: the subject itself, or the one that the task belongs to.
    pub service: Option<Service<'e>>,
    /// The task definition revision that the subject runs.
    pub definition: Option<TaskDefinition<'e>>,
    /// The container instance: the subject itself, or the one that the task is on.
    pub instance: Option<ContainerInstance<'e>>,
    /// Machine-made messages about the subject, most telling place first.
    pub statements: Vec<Statement>,
    /// Errors of pulls that did no harm: their containers ran all the same.
    ///
    /// An agent keeps the first error of a container for good, also when it then runs the image that the host had.
    pub outlived: Vec<Statement>,
    /// The last lines that the task's containers logged, as messages.
    pub log: Vec<Statement>,
    /// How the task's containers ended.
    pub exits: Vec<Exit<'e>>,
    /// The points of the task's life.
    pub timeline: Timeline,
    /// What ended the task.
    pub stop: Stop,
    /// Events of EventBridge about the service since it was last steady, newest first.
    pub actions: Vec<ServiceAction<'e>>,
    /// The service's deployments with their history, newest first.
    pub service_deployments: Vec<ServiceDeployment<'e>>,
    /// The call that was refused or could do only a part, for a call; the one that a message names.
    pub operation: Option<String>,
    /// The targets of a load balancer that the subject is about, where there is nothing else.
    pub targets: Vec<TargetHealthDescription<'e>>,
    /// What is known of all that was attached to the task: `subnetId`, `networkInterfaceId`, …
    pub(super) attached: Vec<(&'e str, &'e str)>,
    facts: OnceCell<Arc<Facts>>,
    launch_type: OnceCell<Option<LaunchType>>,
    /// Shared by all subjects of the evidence.
    pub(super) turns: Arc<Turns<'e>>,
}

impl<'e> Subject<'e> {
    pub(super) fn new(kind: SubjectKind, id: impl Into<String>, evidence: &'e Evidence) -> Self {
        Self {
            kind,
            id: id.into(),
            evidence,
            task: None,
            service: None,
            definition: None,
            instance: None,
            // A task says one or two things.
            statements: Vec::with_capacity(2),
            log: Vec::new(),
            outlived: Vec::new(),
            exits: Vec::new(),
            timeline: Timeline::default(),
            stop: Stop::None,
            actions: Vec::new(),
            service_deployments: Vec::new(),
            operation: None,
            targets: Vec::new(),
            attached: Vec::new(),
            facts: OnceCell::new(),
            launch_type: OnceCell::new(),
            turns: Arc::default(),
        }
    }

    /// Whether a statement is what somebody gave as the reason for calling `StopTask`: any words, of which ECS knows nothing.
    pub(crate) fn is_callers(&self, statement: &Statement) -> bool {
        statement.source == Source::TaskStoppedReason
            && self.stop == Stop::User
            && self.task.as_ref().is_some_and(|task| task.stop_code() == Some("UserInitiated"))
    }

    /// Names and numbers of the subject, for the texts and commands of a report.
    pub fn facts(&self) -> &Facts {
        self.shared_facts()
    }

    /// The same, for facts of a finding to stand on.
    pub(crate) fn shared_facts(&self) -> &Arc<Facts> {
        self.facts.get_or_init(|| Arc::new(Facts::of(self)))
    }

    /// The container whose end ended the task.
    pub fn first_exit(&self) -> Option<&Exit<'e>> {
        self.exits.iter().find(|exit| exit.part == Part::First)
    }

    /// The exits that may have ended the task: the first, or all between which it cannot be told.
    pub fn leading_exits(&self) -> impl Iterator<Item = &Exit<'e>> {
        self.exits.iter().filter(|exit| {
            exit.part == Part::First
                || exit.part == Part::Unclear && (exit.code.is_some() || exit.out_of_memory)
        })
    }

    /// The messages from one kind of place.
    pub fn statements_of(&self, source: Source) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(move |statement| statement.source == source)
    }

    /// Whether a service keeps the task running, so that its end is never a success.
    ///
    /// `group` is `service:NAME` and `startedBy` is `ecs-svc/NUMBER` for a task of a service. `None` when
    /// the evidence has neither.
    pub fn is_of_service(&self) -> Option<bool> {
        if self.kind == SubjectKind::Service || self.service.is_some() {
            return Some(true);
        }
        let task = self.task.as_ref()?;
        match (task.group(), task.started_by()) {
            (Some(group), _) if group.starts_with("service:") => Some(true),
            (_, Some(by)) if by.starts_with("ecs-svc/") => Some(true),
            (Some(_), _) | (_, Some(_)) => Some(false),
            (None, None) => None,
        }
    }

    /// Where the subject's tasks run, from whatever tells it.
    pub fn launch_type(&self) -> Option<LaunchType> {
        *self.launch_type.get_or_init(|| self.told_launch_type())
    }

    /// The same, not kept: while a subject is put together, more may come that tells it.
    fn told_launch_type(&self) -> Option<LaunchType> {
        if let Some(task) = &self.task {
            let stated = task.launch_type().and_then(LaunchType::parse);
            let provider = task.capacity_provider_name().and_then(LaunchType::parse);
            let shown = match () {
                () if task.container_instance_arn().is_some() => Some(LaunchType::Ec2),
                () if task.platform_version().is_some() => Some(LaunchType::Fargate),
                () => None,
            };
            if let Some(found) = stated.or(provider).or(shown) {
                return Some(found);
            }
        }
        if let Some(service) = &self.service {
            let provider = service.capacity_provider_strategy().into_iter().next();
            let provider = provider.and_then(|item| LaunchType::parse(item.capacity_provider()?));
            if let Some(found) = service.launch_type().and_then(LaunchType::parse).or(provider) {
                return Some(found);
            }
        }
        let required = self.definition.as_ref()?.requires_compatibilities();
        match required.as_slice() {
            [only] => LaunchType::parse(only),
            _ => None,
        }
    }

    /// Whether the subject runs on Fargate; `false` when that is not known.
    pub fn is_fargate(&self) -> bool {
        self.launch_type() == Some(LaunchType::Fargate)
    }

    /// The definition of a container; of the only one when its name is not known.
    pub fn container_definition(&self, name: Option<&str>) -> Option<ContainerDefinition<'e>> {
        let defined = self.definition.as_ref()?.container_definitions();
        match (name, defined.as_slice()) {
            (None, [only]) => Some(only.clone()),
            (None, _) => None,
            (name, _) => defined.into_iter().find(|container| container.name() == name),
        }
    }

    /// The command of a container and where it is given: by `RunTask`, else by the task definition. The
    /// image's own command is in neither.
    pub fn command_of(&self, name: Option<&str>) -> Option<(Vec<&'e str>, Citation)> {
        let overrides = self.task.as_ref().and_then(|task| task.overrides());
        let given = overrides.iter().flat_map(|overrides| overrides.container_overrides());
        let given = given
            .filter(|given| name.is_none() || given.name() == name)
            .find(|given| !given.command().is_empty());
        if let Some(given) = given {
            return Some((given.command(), given.cite("command")));
        }
        let defined = self.container_definition(name)?;
        Some((defined.command(), defined.cite("command"))).filter(|(command, _)| !command.is_empty())
    }

    /// Whether the task was to have a network interface of its own and never got one.
    pub fn lacks_interface(&self) -> bool {
        let attachments = self.task.as_ref().map(|task| task.attachments()).unwrap_or_default();
        attachments.iter().any(|attachment| {
            let is_interface = matches!(attachment.kind(), Some("ElasticNetworkInterface" | "eni"));
            let details = attachment.details();
            is_interface && !details.iter().any(|detail| detail.name() == Some("networkInterfaceId"))
        })
    }

    /// The other tasks of the same service, or of the same family when there is no service.
    pub fn siblings(&self) -> Vec<Task<'e>> {
        let Some(task) = &self.task else { return Vec::new() };
        let Some(group) = task.group() else { return Vec::new() };
        let same = |other: &Task<'e>| other.group() == Some(group) && other.task_arn() != task.task_arn();
        self.evidence.all::<Task<'e>>().filter(same).collect()
    }

    /// The tasks of a group, such as `service:web`, that ended by themselves soon after they started, in the order of
    /// their starts.
    pub(crate) fn turns(&self, group: &str) -> &[Turn<'e>] {
        self.turns.of(group)
    }

    pub(super) fn with_task(
        mut self,
        task: Task<'e>,
        containers: Vec<Container<'e>>,
        roles: &mut Roles<'e>,
    ) -> Self {
        let evidence = self.evidence;
        let wanted = task.task_definition_arn();
        self.definition = definition_for(evidence, wanted);
        self.service = service_for(evidence, &task);
        self.instance = task.container_instance_arn().and_then(|arn| {
            evidence.all::<ContainerInstance<'e>>().find(|found| found.container_instance_arn() == Some(arn))
        });
        self.stop = Stop::of(&task);
        self.timeline = Timeline::of(&task);
        self.task = Some(task);
        self.set_exits(containers, roles);
        self.log = self.logged();
        self
    }

    fn set_exits(&mut self, containers: Vec<Container<'e>>, roles: &mut Roles<'e>) {
        let platform = match self.told_launch_type() {
            Some(LaunchType::Fargate) => TimeoutPlatform::Fargate,
            // The less that is known of the default, the less is concluded from it.
            _ => TimeoutPlatform::Ec2,
        };
        let loose = match self.definition {
            Some(_) => Vec::new(),
            None => self.evidence.all().collect(),
        };
        let ended = Ended {
            definition: self.definition.as_ref(),
            loose,
            stop: self.stop,
            timeline: &self.timeline,
            platform,
        };
        self.exits = exits::of(containers, &ended, roles);
        let exits = &self.exits;
        self.outlived = self.statements.extract_if(.., |statement| is_outlived(statement, exits)).collect();
    }
}

impl<'e> Subject<'e> {
    /// Containers without a task around them: how they ended is all that is known.
    pub(super) fn set_loose_containers(&mut self, containers: Vec<Container<'e>>, roles: &mut Roles<'e>) {
        self.definition = definition_for(self.evidence, None);
        let ended = containers.iter().any(|container| container.exit_code().is_some());
        self.stop = if ended { Stop::Unknown } else { Stop::None };
        self.set_exits(containers, roles);
    }
}

/// Whether a pull failed whose container has an exit code or runs.
fn is_outlived(statement: &Statement, exits: &[Exit<'_>]) -> bool {
    statement.source == Source::ContainerReason
        && statement.message.is_pull()
        && exits.iter().any(|exit| {
            Some(&exit.container) == statement.container.as_ref()
                && (exit.code.is_some() || exit.view.last_status() == Some("RUNNING"))
        })
}

/// The containers of a task. What `--query` made flat stands for its only container.
pub(super) fn containers_of<'e>(task: &Task<'e>) -> Vec<Container<'e>> {
    let containers = task.containers();
    if containers.is_empty() && task.node().get("exitCode").is_some() {
        return Container::read(task.node()).into_iter().collect();
    }
    containers
}

/// The revision with this ARN; a family and number or the only one at hand will do.
pub(super) fn definition_for<'e>(evidence: &'e Evidence, wanted: Option<&str>) -> Option<TaskDefinition<'e>> {
    let tail = |arn: &'e str| arn.rsplit('/').next().unwrap_or(arn);
    let all = || evidence.all::<TaskDefinition<'e>>();
    if let Some(wanted) = wanted {
        let wanted = wanted.rsplit('/').next();
        let exact = all().find(|found| found.task_definition_arn().map(tail) == wanted);
        if exact.is_some() {
            return exact;
        }
    }
    // A definition that names itself and is another one must not be used.
    let mut candidates = all().filter(|found| wanted.is_none() || found.task_definition_arn().is_none());
    candidates.next().filter(|_| candidates.next().is_none())
}

fn service_for<'e>(evidence: &'e Evidence, task: &Task<'e>) -> Option<Service<'e>> {
    let name = task.group()?.strip_prefix("service:")?;
    let cluster = task.cluster_arn();
    evidence.all::<Service<'e>>().find(|service| {
        let same_cluster = match (service.cluster_arn(), cluster) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        let service_name = service.service_name().or_else(|| service.service_arn()?.rsplit('/').next());
        service_name == Some(name) && same_cluster
    })
}

impl<'e> Subject<'e> {
    pub(super) fn of_failure(evidence: &'e Evidence, failure: &Failure<'e>) -> Self {
        Self::new(SubjectKind::Call, failure.arn().unwrap_or("run-task"), evidence)
    }

    pub(super) fn of_error(evidence: &'e Evidence, error: &ApiError<'e>, request: Option<&Request>) -> Self {
        let operation = request.map(|request| request.operation.as_str()).or(error.operation());
        Self::new(SubjectKind::Call, operation.or(error.code()).unwrap_or("call"), evidence)
    }
}
