//! Documents inside documents: JSON as text, percent-encoded, or as base64 with or without gzip.

use serde_json::Value;

use super::document;

/// What a text holds when it is a JSON object or list, plain or percent-encoded as IAM's API writes policies.
pub(crate) fn json(text: &str) -> Option<Value> {
    let text = text.trim_start_matches('\u{feff}').trim();
    let value: Value = if text.starts_with(['{', '[']) {
        serde_json::from_str(text).ok()?
    } else if text.starts_with('"') {
        // Text of text: whoever stored the document wrapped it once more.
        let inner: String = serde_json::from_str(text).ok()?;
        let inner = inner.trim();
        return if inner.starts_with(['{', '[']) { serde_json::from_str(inner).ok() } else { None };
    } else if text.starts_with('%') {
        serde_json::from_slice(&percent_decoded(text)?).ok()?
    } else {
        return None;
    };
    (value.is_object() || value.is_array()).then_some(value)
}

/// Percent-decoding of RFC 3986, in which `+` is itself.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyVersion.html>
fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, tail @ ..] = tail else {
            return None;
        };
        let digit = |byte: u8| char::from(byte).to_digit(16);
        bytes.push(u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()?);
        rest = tail;
    }
    Some(bytes)
}

/// Most bytes that one record is unpacked to: CloudWatch Logs sends a few MB at most.
const LARGEST: usize = 16 << 20;

/// How many bytes may still be unpacked for one evidence, so that many small records cannot fill the memory either.
#[derive(Debug, Clone)]
pub(crate) struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(128 << 20)
    }
}

/// What the data of a stream's record holds: JSON or lines of JSON, as base64, perhaps of gzip.
///
/// What is unpacked is taken from the `room`.
pub(crate) fn data(text: &str, room: &mut Room) -> Option<Value> {
    let text = text.trim();
    if text.starts_with(['{', '[']) {
        return json(text);
    }
    let bytes = base64_decoded(text)?;
    let bytes = match bytes.as_slice() {
        [0x1f, 0x8b, ..] => {
            let unpacked = gunzipped(&bytes, room.0);
            // What is too large has been paid for as well.
            room.0 -= unpacked.as_ref().map_or(LARGEST.min(room.0), Vec::len);
            unpacked?
        }
        _ => bytes,
    };
    let decoded = document::decode_json(std::str::from_utf8(&bytes).ok()?).ok()?;
    (decoded.value.is_object() || decoded.value.is_array()).then_some(decoded.value)
}

/// Base64 of RFC 4648 with the standard alphabet; padding may be missing.
fn base64_decoded(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=').as_bytes();
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for group in digits.chunks(4) {
        let mut bits: u32 = 0;
        for digit in group {
            let value = match digit {
                b'A'..=b'Z' => digit - b'A',
                b'a'..=b'z' => digit - b'a' + 26,
                b'0'..=b'9' => digit - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return None,
            };
            bits = bits << 6 | u32::from(value);
        }
        bits <<= 6 * (4 - group.len());
        // A group of n digits carries n - 1 bytes.
        bytes.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    Some(bytes)
}

/// The content of a gzip member (RFC 1952), which CloudWatch Logs packs its subscriptions into.
fn gunzipped(bytes: &[u8], room: usize) -> Option<Vec<u8>> {
    const HAS_CHECKSUM: u8 = 2;
    const HAS_EXTRA: u8 = 4;
    const HAS_NAME: u8 = 8;
    const HAS_COMMENT: u8 = 16;
    let flags = *bytes.get(3)?;
    let mut rest = bytes.get(10..)?;
    if flags & HAS_EXTRA != 0 {
        let [low, high, tail @ ..] = rest else {
            return None;
        };
        rest = tail.get(usize::from(u16::from_le_bytes([*low, *high]))..)?;
    }
    for text in [HAS_NAME, HAS_COMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & HAS_CHECKSUM != 0 {
        rest = rest.get(2..)?;
    }
    miniz_oxide::inflate::decompress_to_vec_with_limit(rest, LARGEST.min(room)).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Option<Value> {
        data(text, &mut Room::default())
    }

    #[test]
    fn a_policy_reads_the_same_in_every_transport() {
        let policy = json!({"Statement": [{"Resource": "arn:aws:iam::111122223333:role/a+b"}]});
        let text = policy.to_string();
        let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let sparse = text.replace('{', "%7B").replace('"', "%22");
        let twice = json!(text).to_string();
        for text in [text, encoded, sparse, twice] {
            assert_eq!(json(&text), Some(policy.clone()), "{text}");
        }
    }

    #[test]
    fn text_that_is_no_json_document_is_none() {
        for text in ["", "hello", "17", "\"x\"", "%", "%7", "%zz", "%ff", "{", "{]", "null"] {
            assert_eq!(json(text), None, "{text}");
        }
    }

    #[test]
    fn data_is_base64_of_json_or_of_gzip() {
        let value = Some(json!({"a": 1}));
        assert_eq!(read("eyJhIjogMX0="), value);
        assert_eq!(read("eyJhIjogMX0"), value);
        assert_eq!(read(r#"{"a": 1}"#), value);
        // gzip of the same text, with a name in its header.
        assert_eq!(read("H4sICAAAAAAC/3gAq1ZKVLJSMKwFAJeOofsIAAAA"), value);
        for text in ["", "!", "aGVsbG8=", "H4sI", "H4sICA=="] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
