//! What the launch type or the operating system does not have.

use super::plan::name_of;
use super::{Found, Plan, Risk, Severity};
use crate::evidence::Citation;
use crate::evidence::ecs::ContainerDefinition;

pub(super) static FARGATE_FEATURE: Risk = Risk {
    code: "fargate-feature-unsupported",
    severity: Severity::Error,
    refused: true,
    title: "setting that Fargate does not have",
    explanation: "Fargate gives a task no host of its own to configure: privileged mode, devices, swap, shared memory, \
                  links, GPUs, Docker volumes, host paths, placement constraints and the like are refused, and the log \
                  drivers are awslogs, splunk and awsfirelens.",
    becomes: &["taskdef-invalid", "placement-compute-incompatible"],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html",
        "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
    ],
    since: "0.1.0",
    check: |plan| {
        if !plan.is_for_fargate() {
            return Vec::new();
        }
        let mut found = Vec::new();
        of_task(plan, &mut found);
        for container in &plan.containers {
            of_container(container, &mut found);
        }
        found
    },
};

fn of_task(plan: &Plan<'_, '_>, found: &mut Vec<Found>) {
    let mut add = |what: String, proof: Citation| {
        let advice =
            "Remove the setting, or run the task on EC2 and take FARGATE out of `requiresCompatibilities`.";
        found.push(Found::new(
            proof,
            format!("The task definition {what}, which Fargate does not have."),
            advice,
        ));
    };
    let definition = plan.definition;
    let node = definition.node();
    if let Some(mode) = node.get("ipcMode") {
        add("sets `ipcMode`".to_owned(), mode.citation());
    }
    if let Some(mode) = node.get("pidMode").filter(|mode| mode.value() == "host") {
        add("sets `pidMode` to `host`".to_owned(), mode.citation());
    }
    if !definition.placement_constraints().is_empty() {
        add("has `placementConstraints`".to_owned(), definition.cite("placementConstraints"));
    }
    for volume in definition.volumes() {
        let name = volume.name().unwrap_or("unnamed");
        if volume.docker_volume_configuration().is_some() {
            add(format!("makes `{name}` a Docker volume"), volume.cite("dockerVolumeConfiguration"));
        }
        if volume.fsx_windows_file_server_volume_configuration().is_some() {
            add(
                format!("makes `{name}` an FSx volume"),
                volume.cite("fsxWindowsFileServerVolumeConfiguration"),
            );
        }
        if let Some(path) = volume.host().and_then(|host| host.get("sourcePath")) {
            add(format!("mounts a path of the host as `{name}`"), path.citation());
        }
    }
}

fn of_container(container: &ContainerDefinition<'_>, found: &mut Vec<Found>) {
    let name = name_of(container);
    for (what, proof) in unsupported(container) {
        let summary = format!("Container `{name}` {what}, which Fargate does not have.");
        let advice = format!(
            "Remove the setting from `{name}`, or run the task on EC2 and take FARGATE out of `requiresCompatibilities`."
        );
        found.push(Found::new(proof, summary, advice).container(name));
    }
}

/// Each setting of a container that Fargate refuses; empty lists, false and 0 are as good as absent.
fn unsupported(container: &ContainerDefinition<'_>) -> Vec<(String, Citation)> {
    let mut list = Vec::new();
    let node = container.node();
    for key in ["privileged", "disableNetworking"] {
        if let Some(set) = node.get(key).filter(|set| set.value() == true) {
            list.push((format!("sets `{key}`"), set.citation()));
        }
    }
    for key in ["links", "extraHosts", "dnsServers", "dnsSearchDomains", "dockerSecurityOptions"] {
        if let Some(set) = node.get(key).filter(|set| set.each().next().is_some()) {
            list.push((format!("has `{key}`"), set.citation()));
        }
    }
    for resource in container.resource_requirements() {
        if resource.kind() == Some("GPU") {
            list.push(("asks for a GPU".to_owned(), resource.cite("type")));
        }
    }
    if let Some(linux) = container.linux_parameters() {
        for key in ["devices", "tmpfs"] {
            if let Some(set) = linux.get(key).filter(|set| !set.elements().is_empty()) {
                list.push((format!("sets `linuxParameters.{key}`"), set.citation()));
            }
        }
        for key in ["sharedMemorySize", "maxSwap", "swappiness"] {
            if let Some(set) =
                linux.get(key).filter(|set| set.value().as_i64().is_some_and(|value| value > 0))
            {
                list.push((format!("sets `linuxParameters.{key}`"), set.citation()));
            }
        }
        let added = linux.get("capabilities").and_then(|capabilities| capabilities.get("add"));
        for capability in added.iter().flat_map(|list| list.each()) {
            if let Some(text) = capability.value().as_str().filter(|text| *text != "SYS_PTRACE") {
                list.push((format!("adds the capability `{text}`"), capability.citation()));
            }
        }
    }
    if let Some(configuration) = container.log_configuration() {
        let driver = configuration.log_driver().unwrap_or_default();
        if !matches!(driver, "awslogs" | "splunk" | "awsfirelens") {
            list.push((format!("uses the log driver `{driver}`"), configuration.cite("logDriver")));
        }
    }
    list
}

pub(super) static WINDOWS_ON_ARM: Risk = Risk {
    code: "windows-on-arm",
    severity: Severity::Error,
    refused: true,
    title: "Windows on ARM64",
    explanation: "ECS runs Windows containers on X86_64 alone.",
    becomes: &["taskdef-invalid"],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html"],
    since: "0.1.0",
    check: |plan| {
        let platform = plan.definition.runtime_platform().filter(|_| plan.is_windows());
        let on_arm = platform.filter(|platform| platform.cpu_architecture() == Some("ARM64"));
        let found = on_arm.map(|platform| {
            Found::new(
                platform.cite("cpuArchitecture"),
                format!(
                    "The task is to run {} on ARM64, and ECS runs Windows on X86_64 alone.",
                    platform.operating_system_family().unwrap_or("Windows")
                ),
                "Set `runtimePlatform.cpuArchitecture` to `X86_64`.",
            )
            .cite(platform.cite("operatingSystemFamily"))
        });
        found.into_iter().collect()
    },
};
