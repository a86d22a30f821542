//! The shape of a task state change event: everything that its diagnosis can depend on, as one number.
//!
//! A pass over the bytes reads what identifies and dates the task and hashes the rest. Two events of one shape have the
//! same outcome, so that only the first one is parsed and diagnosed. What the hash leaves out never decides: ids, digests,
//! names of services, families, deployments and target groups, and of repositories that no message names. Of the times
//! their order counts, and on which side of a limit the spans between them are. What is not known here goes into the hash
//! as it stands, so that a member or a spelling that is new costs speed and not the answer. A value that is not hashed is checked to be valid JSON, so that a broken line is broken
//! whatever came before it. Anything unusual is no event to this module; the caller then reads it in full.
//!
//! `tests/fleet.rs` holds the outcome of events with changed ids and times against their diagnosis.

use super::hash::Hasher;
use super::images::Images;
use super::scan;
use super::span::{self, State, Times};
use super::words::{self, Ids};

/// An event, as far as it was read.
#[derive(Debug)]
pub(super) struct Event<'b> {
    /// The shape.
    pub(super) key: u64,
    /// Where the event ends.
    pub(super) end: usize,
    /// How many lines end in it: texts have no line's end, those are of the blanks.
    pub(super) line_ends: u64,
    pub(super) task_arn: &'b str,
    pub(super) cluster_arn: Option<&'b str>,
    pub(super) definition_arn: Option<&'b str>,
    pub(super) group: Option<&'b str>,
    pub(super) started_by: Option<&'b str>,
    pub(super) is_stopped: bool,
    pub(super) version: i64,
    pub(super) times: Times,
}

/// What a member of an object is, and what of it decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plan {
    /// As it stands.
    Exact,
    /// A machine-made message or an image: without the ids in it.
    Words,
    /// The reference of an image: without the repository and the ids in it.
    Image,
    /// That it is there.
    Presence,
    /// Nothing of it is read.
    Nothing,
    /// One of [`Texts`], of which only the part up to a mark decides, or nothing.
    Text(Text),
    LastStatus,
    Version,
    Time(usize),
    Containers,
    /// As it stands; there may be messages in it.
    Agents,
    Attachments,
    Details,
    /// The value of an attachment's detail, whose name decides whether it is a message or an id.
    DetailValue,
    DetailName,
    Overrides,
    ContainerOverrides,
    /// The task in an event.
    Detail,
    DetailType,
    /// Another spelling of something that is read here.
    Odd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    TaskArn,
    ClusterArn,
    DefinitionArn,
    Group,
    StartedBy,
}

type Row = (&'static str, Plan);

/// The members of an object that are planned.
#[derive(Debug, Clone, Copy)]
struct Table {
    number: usize,
    rows: &'static [Row],
}

/// How many tables there are, and more than a table has rows.
const TABLES: usize = 7;
const MOST_ROWS: usize = 64;

/// Reads events; what it remembers of those before changes how fast it is and nothing else.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    images: Images,
    /// Of each table, the row that came last behind each row, at its number plus one, and first.
    order: [[u8; MOST_ROWS]; TABLES],
}

impl Default for Reader {
    fn default() -> Self {
        Self { images: Images::default(), order: [[0; MOST_ROWS]; TABLES] }
    }
}

impl Reader {
    /// The row of a member's name.
    #[cold]
    fn row(&mut self, table: Table, key: &[u8], last: usize) -> Option<usize> {
        let found = table.rows.iter().position(|row| row.0.as_bytes() == key)?;
        // A table has fewer rows.
        self.order[table.number][last] = found as u8;
        Some(found)
    }

    /// The row that came last behind this one, and its name: members of one kind of object mostly come in one order.
    #[inline(always)]
    fn expected(&self, table: Table, last: usize) -> Option<(usize, &'static [u8])> {
        let row = usize::from(self.order[table.number][last]);
        table.rows.get(row).map(|(name, _)| (row, name.as_bytes()))
    }
}

