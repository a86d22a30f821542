//! What would go wrong with a task definition, before it is deployed.

use super::wants::Wants;
use crate::advisories::{Severity, advisories, asks};
use crate::evidence::Evidence;
use crate::report::{Report, SubjectReport};
use crate::rules::Verdict;
use crate::rules::own::{self, OwnRules};
use crate::signals::{Subject, definitions};

/// Looks at every task definition in the evidence before it is deployed: the advisories alone.
///
/// A definition may be the input of `register-task-definition` or a revision. What stands beside it is taken
/// into account: its roles and their policies, its log groups, the manifests of its images, and the service
/// that runs it or an earlier revision. The wants name what could not be looked at. The verdict is
/// [`Failure`](Verdict::Failure) when ECS would refuse the definition or no task of it could work.
///
/// ```
/// use ecs_triage_core::{Evidence, advisories::Severity, check};
///
/// let mut evidence = Evidence::new();
/// evidence.add_json(br#"{
///     "family": "web", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc",
///     "cpu": "256", "memory": "1536",
///     "containerDefinitions": [{"name": "app", "image": "public.ecr.aws/nginx/nginx:1.29"}]
/// }"#)?;
/// let report = check(&evidence);
/// let first = report.advisories().next().unwrap();
/// assert_eq!((first.code, first.severity), ("fargate-size-invalid", Severity::Error));
/// assert_eq!(first.summary, "Fargate has no size of 256 CPU units with 1536 MiB.");
/// # Ok::<(), ecs_triage_core::EvidenceError>(())
/// ```
#[must_use]
pub fn check(evidence: &Evidence) -> Report {
    check_with(evidence, &own::NONE)
}

/// The same, with checks of the user's own.
#[must_use]
pub fn check_with(evidence: &Evidence, own: &OwnRules) -> Report {
    let mut wants = Wants::new(evidence);
    let reports = definitions(evidence).iter().map(|subject| look(subject, own, &mut wants)).collect();
    let mut problems = evidence.problems().to_vec();
    problems.extend(super::unseen::unseen(evidence));
    problems.extend(evidence.ambiguities());
    Report::new(evidence.latest_time(), reports, wants.into_list(), problems)
}

fn look(subject: &Subject<'_>, own: &OwnRules, wants: &mut Wants<'_>) -> SubjectReport {
    for (request, why) in asks(subject) {
        wants.ask_for(request, why, subject);
    }
    let advisories = advisories(subject, true, own);
    let cannot_work = advisories.iter().any(|advisory| advisory.severity == Severity::Error);
    let facts = subject.facts();
    SubjectReport {
        kind: subject.kind,
        id: super::shown_name(&subject.id),
        service: facts.text("service").map(super::shown_name),
        family: facts.text("taskDefinition").or(facts.text("family")).map(super::shown_name),
        launch_type: subject.launch_type().map(|launch_type| launch_type.as_str()),
        verdict: if cannot_work { Verdict::Failure } else { Verdict::NotAFailure },
        timeline: Vec::new(),
        diagnoses: Vec::new(),
        consequences: Vec::new(),
        advisories,
    }
}
