//! The calls that would tell how a way stands.

use serde_json::json;

use crate::evidence::Request;
use crate::evidence::ec2::{Instance, RouteTable};
use crate::network::Missing;
use crate::signals::Subject;

/// The calls that would tell what is missing, the most decisive first.
pub(super) fn calls(subject: &Subject<'_>, missing: Vec<Missing>) -> Vec<(Request, String)> {
    let mut calls: Vec<(Request, String)> =
        missing.into_iter().filter_map(|missing| Some((missing.request?, missing.why))).collect();
    let is_stopped = subject.task.as_ref().is_some_and(|task| task.last_status() == Some("STOPPED"));
    // The interface of a task that stopped is gone.
    calls.retain(|(request, _)| !(is_stopped && request.params.get("NetworkInterfaceIds").is_some()));
    if calls.iter().any(|(request, _)| request.operation == "DescribeSubnets") {
        calls.extend(of_instance(subject));
    }
    calls.sort_by_key(|(request, _)| order(&request.operation));
    calls
}

/// An instance names its VPC, so that what is asked by VPC need not wait for its subnet.
fn of_instance(subject: &Subject<'_>) -> Vec<(Request, String)> {
    let id = subject.instance.as_ref().and_then(|instance| instance.ec2_instance_id());
    let mut all = subject.evidence.all::<Instance<'_>>();
    let instance = all.find(|instance| id.is_some() && instance.instance_id() == id);
    let Some(vpc) = instance.and_then(|instance| instance.vpc_id()) else { return Vec::new() };
    if subject.evidence.all::<RouteTable<'_>>().any(|table| table.vpc_id() == Some(vpc)) {
        return Vec::new();
    }
    let by_vpc = [
        ("DescribeRouteTables", "Filters", "where the routes of the VPC lead"),
        ("DescribeVpcEndpoints", "Filters", "which services have an endpoint in the VPC"),
        ("DescribeNatGateways", "Filter", "which NAT gateways the VPC has, and whether they work"),
        ("DescribeNetworkAcls", "Filters", "what the network ACLs of the VPC let through"),
    ];
    let request = |operation, key: &str| {
        Request::new("ec2", operation, json!({ key: [{ "Name": "vpc-id", "Values": [vpc] }] }))
    };
    by_vpc
        .iter()
        .map(|(operation, key, why)| (request(*operation, key), format!("shows {why} `{vpc}`")))
        .collect()
}

/// The place of a call among others.
fn order(operation: &str) -> usize {
    const ORDER: &[&str] = &[
        "DescribeContainerInstances",
        "DescribeInstances",
        "DescribeServices",
        "DescribeSubnets",
        "DescribeMountTargets",
        "DescribeRouteTables",
        "DescribeVpcEndpoints",
        "DescribeNatGateways",
        "DescribeMountTargetSecurityGroups",
        "DescribeSecurityGroups",
        "DescribeNetworkAcls",
        "DescribeVpcAttribute",
    ];
    ORDER.iter().position(|known| *known == operation).unwrap_or(ORDER.len())
}
