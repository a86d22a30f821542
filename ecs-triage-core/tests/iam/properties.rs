//! What may never happen, whatever the policies are: knowing less must not turn one certain answer into the other.

use ecs_triage_core::iam::{
    Context, Decision, Denial, KeyState, Layer, Levels, Policies, Policy, PolicyDocument, Request, Resource,
    evaluate,
};
use serde_json::{Value, json};

use crate::{ACCOUNT, ROLE, role};

const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3";
const KEYS: [(&str, &str); 4] = [
    ("aws:SourceAccount", ACCOUNT),
    ("aws:PrincipalTag/team", "web"),
    ("aws:RequestedRegion", "eu-west-1"),
    ("aws:SourceArn", "arn:aws:ecs:eu-west-1:111122223333:task/prod/0a1b"),
];

/// Pseudo-random choices that are the same in every run.
struct Choices(u64);

impl Choices {
    fn below(&mut self, bound: usize) -> usize {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % bound
    }

    fn of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }

    fn condition(&mut self) -> Value {
        let operator = self.of(&[
            "StringEquals",
            "StringNotLike",
            "StringLikeIfExists",
            "ForAllValues:StringEquals",
            "ForAnyValue:StringLike",
            "ArnLike",
            "ArnNotEquals",
            "Null",
        ]);
        let key = KEYS[self.below(KEYS.len())].0;
        let value = self.of(&[
            ACCOUNT,
            "web",
            "eu-*",
            "true",
            "${aws:PrincipalTag/team}",
            "${aws:SourceAccount, '111122223333'}",
            "arn:aws:ecs:*:111122223333:task/*",
            "arn:aws:ecs:*",
        ]);
        json!({ operator: { key: value } })
    }

    fn policy(&mut self, principal: bool) -> Policy {
        let statements: Vec<_> = (0..1 + self.below(3))
            .map(|_| {
                let resource = self.of(&[
                    "*",
                    SECRET,
                    "arn:aws:secretsmanager:*:*:secret:db-??????",
                    "arn:aws:secretsmanager:*:secret:db-a1b2c3",
                    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:${aws:PrincipalTag/team}*",
                    "arn:aws:s3:::bucket",
                ]);
                let mut statement = json!({
                    "Effect": self.of(&["Allow", "Allow", "Deny"]),
                    self.of(&["Action", "Action", "NotAction"]): self.of(&["*", "secretsmanager:Get*", "s3:*"]),
                    self.of(&["Resource", "Resource", "NotResource"]): resource,
                });
                if principal {
                    statement["Principal"] = json!({"AWS": self.of(&["*", ROLE, ACCOUNT, "444455556666"])});
                }
                if self.below(2) == 0 {
                    statement["Condition"] = self.condition();
                }
                statement
            })
            .collect();
        let document = json!({"Version": "2012-10-17", "Statement": statements});
        Policy::new("policy", PolicyDocument::parse(&document).expect("a policy document"))
    }

    fn layer(&mut self, principal: bool) -> Layer {
        match self.below(3) {
            0 => Layer::NotInForce,
            _ => Layer::Supplied(vec![self.policy(principal)]),
        }
    }

    fn policies(&mut self) -> Policies {
        Policies {
            identity: Layer::Supplied(vec![self.policy(false), self.policy(false)]),
            boundary: self.layer(false),
            session: self.layer(false),
            resource: self.layer(true),
            service_control: Levels(vec![self.layer(false)]),
            resource_control: Levels(Vec::new()),
            vpc_endpoint: self.layer(true),
        }
    }
}

fn decide(policies: &Policies, resource: Resource, context: Context) -> Decision {
    evaluate(&Request::new(role(), "secretsmanager:GetSecretValue", resource, context), policies).decision
}

/// Knowing less may only lose the answer, or tell one kind of denial from the other no longer.
fn assert_weaker(less: Decision, more: Decision, what: &str) {
    let same =
        less == more || matches!((less, more), (Decision::Denied(Denial::Implicit), Decision::Denied(_)));
    assert!(same || less == Decision::Unknown, "{what}: {more:?} became {less:?}");
}

