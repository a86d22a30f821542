//! Changes of a task definition: a new revision with a few members set.

use serde_json::{Map, Value, json};

use super::{Blast, Change, Form, Patch, templates};
use crate::evidence::Node;
use crate::evidence::ecs::TaskDefinition;
use crate::redact::{redact_value, redacted};
use crate::signals::Subject;
use crate::template::{shell_name, shell_quoted};

/// One member of a task definition that gets another value.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Edit {
    /// The container definition; absent for a member of the task definition itself.
    pub container: Option<String>,
    /// The member.
    pub key: &'static str,
    /// Its new value.
    pub value: Value,
}

impl Edit {
    /// A member of a container definition.
    pub fn container(name: impl Into<String>, key: &'static str, value: Value) -> Self {
        Self { container: Some(name.into()), key, value }
    }

    /// A member of the task definition.
    pub fn task(key: &'static str, value: Value) -> Self {
        Self { container: None, key, value }
    }

    /// The new value as it may be shown.
    pub(super) fn shown(&self) -> Value {
        let member = json!({ self.key: self.value });
        redact_value(&member).get(self.key).cloned().unwrap_or_default()
    }
}

/// Members of `DescribeTaskDefinition`'s answer that `RegisterTaskDefinition` does not take.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html>
const READ_ONLY: [&str; 9] = [
    "compatibilities",
    "deleteRequestedAt",
    "deregisteredAt",
    "registeredAt",
    "registeredBy",
    "requiresAttributes",
    "revision",
    "status",
    "taskDefinitionArn",
];

/// Tags stand beside the definition in the answer, and in the request within it; those of AWS cannot be given.
const OWN_TAGS: &str =
    "(.tags // [] | map(select(.key | startswith(\"aws:\") | not))) as $tags | .taskDefinition | ";
/// ECS refuses an empty list.
const WITH_TAGS: &str = "if $tags == [] then . else .tags = $tags end";

impl Change {
    /// A new revision of the subject's task definition. Without the definition at hand only the edits are shown.
    pub(crate) fn task_definition(subject: &Subject<'_>, title: impl Into<String>, edits: &[Edit]) -> Self {
        // In a service the command goes on to put the revision into use.
        let blast = if is_deployed_by_ecs(subject) { Blast::Deployment } else { Blast::NewRevision };
        let mut change = Change::new(title, blast);
        let Some(definition) = subject.definition.as_ref().filter(|definition| is_whole(definition)) else {
            let wanted: Vec<Value> = edits
                .iter()
                .map(|edit| json!({ "container": edit.container, "set": { edit.key: edit.shown() } }))
                .collect();
            return change.form(Form::Patch(Value::Array(wanted)));
        };
        let places: Vec<(Node<'_>, &Edit)> =
            edits.iter().filter_map(|edit| Some((place_of(definition, edit)?, edit))).collect();
        let base = definition.node().pointer();
        let operations: Vec<Value> = places
            .iter()
            .map(|(node, edit)| {
                let path = format!("{}/{}", node.pointer().strip_prefix(base).unwrap_or_default(), edit.key);
                let op = if node.get(edit.key).is_some() { "replace" } else { "add" };
                json!({ "op": op, "path": path, "value": edit.shown() })
            })
            .collect();
        // A command must not write the blank that stands for a secret.
        if edits.iter().all(|edit| edit.shown() == edit.value) {
            change = change.form(Form::Command(command(subject, edits)));
        }
        change = change
            .form(Form::Patch(Value::Array(operations)))
            .form(Form::Document(document(definition, &places)))
            .form(templates::task_definition(edits));
        for (node, edit) in &places {
            change = change.patch(Patch::set(node, edit.key, edit.value.clone()));
        }
        change
    }
}

/// A definition that was cut to a few columns by `--query` cannot be registered again.
fn is_whole(definition: &TaskDefinition<'_>) -> bool {
    definition.family().is_some() && !definition.container_definitions().is_empty()
}

/// Whether ECS puts a revision into use when a service is told so. A deployment controller of another kind has to be told.
fn is_deployed_by_ecs(subject: &Subject<'_>) -> bool {
    let controller = subject.service.as_ref().and_then(|service| service.deployment_controller());
    let kind = controller.as_ref().and_then(|controller| controller.kind()).unwrap_or("ECS");
    kind == "ECS" && subject.facts().text("service").is_some()
}

fn place_of<'e>(definition: &TaskDefinition<'e>, edit: &Edit) -> Option<Node<'e>> {
    let Some(name) = edit.container.as_deref() else { return Some(definition.node().clone()) };
    let found =
        definition.container_definitions().into_iter().find(|container| container.name() == Some(name))?;
    Some(found.node().clone())
}

/// Registers the revision that is there with the edits made on the way, so that no value of an environment
/// variable has to be shown.
fn command(subject: &Subject<'_>, edits: &[Edit]) -> String {
    let facts = subject.facts();
    let quoted = |name: &str, otherwise: &'static str| facts.text(name).map_or(otherwise.into(), shell_name);
    let mut filter = OWN_TAGS.to_owned();
    for edit in edits {
        let value = &edit.value;
        let step = match &edit.container {
            Some(name) => {
                format!(
                    "(.containerDefinitions[]|select(.name=={})).{}={value} | ",
                    json!(redacted(name)),
                    edit.key
                )
            }
            None => format!(".{}={value} | ", edit.key),
        };
        filter.push_str(&step);
    }
    let read_only: Vec<String> = READ_ONLY.iter().map(|key| format!(".{key}")).collect();
    filter.push_str(&format!("del({}) | {WITH_TAGS}", read_only.join(",")));
    let region =
        facts.text("region").map(|region| format!(" --region {}", shell_name(region))).unwrap_or_default();
    let mut line = format!(
        "aws ecs describe-task-definition --task-definition {}{region} --include TAGS --output json | jq {} > taskdef.json && \
         aws ecs register-task-definition --cli-input-json file://taskdef.json{region}",
        quoted("taskDefinition", "FAMILY"),
        shell_quoted(&filter),
    );
    if is_deployed_by_ecs(subject) {
        line.push_str(&format!(
            " && aws ecs update-service --cluster {} --service {} --task-definition {}{region}",
            quoted("cluster", "CLUSTER"),
            quoted("service", "SERVICE"),
            quoted("family", "FAMILY"),
        ));
    }
    line
}

/// The input of `RegisterTaskDefinition`. Values of environment variables are masked: nothing secret is
/// shown, and whoever registers the document by hand puts them back.
fn document(definition: &TaskDefinition<'_>, places: &[(Node<'_>, &Edit)]) -> Value {
    let node = definition.node();
    let mut whole = node.value().clone();
    for (place, edit) in places {
        let relative = place.pointer().strip_prefix(node.pointer()).unwrap_or_default();
        if let Some(Value::Object(members)) = whole.pointer_mut(relative) {
            members.insert(edit.key.to_owned(), edit.value.clone());
        }
    }
    let members: Map<String, Value> = match redact_value(&whole) {
        Value::Object(members) => members
            .into_iter()
            .filter(|(key, value)| !READ_ONLY.contains(&key.as_str()) && !value.is_null())
            .collect(),
        _ => Map::new(),
    };
    Value::Object(members)
}
