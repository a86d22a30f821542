//! From findings to diagnoses: which cause leads, which are its effects, and how sure the answer is.

mod advise;
mod chain;
mod check;
mod frame;
mod prove;
mod rank;
mod remedies;
mod state;
mod suited;
mod unseen;
mod wants;

use std::borrow::Cow;
use std::collections::BTreeSet;

pub use check::{check, check_with};

use crate::evidence::Evidence;
use crate::redact::redacted;
use crate::report::{Consequence, Diagnosis, Report, SubjectReport};
use crate::rules::own::{self, OwnRules};
use crate::rules::{self, Finding, Verdict};
use crate::signals::{Facts, Part, Subject, SubjectKind, subjects};
use prove::Proofs;
use rank::Ranked;
use wants::Wants;

/// Diagnoses everything in the evidence.
///
/// The same evidence gives the same report: no clock, no network and no environment is read.
///
/// ```
/// use ecs_triage_core::{Evidence, diagnose};
///
/// let mut evidence = Evidence::new();
/// evidence.add_json(br#"{"tasks": [{
///     "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef",
///     "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited",
///     "containers": [{"name": "app", "exitCode": 137,
///                     "reason": "OutOfMemoryError: Container killed due to memory usage"}]
/// }]}"#)?;
/// let report = diagnose(&evidence);
/// assert_eq!(report.diagnoses().next().unwrap().code, "app-oom-killed");
/// # Ok::<(), ecs_triage_core::EvidenceError>(())
/// ```
#[must_use]
pub fn diagnose(evidence: &Evidence) -> Report {
    diagnose_with(evidence, &own::NONE)
}

/// The same, with rules and checks of the user's own beside the built-in ones; [`own`] says how they rank.
#[must_use]
pub fn diagnose_with(evidence: &Evidence, own: &OwnRules) -> Report {
    let subjects = subjects(evidence);
    let mut judged: Vec<Judged<'_, '_>> = subjects.iter().map(|subject| Judged::of(subject, own)).collect();
    // A stable sort: the worst off first, else in the order of the evidence.
    judged.sort_by_key(|judged| judged.verdict);
    let in_order: Vec<&Subject<'_>> = judged.iter().map(|judged| judged.subject).collect();
    let mut proofs = Proofs::new(own);
    let mut open = Open { wants: Wants::new(evidence), asked: BTreeSet::new() };
    let mut reports = Vec::with_capacity(judged.len());
    for judged in judged {
        open.ask(&judged, &mut proofs);
        reports.push(judged.report(&mut proofs));
    }
    frame::frame(&mut reports);
    advise::advise(&in_order, &mut reports, own);
    let mut problems = evidence.problems().to_vec();
    problems.extend(unseen::unseen(evidence));
    problems.extend(evidence.ambiguities());
    Report::new(evidence.latest_time(), reports, open.wants.into_list(), problems)
}

/// What became of a subject and which finding leads: a diagnosis without the prose.
pub(crate) struct Gist {
    pub(crate) verdict: Verdict,
    pub(crate) leading: Option<Finding>,
}

/// Judges one subject as [`diagnose`] does, and words nothing.
pub(crate) fn gist(subject: &Subject<'_>) -> Gist {
    let (ranked, verdict) = judge(subject, &own::NONE);
    Gist { verdict, leading: ranked.leading.into_iter().next() }
}

/// What is found about a subject, in its places, and what became of it.
fn judge(subject: &Subject<'_>, own: &OwnRules) -> (Ranked, Verdict) {
    let ranked = rank::rank(rules::findings(subject, own));
    let verdict = state::verdict_of(&ranked.leading, subject);
    (ranked, verdict)
}

/// What would settle the open questions. Of several tasks of one service with one cause the first is asked about.
struct Open<'s> {
    wants: Wants<'s>,
    asked: BTreeSet<(SubjectKind, &'s str, &'static str, Option<String>)>,
}

impl<'s> Open<'s> {
    fn ask(&mut self, judged: &Judged<'s, '_>, proofs: &mut Proofs<'_>) {
        let subject = judged.subject;
        let group = subject.facts().text("service").unwrap_or(&subject.id);
        for (finding, facts) in &judged.leading {
            let container = finding.container.clone();
            if self.asked.insert((subject.kind, group, finding.cause.code(), container)) {
                self.wants.ask(finding, facts, subject);
                for (request, why) in proofs.asks(finding, subject) {
                    self.wants.ask_for(request, why, subject);
                }
            }
        }
    }
}

