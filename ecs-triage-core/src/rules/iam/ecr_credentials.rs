//! The agent has no credentials at all for Amazon ECR.

use super::super::Why;
use super::super::network::{CONTAINER_INSTANCE, INSTANCE};
use super::super::{Blast, Bucket, Cause, Check, Fix, Kind, Pull, Rule};

pub(in crate::rules) static IMAGE_ECR_CREDENTIALS_MISSING: Rule = Rule {
    code: "image-ecr-credentials-missing",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "agent has no credentials for Amazon ECR",
    summary: "The agent on the container instance has no credentials with which to pull {image|the image} from Amazon ECR.",
    explanation: "The agent pulls with the execution role of the task definition, or with the instance profile where \
                  there is none. It found neither.",
    signs: "CannotPullECRContainerError with `engine ecr credentials: not found`, `NoCredentialProviders` or `no EC2 IMDS \
            role found`.",
    wants: &[
        CONTAINER_INSTANCE,
        INSTANCE,
        super::super::Ask::new(
            "ecs",
            "DescribeTaskDefinition",
            r#"{"taskDefinition": "{taskDefinition}"}"#,
            "shows whether an execution role is set",
        ),
    ],
    fixes: &[
        Fix::run(
            "Give the instance a profile",
            Blast::Instances,
            "aws ec2 associate-iam-instance-profile --instance-id {instanceId} --iam-instance-profile \
             Name=ecsInstanceRole --region {region}",
        ),
        Fix::advice(
            "Or give the task an execution role",
            Blast::NewRevision,
            "Set `executionRoleArn` in the task definition and register a new revision.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html"],
    since: "0.1.0",
    check: Check::reads(Why::EcrCredentialsMissing, |statement, subject| {
        Cause::ImageEcrCredentialsMissing(Pull::of(statement, subject))
    }),
};
