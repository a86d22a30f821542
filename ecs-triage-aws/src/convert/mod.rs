//! Answers of the SDK as JSON with botocore's names, as the AWS CLI prints them.
//!
//! Only services whose API answers with XML or CBOR are converted, field by field, as far as the engine reads them. Of
//! the others the body itself is the evidence: see [`raw`](crate::sdk::raw).

pub(crate) mod cloudwatch;
#[cfg(feature = "network")]
pub(crate) mod ec2;
#[cfg(feature = "elb")]
pub(crate) mod elb;
#[cfg(feature = "elb")]
pub(crate) mod elbv2;
pub(crate) mod iam;
#[cfg(feature = "storage")]
pub(crate) mod s3;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::{Map, Value};

/// An object of the members that are there.
pub(crate) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let there = members.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(there.map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
}

/// `members!(role, { "RoleName": text role_name, "RoleLastUsed": inner role_last_used (used) })`: each member by its
/// name in JSON, the function of this module that converts it, the getter of the SDK, and what converts what is in it.
macro_rules! members {
    ($from:expr, { $( $key:literal: $kind:ident $getter:ident $( ($inside:expr) )? ),* $(,)? }) => {
        $crate::convert::object([ $( ($key, $crate::convert::member!($from, $kind $getter $($inside)?)) ),* ])
    };
}
pub(crate) use members;

/// Getters of lists do not tell an empty list from none; their fields do.
macro_rules! member {
    ($from:expr, list $field:ident $inside:expr) => { $crate::convert::list(&$from.$field, $inside) };
    ($from:expr, texts $field:ident) => { $crate::convert::texts(&$from.$field) };
    ($from:expr, $kind:ident $getter:ident $($inside:expr)?) => {
        $crate::convert::$kind($from.$getter() $(, $inside)?)
    };
}
pub(crate) use member;

pub(crate) fn text<'t>(text: impl Into<Option<&'t str>>) -> Value {
    text.into().map_or(Value::Null, Value::from)
}

/// A word of an enumeration, also one that the SDK does not know.
pub(crate) fn word<'t, W: AsWord + 't>(word: impl Into<Option<&'t W>>) -> Value {
    word.into().map_or(Value::Null, |word| Value::from(word.word()))
}

pub(crate) fn scalar(value: impl Into<Value>) -> Value {
    value.into()
}

pub(crate) fn time<'t>(time: impl Into<Option<&'t DateTime>>) -> Value {
    time.into().and_then(|time| time.fmt(Format::DateTime).ok()).map_or(Value::Null, Value::from)
}

pub(crate) fn list<'t, T: 't>(values: impl Into<Option<&'t Vec<T>>>, convert: impl Fn(&T) -> Value) -> Value {
    values.into().map_or(Value::Null, |values| values.iter().map(convert).collect())
}

pub(crate) fn texts<'t>(values: impl Into<Option<&'t Vec<String>>>) -> Value {
    list(values, |value| Value::from(value.as_str()))
}

pub(crate) fn inner<'t, T: 't>(value: impl Into<Option<&'t T>>, convert: impl Fn(&T) -> Value) -> Value {
    value.into().map_or(Value::Null, convert)
}

/// An enumeration of the SDK.
pub(crate) trait AsWord {
    fn word(&self) -> &str;
}

/// Names enumerations of the SDK, which share no trait.
macro_rules! words {
    ($($name:path),* $(,)?) => { $(
        impl $crate::convert::AsWord for $name {
            fn word(&self) -> &str {
                self.as_str()
            }
        }
    )* };
}
pub(crate) use words;
