//! Container health checks: settings, command, and what it can notice.

use super::limits::words;
use super::plan::{name_of, whole};
use super::{Found, Plan, Risk, Severity};
use crate::evidence::ecs::{ContainerDefinition, HealthCheck};
use crate::health;
use crate::health::ProbeModel;

const PAGE: &str = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html";

/// The settings of a health check as ECS runs it.
pub(super) fn settings(check: &HealthCheck<'_>) -> health::HealthCheck {
    health::HealthCheck::from_definition(
        check.interval().map(whole),
        check.timeout().map(whole),
        check.retries().map(whole),
        check.start_period().map(whole),
    )
}

/// Each container with a health check that is not switched off.
fn checks<'p, 'e>(
    plan: &'p Plan<'_, 'e>,
) -> impl Iterator<Item = (&'p ContainerDefinition<'e>, HealthCheck<'e>)> {
    let checked = plan.containers.iter().filter_map(|container| Some((container, container.health_check()?)));
    checked.filter(|(_, check)| check.command() != ["NONE"])
}

pub(super) static OUT_OF_RANGE: Risk = Risk {
    code: "health-check-out-of-range",
    severity: Severity::Error,
    refused: true,
    title: "health check setting out of range",
    explanation: "`interval` may be 5 to 300 seconds, `timeout` 2 to 60, `retries` 1 to 10 and `startPeriod` 0 to 300.",
    becomes: &["taskdef-invalid"],
    docs: &[PAGE],
    since: "0.1.0",
    check: |plan| {
        let mut found = Vec::new();
        for (container, check) in checks(plan) {
            let name = name_of(container);
            for outside in settings(&check).out_of_range() {
                let summary = format!("The health check of container `{name}` has {}.", words(&outside));
                let advice = format!("Set `{}` to {}.", outside.setting, outside.nearest());
                found.push(Found::new(check.cite(outside.setting), summary, advice).container(name));
            }
        }
        found
    },
};

pub(super) static COMMAND: Risk = Risk {
    code: "health-check-command-invalid",
    severity: Severity::Error,
    refused: false,
    title: "health check command that cannot run as it is written",
    explanation: "The command is a list that begins with `CMD`, followed by a program and its arguments one by one, or with \
                  `CMD-SHELL`, followed by one script. A check in another form fails every time, and a service replaces \
                  its tasks without end.",
    becomes: &["health-container-check-failed", "taskdef-invalid"],
    docs: &[PAGE],
    since: "0.1.0",
    check: |plan| {
        let broken = checks(plan).filter_map(|(container, check)| {
            let name = name_of(container);
            let (fault, advice) = fault(&check.command())?;
            let summary = format!("The health check of container `{name}` {fault}.");
            Some(Found::new(check.cite("command"), summary, advice).container(name))
        });
        broken.collect()
    },
};

/// What a shell understands and a program gets as an argument.
const OPERATORS: &[&str] = &["||", "&&", "|", ";", ">", "<", "2>&1"];

/// What is wrong with the form of a command, and what to write.
fn fault(command: &[&str]) -> Option<(String, String)> {
    let shell = |script: &str| format!("Write `[\"CMD-SHELL\", \"{}\"]`.", script.replace('"', "\\\""));
    match command {
        [] => Some(("has no command".to_owned(), shell("curl -f http://localhost/ || exit 1"))),
        ["CMD" | "CMD-SHELL"] => {
            Some(("has no program to run".to_owned(), shell("curl -f http://localhost/ || exit 1")))
        }
        ["CMD-SHELL", _] => None,
        ["CMD-SHELL", first, rest @ ..] => Some((
            format!(
                "passes {} words after `CMD-SHELL`, of which the shell runs `{first}` alone",
                rest.len() + 1
            ),
            shell(&command[1..].join(" ")),
        )),
        ["CMD", line] if is_line(line) => Some((
            "uses `CMD` with a whole command line, so a program of that name is looked for".to_owned(),
            shell(line),
        )),
        ["CMD", words @ ..] => {
            let operator = words.iter().find(|word| OPERATORS.contains(word))?;
            Some((
                format!(
                    "uses `CMD`, so that `{operator}` is an argument of `{}` and no shell sees it",
                    words[0]
                ),
                shell(&words.join(" ")),
            ))
        }
        [first, ..] => {
            let first = first.split_whitespace().next().unwrap_or_default();
            let script = command.join(" ");
            let script = script.trim_start_matches("CMD-SHELL").trim_start_matches("CMD");
            Some((
                format!("begins with `{first}`, not with `CMD` or `CMD-SHELL` as a word of its own"),
                shell(script.trim_start_matches(',').trim()),
            ))
        }
    }
}

