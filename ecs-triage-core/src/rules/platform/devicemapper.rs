//! A storage driver of Docker that is broken on the host.

use super::super::{Blast, Bucket, Cause, Check, Fix, Kind, Plain, Rule};

/// What stands around the word `untar` when Docker says it.
const DOCKER: &[&str] =
    &["cannotcreate", "cannotstart", "api error", "error response from daemon", "re-exec"];

pub(in crate::rules) static DEVICEMAPPER_HOST_FAULT: Rule = Rule {
    code: "storage-devicemapper-host-fault",
    bucket: Bucket::Platform,
    kind: Kind::Cause,
    title: "Docker's storage driver is broken on the container instance",
    summary: "Docker's storage driver is broken on the container instance {containerInstance|of the task}.",
    explanation: "Docker keeps the layers of images with a driver (devicemapper, overlay2) whose records on this instance no \
                  longer agree with what is there. Other instances run the same task.",
    signs: "`devmapper: Unknown device`, `devicemapper: Error running …: dm_task_run failed`, `layer does not exist`, `error \
            creating overlay mount`.",
    wants: &[],
    fixes: &[Fix::run(
        "Drain the instance, then terminate it",
        Blast::Instances,
        "aws ecs update-container-instances-state --cluster {cluster} --container-instances {containerInstance} \
         --status DRAINING --region {region}",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CannotCreateContainerError.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let of_driver = message.says_any(&[
                "devmapper: unknown device",
                "devicemapper: error running",
                "dm_task_run failed",
                "devmapper: error",
                "error creating overlay mount",
                "failed to mount overlay",
                "error creating aufs mount",
            ]);
            // A word that many programs use.
            let is_untar = message.says("untar") && message.says_any(DOCKER);
            let at_create =
                (message.says("layer does not exist") || is_untar) && !message.says("no space left");
            // In a pull the image may be at fault as well.
            said.is_from_ecs()
                && !message.is_pull()
                && (of_driver || at_create)
                && !message.says("thin pool has")
        },
        |_, _| Cause::StorageDevicemapperHostFault(Plain {}),
    ),
};
