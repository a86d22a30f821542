//! Reads object literals of any language (JSON, Python, JavaScript, Go, Java, Ruby, Rust), whole or cut at either end.
//!
//! One pass over the text: no token is read twice, and every look ahead is bounded.

use serde_json::Value;

use super::{
    builder::{Builder, Group},
    fields, wrap,
};

/// How far a look ahead goes, in bytes.
const AHEAD: usize = 64;

/// How the SDK for Ruby begins what it prints for an object.
const STRUCTS: &[&str] = &["#<struct Aws::", "#<Aws::"];

/// Lines that one string may go over.
const STRING_LINES: usize = 40;

/// What was read from one place in the text.
#[derive(Debug)]
pub(super) struct Region {
    /// The outermost values, fragments completed.
    pub(super) values: Vec<Value>,
    /// Byte offset behind the last character that was read.
    pub(super) end: usize,
    /// The beginning or the end is missing.
    pub(super) cut: bool,
    /// Something was left out because its place is unknown.
    pub(super) lost: bool,
    /// The author shortened it (`...`, `[Object]`).
    pub(super) elided: bool,
    /// Times came in the zone of the machine that wrote them.
    pub(super) local_times: bool,
    /// Python spelling was seen.
    pub(super) python: bool,
    /// Unquoted keys or constructors were seen.
    pub(super) dump: bool,
}

/// Where in a line a literal begins, if it looks like one. `first` tells that nothing was read before this line, so
/// that it may begin inside a string.
pub(super) fn starts_in(line: &str, first: bool) -> Option<usize> {
    let indent = line.len() - line.trim_start().len();
    let body = &line[indent..];
    if is_inside(body) {
        return Some(indent);
    }
    let bytes = line.as_bytes();
    for (at, byte) in bytes.iter().enumerate().skip(indent) {
        let found = match byte {
            b'{' => opens_map(&line[at + 1..], at == indent),
            b'[' => opens_list(&line[at + 1..], at == indent),
            b'(' => {
                let name = ident_before(bytes, at);
                if name < at && bytes[name].is_ascii_uppercase() && opens_call(&line[at + 1..]) {
                    return Some(name);
                }
                false
            }
            b'#' => STRUCTS.iter().any(|head| line[at..].starts_with(head)),
            b'"' | b'\'' if first => {
                if follows_pair(&line[at + 1..]) {
                    return Some(at + 1);
                }
                false
            }
            _ => false,
        };
        if found {
            return Some(at);
        }
    }
    None
}

/// Whether a line is the inside of a literal: a quoted key, a closing mark, an item of a console dump.
pub(super) fn is_inside(line: &str) -> bool {
    let line = line.trim_start();
    if let Some(rest) = line.strip_prefix(quote) {
        let name = ident_len(rest);
        return name > 0 && rest[name..].strip_prefix(quote).is_some_and(|rest| is_colon(rest.trim_start()));
    }
    if line.starts_with(['}', ']', ',']) {
        let rest = line.trim_start_matches(['}', ']', ',', ' ', ')', ';']);
        return rest.is_empty() || rest.starts_with('{') || (rest.starts_with(quote) && is_inside(rest));
    }
    let name = ident_len(line);
    if name == 0 {
        return false;
    }
    let rest = &line[name..];
    if let Some(rest) = rest.strip_prefix(['"', '\'']) {
        return is_colon(rest.trim_start());
    }
    // `stopCode: 'X',` as a console prints objects: the comma or bracket tells it from YAML.
    rest.trim_start().starts_with([':', '='])
        && line.trim_end().ends_with([',', '{', '['])
        && fields::is_known(&fields::as_aws(&line[..name]))
}

fn quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’')
}

fn is_colon(rest: &str) -> bool {
    rest.starts_with(':') || rest.starts_with("=>")
}

fn ahead(rest: &str) -> &str {
    let mut end = rest.len().min(AHEAD);
    while !rest.is_char_boundary(end) {
        end -= 1;
    }
    &rest[..end]
}

/// Length of the identifier at the start, at most [`AHEAD`] bytes.
fn ident_len(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    if !bytes.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_') {
        return 0;
    }
    bytes.iter().take(AHEAD).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count()
}

