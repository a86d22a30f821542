//! The command as a user runs it: what it prints and how it ends.
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

use serde_json::Value;

const OOM: &str = r#"{"tasks": [{
    "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef0123456789abcdef",
    "group": "service:web", "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited",
    "stoppedReason": "Essential container in task exited",
    "containers": [{"name": "app", "exitCode": 137,
                    "reason": "OutOfMemoryError: Container killed due to memory usage"}]
}], "failures": []}"#;

const RUNNING: &str = r#"{"tasks": [{
    "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/fedcba9876543210fedcba9876543210",
    "lastStatus": "RUNNING", "desiredStatus": "RUNNING", "containers": [{"name": "app", "lastStatus": "RUNNING"}]
}], "failures": []}"#;

const UNCLEAR: &str = r#"{"tasks": [{
    "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/00000000000000000000000000000000",
    "lastStatus": "STOPPED", "desiredStatus": "STOPPED", "containers": []
}], "failures": []}"#;

fn run(args: &[&str], stdin: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ecs-triage"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .env_remove("NO_COLOR")
        .spawn()
        .unwrap();
    // A command that ends without reading closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// A folder of its own for one test, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let path = std::env::temp_dir().join(format!("ecs-triage-cli-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        for (file, text) in files {
            fs::write(path.join(file), text).unwrap();
        }
        Self(path)
    }

    fn arg(&self) -> &str {
        self.0.to_str().unwrap()
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_exit_status_says_how_it_stands() {
    for (input, wanted) in [(OOM, 1), (RUNNING, 0), (UNCLEAR, 3), ("no JSON at all", 2)] {
        let output = run(&[], input);
        assert_eq!(status(&output), wanted, "{input}\n{}", stdout(&output));
    }
}

#[test]
fn wrong_usage_ends_with_2() {
    for args in
        [&["--format", "xml"][..], &["explain"], &["explain", "no-such-code"], &["/no/such/file.json"]]
    {
        let output = run(args, "");
        assert_eq!(status(&output), 2, "{args:?}");
        assert!(!output.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn a_folder_a_file_and_standard_input_say_the_same() {
    let folder = Folder::new("same", &[("describe-tasks.json", OOM)]);
    let from_folder = run(&[folder.arg(), "--format", "json"], "");
    let from_file = run(&[&folder.file("describe-tasks.json"), "--format", "json"], "");
    let from_stdin = run(&["-", "--format", "json"], OOM);
    assert_eq!(stdout(&from_folder), stdout(&from_file));
    assert_eq!(stdout(&from_folder), stdout(&from_stdin));
}

#[test]
fn a_bad_file_does_not_hide_the_good_ones() {
    let folder = Folder::new(
        "bad",
        &[
            ("describe-tasks.json", OOM),
            ("broken.json", "\u{1}\u{2}"),
            ("get-role.json", r#"{"Role": {"RoleName": 7}}"#),
            ("other.json", r#"{"weather": "fine"}"#),
        ],
    );
    let output = run(&[folder.arg(), "--format", "json"], "");
    assert_eq!(status(&output), 1);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["subjects"][0]["diagnoses"][0]["code"], "app-oom-killed");
    let problems = report["problems"].as_array().unwrap();
    for (document, pointer) in [("broken", ""), ("get-role", "/Role/RoleName"), ("other", "")] {
        let problem = problems
            .iter()
            .find(|problem| problem["document"] == document)
            .unwrap_or_else(|| panic!("{document}: {problems:#?}"));
        assert_eq!(problem["pointer"], pointer, "{problem}");
        assert!(problem["expected"].is_string() && problem["found"].is_string(), "{problem}");
    }
}

#[test]
fn json_follows_the_schema() {
    let schema: Value = serde_json::from_slice(&run(&["schema"], "").stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for input in [OOM, RUNNING, UNCLEAR, "no JSON at all"] {
        let report: Value = serde_json::from_slice(&run(&["--format", "json"], input).stdout).unwrap();
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn every_cause_can_be_explained() {
    let rules = stdout(&run(&["rules"], ""));
    let codes: Vec<&str> = rules.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(codes.contains(&"app-oom-killed"));
    for code in ["app-oom-killed", codes[0], codes[codes.len() - 1]] {
        for format in ["text", "markdown", "json"] {
            let output = run(&["explain", code, "--format", format], "");
            assert_eq!(status(&output), 0);
            assert!(stdout(&output).contains(code), "{code} {format}");
        }
    }
    let near = run(&["explain", "app-oom-kiled"], "");
    assert!(String::from_utf8(near.stderr).unwrap().contains("did you mean `app-oom-killed`?"));
}

#[test]
fn text_fits_80_columns_but_for_what_is_copied() {
    let text = stdout(&run(&[], OOM));
    for line in text.lines() {
        let is_copied = line.trim_start().starts_with("aws ")
            || line.contains("https://")
            || line.trim_start().starts_with("docker ");
        assert!(is_copied || line.chars().count() <= 80, "{line}");
    }
    let cause = text.find("app-oom-killed").unwrap();
    let proof = text.find("Proof").unwrap();
    let fix = text.find("Fix").unwrap();
    assert!(cause < proof && proof < fix);
}

#[test]
fn colour_is_for_terminals_and_whoever_asks() {
    assert!(!stdout(&run(&[], OOM)).contains('\u{1b}'));
    assert!(stdout(&run(&["--color", "always"], OOM)).contains('\u{1b}'));
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ecs-triage"))
        .arg("rules")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn completions_are_printed_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(stdout(&run(&["completions", shell], "")).contains("ecs-triage"), "{shell}");
    }
}

fn service(running: i64, state: &str, others: &str) -> String {
    format!(
        r#"{{"services": [{{"serviceName": "web", "serviceArn": "arn:aws:ecs:eu-west-1:111122223333:service/prod/web",
            "status": "ACTIVE", "desiredCount": 2, "runningCount": {running}, "pendingCount": 0, "events": [],
            "deployments": [{{"id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": "{state}", "runningCount": {running}}}{others}]}}]}}"#
    )
}

#[test]
fn verify_tells_whether_the_change_helped() {
    let old_deployment = r#", {"id": "ecs-svc/0", "status": "ACTIVE", "runningCount": 1}"#;
    let again = OOM.replace("0123456789abcdef0123456789abcdef", "aaaaaaaaaaaaaaaa0123456789abcdef");
    let otherwise =
        again.replace("137", "1").replace("OutOfMemoryError: Container killed due to memory usage", "");
    let folder = Folder::new(
        "verify",
        &[
            ("recovered.json", &service(2, "COMPLETED", "")),
            ("rolling.json", &service(1, "IN_PROGRESS", old_deployment)),
            ("again.json", &again),
            ("otherwise.json", &otherwise),
            ("same-task.json", OOM),
        ],
    );
    let before = folder.file("before-report.json");
    fs::write(&before, run(&["--format", "json"], OOM).stdout).unwrap();
    for (after, wanted, ends) in [
        ("recovered.json", "recovered", 0),
        ("rolling.json", "rolling-out", 0),
        ("again.json", "still-failing", 1),
        ("otherwise.json", "failing-differently", 1),
        ("same-task.json", "undetermined", 3),
    ] {
        let output = run(&["verify", &before, &folder.file(after), "--format", "json"], "");
        let verification: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(verification["recovery"], wanted, "{after}: {verification:#}");
        assert_eq!(status(&output), ends, "{after}");
    }
}

#[test]
fn verify_says_what_is_no_report() {
    let folder = Folder::new("no-report", &[("nothing.json", r#"{"a": 1}"#)]);
    let output = run(&["verify", &folder.file("nothing.json"), &folder.file("nothing.json")], "");
    assert_eq!(status(&output), 2);
    assert!(String::from_utf8(output.stderr).unwrap().contains("is not a report"));
}

#[test]
fn the_first_command_of_the_readme_works() {
    let incident = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/incidents/oom-kill");
    let output = run(&[incident.to_str().unwrap()], "");
    assert_eq!(status(&output), 1);
    assert!(stdout(&output).contains("/tasks/0/containers/0/reason"));
}

#[test]
fn the_readme_shows_what_the_first_command_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let shown = readme.split("The first prints:\n\n```text\n").nth(1).unwrap().split("\n```").next().unwrap();
    let incident = root.join("tests/incidents/oom-kill");
    let output = run(&[incident.to_str().unwrap()], "");
    assert_eq!(stdout(&output).trim_end(), shown.trim_end());
}

#[test]
fn names_are_hidden_in_every_format_and_the_map_restores_them() {
    let folder = Folder::new("redact", &[("describe-tasks-acme.json", OOM)]);
    let (input, map) = (folder.file("describe-tasks-acme.json"), folder.file("map.json"));
    for format in ["text", "json", "markdown", "sarif", "junit"] {
        let plain = run(&[&input, "--format", format], "");
        let hidden = run(&[&input, "--format", format, "--redact-map", &map], "");
        assert_eq!(status(&hidden), status(&plain));
        let hidden = stdout(&hidden);
        for name in ["111122223333", "acme", "/prod", "0123456789abcdef"] {
            assert!(!hidden.contains(name), "{format}: {name} in\n{hidden}");
        }
        assert!(hidden.contains("task-1"), "{format}: {hidden}");
        if format == "json" {
            let restored = run(&["restore", "--redact-map", &map], &hidden);
            assert_eq!(stdout(&restored), stdout(&plain));
        }
    }
    let verified = run(&["verify", &input, &input, "--redact", "--format", "json"], "");
    assert!(!stdout(&verified).contains("111122223333") && stdout(&verified).contains("service-1"));
    let checked = run(&["check", &input, "--redact"], "");
    assert_eq!(status(&checked), 2, "there is no task definition in it");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            fs::metadata(&map).unwrap().permissions().mode() & 0o777,
            0o600,
            "nobody else reads the map"
        );
    }
    fs::write(&map, "{}").unwrap();
    let refused = run(&["restore", "--redact-map", &map], "");
    assert_eq!(status(&refused), 2);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("found JSON without a `schema`"));
}
