//! The registry answered, and the image is not what the task asks for.

use super::super::payload::payloads;
use super::super::{Blast, Bucket, Cause, Check, Finding, Fix, Kind, Pull, Rule};
use super::{
    DEFINITION, DIGEST, LIFECYCLE, MANIFEST, PULL_PAGE, REDEPLOY, REPOSITORY, TAG, USE_REVISION, Why, settle,
};
use crate::signals::{Said, Subject};

pub(in crate::rules) static TAG_NOT_FOUND: Rule = Rule {
    code: "image-tag-not-found",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "image tag or digest does not exist in the repository",
    summary: "{image|The image} does not exist: its registry was reached, and has no such tag or digest{expiry~|}.",
    explanation: "The registry was reached and accepted the credentials, then answered that the manifest is unknown. \
                  The pull is retried like a network fault and looks like one, but no route or role is missing.",
    signs: "A CannotPull… error whose tail is `not found` or `manifest unknown`, without `denied` and without a \
            time-out. On Fargate the reference is printed twice. `API error (404)` alone leaves a missing repository open.",
    wants: &[TAG, DIGEST, REPOSITORY, LIFECYCLE],
    fixes: &[
        Fix::look(
            "List the newest tags that exist",
            "aws ecr describe-images --registry-id {registryAccount} --repository-name {repository} \
             --region {registryRegion} --query 'sort_by(imageDetails,&imagePushedAt)[-10:].[imageTags,imagePushedAt]'",
        ),
        Fix::run(
            "Push the image under the tag that the task definition names",
            Blast::Resource,
            "docker push {image}",
        ),
        USE_REVISION,
    ],
    docs: &[PULL_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::TagNotFound, |statement, subject| {
        Cause::ImageTagNotFound(Pull::of(statement, subject))
    })
    .settled(settle::missing),
};

pub(in crate::rules) static REPOSITORY_NOT_FOUND: Rule = Rule {
    code: "image-repository-not-found",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "repository does not exist in that registry, Region or account",
    summary: "No repository {repository|of that name} exists in {registry|the registry of the image}.",
    explanation: "An Amazon ECR registry belongs to one account and one Region. A repository that was never made \
                  there, or was made elsewhere, is unknown to it.",
    signs: "`repository … not found`, `name unknown` or `The repository with name … does not exist in the registry`. \
            Docker's `does not exist or no pull access` leaves a missing permission open.",
    wants: &[REPOSITORY],
    fixes: &[
        Fix::look(
            "List the repositories of that account and Region",
            "aws ecr describe-repositories --registry-id {registryAccount} --region {registryRegion} \
             --query 'repositories[].repositoryUri'",
        ),
        Fix::run(
            "Make the repository in the account that the image names, then push the image",
            Blast::Resource,
            "aws ecr create-repository --registry-id {registryAccount} --repository-name {repository} --region {registryRegion}",
        ),
        USE_REVISION,
    ],
    docs: &[PULL_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::RepositoryNotFound, |statement, subject| {
        Cause::ImageRepositoryNotFound(Pull::of(statement, subject))
    })
    .settled(settle::missing),
};

pub(in crate::rules) static DIGEST_GONE: Rule = Rule {
    code: "image-digest-pinned-and-gone",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "service is pinned to a digest that no longer exists",
    summary: "The deployment is pinned to digest {digest|of the image}, which {repository|the repository} no longer has{expiry~|}.",
    explanation: "The first task of a deployment fixes each tag to the digest it finds, and every later task of that \
                  deployment pulls that digest. Once it is deleted or expired new tasks fail, though the tag exists.",
    signs: "The reference has a tag and a digest, or the task definition a tag only while the message names a digest, \
            and the look-up ends in `not found`.",
    wants: &[
        DIGEST,
        TAG,
        LIFECYCLE,
        super::super::Ask::new(
            "ecs",
            "DescribeServices",
            r#"{"cluster": "{cluster}", "services": ["{service}"]}"#,
            "a deployment that is older than the newest push still uses the old digest",
        ),
    ],
    fixes: &[
        Fix::run(
            "Start a new deployment, which looks the tag up again",
            Blast::Deployment,
            "aws ecs update-service --cluster {cluster} --service {service} --force-new-deployment --region {region}",
        ),
        Fix::look(
            "See what removes images",
            "aws ecr get-lifecycle-policy --registry-id {registryAccount} --repository-name {repository} \
             --region {registryRegion}",
        ),
        Fix::advice(
            "Keep images as long as deployments",
            Blast::NewRevision,
            "Let the repository keep images at least as long as a deployment lives, or set `versionConsistency` of the \
             container to `disabled`.",
        ),
    ],
    docs: &[
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html",
        PULL_PAGE,
    ],
    since: "0.1.0",
    check: Check::reads(Why::DigestGone, |statement, subject| {
        Cause::ImageDigestPinnedAndGone(Pull::of(statement, subject))
    })
    .settled(settle::missing),
};

