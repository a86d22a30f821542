//! ECS Managed Instances whose infrastructure role may not launch instances.

use super::access::{Purpose, is_refusal, overrules_role, weigh};
use super::settle::{About, settle};
use super::{Access, Ask, Blast, Bucket, Cause, Check, Confidence, Fix, Kind, ROLE_LOOKUPS, Rule};

pub(in crate::rules) static LAUNCH_DENIED: Rule = Rule {
    code: "iam-mi-launch-denied",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "infrastructure role of Managed Instances lacks a permission",
    summary: "{who~|The infrastructure role} may not launch instances for the capacity provider {capacityProvider|of the task}: {action|an action} is refused{proof~|}.",
    explanation: "ECS launches Managed Instances with the infrastructure role, which passes the instance profile's role to \
                  EC2. AWS's managed policy lets it pass only roles whose name begins with `ecsInstanceRole`; names that \
                  CloudFormation makes up do not.",
    signs: "`Unable to launch instance(s) for capacity provider …` with UnauthorizedOperation or `is not authorized to \
            perform`, as a rule `iam:PassRole`.",
    wants: &[
        Ask::new(
            "ecs",
            "DescribeCapacityProviders",
            r#"{"capacityProviders": ["{capacityProvider}"]}"#,
            "names the infrastructure role and the instance profile",
        ),
        ROLE_LOOKUPS[0],
        ROLE_LOOKUPS[1],
    ],
    fixes: &[Fix::run(
        "Let the infrastructure role pass the role of the instance profile, or rename that role to begin with ecsInstanceRole",
        Blast::Role,
        r#"aws iam put-role-policy --role-name {role} --policy-name pass-instance-role --policy-document '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "{resource|INSTANCE_ROLE_ARN}", "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}}]}'"#,
    )],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instances-instance-profile.html",
    ],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.says("unable to launch instance")
                && (is_refusal(message) || message.says("unauthorizedoperation"))
                && !message.denial().is_some_and(overrules_role)
        },
        |statement, subject| Cause::IamMiLaunchDenied(Access::of(statement, subject, Purpose::Provide)),
    )
    .settled(|subject, finding| {
        let provider = subject
            .statements
            .iter()
            .find_map(|statement| statement.message.word_after("capacity provider "));
        let provider = provider.map(|name| name.rsplit('/').next().unwrap_or(name).to_owned());
        // UnauthorizedOperation alone leaves open which action it was, not that one was refused.
        let finding =
            weigh(subject, finding).confidence(Confidence::Likely).fact("capacityProvider", provider);
        settle(subject, finding, &About::default())
    }),
};
