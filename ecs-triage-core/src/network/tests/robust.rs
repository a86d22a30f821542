//! Any evidence gets an answer, and what is taken away never makes another one certain.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::{ask, destination, source, topology, words};
use crate::Evidence;
use crate::change::Change;
use crate::network::{Network, Overall};

const NETWORKS: [&str; 5] = [
    "subnet a rt=r1 | r1 0/0->n1 pl:s3->g1 | gw g1 s3 rt=r1 | subnet b rt=r2 other | r2 0/0->igw | nat n1 in=b",
    "subnet a rt=r1 | r1 0/0->igw | task public | acl c1 on=a in=100+1024-65535@0/0 out=100+443@0/0",
    "subnet a rt=r1 | ep e1 ecr.api in=b | subnet b rt=r2 other | sg e in=443@sg:x | dhcp AmazonProvidedDNS",
    "subnet a rt=r1 v6only dns64 | r1 ::/0->eigw 64:ff9b::/96->n1 | subnet b rt=r2 other | r2 0/0->igw | nat n1 in=b",
    "subnet a rt=r1 | fs a=e | sg e in=2049@pl:x | pl x 10.0.0.0/8 | subnet b | r1 10.9.0.0/16->pcx",
];

const DESTINATIONS: [&str; 7] = ["ecr.api", "s3", "hub", "fs-1", "10.9.1.1:5432", "ecr.api+", "s3@us-east-1"];

