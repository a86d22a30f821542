//! Exit codes that a process ended with by itself. They differ in what they usually mean.

use super::judge::exits_with;
use super::{ASK_DEFINITION, ASK_LOG, Blast, Bucket, Cause, Check, EXIT_CODES, Fix, Kind, LOOK_LOG, Rule};
use crate::rules::{Confidence, Finding};
use crate::signals::{Said, Source, Subject, SubjectKind};

const REPRODUCE: Fix = Fix::advice(
    "Reproduce it",
    Blast::Source,
    "Run the image with the same command and environment: `docker run --rm -it {image~|IMAGE}`.",
);

pub(in crate::rules) static EXIT_1: Rule = Rule {
    code: "app-exit-1",
    bucket: Bucket::App,
    kind: Kind::Cause,
    title: "application failed",
    summary: "{who~|A container} ended by itself with exit code 1{lived~|}{noLog~|}{log~|}{changed~|}.",
    explanation: "The process ended with a general error. ECS only records the number; the reason is in the container's log.",
    signs: "Exit code 1 of the container whose end ended the task.",
    wants: &[ASK_LOG, ASK_DEFINITION],
    fixes: &[LOOK_LOG, REPRODUCE],
    docs: &[EXIT_CODES],
    since: "0.1.0",
    check: Check::Judge(|subject| {
        let mut found = exits_with(subject, |code| code == 1, Cause::AppExit1);
        found.extend(bare_exit(subject));
        found
    }),
};

/// `Essential container in task exited` and nothing else: any exit code is possible, 1 is the usual one.
fn bare_exit(subject: &Subject<'_>) -> Option<Finding> {
    if subject.kind != SubjectKind::Message {
        return None;
    }
    let statement = subject.statements_of(Source::Bare).find(|statement| {
        let message = &statement.message;
        (message.body().starts_with("essential container in task exited")
            || message.says("stop reason: essential container in task exited"))
            && statement.message.exit_code().is_none()
            && statement.message.error_names().is_empty()
    })?;
    let finding = Finding::stated(Cause::AppExit1(super::ProcessExit::default()), statement);
    let finding = finding.confidence(Confidence::Possible).summary(
        "An essential container ended and its task with it; the message does not say with which exit code.",
    );
    Some(finding.fixed_by(vec![Fix::look(
        "Read the exit codes of the task's containers",
        "aws ecs describe-tasks --cluster {cluster} --tasks {taskArn} \
         --query 'tasks[].containers[].[name,exitCode,reason]'",
    )]))
}

pub(in crate::rules) static EXIT_2: Rule = Rule {
    code: "app-exit-2",
    bucket: Bucket::App,
    kind: Kind::Cause,
    title: "usage error or Go panic",
    summary: "{who~|A container} ended by itself with exit code 2{lived~|}{noLog~|}{log~|}{changed~|}.",
    explanation: "2 is what argument parsers and shells answer to a wrong call, and what a Go program ends with after a panic.",
    signs: "Exit code 2 of the container whose end ended the task.",
    wants: &[ASK_LOG, ASK_DEFINITION],
    fixes: &[
        LOOK_LOG,
        Fix::advice(
            "Check the command line",
            Blast::NewRevision,
            "Compare `entryPoint` and `command` of container {container|CONTAINER} with what its program accepts; a Go \
             panic prints its stack to the log.",
        ),
        REPRODUCE,
    ],
    docs: &[EXIT_CODES],
    since: "0.1.0",
    check: Check::Judge(|subject| exits_with(subject, |code| code == 2, Cause::AppExit2)),
};

pub(in crate::rules) static EXIT_132: Rule = Rule {
    code: "app-exit-132-sigill",
    bucket: Bucket::App,
    kind: Kind::Cause,
    title: "illegal instruction",
    summary: "{who~|A container} ended on an illegal instruction (exit code 132, SIGILL){lived~|}{log~|}{changed~|}.",
    explanation: "The program used an instruction that the CPU does not have. It was built for a newer CPU, as with AVX-512, \
                  or for another architecture. Fargate tasks may meet different CPU generations.",
    signs: "Exit code 132 (128 + SIGILL) of the container whose end ended the task.",
    wants: &[ASK_LOG, ASK_DEFINITION],
    fixes: &[
        Fix::advice(
            "Build for a baseline CPU",
            Blast::Source,
            "Rebuild without `-march=native` (for x86, `-march=x86-64-v2`), or take a build of the library without AVX.",
        ),
        LOOK_LOG,
    ],
    docs: &[EXIT_CODES],
    since: "0.1.0",
    check: Check::Judge(|subject| exits_with(subject, |code| code == 132, Cause::AppExit132Sigill)),
};