/// Whether a text is a program with its arguments, not the path of a program with a blank in it.
fn is_line(text: &str) -> bool {
    let mut words = text.split_whitespace().skip(1).peekable();
    words.peek().is_some()
        && words.any(|word| word.starts_with('-') || word.contains("://") || OPERATORS.contains(&word))
}

pub(super) static HOST_PORT: Risk = Risk {
    code: "health-check-host-port",
    severity: Severity::Warning,
    refused: false,
    title: "health check asks for the host port inside the container",
    explanation: "The check runs inside the container, where the application listens on the container port; the host port \
                  is the instance's.",
    becomes: &["health-container-check-failed"],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html"],
    since: "0.1.0",
    check: |plan| {
        let wrong = checks(plan).filter_map(|(container, check)| {
            let name = name_of(container);
            let command = check.command().join(" ");
            let port = local_port(&command)?;
            let mappings = container.port_mappings();
            let is_inner = mappings.iter().any(|mapping| mapping.container_port() == Some(port));
            let mapping = mappings.into_iter().find(|mapping| mapping.host_port() == Some(port)).filter(|_| !is_inner)?;
            let inner = mapping.container_port()?;
            let summary = format!("The health check of container `{name}` asks for port {port}, which is its host port; inside it is {inner}.");
            let advice = format!("Ask for port {inner} in the health check.");
            let found = Found::new(check.cite("command"), summary, advice).container(name);
            Some(found.cite(mapping.cite("hostPort")))
        });
        wrong.collect()
    },
};