payloads! {
    /// An image without a build for the platform of the task.
    Platform {
        /// Image reference.
        image: String,
        /// Platform that was asked for, such as `linux/amd64`.
        platform: String,
        /// CPU architecture of the task definition; `X86_64` when it names none.
        cpu_architecture: String,
        /// Operating system family of the task definition.
        operating_system_family: String,
    }
}

pub(in crate::rules) static PLATFORM_MISMATCH: Rule = Rule {
    code: "image-platform-mismatch",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "image has no build for the task's CPU architecture or operating system",
    summary: "{image|The image} has no build for {platform|the platform that the task runs on}{builtFor~|}.",
    explanation: "The image's index lists the platforms it was built for. The one that the task asks for is not among \
                  them, so there is nothing to pull.",
    signs: "`image Manifest does not contain descriptor matching platform` in any case, or `no matching manifest for linux/…`.",
    wants: &[MANIFEST, DEFINITION],
    fixes: &[
        Fix::run(
            "Build and push the image for the platform of the task",
            Blast::Resource,
            "docker buildx build --platform {platform} --push -t {image} .",
        ),
        REDEPLOY,
        Fix::advice(
            "Or run the task on the platform of the image",
            Blast::NewRevision,
            "Set `runtimePlatform.cpuArchitecture` to `ARM64` or `X86_64`, whichever the image was built for, and \
             register a new revision.",
        ),
    ],
    docs: &[PULL_PAGE],
    since: "0.1.0",
    check: Check::reads(Why::PlatformMismatch, |statement, subject| {
        let platform = subject.definition.as_ref().and_then(|defined| defined.runtime_platform());
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Cause::ImagePlatformMismatch(Platform {
            image: Pull::of(statement, subject).image,
            platform: owned(statement.message.platform()),
            cpu_architecture: owned(platform.as_ref().and_then(|platform| platform.cpu_architecture())),
            operating_system_family: owned(
                platform.as_ref().and_then(|platform| platform.operating_system_family()),
            ),
        })
    })
    .settled(settle::platform),
};

pub(in crate::rules) static MISSING_LOCALLY: Rule = Rule {
    code: "create-image-missing-locally",
    bucket: Bucket::Image,
    kind: Kind::Cause,
    title: "image is not on the container instance",
    summary: "{container|The container} could not be created: {image|its image} is not on the container instance.",
    explanation: "Where the agent prefers images that it has, or a clean-up removes one between pull and create, Docker \
                  is asked to create a container from an image that is not there.",
    signs: "CannotCreateContainerError with `No such image`.",
    wants: &[super::super::network::CONTAINER_INSTANCE],
    fixes: &[
        Fix::advice(
            "Let the agent pull",
            Blast::Instances,
            "Set `ECS_IMAGE_PULL_BEHAVIOR=always` in `/etc/ecs/ecs.config`, restart the agent, and take images that \
             tasks need out of any clean-up of the host's own.",
        ),
        REDEPLOY,
    ],
    docs: &["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html"],
    since: "0.1.0",
    check: Check::JudgeSaid(is_missing_locally, missing_locally),
};

fn is_missing_locally(said: &Said) -> bool {
    said.is_from_ecs() && said.message.says("no such image") && !said.message.is_pull()
}

fn missing_locally(subject: &Subject<'_>) -> Vec<Finding> {
    let statements = subject.statements.iter().filter(|statement| is_missing_locally(statement));
    statements
        .map(|statement| {
            Finding::stated(Cause::CreateImageMissingLocally(Pull::of(statement, subject)), statement)
        })
        .collect()
}
