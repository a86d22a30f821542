//! May ECS assume the role?

use ecs_triage_core::iam::{
    Element, Evaluation, PolicyType, ServiceCaller, Why, ecs_trust_policy, trusts_service,
};
use serde_json::{Value, json};

use crate::{ACCOUNT, ALLOWED, EXPLICIT, IMPLICIT, ROLE, UNKNOWN, document, statements};

fn ecs_tasks() -> ServiceCaller {
    ServiceCaller {
        service: "ecs-tasks.amazonaws.com".into(),
        partition: "aws".into(),
        region: Some("eu-west-1".into()),
        account: Some(ACCOUNT.into()),
    }
}

fn trust(statement: Value) -> Evaluation {
    trusts_service("trust", &statements(statement), &ecs_tasks())
}

fn trust_principal(principal: &Value) -> Evaluation {
    trust(json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}))
}

fn trust_if(condition: &Value) -> Evaluation {
    trust(json!({"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole", "Condition": condition}))
}

#[test]
fn names_the_service_or_not() {
    for (principal, expected) in [
        (json!({"Service": "ecs-tasks.amazonaws.com"}), ALLOWED),
        (json!({"Service": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]}), ALLOWED),
        (json!({"service": "ecs-tasks.amazonaws.com"}), ALLOWED),
        (json!({"Service": "ecs-tasks.*"}), IMPLICIT),
        (json!({"Service": "ecs.amazonaws.com"}), IMPLICIT),
        (json!({"Service": "ec2.amazonaws.com"}), IMPLICIT),
        (json!({"Service": "lambda.amazonaws.com"}), IMPLICIT),
        (json!("*"), ALLOWED),
        (json!({"AWS": "*"}), ALLOWED),
        (json!({"Service": "*"}), UNKNOWN),
        (json!({"Service": "ecs-tasks.eu-west-1.amazonaws.com"}), UNKNOWN),
        (json!({"Service": ["ecs-tasks.eu-west-1.amazonaws.com", "ecs-tasks.amazonaws.com"]}), ALLOWED),
        (json!({"AWS": "arn:aws:iam::111122223333:root"}), IMPLICIT),
        (json!({"AWS": "111122223333"}), IMPLICIT),
        (json!({"AWS": ROLE}), IMPLICIT),
        (json!({"AWS": "arn:aws:iam::111122223333:role/*"}), IMPLICIT),
        (json!({"AWS": "AROAEXAMPLEID"}), IMPLICIT),
        (json!({"Federated": "cognito-identity.amazonaws.com"}), IMPLICIT),
        (json!({"CanonicalUser": "79a59df900b949e5"}), IMPLICIT),
        (json!({}), UNKNOWN),
        (json!([]), UNKNOWN),
    ] {
        assert_eq!(trust_principal(&principal).decision, expected, "{principal}");
    }
    assert!(trust_principal(&json!({"AWS": "*"})).granted_to_anyone);
    assert!(!trust_principal(&json!({"Service": "ecs-tasks.amazonaws.com"})).granted_to_anyone);
}

