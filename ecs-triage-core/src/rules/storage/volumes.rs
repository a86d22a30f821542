//! Docker volumes, bind mounts, and FSx for Windows File Server.

use super::{
    Ask, Blast, Bucket, Cause, Check, Confidence, Fix, Kind, Rule, TASK_DEFINITION, VolumeFault,
    is_efs_utils, volume_named,
};
use crate::signals::message::Message;
use crate::signals::{Statement, Subject};

/// What runc names as the target of a mount: `error mounting "…" to rootfs at "PATH"`.
fn mount_path(message: &Message) -> Option<String> {
    ["to rootfs at ", "rootfs at ", "mkdir "]
        .into_iter()
        .find_map(|phrase| message.word_after(phrase))
        .map(|path| path.trim_matches(['\\', '"']).to_owned())
        .filter(|path| path.starts_with('/'))
}

fn at_path(statement: &Statement, subject: &Subject<'_>) -> VolumeFault {
    let fault = VolumeFault::of(statement, subject);
    // What stands in front is where the runtime keeps the container's root.
    let path = mount_path(&statement.message).map(|path| {
        let inside = ["/rootfs/", "/merged/"].into_iter().find_map(|root| path.split_once(root));
        inside.map_or_else(|| path.clone(), |(_, inside)| format!("/{inside}"))
    });
    VolumeFault { path: path.or(fault.path), ..fault }
}

pub(in crate::rules) static VOLUME_CREATE_FAILED: Rule = Rule {
    code: "volume-create-failed",
    bucket: Bucket::Storage,
    kind: Kind::Cause,
    title: "Docker could not make or mount the volume",
    summary: "Docker could not make or mount the volume {volume|of the task}{withDriver~|}.",
    explanation: "The volume is made on the container instance before the container is. Its driver is not installed there, or \
                  refused the options.",
    signs: "CannotCreateVolumeError, `VolumeError: Agent could not create task's volume resources`, `failed to mount local \
            volume`, `error while mounting volume`, `plugin … not found`.",
    wants: &[TASK_DEFINITION],
    fixes: &[
        Fix::look("On the instance, list the volume plugins", "docker plugin ls"),
        Fix::advice(
            "Provide the driver, or another volume",
            Blast::NewRevision,
            "Install and enable the plugin on the instances, correct `driver` and `driverOpts` of `dockerVolumeConfiguration`, or \
             use an EFS or EBS volume; register a new revision and deploy it.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/docker-volumes.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let is_named = message.has_error("CannotCreateVolumeError")
                || message.has_error("CannotInspectVolumeError")
                || message.has_error("VolumeError")
                || message.has_error("CannotListPluginsError");
            let says = message.says_any(&[
                "failed to mount local volume",
                "error while mounting volume",
                "error looking up volume plugin",
                "could not create task's volume resources",
                "found reference to volume '",
                "volume name is too short",
                "volumedriver.mount",
                "volumedriver.create",
            ]) || message.says("plugin") && message.says("not found") && message.says("volume");
            said.is_from_ecs() && (is_named || says) && !is_efs_utils(message)
        },
        |statement, subject| {
            let message = &statement.message;
            let driver = message.word_after("plugin ").filter(|word| !word.contains("not"));
            let fault = VolumeFault::of(statement, subject);
            Cause::VolumeCreateFailed(VolumeFault { driver: driver.map(str::to_owned), ..fault })
        },
    )
    .settled(|subject, finding| {
        let driver = finding.cause.facts().text("driver").map(|driver| format!(" with driver `{driver}`"));
        let is_open = subject.statements.iter().any(|statement| {
            finding.citations.contains(&statement.citation)
                && (is_plugins_tail_cut(&statement.message) || is_mounts_tail_cut(&statement.message))
        });
        let sure = if is_open { Confidence::Possible } else { finding.confidence };
        volume_named(subject, finding).confidence(sure).fact("withDriver", driver)
    }),
};

/// Behind these words of the volume plugin stands what the EFS utilities said, which is a cause of its own.
fn is_plugins_tail_cut(message: &Message) -> bool {
    const PLUGIN: &str = "mounting volume failed";
    if !message.says("error while mounting volume") && !message.says("volumedriver.mount") {
        return false;
    }
    match message.behind("volumedriver.mount: ") {
        Some(tail) => tail.starts_with(PLUGIN) || PLUGIN.starts_with(tail),
        None => true,
    }
}

/// The source, the target and the options of a mount stand before the reason for which it failed.
fn is_mounts_tail_cut(message: &Message) -> bool {
    let Some(tail) = message.behind("failed to mount local volume") else { return false };
    let last = tail.rsplit(": ").next().unwrap_or(tail);
    last.is_empty() || last.starts_with("mount") || last.contains(['=', '/']) || last.starts_with("0x")
}

/// Whether the message ends within what runc was mounting: a file of the host that is not there, for which Docker makes
/// a directory, is the commonest end of it.
fn is_source_cut(message: &Message) -> bool {
    let Some(tail) = message.behind("rootfs_linux.go") else { return false };
    let Some((_, source)) = tail.split_once("mounting ") else { return false };
    let source = source.trim_start_matches(['\\', '"']);
    // A name with a dot in it is a file's, as a rule.
    !source.contains([' ', '"', '\\']) && source.rsplit('/').next().is_some_and(|name| name.contains('.'))
}

