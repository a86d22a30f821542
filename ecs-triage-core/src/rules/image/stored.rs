//! What Amazon ECR says of an image: whether it is there, since when, and for which platforms.

use serde_json::Value;

use super::super::Pull;
use crate::evidence::ecr::{Image, ImageDetail, ImageFailure, Manifest, PullThroughCacheRule};
use crate::evidence::text::ApiError;
use crate::evidence::{Citation, Evidence, Read, Request};
use crate::image::ImageReference;
use crate::signals::Subject;

/// Whether Amazon ECR has an image, by answers in the evidence.
pub(crate) enum Stored<'e> {
    /// The repository is not in that registry.
    NoRepository(Citation),
    /// The repository has no image of that tag or digest.
    NoImage(Citation),
    /// The image is there.
    There(ImageDetail<'e>),
}

impl<'e> Stored<'e> {
    /// What is known of an image of a private ECR repository; `None` when nothing was asked, or of another registry.
    ///
    /// Between answers that differ the image is taken to be there: it was pushed after it had been missing.
    pub(crate) fn of(subject: &Subject<'e>, pull: &Pull) -> Option<Self> {
        let wanted = Wanted::of(subject, pull)?;
        let there = || wanted.details().last().map(Stored::There);
        let errors = || subject.evidence.answers::<ApiError<'e>>();
        let is_missing = |(error, request): &(ApiError<'e>, Option<&Request>)| {
            error.code() == Some("ImageNotFoundException") && wanted.is_image_of(error, *request)
        };
        let no_image = || errors().find(is_missing).map(|(error, _)| error.cite("Message"));
        let no_repository = || {
            let mut unknown =
                errors().filter(|(error, _)| error.code() == Some("RepositoryNotFoundException"));
            unknown
                .find(|(error, request)| wanted.is_repository_of(error, *request))
                .map(|(error, _)| error.cite("Message"))
        };
        there()
            .or_else(|| no_image().map(Stored::NoImage))
            .or_else(|| wanted.failure().map(Stored::NoImage))
            .or_else(|| wanted.not_listed().map(Stored::NoImage))
            .or_else(|| no_repository().map(Stored::NoRepository))
    }
}

/// The image that answers are searched for.
struct Wanted<'w, 'e> {
    subject: &'w Subject<'e>,
    account: Option<&'w str>,
    repository: &'w str,
    /// A reference without a tag means `latest`.
    tag: &'w str,
    digest: Option<&'w str>,
}

impl<'w, 'e> Wanted<'w, 'e> {
    fn of(subject: &'w Subject<'e>, pull: &'w Pull) -> Option<Self> {
        pull.registry_region.as_ref()?;
        Some(Self {
            subject,
            account: pull.registry_account.as_deref(),
            repository: pull.repository.as_deref()?,
            tag: pull.tag.as_deref().unwrap_or("latest"),
            digest: pull.digest.as_deref(),
        })
    }

