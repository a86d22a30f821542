//! Cuts texts to a length without cutting a letter.

/// The beginning of a text, of `most` bytes at most.
pub(crate) fn beginning(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    let end = (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn no_letter_is_cut() {
        assert_eq!(beginning("aé", 5), "aé");
        assert_eq!(beginning("aéb", 2), "a");
        assert_eq!(beginning("aéb", 3), "aé");
        assert_eq!(beginning("é", 0), "");
    }
}
