//! Elastic Load Balancing, first version.

use aws_sdk_elasticloadbalancing::operation::describe_instance_health::DescribeInstanceHealthOutput;
use aws_sdk_elasticloadbalancing::types::InstanceState;
use serde_json::Value;

use super::members;

pub(crate) fn describe_instance_health(answer: &DescribeInstanceHealthOutput) -> Value {
    members!(answer, { "InstanceStates": list instance_states (state) })
}

fn state(state: &InstanceState) -> Value {
    members!(state, {
        "InstanceId": text instance_id,
        "State": text state,
        "ReasonCode": text reason_code,
        "Description": text description,
    })
}
