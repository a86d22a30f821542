//! The service that runs the definition: its load balancer, its deployments, its sessions.

use super::plan::{name_of, whole};
use super::roles::denied_for_exec;
use super::{Found, Plan, Risk, Severity};
use crate::evidence::ecs::{Cluster, LoadBalancer, Service};
use crate::evidence::elbv2::TargetGroup;
use crate::health::{DeploymentLimits, TargetHealthCheck};

const BALANCING: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html";
const DEFINITION: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html";
const EVENTS: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html";

fn service_name(service: &Service<'_>) -> String {
    let arn = service.service_arn().map(|arn| arn.rsplit('/').next().unwrap_or(arn));
    service.service_name().or(arn).unwrap_or("unnamed").to_owned()
}

fn load_balancers<'e>(plan: &Plan<'_, 'e>) -> Vec<LoadBalancer<'e>> {
    plan.service().map(|service| service.load_balancers()).unwrap_or_default()
}

fn target_group<'e>(plan: &Plan<'_, 'e>, balancer: &LoadBalancer<'_>) -> Option<TargetGroup<'e>> {
    let arn = balancer.target_group_arn()?;
    plan.evidence().all::<TargetGroup<'e>>().find(|group| group.target_group_arn() == Some(arn))
}

pub(super) static TARGET_UNDEFINED: Risk = Risk {
    code: "load-balancer-target-undefined",
    severity: Severity::Error,
    refused: false,
    title: "load balancer's container or port is not in the definition",
    explanation: "A service registers one container and one port of it with its load balancer. A definition without them is \
                  refused when the service is to run it.",
    becomes: &["health-target-missing", "api-request-rejected"],
    docs: &[BALANCING],
    since: "0.1.0",
    check: |plan| {
        load_balancers(plan).iter().filter_map(|balancer| target_undefined(plan, balancer)).collect()
    },
};

fn target_undefined(plan: &Plan<'_, '_>, balancer: &LoadBalancer<'_>) -> Option<Found> {
    let name = balancer.container_name()?;
    let service = plan.service().map(service_name)?;
    let Some(container) = plan.container(name) else {
        let summary = format!(
            "Service `{service}` registers container `{name}` with its load balancer, and the definition has no such container."
        );
        let advice =
            "Keep the container's name, or change `loadBalancers` of the service with the deployment.";
        return Some(Found::new(balancer.cite("containerName"), summary, advice));
    };
    let port = balancer.container_port()?;
    let mappings = container.port_mappings();
    // A range of ports may hold it.
    if mappings.iter().any(|mapping| mapping.container_port().is_none_or(|mapped| mapped == port)) {
        return None;
    }
    let summary = format!(
        "Service `{service}` registers port {port} of container `{name}` with its load balancer, and the container has no such port."
    );
    let advice = format!(
        "Add `\"containerPort\": {port}` to `portMappings` of `{name}`, or change `loadBalancers` of the service."
    );
    let found = Found::new(balancer.cite("containerPort"), summary, advice).container(name);
    Some(found.cite(container.cite(if mappings.is_empty() { "name" } else { "portMappings" })))
}

pub(super) static TARGET_TYPE: Risk = Risk {
    code: "target-type-mismatch",
    severity: Severity::Error,
    refused: false,
    title: "target group's type does not go with the network mode",
    explanation: "Tasks in `awsvpc` mode have an address of their own and are registered in target groups of type `ip`; in \
                  `bridge` and `host` mode the instance is, in groups of type `instance`.",
    becomes: &["api-request-rejected"],
    docs: &[BALANCING],
    since: "0.1.0",
    check: |plan| {
        let wanted = if plan.network_mode() == "awsvpc" { "ip" } else { "instance" };
        let mut found = Vec::new();
        for balancer in load_balancers(plan) {
            let Some(group) = target_group(plan, &balancer) else { continue };
            let Some(kind) =
                group.target_type().filter(|kind| matches!(*kind, "ip" | "instance") && *kind != wanted)
            else {
                continue;
            };
            let name = group.target_group_name().unwrap_or("unnamed");
            let mode = plan.network_mode();
            let summary = format!(
                "Target group `{name}` is of type `{kind}`, and the network mode `{mode}` needs `{wanted}`."
            );
            let advice = format!("Use a target group of type `{wanted}`: the type of one cannot be changed.");
            found.push(
                Found::new(group.cite("TargetType"), summary, advice).cite(balancer.cite("targetGroupArn")),
            );
        }
        found
    },
};

/// The service's numbers, for a rolling deployment of ECS's own.
fn rolling(plan: &Plan<'_, '_>) -> Option<DeploymentLimits> {
    let service = plan.service()?;
    let configuration = service.deployment_configuration()?;
    let controller = service.deployment_controller();
    let is_ecs = controller.and_then(|controller| controller.kind()).is_none_or(|kind| kind == "ECS");
    let strategy = configuration.node().get("strategy");
    let is_rolling = strategy.is_none_or(|strategy| strategy.value() == "ROLLING");
    let is_daemon = service.scheduling_strategy() == Some("DAEMON");
    (is_ecs && is_rolling && !is_daemon).then_some(DeploymentLimits {
        desired_count: whole(service.desired_count()?),
        minimum_healthy_percent: whole(configuration.minimum_healthy_percent()?),
        maximum_percent: whole(configuration.maximum_percent()?),
    })
}

