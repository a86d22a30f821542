//! The program that a container should run, and that the runtime could not run.

use serde_json::json;

use super::{Ask, Blast, Bucket, Cause, Check, Finding, Fix, Kind, Program, Rule};
use crate::change::{Change, Edit};
use crate::image::ImageReference;
use crate::redact::redacted;
use crate::signals::message::{Exec, ExecProblem};
use crate::signals::{Said, Source, Statement, Subject, is_of_runtime};

const PAGE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html";
const CANNOT_START: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cannot-start-container.html";

/// What the container is told to run is in the task definition alone.
pub(super) const DEFINITION: Ask = Ask::new(
    "ecs",
    "DescribeTaskDefinition",
    r#"{"taskDefinition": "{taskDefinition}"}"#,
    "shows the entry point, the command, the user and the mounts of the container",
);

const SHOW: Fix = Fix::look(
    "Show what the containers are told to run",
    "aws ecs describe-task-definition --task-definition {taskDefinition} --region {region} \
     --query 'taskDefinition.containerDefinitions[].[name,entryPoint,command,workingDirectory,user]'",
);

pub(in crate::rules) static EXECUTABLE_NOT_FOUND: Rule = Rule {
    code: "start-executable-not-found",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "command is not in the image",
    summary: "{container|A container of the task} was told to run {program|a program}, which is in no directory of the image's PATH.",
    explanation: "The runtime looks a bare name up in the image's PATH before it starts the container. It is not there, so \
                  the container never ran and has no log.",
    signs: "`exec: \"X\": executable file not found in $PATH` where X is one word that does not begin with a hyphen; on \
            Windows `CreateProcess …: The system cannot find the file specified.`.",
    wants: &[DEFINITION],
    fixes: &[
        SHOW,
        Fix::run(
            "Look for the program in the image",
            Blast::Source,
            "docker run --rm --entrypoint sh {image} -c 'command -v \"$0\"; echo \"$PATH\"' {program}",
        ),
        Fix::advice(
            "Name a program that exists",
            Blast::NewRevision,
            "Set `command` or `entryPoint` to a path that exists in the image, or install {program|the program} in it.",
        ),
    ],
    docs: &[PAGE, CANNOT_START],
    since: "0.1.0",
    check: Check::says(
        |said| {
            let is_windows =
                said.message.says_all(&["createprocess", "the system cannot find the file specified"]);
            refused(said, Reading::NotInPath) || is_windows && is_start(said)
        },
        |statement, _| Cause::StartExecutableNotFound(Program::of(statement)),
    )
    .settled(named_by_command),
};

pub(in crate::rules) static COMMAND_ONE_STRING: Rule = Rule {
    code: "start-command-one-string",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "whole command line given as one word",
    summary: "{container|A container of the task} has its command line as one word: the runtime takes {program|the whole line} for the name of a program.",
    explanation: "`command` and `entryPoint` are lists with one word to an element, and no shell splits them. A line in \
                  one element is taken for the name of a program.",
    signs: "`exec: \"a b c\"` with blanks inside the quotes; the command in the task definition has a single element.",
    wants: &[DEFINITION],
    fixes: &[
        SHOW,
        Fix::advice(
            "Split the line into words, or give it to a shell",
            Blast::NewRevision,
            "Set it to {words|one word to an element}. For variables, pipes or `&&` use {line|[\"sh\", \"-c\", \"…\"]}, \
             if the image has a shell.",
        ),
    ],
    docs: &[PAGE],
    since: "0.1.0",
    check: Check::says(
        |said| refused(said, Reading::OneString),
        |statement, _| Cause::StartCommandOneString(Program::of(statement)),
    )
    .settled(|subject, finding| {
        let Cause::StartCommandOneString(Program { program: Some(program), .. }) = &finding.cause else {
            return finding;
        };
        let line = json!(["sh", "-c", program]);
        let is_plain = !program.contains(['"', '\'', '$', '&', '|', ';', '<', '>', '*', '`']);
        let words: Vec<&str> = program.split(' ').filter(|word| !word.is_empty()).collect();
        let words = is_plain.then(|| json!(words));
        let program = program.clone();
        let defined = subject.container_definition(finding.container.as_deref());
        let mut finding = finding
            .fact("words", words.as_ref().map(ToString::to_string))
            .fact("line", Some(line.to_string()));
        if let Some(defined) = defined.filter(|defined| defined.command() == [program.as_str()]) {
            let edit = Edit::container(defined.name().unwrap_or_default(), "command", words.unwrap_or(line));
            finding =
                finding.change(Change::task_definition(subject, "Split the command into words", &[edit]));
        }
        proven_by_command(subject, finding, |command| command.contains(&program.as_str()))
    }),
};

