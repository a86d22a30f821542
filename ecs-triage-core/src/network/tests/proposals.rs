//! Each proposed change is made on a copy of the evidence, and the engine asked again.

use super::{destination, source, topology, words};
use crate::change::{Change, Form};
use crate::network::{Network, Overall};

/// A network, what was to be reached, and for each change a part of its command.
#[rustfmt::skip]
const PROPOSALS: &[(&str, &str, &[&str])] = &[
    ("subnet a rt=r1 | r1 0/0->igw", "ecr.api",
     &["assignPublicIp=ENABLED", "create-vpc-endpoint --vpc-endpoint-type Interface"]),
    ("subnet a rt=r1 | r1 0/0->igw", "hub", &["assignPublicIp=ENABLED"]),
    ("subnet a rt=r1 | subnet b rt=r2 other | r2 0/0->igw | nat n1 in=b", "ecr.dkr",
     &["create-route --route-table-id rtb-r1 --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-n1",
       "--service-name com.amazonaws.eu-west-1.ecr.dkr --subnet-ids subnet-a"]),
    ("subnet a rt=r1 | subnet b rt=r2 other | r2 0/0->igw", "hub",
     &["create-nat-gateway --subnet-id subnet-b"]),
    ("subnet a rt=r1", "s3", &["--vpc-endpoint-type Gateway --vpc-id vpc-1 --service-name com.amazonaws.eu-west-1.s3 --route-table-ids rtb-r1"]),
    ("subnet a rt=r1 | gw g1 s3 rt=r2 | r2 pl:s3->g1", "s3",
     &["modify-vpc-endpoint --vpc-endpoint-id vpce-g1 --add-route-table-ids rtb-r1"]),
    ("subnet a rt=r1 | ep e1 secretsmanager | sg e in=443@sg:x", "secretsmanager",
     &["authorize-security-group-ingress --group-id sg-e --protocol tcp --port 443 --source-group sg-t"]),
    ("subnet a rt=r1 | fs a=e", "fs-1",
     &["authorize-security-group-ingress --group-id sg-e --protocol tcp --port 2049 --source-group sg-t"]),
    ("subnet a rt=r1 | r1 0/0->igw | task public | sg t out=none", "hub",
     &["authorize-security-group-egress --group-id sg-t --protocol tcp --port 443 --cidr 0.0.0.0/0"]),
    ("subnet a rt=r1 | ep e1 logs | sg t out=none", "logs", &["UserIdGroupPairs=[{GroupId=sg-e}]"]),
    ("subnet a rt=r1 | ep e1 logs dns=off", "logs",
     &["modify-vpc-endpoint --vpc-endpoint-id vpce-e1 --private-dns-enabled"]),
    ("subnet a rt=r1 | ep e1 logs | vpc hostnames=off", "logs", &["modify-vpc-attribute --vpc-id vpc-1 --enable-dns-hostnames"]),
    ("subnet a rt=r1 | r1 0/0->igw | task public | vpc support=off | dhcp AmazonProvidedDNS", "hub",
     &["modify-vpc-attribute --vpc-id vpc-1 --enable-dns-support"]),
    ("subnet a rt=r1 | r1 0/0->igw | task public | acl c1 on=a out=100+80@0/0", "hub",
     &["create-network-acl-entry --network-acl-id acl-c1 --egress --rule-number 110 "]),
    ("subnet a rt=r1 | r1 0/0->igw | task public | acl c1 on=a out=1-443@0/0,5+all@0/0 ", "hub", &[]),
    ("subnet a rt=r1 | r1 0/0->igw | task public | acl c1 on=a in=90-all@0/0", "hub",
     &["--ingress --rule-number 10 --protocol tcp --port-range From=1024,To=65535"]),
    ("subnet a rt=r1 bpa=block-bidirectional | r1 0/0->igw | task public", "hub",
     &["create-vpc-block-public-access-exclusion --subnet-id subnet-a --internet-gateway-exclusion-mode allow-bidirectional"]),
    ("subnet a rt=r1 | r1 0/0->n1! | subnet b rt=r2 other | r2 0/0->igw | nat n2 in=b", "hub",
     &["replace-route --route-table-id rtb-r1 --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-n2"]),
    ("subnet a rt=r1 | r1 0/0->n1 | subnet b rt=r2 other | r2 0/0->igw | nat n1 in=b state=failed", "hub",
     &["create-nat-gateway --subnet-id subnet-b"]),
    ("subnet a rt=r1 | r1 0/0->n1 | subnet b rt=r2 other | subnet c rt=r3 other | r3 0/0->igw | nat n1 in=b", "hub",
     &["create-route --route-table-id rtb-r2 --destination-cidr-block 0.0.0.0/0 --gateway-id igw-1", "create-nat-gateway --subnet-id subnet-c"]),
    ("subnet a rt=r1 | ep e1 ecr.api | subnet b rt=r2 other | r2 0/0->igw | nat n1 in=b", "ecr.api@us-east-1",
     &["--nat-gateway-id nat-n1"]),
    ("subnet a rt=r1 | vpc hostnames=off", "logs", &["--enable-dns-hostnames '{\"Value\":true}'"]),
    ("subnet a rt=r1 | r1 0/0->igw 203.0.113.0/24->pcx! | task public", "203.0.113.9:443",
     &["delete-route --route-table-id rtb-r1 --destination-cidr-block 203.0.113.0/24"]),
    ("subnet a rt=r1 v6only", "ecr.api", &[]),
];

#[test]
fn each_change_makes_the_destination_reachable() {
    let mut wrong = Vec::new();
    for (network, to, expected) in PROPOSALS {
        let evidence = topology::evidence(network);
        let view = Network::new(&evidence);
        let (subject, source_now) = source(&evidence);
        let destination = destination(to);
        let answer = view.reach(&source_now, &destination, None);
        let Some((subnet, blocker)) = answer.blocked().next() else {
            wrong.push(format!("{network}: {}", words(&answer)));
            continue;
        };
        let changes = Change::unblock(&view, &subject, &source_now, &destination, subnet, blocker);
        let commands: Vec<String> = changes.iter().map(command).collect();
        for (at, part) in expected.iter().enumerate() {
            if !commands
                .get(at)
                .is_some_and(|command| command.contains(part) && command.contains("--region eu-west-1"))
            {
                wrong.push(format!("{network}: expected {part}\n in {commands:#?}"));
            }
        }
        if expected.is_empty() && !changes.is_empty() {
            wrong.push(format!("{network}: expected no change\n in {commands:#?}"));
        }
        for change in changes {
            let changed = change.applied(&evidence).unwrap();
            let (_, source_then) = source(&changed);
            let then = Network::new(&changed).reach(&source_then, &destination, None);
            if then.overall() != Overall::Reachable {
                wrong.push(format!("{network}\n {}: {}", change.title, words(&then)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn command(change: &Change) -> String {
    let Some(Form::Command(command)) = change.forms.first() else { panic!("{change:?}") };
    command.clone()
}