pub(in crate::rules) static EXIT_134: Rule = Rule {
    code: "app-exit-134-abort",
    bucket: Bucket::App,
    kind: Kind::Cause,
    title: "process aborted itself",
    summary: "{who~|A container} aborted itself (exit code 134, SIGABRT){lived~|}{heap~|}{changed~|}.",
    explanation: "A runtime ends like this after a fatal error of its own: a failed assertion, or Node.js without room in its \
                  JavaScript heap. The container's memory limit was not involved.",
    signs: "Exit code 134 (128 + SIGABRT) of the container whose end ended the task; `JavaScript heap out of memory` in its log.",
    wants: &[ASK_LOG, ASK_DEFINITION],
    fixes: &[
        LOOK_LOG,
        Fix::advice(
            "Give the JavaScript heap more room, if the log says that it ran out",
            Blast::NewRevision,
            "Set `NODE_OPTIONS=--max-old-space-size=MIB` to about three quarters of the container's memory \
             (memory of the whole task in MiB: {taskMemory~|not set}), and raise the memory when the heap needs more.",
        ),
    ],
    docs: &[EXIT_CODES, "https://nodejs.org/api/cli.html#--max-old-space-sizesize-in-mib"],
    since: "0.1.0",
    check: Check::JudgeWhere(
        |subject| subject.exits.iter().any(|exit| exit.code == Some(134)),
        |said| said.message.exit_code() == Some(134) || is_full_heap(said),
        aborts,
    ),
};

fn is_full_heap(said: &Said) -> bool {
    said.message.says_any(&["javascript heap out of memory", "reached heap limit allocation failed"])
}

fn aborts(subject: &Subject<'_>) -> Vec<Finding> {
    let found = exits_with(subject, |code| code == 134, Cause::AppExit134Abort);
    let heap = subject.statements.iter().chain(&subject.log).find(|statement| is_full_heap(statement));
    let Some(heap) = heap else { return found };
    if subject.kind == SubjectKind::Message {
        let cause = Cause::AppExit134Abort(super::ProcessExit::of_code(Some(134)));
        let told = Finding::stated(cause, heap);
        return vec![told.summary("Node.js aborted itself: its JavaScript heap was full.")];
    }
    let words = Some(": its JavaScript heap was full".to_owned());
    // The exit code and the runtime's own words together leave no other reading.
    let is_shown = heap.source == Source::Log;
    let of_heap = |finding: Finding| {
        let is_other = heap.container.is_some() && finding.container != heap.container;
        match finding.clone().fact("heap", words.clone()) {
            _ if is_other => finding,
            told if is_shown => told.confirmed_by(heap.citation.clone()),
            told => told.cite(heap.citation.clone()),
        }
    };
    found.into_iter().map(of_heap).collect()
}

pub(in crate::rules) static EXIT_139: Rule = Rule {
    code: "app-exit-139-segv",
    bucket: Bucket::App,
    kind: Kind::Cause,
    title: "segmentation fault",
    summary: "{who~|A container} crashed with a segmentation fault (exit code 139, SIGSEGV){lived~|}{log~|}{changed~|}.",
    explanation: "The program touched memory that it does not own: a fault in native code, a library built for another libc \
                  (glibc and musl), or emulation of another CPU architecture.",
    signs: "Exit code 139 (128 + SIGSEGV) of the container whose end ended the task.",
    wants: &[ASK_LOG, ASK_DEFINITION],
    fixes: &[
        LOOK_LOG,
        Fix::advice(
            "Find the native code at fault",
            Blast::Source,
            "Check that native libraries match the base image's libc and the task's CPU architecture, then reproduce the \
             crash with a core dump.",
        ),
        REPRODUCE,
    ],
    docs: &[EXIT_CODES],
    since: "0.1.0",
    check: Check::Judge(|subject| exits_with(subject, |code| code == 139, Cause::AppExit139Segv)),
};

