//! Rules against every fixture.

#![expect(clippy::disallowed_methods, reason = "fixtures are files")]

use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::evidence::Evidence;
use crate::signals::subjects;

/// The stories of all fixtures, with their evidence.
fn fixtures() -> Vec<(PathBuf, Evidence)> {
    let inside = |folder: &Path| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let rules = inside(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"));
    let stories = rules.filter(|rule| rule.is_dir()).flat_map(|rule| inside(&rule).collect::<Vec<_>>());
    let read = |story: PathBuf| {
        let mut evidence = Evidence::new();
        let is_json = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "json");
        for file in inside(&story).filter(is_json).filter(|file| !file.ends_with("outcome.json")) {
            // Some are broken on purpose.
            let _ = evidence.add_json(&fs::read(file).unwrap());
        }
        (story, evidence)
    };
    stories.filter(|story| story.is_dir()).map(read).collect()
}

/// A rule that judges where the subject or a message concerns it is not asked elsewhere: it must have nothing to say there.
#[test]
fn a_rule_finds_nothing_where_nothing_concerns_it() {
    let (mut found, mut passed_over) = (0, 0);
    for (story, evidence) in fixtures() {
        for subject in subjects(&evidence) {
            let said = || subject.statements.iter().chain(&subject.log);
            for rule in RULES {
                let (is_of_subject, concerns, judge) = match &rule.check {
                    Check::JudgeSaid(concerns, judge) => (false, concerns, judge),
                    Check::JudgeWhere(of_subject, concerns, judge) => (of_subject(&subject), concerns, judge),
                    _ => continue,
                };
                let findings = judge(&subject).len();
                if is_of_subject || said().any(|statement| concerns(statement)) {
                    found += findings;
                } else {
                    passed_over += 1;
                    assert_eq!(findings, 0, "{} in {}", rule.code, story.display());
                }
            }
        }
    }
    assert!(found > 50 && passed_over > 5_000, "{found} found, {passed_over} passed over");
}
