//! Amazon CloudWatch, which speaks CBOR.

use aws_config::SdkConfig;
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{Dimension, Statistic};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::Value;

use crate::convert::cloudwatch as convert;
use crate::sdk::{Params, failed};
use crate::transport::{Call, CallError};

pub(crate) async fn call(config: &SdkConfig, call: &Call) -> Result<Value, CallError> {
    let client = Client::new(config);
    let params = Params::of(call);
    if call.request.operation != "GetMetricStatistics" {
        return Err(CallError::NotAllowed(call.to_string()));
    }
    let time =
        |name| params.text(name).and_then(|time| DateTime::from_str(&time, Format::DateTimeWithOffset).ok());
    let dimensions = params.named("Dimensions").map(|(name, dimension)| {
        let value = dimension.get("Value").and_then(Value::as_str).unwrap_or_default();
        Dimension::builder().name(name).value(value).build()
    });
    let statistics = params.texts("Statistics").unwrap_or_default();
    let built = client
        .get_metric_statistics()
        .set_namespace(params.text("Namespace"))
        .set_metric_name(params.text("MetricName"))
        .set_dimensions(Some(dimensions.collect()))
        .set_start_time(time("StartTime"))
        .set_end_time(time("EndTime"))
        .set_period(params.integer("Period"))
        .set_statistics(Some(statistics.iter().map(|name| Statistic::from(name.as_str())).collect()));
    built.send().await.map(|answer| convert::get_metric_statistics(&answer)).map_err(failed)
}
