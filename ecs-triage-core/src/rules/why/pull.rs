//! Readings of a pull that failed: the disk, the agent, the image and its layers.

use super::Why::*;
use super::{Case, NONE, Readings, perhaps, sure};
use crate::signals::LaunchType;
use crate::signals::message::{EndpointKind, Hint, Message};

/// Where Docker keeps images on a container instance.
const DOCKER_PATHS: &[&str] = &["/var/lib/docker", "getimageblob"];

/// A full disk, as Linux and Windows word it.
pub(super) const FULL: &[&str] = &["no space left on device", "there is not enough space on the disk"];

/// Ends of messages about layers that could not be unpacked. Without one the end may be cut, and a full disk begins alike.
const UNPACK_FAULTS: &[&str] = &[
    "dm_task_run failed",
    "invalid tar header",
    "file exists",
    "operation not permitted",
    "permission denied",
    "invalid argument",
    "input/output error",
    "no such file or directory",
    "not a directory",
    "unexpected directory",
    "layer does not exist",
    "invalid header",
    "invalid checksum",
    "failed in win32",
    "unexpected eof",
    "corrupt",
    "number of layers and diffids",
];

/// Docker's and containerd's words for an image that is no reference.
pub(in crate::rules) fn names_no_reference(message: &Message) -> bool {
    message.says_any(&["invalid reference format", "repository name must be lowercase", ": object required"])
}

impl Case<'_, '_> {
    /// A pull, from the innermost and most exact words outwards.
    pub(super) fn of_pull(&self) -> Readings {
        // An image of the agent's own is loaded from the host, never pulled with the task's credentials.
        if self.says(&["amazon/amazon-ecs-pause", "~internal~ecs~pause"]) && self.of_disk().is_none() {
            return NONE;
        }
        self.of_disk()
            .or_else(|| self.of_agent())
            .or_else(|| self.of_network())
            .or_else(|| self.of_credentials())
            .or_else(|| self.of_image())
            .or_else(|| self.of_limits())
            .or_else(|| self.of_login())
            .or_else(|| self.of_connection())
            .or_else(|| self.of_layer())
            .or_else(|| self.of_refusal())
            .or_else(|| self.of_missing())
            .or_else(|| self.of_status())
            // The message is cut before its cause: what the registry lacks is one.
            .or_else(|| self.of_registry(perhaps))
            .or_else(|| self.of_hint())
            .unwrap_or(NONE)
    }

    pub(super) fn of_disk(&self) -> Option<Readings> {
        if !self.says(FULL) {
            return None;
        }
        if !self.message.is_pull() && !self.says(DOCKER_PATHS) {
            return Some(NONE);
        }
        Some(match self.whose_disk() {
            Some(true) => sure(&[NoSpaceFargate]),
            Some(false) => sure(&[NoSpaceEc2]),
            None => perhaps(&[NoSpaceEc2, NoSpaceFargate]),
        })
    }

    /// Whether the disk is that of a Fargate task; `None` when neither the launch type nor the words tell.
    pub(super) fn whose_disk(&self) -> Option<bool> {
        match self.subject.launch_type() {
            Some(launch_type) => Some(launch_type == LaunchType::Fargate),
            None if self.says(DOCKER_PATHS) || self.says(&["failed to register layer"]) => Some(false),
            None if self.says(&["/containerd", "failed to extract layer", "failed to copy"]) => Some(true),
            None => None,
        }
    }

    /// What the agent itself found, without a registry's answer.
    pub(super) fn of_agent(&self) -> Option<Readings> {
        if self.says(&["pull command failed"]) && self.says(&["panic: ", "signal: killed"]) {
            return Some(sure(&[PullHelperCrashed]));
        }
        let to = self.message.transition().map(|transition| transition.to.to_ascii_lowercase());
        let is_timeout = matches!(to.as_deref(), Some("pulled" | "pullbegin" | "manifest_pulled"))
            || self.says(&["inactivity time exceeded timeout while pulling image"]);
        is_timeout.then_some(sure(&[PullTimeout]))
    }