#[test]
fn knowing_less_never_turns_an_answer() {
    let mut decided = 0;
    for seed in 1..=1000 {
        let mut choices = Choices(seed);
        let policies = choices.policies();
        let known: Vec<_> = KEYS.iter().map(|(key, value)| (*key, *value, choices.below(4))).collect();
        let context = |hidden: Option<usize>| {
            known.iter().enumerate().fold(Context::closed(), |context, (at, (key, value, state))| match state
            {
                _ if hidden == Some(at) => context.set(key, KeyState::Unknown),
                0 => context,
                _ => context.set(key, KeyState::value(*value)),
            })
        };
        let all = decide(&policies, Resource::arn(SECRET), context(None));
        decided += usize::from(all != Decision::Unknown);
        for (at, (key, ..)) in known.iter().enumerate() {
            let less = decide(&policies, Resource::arn(SECRET), context(Some(at)));
            assert_weaker(less, all, &format!("seed {seed}, without {key}"));
        }
        for resource in [
            Resource::starting_with("arn:aws:secretsmanager:eu-west-1:111122223333:secret:db"),
            Resource::starting_with("arn:aws:secretsmanager:"),
            Resource::secret_without_suffix("arn:aws:secretsmanager:eu-west-1:111122223333:secret:db"),
        ] {
            let less = decide(&policies, resource.in_account(ACCOUNT), context(None));
            assert_weaker(less, all, &format!("seed {seed}, with a part of the resource"));
        }
        let hidden = || Layer::NotSupplied;
        for (layer, less) in [
            ("identity", Policies { identity: hidden(), ..policies.clone() }),
            ("boundary", Policies { boundary: hidden(), ..policies.clone() }),
            ("session", Policies { session: hidden(), ..policies.clone() }),
            ("resource", Policies { resource: hidden(), ..policies.clone() }),
            ("service control", Policies { service_control: Levels(vec![hidden()]), ..policies.clone() }),
            ("endpoint", Policies { vpc_endpoint: hidden(), ..policies.clone() }),
        ] {
            let less = decide(&less, Resource::arn(SECRET), context(None));
            assert_weaker(less, all, &format!("seed {seed}, without the {layer} policies"));
        }
    }
    assert!(decided > 600, "only {decided} cases were decided at all");
}

#[test]
fn no_document_panics_or_is_decided_by_what_cannot_be_read() {
    let odd = [
        json!(null),
        json!(true),
        json!(-1.5),
        json!(""),
        json!("*"),
        json!("${"),
        json!("é:${aws:username"),
        json!([]),
        json!([[]]),
        json!({}),
        json!({"AWS": [null]}),
        json!({"StringEquals": {"": [{}]}}),
        json!({"ForAnyValue:": {"a": "b"}}),
        json!({"IpAddress": {"aws:SourceIp": ["1.2.3.4/99", "::/200", "x/y", "1.2.3.4/-1"]}}),
        json!({"DateEquals": {"aws:CurrentTime": ["2026", "2026-13", "99999999999999999999", "2026-11-22T"]}}),
        json!({"NumericEquals": {"a": ["1e999", "NaN", ""]}}),
    ];
    let fine = json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"});
    let context = || {
        Context::new()
            .set("aws:SourceIp", KeyState::value("1.2.3.4"))
            .set("aws:CurrentTime", KeyState::value("2026-11-22T08:00:00Z"))
            .set("a", KeyState::value("1"))
    };
    for value in &odd {
        for key in ["Version", "Id", "Statement"] {
            let mut document = json!({"Statement": [fine]});
            document[key] = value.clone();
            let _ = PolicyDocument::parse(&document);
        }
        for key in
            ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "Condition"]
        {
            let mut statement = fine.clone();
            statement[key] = value.clone();
            let document = PolicyDocument::parse(&json!({"Statement": statement})).expect("an object");
            let resource = Layer::Supplied(vec![Policy::new("policy", document)]);
            let policies = Policies { resource, boundary: Layer::NotInForce, ..Policies::default() };
            let _ = decide(&policies, Resource::arn(SECRET), context());
        }
    }
}
