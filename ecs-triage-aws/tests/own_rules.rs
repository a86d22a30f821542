//! `--rules FILE`: rules and checks of the user's own, from the command line to every format.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

const RULES: &str = r#"
[[rule]]
code = "acme-exit-42"
bucket = "app"
title = "another instance holds the lock"
summary = "Container {container} found the lock taken."

[[rule.when]]
look = "exit-code"
is = [42]

[[rule.fix]]
title = "Run one task at a time"
advice = "Set the maximum healthy percent to 100."

[[check]]
code = "acme-foreign-image"
severity = "error"
title = "image is not from our registry"
summary = "Container {container} runs {value}."
advice = "Copy it to our registry."

[[check.when]]
look = "task-definition"
field = "/containerDefinitions/*/image"
matches-not = '^111122223333\.'
"#;

const TASK: &str = r#"{"tasks": [{
    "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef0123456789abcdef",
    "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited",
    "stoppedReason": "Essential container in task exited",
    "containers": [{"name": "app", "exitCode": 42}]
}]}"#;

const DEFINITION: &str = r#"{"family": "web", "containerDefinitions": [
    {"name": "app", "image": "docker.io/library/nginx:1.29", "memory": 128, "essential": true}
]}"#;

/// A folder with the files, gone when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ecs-triage-own-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        for (file, text) in [("acme.toml", RULES), ("task.json", TASK), ("definition.json", DEFINITION)] {
            fs::write(path.join(file), text).unwrap();
        }
        Self(path)
    }

    fn run(&self, args: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-triage"));
        command.args(args.split(' ')).current_dir(&self.0).output().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_cause_of_ones_own_leads_in_every_format() {
    let folder = Folder::new("formats");
    for format in ["text", "json", "markdown", "sarif", "junit"] {
        let found = folder.run(&format!("task.json --rules acme.toml --format {format}"));
        assert_eq!(found.status.code(), Some(1), "{format}");
        assert!(out(&found).contains("acme-exit-42"), "{format}: {}", out(&found));
        assert!(out(&found).contains("found the lock taken"), "{format}: {}", out(&found));
    }
    let report: Value =
        serde_json::from_str(&out(&folder.run("task.json --rules acme.toml --format json"))).unwrap();
    assert_eq!(report["subjects"][0]["diagnoses"][0]["cause"], serde_json::json!({"exitCode": "42"}));
    let schema: Value = serde_json::from_str(&out(&folder.run("schema"))).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn a_check_of_ones_own_fails_the_definition() {
    let folder = Folder::new("check");
    for format in ["text", "json", "markdown", "sarif", "junit"] {
        let found = folder.run(&format!("check definition.json --rules acme.toml --format {format}"));
        assert_eq!(found.status.code(), Some(1), "{format}");
        assert!(out(&found).contains("acme-foreign-image"), "{format}: {}", out(&found));
    }
    assert!(!out(&folder.run("check definition.json")).contains("acme"));
}

#[test]
fn own_rules_are_explained_and_listed() {
    let folder = Folder::new("explain");
    for code in ["acme-exit-42", "acme-foreign-image"] {
        for format in ["text", "json", "markdown"] {
            let found = folder.run(&format!("explain {code} --rules acme.toml --format {format}"));
            assert_eq!(found.status.code(), Some(0));
            assert!(out(&found).contains(code), "{format}");
        }
        assert!(out(&folder.run("rules --rules acme.toml")).contains(code));
        assert!(!out(&folder.run("rules")).contains(code));
    }
    let near = folder.run("explain acme-exit-43 --rules acme.toml");
    assert!(String::from_utf8_lossy(&near.stderr).contains("did you mean `acme-exit-42`?"));
}

#[test]
fn before_and_after_are_judged_by_the_same_rules() {
    let folder = Folder::new("verify");
    let report = out(&folder.run("task.json --rules acme.toml --format json"));
    fs::write(folder.0.join("before.json"), report).unwrap();
    fs::write(folder.0.join("after.json"), TASK.replace("0123456789abcdef", "fedcba9876543210")).unwrap();
    let found = folder.run("verify before.json after.json --rules acme.toml");
    assert_eq!(found.status.code(), Some(1));
    assert!(out(&found).starts_with("Still failing the same way: `acme-exit-42`."), "{}", out(&found));
}

#[test]
fn a_file_that_cannot_be_used_is_said_with_its_place() {
    let folder = Folder::new("errors");
    fs::write(folder.0.join("bad.toml"), RULES.replace("is = [42]", "is = 42")).unwrap();
    for (args, expected) in [
        ("task.json --rules bad.toml", "`bad.toml` line 10, `rule[0].when[0].is`: expected a list of texts"),
        ("task.json --rules none.toml", "cannot read `none.toml`"),
        (
            "task.json --rules acme.toml --rules acme.toml",
            "`acme.toml`, `acme-exit-42: code`: expected a code that is not taken",
        ),
    ] {
        let found = folder.run(args);
        assert_eq!(found.status.code(), Some(2));
        let error = String::from_utf8_lossy(&found.stderr).into_owned();
        assert!(error.contains(expected), "{error}");
    }
}
