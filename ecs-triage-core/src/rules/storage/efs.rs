//! Amazon EFS: mounts that fail for other reasons than the network or a policy.

use super::{
    Ask, Blast, Bucket, Cause, Check, Confidence, FileSystem, Finding, Fix, Kind, Rule, TASK_DEFINITION,
    VolumeFault, each_mount, is_efs_utils, stored, volume_facts,
};
use crate::signals::message::Message;

const MOUNT_TARGETS: Ask = Ask::new(
    "efs",
    "DescribeMountTargets",
    r#"{"FileSystemId": "{fileSystem}"}"#,
    "shows in which subnets and Availability Zones the file system can be mounted",
);

const SUBNETS: Ask = Ask::new(
    "ec2",
    "DescribeSubnets",
    r#"{"SubnetIds": ["{subnets}"]}"#,
    "names the VPC and the Availability Zone of the task's subnet",
);

const DOCS: &[&str] = &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html"];

/// Whether the name of a mount target did not resolve, in the words of the EFS utilities and of the kernel.
pub(super) fn is_unresolved(message: &Message) -> bool {
    message.says("failed to resolve \"")
        || is_efs_utils(message)
            && message.says_any(&["failed to resolve", "name or service not known", "no such host"])
}

pub(in crate::rules) static EFS_DNS_UNRESOLVED: Rule = Rule {
    code: "efs-dns-unresolved",
    bucket: Bucket::Storage,
    kind: Kind::Cause,
    title: "host name of the EFS file system does not resolve in the task's subnet",
    summary: "{host|The name of the EFS file system} does not resolve in the task's subnet{because~|}.",
    explanation: "The name resolves only inside a VPC that has DNS on, and only in Availability Zones in which the file system \
                  has a mount target. A wrong file system id looks the same.",
    signs: "`failed to invoke EFS utils commands … Failed to resolve \"fs-….efs.REGION.amazonaws.com\"`.",
    wants: &[
        MOUNT_TARGETS,
        SUBNETS,
        Ask::new(
            "ec2",
            "DescribeVpcAttribute",
            r#"{"VpcId": "{vpc}", "Attribute": "enableDnsHostnames"}"#,
            "DNS names of mount targets resolve only with it",
        ),
        TASK_DEFINITION,
    ],
    fixes: &[
        Fix::look(
            "See in which zones the file system has mount targets",
            "aws efs describe-mount-targets --file-system-id {fileSystem} --region {region}",
        ),
        Fix::run(
            "Add a mount target in the zone of the task's subnet",
            Blast::Resource,
            "aws efs create-mount-target --file-system-id {fileSystem} --subnet-id {subnet|SUBNET} \
             --security-groups SECURITY_GROUP --region {region}",
        ),
        Fix::run(
            "Turn on DNS host names in the VPC",
            Blast::Network,
            "aws ec2 modify-vpc-attribute --vpc-id {vpc} --enable-dns-hostnames --region {region}",
        ),
    ],
    docs: DOCS,
    since: "0.1.0",
    check: Check::JudgeSaid(
        |said| is_unresolved(&said.message),
        |subject| {
            let found = each_mount(
                subject,
                FileSystem::Efs,
                Some(Confidence::Possible),
                is_unresolved,
                Cause::EfsDnsUnresolved,
            );
            let with_subnet = |finding: Finding| finding.fact("subnet", subject.facts().text("subnets"));
            found.into_iter().map(|finding| stored::in_zone(subject, with_subnet(finding))).collect()
        },
    ),
};

pub(in crate::rules) static EFS_PATH_MISSING: Rule = Rule {
    code: "efs-path-missing",
    bucket: Bucket::Storage,
    kind: Kind::Cause,
    title: "directory does not exist on the EFS file system",
    summary: "The directory {path|named in `rootDirectory`} does not exist on the EFS file system {fileSystem|of the task}.",
    explanation: "The file system was mounted up to the directory, and its server answered that there is none. ECS does not \
                  create it; an access point with creation settings does.",
    signs: "`mounting fs-…:/path failed, reason given by server: No such file or directory`.",
    wants: &[
        TASK_DEFINITION,
        Ask::new(
            "efs",
            "DescribeAccessPoints",
            r#"{"FileSystemId": "{fileSystem}"}"#,
            "shows the access points and whether they create their directory",
        ),
    ],
    fixes: &[
        Fix::run(
            "Make an access point that creates the directory; name it in the volume's `authorizationConfig`, with `rootDirectory` left out and `transitEncryption` ENABLED",
            Blast::Resource,
            "aws efs create-access-point --file-system-id {fileSystem} --region {region} --posix-user Uid=1000,Gid=1000 \
             --root-directory 'Path={path|/DIRECTORY},CreationInfo={OwnerUid=1000,OwnerGid=1000,Permissions=755}'",
        ),
        Fix::advice(
            "Or mount what is there",
            Blast::NewRevision,
            "Set `rootDirectory` to `/`, or create the directory from a task or instance that mounts the root; register a new \
             revision and deploy it.",
        ),
    ],
    docs: DOCS,
    since: "0.1.0",
    check: Check::JudgeSaid(
        |said| misses_path(&said.message),
        |subject| {
            each_mount(subject, FileSystem::Efs, Some(Confidence::Likely), misses_path, Cause::EfsPathMissing)
        },
    ),
};

