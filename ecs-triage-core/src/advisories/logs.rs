//! Where containers log.

use super::plan::{is_essential, name_of};
use super::{Found, Plan, Risk, Severity};
use crate::arn::Arn;
use crate::evidence::Citation;
use crate::evidence::ecs::{ContainerDefinition, LogConfiguration, LogOptions};
use crate::evidence::logs::LogGroup;

const AWSLOGS: &str = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html";

/// Each container with awslogs, its configuration, and its options where it has any.
fn awslogs<'p, 'e>(
    plan: &'p Plan<'_, 'e>,
) -> impl Iterator<Item = (&'p ContainerDefinition<'e>, LogConfiguration<'e>, Option<LogOptions<'e>>)> {
    plan.containers.iter().filter_map(|container| {
        let configuration = container.log_configuration()?;
        let options = configuration.options();
        (configuration.log_driver() == Some("awslogs")).then_some((container, configuration, options))
    })
}

pub(super) static OPTION_MISSING: Risk = Risk {
    code: "awslogs-option-missing",
    severity: Severity::Error,
    refused: true,
    title: "an option that awslogs needs is not set",
    explanation: "The awslogs driver needs `awslogs-group`. On Fargate it needs `awslogs-region` and `awslogs-stream-prefix` \
                  too.",
    becomes: &["taskdef-invalid", "log-config-invalid"],
    docs: &[AWSLOGS],
    since: "0.1.0",
    check: |plan| {
        let mut found = Vec::new();
        for (container, configuration, options) in awslogs(plan) {
            let name = name_of(container);
            let option = |read: fn(&LogOptions<'_>) -> bool| options.as_ref().is_some_and(read);
            let mut missing = Vec::new();
            if !option(|options| options.group().is_some()) {
                missing.push("`awslogs-group`");
            }
            if plan.is_for_fargate() && !option(|options| options.region().is_some()) {
                missing.push("`awslogs-region`");
            }
            if plan.is_for_fargate() && !option(|options| options.stream_prefix().is_some()) {
                missing.push("`awslogs-stream-prefix`");
            }
            // Options may also be given as secrets, which nothing here resolves.
            if missing.is_empty() || configuration.node().get("secretOptions").is_some() {
                continue;
            }
            let summary =
                format!("Container `{name}` logs with awslogs and has no {}.", missing.join(", no "));
            let advice = format!("Set {} in `logConfiguration.options` of `{name}`.", missing.join(" and "));
            found.push(Found::new(configuration.cite("logDriver"), summary, advice).container(name));
        }
        found
    },
};

pub(super) static ROUTER_MISSING: Risk = Risk {
    code: "firelens-router-missing",
    severity: Severity::Error,
    refused: true,
    title: "FireLens without a log router",
    explanation: "The log driver awsfirelens sends to a container of the same task that has a `firelensConfiguration`.",
    becomes: &["taskdef-invalid", "log-firelens-config-failed", "log-config-invalid"],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_firelens.html"],
    since: "0.1.0",
    check: |plan| {
        if plan.containers.iter().any(|container| container.firelens_configuration().is_some()) {
            return Vec::new();
        }
        let routed = plan.containers.iter().filter_map(|container| {
            let configuration = container.log_configuration()?;
            let name = name_of(container);
            (configuration.log_driver() == Some("awsfirelens")).then(|| {
                Found::new(
                    configuration.cite("logDriver"),
                    format!("Container `{name}` logs with awsfirelens, and no container of the task is a log router."),
                    "Add a container with `firelensConfiguration`, for example of the image aws-for-fluent-bit.",
                )
                .container(name)
            })
        });
        routed.collect()
    },
};

pub(super) static GROUP_ABSENT: Risk = Risk {
    code: "log-group-absent",
    severity: Severity::Error,
    refused: false,
    title: "log group that does not exist and that nobody creates",
    explanation: "The awslogs driver makes log streams. It makes the group only with `awslogs-create-group`, and without the \
                  group the container does not start.",
    becomes: &["log-group-missing"],
    docs: &[AWSLOGS],
    since: "0.1.0",
    check: |plan| {
        let mut found: Vec<Found> = Vec::new();
        let mut told: Vec<&str> = Vec::new();
        for (container, _, options) in awslogs(plan) {
            let Some(options) = options.filter(|options| options.create_group() != Some("true")) else {
                continue;
            };
            let Some(group) = options.group().filter(|group| !told.contains(group)) else { continue };
            let Some(proof) = absent(plan, group, options.region()) else { continue };
            told.push(group);
            let name = name_of(container);
            let region = options.region().map(|region| format!(" --region {region}")).unwrap_or_default();
            let summary = format!("Container `{name}` logs to the group `{group}`, which does not exist.");
            let advice = format!(
                "Create it (`aws logs create-log-group --log-group-name {group}{region}`), or set `\"awslogs-create-group\": \"true\"` and allow the execution role `logs:CreateLogGroup`."
            );
            found
                .push(Found::new(options.cite("awslogs-group"), summary, advice).container(name).cite(proof));
        }
        found
    },
};

/// The answer that shows that a log group does not exist.
fn absent(plan: &Plan<'_, '_>, group: &str, region: Option<&str>) -> Option<Citation> {
    let evidence = plan.evidence();
    if evidence.all::<LogGroup<'_>>().any(|known| known.log_group_name() == Some(group)) {
        return None;
    }
    let answers = evidence.answers_of("logs", "DescribeLogGroups");
    answers
        .filter(|answer| answer.error().is_none() && !answer.is_cut())
        .find(|answer| {
            let groups: Vec<LogGroup<'_>> = answer.all().collect();
            let is_elsewhere = groups
                .iter()
                .filter_map(LogGroup::arn)
                .any(|arn| region.is_some_and(|region| Arn::from(arn).region() != Some(region)));
            let names: Vec<&str> = groups.iter().filter_map(LogGroup::log_group_name).collect();
            let asked = answer.request().filter(|request| request.params.is_object());
            let covers = match asked {
                Some(request) => {
                    request.param("logGroupNamePrefix").is_none_or(|prefix| group.starts_with(prefix))
                        && request.param("logGroupNamePattern").is_none_or(|pattern| group.contains(pattern))
                }
                // Whatever prefix was asked for, all that was found has it.
                None => group.starts_with(common_prefix(&names)),
            };
            covers && !is_elsewhere && names.len() == groups.len()
        })
        .map(|answer| answer.node().cite("logGroups"))
}