/// Every place of a document, by pointer.
fn places(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                found.push(format!("{pointer}/{key}"));
                places(member, &format!("{pointer}/{key}"), found);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                found.push(format!("{pointer}/{index}"));
                places(element, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn no_evidence_at_all_makes_it_panic() {
    let nonsense = [json!(null), json!({}), json!([]), json!(-1), json!("x"), json!("0.0.0.0/99")];
    for network in NETWORKS {
        let evidence = topology::evidence(network);
        let (_, source) = source(&evidence);
        let documents: Vec<(String, Value)> = evidence
            .documents()
            .iter()
            .map(|document| (document.name().to_owned(), document.value().clone()))
            .collect();
        for (index, (_, value)) in documents.iter().enumerate() {
            let mut all = Vec::new();
            places(value, "", &mut all);
            // Every third place, which over all documents are enough of every kind.
            for (at, pointer) in all.iter().enumerate().skip(index % 3).step_by(3) {
                let mut changed = Evidence::new();
                for (other, (name, value)) in documents.iter().enumerate() {
                    let mut value = value.clone();
                    if other == index {
                        *value.pointer_mut(pointer).unwrap() = nonsense[at % nonsense.len()].clone();
                    }
                    // What cannot be read is left out.
                    let _ = changed.add_value(Some(name), value);
                }
                let view = Network::new(&changed);
                let subjects = crate::signals::subjects(&changed);
                let to = destination(DESTINATIONS[at % DESTINATIONS.len()]);
                let answer = view.reach(&source, &to, None);
                for (subnet, blocker) in answer.blocked() {
                    assert!(!blocker.to_string().is_empty());
                    for subject in &subjects {
                        Change::unblock(&view, subject, &source, &to, subnet, blocker);
                    }
                }
            }
        }
    }
}

#[test]
fn a_document_that_is_missing_leaves_the_answer_or_opens_it() {
    let lists = [
        "subnets",
        "route-tables",
        "nat-gateways",
        "vpc-endpoints",
        "security-groups",
        "network-acls",
        "support",
        "hostnames",
        "dns",
    ];
    for network in NETWORKS {
        for to in DESTINATIONS {
            let whole = ask(&topology::evidence(network), to);
            for list in lists {
                let part = ask(&topology::evidence(&format!("{network} | without {list}")), to);
                // Several things may block; which comes first is another matter.
                let kind = |words: &str| words.split(' ').next().map(str::to_owned);
                assert!(
                    part.starts_with("unknown") || part.starts_with("depends") || kind(&part) == kind(&whole),
                    "{network}\n {to} without {list}: {part}, not {whole}"
                );
            }
        }
    }
}

#[test]
fn the_address_that_was_dialled_tells_the_way() {
    let reach = |network: &str, dialled: [u8; 4]| {
        let evidence = topology::evidence(network);
        let (_, source) = source(&evidence);
        words(&Network::new(&evidence).reach(&source, &destination("ecr.api"), Some(IpAddr::from(dialled))))
    };
    let network = "subnet a rt=r1 | r1 0/0->igw | task public | ep e1 ecr.api | sg e in=443@sg:x";
    assert!(reach(network, [10, 0, 1, 77]).starts_with("blocked EndpointSecurityGroup"));
    // A public address was dialled, so the name did not lead to the endpoint.
    assert_eq!(reach(network, [3, 4, 5, 6]), "reachable");
    let own_dns = format!("{network} | dhcp 10.9.9.9");
    assert!(reach(&own_dns, [10, 0, 1, 77]).starts_with("blocked EndpointSecurityGroup"));
    let without = "subnet a rt=r1 | r1 0/0->igw | task public";
    assert!(reach(without, [10, 0, 1, 77]).starts_with("unknown DescribeNetworkInterfaces"));
    // A private one behind a transit gateway was an endpoint of another VPC; a public one rules that out.
    let shared = "subnet a rt=r1 | r1 10.0.0.0/8->tgw";
    assert!(reach(shared, [10, 9, 1, 77]).starts_with("unknown what lies behind"));
    assert!(reach(shared, [3, 4, 5, 6]).starts_with("blocked NoDefaultRoute"));
    // A longer route holds for the very address.
    let longer = "subnet a rt=r1 | r1 0/0->igw 3.0.0.0/8->tgw | task public";
    assert!(reach(longer, [3, 4, 5, 6]).starts_with("unknown what lies behind"));
    assert_eq!(reach(longer, [4, 4, 5, 6]), "reachable");
}

#[test]
fn an_answer_to_a_narrow_question_is_not_the_whole() {
    let narrow = |operation: &str, params: Value, response: Value| json!({ "service": "ec2", "operation": operation, "params": params, "response": response });
    let base = "subnet a rt=r1 | r1 0/0->igw | task public | without vpc-endpoints";
    for (params, expected) in [
        (json!({ "VpcEndpointIds": ["vpce-9"] }), "unknown"),
        (json!({ "Filters": [{ "Name": "vpc-id", "Values": ["vpc-2"] }] }), "unknown"),
        (
            json!({ "Filters": [{ "Name": "service-name", "Values": ["com.amazonaws.eu-west-1.logs"] }] }),
            "unknown",
        ),
        (
            json!({ "Filters": [{ "Name": "service-name", "Values": ["com.amazonaws.eu-west-1.ecr.api"] }] }),
            "reachable",
        ),
        (json!({ "Filters": [{ "Name": "vpc-id", "Values": ["vpc-1"] }] }), "reachable"),
        (json!({}), "reachable"),
    ] {
        let mut evidence = topology::evidence(base);
        let answer = narrow("DescribeVpcEndpoints", params.clone(), json!({ "VpcEndpoints": [] }));
        evidence.add_value(None, answer).unwrap();
        assert!(ask(&evidence, "ecr.api").starts_with(expected), "{params}");
    }
    // Route tables asked for by subnet: none names it, which does not mean that it has no route.
    let mut evidence = topology::evidence("subnet a | without route-tables");
    let params = json!({ "Filters": [{ "Name": "association.subnet-id", "Values": ["subnet-a"] }] });
    evidence.add_value(None, narrow("DescribeRouteTables", params, json!({ "RouteTables": [] }))).unwrap();
    assert!(ask(&evidence, "hub").contains("DescribeRouteTables"));
}

#[test]
fn the_policy_of_the_endpoint_in_use_is_handed_out() {
    let evidence = topology::evidence("subnet a rt=r1 | r1 pl:s3->g1 | gw g1 s3 rt=r1");
    let (_, source) = source(&evidence);
    let answer = Network::new(&evidence).reach(&source, &destination("s3"), None);
    assert_eq!(answer.overall(), Overall::Reachable);
    let policy = answer.from[0].endpoint_policy(&evidence).unwrap();
    assert_eq!(policy.value(), &json!({ "Statement": [] }));
}
