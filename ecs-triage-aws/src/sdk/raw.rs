//! Calls of services that speak JSON: parameters go out as the engine wants them, and answers come in as AWS gives them.
//!
//! botocore's parameters are the body of such a request, and the body of the answer is the evidence. So nothing is lost
//! that the types of the SDK do not know yet, and no parameter needs code of its own; the SDK still signs, sends,
//! retries, and tells errors. Times, which such bodies hold as seconds, are written as the CLI prints them.

use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use ecs_triage_core::Timestamp;
use serde_json::Value;

use crate::transport::{Call, CallError};

/// Puts a call's parameters into the request and keeps the body of the answer.
#[derive(Debug, Clone)]
pub(crate) struct Raw {
    /// Body of the request; `None` leaves it as the SDK made it.
    request: Option<String>,
    answer: Arc<Mutex<Option<Vec<u8>>>>,
}

impl Raw {
    /// For operations whose parameters are the body of the request.
    pub(crate) fn both(call: &Call) -> Self {
        Self { request: Some(call.request.params.to_string()), answer: Arc::default() }
    }

    /// For operations whose parameters stand in the path and the query.
    #[cfg(feature = "storage")]
    pub(crate) fn answer_only() -> Self {
        Self { request: None, answer: Arc::default() }
    }

    /// What AWS answered, once the call has succeeded.
    pub(crate) fn answer(&self) -> Result<Value, CallError> {
        let body = self.answer.lock().ok().and_then(|mut kept| kept.take()).unwrap_or_default();
        let mut answer: Value = serde_json::from_slice(&body)
            .map_err(|error| CallError::Garbled(format!("the answer is no JSON: {error}")))?;
        write_times(&mut answer);
        Ok(answer)
    }
}

impl Intercept for Raw {
    fn name(&self) -> &'static str {
        "Raw"
    }

    fn modify_before_retry_loop(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(body) = &self.request {
            let request = context.request_mut();
            request.headers_mut().insert("content-length", body.len().to_string());
            *request.body_mut() = SdkBody::from(body.as_str());
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Ok(mut kept) = self.answer.lock() {
            *kept = context.response().body().bytes().map(<[u8]>::to_vec);
        }
        Ok(())
    }
}

/// Makes the operation of a JSON service that a call names: `operations!(client, call, { "ListTasks" => list_tasks })`.
macro_rules! operations {
    ($client:expr, $call:expr, { $( $operation:literal => $method:ident, )* }) => {{
        let raw = $crate::sdk::raw::Raw::both($call);
        match $call.request.operation.as_str() {
            $( $operation => match $client.$method().customize().interceptor(raw.clone()).send().await {
                Ok(_) => raw.answer(),
                Err(error) => Err($crate::sdk::failed(error)),
            }, )*
            _ => Err($crate::transport::CallError::NotAllowed($call.to_string())),
        }
    }};
}
pub(crate) use operations;

/// Seconds since 1970 from 2001 to 5138: no count or size stands under a name of a time, and milliseconds are greater.
const SECONDS: std::ops::Range<f64> = 1e9..1e11;

/// How names of times end. Every call is compared with boto3, which knows the models: `tests/e2e/test_wire.py`.
const TIMES: &[&str] = &["At", "Date", "Time", "Timestamp", "ValidTo", "lastStatusChange", "lastUpdated"];

/// Writes times as the AWS CLI does.
fn write_times(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(write_times),
        Value::Object(members) => {
            for (key, value) in members.iter_mut() {
                let is_time = TIMES.iter().any(|end| key.ends_with(end));
                match value.as_f64().filter(|seconds| is_time && SECONDS.contains(seconds)) {
                    Some(seconds) => {
                        if let Some(time) = Timestamp::from_epoch(seconds) {
                            *value = time.to_string().into();
                        }
                    }
                    None => write_times(value),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn seconds_become_times_and_milliseconds_stay() {
        let mut answer = json!({
            "tasks": [{ "createdAt": 1_795_334_400.25, "cpu": 1_795_334_400 }],
            "LastChangedDate": 1_795_334_400,
            "events": [{ "timestamp": 1_795_334_400_123_i64, "ingestionTime": 1_795_334_400_123_i64 }],
            "runningTimeouts": 1_795_334_400,
        });
        write_times(&mut answer);
        assert_eq!(
            answer["tasks"][0],
            json!({ "createdAt": "2026-11-22T08:00:00.25Z", "cpu": 1_795_334_400 })
        );
        assert_eq!(answer["LastChangedDate"], "2026-11-22T08:00:00Z");
        assert_eq!(answer["events"][0]["timestamp"], 1_795_334_400_123_i64);
        assert_eq!(answer["runningTimeouts"], 1_795_334_400);
    }
}