const EVENT: Table = Table {
    number: 0,
    rows: &[
        ("version", Plan::Exact),
        ("id", Plan::Presence),
        ("detail-type", Plan::DetailType),
        ("source", Plan::Exact),
        ("account", Plan::Exact),
        ("time", Plan::Time(span::EVENT)),
        ("region", Plan::Exact),
        ("resources", Plan::Nothing),
        ("detail", Plan::Detail),
    ],
};

const TASK: Table = Table {
    number: 1,
    rows: &[
        ("attachments", Plan::Attachments),
        ("attributes", Plan::Exact),
        ("availabilityZone", Plan::Presence),
        ("capacityProviderName", Plan::Exact),
        ("clusterArn", Plan::Text(Text::ClusterArn)),
        ("connectivity", Plan::Exact),
        ("connectivityAt", Plan::Time(span::CONNECTIVITY)),
        ("containerInstanceArn", Plan::Presence),
        ("containers", Plan::Containers),
        ("cpu", Plan::Exact),
        ("createdAt", Plan::Time(span::CREATED)),
        ("desiredStatus", Plan::Exact),
        ("enableExecuteCommand", Plan::Exact),
        ("ephemeralStorage", Plan::Exact),
        ("executionStoppedAt", Plan::Time(span::EXECUTION_STOPPED)),
        ("fargateEphemeralStorage", Plan::Exact),
        ("group", Plan::Text(Text::Group)),
        ("healthStatus", Plan::Exact),
        ("launchType", Plan::Exact),
        ("lastStatus", Plan::LastStatus),
        ("memory", Plan::Exact),
        ("overrides", Plan::Overrides),
        ("platformFamily", Plan::Exact),
        ("platformVersion", Plan::Exact),
        ("pullStartedAt", Plan::Time(span::PULL_STARTED)),
        ("pullStoppedAt", Plan::Time(span::PULL_STOPPED)),
        ("startedAt", Plan::Time(span::STARTED)),
        ("startedBy", Plan::Text(Text::StartedBy)),
        ("stopCode", Plan::Exact),
        ("stoppedAt", Plan::Time(span::STOPPED)),
        ("stoppedReason", Plan::Words),
        ("stoppingAt", Plan::Time(span::STOPPING)),
        ("tags", Plan::Nothing),
        ("taskArn", Plan::Text(Text::TaskArn)),
        ("taskDefinitionArn", Plan::Text(Text::DefinitionArn)),
        ("updatedAt", Plan::Time(span::UPDATED)),
        ("version", Plan::Version),
        // Other spellings of what is read above.
        ("cluster", Plan::Odd),
        ("taskDefinition", Plan::Odd),
        ("TaskArn", Plan::Odd),
        ("ClusterArn", Plan::Odd),
        ("Cluster", Plan::Odd),
        ("TaskDefinitionArn", Plan::Odd),
        ("TaskDefinition", Plan::Odd),
        ("Group", Plan::Odd),
        ("StartedBy", Plan::Odd),
        ("LastStatus", Plan::Odd),
        ("Version", Plan::Odd),
        ("CreatedAt", Plan::Odd),
        ("PullStartedAt", Plan::Odd),
        ("PullStoppedAt", Plan::Odd),
        ("StartedAt", Plan::Odd),
        ("ConnectivityAt", Plan::Odd),
        ("StoppingAt", Plan::Odd),
        ("ExecutionStoppedAt", Plan::Odd),
        ("StoppedAt", Plan::Odd),
        ("UpdatedAt", Plan::Odd),
    ],
};

