//! Lines for people: consoles, deploy tools, notes. Takes what a machine wrote and leaves what a person did.

use serde_json::{Map, Value, json};

use super::{
    Piece, clean, counts::Counts, draft::Draft, errors, fields, grid, labels, message, message::Kind, shape,
    wrap,
};

/// Lines that one sentence may go over.
const SENTENCE_LINES: usize = 12;

/// Reads all lines, and the only exit code told in passing; literals, tables and YAML among them were taken out before.
pub(super) fn read(lines: &[&str], width: Option<usize>) -> (Vec<Piece>, Option<i64>) {
    let mut reader = Reader {
        lines,
        width,
        at: 0,
        draft: Draft::default(),
        loose: Vec::new(),
        pieces: Vec::new(),
        time: "",
        clocks: Vec::new(),
        exits: Vec::new(),
        counts: Counts::default(),
    };
    while reader.at < lines.len() {
        reader.line();
    }
    put_newest_first(&mut reader.loose, &reader.clocks);
    reader.loose.extend(reader.counts.finish());
    let mut tasks = reader.draft.finish();
    let exit = reader.exits.first().filter(|code| reader.exits.iter().all(|other| other == *code)).copied();
    give_exit(&mut tasks, exit);
    take_in(&mut tasks, &mut reader.pieces);
    reader.loose.extend(tasks);
    let answers =
        shape::into_answers(reader.loose).into_iter().filter(fields::has_known_member).map(Piece::Json);
    (answers.chain(reader.pieces).collect(), exit)
}

/// Events whose times have no date are in the order of the text, which is ECS's own, newest first, unless their times grow.
fn put_newest_first(loose: &mut [Value], clocks: &[(usize, String)]) {
    let (Some((_, first)), Some((_, last))) = (clocks.first(), clocks.last()) else { return };
    if first >= last || !clocks.is_sorted_by_key(|(_, clock)| clock) {
        return;
    }
    let places: Vec<usize> = clocks.iter().map(|(place, _)| *place).collect();
    for (one, other) in places.iter().zip(places.iter().rev()).take(places.len() / 2) {
        loose.swap(*one, *other);
    }
}

/// The only exit code that a text tells in passing is that of the only task it tells of.
fn give_exit(tasks: &mut [Value], exit: Option<i64>) {
    let ([Value::Object(task)], Some(code)) = (tasks, exit) else { return };
    let has_end = task.contains_key("stopCode") || task.contains_key("stoppedReason");
    if has_end && !task.contains_key("containers") {
        task.insert("containers".to_owned(), json!([{ "exitCode": code }]));
    }
}

/// Sentences that stand around the only exit code of a text are about the same task, in whatever order they came.
fn take_in(tasks: &mut [Value], pieces: &mut Vec<Piece>) {
    let [Value::Object(task)] = tasks else { return };
    let Some([Value::Object(container)]) =
        task.get("containers").and_then(Value::as_array).map(Vec::as_slice)
    else {
        return;
    };
    if !container.contains_key("exitCode") {
        return;
    }
    let (has_stop, has_reason) = (task.contains_key("stoppedReason"), container.contains_key("reason"));
    let field = |piece: &Piece| {
        let Piece::Message(text) = piece else { return None };
        let found = message::find(text).filter(|found| found.start == 0)?;
        let is_task = !found.named || message::is_of_task(text);
        match found.kind {
            Kind::Stop if is_task => Some("stoppedReason"),
            Kind::Stop | Kind::Log => Some("reason"),
            Kind::Event | Kind::Tool => None,
        }
    };
    let mut take = |wanted: &str, is_there: bool| {
        let mut places = (0..pieces.len()).filter(|at| field(&pieces[*at]) == Some(wanted));
        let (Some(at), None, false) = (places.next(), places.next(), is_there) else { return None };
        match pieces.remove(at) {
            Piece::Message(text) => Some(Value::from(text)),
            _ => None,
        }
    };
    let reason = take("reason", has_reason);
    let stopped = take("stoppedReason", has_stop);
    task.extend(stopped.map(|text| ("stoppedReason".to_owned(), text)));
    if let Some(reason) = reason {
        task["containers"][0]["reason"] = reason;
    }
}

