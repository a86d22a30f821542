//! Takes off what terminals, chats and log viewers put around a text.

use crate::entities;

/// Text without escape sequences, quote marks, box borders and line prefixes.
pub(super) fn clean(text: &str) -> String {
    let text = without_escapes(text.trim_start_matches('\u{feff}'));
    let text = unescaped(text);
    let text = entities::decoded(&text);
    let mut lines: Vec<&str> = text.lines().map(|line| line.trim_end_matches('\r')).collect();
    strip_job_columns(&mut lines);
    strip_quotes(&mut lines);
    let boxed: Vec<String> = lines.iter().map(|line| without_box(line)).collect();
    let mut lines: Vec<&str> = boxed.iter().map(String::as_str).collect();
    strip_prefixes(&mut lines);
    lines.join("\n") + if text.ends_with('\n') { "\n" } else { "" }
}

/// Drops ANSI sequences and control characters; odd spaces become plain ones.
fn without_escapes(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => match chars.peek() {
                Some('[') => {
                    chars.next();
                    while let Some(c) = chars.next_if(|c| !('@'..='~').contains(c) && *c != '\n') {
                        let _ = c;
                    }
                    chars.next_if(|c| *c != '\n');
                }
                Some(']') => {
                    while chars.next_if(|c| !matches!(c, '\u{7}' | '\u{1b}' | '\n')).is_some() {}
                    chars.next_if_eq(&'\u{7}');
                }
                _ => {
                    chars.next_if(|c| *c != '\n');
                }
            },
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    clean.push('\n');
                }
            }
            '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{3000}' => clean.push(' '),
            '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}' => {}
            '\n' | '\t' => clean.push(c),
            c if c.is_control() => {}
            c => clean.push(c),
        }
    }
    clean
}

/// JSON inside a JSON string (`{\"tasks\": …`) or inside a CSV cell (`{""tasks"": …`), one level down.
fn unescaped(text: String) -> String {
    let plain = text.contains("{\"") && !text.contains("{\"\"");
    if !plain && (text.contains("{\\\"") || text.contains("{\\n")) {
        let mut inner = String::with_capacity(text.len());
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match (c, c == '\\') {
                (c, false) => inner.push(c),
                _ => match chars.next() {
                    Some('n') => inner.push('\n'),
                    Some('t') => inner.push('\t'),
                    Some(c @ ('"' | '\\' | '/')) => inner.push(c),
                    Some(c) => inner.extend(['\\', c]),
                    None => {}
                },
            }
        }
        return inner;
    }
    if text.contains("{\"\"") && text.contains("\"\":") {
        return text.replace("\"\"", "\"");
    }
    text
}

/// `deploy<tab>Wait<tab>` before the time of most lines, as `gh run view --log` prints it.
fn strip_job_columns(lines: &mut [&str]) {
    let time = |line: &str| {
        let mut columns = line.match_indices('\t').map(|(at, _)| at);
        let (first, second) = (columns.next()?, columns.next()?);
        let named = !line[..first].trim().is_empty() && !line[first + 1..second].trim().is_empty();
        (named && timestamp(&line[second + 1..]) > 0).then_some(second + 1)
    };
    let filled = lines.iter().filter(|line| !line.trim().is_empty()).count();
    let timed = lines.iter().filter(|line| time(line).is_some()).count();
    if timed < 2 || timed * 5 < filled * 4 {
        return;
    }
    for line in lines.iter_mut() {
        *line = &line[time(line).unwrap_or(0)..];
    }
}

/// Mail and chat quotes: `> ` before most lines.
fn strip_quotes(lines: &mut [&str]) {
    for _ in 0..3 {
        let filled = lines.iter().filter(|line| !line.trim().is_empty()).count();
        let quoted = lines.iter().filter(|line| line.trim_start().starts_with('>')).count();
        if quoted == 0 || quoted * 5 < filled * 3 {
            return;
        }
        for line in lines.iter_mut() {
            if let Some(rest) = line.trim_start().strip_prefix('>') {
                *line = rest.strip_prefix(' ').unwrap_or(rest);
            }
        }
    }
}

/// A frame's side before the text goes; a box's inner lines become `|`, its borders `+---+`.
fn without_box(line: &str) -> String {
    let bars = line.chars().filter(|c| matches!(c, '│' | '┃' | '║')).count();
    if bars >= 2 {
        return line.replace(['│', '┃', '║'], "|");
    }
    let trimmed = line.trim_start();
    if let Some(rest) = trimmed.strip_prefix(['│', '┃', '║', '╷', '╵', '▌']) {
        return rest.strip_prefix(' ').unwrap_or(rest).to_owned();
    }
    let border = |c: char| ('\u{2500}'..='\u{257f}').contains(&c);
    if trimmed.chars().count() >= 4 && trimmed.trim_end().chars().all(border) {
        let horizontal = |c: char| matches!(c, '─' | '━' | '═');
        return trimmed.chars().map(|c| if horizontal(c) { '-' } else { '+' }).collect();
    }
    line.to_owned()
}

/// A prefix that most lines share and that data follows: a line number, a time, a container's name.
fn strip_prefixes(lines: &mut [&str]) {
    for prefix in [timestamp as fn(&str) -> usize, line_number, compose_name, diff_mark, comment] {
        let filled = lines.iter().filter(|line| !line.trim().is_empty()).count();
        let mut prefixed = 0;
        let mut data = 0;
        for line in lines.iter() {
            let length = prefix(line);
            if length > 0 {
                prefixed += 1;
                data += usize::from(is_data(&line[length..]));
            }
        }
        if prefixed < 3 || prefixed * 5 < filled * 4 || data * 2 < prefixed {
            continue;
        }
        for line in lines.iter_mut() {
            *line = &line[prefix(line)..];
        }
    }
}

