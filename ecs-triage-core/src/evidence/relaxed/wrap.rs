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

fn breaks_word(sentence: &str, before: &str, next: &str, width: Option<usize>) -> bool {
    let word = last_word(sentence);
    let first = next.split_ascii_whitespace().next().unwrap_or(next);
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
