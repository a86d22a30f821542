//! What a task needs before its containers start cannot be reached: its token, secrets, log stream or files.

use super::super::Why;
use super::super::{Ask, Blast, Bucket, Cause, Check, Connection, Fix, Kind, Rule};
use super::{
    CONTAINER_INSTANCE, EGRESS, ENDPOINTS, GROUPS, INIT_PAGE, INSTANCE, NAT, PUBLIC_ADDRESS, ROUTES, SERVICE,
    SUBNETS, settle,
};

const WANTS: &[Ask] = &[CONTAINER_INSTANCE, INSTANCE, SUBNETS, SERVICE, ROUTES, ENDPOINTS, GROUPS];

/// Makes the interface endpoint for a service.
const fn endpoint(command: &'static str) -> Fix {
    Fix::run(
        "Or reach the service by an interface endpoint: the whole VPC then uses it, so its security group has to admit all that call the service",
        Blast::Network,
        command,
    )
}

pub(in crate::rules) static ECR_API_UNREACHABLE: Rule = Rule {
    code: "network-ecr-api-unreachable",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "task cannot reach the ECR API for its registry token",
    summary: "The task cannot reach {host|the ECR API}, from which it needs a token to pull its image{way~|}.",
    explanation: "Before it pulls, the task asks `api.ecr` for a registry token. No answer came, which leaves the \
                  route, the endpoints and the security groups of its subnet.",
    signs: "`unable to pull secrets or registry auth` with `api.ecr` and a dial time-out to a public address, or AWS's \
            sentence about a connection issue between the task and Amazon ECR.",
    wants: WANTS,
    fixes: &[
        PUBLIC_ADDRESS,
        NAT,
        endpoint(
            "aws ec2 create-vpc-endpoint --vpc-id {vpc} --vpc-endpoint-type Interface --service-name \
             {ecrDomain|com.amazonaws}.{region}.ecr.api --subnet-ids {startSubnets} --security-group-ids {endpointGroup} \
             --private-dns-enabled --region {region}",
        ),
        Fix::advice(
            "Endpoints come in a set",
            Blast::Network,
            "Without a NAT gateway or public address a task needs the endpoints `ecr.api`, `ecr.dkr`, the gateway \
             endpoint for S3, and `logs` for the awslogs driver.",
        ),
        EGRESS,
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html", INIT_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::EcrApiUnreachable, |statement, _| {
        Cause::NetworkEcrApiUnreachable(Connection::of(statement))
    })
    .settled(|subject, finding| settle(subject, finding, Why::EcrApiUnreachable)),
};

pub(in crate::rules) static SSM_UNREACHABLE: Rule = Rule {
    code: "network-ssm-unreachable",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "task cannot reach Systems Manager for its parameters",
    summary: "The task cannot reach {host|AWS Systems Manager}, from which it needs its parameters{way~|}.",
    explanation: "Parameters named in `secrets` are fetched before the containers start. No answer came, which leaves \
                  the route, the endpoint `ssm` and the security groups.",
    signs: "`unable to retrieve secrets from ssm` with a time-out or `RequestCanceled`, or AWS's sentence about a \
            connection issue with AWS Systems Manager Parameter Store.",
    wants: WANTS,
    fixes: &[
        PUBLIC_ADDRESS,
        NAT,
        endpoint(
            "aws ec2 create-vpc-endpoint --vpc-id {vpc} --vpc-endpoint-type Interface --service-name \
             com.amazonaws.{region}.ssm --subnet-ids {startSubnets} --security-group-ids {endpointGroup} \
             --private-dns-enabled --region {region}",
        ),
        EGRESS,
    ],
    docs: &[INIT_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::SsmUnreachable, |statement, _| {
        Cause::NetworkSsmUnreachable(Connection::of(statement))
    })
    .settled(|subject, finding| settle(subject, finding, Why::SsmUnreachable)),
};

