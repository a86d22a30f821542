//! What changed between the revision that fails and an earlier one of the same family.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Subject;
use crate::evidence::ecs::{ContainerDefinition, TaskDefinition};
use crate::evidence::{Citation, Node};

/// A member of a task definition that another revision has otherwise.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The container; absent for a member of the task definition itself.
    pub container: Option<String>,
    /// The member: `image`, `healthCheck/startPeriod`, `environment/NAME`.
    pub member: String,
    /// The revision that has it otherwise.
    pub earlier: i64,
    /// The member there; absent when that revision lacks it. Of an environment variable the name alone.
    pub before: Option<Citation>,
    /// The member now; absent when it is gone.
    pub after: Option<Citation>,
}

impl Changed {
    /// The change as a clause: `its image is another than in revision 6`.
    pub fn words(&self, now: Option<i64>) -> String {
        let (earlier, member) = (self.earlier, self.member.as_str());
        let now = now.map_or_else(|| "this one".to_owned(), |number| format!("revision {number}"));
        let value = |citation: &Option<Citation>| {
            let value = citation.as_ref().map(|citation| &citation.value)?;
            (value.is_number() || value.is_boolean()).then(|| value.to_string())
        };
        let name = member.rsplit('/').next().unwrap_or(member);
        match (value(&self.before), value(&self.after)) {
            (Some(before), Some(after)) => {
                format!("revision {earlier} had `{name}` {before}, {now} has {after}")
            }
            (Some(before), None) if self.after.is_none() => {
                format!("revision {earlier} had `{name}` {before}, {now} has none")
            }
            _ if self.after.is_none() => format!("revision {earlier} has `{name}`, {now} does not"),
            _ if self.before.is_none() => format!("{now} has `{name}`, revision {earlier} does not"),
            _ => format!("its `{name}` is another than in revision {earlier}"),
        }
    }
}

/// Members of a container that are lists of things with names.
const NAMED: [&str; 2] = ["environment", "secrets"];
/// Members of a container that are compared member by member.
const NESTED: [&str; 1] = ["healthCheck"];
/// Members of the task definition that differ between any two revisions, or are compared by container.
const NOT_COMPARED: [&str; 8] = [
    "containerDefinitions",
    "deregisteredAt",
    "registeredAt",
    "registeredBy",
    "requiresAttributes",
    "revision",
    "status",
    "taskDefinitionArn",
];

impl<'e> Subject<'e> {
    /// What this subject's revision has otherwise than the newest earlier one in the evidence.
    pub fn changes(&self) -> Vec<Changed> {
        let Some(now) = &self.definition else { return Vec::new() };
        let Some(before) = self.earlier_revision() else { return Vec::new() };
        let earlier = before.revision().unwrap_or_default();
        let mut found = Vec::new();
        let mut add =
            |container: Option<&str>, member: String, before: Option<Node<'_>>, after: Option<Node<'_>>| {
                let has =
                    |node: &Option<Node<'_>>| node.as_ref().map(|node| node.value().clone()).filter(is_set);
                if has(&before) != has(&after) {
                    found.push(Changed {
                        container: container.map(str::to_owned),
                        member,
                        earlier,
                        before: before.as_ref().map(cited),
                        after: after.as_ref().map(cited),
                    });
                }
            };
        for key in keys(before.node(), now.node()) {
            if !NOT_COMPARED.contains(&key.as_str()) {
                add(None, key.clone(), before.node().get(&key), now.node().get(&key));
            }
        }
        let others = before.container_definitions();
        for container in now.container_definitions() {
            let name = container.name();
            let Some(other) = others.iter().find(|other| other.name() == name) else { continue };
            compare(other, &container, |member, before, after| add(name, member, before, after));
        }
        found
    }

    /// A member of a container that changed.
    pub fn changed(&self, container: Option<&str>, member: &str) -> Option<Changed> {
        self.changes()
            .into_iter()
            .find(|changed| changed.container.as_deref() == container && changed.member == member)
    }

