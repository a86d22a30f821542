//! Image references, and what the registry says of them.

use super::plan::name_of;
use super::{Found, Plan, Risk, Severity};
use crate::evidence::ecr::{Image, Manifest, PlatformManifest};
use crate::evidence::ecs::ContainerDefinition;
use crate::evidence::{Evidence, Node, Read};
use crate::image::ImageReference;

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
    let os = if plan.is_windows() { "windows" } else { "linux" };
    let (index, platforms) = index_of(plan.evidence(), text)?;
    if platforms.is_empty() || platforms.iter().any(|(of, on)| of == architecture && on == os) {
        return None;
    }
    let name = name_of(container);
    let listed: Vec<String> = platforms.iter().map(|(of, on)| format!("{on}/{of}")).collect();
    let summary = format!(
        "The image `{text}` of container `{name}` is built for {}, and the task runs on {os}/{architecture}.",
        listed.join(", ")
    );
    let advice = format!(
        "Build it for the platform (`docker buildx build --platform {os}/{architecture} --push -t {text} .`), or change `runtimePlatform`."
    );
    let found = Found::new(container.cite("image"), summary, advice).container(name).cite(index.citation());
    Some(platform.into_iter().fold(found, |found, platform| found.cite(platform.cite("cpuArchitecture"))))
}

/// The platforms in the index of an image, as architecture and system, where `BatchGetImage` gave the index.
fn index_of<'e>(evidence: &'e Evidence, text: &str) -> Option<(Node<'e>, Vec<(String, String)>)> {
    let wanted = ImageReference::from(text);
    let ecr = wanted.ecr()?;
    let image = evidence.all::<Image<'e>>().find(|image| {
        let id = image.image_id();
        let tag = id.as_ref().and_then(|id| id.image_tag());
        let digest = id.as_ref().and_then(|id| id.image_digest());
        image.repository_name() == Some(wanted.repository())
            && image.registry_id().is_none_or(|account| account == ecr.account)
            && match wanted.digest() {
                Some(wanted) => digest == Some(wanted),
                None => tag == Some(wanted.tag().unwrap_or("latest")),
            }
    })?;
    let manifest = evidence.decoded(&image.image_manifest()?)?;
    let entries = Manifest::read(&manifest)?.manifests();
    let platforms = entries
        .iter()
        .filter_map(PlatformManifest::platform)
        .filter_map(|platform| Some((platform.architecture()?.to_owned(), platform.os()?.to_owned())));
    // Attestations of the build stand in the index beside the images.
    let platforms = platforms.filter(|(architecture, _)| architecture != "unknown").collect();
    Some((image.image_manifest()?, platforms))
}
