//! Rules of the user's own stand beside the built-in ones, under the same promises.
#![cfg(feature = "rules-file")]
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use ecs_triage_core::own::OwnRules;
use ecs_triage_core::verify::{Before, Recovery, verify_with};
use ecs_triage_core::{
    Cause, Confidence, Evidence, Report, Verdict, check, check_with, diagnose, diagnose_with,
};
use serde_json::{Value, json};

const RULES: &str = include_str!("own_rules/acme.toml");

fn own() -> OwnRules {
    OwnRules::from_toml(RULES).unwrap()
}

const TASK: &str = "arn:aws:ecs:eu-west-1:111122223333:task/shop/0123456789abcdef0123456789abcdef";

fn stopped(exit: i64) -> Value {
    json!({"tasks": [{
        "taskArn": TASK, "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/shop", "group": "service:web",
        "lastStatus": "STOPPED", "desiredStatus": "STOPPED", "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "createdAt": "2026-09-17T09:00:00Z", "startedAt": "2026-09-17T09:00:20Z",
        "stoppingAt": "2026-09-17T09:01:00Z", "stoppedAt": "2026-09-17T09:01:20Z",
        "containers": [
            {"name": "app", "exitCode": exit, "lastStatus": "STOPPED"},
            {"name": "proxy", "exitCode": 143, "lastStatus": "STOPPED"},
        ],
    }]})
}

fn logged(lines: &[&str]) -> Value {
    let events: Vec<Value> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| json!({"timestamp": 1_789_635_650_000_i64 + at as i64, "message": line}))
        .collect();
    json!({
        "service": "logs", "operation": "GetLogEvents",
        "params": {"logGroupName": "/ecs/web", "logStreamName": "ecs/app/0123456789abcdef0123456789abcdef"},
        "response": {"events": events},
    })
}

fn report(documents: &[Value]) -> Report {
    let mut evidence = Evidence::new();
    for document in documents {
        evidence.add_value(None, document.clone()).unwrap();
    }
    let report = diagnose_with(&evidence, &own());
    assert_cited(&report, &evidence);
    report
}

/// Every citation leads to what it says.
fn assert_cited(report: &Report, evidence: &Evidence) {
    let advisories = report.advisories().map(|found| &found.evidence);
    for citations in report.diagnoses().map(|found| &found.evidence).chain(advisories) {
        assert!(!citations.is_empty());
        for citation in citations {
            let document =
                evidence.documents().iter().find(|document| document.name() == citation.document).unwrap();
            let there = document.value().pointer(&citation.pointer).unwrap();
            assert_eq!(*there, citation.value, "{}", citation.pointer);
        }
    }
}

#[test]
fn a_log_line_names_the_cause_and_the_exit_code_follows_from_it() {
    let line = "2026-09-17 licence server lic-7.acme.example timed out after 30 s, giving up";
    let report = report(&[stopped(1), logged(&["starting", line, "bye"])]);
    let found = report.diagnoses().next().unwrap();
    assert_eq!((found.code, found.confidence), ("acme-licence-server-down", Confidence::Likely));
    assert_eq!(found.summary, "Container `app` could not reach the licence server `lic-7.acme.example`.");
    assert_eq!(found.container.as_deref(), Some("app"));
    let Cause::Own(cause) = &found.cause else { panic!("{:?}", found.cause) };
    assert_eq!(cause.captures()["host"], "lic-7.acme.example");
    assert_eq!(
        serde_json::to_value(&found.cause).unwrap(),
        json!({"host": "lic-7.acme.example", "seconds": "30"})
    );
    let commands: Vec<_> = found.remedies.iter().filter_map(|remedy| remedy.command.as_deref()).collect();
    assert_eq!(
        commands,
        ["aws ecs update-service --cluster shop --service licence --force-new-deployment --region eu-west-1"]
    );
    assert!(found.remedies[0].mutating && !found.remedies[0].proven);
    assert_eq!(found.docs, ["https://wiki.acme.example/licence"]);
    // Without it, the exit code leads; with it, the exit code is what followed.
    let consequences: Vec<_> = report.subjects()[0].consequences.iter().filter_map(|one| one.code).collect();
    assert_eq!(consequences, ["app-exit-1"]);
    assert!(report.diagnoses().nth(1).is_none());
}

#[test]
fn without_own_rules_nothing_changes() {
    let mut evidence = Evidence::new();
    evidence.add_value(None, stopped(1)).unwrap();
    let plain = diagnose(&evidence);
    assert_eq!(diagnose_with(&evidence, &OwnRules::new()).to_json(), plain.to_json());
    // Rules that see nothing say nothing.
    assert_eq!(diagnose_with(&evidence, &own()).to_json(), plain.to_json());
}