pub(in crate::rules) static VOLUME_MOUNT_TYPE_MISMATCH: Rule = Rule {
    code: "volume-mount-type-mismatch",
    bucket: Bucket::Storage,
    kind: Kind::Cause,
    title: "directory is mounted over a file, or a file over a directory",
    summary: "The mount at {path|the container path} cannot be made: one side is a file and the other a directory.",
    explanation: "Volumes are directories. A mount point that is a file in the image, or a host path that is one, does not fit, \
                  and the runtime refuses to start the container.",
    signs: "`error mounting … to rootfs at …: not a directory: unknown: Are you trying to mount a directory onto a file (or \
            vice-versa)?`.",
    wants: &[TASK_DEFINITION],
    fixes: &[Fix::advice(
        "Mount a directory on a directory",
        Blast::NewRevision,
        "Mount the parent directory of {path|the file} and have the program read the file there, or copy the file at start; \
         register a new revision and deploy it.",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html"],
    since: "0.1.0",
    check: Check::allows(
        |said| {
            let message = &said.message;
            let is_mount = message.says_any(&["error mounting", "rootfs_linux.go", "mounting \\\""]);
            let is_stated = message.says("trying to mount a directory onto a file")
                || is_mount && message.says_any(&["not a directory", "is a directory"]);
            if is_stated {
                return Some(Confidence::Likely);
            }
            is_source_cut(message).then_some(Confidence::Possible)
        },
        |statement, subject| Cause::VolumeMountTypeMismatch(at_path(statement, subject)),
    )
    .settled(volume_named),
};

pub(in crate::rules) static VOLUME_MOUNTPOINT_READONLY: Rule = Rule {
    code: "volume-mountpoint-readonly",
    bucket: Bucket::Storage,
    kind: Kind::Cause,
    title: "mount point cannot be made on a read-only file system",
    summary: "The mount point {path|in the container} cannot be made: the file system around it is read-only.",
    explanation: "The runtime makes a missing mount point before it mounts. Under a read-only volume, or another read-only \
                  mount, it cannot.",
    signs: "`error mounting … mkdir …: read-only file system`, in the reason of a container that did not start.",
    wants: &[TASK_DEFINITION],
    fixes: &[Fix::advice(
        "Have the directory there before",
        Blast::NewRevision,
        "Create {path|the directory} in the image or on the outer volume, or mount the outer volume without `readOnly`; register a \
         new revision and deploy it.",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let at_start = message.says_any(&[
                "error mounting",
                "rootfs",
                "mountpoint",
                "error while creating mount source path",
                "runc create failed",
                "oci runtime",
                "cannotcreatecontainererror",
                "cannotstartcontainererror",
            ]);
            said.is_from_ecs() && message.says("read-only file system") && at_start && !message.is_pull()
        },
        |statement, subject| Cause::VolumeMountpointReadonly(at_path(statement, subject)),
    )
    .settled(volume_named),
};

pub(in crate::rules) static FSX_WINDOWS_MOUNT_FAILED: Rule = Rule {
    code: "fsx-windows-mount-failed",
    bucket: Bucket::Storage,
    kind: Kind::Cause,
    title: "FSx for Windows File Server could not be mounted",
    summary: "The FSx for Windows file system {fileSystem|of the task} could not be mounted{why~|}.",
    explanation: "The agent asks FSx for the file system's address, fetches the domain user's name and password with the \
                  execution role, and maps the share on the Windows instance. One of these failed.",
    signs: "`fsxwindowsfileserver resource: …`, `fsx describing filesystem(s) from the service for …`, `invalid credentials for \
            mounting fsxwindowsfileserver volume`.",
    wants: &[
        TASK_DEFINITION,
        Ask::new(
            "fsx",
            "DescribeFileSystems",
            r#"{"FileSystemIds": ["{fileSystem}"]}"#,
            "shows the file system, its subnets and its domain",
        ),
    ],
    fixes: &[Fix::advice(
        "Correct what the mount takes",
        Blast::NewRevision,
        "Check the file system id and `rootDirectory`, the secret or parameter in `authorizationConfig.credentialsParameter` \
         (`username` and `password` of a domain user), `fsx:DescribeFileSystems` for the execution role, and that the instance \
         has joined the domain.",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/wfsx-volumes.html"],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let message = &said.message;
            let is_fsx = message.says_any(&[
                "fsxwindowsfileserver",
                "fsxwindowfileserver",
                "fsx describing filesystem",
                "fsx credential",
                "fsx for windows file server",
                "fsx:describefilesystems",
                "unsupported credentialsparameter, only ssm/secretsmanager",
            ]);
            is_fsx
                && !message.says_any(&[
                    "unable to find execution role credentials",
                    "only supported on windows container instance",
                ])
        },
        |statement, subject| Cause::FsxWindowsMountFailed(VolumeFault::of(statement, subject)),
    )
    .settled(|subject, finding| {
        const FAULTS: &[(&str, &str)] = &[
            ("invalid credentials for mounting", ": the domain refused the user's name or password"),
            ("fsx describing filesystem", ": FSx did not describe it to the execution role"),
            ("fsx:describefilesystems", ": the execution role may not call `fsx:DescribeFileSystems`"),
            ("unsupported credentialsparameter", ": its credentials are neither a secret nor a parameter"),
            ("fsx credential", ": the ARN of its credentials is not valid"),
        ];
        let says = |words: &str| subject.statements.iter().any(|statement| statement.message.says(words));
        let why = FAULTS.iter().find(|(words, _)| says(words)).map(|(_, why)| *why);
        let sure = finding.confidence.min(Confidence::Likely);
        let file_system = finding.cause.facts().text("fileSystem").map(str::to_owned);
        volume_named(subject, finding).confidence(sure).fact("why", why).fact("fileSystem", file_system)
    }),
};