pub(in crate::rules) static COMMAND_IS_ARGUMENT: Rule = Rule {
    code: "start-command-is-argument",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "an option is run as the program",
    summary: "{container|A container of the task} is started with {program|an option} in place of a program.",
    explanation: "Without an entry point the first element of `command` is the program. The image has none, or the task \
                  definition's `entryPoint` replaced it, so an argument came first.",
    signs: "`exec: \"-x\"`: what is run begins with a hyphen, or is a number or a URL.",
    wants: &[DEFINITION],
    fixes: &[
        SHOW,
        Fix::look(
            "Show the image's own entry point",
            "docker image inspect --format '{{.Config.Entrypoint}} {{.Config.Cmd}}' {image}",
        ),
        Fix::advice(
            "Put the program first",
            Blast::NewRevision,
            "Set `entryPoint` to the program, or make the program the first element of `command`.",
        ),
    ],
    docs: &[PAGE],
    since: "0.1.0",
    check: Check::says(
        |said| refused(said, Reading::Argument),
        |statement, _| Cause::StartCommandIsArgument(Program::of(statement)),
    )
    .settled(|subject, finding| {
        let Cause::StartCommandIsArgument(Program { program: Some(program), .. }) = &finding.cause else {
            return finding;
        };
        let program = program.clone();
        proven_by_command(subject, finding, |command| command.first() == Some(&program.as_str()))
    }),
};

pub(in crate::rules) static FILE_MISSING: Rule = Rule {
    code: "start-file-missing",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "program's file does not exist at start",
    summary: "{container|A container of the task} cannot run {program|its program}: {missing~|the file} is not there{hidden~|}.",
    explanation: "The file is looked up after the volumes are mounted. It is not in the image, a mount hides it, or its \
                  interpreter is missing: a script with CRLF line ends, bash on Alpine, or a binary linked to another libc.",
    signs: "`exec: \"/x\": stat /x: no such file or directory`; `exec /x: no such file or directory` in the log when the \
            file exists and its interpreter does not.",
    wants: &[DEFINITION],
    fixes: &[
        SHOW,
        Fix::run(
            "Look for the file and its first line in the image",
            Blast::Source,
            "docker run --rm --entrypoint sh {image} -c 'ls -l \"$0\"; head -n 1 \"$0\" | od -c | head -n 2' {program}",
        ),
        Fix::advice(
            "Make the file appear",
            Blast::NewRevision,
            "Mount volumes beside the application's directory, not over it; correct the path; or store the script with \
             LF line ends and an interpreter that the image has.",
        ),
    ],
    docs: &[PAGE, CANNOT_START],
    since: "0.1.0",
    check: Check::says(
        |said| refused(said, Reading::NoFile),
        |statement, _| Cause::StartFileMissing(Program::of(statement)),
    )
    .in_logs()
    .settled(|subject, mut finding| {
        if let Cause::StartFileMissing(program) = &finding.cause
            && program.missing.as_deref() == Some("interpreter")
        {
            finding = finding.fact("missing", Some("the interpreter or loader that it names"));
        }
        named_by_command(subject, hidden_by_mount(subject, finding))
    }),
};

pub(in crate::rules) static PERMISSION_DENIED: Rule = Rule {
    code: "start-permission-denied",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "program may not be executed",
    summary: "{container|A container of the task} may not execute {program|its program}{hidden~|}.",
    explanation: "The file exists but is a directory, has no execute bit for the user of the container, or lies on a volume \
                  that is mounted without exec.",
    signs: "`exec: \"/x\": permission denied` at start; `exec /x: permission denied` in the log.",
    wants: &[DEFINITION],
    fixes: &[
        Fix::run(
            "See the file's mode and owner",
            Blast::Source,
            "docker run --rm --entrypoint sh {image} -c 'id; ls -ld \"$0\"' {program}",
        ),
        Fix::advice(
            "Make it executable in the image",
            Blast::Source,
            "Add `COPY --chmod=755` or `RUN chmod +x {program~|FILE}` to the Dockerfile, build, push and deploy.",
        ),
    ],
    docs: &[PAGE, CANNOT_START],
    since: "0.1.0",
    check: Check::says(
        |said| refused(said, Reading::Denied),
        |statement, _| Cause::StartPermissionDenied(Program::of(statement)),
    )
    .in_logs()
    .settled(|subject, finding| named_by_command(subject, hidden_by_mount(subject, finding))),
};