/// The port after `localhost:` or `127.0.0.1:`.
fn local_port(command: &str) -> Option<i64> {
    let at = ["localhost:", "127.0.0.1:"].iter().find_map(|host| Some(command.find(host)? + host.len()))?;
    let rest = &command[at..];
    let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

pub(super) static NEVER_FAILS: Risk = Risk {
    code: "health-check-never-fails",
    severity: Severity::Note,
    refused: false,
    title: "health check that passes whatever the application answers",
    explanation: "Only the exit code counts. `curl` exits with 0 on an answer of 404 or 500 unless it is told `--fail`, and \
                  a script that ends in `|| true` always does.",
    becomes: &[],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html"],
    since: "0.1.0",
    check: |plan| {
        let idle = checks(plan).filter_map(|(container, check)| {
            let name = name_of(container);
            let command = check.command();
            // What cannot run as it is written has its own advisory.
            if fault(&command).is_some() {
                return None;
            }
            let (why, advice) = never_fails(&command[1..].join(" "))?;
            let summary = format!("The health check of container `{name}` {why}.");
            Some(Found::new(check.cite("command"), summary, advice).container(name))
        });
        idle.collect()
    },
};

fn never_fails(script: &str) -> Option<(&'static str, &'static str)> {
    let trimmed = script.trim_end_matches([';', ' ', '\'', '"']);
    if ["|| true", "||true", "|| exit 0", "; true", "; exit 0"].iter().any(|end| trimmed.ends_with(end)) {
        return Some(("ends in a way that always passes", "End it in `|| exit 1`."));
    }
    // With its output looked at, curl's own exit code is not the answer.
    let is_looked_at =
        ["$(", "`", "grep", "test ", "[", "-w", "--write-out", "jq"].iter().any(|mark| script.contains(mark))
            || script.replace("||", "").contains('|');
    let mut words = script.split_whitespace();
    let calls_curl = words.by_ref().any(|word| word == "curl" || word.ends_with("/curl"));
    if is_looked_at || !calls_curl {
        return None;
    }
    let own = words.take_while(|word| !OPERATORS.contains(word));
    let fails = |word: &str| {
        word.starts_with("--fail") || word.starts_with('-') && !word.starts_with("--") && word.contains('f')
    };
    (!own.into_iter().any(fails))
        .then_some(("calls `curl` without `--fail`, so that an answer of 500 passes", "Add `-f` to `curl`."))
}

pub(super) static SLOW_TO_FAIL: Risk = Risk {
    code: "health-check-slow-to-fail",
    severity: Severity::Note,
    refused: false,
    title: "health check whose timeout is not below its interval",
    explanation: "The pause between checks runs from the end of one to the start of the next, so a check that hangs adds its \
                  whole timeout to every round.",
    becomes: &[],
    docs: &[PAGE],
    since: "0.1.0",
    check: |plan| {
        let slow = checks(plan).filter_map(|(container, check)| {
            let settings = settings(&check);
            if settings.timeout < settings.interval || !settings.out_of_range().is_empty() {
                return None;
            }
            let name = name_of(container);
            let (at_once, hanging) = (
                settings.unhealthy_at_instant_failures(ProbeModel::Interval),
                settings.unhealthy_at_hangs(ProbeModel::Interval),
            );
            let summary = format!(
                "The health check of container `{name}` has a timeout of {} s and an interval of {} s: an application that hangs \
                 is UNHEALTHY after {hanging} s, one that refuses after {at_once} s.",
                settings.timeout, settings.interval
            );
            let advice = "Set `timeout` below `interval`, unless one check takes that long.";
            let found = Found::new(check.cite("timeout"), summary, advice).container(name);
            Some(found.cite(check.cite("interval")))
        });
        slow.collect()
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_commands() {
        let broken: &[&[&str]] = &[
            &[],
            &["CMD"],
            &["CMD-SHELL"],
            &["CMD-SHELL", "curl", "-f", "http://localhost/"],
            &["CMD", "curl -f http://localhost/ || exit 1"],
            &["CMD", "curl", "-f", "http://localhost/", "||", "exit", "1"],
            &["curl", "-f", "http://localhost/"],
            &["CMD-SHELL curl -f http://localhost/"],
            &["CMD-SHELL, curl -f http://localhost/ || exit 1"],
        ];
        for command in broken {
            assert!(fault(command).is_some(), "{command:?}");
        }
        let sound: &[&[&str]] = &[
            &["CMD-SHELL", "curl -f http://localhost/ || exit 1"],
            &["CMD", "curl", "-f", "http://localhost/"],
            &["CMD", "/opt/my tool/check"],
            &["CMD", "sh", "-c", "a || b"],
            &["CMD-SHELL", "[ -f /tmp/ready ]"],
        ];
        for command in sound {
            assert_eq!(fault(command), None, "{command:?}");
        }
    }

    #[test]
    fn curl_that_never_fails() {
        for script in
            ["curl http://localhost/", "curl -s http://localhost/ || exit 1", "wget -q http://x/ || true"]
        {
            assert!(never_fails(script).is_some(), "{script}");
        }
        for script in [
            "curl -f http://localhost/",
            "curl -sf http://localhost/ || exit 1",
            "curl --fail-with-body http://localhost/",
            "curl -s http://localhost/ | grep -q ok",
            "[ \"$(curl -so /dev/null -w '%{http_code}' http://localhost/)\" = 200 ]",
            "wget -q --spider http://localhost/ || exit 1",
            "pgrep java",
        ] {
            assert_eq!(never_fails(script), None, "{script}");
        }
    }

    #[test]
    fn ports_of_checks() {
        assert_eq!(local_port("curl -f http://localhost:8080/health"), Some(8080));
        assert_eq!(local_port("curl http://127.0.0.1:80"), Some(80));
        assert_eq!(local_port("curl http://localhost/"), None);
        assert_eq!(local_port("localhost:"), None);
    }
}
