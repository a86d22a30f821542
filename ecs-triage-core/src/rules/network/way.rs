//! Weighs a connection that failed against the account's own network.
//!
//! The way as the evidence has it now is what counts: a hop that surely stops the traffic proves the cause, and an
//! open way refutes it. The address in the message only helps where the evidence leaves open which way a name leads.

use super::aim::Aim;
use super::calls::calls;
use super::proxy;
use crate::change::Change;
use crate::evidence::Citation;
use crate::network::{
    Blocker, Destination, Missing, Network, Origin, Overall, Reachability, Source, source_of,
};
use crate::rules::why::readings;
use crate::rules::{Confidence, Finding, Fix, FixKind, Why};
use crate::signals::{Statement, Subject};

/// Weighs a finding of which `why` is the reading.
pub(in crate::rules) fn settle(subject: &Subject<'_>, finding: Finding, why: Why) -> Finding {
    let Some(statement) = statement_of(subject, &finding) else { return finding };
    let finding = weighed(subject, finding, statement, why);
    if proxy::is_named(&statement.message) { proxy::reworded(finding, statement) } else { finding }
}

fn weighed(subject: &Subject<'_>, finding: Finding, statement: &Statement, why: Why) -> Finding {
    let Some(aim) = Aim::of(why, statement, subject) else { return finding };
    let is_only =
        |blocker: &Blocker| explains(why, blocker, statement, &finding) && is_alone(why, statement, subject);
    match Standing::of(subject, &aim) {
        Standing::Shut(way) if is_only(way.blocker()) => way.prove(subject, finding),
        Standing::Shut(_) => finding,
        Standing::Open(path) => finding.open_now(path),
        Standing::Unclear(missing) => finding.missing(subject, missing),
    }
}

/// The message that a finding rests on.
pub(super) fn statement_of<'s>(subject: &'s Subject<'_>, finding: &Finding) -> Option<&'s Statement> {
    subject.statements.iter().find(|statement| statement.citation == finding.citations[0])
}

/// Whether what stops the traffic is what the message tells of.
fn explains(why: Why, blocker: &Blocker, statement: &Statement, finding: &Finding) -> bool {
    match blocker {
        // With an address the name was found; without, a cut message may be about the name.
        Blocker::DnsSupportOff { .. } => {
            statement.message.peer().is_none() && finding.confidence >= Confidence::Likely
        }
        Blocker::EndpointSecurityGroup { .. }
        | Blocker::TargetSecurityGroup { .. }
        | Blocker::EgressSecurityGroup { .. }
        | Blocker::NaclEgress { .. }
        | Blocker::NaclIngress { .. } => true,
        // The name led to an address inside the VPC, so that routes to the outside do not count.
        _ => why != Why::EndpointBlocked,
    }
}

/// Whether no other reading of the message can be meant: each leads to what can be reached.
fn is_alone(why: Why, statement: &Statement, subject: &Subject<'_>) -> bool {
    let others = readings(statement, subject).others(why);
    // A hop on the way that is shut stops the traffic, whether or not the name was found.
    others.filter(|other| *other != Why::Dns).all(|other| {
        Aim::of(other, statement, subject)
            .is_some_and(|aim| matches!(Standing::of(subject, &aim), Standing::Open(_)))
    })
}

/// How the way to a destination stands.
pub(super) enum Standing<'e> {
    /// Every hop lets the traffic through, as these places show.
    Open(Vec<Citation>),
    /// Something stops the traffic, from one subnet at least.
    Shut(Box<Way<'e>>),
    /// It cannot be told without these.
    Unclear(Vec<Missing>),
}

/// A way that is shut.
pub(super) struct Way<'e> {
    network: Network<'e>,
    source: Source,
    destination: Destination,
    answer: Reachability<'e>,
    subnet: String,
    blocker: Blocker,
    /// What would tell the same without the address in the message.
    open: Vec<Missing>,
}