pub(in crate::rules) static EXIT_255: Rule = Rule {
    code: "app-exit-255",
    bucket: Bucket::App,
    kind: Kind::Cause,
    title: "exit code 255: a status out of range, or a container that its host lost",
    summary: "{who~|A container} ended with exit code 255{lived~|}{noLog~|}{log~|}{changed~|}.",
    explanation: "255 is what `exit -1`, ssh and some entry points end with, what a binary for another architecture gets, and \
                  what Docker reports for a container that ran when its host went down.",
    signs: "Exit code 255 of the container whose end ended the task.",
    wants: &[
        ASK_LOG,
        ASK_DEFINITION,
        super::Ask::new(
            "ecs",
            "DescribeContainerInstances",
            r#"{"cluster": "{cluster}", "containerInstances": ["{containerInstance}"]}"#,
            "an agent that was disconnected at the time points to the host",
        ),
    ],
    fixes: &[LOOK_LOG, REPRODUCE],
    docs: &[EXIT_CODES],
    since: "0.1.0",
    check: Check::Judge(|subject| exits_with(subject, |code| code == 255, Cause::AppExit255)),
};

pub(in crate::rules) static EXIT_OTHER: Rule = Rule {
    code: "app-exit-other",
    bucket: Bucket::App,
    kind: Kind::Cause,
    title: "application ended with an exit code of its own",
    summary: "{who~|A container} ended by itself with exit code {exitCode~|unknown}{means~|}{lived~|}{noLog~|}{log~|}{changed~|}.",
    explanation: "The program chose this code, or a signal ended it (128 + its number). ECS only records the number; the reason is \
                  in the container's log.",
    signs: "An exit code that has no rule of its own, of the container whose end ended the task.",
    wants: &[ASK_LOG, ASK_DEFINITION],
    fixes: &[
        LOOK_LOG,
        Fix::advice(
            "Look the code up",
            Blast::Source,
            "Find {exitCode|the code} in the application's sources or manual.",
        ),
    ],
    docs: &[EXIT_CODES],
    since: "0.1.0",
    check: Check::Judge(|subject| {
        let found = exits_with(subject, is_other, Cause::AppExitOther);
        found.into_iter().map(with_meaning).collect()
    }),
};

/// Codes below 256 without a rule of their own; 125 to 128 are the shell's and the runtime's.
fn is_other(code: i64) -> bool {
    matches!(code, -255..=-1 | 3..=124 | 129..=131 | 133 | 135 | 136 | 138 | 140..=142 | 144..=254)
        && !super::windows::is_windows_code(code)
}

fn with_meaning(finding: Finding) -> Finding {
    let Cause::AppExitOther(exit) = &finding.cause else { return finding };
    let words = match (&exit.signal_name, &exit.meaning) {
        (Some(name), _) => Some(format!(" ({name})")),
        (None, Some(meaning)) => Some(format!(" ({meaning})")),
        (None, None) => None,
    };
    finding.fact("means", words)
}

/// What a code means by convention; applications may use it for something else.
pub(super) fn meaning(code: i64) -> Option<&'static str> {
    Some(match code {
        1 => "general error",
        2 => "usage error, or a Go panic",
        64 => "EX_USAGE: wrong call",
        65 => "EX_DATAERR: wrong input",
        66 => "EX_NOINPUT: no input",
        69 => "EX_UNAVAILABLE: a service is unavailable",
        70 => "EX_SOFTWARE: internal error",
        71 => "EX_OSERR: operating system error",
        73 => "EX_CANTCREAT: output cannot be created",
        74 => "EX_IOERR: input or output failed",
        75 => "EX_TEMPFAIL: temporary failure",
        77 => "EX_NOPERM: permission denied",
        78 => "EX_CONFIG: configuration error",
        124 => "in `timeout`, the time was up",
        252 => "in the AWS CLI, a wrong call",
        253 => "in the AWS CLI, no credentials or Region",
        254 => "in the AWS CLI, a call that the service refused",
        _ => return None,
    })
}
