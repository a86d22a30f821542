//! Mounts of Amazon EFS and Amazon S3 Files that are refused.

use super::access::Purpose;
use super::execution::missing_definition;
use super::settle::{About, settle};
use super::{
    Access, Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule, TASK_DEFINITION,
};
use crate::rules::storage::{FileSystem, file_system, volume_facts};
use crate::signals::{Said, Statement, Subject};

pub(in crate::rules) static EFS_DENIED: Rule = Rule {
    code: "iam-efs-denied",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "EFS refuses the mount",
    summary: "The EFS file system {fileSystem|of the task} refuses the mount to {taskRoleWords~|the task}{proof~|}.",
    explanation: "The mount target was reached and answered that access is denied: the file system's policy, the access \
                  point or the missing identity of the task does not let it mount. With IAM authorisation EFS looks at \
                  the task role, and only over TLS.",
    signs: "`mount.nfs4: access denied by server while mounting`, for a volume of the kind `efsVolumeConfiguration`.",
    wants: &[
        TASK_DEFINITION,
        Ask::new(
            "efs",
            "DescribeFileSystemPolicy",
            r#"{"FileSystemId": "{fileSystem}"}"#,
            "shows whether the file system asks for an identity, an access point or TLS",
        ),
        Ask::new(
            "efs",
            "DescribeAccessPoints",
            r#"{"AccessPointId": "{accessPoint}"}"#,
            "shows whether the access point exists and belongs to the file system",
        ),
    ],
    fixes: &[
        Fix::look(
            "Read the file system's policy",
            "aws efs describe-file-system-policy --file-system-id {fileSystem} --region {region}",
        ),
        Fix::run(
            "Let the task role mount the file system",
            Blast::Role,
            r#"aws iam put-role-policy --role-name {taskRole} --policy-name mount-efs --policy-document '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"], "Resource": "arn:{partition|aws}:elasticfilesystem:{region}:{account}:file-system/{fileSystem}"}]}'"#,
        ),
        Fix::advice(
            "Send the task's identity over TLS",
            Blast::NewRevision,
            "In `efsVolumeConfiguration` set `transitEncryption` to `ENABLED` and `authorizationConfig.iam` to `ENABLED`, \
             register a new revision and deploy it.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html"],
    since: "0.1.0",
    check: Check::JudgeSaid(is_refused_mount, |subject| {
        refused_mounts(subject, FileSystem::Efs, |statement| {
            Cause::IamEfsDenied(Access::of(statement, subject, Purpose::Run))
        })
        .into_iter()
        .map(|finding| {
            let about = About { actions: &["elasticfilesystem:ClientMount"], arn: None };
            settle(subject, finding, &about)
        })
        .collect()
    }),
};

pub(in crate::rules) static S3FILES_DENIED: Rule = Rule {
    code: "iam-s3files-mount-denied",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "task role may not mount the S3 Files file system",
    summary: "{taskRoleSentence~|The task role} may not mount the S3 Files file system {fileSystem|of the task}{proof~|}.",
    explanation: "S3 Files always asks for an identity, and that is the task role, not the execution role. It is mounted by \
                  the EFS utilities, so that the text is the same as for EFS.",
    signs: "`access denied by server while mounting 127.0.0.1:…` from the EFS utilities, for a volume of the kind \
            `s3filesVolumeConfiguration`.",
    wants: &[
        TASK_DEFINITION,
        Ask::new(
            "iam",
            "ListAttachedRolePolicies",
            r#"{"RoleName": "{taskRole}"}"#,
            "names the managed policies of the task role; one has to allow `s3files:ClientMount`",
        ),
        Ask::new(
            "iam",
            "ListRolePolicies",
            r#"{"RoleName": "{taskRole}"}"#,
            "names the inline policies of the task role",
        ),
    ],
    fixes: &[Fix::run(
        "Let the task role mount the file system",
        Blast::Role,
        r#"aws iam put-role-policy --role-name {taskRole} --policy-name mount-s3files --policy-document '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3files:ClientMount", "s3files:ClientWrite"], "Resource": "{fileSystemArn}"}]}'"#,
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/s3files-volumes.html"],
    since: "0.1.0",
    check: Check::JudgeSaid(is_refused_mount, |subject| {
        refused_mounts(subject, FileSystem::S3Files, |statement| {
            Cause::IamS3filesMountDenied(Access::of(statement, subject, Purpose::Run))
        })
        .into_iter()
        .map(|finding| match &subject.definition {
            // A volume of S3 Files cannot do without a task role.
            Some(definition) if subject.facts().text("taskRole").is_none() => {
                finding.confirmed_by(definition.cite("taskRoleArn"))
            }
            _ => settle(subject, finding, &About { actions: &["s3files:ClientMount"], arn: None }),
        })
        .collect()
    }),
};

fn is_refused_mount(said: &Said) -> bool {
    let message = &said.message;
    said.is_from_ecs()
        && (message.says("access denied by server while mounting")
            || message.is_cut() && message.says("mount.nfs4: access denied"))
}

fn refused_mounts(
    subject: &Subject<'_>,
    kind: FileSystem,
    cause: impl Fn(&Statement) -> Cause,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for statement in subject.statements.iter().filter(|statement| is_refused_mount(statement)) {
        let sure = match file_system(statement, subject) {
            Some(known) if known == kind => Confidence::Likely,
            Some(_) => continue,
            // Both say the same words; only the task definition tells.
            None => Confidence::Possible,
        };
        let finding = Finding::stated(cause(statement), statement).confidence(sure);
        let finding = volume_facts(subject, finding, statement);
        let role = subject.facts().text("taskRole");
        let (words, sentence) = match (role, &subject.definition) {
            (Some(role), _) => (Some(format!("task role `{role}`")), Some(format!("Task role `{role}`"))),
            (None, Some(_)) => (
                Some("a task without a task role".to_owned()),
                Some("The task has no task role and".to_owned()),
            ),
            (None, None) => (None, None),
        };
        found.push(
            finding
                .fact("taskRoleWords", words)
                .fact("taskRoleSentence", sentence)
                .fact("missingDefinition", missing_definition(subject)),
        );
    }
    found
}
