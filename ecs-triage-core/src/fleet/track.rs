//! Ways through the bytes of events that were met before.
//!
//! Events of tasks with like containers have the same bytes but for names, ids, addresses, times and messages. A track is an
//! event as constant bytes with gaps between them; all tracks are one tree, in which those that begin alike share their
//! beginning. Of an event that follows a track only the gaps are read, and none of the members in between. One that follows
//! none is read member by member, and laid as a track the second time that its constants come.

use std::collections::HashSet;

use super::hash::{self, Hasher};
use super::images::Images;
use super::said::Said;
use super::scan;
use super::shape::{Event, TEXTS};
use super::span::{State, Times};

/// A place of an event where its bytes may differ.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    /// From the beginning of the event.
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: GapKind,
}

/// What may stand in a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GapKind {
    /// Any text without escapes, up to its quote.
    Text,
    /// The same without a slash: the last part of an ARN.
    Id,
    /// The same with a slash.
    Path,
    /// A machine-made message.
    Message,
    /// The reference of an image, without escapes.
    Image,
    /// A time.
    Time(usize),
    /// The task's version.
    Version,
}

/// What an event has besides its gaps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Constants {
    /// The hash of all that decides but what is said and the times.
    pub(super) hash: Hasher,
    pub(super) state: State,
    pub(super) is_stopped: bool,
    pub(super) line_ends: u64,
    /// Where texts that identify the task stand, from the beginning of the event.
    pub(super) texts: [Option<(usize, usize)>; TEXTS],
}

/// The tracks that were laid.
#[derive(Debug, Clone, Default)]
pub(super) struct Tracks {
    /// Constants of all nodes, one behind the other.
    bytes: Vec<u8>,
    /// The first one is the root.
    nodes: Vec<Node>,
    branches: Vec<Vec<(u8, usize)>>,
    ends: Vec<End>,
    /// Constants that came once, by their hash.
    once: HashSet<u64, hash::Already>,
}

/// Constant bytes, and what follows them.
#[derive(Debug, Clone, Copy)]
struct Node {
    from: usize,
    to: usize,
    then: Then,
}

#[derive(Debug, Clone, Copy)]
enum Then {
    /// A gap, and the node behind it.
    Gap(GapKind, usize),
    /// Nodes that begin with different bytes.
    Branch(usize),
    End(usize),
}

/// Where a track ends.
#[derive(Debug, Clone, Copy)]
struct End {
    constants: Constants,
    /// Begin and end of the texts.
    texts: [Option<(Anchor, Anchor)>; TEXTS],
}

/// A place of an event: so many bytes behind the end of a gap, which are counted from one; behind the beginning at zero.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    gap: usize,
    behind: usize,
}

/// An event of ten containers has a hundred.
const MOST_GAPS: usize = 128;
/// Bytes and hashes that are kept; once there are more, all are forgotten, which costs reading some events twice.
const MOST_BYTES: usize = 2 << 20;
const MOST_ONCE: usize = 1 << 16;