/// A line of JSON, YAML or a dump, as opposed to a sentence.
fn is_data(rest: &str) -> bool {
    let rest = rest.trim();
    rest.starts_with(['{', '}', '[', ']', '"', '\'']) || rest.ends_with(['{', '[', ',']) && rest.contains(':')
}

/// `2026-01-02T03:04:05.678Z `, as GitHub Actions and `docker logs -t` write it; the bytes up to the text.
pub(super) fn timestamp(line: &str) -> usize {
    let indent = line.len() - line.trim_start().len();
    let body = &line.as_bytes()[indent..];
    let epoch = epoch(body);
    if epoch > 0 {
        return indent + epoch;
    }
    let bracket = usize::from(body.first() == Some(&b'['));
    let body = &body[bracket..];
    let digits = |range: std::ops::Range<usize>| {
        body.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let is_time = digits(0..4)
        && matches!(body.get(4), Some(b'-' | b'/'))
        && digits(5..7)
        && digits(8..10)
        && matches!(body.get(10), Some(b'T' | b' '))
        && digits(11..13)
        && body.get(13) == Some(&b':')
        && digits(14..16);
    if !is_time {
        return 0;
    }
    let mut at = 16;
    at += body[at..].iter().take(30).take_while(|b| b.is_ascii_digit() || b":.,Z+-".contains(b)).count();
    if body.get(at) == Some(&b' ') && matches!(body.get(at + 1), Some(b'+' | b'-')) && digits(at + 2..at + 6)
    {
        at += 6;
    }
    // As Go prints it: `+0000 UTC`.
    if body[at..].starts_with(b" UTC") {
        at += 4;
    }
    if bracket == 1 {
        if body.get(at) != Some(&b']') {
            return 0;
        }
        at += 1;
    }
    let end = indent + bracket + at;
    match line.as_bytes().get(end) {
        None => end,
        Some(b' ' | b'\t') => end + 1,
        Some(_) => 0,
    }
}

/// `1714557600.123 `: seconds since 1970 at the start of a line; the bytes up to the text.
fn epoch(line: &[u8]) -> usize {
    let digits = |from: usize| line[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let seconds = digits(0);
    let fraction = if line.get(seconds) == Some(&b'.') { 1 + digits(seconds + 1) } else { 0 };
    let end = seconds + fraction;
    let is_recent = seconds == 10 && line.starts_with(b"1");
    if is_recent && fraction > 1 && line.get(end) == Some(&b' ') { end + 1 } else { 0 }
}

/// `[10:00:00] ` or `10:00:00 UTC  `: a time of some day at the start of a line; its text and the bytes up to what follows.
pub(super) fn clock(line: &str) -> Option<(&str, usize)> {
    let bracket = usize::from(line.starts_with('['));
    let time = line.get(bracket..bracket + 8)?;
    let is_time = time.bytes().enumerate().all(|(at, byte)| match at {
        2 | 5 => byte == b':',
        _ => byte.is_ascii_digit(),
    });
    let rest = line.get(bracket + 8..)?;
    let rest = if bracket == 1 { rest.strip_prefix(']')? } else { rest.strip_prefix(" UTC").unwrap_or(rest) };
    let text = rest.trim_start();
    (is_time && text.len() < rest.len()).then_some((time, line.len() - text.len()))
}

/// A time as RFC 3339 has it, from the spellings of Go's logger and of the ECS console.
pub(super) fn stamp(time: &str) -> String {
    time.trim()
        .trim_matches(['[', ']'])
        .trim_end_matches(" UTC")
        .replace('/', "-")
        .replace(" +", "+")
        .replace(" -", "-")
}

/// `12: `, `12 | `, `  12  `
fn line_number(line: &str) -> usize {
    let indent = line.len() - line.trim_start().len();
    let rest = &line[indent..];
    let digits = rest.bytes().take(6).take_while(u8::is_ascii_digit).count();
    let after = &rest[digits..];
    let mark = ["\t", " | ", "| ", ": ", ":", " "].iter().find(|mark| after.starts_with(**mark));
    match mark {
        Some(mark) if digits > 0 => indent + digits + mark.len(),
        _ => 0,
    }
}

/// `web_1  | `, `[INFO] `
fn compose_name(line: &str) -> usize {
    let name =
        line.bytes().take(60).take_while(|b| b.is_ascii_alphanumeric() || b"_.-[]/".contains(b)).count();
    let rest = &line[name..];
    let spaces = rest.len() - rest.trim_start_matches(' ').len();
    if name > 0 && rest[spaces..].starts_with("| ") {
        return name + spaces + 2;
    }
    let bracketed = line.starts_with('[') && line[..name].ends_with(']');
    if bracketed && rest.starts_with(' ') { name + 1 } else { 0 }
}

/// `// ` before every line of an answer that was kept in a program.
fn comment(line: &str) -> usize {
    let indent = line.len() - line.trim_start().len();
    if line[indent..].starts_with("//") { indent + 2 } else { 0 }
}

/// `+ ` or `- ` before every line of a diff.
fn diff_mark(line: &str) -> usize {
    usize::from(line.starts_with('+') && !line.starts_with("+-"))
}
