//! A task that needs an execution role and has none.

use super::{Blast, Bucket, Cause, Check, Fix, Kind, Rule, TASK_DEFINITION};
use crate::rules::Plain;
use crate::signals::{Facts, Subject};

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
        |statement, _| {
            let message = &statement.message;
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
            statement.is_from_ecs() && (agent_says || api_says)
        },
        |_, _| Cause::IamExecutionRoleMissing(Plain {}),
    )
    .settled(|subject, finding| {
        let named = subject.facts().text("taskDefinition").map(|name| format!(" of `{name}`"));
        let finding =
            finding.fact("ofDefinition", named).fact("missingDefinition", missing_definition(subject));
        match &subject.definition {
            Some(definition) if role_of(subject.facts()).is_none() => finding
                .fact("state", Some("and its task definition names none"))
                .confirmed_by(definition.cite("executionRoleArn")),
            Some(_) => finding.fact("state", Some("whose credentials never reached the agent")),
            None => finding,
        }
    }),
};

fn role_of(facts: &Facts) -> Option<&str> {
    facts.text("executionRole")
}

/// The name of the task definition, when it is not at hand.
pub(super) fn missing_definition<'s>(subject: &'s Subject<'_>) -> Option<&'s str> {
    subject.facts().text("taskDefinition").filter(|_| subject.definition.is_none())
}