pub(in crate::rules) static NO_COMMAND: Rule = Rule {
    code: "start-no-command",
    bucket: Bucket::Config,
    kind: Kind::Cause,
    title: "container has neither command nor entry point",
    summary: "{container|A container of the task} has nothing to run: neither {image|its image} nor the task definition names a command.",
    explanation: "The image has no CMD and no ENTRYPOINT, and the container definition sets neither, so the runtime refuses \
                  to make the container.",
    signs: "`No command specified` when the container is made.",
    wants: &[DEFINITION],
    fixes: &[
        SHOW,
        Fix::advice(
            "Say what to run",
            Blast::NewRevision,
            "Set `command` or `entryPoint` of container {container|CONTAINER}, or CMD in the image, and register a new revision.",
        ),
    ],
    docs: &[PAGE],
    since: "0.1.0",
    check: Check::says(
        |said| {
            said.message.says_any(&[
                "no command specified",
                "args must not be empty",
                "process property must not be empty",
            ])
        },
        |statement, _| Cause::StartNoCommand(Program::of(statement)),
    )
    .settled(|subject, finding| {
        let finding = with_image(subject, finding);
        let name = finding.container.clone();
        match subject.container_definition(name.as_deref()) {
            Some(defined) if defined.command().is_empty() && defined.entry_point().is_empty() => {
                finding.confirmed_by(defined.cite("name"))
            }
            _ => finding,
        }
    }),
};

/// What a refusal to run a program means.
#[derive(Clone, Copy, PartialEq)]
enum Reading {
    NotInPath,
    OneString,
    Argument,
    NoFile,
    Denied,
}

/// Whether the runtime refused to start the container's program for this reason.
fn refused(said: &Said, reading: Reading) -> bool {
    let can_tell = is_start(said) && (said.is_from_ecs() || is_of_runtime(said.message.raw()));
    let Some(exec) = said.message.exec().filter(|_| can_tell) else { return false };
    read(exec) == Some(reading)
}

/// A health check or an ECS Exec session runs a program too, in a container that has started.
pub(in crate::rules) fn is_start(said: &Said) -> bool {
    said.source != Source::ManagedAgentReason
        && !said.message.says_any(&["oci runtime exec failed", "exec failed: "])
}

fn read(exec: &Exec) -> Option<Reading> {
    let program = exec.seen.as_deref().map(str::trim).unwrap_or_default();
    let is_file_error = matches!(exec.problem, ExecProblem::PermissionDenied | ExecProblem::FormatError);
    if !is_file_error && is_argument(program) {
        return Some(Reading::Argument);
    }
    // A file may have a blank in its name; then it is found, and something else is wrong with it.
    if program.contains(' ') && (!is_file_error || is_shell_line(program)) {
        return Some(Reading::OneString);
    }
    match exec.problem {
        ExecProblem::NotFoundInPath => Some(Reading::NotInPath),
        ExecProblem::NoSuchFile => Some(Reading::NoFile),
        ExecProblem::PermissionDenied => Some(Reading::Denied),
        _ => None,
    }
}

