//! Elastic Load Balancing, version 2.

use aws_sdk_elasticloadbalancingv2::operation::describe_target_groups::DescribeTargetGroupsOutput;
use aws_sdk_elasticloadbalancingv2::operation::describe_target_health::DescribeTargetHealthOutput;
use aws_sdk_elasticloadbalancingv2::types::{
    Matcher, ProtocolEnum, TargetDescription, TargetGroup, TargetHealth, TargetHealthDescription,
    TargetHealthReasonEnum, TargetHealthStateEnum, TargetTypeEnum,
};
use serde_json::Value;

use super::{members, words};

words!(ProtocolEnum, TargetHealthReasonEnum, TargetHealthStateEnum, TargetTypeEnum);

pub(crate) fn describe_target_health(answer: &DescribeTargetHealthOutput) -> Value {
    members!(answer, { "TargetHealthDescriptions": list target_health_descriptions (description) })
}

fn description(description: &TargetHealthDescription) -> Value {
    members!(description, {
        "Target": inner target (target),
        "HealthCheckPort": text health_check_port,
        "TargetHealth": inner target_health (health),
    })
}

fn target(target: &TargetDescription) -> Value {
    members!(target, { "Id": text id, "Port": scalar port, "AvailabilityZone": text availability_zone })
}

fn health(health: &TargetHealth) -> Value {
    members!(health, { "State": word state, "Reason": word reason, "Description": text description })
}

pub(crate) fn describe_target_groups(answer: &DescribeTargetGroupsOutput) -> Value {
    members!(answer, { "TargetGroups": list target_groups (group), "NextMarker": text next_marker })
}

fn group(group: &TargetGroup) -> Value {
    members!(group, {
        "TargetGroupArn": text target_group_arn,
        "TargetGroupName": text target_group_name,
        "Protocol": word protocol,
        "ProtocolVersion": text protocol_version,
        "Port": scalar port,
        "VpcId": text vpc_id,
        "TargetType": word target_type,
        "HealthCheckProtocol": word health_check_protocol,
        "HealthCheckPort": text health_check_port,
        "HealthCheckPath": text health_check_path,
        "HealthCheckEnabled": scalar health_check_enabled,
        "HealthCheckIntervalSeconds": scalar health_check_interval_seconds,
        "HealthCheckTimeoutSeconds": scalar health_check_timeout_seconds,
        "HealthyThresholdCount": scalar healthy_threshold_count,
        "UnhealthyThresholdCount": scalar unhealthy_threshold_count,
        "Matcher": inner matcher (matcher),
        "LoadBalancerArns": texts load_balancer_arns,
    })
}

fn matcher(matcher: &Matcher) -> Value {
    members!(matcher, { "HttpCode": text http_code, "GrpcCode": text grpc_code })
}
