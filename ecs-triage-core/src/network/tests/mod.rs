mod incidents;
mod proposals;
mod robust;
mod sources;
mod table;
mod topology;

use crate::Evidence;
use crate::network::{Destination, Network, Origin, Overall, Reachability, Source, Traffic, source_of};
use crate::signals::{Subject, subjects};

/// The network interface of the service in the evidence.
fn source(evidence: &Evidence) -> (Subject<'_>, Source) {
    let subject = subjects(evidence).into_iter().find(|subject| subject.service.is_some()).unwrap();
    match source_of(&subject, Traffic::Start) {
        Origin::Vpc(source) => (subject, source),
        other => panic!("{other:?}"),
    }
}

/// `hub`, `10.0.9.9:5432`, `fs-1`, `s3@us-east-1`, `ecr.api+` (with IPv6), or the name of a service.
fn destination(text: &str) -> Destination {
    match text.split_once('@') {
        _ if text == "hub" => Destination::internet("registry-1.docker.io"),
        _ if text.starts_with("fs-") => Destination::MountTarget { file_system: text.to_owned() },
        Some((service, region)) => Destination::aws(service, region),
        None if text.ends_with('+') => Destination::Aws {
            service: text.trim_end_matches('+').to_owned(),
            region: "eu-west-1".to_owned(),
            dual_stack: true,
        },
        None => match text.parse::<std::net::SocketAddr>() {
            Ok(address) => Destination::Address { address: address.ip(), port: address.port() },
            Err(_) => Destination::aws(text, "eu-west-1"),
        },
    }
}

/// The answer in a few words.
fn words(answer: &Reachability<'_>) -> String {
    let blocked = || answer.blocked().next().map(|(_, blocker)| format!("{blocker:?}")).unwrap_or_default();
    match answer.overall() {
        Overall::Reachable => "reachable".to_owned(),
        Overall::Blocked => format!("blocked {}", blocked()),
        Overall::DependsOnSubnet => {
            let subnets: Vec<&str> = answer.blocked().map(|(subnet, _)| subnet).collect();
            format!("depends {} {}", subnets.join(" "), blocked())
        }
        Overall::Unknown => {
            let missing = answer.missing();
            let words = missing.iter().map(|missing| match &missing.request {
                Some(request) => format!("{}{}", request.operation, request.params),
                None => missing.why.clone(),
            });
            format!("unknown {}", words.collect::<Vec<_>>().join("; "))
        }
    }
}

fn ask(evidence: &Evidence, to: &str) -> String {
    let (_, source) = source(evidence);
    words(&Network::new(evidence).reach(&source, &destination(to), None))
}