struct Reader<'a> {
    lines: &'a [&'a str],
    width: Option<usize>,
    at: usize,
    draft: Draft,
    loose: Vec<Value>,
    pieces: Vec<Piece>,
    /// A time that stood alone on the line above.
    time: &'a str,
    /// Events with a time of day alone, by their places in `loose`.
    clocks: Vec<(usize, String)>,
    /// Exit codes told in lines that say nothing else.
    exits: Vec<i64>,
    counts: Counts,
}

impl<'a> Reader<'a> {
    fn line(&mut self) {
        let raw = self.lines[self.at];
        if raw.trim().is_empty() {
            self.at += 1;
            return;
        }
        // `ecs-cli ps` prints headings too, but its rows say more than their columns.
        let listing = self.lines.get(self.at + 1).is_some_and(|next| compose_row(next.trim()).is_some());
        if !listing && let Some((objects, next)) = grid::read(self.lines, self.at) {
            self.loose.extend(objects);
            self.at = next;
            return;
        }
        let body = without_marks(raw);
        let time_length = clean::timestamp(body);
        let time = body[..time_length].trim().trim_matches(['[', ']']);
        let body = without_marks(&body[time_length..]);
        if body.is_empty() && !time.is_empty() {
            self.time = time;
            self.at += 1;
            return;
        }
        let above = std::mem::take(&mut self.time);
        let time = if time.is_empty() { above } else { time };
        if self.tracer(body, time)
            || self.compose(body)
            || self.deployment(body)
            || self.counts(body)
            || self.pairs(body)
            || self.owned_exit(body)
            || self.label(body)
            || self.cells(body)
            || self.container(body)
        {
            return;
        }
        self.sentence(body, time);
    }

    /// `CONTAINER:web<tab>LastStatus:STOPPED (exit code: 1)`, as tracer prints a task's life.
    fn tracer(&mut self, body: &str, time: &str) -> bool {
        let (source, rest) = body.split_once(['\t', ' ']).unwrap_or((body, ""));
        let rest = rest.trim();
        if let Some(name) = source.strip_prefix("CONTAINER:") {
            self.draft.container(name);
            self.inline(rest);
        } else if source == "TASK" && !time.is_empty() {
            self.inline(rest);
            if let Some((label, value)) = rest.split_once(':')
                && let Some(field @ ("stopCode" | "stoppedReason")) = fields::from_label(label)
            {
                self.draft.set(field, value.trim());
            }
        } else if source == "SERVICE" && !time.is_empty() {
            self.sentence(rest, time);
            return true;
        } else {
            return false;
        }
        self.at += 1;
        true
    }

    fn inline(&mut self, text: &str) {
        for (field, value) in labels::inline(text) {
            self.draft.set(field, &value);
        }
    }

    /// `TASK-ID/container STOPPED ExitCode: 137 Reason: …  ports  family:1`, as `ecs-cli ps` prints.
    fn compose(&mut self, body: &str) -> bool {
        let Some((task, name, status, rest)) = compose_row(body) else {
            return false;
        };
        self.draft.list(task, name, status);
        // The columns behind the reason have two spaces before them.
        let state = rest.trim();
        let state = state.split("  ").next().unwrap_or(state);
        self.inline(state.split('\t').next().unwrap_or(state));
        self.at += 1;
        true
    }

    /// `PRIMARY web:12 desired:2 pending:0 running:1`, as ecspresso prints.
    fn deployment(&mut self, body: &str) -> bool {
        let mut words = body.split_ascii_whitespace();
        let (Some(status @ ("PRIMARY" | "ACTIVE" | "INACTIVE")), Some(definition)) =
            (words.next(), words.next())
        else {
            return false;
        };
        let count = |name: &str| {
            body.split_ascii_whitespace().find_map(|word| word.strip_prefix(name)?.parse::<i64>().ok())
        };
        let (Some(desired), Some(pending), Some(running)) =
            (count("desired:"), count("pending:"), count("running:"))
        else {
            return false;
        };
        self.loose.push(json!({
            "status": status,
            "taskDefinition": definition,
            "desiredCount": desired,
            "pendingCount": pending,
            "runningCount": running,
        }));
        self.at += 1;
        true
    }

