//! Readings of what a registry answered: limits, log-ins, refusals, and things that it does not have.

use super::Why::*;
use super::{Case, NONE, Readings, Why, perhaps, sure};
use crate::evidence::ecs::TaskDefinition;
use crate::image::ImageReference;
use crate::rules::Pull;
use crate::rules::image::{Stored, is_nearly_official};
use crate::signals::Subject;
use crate::signals::message::EndpointKind;

/// Words of registries that are not Docker Hub's.
const PRIVATE: &[&str] =
    &["unauthorized to access repository", "permission \"artifactregistry.", ": unknown: forbidden"];

impl Case<'_, '_> {
    pub(super) fn of_limits(&self) -> Option<Readings> {
        if self.says(&[
            "reached your pull rate limit",
            "unauthenticated pull rate limit",
            "docker.com/increase-rate-limit",
            "hap429",
        ]) {
            return Some(sure(&[HubRateLimit]));
        }
        if self.says(&[
            "data limit exceeded",
            "exceeded pull rate limit for ip",
            "toomanyrequests: rate exceeded",
        ]) {
            return Some(sure(&[OtherRateLimit]));
        }
        // The code of AWS's own APIs: the token or the image was asked for too often.
        let is_throttled = self.says(&["throttlingexception"]) && self.says(&["cannotpull"]);
        if is_throttled && !matches!(self.endpoint(), Some(EndpointKind::Ssm | EndpointKind::SecretsManager))
        {
            return Some(sure(&[OtherRateLimit]));
        }
        if !self.says(&["toomanyrequests", "pull rate limit", "too many requests"])
            && self.message.http_status() != Some(429)
        {
            return None;
        }
        Some(match self.endpoint() {
            Some(EndpointKind::DockerHub) => sure(&[HubRateLimit]),
            Some(_) => sure(&[OtherRateLimit]),
            None => perhaps(&[HubRateLimit, OtherRateLimit]),
        })
    }

