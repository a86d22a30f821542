//! Machine-made messages without what differs from task to task.

use std::net::Ipv4Addr;

use super::hash::{self, Hasher};

/// The ids that were met in the messages of an event. Which id it is decides nothing; that two places have the same may.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ids {
    seen: [u64; 16],
    count: usize,
}

const DIGIT: u8 = 1;
const HEX_LETTER: u8 = 2;
const OTHER: u8 = 4;

/// What a byte is in a word; 0 ends the word.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' => HEX_LETTER,
            b'g'..=b'z' | b'A'..=b'Z' => OTHER,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

impl Ids {
    /// Adds a message of ASCII to a hash: ids by their length and whether they came before, addresses by whether they are
    /// private, all else as it stands. `length` is that of the message without the escapes of JSON.
    pub(super) fn add(&mut self, text: &[u8], length: usize, hash: &mut Hasher) {
        // At these lengths agents cut, so that a message may lack its end.
        hash.number(match length {
            128 | 255 | 1000.. => length as u64,
            _ => 0,
        });
        let mut rest = text;
        while let Some((before, name, after)) = target_group(rest) {
            self.add_words(before, hash);
            hash.number(self.place(name));
            rest = after;
        }
        self.add_words(rest, hash);
    }

    fn add_words(&mut self, text: &[u8], hash: &mut Hasher) {
        let class = |at: usize| text.get(at).map_or(0, |byte| CLASSES[usize::from(*byte)]);
        let mut done = 0;
        let mut at = 0;
        // Ids and addresses have digits, most words have none.
        while let Some(digit) = next_digit(text, at) {
            let mut start = digit;
            let mut kinds = 0;
            while start > at && class(start - 1) != 0 {
                start -= 1;
                kinds |= class(start);
            }
            let mut end = digit;
            while class(end) != 0 {
                kinds |= class(end);
                end += 1;
            }
            let id = id_end(text, start, end, kinds);
            let address = if id.is_none() && kinds == DIGIT { address(text, start) } else { None };
            if let Some(id) = id {
                hash.bytes(&text[done..start]);
                hash.number((id - start) as u64);
                hash.number(self.place(&text[start..id]));
                (done, end) = (id, id);
            } else if let Some((class, address)) = address {
                hash.bytes(&text[done..start]);
                hash.number(class);
                (done, end) = (address, address);
            }
            at = end;
        }
        hash.bytes(&text[done..]);
    }

    /// Adds the reference of an image of plain ASCII, of which the repository's name stands at `repository` if it does
    /// not count.
    pub(super) fn add_image(&mut self, image: &[u8], repository: Option<(usize, usize)>, hash: &mut Hasher) {
        let Some((from, to)) = repository else { return self.add(image, image.len(), hash) };
        hash.bytes(&image[..from]);
        hash.number(self.place(&image[from..to]));
        self.add(&image[to..], image.len() - to, hash);
    }

    fn place(&mut self, id: &[u8]) -> u64 {
        let id = hash::of(id);
        let known = self.seen[..self.count].iter().position(|seen| *seen == id);
        if known.is_none() && self.count < self.seen.len() {
            self.seen[self.count] = id;
            self.count += 1;
            return self.count as u64 - 1;
        }
        // More ids than anybody writes: they count as they are.
        known.map_or(id, |known| known as u64)
    }
}

/// What stands before the name of a target group in its ARN.
pub(super) const TARGET_GROUP: &[u8] = b":targetgroup/";

/// The name of the first target group in a text, as its ARN has it, and what stands before and behind.
fn target_group(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html>
    const LONGEST: usize = 32;
    let from = memchr::memmem::find(text, TARGET_GROUP)? + TARGET_GROUP.len();
    let length = memchr::memchr(b'/', &text[from..]).filter(|length| (1..=LONGEST).contains(length))?;
    let name = &text[from..from + length];
    let is_name = name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    is_name.then(|| (&text[..from], name, &text[from + length..]))
}

