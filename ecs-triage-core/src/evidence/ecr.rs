//! Amazon ECR: images, repositories, their policies and pull-through caches.
//!
//! Member names and meanings: <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Types.html>.

use super::node::views;

views! {
    /// An image of a repository, of `DescribeImages`.
    /// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html>
    ImageDetail {
        /// Account of the registry.
        registry_id: text = "registryId";
        /// Repository.
        repository_name: text = "repositoryName";
        /// Digest.
        image_digest: text = "imageDigest" | "digest";
        /// Tags; absent for an untagged image.
        image_tags: [text] = "imageTags" | "tags";
        /// Compressed size in bytes; for a list of platforms that of the largest.
        image_size_in_bytes: integer = "imageSizeInBytes" | "size";
        /// When it was pushed.
        image_pushed_at: time = "imagePushedAt" | "pushedAt";
        /// Media type of the manifest: an image, or an index of platforms.
        image_manifest_media_type: text = "imageManifestMediaType";
        /// `ACTIVE`; an image that is `ARCHIVED` or `ACTIVATING` cannot be pulled.
        image_status: text = "imageStatus";
        /// When it was last pulled.
        last_recorded_pull_time: time = "lastRecordedPullTime";
    }

    /// An image with its manifest, of `BatchGetImage`.
    /// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Image.html>
    Image {
        /// Account of the registry.
        registry_id: text = "registryId";
        /// Repository.
        repository_name: text = "repositoryName";
        /// Tag and digest.
        image_id: ImageIdentifier = "imageId";
        /// Manifest, as text of JSON.
        image_manifest: document = "imageManifest";
        /// Media type of the manifest.
        image_manifest_media_type: text = "imageManifestMediaType";
    }

    /// Tag and digest of an image.
    /// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageIdentifier.html>
    ImageIdentifier {
        /// Digest.
        image_digest: text = "imageDigest";
        /// Tag.
        image_tag: text = "imageTag";
    }

    /// The manifest of an image: an index of platforms or one image, which says nothing of its platform.
    /// <https://github.com/opencontainers/image-spec/blob/main/image-index.md>
    Manifest {
        /// Media type.
        media_type: text = "mediaType";
        /// Images by platform; of an index alone.
        manifests: [PlatformManifest] = "manifests";
        /// Layers; of one image alone.
        layers: [Layer] = "layers";
    }

    /// One entry of an index of platforms.
    /// <https://github.com/opencontainers/image-spec/blob/main/image-index.md>
    PlatformManifest {
        /// Digest of the image.
        digest: text = "digest";
        /// Media type of the image's manifest.
        media_type: text = "mediaType";
        /// Platform; `unknown` for an attestation of the build.
        platform: Platform = "platform";
    }

    /// A platform of an index.
    /// <https://github.com/opencontainers/image-spec/blob/main/image-index.md>
    Platform {
        /// `amd64`, `arm64`, ….
        architecture: text = "architecture";
        /// `linux` or `windows`.
        os: text = "os";
        /// Build of Windows.
        os_version: text = "os.version";
        /// Variant, such as `v8`.
        variant: text = "variant";
    }

    /// A layer of an image.
    /// <https://github.com/opencontainers/image-spec/blob/main/manifest.md>
    Layer {
        /// Digest.
        digest: text = "digest";
        /// Media type.
        media_type: text = "mediaType";
        /// Compressed size in bytes.
        size: integer = "size";
    }

    /// An image that `BatchGetImage` could not give.
    /// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageFailure.html>
    ImageFailure {
        /// Tag and digest that were asked for.
        image_id: ImageIdentifier = "imageId";
        /// Code, such as `ImageNotFound`.
        failure_code: text = "failureCode";
        /// Why.
        failure_reason: text = "failureReason";
    }

    /// A repository, of `DescribeRepositories`.
    /// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Repository.html>
    Repository {
        /// ARN.
        repository_arn: text = "repositoryArn";
        /// Account of the registry.
        registry_id: text = "registryId";
        /// Name.
        repository_name: text = "repositoryName";
        /// Registry host and name.
        repository_uri: text = "repositoryUri";
        /// `MUTABLE` or `IMMUTABLE`, perhaps with exclusions.
        image_tag_mutability: text = "imageTagMutability";
        /// When it was made.
        created_at: time = "createdAt";
        /// How it is encrypted.
        encryption_configuration: EncryptionConfiguration = "encryptionConfiguration";
    }

    /// How a repository is encrypted.
    /// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_EncryptionConfiguration.html>
    EncryptionConfiguration {
        /// `AES256`, `KMS` or `KMS_DSSE`.
        encryption_type: text = "encryptionType";
        /// KMS key.
        kms_key: text = "kmsKey";
    }

    /// The policy of a repository, of `GetRepositoryPolicy`.
    /// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetRepositoryPolicy.html>
    RepositoryPolicy {
        /// Account of the registry.
        registry_id: text = "registryId";
        /// Repository.
        repository_name: text = "repositoryName";
        /// The policy, as text of JSON.
        policy_text: document = "policyText";
    }

    /// The rules by which a repository deletes images, of `GetLifecyclePolicy`.
    /// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetLifecyclePolicy.html>
    LifecyclePolicy {
        /// Account of the registry.
        registry_id: text = "registryId";
        /// Repository.
        repository_name: text = "repositoryName";
        /// The rules, as text of JSON.
        lifecycle_policy_text: document = "lifecyclePolicyText";
        /// When the rules last ran.
        last_evaluated_at: time = "lastEvaluatedAt";
    }

    /// A prefix under which images of another registry are cached, of `DescribePullThroughCacheRules`.
    /// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PullThroughCacheRule.html>
    PullThroughCacheRule {
        /// Prefix of the repositories.
        ecr_repository_prefix: text = "ecrRepositoryPrefix";
        /// Host of the other registry.
        upstream_registry_url: text = "upstreamRegistryUrl";
        /// Prefix in the other registry.
        upstream_repository_prefix: text = "upstreamRepositoryPrefix";
        /// Account of the registry.
        registry_id: text = "registryId";
        /// ARN of the secret with credentials for the other registry.
        credential_arn: text = "credentialArn";
        /// ARN of the role with which ECR pulls from another ECR registry.
        custom_role_arn: text = "customRoleArn";
    }
}
