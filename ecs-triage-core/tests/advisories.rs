//! Every risk is shown loud and quiet, and a good definition has none.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::{assert_citations_resolve, crate_folder, name_of, sorted};
use ecs_triage_core::advisories::{RISKS, Severity};
use ecs_triage_core::rules::RULES;
use ecs_triage_core::{Evidence, Report, Verdict, check, diagnose};
use serde_json::Value;

fn evidence(file: &Path) -> Evidence {
    let mut evidence = Evidence::new();
    let stem = file.file_stem().unwrap().to_string_lossy();
    evidence
        .add_named(&stem, &fs::read(file).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    evidence
}

fn codes(report: &Report) -> BTreeSet<&'static str> {
    report.advisories().map(|advisory| advisory.code).collect()
}

/// Each file of `tests/advisories/<code>/`.
fn fixtures() -> Vec<(String, std::path::PathBuf)> {
    let folders = sorted(&crate_folder().join("tests/advisories"));
    let folders = folders.iter().filter(|folder| name_of(folder) != "good");
    folders.flat_map(|folder| sorted(folder).into_iter().map(|file| (name_of(folder), file))).collect()
}

#[test]
fn a_hit_has_its_risk_alone_and_a_clear_one_not() {
    let mut wrong = Vec::new();
    for (code, file) in fixtures() {
        let evidence = evidence(&file);
        let report = check(&evidence);
        assert_eq!(report.problems(), [], "{}", file.display());
        assert_citations_resolve(&report, &evidence, &file.display().to_string());
        let found = codes(&report);
        let is_right = match name_of(&file).split('-').next() {
            Some("hit") => found == BTreeSet::from([code.as_str()]),
            Some("clear") => !found.contains(code.as_str()),
            _ => panic!("{}: a fixture is called hit-… or clear-…", file.display()),
        };
        if !is_right {
            wrong.push(format!("{code}/{}: {found:?}", name_of(&file)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_risk_is_shown_loud_and_quiet() {
    let fixtures = fixtures();
    let has = |code: &str, kind: &str| {
        fixtures.iter().any(|(of, file)| of == code && name_of(file).starts_with(kind))
    };
    let missing: Vec<&str> = RISKS
        .iter()
        .map(|risk| risk.code)
        .filter(|code| !has(code, "hit-") || !has(code, "clear-"))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    for (code, _) in &fixtures {
        assert!(RISKS.iter().any(|risk| risk.code == code), "tests/advisories/{code} is of no risk");
    }
}

#[test]
fn a_good_definition_has_none() {
    for file in sorted(&crate_folder().join("tests/advisories/good")) {
        let report = check(&evidence(&file));
        assert_eq!(report.subjects().len(), 1, "{}", file.display());
        assert_eq!(report.advisories().collect::<Vec<_>>(), Vec::<&_>::new(), "{}", file.display());
        assert_eq!(report.verdict(), Verdict::NotAFailure);
        assert_eq!(report.problems(), []);
    }
}

#[test]
fn texts_follow_the_style() {
    let mut seen = BTreeSet::new();
    for risk in RISKS {
        let code = risk.code;
        assert!(seen.insert(code), "{code} twice");
        assert!(
            code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{code}"
        );
        assert!(RULES.iter().all(|rule| rule.code != code), "{code} is a cause as well");
        assert!(!risk.title.ends_with('.') && risk.explanation.ends_with('.'), "{code}");
        assert!(!risk.docs.is_empty() && risk.docs.iter().all(|page| page.starts_with("https://")), "{code}");
        for text in [risk.title, risk.explanation] {
            assert!(!text.contains("  ") && !text.contains('\n'), "{code}: `{text}`");
        }
        for cause in risk.becomes {
            assert!(
                RULES.iter().any(|rule| rule.code == *cause),
                "{code} becomes {cause}, which is no cause"
            );
        }
    }
    assert!(RISKS.is_sorted_by_key(|risk| risk.severity), "the worst first");
    for (code, file) in fixtures() {
        for advisory in check(&evidence(&file)).advisories() {
            for text in [&advisory.summary, &advisory.advice] {
                assert!(text.ends_with('.'), "{code}: `{text}`");
                assert!(!text.contains("  ") && !text.contains('\n'), "{code}: `{text}`");
            }
            assert!(!advisory.evidence.is_empty(), "{code}");
        }
    }
}

/// Taking any one member away gives another definition, never a panic, and never the value of a variable.
#[test]
fn nothing_panics_and_no_value_of_a_variable_comes_out() {
    let mut hits: Vec<(String, std::path::PathBuf)> =
        fixtures().into_iter().filter(|(_, file)| name_of(file).starts_with("hit-")).collect();
    hits.dedup_by(|one, other| one.0 == other.0);
    for (_, file) in hits {
        let whole: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let mut pointers = Vec::new();
        walk(&whole, String::new(), &mut pointers);
        for pointer in &pointers {
            let mut less = whole.clone();
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            if let Some(Value::Object(members)) = less.pointer_mut(parent) {
                members.remove(&key.replace("~1", "/").replace("~0", "~"));
            }
            let mut evidence = Evidence::new();
            let _ = evidence.add_value(None, less);
            let json = check(&evidence).to_json();
            assert!(
                !json.contains("correct-horse") && !json.contains("example-0123456789"),
                "{}",
                file.display()
            );
        }
    }
}

fn walk(value: &Value, pointer: String, pointers: &mut Vec<String>) {
    let step = |key: &str| format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                pointers.push(step(key));
                walk(value, step(key), pointers);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                walk(value, step(&index.to_string()), pointers);
            }
        }
        _ => {}
    }
}

/// A hundred tasks of one definition carry its advisories once, and what is diagnosed is not advised.
#[test]
fn a_diagnosis_carries_the_advisories_of_its_definition_once() {
    let arn = "arn:aws:ecs:eu-west-1:111122223333:task-definition/orders-api:7";
    let definition: Value = serde_json::json!({"taskDefinition": {
        "taskDefinitionArn": arn, "family": "orders-api", "revision": 7, "status": "ACTIVE", "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
        "containerDefinitions": [{
            "name": "app", "image": "public.ecr.aws/nginx/nginx:1.29",
            "environment": [{"name": "DB_PASSWORD", "value": "correct-horse-battery"}],
            "secrets": [{"name": "DB_HOST", "valueFrom": "/prod/orders/db"}],
        }],
    }});
    let task = |number: usize, reason: &str| {
        serde_json::json!({
            "taskArn": format!("arn:aws:ecs:eu-west-1:111122223333:task/prod/{number:032}"), "taskDefinitionArn": arn,
            "launchType": "FARGATE", "lastStatus": "STOPPED", "stopCode": "TaskFailedToStart", "stoppedReason": reason,
            "containers": [],
        })
    };
    let report_of = |reason: &str| {
        let tasks: Vec<Value> = (0..100).map(|number| task(number, reason)).collect();
        let mut evidence = Evidence::new();
        evidence.add_value(None, serde_json::json!({ "tasks": tasks })).unwrap();
        evidence.add_value(None, definition.clone()).unwrap();
        diagnose(&evidence)
    };
    let report = report_of(
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref",
    );
    let listed: Vec<(&str, Severity)> =
        report.advisories().map(|advisory| (advisory.code, advisory.severity)).collect();
    assert_eq!(
        listed,
        [
            ("execution-role-missing", Severity::Error),
            ("log-configuration-missing", Severity::Warning),
            ("secret-in-environment", Severity::Warning),
        ]
    );
    let text = "ResourceInitializationError: unable to pull secrets or registry auth: unable to get execution role \
                credentials: unable to find execution role credentials";
    let report = report_of(text);
    assert_eq!(report.diagnoses().next().unwrap().code, "iam-execution-role-missing");
    assert!(report.advisories().all(|advisory| advisory.code != "execution-role-missing"));
    assert_eq!(report.subjects().iter().filter(|subject| !subject.advisories.is_empty()).count(), 1);
}
