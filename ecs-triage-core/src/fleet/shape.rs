//! The shape of a task state change event: everything that its diagnosis can depend on, as one number.
//!
//! A pass over the bytes reads what identifies and dates the task and hashes the rest. Two events of one shape have the
//! same outcome, so that only the first one is parsed and diagnosed. What the hash leaves out never decides: ids, digests,
//! names of services, families, deployments and target groups, and of repositories that no message names. Of the times
//! their order counts, and on which side of a limit the spans between them are. What is not known here goes into the hash
//! as it stands, so that a member or a spelling that is new costs speed and not the answer. A value that is not hashed is
//! checked to be valid JSON, so that a broken line is broken whatever came before it. Anything unusual is no event to this
//! module; the caller then reads it in full. Most events follow the [track](super::track) of one that was read before.
//!
//! `tests/fleet.rs` holds the outcome of events with changed ids and times against their diagnosis.

use super::hash::Hasher;
use super::images::Images;
use super::said::Said;
use super::scan;
use super::span::{self, State, Times};
use super::track::{Constants, Gap, GapKind, Tracks};

/// An event, as far as it was read.
#[derive(Debug)]
#[cfg_attr(test, derive(PartialEq))]
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

impl<'b> Event<'b> {
    /// An event of `bytes` that ends at `end`, with its texts at these places. `None` when it is not one as ECS writes them.
    pub(super) fn of(
        bytes: &'b [u8],
        end: usize,
        constants: &Constants,
        texts: [Option<(usize, usize)>; TEXTS],
        said: &Said<'_>,
        times: Times,
        version: i64,
    ) -> Option<Self> {
        let text = |text: Text| {
            let (from, to) = texts[text as usize]?;
            std::str::from_utf8(bytes.get(from..to)?).ok()
        };
        let task_arn = text(Text::TaskArn).filter(|arn| arn.starts_with("arn:") && arn.contains(":task/"))?;
        let mut hash = constants.hash;
        hash.number(said.hash());
        times.describe(constants.state, &mut hash)?;
        Some(Self {
            key: hash.finish(),
            end,
            line_ends: constants.line_ends,
            task_arn,
            cluster_arn: text(Text::ClusterArn),
            definition_arn: text(Text::DefinitionArn),
            group: text(Text::Group),
            started_by: text(Text::StartedBy),
            is_stopped: constants.is_stopped,
            version,
            times,
        })
    }
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

/// How many texts there are.
pub(super) const TEXTS: usize = 5;

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
    tracks: Tracks,
    /// Of the event that is read; kept for its memory.
    gaps: Vec<Gap>,
    /// Of each table, the row that came last behind each row, at its number plus one, and first.
    order: [[u8; MOST_ROWS]; TABLES],
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            images: Images::default(),
            tracks: Tracks::default(),
            gaps: Vec::new(),
            order: [[0; MOST_ROWS]; TABLES],
        }
    }
}

impl Reader {
    #[cfg(test)]
    pub(super) fn tracks(&self) -> &Tracks {
        &self.tracks
    }

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
    reader.tracks.follow(bytes, at, &mut reader.images).or_else(|| read(bytes, at, reader))
}

/// Reads an event member by member.
fn read<'b>(bytes: &'b [u8], at: usize, reader: &mut Reader) -> Option<Event<'b>> {
    reader.gaps.clear();
    let mut walk = Walk {
        reader,
        bytes,
        at,
        line_ends: 0,
        hash: Hasher::default(),
        start: at,
        texts: [None; TEXTS],
        times: Times::default(),
        is_untracked: false,
        is_stopped: false,
        state: State::default(),
        version: 0,
        is_event: false,
        has_detail: false,
        is_id: false,
        said: Said::default(),
    };
    walk.object(EVENT, true, 0)?;
    if !walk.is_event || !walk.has_detail {
        return None;
    }
    let Walk {
        at: end, hash, state, is_stopped, line_ends, texts, said, times, version, is_untracked, ..
    } = walk;
    let mut constants = Constants { hash, state, is_stopped, line_ends, texts };
    let event = Event::of(bytes, end, &constants, texts, &said, times, version)?;
    if !is_untracked {
        constants.texts = texts.map(|text| text.map(|(from, to)| (from - at, to - at)));
        let Reader { tracks, gaps, .. } = reader;
        tracks.lay(&bytes[at..end], gaps, constants);
    }
    Some(event)
}