    fn evidence(&self) -> &'e Evidence {
        self.subject.evidence
    }

    /// Whether a name and an account are those of the repository; an account that is not said may be it.
    fn is_repository(&self, name: Option<&str>, account: Option<&str>) -> bool {
        let is_account = match (account, self.account) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        name == Some(self.repository) && is_account
    }

    fn is_asked_of(&self, request: &Request) -> bool {
        let account = request.param("registryId");
        let several = request.params.get("repositoryNames").and_then(Value::as_array);
        let named =
            several.into_iter().flatten().filter_map(Value::as_str).chain(request.param("repositoryName"));
        named.into_iter().any(|name| self.is_repository(Some(name), account))
    }

    /// Whether an error is about the repository: by what was asked, else by its words.
    fn is_repository_of(&self, error: &ApiError<'_>, request: Option<&Request>) -> bool {
        match request.filter(|request| request.params.is_object()) {
            Some(request) => self.is_asked_of(request),
            None => error.message().is_some_and(|text| text.contains(&format!("'{}'", self.repository))),
        }
    }

    /// Whether an error is about the image.
    fn is_image_of(&self, error: &ApiError<'_>, request: Option<&Request>) -> bool {
        let names = |key: &str, value: &str| {
            error.message().is_some_and(|text| text.contains(&format!("{key}:'{value}'")))
        };
        let is_named = match self.digest {
            Some(digest) => names("imageDigest", digest),
            None => names("imageTag", self.tag),
        };
        let is_asked = request.and_then(|request| match image_ids(request)? {
            [only] => Some(self.is_id(only)),
            _ => None,
        });
        self.is_repository_of(error, request) && is_asked.unwrap_or(is_named)
    }

    fn is_id(&self, id: &Value) -> bool {
        let is = |key: &str, value: &str| id.get(key).and_then(Value::as_str) == Some(value);
        match self.digest {
            Some(digest) => is("imageDigest", digest),
            None => is("imageTag", self.tag),
        }
    }

    /// The image as `DescribeImages` shows it.
    fn details(&self) -> impl Iterator<Item = ImageDetail<'e>> {
        let found = self.evidence().answers::<ImageDetail<'e>>();
        found.filter(|(detail, request)| self.is_detail(detail, *request)).map(|(detail, _)| detail)
    }

    fn is_detail(&self, detail: &ImageDetail<'_>, request: Option<&Request>) -> bool {
        let request = request.filter(|request| request.params.is_object());
        let is_repository = match (detail.repository_name(), request) {
            (name @ Some(_), _) => self.is_repository(name, detail.registry_id()),
            (None, Some(request)) => self.is_asked_of(request),
            // Cut to size by a query: it can only be about the only image there is.
            (None, None) => self.is_only_image(),
        };
        let tags = detail.image_tags();
        let is_image = match self.digest {
            Some(digest) => detail.image_digest() == Some(digest),
            None if tags.is_empty() => {
                let asked = request.and_then(image_ids).unwrap_or_default();
                detail.repository_name().is_none()
                    && (request.is_none() || matches!(asked, [only] if self.is_id(only)))
            }
            None => tags.contains(&self.tag),
        };
        is_repository && is_image
    }

    /// Whether the subject has no other image in a private ECR repository, and only one answer is open.
    fn is_only_image(&self) -> bool {
        let shown = self.subject.task.iter().flat_map(|task| task.containers());
        let shown = shown.filter_map(|container| container.image());
        let defined = self.subject.definition.iter().flat_map(|found| found.container_definitions());
        let defined = defined.filter_map(|container| container.image());
        let is_other = |text: &str| {
            let image = ImageReference::from(text);
            image.ecr().is_some() && (image.repository() != self.repository || image.tag() != Some(self.tag))
        };
        let open = self.evidence().all::<ImageDetail<'e>>();
        let open = open.filter(|detail| detail.repository_name().is_none()).count();
        !shown.chain(defined).any(is_other) && open <= 1
    }

    /// `BatchGetImage` did not find it.
    fn failure(&self) -> Option<Citation> {
        let is_it = |failure: &ImageFailure<'_>| {
            failure.failure_code() == Some("ImageNotFound")
                && failure.image_id().is_some_and(|id| match self.digest {
                    Some(digest) => id.image_digest() == Some(digest),
                    None => id.image_tag() == Some(self.tag),
                })
        };
        let mut failures = self.evidence().answers::<ImageFailure<'e>>();
        let found = failures.find(|(failure, request)| {
            let asked = request.filter(|request| request.params.is_object());
            is_it(failure) && asked.map_or_else(|| self.is_only_image(), |request| self.is_asked_of(request))
        });
        found.map(|(failure, _)| failure.cite("failureCode"))
    }

    /// A list of all images of the repository, or what was given when it was asked for, without it.
    fn not_listed(&self) -> Option<Citation> {
        let mut lists = self.evidence().answers_of("ecr", "DescribeImages").filter(|answer| {
            let is_whole = answer.request().is_some_and(|request| {
                let has = |key: &str| request.params.get(key).is_some();
                let is_asked = image_ids(request).is_none_or(|ids| ids.iter().any(|id| self.is_id(id)));
                self.is_asked_of(request) && is_asked && !has("filter") && !has("nextToken")
            });
            answer.error().is_none() && !answer.is_cut() && is_whole
        });
        let list = lists.next()?;
        let mut listed = list.all::<ImageDetail<'e>>().peekable();
        // Images without a tag are rare; a list without any tag had the tags cut out.
        let is_shown = |detail: ImageDetail<'_>| match self.digest {
            Some(_) => detail.image_digest().is_some(),
            None => detail.node().get("imageTags").is_some(),
        };
        if listed.peek().is_some() && !listed.any(is_shown) {
            return None;
        }
        let has_it = |detail: ImageDetail<'_>| match self.digest {
            Some(digest) => detail.image_digest() == Some(digest),
            None => detail.image_tags().contains(&self.tag),
        };
        (!list.all::<ImageDetail<'e>>().any(has_it)).then(|| match list.all::<ImageDetail<'e>>().next() {
            // The tags that are there instead.
            Some(first) => first.cite("imageTags"),
            None => list.node().citation(),
        })
    }
}

