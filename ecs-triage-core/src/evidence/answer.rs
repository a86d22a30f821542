//! Answers as a whole: what was asked, and what came back.

use super::calls::Call;
use super::text::ApiError;
use super::{Evidence, Node, Read, Request, View};

/// An answer as the evidence keeps it.
#[derive(Debug, Clone)]
pub(super) struct AnswerRecord {
    pub(super) call: Option<&'static Call>,
    pub(super) document: usize,
    pub(super) pointer: String,
    pub(super) request: Option<usize>,
}

/// The answer to one call: objects, none at all, or an error.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'e> {
    evidence: &'e Evidence,
    index: usize,
}

impl<'e> Answer<'e> {
    pub(super) fn new(evidence: &'e Evidence, index: usize) -> Self {
        Self { evidence, index }
    }

    fn record(&self) -> &'e AnswerRecord {
        &self.evidence.answers[self.index]
    }

    /// Service as botocore names it: `iam`.
    pub fn service(&self) -> &'e str {
        match (self.record().call, self.request()) {
            (Some(call), _) => call.service,
            (None, request) => request.map_or("", |request| &request.service),
        }
    }

    /// Operation: `ListRolePolicies`.
    pub fn operation(&self) -> &'e str {
        match (self.record().call, self.request()) {
            (Some(call), _) => call.operation,
            (None, request) => request.map_or("", |request| &request.operation),
        }
    }

    /// What was asked, when that is known.
    pub fn request(&self) -> Option<&'e Request> {
        let record = self.record();
        self.evidence.documents[record.document].requests().get(record.request?)
    }

    /// The place of the answer.
    pub fn node(&self) -> Node<'e> {
        self.evidence.node_at(self.record().document, &self.record().pointer)
    }

    /// The error that the call ended in.
    pub fn error(&self) -> Option<ApiError<'e>> {
        self.all().next()
    }

    /// The objects of one kind in the answer.
    pub fn all<V: View<'e>>(&self) -> impl Iterator<Item = V> + use<'e, V> {
        let (evidence, index) = (self.evidence, self.index);
        let items = evidence.items_of(V::KIND).filter(move |item| item.answer == Some(index));
        items.filter_map(move |item| V::read(&evidence.node(item)))
    }

    /// Whether only a part of the answer is at hand: it says that there is more, or it lacks the list that AWS always
    /// sends. Of a list that was cut out it is not known that it is empty.
    pub fn is_cut(&self) -> bool {
        let node = self.node();
        let more = node.get("IsTruncated").and_then(|cut| bool::read(&cut)).unwrap_or(false);
        let lacks_its_list = || {
            let call = self.record().call.filter(|_| self.error().is_none());
            call.is_some_and(|call| call.is_without_its_list(node.value()))
        };
        more || node.get_any(&["nextToken", "NextMarker"]).is_some() || lacks_its_list()
    }

    /// Whether a later page was asked for, so that what precedes it is missing here.
    pub(super) fn is_later_page(&self) -> bool {
        let marker = |request: &Request| {
            ["Marker", "nextToken", "NextToken"].iter().any(|key| request.param(key).is_some())
        };
        self.request().is_some_and(marker)
    }

    /// What a file's name says after the command: `task` of `list-role-policies-task.json`.
    pub(super) fn label(&self) -> Option<String> {
        let (call, rest) = super::calls::split_name(self.node().document().name())?;
        (Some(call.command) == self.record().call.map(|call| call.command) && !rest.is_empty())
            .then_some(rest)
    }
}
