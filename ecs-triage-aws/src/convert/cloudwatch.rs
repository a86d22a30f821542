//! Amazon CloudWatch.

use aws_sdk_cloudwatch::operation::get_metric_statistics::GetMetricStatisticsOutput;
use aws_sdk_cloudwatch::types::{Datapoint, StandardUnit};
use serde_json::Value;

use super::{members, words};

words!(StandardUnit);

pub(crate) fn get_metric_statistics(answer: &GetMetricStatisticsOutput) -> Value {
    members!(answer, { "Label": text label, "Datapoints": list datapoints (datapoint) })
}

fn datapoint(point: &Datapoint) -> Value {
    members!(point, {
        "Timestamp": time timestamp,
        "SampleCount": scalar sample_count,
        "Average": scalar average,
        "Sum": scalar sum,
        "Minimum": scalar minimum,
        "Maximum": scalar maximum,
        "Unit": word unit,
    })
}
