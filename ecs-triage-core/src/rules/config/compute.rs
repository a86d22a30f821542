//! Task definitions and images that do not fit where they shall run.

use super::program::{DEFINITION, with_image};
use super::{Blast, Bucket, Cause, Check, Compute, Fix, Kind, Rule, WindowsVersion};

pub(in crate::rules) static WINDOWS_OS_MISMATCH: Rule = Rule {
    code: "windows-os-mismatch",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "Windows version of the image does not match the host's",
    summary: "{container|A container of the task} cannot run {image|its image}: it was built for another version of Windows than the host's.",
    explanation: "Windows containers share the host's kernel, so the base image must be of the same Windows Server release \
                  as the host.",
    signs: "`The container operating system does not match the host operating system.`, or a Windows version that does not \
            match the host's when the image is pulled.",
    wants: &[DEFINITION],
    fixes: &[Fix::advice(
        "Use a base image of the host's release",
        Blast::NewRevision,
        "Take the tag of the host's release (ltsc2019, ltsc2022, ltsc2025), or set `runtimePlatform.operatingSystemFamily` to that of the image.",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/windows-considerations.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.says_any(&[
                "operating system does not match the host operating system",
                "operating system of the container does not match the operating system of the host",
            ]) || message.says("windows version")
                && message.says_any(&[
                    "does not match host version",
                    "is incompatible with",
                    "incompatible with a",
                ])
        },
        |_, subject| {
            let platform = subject.definition.as_ref().and_then(|definition| definition.runtime_platform());
            let family = platform.and_then(|platform| platform.operating_system_family());
            Cause::WindowsOsMismatch(WindowsVersion {
                image: None,
                operating_system_family: family.map(str::to_owned),
            })
        },
    )
    .settled(|subject, finding| {
        let mut finding = with_image(subject, finding);
        if let Cause::WindowsOsMismatch(found) = &mut finding.cause {
            found.image = finding.facts.text("image").map(str::to_owned);
        }
        finding
    }),
};

pub(in crate::rules) static INCOMPATIBLE: Rule = Rule {
    code: "placement-compute-incompatible",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "task definition does not fit the launch type or capacity provider",
    summary: "The task definition cannot run on {requested|the launch type or capacity provider that was asked for}{fits~|}.",
    explanation: "A task definition fits a launch type by its network mode, its size and the parameters that it uses; \
                  `requiresCompatibilities` has it checked at registration. What is asked for at launch must be among them.",
    signs: "`The selected task definition is not compatible with the selected compute strategy`, `Task definition does not \
            support launch_type`, or PlatformTaskDefinitionIncompatibilityException.",
    wants: &[DEFINITION],
    fixes: &[
        Fix::look(
            "Show what the task definition fits",
            "aws ecs describe-task-definition --task-definition {taskDefinition} --region {region} \
             --query 'taskDefinition.[requiresCompatibilities,compatibilities,networkMode,cpu,memory,runtimePlatform]'",
        ),
        Fix::advice(
            "Bring them together",
            Blast::NewRevision,
            "Register the task definition with the right `requiresCompatibilities` (FARGATE needs awsvpc and a valid size), \
             or launch it with a launch type or capacity provider that it fits.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/failed-to-start-error.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.aws_error_code() == Some("PlatformTaskDefinitionIncompatibilityException")
                || message.says_any(&[
                    "not compatible with the selected compute",
                    "platformtaskdefinitionincompatibilityexception",
                    "does not satisfy the task definition's required capabilities",
                ])
                || message.says("task definition")
                    && message.says_any(&["does not support launch_type", "does not support launch type"])
        },
        |statement, subject| {
            let asked = statement.message.between("does not support launch_type ", ".");
            let asked =
                asked.map(|asked| asked.trim().trim_matches('\'')).filter(|asked| !asked.contains(' '));
            let asked = asked.or(subject.task.as_ref().and_then(|task| task.launch_type()));
            let fits = subject.definition.as_ref().map(|definition| definition.compatibilities());
            let fits = fits.filter(|fits| !fits.is_empty());
            Cause::PlacementComputeIncompatible(Compute {
                requested: asked.map(str::to_owned),
                compatibilities: fits.map(|fits| fits.into_iter().map(str::to_owned).collect()),
            })
        },
    )
    .settled(|subject, finding| {
        let Cause::PlacementComputeIncompatible(found) = &finding.cause else { return finding };
        let fits = found.compatibilities.as_ref().map(|fits| format!("; it fits {}", fits.join(" and ")));
        let requested = found.requested.clone();
        let finding = finding.fact("fits", fits);
        let Some(definition) = &subject.definition else { return finding };
        let compatible = definition.compatibilities();
        match requested {
            Some(asked) if !compatible.is_empty() && !compatible.contains(&asked.as_str()) => {
                finding.confirmed_by(definition.cite("compatibilities"))
            }
            _ if !compatible.is_empty() => finding.cite(definition.cite("compatibilities")),
            _ => finding,
        }
    }),
};
