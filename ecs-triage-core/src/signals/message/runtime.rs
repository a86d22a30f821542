//! What the container runtime and the agent's own machinery say.

use super::text::Text;

/// The runtime refused to run a program.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exec {
    /// The program as written, without its quotes; absent when it is not named or cut.
    pub program: Option<String>,
    /// The program as far as the message has it: whole, or up to where the message is cut.
    pub seen: Option<String>,
    /// Why it was refused.
    pub problem: ExecProblem,
}

/// Why a program could not be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExecProblem {
    /// "executable file not found in $PATH": a bare name that no directory of the path has.
    NotFoundInPath,
    /// "no such file or directory": the file or its interpreter is missing.
    NoSuchFile,
    /// "permission denied": not executable, a directory, or on a volume mounted noexec.
    PermissionDenied,
    /// "exec format error": another architecture, or a script without its first line.
    FormatError,
    /// Another reason, or one that is cut.
    Other,
}

/// `Could not transition to STATE; timed out after waiting DURATION`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Transition {
    /// The state or operation aimed at, as written: `started`, `MANIFEST_PULLED`, `start exec command`.
    pub to: String,
    /// How long was waited, in seconds.
    pub waited_seconds: Option<f64>,
}

/// A `dependsOn` condition that cannot be met.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html>
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dependency {
    /// The container that was waited for.
    pub on: String,
    /// The container that waited and was never started.
    pub target: Option<String>,
    /// What became of the dependency; absent when cut.
    pub outcome: Option<DependencyOutcome>,
    /// The exit code of the dependency, which the agent prints inside its name.
    pub exit_code: Option<i64>,
}

/// What became of a container that another one waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DependencyOutcome {
    /// It did not exit successfully.
    Failed,
    /// Its `startTimeout` passed.
    TimedOut,
    /// It will never start.
    NeverStarts,
    /// The task has no such container.
    Missing,
}

impl Exec {
    fn of(program: Option<&str>, problem: ExecProblem) -> Self {
        let program = program.map(str::to_owned);
        Self { seen: program.clone(), program, problem }
    }
}

pub(super) fn exec(text: &Text) -> Option<Exec> {
    quoted_exec(text).or_else(|| plain_exec(text))
}

/// `exec: "X": REASON`, in Docker's nested quotes too: `exec: \\\"X\\\": REASON`.
fn quoted_exec(text: &Text) -> Option<Exec> {
    let (from, _) = text.places("exec: ").map(|at| (at + "exec: ".len(), at)).find(|(from, at)| {
        let bare = text.folded[*from..].trim_start_matches('\\');
        bare.starts_with('"') && !text.folded[..*at].ends_with(|c: char| c.is_ascii_alphanumeric())
    })?;
    let rest = &text.text[from..];
    let delimiter = &rest[..rest.find('"')? + 1];
    let body = &rest[delimiter.len()..];
    // The closing quote has as many backslashes as the opening one; quotes inside have more.
    let close = body.match_indices(delimiter).map(|(at, _)| at).find(|at| !body[..*at].ends_with('\\'));
    let Some(close) = close else {
        // With another quote in it this is more than the program.
        let seen = (!body.contains('"')).then(|| body.replace('\\', ""));
        return Some(Exec { program: None, seen, problem: ExecProblem::Other });
    };
    let reason = &text.folded[from + delimiter.len() + close + delimiter.len()..];
    Some(Exec::of(Some(&body[..close].replace('\\', "")), problem(reason)))
}

/// Forms without quotes: `exec /x: REASON` of newer runtimes, "exec user process caused: REASON" of older ones, and
/// crun's.
fn plain_exec(text: &Text) -> Option<Exec> {
    if let Some(from) = text.after("exec user process caused", 0) {
        return Some(Exec::of(None, problem(&text.folded[from..])));
    }
    if let Some(from) = text.after("exec container process", 0) {
        let program = text.after(" `", from).map(|at| text.token(at, &['`']));
        let program = program.filter(|token| token.closed).map(|token| token.text);
        return Some(Exec::of(program, problem(&text.folded[from..])));
    }
    if let Some(from) = text.after("executable file `", 0) {
        let program = text.token(from, &['`']);
        let problem = problem(text.folded.get(program.end..).unwrap_or_default());
        return Some(Exec::of(program.closed.then_some(program.text), problem));
    }
    if let Some(refused) = refused_by_docker(text) {
        return Some(refused);
    }
    text.places("exec /").take(CANDIDATES).find_map(|at| {
        let from = at + "exec ".len();
        // A path holds no colon here, so the piece before one is all there is to look at.
        let length = text.folded[from..]
            .find([':', '"'])
            .filter(|length| text.folded[from + length..].starts_with(": "))?;
        let problem = problem(&text.folded[from + length..]);
        let alone = at == 0 || text.folded.as_bytes()[at - 1] == b' ';
        (alone && problem != ExecProblem::Other)
            .then(|| Exec::of(Some(&text.text[from..from + length]), problem))
    })
}

/// `Container command 'X' not found or does not exist.` and `… could not be invoked.` of Docker before 1.13, which looked
/// for no directory of the path where X has a slash.
fn refused_by_docker(text: &Text) -> Option<Exec> {
    let from = text.after("container command ", 0)?;
    let program = text.text[from..].starts_with('\'').then(|| text.token(from + 1, &['\'']));
    let program = program.filter(|token| token.closed).map(|token| token.text);
    let rest = &text.folded[from..];
    let problem = match () {
        () if rest.contains("could not be invoked") => ExecProblem::PermissionDenied,
        () if !rest.contains("not found or does not") => return None,
        () if program.is_some_and(|program| program.contains('/')) => ExecProblem::NoSuchFile,
        () => ExecProblem::NotFoundInPath,
    };
    Some(Exec::of(program, problem))
}