/// A subject with what was found about it, and the facts for the texts of what leads.
struct Judged<'s, 'e> {
    subject: &'s Subject<'e>,
    leading: Vec<(Finding, Facts)>,
    effects: Vec<Finding>,
    verdict: Verdict,
}

impl<'s, 'e> Judged<'s, 'e> {
    fn of(subject: &'s Subject<'e>, own: &OwnRules) -> Self {
        let (ranked, verdict) = judge(subject, own);
        let with_facts = |mut finding: Finding| {
            let own = std::mem::take(&mut finding.facts);
            let facts = finding_facts(own, &finding, subject);
            (finding, facts)
        };
        let leading = ranked.leading.into_iter().map(with_facts).collect();
        Self { subject, leading, effects: ranked.effects, verdict }
    }

    fn report(self, proofs: &mut Proofs<'_>) -> SubjectReport {
        let subject = self.subject;
        let mut consequences: Vec<Consequence> =
            self.effects.iter().map(|finding| effect(finding, subject)).collect();
        if self.verdict == Verdict::Failure {
            consequences.extend(taken_down(subject));
        }
        let facts = subject.facts();
        SubjectReport {
            kind: subject.kind,
            id: shown_name(&subject.id),
            service: facts.text("service").map(shown_name),
            family: facts.text("taskDefinition").map(shown_name),
            launch_type: subject.launch_type().map(|launch_type| launch_type.as_str()),
            verdict: self.verdict,
            timeline: subject.timeline.moments().to_vec(),
            diagnoses: self
                .leading
                .into_iter()
                .map(|(finding, facts)| diagnosis(finding, &facts, subject, proofs))
                .collect(),
            consequences,
            advisories: Vec::new(),
        }
    }
}

/// A name as it is shown: in a document that was broken, one may have taken in what follows it.
pub(crate) fn shown_name(name: &str) -> String {
    redacted(name).into_owned()
}

fn diagnosis(
    mut finding: Finding,
    facts: &Facts,
    subject: &Subject<'_>,
    proofs: &mut Proofs<'_>,
) -> Diagnosis {
    let rule = finding.cause.rule();
    let summary = summary(&finding, facts);
    // Whatever a rule took out of the evidence.
    finding.cause.texts(&mut |_, text| {
        if !text.starts_with("arn:")
            && let Cow::Owned(blanked) = redacted(text)
        {
            *text = blanked;
        }
    });
    Diagnosis {
        code: rule.code,
        title: rule.title,
        bucket: rule.bucket,
        confidence: finding.confidence,
        container: finding.container.as_deref().map(shown_name),
        chain: chain::chain(&summary, rule, subject),
        remedies: remedies::remedies(&finding, facts, subject, proofs),
        summary,
        explanation: rule.explanation,
        evidence: finding.citations,
        docs: rule.docs,
        cause: finding.cause,
    }
}

/// A finding's own facts, then its cause's, then the subject's.
fn finding_facts(own: Facts, finding: &Finding, subject: &Subject<'_>) -> Facts {
    let mut facts = own;
    facts.set("container", finding.container.as_deref());
    finding.cause.add_facts(&mut facts);
    let mut facts = facts.over(subject.shared_facts());
    let region = facts.text("region").map(str::to_owned);
    facts.set("resourceRegion", region);
    facts
}

fn effect(finding: &Finding, subject: &Subject<'_>) -> Consequence {
    let rule = finding.cause.rule();
    let facts = finding_facts(finding.facts.clone(), finding, subject);
    Consequence {
        code: Some(rule.code),
        container: finding.container.as_deref().map(shown_name),
        summary: summary(finding, &facts),
        evidence: finding.citations.clone(),
    }
}

/// The rule's sentence, or the finding's own.
fn summary(finding: &Finding, facts: &Facts) -> String {
    match &finding.summary {
        Some(own) => redacted(own).into_owned(),
        None => crate::template::sentence(finding.cause.rule().summary, facts),
    }
}

/// The containers that ended because the task did.
fn taken_down(subject: &Subject<'_>) -> Vec<Consequence> {
    let ended = subject.exits.iter().filter(|exit| exit.part == Part::Consequence);
    ended
        .filter_map(|exit| {
            let code = exit.code?;
            let name = shown_name(&exit.container);
            Some(Consequence {
                code: None,
                summary: format!("Container `{name}` ended with exit code {code} as the task was stopped."),
                container: Some(name),
                evidence: vec![exit.citation()],
            })
        })
        .collect()
}
