//! `ecs-triage check`, and the formats for CI, as a user runs them.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn run(args: &[&str], stdin: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ecs-triage"))
        .args(args)
        .current_dir(fixtures())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that ends without reading closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    child.wait_with_output().unwrap()
}

/// The definitions of the engine's own tests.
fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/advisories")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

const BAD_SIZE: &str = "fargate-size-invalid/hit-no-1536-with-256.json";

#[test]
fn a_good_definition_prints_nothing() {
    for entry in fs::read_dir(fixtures().join("good")).unwrap() {
        let file = entry.unwrap().path();
        let output = run(&["check", file.to_str().unwrap()], "");
        assert_eq!((status(&output), stdout(&output).as_str()), (0, ""), "{}", file.display());
        assert!(output.stderr.is_empty());
        let text = fs::read_to_string(&file).unwrap();
        let piped = run(&["check", "-"], &text);
        assert_eq!((status(&piped), stdout(&piped).as_str()), (0, ""));
    }
}

#[test]
fn an_error_and_a_warning_end_with_1_and_a_note_with_0() {
    let output = run(&["check", BAD_SIZE], "");
    assert_eq!(status(&output), 1);
    let text = stdout(&output);
    for part in [
        "ERROR: Fargate has no size of 256 CPU units with 1536 MiB.",
        "fargate-size-invalid",
        "hit-no-1536-with-256 /cpu",
        "The next size is",
        "https://docs.aws.amazon.com/",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    assert_eq!(status(&run(&["check", "secret-in-environment/hit-password.json"], "")), 1);
    let noted = run(&["check", "image-tag-floating/hit-latest.json"], "");
    assert_eq!(status(&noted), 0);
    assert!(stdout(&noted).contains("NOTE: "));
}

#[test]
fn what_cannot_be_checked_ends_with_2() {
    assert_eq!(status(&run(&["check", "-"], "{\"cpu\": ")), 2);
    assert_eq!(status(&run(&["check", "no-such-file.json"], "")), 2);
    let none = run(&["check", "-"], "{\"tasks\": [], \"failures\": []}");
    assert_eq!(status(&none), 2);
    assert!(String::from_utf8_lossy(&none.stderr).contains("no task definition"));
}

#[test]
fn evidence_beside_the_definition_counts() {
    let folder = std::env::temp_dir().join(format!("ecs-triage-check-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let bundle: Value = serde_json::from_slice(
        &fs::read(fixtures().join("role-lacks-permission/hit-secret-not-in-managed-policy.json")).unwrap(),
    )
    .unwrap();
    for (name, document) in bundle.as_object().unwrap() {
        fs::write(folder.join(format!("{name}.json")), document.to_string()).unwrap();
    }
    let alone = run(&["check", folder.join("register-task-definition.json").to_str().unwrap()], "");
    assert_eq!((status(&alone), stdout(&alone).as_str()), (0, ""));
    let whole = run(&["check", folder.to_str().unwrap()], "");
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!(status(&whole), 1);
    assert!(stdout(&whole).contains("secretsmanager:GetSecretValue"), "{}", stdout(&whole));
}

#[test]
fn json_is_a_report() {
    let report: Value =
        serde_json::from_str(&stdout(&run(&["check", BAD_SIZE, "--format", "json"], ""))).unwrap();
    assert_eq!(report["schema"], "ecs-triage/report/1");
    let subject = &report["subjects"][0];
    assert_eq!((&subject["kind"], &subject["verdict"]), (&json!("task-definition"), &json!("failure")));
    let advisory = &subject["advisories"][0];
    assert_eq!((&advisory["code"], &advisory["severity"]), (&json!("fargate-size-invalid"), &json!("error")));
    assert_eq!(advisory["evidence"][0]["pointer"], "/cpu");
}

fn sarif(args: &[&str], stdin: &str) -> Value {
    let mut all = args.to_vec();
    all.extend(["--format", "sarif"]);
    let document: Value = serde_json::from_str(&stdout(&run(&all, stdin))).unwrap();
    assert_is_sarif(&document);
    document
}

/// What the SARIF schema asks for of the parts that are written.
fn assert_is_sarif(document: &Value) {
    assert_eq!(document["version"], "2.1.0");
    assert!(document["$schema"].as_str().unwrap().ends_with("sarif-schema-2.1.0.json"));
    for run in document["runs"].as_array().unwrap() {
        let driver = &run["tool"]["driver"];
        assert_eq!(driver["name"], "ecs-triage");
        let rules = driver["rules"].as_array().unwrap();
        for rule in rules {
            for text in ["shortDescription", "fullDescription", "help"] {
                assert!(!rule[text]["text"].as_str().unwrap().is_empty());
            }
            assert!(rule["help"]["markdown"].is_string());
            assert!(rule["helpUri"].as_str().unwrap().starts_with("https://"));
            assert!(
                ["error", "warning", "note"]
                    .contains(&rule["defaultConfiguration"]["level"].as_str().unwrap())
            );
        }
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(result["ruleId"], rules[index]["id"]);
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
            let level = result["level"].as_str().unwrap();
            // SARIF: any kind but `fail` goes with the level `none`.
            assert_eq!(result["kind"] == "fail", level != "none");
            for location in result["locations"].as_array().unwrap() {
                assert!(location["logicalLocations"][0]["fullyQualifiedName"].is_string());
                let Some(physical) = location.get("physicalLocation") else { continue };
                assert!(physical["artifactLocation"]["uri"].is_string());
                assert!(physical["region"]["startLine"].as_u64().unwrap() > 0);
                assert!(physical["region"]["startColumn"].as_u64().unwrap() > 0);
            }
        }
    }
}

#[test]
fn sarif_points_into_the_file() {
    let document = sarif(&["check", BAD_SIZE], "");
    let result = &document["runs"][0]["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&json!("fargate-size-invalid"), &json!("error")));
    let location = &result["locations"][0];
    assert_eq!(location["physicalLocation"]["artifactLocation"]["uri"], BAD_SIZE);
    let text = fs::read_to_string(fixtures().join(BAD_SIZE)).unwrap();
    let line = text.lines().position(|line| line.contains("\"cpu\"")).unwrap() + 1;
    assert_eq!(location["physicalLocation"]["region"]["startLine"], line);
    assert_eq!(location["logicalLocations"][0]["name"], "/cpu");
    // In a bundle the document stands under its name.
    let bundled = sarif(&["check", "log-group-absent/hit-asked-for.json"], "");
    let region = &bundled["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert!(region["startLine"].as_u64().unwrap() > 1);
}

#[test]
fn sarif_of_nothing_is_an_empty_run() {
    let document = sarif(&["check", "good/ec2-batch.json"], "");
    assert_eq!(document["runs"][0]["results"], json!([]));
}

const STOPPED: &str = r#"{"tasks": [
    {"taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef0123456789abcdef",
     "group": "service:web", "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited",
     "stoppedReason": "Essential container in task exited",
     "containers": [{"name": "app", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to <memory> & usage"}]},
    {"taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/00000000000000000000000000000000",
     "lastStatus": "STOPPED", "desiredStatus": "STOPPED", "containers": []},
    {"taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/11111111111111111111111111111111",
     "lastStatus": "RUNNING", "desiredStatus": "RUNNING", "containers": [{"name": "app", "lastStatus": "RUNNING"}]}
], "failures": []}"#;

#[test]
fn a_diagnosis_is_sarif_too() {
    let document = sarif(&["diagnose", "-"], STOPPED);
    let run = &document["runs"][0];
    let codes: Vec<&Value> =
        run["results"].as_array().unwrap().iter().map(|result| &result["ruleId"]).collect();
    assert_eq!(codes, [&json!("app-oom-killed")]);
    // Standard input is no file to point into.
    assert!(run["results"][0]["locations"][0].get("physicalLocation").is_none());
    assert!(run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].is_string());
}

#[test]
fn junit_is_xml_with_a_case_each() {
    let xml = stdout(&run(&["diagnose", "-", "--format", "junit"], STOPPED));
    let document = roxmltree::Document::parse(&xml).unwrap();
    let root = document.root_element();
    assert_eq!((root.tag_name().name(), root.attribute("tests")), ("testsuites", Some("3")));
    assert_eq!((root.attribute("failures"), root.attribute("errors")), (Some("1"), Some("1")));
    let cases: Vec<_> = root.descendants().filter(|node| node.has_tag_name("testcase")).collect();
    assert_eq!(cases.len(), 3);
    let failure = root.descendants().find(|node| node.has_tag_name("failure")).unwrap();
    assert_eq!(failure.attribute("type"), Some("app-oom-killed"));
    assert!(failure.attribute("message").unwrap().contains("app"));
    assert!(failure.text().unwrap().contains('\n'));
}

#[test]
fn junit_of_a_check_has_a_case_for_each_advisory() {
    let xml =
        stdout(&run(&["check", BAD_SIZE, "image-tag-floating/hit-latest.json", "--format", "junit"], ""));
    let document = roxmltree::Document::parse(&xml).unwrap();
    let root = document.root_element();
    assert_eq!((root.attribute("tests"), root.attribute("failures")), (Some("2"), Some("1")));
    let names: Vec<_> = root
        .descendants()
        .filter(|node| node.has_tag_name("testcase"))
        .map(|node| node.attribute("name").unwrap())
        .collect();
    assert_eq!(names, ["fargate-size-invalid", "image-tag-floating (app)"]);
    let clean = stdout(&run(&["check", "good/ec2-batch.json", "--format", "junit"], ""));
    let document = roxmltree::Document::parse(&clean).unwrap();
    assert_eq!(document.root_element().attribute("tests"), Some("1"));
    assert_eq!(document.root_element().attribute("failures"), Some("0"));
}

#[test]
fn an_advisory_is_explained() {
    let text = stdout(&run(&["explain", "fargate-size-invalid"], ""));
    assert!(text.contains("ECS refuses to register it"), "{text}");
    let entry: Value =
        serde_json::from_str(&stdout(&run(&["explain", "circuit-breaker-off", "--format", "json"], "")))
            .unwrap();
    assert_eq!(entry["severity"], "note");
    assert!(stdout(&run(&["rules"], "")).contains("fargate-size-invalid"));
}
