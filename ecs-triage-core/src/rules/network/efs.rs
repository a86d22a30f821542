//! An EFS mount target does not answer.

use super::super::{Ask, Blast, Bucket, Cause, Check, Confidence, Connection, Fix, Kind, Rule};
use super::aim::Aim;
use super::way::Standing;
use super::{ENDPOINTS, GROUPS, SERVICE, SUBNETS};
use crate::network::{Blocker, Destination};
use crate::rules::storage::is_ecs_plugin;
use crate::signals::message::{EndpointKind, Message};

/// Whether Docker waited in vain for ECS's own volume plugin, whose mounts hang while nothing answers on port 2049.
fn is_plugins_timeout(message: &Message) -> bool {
    is_ecs_plugin(message)
        && message.says_any(&["context deadline exceeded", "i/o timeout", "timeout exceeded"])
        && !message.says("mounting volume failed")
}

pub(in crate::rules) static MOUNT_TIMEOUT: Rule = Rule {
    code: "efs-mount-timeout",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "EFS mount target cannot be reached",
    summary: "The mount target of {host|the EFS file system} does not answer the task on port 2049{way~|}.",
    explanation: "The name was found, but nothing answered NFS. As a rule the mount target's security group does not let \
                  the task's in; in a VPC with IPv6 it may be the IPv6 rule that is missing.",
    signs: "`mount.nfs4: Connection timed out`, `mount system call failed`, or `Mount attempt 1/3 failed due to timeout`.",
    wants: &[
        Ask::new(
            "efs",
            "DescribeMountTargets",
            r#"{"FileSystemId": "{fileSystem}"}"#,
            "shows the mount targets, their subnets and addresses",
        ),
        SERVICE,
        SUBNETS,
        GROUPS,
        ENDPOINTS,
    ],
    fixes: &[
        Fix::look(
            "Find the mount targets, then their security groups by `aws efs describe-mount-target-security-groups`",
            "aws efs describe-mount-targets --file-system-id {fileSystem} --region {region} --query \
             'MountTargets[].[MountTargetId,SubnetId,IpAddress,LifeCycleState]'",
        ),
        Fix::run(
            "Let the task in",
            Blast::Network,
            "aws ec2 authorize-security-group-ingress --group-id {mountTargetGroup} --protocol tcp --port 2049 \
             --source-group {startSecurityGroups^} --region {region}",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let is_s3_files = message.endpoint().is_some_and(|found| found.kind == EndpointKind::S3Files)
                || message.says_any(&["s3files", "s3 files"]);
            let is_mount =
                message.says_any(&["efs", "mount.nfs", "nfs4", "nfsvers"]) || is_ecs_plugin(message);
            let is_timeout = message.says_any(&[
                "connection timed out",
                "mount system call failed",
                "failed due to timeout after",
                "mount attempt 1/3 failed due to timeout",
            ]);
            let is_timeout = is_mount && is_timeout || is_plugins_timeout(message);
            said.is_from_ecs() && is_timeout && !is_s3_files && message.denial().is_none()
        },
        |statement, _| Cause::EfsMountTimeout(Connection::of(statement)),
    )
    .settled(|subject, finding| {
        let said = subject.statements.iter().find(|said| said.citation == finding.citations[0]);
        // Docker gave up waiting for the plugin, and the plugin never said what it waited for.
        let finding = match said.is_some_and(|said| is_plugins_timeout(&said.message)) {
            true => finding.confidence(Confidence::Possible),
            false => finding,
        };
        let Cause::EfsMountTimeout(connection) = &finding.cause else { return finding };
        let by_name = connection
            .host
            .as_deref()
            .and_then(|host| host.split('.').find(|label| label.starts_with("fs-")));
        let by_name = by_name.map(str::to_owned);
        let volumes = subject.definition.as_ref().map(|definition| definition.volumes()).unwrap_or_default();
        let mut ids = volumes
            .iter()
            .filter_map(|volume| volume.efs_volume_configuration()?.file_system_id().map(str::to_owned));
        let only = ids.next().filter(|_| ids.next().is_none());
        let file_system = by_name.or(only);
        let aim = file_system.clone().map(|file_system| Aim::new(Destination::MountTarget { file_system }));
        let finding = finding.fact("fileSystem", file_system);
        match aim.map(|aim| Standing::of(subject, &aim)) {
            // Without a mount target the name would not have been found.
            Some(Standing::Shut(way)) if !matches!(way.blocker(), Blocker::NoMountTarget { .. }) => {
                way.prove(subject, finding)
            }
            Some(Standing::Open(path)) => finding.open_now(path),
            Some(Standing::Unclear(missing)) => finding.missing(subject, missing),
            Some(Standing::Shut(_)) | None => finding,
        }
    }),
};