pub(in crate::rules) static SECRETS_MANAGER_UNREACHABLE: Rule = Rule {
    code: "network-asm-unreachable",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "task cannot reach Secrets Manager for its secrets",
    summary: "The task cannot reach {host|AWS Secrets Manager}, from which it needs its secrets{way~|}.",
    explanation: "Secrets named in `secrets` or `repositoryCredentials` are fetched before the containers start. No \
                  answer came, which leaves the route, the endpoint `secretsmanager` and the security groups.",
    signs: "`unable to retrieve secret from asm` with a time-out or `RequestCanceled`, or AWS's sentence about a \
            connection issue with AWS Secrets Manager.",
    wants: WANTS,
    fixes: &[
        PUBLIC_ADDRESS,
        NAT,
        endpoint(
            "aws ec2 create-vpc-endpoint --vpc-id {vpc} --vpc-endpoint-type Interface --service-name \
             com.amazonaws.{region}.secretsmanager --subnet-ids {startSubnets} --security-group-ids {endpointGroup} \
             --private-dns-enabled --region {region}",
        ),
        EGRESS,
    ],
    docs: &[INIT_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::SecretsManagerUnreachable, |statement, _| {
        Cause::NetworkAsmUnreachable(Connection::of(statement))
    })
    .settled(|subject, finding| settle(subject, finding, Why::SecretsManagerUnreachable)),
};

pub(in crate::rules) static LOGS_UNREACHABLE: Rule = Rule {
    code: "network-logs-unreachable",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "task cannot reach CloudWatch Logs",
    summary: "{host|Amazon CloudWatch Logs} cannot be reached to set up the log stream of the task{way~|}.",
    explanation: "The awslogs driver makes its log stream before the container starts. AWS's sentence also says that \
                  the log group cannot be found, but nobody answered, so nothing is known of the group.",
    signs: "`failed to validate logger args` with a connection issue or `signal: killed`, or `failed to initialize \
            logging driver` with a time-out to `logs.REGION…`.",
    wants: &[
        CONTAINER_INSTANCE,
        INSTANCE,
        SUBNETS,
        SERVICE,
        Ask::new(
            "logs",
            "DescribeLogGroups",
            r#"{"logGroupNamePrefix": "{logGroup}"}"#,
            "shows that the log group exists, so that only the connection is left",
        ),
        ROUTES,
        ENDPOINTS,
        GROUPS,
    ],
    fixes: &[
        PUBLIC_ADDRESS,
        NAT,
        endpoint(
            "aws ec2 create-vpc-endpoint --vpc-id {vpc} --vpc-endpoint-type Interface --service-name \
             com.amazonaws.{region}.logs --subnet-ids {startSubnets} --security-group-ids {endpointGroup} \
             --private-dns-enabled --region {region}",
        ),
        EGRESS,
    ],
    docs: &[INIT_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::LogsUnreachable, |statement, _| {
        Cause::NetworkLogsUnreachable(Connection::of(statement))
    })
    .settled(|subject, finding| {
        let finding = settle(subject, finding, Why::LogsUnreachable);
        let definitions =
            subject.definition.as_ref().map(|found| found.container_definitions()).unwrap_or_default();
        let is_its = |name: Option<&str>| finding.container.is_none() || name == finding.container.as_deref();
        let options = definitions
            .iter()
            .filter(|defined| is_its(defined.name()))
            .find_map(|defined| defined.log_configuration()?.options());
        let Some(options) = options else { return finding };
        finding.fact("logGroup", options.group()).fact("logRegion", options.region())
    }),
};

pub(in crate::rules) static ENV_FILE_UNREACHABLE: Rule = Rule {
    code: "network-s3-envfile-unreachable",
    bucket: Bucket::Network,
    kind: Kind::Cause,
    title: "task cannot reach Amazon S3 for its environment files",
    summary: "The task cannot reach {host|Amazon S3}, from which it needs its environment files{way~|}.",
    explanation: "Files named in `environmentFiles` are downloaded before the containers start. No answer came, which \
                  leaves the route to Amazon S3: the gateway endpoint on the subnet's route table, or a way out.",
    signs: "`failed to download env files` with `RequestCanceled`, a deadline or a time-out.",
    wants: WANTS,
    fixes: &[
        Fix::run(
            "Make the S3 gateway endpoint for the subnet's route table",
            Blast::Network,
            "aws ec2 create-vpc-endpoint --vpc-id {vpc} --vpc-endpoint-type Gateway --service-name \
             com.amazonaws.{region}.s3 --route-table-ids {routeTable} --region {region}",
        ),
        PUBLIC_ADDRESS,
        NAT,
        EGRESS,
    ],
    docs: &[INIT_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::EnvFileUnreachable, |statement, _| {
        Cause::NetworkS3EnvfileUnreachable(Connection::of(statement))
    })
    .settled(|subject, finding| settle(subject, finding, Why::EnvFileUnreachable)),
};