pub(super) static DEADLOCK: Risk = Risk {
    code: "deployment-deadlock",
    severity: Severity::Error,
    refused: false,
    title: "percentages that let no deployment move",
    explanation: "`minimumHealthyPercent` is rounded up and `maximumPercent` down. Where together they allow neither a task \
                  more nor a task less than the desired count, no task is ever replaced.",
    becomes: &["lifecycle-deployment-config-blocks"],
    docs: &[EVENTS],
    since: "0.1.0",
    check: |plan| deadlock(plan).into_iter().collect(),
};

fn deadlock(plan: &Plan<'_, '_>) -> Option<Found> {
    let limits = rolling(plan).filter(DeploymentLimits::is_deadlocked)?;
    let service = plan.service()?;
    let configuration = service.deployment_configuration()?;
    let (least, most) = (limits.minimum_healthy_percent, limits.maximum_percent);
    let summary = format!(
        "Service `{}` wants {} tasks with a minimum of {least} % and a maximum of {most} %: a deployment can neither start nor \
         stop one.",
        service_name(service),
        limits.desired_count
    );
    let advice = format!(
        "Raise `maximumPercent` to {} or more, or lower `minimumHealthyPercent` to {} or less.",
        limits.smallest_maximum_percent()?,
        limits.largest_minimum_healthy_percent()?
    );
    let found = Found::new(configuration.cite("maximumPercent"), summary, advice);
    Some(found.cite(configuration.cite("minimumHealthyPercent")).cite(service.cite("desiredCount")))
}

pub(super) static GRACE_PERIOD: Risk = Risk {
    code: "grace-period-short",
    severity: Severity::Warning,
    refused: false,
    title: "grace period shorter than the start of the application",
    explanation: "Failing health checks of the load balancer count as soon as `healthCheckGracePeriodSeconds` is over. A task \
                  that is still starting then is stopped and replaced by one that has to start as well.",
    becomes: &["health-elb-failed", "health-elb-timeout", "health-elb-code-mismatch"],
    docs: &[DEFINITION],
    since: "0.1.0",
    check: |plan| {
        load_balancers(plan).iter().filter_map(|balancer| short_grace_period(plan, balancer)).collect()
    },
};

fn short_grace_period(plan: &Plan<'_, '_>, balancer: &LoadBalancer<'_>) -> Option<Found> {
    let service = plan.service()?;
    let container = plan.container(balancer.container_name()?)?;
    let check = container.health_check()?;
    let boot = whole(check.start_period()?);
    let group = target_group(plan, balancer)?;
    let target = TargetHealthCheck {
        interval: whole(group.health_check_interval_seconds()?),
        timeout: whole(group.health_check_timeout_seconds()?),
        healthy_threshold: whole(group.healthy_threshold_count()?),
        unhealthy_threshold: whole(group.unhealthy_threshold_count()?),
    };
    let grace = whole(service.health_check_grace_period_seconds().unwrap_or(0));
    if !target.is_kill_loop(u64::from(boot), u64::from(grace)) {
        return None;
    }
    let name = name_of(container);
    let summary = format!(
        "Container `{name}` is given {boot} s to start, and the load balancer of service `{}` gives up on it after {} s with a \
         grace period of {grace} s.",
        service_name(service),
        target.unhealthy_after().start()
    );
    let advice =
        format!("Set `healthCheckGracePeriodSeconds` to {}.", target.needed_grace_period(u64::from(boot)));
    let found = Found::new(check.cite("startPeriod"), summary, advice).container(name);
    let found = match service.health_check_grace_period_seconds() {
        Some(_) => found.cite(service.cite("healthCheckGracePeriodSeconds")),
        None => found,
    };
    Some(found.cite(group.cite("HealthCheckIntervalSeconds")).cite(group.cite("UnhealthyThresholdCount")))
}

pub(super) static ROOM: Risk = Risk {
    code: "deployment-without-room",
    severity: Severity::Warning,
    refused: false,
    title: "no instance is free for a deployment's first new task",
    explanation: "With a fixed host port each instance runs one task. A service that must keep all its tasks while it \
                  deploys needs at least one instance more than it has tasks.",
    becomes: &["placement-port-in-use", "lifecycle-deployment-config-blocks"],
    docs: &[EVENTS],
    since: "0.1.0",
    check: |plan| without_room(plan).into_iter().collect(),
};

