//! Volumes, file systems and disks.

mod disks;
mod ebs;
mod efs;
mod no_space;
mod s3files;
mod stored;
mod volumes;

pub(super) use disks::{EPHEMERAL_PROVISION_TIMEOUT, THIN_POOL_FULL};
pub use ebs::EbsFault;
pub(super) use ebs::{EBS_ATTACH_TIMEOUT, EBS_KMS_INVALID, EBS_SETUP_FAILED};
pub(super) use efs::{
    EFS_CHOWN_DENIED, EFS_CONNECTION_RESET, EFS_DNS_UNRESOLVED, EFS_OTHER_FAILED, EFS_PATH_MISSING,
};
pub use no_space::FullDisk;
pub(super) use no_space::{EC2 as IMAGE_NO_SPACE_EC2, FARGATE as IMAGE_NO_SPACE_FARGATE};
pub(super) use s3files::{S3FILES_DNS_UNRESOLVED, S3FILES_VOLUME_FAILED};
pub(super) use volumes::{
    FSX_WINDOWS_MOUNT_FAILED, VOLUME_CREATE_FAILED, VOLUME_MOUNT_TYPE_MISMATCH, VOLUME_MOUNTPOINT_READONLY,
};

use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Rule, payload::payloads};
use crate::evidence::ecs::Volume;
use crate::signals::message::{EndpointKind, Message};
use crate::signals::{Statement, Subject};

payloads! {
    /// The particulars of a volume that could not be made or mounted.
    VolumeFault {
        /// Name of the volume in the task definition.
        volume: String,
        /// Id of the file system: `fs-…`.
        file_system: String,
        /// Host name that was looked up or mounted from.
        host: String,
        /// Directory on the file system, or path in the container.
        path: String,
        /// Availability Zone id in the host name: `use1-az2`.
        zone_id: String,
        /// Volume driver.
        driver: String,
    }
}

/// The task definition, when it is not at hand.
const TASK_DEFINITION: Ask = Ask::new(
    "ecs",
    "DescribeTaskDefinition",
    r#"{"taskDefinition": "{missingDefinition}"}"#,
    "`volumes` shows which kind of volume it is, and its settings",
);

/// The file systems that are mounted by the EFS utilities.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FileSystem {
    /// Amazon EFS.
    Efs,
    /// Amazon S3 Files.
    S3Files,
}