impl<'e> Standing<'e> {
    pub(super) fn of(subject: &Subject<'e>, aim: &Aim) -> Self {
        let source = match source_of(subject, aim.traffic) {
            Origin::Vpc(source) => source,
            Origin::Unknown(missing) => return Self::Unclear(missing),
            Origin::Outside(_) => return Self::Unclear(Vec::new()),
        };
        let network = Network::new(subject.evidence);
        let now = network.reach(&source, &aim.destination, None);
        if now.overall() == Overall::Reachable {
            return Self::Open(now.from.iter().flat_map(|from| from.reach.path().to_vec()).collect());
        }
        let is_shut = now.blocked().next().is_some();
        let open: Vec<Missing> = match is_shut {
            true => Vec::new(),
            false => now.missing().into_iter().cloned().collect(),
        };
        let dialled = aim.dialled.map(|_| network.reach(&source, &aim.destination, aim.dialled));
        let answer = match dialled {
            // What stops the traffic now is the cause only if it stopped it then.
            Some(dialled) if is_shut != dialled.blocked().next().is_some() => dialled,
            _ => now,
        };
        let Some((subnet, blocker)) = answer.blocked().next() else {
            return Self::Unclear(answer.missing().into_iter().cloned().collect());
        };
        let (subnet, blocker) = (subnet.to_owned(), blocker.clone());
        Self::Shut(Box::new(Way {
            network,
            source,
            destination: aim.destination.clone(),
            answer,
            subnet,
            blocker,
            open,
        }))
    }
}

impl Way<'_> {
    /// What stops the traffic.
    pub(super) fn blocker(&self) -> &Blocker {
        &self.blocker
    }

    /// The finding, with what stops the traffic, the proof of it and what lets it through.
    pub(super) fn prove(&self, subject: &Subject<'_>, finding: Finding) -> Finding {
        let words = self.words();
        let mut finding = finding
            .fact("way", Some(format!(": {words}")))
            .fact("blocker", Some(words))
            .fact("vpc", self.network.subnets.get(self.subnet.as_str()).and_then(|subnet| subnet.vpc_id()))
            .fact("blockedSubnet", Some(self.subnet.as_str()))
            .weighed();
        let blocked = self.answer.from.iter().filter(|from| from.reach.blocker().is_some());
        for citation in blocked.flat_map(|from| from.reach.path()) {
            finding = finding.confirmed_by(citation.clone());
        }
        finding.asks.extend(calls(subject, self.open.clone()));
        finding.is_settled = finding.asks.is_empty();
        let changes = Change::unblock(
            &self.network,
            subject,
            &self.source,
            &self.destination,
            &self.subnet,
            &self.blocker,
        );
        if !changes.is_empty() {
            let fixes = finding.cause.rule().fixes.iter().filter(|fix| is_no_guess(fix)).copied().collect();
            finding = finding.fixed_by(fixes);
        }
        changes.into_iter().fold(finding, Finding::change)
    }

    /// What stops the traffic; where only some subnets are cut off, which, and which are not.
    fn words(&self) -> String {
        let shut: Vec<&str> = self.answer.blocked().map(|(subnet, _)| subnet).collect();
        if shut.len() == self.answer.from.len() {
            let mut blockers: Vec<String> = Vec::new();
            for (_, blocker) in self.answer.blocked() {
                let words = blocker.to_string();
                if !blockers.contains(&words) {
                    blockers.push(words);
                }
            }
            return blockers.join("; ");
        }
        let each = self.answer.blocked().map(|(subnet, blocker)| format!("from subnet `{subnet}` {blocker}"));
        let mut words: Vec<String> = each.collect();
        let open = self.answer.from.iter().filter(|from| from.reach.is_reachable());
        let open: Vec<String> = open.map(|from| format!("`{}`", from.subnet)).collect();
        if !open.is_empty() {
            words.push(format!("from {} the way is open", open.join(", ")));
        }
        words.join("; ")
    }
}

/// What holds beside exact changes: what only looks, and advice.
fn is_no_guess(fix: &Fix) -> bool {
    fix.kind == FixKind::Advice || !fix.blast.is_mutating()
}

impl Finding {
    /// Weighed against the account's own network.
    pub(super) fn weighed(mut self) -> Self {
        self.is_weighed = true;
        self
    }

    /// The way is open by all that is supplied.
    pub(super) fn open_now(self, path: Vec<Citation>) -> Self {
        let finding = self.fact("way", Some("; by the evidence the way is open now")).weighed();
        path.into_iter().fold(finding, Finding::refuted_by)
    }

    /// With the calls that would tell how the way stands; without any the rule's own wants remain.
    pub(super) fn missing(self, subject: &Subject<'_>, missing: Vec<Missing>) -> Self {
        let asks = calls(subject, missing);
        if asks.is_empty() { self } else { self.weighed().asks(asks) }
    }
}