struct Walk<'b, 'r> {
    reader: &'r mut Reader,
    bytes: &'b [u8],
    at: usize,
    line_ends: u64,
    hash: Hasher,
    /// Where the event begins.
    start: usize,
    texts: [Option<(usize, usize)>; TEXTS],
    times: Times,
    /// Something of it is so unusual that no track is laid for it: a time that is taken back, agents that say something.
    is_untracked: bool,
    is_stopped: bool,
    state: State,
    version: i64,
    is_event: bool,
    has_detail: bool,
    /// The detail of an attachment that is read has the name of an id.
    is_id: bool,
    said: Said<'b>,
}

impl<'b> Walk<'b, '_> {
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
            self.said.has_odd_message = true;
            self.is_untracked = true;
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
                self.is_untracked |= self.at - start > 2;
                self.said.agents(&self.bytes[start..self.at])
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
                    Plan::Time(which) => self.is_untracked |= self.times.forget(which),
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
        let to = self.at - 1;
        let from = to - text.len();
        match plan {
            Plan::DetailName => {
                self.is_id = IDS.contains(&text);
                self.hash.bytes(text);
            }
            // The name stands in front and is the last that this object has.
            Plan::DetailValue if self.is_id && is_plain && self.next_is(b'}') => {
                self.gap(from, to, GapKind::Text);
            }
            Plan::Words | Plan::DetailValue => {
                self.said.message(text, is_plain)?;
                self.gap(from, to, GapKind::Message);
            }
            Plan::Image if is_plain => {
                self.said.image(text, &mut self.reader.images)?;
                self.gap(from, to, GapKind::Image);
            }
            Plan::Presence if is_plain => self.gap(from, to, GapKind::Text),
            Plan::DetailType => {
                self.is_event = text == b"ECS Task State Change";
                return self.is_event.then_some(());
            }
            Plan::Time(which) => {
                self.times.set(which, text)?;
                self.gap(from, to, GapKind::Time(which));
            }
            Plan::LastStatus => {
                self.is_stopped = text == b"STOPPED";
                self.state = State::of(text);
                self.hash.bytes(text);
            }
            Plan::Text(which) => {
                if !is_plain {
                    return None;
                }
                self.texts[which as usize] = Some((from, to));
                let (deciding, rest) = text.split_at_checked(deciding(which, text)?)?;
                self.hash.bytes(deciding);
                let kind = match which {
                    // Which cluster it is decides nothing; that it is named does.
                    Text::TaskArn if memchr::memchr(b'/', rest).is_some() => GapKind::Path,
                    Text::TaskArn => GapKind::Id,
                    _ => GapKind::Text,
                };
                if which == Text::TaskArn {
                    self.hash.number(u64::from(kind == GapKind::Path));
                }
                if !rest.is_empty() {
                    self.gap(from + deciding.len(), to, kind);
                }
            }
            // Unusual spellings stay in the hash: they were looked at when the shape was new.
            _ => self.hash.bytes(text),
        }
        Some(())
    }

    /// The task's version.
    fn number(&mut self) -> Option<()> {
        self.peek()?;
        let (version, length) = scan::whole_number(&self.bytes[self.at..])?;
        self.version = version;
        self.gap(self.at, self.at + length, GapKind::Version);
        self.at += length;
        Some(())
    }

    /// Notes what may differ in events of one track.
    fn gap(&mut self, from: usize, to: usize, kind: GapKind) {
        self.reader.gaps.push(Gap { from: from - self.start, to: to - self.start, kind });
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
        let (before, gaps) = (self.hash, self.reader.gaps.len());
        self.pass(depth)?;
        self.hash = before;
        self.reader.gaps.truncate(gaps);
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
                if is_plain {
                    self.gap(self.at - 1 - text.len(), self.at - 1, GapKind::Text);
                } else {
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

/// How much of a name decides: whether a task is of a service, a partition and Region; not which service it is.
fn deciding(which: Text, text: &[u8]) -> Option<usize> {
    let up_to = |mark: u8| memchr::memchr(mark, text).map_or(text.len(), |at| at + 1);
    Some(match which {
        // `arn:aws:ecs:eu-west-1:111122223333:task/`
        Text::TaskArn => memchr::memchr(b'/', text)? + 1,
        Text::ClusterArn | Text::DefinitionArn => up_to(b'/'),
        Text::Group => up_to(b':'),
        Text::StartedBy if text.starts_with(b"ecs-svc/") => b"ecs-svc/".len(),
        Text::StartedBy => text.len(),
    })
}
