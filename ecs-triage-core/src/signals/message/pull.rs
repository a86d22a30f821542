//! Pulls: whether a message is about one, and of which image.

use super::error::ErrorName;
use super::text::Text;
use crate::image::ImageReference;

const PULL_TEXTS: &[&str] = &[
    "manifest has been retried",
    "ref pull has been retried",
    "inspect image has been retried",
    "image manifest does not contain descriptor",
    "failed to pull image",
    "failed to pull and unpack image",
    "failed to resolve ref",
    "failed to register layer",
    "failed to extract layer",
    "httpreadseeker",
    "httpreaderseeker",
    "pull access denied",
    "pull command failed",
    "pull rate limit",
    "toomanyrequests",
    "can't pull the image",
    "cannot pull '",
    "unable to pull customer's container image",
    "could not transition to pull",
    "could not transition to manifest_pulled",
    "while pulling image",
    "error pulling image",
    "/manifests/",
    // What Docker asks for by HTTP is a registry's, where its own words stand alone.
    "error response from daemon: get ",
    "error response from daemon: head ",
    "api error (500): get http",
];

/// All that is left of a pull that was given up, in the agent's words.
const GIVEN_UP: &str = "context canceled";

/// A name that begins with `CannotPull`, a text that only pulls have, or a pull's whole reason.
pub(super) fn is_pull(text: &Text, names: &[ErrorName]) -> bool {
    names.iter().any(|name| name.as_str().starts_with("CannotPull"))
        || text.says_any(PULL_TEXTS)
        || text.folded.trim_end_matches('.') == GIVEN_UP
}

/// Words in front of a reference, whether the reference may be the last word of a whole message, and words one of
/// which must follow (none: anything may).
const MARKS: &[(&str, bool, &[&str])] = &[
    ("failed to resolve ref ", false, &[]),
    ("failed to resolve reference ", false, &[]),
    ("failed to pull and unpack image ", false, &[]),
    ("cannot pull '", false, &[]),
    ("pull access denied for ", false, &[]),
    ("manifest for ", false, &["not found"]),
    ("repository ", false, &["not found"]),
    ("canonical reference with image ", false, &[]),
    ("failed to tag image ", false, &[]),
    ("repo digest matching ", false, &[]),
    ("parse image reference ", false, &[]),
    ("redacted ecr url related to ", true, &[]),
    ("no such image: ", true, &[]),
    ("failed to pull image ", false, &[]),
];

/// The image that the message names, or whose manifest it asked a registry for.
pub(super) fn image(text: &Text) -> Option<ImageReference> {
    if let Some(named) = in_repository_of_ecr(text) {
        return named;
    }
    MARKS.iter().find_map(|mark| marked(text, mark)).or_else(|| in_manifest_url(text))
}

/// `The task cannot pull 'IMAGE' from the Amazon ECR repository 'URI'`, where IMAGE may be a name and tag without its
/// registry: the image of that repository, or none where the two give no whole reference.
fn in_repository_of_ecr(text: &Text) -> Option<Option<ImageReference>> {
    let quoted = |mark: &str| {
        let token = text.token(text.after(mark, 0)?, &['\'']);
        token.closed.then_some(token.text)
    };
    let named = ImageReference::from(quoted("cannot pull '")?);
    let from = text.after("from the amazon ecr repository ", 0)?;
    if named.ecr().is_some() {
        return None;
    }
    let token = text.token(from, &['.', ' ']);
    let uri = quoted("from the amazon ecr repository '").map(ImageReference::from);
    let whole = uri.filter(|uri| uri.ecr().is_some() && token.closed).map(|uri| {
        let part =
            |mark: char, part: Option<&str>| part.map(|part| format!("{mark}{part}")).unwrap_or_default();
        let is_bare = uri.tag().is_none() && uri.digest().is_none();
        let (tag, digest) =
            if is_bare { (part(':', named.tag()), part('@', named.digest())) } else { Default::default() };
        ImageReference::from(format!("{}{tag}{digest}", uri.as_str()))
    });
    Some(whole)
}

fn marked(text: &Text, (mark, may_end, follow): &(&str, bool, &[&str])) -> Option<ImageReference> {
    const QUOTES: [char; 4] = ['"', '\'', '`', '\\'];
    text.places(mark).find_map(|at| {
        let rest = &text.text[at + mark.len()..];
        let from = text.text.len() - rest.trim_start_matches(QUOTES).len();
        let token = text.token(from, &['"', '\'', '`', '\\', ',', ';', ')']);
        let whole = token.closed || *may_end && !text.cut;
        let rest = text.folded[token.end..].trim_start();
        let followed = follow.is_empty() || follow.iter().any(|words| rest.starts_with(words));
        let reference = token.text.strip_suffix(':').unwrap_or(token.text);
        let reference = reference.strip_suffix('.').unwrap_or(reference);
        (whole && followed && is_reference(reference)).then(|| ImageReference::from(reference))
    })
}

/// The words that may follow a mark in a sentence are no references.
fn is_reference(word: &str) -> bool {
    !matches!(word, "" | "with" | "name" | "does" | "image" | "not" | "the" | "is" | "in")
        && !word.contains("://")
        // An ellipsis is what somebody left out.
        && word.starts_with(|c: char| c.is_ascii_alphanumeric() || "<$*{".contains(c))
}

/// `https://HOST/v2/REPOSITORY/manifests/REFERENCE`. A blob's URL names a layer, so it gives no tag or digest.
fn in_manifest_url(text: &Text) -> Option<ImageReference> {
    const MANIFESTS: &str = "/manifests/";
    const V2: &str = "/v2/";
    let manifest = text.find(MANIFESTS);
    let end = manifest.or_else(|| text.find("/blobs/"))?;
    let v2 = text.folded[..end].rfind(V2)?;
    let authority = &text.text[text.folded[..v2].rfind("://")? + "://".len()..v2];
    let repository = text.text.get(v2 + V2.len()..end)?;
    if [authority, repository].iter().any(|part| part.is_empty() || part.contains([' ', '"', '\'', '@', '?']))
    {
        return None;
    }
    let host = if authority == "registry-1.docker.io" { "docker.io" } else { authority };
    if manifest.is_none() {
        return Some(ImageReference::from(format!("{host}/{repository}")));
    }
    let token = text.token(end + MANIFESTS.len(), &['"', '\'', '\\', '?', '<', '>', ')']);
    let reference = token.text.trim_end_matches(':');
    let joint = if reference.contains(':') { '@' } else { ':' };
    (token.closed && !reference.is_empty())
        .then(|| ImageReference::from(format!("{host}/{repository}{joint}{reference}")))
}

/// `OS/ARCHITECTURE` behind the words of containerd and Docker, unless it is cut.
pub(super) fn platform(text: &Text) -> Option<&str> {
    let from =
        ["matching platform ", "no matching manifest for "].iter().find_map(|mark| text.after(mark, 0))?;
    let quoted = text.text[from..].starts_with(['\'', '"']);
    let token = text.token(from + usize::from(quoted), &['\'', '"', ',', ';']);
    let shaped = token.text.contains('/')
        && token.text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'-' | b'_'));
    (shaped && (token.closed || !quoted && !text.cut)).then_some(token.text)
}
