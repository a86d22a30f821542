//! Finds the line and column of a JSON pointer in the text of a file.

/// Line and column, from 1, of what a JSON pointer leads to in a JSON text: of its key, for a member.
///
/// [`None`] when the text is something else than JSON or has no such place.
pub(crate) fn locate(text: &str, pointer: &str) -> Option<(usize, usize)> {
    let mut cursor = Cursor { text: text.as_bytes(), at: 0 };
    cursor.blanks();
    let mut place = cursor.at;
    for token in pointer.split('/').skip(1) {
        place = cursor.step(&token.replace("~1", "/").replace("~0", "~"))?;
    }
    let before = &text[..place];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Some((line, column))
}

struct Cursor<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Cursor<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Moves to the value of a member or element, and gives the place of its key, or of the element.
    fn step(&mut self, token: &str) -> Option<usize> {
        let is_object = match self.peek()? {
            b'{' => true,
            b'[' => false,
            _ => return None,
        };
        self.at += 1;
        let mut index = 0;
        loop {
            self.blanks();
            if matches!(self.peek()?, b'}' | b']') {
                return None;
            }
            let place = self.at;
            let is_wanted = if is_object {
                let key = self.string()?;
                self.blanks();
                if self.peek()? != b':' {
                    return None;
                }
                self.at += 1;
                self.blanks();
                serde_json::from_slice::<String>(key).ok()? == token
            } else {
                token.parse() == Ok(index)
            };
            if is_wanted {
                return Some(place);
            }
            self.skip()?;
            self.blanks();
            if self.peek()? == b',' {
                self.at += 1;
            }
            index += 1;
        }
    }

    /// A string with its quotes.
    fn string(&mut self) -> Option<&'t [u8]> {
        let start = self.at;
        if self.peek()? != b'"' {
            return None;
        }
        self.at += 1;
        loop {
            match self.peek()? {
                b'\\' => self.at += 2,
                b'"' => {
                    self.at += 1;
                    return self.text.get(start..self.at);
                }
                _ => self.at += 1,
            }
        }
    }

    /// Moves past one value, however deep it is.
    fn skip(&mut self) -> Option<()> {
        let mut depth = 0usize;
        loop {
            self.blanks();
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                    continue;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' => {
                    self.at += 1;
                    continue;
                }
                _ => {
                    while self
                        .peek()
                        .is_some_and(|byte| !b",:]}\"".contains(&byte) && !byte.is_ascii_whitespace())
                    {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::locate;

    const TEXT: &str = r#"{
  "family": "web",
  "list": [
    {"name": "a/b \" }", "n": -1.5e3},
    {"name": "second", "a/b": {"~": [true, null]}}
  ]
}"#;

    #[test]
    fn places() {
        for (pointer, place) in [
            ("", (1, 1)),
            ("/family", (2, 3)),
            ("/list", (3, 3)),
            ("/list/0", (4, 5)),
            ("/list/1/name", (5, 6)),
            ("/list/1/a~1b/~0/1", (5, 44)),
        ] {
            assert_eq!(locate(TEXT, pointer), Some(place), "{pointer}");
        }
        for pointer in ["/nothing", "/family/0", "/list/2", "/list/x"] {
            assert_eq!(locate(TEXT, pointer), None, "{pointer}");
        }
    }

    #[test]
    fn cut_anywhere_is_no_panic() {
        for end in 0..TEXT.len() {
            let _ = locate(&TEXT[..end], "/list/1/a~1b/~0/1");
        }
        assert_eq!(locate("TASK\tarn:aws", "/0"), None);
        assert_eq!(locate("{\"a\" \"b\"}", "/c"), None);
        assert_eq!(locate("{\"a\": }", "/b"), None);
        assert_eq!(locate(&"[".repeat(100_000), "/1"), None);
    }
}
