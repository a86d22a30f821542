//! The roles of a task: whether ECS may assume them, and whether they allow what the definition needs.

use super::{Found, Plan, Risk, Severity};
use crate::access::{self, Access, ResourcePolicy};
use crate::evidence::{Citation, Request};
use crate::iam::{PolicyType, Resource};
use crate::needs::{self, Caller, Need};
use crate::signals::LaunchType;

const EXECUTION_ROLE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html";
const TASK_ROLE: &str = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html";

/// Who lends ECS's tasks their credentials.
const TASKS: &str = "ecs-tasks.amazonaws.com";

pub(super) static EXECUTION_ROLE_MISSING: Risk = Risk {
    code: "execution-role-missing",
    severity: Severity::Error,
    refused: false,
    title: "no execution role for what ECS has to fetch",
    explanation: "Secrets, environment files, registry passwords and, on Fargate, ECR images and awslogs are fetched with \
                  the execution role, never with the task role. Without one the task does not start.",
    becomes: &["iam-execution-role-missing", "taskdef-invalid"],
    docs: &[EXECUTION_ROLE],
    since: "0.1.0",
    check: |plan| execution_role_missing(plan).into_iter().collect(),
};

fn execution_role_missing(plan: &Plan<'_, '_>) -> Option<Found> {
    if plan.definition.execution_role_arn().is_some() {
        return None;
    }
    let launch_type =
        if plan.is_for_fargate() { Some(LaunchType::Fargate) } else { plan.subject.launch_type() };
    let needs = needs::needs(plan.subject);
    let demanding: Vec<&Need> = needs
        .iter()
        .filter(|need| needs::demand_execution_role(std::slice::from_ref(*need), launch_type))
        .collect();
    let first = demanding.first()?;
    let mut purposes: Vec<&str> = Vec::new();
    for need in &demanding {
        if !purposes.contains(&need.purpose.as_str()) {
            purposes.push(&need.purpose);
        }
    }
    let more = match purposes.len() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    let found = Found::new(
        first.citation.clone(),
        format!("The task definition has no execution role, which is needed {}{more}.", first.purpose),
        "Set `executionRoleArn` to a role that trusts `ecs-tasks.amazonaws.com` and has AmazonECSTaskExecutionRolePolicy.",
    );
    Some(demanding.iter().fold(found, |found, need| found.cite(need.citation.clone())))
}

/// A role that the definition names.
struct Named<'e> {
    caller: Caller,
    arn: &'e str,
    citation: Citation,
}

impl Named<'_> {
    fn name(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or(self.arn)
    }

    fn noun(&self) -> &'static str {
        match self.caller {
            Caller::ExecutionRole => "execution role",
            Caller::TaskRole => "task role",
        }
    }
}

fn named<'e>(plan: &Plan<'_, 'e>) -> Vec<Named<'e>> {
    let definition = plan.definition;
    let execution = definition.execution_role_arn().map(|arn| Named {
        caller: Caller::ExecutionRole,
        arn,
        citation: definition.cite("executionRoleArn"),
    });
    let task = definition.task_role_arn().map(|arn| Named {
        caller: Caller::TaskRole,
        arn,
        citation: definition.cite("taskRoleArn"),
    });
    execution.into_iter().chain(task).collect()
}

fn region<'p>(plan: &'p Plan<'_, '_>) -> Option<&'p str> {
    plan.subject.facts().text("region")
}

pub(super) static NOT_ASSUMABLE: Risk = Risk {
    code: "role-not-assumable",
    severity: Severity::Error,
    refused: false,
    title: "ECS cannot assume a role of the task",
    explanation: "Before a task starts, ECS assumes its roles. Each must exist and its trust policy must let \
                  `ecs-tasks.amazonaws.com` in: no other service, no account, and no condition that the call does not meet.",
    becomes: &["iam-role-trust", "task-role-not-delivered"],
    docs: &[TASK_ROLE],
    since: "0.1.0",
    check: |plan| named(plan).iter().filter_map(|role| not_assumable(plan, role)).collect(),
};