fn is_argument(program: &str) -> bool {
    program.starts_with('-')
        || program.contains("://")
        || !program.is_empty() && program.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_shell_line(program: &str) -> bool {
    [" -", "&&", "||", ";", " > ", "$("].iter().any(|mark| program.contains(mark))
}

impl Program {
    fn of(statement: &Statement) -> Self {
        let exec = statement.message.exec();
        // Found by its path but not run: what execve misses then is the interpreter or the loader.
        let is_interpreter = exec.is_some_and(|exec| exec.problem == ExecProblem::NoSuchFile)
            && !statement.message.says_any(&[
                "exec: ",
                "stat /",
                "exec container process",
                "container command '",
            ]);
        Self {
            program: exec.and_then(|exec| exec.program.as_deref()).map(|name| redacted(name).into_owned()),
            missing: is_interpreter.then(|| "interpreter".to_owned()),
            ..Self::default()
        }
    }
}

/// Adds the image and cites the command where it names the program.
fn named_by_command(subject: &Subject<'_>, finding: Finding) -> Finding {
    let finding = with_image(subject, finding);
    let facts = finding.cause.facts();
    let Some(program) = facts.text("program") else { return finding };
    match subject.command_of(finding.container.as_deref()) {
        Some((command, citation)) if command.first() == Some(&program) => finding.cite(citation),
        _ => finding,
    }
}

/// Confirms what a message says by the command that was given, unless an entry point stands before it.
fn proven_by_command(subject: &Subject<'_>, finding: Finding, proves: impl Fn(&[&str]) -> bool) -> Finding {
    let finding = with_image(subject, finding);
    let defined = subject.container_definition(finding.container.as_deref());
    let entry_point = defined.as_ref().map(|defined| defined.entry_point()).unwrap_or_default();
    if proves(&entry_point) {
        return match defined {
            Some(defined) => finding.confirmed_by(defined.cite("entryPoint")),
            None => finding,
        };
    }
    match subject.command_of(finding.container.as_deref()) {
        Some((command, citation)) if entry_point.is_empty() && proves(&command) => {
            finding.confirmed_by(citation)
        }
        _ => finding,
    }
}

/// The image of the container, for the commands that look into it.
pub(in crate::rules) fn with_image(subject: &Subject<'_>, finding: Finding) -> Finding {
    let name = finding.container.clone();
    let shown = subject.exits.iter().find(|exit| Some(&exit.container) == name.as_ref());
    let shown = shown.and_then(|exit| exit.view.image());
    let defined = subject.container_definition(name.as_deref());
    let image = shown.or_else(|| defined.and_then(|defined| defined.image()));
    let reference = image.map(ImageReference::from);
    let ecr = reference.as_ref().and_then(ImageReference::ecr);
    finding
        .fact("image", image)
        .fact("registryAccount", ecr.as_ref().map(|ecr| ecr.account.as_str()))
        .fact("registryRegion", ecr.as_ref().map(|ecr| ecr.region.as_str()))
        .fact(
            "repository",
            ecr.is_some().then(|| reference.as_ref().map(|image| image.repository())).flatten(),
        )
}

/// Names the volume that is mounted over the program's directory, which hides what the image has there.
fn hidden_by_mount(subject: &Subject<'_>, mut finding: Finding) -> Finding {
    let Some(defined) = subject.container_definition(finding.container.as_deref()) else { return finding };
    let (Cause::StartFileMissing(found) | Cause::StartPermissionDenied(found)) = &mut finding.cause else {
        return finding;
    };
    let Some(program) = &found.program else { return finding };
    let path = absolute(program, defined.working_directory());
    let mounts = defined.mount_points();
    let over = mounts.iter().find(|mount| mount.container_path().is_some_and(|at| is_inside(&path, at)));
    let Some(mount) = over else { return finding };
    found.hidden_by_volume = mount.source_volume().map(str::to_owned);
    found.mounted_at = mount.container_path().map(str::to_owned);
    let volume = mount.source_volume().unwrap_or_default();
    let at = mount.container_path().unwrap_or_default();
    let words = format!("; volume `{volume}` is mounted at `{at}` and hides what the image has there");
    finding.fact("hidden", Some(words)).cite(mount.cite("containerPath"))
}

/// The path of a program, from the directory that the container starts in.
fn absolute(program: &str, directory: Option<&str>) -> String {
    if program.starts_with('/') {
        return program.to_owned();
    }
    let directory = directory.unwrap_or("/").trim_end_matches('/');
    format!("{directory}/{}", program.trim_start_matches("./"))
}

fn is_inside(path: &str, directory: &str) -> bool {
    let directory = directory.trim_end_matches('/');
    path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_inside_the_directory_above_it() {
        assert!(is_inside("/app/bin/run", "/app/") && is_inside("/app/run", "/app"));
        assert!(!is_inside("/application/run", "/app") && !is_inside("/app", "/app"));
        assert_eq!(absolute("./run.sh", Some("/srv")), "/srv/run.sh");
        assert_eq!(absolute("run.sh", None), "/run.sh");
    }

    #[test]
    fn options_numbers_and_addresses_are_arguments() {
        for program in ["-url", "--help", "8080", "https://example.com"] {
            assert!(is_argument(program), "{program}");
        }
        for program in ["", "npm", "/run.sh", "7z"] {
            assert!(!is_argument(program), "{program}");
        }
    }
}