fn image_ids(request: &Request) -> Option<&[Value]> {
    Some(request.params.get("imageIds")?.as_array()?.as_slice())
}

/// The newest image of the same repository that has a tag and can be pulled: its reference.
pub(super) fn newest<'e>(subject: &Subject<'e>, pull: &Pull) -> Option<(String, Citation)> {
    let (registry, repository) = (pull.registry.as_deref()?, pull.repository.as_deref()?);
    let details = subject.evidence.all::<ImageDetail<'e>>();
    let usable = details.filter(|detail| {
        let is_account =
            detail.registry_id().is_none() || detail.registry_id() == pull.registry_account.as_deref();
        detail.repository_name() == Some(repository) && is_account && !is_archived(detail)
    });
    let newest = usable.filter(|detail| !detail.image_tags().is_empty());
    let newest = newest.max_by_key(ImageDetail::image_pushed_at)?;
    let tag = *newest.image_tags().first()?;
    Some((format!("{registry}/{repository}:{tag}"), newest.cite("imageTags")))
}

/// Whether an image is put away and cannot be pulled until it is restored.
pub(crate) fn is_archived(detail: &ImageDetail<'_>) -> bool {
    matches!(detail.image_status(), Some("ARCHIVED" | "ACTIVATING"))
}

/// The pull-through cache rule that a repository falls under.
pub(crate) fn cache_rule<'e>(subject: &Subject<'e>, pull: &Pull) -> Option<PullThroughCacheRule<'e>> {
    let repository = pull.repository.as_deref()?;
    subject.evidence.all::<PullThroughCacheRule<'e>>().find(|rule| {
        let prefix = rule.ecr_repository_prefix().filter(|prefix| *prefix != "ROOT");
        prefix.and_then(|prefix| repository.strip_prefix(prefix)).is_some_and(|rest| rest.starts_with('/'))
    })
}

/// Whether the pull-through cache rules were asked for, and not all of what came back is at hand.
pub(crate) fn has_cut_cache_rules(subject: &Subject<'_>) -> bool {
    subject.evidence.answers_of("ecr", "DescribePullThroughCacheRules").any(|answer| {
        let has_prefix = |rule: PullThroughCacheRule<'_>| rule.ecr_repository_prefix().is_some();
        answer.error().is_none() && (answer.is_cut() || !answer.all().all(has_prefix))
    })
}

/// The platforms that an image was built for.
pub(crate) struct Platforms {
    /// `linux/amd64`, `linux/arm64/v8`, ….
    pub(crate) names: Vec<String>,
    /// The index that lists them.
    pub(crate) proof: Citation,
}

impl Platforms {
    /// By the index that `BatchGetImage` gave; an image alone does not say what it was built for.
    pub(crate) fn of(subject: &Subject<'_>, pull: &Pull) -> Option<Self> {
        let wanted = Wanted::of(subject, pull)?;
        let is_it = |image: &Image<'_>, request: Option<&Request>| {
            let asked = request.filter(|request| request.params.is_object());
            let is_repository = match image.repository_name() {
                name @ Some(_) => wanted.is_repository(name, image.registry_id()),
                None => asked.is_some_and(|request| wanted.is_asked_of(request)),
            };
            let is_image = image.image_id().is_some_and(|id| match wanted.digest {
                Some(digest) => id.image_digest() == Some(digest),
                None => id.image_tag() == Some(wanted.tag),
            });
            is_repository && is_image
        };
        let images = subject.evidence.answers::<Image<'_>>();
        let image = images.filter(|(image, request)| is_it(image, *request)).last()?.0;
        let node = subject.evidence.decoded(&image.image_manifest()?)?;
        let manifest = Manifest::read(&node)?;
        let platforms = manifest.manifests().into_iter().filter_map(|entry| entry.platform());
        let names: Vec<String> = platforms
            .filter_map(|platform| {
                let (os, architecture) = (platform.os()?, platform.architecture()?);
                // An attestation of the build.
                (architecture != "unknown").then(|| format!("{os}/{architecture}"))
            })
            .collect();
        (!names.is_empty()).then(|| Self { names, proof: manifest.cite("manifests") })
    }

    /// Whether a platform such as `linux/arm64/v8` is among them; its variant is not compared.
    pub(crate) fn has(&self, platform: &str) -> bool {
        let mut parts = platform.split('/');
        let (os, architecture) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        self.names.iter().any(|name| {
            name.split_once('/').is_some_and(|(own, built)| {
                own.eq_ignore_ascii_case(os) && built.eq_ignore_ascii_case(architecture)
            })
        })
    }
}