fn not_assumable(plan: &Plan<'_, '_>, role: &Named<'_>) -> Option<Found> {
    let access = access::trusts(plan.evidence(), role.arn, TASKS, region(plan));
    if !access.is_denied() && access.is_role_missing.is_none() {
        return None;
    }
    let (name, noun) = (role.name(), role.noun());
    let (summary, advice) = match &access.is_role_missing {
        Some(_) => (
            format!("The {noun} `{name}` does not exist."),
            format!("Create `{name}` with a trust policy for `{TASKS}`, or name another role."),
        ),
        None => (
            format!("The trust policy of the {noun} `{name}` does not let `{TASKS}` assume it."),
            format!(
                "Add to its trust policy: {{\"Effect\": \"Allow\", \"Principal\": {{\"Service\": \"{TASKS}\"}}, \"Action\": \"sts:AssumeRole\"}}."
            ),
        ),
    };
    let found = Found::new(role.citation.clone(), summary, advice);
    Some(access.proof.into_iter().fold(found, Found::cite))
}

pub(super) static LACKS_PERMISSION: Risk = Risk {
    code: "role-lacks-permission",
    severity: Severity::Error,
    refused: false,
    title: "a role does not allow what the definition needs",
    explanation: "Pulling, logging, secrets and environment files take actions of the execution role, mounts with IAM \
                  authorisation those of the task role. What no policy allows is denied.",
    becomes: &[
        "iam-ecr-auth-token-denied",
        "iam-ecr-pull-denied",
        "iam-efs-denied",
        "iam-logs-create-group-denied",
        "iam-logs-stream-denied",
        "iam-s3-envfile-denied",
        "iam-secret-asm-denied",
        "iam-secret-ssm-denied",
        "iam-explicit-deny",
        "log-group-missing",
    ],
    docs: &[EXECUTION_ROLE],
    since: "0.1.0",
    check: lacking,
};

/// One advisory for each purpose of each role, with all the actions that are denied for it.
fn lacking(plan: &Plan<'_, '_>) -> Vec<Found> {
    let needs = needs::needs(plan.subject);
    let mut found = Vec::new();
    for role in named(plan) {
        let mut groups: Vec<(&str, Vec<(&Need, Access)>)> = Vec::new();
        for need in needs.iter().filter(|need| need.caller == role.caller && is_decidable(plan, need)) {
            let access = ask(plan, &role, need);
            // That the role does not exist is told of in its own words.
            if access.is_role_missing.is_some() || !access.is_denied() {
                continue;
            }
            match groups.iter_mut().find(|(purpose, _)| *purpose == need.purpose) {
                Some((_, denied)) => denied.push((need, access)),
                None => groups.push((&need.purpose, vec![(need, access)])),
            }
        }
        found.extend(groups.into_iter().map(|(purpose, denied)| of_purpose(&role, purpose, &denied)));
    }
    found
}

fn ask(plan: &Plan<'_, '_>, role: &Named<'_>, need: &Need) -> Access {
    let owner = ResourcePolicy::default();
    access::may_as_named(plan.evidence(), role.arn, need.action, &need.arn, region(plan), &owner)
}

/// Whether the resource is known well enough to ask about. Which role writes logs on an instance is up to the
/// agent's settings, so that it is not asked there.
fn is_decidable(plan: &Plan<'_, '_>, need: &Need) -> bool {
    let is_known = need.arn == "*" || !need.arn.split(':').skip(3).take(2).any(|part| part == "*");
    let is_up_to_agent =
        need.action.starts_with("logs:") && need.instance_role_will_do && !plan.is_for_fargate();
    is_known && !is_up_to_agent
}