    /// The agent's own lack of credentials, for Amazon ECR or for a private registry.
    pub(super) fn of_credentials(&self) -> Option<Readings> {
        if self.says(&[
            "asm fetching authorization data",
            "asm fetching username",
            "asm fetching password",
            "engine docker private registry credentials: not found",
        ]) {
            // The same words stand in front of a secret that could not be fetched at all.
            let is_fetch = self.message.aws_error_code().is_some() || self.message.transport().is_some();
            return (!is_fetch).then_some(sure(&[SecretMalformed]));
        }
        let is_ecr = self.message.is_pull()
            || self.message.endpoint().is_some_and(|endpoint| endpoint.kind == EndpointKind::EcrApi);
        let is_missing = self.says(&[
            "engine ecr credentials: not found",
            "missing container's ecr auth data",
            "nocredentialproviders",
            "no valid providers in chain",
            "no ec2 imds role found",
            "container uses execution credentials, but the credentials are empty",
        ]);
        (is_ecr && is_missing).then_some(sure(&[EcrCredentialsMissing]))
    }

    /// What the image itself is like.
    pub(super) fn of_image(&self) -> Option<Readings> {
        if names_no_reference(self.message) {
            return Some(sure(&[ReferenceInvalid]));
        }
        if self.says(&[
            "manifest does not contain descriptor",
            "no matching manifest for ",
            "no match for platform in manifest",
            "cannot be used on this platform",
        ]) {
            return Some(sure(&[PlatformMismatch]));
        }
        if self.says(&[
            "no processor for media-type",
            "failed to get stream processor",
            "unsupported manifest media type",
            "unsupported media type",
            "unexpected media type",
            "unknown manifest class for",
            "manifest.v1+prettyjws",
            "mediatype in manifest should be",
            "docker image format v1",
        ]) {
            return Some(sure(&[MediaType]));
        }
        // Fewer or other bytes came than the manifest promised: cut off on the way, or damaged where they are kept.
        if self.says(&["failed commit on ref"])
            && self.says(&["unexpected commit size", "unexpected commit digest"])
        {
            return Some(perhaps(&[PullTransient, LayerUnpack]));
        }
        if self.says(&[
            "filesystem layer verification failed",
            "layers from manifest don't match image configuration",
        ]) {
            return Some(perhaps(&[PullTransient, LayerUnpack]));
        }
        let is_unpack = self.says(&[
            "failed to register layer",
            "failed to extract layer",
            "number of layers and diffids",
        ]);
        (is_unpack && !self.says(&["thin pool"])).then(|| match self.whose_disk() {
            _ if self.says(UNPACK_FAULTS) => sure(&[LayerUnpack]),
            Some(true) => perhaps(&[LayerUnpack, NoSpaceFargate]),
            _ => perhaps(&[LayerUnpack, NoSpaceEc2]),
        })
    }

    /// A layer that the registry, or the bucket behind it, answered for with a status.
    pub(super) fn of_layer(&self) -> Option<Readings> {
        if self.says(&["blob unknown", "unknown blob", "could not fetch content descriptor"]) {
            return Some(sure(&[LayerCopyFailed]));
        }
        // The reader of layers, where the words before it are left out.
        let is_reader = self.says(&["httpreadseeker: failed open", "httpreaderseeker: failed open"]);
        if !is_reader && !self.says(&["failed to copy", "error pulling image configuration", "/blobs/"]) {
            return None;
        }
        let is_status = self.message.http_status().is_some()
            || self.message.host().is_some() && self.says(&["unexpected status"]);
        Some(match is_status {
            true if self.is_ecr_forbidden() && !self.says(&["failed to copy"]) => NONE,
            true => sure(&[LayerCopyFailed]),
            // AWS's page explains this very wording by the way to Amazon S3.
            false => perhaps(&[LayersUnreachable, LayerCopyFailed]),
        })
    }

    /// The agent's advice alone, of a message whose error is cut.
    pub(super) fn of_hint(&self) -> Option<Readings> {
        (self.message.hint() == Some(Hint::ImageExists))
            .then_some(perhaps(&[HubPrivateOrMissing, AuthMissing]))
    }
}
