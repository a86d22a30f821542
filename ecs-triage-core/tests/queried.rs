//! What `--query` makes of an answer of `DescribeTasks` is read as the answer is, and cited where it stands.
#![allow(clippy::unwrap_used, unreachable_pub, reason = "tests may panic")]

use ecs_triage_core::rules::Verdict;
use ecs_triage_core::{Evidence, Report, diagnose};
use serde_json::{Value, json};

const FIRST: &str = "arn:aws:ecs:eu-west-1:111122223333:task/shop/0a1b2c3d4e5f60718293a4b5c6d7e8f9";
const SECOND: &str = "arn:aws:ecs:eu-west-1:111122223333:task/shop/1a1b2c3d4e5f60718293a4b5c6d7e8f9";
const THIRD: &str = "arn:aws:ecs:eu-west-1:111122223333:task/shop/2a1b2c3d4e5f60718293a4b5c6d7e8f9";
const ENDED: &str = "Essential container in task exited";
const NO_TAG: &str = "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref \
                      111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:v9: not found";
const NO_MEMORY: &str = "OutOfMemoryError: Container killed due to memory usage";

fn report_of(document: &Value) -> Report {
    let mut evidence = Evidence::new();
    // What is refused is a problem in the report.
    drop(evidence.add_value(None, document.clone()));
    // Whoever follows a citation finds the document as it was given.
    assert_eq!(evidence.documents()[0].value(), document);
    diagnose(&evidence)
}