fn without_room(plan: &Plan<'_, '_>) -> Option<Found> {
    let service = plan.service()?;
    // A capacity provider can add instances.
    if plan.is_for_fargate() || !service.capacity_provider_strategy().is_empty() {
        return None;
    }
    let limits = rolling(plan)?;
    let desired = limits.desired_count;
    let arn = service.cluster_arn()?;
    let cluster = plan.evidence().all::<Cluster<'_>>().find(|cluster| cluster.cluster_arn() == Some(arn))?;
    let instances = whole(cluster.registered_container_instances_count()?);
    if desired == 0 || instances > desired || limits.can_stop(desired) || limits.is_deadlocked() {
        return None;
    }
    let (container, mapping, port) = plan.containers.iter().find_map(|container| {
        let mut mappings = container.port_mappings().into_iter();
        mappings.find_map(|mapping| {
            let port = match plan.network_mode() {
                "bridge" => mapping.host_port().filter(|port| *port != 0)?,
                "host" => mapping.container_port()?,
                _ => return None,
            };
            Some((container, mapping, port))
        })
    })?;
    let name = name_of(container);
    let summary = format!(
        "Service `{}` keeps {desired} tasks while it deploys, each on host port {port} of its own instance, and the cluster has {instances}.",
        service_name(service)
    );
    let percent = limits.largest_minimum_healthy_percent()?;
    let advice = format!(
        "Set `hostPort` of `{name}` to 0, lower `minimumHealthyPercent` to {percent}, or add an instance."
    );
    let key = if mapping.host_port().is_some() { "hostPort" } else { "containerPort" };
    let found = Found::new(mapping.cite(key), summary, advice).container(name);
    Some(found.cite(cluster.cite("registeredContainerInstancesCount")).cite(service.cite("desiredCount")))
}

pub(super) static EXEC: Risk = Risk {
    code: "exec-unavailable",
    severity: Severity::Warning,
    refused: false,
    title: "ECS Exec is on and cannot work",
    explanation: "The agent of ECS Exec runs inside the container: it writes to the root file system and opens its channels \
                  with the task role, which on Fargate nothing stands in for.",
    becomes: &["exec-agent-failed", "exec-target-not-connected"],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html"],
    since: "0.1.0",
    check: |plan| {
        let Some(service) = plan.service().filter(|service| service.enable_execute_command() == Some(true))
        else {
            return Vec::new();
        };
        let name = service_name(service);
        let enabled = service.cite("enableExecuteCommand");
        let mut found = Vec::new();
        if plan.is_for_fargate() && plan.definition.task_role_arn().is_none() {
            let summary = format!(
                "Service `{name}` has ECS Exec on, and the task has no task role to open a session with."
            );
            let advice = "Set `taskRoleArn` to a role that allows the four `ssmmessages` actions.";
            found.push(Found::new(enabled.clone(), summary, advice));
        }
        if let Some((actions, proof)) = denied_for_exec(plan) {
            let listed: Vec<String> = actions.iter().map(|action| format!("\"{action}\"")).collect();
            let summary = format!(
                "Service `{name}` has ECS Exec on, and the task role does not allow `{}`.",
                actions.join("`, `")
            );
            let advice = format!(
                "Add to a policy of the task role: {{\"Effect\": \"Allow\", \"Action\": [{}], \"Resource\": \"*\"}}.",
                listed.join(", ")
            );
            found.push(proof.into_iter().fold(Found::new(enabled.clone(), summary, advice), Found::cite));
        }
        for container in &plan.containers {
            if container.readonly_root_filesystem() == Some(true) {
                let container_name = name_of(container);
                let summary = format!(
                    "Service `{name}` has ECS Exec on, and the root file system of container `{container_name}` is read-only."
                );
                let advice =
                    format!("Set `readonlyRootFilesystem` of `{container_name}` to false, or ECS Exec off.");
                let proof = container.cite("readonlyRootFilesystem");
                found
                    .push(Found::new(proof, summary, advice).container(container_name).cite(enabled.clone()));
            }
        }
        found
    },
};

pub(super) static BREAKER_OFF: Risk = Risk {
    code: "circuit-breaker-off",
    severity: Severity::Note,
    refused: false,
    title: "a failing deployment goes on without end",
    explanation: "Without the circuit breaker, or an alarm that rolls back, ECS starts failing tasks of a deployment again and \
                  again, with pauses of up to 27 minutes, and never calls it failed.",
    becomes: &["lifecycle-start-impaired"],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html"],
    since: "0.1.0",
    check: |plan| breaker_off(plan).into_iter().collect(),
};

fn breaker_off(plan: &Plan<'_, '_>) -> Option<Found> {
    rolling(plan)?;
    let service = plan.service()?;
    let configuration = service.deployment_configuration()?;
    let is_on = configuration.deployment_circuit_breaker().and_then(|breaker| breaker.enable()) == Some(true);
    let has = |key: &str| {
        let alarms = configuration.alarms();
        alarms.and_then(|alarms| alarms.get(key)).is_some_and(|set| set.value() == true)
    };
    if is_on || has("enable") && has("rollback") {
        return None;
    }
    let summary = format!("The deployment circuit breaker of service `{}` is off.", service_name(service));
    let advice = "Set `deploymentCircuitBreaker` to `{\"enable\": true, \"rollback\": true}`.";
    let proof = match configuration.deployment_circuit_breaker() {
        Some(breaker) => breaker.cite("enable"),
        None => service.cite("deploymentConfiguration"),
    };
    Some(Found::new(proof, summary, advice))
}
