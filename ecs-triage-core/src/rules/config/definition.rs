//! Task definitions that ECS refuses to register.

use super::{Blast, BrokenRule, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule};
use crate::evidence::Citation;
use crate::evidence::ecs::{ContainerDefinition, TaskDefinition};
use crate::redact::redacted;
use crate::rules::at_most_one;
use crate::signals::message::Message;
use crate::signals::{Said, Source, Statement, Subject, SubjectKind};
use crate::sizes::{FargateSize, Limits, MIN_CONTAINER_MIB, OperatingSystem, parse_cpu, parse_memory};

pub(in crate::rules) static INVALID: Rule = Rule {
    code: "taskdef-invalid",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "task definition breaks a rule of ECS",
    summary: "The task definition is refused: {rule~|it breaks a rule of ECS}.",
    explanation: "ECS checks a task definition when it is registered. One that contradicts itself, or that uses what its \
                  launch type does not have, makes no revision; what runs stays on the one before.",
    signs: "ClientException or InvalidParameterException from RegisterTaskDefinition that names a setting, or a \
            combination in a task definition that ECS refuses.",
    wants: &[],
    fixes: &[Fix::run(
        "Correct {field|the setting} and register the task definition",
        Blast::NewRevision,
        "aws ecs register-task-definition --cli-input-json file://task-definition.json --region {region}",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html"],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| subject.kind == SubjectKind::TaskDefinition,
        |said| is_refusal(said, || true),
        |subject| {
            if subject.kind == SubjectKind::TaskDefinition {
                return at_most_one(subject.definition.as_ref().and_then(of_definition));
            }
            let is_refusal = |said: &&Statement| is_refusal(said, || is_registration(&said.message, subject));
            let refused = subject.statements.iter().filter(is_refusal);
            refused.map(|statement| of_refusal(subject, statement)).collect()
        },
    ),
};

/// What ECS says of a setting, and the setting.
const REFUSALS: &[(&str, &str)] = &[
    ("'memory' or 'memoryreservation' must be specified", "memory"),
    ("invalid 'cpu' setting for task", "cpu"),
    ("invalid 'memory' setting for task", "memory"),
    ("no fargate configuration exists for given values", "cpu"),
    ("requires that 'cpu' be defined at the task level", "cpu"),
    ("requires that 'memory' be defined at the task level", "memory"),
    ("the sum of all container 'cpu' values", "cpu"),
    ("'cpu' setting for container", "cpu"),
    ("fargate only supports network mode", "networkMode"),
    ("the host ports and container ports in port mappings must match", "portMappings"),
    ("links are not supported when the network type is", "links"),
    ("dependency container with success or complete condition", "dependsOn"),
    ("the secret name must be unique", "secrets"),
    ("unknown volume '", "mountPoints"),
    ("invalid 'ephemeralstorage' setting", "ephemeralStorage"),
    ("container.image should not be null", "image"),
    ("container.name should not be null", "name"),
    ("too many containers", "containerDefinitions"),
    ("when a firelensconfiguration object is specified", "firelensConfiguration"),
    ("log driver awslogs requires options", "logConfiguration"),
    ("only one volume configuration type should be used", "volumes"),
    ("host.sourcepath should not be blank", "volumes"),
    ("must have a container stop timeout of less than", "stopTimeout"),
    ("is not allowed on fargate", "linuxParameters"),
    ("iam authorization requires a task role", "taskRoleArn"),
    ("fargate resource requirements (", "cpu"),
    ("max allowed length is", "containerDefinitions"),
    ("fargate compatible task definitions do not support", "requiresCompatibilities"),
    ("tasks using the fargate launch type do not support", "requiresCompatibilities"),
    ("invalid setting for container", "containerDefinitions"),
];

fn is_refusal(said: &Said, is_registration: impl FnOnce() -> bool) -> bool {
    let message = &said.message;
    // A role, a permission and a throttle are refused with the same codes, and are other causes.
    let is_other = message.denial().is_some()
        || message.says_any(&[
            "role is not valid",
            "execution role",
            "assume the role",
            "rate exceeded",
            "too many concurrent attempts",
            "the 'memory' setting for",
        ]);
    if is_other {
        return false;
    }
    let is_client_error = matches!(
        message.aws_error_code(),
        Some("ClientException" | "InvalidParameterException" | "ValidationException")
    );
    // AWS CloudFormation and the consoles leave the exception out.
    let is_sentence = said.source == Source::Bare && message.aws_error_code().is_none();
    is_client_error && (is_registration() || refusal(message).is_some())
        || is_sentence && (message.says(STACK) || message.says_any(SENTENCES))
        || message.says_all(&["parameter", "containerdefinitions["])
            && message.says_any(&[
                "unknown parameter in input",
                "parameter validation failed",
                "invalid type for parameter",
            ])
}

/// How AWS CloudFormation begins what ECS answered to it.
const STACK: &str = "invalid request provided: create taskdefinition: ";

/// Refusals that nobody but the API words like this, so that they need no exception beside them.
const SENTENCES: &[&str] = &[
    "no fargate configuration exists for given values",
    "the host ports and container ports in port mappings must match",
    "at least one of 'memory' or 'memoryreservation' must be specified",
    "requires that 'cpu' be defined at the task level",
    "requires that 'memory' be defined at the task level",
    "net_bind_service is not allowed on fargate",
    "tasks using the fargate launch type do not support",
    "tasks using the fargate launch type must have a container stop timeout of less than",
    "fargate compatible task definitions do not support",
    "only one volume configuration type should be used",
    "iam authorization requires a task role",
    "fargate resource requirements (",
];

/// Whether a message answers the registration of a task definition.
fn is_registration(message: &Message, subject: &Subject<'_>) -> bool {
    subject.id == "RegisterTaskDefinition"
        || message.operation().is_some_and(|operation| operation.name == "RegisterTaskDefinition")
        || message.says_any(&[
            "creating ecs task definition",
            "failed to register task definition",
            "error registering task definition",
            STACK,
        ])
}

fn refusal(message: &Message) -> Option<&'static (&'static str, &'static str)> {
    REFUSALS.iter().find(|(words, _)| message.says(words))
}

