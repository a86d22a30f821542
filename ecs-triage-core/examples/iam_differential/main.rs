//! Answers the cases that it reads, so that `run.sh` can compare the answers with those of another evaluator.
#![expect(clippy::disallowed_methods, reason = "unlike the engine it reads and writes")]

use std::io::{self, BufRead, Write};

use ecs_triage_core::iam::{
    Context, Decision, Denial, KeyState, Layer, Levels, Policies, Policy, PolicyDocument, Principal, Request,
    Resource, evaluate,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Case {
    id: u64,
    request: CaseRequest,
    policies: CasePolicies,
}

#[derive(Deserialize)]
struct CaseRequest {
    principal: String,
    account: String,
    action: String,
    resource: String,
    context: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
struct CasePolicies {
    identity: Vec<Value>,
    boundary: Option<Value>,
    session: Option<Value>,
    resource: Option<Value>,
    scp: Vec<Vec<Value>>,
    rcp: Vec<Vec<Value>>,
    vpce: Vec<Value>,
}

fn main() {
    let mut answers = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let case: Case = serde_json::from_str(&line.expect("readable cases")).expect("a case");
        let answer = match evaluate(&case.request.read(), &case.policies.read()).decision {
            Decision::Allowed => "Allowed",
            Decision::Denied(Denial::Explicit) => "ExplicitlyDenied",
            Decision::Denied(Denial::Implicit) => "ImplicitlyDenied",
            Decision::Unknown => "Unknown",
        };
        writeln!(answers, "{}", json!({ "id": case.id, "answer": answer })).expect("room to write");
    }
}

impl CaseRequest {
    fn read(&self) -> Request {
        let principal = match self.principal.strip_prefix("arn:aws:sts::") {
            Some(session) => {
                let (account, name) = session.split_once(":assumed-role/").expect("an assumed role");
                let (role, session) = name.split_once('/').expect("a session name");
                principal(&format!("arn:aws:iam::{account}:role/{role}")).session(session)
            }
            None if self.principal.starts_with("arn:") => principal(&self.principal),
            None => Principal::service(&self.principal),
        };
        let resource = Resource::arn(&self.resource).in_account(&self.account);
        let text = |value: &Value| value.as_str().expect("a string").to_owned();
        let context = self.context.iter().fold(Context::closed(), |context, (key, value)| {
            let values =
                value.as_array().map_or_else(|| vec![text(value)], |list| list.iter().map(text).collect());
            context.set(key, KeyState::Values(values))
        });
        Request::new(principal, &self.action, resource, context)
    }
}

impl CasePolicies {
    fn read(&self) -> Policies {
        let one =
            |policy: &Option<Value>| policy.as_ref().map_or(Layer::NotInForce, |policy| layer([policy]));
        let levels = |list: &[Vec<Value>]| Levels(list.iter().map(layer).collect());
        Policies {
            identity: layer(&self.identity),
            boundary: one(&self.boundary),
            session: one(&self.session),
            resource: one(&self.resource),
            service_control: levels(&self.scp),
            resource_control: levels(&self.rcp),
            vpc_endpoint: if self.vpce.is_empty() { Layer::NotInForce } else { layer(&self.vpce) },
        }
    }
}

fn principal(arn: &str) -> Principal {
    Principal::from_arn(arn).expect("the ARN of a principal")
}

fn layer<'a>(policies: impl IntoIterator<Item = &'a Value>) -> Layer {
    let read = |policy| Policy::new("policy", PolicyDocument::parse(policy).expect("a policy document"));
    Layer::Supplied(policies.into_iter().map(read).collect())
}
