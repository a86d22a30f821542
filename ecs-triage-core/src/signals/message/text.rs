//! A message in the one form in which it is searched.

use memchr::memmem;

use crate::entities;

/// A message with its white space and quotes made alike, and the same in lower case.
///
/// Both forms have the same length, so a place found in [`folded`](Self::folded) is the same place in
/// [`text`](Self::text).
#[derive(Clone, PartialEq)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) folded: String,
    /// Whether the message looks truncated.
    pub(super) cut: bool,
    grams: Grams,
}

/// A piece of the text up to a closing character.
#[derive(Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    /// Where it ends.
    pub(super) end: usize,
    /// Whether something stands behind it. A token that reaches the end of a message may be cut.
    pub(super) closed: bool,
}

/// Where agents and Fargate cut a reason, in bytes.
/// <https://github.com/aws/amazon-ecs-agent/blob/master/ecs-agent/api/ecs/client/ecs_client.go>
const AGENT_LIMIT: usize = 1024;
/// Where agents before 1.92 cut a container's reason.
const OLD_AGENT_LIMIT: usize = 255;
/// Where AWS Batch cuts.
const BATCH_LIMIT: usize = 128;

/// Sentences whose beginning at the end of a message can only be a cut.
const SENTENCES: &[&str] = &[
    "error response from daemon",
    "is not authorized to perform: ",
    "because no identity-based policy allows the",
    "because no resource-based policy allows the",
    "service call has been retried ",
    "image manifest has been retried ",
    "oci runtime create failed: ",
    "starting container process caused",
    "unable to start container process",
    "unable to pull secrets or registry auth: ",
    "execution resource retrieval failed: ",
    "unable to retrieve ecr registry auth: ",
    "failed to initialize logging driver: ",
    "failed to validate logger args: ",
    "context deadline exceeded",
    "check your task network configuration",
    "check your network configuration",
    "timed out after waiting ",
    "unsuccessful efs utils command execution",
    "executable file not found in $path",
    "no container instance met all of its requirements",
    "connection refused",
    "no such file or directory",
    "i/o timeout",
    "status code: ",
    "request id: ",
];

impl Text {
    pub(super) fn new(raw: &str) -> Text {
        let text = normalise(raw);
        let folded = text.to_ascii_lowercase();
        let cut = looks_cut(raw, &folded);
        let grams = Grams::of(&folded);
        Text { text, folded, cut, grams }
    }

    pub(super) fn says(&self, phrase: &str) -> bool {
        self.grams.may_have(phrase) && self.folded.contains(phrase)
    }

    pub(super) fn says_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.says(phrase))
    }

    /// The place of the first occurrence of a phrase.
    pub(super) fn find(&self, phrase: &str) -> Option<usize> {
        if self.grams.may_have(phrase) { place(&self.folded, phrase) } else { None }
    }

    /// The places of a phrase.
    pub(super) fn places<'t>(&'t self, phrase: &'t str) -> impl Iterator<Item = usize> + use<'t> {
        let found = || memmem::find_iter(self.folded.as_bytes(), phrase);
        self.grams.may_have(phrase).then(found).into_iter().flatten()
    }

    /// The place behind the first occurrence of a phrase at or after `from`.
    pub(super) fn after(&self, phrase: &str, from: usize) -> Option<usize> {
        if !self.grams.may_have(phrase) {
            return None;
        }
        Some(from + place(self.folded.get(from..)?, phrase)? + phrase.len())
    }

    /// The piece that begins at `from` and ends before white space or one of `closers`.
    pub(super) fn token(&self, from: usize, closers: &[char]) -> Token<'_> {
        let rest = self.text.get(from..).unwrap_or_default();
        let length = rest.find(|c: char| c == ' ' || closers.contains(&c)).unwrap_or(rest.len());
        Token { text: &rest[..length], end: from + length, closed: length < rest.len() }
    }

    /// A whole number at `from`, unless it reaches the end of a message that was cut.
    pub(super) fn number<N: std::str::FromStr>(&self, from: usize) -> Option<N> {
        let rest = self.text.get(from..)?;
        let sign = usize::from(rest.starts_with('-'));
        let length = sign + rest[sign..].bytes().take_while(u8::is_ascii_digit).count();
        if length == rest.len() && self.cut {
            return None;
        }
        rest[..length].parse().ok()
    }
}