/// The first code of each subject, by its identity.
fn codes(report: &Report) -> Vec<(String, &'static str)> {
    let mut found: Vec<(String, &'static str)> = report
        .subjects()
        .iter()
        .map(|subject| (subject.id.clone(), subject.diagnoses.first().map_or("-", |found| found.code)))
        .collect();
    found.sort();
    found
}

fn assert_cited(report: &Report, document: &Value) {
    let subjects = report.subjects().iter();
    let evidence = subjects.flat_map(|subject| &subject.diagnoses).flat_map(|found| &found.evidence);
    for citation in evidence {
        assert_eq!(document.pointer(&citation.pointer), Some(&citation.value), "{citation:?}");
    }
}

#[test]
fn rows_of_tasks_are_tasks() {
    let expected = [(FIRST, "app-exit-1"), (SECOND, "image-tag-not-found"), (THIRD, "app-oom-killed")];
    let expected = expected.map(|(id, code)| (id.to_owned(), code));
    for document in [
        // tasks[].[taskArn, stopCode, stoppedReason, containers[].[name, lastStatus, exitCode, reason]]
        json!([
            [
                FIRST,
                "EssentialContainerExited",
                ENDED,
                [["web", "STOPPED", 1, null], ["log", "STOPPED", 0, null]]
            ],
            [SECOND, "TaskFailedToStart", NO_TAG, [["web", "STOPPED", null, null]]],
            [THIRD, "EssentialContainerExited", ENDED, [["web", "STOPPED", 137, NO_MEMORY]]],
        ]),
        // tasks[].[taskArn, stoppedReason, containers[].exitCode, containers[].reason] without the lists of nothing
        json!([[FIRST, ENDED, [1]], [SECOND, NO_TAG, [null]], [THIRD, ENDED, [[null, 137, NO_MEMORY]]]]),
        // tasks[].{Arn: taskArn, Why: stoppedReason, Exit: containers[0].exitCode, ContainerWhy: containers[0].reason}
        json!([
            {"Arn": FIRST, "Why": ENDED, "Exit": 1, "ContainerWhy": null},
            {"Arn": SECOND, "Why": NO_TAG, "Exit": null, "ContainerWhy": null},
            {"Arn": THIRD, "Why": ENDED, "Exit": 137, "ContainerWhy": NO_MEMORY},
        ]),
        // tasks[].{Task: taskArn, Why: stoppedReason, containers: containers}
        json!([
            {"Task": FIRST, "Why": ENDED, "containers": [{"name": "web", "exitCode": 1}]},
            {"Task": SECOND, "Why": NO_TAG, "containers": [{"name": "web", "exitCode": null}]},
            {"Task": THIRD, "Why": ENDED, "containers": [{"name": "web", "exitCode": 137, "reason": NO_MEMORY}]},
        ]),
        // As tools for Python write it.
        json!({"tasks": [
            {"task_arn": FIRST, "stopped_reason": ENDED, "tags": [{"key": "a", "value": "b"}], "exit_codes": [null, 1]},
            {"task_arn": SECOND, "stopped_reason": NO_TAG, "tags": [{"key": "a", "value": "b"}], "exit_codes": []},
            {"task_arn": THIRD, "stopped_reason": ENDED, "tags": [{"key": "a", "value": "b"}],
             "containers": [{"container_name": "web", "exit_code": 137, "reason": NO_MEMORY}]},
        ]}),
        // tasks[].{ID: taskArn, Status: lastStatus, Reason: stoppedReason, Containers: containers[].{n: name, code: exitCode}}
        json!([
            {"ID": FIRST, "Status": "STOPPED", "Reason": ENDED, "Stopped": "2026-11-01T10:00:00Z",
             "Containers": [{"n": "web", "code": 1, "why": null}]},
            {"ID": SECOND, "Status": "STOPPED", "Reason": NO_TAG, "Stopped": "2026-11-01T10:00:00Z",
             "Containers": [{"n": "web", "code": null, "why": null}]},
            {"ID": THIRD, "Status": "STOPPED", "Reason": ENDED, "Stopped": "2026-11-01T10:00:00Z",
             "Containers": [{"n": "web", "code": 137, "why": NO_MEMORY}]},
        ]),
    ] {
        let report = report_of(&document);
        assert_eq!(codes(&report), expected, "{document}");
        assert_cited(&report, &document);
        assert!(report.diagnoses().all(|found| found.evidence.iter().any(|cited| cited.pointer.len() > 2)));
        assert!(report.problems().is_empty(), "{:?}", report.problems());
    }
}

#[test]
fn one_row_is_one_task() {
    for document in [
        json!([SECOND, "TaskFailedToStart", NO_TAG]),
        json!({"task": SECOND, "code": "TaskFailedToStart", "reason": NO_TAG}),
    ] {
        let report = report_of(&document);
        assert_eq!(codes(&report), [(SECOND.to_owned(), "image-tag-not-found")], "{document}");
        assert_cited(&report, &document);
    }
    // Containers alone are those of one task.
    let document = json!([["web", 137, NO_MEMORY], ["log", 0, null]]);
    let report = report_of(&document);
    assert_eq!(codes(&report).iter().map(|(_, code)| *code).collect::<Vec<_>>(), ["app-oom-killed"]);
    assert_cited(&report, &document);
}

#[test]
fn a_row_after_its_command_is_read() {
    let rows = json!([[FIRST, ENDED, [1]], [SECOND, NO_TAG, [null]]]);
    let text = format!(
        "$ aws ecs describe-tasks --cluster shop --tasks a b --query 'tasks[].[taskArn,stoppedReason]'\n{rows:#}\n"
    );
    let mut evidence = Evidence::new();
    evidence.add_json(text.as_bytes()).unwrap();
    let report = diagnose(&evidence);
    assert_eq!(
        codes(&report),
        [(FIRST.to_owned(), "app-exit-1"), (SECOND.to_owned(), "image-tag-not-found")]
    );
    assert_cited(&report, evidence.documents()[0].value());
}

#[test]
fn states_alone_are_read() {
    for (rows, verdict) in [
        (json!([[FIRST, "RUNNING"], [SECOND, "RUNNING"]]), Verdict::Healthy),
        (json!([[FIRST, "RUNNING", "RUNNING", "HEALTHY"]]), Verdict::Healthy),
        (json!([[FIRST, "RUNNING", "STOPPED"]]), Verdict::InProgress),
        (json!([[FIRST, "STOPPED", "RUNNING"]]), Verdict::InProgress),
        (json!([[FIRST, "STOPPED", "STOPPED"]]), Verdict::Undetermined),
    ] {
        let report = report_of(&rows);
        assert_eq!(report.subjects().len(), rows.as_array().unwrap().len(), "{rows}");
        assert!(report.subjects().iter().all(|subject| subject.verdict == verdict), "{rows} {report:?}");
    }
}

#[test]
fn events_and_records_are_no_tasks() {
    let of_service = "(service web) was unable to place a task because no container instance met all of its requirements. \
                      The closest matching (container-instance 0a1b) has insufficient memory available.";
    for (document, kind) in [
        (json!([["2026-11-01T10:00:00Z", of_service]]), Some("Message")),
        (json!([{"At": "2026-11-01T10:00:00Z", "Msg": of_service}]), Some("Message")),
        (json!([{"level": "error", "task": FIRST, "message": NO_TAG}]), Some("Message")),
        (json!([["web", "ACTIVE", 2, 1, 1]]), None),
        // Counts and versions are no exit codes.
        (json!([["web", 2], ["api", 1]]), None),
        (json!([["web", "ACTIVE", 2]]), None),
        (json!([1]), None),
        (json!([[FIRST, 6], [SECOND, [80]]]), None),
        (json!([[1, null], [137, 1]]), None),
        (json!({"level": "info", "code": 5, "text": "the task was done"}), None),
    ] {
        let report = report_of(&document);
        let found = report.subjects().first().map(|subject| format!("{:?}", subject.kind));
        assert_eq!(found.as_deref(), kind, "{document}");
        assert_cited(&report, &document);
    }
}
