//! Hostile input: a clear problem or a right answer, in memory and time that its length bounds. `docs/limits.md` says
//! what each limit is.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may panic and look at the clock"
)]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use ecs_triage_core::report::TextStyle;
use ecs_triage_core::{Evidence, Report, Timestamp, diagnose};
use serde_json::{Value, json};

const OOM: &str = r#"{"tasks": [{"taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef0123456789abcdef",
    "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited", "containers": [{"name": "app", "exitCode": 137,
    "reason": "OutOfMemoryError: Container killed due to memory usage"}]}]}"#;

fn report_of(bytes: &[u8]) -> Report {
    let mut evidence = Evidence::new();
    // What is refused is a problem in the report.
    drop(evidence.add_json(bytes));
    diagnose(&evidence)
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.diagnoses().map(|diagnosis| diagnosis.code).collect()
}

fn is_refused_clearly(bytes: &[u8]) {
    let mut evidence = Evidence::new();
    let error = evidence.add_json(bytes).expect_err("nothing can be read in it").to_string();
    assert!(error.contains("expected") && error.contains("found") && error.len() < 300, "{error}");
}

#[test]
fn depth_is_bounded() {
    for (open, close) in [
        ("[", "]"),
        ("{\"a\":", "}"),
        ("{\"tasks\":[", "]}"),
        ("('", "')"),
        ("{'a': ", "}"),
        ("- ", ""),
        ("a: [", "]"),
        ("&a [", "]"),
    ] {
        for depth in [64, 127, 129, 20_000] {
            let text = format!("{}{}", open.repeat(depth), close.repeat(depth));
            let _ = report_of(text.as_bytes()).to_json();
            // Cut, so that only the openings are left.
            let _ = report_of(open.repeat(depth).as_bytes()).to_json();
        }
    }
    is_refused_clearly("[".repeat(1_000_000).as_bytes());
    // YAML indented ever deeper.
    let stairs: String = (0..2_000).fold(String::new(), |mut text, depth| {
        let _ = writeln!(text, "{}tasks:", " ".repeat(depth));
        text
    });
    let _ = report_of(stairs.as_bytes());
}

#[test]
fn a_task_beside_a_deep_member_is_read() {
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    let text = OOM.replacen("\"lastStatus\"", &format!("\"x\": {deep}, \"lastStatus\""), 1);
    assert_eq!(codes(&report_of(text.as_bytes())), ["app-oom-killed"]);
    // Deeper than JSON is read as JSON: the tolerant reader takes over.
    let deep = format!("{}1{}", "[".repeat(300), "]".repeat(300));
    let text = OOM.replacen("\"lastStatus\"", &format!("\"x\": {deep}, \"lastStatus\""), 1);
    let report = report_of(text.as_bytes());
    assert!(codes(&report) == ["app-oom-killed"] || !report.problems().is_empty(), "{}", report.to_json());
}

#[test]
fn texts_within_texts_end() {
    let mut text = OOM.to_owned();
    for _ in 0..12 {
        text = json!({"Records": [{"body": text}]}).to_string();
        let _ = report_of(text.as_bytes());
    }
}

#[test]
fn encodings_of_text() {
    let utf16 = |order: fn(u16) -> [u8; 2], mark: [u8; 2]| -> Vec<u8> {
        mark.into_iter().chain(OOM.encode_utf16().flat_map(order)).collect()
    };
    let inputs: Vec<(&str, Vec<u8>)> = vec![
        ("byte order mark", [b"\xef\xbb\xbf", OOM.as_bytes()].concat()),
        ("UTF-16 LE", utf16(u16::to_le_bytes, [0xff, 0xfe])),
        ("UTF-16 BE", utf16(u16::to_be_bytes, [0xfe, 0xff])),
        ("CRLF", OOM.replace('\n', "\r\n").into_bytes()),
        ("CR", OOM.replace('\n', "\r").into_bytes()),
        (
            "invalid UTF-8 in a name",
            OOM.replace("prod", "pr\u{1}od")
                .into_bytes()
                .iter()
                .map(|byte| if *byte == 1 { 0xff } else { *byte })
                .collect(),
        ),
        ("NUL at the end", [OOM.as_bytes(), b"\n"].concat()),
    ];
    for (what, bytes) in inputs {
        assert_eq!(codes(&report_of(&bytes)), ["app-oom-killed"], "{what}");
    }
    for bytes in [&b"\xff\xfe"[..], b"\xff\xfe{", b"\xef\xbb\xbf", b"\x00\x00\x00", b"\xff\xff\xff\xff", b""]
    {
        is_refused_clearly(bytes);
    }
}