/// As [`str::find`], without tables for each phrase.
fn place(text: &str, phrase: &str) -> Option<usize> {
    memmem::find(text.as_bytes(), phrase.as_bytes())
}

/// Which runs of three bytes a text has: a filter in front of the search for phrases, of which the rules ask hundreds and
/// a message has a few.
#[derive(Clone, PartialEq)]
struct Grams([u64; Grams::BITS / 64]);

impl Grams {
    const BITS: usize = 4_096;

    fn of(text: &str) -> Self {
        let mut grams = [0; Self::BITS / 64];
        for run in text.as_bytes().windows(3) {
            let bit = Self::bit(run[0], run[1], run[2]);
            grams[bit / 64] |= 1 << (bit % 64);
        }
        Self(grams)
    }

    /// False when the text does not have the phrase; true when it may.
    fn may_have(&self, phrase: &str) -> bool {
        let bytes = phrase.as_bytes();
        let Some(last) = bytes.len().checked_sub(3) else { return true };
        [0, last, last / 2, last / 4, last - last / 4].into_iter().all(|at| {
            let bit = Self::bit(bytes[at], bytes[at + 1], bytes[at + 2]);
            self.0[bit / 64] & (1 << (bit % 64)) != 0
        })
    }

    fn bit(one: u8, two: u8, three: u8) -> usize {
        let run = (u32::from(one) << 16) | (u32::from(two) << 8) | u32::from(three);
        (run.wrapping_mul(0x9e37_79b1) >> 20) as usize
    }
}

/// Typographic quotes and those of HTML become ASCII ones, runs of white space one blank, and lines wrapped at a fixed width are
/// joined again.
fn normalise(raw: &str) -> String {
    let raw = &entities::decoded(raw);
    let width = wrap_width(raw);
    let mut text = String::with_capacity(raw.len());
    for line in raw.lines() {
        for c in line.chars() {
            match c {
                '\u{2018}' | '\u{2019}' => text.push('\''),
                '\u{201c}' | '\u{201d}' => text.push('"'),
                '\u{feff}' | '\u{200b}' => {}
                c if c.is_whitespace() || c.is_ascii_control() => push_blank(&mut text),
                c => text.push(c),
            }
        }
        if width != Some(line.chars().count()) {
            push_blank(&mut text);
        }
    }
    text.truncate(text.trim_end().len());
    text
}

fn push_blank(text: &mut String) {
    if !text.is_empty() && !text.ends_with(' ') {
        text.push(' ');
    }
}

/// The width at which a terminal broke the text, where that is certain: three lines or more of one length, and a
/// shorter last one. Words wrapped by a person do not come out that even.
fn wrap_width(raw: &str) -> Option<usize> {
    let mut lengths = raw.trim_end().lines().map(|line| line.chars().count());
    let width = lengths.next().filter(|width| *width >= 40)?;
    let mut full = 1;
    for length in lengths {
        match length {
            _ if length == width => full += 1,
            _ if length < width && full >= 3 => return Some(width),
            _ => return None,
        }
    }
    None
}

