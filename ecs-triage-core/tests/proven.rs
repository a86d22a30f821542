//! Faults of the network that the account itself proves: each comes with a change that is proven to undo it, and with
//! nothing more to ask.
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
fn a_proven_fault_of_the_network_has_a_proven_change() {
    let mut wrong = Vec::new();
    let of_network = |code: &str| rule(code).is_some_and(|rule| rule.bucket == Bucket::Network);
    // No change of the evidence gives a subnet more addresses.
    let is_full = |code: &str| code == "network-subnet-no-free-ips";
    for fixture in fixtures() {
        if !fixture.story.starts_with("hit-proven") || !of_network(&fixture.code) || is_full(&fixture.code) {
            continue;
        }
        for case in &fixture.cases {
            let report = diagnosed(case);
            let first = report.diagnoses().next().unwrap();
            let proven = first.remedies.iter().any(|remedy| remedy.proven);
            let asked: Vec<&str> = report.wants().iter().map(|want| want.operation.as_str()).collect();
            if first.confidence != Confidence::Confirmed || !proven || !asked.is_empty() {
                let said = format!("{:?}, proven {proven}, asks {asked:?}", first.confidence);
                wrong.push(format!("{}/{}: {said}\n  {}", fixture.code, fixture.story, first.summary));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