#[test]
fn numbers_of_any_size() {
    let with = |member: &str| OOM.replacen("\"lastStatus\"", &format!("{member}, \"lastStatus\""), 1);
    let digits = "9".repeat(5_000);
    for member in [
        "\"version\": 1e400".to_owned(),
        "\"version\": -1e400".to_owned(),
        format!("\"version\": {digits}"),
        format!("\"version\": 0.{digits}"),
        format!("\"version\": 1e{digits}"),
        "\"createdAt\": 1e300".to_owned(),
        "\"createdAt\": -1".to_owned(),
        "\"createdAt\": \"99999-99-99T99:99:99Z\"".to_owned(),
        "\"version\": NaN".to_owned(),
        "\"createdAt\": Infinity, \"stoppedAt\": -Infinity".to_owned(),
        "\"cpu\": \"18446744073709551616\", \"memory\": \"-9223372036854775808\"".to_owned(),
        "\"stoppingAt\": 9223372036854775807, \"stoppedAt\": -9223372036854775808".to_owned(),
    ] {
        let report = report_of(with(&member).as_bytes());
        assert_eq!(codes(&report), ["app-oom-killed"], "{member}: {}", report.to_json());
        assert!(report.observed_at().is_none_or(|at| at < Timestamp::parse("9999-12-31T00:00:00Z").unwrap()));
    }
    for code in ["1e400", "-1e400", "9223372036854775807", "-9223372036854775808", "0.5", "null", "\"NaN\""] {
        let text = OOM.replace("137", code);
        let _ = report_of(text.as_bytes()).to_json();
    }
}

#[test]
fn of_two_members_with_one_name_the_last_counts() {
    let text = OOM.replace("\"exitCode\": 137", "\"exitCode\": 0, \"exitCode\": 137");
    assert_eq!(codes(&report_of(text.as_bytes())), ["app-oom-killed"]);
}

#[test]
fn aliases_of_yaml_are_not_followed() {
    let mut text = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..40 {
        let _ = writeln!(text, "a{level}: &a{level} [{}]", vec![format!("*a{}", level - 1); 10].join(", "));
    }
    let _ = writeln!(text, "tasks:\n- lastStatus: STOPPED\n  stoppedReason: *a39");
    let report = report_of(text.as_bytes());
    assert!(report.to_json().len() < 100 * text.len());
}

/// The gzip member of `bytes`, stored in blocks or of one byte repeated.
fn gzip_bomb(megabytes: usize) -> Vec<u8> {
    // Ten bytes of header, then deflate: `miniz_oxide` is a dependency of the engine.
    let mut member = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    member.extend(miniz_oxide::deflate::compress_to_vec(&vec![b'['; megabytes << 20], 9));
    member
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits =
            group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for digit in 0..=group.len() {
            text.push(char::from(DIGITS[(bits >> (18 - 6 * digit) & 63) as usize]));
        }
    }
    text
}

#[test]
fn what_unpacks_to_too_much_is_refused() {
    let bomb = base64(&gzip_bomb(20));
    assert!(bomb.len() < 100_000);
    let mut evidence = Evidence::new();
    let wrapped = json!({"awslogs": {"data": bomb}});
    let error = evidence.add_json(wrapped.to_string().as_bytes()).unwrap_err().to_string();
    assert!(error.contains("unpacks to more than 16 MiB"), "{error}");
    // Many of them unpack to no more than the evidence has room for.
    let bomb = base64(&gzip_bomb(15));
    let records: Vec<Value> = (0..200).map(|_| json!({"kinesis": {"data": bomb}})).collect();
    let begin = Instant::now();
    drop(Evidence::new().add_json(json!({"Records": records}).to_string().as_bytes()));
    assert!(begin.elapsed() < Duration::from_secs(60), "{:?}", begin.elapsed());
}

