//! Characters as HTML writes them, in what was copied from the source of a page or from a ticket.

use std::borrow::Cow;

/// The ampersand last: it may itself stand before another one's name.
const ENTITIES: [(&str, &str); 10] = [
    ("<br>", " "),
    ("<br/>", " "),
    ("<br />", " "),
    ("&quot;", "\""),
    ("&#34;", "\""),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&amp;", "&"),
];

/// The text with quotes, brackets, ampersands and breaks in a table's cell as what they stand for.
pub(crate) fn decoded(text: &str) -> Cow<'_, str> {
    let may_have = text.contains('&') || text.contains('<');
    if !may_have || !ENTITIES.iter().any(|(entity, _)| text.contains(entity)) {
        return Cow::Borrowed(text);
    }
    let decoded = ENTITIES.iter().fold(text.to_owned(), |text, (entity, character)| {
        if text.contains(entity) { text.replace(entity, character) } else { text }
    });
    Cow::Owned(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_stand_for_characters() {
        assert_eq!(
            decoded("exec: &quot;run&quot;: it isn&#39;t &lt;here&gt;"),
            "exec: \"run\": it isn't <here>"
        );
        assert_eq!(decoded("a &amp;quot; b"), "a &quot; b");
        assert_eq!(decoded("a && b & c?d=1&e=2"), "a && b & c?d=1&e=2");
        assert_eq!(decoded("one<br>two <br />three < four"), "one two  three < four");
    }
}
