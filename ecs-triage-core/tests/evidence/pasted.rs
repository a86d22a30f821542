//! What people paste: a reason beside an exit code, texts that were wrapped, words around a message, lists of events.

use ecs_triage_core::report::SubjectReport;
use ecs_triage_core::{Evidence, diagnose};

/// The code of each subject's first diagnosis; `-` for none. `None` when the text could not be read.
pub(super) fn codes(text: &str) -> Option<Vec<&'static str>> {
    let mut evidence = Evidence::new();
    evidence.add_json(text.as_bytes()).ok()?;
    let report = diagnose(&evidence);
    let first = |subject: &SubjectReport| subject.diagnoses.first().map_or("-", |first| first.code);
    Some(report.subjects().iter().map(first).collect())
}

#[test]
fn a_reason_and_an_exit_code_are_of_one_task_in_whatever_order() {
    for (reason, exit, code) in [
        (
            "Scaling activity initiated by (deployment ecs-svc/7300012345678901234)",
            143,
            "lifecycle-service-scaling",
        ),
        ("Your Spot Task was interrupted.", 137, "lifecycle-fargate-spot"),
        ("Host EC2 (instance i-0a1b2c3d4e5f60718) terminated.", 255, "lifecycle-host-terminated"),
        ("Task failed container health checks", 137, "health-container-check-failed"),
        ("OutOfMemoryError: Container killed due to memory usage", 137, "app-oom-killed"),
        ("Essential container in task exited", 139, "app-exit-139-segv"),
        ("exec /srv/start: exec format error", 255, "start-exec-format-error"),
    ] {
        for text in [
            format!("{reason}\nExit code: {exit}"),
            format!("Exit code: {exit}\n{reason}"),
            format!("{reason}\nExit Code\t{exit}"),
            format!("{reason}\n\nLogs:\nlistening on 8080\n\nExit code {exit}"),
        ] {
            assert_eq!(codes(&text).as_deref(), Some(&[code][..]), "{text}");
        }
    }
}

#[test]
fn pairs_on_a_line_are_a_task() {
    for (text, code) in [
        (
            "stopCode=EssentialContainerExited stoppedReason=Essential container in task exited exitCode=2",
            "app-exit-2",
        ),
        (
            "stopCode=ServiceSchedulerInitiated, stoppedReason=\"Task failed container health checks\", exitCode=137",
            "health-container-check-failed",
        ),
    ] {
        assert_eq!(codes(text), Some(vec![code]), "{text}");
    }
}

#[test]
fn a_container_that_went_with_its_host_did_not_fail() {
    for (text, code) in [
        ("Host EC2 (instance i-0a1b2c3d4e5f60718) terminated. Exit code 255", "lifecycle-host-terminated"),
        ("container instance is in DRAINING state. exit code 137", "lifecycle-instance-draining"),
    ] {
        assert_eq!(codes(text), Some(vec![code]), "{text}");
    }
}

/// The text with a break before each word that would go beyond the width.
fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        if column > 0 && column + 1 + word.len() > width {
            out.push('\n');
            out.push_str(indent);
            column = indent.len();
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += word.len();
    }
    out
}

#[test]
fn words_that_were_wrapped_are_one_message() {
    for (text, code) in [
        (
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ghcr.io/shop/cart:7: failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token: 401 Unauthorized",
            "registry-auth-missing",
        ),
        (
            "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 5 time(s): ThrottlingException: Rate exceeded status code: 400, request id: 6d202bc0-1ac0-41eb-bc04-0e3166f46e43",
            "secret-throttled",
        ),
        (
            "CannotStartContainerError: Error response from daemon: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"/srv/start\": stat /srv/start: no such file or directory: unknown",
            "start-file-missing",
        ),
        (
            "(service cart) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
            "lifecycle-deployment-config-blocks",
        ),
        (
            "An error occurred (InvalidParameterException) when calling the ExecuteCommand operation: The execute command failed because execute command was not enabled when the task was run or the execute command agent isn't running.",
            "exec-not-enabled",
        ),
    ] {
        for width in [60, 72, 80, 100] {
            for indent in ["", "    "] {
                let text = wrapped(text, width, indent);
                assert_eq!(codes(&text), Some(vec![code]), "{text}");
            }
        }
    }
}