fn of_purpose(role: &Named<'_>, purpose: &str, denied: &[(&Need, Access)]) -> Found {
    let unique = |texts: Vec<&str>| {
        let mut seen: Vec<String> = Vec::new();
        for text in texts {
            let quoted = format!("\"{text}\"");
            if !seen.contains(&quoted) {
                seen.push(quoted);
            }
        }
        seen
    };
    let actions = unique(denied.iter().map(|(need, _)| need.action).collect());
    let resources = unique(denied.iter().map(|(need, _)| need.arn.as_str()).collect());
    let words =
        |quoted: &[String]| quoted.iter().map(|text| text.replace('"', "`")).collect::<Vec<_>>().join(", ");
    let is_forbidden = denied.iter().any(|(_, access)| access.is_forbidden());
    let assumed: Vec<&String> = denied.iter().flat_map(|(_, access)| &access.assumed).collect();
    let (name, noun) = (role.name(), role.noun());
    let verb = if is_forbidden { "is forbidden" } else { "does not allow" };
    let mut summary = format!(
        "The {noun} `{name}` {verb} {} on {}, which is needed {purpose}",
        words(&actions),
        words(&resources)
    );
    match assumed.first() {
        Some(policy) => {
            summary.push_str(&format!("; the AWS managed policy {policy} was taken as AWS publishes it."));
        }
        None => summary.push('.'),
    }
    let list = |texts: &[String]| match texts {
        [only] => only.clone(),
        texts => format!("[{}]", texts.join(", ")),
    };
    let mut advice = if is_forbidden {
        "A statement denies it, which no other statement can undo: change that one.".to_owned()
    } else {
        format!(
            "Add to a policy of `{name}`: {{\"Effect\": \"Allow\", \"Action\": {}, \"Resource\": {}}}.",
            list(&actions),
            list(&resources)
        )
    };
    let could_be_granted = denied.iter().any(|(_, access)| {
        access.evaluation.as_ref().is_some_and(|evaluation| evaluation.unseen.contains(&PolicyType::Resource))
    });
    if could_be_granted && !is_forbidden {
        advice.push_str(" It is not needed where the resource's own policy allows it to the role.");
    }
    let found = Found::new(role.citation.clone(), summary, advice);
    denied.iter().fold(found, |found, (need, access)| {
        access.proof.iter().cloned().fold(found.cite(need.citation.clone()), Found::cite)
    })
}

/// The calls that would show who may assume the roles, and what the roles allow.
pub(super) fn asks(plan: &Plan<'_, '_>) -> Vec<(Request, String)> {
    let needs = needs::needs(plan.subject);
    let mut asks = Vec::new();
    for role in named(plan) {
        asks.extend(access::trusts(plan.evidence(), role.arn, TASKS, region(plan)).asks);
        let asked = needs.iter().find(|need| need.caller == role.caller && is_decidable(plan, need));
        asks.extend(asked.map(|need| ask(plan, &role, need).asks).unwrap_or_default());
    }
    asks
}

/// What an ECS Exec session does with the task role.
const EXEC: &[&str] = &[
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
];

/// The actions of ECS Exec that the task role does not allow, with the proof of it.
pub(super) fn denied_for_exec(plan: &Plan<'_, '_>) -> Option<(Vec<&'static str>, Vec<Citation>)> {
    let role = named(plan).into_iter().find(|role| role.caller == Caller::TaskRole)?;
    let mut denied = Vec::new();
    let mut proof = vec![role.citation];
    for action in EXEC {
        let resource = Resource::all();
        let access = access::may(
            plan.evidence(),
            role.arn,
            action,
            resource,
            region(plan),
            &ResourcePolicy::default(),
        );
        if access.is_denied() && access.is_role_missing.is_none() {
            denied.push(*action);
            for citation in access.proof {
                if !proof.contains(&citation) {
                    proof.push(citation);
                }
            }
        }
    }
    (!denied.is_empty()).then_some((denied, proof))
}
