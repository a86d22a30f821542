//! Which rule of a repository's lifecycle policy may have removed an image.

use serde_json::Value;

use super::super::Pull;
use crate::evidence::ecr::LifecyclePolicy;
use crate::evidence::{Citation, Request};
use crate::signals::Subject;

/// The first rule that expires images of that tag, in words for a sentence, and its place.
///
/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html>
pub(super) fn rule(subject: &Subject<'_>, pull: &Pull) -> Option<(String, Citation)> {
    let repository = pull.repository.as_deref()?;
    let is_asked = |request: Option<&Request>| {
        request.and_then(|request| request.param("repositoryName")) == Some(repository)
    };
    let mut policies = subject.evidence.answers::<LifecyclePolicy<'_>>();
    let (policy, _) = policies.find(|(policy, request)| match policy.repository_name() {
        Some(name) => name == repository,
        None => is_asked(*request),
    })?;
    let document = subject.evidence.decoded(&policy.lifecycle_policy_text()?)?;
    let rules = document.get("rules")?.elements();
    let mut expiring = rules.iter().filter(|rule| removes(rule.value(), pull));
    let rule = expiring.next()?;
    let number = rule.value().get("rulePriority").and_then(Value::as_i64);
    let limit = limit(rule.value().get("selection")?)?;
    let name = number.map(|number| format!("rule {number}")).unwrap_or_else(|| "a rule".to_owned());
    Some((format!("; {name} of its lifecycle policy removes images {limit}"), rule.citation()))
}

/// Whether a rule selects images with that tag; one that lost its tag is untagged.
fn removes(rule: &Value, pull: &Pull) -> bool {
    let Some(selection) = rule.get("selection") else { return false };
    let texts = |key: &str| {
        let list = selection.get(key).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).collect::<Vec<_>>()
    };
    match selection.get("tagStatus").and_then(Value::as_str) {
        Some("any") => true,
        Some("untagged") => pull.digest.is_some(),
        Some("tagged") => pull.tag.as_deref().is_some_and(|tag| {
            texts("tagPrefixList").iter().any(|prefix| tag.starts_with(prefix))
                || texts("tagPatternList").iter().any(|pattern| matches(pattern, tag))
        }),
        _ => false,
    }
}

/// A pattern whose only wildcard is `*`.
fn matches(pattern: &str, tag: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = tag.strip_prefix(first) else { return false };
    if !pattern.contains('*') {
        return rest.is_empty();
    }
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return true };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

/// `beyond the newest 30`, `14 days after they were pushed`.
fn limit(selection: &Value) -> Option<String> {
    let number = selection.get("countNumber").and_then(Value::as_i64)?;
    Some(match selection.get("countType").and_then(Value::as_str)? {
        "imageCountMoreThan" => format!("beyond the newest {number}"),
        "sinceImagePushed" => format!("{number} days after they were pushed"),
        "sinceImagePulled" => format!("{number} days after they were last pulled"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, tag, expected) in [
            ("v*", "v1", true),
            ("v*", "w1", false),
            ("*", "", true),
            ("release-*-rc*", "release-7-rc2", true),
            ("release-*-rc", "release-7-rc2", false),
            ("latest", "latest", true),
            ("latest", "latest2", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, tag), expected, "{pattern} {tag}");
        }
    }

    #[test]
    fn a_rule_of_other_tags_removes_nothing() {
        let rule = |selection: Value| serde_json::json!({ "rulePriority": 1, "selection": selection });
        let pull = Pull { tag: Some("v1".into()), ..Pull::default() };
        let tagged = serde_json::json!({ "tagStatus": "tagged", "tagPrefixList": ["v"] });
        assert!(removes(&rule(tagged), &pull));
        let other = serde_json::json!({ "tagStatus": "tagged", "tagPatternList": ["prod*"] });
        assert!(!removes(&rule(other), &pull));
        assert!(!removes(&rule(serde_json::json!({ "tagStatus": "untagged" })), &pull));
        assert!(removes(&rule(serde_json::json!({ "tagStatus": "any" })), &pull));
    }
}
