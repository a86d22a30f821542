//! Faults that the account itself proves leave nothing more to ask; those of the network come with a change that is
//! proven to undo them as well.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

mod common;

use common::{diagnosed, fixtures};
use ecs_triage_core::Confidence;
use ecs_triage_core::rules::{Bucket, rule};

#[test]
fn a_proven_fault_is_confirmed_and_asks_nothing_more() {
    let mut wrong = Vec::new();
    // No change of the evidence gives a subnet more addresses.
    let has_change = |code: &str| {
        rule(code).is_some_and(|rule| rule.bucket == Bucket::Network) && code != "network-subnet-no-free-ips"
    };
    for fixture in fixtures() {
        if !fixture.story.starts_with("hit-proven-") {
            continue;
        }
        for case in &fixture.cases {
            let report = diagnosed(case);
            let first = report.diagnoses().next().unwrap();
            let proven = first.remedies.iter().any(|remedy| remedy.proven);
            // Beside a proven fault another may stand that is still open.
            let is_alone = report.diagnoses().count() == 1;
            let asked: Vec<&str> =
                report.wants().iter().filter(|_| is_alone).map(|want| want.operation.as_str()).collect();
            let lacks_change = has_change(&fixture.code) && !proven;
            if first.confidence != Confidence::Confirmed || lacks_change || !asked.is_empty() {
                let said = format!("{:?}, proven {proven}, asks {asked:?}", first.confidence);
                wrong.push(format!("{}/{}: {said}\n  {}", fixture.code, fixture.story, first.summary));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