fn of_refusal(subject: &Subject<'_>, statement: &Statement) -> Finding {
    let message = &statement.message;
    let field = refusal(message).map(|(_, field)| *field);
    let answer = answer(message);
    let mut definitions = subject.evidence.all::<TaskDefinition<'_>>();
    let only = definitions.next().filter(|_| definitions.next().is_none());
    let known = only.map(|definition| faults(&definition)).unwrap_or_default();
    let same = known.into_iter().find(|fault| Some(fault.field) == field);
    let rule = same.as_ref().map(|fault| fault.rule.clone()).or_else(|| answer.clone());
    let cause = Cause::TaskdefInvalid(BrokenRule { field: field.map(str::to_owned), rule, answer });
    let mut finding = Finding::stated(cause, statement);
    let named =
        message.between("container '", "'").or(message.between("log configuration for container ", " "));
    finding.container = finding.container.or(named.map(str::to_owned));
    // A sentence that is not known and has no end may go on with a role or an image.
    let is_whole = message.body().ends_with('.') || is_registration(message, subject) && !message.is_cut();
    let is_open = field.is_none() && !message.says("containerdefinitions[") && !is_whole;
    match same {
        Some(fault) => finding.confirmed_by(fault.proof),
        None if is_open => finding.confidence(Confidence::Possible),
        None => finding,
    }
}

/// What ECS said, without the error's name and the numbers of the request.
fn answer(message: &Message) -> Option<String> {
    let text = message.raw();
    let marks = ["operation: ", "Exception: ", "validation failed:", "Create TaskDefinition: "];
    let from = marks.iter().filter_map(|mark| Some(text.find(mark)? + mark.len())).max().unwrap_or(0);
    let rest = text.get(from..)?.trim();
    let end = [". For more information", " status code:", "\n\tstatus", ", request id", " (Service: "]
        .iter()
        .filter_map(|mark| rest.find(mark))
        .min()
        .unwrap_or(rest.len());
    let words = redacted(rest[..end].trim_end_matches('.')).split_whitespace().collect::<Vec<_>>().join(" ");
    (!words.is_empty()).then_some(words)
}

