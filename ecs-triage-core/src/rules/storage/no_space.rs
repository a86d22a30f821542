//! The disk was full while an image was being pulled.

use super::super::Why;
use super::super::image::PULL_PAGE;
use super::super::network::{CONTAINER_INSTANCE, INSTANCE};
use super::super::payload::payloads;
use super::super::{Ask, Blast, Bucket, Cause, Check, Fix, Kind, Pull, Rule};
use crate::signals::{Statement, Subject};

payloads! {
    /// An image for which there was no room.
    FullDisk {
        /// Image reference.
        image: String,
        /// Repository.
        repository: String,
        /// Tag.
        tag: String,
        /// Account of an ECR registry.
        registry_account: String,
        /// Region of an ECR registry.
        registry_region: String,
        /// Ephemeral storage of the task in GiB; Fargate gives 20 when the task definition has none.
        ephemeral_storage_gib: i64,
    }
}

impl FullDisk {
    fn of(statement: &Statement, subject: &Subject<'_>) -> Self {
        let pull = Pull::of(statement, subject);
        let of_task = subject.task.as_ref().and_then(|task| task.ephemeral_storage()?.size_in_gib());
        let of_definition = || {
            subject.definition.as_ref().and_then(|definition| definition.ephemeral_storage()?.size_in_gib())
        };
        Self {
            image: pull.image,
            repository: pull.repository,
            tag: pull.tag,
            registry_account: pull.registry_account,
            registry_region: pull.registry_region,
            ephemeral_storage_gib: of_task.or_else(of_definition),
        }
    }
}

const SIZE: Ask = Ask::new(
    "ecr",
    "DescribeImages",
    r#"{"registryId": "{registryAccount}", "repositoryName": "{repository}", "imageIds": [{"imageTag": "{tag}"}]}"#,
    "shows the compressed size of the image; unpacked it is larger",
);

pub(in crate::rules) static EC2: Rule = Rule {
    code: "image-no-space-ec2",
    bucket: Bucket::Storage,
    kind: Kind::Cause,
    title: "disk of the container instance is full",
    summary: "The disk of the container instance is full, so {image|the image} could not be written to it.",
    explanation: "Images, containers and logs of every task share the instance's disk. Old images and containers stay \
                  until the agent cleans up.",
    signs: "`no space left on device` with a path under `/var/lib/docker`, or in any pull on EC2.",
    wants: &[CONTAINER_INSTANCE, INSTANCE, SIZE],
    fixes: &[
        Fix::run(
            "Free the disk of images that no container uses (the agent's restart, which tasks outlive, loads its own image again)",
            Blast::Instances,
            "aws ssm send-command --document-name AWS-RunShellScript --instance-ids {instanceId} --parameters \
             'commands=[\"docker image prune --all --force\",\"systemctl restart ecs\",\"df -h\"]' --region {region}",
        ),
        Fix::advice(
            "Keep it free",
            Blast::Instances,
            "Give the launch template a larger root volume, lower `ECS_IMAGE_CLEANUP_INTERVAL` and \
             `ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION`, and set `max-size` for json-file logs. On Managed Instances raise \
             `storageConfiguration.storageSizeGiB` of the capacity provider.",
        ),
    ],
    docs: &[PULL_PAGE, "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html"],
    since: "0.1.0",
    check: Check::reads(Why::NoSpaceEc2, |statement, subject| {
        Cause::ImageNoSpaceEc2(FullDisk::of(statement, subject))
    }),
};

pub(in crate::rules) static FARGATE: Rule = Rule {
    code: "image-no-space-fargate",
    bucket: Bucket::Storage,
    kind: Kind::Cause,
    title: "image does not fit the task's ephemeral storage",
    summary: "{image|The image} does not fit the {storage~|ephemeral storage} of the Fargate task.",
    explanation: "Fargate unpacks images into the task's ephemeral storage, 20 GiB unless more is asked for. Layers take \
                  room compressed and unpacked.",
    signs: "`no space left on device` in `failed to extract layer` or `failed to copy`, or in any pull on Fargate.",
    wants: &[SIZE],
    fixes: &[
        Fix::advice(
            "Ask for more ephemeral storage",
            Blast::NewRevision,
            "Set `ephemeralStorage.sizeInGiB` of the task definition to a value from 21 to 200 (platform version 1.4.0 \
             or later) and register a new revision.",
        ),
        Fix::run(
            "Then use the new revision",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --task-definition {family} --region {region}",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html"],
    since: "0.1.0",
    check: Check::reads(Why::NoSpaceFargate, |statement, subject| {
        Cause::ImageNoSpaceFargate(FullDisk::of(statement, subject))
    })
    .settled(|_, finding| {
        let Cause::ImageNoSpaceFargate(disk) = &finding.cause else { return finding };
        let storage = disk.ephemeral_storage_gib.map(|gib| format!("{gib} GiB of ephemeral storage"));
        finding.fact("storage", storage)
    }),
};
