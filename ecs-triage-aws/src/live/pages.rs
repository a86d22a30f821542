//! Answers of several pages.

use serde_json::{Map, Value};

/// Where an answer says that there is more, and the parameter that asks for it.
///
/// `GetLogEvents` has other tokens and is meant to give its last page alone.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html>
const TOKENS: &[(&str, &str)] =
    &[("nextToken", "nextToken"), ("NextToken", "NextToken"), ("NextMarker", "Marker"), ("Marker", "Marker")];

/// The parameters that ask for the page behind `answer`; `None` when it is the last.
pub(super) fn next(params: &Value, answer: &Value) -> Option<Value> {
    let (name, token) = TOKENS.iter().find_map(|(member, name)| {
        let token = answer.get(*member)?.as_str().filter(|token| !token.is_empty())?;
        // The answer of Amazon EFS repeats the marker that it was asked with.
        (params.get(*name).and_then(Value::as_str) != Some(token)).then_some((*name, token))
    })?;
    let mut next = params.as_object().cloned().unwrap_or_default();
    next.insert(name.to_owned(), Value::from(token));
    Some(Value::Object(next))
}

/// Puts the lists of a page behind those of the pages before it, as the AWS CLI does.
pub(super) fn append(whole: &mut Value, page: Value) {
    let (Value::Object(whole), Value::Object(page)) = (whole, page) else { return };
    for (member, _) in TOKENS {
        whole.remove(*member);
    }
    whole.remove("IsTruncated");
    for (key, value) in page {
        extend(whole, key, value);
    }
}

fn extend(whole: &mut Map<String, Value>, key: String, value: Value) {
    match (whole.get_mut(&key), value) {
        (Some(Value::Array(known)), Value::Array(more)) => known.extend(more),
        (_, value) => {
            whole.insert(key, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pages_are_joined_as_one_answer() {
        let params = json!({ "cluster": "prod" });
        let mut whole = json!({ "taskArns": ["a"], "nextToken": "t1" });
        let second = next(&params, &whole).unwrap();
        assert_eq!(second, json!({ "cluster": "prod", "nextToken": "t1" }));
        append(&mut whole, json!({ "taskArns": ["b"], "nextToken": "t2" }));
        let third = next(&second, &whole).unwrap();
        append(&mut whole, json!({ "taskArns": [] }));
        assert_eq!(whole, json!({ "taskArns": ["a", "b"] }));
        assert_eq!(next(&third, &whole), None);
    }

    #[test]
    fn a_marker_that_leads_nowhere_is_not_followed() {
        let params = json!({ "RoleName": "web", "Marker": "m" });
        assert_eq!(next(&params, &json!({ "Marker": "m", "IsTruncated": true })), None);
        assert_eq!(next(&params, &json!({ "nextForwardToken": "f/1" })), None);
        assert_eq!(next(&params, &json!({ "NextToken": "", "nextToken": null })), None);
    }
}
