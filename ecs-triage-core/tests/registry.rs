//! Police over the list of rules.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

mod common;

use std::collections::BTreeSet;

use common::{Promise, crate_folder, diagnosed, fixtures};
use ecs_triage_core::rules::{Kind, RULES};

#[test]
fn codes_are_unique_and_kebab_case() {
    let mut seen = BTreeSet::new();
    for rule in RULES {
        assert!(seen.insert(rule.code), "{} twice", rule.code);
        let is_kebab =
            rule.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        assert!(is_kebab, "{}", rule.code);
    }
}

/// Users match on codes: none may vanish, and a new one is seen in review.
#[test]
fn the_list_of_codes_is_the_recorded_one() {
    let mut codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    codes.sort_unstable();
    let text = codes.join("\n") + "\n";
    let file = crate_folder().join("tests/codes.txt");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&file, text).unwrap();
    } else {
        assert_eq!(
            std::fs::read_to_string(&file).unwrap_or_default(),
            text,
            "UPDATE_GENERATED=1 rewrites it"
        );
    }
}

#[test]
fn every_rule_is_shown_loud_and_quiet() {
    let fixtures = fixtures();
    let mut missing = Vec::new();
    for rule in RULES {
        for promise in [Promise::Hit, Promise::Clear] {
            let shown =
                fixtures.iter().any(|fixture| fixture.code == rule.code && fixture.promise == promise);
            if !shown {
                missing.push(format!("{} has no {promise:?} fixture", rule.code));
            }
        }
    }
    for fixture in &fixtures {
        assert!(
            RULES.iter().any(|rule| rule.code == fixture.code),
            "tests/fixtures/{} is of no rule",
            fixture.code
        );
        assert!(fixture.folder.join("from.md").is_file(), "{}: from.md is missing", fixture.folder.display());
    }
    assert!(missing.is_empty(), "{}:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn texts_follow_the_style() {
    for rule in RULES {
        let code = rule.code;
        assert!(!rule.title.ends_with('.'), "{code}: a title is not a sentence");
        assert!(
            rule.summary.ends_with('.') && rule.explanation.ends_with('.'),
            "{code}: sentences end in a full stop"
        );
        assert!(!rule.docs.is_empty(), "{code}: a rule names its source");
        for page in rule.docs {
            assert!(page.starts_with("https://"), "{code}: {page}");
        }
        for text in [rule.title, rule.summary, rule.explanation, rule.signs] {
            assert!(!text.is_empty(), "{code}: an empty text");
            assert!(!text.contains('\n') && !text.contains("  "), "{code}: `{text}` has a broken line");
        }
        if rule.kind != Kind::Routine {
            assert!(!rule.fixes.is_empty(), "{code}: nothing to do about it");
        }
    }
}

#[test]
fn parameters_of_wants_are_json() {
    for rule in RULES {
        for ask in rule.wants {
            let params: serde_json::Value = serde_json::from_str(ask.params)
                .unwrap_or_else(|error| panic!("{}: {}: {error}", rule.code, ask.params));
            assert!(params.is_object(), "{}: {}", rule.code, ask.params);
        }
    }
}

/// No rule outranks the right one anywhere.
#[test]
fn no_rule_takes_anothers_place() {
    let mut confused = Vec::new();
    for fixture in fixtures().into_iter().filter(|fixture| fixture.promise == Promise::Hit) {
        for case in &fixture.cases {
            let report = diagnosed(case);
            let first = report.diagnoses().next().map(|found| found.code);
            if first != Some(fixture.code.as_str()) {
                confused
                    .push(format!("{}/{} ({}): {first:?} leads", fixture.code, fixture.story, case.label));
            }
        }
    }
    assert!(confused.is_empty(), "{}:\n{}", confused.len(), confused.join("\n"));
}