    /// `Running: 2/2`, `desiredCount = 2`, `Rollout state: COMPLETED`: what people and tools tell of a service.
    fn counts(&mut self, body: &str) -> bool {
        if !self.counts.read(body) {
            return false;
        }
        self.at += 1;
        true
    }

    /// Cells without headings, as `--query 'tasks[].[stopCode,stoppedReason]'` prints them.
    fn cells(&mut self, body: &str) -> bool {
        let first = body.split([' ', '\t']).next().unwrap_or("");
        let tabs = body.contains('\t');
        let coded = labels::is_stop_code(first)
            && (tabs
                || body.len() == first.len()
                || message::find(body[first.len()..].trim_start()).is_some_and(|found| found.start == 0));
        if !tabs && !coded {
            return false;
        }
        let cells: Vec<&str> = if tabs {
            body.split('\t').map(str::trim).filter(|cell| !cell.is_empty()).collect()
        } else {
            vec![first, body[first.len()..].trim()]
        };
        let mut object = Map::new();
        let mut sentences = Vec::new();
        let mut name = None;
        let mut numbers = Vec::new();
        let mut time = None;
        for cell in cells {
            let cell = cell.trim_matches(['"', '\'']);
            let found = message::find(cell).filter(|found| found.start == 0);
            if labels::is_stop_code(cell) {
                object.insert("stopCode".to_owned(), Value::from(cell));
            } else if labels::is_status(cell) {
                object.insert("lastStatus".to_owned(), Value::from(cell));
            } else if let Some(found) = found {
                if found.kind == Kind::Event {
                    object.insert("message".to_owned(), Value::from(cell));
                } else {
                    sentences.push((found.named, cell));
                }
            } else if cell.starts_with("arn:") && cell.contains(":task/") {
                object.insert("taskArn".to_owned(), Value::from(cell));
            } else if cell.starts_with("arn:") && cell.contains(":task-definition/") {
                object.insert("taskDefinitionArn".to_owned(), Value::from(cell));
            } else if cell.bytes().all(|b| b.is_ascii_digit()) {
                numbers.extend(cell.parse::<i64>());
            } else if clean::timestamp(cell) == cell.len() && !cell.is_empty() {
                time = Some(cell);
            } else if !cell.contains(' ') && name.is_none() {
                name = Some(cell);
            }
        }
        // Of two sentences the one with an error's name is the container's. A single one is the task's, unless the row
        // has a name and a number: a container and its exit code.
        let task = object.contains_key("stopCode");
        let number = numbers.last().copied();
        let own = sentences.len() > 1 || (!task && name.is_some() && number.is_some());
        let ended = object.contains_key("lastStatus") && sentences.is_empty() && !task;
        if let (true, Some(name), Some(code @ 0..=255)) = (ended, name, number) {
            object.insert("name".to_owned(), Value::from(name));
            object.insert("exitCode".to_owned(), Value::from(code));
        }
        sentences.sort_by_key(|(named, _)| !*named);
        if own && !sentences.is_empty() {
            let (_, reason) = sentences.remove(0);
            object.insert("reason".to_owned(), Value::from(reason));
            object.extend(name.map(|name| ("name".to_owned(), Value::from(name))));
            object.extend(number.map(|code| ("exitCode".to_owned(), Value::from(code))));
        }
        if let Some((_, reason)) = sentences.first() {
            object.insert("stoppedReason".to_owned(), Value::from(*reason));
        }
        // A query's row about a task, with the exit code of its only container.
        let is_ended = object.contains_key("stopCode") || object.contains_key("stoppedReason");
        if let (true, [code @ 0..=255]) = (is_ended && !object.contains_key("exitCode"), numbers.as_slice()) {
            object.insert("exitCode".to_owned(), Value::from(*code));
        }
        if object.contains_key("message") {
            object.insert("id".to_owned(), Value::Null);
            object.extend(time.map(|time| ("createdAt".to_owned(), Value::from(time))));
        }
        if !["stopCode", "stoppedReason", "message", "reason", "exitCode"]
            .iter()
            .any(|field| object.contains_key(*field))
        {
            return false;
        }
        self.loose.push(Value::Object(object));
        self.at += 1;
        true
    }