#[test]
fn documents_of_one_name_keep_apart() {
    let mut evidence = Evidence::new();
    for _ in 0..5_000 {
        evidence.add_named("describe-tasks", OOM.as_bytes()).unwrap();
    }
    let names: std::collections::BTreeSet<&str> =
        evidence.documents().iter().map(|document| document.name()).collect();
    assert_eq!(names.len(), 5_000);
    assert_eq!(evidence.documents()[1].name(), "describe-tasks-2");
    assert_eq!(codes(&diagnose(&evidence)), ["app-oom-killed"], "a task counts once");
}

/// How long a work takes, the best of three.
fn time_of(work: impl Fn()) -> f64 {
    let times = (0..3).map(|_| {
        let begin = Instant::now();
        work();
        begin.elapsed().as_secs_f64()
    });
    times.fold(f64::INFINITY, f64::min)
}

/// Asserts that sixteen times the input takes no more than sixty-four times the time, which leaves room for caches and
/// for a machine that does something else as well: quadratic work would take 256 times as long.
fn is_about_linear(what: &str, size: usize, work: impl Fn(usize)) {
    let small = time_of(|| work(size)).max(0.002);
    let large = time_of(|| work(16 * size));
    assert!(large < 64.0 * small, "{what}: {size} took {small:.4} s, sixteen times as much {large:.4} s");
}

#[test]
fn the_tolerant_readers_come_to_an_end() {
    for unit in [
        "{",
        "[",
        "(",
        "'",
        "\"",
        "{'a':",
        "{\"tasks\":[",
        "a: ",
        "a:\n",
        "- ",
        "- a: b\n",
        "| a | b |\n",
        "+---+\n",
        "TASK\tx\n",
        "\n",
        "\n\n",
        " ",
        "\t",
        "\\",
        "\\\\\"",
        "'''",
        "#",
        "# c\n",
        ",",
        "}",
        "]",
        "=",
        "a=b,",
        "&a ",
        "*a ",
        "!!x ",
        "<a>",
        "$ aws ecs describe-tasks\n",
        "datetime.datetime(",
        "datetime.datetime(2020, 1, 1, tzinfo=tzlocal()), ",
        "Error: ",
        "caused by: ",
        "(service web) ",
        "arn:aws:ecs:",
        "http://",
        "An error occurred (",
        "An error occurred (X) when calling the Y operation: z\n",
        "...",
        "…",
        "é",
        "taskArn: x\n",
        "\"taskArn\": \"x\",\n",
        "stoppedReason: ",
        "OutOfMemoryError: ",
        "{}",
        "{}\n",
        "[]\n",
        "{\"tasks\":[]}\n",
        "1 ",
        "-",
        "--",
        "---\n",
        "containers:\n  - name: a\n",
        "Task(taskArn=x, ",
        "&types.Task{TaskArn:",
        "%7B",
        "\u{1b}[1m",
        "> ",
        "```\n",
        "reason: 'x''y' ",
        "|  ||",
    ] {
        // Behind something that lets a document begin, too. They read no more than 1 MiB.
        for text in [
            unit.repeat(2_000),
            format!("{{'tasks': [{{'taskArn': 'x', 'lastStatus': {}", unit.repeat(2_000)),
        ] {
            let begin = Instant::now();
            let _ = report_of(text.as_bytes());
            let took = begin.elapsed();
            assert!(took < Duration::from_secs(5), "{} bytes of {unit:?} took {took:?}", text.len());
        }
    }
}

#[test]
fn of_endless_text_the_beginning_is_read() {
    let task = "{'tasks': [{'taskArn': 'arn:aws:ecs:eu-west-1:111122223333:task/prod/0a1b', 'lastStatus': 'STOPPED',\n";
    let text = format!(
        "{task}'stoppedReason': 'Essential container in task exited'}}]}}\n{}",
        "a line of a log\n".repeat(70_000)
    );
    assert!(text.len() > 1 << 20);
    let report = report_of(text.as_bytes());
    let said =
        report.problems().iter().any(|problem| problem.message.contains("only the first 1 MiB were read"));
    assert!(said && !report.subjects().is_empty(), "{:?}", report.problems());
}

