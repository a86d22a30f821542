//! Calls of the ECS API that were refused or found nothing.

mod missing;
mod rejected;

pub(super) use missing::{RESOURCE_MISSING, TASK_NOT_VALID};
pub(super) use rejected::REQUEST_REJECTED;

use super::payload::payloads;
use super::{Ask, Blast, Bucket, Cause, Check, Confidence, Fix, Kind, Rule, Verdict};

const FAILURES: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html";

payloads! {
    /// Something that a call asked about.
    Asked {
        /// Its ARN.
        arn: String,
        /// The call.
        operation: String,
    }

    /// A call that was refused.
    Refused {
        /// The call.
        operation: String,
        /// Code that ECS answered with.
        error_code: String,
    }
}
