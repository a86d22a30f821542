//! What is read, from whichever form it comes in.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

mod calls;
mod inputs;
mod joins;
mod parts;
mod pasted;
mod pieces;
mod wrappers;

use ecs_triage_core::Evidence;
use serde_json::Value;

/// Evidence of one document without a name.
fn evidence(value: &Value) -> Evidence {
    named("", value)
}

/// Evidence of one document with a name.
fn named(name: &str, value: &Value) -> Evidence {
    let mut evidence = Evidence::new();
    let name = (!name.is_empty()).then_some(name);
    if let Err(error) = evidence.add_value(name, value.clone()) {
        panic!("{error}: {value}");
    }
    evidence
}

/// Problems as `pointer: message`.
fn problems(evidence: &Evidence) -> Vec<String> {
    let problems = evidence.problems().iter();
    problems.map(|problem| format!("{}: {}", problem.pointer, problem.message)).collect()
}

/// The number of objects of a kind.
macro_rules! count {
    ($evidence:expr, $($view:ident)::+) => {
        $evidence.all::<ecs_triage_core::evidence::$($view)::+<'_>>().count()
    };
}
pub(crate) use count;