    /// `stopCode=EssentialContainerExited stoppedReason=… exitCode=137`, several on a line.
    fn pairs(&mut self, body: &str) -> bool {
        let pairs = labels::pairs(body);
        if pairs.len() < 2 || !pairs.iter().all(labels::Label::is_plausible) {
            return false;
        }
        let value = |field: &str| pairs.iter().find(|pair| pair.field == field).map(|pair| pair.value);
        // `container=TASK-ID/web … lastStatus=RUNNING`, as `ecs-cli compose up` logs.
        let path = value("name").and_then(|path| path.trim_matches('"').rsplit_once('/'));
        if let (Some((task, name)), Some(status)) = (path, value("lastStatus")) {
            self.draft.list(task.rsplit('/').next().unwrap_or(task), name, status);
        } else {
            for pair in pairs {
                self.draft.set(pair.field, pair.value);
            }
        }
        self.at += 1;
        true
    }

    /// `app exitCode: 137`
    fn owned_exit(&mut self, body: &str) -> bool {
        let Some((name, code)) = labels::owned_exit(body) else {
            return false;
        };
        self.draft.container(name);
        self.draft.set("exitCode", code);
        self.at += 1;
        true
    }

    /// `Stopped reason: …`, `exitCode = 137`, or a label on its own line with the value below it.
    fn label(&mut self, body: &str) -> bool {
        let Some(mut label) = labels::parse(body) else {
            return false;
        };
        let column = self.lines[self.at].len().saturating_sub(label.value.len());
        // `Reason: CannotPullContainerError`, and what it said below it.
        if label.field == "message" && !label.value.is_empty() && self.draft.open_error().is_some() {
            let text = self.whole(label.value, column, false);
            if let Some(error) = self.draft.open_error() {
                *error = Value::from(format!("{}: {}", error.as_str().unwrap_or(""), unquoted(&text)));
            }
            return true;
        }
        if label.value.is_empty() {
            let Some(next) =
                self.lines.get(self.at + 1).map(|next| without_marks(next)).filter(|next| !next.is_empty())
            else {
                return false;
            };
            label.value = next;
            if !label.is_plausible() {
                return false;
            }
            self.at += 1;
        } else if !label.is_plausible() {
            return false;
        }
        if !label.is_sentence() {
            let value = label.value;
            self.draft.set(label.field, value);
            // `Exit code: 137 Reason: …`
            if label.field == "exitCode" {
                let rest: Vec<_> =
                    labels::inline(value).into_iter().filter(|(field, _)| *field != "exitCode").collect();
                for (field, value) in rest {
                    self.draft.set(field, &value);
                }
            }
            self.at += 1;
            return true;
        }
        let text = self.whole(label.value, column, false);
        let text = unquoted(&text);
        if let Some(found) = message::find(text)
            && found.kind == Kind::Event
            && found.start == 0
        {
            self.event(text, "");
        } else {
            self.draft.set(label.field, text);
        }
        true
    }

    /// `web: exit code 1`, `Container web exited with code 1`.
    fn container(&mut self, body: &str) -> bool {
        let Some((name, rest)) = labels::container(body) else {
            return false;
        };
        let found = labels::inline(rest);
        if !found.iter().any(|(field, _)| *field == "exitCode") {
            return false;
        }
        self.draft.container(name);
        for (field, value) in found {
            self.draft.set(field, &value);
        }
        self.at += 1;
        true
    }