#[test]
fn words_around_a_message_do_not_hide_it() {
    let dependency = "dependency graph: container ordering dependency [db(postgres:16) (RUNNING->RUNNING)] for target \
                      [app(cart:7) (NONE->RUNNING)] has timed out.";
    for text in [
        format!("### What happens\n\n{dependency}\n\n### What I expected\n\nIt starts."),
        format!("I start a task and get this:\n\n```\n{dependency}\n```\n\nWhat am I missing?"),
        format!("Hi, why do I get \"{dependency}\" since this morning?"),
        format!("##[error]{dependency}"),
        dependency.replace('>', "&gt;"),
    ] {
        let codes = codes(&text).unwrap_or_default();
        assert_eq!(codes.first(), Some(&"dependency-failed"), "{text}");
    }
    assert_eq!(codes("How do I run a task on ECS?\n\nThanks for any help!"), None);
}

#[test]
fn lines_of_logs_are_read() {
    for text in [
        "[2026-10-12 09:00:00 +0000] [7] [ERROR] Exception in worker process",
        "/bin/sh: 1: serve: not found",
        r##"{"level":"error","msg":"CannotPullContainerError: manifest unknown","time":"2026-10-12T09:00:00Z"}"##,
    ] {
        assert_eq!(codes(text).map(|codes| codes.len()), Some(1), "{text}");
    }
}

#[test]
fn yaml_keeps_its_indentation_and_its_folded_texts() {
    let text = "  desiredStatus: STOPPED\n  lastStatus: STOPPED\n  stopCode: TaskFailedToStart\n  stoppedReason: 'ResourceInitializationError: unable to pull\n    secrets or registry auth: unable to retrieve secrets from ssm: The task cannot pull secrets from AWS\n\n    Systems Manager. There is a connection issue between the task and AWS Systems\n\n    Manager Parameter Store. Check your task network configuration.'\n  taskArn: arn:aws:ecs:eu-west-1:111122223333:task/shop/0123456789abcdef0123456789abcdef\n";
    assert_eq!(codes(text), Some(vec!["network-ssm-unreachable"]));
}

#[test]
fn events_with_a_time_of_day_are_put_in_order() {
    let events = [
        "(service cart) has started 1 tasks: (task 0123456789abcdef0123456789abcdef).",
        "(service cart) (port 80) is unhealthy in (target-group arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/cart/0) due to (reason Request timed out)",
        "(service cart) has reached a steady state.",
    ];
    let list = |stamp: fn(usize) -> String, is_newest_first: bool| {
        let lines = events.iter().enumerate().map(|(minute, event)| format!("{}{event}", stamp(minute)));
        let mut lines: Vec<String> = lines.collect();
        if is_newest_first {
            lines.reverse();
        }
        lines.join("\n")
    };
    let stamps: [fn(usize) -> String; 4] = [
        |minute| format!("[10:0{minute}:00] "),
        |minute| format!("10:0{minute}:00 UTC  "),
        |minute| format!("2026-10-12 10:0{minute}:00 +0000 UTC "),
        |minute| format!("179179{minute}000.123 "),
    ];
    for stamp in stamps {
        for is_newest_first in [true, false] {
            let text = list(stamp, is_newest_first);
            assert_eq!(codes(&text), Some(vec!["event-informational"]), "{text}");
        }
    }
}

#[test]
fn a_log_on_its_own_says_what_its_last_lines_say() {
    let fetched = |stream: Option<&str>, lines: &[&str]| {
        let events = lines.iter().enumerate().map(|(number, line)| {
            let mut event = serde_json::json!({"timestamp": 1_790_000_000_000_u64 + number as u64, "message": line,
                "ingestionTime": 1_790_000_001_000_u64});
            if let Some(stream) = stream {
                event["logStreamName"] = stream.into();
            }
            event
        });
        codes(&serde_json::json!({ "events": events.collect::<Vec<_>>() }).to_string())
    };
    let stream = Some("ecs/web/0123456789abcdef0123456789abcdef");
    for (line, code) in [
        ("exec /srv/start: exec format error", "start-exec-format-error"),
        (
            "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
            "app-exit-134-abort",
        ),
        ("serving /health", "-"),
        // ECS says that of a task, an application of anything.
        ("OutOfMemoryError: Container killed due to memory usage", "-"),
    ] {
        for stream in [stream, None] {
            assert_eq!(fetched(stream, &["starting", line]).as_deref(), Some(&[code][..]), "{line}");
        }
    }
}