fn ident_before(bytes: &[u8], at: usize) -> usize {
    let mut start = at;
    while start > 0
        && at - start < AHEAD
        && (bytes[start - 1].is_ascii_alphanumeric() || bytes[start - 1] == b'_')
    {
        start -= 1;
    }
    start
}

fn opens_map(rest: &str, at_start: bool) -> bool {
    let rest = ahead(rest).trim_start();
    let name = ident_len(rest);
    match rest.chars().next() {
        None => at_start,
        Some('{' | '[') => at_start,
        Some(':') => ident_len(&rest[1..]) > 0,
        Some(c) if quote(c) => true,
        _ if name > 0 => rest[name..].trim_start().starts_with([':', '=']),
        _ => false,
    }
}

fn opens_list(rest: &str, at_start: bool) -> bool {
    let rest = ahead(rest).trim_start();
    let name = ident_len(rest);
    match rest.chars().next() {
        None => at_start,
        Some('{') => true,
        Some('[') => at_start,
        Some(c) if quote(c) => true,
        _ => name > 0 && rest[name..].starts_with(['(', '{']),
    }
}

fn opens_call(rest: &str) -> bool {
    let rest = ahead(rest).trim_start();
    let name = ident_len(rest);
    rest.starts_with(['[', '{']) || (name > 0 && rest[name..].starts_with('='))
}

/// `, "key":` after the quote that ended a string.
fn follows_pair(rest: &str) -> bool {
    let rest = ahead(rest).trim_start();
    rest.strip_prefix(',').is_some_and(|rest| {
        let rest = rest.trim_start();
        rest.starts_with(quote) && is_inside(rest)
    })
}