/// Where the id ends that begins with the word from `at` to `end`: a UUID, or hexadecimal digits too many for a number.
fn id_end(text: &[u8], at: usize, end: usize, kinds: u8) -> Option<usize> {
    /// Of digits alone: more than an account, a code of Windows and a time have.
    const LONG_NUMBER: usize = 16;
    if kinds & OTHER != 0 || end - at < 8 {
        return None;
    }
    if end - at == 8 && is_uuid(&text[at..]) {
        return Some(at + 36);
    }
    let is_id = kinds == (DIGIT | HEX_LETTER) || kinds == DIGIT && end - at >= LONG_NUMBER;
    is_id.then_some(end)
}

/// The length of a message without its escapes, as long as each is one letter that begins no other word: `None` for other
/// alphabets, control characters and other escapes.
pub(super) fn unescaped_length(text: &[u8]) -> Option<usize> {
    let mut escapes = 0;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' if matches!(text.get(at + 1), Some(b'"' | b'\\' | b'n' | b'r' | b't')) => {
                escapes += 1;
                at += 1;
            }
            b'\\' | ..0x20 | 0x80.. => return None,
            _ => {}
        }
        at += 1;
    }
    Some(text.len() - escapes)
}

/// The first digit from `at` on.
fn next_digit(text: &[u8], mut at: usize) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    // Eight bytes of ASCII at a time: adding moves what is at least `0`, and what is above `9`, over the highest bit.
    while let Some(word) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*word) & (ONES * 0x7f);
        let digits = (word + ONES * 0x50) & !(word + ONES * 0x46) & (ONES << 7);
        if digits != 0 {
            return Some(at + (digits.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    let rest = text.get(at..)?;
    rest.iter().position(u8::is_ascii_digit).map(|found| at + found)
}

/// Whether a text begins with a UUID and nothing that would be a part of it.
fn is_uuid(text: &[u8]) -> bool {
    let is_part = |(at, byte): (usize, &u8)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => CLASSES[usize::from(*byte)] & (DIGIT | HEX_LETTER) != 0,
    };
    let ends = text.get(36).is_none_or(|byte| CLASSES[usize::from(*byte)] == 0);
    text.len() >= 36 && ends && text[..36].iter().enumerate().all(is_part)
}

/// The IPv4 address at `at` as what it is, and where it ends: with its port when a connection comes from there.
fn address(text: &[u8], at: usize) -> Option<(u64, usize)> {
    if at > 0 && matches!(text[at - 1], b'.' | b'-' | b'_' | b'/') {
        return None;
    }
    let digits = |from: usize| text[from..].iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
    let mut octets = [0; 4];
    let mut end = at;
    for (index, octet) in octets.iter_mut().enumerate() {
        if index > 0 {
            (*text.get(end)? == b'.').then(|| end += 1)?;
        }
        let length = digits(end);
        if !(1..=3).contains(&length) || length > 1 && text[end] == b'0' {
            return None;
        }
        let number =
            text[end..end + length].iter().fold(0_u32, |sum, digit| sum * 10 + u32::from(digit - b'0'));
        *octet = u8::try_from(number).ok()?;
        end += length;
    }
    // A version number, a range or a name goes on.
    if text
        .get(end)
        .is_some_and(|next| matches!(next, b'.' | b'/' | b'-' | b'_') || next.is_ascii_alphabetic())
        && !matches!(text.get(end + 1), None | Some(b' '))
        && !text[end..].starts_with(b"->")
    {
        return None;
    }
    let is_shared = octets[0] == 100 && octets[1] & 0xc0 == 64;
    let address = Ipv4Addr::from(octets);
    let class = match address {
        one if one.is_loopback() || one.is_link_local() || one.is_unspecified() => return None,
        one if one.is_private() || is_shared => 1,
        _ => 2,
    };
    if text.get(end) == Some(&b':') {
        let port = digits(end + 1);
        if (1..=5).contains(&port) && text[end + 1 + port..].starts_with(b"->") {
            return Some((class + 2, end + 1 + port));
        }
    }
    Some((class, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashed(texts: &[&str]) -> u64 {
        let (mut ids, mut hash) = (Ids::default(), Hasher::default());
        texts.iter().for_each(|text| ids.add(text.as_bytes(), text.len(), &mut hash));
        hash.finish()
    }

    #[test]
    fn what_differs_from_task_to_task_does_not_count() {
        for (one, other) in [
            ("web:9f8e7d6c1 not found", "web:0a1b2c3d4 not found"),
            (
                "request id: 0a1b2c3d-1111-2222-3333-444455556666,",
                "request id: 9a1b2c3d-4444-2222-3333-44445555ffff,",
            ),
            ("(deployment ecs-svc/1234567890123456789)", "(deployment ecs-svc/9876543210987654321)"),
            (
                "(target-group arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web-1/0a1b2c3d4e5f6a7b)",
                "(target-group arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/api/9a1b2c3d4e5f6a7c)",
            ),
            ("dial tcp 10.0.1.7:443: i/o timeout", "dial tcp 172.16.20.30:443: i/o timeout"),
            ("read udp 10.0.1.7:43210->10.0.0.2:53: i/o", "read udp 10.9.11.70:1025->10.0.0.2:53: i/o"),
            ("dial tcp 52.94.1.2:443", "dial tcp 3.5.140.2:443"),
        ] {
            assert_eq!(hashed(&[one]), hashed(&[other]), "{one}");
        }
    }

    #[test]
    fn digits_are_found_wherever_they_stand() {
        for length in 0..40 {
            let letters: Vec<u8> = (0..length).map(|at| b"/:aZ ~.!"[at % 8]).collect();
            assert_eq!(next_digit(&letters, 0), None);
            for at in 0..length {
                for digit in b'0'..=b'9' {
                    let mut text = letters.clone();
                    text[at] = digit;
                    assert_eq!(next_digit(&text, 0), Some(at), "{length}");
                    assert_eq!(next_digit(&text, at + 1), None, "{length}");
                }
            }
        }
    }

    #[test]
    fn escapes_are_one_letter_each() {
        for (text, length) in [
            (r#"Post \"https://x\": eof"#, Some(21)),
            (r"a\nb\tc\\d", Some(7)),
            (r"a\u000ab", None),
            (r"a\bb", None),
            (r"a\/b", None),
            ("\u{e9}", None),
            ("\n", None),
        ] {
            assert_eq!(unescaped_length(text.as_bytes()), length, "{text}");
        }
        let post = |address: &str| format!(r#"Post \"https://x/\": dial tcp {address}:443"#);
        assert_eq!(hashed(&[&post("52.94.1.2")]), hashed(&[&post("52.94.217.151")]));
    }

    #[test]
    fn what_decides_counts() {
        for (one, other) in [
            ("exit code 3221225786", "exit code 3221225477"),
            ("a:targetgroup/web 1/x", "a:targetgroup/api 1/x"),
            ("a:targetgroup/web/x web", "a:targetgroup/web/x api"),
            ("a:targetgroup/web/b:targetgroup/web/", "a:targetgroup/web/b:targetgroup/api/"),
            ("retried 1 time(s)", "retried 3 time(s)"),
            ("dial tcp 10.0.1.7:443", "dial tcp 52.94.1.2:443"),
            ("dial tcp 10.0.1.7:443", "dial tcp 10.0.1.7:80"),
            ("dial tcp 169.254.170.2:80", "dial tcp 169.254.169.254:80"),
            ("111122223333.dkr.ecr", "444455556666.dkr.ecr"),
            ("sha256:0a1b2c3d4", "sha256:0a1b2c3d"),
            ("version 1.4.0.7-alpine", "version 1.4.0.9-alpine"),
        ] {
            assert_ne!(hashed(&[one]), hashed(&[other]), "{one}");
        }
        let (same, other) = (["id 0a1b2c3d4", "id 0a1b2c3d4"], ["id 0a1b2c3d4", "id 9a1b2c3d4"]);
        assert_ne!(hashed(&same), hashed(&other), "two places with one id");
        let cut = |length: usize| format!("10.0.0.{} {}", 1, "ab c".repeat(300))[..length].to_owned();
        assert_ne!(hashed(&[&cut(255)]), hashed(&[&cut(255).replace("0.1 ", "0.12 ")]), "where agents cut");
    }
}
