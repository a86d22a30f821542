//! The calls that would tell what is not known, with botocore's names.
//!
//! Route tables, network ACLs and endpoints are asked for by VPC: a subnet on the main route table has no
//! association of its own, so that asking by subnet finds nothing.

use serde_json::{Value, json};

use super::Missing;
use crate::evidence::Request;

fn ec2(operation: &str, params: Value, why: impl Into<String>) -> Missing {
    Missing::answer(Request::new("ec2", operation, params), why)
}

/// Parameters that choose what belongs to one VPC.
fn of_vpc(key: &str, vpc: &str) -> Value {
    json!({ key: [{ "Name": "vpc-id", "Values": [vpc] }] })
}

pub(super) fn subnets(ids: &[&str]) -> Missing {
    let why = format!("names the VPC, addresses and Availability Zone of {}", words("subnet", ids));
    ec2("DescribeSubnets", json!({ "SubnetIds": ids }), why)
}

pub(super) fn route_tables(vpc: &str, subnet: &str) -> Missing {
    let why = format!("shows which route table subnet `{subnet}` uses, and where its routes lead");
    ec2("DescribeRouteTables", of_vpc("Filters", vpc), why)
}

pub(super) fn nat_gateways(vpc: &str, nat: &str) -> Missing {
    // This one operation calls its filters `Filter`.
    let why = format!("shows whether NAT gateway `{nat}` works, and in which subnet it stands");
    ec2("DescribeNatGateways", of_vpc("Filter", vpc), why)
}

pub(super) fn endpoints(vpc: &str) -> Missing {
    let why = format!("shows which services have an endpoint in VPC `{vpc}`");
    ec2("DescribeVpcEndpoints", of_vpc("Filters", vpc), why)
}

pub(super) fn security_groups(ids: &[&str]) -> Missing {
    let why = format!("shows what the rules of {} let through", words("security group", ids));
    ec2("DescribeSecurityGroups", json!({ "GroupIds": ids }), why)
}

pub(super) fn default_group(vpc: &str) -> Missing {
    let params = json!({ "Filters": [
        { "Name": "vpc-id", "Values": [vpc] },
        { "Name": "group-name", "Values": ["default"] },
    ]});
    let why = format!("shows the default security group of VPC `{vpc}`, which holds where none is named");
    ec2("DescribeSecurityGroups", params, why)
}

pub(super) fn network_acls(vpc: &str, subnet: &str) -> Missing {
    let why = format!("shows what the network ACL of subnet `{subnet}` lets through");
    ec2("DescribeNetworkAcls", of_vpc("Filters", vpc), why)
}

pub(super) fn vpc(id: &str) -> Missing {
    let why = format!("shows the address ranges and the DHCP options of VPC `{id}`");
    ec2("DescribeVpcs", json!({ "VpcIds": [id] }), why)
}

pub(super) fn dhcp_options(id: &str) -> Missing {
    let why = "shows whether names are resolved by Amazon's DNS servers or by others";
    ec2("DescribeDhcpOptions", json!({ "DhcpOptionsIds": [id] }), why)
}

/// `attribute` is `enableDnsSupport` or `enableDnsHostnames`; one call answers for one.
pub(super) fn vpc_attribute(vpc: &str, attribute: &str) -> Missing {
    let why = format!("shows whether names resolve in VPC `{vpc}` (`{attribute}`)");
    ec2("DescribeVpcAttribute", json!({ "VpcId": vpc, "Attribute": attribute }), why)
}

pub(super) fn network_interfaces(ids: &[&str]) -> Missing {
    let why = format!("shows the addresses and security groups of {}", words("network interface", ids));
    ec2("DescribeNetworkInterfaces", json!({ "NetworkInterfaceIds": ids }), why)
}

pub(super) fn interface_with(vpc: &str, address: &str) -> Missing {
    let params = json!({ "Filters": [
        { "Name": "vpc-id", "Values": [vpc] },
        { "Name": "addresses.private-ip-address", "Values": [address] },
    ]});
    ec2("DescribeNetworkInterfaces", params, format!("shows what has the address `{address}`"))
}

pub(super) fn instance(id: &str) -> Missing {
    let why = format!("shows subnet, security groups and public address of instance `{id}`");
    ec2("DescribeInstances", json!({ "InstanceIds": [id] }), why)
}

pub(super) fn prefix_list(id: &str) -> Missing {
    let why = format!("shows the ranges of prefix list `{id}`");
    ec2("GetManagedPrefixListEntries", json!({ "PrefixListId": id }), why)
}

pub(super) fn container_instance(cluster: &str, arn: &str) -> Missing {
    let params = json!({ "cluster": cluster, "containerInstances": [arn] });
    let request = Request::new("ecs", "DescribeContainerInstances", params);
    Missing::answer(request, "names the EC2 instance that the task was placed on")
}

pub(super) fn service(cluster: &str, service: &str) -> Missing {
    let params = json!({ "cluster": cluster, "services": [service] });
    let request = Request::new("ecs", "DescribeServices", params);
    let why = format!("shows subnets, security groups and `assignPublicIp` of service `{service}`");
    Missing::answer(request, why)
}

pub(super) fn mount_targets(file_system: &str) -> Missing {
    let params = json!({ "FileSystemId": file_system });
    let why = format!("shows in which subnets file system `{file_system}` can be mounted");
    Missing::answer(Request::new("efs", "DescribeMountTargets", params), why)
}

pub(super) fn mount_target_groups(target: &str) -> Missing {
    let params = json!({ "MountTargetId": target });
    let why = format!("names the security groups of mount target `{target}`");
    Missing::answer(Request::new("efs", "DescribeMountTargetSecurityGroups", params), why)
}

fn words(noun: &str, ids: &[&str]) -> String {
    let quoted: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
    format!("{noun}{} {}", if ids.len() == 1 { "" } else { "s" }, quoted.join(", "))
}