impl Tracks {
    /// The event that begins at `at`, if it follows a track.
    pub(super) fn follow<'b>(
        &self,
        bytes: &'b [u8],
        mut at: usize,
        images: &mut Images,
    ) -> Option<Event<'b>> {
        let mut ends = [0; MOST_GAPS + 1];
        ends[0] = at;
        let mut passed = 0;
        let mut said = Said::default();
        let mut times = Times::default();
        let mut version = 0;
        let mut node = self.nodes.first()?;
        let end = loop {
            let constant = &self.bytes[node.from..node.to];
            at += bytes.get(at..)?.starts_with(constant).then_some(constant.len())?;
            match node.then {
                Then::Gap(kind, next) => {
                    let to = match kind {
                        GapKind::Version => {
                            let (number, length) = scan::whole_number(&bytes[at..])?;
                            version = number;
                            at + length
                        }
                        _ => {
                            let (to, is_plain) = scan::text_end(bytes, at)?;
                            let text = &bytes[at..to];
                            let is_one = match kind {
                                GapKind::Message => said.message(text, is_plain).is_some(),
                                GapKind::Time(which) => times.set(which, text).is_some(),
                                _ if !is_plain => false,
                                GapKind::Image => said.image(text, images).is_some(),
                                GapKind::Id => !text.contains(&b'/'),
                                GapKind::Path => text.contains(&b'/'),
                                GapKind::Text | GapKind::Version => true,
                            };
                            is_one.then_some(to)?
                        }
                    };
                    at = to;
                    passed += 1;
                    ends[passed] = at;
                    node = &self.nodes[next];
                }
                Then::Branch(branch) => {
                    let first = bytes.get(at)?;
                    let (_, next) = self.branches[branch].iter().find(|(byte, _)| byte == first)?;
                    node = &self.nodes[*next];
                }
                Then::End(end) => break &self.ends[end],
            }
        };
        let place = |anchor: Anchor| ends[anchor.gap] + anchor.behind;
        let texts = end.texts.map(|text| text.map(|(from, to)| (place(from), place(to))));
        Event::of(bytes, at, &end.constants, texts, &said, times, version)
    }

    /// Lays a track for an event of which the like came before.
    pub(super) fn lay(&mut self, event: &[u8], gaps: &[Gap], constants: Constants) {
        if gaps.len() > MOST_GAPS || !self.is_second(event, gaps) {
            return;
        }
        if self.bytes.len() + event.len() > MOST_BYTES {
            *self = Self::default();
        }
        let end = End {
            constants,
            texts: constants.texts.map(|text| text.map(|(from, to)| (anchor(gaps, from), anchor(gaps, to)))),
        };
        if self.nodes.is_empty() {
            self.extend(event, 0, gaps, end);
            return;
        }
        let (mut at, mut passed, mut index) = (0, 0, 0);
        loop {
            let Node { from, to, then } = self.nodes[index];
            let stop = gaps.get(passed).map_or(event.len(), |gap| gap.from);
            let constant = &self.bytes[from..to];
            let same = constant.iter().zip(&event[at..stop]).take_while(|(one, other)| one == other).count();
            at += same;
            if same < constant.len() {
                if at < stop {
                    self.split(index, from + same);
                    self.branch(index, event, at, &gaps[passed..], end);
                }
                // Else it has a gap where others have none, which is as rare as it is unusual.
                return;
            }
            index = match then {
                Then::Gap(kind, next)
                    if at == stop && gaps.get(passed).is_some_and(|gap| gap.kind == kind) =>
                {
                    at = gaps[passed].to;
                    passed += 1;
                    next
                }
                Then::Branch(branch) if at < stop => {
                    match self.branches[branch].iter().find(|(byte, _)| *byte == event[at]) {
                        Some((_, next)) => *next,
                        None => return self.branch(index, event, at, &gaps[passed..], end),
                    }
                }
                _ => return,
            };
        }
    }

    /// Whether the constants of an event came before.
    fn is_second(&mut self, event: &[u8], gaps: &[Gap]) -> bool {
        let mut hash = Hasher::default();
        let mut at = 0;
        for gap in gaps {
            hash.bytes(&event[at..gap.from]);
            at = gap.to;
        }
        hash.bytes(&event[at..]);
        if self.once.len() >= MOST_ONCE {
            self.once.clear();
        }
        !self.once.insert(hash.finish())
    }

    /// Adds the nodes of the rest of an event, which has these gaps in it.
    fn extend(&mut self, event: &[u8], mut at: usize, gaps: &[Gap], end: End) {
        for gap in gaps {
            let then = Then::Gap(gap.kind, self.nodes.len() + 1);
            self.node(&event[at..gap.from], then);
            at = gap.to;
        }
        self.node(&event[at..], Then::End(self.ends.len()));
        self.ends.push(end);
    }

    fn node(&mut self, constant: &[u8], then: Then) {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(constant);
        self.nodes.push(Node { from, to: self.bytes.len(), then });
    }

    /// Ends a node earlier; what followed becomes the only one of its branches.
    fn split(&mut self, index: usize, at: usize) {
        let node = self.nodes[index];
        self.branches.push(vec![(self.bytes[at], self.nodes.len())]);
        self.nodes.push(Node { from: at, ..node });
        self.nodes[index] = Node { to: at, then: Then::Branch(self.branches.len() - 1), ..node };
    }

    /// Lets the rest of an event branch off behind a node that has branches.
    fn branch(&mut self, index: usize, event: &[u8], at: usize, gaps: &[Gap], end: End) {
        if let Then::Branch(branch) = self.nodes[index].then {
            let next = self.nodes.len();
            self.branches[branch].push((event[at], next));
            self.extend(event, at, gaps, end);
        }
    }
}