    /// A machine-made sentence somewhere in the line.
    fn sentence(&mut self, body: &str, time: &str) {
        let all = message::find_all(body);
        if let Some(refusal) = errors::find(body) {
            let before = all.first().is_some_and(|found| matches!(found.kind, Kind::Stop | Kind::Event));
            if !before {
                // The line may have been broken before the message, and before the operation's name.
                let start = errors::start_of_cli(body).map_or(refusal.message, |at| &body[at..]);
                let column = self.column(refusal.message);
                let (operation, code) = (refusal.operation.map(str::to_owned), refusal.code.to_owned());
                let whole = self.whole(start, column, false);
                let found = errors::find(&whole).filter(|_| errors::is_cli(&whole));
                let (operation, message) = match found {
                    Some(found) => (found.operation.map(str::to_owned), found.message),
                    None => (operation, whole.as_str()),
                };
                let told = errors::Refusal { operation: operation.as_deref(), code: &code, message };
                if told.is_elsewhere(body) {
                    let lead = if errors::is_cli(&whole) {
                        ""
                    } else {
                        body.split_once(start).map_or("", |(lead, _)| lead)
                    };
                    self.pieces.push(Piece::Message(unquoted(&format!("{lead}{whole}")).to_owned()));
                    return;
                }
                self.pieces.push(Piece::Error { operation, code, message: unquoted(message).to_owned() });
                return;
            }
        }
        let stated = |found: &message::Found| {
            let (lead, text) = body.split_at(found.start);
            let quoted = message::is_plain_lead(lead) || found.named;
            quoted && !message::is_talk(lead) && !is_heading(body, text)
        };
        let Some(found) = all.into_iter().find(stated) else {
            self.exits.extend(labels::told_exit(body));
            self.at += 1;
            return;
        };
        let (lead, text) = body.split_at(found.start);
        // A tool's line says what it waited for in front of the phrase.
        let (lead, text) =
            if found.kind == Kind::Tool { ("", body.trim_start_matches("Error: ")) } else { (lead, text) };
        let column = self.column(text);
        let whole = self.whole(text, column, found.kind == Kind::Event);
        let whole = until_quote(lead, &whole);
        let lead = lead.trim();
        match found.kind {
            Kind::Event => {
                let stamp = if lead.is_empty() { time } else { "" };
                if let Some((clock, _)) = clean::clock(body) {
                    self.clocks.push((self.loose.len(), clock.to_owned()));
                }
                self.event(&whole, stamp);
            }
            Kind::Stop if !task_ids(lead).is_empty() => {
                for id in task_ids(lead) {
                    self.draft.task(id);
                    self.draft.set("stoppedReason", &whole);
                }
            }
            // On a line of its own next to what containers did.
            Kind::Stop if lead.is_empty() && !found.named && self.draft.has_containers() => {
                self.draft.set("stoppedReason", &whole);
            }
            Kind::Stop if lead.eq_ignore_ascii_case("stopped (") => {
                self.draft.set("stoppedReason", &whole);
                self.draft.set("lastStatus", "STOPPED");
            }
            _ => self.pieces.push(Piece::Message(whole)),
        }
    }

    fn event(&mut self, message: &str, time: &str) {
        let mut event = json!({ "message": message, "id": null });
        if !time.is_empty() {
            event["createdAt"] = Value::from(clean::stamp(time));
        }
        self.loose.push(event);
    }

    /// Whether the next line's first word had no room in this paragraph's lines.
    fn wraps_words(&self, before: &str, next: &str) -> bool {
        let from = self.at.saturating_sub(1);
        let lines = self.lines[from..].iter().take(SENTENCE_LINES).take_while(|line| !line.trim().is_empty());
        let longest = lines.map(|line| words_columns(line)).max().unwrap_or(0);
        let word = next.split_ascii_whitespace().next().map_or(0, str::len);
        let used = wrap::columns(before);
        used >= 60 && used + 1 + word > longest
    }

    /// Whether the lines from here to the end of the paragraph are one text that was wrapped between words: of none would
    /// the next line's first word have had room in it.
    fn is_wrapped_paragraph(&self) -> bool {
        /// Nobody wraps at less.
        const NARROWEST: usize = 36;
        let lines = self.lines[self.at..].iter().take(SENTENCE_LINES);
        let lines: Vec<&str> = lines.copied().take_while(|line| !line.trim().is_empty()).collect();
        let longest = lines.iter().map(|line| words_columns(line)).max().unwrap_or(0);
        let has_no_room = |pair: &[&str]| {
            let word = pair[1].split_ascii_whitespace().next().map_or(0, |word| word.chars().count());
            let used = wrap::columns(pair[0]);
            used + word >= longest && !begins_anew(pair[1])
        };
        lines.len() > 2 && longest >= NARROWEST && lines.windows(2).all(has_no_room)
    }

