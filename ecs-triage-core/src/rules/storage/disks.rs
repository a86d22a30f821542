//! Disks under the task.

use super::super::{Confidence, Plain};
use super::{Blast, Bucket, Cause, Check, Fix, Kind, Rule};

pub(in crate::rules) static EPHEMERAL_PROVISION_TIMEOUT: Rule = Rule {
    code: "storage-ephemeral-provision-timeout",
    bucket: Bucket::Storage,
    kind: Kind::Cause,
    title: "Fargate did not provide the ephemeral storage in time",
    summary: "Fargate did not provide the task's ephemeral storage in time.",
    explanation: "The fault is on AWS's side and passes. Nothing in the task causes it.",
    signs: "`Timeout waiting for EphemeralStorage provisioning to complete.`",
    wants: &[],
    fixes: &[
        Fix::run(
            "Try again",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --force-new-deployment --region {region}",
        ),
        Fix::advice("If it goes on", Blast::Nothing, "Open a support case with the ARN of the task."),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/failed-to-start-error.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.says_any(&["waiting for ephemeralstorage", "waiting for ephemeral storage"])
        },
        |_, _| Cause::StorageEphemeralProvisionTimeout(Plain {}),
    ),
};

pub(in crate::rules) static THIN_POOL_FULL: Rule = Rule {
    code: "storage-thin-pool-full",
    bucket: Bucket::Storage,
    kind: Kind::Cause,
    title: "devicemapper's thin pool is full",
    summary: "The thin pool of the container instance's devicemapper storage is full.",
    explanation: "Old Amazon Linux AMIs keep images and containers on a logical volume of their own. It has less free space than \
                  Docker insists on, so no container can be made, however much the root disk has left.",
    signs: "`devmapper: Thin Pool has N free data blocks which is less than minimum required M`.",
    wants: &[],
    fixes: &[
        Fix::run(
            "On the instance, remove images that no container uses; the agent's restart, which tasks outlive, loads its own again",
            Blast::Instances,
            "sudo docker image prune --all --force && sudo systemctl restart ecs",
        ),
        Fix::run(
            "Drain the instance and replace it by one with a newer AMI (overlay2) or a larger data volume",
            Blast::Instances,
            "aws ecs update-container-instances-state --cluster {cluster} --container-instances {containerInstance} \
             --status DRAINING --region {region}",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CannotCreateContainerError.html"],
    since: "0.1.0",
    check: Check::allows(
        |said| {
            let message = &said.message;
            let is_stated = message.says("thin pool")
                && message.says_any(&["free data blocks", "free metadata", "less than minimum"]);
            // Cut behind the driver's name, as AWS's page is called.
            let is_cut = message.folded().trim_end_matches([':', '.', ' ', '`']).ends_with(": devmapper");
            match is_stated {
                true => Some(Confidence::Likely),
                false => is_cut.then_some(Confidence::Possible),
            }
        },
        |_, _| Cause::StorageThinPoolFull(Plain {}),
    ),
};
