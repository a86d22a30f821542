//! What Amazon EFS and AWS KMS answer about the file system, the access point and the key of a volume.

use crate::evidence::efs::{AccessPoint, MountTarget};
use crate::evidence::kms::KeyMetadata;
use crate::evidence::text::ApiError;
use crate::rules::{Cause, Finding};
use crate::signals::Subject;

/// Whether the file system can be mounted in the task's Availability Zone, where alone its name resolves.
pub(super) fn in_zone(subject: &Subject<'_>, finding: Finding) -> Finding {
    let Some(id) = finding.facts.text("fileSystem").map(str::to_owned) else { return finding };
    let mut errors = subject.evidence.answers::<ApiError<'_>>();
    let unknown = errors.find(|(error, request)| {
        let is_asked = request.is_some_and(|request| request.param("FileSystemId") == Some(&id));
        error.code() == Some("FileSystemNotFound")
            && (is_asked || error.message().is_some_and(|text| text.contains(&id)))
    });
    if let Some((error, _)) = unknown {
        let finding = finding.fact("because", Some(format!(": there is no file system `{id}`")));
        return finding.confirmed_by(error.cite("Code"));
    }
    let Some(zone) = subject.task.as_ref().and_then(|task| task.availability_zone()) else { return finding };
    let Some(answer) = subject.evidence.answer_to("efs", "DescribeMountTargets", "FileSystemId", &id) else {
        return finding;
    };
    if answer.error().is_some() || answer.is_cut() {
        return finding;
    }
    let targets: Vec<MountTarget<'_>> = answer.all().collect();
    let of_zone = targets.iter().find(|target| target.availability_zone_name() == Some(zone));
    match of_zone {
        Some(target) if target.life_cycle_state() == Some("available") => {
            finding.cite(target.cite("LifeCycleState"))
        }
        Some(target) => {
            let Some(state) = target.life_cycle_state() else { return finding };
            let finding = finding.fact("because", Some(format!(": its mount target in {zone} is {state}")));
            finding.confirmed_by(target.cite("LifeCycleState"))
        }
        // A target that does not name its zone may be in this one.
        None if targets.iter().any(|target| target.availability_zone_name().is_none()) => finding,
        None => finding
            .fact("because", Some(format!(": the file system has no mount target in {zone}")))
            .confirmed_by(answer.node().citation()),
    }
}

/// Whether the access point makes everybody one user.
pub(super) fn one_user(subject: &Subject<'_>, finding: Finding) -> Finding {
    let Some(id) = finding.facts.text("accessPoint") else { return finding };
    let mut points = subject.evidence.all::<AccessPoint<'_>>();
    let Some(point) = points.find(|point| point.access_point_id() == Some(id)) else { return finding };
    match point.posix_user() {
        Some(user) => finding.confirmed_by(user.node().citation()),
        None => finding.refuted_by(point.cite("AccessPointId")),
    }
}

/// Whether the KMS key of a volume is missing or cannot be used.
pub(super) fn key(subject: &Subject<'_>, finding: Finding) -> Finding {
    let Cause::EbsKmsInvalid(fault) = &finding.cause else { return finding };
    let Some(id) = fault.kms_key.clone() else { return finding };
    let Some(answer) = subject.evidence.answer_to("kms", "DescribeKey", "KeyId", &id) else { return finding };
    if let Some(error) = answer.error() {
        let is_missing = error.code() == Some("NotFoundException");
        let proof = error.cite("Code");
        return match is_missing {
            true => finding.fact("fault", Some("there is no such key")).confirmed_by(proof),
            false => finding,
        };
    }
    let Some(key) = answer.all::<KeyMetadata<'_>>().next() else { return finding };
    match key.key_state() {
        // What is left is the key's policy.
        Some("Enabled") | None => finding.cite(key.cite("KeyState")),
        Some(state) => {
            let finding = finding.fact("fault", Some(format!("the key's state is {state}")));
            finding.confirmed_by(key.cite("KeyState"))
        }
    }
}
