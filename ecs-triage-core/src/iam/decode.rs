//! Getting at the JSON of a policy, whichever way it was fetched.

use std::borrow::Cow;

use serde_json::Value;

use super::error::{PolicyError, PolicyProblem};

/// How often a document may be wrapped in a string: once by the API, once by whoever stored it.
const MAX_WRAPPING: usize = 3;

/// The policy document in `value` as a JSON object.
///
/// The CLI and boto3 hand out IAM's documents as objects, the raw API and other SDKs as percent-encoded
/// strings, and ECR, Secrets Manager and EC2 as strings of plain JSON. All of them are read.
/// Percent-decoding is RFC 3986, in which `+` is itself.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyVersion.html>
///
/// # Errors
/// [`PolicyProblem::NotJson`] when a string holds no JSON, [`PolicyProblem::WrongType`] when the JSON is no object.
pub fn decode_document(value: &Value) -> Result<Cow<'_, Value>, PolicyError> {
    let mut current = Cow::Borrowed(value);
    for _ in 0..MAX_WRAPPING {
        let Value::String(text) = current.as_ref() else {
            break;
        };
        current = Cow::Owned(decode_text(text)?);
    }
    if current.is_object() { Ok(current) } else { Err(PolicyError::wrong_type("", "an object", &current)) }
}

fn decode_text(text: &str) -> Result<Value, PolicyError> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let plain = if text.starts_with(['{', '"']) { Cow::Borrowed(text) } else { percent_decode(text)? };
    serde_json::from_str(plain.trim()).map_err(|error| not_json(error.to_string()))
}

fn percent_decode(text: &str) -> Result<Cow<'_, str>, PolicyError> {
    if !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, tail @ ..] = tail else {
            return Err(not_json("the text ends within a percent-encoded character"));
        };
        let (Some(high), Some(low)) = (hex(*high), hex(*low)) else {
            return Err(not_json("`%` is not followed by two hexadecimal digits"));
        };
        bytes.push(high << 4 | low);
        rest = tail;
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| not_json("percent-encoded text is not UTF-8"))
}

fn hex(digit: u8) -> Option<u8> {
    (digit as char).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

fn not_json(detail: impl Into<String>) -> PolicyError {
    PolicyError::new("", PolicyProblem::NotJson(detail.into()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_transport_gives_the_same_document() {
        let document = json!({"Statement": [{"Resource": "arn:aws:iam::111122223333:role/a+b"}]});
        let text = document.to_string();
        let encoded: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let sparse = text.replace('{', "%7B").replace('"', "%22");
        for value in [
            document.clone(),
            json!(text),
            json!(format!("\u{feff}\n {text}\n")),
            json!(encoded),
            json!(sparse),
            json!(format!("%0A%20{sparse}")),
            json!(json!(text).to_string()),
        ] {
            assert_eq!(decode_document(&value).expect("a document").as_ref(), &document, "{value}");
        }
    }

    #[test]
    fn what_is_no_document_is_an_error() {
        for value in
            [json!(null), json!([]), json!(1), json!(""), json!("%7"), json!("%zz"), json!("%ff"), json!("{")]
        {
            assert!(decode_document(&value).is_err(), "{value}");
        }
        let mut wrapped = json!("{}");
        for _ in 0..9 {
            wrapped = json!(wrapped.to_string());
        }
        assert!(decode_document(&wrapped).is_err());
    }
}