/// Which of the two a message is about: by the host name in it, else by the task's volumes. `None` when both
/// are possible.
pub(super) fn file_system(statement: &Statement, subject: &Subject<'_>) -> Option<FileSystem> {
    let message = &statement.message;
    match message.endpoint().map(|endpoint| endpoint.kind) {
        Some(EndpointKind::S3Files) => return Some(FileSystem::S3Files),
        Some(EndpointKind::Efs) if message.host().is_some() => return Some(FileSystem::Efs),
        _ => {}
    }
    if message.says_any(&["s3 files", "s3files"]) {
        return Some(FileSystem::S3Files);
    }
    let volumes = subject.definition.as_ref()?.volumes();
    let has = |is_kind: fn(&Volume<'_>) -> bool| volumes.iter().any(is_kind);
    match (
        has(|volume| volume.efs_volume_configuration().is_some()),
        has(|volume| volume.s3files_volume_configuration().is_some()),
    ) {
        (true, false) => Some(FileSystem::Efs),
        (false, true) => Some(FileSystem::S3Files),
        _ => None,
    }
}

/// Whether the EFS utilities failed, on Fargate or through the volume plugin on EC2.
fn is_efs_utils(message: &Message) -> bool {
    message.says_any(&["efs utils", "mount.nfs4", "mount.nfs:", "mount.efs"])
        || is_ecs_plugin(message)
        || message.says("failed to resolve \"") && message.says(".efs.")
}

/// Whether it is the volume plugin that comes with the ECS agent, which mounts by the EFS utilities and nothing else.
/// <https://github.com/aws/amazon-ecs-agent/tree/master/ecs-init/volumes>
pub(super) fn is_ecs_plugin(message: &Message) -> bool {
    // A plugin that is not there has mounted nothing.
    message.says("amazon-ecs-volume-plugin") && !message.says("not found")
        || message.says("volumedriver.") && message.says("mounting volume failed")
}

impl VolumeFault {
    /// What a message and the task definition say of a volume.
    pub(super) fn of(statement: &Statement, subject: &Subject<'_>) -> Self {
        let message = &statement.message;
        let host = message.host().filter(|host| host.contains("fs-")).map(str::to_owned);
        let labels = |host: &str| host.split('.').map(str::to_owned).collect::<Vec<_>>();
        let labels = host.as_deref().map(labels).unwrap_or_default();
        let volumes = subject.definition.as_ref().map(|definition| definition.volumes()).unwrap_or_default();
        // The volume on that file system, else the only one that is on a file system.
        let in_host =
            labels.iter().find(|label| label.starts_with("fs-")).cloned().or_else(|| id_in(message));
        let of_file_system: Vec<(&Volume<'_>, String)> = volumes
            .iter()
            .filter_map(|volume| Some((volume, file_system_of(volume)?)))
            .filter(|(_, id)| in_host.as_deref().is_none_or(|named| named == id))
            .collect();
        let only = match of_file_system.as_slice() {
            [only] => Some(only),
            _ => None,
        };
        let named = ["volume '", "volume \"", "task volume ", "volume ["]
            .into_iter()
            .find_map(|phrase| message.word_after(phrase))
            .map(|name| name.trim_matches(['[', ']']).to_owned())
            // Docker names the plugin's socket where the volume has no name.
            .filter(|name| !name.starts_with('/'));
        let mounted = only.and_then(|(volume, _)| {
            let name = volume.name()?;
            let containers = subject.definition.as_ref()?.container_definitions();
            let points = containers.iter().flat_map(|container| container.mount_points());
            points
                .filter(|point| point.source_volume() == Some(name))
                .find_map(|point| Some(point.container_path()?.to_owned()))
        });
        let root = only
            .and_then(|(volume, _)| volume.efs_volume_configuration()?.root_directory().map(str::to_owned));
        Self {
            volume: named.or(only.and_then(|(volume, _)| volume.name().map(str::to_owned))),
            file_system: in_host.or(only.map(|(_, id)| id.clone())),
            zone_id: labels.first().filter(|label| !label.starts_with("fs-")).cloned(),
            path: root.or(mounted),
            host,
            driver: None,
        }
    }
}

/// The id of a file system in the text: `fs-0123…`, unless it may be cut.
fn id_in(message: &Message) -> Option<String> {
    let text = message.folded();
    let (at, _) = text.match_indices("fs-").find(|(at, _)| {
        let before = text[..*at].bytes().next_back();
        before.is_none_or(|byte| !byte.is_ascii_alphanumeric())
    })?;
    let digits: String = text[at + 3..].chars().take_while(char::is_ascii_hexdigit).collect();
    // Old ids have 8 digits, new ones 17.
    matches!(digits.len(), 8 | 17).then(|| format!("fs-{digits}"))
}

fn file_system_of(volume: &Volume<'_>) -> Option<String> {
    if let Some(efs) = volume.efs_volume_configuration() {
        return efs.file_system_id().map(str::to_owned);
    }
    let arn = volume.s3files_volume_configuration()?.get("fileSystemArn")?.value().as_str()?.to_owned();
    arn.rsplit('/').next().map(str::to_owned)
}

/// Adds the names of the volume, its file system and its access point.
pub(super) fn volume_facts(subject: &Subject<'_>, mut finding: Finding, statement: &Statement) -> Finding {
    let fault = VolumeFault::of(statement, subject);
    let volumes = subject.definition.as_ref().map(|definition| definition.volumes()).unwrap_or_default();
    let its =
        volumes.iter().find(|volume| volume.name().is_some() && volume.name() == fault.volume.as_deref());
    if let Some(volume) = its {
        let access = volume.efs_volume_configuration().and_then(|efs| efs.authorization_config());
        finding.facts.set("accessPoint", access.and_then(|access| access.access_point_id()));
        let arn = volume.s3files_volume_configuration().and_then(|files| files.get("fileSystemArn"));
        finding.facts.set("fileSystemArn", arn.and_then(|arn| arn.value().as_str()));
    }
    finding.facts.set("fileSystem", fault.file_system);
    finding.facts.set("volume", fault.volume);
    volume_named(subject, finding)
}

/// Adds what is asked for when the task definition is not at hand.
pub(super) fn volume_named(subject: &Subject<'_>, finding: Finding) -> Finding {
    let name = subject.facts().text("taskDefinition").filter(|_| subject.definition.is_none());
    finding.fact("missingDefinition", name)
}

/// Findings for the statements that `is_it` picks, for one of the two file systems; `otherwise` where it cannot
/// be told which of them it is.
fn each_mount(
    subject: &Subject<'_>,
    kind: FileSystem,
    otherwise: Option<Confidence>,
    is_it: fn(&Message) -> bool,
    cause: fn(VolumeFault) -> Cause,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for statement in
        subject.statements.iter().filter(|statement| statement.is_from_ecs() && is_it(&statement.message))
    {
        let sure = match file_system(statement, subject) {
            Some(known) if known == kind => Confidence::Likely,
            Some(_) => continue,
            None => match otherwise {
                Some(sure) => sure,
                None => continue,
            },
        };
        let finding = Finding::stated(cause(VolumeFault::of(statement, subject)), statement).confidence(sure);
        found.push(volume_facts(subject, finding, statement));
    }
    found
}