#[test]
fn not_principal_is_not_supported() {
    for (effect, expected) in [("Allow", ALLOWED), ("Deny", UNKNOWN)] {
        let statement = json!([
            {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"},
            {"Effect": effect, "NotPrincipal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}]);
        assert_eq!(trust(statement).decision, expected, "{effect}");
    }
    let alone = json!({"Effect": "Allow", "NotPrincipal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"});
    assert_eq!(trust(alone).decision, UNKNOWN);
}

#[test]
fn allows_the_action_or_not() {
    for (key, action, expected) in [
        ("Action", json!("sts:AssumeRole"), ALLOWED),
        ("Action", json!("sts:Assume*"), ALLOWED),
        ("Action", json!("sts:*"), ALLOWED),
        ("Action", json!("*"), ALLOWED),
        ("Action", json!("STS:ASSUMEROLE"), ALLOWED),
        ("Action", json!(["sts:TagSession", "sts:AssumeRole"]), ALLOWED),
        ("Action", json!("sts:AssumeRoleWithWebIdentity"), IMPLICIT),
        ("Action", json!("sts:TagSession"), IMPLICIT),
        ("Action", json!([]), IMPLICIT),
        ("Action", json!("*:*"), UNKNOWN),
        ("NotAction", json!("sts:TagSession"), ALLOWED),
        ("NotAction", json!("sts:AssumeRole"), IMPLICIT),
    ] {
        let mut statement = json!({"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}});
        statement[key] = action.clone();
        assert_eq!(trust(statement).decision, expected, "{key} {action}");
    }
}

#[test]
fn denies_for_want_of_an_allow_or_explicitly() {
    let nothing = trusts_service("trust", &document(&json!({"Statement": []})), &ecs_tasks());
    assert_eq!((nothing.decision, nothing.missing), (IMPLICIT, vec![PolicyType::Trust]));
    // What was cut out of a policy is not known, which is not to say that it was not there.
    for cut in [json!({}), json!({"Statement": {"Action": "sts:AssumeRole"}})] {
        assert_eq!(trusts_service("trust", &document(&cut), &ecs_tasks()).decision, UNKNOWN, "{cut}");
    }
    let evaluation = trust(json!([
        {"Effect": "Allow", "Principal": "*", "Action": "*"},
        {"Sid": "NoServices", "Effect": "Deny", "Principal": "*", "Action": "sts:*",
         "Condition": {"Bool": {"aws:PrincipalIsAWSService": true}}}]));
    assert_eq!(evaluation.decision, EXPLICIT);
    let [decider] = &evaluation.decided_by[..] else { panic!("{evaluation:?}") };
    assert_eq!(
        (decider.policy_type, decider.policy.as_str(), decider.index),
        (PolicyType::Trust, "trust", 1)
    );
    assert_eq!((decider.pointer.as_str(), decider.sid.as_deref()), ("/Statement/1", Some("NoServices")));
}

#[test]
fn conditions_meet_what_ecs_sends() {
    let arn = "arn:aws:ecs:eu-west-1:111122223333:*";
    let source_arn = |tail: &str| json!({"ArnLike": {"aws:SourceArn": format!("arn:aws:ecs:{tail}")}});
    for (condition, expected) in [
        (json!({"StringEquals": {"aws:SourceAccount": ACCOUNT}}), ALLOWED),
        (json!({"StringEquals": {"aws:SourceAccount": "444455556666"}}), IMPLICIT),
        (json!({"ArnLike": {"aws:SourceArn": arn}}), ALLOWED),
        (json!({"StringLike": {"aws:SourceArn": arn}}), ALLOWED),
        (json!({"ArnEquals": {"AWS:SourceArn": arn}}), ALLOWED),
        (json!({"StringEquals": {"aws:SourceArn": arn}}), IMPLICIT),
        (source_arn("*:111122223333:*"), ALLOWED),
        (source_arn("us-east-1:111122223333:*"), IMPLICIT),
        (source_arn("eu-west-1:444455556666:*"), IMPLICIT),
        (source_arn("eu-west-1:111122223333:task/*"), UNKNOWN),
        (source_arn("eu-west-1:111122223333:service/prod/web"), UNKNOWN),
        (source_arn("eu-west-1:111122223333:task-definition/web:3"), UNKNOWN),
        (source_arn("*"), UNKNOWN),
        (json!({"StringLike": {"aws:SourceArn": "arn:aws:ecs:*"}}), ALLOWED),
        (json!({"Bool": {"aws:PrincipalIsAWSService": "true"}}), ALLOWED),
        (json!({"StringEquals": {"aws:PrincipalServiceName": "ecs-tasks.amazonaws.com"}}), ALLOWED),
        (json!({"Bool": {"aws:SecureTransport": "true"}}), ALLOWED),
        (json!({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}), UNKNOWN),
        (json!({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}), UNKNOWN),
        (json!({"StringEquals": {"aws:PrincipalOrgID": "o-example"}}), IMPLICIT),
        (json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-example/*"}}), IMPLICIT),
        (json!({"StringEquals": {"aws:PrincipalTag/team": "web"}}), IMPLICIT),
        (json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-example"}}), ALLOWED),
        (json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-example"}}), ALLOWED),
        (json!({"Null": {"aws:PrincipalOrgID": "true"}}), ALLOWED),
        (json!({"StringEquals": {"aws:SourceOrgID": "o-example"}}), UNKNOWN),
        (json!({"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}), UNKNOWN),
        (json!({"StringEqualsIfExists": {"aws:PrincipalAccount": ACCOUNT}}), UNKNOWN),
        (json!({"StringEquals": {"aws:PrincipalType": "AssumedRole"}}), UNKNOWN),
        (json!({"StringLike": {"aws:userid": "*"}}), UNKNOWN),
        (json!({"StringEquals": {"example:Key": "x"}}), UNKNOWN),
        (json!({"StringMatches": {"aws:SourceAccount": ACCOUNT}}), UNKNOWN),
        (json!({"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": arn}}), ALLOWED),
        (json!({"StringEquals": {"aws:SourceAccount": "444455556666", "example:Key": "x"}}), IMPLICIT),
    ] {
        let evaluation = trust_if(&condition);
        assert_eq!(evaluation.decision, expected, "{condition}");
        assert_eq!(evaluation.inferred, [""; 0], "{condition} rests on documented facts");
        assert_eq!(evaluation.open.is_empty(), expected != UNKNOWN, "{condition}");
    }
    assert!(trust(ecs_trust_policy("aws", "eu-west-1", ACCOUNT)["Statement"].clone()).is_allowed());
}

#[test]
fn denials_that_are_inferred_say_so() {
    let cluster = "arn:aws:ecs:eu-west-1:111122223333:cluster/prod";
    for (condition, key) in [
        (json!({"ArnLike": {"aws:SourceArn": cluster}}), "aws:SourceArn"),
        (json!({"ArnLike": {"aws:SourceArn": "arn:aws:ecs:*:111122223333:cluster/prod"}}), "aws:SourceArn"),
        (json!({"StringEquals": {"aws:SourceArn": cluster}}), "aws:SourceArn"),
        (json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/x"}}), "aws:PrincipalArn"),
        (json!({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}), "aws:PrincipalAccount"),
        (json!({"StringEquals": {"sts:ExternalId": "x"}}), "sts:ExternalId"),
        (json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}), "aws:MultiFactorAuthPresent"),
        (json!({"StringLike": {"sts:RoleSessionName": "*"}}), "sts:RoleSessionName"),
        (json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}), "aws:SourceIp"),
        (json!({"StringEquals": {"aws:SourceVpc": "vpc-1"}}), "aws:SourceVpc"),
        (json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}}), "aws:SourceVpce"),
    ] {
        let evaluation = trust_if(&condition);
        assert_eq!(
            (evaluation.decision, evaluation.inferred),
            (IMPLICIT, vec![key.to_owned()]),
            "{condition}"
        );
        assert_eq!(evaluation.near_misses[0].failed, Element::Condition);
    }
    // Two ways to be denied: the inference is not needed.
    let both =
        trust_if(&json!({"StringEquals": {"sts:ExternalId": "x", "aws:SourceAccount": "444455556666"}}));
    assert_eq!((both.decision, both.inferred.len()), (IMPLICIT, 0));
}

#[test]
fn a_guard_against_foreign_networks_shuts_services_out() {
    let guard = |condition: Value| {
        trust(json!([
            {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"},
            {"Effect": "Deny", "Principal": "*", "Action": "*", "Condition": condition}]))
    };
    let outside = guard(json!({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}));
    assert_eq!((outside.decision, outside.inferred), (EXPLICIT, vec!["aws:SourceIp".to_owned()]));
    let spares_services = json!({"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}, "Bool": {"aws:PrincipalIsAWSService": "false"}});
    assert_eq!(guard(spares_services).decision, ALLOWED);
}

#[test]
fn without_facts_of_the_task_the_answer_is_open() {
    let caller = ServiceCaller { region: None, account: None, ..ecs_tasks() };
    let policy = document(&ecs_trust_policy("aws", "eu-west-1", ACCOUNT));
    let evaluation = trusts_service("trust", &policy, &caller);
    assert_eq!(evaluation.decision, UNKNOWN);
    let mut keys: Vec<_> = evaluation
        .open
        .iter()
        .filter_map(|open| match &open.why {
            Why::ContextKey(key) => Some(key.as_str()),
            _ => None,
        })
        .collect();
    keys.sort();
    assert_eq!(keys, ["aws:SourceAccount", "aws:SourceArn"]);
}