    /// The newest earlier revision of the same family in the evidence.
    pub fn earlier_revision(&self) -> Option<TaskDefinition<'e>> {
        let now = self.definition.as_ref()?;
        let (family, revision) = (now.family()?, now.revision()?);
        let others = self.evidence.all::<TaskDefinition<'e>>();
        let earlier = others.filter(|other| {
            other.family() == Some(family) && other.revision().is_some_and(|other| other < revision)
        });
        earlier.max_by_key(TaskDefinition::revision)
    }

    /// A revision to compare a service's with that is not at hand: that of another deployment, else the one before.
    pub fn missing_revision(&self) -> Option<String> {
        let own = self.facts().text("taskDefinition")?;
        if self.earlier_revision().is_some() || self.facts().text("service").is_none() {
            return None;
        }
        let (family, revision) = own.split_once(':')?;
        let deployments = self.service.as_ref().map(|service| service.deployments()).unwrap_or_default();
        let names = deployments.iter().filter_map(|deployment| deployment.task_definition());
        let names = names.filter_map(|arn| arn.rsplit('/').next());
        let mut others = names.filter(|name| *name != own && name.split(':').next() == Some(family));
        let before = || revision.parse::<u64>().ok()?.checked_sub(1).filter(|before| *before > 0);
        others.next().map(str::to_owned).or_else(|| Some(format!("{family}:{}", before()?)))
    }
}

/// Calls `add` for each member of a container: lists of named things by name, nested objects by member.
fn compare<'e>(
    before: &ContainerDefinition<'e>,
    after: &ContainerDefinition<'e>,
    mut add: impl FnMut(String, Option<Node<'e>>, Option<Node<'e>>),
) {
    for key in keys(before.node(), after.node()) {
        let (old, new) = (before.node().get(&key), after.node().get(&key));
        if NAMED.contains(&key.as_str()) {
            for name in names(old.as_ref()).union(&names(new.as_ref())) {
                add(format!("{key}/{name}"), named(old.as_ref(), name), named(new.as_ref(), name));
            }
        } else if NESTED.contains(&key.as_str()) {
            let inner = |node: &Option<Node<'e>>, key: &str| node.as_ref().and_then(|node| node.get(key));
            let both = old.iter().chain(new.iter()).filter_map(|node| node.value().as_object());
            let members: BTreeSet<&String> = both.flat_map(|members| members.keys()).collect();
            for member in members {
                add(format!("{key}/{member}"), inner(&old, member), inner(&new, member));
            }
        } else {
            add(key, old, new);
        }
    }
}

fn keys(one: &Node<'_>, other: &Node<'_>) -> BTreeSet<String> {
    let both = [one, other].into_iter().filter_map(|node| node.value().as_object());
    both.flat_map(|members| members.keys().cloned()).collect()
}

fn names(list: Option<&Node<'_>>) -> BTreeSet<String> {
    let elements = list.map(Node::elements).unwrap_or_default();
    elements.iter().filter_map(|entry| Some(entry.get("name")?.value().as_str()?.to_owned())).collect()
}

fn named<'e>(list: Option<&Node<'e>>, name: &str) -> Option<Node<'e>> {
    let is_it =
        |entry: &Node<'e>| entry.get("name").is_some_and(|found| found.value().as_str() == Some(name));
    list?.elements().into_iter().find(is_it)
}

/// The place of a member; of an environment variable its name alone, for its value may be a secret.
fn cited(node: &Node<'_>) -> Citation {
    match node.get("value").and_then(|_| node.get("name")) {
        Some(name) => name.citation(),
        None => node.citation(),
    }
}

/// An empty list is as good as none.
fn is_set(value: &Value) -> bool {
    !value.is_null() && value.as_array().is_none_or(|values| !values.is_empty())
}
