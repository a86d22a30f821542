//! Exact changes: what a user types, and what the evidence would look like afterwards.
//!
//! A rule proposes a change. The engine makes it on a copy of the evidence and runs the rules again; only
//! when the diagnosis is gone and nothing worse has come is the change called proven.

mod log_group;
mod network;
mod role;
mod service;
mod target_group;
mod task_definition;
mod templates;

use serde_json::Value;

use crate::evidence::{Evidence, Node, Request};

pub(crate) use role::named_by_content;
pub use task_definition::Edit;

/// A change to something that the engine models.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// What it does, as an instruction.
    pub title: String,
    /// What it touches.
    pub blast: Blast,
    /// The change in the forms in which it can be made.
    pub forms: Vec<Form>,
    /// The change as it would show in the evidence.
    pub(crate) patches: Vec<Patch>,
}

/// A form in which a change can be made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Form {
    /// A command of the AWS CLI.
    Command(String),
    /// A JSON Patch (RFC 6902) of the document. A merge patch would have to repeat whole container
    /// definitions, and with them the values of environment variables.
    Patch(Value),
    /// A whole document, ready for a call.
    Document(Value),
    /// A policy statement or trust policy.
    Policy(Value),
    /// The same in the languages in which accounts are described.
    Templates {
        /// Lines for Terraform's AWS provider.
        terraform: String,
        /// A resource of CloudFormation with the members that change.
        cloud_formation: Value,
    },
}

/// What a change looks like in the evidence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Patch {
    /// Another value at a place of a document.
    Set { document: String, pointer: String, value: Value },
    /// One more element of a list; what stood there still does.
    Push { document: String, pointer: String, value: Value },
    /// One more answer.
    Answer { request: Request, answer: Value },
}

impl Patch {
    /// Another value for the member `key` of a place.
    pub(crate) fn set(node: &Node<'_>, key: &str, value: Value) -> Self {
        let pointer = match node.get(key) {
            Some(member) => member.pointer().to_owned(),
            None => crate::evidence::join(node.pointer(), key),
        };
        Self::Set { document: node.document().name().to_owned(), pointer, value }
    }
}

impl Change {
    pub(crate) fn new(title: impl Into<String>, blast: Blast) -> Self {
        Self { title: title.into(), blast, forms: Vec::new(), patches: Vec::new() }
    }

    /// With one more form.
    #[must_use]
    pub(crate) fn form(mut self, form: Form) -> Self {
        self.forms.push(form);
        self
    }

    /// With one more trace in the evidence.
    #[must_use]
    pub(crate) fn patch(mut self, patch: Patch) -> Self {
        self.patches.push(patch);
        self
    }

    /// Whether the change sets a place of the evidence, or something in or around it.
    pub(crate) fn touches(&self, document: &str, pointer: &str) -> bool {
        self.patches.iter().any(|patch| match patch {
            Patch::Set { document: changed, pointer: at, .. } => {
                changed == document && (pointer.starts_with(at.as_str()) || at.starts_with(pointer))
            }
            Patch::Push { .. } | Patch::Answer { .. } => false,
        })
    }

    /// With one more trace if something holds.
    #[must_use]
    fn patches_if(self, holds: bool, patch: impl FnOnce() -> Patch) -> Self {
        if holds { self.patch(patch()) } else { self }
    }

    /// The evidence as it would be after the change; `None` when the engine does not model the change.
    pub(crate) fn applied(&self, evidence: &Evidence) -> Option<Evidence> {
        if self.patches.is_empty() {
            return None;
        }
        let mut changed = evidence.clone();
        for patch in &self.patches {
            match patch {
                Patch::Set { document, pointer, value } => changed.set(document, pointer, value.clone())?,
                Patch::Push { document, pointer, value } => {
                    changed.set(document, &format!("{pointer}/-"), value.clone())?;
                }
                Patch::Answer { request, answer } => changed.add_answer(request, answer.clone()).ok()?,
            }
        }
        Some(changed)
    }
}

/// What a change touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Blast {
    /// It only reads.
    Nothing,
    /// A new revision of the task definition, which nothing runs yet.
    NewRevision,
    /// A rolling deployment of the service.
    Deployment,
    /// The service, without a deployment.
    Service,
    /// Tasks that are started from then on.
    NextStart,
    /// Everything that uses the role.
    Role,
    /// Everything in the subnet, route table, VPC or behind the security group.
    Network,
    /// Everything that uses the repository, registry, secret, log group, file system or volume.
    Resource,
    /// The container instances and every task on them.
    Instances,
    /// The whole account or Region.
    Account,
    /// The image or the application, outside AWS.
    Source,
}

impl Blast {
    /// Whether the change changes anything in the account.
    pub fn is_mutating(self) -> bool {
        !matches!(self, Blast::Nothing | Blast::Source)
    }

    /// What it touches, in words.
    pub fn words(self) -> &'static str {
        match self {
            Blast::Nothing => "nothing: it only reads",
            Blast::NewRevision => "a new task definition revision only",
            Blast::Deployment => "this service, by a rolling deployment",
            Blast::Service => "this service, without a deployment",
            Blast::NextStart => "tasks that are started from then on",
            Blast::Role => "everything that uses the role",
            Blast::Network => "everything in the same subnet, VPC or security group",
            Blast::Resource => "everything that uses the same resource",
            Blast::Instances => "the container instances and all their tasks",
            Blast::Account => "the whole account in this Region",
            Blast::Source => "your image or code, nothing in the account",
        }
    }
}
