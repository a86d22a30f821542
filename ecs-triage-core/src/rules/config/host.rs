//! What a container needs of its host or image and does not find: a user, a directory, a device, a GPU.

use super::program::{DEFINITION, with_image};
use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, Named, Plain, Rule, said};
use crate::signals::Subject;
use crate::signals::message::Message;

const PAGE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html";

/// The instance type is what decides which devices there are.
pub(super) const INSTANCE: Ask = Ask::new(
    "ecs",
    "DescribeContainerInstances",
    r#"{"cluster": "{cluster}", "containerInstances": ["{containerInstance}"]}"#,
    "its attributes name the instance type and AMI, its resources the GPUs that it has",
);

pub(in crate::rules) static USER_MISSING: Rule = Rule {
    code: "start-user-missing",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "user does not exist in the image",
    summary: "{container|A container of the task} should run as {name|a user}, which {image|its image} does not have.",
    explanation: "A user or group that is given by name is looked up in the image's `/etc/passwd` and `/etc/group` before \
                  the container starts.",
    signs: "`unable to find user X: no matching entries in passwd file`, or the same of a group; on Fargate also `mount \
            callback failed on /tmp/containerd-mount…` with `no users found` or a missing `/etc/passwd`.",
    wants: &[DEFINITION],
    fixes: &[
        Fix::run(
            "See which users the image has",
            Blast::Source,
            "docker run --rm --user 0 --entrypoint cat {image} /etc/passwd",
        ),
        Fix::advice(
            "Name a user that exists",
            Blast::NewRevision,
            "Set `user` to a numeric id such as `1000:1000`, or create {name|the user} in the image.",
        ),
    ],
    docs: &[PAGE],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.says_any(&[
                "unable to find user ",
                "unable to find group ",
                "no matching entries in passwd file",
                "no matching entries in group file",
            ]) || message.says_all(&["createprocess", "the user name or password is incorrect"])
                || is_containerds(message)
        },
        |statement, _| {
            let message = &statement.message;
            let name = named_after(message, "unable to find user ", ": ")
                .or_else(|| named_after(message, "unable to find group ", ": "));
            Cause::StartUserMissing(Named { name })
        },
    )
    .settled(|subject, finding| {
        let finding = with_image(subject, finding);
        let facts = finding.cause.facts();
        let defined = subject.container_definition(finding.container.as_deref());
        match (defined, facts.text("name")) {
            (Some(defined), Some(name))
                if defined.user().is_some_and(|user| user.split(':').any(|part| part == name)) =>
            {
                finding.confirmed_by(defined.cite("user"))
            }
            _ => finding,
        }
    }),
};

/// containerd mounts the image's root for a moment, to look the user up in the files that are there.
fn is_containerds(message: &Message) -> bool {
    message.says("/containerd-mount")
        && message.says_any(&[
            "no users found",
            "no groups found",
            "/etc/passwd: no such file or directory",
            "/etc/group: no such file or directory",
        ])
}

pub(in crate::rules) static WORKDIR_MISSING: Rule = Rule {
    code: "start-workdir-missing",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "working directory is missing or closed to the user",
    summary: "{container|A container of the task} cannot start in {name|its working directory}: it is missing, no directory, or closed to the user.",
    explanation: "The runtime changes into the working directory as the container's user before it runs the program.",
    signs: "`chdir to cwd (\"/x\") set in config.json failed`, or a working directory that is not an absolute path.",
    wants: &[DEFINITION],
    fixes: &[
        Fix::run(
            "See the directory's owner and mode",
            Blast::Source,
            "docker run --rm --workdir / --entrypoint ls {image} -ld {name}",
        ),
        Fix::advice(
            "Make the directory and give it to the user",
            Blast::NewRevision,
            "Create {name|the directory} in the image with the right owner, or correct `workingDirectory`; a mount may hide it.",
        ),
    ],
    docs: &[PAGE],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            message.says_any(&["chdir to cwd", "cannot mkdir: "])
                || message.says_all(&["the working directory '", "is invalid"])
        },
        |statement, _| {
            let message = &statement.message;
            let name = named_after(message, "chdir to cwd (", ")")
                .or_else(|| named_after(message, "the working directory '", "'"))
                .or_else(|| named_after(message, "cannot mkdir: ", " "));
            Cause::StartWorkdirMissing(Named { name })
        },
    )
    .settled(|subject, finding| {
        let finding = with_image(subject, finding);
        let facts = finding.cause.facts();
        let defined = subject.container_definition(finding.container.as_deref());
        match (defined, facts.text("name")) {
            (Some(defined), Some(name)) if defined.working_directory() == Some(name) => {
                finding.confirmed_by(defined.cite("workingDirectory"))
            }
            _ => finding,
        }
    }),
};

