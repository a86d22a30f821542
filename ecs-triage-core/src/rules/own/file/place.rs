//! A path into a task, task definition, service or container instance.

use serde_json::Value;

use super::super::Sighting;
use super::super::error::Fault;
use super::super::texts::shown;
use crate::evidence::Node;
use crate::redact::redacted;
use crate::rules::Confidence;
use crate::signals::Subject;

/// Most steps of a path.
const MOST_STEPS: usize = 12;

/// What a path begins at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Task,
    TaskDefinition,
    Service,
    ContainerInstance,
}

/// A path: a JSON pointer in which `*` stands for every element of a list and `[key=value]` for those elements whose
/// member `key` is `value`.
#[derive(Debug)]
pub(super) struct Place {
    kind: Kind,
    text: String,
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Member(String),
    Each,
    Where { key: String, value: String },
}

/// Members that name a secret or where it is, and never hold it.
const PLACES_OF_SECRETS: &[&str] =
    &["secrets", "secretOptions", "repositoryCredentials", "credentialsParameter", "credentialSpecs"];
/// Parts of names under which secrets are kept.
const SECRET_NAMES: &[&str] = &["pass", "pwd", "secret", "token", "key", "credential", "auth"];

impl Place {
    pub(super) fn parse(kind: Kind, text: &str) -> Result<Self, Fault> {
        let wrong = |expected: &str| Err(Fault::new("field", expected, shown(text)));
        let Some(path) = text.strip_prefix('/') else {
            return wrong("a path that begins with `/`, such as `/containerDefinitions/*/image`");
        };
        let mut steps = Vec::new();
        for part in path.split('/') {
            steps.push(match part {
                "" => return wrong("a path without empty steps"),
                "*" => Step::Each,
                part => match part.strip_prefix('[').and_then(|part| part.strip_suffix(']')) {
                    Some(inside) => match inside.split_once('=') {
                        Some((key, value)) => Step::Where { key: unescaped(key), value: unescaped(value) },
                        None => return wrong("`[key=value]` for some elements of a list"),
                    },
                    None => Step::Member(unescaped(part)),
                },
            });
        }
        if steps.len() > MOST_STEPS {
            return wrong("fewer steps");
        }
        if may_hold_secret(&steps) {
            let expected =
                "a field that holds no secret: values of environment variables and the like are never read";
            return wrong(expected);
        }
        Ok(Self { kind, text: text.to_owned(), steps })
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn words(&self) -> String {
        let of = match self.kind {
            Kind::Task => "the task",
            Kind::TaskDefinition => "the task definition",
            Kind::Service => "the service",
            Kind::ContainerInstance => "the container instance",
        };
        format!("`{}` of {of}", self.text)
    }

    pub(super) fn root<'e>(&self, subject: &Subject<'e>) -> Option<Node<'e>> {
        Some(match self.kind {
            Kind::Task => subject.task.as_ref()?.node().clone(),
            Kind::TaskDefinition => subject.definition.as_ref()?.node().clone(),
            Kind::Service => subject.service.as_ref()?.node().clone(),
            Kind::ContainerInstance => subject.instance.as_ref()?.node().clone(),
        })
    }

    /// Every value that the path leads to, as text, with its place.
    pub(super) fn values(&self, root: &Node<'_>) -> Vec<(Sighting, String)> {
        let mut found = Vec::new();
        walk(Spot::new(root), &self.steps, &mut |reached| {
            if let Ok(spot) = reached
                && let Some(text) = text_of(spot.node.value())
            {
                found.push((spot.seen(spot.node.citation()), redacted(&text).into_owned()));
            }
        });
        found
    }

    /// Every place where the path leads nowhere although what is around it is there.
    pub(super) fn absent(&self, root: &Node<'_>) -> Vec<Sighting> {
        // Of what a `--query` cut out, nothing is known to be missing.
        let containers = root.get("containerDefinitions").map(|list| list.elements()).unwrap_or_default();
        if !containers.iter().any(|container| container.get("image").is_some()) {
            return Vec::new();
        }
        let mut found = Vec::new();
        walk(Spot::new(root), &self.steps, &mut |reached| {
            if let Err(spot) = reached {
                // What surrounds it may hold secrets: its name is proof enough.
                found.push(spot.seen(spot.named.as_ref().unwrap_or(root).citation()));
            }
        });
        found
    }
}

fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// Whether what the path leads to may be a secret.
fn may_hold_secret(steps: &[Step]) -> bool {
    let names: Vec<&str> = steps
        .iter()
        .filter_map(|step| match step {
            Step::Member(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let is_of_environment = names.iter().any(|name| name.eq_ignore_ascii_case("environment"));
    let last_is_name = names.last().is_some_and(|name| name.eq_ignore_ascii_case("name"));
    // `[name=X]` at the end can only be absent, for an object has no text.
    let ends_in_element = !matches!(steps.last(), Some(Step::Member(_)));
    if is_of_environment {
        let is_whole = names.last().is_some_and(|name| name.eq_ignore_ascii_case("environment"));
        return !(last_is_name || ends_in_element || is_whole);
    }
    let is_place = names.iter().any(|name| PLACES_OF_SECRETS.contains(name));
    let looks_secret = names.last().is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        SECRET_NAMES.iter().any(|part| name.contains(part))
    });
    looks_secret && !is_place
}

/// A place with the container that it belongs to.
#[derive(Clone)]
struct Spot<'e> {
    node: Node<'e>,
    container: Option<String>,
    /// The name of the nearest thing around it that has one.
    named: Option<Node<'e>>,
}

impl<'e> Spot<'e> {
    fn new(root: &Node<'e>) -> Self {
        Self { node: root.clone(), container: None, named: root.get("family") }
    }

    /// What lies within, which belongs to the container as long as nothing else is said.
    fn inner(&self, node: Node<'e>, container: Option<String>) -> Self {
        let named = node.get("name").filter(|name| name.value().is_string()).or_else(|| self.named.clone());
        Self { node, container, named }
    }

    fn seen(&self, citation: crate::evidence::Citation) -> Sighting {
        let mut sighting = Sighting::new(citation).confidence(Confidence::Confirmed);
        sighting.container = self.container.clone();
        sighting
    }
}

/// Follows the steps: `Ok` with each place at their end, `Err` with each place at which the next step leads nowhere.
fn walk<'e>(spot: Spot<'e>, steps: &[Step], reached: &mut dyn FnMut(Result<&Spot<'e>, &Spot<'e>>)) {
    let Some((step, rest)) = steps.split_first() else {
        reached(Ok(&spot));
        return;
    };
    match step {
        Step::Member(name) => match spot.node.get(name) {
            Some(node) => walk(spot.inner(node, spot.container.clone()), rest, reached),
            None => reached(Err(&spot)),
        },
        Step::Each | Step::Where { .. } => {
            let is_list = spot.node.value().is_array();
            let elements = if is_list { spot.node.elements() } else { Vec::new() };
            let chosen = elements.into_iter().filter(|element| match step {
                Step::Where { key, value } => element
                    .get(key)
                    .and_then(|found| text_of(found.value()))
                    .is_some_and(|found| found == *value),
                _ => true,
            });
            let mut is_empty = true;
            for node in chosen {
                is_empty = false;
                let container = container_of(&node, &spot);
                walk(spot.inner(node, container), rest, reached);
            }
            // No element at all under `*` is nothing to say something of.
            if is_empty && matches!(step, Step::Where { .. }) {
                reached(Err(&spot));
            }
        }
    }
}

/// Elements of a task's or definition's containers are containers.
fn container_of(element: &Node<'_>, list: &Spot<'_>) -> Option<String> {
    const LISTS: &[&str] = &["containerdefinitions", "containers", "containeroverrides"];
    let list_name = list.node.pointer().rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let name = || element.get("name")?.value().as_str().map(str::to_owned);
    if LISTS.contains(&list_name.as_str()) { name() } else { list.container.clone() }
}

/// A value as text: a list of plain values with blanks between them, nothing for an object.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => {
            let texts: Option<Vec<String>> =
                values.iter().map(|value| if value.is_array() { None } else { text_of(value) }).collect();
            texts.map(|texts| texts.join(" "))
        }
        Value::Null | Value::Object(_) => None,
    }
}