#[test]
fn long_messages_take_linear_time() {
    for unit in [
        "caused by: ",
        "is not authorized to perform: ",
        "arn:aws:iam::111122223333:role/a ",
        "retried 1 time(s): ",
        "key",
        "Authorization: ",
        "://",
    ] {
        is_about_linear(&format!("{unit:?}"), 1_024, |count| {
            let reason = format!("CannotPullContainerError: {}", unit.repeat(count));
            let task = OOM
                .replace("OutOfMemoryError: Container killed due to memory usage", &reason.replace('"', "'"));
            let _ = report_of(task.as_bytes()).to_text(TextStyle::default());
        });
    }
}

/// Tasks of as many services, each with a cause.
fn tasks(count: usize, services: usize) -> Value {
    let reasons = [
        "OutOfMemoryError: Container killed due to memory usage",
        "CannotPullContainerError: pull access denied for a/b, repository does not exist",
        "x",
    ];
    let tasks = (0..count).map(|number| {
        json!({
            "taskArn": format!("arn:aws:ecs:eu-west-1:111122223333:task/prod/{number:032x}"), "lastStatus": "STOPPED",
            "group": format!("service:s{}", number % services), "stopCode": "EssentialContainerExited",
            "taskDefinitionArn": format!("arn:aws:ecs:eu-west-1:111122223333:task-definition/s{}:1", number % services),
            "containers": [{"name": "app", "exitCode": 137, "reason": reasons[number % 3]}],
        })
    });
    json!({"tasks": tasks.collect::<Vec<_>>()})
}

#[test]
fn many_tasks_are_told_apart() {
    for services in [1, 200] {
        let report = report_of(tasks(200, services).to_string().as_bytes());
        assert_eq!(report.subjects().len(), 200);
        let _ = (report.to_text(TextStyle::default()), report.to_markdown(), report.to_json());
    }
}

#[test]
fn of_endless_containers_the_first_are_read() {
    let containers: Vec<Value> = (0..20_000)
        .map(|number| json!({"name": format!("c{number}"), "exitCode": 1, "lastStatus": "STOPPED"}))
        .collect();
    let mut task: Value = serde_json::from_str(OOM).unwrap();
    task["tasks"][0]["containers"] = json!(containers);
    let begin = Instant::now();
    let report = report_of(task.to_string().as_bytes());
    assert!(begin.elapsed() < Duration::from_secs(60), "{:?}", begin.elapsed());
    let said = |problem: &ecs_triage_core::Problem| {
        problem.message.contains("only the first 1000 containers") && problem.pointer == "/tasks/0/containers"
    };
    assert!(report.problems().iter().any(said), "{:?}", report.problems());
    assert!(!codes(&report).is_empty());
}