fn misses_path(message: &Message) -> bool {
    is_efs_utils(message)
        && message.says("no such file or directory")
        && message.says_any(&["reason given by server", "mounting "])
}

pub(in crate::rules) static EFS_CONNECTION_RESET: Rule = Rule {
    code: "efs-connection-reset",
    bucket: Bucket::Storage,
    kind: Kind::Cause,
    title: "EFS reset the connection during the mount",
    summary: "The EFS file system {fileSystem|of the task} reset the connection while it was being mounted.",
    explanation: "The mount target was reached and broke the connection off, as one does that was created moments before. It \
                  is passing, as a rule: the next task mounts.",
    signs: "`mount.nfs4: Connection reset by peer` of the EFS utilities.",
    wants: &[MOUNT_TARGETS, TASK_DEFINITION],
    fixes: &[
        Fix::look(
            "See whether the mount targets are available",
            "aws efs describe-mount-targets --file-system-id {fileSystem} --region {region} \
             --query 'MountTargets[].[AvailabilityZoneId,LifeCycleState]'",
        ),
        Fix::run(
            "Try again",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --force-new-deployment --region {region}",
        ),
    ],
    docs: DOCS,
    since: "0.1.0",
    check: Check::JudgeSaid(
        |said| is_reset(&said.message),
        |subject| {
            each_mount(
                subject,
                FileSystem::Efs,
                Some(Confidence::Likely),
                is_reset,
                Cause::EfsConnectionReset,
            )
        },
    ),
};

fn is_reset(message: &Message) -> bool {
    is_efs_utils(message) && message.says("connection reset by peer")
}

pub(in crate::rules) static EFS_CHOWN_DENIED: Rule = Rule {
    code: "efs-chown-denied",
    bucket: Bucket::Storage,
    kind: Kind::Cause,
    title: "Docker may not copy ownership onto an EFS access point",
    summary: "Docker may not change the owner of files in the volume {volume|of the task}: the access point makes everybody one user.",
    explanation: "On EC2 Docker copies what the image has at the mount path into a new volume, with its owner. An access point \
                  with a POSIX user refuses every change of owner.",
    signs: "`failed to copy file info for /var/lib/ecs/volumes/…: failed to chown …: operation not permitted`, on EC2.",
    wants: &[
        Ask::new(
            "efs",
            "DescribeAccessPoints",
            r#"{"AccessPointId": "{accessPoint}"}"#,
            "a `PosixUser` in it confirms it",
        ),
        TASK_DEFINITION,
    ],
    fixes: &[Fix::advice(
        "Leave nothing to copy, or let the owner match",
        Blast::Source,
        "In the image, give the directory at the mount path the uid and gid of the access point's POSIX user, or mount on a path \
         that is empty in the image.",
    )],
    docs: DOCS,
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            said.is_from_ecs()
                && (message.says_all(&["copy file info", "/var/lib/ecs/volumes"])
                    || message.says("failed to chown")
                        && message.says_any(&["/var/lib/ecs/volumes", "cannotcreatecontainererror"]))
        },
        |statement, subject| Cause::EfsChownDenied(VolumeFault::of(statement, subject)),
    )
    .settled(|subject, finding| {
        let its = subject.statements.iter().find(|statement| finding.citations.contains(&statement.citation));
        let Some(statement) = its else { return finding };
        // What the kernel answered is cut.
        let is_stated = statement.message.says_all(&["operation not permitted", "/var/lib/ecs/volumes"]);
        let sure = if is_stated { finding.confidence } else { Confidence::Possible };
        stored::one_user(subject, volume_facts(subject, finding, statement).confidence(sure))
    }),
};

pub(in crate::rules) static EFS_OTHER_FAILED: Rule = Rule {
    code: "efs-other-failed",
    bucket: Bucket::Storage,
    kind: Kind::Residual,
    title: "EFS mount failed; the reason is cut off or not known",
    summary: "The EFS file system {fileSystem|of the task} could not be mounted, and what is left of the message does not say why.",
    explanation: "Only the wrapper of the EFS utilities' error is left. A closed port 2049, a missing mount target, a refused \
                  identity and a missing directory all begin like this.",
    signs: "`failed to invoke EFS utils commands to set up EFS volumes` with no inner cause that is known.",
    wants: &[TASK_DEFINITION, MOUNT_TARGETS, SUBNETS],
    fixes: &[Fix::advice(
        "Check the mount",
        Blast::Nothing,
        "In this order: do the mount target's security groups let the task in on port 2049, has every zone of the service a \
         mount target, does `rootDirectory` exist, may the task role mount.",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html"],
    since: "0.1.0",
    check: Check::JudgeSaid(
        |said| is_of_efs(&said.message),
        |subject| {
            each_mount(subject, FileSystem::Efs, Some(Confidence::Possible), is_of_efs, Cause::EfsOtherFailed)
                .into_iter()
                .map(|finding| finding.confidence(Confidence::Possible))
                .collect()
        },
    ),
};

fn is_of_efs(message: &Message) -> bool {
    is_efs_utils(message) && !message.says("s3 files utils")
}
