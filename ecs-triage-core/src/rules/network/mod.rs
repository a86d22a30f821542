//! Routes, DNS, security groups and network interfaces.

mod aim;
mod calls;
mod efs;
mod exec;
mod interface;
mod name;
mod ports;
mod proxy;
mod registry;
mod start;
mod way;

pub(super) use efs::MOUNT_TIMEOUT;
pub(super) use exec::TARGET_NOT_CONNECTED;
pub(super) use interface::{
    ATTACH_FAILED, CNI_FAILURE, DEVICE_INDEX, NO_FREE_IPS, PERMISSION, PROVISION_TIMEOUT, TAG_POLICY,
};
pub(super) use ports::HOST_PORT_CONFLICT;
pub(super) use registry::{DNS, ECR_UNREACHABLE, ENDPOINT_BLOCKED, REGISTRY_UNREACHABLE};
pub(super) use start::{
    ECR_API_UNREACHABLE, ENV_FILE_UNREACHABLE, LOGS_UNREACHABLE, SECRETS_MANAGER_UNREACHABLE, SSM_UNREACHABLE,
};

pub(super) use way::settle;

pub use exec::ExecTarget;
pub use interface::Interface;
pub use ports::HostPort;

use super::{Ask, Blast, Fix};

const CONNECTIVITY_PAGE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/verify-connectivity.html";
const INIT_PAGE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html";
const START_PAGE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/failed-to-start-error.html";

/// Which instance does the agent pull and log from?
pub(super) const CONTAINER_INSTANCE: Ask = Ask::new(
    "ecs",
    "DescribeContainerInstances",
    r#"{"cluster": "{cluster}", "containerInstances": ["{containerInstance}"]}"#,
    "names the instance, whose own interface carries pulls, secrets and logs on EC2, and its agent's version",
);
/// Which subnet and security groups does it have?
pub(super) const INSTANCE: Ask = Ask::new(
    "ec2",
    "DescribeInstances",
    r#"{"InstanceIds": ["{instanceId}"]}"#,
    "shows the subnet, security groups, public address and instance profile of the container instance",
);
/// Which VPC is it?
pub(super) const SUBNETS: Ask = Ask::new(
    "ec2",
    "DescribeSubnets",
    r#"{"SubnetIds": ["{startSubnets}"]}"#,
    "names the VPC of the task's subnets",
);
/// Does the task get a public address, and which groups?
pub(super) const SERVICE: Ask = Ask::new(
    "ecs",
    "DescribeServices",
    r#"{"cluster": "{cluster}", "services": ["{service}"]}"#,
    "shows the subnets, security groups and `assignPublicIp` of the service's tasks",
);
/// Is there a way out?
pub(super) const ROUTES: Ask = Ask::new(
    "ec2",
    "DescribeRouteTables",
    r#"{"Filters": [{"Name": "vpc-id", "Values": ["{vpc}"]}]}"#,
    "shows whether the subnet has a default route to an internet gateway or NAT gateway",
);
/// Which services have endpoints?
pub(super) const ENDPOINTS: Ask = Ask::new(
    "ec2",
    "DescribeVpcEndpoints",
    r#"{"Filters": [{"Name": "vpc-id", "Values": ["{vpc}"]}]}"#,
    "shows which services the VPC reaches by endpoints, their security groups, policies and private DNS",
);
/// What may the task send?
pub(super) const GROUPS: Ask = Ask::new(
    "ec2",
    "DescribeSecurityGroups",
    r#"{"GroupIds": ["{startSecurityGroups}"]}"#,
    "shows whether TCP 443 may leave the task",
);

/// Gives tasks in a public subnet a public address.
pub(super) const PUBLIC_ADDRESS: Fix = Fix::run(
    "Give the task a public address, if its subnet routes to an internet gateway",
    Blast::Deployment,
    "aws ecs update-service --cluster {cluster} --service {service} --network-configuration \
     'awsvpcConfiguration={subnets=[{serviceSubnets,}],securityGroups=[{securityGroups,}],assignPublicIp=ENABLED}' \
     --region {region}",
);
/// Gives a private subnet a way out.
const NAT: Fix = Fix::run(
    "Or route the private subnet through a NAT gateway",
    Blast::Network,
    "aws ec2 create-route --route-table-id {routeTable} --destination-cidr-block 0.0.0.0/0 --nat-gateway-id \
     {natGateway} --region {region}",
);
/// Lets HTTPS out.
const EGRESS: Fix = Fix::run(
    "Allow HTTPS out of the security group, if it does not",
    Blast::Network,
    "aws ec2 authorize-security-group-egress --group-id {startSecurityGroups^} --ip-permissions \
     'IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0}]' --region {region}",
);
