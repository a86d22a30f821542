//! AWS CloudTrail: who called what.

use super::node::views;

views! {
    /// A recorded call, of a trail's file, an EventBridge event or the text in a `LookupEvents` answer.
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
    TrailRecord {
        /// Service that was called, such as `ecs.amazonaws.com`.
        event_source: text = "eventSource";
        /// Operation.
        event_name: text = "eventName";
        /// When.
        event_time: time = "eventTime";
        /// Region.
        aws_region: text = "awsRegion";
        /// Who called.
        user_identity: UserIdentity = "userIdentity";
        /// Error code; absent when the call worked.
        error_code: text = "errorCode";
        /// The error.
        error_message: text = "errorMessage";
        /// What was asked.
        request_parameters: any = "requestParameters";
        /// What was answered; for calls that change something alone.
        response_elements: any = "responseElements";
    }

    /// Who called.
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>
    UserIdentity {
        /// `IAMUser`, `AssumedRole`, `AWSService`, ….
        kind: text = "type";
        /// ARN.
        arn: text = "arn";
        /// Account.
        account_id: text = "accountId";
        /// AWS service that called on its own account.
        invoked_by: text = "invokedBy";
    }

    /// A call as `LookupEvents` lists it; the record itself is in it as text.
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html>
    TrailEvent {
        /// Id.
        event_id: text = "EventId";
        /// Operation.
        event_name: text = "EventName";
        /// Service that was called.
        event_source: text = "EventSource";
        /// When.
        event_time: time = "EventTime";
        /// Who called.
        username: text = "Username";
        /// The record, as text of JSON.
        cloud_trail_event: text = "CloudTrailEvent";
    }
}
