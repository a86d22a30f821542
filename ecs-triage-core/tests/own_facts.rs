//! Every fact that texts of own rules may ask for occurs: a name that no subject has would always stand as a question mark.
#![cfg(feature = "rules-file")]
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

mod common;

use std::collections::BTreeSet;

use common::fixtures;
use ecs_triage_core::own::OwnRules;
use ecs_triage_core::signals::subjects;

/// The error about an unknown name lists the known ones.
fn facts() -> Vec<String> {
    let error = OwnRules::from_toml(
        r#"
        [[rule]]
        code = "acme-any"
        title = "any"
        bucket = "app"
        summary = "It is {nothing}."
        [[rule.when]]
        look = "exit-code"
        is = [1]
        [[rule.fix]]
        title = "Look"
        advice = "Look."
        "#,
    )
    .unwrap_err();
    let list = error.expected().split_once('(').unwrap().1.trim_end_matches(')');
    list.split(", ").map(str::to_owned).collect()
}

#[test]
fn every_fact_occurs() {
    // The container is the finding's own.
    let mut seen = BTreeSet::from(["container".to_owned()]);
    let facts = facts();
    assert!(facts.len() > 15, "{facts:?}");
    for fixture in fixtures() {
        for case in &fixture.cases {
            for subject in subjects(&case.evidence) {
                seen.extend(facts.iter().filter(|name| subject.facts().get(name).is_some()).cloned());
            }
        }
    }
    let missing: Vec<_> = facts.iter().filter(|name| !seen.contains(*name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
