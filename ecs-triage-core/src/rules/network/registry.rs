//! A registry, or the name or endpoint it hides behind, cannot be reached.

use super::super::Why;
use super::super::image::PULL_PAGE;
use super::super::{Ask, Blast, Bucket, Cause, Check, Connection, Finding, Fix, Kind, Pull, Rule};
use super::{
    CONNECTIVITY_PAGE, CONTAINER_INSTANCE, EGRESS, ENDPOINTS, GROUPS, INIT_PAGE, INSTANCE, NAT,
    PUBLIC_ADDRESS, ROUTES, SERVICE, SUBNETS, name, settle,
};
use crate::signals::Subject;

pub(in crate::rules) static ECR_UNREACHABLE: Rule = Rule {
    code: "network-registry-unreachable-ecr",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "no connection to Amazon ECR to pull the image",
    summary: "No connection to {host|Amazon ECR} could be made to pull {image|the image}{way~|}.",
    explanation: "Nothing answered at the address that was dialled, which leaves the way to it: a default route with a NAT \
                  gateway or public address, or the endpoints `ecr.api`, `ecr.dkr` and S3, and security groups for 443.",
    signs: "A pull error with `i/o timeout`, `request canceled while waiting for connection` or `context deadline \
            exceeded` and a `*.dkr.ecr.*` host, or AWS's sentence about a connection issue with the ECR repository.",
    wants: &[CONTAINER_INSTANCE, INSTANCE, SUBNETS, SERVICE, ROUTES, ENDPOINTS, GROUPS],
    fixes: &[
        PUBLIC_ADDRESS,
        NAT,
        Fix::run(
            "Or reach Amazon ECR by endpoints; `ecr.dkr`, and the S3 gateway endpoint, are needed too. The whole VPC then uses them, so their security group has to admit all that pull",
            Blast::Network,
            "aws ec2 create-vpc-endpoint --vpc-id {vpc} --vpc-endpoint-type Interface --service-name \
             {ecrDomain|com.amazonaws}.{region}.ecr.api --subnet-ids {startSubnets} --security-group-ids {endpointGroup} \
             --private-dns-enabled --region {region}",
        ),
        EGRESS,
    ],
    docs: &[CONNECTIVITY_PAGE, PULL_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::EcrUnreachable, |statement, _| {
        Cause::NetworkRegistryUnreachableEcr(Connection::of(statement))
    })
    .settled(|subject, finding| settle(subject, with_image(subject, finding), Why::EcrUnreachable)),
};

pub(in crate::rules) static REGISTRY_UNREACHABLE: Rule = Rule {
    code: "network-registry-unreachable-public",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "no connection to a registry outside AWS",
    summary: "No connection to {host|the image's registry} could be made to pull {image|the image}{way~|}.",
    explanation: "Registries other than private Amazon ECR have no VPC endpoint, so the task needs a way to the \
                  internet, or to where a private registry runs. Endpoints for ECR do not help.",
    signs: "A pull error with a time-out and a host of Docker Hub, GHCR, Quay, ECR Public or any other registry.",
    wants: &[CONTAINER_INSTANCE, INSTANCE, SUBNETS, SERVICE, ROUTES, GROUPS],
    fixes: &[
        PUBLIC_ADDRESS,
        NAT,
        Fix::advice(
            "Or have Amazon ECR fetch and keep the image",
            Blast::NewRevision,
            "Make a pull-through cache rule for the registry, if it is one that Amazon ECR supports (Docker Hub, GHCR, Quay, \
             ECR Public, registry.k8s.io, GitLab, Azure), else push {image|the image} to a repository of your own; then \
             name that image in the task definition.",
        ),
        EGRESS,
    ],
    docs: &[CONNECTIVITY_PAGE, PULL_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::RegistryUnreachable, |statement, _| {
        Cause::NetworkRegistryUnreachablePublic(Connection::of(statement))
    })
    .settled(|subject, finding| settle(subject, with_image(subject, finding), Why::RegistryUnreachable)),
};

