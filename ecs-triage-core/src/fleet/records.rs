//! Cuts a stream of bytes into pieces of whole records.

use super::scan;

/// The most that is kept of a record whose end does not come; a record of ECS has at most a few hundred kB.
const LONGEST: usize = 64 << 20;

/// Whole records of a stream, with the line at which they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Piece<'p> {
    /// One or more whole records.
    pub bytes: &'p [u8],
    /// Number of the line at which `bytes` begins; the first is 1.
    pub line: u64,
}

/// Cuts a stream of bytes into pieces of whole records, which [`Fleet::add_at`](super::Fleet::add_at) takes.
///
/// The stream may be NDJSON, one huge JSON array, or documents one after the other. What is kept is the beginning of
/// the record that has not ended yet.
///
/// ```
/// use ecs_triage_core::fleet::Splitter;
/// let mut splitter = Splitter::new();
/// let mut pieces = Vec::new();
/// for chunk in ["[{\"a\": 1}, {\"b", "\": [2]}]\n"] {
///     splitter.push(chunk.as_bytes(), |piece| pieces.push(String::from_utf8_lossy(piece.bytes).into_owned()));
/// }
/// splitter.finish(|piece| pieces.push(String::from_utf8_lossy(piece.bytes).into_owned()));
/// assert_eq!(pieces, ["[{\"a\": 1},", " {\"b\": [2]}]\n"]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Splitter {
    kept: Vec<u8>,
    /// Lines that ended before `kept`.
    lines: u64,
    /// How far into `kept` was looked, and what was found there.
    looked: usize,
    form: Form,
    state: scan::Depth,
}

/// What separates records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Form {
    /// Not known yet.
    #[default]
    Open,
    /// Line breaks.
    Lines,
    /// They are balanced; at this depth of brackets.
    Balanced(u32),
}

impl Splitter {
    /// At the beginning of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes of the stream and gives what has ended in them.
    pub fn push(&mut self, chunk: &[u8], mut each: impl FnMut(Piece<'_>)) {
        if self.kept.is_empty() && self.form == Form::Lines {
            // The common case without a copy.
            let end = memchr::memrchr(b'\n', chunk).map_or(0, |at| at + 1);
            self.give(&chunk[..end], &mut each);
            self.kept.extend_from_slice(&chunk[end..]);
            return;
        }
        self.kept.extend_from_slice(chunk);
        let end = self.last_end();
        if end > 0 {
            let rest = self.kept.split_off(end);
            let whole = std::mem::replace(&mut self.kept, rest);
            self.looked = self.looked.saturating_sub(end);
            self.give(&whole, &mut each);
        } else if self.kept.len() > LONGEST {
            let broken = std::mem::take(&mut self.kept);
            self.looked = 0;
            self.state = scan::Depth::default();
            self.form = Form::Lines;
            self.give(&broken, &mut each);
        }
    }

    /// The end of the stream: gives what is left, whole or not.
    pub fn finish(mut self, mut each: impl FnMut(Piece<'_>)) {
        let rest = std::mem::take(&mut self.kept);
        self.give(&rest, &mut each);
    }

    fn give(&mut self, bytes: &[u8], each: &mut impl FnMut(Piece<'_>)) {
        if !bytes.is_empty() {
            each(Piece { bytes, line: self.lines + 1 });
            self.lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
        }
    }

    /// How much of what is kept are whole records.
    fn last_end(&mut self) -> usize {
        if self.form == Form::Open {
            self.form = form_of(&self.kept);
        }
        match self.form {
            Form::Open => 0,
            Form::Lines => {
                let end = memchr::memrchr(b'\n', &self.kept[self.looked..]).map(|at| self.looked + at + 1);
                self.looked = self.kept.len();
                end.unwrap_or(0)
            }
            Form::Balanced(depth) => {
                let end = self.state.last_end(&self.kept, self.looked, depth);
                self.looked = self.kept.len();
                end.unwrap_or(0)
            }
        }
    }
}

/// Tells by the first bytes what separates records.
fn form_of(bytes: &[u8]) -> Form {
    /// The first line of a document that goes on below is short: `{`, or `{"tasks": [`.
    const LONGEST_OPENING: usize = 100;
    let start = scan::blank(bytes, if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 });
    let bytes = &bytes[start..];
    match bytes.first() {
        None => Form::Open,
        Some(b'[') => Form::Balanced(1),
        Some(b'{') => match memchr::memchr(b'\n', bytes) {
            // A long line that is not whole was cut.
            Some(end) if end > LONGEST_OPENING || scan::Depth::of(&bytes[..end]).is_between(0) => Form::Lines,
            Some(_) => Form::Balanced(0),
            None => Form::Open,
        },
        Some(_) => Form::Lines,
    }
}
