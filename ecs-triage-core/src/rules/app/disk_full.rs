//! The application ran out of disk.

use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Fix, Kind, Rule};
use crate::rules::payload::payloads;
use crate::signals::message::Message;

payloads! {
    /// The particulars of a disk that filled up under a running application.
    DiskFull {
        /// Ephemeral storage of the task in GiB; 20 on Fargate where nothing is set.
        ephemeral_storage_gib: i64,
    }
}

pub(in crate::rules) static RULE: Rule = Rule {
    code: "app-disk-full",
    bucket: Bucket::App,
    kind: Kind::Cause,
    title: "application ran out of disk while running",
    summary: "The application{inContainer~|} ran out of disk{ofSize~|}.",
    explanation: "A write failed because the disk under the container is full: the task's ephemeral storage on Fargate, the \
                  instance's data volume on EC2, or a volume that the task mounts.",
    signs: "`no space left on device` or ENOSPC in the application's log or reason, not while an image was pulled.",
    wants: &[Ask::new(
        "ecs",
        "DescribeTaskDefinition",
        r#"{"taskDefinition": "{missingDefinition}"}"#,
        "shows `ephemeralStorage` and the volumes",
    )],
    fixes: &[Fix::advice(
        "Give it more disk, or write less",
        Blast::NewRevision,
        "On Fargate Linux set `ephemeralStorage.sizeInGiB` (21 to 200) and register a new revision; on Managed Instances raise \
         the storage of the capacity provider, on EC2 the data volume of the launch template. Clean up temporary files, or write \
         to a volume.",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html"],
    since: "0.1.0",
    check: Check::weighs(
        |said| is_full(&said.message),
        |statement, subject| (!subject.is_callers(statement)).then_some(Confidence::Likely),
        |_, subject| {
            let size = subject.task.as_ref().and_then(|task| task.ephemeral_storage()?.size_in_gib());
            let defined =
                || subject.definition.as_ref().and_then(|found| found.ephemeral_storage()?.size_in_gib());
            // Fargate gives 20 GiB where nothing is set.
            let default = || subject.is_fargate().then_some(20);
            Cause::AppDiskFull(DiskFull { ephemeral_storage_gib: size.or_else(defined).or_else(default) })
        },
    )
    .in_logs()
    .settled(|subject, finding| {
        let container = finding.container.as_deref().map(|name| format!(" in container `{name}`"));
        let size = finding
            .cause
            .facts()
            .text("ephemeralStorageGib")
            .map(|gib| format!(" ({gib} GiB of ephemeral storage)"));
        let name = subject.facts().text("taskDefinition").filter(|_| subject.definition.is_none());
        finding.fact("inContainer", container).fact("ofSize", size).fact("missingDefinition", name)
    }),
};

/// A full disk at a pull, or under Docker's own directories, is the image's or the host's.
pub(super) fn is_full(message: &Message) -> bool {
    let of_the_image = message.is_pull()
        || message.says_any(&[
            "/var/lib/docker",
            "/var/lib/containerd",
            "/tmp/containerd",
            "extract layer",
            "register layer",
            "failed to copy",
            "cannotcreatecontainererror",
        ]);
    // The kernel's limit of watched files has the same number, and no disk in it.
    let is_inotify = message.says_any(&["file watchers reached", "inotify"]);
    message.says_any(&[
        "no space left on device",
        "enospc",
        "disk quota exceeded",
        "there is not enough space on the disk",
    ]) && !of_the_image
        && !is_inotify
}