/// How many places are looked at before a text is taken for something else.
const CANDIDATES: usize = 8;

const PROBLEMS: [(&str, ExecProblem); 5] = [
    ("executable file not found", ExecProblem::NotFoundInPath),
    ("not found in $path", ExecProblem::NotFoundInPath),
    ("no such file or directory", ExecProblem::NoSuchFile),
    ("permission denied", ExecProblem::PermissionDenied),
    ("exec format error", ExecProblem::FormatError),
];

/// The first reason named in `folded`; at its end, where texts are cut, the beginning of one will do.
fn problem(folded: &str) -> ExecProblem {
    PROBLEMS
        .into_iter()
        .filter_map(|(words, problem)| Some((folded.find(words)?, problem)))
        .min_by_key(|(at, _)| *at)
        .or_else(|| {
            // Fargate and consoles put dots where they leave something out.
            let tail = folded.trim_end_matches(['.', '…']).rsplit(": ").next()?;
            let tail = tail.rsplit("...").next()?;
            PROBLEMS
                .into_iter()
                // Eight letters tell the reasons from each other.
                .find(|(words, _)| tail.len() >= 8 && words.starts_with(tail))
                .map(|(_, problem)| (0, problem))
        })
        .map_or(ExecProblem::Other, |(_, problem)| problem)
}

pub(super) fn transition(text: &Text) -> Option<Transition> {
    // The second is a misspelling that is quoted in the wild.
    let from =
        text.after("could not transition to ", 0).or_else(|| text.after("could not tranisition to ", 0))?;
    let end = from + text.folded[from..].find("; timed out")?;
    let waited = text.after("after waiting ", end).map(|at| text.token(at, &[',', ':', ';', '"']).text);
    let waited_seconds = waited.and_then(|waited| go_duration(waited.trim_end_matches('.')));
    Some(Transition { to: text.text[from..end].to_owned(), waited_seconds })
}

/// Seconds of a duration as Go prints it: `2h0m0s`, `1m15s`, `500ms`.
fn go_duration(text: &str) -> Option<f64> {
    let mut seconds = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let unit_end = rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| digits + at);
        seconds += number
            * match &rest[digits..unit_end] {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 0.001,
                _ => return None,
            };
        rest = &rest[unit_end..];
    }
    (!text.is_empty()).then_some(seconds)
}

pub(super) fn dependency(text: &Text) -> Option<Dependency> {
    let from = text.after("container ordering dependency [", 0)?;
    let on = bracketed(text, from);
    let exit_code =
        text.after(" exit: ", from).filter(|at| on.closed && *at < on.end).and_then(|at| text.number(at));
    let target = text.after("for target [", on.end).map(|at| bracketed(text, at));
    let rest = &text.folded[target.as_ref().map_or(on.end, |target| target.end)..];
    let outcome = [
        ("did not exit successfully", DependencyOutcome::Failed),
        ("has timed out", DependencyOutcome::TimedOut),
        ("will never start", DependencyOutcome::NeverStarts),
        ("does not exist", DependencyOutcome::Missing),
    ]
    .into_iter()
    .find(|(words, _)| rest.contains(words))
    .map(|(_, outcome)| outcome);
    let target = target.and_then(|target| target.name);
    Some(Dependency { on: on.name?, target, outcome, exit_code })
}

struct Bracketed {
    name: Option<String>,
    end: usize,
    closed: bool,
}

/// A container as the agent prints it, up to `]`: `name(image) (KNOWN->DESIRED) - Exit: N`.
fn bracketed(text: &Text, from: usize) -> Bracketed {
    let rest = &text.text[from..];
    let length = rest.find(']');
    let inside = &rest[..length.unwrap_or(rest.len())];
    let name = match inside.find(['(', ' ']) {
        Some(end) => Some(&inside[..end]),
        None => length.map(|_| inside),
    };
    let name = name.filter(|name| !name.is_empty()).map(str::to_owned);
    Bracketed { name, end: from + inside.len(), closed: length.is_some() }
}

/// The exit code that a text names in words: `exit code: 1`, "exited with code 1", "exit status 1".
pub(super) fn exit_code(text: &Text) -> Option<i64> {
    [
        "exit code: ",
        "exit code ",
        "exited with code ",
        "exit status ",
        "exitcode: ",
        "exitcode=",
        "exit_code=",
        "exit_code: ",
        "exited (",
        "command execution; code: ",
        // The agent's own log, of old.
        "-> stopped, exit ",
    ]
    .into_iter()
    .find_map(|mark| {
        let of_container = text.places(mark).take(CANDIDATES).find(|at| !is_of_tool(&text.folded[..*at]));
        of_container.and_then(|at| text.number(at + mark.len()))
    })
}

/// Whether the exit code behind these words is that of a step of a build or deployment, or of the ECS agent itself.
fn is_of_tool(before: &str) -> bool {
    const TOOLS: &[&str] = &[
        "process completed with ",
        "command failed with ",
        "run failed with ",
        "script returned ",
        "job failed: ",
        "circleci received ",
        "exited with code ",
        "the process '/usr/bin/aws' failed with ",
        "errored with ",
        "[info] agent ",
        "[error] agent ",
    ];
    TOOLS.iter().any(|words| before.ends_with(words))
}