#[test]
fn an_exit_code_of_the_applications_own() {
    let report = report(&[stopped(42)]);
    let found = report.diagnoses().next().unwrap();
    assert_eq!((found.code, found.confidence), ("acme-exit-42", Confidence::Likely));
    assert_eq!(found.summary, "Container `app` ended with 42: another instance holds the lock.");
    assert_eq!(found.evidence[0].pointer, "/tasks/0/containers/0/exitCode");
    // Only its own container's.
    let mut other = stopped(0);
    other["tasks"][0]["containers"][1]["exitCode"] = json!(42);
    other["tasks"][0]["containers"][0]["exitCode"] = json!(143);
    let mut evidence = Evidence::new();
    evidence.add_value(None, other).unwrap();
    assert!(diagnose_with(&evidence, &own()).diagnoses().all(|found| found.code != "acme-exit-42"));
}

#[test]
fn an_end_that_is_wanted_is_no_failure() {
    let report = report(&[stopped(99)]);
    assert_eq!(report.diagnoses().next().unwrap().code, "acme-nothing-to-do");
    assert_eq!(report.verdict(), Verdict::NotAFailure);
}

#[test]
fn two_conditions_may_confirm() {
    let line = "FATAL schema 17 is older than 21";
    let definition = |image: &str| {
        json!({"taskDefinition": {
            "taskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7", "family": "web", "revision": 7,
            "containerDefinitions": [{"name": "app", "image": image, "essential": true}],
        }})
    };
    let mut task = stopped(3);
    task["tasks"][0]["taskDefinitionArn"] = json!("arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7");
    let both = report(&[task.clone(), logged(&[line]), definition("acme/web:9.1")]);
    let found = both.diagnoses().next().unwrap();
    assert_eq!((found.code, found.confidence), ("acme-migration-missing", Confidence::Confirmed));
    assert_eq!(found.evidence.len(), 2);
    let one = report(&[task, logged(&[line]), definition("acme/web:8.0")]);
    assert_ne!(one.diagnoses().next().unwrap().code, "acme-migration-missing");
}

#[test]
fn a_surer_built_in_cause_leads_still() {
    // The agent's own word that memory ran out is surer than what the application said before.
    let mut task = stopped(137);
    task["tasks"][0]["containers"][0]["reason"] =
        json!("OutOfMemoryError: Container killed due to memory usage");
    let report = report(&[task, logged(&["licence server a.example timed out after 1 s"])]);
    let codes: Vec<_> = report.diagnoses().map(|found| found.code).collect();
    assert_eq!(codes, ["app-oom-killed", "acme-licence-server-down"]);
}

#[test]
fn a_possible_cause_asks_what_would_settle_it() {
    let report = report(&[json!({"tasks": [{
        "taskArn": TASK, "lastStatus": "STOPPED", "stopCode": "TaskFailedToStart",
        "stoppedReason": "ProxyBootError: mesh controller refused the identity", "containers": [],
    }]})]);
    let found = report.diagnoses().find(|found| found.code == "acme-mesh-identity").unwrap();
    assert_eq!(found.confidence, Confidence::Possible);
    let want = report.wants().iter().find(|want| want.why == "its tags name the mesh").unwrap();
    assert_eq!(
        (want.operation.as_str(), &want.params),
        ("DescribeClusters", &json!({"clusters": ["shop"], "include": ["TAGS"]}))
    );
}

#[test]
fn what_a_task_logs_on_its_way_down_or_while_it_is_well_is_no_cause() {
    let line = "licence server a.example timed out after 1 s";
    let mut scaled_in = stopped(143);
    scaled_in["tasks"][0]["stopCode"] = json!("ServiceSchedulerInitiated");
    scaled_in["tasks"][0]["stoppedReason"] = json!("Scaling activity initiated by (deployment ecs-svc/1)");
    let mut running = stopped(0);
    running["tasks"][0]["lastStatus"] = json!("RUNNING");
    running["tasks"][0]["desiredStatus"] = json!("RUNNING");
    for key in ["stopCode", "stoppedReason", "stoppingAt", "stoppedAt"] {
        running["tasks"][0].as_object_mut().unwrap().remove(key);
    }
    running["tasks"][0]["containers"] = json!([{"name": "app", "lastStatus": "RUNNING"}]);
    for task in [scaled_in, running] {
        let report = report(&[task, logged(&[line])]);
        assert!(report.diagnoses().all(|found| !found.code.starts_with("acme-")), "{}", report.to_json());
        assert_ne!(report.verdict(), Verdict::Failure);
    }
}

#[test]
fn a_message_on_its_own_is_read_too() {
    let mut evidence = Evidence::new();
    evidence.add_json(b"licence server lic-7.acme.example timed out after 30 s").unwrap_or_default();
    evidence.add_value(None, json!("ProxyBootError: mesh controller refused the identity")).unwrap();
    let report = diagnose_with(&evidence, &own());
    assert!(report.diagnoses().any(|found| found.code == "acme-mesh-identity"), "{}", report.to_json());
}

