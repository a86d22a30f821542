//! Calls that were made and that told nothing: refused, throttled, without an answer in time.

use super::wants::cli;
use crate::error::Problem;
use crate::evidence::Evidence;
use crate::evidence::text::ApiError;
use crate::redact::redacted;

/// A problem for each recorded call that told nothing.
pub(super) fn unseen(evidence: &Evidence) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (error, request) in evidence.answers::<ApiError<'_>>() {
        let (Some(request), Some(code)) = (request, error.code()) else { continue };
        // A list is asked for to find the subject: without its cluster or service nothing is found.
        let finds_nothing = request.operation.starts_with("List") && code.ends_with("NotFoundException");
        if !request.is_look() || !(error.tells_nothing() || finds_nothing) {
            continue;
        }
        let what = if error.is_refusal() { "was refused" } else { "told nothing" };
        let call = cli(&request.service, &request.operation, &request.params);
        let said: Vec<&str> = error.message().unwrap_or_default().split_whitespace().collect();
        let said = said.join(" ");
        let colon = if said.is_empty() { "" } else { ": " };
        let node = error.node();
        let message = format!("`{}` {what} ({code}){colon}{}", redacted(&call), redacted(&said));
        let pointer = node.document().outer_pointer(node.pointer());
        problems.push(Problem::note(node.document().name(), &pointer, message));
    }
    problems
}
