//! The line of a container's log that says why it ended.

use crate::evidence::Citation;
use crate::redact::redacted;
use crate::signals::{Exit, Log, Subject, is_of_runtime};

/// Seconds before the last line in which a line counts as said at the end.
const AT_THE_END: f64 = 60.0;

/// Most characters of a line that are shown.
const SHOWN: usize = 200;

/// A line that tells why, and its place.
pub(super) struct LastWords {
    /// The line, without what could be a secret, cut to size.
    pub(super) text: String,
    pub(super) proof: Citation,
    /// Whether the log's stream says that it is this container's.
    pub(super) is_named: bool,
}

/// What the container said last of a failure; `None` when its log was not fetched or tells of none.
pub(super) fn last_words(subject: &Subject<'_>, exit: &Exit<'_>) -> Option<LastWords> {
    last_line(subject, exit, is_telling)
}

/// What a shell or a supervisor in the container said last of a process of its own that was killed.
pub(super) fn words_of_a_kill(subject: &Subject<'_>, exit: &Exit<'_>) -> Option<LastWords> {
    last_line(subject, exit, tells_of_a_kill)
}

fn last_line(subject: &Subject<'_>, exit: &Exit<'_>, tells: fn(&str) -> bool) -> Option<LastWords> {
    let logs = subject.logs();
    let log = logs.iter().find(|log| log.container == Some(exit.container.as_str()))?;
    telling(subject, log, tells)
}

fn telling(subject: &Subject<'_>, log: &Log<'_>, tells: fn(&str) -> bool) -> Option<LastWords> {
    let end = subject.timeline.latest();
    let mut lines = log.lines.iter().rev();
    let last = lines.clone().find_map(|line| line.at);
    lines.find_map(|line| {
        let is_late = matches!((line.at, end), (Some(at), Some(end)) if at > end);
        let is_old = matches!((line.at, last), (Some(at), Some(last)) if last.seconds_since(at) > AT_THE_END);
        if is_late || is_old {
            return None;
        }
        let text = line.text.lines().rev().find(|text| tells(text))?;
        let text: String = redacted(text.trim()).chars().take(SHOWN).collect();
        Some(LastWords { text, proof: line.citation(), is_named: log.is_named })
    })
}

/// Whether a line tells of a failure: not a frame of a stack, not a word of the stop, and not one of the runtime, which
/// could not run the program.
fn is_telling(text: &str) -> bool {
    const FAULTS: &[&str] = &[
        "error",
        "exception",
        "fatal",
        "panic",
        "critical",
        "traceback",
        "caused by",
        "cannot ",
        "can't ",
        "could not",
        "unable to",
        "failed",
        "missing",
        "not set",
        "is required",
        "not found",
        "no such file",
        "denied",
        "refused",
        "invalid",
        "out of memory",
        "no space left",
        "giving up",
    ];
    const NOISE: &[&str] =
        &["sigterm", "shutting down", "a complete log of this run", "0 errors", "no error"];
    let text = text.to_ascii_lowercase();
    let line = text.trim_start();
    let is_frame = line.starts_with("at ") || line.starts_with("file \"") || line.starts_with("... ");
    !is_frame
        && !is_of_runtime(line)
        && FAULTS.iter().any(|word| line.contains(word))
        && !NOISE.iter().any(|word| line.contains(word))
}

/// Whether a line tells of SIGKILL: `Killed` alone, as bash has it (`run.sh: line 7:    12 Killed    python`), or by name.
fn tells_of_a_kill(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    let mut words = text.split_whitespace();
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let mut before = words.next();
    let is_of_bash = words.any(|word| before.replace(word).is_some_and(is_number) && word == "killed");
    let names = ["signal: killed", "sigkill", "signal 9"];
    text == "killed" || is_of_bash || names.iter().any(|name| text.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_and_farewells_tell_nothing() {
        for line in [
            "KeyError: 'DATABASE_URL'",
            "Caused by: java.net.UnknownHostException: db",
            "Error: Cannot find module './config'",
            "panic: runtime error: index out of range",
            r#"{"level":"fatal","msg":"configuration incomplete"}"#,
        ] {
            assert!(is_telling(line), "{line}");
        }
        for line in [
            "    at Module._compile (node:internal/errors:1105:14)",
            "  File \"/srv/error.py\", line 3, in <module>",
            "SIGTERM received, closing after error",
            "exec /app/run.sh: no such file or directory",
            "GET /me 200 18ms",
            "npm ERR! A complete log of this run can be found in",
        ] {
            assert!(!is_telling(line), "{line}");
        }
    }
    #[test]
    fn a_kill_is_told_by_shells_and_supervisors() {
        for line in [
            "Killed",
            "/entrypoint.sh: line 7:    12 Killed                  python import.py",
            "[ERROR] Worker (pid:12) was sent SIGKILL! Perhaps out of memory?",
            "fork/exec /app/worker: signal: killed",
        ] {
            assert!(tells_of_a_kill(line), "{line}");
        }
        for line in ["killed 3 stale jobs", "job 12 was killed by its owner", "signal 15", ""] {
            assert!(!tells_of_a_kill(line), "{line}");
        }
    }
}