/// A rule that a task definition breaks.
struct Fault {
    field: &'static str,
    rule: String,
    container: Option<String>,
    proof: Citation,
}

/// What ECS would refuse. A revision that exists was accepted: where it seems to break a rule, the rule is older.
fn of_definition(definition: &TaskDefinition<'_>) -> Option<Finding> {
    let is_registered = definition.revision().is_some()
        || definition.task_definition_arn().is_some()
        || definition.status().is_some()
        || definition.registered_at().is_some();
    let mut faults = faults(definition);
    if is_registered || is_blank(definition) || faults.is_empty() {
        return None;
    }
    let rules: Vec<&str> = faults.iter().map(|fault| fault.rule.as_str()).collect();
    let rule = Some(rules.join("; "));
    let rest = faults.split_off(1);
    let first = faults.pop()?;
    let cause = Cause::TaskdefInvalid(BrokenRule { field: Some(first.field.to_owned()), rule, answer: None });
    let mut finding = Finding::new(cause, Confidence::Likely, first.proof);
    finding.container = first.container;
    Some(rest.into_iter().fold(finding, |finding, fault| finding.cite(fault.proof)))
}

/// Whether a definition is the form that `--generate-cli-skeleton` makes, still to be filled in.
fn is_blank(definition: &TaskDefinition<'_>) -> bool {
    let is_empty = |text: Option<&str>| text == Some("");
    definition.container_definitions().iter().any(|container| is_empty(container.name()))
        || is_empty(definition.family())
}

fn faults(definition: &TaskDefinition<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    of_size(definition, &mut faults);
    let containers = definition.container_definitions();
    if containers.len() > Limits::CONTAINERS {
        faults.push(Fault {
            field: "containerDefinitions",
            rule: format!("it has {} containers, and {} are the most", containers.len(), Limits::CONTAINERS),
            container: None,
            proof: definition.cite("containerDefinitions"),
        });
    }
    if !containers.is_empty() && containers.iter().all(|container| container.essential() == Some(false)) {
        faults.push(Fault {
            field: "essential",
            rule: "none of its containers is essential".to_owned(),
            container: None,
            proof: definition.cite("containerDefinitions"),
        });
    }
    for container in &containers {
        of_container(definition, &containers, container, &mut faults);
    }
    faults
}

/// Size and network mode of a task that must fit Fargate.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html>
fn of_size(definition: &TaskDefinition<'_>, faults: &mut Vec<Fault>) {
    if !definition.requires_compatibilities().contains(&"FARGATE") {
        return;
    }
    let mut add = |field: &'static str, rule: String| {
        faults.push(Fault { field, rule, container: None, proof: definition.cite(field) });
    };
    if let Some(mode) = definition.network_mode().filter(|mode| *mode != "awsvpc") {
        add("networkMode", format!("Fargate has the network mode awsvpc only, not {mode}"));
    }
    let (cpu, memory) = (amount(definition, "cpu", parse_cpu), amount(definition, "memory", parse_memory));
    let family = definition.runtime_platform().and_then(|platform| platform.operating_system_family());
    let os = match family {
        Some(family) if family.starts_with("WINDOWS") => OperatingSystem::Windows,
        _ => OperatingSystem::Linux,
    };
    if let (Some(cpu), Some(memory)) = (cpu, memory)
        && !(FargateSize { cpu, memory }).is_valid(os)
    {
        let next = FargateSize::next_valid(os, cpu, memory);
        let next = next.map(|next| format!(" (the next size is {} with {} MiB)", next.cpu, next.memory));
        add(
            "cpu",
            format!("Fargate has no size of {cpu} CPU units with {memory} MiB{}", next.unwrap_or_default()),
        );
    }
}

