//! Weighs what a message says of an image against what the registry answers.

use serde_json::json;

use super::super::{Cause, Confidence, Finding, Pull};
use super::stored::{Platforms, Stored, cache_rule, has_cut_cache_rules, is_archived, newest};
use super::{REDEPLOY, RESTORE};
use crate::change::{Change, Edit};
use crate::evidence::Citation;
use crate::evidence::ecs::TaskDefinition;
use crate::image::ImageReference;
use crate::signals::Subject;
use crate::template;

/// A tag, a digest or a repository that is said to be missing.
pub(super) fn missing(subject: &Subject<'_>, finding: Finding) -> Finding {
    let (pull, is_repository) = match &finding.cause {
        Cause::ImageTagNotFound(pull) | Cause::ImageDigestPinnedAndGone(pull) => (pull.clone(), false),
        Cause::ImageRepositoryNotFound(pull) => (pull.clone(), true),
        _ => return finding,
    };
    if let Some(another) = now_named(subject, finding.container.as_deref(), &pull) {
        return finding.refuted_by(another);
    }
    match Stored::of(subject, &pull) {
        None => finding,
        Some(Stored::There(detail)) if is_archived(&detail) => {
            let summary = template::sentence(
                "{image|The image} is archived in its repository, and cannot be pulled until it is restored.",
                &finding.cause.facts(),
            );
            finding
                .confirmed_by(detail.cite("imageStatus"))
                .summary(summary)
                .fixed_by(vec![RESTORE, REDEPLOY])
        }
        Some(Stored::There(detail)) => {
            let finding = there(subject, finding, detail.image_pushed_at());
            finding.refuted_by(detail.cite("imagePushedAt"))
        }
        Some(Stored::NoImage(proof)) if is_repository => finding.refuted_by(proof),
        Some(Stored::NoImage(proof)) => gone(subject, &pull, finding, proof),
        Some(Stored::NoRepository(proof)) if is_repository => gone(subject, &pull, finding, proof),
        Some(Stored::NoRepository(proof)) => finding.refuted_by(proof),
    }
}

/// The registry does not have it. A message that is cut before its cause may have had another one.
fn gone(subject: &Subject<'_>, pull: &Pull, finding: Finding, proof: Citation) -> Finding {
    if let Some(rule) = cache_rule(subject, pull) {
        // Also what a role is told that may not import the image into the cache.
        let facts = finding.cause.facts();
        let summary = template::sentence(
            "{image|The image} is not in its pull-through cache: the registry behind it has no such image, or the \
             execution role may not import it (`ecr:BatchImportUpstreamImage`).",
            &facts,
        );
        let mut finding = finding
            .cite(proof)
            .cite(rule.cite("ecrRepositoryPrefix"))
            .confidence(Confidence::Possible)
            .summary(summary);
        finding.is_settled = true;
        return finding;
    }
    let mut finding = match finding.confidence {
        Confidence::Possible => {
            let mut finding = finding.cite(proof).confidence(Confidence::Likely);
            finding.is_settled = true;
            finding
        }
        // One of the rules that are not shown may be for the repository.
        _ if has_cut_cache_rules(subject) => finding.cite(proof),
        _ => finding.confirmed_by(proof),
    };
    if let Some((rule, proof)) = super::expiry::rule(subject, pull) {
        finding = finding.fact("expiry", Some(rule)).cite(proof);
    }
    let changed = finding.container.as_deref().and_then(|name| subject.changed(Some(name), "image"));
    let places = changed.into_iter().flat_map(|changed| [changed.before, changed.after]).flatten();
    in_place(subject, pull, places.fold(finding, Finding::cite))
}

/// With the change to an image that is there: that of the last revision, else the newest.
fn in_place(subject: &Subject<'_>, pull: &Pull, finding: Finding) -> Finding {
    let Some(name) = finding.container.clone().or_else(|| container_of(subject, pull)) else {
        return finding;
    };
    let Some((image, proof)) = earlier(subject, &name, pull).or_else(|| newest(subject, pull)) else {
        return finding;
    };
    let edits = [Edit::container(&name, "image", json!(image))];
    let title = format!("Run {image}, which is there, until the other one is pushed");
    finding.cite(proof).change(Change::task_definition(subject, title, &edits))
}

/// The container of the task definition that has the image.
fn container_of(subject: &Subject<'_>, pull: &Pull) -> Option<String> {
    let defined = subject.definition.as_ref()?.container_definitions();
    let found = defined.iter().find(|container| container.image() == pull.image.as_deref())?;
    found.name().map(str::to_owned)
}

/// The image of another revision that is known to be there.
fn earlier(subject: &Subject<'_>, container: &str, pull: &Pull) -> Option<(String, Citation)> {
    let family = subject.definition.as_ref()?.family()?;
    let revisions =
        subject.evidence.all::<TaskDefinition<'_>>().filter(|other| other.family() == Some(family));
    let images = revisions.filter_map(|other| {
        let defined =
            other.container_definitions().into_iter().find(|found| found.name() == Some(container))?;
        let image = defined.image().filter(|image| Some(*image) != pull.image.as_deref())?;
        let Stored::There(detail) = Stored::of(subject, &Pull::of_image(&ImageReference::from(image)))?
        else {
            return None;
        };
        (!is_archived(&detail)).then(|| (other.revision(), image.to_owned(), defined.cite("image")))
    });
    images.max_by_key(|(revision, ..)| *revision).map(|(_, image, proof)| (image, proof))
}