fn looks_cut(raw: &str, folded: &str) -> bool {
    let raw = raw.trim_matches(['\n', '\r']);
    if folded.ends_with("...") || folded.ends_with(['…', '\u{fffd}']) {
        return true;
    }
    let final_mark = folded.ends_with(['.', '!', '?', ')', ']', '}', '"', '\'']);
    let at_limit = |length: usize| {
        matches!(length, AGENT_LIMIT | OLD_AGENT_LIMIT)
            || !final_mark && (length == BATCH_LIMIT || (1000..AGENT_LIMIT).contains(&length))
    };
    if at_limit(raw.len()) || raw.len() > BATCH_LIMIT && at_limit(raw.chars().count()) {
        return true;
    }
    !final_mark
        && (ends_in_opening(folded)
            || has_open_quote(folded)
            || SENTENCES.iter().any(|sentence| ends_inside(folded, sentence)))
}

/// A double quote, plain or escaped, that was not closed.
fn has_open_quote(folded: &str) -> bool {
    let (mut plain, mut escaped) = (false, false);
    for (at, _) in folded.match_indices('"') {
        match folded[..at].ends_with('\\') {
            true => escaped = !escaped,
            false => plain = !plain,
        }
    }
    plain || escaped
}

/// Ends in a word or mark that announces more.
fn ends_in_opening(folded: &str) -> bool {
    folded.ends_with([':', ',', '(', '[', '\\'])
        || [" on resource", " because", " caused by", " due to", " dial tcp", " arn"]
            .iter()
            .any(|word| folded.ends_with(word))
}

/// Ends in the beginning of `sentence`: six characters or more, and either within a word or behind its second one.
fn ends_inside(folded: &str, sentence: &str) -> bool {
    let (folded, sentence) = (folded.as_bytes(), sentence.trim_end_matches([' ', ':']).as_bytes());
    let last = folded.last();
    (6..sentence.len()).filter(|length| sentence.get(length - 1) == last).any(|length| {
        let (head, tail) = sentence.split_at(length);
        let at_word_end = !(head[length - 1].is_ascii_alphanumeric() && tail[0].is_ascii_alphanumeric());
        folded.ends_with(head)
            && (!at_word_end || head.contains(&b' '))
            && folded[..folded.len() - length].last().is_none_or(|b| !b.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form() {
        let text = Text::new("  The task can\u{2019}t\n\t pull\u{a0}\u{201c}X\u{201d} ");
        assert_eq!(text.text, "The task can't pull \"X\"");
        assert_eq!(text.folded, "the task can't pull \"x\"");
        assert_eq!(Text::new("").text, "");
    }

    #[test]
    fn hard_wrapped_lines_are_joined_where_certain() {
        let whole = "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref \
                     111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:v9: not found, and a little more to fill the line";
        for width in [40, 47, 52] {
            let lines: Vec<&str> = (0..whole.len().div_ceil(width))
                .map(|i| &whole[i * width..whole.len().min((i + 1) * width)])
                .collect();
            assert_eq!(Text::new(&lines.join("\n")).text, whole, "{width}");
        }
        assert_eq!(Text::new("one line:\nanother line").text, "one line: another line");
    }

    #[test]
    fn cuts() {
        let at = |length: usize| "ab c".repeat(400)[..length].to_owned();
        for text in [
            at(1024),
            at(1010),
            at(255),
            at(128),
            format!("{}.", at(1023)),
            "CannotStartContainerError: Error response from dae".into(),
            "AccessDeniedException: User:".into(),
            "caused by: context deadli".into(),
            "context deadli...".into(),
            "is not authorized to perfo".into(),
            "container init caused \"rootfs_linux.go:58".into(),
        ] {
            assert!(Text::new(&text).cut, "{text}");
        }
        for text in [
            at(300),
            at(127),
            "Essential container in task exited".into(),
            "CannotPullContainerError: context canceled".into(),
            "Error response from daemon".into(),
            "Container instance deregistration forced by user".into(),
            "deviceResume dm_task_run failed".into(),
            "ECS can no longer maintain your service".into(),
            "dial tcp 10.0.0.1:443: i/o timeout".into(),
            format!("{}.", at(1005)),
            "".into(),
        ] {
            assert!(!Text::new(&text).cut, "{text}");
        }
    }
}
