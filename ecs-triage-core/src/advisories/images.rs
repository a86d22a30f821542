//! Image references, and what the registry says of them.

use super::plan::name_of;
use super::{Found, Plan, Risk, Severity};
use crate::evidence::ecs::ContainerDefinition;
use crate::image::ImageReference;
use crate::rules::{Platforms, Pull, Stored, cache_rule, is_archived};

const PULL: &str = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html";

pub(super) static MALFORMED: Risk = Risk {
    code: "image-malformed",
    severity: Severity::Error,
    refused: false,
    title: "image reference that no registry can resolve",
    explanation: "An image reference is `[registry/]repository[:tag][@digest]` in lower case, without a URL scheme, blanks \
                  or variables. ECS substitutes nothing in it.",
    becomes: &["image-reference-invalid", "taskdef-invalid"],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html"],
    since: "0.1.0",
    check: |plan| {
        let malformed = plan.containers.iter().filter_map(|container| {
            let name = name_of(container);
            let Some(text) = container.image() else {
                let summary = format!("Container `{name}` has no image.");
                let advice = format!("Set `image` of `{name}`.");
                return Some(Found::new(container.cite("name"), summary, advice).container(name));
            };
            let problem = ImageReference::from(text).problem()?;
            let summary = format!("The image of container `{name}` is no valid reference: {problem}.");
            let advice = format!("Correct `image` of `{name}` to `registry/repository:tag`.");
            Some(Found::new(container.cite("image"), summary, advice).container(name))
        });
        malformed.collect()
    },
};

pub(super) static FLOATING: Risk = Risk {
    code: "image-tag-floating",
    severity: Severity::Note,
    refused: false,
    title: "image without a version",
    explanation: "Each deployment looks the tag up anew. Without a tag, or with `latest`, two deployments of one revision \
                  can run different code, and a rollback to an earlier revision brings the newest image back.",
    becomes: &[],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html"],
    since: "0.1.0",
    check: |plan| {
        let floating = plan.containers.iter().filter_map(|container| {
            let text = container.image()?;
            let image = ImageReference::from(text);
            let is_floating = image.digest().is_none() && matches!(image.tag(), None | Some("latest"));
            if !is_floating || !image.is_valid() {
                return None;
            }
            let name = name_of(container);
            let what = if image.tag().is_some() { "has the tag `latest`" } else { "has no tag, which means `latest`" };
            let summary = format!("The image `{text}` of container `{name}` {what}: a rollback does not bring the earlier image back.");
            let advice = "Name a tag that is never pushed again, or a digest.";
            Some(Found::new(container.cite("image"), summary, advice).container(name))
        });
        floating.collect()
    },
};

pub(super) static ARCHITECTURE: Risk = Risk {
    code: "image-platform-absent",
    severity: Severity::Error,
    refused: false,
    title: "image has no build for the task's platform",
    explanation: "`runtimePlatform` says what the task runs on, X86_64 and Linux when it is not set. The image's index \
                  lists the platforms that it was built for.",
    becomes: &["image-platform-mismatch", "start-exec-format-error"],
    docs: &[PULL],
    since: "0.1.0",
    check: |plan| plan.containers.iter().filter_map(|container| platform_absent(plan, container)).collect(),
};

fn platform_absent(plan: &Plan<'_, '_>, container: &ContainerDefinition<'_>) -> Option<Found> {
    let text = container.image()?;
    let platform = plan.definition.runtime_platform();
    let declared = platform.as_ref().and_then(|platform| platform.cpu_architecture());
    // On instances without a declared platform the task runs on whatever the cluster has.
    if declared.is_none() && !plan.is_for_fargate() {
        return None;
    }
    let architecture = match declared {
        Some("ARM64") => "arm64",
        Some("X86_64") | None => "amd64",
        Some(_) => return None,
    };
    let wanted = format!("{}/{architecture}", if plan.is_windows() { "windows" } else { "linux" });
    let built = Platforms::of(plan.subject, &Pull::of_image(&ImageReference::from(text)))?;
    if built.has(&wanted) {
        return None;
    }
    let name = name_of(container);
    let summary = format!(
        "The image `{text}` of container `{name}` is built for {}, and the task runs on {wanted}.",
        built.names.join(", ")
    );
    let advice = format!(
        "Build it for the platform (`docker buildx build --platform {wanted} --push -t {text} .`), or change `runtimePlatform`."
    );
    let found = Found::new(container.cite("image"), summary, advice).container(name).cite(built.proof);
    Some(platform.into_iter().fold(found, |found, platform| found.cite(platform.cite("cpuArchitecture"))))
}

pub(super) static ABSENT: Risk = Risk {
    code: "image-absent",
    severity: Severity::Error,
    refused: false,
    title: "image that the registry does not have",
    explanation: "ECS registers a definition whatever its images are called, and the pull fails when a task starts. An \
                  archived image has to be restored before it can be pulled.",
    becomes: &[
        "image-tag-not-found",
        "image-repository-not-found",
        "image-digest-pinned-and-gone",
        "registry-hostname-invalid",
        "pull-unclassified",
    ],
    docs: &[PULL],
    since: "0.1.0",
    check: |plan| plan.containers.iter().filter_map(|container| absent(plan, container)).collect(),
};

/// Prefixes that AWS proposes for pull-through caches, whose images come with their first pull.
/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html>
const CACHES: &[&str] = &["docker-hub", "ecr-public", "github", "gitlab", "kubernetes", "quay"];

fn absent(plan: &Plan<'_, '_>, container: &ContainerDefinition<'_>) -> Option<Found> {
    let text = container.image()?;
    let image = ImageReference::from(text);
    let pull = Pull::of_image(&image);
    let is_cached = image.repository().split_once('/').is_some_and(|(prefix, _)| CACHES.contains(&prefix));
    if is_cached || cache_rule(plan.subject, &pull).is_some() {
        return None;
    }
    let name = name_of(container);
    let repository = image.repository();
    let (what, advice, proof) = match Stored::of(plan.subject, &pull)? {
        Stored::NoRepository(proof) => (
            format!("is in the repository `{repository}`, which does not exist"),
            format!("Create the repository `{repository}` and push the image, or correct the reference."),
            proof,
        ),
        Stored::NoImage(proof) => (
            "does not exist in its repository".to_owned(),
            format!(
                "Push it, or name one that is there: `aws ecr describe-images --repository-name {repository}`."
            ),
            proof,
        ),
        Stored::There(detail) if is_archived(&detail) => (
            "is archived and cannot be pulled".to_owned(),
            "Restore it, or name another one.".to_owned(),
            detail.cite("imageStatus"),
        ),
        Stored::There(_) => return None,
    };
    let summary = format!("The image `{text}` of container `{name}` {what}.");
    Some(Found::new(container.cite("image"), summary, advice).container(name).cite(proof))
}