fn definition() -> Value {
    json!({
        "family": "web", "networkMode": "awsvpc",
        "containerDefinitions": [
            {
                "name": "app", "image": "docker.io/library/nginx:1.29", "essential": true, "memory": 512,
                "stopTimeout": 5,
                "environment": [{"name": "LOG_LEVEL", "value": "s3cret-canary"}],
                "logConfiguration": {"logDriver": "awslogs", "options": {
                    "awslogs-group": "/ecs/web", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "ecs"}},
            },
            {
                "name": "proxy", "image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/proxy:2.1", "essential": true,
                "memory": 128, "stopTimeout": 60, "dockerLabels": {"acme.owner": "team-shop"},
                "environment": [{"name": "ACME_REGION_TAG", "value": "s3cret-canary"}],
                "logConfiguration": {"logDriver": "awslogs", "options": {
                    "awslogs-group": "/ecs/web", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "ecs"}},
            },
        ],
    })
}

#[test]
fn checks_stand_among_the_advisories() {
    let mut evidence = Evidence::new();
    evidence.add_value(None, definition()).unwrap();
    let report = check_with(&evidence, &own());
    assert_cited(&report, &evidence);
    let found: Vec<_> = report
        .advisories()
        .filter(|found| found.code.starts_with("acme-"))
        .map(|found| (found.code, found.container.as_deref(), found.evidence[0].pointer.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("acme-foreign-image", Some("app"), "/containerDefinitions/0/image"),
            ("acme-short-stop-timeout", Some("app"), "/containerDefinitions/0/stopTimeout"),
            ("acme-no-region-tag", Some("app"), "/containerDefinitions/0/name"),
            ("acme-owner-missing", Some("app"), "/containerDefinitions/0/name"),
        ]
    );
    let first = report.advisories().find(|found| found.code == "acme-foreign-image").unwrap();
    assert_eq!(
        first.summary,
        "Container `app` runs `docker.io/library/nginx:1.29`, which is not from our registry."
    );
    assert_eq!(report.verdict(), Verdict::Failure, "a check of severity error fails the definition");
    assert!(!report.to_json().contains("s3cret-canary"));
    // They follow the severities of the built-in ones.
    let severities: Vec<_> = report.advisories().map(|found| found.severity).collect();
    assert!(severities.is_sorted(), "{severities:?}");
    assert!(check(&evidence).advisories().all(|found| !found.code.starts_with("acme-")));
}

#[test]
fn a_projection_lacks_nothing() {
    let mut evidence = Evidence::new();
    evidence
        .add_value(None, json!([{"Name": "app", "MemoryHard": 512, "MemorySoft": null, "CPU": 0}]))
        .unwrap();
    let report = check_with(&evidence, &own());
    assert!(report.advisories().all(|found| found.code != "acme-owner-missing"));
}

#[test]
fn a_report_with_own_causes_is_verified() {
    let mut before = Evidence::new();
    before.add_value(None, stopped(42)).unwrap();
    let before = Before::from(&diagnose_with(&before, &own()));
    let mut newer = stopped(42);
    newer["tasks"][0]["taskArn"] = json!(TASK.replace("0123456789abcdef0", "fedcba9876543210f"));
    let mut after = Evidence::new();
    after.add_value(None, newer).unwrap();
    let verified = verify_with(&before, &after, &own());
    assert_eq!(verified.recovery, Recovery::StillFailing);
    assert_eq!(verified.before, ["acme-exit-42"]);
}

#[test]
fn captured_secrets_are_masked() {
    let rules = RULES.replace("licence server (?<host>[A-Za-z0-9.-]+) timed", "licence (?<host>.+) timed");
    let own = OwnRules::from_toml(&rules).unwrap();
    let mut evidence = Evidence::new();
    for document in [stopped(1), logged(&["licence password=hunter2canary timed out after 3 s"])] {
        evidence.add_value(None, document).unwrap();
    }
    let report = diagnose_with(&evidence, &own);
    assert_eq!(report.diagnoses().next().unwrap().code, "acme-licence-server-down");
    assert!(!report.to_json().contains("hunter2canary"));
}

#[test]
fn files_are_merged_unless_a_code_is_in_both() {
    let mut one = own();
    let error = one.merge(own()).unwrap_err();
    assert!(error.to_string().contains("the code of another rule"), "{error}");
    let other = RULES.replace("code = \"acme-", "code = \"other-");
    one.merge(OwnRules::from_toml(&other).unwrap()).unwrap();
    assert_eq!(one.rules().count(), 2 * own().rules().count());
    assert_eq!(one.risks().count(), 2 * own().risks().count());
}
