//! Volumes and their mounts.

use super::plan::name_of;
use super::{Found, Risk, Severity};

const EFS: &str = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html";

pub(super) static VOLUME_UNDEFINED: Risk = Risk {
    code: "volume-undefined",
    severity: Severity::Error,
    refused: true,
    title: "mount of a volume that the task does not have",
    explanation: "`sourceVolume` of a mount point is the name of an entry under `volumes` of the task definition.",
    becomes: &["taskdef-invalid"],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_MountPoint.html"],
    since: "0.1.0",
    check: |plan| {
        let volumes = plan.definition.volumes();
        let mut found = Vec::new();
        if !plan.definition.has_its_volumes() {
            return found;
        }
        for container in &plan.containers {
            let name = name_of(container);
            for mount in container.mount_points() {
                let Some(volume) = mount.source_volume() else { continue };
                if volumes.iter().any(|known| known.name() == Some(volume)) {
                    continue;
                }
                let summary = format!(
                    "Container `{name}` mounts the volume `{volume}`, which the task definition does not have."
                );
                let advice = format!("Add `{volume}` to `volumes`, or correct `sourceVolume`.");
                found.push(Found::new(mount.cite("sourceVolume"), summary, advice).container(name));
            }
        }
        found
    },
};

pub(super) static EFS_AUTHORISATION: Risk = Risk {
    code: "efs-authorization-incomplete",
    severity: Severity::Error,
    refused: false,
    title: "EFS volume whose authorisation cannot work",
    explanation: "IAM authorisation and access points need transit encryption, which is off by default. IAM authorisation \
                  uses the task role. With an access point the root directory is left out or `/`.",
    becomes: &["taskdef-invalid", "iam-efs-denied", "efs-other-failed"],
    docs: &[EFS],
    since: "0.1.0",
    check: |plan| {
        let mut found = Vec::new();
        for volume in plan.definition.volumes() {
            let Some(efs) = volume.efs_volume_configuration() else { continue };
            let Some(authorisation) = efs.authorization_config() else { continue };
            let name = volume.name().unwrap_or("unnamed");
            let uses_iam = authorisation.iam() == Some("ENABLED");
            let has_point = authorisation.access_point_id().is_some();
            let (key, what) =
                if has_point { ("accessPointId", "an access point") } else { ("iam", "IAM authorisation") };
            if (uses_iam || has_point) && efs.transit_encryption() != Some("ENABLED") {
                let summary = format!("EFS volume `{name}` uses {what} without transit encryption.");
                let advice = format!("Set `\"transitEncryption\": \"ENABLED\"` on the volume `{name}`.");
                found.push(Found::new(authorisation.cite(key), summary, advice));
            }
            if uses_iam && plan.definition.task_role_arn().is_none() {
                let summary =
                    format!("EFS volume `{name}` uses IAM authorisation, and the task has no task role.");
                let advice = "Set `taskRoleArn` to a role that may `elasticfilesystem:ClientMount` on the file system.";
                found.push(Found::new(authorisation.cite("iam"), summary, advice));
            }
            if let Some(root) = efs.root_directory().filter(|root| has_point && *root != "/") {
                let summary =
                    format!("EFS volume `{name}` has an access point and the root directory `{root}`.");
                let advice =
                    format!("Remove `rootDirectory` from the volume `{name}`: the access point sets it.");
                found.push(Found::new(efs.cite("rootDirectory"), summary, advice));
            }
        }
        found
    },
};

pub(super) static S3_FILES_ROLE: Risk = Risk {
    code: "s3files-without-task-role",
    severity: Severity::Error,
    refused: false,
    title: "S3 Files volume without a task role",
    explanation: "S3 Files volumes are mounted with the task role; without one there are no credentials for the mount.",
    becomes: &["iam-s3files-mount-denied", "s3files-volume-failed", "taskdef-invalid"],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/s3files-volumes.html"],
    since: "0.1.0",
    check: |plan| {
        if plan.definition.task_role_arn().is_some() {
            return Vec::new();
        }
        let volumes = plan.definition.volumes().into_iter();
        volumes
            .filter(|volume| volume.s3files_volume_configuration().is_some())
            .map(|volume| {
                Found::new(
                    volume.cite("name"),
                    format!("Volume `{}` is on S3 Files, and the task has no task role.", volume.name().unwrap_or("unnamed")),
                    "Set `taskRoleArn` to a role that may mount the file system and read the bucket's objects.",
                )
            })
            .collect()
    },
};