    /// The column at which this end of the current line begins.
    fn column(&self, tail: &str) -> usize {
        let raw = self.lines[self.at].trim_end();
        raw.len().saturating_sub(tail.trim_end().len())
    }

    /// A sentence with the lines that the terminal broke off from it. Leaves the reader behind its last line.
    fn whole(&mut self, start: &str, column: usize, event: bool) -> String {
        let mut sentence = start.trim_end().to_owned();
        let first = self.lines[self.at];
        let first_indent = indent(first);
        let marked = column > first_indent;
        let mut before = first;
        let is_wrapped = self.is_wrapped_paragraph();
        // A terminal fills every line before it breaks one; a tool that breaks between words does not.
        let mut width = self.width;
        self.at += 1;
        for _ in 0..SENTENCE_LINES {
            let Some(&next) = self.lines.get(self.at) else {
                break;
            };
            let text = next.trim();
            // Somebody left lines empty between the parts of a message.
            if text.is_empty()
                && let Some(&below) = self.lines.get(self.at + 1)
                && (is_open_error(&sentence) || message::is_own_tail(below.trim()))
            {
                self.at += 1;
                continue;
            }
            // Inside a bracket, and before a sentence has begun, nothing else can begin.
            let is_inside = sentence.is_empty()
                || errors::is_cli(&sentence) && sentence.ends_with(" operation:")
                || !balanced(&sentence, '[', ']')
                || event && !balanced(&sentence, '(', ')') && !next.trim_start().starts_with("(service ");
            if text.is_empty() || !is_inside && begins_anew(next) {
                break;
            }
            // Indented below the sentence, or the line before was full, or the sentence cannot end here.
            let under =
                marked && indent(next) > first_indent && indent(next) + 4 >= column.min(first_indent + 8);
            let full = self.width.is_some_and(|width| wrap::columns(before) + 1 >= width);
            let quotes = sentence.bytes().filter(|b| *b == b'"').count();
            let open = quotes % 2 == 1
                || is_inside
                || !balanced(&sentence, '(', ')')
                || sentence.ends_with([':', ','])
                || sentence.ends_with("reason for failure is")
                || errors::is_cli(&sentence) && !sentence.contains(" operation:")
                || wrap::in_arn(&sentence);
            let deeper = indent(next) > first_indent;
            let wrapped = match event {
                // An event is a whole sentence: without its end, what goes on like one belongs to it.
                true if sentence.ends_with('.') => false,
                // Its bracket says whose event it is: it has said nothing yet.
                true if sentence.ends_with(')') && goes_on(text) => true,
                true => self.wraps_words(before, next) || wrap::columns(before) >= 60 && goes_on(text),
                false => self.wraps_words(before, next) && goes_on(text),
            };
            let wrapped = wrapped || is_wrapped || message::is_tail(text);
            if !(under || full || open || deeper || wrapped) {
                break;
            }
            width = width.filter(|_| wrap::is_full(before, self.width));
            wrap::join(&mut sentence, before, next, width);
            before = next;
            self.at += 1;
        }
        sentence
    }
}

/// Task id, container, status and the rest of a row of `ecs-cli ps`.
fn compose_row(body: &str) -> Option<(&str, &str, &str, &str)> {
    let (path, rest) = body.split_once([' ', '\t'])?;
    let mut parts = path.rsplit('/');
    let (name, task) = (parts.next()?, parts.next()?);
    let hex = (32..=36).contains(&task.len()) && task.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let rest = rest.trim();
    let status = rest.split([' ', '\t']).next()?;
    (hex && !name.is_empty() && labels::is_status(status)).then_some((
        task,
        name,
        status,
        &rest[status.len()..],
    ))
}

/// The length of a line of words: one long word, such as an ARN, may be longer than the place for a line.
fn words_columns(line: &str) -> usize {
    if line.trim().contains(' ') { wrap::columns(line) } else { 0 }
}