const CONTAINER: Table = Table {
    number: 2,
    rows: &[
        ("containerArn", Plan::Presence),
        ("cpu", Plan::Exact),
        ("exitCode", Plan::Exact),
        ("healthStatus", Plan::Exact),
        ("image", Plan::Image),
        ("imageDigest", Plan::Presence),
        ("lastStatus", Plan::Exact),
        ("managedAgents", Plan::Agents),
        ("memory", Plan::Exact),
        ("memoryReservation", Plan::Exact),
        ("name", Plan::Exact),
        ("networkBindings", Plan::Nothing),
        ("networkInterfaces", Plan::Nothing),
        ("reason", Plan::Words),
        ("runtimeId", Plan::Presence),
        ("taskArn", Plan::Presence),
    ],
};

const ATTACHMENT: Table = Table {
    number: 3,
    rows: &[
        ("details", Plan::Details),
        ("id", Plan::Presence),
        ("status", Plan::Exact),
        ("type", Plan::Exact),
    ],
};

const DETAIL: Table = Table { number: 4, rows: &[("name", Plan::DetailName), ("value", Plan::DetailValue)] };

const OVERRIDES: Table = Table { number: 5, rows: &[("containerOverrides", Plan::ContainerOverrides)] };

const CONTAINER_OVERRIDE: Table = Table {
    number: 6,
    rows: &[
        ("command", Plan::Exact),
        ("environment", Plan::Nothing),
        ("environmentFiles", Plan::Nothing),
        ("name", Plan::Exact),
    ],
};

/// Details of attachments whose values are ids and addresses.
const IDS: &[&[u8]] =
    &[b"macAddress", b"networkInterfaceId", b"privateDnsName", b"privateIPv4Address", b"subnetId"];

/// Lists and objects nest no deeper in an event; the parser would go on to 128.
const DEEPEST: u32 = 24;

/// Reads the event that begins at `at`. `None` when it is none, or not one as ECS writes them.
pub(super) fn event<'b>(bytes: &'b [u8], at: usize, reader: &mut Reader) -> Option<Event<'b>> {
    let mut walk = Walk {
        reader,
        bytes,
        at,
        line_ends: 0,
        hash: Hasher::default(),
        texts: [None; 5],
        times: Times::default(),
        is_stopped: false,
        state: State::default(),
        version: 0,
        is_event: false,
        has_detail: false,
        is_id: false,
        ids: Ids::default(),
        messages: Few::default(),
        has_odd_message: false,
        repositories: Few::default(),
    };
    walk.object(EVENT, true, 0)?;
    if !walk.is_event || !walk.has_detail {
        return None;
    }
    let [task_arn, cluster_arn, definition_arn, group, started_by] = walk.texts;
    let task_arn = task_arn.filter(|arn| arn.starts_with("arn:") && arn.contains(":task/"))?;
    walk.relate();
    walk.times.describe(walk.state, &mut walk.hash)?;
    Some(Event {
        key: walk.hash.finish(),
        end: walk.at,
        line_ends: walk.line_ends,
        task_arn,
        cluster_arn,
        definition_arn,
        group,
        started_by,
        is_stopped: walk.is_stopped,
        version: walk.version,
        times: walk.times,
    })
}

struct Walk<'b, 'r> {
    reader: &'r mut Reader,
    bytes: &'b [u8],
    at: usize,
    line_ends: u64,
    hash: Hasher,
    texts: [Option<&'b str>; 5],
    times: Times,
    is_stopped: bool,
    state: State,
    version: i64,
    is_event: bool,
    has_detail: bool,
    /// The detail of an attachment that is read has the name of an id.
    is_id: bool,
    ids: Ids,
    messages: Few<'b>,
    /// A message is there in which a repository may be spelled with escapes.
    has_odd_message: bool,
    repositories: Few<'b>,
}

/// A few texts of an event.
#[derive(Debug, Clone, Copy, Default)]
struct Few<'b> {
    texts: [&'b [u8]; 12],
    count: usize,
}

impl<'b> Few<'b> {
    /// `None` when there are more than an event has.
    fn push(&mut self, text: &'b [u8]) -> Option<()> {
        *self.texts.get_mut(self.count)? = text;
        self.count += 1;
        Some(())
    }

