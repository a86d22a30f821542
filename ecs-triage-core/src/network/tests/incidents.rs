//! Whole accounts of the examples.

use std::path::Path;

use super::words;
use crate::Evidence;
use crate::change::Change;
use crate::network::{Destination, Network, Origin, Traffic, source_of};
use crate::signals::subjects;

#[expect(clippy::disallowed_methods, reason = "a test may read the examples")]
fn evidence(incident: &str) -> Evidence {
    // Links to the folders of `examples`, so that the packaged crate has them.
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut evidence = Evidence::new();
    for folder in ["incidents", "accounts"] {
        let folder = examples.join(folder).join(incident);
        let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        for file in files.iter().filter(|file| file.extension().is_some_and(|tail| tail == "json")) {
            let name = file.file_stem().unwrap().to_str().unwrap();
            evidence.add_named(name, &std::fs::read(file).unwrap()).unwrap();
        }
    }
    evidence
}

/// The answer for the first task of an incident.
fn ask(incident: &str, to: &Destination) -> String {
    let evidence = evidence(incident);
    let subjects = subjects(&evidence);
    let subject = subjects.iter().find(|subject| subject.task.is_some()).unwrap();
    let source = match source_of(subject, Traffic::Start) {
        Origin::Vpc(source) => source,
        other => panic!("{other:?}"),
    };
    let answer = Network::new(&evidence).reach(&source, to, None);
    for (subnet, blocker) in answer.blocked() {
        let changes = Change::unblock(&Network::new(&evidence), subject, &source, to, subnet, blocker);
        assert!(!changes.is_empty(), "{blocker}");
        for change in changes {
            let changed = change.applied(&evidence).unwrap();
            let then = Network::new(&changed).reach(&source, to, None);
            assert_eq!(words(&then), "reachable", "{change:#?}");
        }
    }
    words(&answer)
}

#[test]
fn a_private_subnet_without_nat_does_not_reach_ecr_but_s3() {
    let answer = ask("private-subnet-no-nat", &Destination::aws("ecr.api", "eu-central-1"));
    assert!(
        answer.starts_with("blocked NoDefaultRoute") && answer.contains("rtb-092619436e546b8a5"),
        "{answer}"
    );
    assert_eq!(ask("private-subnet-no-nat", &Destination::aws("s3", "eu-central-1")), "reachable");
}

#[test]
fn an_endpoint_refuses_although_nat_works() {
    let answer = ask("secret-endpoint-security-group", &Destination::aws("secretsmanager", "eu-west-2"));
    assert!(answer.starts_with("blocked EndpointSecurityGroup"), "{answer}");
    assert!(answer.contains("vpce-02c4645356f6138dc") && answer.contains("sg-0c6e8a0b2d4f91357"), "{answer}");
}

/// The task was run by `RunTask` and its interface is gone: its security groups are all that is not known.
#[test]
fn docker_hub_is_reached_as_far_as_the_account_shows() {
    let answer = ask("docker-hub-rate-limit", &Destination::internet("registry-1.docker.io"));
    assert_eq!(
        answer,
        r#"unknown DescribeNetworkInterfaces{"NetworkInterfaceIds":["eni-0bd0f34319b6263c3"]}"#
    );
}
