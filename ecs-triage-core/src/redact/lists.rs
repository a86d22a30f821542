//! Lists of variables, labels, options and arguments that stand in a text, as in a document that is no JSON any more.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::pattern::{Regex, pattern};
use super::secrets::BLANK;

/// A member that holds such a list, up to the bracket that opens it.
pub(super) const PATTERN: &str = concat!(
    r#"\\*["'](?:environment|environmentvariables|env|dockerlabels|labels|driveropts|options|secretoptions|secrets"#,
    r#"|command|entrypoint)\\*["']\s*:\s*[\[{]"#,
);

static LISTS: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?i-u:{PATTERN})")));

/// The text with each list blanked: to its end, or to the end of the text where brackets do not match.
pub(super) fn blanked(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    while let Some(found) = LISTS.find_at(text, copied) {
        // The pattern ends in the bracket, which is a single byte.
        let open = found.end() - 1;
        out.push_str(&text[copied..open]);
        out.push_str(BLANK);
        copied = end_of(text, open);
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// The end of what the bracket at `open` opens. Brackets between quotes do not count.
fn end_of(text: &str, open: usize) -> usize {
    let mut wanted: Vec<u8> = Vec::new();
    // The quote that is open, and the backslashes before it: JSON within JSON has `\"` where JSON has `"`.
    let mut quoted: Option<(u8, usize)> = None;
    let mut slashes = 0;
    for (at, byte) in text.bytes().enumerate().skip(open) {
        match (byte, quoted) {
            (b'"' | b'\'', None) => quoted = Some((byte, slashes)),
            (_, Some((quote, depth))) => {
                let is_end = slashes == depth || depth == 0 && slashes % 2 == 0;
                quoted = quoted.filter(|_| byte != quote || !is_end);
            }
            (b'[', None) => wanted.push(b']'),
            (b'{', None) => wanted.push(b'}'),
            (b']' | b'}', None) => {
                if wanted.pop() != Some(byte) {
                    return text.len();
                }
                if wanted.is_empty() {
                    return at + 1;
                }
            }
            _ => {}
        }
        slashes = if byte == b'\\' { slashes + 1 } else { 0 };
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_blanked_to_their_end() {
        for (text, expected) in [
            (r#"{"environment": [{"name": "A", "value": "]b"}], "a": 1}"#, r#"{"environment": ***, "a": 1}"#),
            ("{'dockerLabels': {'team': 'it\\'s}'}, 'a': 1", "{'dockerLabels': ***, 'a': 1"),
            (r#"{\"command\":[\"a\"],\"b\":1}"#, r#"{\"command\":***,\"b\":1}"#),
            // Broken: nothing behind it is trusted.
            (r#"{"environment": [{"name": "A"], "value": "b"}], "a": 1}"#, r#"{"environment": ***"#),
            (r#"{"options": {"splunk-token": "a"#, r#"{"options": ***"#),
            (r#""environment": "prod", "command": "x""#, r#""environment": "prod", "command": "x""#),
        ] {
            assert_eq!(blanked(text), expected, "{text}");
            assert_eq!(blanked(expected), expected, "twice");
        }
    }
}
