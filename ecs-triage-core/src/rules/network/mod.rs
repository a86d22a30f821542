//! Routes, DNS, security groups and network interfaces.

use super::{Ask, Blast, Bucket, Cause, Check, Connection, Fix, Kind, Rule};
use crate::signals::message::EndpointKind;

pub(super) static ECR_API_UNREACHABLE: Rule = Rule {
    code: "network-ecr-api-unreachable",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "task cannot reach the ECR API for its registry token",
    summary: "The task cannot reach {host|the ECR API}: its subnet has no working path to it.",
    explanation: "Before it pulls, the task asks `api.ecr` for a registry token over its own network interface. No \
                  answer came, which leaves the route, the endpoints and the security groups of its subnet.",
    signs: "`unable to pull secrets or registry auth` with `api.ecr` and a dial time-out to a public address, or AWS's \
            sentence about a connection issue between the task and Amazon ECR.",
    wants: &[Ask::new(
        "ec2",
        "DescribeSubnets",
        r#"{"SubnetIds": ["{subnets}"]}"#,
        "names the VPC and Availability Zone of the task's subnet",
    )],
    fixes: &[Fix::run(
        "Give the task a public address, if its subnet is public",
        Blast::Deployment,
        "aws ecs update-service --cluster {cluster} --service {service} --network-configuration \
         'awsvpcConfiguration={subnets=[{subnets,}],securityGroups=[{securityGroups,}],assignPublicIp=ENABLED}' --region {region}",
    )],
    docs: &["https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html"],
    since: "0.1.0",
    check: Check::says(
        |statement, _| {
            let message = &statement.message;
            let is_api = message.endpoint().is_some_and(|endpoint| endpoint.kind == EndpointKind::EcrApi);
            is_api
                && (message.transport().is_some() || message.is_connection_issue())
                && message.denial().is_none()
        },
        |statement, _| Cause::NetworkEcrApiUnreachable(Connection::of(statement)),
    ),
};