/// Whether the name of an error begins a sentence, and a colon ends it so far.
fn is_open_error(sentence: &str) -> bool {
    let is_named = |found: message::Found| found.start == 0 && found.named && found.kind == Kind::Stop;
    sentence.ends_with(':') && message::find(sentence).is_some_and(is_named)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// A line that starts something of its own: an item, a heading, a label, a time, a sentence.
fn begins_anew(line: &str) -> bool {
    let trimmed = line.trim_start();
    let item = ["- ", "* ", "• ", "+ ", "# ", "## ", "### ", "```", "✔", "✘", "✓", "✗", "$ ", "|"];
    let is_timed = clean::timestamp(line) > 0 || clean::clock(trimmed).is_some();
    if is_timed || item.iter().any(|mark| trimmed.starts_with(mark)) {
        return true;
    }
    if labels::parse(trimmed).is_some_and(|label| label.is_plausible() && !label.value.is_empty()) {
        return true;
    }
    // The rest of a sentence may begin with any of these words; an error name or `(service X)` in front is a new one.
    message::find(trimmed).is_some_and(|found| found.start == 0 && found.kind == Kind::Event)
        || errors::is_cli(trimmed)
}

/// Text behind bullets, check marks and emphasis.
pub(super) fn without_marks(line: &str) -> &str {
    let mut rest = line.trim();
    loop {
        let start = rest;
        for mark in [
            "- ",
            "* ",
            "+ ",
            "• ",
            "– ",
            "— ",
            "> ",
            "✘ ",
            "✗ ",
            "✔ ",
            "✓ ",
            "❌ ",
            "⚠️ ",
            "⚠ ",
            "🛑 ",
            "└ ",
            "├ ",
            "├─ ",
            "└─ ",
            "##[error]",
            "##[warning]",
            "::error::",
            "::warning::",
        ] {
            if let Some(more) = rest.strip_prefix(mark) {
                rest = more.trim_start();
            }
        }
        if rest == start {
            return rest;
        }
    }
}

/// The ids in `[0a1b2c3d,4e5f6071]:`.
fn task_ids(lead: &str) -> Vec<&str> {
    let Some(ids) = lead.strip_prefix('[').and_then(|rest| rest.strip_suffix("]:")) else {
        return Vec::new();
    };
    let ids: Vec<&str> = ids.split(',').map(str::trim).collect();
    let is_id = |id: &&str| id.len() >= 6 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    if ids.iter().all(is_id) { ids } else { Vec::new() }
}

/// Whether a line can be the rest of the sentence above it: it begins in the middle of one and asks nothing.
fn goes_on(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "(/\"".contains(c))
        && !text.ends_with('?')
}

/// A heading or link that names an error without a message.
fn is_heading(body: &str, text: &str) -> bool {
    let bare = text.trim_end_matches(['.', ':', '*', '`', '"', '\'', ')', ' ']);
    body.starts_with('#') || (body.starts_with('[') && body.contains("](")) || (bare.len() < 8)
}

fn balanced(text: &str, open: char, close: char) -> bool {
    let opened = text.matches(open).count();
    let closed = text.matches(close).count();
    opened <= closed
}

/// Text up to the bracket that closes what was opened before it.
fn within_bracket(text: &str) -> &str {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return &text[..at],
            ')' => depth -= 1,
            _ => {}
        }
    }
    text
}

/// Text without the quotes, backticks or emphasis around it.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    for mark in ["**", "`", "\"", "'"] {
        if let Some(inner) = text.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)) {
            return inner.trim();
        }
    }
    text.trim_end_matches(['`', '*']).trim_end()
}

/// A sentence up to the quote that the lead opened.
fn until_quote(lead: &str, text: &str) -> String {
    let open = lead.trim_end().chars().next_back();
    let close = match open {
        Some(c @ ('"' | '\'' | '`')) => c,
        Some('“') => '”',
        Some('‘') => '’',
        Some('(') => return within_bracket(text).trim_end().to_owned(),
        _ => return unquoted(text).trim_end_matches(['|', '│']).trim_end().to_owned(),
    };
    let end = text
        .match_indices(close)
        .map(|(at, _)| at)
        .find(|at| !text[at + close.len_utf8()..].starts_with(|c: char| c.is_alphanumeric()));
    text[..end.unwrap_or(text.len())].trim_end().to_owned()
}
