//! What the tools take, and how it becomes evidence.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ecs_triage_core::Evidence;
use ecs_triage_core::redact::redacted;
use ecs_triage_core::verify::Before;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::ToolError;
use crate::cli::{files_of, time};

/// No call reads more than this from files, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// Answers of AWS, in any of the forms in which they travel.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Given {
    /// One pasted text: JSON that the AWS CLI, an SDK or EventBridge printed, or an error message as it stands.
    pub(super) text: Option<String>,
    /// Several documents by name, such as `describe-tasks`, `describe-task-definition`, `get-role`: JSON values, or
    /// their text. A name that begins with the AWS CLI command tells what was asked.
    pub(super) documents: BTreeMap<String, Value>,
    /// Saved files or folders on the machine of the server, below the folders that it may read.
    pub(super) paths: Vec<String>,
    /// When the answers were fetched: `now` or RFC 3339. Tells how long a task has been stuck.
    pub(super) observed_at: Option<String>,
}

/// An earlier report and later answers of AWS.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct BeforeAndAfter {
    /// The report of before the change, as `diagnose` gave it, or the answers of AWS from before.
    pub(super) before: Given,
    /// Answers of AWS from after the change: `describe-services`, newer tasks.
    pub(super) after: Given,
}

/// A cause or an advisory.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Code {
    /// Code of a cause or an advisory, such as `app-oom-killed`.
    pub(super) code: String,
}

/// What to look for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Search {
    /// Only what has all these words in its code, title or signs.
    pub(super) search: Option<String>,
}

/// Reads the arguments of a tool.
pub(super) fn arguments<T: DeserializeOwned>(arguments: Value) -> Result<T, ToolError> {
    serde_json::from_value(arguments).map_err(|error| {
        // What was found instead is the user's text and could be a secret; what was expected is ours.
        let text = error.to_string();
        let fault = match text.find("missing field").or_else(|| text.find("expected")) {
            Some(at) => &text[at..],
            None => "they do not fit its schema",
        };
        ToolError(format!("the arguments cannot be used: {fault}; `tools/list` has the schema"))
    })
}

/// The folders below which files may be read.
pub(super) struct Roots(Vec<PathBuf>);

impl Roots {
    pub(super) fn new(folders: &[PathBuf]) -> io::Result<Self> {
        let resolve = |folder: &PathBuf| {
            fs::canonicalize(folder)
                .map_err(|error| io::Error::new(error.kind(), format!("`{}`: {error}", folder.display())))
        };
        folders.iter().map(resolve).collect::<io::Result<_>>().map(Self)
    }

    /// The path with every link followed, if it is below a root.
    fn resolve(&self, path: &str) -> Result<PathBuf, ToolError> {
        let name = redacted(path);
        if self.0.is_empty() {
            return Err(ToolError(
                "this server reads no files; start it as `ecs-triage mcp --files DIR`, or give the content as \
                 `documents`"
                    .into(),
            ));
        }
        // A relative path is meant from one of the roots.
        let is_below = |path: &Path| self.0.iter().any(|root| path.starts_with(root));
        let mut failure = None;
        for root in &self.0 {
            match fs::canonicalize(root.join(path)) {
                Ok(found) if is_below(&found) => return Ok(found),
                Ok(_) => failure = None,
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        let roots: Vec<_> = self.0.iter().map(|root| format!("`{}`", root.display())).collect();
        let roots = roots.join(", ");
        Err(ToolError(match failure {
            Some(error) => format!("cannot read `{name}`: {error}; files are looked for below {roots}"),
            None => format!("`{name}` is not below {roots}; give its content as `documents`"),
        }))
    }
}

enum Content {
    Bytes(Vec<u8>),
    Value(Value),
}

/// One document before it is recognised.
struct Source {
    name: Option<String>,
    content: Content,
}

impl Source {
    fn new(name: Option<String>, content: Value) -> Self {
        let content = match content {
            Value::String(text) => Content::Bytes(text.into_bytes()),
            other => Content::Value(other),
        };
        Self { name: name.map(|name| redacted(&name).into_owned()), content }
    }
}

impl Given {
    /// The answers as evidence.
    pub(super) fn evidence(self, roots: &Roots) -> Result<Evidence, ToolError> {
        let observed_at = self.observed_at.as_deref().map(time).transpose();
        let observed_at =
            observed_at.map_err(|expected| ToolError(format!("`observedAt` cannot be used: {expected}")))?;
        let mut evidence = Evidence::new();
        if let Some(at) = observed_at {
            evidence.observed(at);
        }
        for source in self.sources(roots)? {
            // The evidence keeps what cannot be read as a problem.
            let _ = match (source.name.as_deref(), source.content) {
                (Some(name), Content::Bytes(bytes)) => evidence.add_named(name, &bytes),
                (None, Content::Bytes(bytes)) => evidence.add_json(&bytes),
                (name, Content::Value(value)) => evidence.add_value(name, value),
            };
        }
        Ok(evidence)
    }

    /// The earlier report, if that is what was given.
    pub(super) fn report(&self, roots: &Roots) -> Result<Option<Before>, ToolError> {
        let sources = match (&self.text, self.documents.len(), self.paths.len()) {
            (Some(text), 0, 0) => vec![Source::new(None, Value::String(text.clone()))],
            (None, 1, 0) => self.documents.values().map(|value| Source::new(None, value.clone())).collect(),
            (None, 0, 1) => Self { paths: self.paths.clone(), ..Self::default() }.sources(roots)?,
            _ => Vec::new(),
        };
        let [Source { content, .. }] = sources.as_slice() else {
            return Ok(None);
        };
        Ok(match content {
            Content::Bytes(bytes) => Before::parse(bytes),
            Content::Value(value) => Before::parse(value.to_string().as_bytes()),
        }
        .ok())
    }

    fn sources(self, roots: &Roots) -> Result<Vec<Source>, ToolError> {
        let mut sources = Vec::new();
        sources.extend(self.text.map(|text| Source::new(None, Value::String(text))));
        sources.extend(self.documents.into_iter().map(|(name, value)| Source::new(Some(name), value)));
        let mut left = MOST_BYTES;
        for path in &self.paths {
            for file in files(&roots.resolve(path)?)? {
                sources.push(read(&file, roots, &mut left)?);
            }
        }
        if sources.is_empty() {
            return Err(ToolError(
                "there is nothing to look at: give `text`, `documents` or `paths`, for instance what `aws ecs \
                 describe-tasks --cluster CLUSTER --tasks TASK` printed"
                    .into(),
            ));
        }
        Ok(sources)
    }
}

/// The file itself, or the documents of a folder.
fn files(path: &Path) -> Result<Vec<PathBuf>, ToolError> {
    if path.is_dir() {
        files_of(path).map_err(|error| ToolError(error.to_string()))
    } else {
        Ok(vec![path.to_owned()])
    }
}

fn read(file: &Path, roots: &Roots, left: &mut u64) -> Result<Source, ToolError> {
    // A link inside a folder may lead out of it.
    let file = roots.resolve(&file.to_string_lossy())?;
    let unreadable = |error: io::Error| ToolError(format!("cannot read `{}`: {error}", file.display()));
    let size = fs::metadata(&file).map_err(unreadable)?.len();
    *left = left.checked_sub(size).ok_or_else(|| {
        let most = MOST_BYTES >> 20;
        ToolError(format!("the files hold more than {most} MiB; name fewer, or use `ecs-triage fleet`"))
    })?;
    let bytes = fs::read(&file).map_err(unreadable)?;
    let name = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy();
    Ok(Source { name: Some(redacted(&name).into_owned()), content: Content::Bytes(bytes) })
}
