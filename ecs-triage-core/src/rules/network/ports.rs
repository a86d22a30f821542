//! A port of the container instance is taken.

use super::super::payload::payloads;
use super::super::{Blast, Bucket, Cause, Check, Fix, Kind, Rule};
use super::CONTAINER_INSTANCE;
use crate::signals::{Statement, Subject};

payloads! {
    /// A host port that something else holds.
    HostPort {
        /// Port of the host.
        port: i64,
        /// Network mode of the task.
        network_mode: String,
    }
}

pub(in crate::rules) static HOST_PORT_CONFLICT: Rule = Rule {
    code: "network-host-port-conflict",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "host port is already taken on the container instance",
    summary: "{container|The container} could not start: host port {port~|it asks for} is already taken on the \
              container instance.",
    explanation: "A fixed host port can be used once on an instance. Another task, a container that is still being \
                  stopped or a daemon of the host holds it.",
    signs: "CannotStartContainerError with `port is already allocated` or `bind: address already in use`; on Windows `hnsCall \
            failed in Win32: The process cannot access the file because it is being used by another process`.",
    wants: &[CONTAINER_INSTANCE],
    fixes: &[
        Fix::advice(
            "Let Docker choose the port",
            Blast::NewRevision,
            "Set `hostPort` of {container|the container} to 0 and let the load balancer find the port, or use the \
             network mode `awsvpc`.",
        ),
        Fix::run(
            "Or let a deployment stop old tasks first: {deploymentRoom~|at 0 % all of them may stop at once, with several take 50}",
            Blast::Service,
            "aws ecs update-service --cluster {cluster} --service {service} --deployment-configuration \
             minimumHealthyPercent={roomPercent|0},maximumPercent=100 --region {region}",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            // An application that cannot bind a port says so in its log, in the same words.
            let is_runtime = message.has_error("CannotStartContainerError")
                || message.says_any(&[
                    "external connectivity",
                    "error response from daemon",
                    "userland proxy",
                ]);
            let is_taken = message.says_any(&["port is already allocated", "address already in use"]);
            // Windows' network service has no other words for it.
            let is_windows = message.says_all(&["hnscall", "being used by another process"]);
            said.is_from_ecs() && (is_runtime && is_taken || is_windows)
        },
        |statement, subject| Cause::NetworkHostPortConflict(HostPort::of(statement, subject)),
    ),
};

impl HostPort {
    fn of(statement: &Statement, subject: &Subject<'_>) -> Self {
        let definition = subject.definition.as_ref();
        let fixed = definition.and_then(|definition| {
            let definitions = definition.container_definitions();
            let name = statement.container.as_deref();
            let defined = definitions.iter().find(|defined| name.is_some() && defined.name() == name)?;
            let ports: Vec<i64> = defined
                .port_mappings()
                .iter()
                .filter_map(|mapping| mapping.host_port())
                .filter(|port| *port > 0)
                .collect();
            match ports[..] {
                [only] => Some(only),
                _ => None,
            }
        });
        Self {
            port: statement.message.bound_port().map(i64::from).or(fixed),
            network_mode: definition.and_then(|definition| definition.network_mode()).map(str::to_owned),
        }
    }
}
