//! A task that needs an execution role and has none.

use super::trust::TASKS;
use super::{Blast, Bucket, Cause, Check, Finding, Fix, Kind, Rule, TASK_DEFINITION};
use crate::access::{role_name, trusts};
use crate::change::Change;
use crate::needs::{Caller, demand_execution_role, needs};
use crate::rules::Plain;
use crate::signals::Subject;

pub(in crate::rules) static EXECUTION_ROLE_MISSING: Rule = Rule {
    code: "iam-execution-role-missing",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "task needs an execution role and has none, or its credentials never came",
    summary: "The task{ofDefinition~|} needs an execution role {state~|and has none, or its credentials never reached the agent}.",
    explanation: "Secrets, environment files, private registry passwords, credential specs and, on Fargate, ECR images and \
                  awslogs are fetched with the execution role, never with the task role.",
    signs: "`unable to find execution role credentials`, `No execution credentials set for the task`, or an API error that \
            asks for an execution role.",
    wants: &[TASK_DEFINITION],
    fixes: &[Fix::advice(
        "Set an execution role",
        Blast::NewRevision,
        "Set `executionRoleArn` in the task definition to a role that trusts `ecs-tasks.amazonaws.com` and has \
         AmazonECSTaskExecutionRolePolicy, register a new revision and deploy it.",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let agent_says = message.says_any(&[
                "unable to find execution role credentials",
                "unable to get execution role credentials",
                "no execution credentials set for the task",
                "uses execution credentials, but the credentials are empty",
                "execution role credentials not available",
            ]);
            let api_says = message.says_any(&[
                "requires task definition to have execution role",
                "must also specify a value for 'executionrolearn'",
            ]) || message.says("requires")
                && message.says_any(&["an execution role", "execution role arn"]);
            said.is_from_ecs() && (agent_says || api_says)
        },
        |_, _| Cause::IamExecutionRoleMissing(Plain {}),
    )
    .settled(|subject, finding| {
        let named = subject.facts().text("taskDefinition").map(|name| format!(" of `{name}`"));
        let finding =
            finding.fact("ofDefinition", named).fact("missingDefinition", missing_definition(subject));
        match (&subject.definition, subject.facts().text("executionRoleArn")) {
            (Some(definition), None) => {
                let needs = needs(subject);
                let needed = needs.iter().find(|need| need.caller == Caller::ExecutionRole);
                let needed = needed.filter(|_| demand_execution_role(&needs, subject.launch_type()));
                let purpose =
                    needed.map(|need| format!("{}, and its task definition names none", need.purpose));
                let cited = needed.map(|need| need.citation.clone());
                cited
                    .into_iter()
                    .fold(finding, Finding::cite)
                    .fact("state", purpose.or(Some("and its task definition names none".to_owned())))
                    .confirmed_by(definition.cite("executionRoleArn"))
            }
            (_, Some(role)) => undelivered(subject, finding, role),
            (None, None) => finding,
        }
    }),
};

/// A role that is named and whose credentials did not come: does it exist, and may ECS assume it?
fn undelivered(subject: &Subject<'_>, finding: Finding, role: &str) -> Finding {
    let access = trusts(subject.evidence, role, TASKS, subject.facts().text("region"));
    if let Some(gone) = access.is_role_missing {
        return finding.fact("state", Some("and the role that it names does not exist")).confirmed_by(gone);
    }
    if !access.is_denied() {
        let state = "whose credentials never reached the agent";
        return finding.fact("state", Some(state)).asks(access.asks);
    }
    let finding =
        finding.fact("state", Some("and the one that it names does not let `ecs-tasks.amazonaws.com` in"));
    let name = role_name(role);
    let found = subject.evidence.role(name);
    let change = Change::trust(
        name,
        TASKS,
        format!("Let `{TASKS}` assume the role (this replaces its trust policy)"),
        found.as_ref().map(|role| role.node()),
    );
    let proof = access.proof.first().cloned().unwrap_or_else(|| finding.citations[0].clone());
    let finding = finding.change(change).fixed_by(Vec::new());
    if access.is_certain() { finding.confirmed_by(proof) } else { finding.cite(proof) }
}

/// The name of the task definition, when it is not at hand.
pub(super) fn missing_definition<'s>(subject: &'s Subject<'_>) -> Option<&'s str> {
    subject.facts().text("taskDefinition").filter(|_| subject.definition.is_none())
}
