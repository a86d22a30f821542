//! Puts the advisories beside the diagnoses.

use std::collections::{BTreeMap, BTreeSet};

use crate::advisories::{advisories, risk};
use crate::report::{Advisory, SubjectReport};
use crate::rules::own::OwnRules;
use crate::signals::Subject;

/// Adds the advisories of each task definition to one of the subjects that run it: one that knows the service, and
/// of several the worst off. What a diagnosis of theirs says is not said again.
///
/// `subjects` are those of the reports, in their order.
pub(super) fn advise(subjects: &[&Subject<'_>], reports: &mut [SubjectReport], own: &OwnRules) {
    let mut by_definition: BTreeMap<(&str, String), Vec<usize>> = BTreeMap::new();
    for (index, subject) in subjects.iter().enumerate() {
        if let Some(definition) = &subject.definition {
            let node = definition.node();
            let place = (node.document().name(), node.pointer().to_owned());
            by_definition.entry(place).or_default().push(index);
        }
    }
    let mut told: BTreeSet<(&str, String)> = BTreeSet::new();
    for running in by_definition.values() {
        let by_need = |index: &&usize| (subjects[**index].service.is_none(), reports[**index].verdict);
        let Some(&shown_on) = running.iter().min_by_key(by_need) else { continue };
        let said: BTreeSet<&str> = running.iter().flat_map(|index| codes(&reports[*index])).collect();
        let mut is_new = |advisory: &Advisory| {
            let becomes = risk(advisory.code).map(|risk| risk.becomes).unwrap_or_default();
            // Two revisions have the service's risks in common.
            !becomes.iter().any(|code| said.contains(code))
                && told.insert((advisory.code, advisory.summary.clone()))
        };
        let found = advisories(subjects[shown_on], false, own)
            .into_iter()
            .filter(|advisory| is_new(advisory))
            .collect();
        reports[shown_on].advisories = found;
    }
}

fn codes(report: &SubjectReport) -> impl Iterator<Item = &'static str> {
    let consequences = report.consequences.iter().filter_map(|consequence| consequence.code);
    report.diagnoses.iter().map(|diagnosis| diagnosis.code).chain(consequences)
}
