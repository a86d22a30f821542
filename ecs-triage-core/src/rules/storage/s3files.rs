//! Amazon S3 Files, which the EFS utilities mount too.

use super::efs::is_unresolved;
use super::{
    Ask, Blast, Bucket, Cause, Check, Confidence, FileSystem, Finding, Fix, Kind, Rule, TASK_DEFINITION,
    each_mount, is_efs_utils,
};
use crate::signals::message::Message;

const DOCS: &[&str] = &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/s3files-volumes.html"];

pub(in crate::rules) static S3FILES_DNS_UNRESOLVED: Rule = Rule {
    code: "s3files-dns-unresolved",
    bucket: Bucket::Storage,
    kind: Kind::Cause,
    title: "S3 Files has no mount target in the Availability Zone of the task",
    summary: "{host|The name of the S3 Files file system} does not resolve: it has no mount target in {zoneId|the Availability Zone of the task}.",
    explanation: "The name begins with the id of the task's Availability Zone and exists only when the file system has a mount \
                  target there. VPC DNS that is off looks the same. The text speaks of EFS because the EFS utilities mount \
                  both.",
    signs: "`Failed to resolve \"use1-az2.fs-….s3files.REGION.on.aws\"` from the EFS utilities.",
    wants: &[
        Ask::new(
            "s3files",
            "ListMountTargets",
            r#"{"fileSystemId": "{fileSystem}"}"#,
            "no mount target in the zone of the task's subnet confirms it",
        ),
        Ask::new(
            "ec2",
            "DescribeSubnets",
            r#"{"SubnetIds": ["{subnets}"]}"#,
            "names the VPC and the Availability Zone of the task's subnet",
        ),
        TASK_DEFINITION,
    ],
    fixes: &[
        Fix::run(
            "Add a mount target in the zone of the task's subnet",
            Blast::Resource,
            "aws s3files create-mount-target --file-system-id {fileSystem} --subnet-id {subnet|SUBNET} --region {region}",
        ),
        Fix::run(
            "Or keep the service to subnets whose zones have one",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --region {region} --force-new-deployment \
             --network-configuration 'awsvpcConfiguration={subnets=[SUBNETS],securityGroups=[{securityGroups,}],assignPublicIp={assignPublicIp}}'",
        ),
    ],
    docs: DOCS,
    since: "0.1.0",
    check: Check::JudgeSaid(
        |said| is_unresolved(&said.message),
        |subject| {
            let found =
                each_mount(subject, FileSystem::S3Files, None, is_unresolved, Cause::S3filesDnsUnresolved);
            let with_subnet = |finding: Finding| finding.fact("subnet", subject.facts().text("subnets"));
            found.into_iter().map(with_subnet).collect()
        },
    ),
};

pub(in crate::rules) static S3FILES_VOLUME_FAILED: Rule = Rule {
    code: "s3files-volume-failed",
    bucket: Bucket::Storage,
    kind: Kind::Cause,
    title: "S3 Files volume could not be attached",
    summary: "The S3 Files volume {volume|of the task} could not be attached{why~|}.",
    explanation: "An S3 Files volume takes a file system with a mount target in the task's zone, an agent that knows it, and a \
                  task role: without a task role there is nobody to mount as.",
    signs: "`unable to parse and validate S3 Files volume`, `missing … in the S3 Files config`, `failed to parse s3files \
            attachment`, or a failed mount of a volume of the kind `s3filesVolumeConfiguration`.",
    wants: &[TASK_DEFINITION],
    fixes: &[Fix::advice(
        "Correct the volume or the role",
        Blast::NewRevision,
        "Check `fileSystemArn` and the access point in `s3filesVolumeConfiguration`, set `taskRoleArn`, and on EC2 update the \
         agent; register a new revision and deploy it.",
    )],
    docs: DOCS,
    since: "0.1.0",
    check: Check::JudgeSaid(
        |said| of_attachment(&said.message) || of_mount(&said.message),
        |subject| {
            let mut found =
                each_mount(subject, FileSystem::S3Files, None, of_attachment, Cause::S3filesVolumeFailed);
            found.extend(
                each_mount(subject, FileSystem::S3Files, None, of_mount, Cause::S3filesVolumeFailed)
                    .into_iter()
                    .map(|finding| finding.confidence(Confidence::Likely)),
            );
            let has_no_role = subject.definition.is_some() && subject.facts().text("taskRole").is_none();
            let why = has_no_role.then_some(": the task has no task role");
            found.into_iter().map(|finding| finding.fact("why", why)).collect()
        },
    ),
};

fn of_attachment(message: &Message) -> bool {
    message.says_any(&["s3 files volume", "s3files attachment", "s3 files config", "s3files volume"])
}

fn of_mount(message: &Message) -> bool {
    is_efs_utils(message) && !is_unresolved(message) && !message.says("access denied by server")
}