fn anchor(gaps: &[Gap], place: usize) -> Anchor {
    let gap = gaps.partition_point(|gap| gap.to <= place);
    let base = gap.checked_sub(1).map_or(0, |last| gaps[last].to);
    Anchor { gap, behind: place - base }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::super::shape::{Reader, event};
    use super::*;

    /// Two services, one with two containers and a message with the repository in it.
    const EVENTS: [&str; 3] = [
        r#"{"version":"0","id":"b5581b62-3da9-f7f1-b3a9-7039ca0da1f0","detail-type":"ECS Task State Change","source":"aws.ecs","account":"111122223333","time":"2026-11-21T22:34:07Z","region":"eu-west-1","resources":["arn:aws:ecs:eu-west-1:111122223333:task/prod/878335e9a90d3754"],"detail":{"attachments":[{"id":"bf90b146","type":"eni","status":"DELETED","details":[{"name":"subnetId","value":"subnet-15b2"},{"name":"privateIPv4Address","value":"10.0.20.105"}]}],"availabilityZone":"eu-west-1b","clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","containers":[{"containerArn":"arn:aws:ecs:eu-west-1:111122223333:container/e1ef","exitCode":1,"lastStatus":"STOPPED","name":"app","image":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/auth:6b37ffaa08ff","networkInterfaces":[{"attachmentId":"bf90b146","privateIpv4Address":"10.0.20.105"}],"managedAgents":[]}],"createdAt":"2026-11-21T22:28:36.251Z","startedAt":"2026-11-21T22:28:56.313Z","stoppingAt":"2026-11-21T22:33:49.8Z","executionStoppedAt":"2026-11-21T22:33:52.669Z","stoppedAt":"2026-11-21T22:34:06.983Z","group":"service:auth","launchType":"FARGATE","lastStatus":"STOPPED","startedBy":"ecs-svc/1000000000000277165","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/878335e9a90d3754","taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/auth:35","updatedAt":"2026-11-21T22:34:07.322Z","version":6}}"#,
        r#"{"version":"0","id":"d51bfa4f-377b-b0c8-af75-d6bf512cd867","detail-type":"ECS Task State Change","source":"aws.ecs","account":"111122223333","time":"2026-11-21T22:34:07Z","region":"eu-west-1","resources":["arn:aws:ecs:eu-west-1:111122223333:task/prod/26006d4875036f47"],"detail":{"clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","containers":[{"lastStatus":"STOPPED","name":"app","image":"111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:1","runtimeId":"26006d48-1"},{"lastStatus":"STOPPED","name":"log_router","image":"fluent-bit:stable","runtimeId":"26006d48-22"}],"createdAt":"2026-11-21T22:28:36.251Z","stoppingAt":"2026-11-21T22:33:49.8Z","stoppedAt":null,"group":"service:web","launchType":"FARGATE","lastStatus":"DEPROVISIONING","startedBy":"ecs-svc/1","stopCode":"TaskFailedToStart","stoppedReason":"CannotPullContainerError: pull image manifest: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:1: not found","taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/26006d4875036f47","taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:3","updatedAt":"2026-11-21T22:34:07.322Z","version":4}}"#,
        r#"{ "detail-type": "ECS Task State Change", "resources": [],
             "detail": {"group": "service:web", "lastStatus": "RUNNING", "startedAt": "2026-11-21T22:28:56.313Z",
             "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/26006d4875036f47", "updatedAt": "2026-11-21T22:34:07.322Z", "version": 2 }}"#,
    ];

    /// The tracks of all of them.
    static TRACKS: LazyLock<Tracks> = LazyLock::new(|| {
        let mut reader = Reader::default();
        for text in EVENTS {
            (0..2).for_each(|_| assert!(event(text.as_bytes(), 0, &mut reader).is_some(), "{text}"));
        }
        reader.tracks().clone()
    });

    fn on<'b>(tracks: &Tracks, bytes: &'b [u8], at: usize) -> Option<Event<'b>> {
        tracks.follow(bytes, at, &mut Images::default())
    }

    fn follow(bytes: &[u8], at: usize) -> Option<Event<'_>> {
        on(&TRACKS, bytes, at)
    }

    #[test]
    fn an_event_is_the_same_on_a_track_and_without() {
        let mut followed = 0;
        for text in EVENTS {
            for at in 0..text.len() {
                for byte in *b"\"\\/,}{]:09azZ \n\x00\xc3" {
                    // Each is read by who knows all tracks, and by who knows none.
                    let mut bytes = text.as_bytes().to_vec();
                    bytes[at] = byte;
                    let bytes = [b"\n", &bytes[..], b"\n{}"].concat();
                    let on_track = follow(&bytes, 1);
                    let alone = event(&bytes, 1, &mut Reader::default());
                    if on_track.is_some() {
                        followed += 1;
                        assert_eq!(on_track, alone, "byte {byte:#x} at {at}: {text}");
                    }
                }
            }
        }
        assert!(followed > 1_000, "{followed}");
    }

    #[test]
    fn gaps_may_have_any_length() {
        for text in EVENTS {
            let other = text
                .replace("878335e9a90d3754", "1")
                .replace("26006d4875036f47", "0123456789abcdef0123456789abcdef")
                .replace("10.0.20.105", "10.0.2.1")
                .replace("auth", "other-service")
                .replace("/web:1", "/site:2")
                .replace("cluster/prod", "cluster/staging")
                .replace("manifest: 1", "manifest has been retried 1 time(s): 1")
                .replace("eu-west-1b", "eu-west-1-lax-1a")
                .replace("22:34:07", "23:00:00")
                .replace("\"version\":6", "\"version\":12345");
            let followed = follow(other.as_bytes(), 0);
            assert!(followed.is_some(), "{other}");
            assert_eq!(followed, event(other.as_bytes(), 0, &mut Reader::default()), "{other}");
        }
        // What decides is no gap.
        for (text, from, to) in [
            (EVENTS[0], "\"exitCode\":1", "\"exitCode\":2"),
            (EVENTS[0], "service:auth", "family:auth"),
            (EVENTS[0], "eu-west-1:111122223333:cluster/", "eu-west-2:111122223333:cluster/"),
            (
                EVENTS[0],
                "\"taskArn\":\"arn:aws:ecs:eu-west-1:111122223333:task/prod/",
                "\"taskArn\":\"arn:aws:ecs:eu-west-1:111122223333:task/",
            ),
            (EVENTS[1], "\"stoppedAt\":null", "\"stoppedAt\":\"2026-11-21T22:34:06.983Z\""),
        ] {
            assert!(text.contains(from), "{from}");
            assert_eq!(follow(text.replace(from, to).as_bytes(), 0), None, "{to}");
        }
    }

    #[test]
    fn a_track_is_laid_the_second_time() {
        let mut reader = Reader::default();
        for _ in 0..2 {
            assert_eq!(on(reader.tracks(), EVENTS[0].as_bytes(), 0), None);
            assert!(event(EVENTS[0].as_bytes(), 0, &mut reader).is_some());
        }
        assert!(on(reader.tracks(), EVENTS[0].as_bytes(), 0).is_some());
    }

    #[test]
    fn a_time_that_is_taken_back_lays_no_track() {
        let text = EVENTS[0].replace("\"group\"", "\"stoppedAt\":null,\"group\"");
        let mut reader = Reader::default();
        (0..3).for_each(|_| assert!(event(text.as_bytes(), 0, &mut reader).is_some()));
        assert_eq!(on(reader.tracks(), text.as_bytes(), 0), None);
        let changed = EVENTS[0].replace("\"group\"", "\"stoppedAt\":\"2026-11-21T22:35:06Z\",\"group\"");
        (0..3).for_each(|_| assert!(event(changed.as_bytes(), 0, &mut reader).is_some()));
        let followed = on(reader.tracks(), changed.as_bytes(), 0);
        assert!(followed.is_some(), "the later one counts");
        assert_eq!(followed, event(changed.as_bytes(), 0, &mut Reader::default()));
    }
}