/// CPU units or MiB of the task, also in the form `1 vCPU` and `2 GB`.
fn amount(definition: &TaskDefinition<'_>, key: &str, parse: fn(&str) -> Option<u32>) -> Option<u32> {
    let node = definition.node().get(key)?;
    match node.value() {
        serde_json::Value::String(text) => parse(text),
        value => parse(&value.to_string()),
    }
}

fn of_container(
    definition: &TaskDefinition<'_>,
    containers: &[ContainerDefinition<'_>],
    container: &ContainerDefinition<'_>,
    faults: &mut Vec<Fault>,
) {
    let name = container.name().unwrap_or("unnamed");
    let mut add = |field: &'static str, rule: String, proof: Citation| {
        faults.push(Fault { field, rule, container: container.name().map(str::to_owned), proof });
    };
    let hard = container.memory();
    let task = amount(definition, "memory", parse_memory).map(i64::from);
    if let Some((hard, task)) = hard.zip(task).filter(|(hard, task)| hard > task) {
        let rule = format!("container `{name}` has {hard} MiB of memory and its task {task}");
        add("memory", rule, container.cite("memory"));
    }
    if let Some((hard, soft)) = hard.zip(container.memory_reservation()).filter(|(hard, soft)| hard < soft) {
        let rule = format!("container `{name}` has a limit of {hard} MiB, below its reservation of {soft}");
        add("memory", rule, container.cite("memory"));
    }
    if let Some(hard) = hard.filter(|hard| *hard < i64::from(MIN_CONTAINER_MIB)) {
        let rule =
            format!("container `{name}` has {hard} MiB of memory, and {MIN_CONTAINER_MIB} are the least");
        add("memory", rule, container.cite("memory"));
    }
    let variables = container.environment();
    for variable in variables.iter().filter(|variable| variable.value_from().is_some()) {
        let variable_name = variable.name().unwrap_or("unnamed");
        let rule = format!(
            "`{variable_name}` of container `{name}` has `valueFrom` under `environment`; it belongs under `secrets`"
        );
        add("environment", rule, variable.cite("name"));
    }
    for secret in container.secrets() {
        if variables.iter().any(|variable| variable.name().is_some() && variable.name() == secret.name()) {
            let secret_name = secret.name().unwrap_or("unnamed");
            let rule =
                format!("container `{name}` has `{secret_name}` under both `environment` and `secrets`");
            add("secrets", rule, secret.cite("name"));
        }
    }
    if definition.network_mode() == Some("awsvpc") {
        for port in container.port_mappings() {
            let differ = port.host_port().zip(port.container_port());
            if let Some((host, inner)) = differ.filter(|(host, inner)| *host != 0 && host != inner) {
                let rule = format!(
                    "in awsvpc mode host port {host} of container `{name}` must equal container port {inner}"
                );
                add("portMappings", rule, port.cite("hostPort"));
            }
        }
    }
    let has_volumes = definition.has_its_volumes();
    for mount in container.mount_points() {
        let volume = mount.source_volume();
        let volumes = definition.volumes();
        let is_known = |volume: &str| volumes.iter().any(|known| known.name() == Some(volume));
        if let Some(volume) = volume.filter(|volume| has_volumes && !is_known(volume)) {
            let rule = format!(
                "container `{name}` mounts volume `{volume}`, which the task definition does not have"
            );
            add("mountPoints", rule, mount.cite("sourceVolume"));
        }
    }
    for waits in container.depends_on() {
        let Some(on) = waits.container_name() else { continue };
        let dependency = containers.iter().find(|other| other.name() == Some(on));
        let is_essential = dependency.is_some_and(|on| on.essential().unwrap_or(true));
        if dependency.is_none() {
            let rule =
                format!("container `{name}` depends on `{on}`, which the task definition does not have");
            add("dependsOn", rule, waits.cite("containerName"));
        } else if is_essential && matches!(waits.condition(), Some("COMPLETE" | "SUCCESS")) {
            let rule = format!(
                "container `{name}` waits for the end of `{on}`, which is essential, so that its end stops the task"
            );
            add("dependsOn", rule, waits.cite("condition"));
        }
    }
}