pub(in crate::rules) static ENDPOINT_BLOCKED: Rule = Rule {
    code: "network-endpoint-sg-blocks",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "VPC endpoint's security group does not let the task in",
    summary: "The VPC endpoint for {endpoint|the service} at {address|a private address} does not answer the task{way~|: \
              port 443 is shut between them, as a rule by a security group}.",
    explanation: "The name of the service already leads to a private address, so DNS and routing work. What can still \
                  drop the packets is the endpoint's security group, the task's own, or a network ACL. There is no \
                  fall-back to NAT.",
    signs: "A connection issue or time-out whose dialled address is private.",
    wants: &[
        Ask::new(
            "ec2",
            "DescribeNetworkInterfaces",
            r#"{"Filters": [{"Name": "addresses.private-ip-address", "Values": ["{address}"]}]}"#,
            "names the endpoint behind the address and its security groups",
        ),
        SERVICE,
        SUBNETS,
        ENDPOINTS,
        GROUPS,
    ],
    fixes: &[
        Fix::look(
            "Find the security group of the endpoint",
            "aws ec2 describe-network-interfaces --filters Name=addresses.private-ip-address,Values={address} \
             --region {region} --query 'NetworkInterfaces[].[Description,Groups[].GroupId,SubnetId]'",
        ),
        Fix::run(
            "Let the task in",
            Blast::Network,
            "aws ec2 authorize-security-group-ingress --group-id {endpointGroup} --protocol tcp --port 443 \
             --source-group {startSecurityGroups^} --region {region}",
        ),
        EGRESS,
    ],
    docs: &[CONNECTIVITY_PAGE, "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html"],
    since: "0.1.0",
    check: Check::reads(Why::EndpointBlocked, |statement, _| {
        Cause::NetworkEndpointSgBlocks(Connection::of(statement))
    })
    .settled(|subject, finding| settle(subject, finding, Why::EndpointBlocked)),
};

pub(in crate::rules) static DNS: Rule = Rule {
    code: "network-dns-resolution",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "DNS lookups from the task fail",
    summary: "{host|A name} could not be looked up from the task: {failure~|DNS failed}{way~|}.",
    explanation: "The name is right, so the resolver is at fault: DNS support of the VPC is off, its DHCP options name a \
                  server that does not know AWS's names, or a custom server cannot be reached.",
    signs: "`lookup HOST …: no such host` for a well-formed host, `server misbehaving`, or a look-up that times out.",
    wants: &[
        SUBNETS,
        Ask::new(
            "ec2",
            "DescribeVpcAttribute",
            r#"{"VpcId": "{vpc}", "Attribute": "enableDnsSupport"}"#,
            "without DNS support nothing in the VPC can be looked up",
        ),
        Ask::new(
            "ec2",
            "DescribeVpcAttribute",
            r#"{"VpcId": "{vpc}", "Attribute": "enableDnsHostnames"}"#,
            "without DNS host names the private names of endpoints do not work",
        ),
        Ask::new(
            "ec2",
            "DescribeVpcs",
            r#"{"VpcIds": ["{vpc}"]}"#,
            "names the DHCP options, which may point to a DNS server of your own",
        ),
    ],
    fixes: &[
        Fix::run(
            "Switch DNS support on",
            Blast::Network,
            "aws ec2 modify-vpc-attribute --vpc-id {vpc} --enable-dns-support --region {region}",
        ),
        Fix::run(
            "Switch DNS host names on",
            Blast::Network,
            "aws ec2 modify-vpc-attribute --vpc-id {vpc} --enable-dns-hostnames --region {region}",
        ),
        Fix::advice(
            "With a DNS server of your own",
            Blast::Network,
            "Let it forward AWS's names to the VPC's resolver, and let port 53 of UDP and TCP through to it.",
        ),
    ],
    docs: &[CONNECTIVITY_PAGE, INIT_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::Dns, |statement, _| Cause::NetworkDnsResolution(Connection::of(statement)))
        .settled(name::settle),
};

/// Adds the image that was being pulled.
fn with_image(subject: &Subject<'_>, finding: Finding) -> Finding {
    let statement = subject.statements.iter().find(|statement| statement.citation == finding.citations[0]);
    let pull = statement.map(|statement| Pull::of(statement, subject)).unwrap_or_default();
    finding.fact("image", pull.image).fact("registry", pull.registry)
}