/// The task definition names another image of the repository, which is there.
fn now_named(subject: &Subject<'_>, container: Option<&str>, pull: &Pull) -> Option<Citation> {
    let defined = subject.definition.as_ref()?.container_definitions();
    if defined.iter().any(|found| found.image() == pull.image.as_deref()) {
        return None;
    }
    let is_meant = |name: Option<&str>| container.is_none() || name == container;
    let mut others = defined.iter().filter(|found| is_meant(found.name()));
    let other = others.find(|found| {
        let image = found.image().map(ImageReference::from);
        image.is_some_and(|image| {
            pull.repository.as_deref() == Some(image.repository())
                && matches!(Stored::of(subject, &Pull::of_image(&image)), Some(Stored::There(_)))
        })
    })?;
    Some(other.cite("image"))
}

/// The registry has it: pushed since, or the message has another reason.
fn there(subject: &Subject<'_>, finding: Finding, pushed: Option<crate::Timestamp>) -> Finding {
    let failed = finding.at.or(subject.timeline.end());
    let is_since = matches!((pushed, failed), (Some(pushed), Some(failed)) if pushed > failed);
    let finding = finding.fact("pushedAt", pushed.map(|at| at.to_string()));
    let facts = finding.all_facts();
    let text = if is_since {
        "{image|The image} was missing when the task pulled it and was pushed at {pushedAt~|} since: new tasks find it."
    } else {
        "{image|The image} is in its repository now; it was not found when the task pulled it, so its tag was set since, or \
         another registry was asked."
    };
    let summary = template::sentence(text, &facts);
    let mut finding = finding.summary(summary).fixed_by(vec![REDEPLOY]);
    finding.is_settled = true;
    finding
}

/// A platform that the image is said not to have been built for.
pub(super) fn platform(subject: &Subject<'_>, finding: Finding) -> Finding {
    let Cause::ImagePlatformMismatch(cause) = &finding.cause else { return finding };
    let Some(image) = cause.image.as_deref().map(ImageReference::from) else { return finding };
    let pull = Pull::of_image(&image);
    let stated = cause.platform.clone();
    let finding = with_parts(finding, &pull);
    let Some(platforms) = Platforms::of(subject, &pull) else { return finding };
    let asked = asked(subject);
    let now = asked.as_ref().filter(|(platform, _)| Some(platform) != stated.as_ref());
    if let Some((_, proof)) = now.filter(|(platform, _)| platforms.has(platform)) {
        return finding.refuted_by(proof.clone());
    }
    let Some(wanted) = stated.or(asked.map(|(platform, _)| platform)) else { return finding };
    if platforms.has(&wanted) {
        let mut finding = finding.refuted_by(platforms.proof);
        finding.is_settled = true;
        return finding;
    }
    let finding = finding
        .fact("builtFor", Some(format!(", only for {}", platforms.names.join(", "))))
        .confirmed_by(platforms.proof.clone());
    on_platform_of(subject, finding, &platforms)
}

/// Adds the parts of the image, by which its manifest is asked for.
pub(super) fn with_parts(finding: Finding, pull: &Pull) -> Finding {
    finding
        .fact("registryAccount", pull.registry_account.clone())
        .fact("registryRegion", pull.registry_region.clone())
        .fact("repository", pull.repository.clone())
        .fact("tag", pull.tag.clone())
}

/// With the change to run the task on the other architecture, where the image has it.
pub(super) fn on_platform_of(subject: &Subject<'_>, finding: Finding, platforms: &Platforms) -> Finding {
    let has = |architecture: &str| platforms.has(&format!("linux/{architecture}"));
    let (name, words) = match (has("amd64"), has("arm64")) {
        (true, false) => ("X86_64", "x86_64"),
        (false, true) => ("ARM64", "arm64"),
        _ => return finding,
    };
    let system = subject.definition.as_ref().and_then(|found| found.runtime_platform());
    let system = system.as_ref().and_then(|found| found.operating_system_family()).unwrap_or("LINUX");
    let edit =
        Edit::task("runtimePlatform", json!({ "cpuArchitecture": name, "operatingSystemFamily": system }));
    let title = format!("Run the task on {words}, for which the image was built");
    finding.change(Change::task_definition(subject, title, &[edit]))
}

/// The platform that the task asks for by its definition.
pub(super) fn asked(subject: &Subject<'_>) -> Option<(String, Citation)> {
    let platform = subject.definition.as_ref()?.runtime_platform()?;
    let architecture = architecture(platform.cpu_architecture()?)?;
    Some((format!("linux/{architecture}"), platform.cite("cpuArchitecture")))
}

/// The platform that the task ran on: by its own attribute, its instance's, else by its definition.
pub(super) fn ran_on(subject: &Subject<'_>) -> Option<(String, Citation)> {
    let own = subject.task.iter().flat_map(|task| task.attributes());
    let of_host = subject.instance.iter().flat_map(|instance| instance.attributes());
    let named = own.chain(of_host).find(|attribute| attribute.name() == Some("ecs.cpu-architecture"));
    let attribute = named.and_then(|attribute| {
        Some((format!("linux/{}", architecture(attribute.value()?)?), attribute.cite("value")))
    });
    attribute.or_else(|| asked(subject))
}

/// As images name it.
fn architecture(name: &str) -> Option<&'static str> {
    match name.to_ascii_lowercase().as_str() {
        "x86_64" | "amd64" => Some("amd64"),
        "arm64" | "aarch64" => Some("arm64"),
        _ => None,
    }
}
