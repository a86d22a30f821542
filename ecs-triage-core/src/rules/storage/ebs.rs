//! EBS volumes that ECS manages.

use super::super::payload::payloads;
use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Fix, Kind, Rule, stored};
use crate::signals::message::Message;
use crate::signals::{Statement, Subject};

payloads! {
    /// The particulars of an EBS volume that ECS could not provide.
    EbsFault {
        /// Error code of EC2.
        error_code: String,
        /// Id of the volume: `vol-…`.
        volume_id: String,
        /// File system type that the task asked for.
        filesystem_type: String,
        /// KMS key that the task asked for.
        kms_key: String,
        /// Infrastructure role, by which ECS makes the volume.
        infrastructure_role: String,
    }
}

const DOCS: &[&str] =
    &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-ebs-volumes-scenarios.html"];

const DESCRIBE_VOLUME: Ask = Ask::new(
    "ec2",
    "DescribeVolumes",
    r#"{"VolumeIds": ["{volumeId}"]}"#,
    "shows the volume's state, size, zone and snapshot",
);

fn is_about_ebs(message: &Message) -> bool {
    message.says_any(&[
        "ebs volume",
        "ebs attachment",
        "amazonelasticblockstorage",
        "csi driver",
        "ebs task volume",
    ])
}

impl EbsFault {
    fn of(statement: &Statement, subject: &Subject<'_>) -> Self {
        let details: Vec<_> = subject
            .task
            .iter()
            .flat_map(|task| task.attachments())
            .filter(|attachment| attachment.kind().is_some_and(|kind| kind.contains("ElasticBlockStorage")))
            .flat_map(|attachment| attachment.details())
            .collect();
        let detail = |name: &str| {
            let found = details.iter().find(|detail| detail.name() == Some(name));
            found.and_then(|detail| detail.value()).map(str::to_owned)
        };
        let role = detail("roleArn").map(|arn| arn.rsplit('/').next().unwrap_or_default().to_owned());
        Self {
            error_code: error_code(&statement.message),
            volume_id: detail("volumeId"),
            filesystem_type: detail("filesystemType"),
            kms_key: detail("kmsKeyId"),
            infrastructure_role: role,
        }
    }
}

/// The code that EC2 answered with; a code is followed by a colon or quote, unless it is cut.
fn error_code(message: &Message) -> Option<String> {
    let named = message.word_after("encountered ").filter(|word| {
        let word = word.to_ascii_lowercase();
        [":", "\"", "'"].iter().any(|end| message.says(&format!("{word}{end}")))
    });
    named.or(message.aws_error_code()).map(str::to_owned)
}

pub(in crate::rules) static EBS_KMS_INVALID: Rule = Rule {
    code: "ebs-kms-invalid",
    bucket: Bucket::Storage,
    kind: Kind::Cause,
    title: "EBS volume failed after it was asked for, as a rule for its KMS key",
    summary: "The EBS volume could not be made{withKey~|}: {fault~|its KMS key is missing, disabled, or not for the infrastructure role}.",
    explanation: "EC2 accepted the request and gave the volume up afterwards, which is how a key that cannot be used shows. The \
                  second attempt then finds the client token spent.",
    signs: "`ECS failed to set up the EBS volume. Encountered IdempotentParameterMismatch`, or a KMS error in its place.",
    wants: &[
        Ask::new(
            "kms",
            "DescribeKey",
            r#"{"KeyId": "{kmsKey}"}"#,
            "NotFoundException or a key that is not enabled confirms it",
        ),
        Ask::new(
            "kms",
            "GetKeyPolicy",
            r#"{"KeyId": "{kmsKey}", "PolicyName": "default"}"#,
            "shows whether the infrastructure role may use the key and make grants",
        ),
    ],
    fixes: &[
        Fix::look("Look at the key", "aws kms describe-key --key-id {kmsKey} --region {region}"),
        Fix::advice(
            "Let the infrastructure role use the key",
            Blast::Resource,
            "Allow `kms:CreateGrant`, `kms:GenerateDataKeyWithoutPlaintext`, `kms:ReEncrypt*`, `kms:Decrypt` and \
             `kms:DescribeKey` to {infrastructureRole|the infrastructure role} in the key's policy, or correct `kmsKeyId` in \
             the service's volume configuration.",
        ),
    ],
    docs: DOCS,
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let of_key = message.says_any(&[
                "idempotentparametermismatch",
                "kmskey",
                "kms key",
                "kms:",
                "customer master key",
            ]);
            is_about_ebs(message) && of_key && message.denial().is_none()
                || message.says("idempotentparametermismatch") && message.says("client token")
        },
        |statement, subject| Cause::EbsKmsInvalid(EbsFault::of(statement, subject)),
    )
    .settled(|subject, finding| {
        let key = finding.cause.facts().text("kmsKey").map(|key| format!(" with KMS key `{key}`"));
        stored::key(subject, finding.fact("withKey", key))
    }),
};

