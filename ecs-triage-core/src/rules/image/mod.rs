//! The image and its registry.

pub(super) mod exec_format;
mod expiry;
mod host;
mod layers;
mod missing;
mod pull;
mod reference;
mod refused;
mod registry;
mod settle;
mod stored;

pub(super) use host::{Spelling, is_impossible, is_nearly_official, spelling};
pub(super) use layers::{COPY_FAILED, LAYERS_UNREACHABLE, MEDIA_TYPE, UNPACK_FAILED};
pub(super) use missing::{
    DIGEST_GONE, MISSING_LOCALLY, PLATFORM_MISMATCH, REPOSITORY_NOT_FOUND, TAG_NOT_FOUND,
};
pub(super) use pull::{CANCELED, HELPER_CRASHED, NOT_FATAL, TIMEOUT, TRANSIENT, UNCLASSIFIED};
pub(super) use reference::RULE as REFERENCE_INVALID;
pub(super) use refused::{AUTH_MISSING, AUTH_REJECTED, HUB_PRIVATE_OR_MISSING, REGISTRY_PREFIX_MISSING};
pub(super) use registry::{
    CERTIFICATE_UNTRUSTED, HOST_INVALID, HUB_RATE_LIMIT, OTHER_RATE_LIMIT, SERVER_ERROR,
};
pub(crate) use stored::{Platforms, Stored, cache_rule, is_archived};

pub use missing::Platform;
pub use pull::SlowPull;
pub use reference::BadReference;
pub use registry::MisspeltHost;

use super::{Ask, Blast, Fix, Why};

/// AWS's page about pulls that fail.
pub(super) const PULL_PAGE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html";
const PRIVATE_AUTH_PAGE: &str =
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html";

/// Does the tag exist?
const TAG: Ask = Ask::new(
    "ecr",
    "DescribeImages",
    r#"{"registryId": "{registryAccount}", "repositoryName": "{repository}", "imageIds": [{"imageTag": "{tag}"}]}"#,
    "ImageNotFoundException says that the tag is missing, RepositoryNotFoundException that the repository is; an image \
     pushed before the stop rules both out",
);
/// Does the digest exist?
const DIGEST: Ask = Ask::new(
    "ecr",
    "DescribeImages",
    r#"{"registryId": "{registryAccount}", "repositoryName": "{repository}", "imageIds": [{"imageDigest": "{digest}"}]}"#,
    "ImageNotFoundException says that the digest is gone",
);
/// Does the repository exist?
const REPOSITORY: Ask = Ask::new(
    "ecr",
    "DescribeRepositories",
    r#"{"registryId": "{registryAccount}", "repositoryNames": ["{repository}"]}"#,
    "RepositoryNotFoundException says that the registry has no such repository in this Region",
);
/// What removes images?
const LIFECYCLE: Ask = Ask::new(
    "ecr",
    "GetLifecyclePolicy",
    r#"{"registryId": "{registryAccount}", "repositoryName": "{repository}"}"#,
    "a rule that expires images explains one that used to exist",
);
/// For which platforms was the image built?
const MANIFEST: Ask = Ask::new(
    "ecr",
    "BatchGetImage",
    r#"{"registryId": "{registryAccount}", "repositoryName": "{repository}", "imageIds": [{"imageTag": "{tag}"}], "acceptedMediaTypes": ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"]}"#,
    "an index lists the platforms that the image was built for",
);
/// What does the task definition say of the image and its credentials?
const DEFINITION: Ask = Ask::new(
    "ecs",
    "DescribeTaskDefinition",
    r#"{"taskDefinition": "{taskDefinition}"}"#,
    "shows the image as written, the platform and the credentials for its registry",
);

/// Deploys the revision again.
const REDEPLOY: Fix = Fix::run(
    "Start new tasks, which pull again",
    Blast::Deployment,
    "aws ecs update-service --cluster {cluster} --service {service} --force-new-deployment --region {region}",
);
/// Takes an image out of the archive.
const RESTORE: Fix = Fix::run(
    "Restore the image",
    Blast::Resource,
    "aws ecr update-image-storage-class --registry-id {registryAccount} --repository-name {repository} --image-id \
     imageTag={tag} --target-storage-class STANDARD --region {registryRegion}",
);
/// Puts a new revision into use.
const USE_REVISION: Fix = Fix::run(
    "Register a revision with the right image, then use it",
    Blast::Deployment,
    "aws ecs update-service --cluster {cluster} --service {service} --task-definition {family} --region {region}",
);