#[test]
fn many_of_everything_take_linear_time() {
    is_about_linear("containers", 64, |count| {
        let containers: Vec<Value> = (0..count)
            .map(|number| json!({"name": format!("c{number}"), "exitCode": 1, "lastStatus": "STOPPED"}))
            .collect();
        let mut task: Value = serde_json::from_str(OOM).unwrap();
        task["tasks"][0]["containers"] = json!(containers);
        let _ = report_of(task.to_string().as_bytes());
    });
    is_about_linear("container definitions", 100, |count| {
        let definitions: Vec<Value> = (0..count)
            .map(|number| json!({"name": format!("c{number}"), "image": "a/b:c", "essential": true, "memory": 128, "portMappings": [{"containerPort": 80 + number}]}))
            .collect();
        let definition =
            json!({"taskDefinition": {"family": "web", "revision": 1, "containerDefinitions": definitions}});
        let mut evidence = Evidence::new();
        evidence.add_json(definition.to_string().as_bytes()).unwrap();
        let _ = ecs_triage_core::check(&evidence);
    });
    is_about_linear("service events", 64, |count| {
        let events: Vec<Value> = (0..count)
            .map(|number| json!({"id": format!("{number}"), "createdAt": 1_790_000_000 + number, "message": "(service web) was unable to place a task because no container instance met all of its requirements."}))
            .collect();
        let service = json!({"services": [{"serviceName": "web", "serviceArn": "arn:aws:ecs:eu-west-1:111122223333:service/prod/web", "status": "ACTIVE", "desiredCount": 2, "runningCount": 0, "events": events}]});
        let _ = report_of(service.to_string().as_bytes());
    });
    is_about_linear("lines of a log", 64, |count| {
        let events: Vec<Value> = (0..count)
            .map(|number| json!({"logStreamName": "ecs/app/0123456789abcdef0123456789abcdef", "timestamp": 1_790_000_000_000_i64 + number as i64, "message": "Error: it is broken"}))
            .collect();
        let mut evidence = Evidence::new();
        evidence.add_json(OOM.as_bytes()).unwrap();
        evidence.add_json(json!({"events": events}).to_string().as_bytes()).unwrap();
        let _ = diagnose(&evidence);
    });
    is_about_linear("messages", 64, |count| {
        let messages = (0..count).map(|number| match number % 3 {
            0 => "Essential container in task exited".to_owned(),
            1 => format!(
                "(service web-{}) was unable to place a task. Reason: Capacity is unavailable at this time.",
                number % 7
            ),
            _ => format!("CannotPullContainerError: pull image manifest has been retried {number} times"),
        });
        let _ = report_of(json!(messages.collect::<Vec<_>>()).to_string().as_bytes());
    });
    is_about_linear("tasks with their logs", 4, |count| {
        let ids = || (0..count).map(|number| format!("{number:032x}"));
        let tasks = ids().map(|id| {
            let mut answer: Value = serde_json::from_str(OOM).unwrap();
            let mut task = answer["tasks"][0].take();
            task["taskArn"] = format!("arn:aws:ecs:eu-west-1:111122223333:task/prod/{id}").into();
            task
        });
        let lines = ids().flat_map(|id| {
            (0..200).map(move |number| {
                let at = 1_790_000_000_000_i64 + number;
                json!({"logStreamName": format!("ecs/app/{id}"), "timestamp": at, "message": "Error: it is broken"})
            })
        });
        let mut evidence = Evidence::new();
        evidence.add_value(None, json!({ "tasks": tasks.collect::<Vec<_>>() })).unwrap();
        evidence.add_value(None, json!({ "events": lines.collect::<Vec<_>>() })).unwrap();
        let _ = diagnose(&evidence);
    });
    // Each change is proven on the evidence with that change.
    is_about_linear("services with their definitions", 8, |count| {
        let mut evidence = Evidence::new();
        let mut answer = tasks(count, count);
        for task in answer["tasks"].as_array_mut().unwrap() {
            task["containers"][0]["reason"] = "OutOfMemoryError: Container killed due to memory usage".into();
        }
        evidence.add_value(None, answer).unwrap();
        for number in 0..count {
            let arn = format!("arn:aws:ecs:eu-west-1:111122223333:task-definition/s{number}:1");
            let containers = json!([{"name": "app", "image": "a/b:c", "essential": true, "memory": 128}]);
            let definition = json!({"taskDefinitionArn": arn, "family": format!("s{number}"), "revision": 1,
                "containerDefinitions": containers});
            evidence.add_value(None, json!({ "taskDefinition": definition })).unwrap();
        }
        let report = diagnose(&evidence);
        let has_change =
            report.diagnoses().all(|found| found.remedies.iter().any(|remedy| remedy.command.is_some()));
        assert!(codes(&report) == vec!["app-oom-killed"; count] && has_change);
    });
    is_about_linear("statements of a policy", 32, |count| {
        let statements: Vec<Value> = (0..count).map(|number| json!({"Effect": "Allow", "Action": format!("s3:{}*", "a*".repeat(number % 20)), "Resource": "*"})).collect();
        let policy =
            json!({"RoleName": "web", "PolicyName": "p", "PolicyDocument": {"Statement": statements}});
        let _ = report_of(policy.to_string().as_bytes());
    });
}