    fn iter(&self) -> impl Iterator<Item = &'b [u8]> + use<'_, 'b> {
        self.texts[..self.count].iter().copied()
    }
}

impl<'b> Walk<'b, '_> {
    /// Adds the repositories to the hash that a message names: a pull that failed is of one of the images.
    fn relate(&mut self) {
        for repository in self.repositories.iter() {
            if self.has_odd_message || self.messages.iter().any(|message| contains(message, repository)) {
                self.hash.bytes(repository);
            } else {
                self.hash.number(0);
            }
        }
    }

    /// A message without the ids in it, for as long as it is spelled as usual.
    fn message(&mut self, text: &'b [u8], is_plain: bool) -> Option<()> {
        let length = if is_plain { Some(text.len()) } else { words::unescaped_length(text) };
        match length {
            Some(length) => {
                self.messages.push(text)?;
                self.ids.add(text, length, &mut self.hash);
            }
            // Escapes and other alphabets stay in the hash: they were looked at when the shape was new.
            None => {
                self.has_odd_message = true;
                self.hash.bytes(text);
            }
        }
        Some(())
    }

    /// The next byte that is no white space.
    #[inline(always)]
    fn peek(&mut self) -> Option<u8> {
        let next = *self.bytes.get(self.at)?;
        if next > b' ' {
            return Some(next);
        }
        self.peek_behind_blanks()
    }

    /// Compact JSON has none.
    #[cold]
    fn peek_behind_blanks(&mut self) -> Option<u8> {
        let start = self.at;
        self.at = scan::blank(self.bytes, start);
        self.line_ends += scan::line_ends(&self.bytes[start..self.at]);
        self.bytes.get(self.at).copied()
    }

    #[inline(always)]
    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    #[inline(always)]
    fn next_is(&mut self, wanted: u8) -> bool {
        self.peek() == Some(wanted)
    }

    /// The next byte that is no white space, behind which the reading goes on.
    #[inline(always)]
    fn next(&mut self) -> Option<u8> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    /// A text without its quotes, and whether it is plain: ASCII without escapes.
    #[inline(always)]
    fn text(&mut self) -> Option<(&'b [u8], bool)> {
        self.take(b'"')?;
        let start = self.at;
        let (end, is_plain) = scan::text_end(self.bytes, start)?;
        self.at = end + 1;
        Some((&self.bytes[start..end], is_plain))
    }

    /// A member's name with the colon behind it: its row, or the name when it has none.
    #[inline(always)]
    fn key(&mut self, table: Table, last: usize) -> Option<Result<usize, &'b [u8]>> {
        if let Some((row, name)) = self.reader.expected(table, last)
            && let Some(rest) = self.bytes.get(self.at..)
            && scan::is_key(rest, name)
        {
            self.at += name.len() + 3;
            return Some(Ok(row));
        }
        self.other_key(table, last)
    }

    /// One that was not expected.
    fn other_key(&mut self, table: Table, last: usize) -> Option<Result<usize, &'b [u8]>> {
        let (key, is_plain) = self.text()?;
        if !is_plain {
            return None;
        }
        self.take(b':')?;
        Some(self.reader.row(table, key, last).ok_or(key))
    }

    /// An object whose members are planned; others go into the hash as they stand, or end the reading.
    fn object(&mut self, table: Table, is_closed: bool, depth: u32) -> Option<()> {
        self.take(b'{')?;
        self.is_id = false;
        self.hash.number(u64::from(b'{'));
        if self.next_is(b'}') {
            self.at += 1;
            return Some(());
        }
        let mut last = 0;
        loop {
            match self.key(table, last)? {
                Ok(row) => {
                    last = row + 1;
                    self.hash.number(row as u64);
                    self.member(table.rows[row].1, depth)?;
                }
                Err(_) if is_closed => return None,
                Err(key) => {
                    self.hash.bytes(key);
                    self.exact(depth)?;
                }
            }
            match self.next()? {
                b',' => {}
                b'}' => break,
                _ => return None,
            }
        }
        self.hash.number(u64::from(b'}'));
        Some(())
    }

    fn list(&mut self, table: Table, depth: u32) -> Option<()> {
        if !self.next_is(b'[') {
            // One object where a list belongs is read as a list of one, with the messages in it.
            self.has_odd_message = true;
            return self.exact(depth);
        }
        self.at += 1;
        self.hash.number(u64::from(b'['));
        if self.next_is(b']') {
            self.at += 1;
            return Some(());
        }
        loop {
            if self.next_is(b'{') {
                self.object(table, false, depth + 1)?
            } else {
                self.exact(depth + 1)?
            }
            match self.next()? {
                b',' => {}
                b']' => break,
                _ => return None,
            }
        }
        self.hash.number(u64::from(b']'));
        Some(())
    }

    fn member(&mut self, plan: Plan, depth: u32) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match plan {
            Plan::Exact => self.exact(depth),
            Plan::Nothing => self.pass(depth),
            Plan::Agents => {
                self.peek()?;
                let start = self.at;
                self.exact(depth)?;
                let agents = &self.bytes[start..self.at];
                self.has_odd_message |= memchr::memchr(b'\\', agents).is_some();
                if agents.len() > 2 { self.messages.push(agents) } else { Some(()) }
            }
            Plan::Containers => self.list(CONTAINER, depth),
            Plan::Attachments => self.list(ATTACHMENT, depth),
            Plan::Details => self.list(DETAIL, depth),
            Plan::ContainerOverrides => self.list(CONTAINER_OVERRIDE, depth),
            Plan::Overrides if self.next_is(b'{') => self.object(OVERRIDES, false, depth + 1),
            Plan::Overrides => self.exact(depth),
            // One that comes twice is nobody's.
            Plan::Detail if self.has_detail => None,
            Plan::Detail => {
                self.has_detail = true;
                self.object(TASK, false, depth + 1)
            }
            Plan::Odd => None,
            Plan::Version => self.number(),
            _ if !self.next_is(b'"') => {
                // `null` is as good as absent; anything else is unusual where a text belongs.
                self.bytes[self.at..].starts_with(b"null").then(|| self.at += 4)?;
                // A member that comes twice counts as it comes last.
                match plan {
                    Plan::Text(text) => self.texts[text as usize] = None,
                    Plan::Time(which) => self.times.forget(which),
                    Plan::LastStatus | Plan::DetailType | Plan::DetailName => return None,
                    _ => {}
                }
                self.hash.number(u64::from(b'n'));
                Some(())
            }
            _ => self.text_member(plan),
        }
    }

    fn text_member(&mut self, plan: Plan) -> Option<()> {
        let (text, is_plain) = self.text()?;
        match plan {
            Plan::DetailName => {
                self.is_id = IDS.contains(&text);
                self.hash.bytes(text);
            }
            // The name stands in front and is the last that this object has.
            Plan::DetailValue if self.is_id && is_plain && self.next_is(b'}') => {}
            Plan::Words | Plan::DetailValue => self.message(text, is_plain)?,
            Plan::Image if is_plain => {
                let repository = self.reader.images.repository(text);
                self.ids.add_image(text, repository, &mut self.hash);
                if let Some((from, to)) = repository {
                    self.repositories.push(&text[from..to])?;
                }
            }
            Plan::Presence if is_plain => {}
            Plan::DetailType => {
                self.is_event = text == b"ECS Task State Change";
                return self.is_event.then_some(());
            }
            Plan::Time(which) => return self.times.set(which, text),
            Plan::LastStatus => {
                self.is_stopped = text == b"STOPPED";
                self.state = State::of(text);
                self.hash.bytes(text);
            }
            Plan::Text(which) => {
                if !is_plain {
                    return None;
                }
                self.texts[which as usize] = Some(std::str::from_utf8(text).ok()?);
                self.hash.bytes(deciding(which, text)?);
            }
            // Unusual spellings stay in the hash: they were looked at when the shape was new.
            _ => self.hash.bytes(text),
        }
        Some(())
    }

    /// The task's version.
    fn number(&mut self) -> Option<()> {
        let rest = &self.bytes[self.at..];
        let digits = rest.iter().take(16).take_while(|byte| byte.is_ascii_digit()).count();
        let is_number = matches!(digits, 1..=15) && (digits == 1 || rest[0] != b'0');
        let ends =
            rest.get(digits).is_some_and(|next| matches!(next, b',' | b'}' | b' ' | b'\n' | b'\r' | b'\t'));
        if !is_number || !ends {
            return None;
        }
        self.version = rest[..digits].iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        self.at += digits;
        Some(())
    }

    /// Any value, which goes into the hash as it stands.
    fn exact(&mut self, depth: u32) -> Option<()> {
        let first = self.peek()?;
        let start = self.at;
        if first == b'"' {
            let (text, _) = self.text()?;
            self.hash.bytes(text);
            return Some(());
        }
        let before = self.hash;
        self.pass(depth)?;
        self.hash = before;
        self.hash.bytes(&self.bytes[start..self.at]);
        Some(())
    }

    /// Any value, of which only what could be broken goes into the hash.
    fn pass(&mut self, depth: u32) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match self.peek()? {
            b'"' => {
                let (text, is_plain) = self.text()?;
                if !is_plain {
                    self.hash.bytes(text);
                }
                Some(())
            }
            open @ (b'{' | b'[') => {
                let close = open + 2;
                self.at += 1;
                if self.next_is(close) {
                    self.at += 1;
                    return Some(());
                }
                loop {
                    if open == b'{' {
                        self.pass_key()?;
                    }
                    self.pass(depth + 1)?;
                    match self.next()? {
                        b',' => {}
                        next if next == close => return Some(()),
                        _ => return None,
                    }
                }
            }
            _ => {
                let rest = &self.bytes[self.at..];
                let is_part = |byte: &&u8| {
                    !matches!(
                        byte,
                        b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t' | b'"' | b'{' | b'[' | b':'
                    )
                };
                let length = rest.iter().take_while(is_part).count();
                self.hash.bytes(&rest[..length]);
                self.at += length;
                (length > 0).then_some(())
            }
        }
    }

    fn pass_key(&mut self) -> Option<()> {
        let (key, is_plain) = self.text()?;
        if !is_plain {
            self.hash.bytes(key);
        }
        self.take(b':')
    }
}

/// Whether a text stands in another one. What is looked for is short and mostly not there.
fn contains(text: &[u8], part: &[u8]) -> bool {
    let Some((first, rest)) = part.split_first() else { return true };
    memchr::memchr_iter(*first, text).any(|at| text[at + 1..].starts_with(rest))
}

/// The part of a name that decides: whether a task is of a service, a partition and Region; not which service it is.
fn deciding(which: Text, text: &[u8]) -> Option<&[u8]> {
    let up_to = |mark: u8| memchr::memchr(mark, text).map_or(text, |at| &text[..at + 1]);
    Some(match which {
        // `arn:aws:ecs:eu-west-1:111122223333:task/`, with how many parts the rest has.
        Text::TaskArn => {
            let end = memchr::memchr(b'/', text)? + 1;
            let id = &text[end..];
            // Which cluster it is decides nothing; that it is named does.
            if memchr::memchr(b'/', id).is_some() { &text[..end] } else { &text[..end - 1] }
        }
        Text::ClusterArn | Text::DefinitionArn => up_to(b'/'),
        Text::Group => up_to(b':'),
        Text::StartedBy if text.starts_with(b"ecs-svc/") => b"ecs-svc/",
        Text::StartedBy => text,
    })
}
