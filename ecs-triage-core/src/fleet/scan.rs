//! Passes over JSON without reading it.

/// Where the next byte that is no white space stands, from `at` on.
#[inline]
pub(super) fn blank(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// How many lines end in these bytes.
#[inline]
pub(super) fn line_ends(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// Whether bytes begin with this name of a member in quotes and a colon right behind it.
#[inline(always)]
pub(super) fn is_key(bytes: &[u8], name: &[u8]) -> bool {
    let [b'"', rest @ ..] = bytes else { return false };
    let Some((start, [b'"', b':', ..])) = rest.split_at_checked(name.len()) else { return false };
    // Names are short: words of eight bytes, the last one over the one before, instead of a call.
    let word = |text: &[u8], at: usize| text.get(at..).and_then(|rest| rest.first_chunk::<8>()).copied();
    let Some(last) = name.len().checked_sub(8) else {
        return start.iter().zip(name).all(|(one, other)| one == other);
    };
    let mut at = 0;
    while at < last {
        if word(start, at) != word(name, at) {
            return false;
        }
        at += 8;
    }
    word(start, last) == word(name, last)
}

/// The whole number that bytes begin with, if a member's value can end behind it, and how long it is.
#[inline]
pub(super) fn whole_number(bytes: &[u8]) -> Option<(i64, usize)> {
    let digits = bytes.iter().take(16).take_while(|byte| byte.is_ascii_digit()).count();
    let is_number = matches!(digits, 1..=15) && (digits == 1 || bytes[0] != b'0');
    let ends = matches!(bytes.get(digits)?, b',' | b'}' | b' ' | b'\n' | b'\r' | b'\t');
    let number = bytes[..digits].iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    (is_number && ends).then_some((number, digits))
}

/// Where the next record begins: behind white space, and the commas and brackets of an array.
#[inline]
pub(super) fn between(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t' | b',' | b'[' | b']') = bytes.get(at) {
        at += 1;
    }
    at
}

/// Where the text ends that begins at `from`, behind its opening quote, and whether it is plain: ASCII without escapes.
/// `None` when it does not end.
#[inline(always)]
pub(super) fn text_end(bytes: &[u8], from: usize) -> Option<(usize, bool)> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHS: u64 = ONES << 7;
    let mut at = from;
    // Eight bytes at a time: whether one of them is a quote, an escape, a control character or no ASCII. Turning one bit
    // over puts the quote beside the control characters. A borrow spoils only what stands behind a byte that was found.
    while let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*word);
        let quotes_and_controls = (word ^ (ONES * 2)).wrapping_sub(ONES * 0x21);
        let escapes = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
        let special = (quotes_and_controls | escapes | word) & HIGHS;
        if special != 0 {
            at += (special.trailing_zeros() / 8) as usize;
            break;
        }
        at += 8;
    }
    loop {
        match bytes.get(at)? {
            b'"' => return Some((at, true)),
            b'\\' | ..0x20 | 0x80.. => return unusual_end(bytes, at),
            _ => at += 1,
        }
    }
}

/// The same of a text that has escapes, control characters or other alphabets.
#[cold]
fn unusual_end(bytes: &[u8], mut at: usize) -> Option<(usize, bool)> {
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some((at, false));
        }
        at += 2;
    }
}

/// How deep in brackets, and whether in a text, a scan of JSON is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Depth {
    depth: u32,
    in_text: bool,
    is_escaped: bool,
}

impl Depth {
    /// After these bytes.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut depth = Self::default();
        depth.last_end(bytes, 0, u32::MAX);
        depth
    }

    /// Whether the scan stands between values at this depth.
    pub(super) fn is_between(self, depth: u32) -> bool {
        self.depth == depth && !self.in_text
    }

    /// Goes on from `from` to the end; says where the last value ended that stands at `wanted` brackets' depth, with the
    /// comma or bracket behind it.
    pub(super) fn last_end(&mut self, bytes: &[u8], from: usize, wanted: u32) -> Option<usize> {
        let mut end = None;
        let mut at = from;
        while at < bytes.len() {
            if self.in_text {
                if self.is_escaped {
                    self.is_escaped = false;
                    at += 1;
                    continue;
                }
                let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[at..]) else { return end };
                at += found + 1;
                if bytes[at - 1] == b'"' {
                    self.in_text = false;
                } else {
                    self.is_escaped = true;
                }
                continue;
            }
            match bytes[at] {
                b'"' => self.in_text = true,
                b'{' | b'[' => self.depth = self.depth.saturating_add(1),
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if wanted == 0 && self.depth == 0 {
                        end = Some(at + 1);
                    }
                }
                b',' if wanted > 0 && self.depth == wanted => end = Some(at + 1),
                _ => {}
            }
            at += 1;
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_told_from_all_that_differ_in_a_byte() {
        for length in 0..30 {
            let name: Vec<u8> = (0..length).map(|at| b"stoppedReason"[at % 13]).collect();
            let text = [b"\"", &name[..], b"\": 1"].concat();
            assert!(is_key(&text, &name));
            for at in 0..length + 3 {
                assert!(!is_key(&text[..at], &name), "cut at {at} of {length}");
                let mut text = text.clone();
                text[at] ^= 4;
                assert!(!is_key(&text, &name), "{at} of {length}");
            }
        }
    }

    #[test]
    fn a_text_ends_at_its_first_quote() {
        for length in 0..40 {
            let letters: Vec<u8> = (0..length).map(|at| b" !#[]~\x7fa"[at % 8]).collect();
            let mut text = letters.clone();
            text.extend(b"\", \"more\"");
            assert_eq!(text_end(&text, 0), Some((length, true)), "{length}");
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    let mut text = text.clone();
                    text[at] = byte;
                    let wanted = match byte {
                        b'"' => Some((at, true)),
                        b'\\' if at + 1 == length => Some((length + 3, false)),
                        b'\\' | ..0x20 | 0x80.. => Some((length, false)),
                        _ => Some((length, true)),
                    };
                    assert_eq!(text_end(&text, 0), wanted, "{byte:#x} at {at} of {length}");
                }
            }
        }
        assert_eq!(text_end(b"no end", 0), None);
        assert_eq!(text_end(b"an escape at the very end of it\\", 0), None);
    }
}