pub(in crate::rules) static DEVICE_MISSING: Rule = Rule {
    code: "start-device-missing",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "host device does not exist",
    summary: "{container|A container of the task} asks for {name|a host device}, which its container instance does not have.",
    explanation: "`linuxParameters.devices` names a file of the host. The instance type or its drivers do not provide it.",
    signs: "`error gathering device information while adding custom device \"/dev/…\"`.",
    wants: &[INSTANCE, DEFINITION],
    fixes: &[Fix::advice(
        "Remove the device or run where it exists",
        Blast::NewRevision,
        "Take {name|the device} out of `linuxParameters.devices`, or place the task on an instance type that has it.",
    )],
    docs: &[PAGE],
    since: "0.1.0",
    check: Check::says(
        |said| said.message.says("gathering device information"),
        |statement, _| {
            let name = named_after(&statement.message, "adding custom device ", ": ");
            Cause::StartDeviceMissing(Named { name })
        },
    )
    .settled(|subject, finding| {
        let facts = finding.cause.facts();
        let defined = subject.container_definition(finding.container.as_deref());
        let Some((parameters, name)) =
            defined.and_then(|defined| defined.linux_parameters()).zip(facts.text("name"))
        else {
            return finding;
        };
        let devices = parameters.get("devices").map(|list| list.elements()).unwrap_or_default();
        let named =
            devices.iter().filter_map(|device| device.get("hostPath")).find(|path| path.value() == name);
        match named {
            Some(path) => finding.confirmed_by(path.citation()),
            None => finding,
        }
    }),
};

pub(in crate::rules) static GPU_RUNTIME_FAILED: Rule = Rule {
    code: "start-gpu-runtime-failed",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "NVIDIA runtime failed on the host",
    summary: "{container|A container of the task} did not start because the NVIDIA runtime of its container instance failed.",
    explanation: "GPU containers need an instance with a GPU, its driver and the NVIDIA container runtime, which the \
                  ECS GPU-optimized AMI has. A hook of that runtime prepares the GPU before the container starts.",
    signs: "`nvidia-container-cli: …`, `could not select device driver`, `Runtime is not set for GPU containers`, or a \
            failing prestart hook of a container that asks for a GPU.",
    wants: &[INSTANCE, DEFINITION],
    fixes: &[
        Fix::look(
            "Find the ECS GPU-optimized AMI",
            "aws ssm get-parameter --name /aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended --region {region}",
        ),
        Fix::advice(
            "Run on GPU instances and ask for the GPU",
            Blast::Instances,
            "Use an instance type with a GPU and the ECS GPU-optimized AMI, and set `resourceRequirements` of type GPU on \
             the container. `unsatisfied condition: cuda` asks for a newer driver, that is a newer AMI.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-gpu.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            // "libnetwork-setkey" is Docker's own hook.
            is_gpu(message)
                || message.says_any(&["prestart hook", "running hook #"]) && !message.says("libnetwork")
        },
        |_, _| Cause::StartGpuRuntimeFailed(Plain {}),
    )
    .settled(gpu_or_another_hook),
};

fn is_gpu(message: &Message) -> bool {
    message.says_any(&[
        "nvidia-container-cli",
        "nvidia-container-runtime",
        "nvidia.com/gpu",
        "runtime is not set for ",
        "associate multiple containers to gpu",
        "for associating gpu",
        "capabilities: [[gpu",
    ]) || message.says("nvidia")
        && message.says_any(&[
            "could not select device driver",
            "unknown or invalid runtime",
            "unknown runtime specified",
        ])
}

/// Docker sets up networks by a hook as well: without more text only a GPU in the definition tells them apart.
fn gpu_or_another_hook(subject: &Subject<'_>, finding: Finding) -> Finding {
    if said(subject, &finding).is_some_and(|statement| is_gpu(&statement.message)) {
        return finding;
    }
    let defined = subject.container_definition(finding.container.as_deref());
    let asks = defined.filter(|defined| {
        defined.resource_requirements().iter().any(|requirement| requirement.kind() == Some("GPU"))
    });
    match asks {
        Some(defined) => finding.cite(defined.cite("resourceRequirements")),
        None => finding.confidence(Confidence::Possible),
    }
}

/// What stands between `mark` and `end`, without quotes. Nothing when the end is cut off.
fn named_after(message: &Message, mark: &str, end: &str) -> Option<String> {
    message.between(mark, end).map(|name| name.trim_matches(['"', '\\', '\'', '`', ' ']).to_owned())
}
