//! ECS Exec: the agent in the container, and whether the task was started with it.

use serde_json::json;

use super::program::DEFINITION;
use super::{
    Ask, Blast, Bucket, Cause, Check, Confidence, ExecAgent, Finding, Fix, Kind, Plain, Rule, Verdict,
};
use crate::change::{Change, Edit};
use crate::evidence::ecs::Task;
use crate::signals::{Said, Source, Statement, Stop, Subject};

const PAGE: &str = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html";
const TROUBLESHOOTING: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec-troubleshooting.html";

const TASK: Ask = Ask::new(
    "ecs",
    "DescribeTasks",
    r#"{"cluster": "{cluster}", "tasks": ["{taskArn}"]}"#,
    "`enableExecuteCommand` and `managedAgents` say whether the task was started with ECS Exec and its agent runs",
);

pub(in crate::rules) static FAILED: Rule = Rule {
    code: "exec-agent-failed",
    bucket: Bucket::Config,
    kind: Kind::Symptom,
    title: "ECS Exec agent does not run in the container",
    summary: "The ECS Exec agent does not run in {container|the container}{because~|}; the task itself is not stopped by that.",
    explanation: "ECS Exec puts an SSM agent into each container. It needs a writable root file system, a task role with \
                  `ssmmessages` permissions and a way to that endpoint; without it `execute-command` fails and nothing else does.",
    signs: "`managedAgents[].reason` such as `ExecuteCommandAgent process exited with exit code: 1`, `unable to start \
            ExecuteCommandAgent [pre-start]: …` or `Execute Command Agent Initialization failed`.",
    wants: &[
        DEFINITION,
        Ask::new(
            "iam",
            "ListAttachedRolePolicies",
            r#"{"RoleName": "{taskRole}"}"#,
            "one of them must allow the four `ssmmessages` actions to the task role",
        ),
        Ask::new(
            "iam",
            "ListRolePolicies",
            r#"{"RoleName": "{taskRole}"}"#,
            "the `ssmmessages` actions may stand in an inline policy of the task role",
        ),
    ],
    fixes: &[
        Fix::run(
            "Give the task role what the agent needs",
            Blast::Role,
            "aws iam put-role-policy --role-name {taskRole} --policy-name ecs-exec --policy-document \
             '{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"ssmmessages:CreateControlChannel\",\
             \"ssmmessages:CreateDataChannel\",\"ssmmessages:OpenControlChannel\",\"ssmmessages:OpenDataChannel\"],\"Resource\":\"*\"}]}'",
        ),
        Fix::advice(
            "Let the agent write and connect",
            Blast::NewRevision,
            "Set `readonlyRootFilesystem` to false, and give private subnets without NAT an interface endpoint for \
             com.amazonaws.{region~|REGION}.ssmmessages. Windows Nano Server and IPv6-only subnets are not supported.",
        ),
        Fix::run(
            "Start new tasks",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --enable-execute-command --force-new-deployment --region {region}",
        ),
    ],
    docs: &[PAGE, TROUBLESHOOTING],
    since: "0.1.0",
    check: Check::JudgeSaid(
        |said| is_agent_failure(said) || is_exec_refused(said),
        |subject| {
            let failed = subject.statements.iter().filter(|statement| is_agent_failure(statement));
            let mut found: Vec<Finding> = failed.map(|statement| agent_failed(subject, statement)).collect();
            if found.is_empty() {
                found.extend(exec_refused(subject).filter(|(_, task)| is_enabled(task)).map(
                    |(statement, task)| {
                        // The task has ECS Exec, so of the two readings of the refusal this one is left.
                        let cause = Cause::ExecAgentFailed(ExecAgent::default());
                        Finding::stated(cause, statement).cite(task.cite("enableExecuteCommand"))
                    },
                ));
            }
            found
        },
    ),
};