    /// What a registry says of the credentials it was given.
    pub(super) fn of_login(&self) -> Option<Readings> {
        if self.message.transport().is_some() {
            return None;
        }
        if self.says(&[
            "incorrect username or password",
            "authorization token has expired",
            "bad credentials",
            "access token is expired",
            "invalid username/password",
            // GitLab, and GitHub or Azure DevOps, of a password where a token is wanted.
            "http basic: access denied",
            "must log in with a personal access token",
        ]) {
            return Some(sure(&[AuthRejected]));
        }
        if self.says(&["no basic auth credentials"]) {
            return Some(self.login_lacks(sure(&[AuthMissing])));
        }
        let is_anonymous = self.says(&["failed to fetch anonymous token"]);
        if !is_anonymous && !self.says(&["failed to fetch oauth token"]) {
            return None;
        }
        let readings: &'static [Why] = match (is_anonymous, self.endpoint()) {
            (true, _) => &[AuthMissing],
            (false, _) => &[AuthRejected],
        };
        Some(match self.message.http_status() {
            Some(401 | 403) => sure(readings),
            Some(500..) => sure(&[ServerError]),
            _ if self.says(&["unexpected status"]) => perhaps(readings),
            _ if is_anonymous => perhaps(&[AuthMissing, RegistryUnreachable]),
            _ => perhaps(&[AuthRejected, RegistryUnreachable]),
        })
    }

    /// The registry wants credentials: none were sent, or the ones of the task definition were no good.
    pub(super) fn login_lacks(&self, readings: Readings) -> Readings {
        match self.has_credentials() {
            Some(true) => sure(&[AuthRejected]),
            Some(false) => sure(&[AuthMissing]),
            None => readings,
        }
    }

    /// The registry refused without saying whether the image exists.
    pub(super) fn of_refusal(&self) -> Option<Readings> {
        let is_login =
            self.says(&["authentication required", "access to the requested resource is not authorized"]);
        let is_bare = self.message.folded().ends_with(": unauthorized");
        if self.says(&["proxy authentication required"]) {
            return None;
        }
        let is_refusal = is_login
            || self.says(&[
                "pull access denied",
                "insufficient_scope",
                "requested access to the resource is denied",
                "may require 'docker login'",
                "may require authorization",
                "does not exist or no pull access",
                "repository does not exist",
                "you may have invalid credentials",
                ": denied: ",
                // Harbor and Google Artifact Registry name whom and what they refuse.
                "unauthorized to access repository",
                "permission \"artifactregistry.",
                ": unknown: forbidden",
            ])
            || self.message.folded().ends_with(": denied")
            || is_bare;
        if !is_refusal {
            return None;
        }
        Some(match self.endpoint() {
            // What follows may be cut: that a login is missing, or that it was refused.
            Some(EndpointKind::DockerHub) if is_bare || self.has_credentials() == Some(true) => {
                perhaps(&[HubPrivateOrMissing, AuthRejected])
            }
            Some(EndpointKind::DockerHub) => self.of_hub(),
            // The tail that would name a missing permission may be cut.
            Some(EndpointKind::EcrDkr) if is_login => sure(&[AuthMissing]),
            Some(EndpointKind::EcrDkr) => self.of_registry(sure).unwrap_or(perhaps(&[RepositoryNotFound])),
            // Said to whoever sends a login that ran out or is of another registry; nobody needs one.
            Some(EndpointKind::EcrPublic) if self.says(&["denied: not authorized"]) => {
                perhaps(&[AuthRejected, RepositoryNotFound])
            }
            Some(EndpointKind::EcrPublic) => sure(&[RepositoryNotFound]),
            _ if is_login => self.login_lacks(sure(&[AuthMissing])),
            Some(EndpointKind::OtherRegistry) | None if self.says(PRIVATE) => {
                self.login_lacks(perhaps(&[AuthMissing, AuthRejected]))
            }
            Some(_) => self.login_lacks(perhaps(&[AuthMissing, AuthRejected, RepositoryNotFound])),
            None => perhaps(&[HubPrivateOrMissing, AuthMissing]),
        })
    }

    /// Docker Hub knows no such public image. A name of one word asks for an official image, all of which are public,
    /// so something is missing in front of it.
    pub(super) fn of_hub(&self) -> Readings {
        let Some(image) = self.image() else { return sure(&[HubPrivateOrMissing]) };
        let repository = image.repository();
        let is_one_word = !repository.trim_start_matches("library/").contains('/');
        match is_one_word {
            true if has_ecr_twin(self.subject, &image) => sure(&[RegistryPrefixMissing]),
            true if is_nearly_official(repository.trim_start_matches("library/")) => {
                perhaps(&[HubPrivateOrMissing])
            }
            true => perhaps(&[RegistryPrefixMissing, HubPrivateOrMissing]),
            false => sure(&[HubPrivateOrMissing]),
        }
    }

    /// The registry was reached and has no such thing.
    pub(super) fn of_missing(&self) -> Option<Readings> {
        if self.says(&[
            "name unknown",
            "name_unknown",
            "repositorynotfoundexception",
            "the repository with name",
            "repository name not known",
        ]) || self.says(&["repository "])
            && self.says(&["not found"])
            && !self.says(&["manifest", "not found in repository"])
        {
            return Some(sure(&[RepositoryNotFound]));
        }
        if self.says(&["error: image "]) && self.says(&["not found"]) {
            return Some(match self.endpoint() {
                Some(EndpointKind::DockerHub) => perhaps(&[HubPrivateOrMissing, TagNotFound]),
                _ => perhaps(&[TagNotFound, RepositoryNotFound]),
            });
        }
        let is_missing = self.says(&[
            "manifest unknown",
            "manifest_unknown",
            ": not found",
            "not found in repository",
            "requested image not found",
        ]) || self.says(&["manifest for "]) && self.says(&["not found"])
            || self.ends_unresolved();
        // Layers that are missing have been dealt with; what is left is the manifest.
        let is_404 = self.message.http_status() == Some(404) || self.says(&["api error (404)"]);
        let readings = match is_missing && self.message.http_status().is_none() {
            true if self.is_pinned() => sure(&[DigestGone]),
            true => sure(&[TagNotFound]),
            false if is_404 => perhaps(&[TagNotFound, RepositoryNotFound]),
            false => return None,
        };
        Some(self.of_registry(sure).unwrap_or(readings))
    }

    /// `failed to resolve ref X not found`, without the colon that was lost with a line break.
    fn ends_unresolved(&self) -> bool {
        let end = self.message.folded().trim_end_matches(['.', ')', '"', '\'']);
        self.says(&["failed to resolve ref"]) && end.ends_with(" not found")
    }

    /// What the registry itself does not have, by answers in the evidence: containerd says `not found` of all three.
    pub(super) fn of_registry(&self, confidence: fn(&'static [Why]) -> Readings) -> Option<Readings> {
        let pull = Pull::of_image(&self.image()?);
        match Stored::of(self.subject, &pull)? {
            Stored::NoRepository(_) => Some(confidence(&[RepositoryNotFound])),
            Stored::NoImage(_) if self.is_pinned() => Some(confidence(&[DigestGone])),
            Stored::NoImage(_) => Some(confidence(&[TagNotFound])),
            Stored::There(_) => None,
        }
    }

    /// Whether ECS fixed the tag to a digest: the reference has both, or the task names a tag only.
    pub(super) fn is_pinned(&self) -> bool {
        let Some(named) = self.image() else { return false };
        let Some(digest) = named.digest() else { return false };
        let own = self.statement.container.as_deref().and_then(|name| {
            let task = self.subject.task.as_ref()?;
            let container = task.containers().into_iter().find(|container| container.name() == Some(name))?;
            Some(ImageReference::from(container.image()?))
        });
        !digest.is_empty() && (named.tag().is_some() || own.is_some_and(|own| own.digest().is_none()))
    }

    pub(super) fn of_status(&self) -> Option<Readings> {
        Some(match self.message.http_status()? {
            401 => self.login_lacks(sure(&[AuthMissing])),
            403 if self.is_ecr_forbidden() && self.is_pinned() => perhaps(&[DigestGone]),
            403 if self.is_ecr_forbidden() => NONE,
            403 => self.login_lacks(perhaps(&[AuthMissing, AuthRejected])),
            500.. => sure(&[ServerError]),
            _ => return None,
        })
    }

    pub(super) fn is_ecr_forbidden(&self) -> bool {
        self.message.http_status() == Some(403) && self.endpoint() == Some(EndpointKind::EcrDkr)
    }
}

/// Whether the same task definition, or another revision of it, takes an image from Amazon ECR; the image without a
/// registry is then a slip.
fn has_ecr_twin(subject: &Subject<'_>, image: &ImageReference) -> bool {
    let shown = subject.task.iter().flat_map(|task| task.containers());
    let shown = shown.filter_map(|container| container.image());
    let defined = subject.evidence.all::<TaskDefinition<'_>>();
    let defined = defined.flat_map(|definition| definition.container_definitions());
    let defined = defined.filter_map(|container| container.image());
    shown
        .chain(defined)
        .map(ImageReference::from)
        .any(|other| other.ecr().is_some() && other.as_str() != image.as_str())
}
