//! Passes over JSON without reading it.

/// Where the next byte that is no white space stands, from `at` on.
#[inline]
pub(super) fn blank(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// Where the next record begins: behind white space, and the commas and brackets of an array.
#[inline]
pub(super) fn between(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t' | b',' | b'[' | b']') = bytes.get(at) {
        at += 1;
    }
    at
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
