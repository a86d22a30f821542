//! Settings outside the range that ECS accepts.

use super::plan::{name_of, whole};
use super::{Found, Plan, Risk, Severity};
use crate::health::{OutOfRange, TimeoutPlatform, timeout_out_of_range};
use crate::sizes::{EphemeralStorage, Limits, RestartPolicyLimits};

pub(super) static TIMEOUT: Risk = Risk {
    code: "timeout-out-of-range",
    severity: Severity::Error,
    refused: true,
    title: "startTimeout or stopTimeout out of range",
    explanation: "On Fargate `startTimeout` and `stopTimeout` may be 2 to 120 seconds. On EC2 the agent waits at least one \
                  second before it kills.",
    becomes: &["taskdef-invalid"],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html"],
    since: "0.1.0",
    check: |plan| {
        let platform = if plan.is_for_fargate() { TimeoutPlatform::Fargate } else { TimeoutPlatform::Ec2 };
        let mut found = Vec::new();
        for container in &plan.containers {
            let name = name_of(container);
            for (setting, secs) in
                [("startTimeout", container.start_timeout()), ("stopTimeout", container.stop_timeout())]
            {
                let outside = secs.and_then(|secs| timeout_out_of_range(platform, setting, whole(secs)));
                found.extend(outside.map(|outside| {
                    let summary = format!("Container `{name}` has {}.", words(&outside));
                    let advice = format!("Set `{setting}` of `{name}` to {}.", outside.nearest());
                    Found::new(container.cite(setting), summary, advice).container(name)
                }));
            }
        }
        found
    },
};

/// A setting, its value and its range: "a `stopTimeout` of 180 s, outside 2 to 120".
pub(super) fn words(outside: &OutOfRange) -> String {
    let unit = if outside.setting == "retries" { "" } else { " s" };
    let range = match *outside.allowed.end() {
        u32::MAX => format!("below {}", outside.allowed.start()),
        end => format!("outside {} to {end}", outside.allowed.start()),
    };
    format!("a `{}` of {}{unit}, {range}", outside.setting, outside.value)
}

pub(super) static EPHEMERAL_STORAGE: Risk = Risk {
    code: "ephemeral-storage-out-of-range",
    severity: Severity::Error,
    refused: true,
    title: "ephemeral storage out of range",
    explanation: "A Linux task on Fargate has 20 GiB of ephemeral storage; `ephemeralStorage` sets 21 to 200 GiB.",
    becomes: &["taskdef-invalid"],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html"],
    since: "0.1.0",
    check: |plan| ephemeral_storage(plan).into_iter().collect(),
};

fn ephemeral_storage(plan: &Plan<'_, '_>) -> Option<Found> {
    let storage =
        plan.definition.ephemeral_storage().filter(|_| plan.is_for_fargate() && !plan.is_windows())?;
    let size = storage.size_in_gib()?;
    let range = EphemeralStorage::FargateLinux.range()?;
    let (least, most) = (*range.settable_gib.start(), *range.settable_gib.end());
    // What is registered shows the default, too.
    let is_default = plan.is_registered() && size == i64::from(range.default_gib);
    if is_default || (i64::from(least)..=i64::from(most)).contains(&size) {
        return None;
    }
    let advice = match size {
        ..=20 => "Remove `ephemeralStorage`: 20 GiB is what a task has without it.".to_owned(),
        _ => format!("Set it to {most} GiB at most, and use EFS or EBS for more."),
    };
    let summary =
        format!("The task asks for {size} GiB of ephemeral storage, and {least} to {most} can be set.");
    Some(Found::new(storage.cite("sizeInGiB"), summary, advice))
}

pub(super) static RESTART_POLICY: Risk = Risk {
    code: "restart-policy-invalid",
    severity: Severity::Error,
    refused: true,
    title: "restart policy that ECS does not accept",
    explanation: "`restartAttemptPeriod` may be 60 to 1800 seconds, at most 50 exit codes are ignored, and Windows tasks on \
                  Fargate have no restart policy.",
    becomes: &["taskdef-invalid"],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html"],
    since: "0.1.0",
    check: |plan| {
        let mut found = Vec::new();
        for container in &plan.containers {
            let Some(policy) = container.restart_policy().filter(|policy| policy.enabled() == Some(true))
            else {
                continue;
            };
            let name = name_of(container);
            let outside = policy.restart_attempt_period().and_then(|secs| {
                OutOfRange::check("restartAttemptPeriod", whole(secs), RestartPolicyLimits::ATTEMPT_PERIOD)
            });
            if let Some(outside) = outside {
                let summary = format!("The restart policy of container `{name}` has {}.", words(&outside));
                let advice = format!("Set `restartAttemptPeriod` of `{name}` to {}.", outside.nearest());
                found.push(Found::new(policy.cite("restartAttemptPeriod"), summary, advice).container(name));
            }
            let ignored = policy.ignored_exit_codes().len();
            if ignored > RestartPolicyLimits::IGNORED_EXIT_CODES {
                let most = RestartPolicyLimits::IGNORED_EXIT_CODES;
                let summary = format!(
                    "The restart policy of container `{name}` ignores {ignored} exit codes, and {most} are the most."
                );
                let advice = format!("List at most {most} codes.");
                found.push(Found::new(policy.cite("ignoredExitCodes"), summary, advice).container(name));
            }
            if plan.is_for_fargate() && plan.is_windows() {
                let summary = format!(
                    "Container `{name}` has a restart policy, which Windows tasks on Fargate do not have."
                );
                let advice =
                    format!("Remove `restartPolicy` from `{name}`; a service replaces the task instead.");
                found.push(Found::new(policy.cite("enabled"), summary, advice).container(name));
            }
        }
        found
    },
};

pub(super) static CONTAINERS: Risk = Risk {
    code: "too-many-containers",
    severity: Severity::Error,
    refused: true,
    title: "more containers than a task can have",
    explanation: "A task definition has at most 10 containers.",
    becomes: &["taskdef-invalid"],
    docs: &["https://docs.aws.amazon.com/general/latest/gr/ecs-service.html"],
    since: "0.1.0",
    check: |plan| {
        let count = plan.containers.len();
        if count <= Limits::CONTAINERS {
            return Vec::new();
        }
        vec![Found::new(
            plan.definition.cite("family"),
            format!("The task definition has {count} containers, and {} are the most.", Limits::CONTAINERS),
            "Split the task.",
        )]
    },
};