pub(in crate::rules) static NOT_ENABLED: Rule = Rule {
    code: "exec-not-enabled",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "ECS Exec was not enabled when the task was started",
    summary: "ECS refused `execute-command`: the task was started without ECS Exec, or its agent is not running.",
    explanation: "The agent of ECS Exec is put into a container when the task starts. Turning ECS Exec on for a service \
                  changes new tasks only.",
    signs: "InvalidParameterException with `execute command was not enabled when the task was run or the execute command \
            agent isn't running`.",
    wants: &[TASK],
    fixes: &[
        Fix::look(
            "See whether the task has it",
            "aws ecs describe-tasks --cluster {cluster} --tasks {taskArn} --region {region} \
             --query 'tasks[].[enableExecuteCommand,containers[].managedAgents[]]'",
        ),
        Fix::run(
            "Turn it on and start new tasks",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --enable-execute-command --force-new-deployment --region {region}",
        ),
        Fix::advice(
            "For tasks without a service",
            Blast::Nothing,
            "Pass `--enable-execute-command` to `aws ecs run-task`; a task that already runs cannot be changed.",
        ),
    ],
    docs: &[PAGE, TROUBLESHOOTING],
    since: "0.1.0",
    check: Check::says(is_exec_refused, |_, _| Cause::ExecNotEnabled(Plain {})).settled(
        |subject, finding| match exec_refused(subject).next() {
            Some((_, task)) if is_enabled(&task) => finding.refuted_by(task.cite("enableExecuteCommand")),
            Some((_, task)) if task.enable_execute_command() == Some(false) => {
                let words = "ECS refused `execute-command`: the task was started without ECS Exec.";
                finding.summary(words).confirmed_by(task.cite("enableExecuteCommand"))
            }
            _ => finding,
        },
    ),
};

fn is_exec_refused(said: &Said) -> bool {
    said.message.says("execute command was not enabled when the task was run")
}

/// The refusal of `execute-command` and the only task at hand; the refusal does not name one.
fn exec_refused<'s>(subject: &'s Subject<'_>) -> impl Iterator<Item = (&'s Statement, Task<'s>)> {
    let refused = subject.statements.iter().filter(|statement| is_exec_refused(statement));
    refused.filter_map(move |statement| {
        let mut tasks = subject.evidence.all::<Task<'s>>();
        let only = tasks.next().filter(|_| tasks.next().is_none())?;
        Some((statement, only))
    })
}

fn is_enabled(task: &Task<'_>) -> bool {
    task.enable_execute_command() == Some(true)
}

/// A reason that is not one of the agent's ordinary words about its life.
fn is_agent_failure(said: &Said) -> bool {
    let message = &said.message;
    let is_routine = message.says_any(&["executecommandagent started", "received container stopped event"]);
    let names_agent = message.says_any(&[
        "unable to start executecommandagent",
        "executecommandagent process exited",
        "execute command agent initialization failed",
        "executecommandagent initialization failed",
        "execute command agent failed",
        "managed agent not found (executecommandagent)",
        "no valid versions were found in",
        "could not generate execagent",
    ]);
    !is_routine && (names_agent || said.source == Source::ManagedAgentReason)
}

fn agent_failed(subject: &Subject<'_>, statement: &Statement) -> Finding {
    let message = &statement.message;
    let defined = subject.container_definition(statement.container.as_deref());
    let is_read_only = defined.as_ref().and_then(|defined| defined.readonly_root_filesystem());
    let role = subject.facts().text("taskRole").map(str::to_owned);
    // Without a task role the agent on EC2 has the instance's; on Fargate it has none.
    let has_no_role = role.is_none() && subject.definition.is_some() && subject.is_fargate();
    let because = match () {
        () if is_read_only == Some(true) => Some(": its root file system is read-only"),
        () if has_no_role => Some(": the task has no task role"),
        () => None,
    };
    let cause = Cause::ExecAgentFailed(ExecAgent {
        step: message.between("executecommandagent [", "]").map(str::to_owned),
        exit_code: message.exit_code(),
        readonly_root_filesystem: is_read_only,
        task_role: role,
    });
    let mut finding = Finding::stated(cause, statement).fact("because", because);
    if let Some(defined) = defined.filter(|_| is_read_only == Some(true)) {
        let edits =
            [Edit::container(defined.name().unwrap_or_default(), "readonlyRootFilesystem", json!(false))];
        let change = Change::task_definition(subject, "Make the root file system writable", &edits);
        finding = finding.cite(defined.cite("readonlyRootFilesystem")).change(change);
    }
    let Some(task) = &subject.task else { return finding };
    match (subject.stop, task.last_status()) {
        (Stop::None, Some("RUNNING")) if task.health_status() != Some("UNHEALTHY") => {
            finding.verdict(Verdict::Healthy)
        }
        (Stop::None, _) => finding,
        // It never stops a task: beside a stop it is a remark.
        _ => finding.confidence(Confidence::Possible).verdict(Verdict::Undetermined),
    }
}
