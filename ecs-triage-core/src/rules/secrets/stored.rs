//! What Secrets Manager and Parameter Store answer about a secret or a parameter.

use serde_json::json;

use crate::arn::Arn;
use crate::change::{Change, Edit};
use crate::evidence::Citation;
use crate::evidence::secretsmanager::Secret;
use crate::evidence::ssm::Parameter;
use crate::evidence::text::{ApiError, InvalidParameter};
use crate::rules::{Cause, Finding};
use crate::signals::Subject;
use crate::template;

/// What is known of a secret.
enum Known<'e> {
    Missing(Citation),
    MarkedForDeletion(Secret<'e>),
    /// It exists under another ARN than the one that was asked for.
    Elsewhere(Secret<'e>),
    There(Secret<'e>),
}

/// The secret of that name or ARN, by `DescribeSecret`.
fn known<'e>(subject: &Subject<'e>, secret: &str) -> Option<Known<'e>> {
    let mut found = None;
    for answer in subject.evidence.all::<Secret<'e>>() {
        let is_same = answer.arn() == Some(secret) || answer.name() == Some(secret);
        if is_same {
            return Some(match answer.deleted_date() {
                Some(_) => Known::MarkedForDeletion(answer),
                None => Known::There(answer),
            });
        }
        // An ARN whose six last characters are missing or those of an earlier secret of the name.
        let name =
            answer.name().filter(|name| named_by(secret) == Some(*name) || bare_name(secret) == Some(*name));
        let is_place = answer.arn().is_some_and(|arn| is_same_place(arn, secret));
        if name.is_some() && is_place {
            found = Some(answer);
        }
    }
    if let Some(answer) = found {
        return Some(Known::Elsewhere(answer));
    }
    let missing =
        subject.evidence.answer_to("secretsmanager", "DescribeSecret", "SecretId", secret)?.error()?;
    (missing.code() == Some("ResourceNotFoundException")).then(|| Known::Missing(missing.cite("Code")))
}

fn is_same_place(one: &str, other: &str) -> bool {
    let (one, other) = (Arn::from(one), Arn::from(other));
    one.region() == other.region() && one.account() == other.account()
}

/// The name in an ARN, without its six random characters.
fn named_by(arn: &str) -> Option<&str> {
    let (name, random) = bare_name(arn)?.rsplit_once('-')?;
    (random.len() == 6).then_some(name)
}

/// What stands in an ARN after `secret:`.
fn bare_name(arn: &str) -> Option<&str> {
    arn.split_once(":secret:").map(|(_, name)| name)
}

/// Settles that a secret does not exist.
pub(super) fn not_found(subject: &Subject<'_>, finding: Finding) -> Finding {
    let Cause::SecretAsmNotFound(reference) = &finding.cause else { return finding };
    let Some(secret) = now_asked(subject, reference).or(reference.secret.clone()) else { return finding };
    match known(subject, &secret) {
        None => finding,
        Some(Known::Missing(proof)) => finding.confirmed_by(proof),
        Some(Known::There(found)) => there(finding, found.cite("ARN"), "secret"),
        Some(Known::MarkedForDeletion(found)) => finding.refuted_by(found.cite("DeletedDate")),
        Some(Known::Elsewhere(found)) => {
            let arn = found.arn().unwrap_or_default();
            let finding = finding
                .fact("instead", Some(format!("; the secret of that name is `{}`", arn.replace('`', "'"))))
                .confirmed_by(found.cite("ARN"));
            rename(subject, finding, &secret, arn)
        }
    }
}

/// It is there now: made or restored since, or another Region or account was asked.
fn there(finding: Finding, proof: Citation, kind: &str) -> Finding {
    let text = format!(
        "The {kind} {{{kind}|of the task}} is there and can be read by now: it was made or restored since, or the task asked \
         in another Region or account."
    );
    let summary = template::sentence(&text, &finding.cause.facts());
    let mut finding = finding.refuted_by(proof).summary(summary);
    finding.is_settled = true;
    finding
}

