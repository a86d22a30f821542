//! How long an application takes to boot, by its own log.

use super::{Log, Subject, logs};
use crate::Timestamp;
use crate::evidence::Citation;
use crate::evidence::ecs::Task;

/// How long an application took until it answered, once.
#[derive(Debug, Clone)]
pub struct Boot {
    /// Seconds from the start of its task, else from the first line of its log.
    pub seconds: f64,
    /// The line that says so.
    pub proof: Citation,
}

impl Subject<'_> {
    /// The longest boot of a container that is in the logs at hand, also those of other tasks and revisions.
    pub fn boot(&self, container: &str) -> Option<Boot> {
        let own = logs(self.evidence).into_iter().filter(|log| log.container == Some(container));
        let boots = own.filter_map(|log| boot_of(&log, self.started(&log)));
        boots.max_by(|one, other| one.seconds.total_cmp(&other.seconds))
    }

    fn started(&self, log: &Log<'_>) -> Option<Timestamp> {
        let mut tasks = self.evidence.all::<Task<'_>>();
        let task =
            tasks.find(|task| task.task_arn().is_some_and(|arn| arn.rsplit('/').next() == Some(log.task)));
        task.and_then(|task| task.started_at()).or_else(|| log.lines.first()?.at)
    }
}

fn boot_of(log: &Log<'_>, started: Option<Timestamp>) -> Option<Boot> {
    let up = log.lines.iter().filter(|line| is_up(line.text));
    let boots = up.filter_map(|line| {
        let since = line.at.zip(started).map(|(at, started)| at.seconds_since(started));
        let seconds = since.into_iter().chain(stated(line.text)).filter(|seconds| *seconds > 0.0);
        Some(Boot { seconds: seconds.max_by(f64::total_cmp)?, proof: line.citation() })
    });
    // A server may say several times that it is coming up, the last time when all of it is.
    boots.take(3).last()
}

/// What servers say when they answer.
fn is_up(text: &str) -> bool {
    const UP: &[&str] = &[
        "listening on",
        "listening at",
        "listening for",
        "started on port",
        "server started",
        "started server",
        "server is running",
        "server running",
        "ready to accept",
        "ready for connections",
        "ready for start up",
        "application startup complete",
        "application started",
        "running on http",
        "serving on",
    ];
    let text = text.to_ascii_lowercase();
    UP.iter().any(|phrase| text.contains(phrase)) || text.contains("started") && stated(&text).is_some()
}

/// The seconds of `Started App in 72.2 seconds`.
fn stated(text: &str) -> Option<f64> {
    let (_, rest) = text.split_once(" in ")?;
    let (number, rest) = rest.split_at(rest.find(|next: char| !next.is_ascii_digit() && next != '.')?);
    let seconds: f64 = number.parse().ok()?;
    let unit = rest.trim_start();
    if unit.starts_with("ms") || unit.starts_with("milli") {
        return Some(seconds / 1_000.0);
    }
    let word = unit.split(|next: char| !next.is_ascii_alphabetic()).next().unwrap_or_default();
    matches!(word, "s" | "sec" | "secs" | "second" | "seconds").then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_when_it_is_up() {
        for (line, expected) in [
            ("Started OrdersApi in 72.2 seconds (process running for 73.1)", Some(72.2)),
            ("Server startup in 1250 ms", Some(1.25)),
            ("started in 3s", Some(3.0)),
            ("loaded in 3 steps", None),
            ("started in eu-west-1", None),
        ] {
            assert_eq!(stated(line), expected, "{line}");
        }
        assert!(is_up("INFO:     Application startup complete."));
        assert!(is_up("Started OrdersApi in 72.2 seconds"));
        assert!(!is_up("Starting OrdersApi"));
        assert!(!is_up("job started in queue"));
    }
}
