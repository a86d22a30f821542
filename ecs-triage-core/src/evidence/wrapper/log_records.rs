//! What CloudWatch Logs delivers and finds: subscriptions and results of Logs Insights.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html>

use serde_json::Value;

use super::{Contents, Holds, Wrapper};
use crate::evidence::Kind;

pub(super) fn open(wrapper: &Wrapper<'_>) -> Option<Contents> {
    subscription(wrapper).or_else(|| query_results(wrapper))
}

fn subscription(wrapper: &Wrapper<'_>) -> Option<Contents> {
    let (key, Value::Array(lines)) = wrapper.get("logEvents")? else {
        return None;
    };
    // CloudWatch Logs asks a destination with such a message whether it is there.
    if wrapper.text("messageType") == Some("CONTROL_MESSAGE") {
        return Some(Contents::default());
    }
    let pointers = (0..lines.len()).map(|index| format!("/{key}/{index}")).collect();
    Some(Contents::of_all(pointers, Holds::Object(Kind::LogEvent)))
}

/// Rows of fields and values; the line is the field `@message`.
fn query_results(wrapper: &Wrapper<'_>) -> Option<Contents> {
    let (key, Value::Array(rows)) = wrapper.get("results")? else {
        return None;
    };
    let is_row = |row: &Value| {
        row.as_array().is_some_and(|fields| fields.iter().any(|field| field.get("field").is_some()))
    };
    if !rows.iter().any(is_row) && !wrapper.has("statistics") {
        return None;
    }
    let mut contents = Contents::default();
    for (row, fields) in rows.iter().enumerate() {
        for (column, field) in fields.as_array().into_iter().flatten().enumerate() {
            if field.get("field").and_then(Value::as_str) == Some("@message") {
                contents = contents.add(format!("/{key}/{row}/{column}/value"), Holds::Object(Kind::LogLine));
            }
        }
    }
    Some(contents)
}
