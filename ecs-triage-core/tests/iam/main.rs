//! What AWS documents about policies, row by row.

mod properties;
mod role;
mod trust;

use ecs_triage_core::iam::{Decision, Denial, Layer, Policy, PolicyDocument, Principal};
use serde_json::{Value, json};

const ALLOWED: Decision = Decision::Allowed;
const UNKNOWN: Decision = Decision::Unknown;
const IMPLICIT: Decision = Decision::Denied(Denial::Implicit);
const EXPLICIT: Decision = Decision::Denied(Denial::Explicit);

const ACCOUNT: &str = "111122223333";
const ROLE: &str = "arn:aws:iam::111122223333:role/web";

fn document(value: &Value) -> PolicyDocument {
    PolicyDocument::parse(value).expect("a policy document")
}

fn statements(list: Value) -> PolicyDocument {
    document(&json!({ "Version": "2012-10-17", "Statement": list }))
}

fn layer(list: Value) -> Layer {
    Layer::Supplied(vec![Policy::new("policy", statements(list))])
}

fn role() -> Principal {
    Principal::from_arn(ROLE).expect("a role").session("0123456789abcdef")
}