pub(in crate::rules) static EBS_ATTACH_TIMEOUT: Rule = Rule {
    code: "ebs-attach-timeout",
    bucket: Bucket::Storage,
    kind: Kind::Cause,
    title: "EBS volume never became usable",
    summary: "The EBS volume was not usable in time{filesystem~|}: as a rule its file system type does not fit its snapshot.",
    explanation: "ECS attached the volume and waited for its file system. A volume made from a snapshot keeps the snapshot's \
                  file system; mounting it as another type never succeeds.",
    signs: "`ECS timed out while configuring the EBS volume attachment to your Task`.",
    wants: &[DESCRIBE_VOLUME],
    fixes: &[Fix::advice(
        "Set the file system type of the snapshot",
        Blast::Deployment,
        "Set `managedEBSVolume.filesystemType` to what the snapshot holds (`xfs`, `ext4` or `ext3`; `ntfs` on Windows alone) in \
         the service's `volumeConfigurations`.",
    )],
    docs: DOCS,
    since: "0.1.0",
    check: Check::says(
        |said| said.message.says("timed out while configuring the ebs volume"),
        |statement, subject| Cause::EbsAttachTimeout(EbsFault::of(statement, subject)),
    )
    .settled(|_, finding| {
        let kind = finding.cause.facts().text("filesystemType").map(|kind| format!(" as `{kind}`"));
        finding.fact("filesystem", kind)
    }),
};

pub(in crate::rules) static EBS_SETUP_FAILED: Rule = Rule {
    code: "ebs-setup-failed",
    bucket: Bucket::Storage,
    kind: Kind::Cause,
    title: "EBS volume could not be provided",
    summary: "ECS could not provide the task's EBS volume{because~|}.",
    explanation: "ECS makes and attaches the volume before the task starts. EC2 refused it, or the instance did not find it: a \
                  quota, the zone, the snapshot, the size or the throughput.",
    signs: "`ECS failed to set up the EBS volume`, `unable to parse and validate EBS volume`, `failed to stage volume via CSI \
            driver`, in the attachment's `statusReason` or the stopped reason.",
    wants: &[DESCRIBE_VOLUME],
    fixes: &[Fix::advice(
        "Act on the error that EC2 gave",
        Blast::Deployment,
        "Raise the quota, choose a snapshot, size or type that EC2 accepts in the zone, and correct `volumeConfigurations` of the \
         service or RunTask call.",
    )],
    docs: DOCS,
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let failed = message.says_any(&[
                "failed",
                "unable",
                "could not",
                "cannot",
                "encountered",
                "invalid",
                "error",
            ]);
            is_about_ebs(message) && failed && !message.says("assume")
        },
        |statement, subject| Cause::EbsSetupFailed(EbsFault::of(statement, subject)),
    )
    .settled(|subject, finding| {
        let code = finding.cause.facts().text("errorCode").map(|code| format!(": EC2 answered `{code}`"));
        let is_ec2s = subject.statements.iter().any(|statement| {
            finding.citations.contains(&statement.citation)
                && statement.message.says("failed to set up the ebs volume")
        });
        // Without EC2's code the key is as likely as a quota.
        let sure = if is_ec2s && code.is_none() { Confidence::Possible } else { finding.confidence };
        finding.confidence(sure).fact("because", code)
    }),
};