fn common_prefix<'n>(names: &[&'n str]) -> &'n str {
    let Some((first, rest)) = names.split_first() else { return "" };
    let shared = |other: &&str| {
        first
            .char_indices()
            .zip(other.chars())
            .find(|((_, one), two)| one != two)
            .map_or(other.len().min(first.len()), |((at, _), _)| at)
    };
    let length = rest.iter().map(shared).min().unwrap_or(first.len());
    &first[..length]
}

pub(super) static NONE: Risk = Risk {
    code: "log-configuration-missing",
    severity: Severity::Warning,
    refused: false,
    title: "output of a container is lost",
    explanation: "Fargate keeps no output of a container without a `logConfiguration`: when it fails, nothing says why.",
    becomes: &["app-exit-1", "app-exit-2", "app-exit-255", "app-exit-other"],
    docs: &[AWSLOGS],
    since: "0.1.0",
    check: |plan| {
        if !plan.is_for_fargate() {
            return Vec::new();
        }
        let silent = plan.containers.iter().filter(|container| {
            let is_router = container.firelens_configuration().is_some();
            container.node().get("logConfiguration").is_none() && is_essential(container) && !is_router
        });
        silent
            .map(|container| {
                let name = name_of(container);
                Found::new(
                    container.cite("name"),
                    format!("Container `{name}` has no log configuration: on Fargate its output is lost."),
                    format!("Give `{name}` a `logConfiguration` with the driver awslogs."),
                )
                .container(name)
            })
            .collect()
    },
};

#[cfg(test)]
mod tests {
    use super::common_prefix;

    #[test]
    fn what_names_share() {
        assert_eq!(common_prefix(&["/ecs/api", "/ecs/app"]), "/ecs/ap");
        assert_eq!(common_prefix(&["/ecs/api", "/ecs/api/x"]), "/ecs/api");
        assert_eq!(common_prefix(&["/ecs/api"]), "/ecs/api");
        assert_eq!(common_prefix(&[]), "");
        assert_eq!(common_prefix(&["é", "e"]), "");
    }
}
