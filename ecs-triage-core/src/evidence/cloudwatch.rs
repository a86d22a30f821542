//! Amazon CloudWatch: metrics and alarms.
//!
//! Member names and meanings: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Types.html>.

use super::node::views;

views! {
    /// A point of a metric, of `GetMetricStatistics`, which answers unsorted and does not name the dimensions.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Datapoint.html>
    Datapoint {
        /// Start of the period.
        timestamp: time = "Timestamp";
        /// Average; only when it was asked for, as the others.
        average: number = "Average";
        /// Largest value.
        maximum: number = "Maximum";
        /// Smallest value.
        minimum: number = "Minimum";
        /// Sum.
        sum: number = "Sum";
        /// Number of samples.
        sample_count: number = "SampleCount";
        /// Unit.
        unit: text = "Unit";
    }

    /// One series, of `GetMetricData`; the dimensions are in the request alone.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html>
    MetricDataResult {
        /// Id of the query.
        id: text = "Id";
        /// Label.
        label: text = "Label";
        /// Times, newest first unless asked otherwise.
        timestamps: [time] = "Timestamps";
        /// Values, one a time.
        values: [number] = "Values";
        /// `Complete`, `PartialData`, `InternalError` or `Forbidden`.
        status_code: text = "StatusCode";
    }

    /// An alarm, of `DescribeAlarms`.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html>
    MetricAlarm {
        /// Name.
        alarm_name: text = "AlarmName";
        /// ARN.
        alarm_arn: text = "AlarmArn";
        /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
        state_value: text = "StateValue";
        /// Why.
        state_reason: text = "StateReason";
        /// When the state was last computed.
        state_updated_timestamp: time = "StateUpdatedTimestamp";
        /// When the state last changed.
        state_transitioned_timestamp: time = "StateTransitionedTimestamp";
        /// Namespace of the metric.
        namespace: text = "Namespace";
        /// Metric.
        metric_name: text = "MetricName";
        /// Dimensions of the metric.
        dimensions: [Dimension] = "Dimensions";
        /// Threshold.
        threshold: number = "Threshold";
        /// How the metric is compared with the threshold.
        comparison_operator: text = "ComparisonOperator";
    }

    /// A dimension of a metric.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html>
    Dimension {
        /// Name, such as `ServiceName`.
        name: text = "Name";
        /// Value.
        value: text = "Value";
    }
}