/// Reads from `start` on for as long as the text is data.
pub(super) fn read(text: &str, start: usize, width: Option<usize>) -> Region {
    let mut reader = Reader {
        text,
        at: start,
        start,
        line: start,
        width,
        builder: Builder::new(),
        elided: false,
        cut: false,
        lost: false,
        python: false,
        dump: false,
        structs: 0,
        last_string: None,
    };
    reader.run();
    let end = reader.at.min(text.len());
    let finished = reader.builder.finish();
    Region {
        values: finished.values,
        end,
        cut: finished.cut || reader.cut,
        lost: finished.lost || reader.lost,
        elided: reader.elided,
        local_times: finished.local_times,
        python: reader.python,
        dump: reader.dump,
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    start: usize,
    /// Where the current line begins.
    line: usize,
    width: Option<usize>,
    builder: Builder,
    elided: bool,
    cut: bool,
    lost: bool,
    python: bool,
    dump: bool,
    /// Ruby's structs that are open.
    structs: usize,
    /// The key of a string that was just added and may go on in an adjacent literal.
    last_string: Option<Option<String>>,
}

struct Text {
    text: String,
    closed: bool,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn run(&mut self) {
        // A key whose opening quote was cut off.
        let name = ident_len(self.rest());
        if name > 0 && self.rest()[name..].starts_with(['"', '\'']) {
            let tail = &self.rest()[..name];
            self.at += name + 1;
            self.cut = true;
            match fields::from_tail(tail) {
                Some(field) => self.builder.key(field),
                None => {
                    self.lost = true;
                    self.builder.key(tail);
                }
            }
            self.skip_colon();
        }
        while self.step() {}
    }

    /// Whether only spaces stand between the line's start and here.
    fn at_line_start(&self) -> bool {
        self.at - self.line <= AHEAD * 4 && self.text[self.line..self.at].trim_start().is_empty()
    }

    fn inside(&self) -> bool {
        self.builder.depth() > 0 || self.builder.is_inside() || self.builder.cut || self.at == self.start
    }

    fn step(&mut self) -> bool {
        let Some(c) = self.rest().chars().next() else {
            return false;
        };
        match c {
            '\n' => {
                self.at += 1;
                self.line = self.at;
            }
            c if c.is_whitespace() || c.is_control() => self.at += c.len_utf8(),
            '{' => self.open(Group::Map),
            '[' => return self.list(),
            // `StoppedReason=(service web) …`: a sentence, not a tuple.
            '(' if self.builder.pending_key().is_some_and(fields::is_sentence) => self.bare(),
            '(' => self.open(Group::Call(String::new())),
            '}' => return self.close(&Group::Map),
            ']' => return self.close(&Group::List),
            ')' if self.builder.depth() == 0 => return false,
            ')' => return self.close(&Group::Call(String::new())),
            ',' | ';' => {
                self.at += 1;
                self.last_string = None;
                if self.builder.pending_key().is_some() {
                    self.builder.drop_key();
                }
            }
            '&' | '+' => self.at += 1,
            '/' if self.rest().starts_with("//") => self.skip_line(),
            '/' if self.rest().starts_with("/*") => {
                self.at += self.rest().find("*/").map_or(self.rest().len(), |end| end + 2);
            }
            '#' if STRUCTS.iter().any(|head| self.rest().starts_with(head)) => self.open_struct(),
            '#' => self.skip_line(),
            '>' if self.structs > 0 => {
                self.structs -= 1;
                return self.close(&Group::Map);
            }
            '.' if self.rest().starts_with("...") => self.elide(3),
            '…' | '⋮' => self.elide(c.len_utf8()),
            '`' if self.rest().starts_with("```") => return false,
            c if quote(c) || (c == '`' && self.builder.pending_key().is_some()) => self.quoted(c),
            ':' if self.builder.wants_key() && ident_len(&self.rest()[1..]) > 0 => return self.word(1),
            _ => return self.word(0),
        }
        true
    }

    fn elide(&mut self, length: usize) {
        self.elided = true;
        self.at += length;
        if self.builder.pending_key().is_some() {
            self.builder.drop_key();
        }
    }

    fn skip_line(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    /// `#<struct Aws::ECS::Types::Task `, up to the first member.
    fn open_struct(&mut self) {
        let rest = self.rest();
        let name = rest.find("Aws::").unwrap_or(rest.len());
        self.at += name + rest[name..].find([' ', '\n', '>']).unwrap_or(rest.len() - name);
        self.at -= 1;
        self.structs += 1;
        self.dump = true;
        self.open(Group::Map);
    }

    fn open(&mut self, group: Group) {
        self.at += 1;
        self.last_string = None;
        self.builder.open(group);
    }

    /// `[`, or what Node prints for an object below its depth.
    fn list(&mut self) -> bool {
        for short in ["[Object]", "[Array]", "[Circular]", "[Function]"] {
            if self.rest().starts_with(short) {
                self.elided = true;
                self.at += short.len();
                self.builder.value(Value::Null);
                return true;
            }
        }
        self.open(Group::List);
        true
    }

    fn close(&mut self, group: &Group) -> bool {
        self.at += 1;
        self.last_string = None;
        self.builder.close(group);
        // At the outermost level the literal is complete, unless it goes on as the inside of something.
        if self.builder.depth() > 0 {
            return true;
        }
        let rest = ahead(self.rest()).trim_start();
        match rest.strip_prefix([',', ';']) {
            _ if rest.is_empty() => self.rest().len() > AHEAD,
            Some(more) => {
                let more = more.trim_start();
                more.is_empty() || more.starts_with(['{', '[', '}', ']']) || is_inside(more)
            }
            None => rest.starts_with(['}', ']']) || (self.builder.cut && is_inside(rest)),
        }
    }

    fn skip_colon(&mut self) {
        let rest = self.rest();
        let spaces = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let rest = &rest[spaces..];
        self.at += spaces;
        if rest.starts_with("=>") {
            self.at += 2;
        } else if rest.starts_with([':', '=']) {
            self.at += 1;
        }
    }

    /// Steps over a line break that the terminal put between a key and its colon.
    fn cross_break(&mut self) {
        if self.rest().starts_with("\n:") && self.line_is_full() {
            self.at += 1;
            self.line = self.at;
        }
    }

    fn is_key_mark(&self) -> bool {
        let rest = ahead(self.rest()).trim_start_matches([' ', '\t']);
        (rest.starts_with(':') && !rest.starts_with("::")) || rest.starts_with('=')
    }

    fn quoted(&mut self, open: char) {
        let key_position = self.builder.wants_key();
        let text = self.string(open, key_position);
        self.cross_break();
        if key_position && text.closed && self.is_key_mark() {
            self.python |= open == '\'';
            self.skip_colon();
            self.last_string = None;
            self.builder.key(&text.text);
            return;
        }
        let pending = self.builder.pending_key().map(str::to_owned);
        if pending.is_none()
            && let Some(key) = self.last_string.take()
        {
            self.builder.extend_string(key.as_deref(), &text.text);
            self.last_string = Some(key);
            return;
        }
        if text.closed {
            self.builder.value(Value::String(text.text));
            self.last_string = Some(pending);
            return;
        }
        self.cut = true;
        match pending {
            Some(key) if fields::is_sentence(&key) && !text.text.trim().is_empty() => {
                self.builder.value(Value::String(text.text));
            }
            Some(_) => {
                self.lost = true;
                self.builder.drop_key();
            }
            None => {}
        }
    }

    /// The string that begins here; its end may be missing.
    fn string(&mut self, open: char, key: bool) -> Text {
        let triple: String = std::iter::repeat_n(open, 3).collect();
        if !key && self.rest().starts_with(&triple) {
            self.at += triple.len();
            let end = self.rest().find(&triple);
            let text = self.rest()[..end.unwrap_or(self.rest().len())].to_owned();
            self.at += end.map_or(self.rest().len(), |end| end + triple.len());
            return Text { text, closed: end.is_some() };
        }
        self.at += open.len_utf8();
        let mut text = String::new();
        let mut lines = 0;
        while let Some(c) = self.rest().chars().next() {
            match c {
                '\\' => self.escape(&mut text),
                '\n' => {
                    lines += 1;
                    if lines > STRING_LINES || !self.string_goes_on() {
                        return Text { text, closed: false };
                    }
                    self.next_line(&mut text);
                }
                c if closes(open, c) => {
                    self.at += c.len_utf8();
                    if key || self.ends_value() {
                        return Text { text, closed: true };
                    }
                    text.push(c);
                }
                c => {
                    self.at += c.len_utf8();
                    if !c.is_control() || c == '\t' {
                        text.push(c);
                    }
                }
            }
        }
        Text { text, closed: false }
    }

    /// Whether the line after this one continues a string, rather than being the next thing.
    fn string_goes_on(&self) -> bool {
        let next = self.rest().get(1..).unwrap_or("").split('\n').next().unwrap_or("");
        let next = next.trim();
        !next.is_empty() && !next.starts_with("```") && (self.line_is_full() || !is_inside(next))
    }

    fn line_is_full(&self) -> bool {
        wrap::is_full(&self.text[self.line..self.at], self.width)
    }

    fn next_line(&mut self, text: &mut String) {
        let before = &self.text[self.line..self.at];
        self.at += 1;
        self.line = self.at;
        if wrap::is_full(before, self.width) {
            return;
        }
        // Up to the first word: the rest of the line is read character by character.
        let next = self.rest();
        let indent = next.len() - next.trim_start_matches([' ', '\t']).len();
        let word = next[indent..].split([' ', '\n']).next().unwrap_or("");
        wrap::join(text, before, word, self.width);
        text.truncate(text.len() - word.len());
        self.at += indent;
    }

    fn escape(&mut self, text: &mut String) {
        self.at += 1;
        let Some(c) = self.rest().chars().next() else {
            return;
        };
        self.at += c.len_utf8();
        match c {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'b' | 'f' | 'a' | 'v' | '0' => text.push(' '),
            'u' => self.unicode(text, 4),
            'U' => self.unicode(text, 8),
            'x' => self.unicode(text, 2),
            '\n' => self.line = self.at,
            c => text.push(c),
        }
    }

    fn hex(&self, at: usize, digits: usize) -> Option<u32> {
        u32::from_str_radix(self.text.get(at..at + digits)?, 16).ok()
    }

    fn unicode(&mut self, text: &mut String, digits: usize) {
        let Some(code) = self.hex(self.at, digits) else {
            return;
        };
        self.at += digits;
        let mut full = code;
        if (0xD800..0xDC00).contains(&code)
            && self.rest().starts_with("\\u")
            && let Some(low @ 0xDC00..0xE000) = self.hex(self.at + 2, 4)
        {
            full = 0x1_0000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            self.at += 6;
        }
        text.push(char::from_u32(full).unwrap_or(char::REPLACEMENT_CHARACTER));
    }

    /// Whether a quote that was just passed ends its string: a quote inside a message is followed by more of it.
    fn ends_value(&self) -> bool {
        let rest = ahead(self.rest()).trim_start_matches([' ', '\t', '\r']);
        match rest.chars().next() {
            None | Some('\n' | '}' | ']' | ';' | '#') => true,
            Some(')') => self.builder.depth() > 0,
            Some('>') => self.structs > 0,
            Some('+') => rest[1..].trim_start_matches([' ', '\r']).starts_with('\n'),
            Some(',') => {
                let rest = rest[1..].trim_start_matches([' ', '\t', '\r']);
                let name = ident_len(rest);
                name == 0
                    || self.builder.pending_key().is_none()
                    || rest[name..].trim_start().starts_with([':', '=', '"'])
            }
            // A pair without its comma.
            Some(c) if quote(c) => is_inside(rest),
            Some(_) => {
                let name = ident_len(rest);
                name > 0
                    && rest[name..].starts_with([':', '='])
                    && fields::is_known(&fields::as_aws(&rest[..name]))
            }
        }
    }

    /// An unquoted key, a number, a word with a meaning, a constructor, or text that is no data.
    fn word(&mut self, sign: usize) -> bool {
        let rest = &self.rest()[sign..];
        let name = ident_len(rest);
        let after = &rest[name..];
        if name > 0 {
            let word = &rest[..name];
            if self.builder.wants_key() && self.inside() {
                let saved = self.at;
                self.at += sign + name;
                if self.is_key_mark() {
                    self.dump = true;
                    self.skip_colon();
                    self.last_string = None;
                    self.builder.key(word);
                    return true;
                }
                self.at = saved;
            }
            if after.starts_with(quote) && matches!(word, "b" | "u" | "r" | "f" | "rb" | "br") {
                self.python = true;
                self.at += name;
                return true;
            }
            // `datetime.datetime(`, `types.Task{`, `Aws::ECS::Task(`
            let path = rest
                .bytes()
                .take(AHEAD)
                .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':'))
                .count();
            let constructor = &rest[..path];
            let behind = rest[path..].trim_start_matches(' ');
            let expected = !self.builder.wants_key() || self.builder.depth() == 0 || !self.inside();
            if rest[path..].starts_with('(') && (expected || self.in_call()) {
                self.dump |= !constructor.contains("datetime");
                self.python |= constructor.contains("datetime");
                self.at += path + 1;
                self.builder.open(Group::Call(constructor.to_owned()));
                return true;
            }
            if behind.starts_with('{')
                && expected
                && word.starts_with(|c: char| c.is_ascii_uppercase() || c == '_' || path > name)
            {
                self.dump = true;
                self.at += path;
                return true;
            }
        }
        if self.builder.wants_key() && !self.in_call() {
            return self.garbage();
        }
        self.bare();
        true
    }

    fn in_call(&self) -> bool {
        self.builder.in_call()
    }

    /// Text between the data. Ends the reading, unless the next line is data again.
    fn garbage(&mut self) -> bool {
        if !self.at_line_start() {
            let c = self.rest().chars().next().map_or(1, char::len_utf8);
            let run =
                self.rest().bytes().skip(c).take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
            self.at += c + run;
            return self.builder.depth() > 0 || self.builder.cut;
        }
        if self.builder.depth() == 0 {
            return false;
        }
        let line = self.rest().split('\n').next().unwrap_or("");
        let next = self.rest()[line.len()..].trim_start();
        let next = next.split('\n').next().unwrap_or("");
        if !is_inside(next) && !next.starts_with(['{', '[']) {
            self.cut = true;
            return false;
        }
        self.lost = true;
        self.skip_line();
        true
    }

    /// A value without quotes: a number, a constant, or text up to the next mark that can end it.
    fn bare(&mut self) {
        let start = self.at;
        let pending = self.builder.pending_key().map(str::to_owned);
        let mut nested = 0_usize;
        let mut spaces = false;
        while let Some(c) = self.rest().chars().next() {
            match c {
                '\n' if self.line_is_full()
                    && self.rest()[1..].starts_with(|c: char| c.is_ascii_alphanumeric()) =>
                {
                    self.line = self.at + 1;
                }
                '\n' => break,
                '(' | '[' | '{' => nested += 1,
                ')' | ']' | '}' if nested == 0 => break,
                '>' if nested == 0 && self.structs > 0 => break,
                ')' | ']' | '}' => nested -= 1,
                ',' | ';' if nested == 0 && self.ends_bare(pending.is_some(), spaces) => break,
                ' ' if nested == 0 && self.key_follows() => break,
                _ => {}
            }
            spaces |= c == ' ';
            self.at += c.len_utf8();
        }
        if self.at == start {
            self.at += self.rest().chars().next().map_or(1, char::len_utf8);
            return;
        }
        let text = self.text[start..self.at].trim().replace('\n', "");
        let text = text.as_str();
        let is_known = pending.as_deref().is_none_or(|key| fields::is_known(key) || fields::is_sentence(key));
        // A quote that nothing opened: this stood inside of a string, and the word before it is no key.
        if !is_known && text.matches('"').count() % 2 == 1 {
            self.lost = true;
            self.builder.drop_key();
            return;
        }
        let at_end = self.rest().is_empty() && self.inside();
        if at_end {
            // `13` may be the beginning of `137`.
            self.cut = true;
            match &pending {
                Some(key) if fields::is_sentence(key) && !text.is_empty() => {}
                _ => {
                    self.lost = true;
                    self.builder.drop_key();
                    return;
                }
            }
        }
        let value = match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            "True" | "False" => {
                self.python = true;
                Value::Bool(text == "True")
            }
            "None" | "nil" | "<nil>" | "undefined" | "NaN" | "nan" | "Infinity" | "-Infinity" | "inf" => {
                Value::Null
            }
            _ if text.ends_with("timezone.utc") || text.starts_with("<UTC") => Value::from("Z"),
            _ => number(text)
                .unwrap_or_else(|| Value::String(bare_time(text).unwrap_or_else(|| text.to_owned()))),
        };
        self.last_string = None;
        self.builder.value(value);
    }

    /// Whether the comma here ends a bare value.
    fn ends_bare(&self, keyed: bool, spaces: bool) -> bool {
        if !keyed {
            return true;
        }
        let rest = ahead(&self.rest()[1..]).trim_start();
        let name = ident_len(rest);
        if name == 0 {
            return true;
        }
        let after = &rest[name..];
        let is_known = || fields::is_known(&fields::as_aws(&rest[..name]));
        after.starts_with('=') || (after.starts_with(':') && (!spaces || is_known()))
    }

    /// Whether a known key follows the space here, as in Go's `{StopCode:X StoppedReason:Y}`.
    fn key_follows(&self) -> bool {
        let rest = &self.rest()[1..];
        let name = ident_len(rest);
        let mark = rest[name..].starts_with([':', '=']) && !rest[name + 1..].starts_with(' ');
        let word = &rest[..name];
        name > 0
            && mark
            && word.starts_with(|c: char| c.is_ascii_uppercase())
            && (fields::is_known(word)
                || fields::COMMON.iter().any(|common| common.eq_ignore_ascii_case(word)))
    }
}

fn closes(open: char, c: char) -> bool {
    match open {
        '“' | '”' => matches!(c, '“' | '”' | '"'),
        '‘' | '’' => matches!(c, '‘' | '’' | '\''),
        '"' => matches!(c, '"' | '”'),
        _ => c == open,
    }
}

fn number(text: &str) -> Option<Value> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 40 {
        return None;
    }
    serde_json::from_str(text).ok().filter(Value::is_number)
}

/// Go's `2020-01-01 00:00:00 +0000 UTC` as an offset time.
fn bare_time(text: &str) -> Option<String> {
    let mut words = text.split(' ');
    let (date, clock, zone, _name) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let looks = date.len() == 10
        && date.starts_with(|c: char| c.is_ascii_digit())
        && clock.contains(':')
        && zone.len() == 5
        && zone.starts_with(['+', '-']);
    (looks && words.next().is_none()).then(|| format!("{date} {clock}{zone}"))
}
