//! `Redactor` over every fixture: nothing of the account is left, the answer stays whole, and the map turns it back.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{Promise, diagnosed, fixtures};
use ecs_triage_core::redact::Redactor;
use ecs_triage_core::report::TextStyle;
use ecs_triage_core::{Evidence, Report, check, diagnose};
use serde_json::{Value, json};

/// A report, the same redacted, and the redactor.
fn redacted(evidence: &Evidence, report: &Report) -> (Report, Redactor) {
    let mut redactor = Redactor::new();
    redactor.learn(evidence);
    let shown = redactor.report(report);
    (shown, redactor)
}

fn map(redactor: &Redactor) -> BTreeMap<String, String> {
    let map: Value = serde_json::from_str(&redactor.to_map()).unwrap();
    serde_json::from_value(map["names"].clone()).unwrap()
}

/// Every format in which a report is shown.
fn formats(report: &Report) -> [String; 3] {
    // Wide, so that no name is broken at the end of a line.
    [report.to_json(), report.to_text(TextStyle::new(100_000, false)), report.to_markdown()]
}

#[test]
fn fixtures_tell_nothing_of_their_account() {
    let mut seen = 0;
    let mut wrong: Vec<String> = Vec::new();
    for fixture in fixtures().into_iter().filter(|fixture| fixture.promise != Promise::Clear) {
        for case in fixture.cases.iter().take(1) {
            let what = format!("{}/{} {}", fixture.code, fixture.story, case.label);
            for report in [diagnosed(case), check(&case.evidence)] {
                let (shown, redactor) = redacted(&case.evidence, &report);
                let names = map(&redactor);
                for text in formats(&shown) {
                    if let Some(line) = text.lines().find(|line| line.contains("111122223333")) {
                        wrong.push(format!("{what}: an account id in\n{line}"));
                    }
                    let runs: BTreeSet<&str> = text.split(|letter| !is_of_name(letter)).collect();
                    for (placeholder, name) in &names {
                        // A name that is a word of sentences too is hidden only where it is a name.
                        let is_telling = name.len() > 5
                            && name.chars().all(is_of_name)
                            && name.contains(|letter: char| letter.is_ascii_digit() || letter == '-');
                        if is_telling && runs.contains(name.as_str()) {
                            let line =
                                text.lines().find(|line| line.contains(name.as_str())).unwrap_or_default();
                            wrong.push(format!("{what}: `{name}` ({placeholder}) in\n{line}"));
                        }
                        seen += usize::from(is_telling);
                    }
                }
                let restored = redactor.restored(&shown.to_json());
                let report = report.to_json();
                let mut lines = restored.lines().zip(report.lines());
                if let Some((restored, original)) = lines.find(|(restored, original)| restored != original) {
                    wrong.push(format!("{what}: restored\n{restored}\nfor\n{original}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n\n"));
    assert!(seen > 10_000, "{seen} names is too few to have looked at all fixtures");
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'
}

#[test]
fn answers_stay_whole() {
    for fixture in fixtures().into_iter().filter(|fixture| fixture.promise == Promise::Hit) {
        for case in fixture.cases.iter().take(1) {
            let report = diagnosed(case);
            let (shown, _) = redacted(&case.evidence, &report);
            let what = format!("{}/{}", fixture.code, fixture.story);
            assert_eq!(shape(&json_of(&shown)), shape(&json_of(&report)), "{what}");
            for (hidden, original) in shown.diagnoses().zip(report.diagnoses()) {
                assert_eq!(hidden.code, original.code);
                for (hidden, original) in hidden.evidence.iter().zip(&original.evidence) {
                    assert_eq!(hidden.pointer, original.pointer, "{what}: a proof lost its place");
                }
                let commands = |diagnosis: &ecs_triage_core::report::Diagnosis| -> Vec<Vec<String>> {
                    let remedies = diagnosis.remedies.iter();
                    remedies.filter_map(|remedy| remedy.command.as_deref()).map(words).collect()
                };
                for (hidden, original) in commands(hidden).iter().zip(commands(original)) {
                    assert_eq!(hidden.len(), original.len(), "{what}: {hidden:?}\n{original:?}");
                    for (hidden, original) in hidden.iter().zip(&original) {
                        let is_syntax = original.starts_with("--") || original == "aws";
                        assert!(!is_syntax || hidden == original, "{what}: {hidden} was {original}");
                        if let Ok(json @ (Value::Object(_) | Value::Array(_))) =
                            serde_json::from_str(original)
                        {
                            let hidden: Value = serde_json::from_str(hidden).unwrap();
                            assert_eq!(shape(&hidden), shape(&json), "{what}");
                        }
                    }
                }
            }
            for (hidden, original) in shown.wants().iter().zip(report.wants()) {
                let (hidden, original) = (words(&hidden.cli), words(&original.cli));
                assert_eq!(hidden[..3], original[..3], "{what}");
                assert_eq!(hidden.len(), original.len(), "{what}");
            }
        }
    }
}

fn json_of(report: &Report) -> Value {
    serde_json::from_str(&report.to_json()).unwrap()
}

/// A JSON value with every text blanked, but for whether it is an ARN.
fn shape(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(text.starts_with("arn:aws")),
        Value::Array(values) => values.iter().map(shape).collect(),
        Value::Object(members) => {
            // Keys that the user chose, such as options of a log driver, may be names.
            members.iter().map(|(key, value)| (key.clone(), shape(value))).collect()
        }
        other => other.clone(),
    }
}

/// The words of a command as a POSIX shell splits it.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = command.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\n' => words.extend(word.take()),
            '\'' => {
                word.get_or_insert_default().extend(letters.by_ref().take_while(|letter| *letter != '\''))
            }
            '\\' => word.get_or_insert_default().extend(letters.next()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

fn incident() -> Evidence {
    let mut evidence = Evidence::new();
    let image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/acme/ledger:release-acme";
    let task = json!({"tasks": [{
        "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/acme-prod/0123456789abcdef0123456789abcdef",
        "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/acme-prod",
        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/ledger:7",
        "group": "service:ledger", "lastStatus": "STOPPED", "stopCode": "TaskFailedToStart",
        "stoppedReason": format!("CannotPullContainerError: failed to resolve ref {image}: {image}: not found"),
        "containers": [{"name": "task", "image": image, "lastStatus": "STOPPED"}],
    }]});
    evidence.add_named("describe-tasks-acme-incident", task.to_string().as_bytes()).unwrap();
    evidence
}

#[test]
fn a_report_reads_as_before() {
    let evidence = incident();
    let report = diagnose(&evidence);
    let (shown, redactor) = redacted(&evidence, &report);
    let subject = &shown.subjects()[0];
    assert_eq!(subject.id, "arn:aws:ecs:eu-west-1:000000000001:task/cluster-1/task-1");
    assert_eq!(subject.service.as_deref(), Some("service-1"));
    assert_eq!(subject.family.as_deref(), Some("service-1:7"));
    let first = &subject.diagnoses[0];
    assert_eq!(
        first
            .summary
            .matches("000000000001.dkr.ecr.eu-west-1.amazonaws.com/repository-1/service-1:tag-1")
            .count(),
        1,
        "{}",
        first.summary
    );
    assert_eq!(first.evidence[0].document, "describe-tasks-document-1");
    for text in formats(&shown) {
        for name in ["acme", "ledger", "111122223333", "0123456789abcdef"] {
            assert!(!text.contains(name), "{name} in\n{text}");
        }
    }
    assert_eq!(
        redactor.restored(&shown.to_text(TextStyle::new(100_000, false))),
        report.to_text(TextStyle::new(100_000, false))
    );
}

#[test]
fn a_map_keeps_placeholders_across_answers() {
    let evidence = incident();
    let (first, redactor) = redacted(&evidence, &diagnose(&evidence));
    let mut later = Redactor::from_map(redactor.to_map().as_bytes()).unwrap();
    let mut other = Evidence::new();
    let text = "arn:aws:ecs:eu-west-1:444455556666:service/other/ledger of arn:aws:ecs:eu-west-1:111122223333:cluster/acme-prod";
    other.add_json(b"{\"tasks\": []}").unwrap();
    later.learn(&other);
    assert_eq!(
        later.text(text),
        "arn:aws:ecs:eu-west-1:000000000002:service/cluster-2/service-1 of arn:aws:ecs:eu-west-1:000000000001:cluster/cluster-1"
    );
    let mut same = Redactor::from_map(redactor.to_map().as_bytes()).unwrap();
    same.learn(&evidence);
    assert_eq!(same.report(&diagnose(&evidence)).to_json(), first.to_json());
}

#[test]
fn what_tells_nothing_stays() {
    let mut redactor = Redactor::new();
    for text in [
        "dial tcp 10.0.3.17:443: i/o timeout",
        "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        "Post \"https://api.ecr.eu-west-1.amazonaws.com/\": EOF",
        "java.io.IOException: no such file index.js",
        "docker.io/library/nginx:1.27",
        "see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/out-of-memory.html",
        "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "2026-11-22T08:00:00Z took 1.5 s",
        "0.0.0.0/0 and ::/0",
        "`ARN:secret-2::` of three colons",
        "RequestID: 0f1e2d3c-4b5a-4968-8776-655443322110",
    ] {
        assert_eq!(redactor.text(text), text);
    }
}

#[test]
fn what_has_the_shape_of_a_name_is_hidden() {
    let mut redactor = Redactor::new();
    for (text, expected) in [
        ("lookup db.acme.internal on 10.0.0.2:53", "lookup host-1.example on 10.0.0.2:53"),
        ("to 52.95.110.1 and 52.95.110.1/32", "to 203.0.113.1 and 203.0.113.1/32"),
        ("from 2600:1f18::1", "from 2001:db8::1"),
        ("by ann@acme.io", "by user-1@example.com"),
        ("subnet-0a1b2c3d4e5f60718 in vpc-0a1b2c3d", "subnet-00000001 in vpc-00000001"),
        ("ghcr.io/acme/ledger:v1.2", "ghcr.io/repository-1/repository-2:v1.2"),
        (
            "https://acme-alb-1.eu-west-1.elb.amazonaws.com/health",
            "https://host-2.eu-west-1.elb.amazonaws.com/health",
        ),
        ("arn:aws:s3:::acme-*/env/prod.env", "arn:aws:s3:::bucket-1*/path-1/path-2"),
        ("logs-111122223333-eu", "logs-000000000001-eu"),
        // Found by fuzzing: an ARN with two accounts.
        (
            "arn:aws:ecs:eu-west-1:111122223333:111122223333:task/a",
            "arn:aws:ecs:eu-west-1:000000000001:000000000001:id-1/id-2",
        ),
        (
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:acme/db-Ab12Cd:password::",
            "arn:aws:secretsmanager:eu-west-1:000000000001:secret:repository-1/secret-1-000001:secret-2::",
        ),
    ] {
        assert_eq!(redactor.text(text), expected);
        assert_eq!(redactor.restored(expected), text);
        assert_eq!(redactor.text(expected), expected, "twice");
    }
}

#[test]
fn a_word_of_everyones_that_names_a_repository_is_hidden() {
    let message = "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref \
                   ghrc.io/parcels/api:2.4.0: failed to do request: Head \
                   \"https://ghrc.io/v2/parcels/api/manifests/2.4.0\": dial tcp: lookup ghrc.io: no such host";
    let mut evidence = Evidence::new();
    evidence.add_value(None, json!([message])).unwrap();
    let (shown, mut redactor) = redacted(&evidence, &diagnose(&evidence));
    assert!(!shown.to_json().contains("/api"), "{}", shown.to_json());
    assert_eq!(redactor.report(&shown).to_json(), shown.to_json(), "twice");
}

#[test]
fn what_is_no_map_is_refused() {
    for (text, problem) in [
        ("", "expected a map that `--redact-map` wrote, found text that is not JSON"),
        ("{}", "expected a map that `--redact-map` wrote, found JSON without a `schema`"),
        (
            r#"{"schema": "ecs-triage/redact-map/2"}"#,
            "expected a map of schema `ecs-triage/redact-map/1`, found another schema; a newer version wrote it",
        ),
        (
            r#"{"schema": "ecs-triage/redact-map/1", "names": {"a": 1}}"#,
            "expected a map that `--redact-map` wrote, found `names` that are not texts",
        ),
    ] {
        assert_eq!(Redactor::from_map(text.as_bytes()).unwrap_err().to_string(), problem);
    }
}

/// Found by fuzzing: the place of an unknown fact in a host was taken for a name, which then was one in commands too.
#[test]
fn the_place_of_an_unknown_fact_in_a_host_is_no_name() {
    let messages = json!([
        "CannotStartContainerError: Error response from daemon: failed to initialize logging driver: dial tcp 127.0.0.1:24224: connect: connection refused",
        "CannotStartContainerError: Error response from daemon: failed to initialize logging driver:",
    ]);
    let mut evidence = Evidence::new();
    evidence.add_json(messages.to_string().as_bytes()).unwrap();
    let report = diagnose(&evidence);
    assert!(
        report.to_json().contains("logs.REGION.amazonaws.com")
            && report.to_json().contains("--region REGION")
    );
    let mut redactor = Redactor::new();
    redactor.learn(&evidence);
    let shown = redactor.report(&report);
    assert!(shown.to_json().contains("logs.REGION.amazonaws.com"));
    assert_eq!(redactor.report(&shown).to_json(), shown.to_json());
}

/// Found by fuzzing: the end of an image with blanks in it was a name that began within a host, and so was hidden only
/// once that host was.
#[test]
fn an_image_with_blanks_in_it_is_hidden_at_once() {
    for image in [
        "reg.acme.co/amd64, so a script without that line",
        "reg.acme.co/led ger/api:v7-blue",
        "111122223333.dkr.ecr.eu-west-1.amazonaws.com/led ger:v7-blue",
        "ledger\tapi :v7-blue",
    ] {
        let task = json!({"tasks": [{
            "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/payments/0123456789abcdef",
            "lastStatus": "STOPPED", "stopCode": "TaskFailedToStart", "stoppedReason": "Task failed to start",
            "containers": [{"name": "web", "lastStatus": "STOPPED", "image": image}],
        }]});
        let mut evidence = Evidence::new();
        evidence.add_value(None, task).unwrap();
        let report = diagnose(&evidence);
        assert!(
            report.to_json().contains("acme") || report.to_json().contains("ger"),
            "{}",
            report.to_json()
        );
        let (shown, mut redactor) = redacted(&evidence, &report);
        assert_eq!(redactor.report(&shown).to_json(), shown.to_json(), "twice");
        for name in ["acme", "ger", "v7-blue", "111122223333"] {
            let is_shown = shown.to_json().split(|letter| !is_of_name(letter)).any(|word| word == name);
            assert!(!is_shown, "{name} of {image} in {}", shown.to_json());
        }
    }
}

/// Found by fuzzing: the Region of a call that is wanted came from an ARN that had taken in an image.
#[test]
fn what_stands_in_the_place_of_a_region_is_not_asked_for() {
    let arn = "arn:aws:ecs:eu-west `111122223333.dkr.ecr.eu-west-1.amazonaws.com/ledger:v42` failed:111122223333:task/prod/0123456789abcdef0123456789abcdef";
    let task = json!({"tasks": [{
        "taskArn": arn, "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7", "lastStatus": "STOPPED",
        "stopCode": "EssentialContainerExited", "containers": [{"name": "web", "exitCode": 3}],
    }]});
    let mut evidence = Evidence::new();
    evidence.add_value(None, task).unwrap();
    let report = diagnose(&evidence);
    assert!(!report.wants().is_empty());
    assert!(report.wants().iter().all(|want| want.region.is_none()), "{}", report.to_json());
    let (shown, _) = redacted(&evidence, &report);
    assert!(!shown.to_json().contains("111122223333"), "{}", shown.to_json());
}
