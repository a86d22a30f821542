//! The proxy that Service Connect puts into a task.

use super::super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule};
use crate::rules::payload::payloads;
use crate::signals::{Exit, Said, Statement, Stop, Subject};

payloads! {
    /// The particulars of a Service Connect proxy that does not work.
    Proxy {
        /// Name of the proxy's container.
        proxy: String,
        /// Its health: `UNHEALTHY`.
        health_status: String,
        /// Exit code of the proxy.
        exit_code: i64,
        /// CPU units of the task.
        task_cpu_units: i64,
        /// Memory of the task in MiB.
        task_memory_mib: i64,
    }
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html>
const PREFIX: &str = "ecs-service-connect-";

pub(in crate::rules) static PROXY: Rule = Rule {
    code: "health-service-connect-proxy",
    bucket: Bucket::Health,
    kind: Kind::Cause,
    title: "Service Connect proxy is unhealthy",
    summary: "The Service Connect proxy {proxy|of the task} {fate~|does not work}, and the task depends on it.",
    explanation: "Service Connect adds an Envoy proxy to each task and has the application wait until it is healthy. \
                  Too little CPU or memory, an old agent or AMI, or no way to its control plane keep it from that.",
    signs: "The container that is UNHEALTHY or ended is called `ecs-service-connect-…`; application containers may stay PENDING.",
    wants: &[
        Ask::new(
            "ecs",
            "DescribeTaskDefinition",
            r#"{"taskDefinition": "{taskDefinition}"}"#,
            "shows how much CPU and memory the containers leave to the proxy",
        ),
        Ask::new(
            "ecs",
            "DescribeContainerInstances",
            r#"{"cluster": "{cluster}", "containerInstances": ["{containerInstance}"]}"#,
            "shows the version of the agent",
        ),
    ],
    fixes: &[
        Fix::advice(
            "Give the task room for the proxy",
            Blast::NewRevision,
            "Add 256 CPU units and at least 64 MiB to the task (512 units above 500 requests per second).",
        ),
        Fix::run(
            "Update the agent of the container instance; instead replace one with Windows, or with Amazon Linux 2 on arm64",
            Blast::Instances,
            "aws ecs update-container-agent --cluster {cluster} --container-instance {containerInstance} --region {region}",
        ),
        Fix::look(
            "Read what the proxy logs, where the service configures a log for it",
            "aws ecs describe-services --cluster {cluster} --services {service} --region {region} \
             --query 'services[].deployments[].serviceConnectConfiguration'",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect.html"],
    since: "0.1.0",
    check: Check::JudgeWhere(has_proxy, is_about_proxy, |subject| {
        let stated = subject.statements.iter().filter(|statement| is_about_proxy(statement));
        let mut found: Vec<Finding> = stated.map(|statement| of_statement(subject, statement)).collect();
        let proxies = subject.exits.iter().filter(|exit| is_proxy(exit));
        found.extend(proxies.filter_map(|exit| of_container(subject, exit)));
        found
    }),
};

fn is_proxy(exit: &Exit<'_>) -> bool {
    exit.container.starts_with(PREFIX)
}

fn has_proxy(subject: &Subject<'_>) -> bool {
    subject.exits.iter().any(is_proxy)
}

/// A message that names the proxy and says that it failed.
fn is_about_proxy(said: &Said) -> bool {
    let message = &said.message;
    message.says(PREFIX)
        && (message.dependency().is_some()
            || message.says_any(&["unhealthy", "health check", "exited", "timed out"]))
}

fn of_statement(subject: &Subject<'_>, statement: &Statement) -> Finding {
    let message = &statement.message;
    let named = message.from_phrase(PREFIX).and_then(|rest| {
        rest.split(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '-' | '_')).next()
    });
    let mut finding = Finding::stated(cause(subject, named, None), statement);
    finding.container = named.map(str::to_owned);
    finding
}

fn of_container(subject: &Subject<'_>, exit: &Exit<'_>) -> Option<Finding> {
    let is_unhealthy = exit.view.health_status() == Some("UNHEALTHY");
    let failed = exit.code.filter(|code| !matches!(code, 0 | 137 | 143));
    let is_ended_task =
        matches!(subject.stop, Stop::EssentialContainerExited | Stop::FailedToStart | Stop::Unknown);
    let (fate, citation) = match failed {
        _ if is_unhealthy => ("is unhealthy".to_owned(), exit.view.cite("healthStatus")),
        Some(code) if is_ended_task => (format!("ended with exit code {code}"), exit.citation()),
        _ => return None,
    };
    let others = || subject.exits.iter().filter(|other| other.container != exit.container);
    let is_other_at_fault = others().any(|other| {
        other.out_of_memory
            || other.view.health_status() == Some("UNHEALTHY")
            || other.code.is_some_and(|code| !matches!(code, 0 | 137 | 143))
    });
    // The proxy goes down with its task as well.
    let confidence = if is_other_at_fault { Confidence::Possible } else { Confidence::Likely };
    let finding = Finding::new(cause(subject, Some(&exit.container), Some(exit)), confidence, citation);
    Some(finding.container(&exit.container).fact("fate", Some(fate)))
}

fn cause(subject: &Subject<'_>, name: Option<&str>, exit: Option<&Exit<'_>>) -> Cause {
    let task = subject.task.as_ref();
    Cause::HealthServiceConnectProxy(Proxy {
        proxy: name.map(str::to_owned),
        health_status: exit.and_then(|exit| exit.view.health_status()).map(str::to_owned),
        exit_code: exit.and_then(|exit| exit.code),
        task_cpu_units: task.and_then(|task| task.cpu()),
        task_memory_mib: task.and_then(|task| task.memory()),
    })
}