/// What the task definition asks for now, where that is another secret than the message names.
fn now_asked(subject: &Subject<'_>, reference: &super::SecretReference) -> Option<String> {
    let (variable, secret) = (reference.variable.as_deref()?, reference.secret.as_deref()?);
    let all = super::wanted(subject);
    let own = all.iter().find(|wanted| wanted.variable == Some(variable) && wanted.is_asm())?;
    let now = own.secret_and_key().0;
    (now != secret).then(|| now.to_owned())
}

/// With the change to the ARN that exists, wherever the wrong one is asked for.
fn rename(subject: &Subject<'_>, finding: Finding, wrong: &str, right: &str) -> Finding {
    let Some(definition) = &subject.definition else { return finding };
    let edits: Vec<Edit> = definition
        .container_definitions()
        .iter()
        .filter_map(|container| {
            let mut list = container.node().get("secrets")?.value().as_array()?.clone();
            let mut is_changed = false;
            for secret in &mut list {
                let Some(from) = secret.get("valueFrom").and_then(|from| from.as_str()) else { continue };
                let Some(rest) =
                    from.strip_prefix(wrong).filter(|rest| rest.is_empty() || rest.starts_with(':'))
                else {
                    continue;
                };
                let from = format!("{right}{rest}");
                if let Some(members) = secret.as_object_mut() {
                    members.insert("valueFrom".to_owned(), json!(from));
                    is_changed = true;
                }
            }
            is_changed.then(|| Edit::container(container.name().unwrap_or_default(), "secrets", json!(list)))
        })
        .collect();
    if edits.is_empty() {
        return finding;
    }
    finding.change(Change::task_definition(subject, "Ask for the secret by the ARN that it has", &edits))
}

/// Settles that a secret is marked for deletion.
pub(super) fn marked(subject: &Subject<'_>, finding: Finding) -> Finding {
    let Cause::SecretAsmMarkedForDeletion(reference) = &finding.cause else { return finding };
    let Some(secret) = reference.secret.clone() else { return finding };
    match known(subject, &secret) {
        Some(Known::MarkedForDeletion(found)) => finding.confirmed_by(found.cite("DeletedDate")),
        Some(Known::There(found)) => there(finding, found.cite("ARN"), "secret"),
        _ => finding,
    }
}

/// Settles that a parameter does not exist.
pub(super) fn no_parameter(subject: &Subject<'_>, finding: Finding) -> Finding {
    let Some(name) = finding.facts.text("parameterName").map(str::to_owned) else { return finding };
    let is_it = |text: &str| super::is_parameter(text, &name);
    let mut parameters = subject.evidence.all::<Parameter<'_>>();
    if let Some(found) =
        parameters.find(|found| found.name().is_some_and(is_it) || found.arn().is_some_and(is_it))
    {
        return there(finding, found.cite("Name"), "parameter");
    }
    let mut invalid = subject.evidence.all::<InvalidParameter<'_>>();
    if let Some(found) = invalid.find(|found| is_it(found.text())) {
        return finding.confirmed_by(found.node().citation());
    }
    let mut errors = subject.evidence.answers::<ApiError<'_>>();
    let missing = errors.find(|(error, request)| {
        error.code() == Some("ParameterNotFound")
            && request.is_some_and(|request| request.param("Name").is_some_and(is_it))
    });
    if let Some((error, _)) = missing {
        return finding.confirmed_by(error.cite("Code"));
    }
    let mut lists = subject.evidence.answers_of("ssm", "DescribeParameters").filter(|list| {
        let asked = list
            .request()
            .and_then(|request| request.params.get("ParameterFilters"))
            .map(ToString::to_string);
        let is_asked = asked.is_some_and(|filters| filters.contains(&format!("\"{name}\"")));
        is_asked && list.error().is_none() && !list.is_cut() && list.all::<Parameter<'_>>().next().is_none()
    });
    match lists.next() {
        Some(list) => finding.confirmed_by(list.node().citation()),
        None => finding,
    }
}
