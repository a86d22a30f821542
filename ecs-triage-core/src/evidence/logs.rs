//! Amazon CloudWatch Logs: groups, streams and lines.
//!
//! Member names and meanings: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Types.html>.
//! Times are milliseconds since 1970 in every transport.

use super::node::views;

views! {
    /// A log group, of `DescribeLogGroups`, which searches by prefix: compare the whole name.
    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html>
    LogGroup {
        /// Name.
        log_group_name: text = "logGroupName";
        /// ARN; ends in `:*`.
        arn: text = "arn";
        /// When it was made.
        creation_time: time = "creationTime";
        /// Days that lines are kept; for ever when absent.
        retention_in_days: integer = "retentionInDays";
        /// KMS key.
        kms_key_id: text = "kmsKeyId";
        /// `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`.
        log_group_class: text = "logGroupClass";
    }

    /// A log stream, of `DescribeLogStreams`.
    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogStream.html>
    LogStream {
        /// Name; with awslogs `PREFIX/CONTAINER/TASK`.
        log_stream_name: text = "logStreamName";
        /// ARN.
        arn: text = "arn";
        /// When it was made.
        creation_time: time = "creationTime";
        /// Time of the first line; absent when there is none.
        first_event_timestamp: time = "firstEventTimestamp";
        /// Time of the last line; absent when there is none.
        last_event_timestamp: time = "lastEventTimestamp";
    }

    /// A line, of `GetLogEvents`, `FilterLogEvents` or a subscription.
    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilteredLogEvent.html>
    LogEvent {
        /// Stream; of `FilterLogEvents` alone.
        log_stream_name: text = "logStreamName";
        /// When the line was written.
        timestamp: time = "timestamp";
        /// The line; may hold secrets.
        message: text = "message";
        /// When it arrived.
        ingestion_time: time = "ingestionTime";
        /// Id; of `FilterLogEvents` alone.
        event_id: text = "eventId" | "id";
    }
}
