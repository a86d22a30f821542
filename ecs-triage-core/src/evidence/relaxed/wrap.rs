//! Undoing what a terminal's width did to a line.

/// Widths at which terminals and tools usually break lines.
const USUAL: &[usize] = &[80, 100, 120, 132, 160, 200];

/// The column at which the text was broken, if its longest lines say so: three that end in the same column, or one
/// that ends in a usual one. Of words that were wrapped two lines may be equally long by chance.
pub(super) fn width(text: &str) -> Option<usize> {
    // Boxes have lines of equal length by themselves.
    let lines = text.lines().filter(|line| !line.trim_start().starts_with(['|', '+']));
    let mut longest = 0;
    let mut count = 0;
    for line in lines {
        let length = columns(line);
        if length > longest {
            (longest, count) = (length, 1);
        } else if length == longest {
            count += 1;
        }
    }
    (longest >= 40 && (count >= 3 || USUAL.contains(&longest))).then_some(longest)
}

/// The text without the breaks behind its longest lines, if two or more are of that length.
pub(super) fn unbroken(text: &str) -> Option<String> {
    let length = |line: &str| line.chars().count();
    let width = text.lines().map(length).max().filter(|width| *width >= 40)?;
    // A table's own lines are of one length.
    let marks = ['|', '+', '-'];
    let is_row = |line: &str| line.trim_start().starts_with(marks) && line.trim_end().ends_with(marks);
    let full = || text.lines().filter(|line| length(line) == width);
    if full().count() < 2 || full().all(is_row) {
        return None;
    }
    let mut joined = String::with_capacity(text.len());
    for line in text.lines() {
        joined.push_str(line);
        if length(line) < width {
            joined.push('\n');
        }
    }
    Some(joined)
}

/// Columns up to the last visible character.
pub(super) fn columns(line: &str) -> usize {
    line.trim_end().chars().count()
}

/// Whether a line reaches the column at which the text was broken.
pub(super) fn is_full(line: &str, width: Option<usize>) -> bool {
    width.is_some_and(|width| columns(line) >= width)
}

/// Adds the next line's text to a sentence that the line `before` ended. A break in the middle of a word is closed, one
/// between words becomes a space.
pub(super) fn join(sentence: &mut String, before: &str, next: &str, width: Option<usize>) {
    let text = next.trim();
    if text.is_empty() {
        return;
    }
    sentence.truncate(sentence.trim_end().len());
    // A terminal that breaks between characters keeps the space: it begins the next line.
    let spaced = next.starts_with(' ') && !next.starts_with("  ") && is_full(before, width);
    if !sentence.is_empty() && (spaced || !breaks_word(sentence, before, text, width)) {
        sentence.push(' ');
    }
    sentence.push_str(text);
}

/// Words of ECS's sentences that are no two words.
const WORDS: &[&str] = &[
    "attribute",
    "available",
    "balancing",
    "capacity",
    "checks",
    "completed",
    "connections",
    "consistently",
    "container",
    "container-instance",
    "deployment",
    "deregistered",
    "draining",
    "essential",
    "failed",
    "health",
    "information",
    "initiated",
    "instance",
    "insufficient",
    "memory",
    "registered",
    "request",
    "required",
    "requirements",
    "started",
    "steady",
    "stopped",
    "successfully",
    "target-group",
    "troubleshooting",
    "unable",
    "unhealthy",
];

/// Whether a word of ECS's sentences was broken in two.
fn is_one_word(head: &str, tail: &str) -> bool {
    let is_word =
        |word: &str| WORDS.contains(&word.trim_matches(['(', ')', '.', ',']).to_ascii_lowercase().as_str());
    is_word(&format!("{head}{tail}")) && !is_word(head)
}

fn breaks_word(sentence: &str, before: &str, next: &str, width: Option<usize>) -> bool {
    let word = last_word(sentence);
    let first = next.split_ascii_whitespace().next().unwrap_or(next);
    if is_one_word(word, first) {
        return true;
    }
    if let Some(at) = word.rfind("arn:") {
        let arn = &word[at..];
        if arn.ends_with([')', ',', ';', '"', '\'', '.']) || first.starts_with('(') {
            return false;
        }
        // An ARN has six parts; one that is shorter goes on in the next line, and so does one whose rest does not
        // read as a word.
        let parts = arn.split(':').count();
        return parts < 6 || first.contains(['/', ':', ')']) || first.bytes().any(|b| b.is_ascii_digit());
    }
    if word.contains("://") && first.contains(['/', ':', '.']) && !first.ends_with('.') {
        return true;
    }
    // A line of words may be as long as a terminal is wide by chance. No word ends, or begins, like these.
    let is_word = ["for", "the", "was", "with"].contains(&first) || ["cannot", "from"].contains(&word);
    is_full(before, width)
        && !is_word
        && word.ends_with(|c: char| c.is_ascii_alphanumeric() || "-_/:.=".contains(c))
        && first.starts_with(|c: char| c.is_ascii_alphanumeric() || "-_/:.=),".contains(c))
}

/// Whether a sentence ends inside an ARN, which the next line must continue.
pub(super) fn in_arn(sentence: &str) -> bool {
    let word = last_word(sentence);
    word.rfind("arn:").is_some_and(|at| word[at..].split(':').count() < 6)
}

/// The last run of visible characters; only its end matters, so a long one is not searched to its start.
fn last_word(sentence: &str) -> &str {
    let bytes = sentence.as_bytes();
    let floor = bytes.len().saturating_sub(512);
    let mut at = bytes.len();
    while at > floor && !bytes[at - 1].is_ascii_whitespace() {
        at -= 1;
    }
    while !sentence.is_char_boundary(at) {
        at += 1;
    }
    &sentence[at..]
}
