//! Puts the services' own symptoms around the causes that their tasks show.

use crate::report::{Consequence, Diagnosis, SubjectReport};
use crate::rules::{Kind, Verdict};
use crate::signals::SubjectKind;

/// A service that shows only symptoms, such as a crash loop or a tripped circuit breaker, has the root cause of
/// its failing tasks; the symptoms are the frame around it, on the service and on its tasks.
pub(super) fn frame(reports: &mut [SubjectReport]) {
    for index in 0..reports.len() {
        let service = &reports[index];
        let is_framed = service.kind == SubjectKind::Service
            && service.verdict == Verdict::Failure
            && service.diagnoses.first().is_some_and(is_symptom);
        let Some(name) = service.service.clone().filter(|_| is_framed) else { continue };
        let task = reports.iter().find(|report| is_explained_task(report, &name));
        let Some(root) = task.and_then(|task| task.diagnoses.first()).cloned() else { continue };
        let service = &mut reports[index];
        let symptoms: Vec<Consequence> = service.diagnoses.drain(..).map(into_consequence).collect();
        for report in reports.iter_mut().filter(|report| is_explained_task(report, &name)) {
            for symptom in &symptoms {
                if !report.consequences.iter().any(|known| known.code == symptom.code) {
                    report.consequences.push(symptom.clone());
                }
            }
        }
        let service = &mut reports[index];
        service.diagnoses.push(root);
        service.consequences.splice(0..0, symptoms);
    }
}

fn is_symptom(diagnosis: &Diagnosis) -> bool {
    diagnosis.cause.rule().kind == Kind::Symptom
}

fn is_explained_task(report: &SubjectReport, service: &str) -> bool {
    report.kind == SubjectKind::Task
        && report.verdict == Verdict::Failure
        && report.service.as_deref() == Some(service)
        && report.diagnoses.first().is_some_and(|first| first.cause.rule().kind == Kind::Cause)
}

fn into_consequence(diagnosis: Diagnosis) -> Consequence {
    Consequence {
        code: Some(diagnosis.code),
        container: diagnosis.container,
        summary: diagnosis.summary,
        evidence: diagnosis.evidence,
    }
}
