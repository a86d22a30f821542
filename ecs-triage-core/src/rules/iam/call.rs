//! A refused call that is no step of ECS: the application's own, the agent's for its instance, or somebody else's.

use super::access::{Asker, Purpose, overrules_role, weigh};
use super::settle::{About, settle};
use super::{
    Access, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, ROLE_LOOKUPS, Rule, TASK_DEFINITION,
};
use crate::rules::Verdict;
use crate::signals::message::Denial;
use crate::signals::{Source, Statement, Subject};

/// Calls by which the agent reports for its instance; no task is made by them.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html>
const AGENT: &[&str] = &[
    "ecs:registercontainerinstance",
    "ecs:deregistercontainerinstance",
    "ecs:discoverpollendpoint",
    "ecs:poll",
    "ecs:starttelemetrysession",
    "ecs:submittaskstatechange",
    "ecs:submitcontainerstatechange",
    "ecs:submitattachmentstatechanges",
    "ecs:updatecontainerinstancesstate",
    TAGS,
];

/// The agent shows a task's tags at its metadata endpoint, and goes on without.
const TAGS: &str = "ecs:listtagsforresource";

/// Whether the agent makes this call of ECS, and not who runs tasks.
pub(in crate::rules) fn is_of_agent(action: &str) -> bool {
    AGENT.iter().any(|known| known.eq_ignore_ascii_case(action))
}

const ALLOW: Fix = Fix::run(
    "Let the role call it",
    Blast::Role,
    r#"aws iam put-role-policy --role-name {role} --policy-name allow-call --policy-document '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}]}'"#,
);
const ATTACH_AGENT_POLICY: Fix = Fix::run(
    "Give the instance role AWS's managed policy for container instances",
    Blast::Role,
    "aws iam attach-role-policy --role-name {role} \
     --policy-arn arn:{partition|aws}:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",
);
const CALLER: Fix = Fix::advice(
    "Allow it to who made the call",
    Blast::Account,
    "The call was made by {who~|somebody else}, not by ECS for a task: give that principal the action, or look for the \
     message of the task itself.",
);

pub(in crate::rules) static ACTION_DENIED: Rule = Rule {
    code: "iam-action-denied",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "call of AWS that is no step of ECS was refused",
    summary: "{who~|The role} may not call {action|the action}{on~|}{effect~|}{proof~|}.",
    explanation: "The principal and the action tell whose call it was. Code in a container calls AWS with the task role, \
                  never with the execution role; the agent speaks for its instance with the instance role.",
    signs: "`is not authorized to perform: …` for an action, a principal or in words that ECS does not use when it starts a \
            task: an application's log, the agent's log, a pipeline's.",
    wants: &[ROLE_LOOKUPS[0], ROLE_LOOKUPS[1], ROLE_LOOKUPS[2], TASK_DEFINITION],
    fixes: &[ALLOW],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html"],
    since: "0.1.0",
    check: Check::Judge(|subject| {
        let alone =
            subject.statements.iter().filter(|said| matches!(said.source, Source::Bare | Source::ApiError));
        alone.filter_map(|statement| judge(statement, subject)).collect()
    }),
};

fn judge(statement: &Statement, subject: &Subject<'_>) -> Option<Finding> {
    let denial = statement.message.denial()?;
    let action = denial.action.as_deref()?.to_ascii_lowercase();
    let asker = Asker::of(statement, subject);
    let mut access = Access::of(statement, subject, Purpose::Run);
    if is_of_agent(&action) {
        access.role_kind = Some("instance".to_owned());
        let finding = found(subject, statement, access, None).fixed_by(vec![ATTACH_AGENT_POLICY]);
        let finding = finding.confidence(Confidence::Likely);
        return Some(if action == TAGS {
            finding
                .fact("effect", Some("; the agent goes on without the task's tags"))
                .verdict(Verdict::NotAFailure)
        } else {
            finding.fact("effect", Some(", so the agent cannot report for its container instance"))
        });
    }
    // Calls of ECS itself by a person or a tool are another cause.
    if action.starts_with("ecs:") || action == "iam:passrole" {
        return None;
    }
    match asker {
        Asker::Application if !overrules_role(denial) => {
            let is_known =
                access.role.is_some() && access.role.as_deref() == subject.facts().text("taskRole");
            let sure = if is_known { Confidence::Likely } else { Confidence::Possible };
            let finding = found(subject, statement, access, None).confidence(sure);
            Some(settle(subject, finding, &About::default()))
        }
        Asker::Another => {
            access.role_kind = None;
            let finding = found(subject, statement, access, who(denial)).fixed_by(vec![CALLER]);
            Some(finding.confidence(Confidence::Possible).verdict(Verdict::Undetermined))
        }
        _ => None,
    }
}

fn found(subject: &Subject<'_>, statement: &Statement, access: Access, who: Option<String>) -> Finding {
    let on = access.resource.as_ref().filter(|arn| *arn != "*").map(|arn| format!(" on `{arn}`"));
    let finding = Finding::stated(Cause::IamActionDenied(access), statement).fact("who", who).fact("on", on);
    weigh(subject, finding)
}

/// A principal that is none of ECS's.
fn who(denial: &Denial) -> Option<String> {
    let principal = denial.principal.as_ref()?;
    let name = principal.name()?;
    Some(match (principal.resource_type(), &denial.role_name) {
        (Some("user"), _) => format!("The IAM user `{name}`"),
        (_, Some(role)) => format!("The role `{role}`, assumed as `{name}`,"),
        _ => format!("The principal `{name}`"),
    })
}
