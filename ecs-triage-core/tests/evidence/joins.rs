//! Answers that do not name what was asked are joined when there is no doubt.

use ecs_triage_core::Evidence;
use ecs_triage_core::evidence::{Request, elbv2, iam};
use serde_json::{Value, json};

const WEB: &str = "arn:aws:iam::111122223333:role/team/web";
const API: &str = "arn:aws:iam::111122223333:role/api";
const LOGS: &str = "arn:aws:iam::111122223333:policy/logs";
const PULL: &str = "arn:aws:iam::111122223333:policy/pull";

fn of(documents: &[(&str, Value)]) -> Evidence {
    let mut evidence = Evidence::new();
    for (name, value) in documents {
        evidence.add_value((!name.is_empty()).then_some(*name), value.clone()).unwrap();
    }
    evidence
}

fn role(arn: &str) -> Value {
    json!({"Role": {"RoleName": arn.rsplit('/').next(), "Arn": arn, "AssumeRolePolicyDocument": trust()}})
}

fn trust() -> Value {
    json!({"Statement": {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}})
}

fn attached(arns: &[&str]) -> Value {
    let policies: Vec<_> = arns.iter().map(|arn| json!({"PolicyArn": arn, "PolicyName": "x"})).collect();
    json!({"AttachedPolicies": policies, "IsTruncated": false})
}

fn recorded(operation: &str, params: Value, response: Value) -> Value {
    json!({"service": "iam", "operation": operation, "params": params, "response": response})
}

fn attached_to<'e>(evidence: &'e Evidence, role: &str) -> Option<Vec<&'e str>> {
    let listed = evidence.attached_policies(role)?;
    Some(listed.entries.iter().filter_map(|policy| policy.policy_arn()).collect())
}

#[test]
fn a_role_is_found_by_name_and_by_arn() {
    let evidence = of(&[("", role(WEB)), ("", role(API))]);
    assert_eq!(evidence.role("web").unwrap().arn(), Some(WEB));
    assert_eq!(evidence.role(API).unwrap().role_name(), Some("api"));
    // The same name in another account is another role.
    assert!(evidence.role("arn:aws:iam::444455556666:role/team/web").is_none());
    assert!(evidence.trust_policy(WEB).unwrap().get("Statement").is_some());
}

#[test]
fn the_request_tells_the_role() {
    let evidence = of(&[
        ("", role(WEB)),
        ("", recorded("ListAttachedRolePolicies", json!({"RoleName": "api"}), attached(&[PULL]))),
        ("", recorded("ListAttachedRolePolicies", json!({"RoleName": "web"}), attached(&[LOGS]))),
    ]);
    assert_eq!(attached_to(&evidence, WEB), Some(vec![LOGS]));
    assert_eq!(attached_to(&evidence, "api"), Some(vec![PULL]));
    assert_eq!(attached_to(&evidence, "other"), None);
    assert!(evidence.ambiguities().is_empty());
}

#[test]
fn the_only_role_at_hand_is_the_one() {
    let evidence = of(&[("", role(WEB)), ("", attached(&[LOGS]))]);
    assert_eq!(attached_to(&evidence, WEB), Some(vec![LOGS]));
    assert!(evidence.ambiguities().is_empty());
    // Named by a task definition alone, it will do as well.
    let definition =
        json!({"taskDefinition": {"family": "web", "executionRoleArn": WEB, "taskRoleArn": WEB}});
    let evidence = of(&[("", definition), ("", attached(&[LOGS]))]);
    assert_eq!(attached_to(&evidence, WEB), Some(vec![LOGS]));
}

#[test]
fn of_two_roles_none_is_guessed() {
    let evidence = of(&[("", role(WEB)), ("", role(API)), ("", attached(&[LOGS]))]);
    assert_eq!(attached_to(&evidence, WEB), None);
    let problems = evidence.ambiguities();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].document, "list-attached-role-policies");
    assert!(problems[0].message.contains("`RoleName`"), "{}", problems[0].message);
    // Nor of two answers.
    let evidence = of(&[("", role(WEB)), ("", attached(&[LOGS])), ("", attached(&[PULL]))]);
    assert_eq!(attached_to(&evidence, WEB), None);
    assert_eq!(evidence.ambiguities().len(), 2);
}

#[test]
fn the_name_of_the_document_tells_the_role() {
    let evidence = of(&[
        ("get-role-task.json", role(WEB)),
        ("get-role-execution.json", role(API)),
        ("list-attached-role-policies-task.json", attached(&[LOGS])),
        ("list-attached-role-policies-api.json", attached(&[PULL])),
    ]);
    assert_eq!(attached_to(&evidence, WEB), Some(vec![LOGS]));
    assert_eq!(attached_to(&evidence, API), Some(vec![PULL]));
}

#[test]
fn pages_of_a_list_belong_together() {
    let page = |marker: Option<&str>, arn: &str, more: bool| {
        let params = match marker {
            Some(marker) => json!({"RoleName": "web", "Marker": marker}),
            None => json!({"RoleName": "web"}),
        };
        let mut answer = attached(&[arn]);
        answer["IsTruncated"] = json!(more);
        recorded("ListAttachedRolePolicies", params, answer)
    };
    let first = of(&[("", page(None, LOGS, true))]);
    assert!(!first.attached_policies("web").unwrap().is_complete);
    let both = of(&[("", page(None, LOGS, true)), ("", page(Some("m"), PULL, false))]);
    let listed = both.attached_policies("web").unwrap();
    assert!(listed.is_complete);
    assert_eq!(listed.entries.len(), 2);
    assert!(!of(&[("", page(Some("m"), PULL, false))]).attached_policies("web").unwrap().is_complete);
}

#[test]
fn inline_policies_and_what_of_them_is_missing() {
    let policy = json!({"RoleName": "web", "PolicyName": "secrets", "PolicyDocument": "%7B%22Statement%22%3A%5B%5D%7D"});
    let names = json!({"PolicyNames": ["secrets", "bucket"], "IsTruncated": false});
    let evidence = of(&[("", role(WEB)), ("", role(API)), ("", policy.clone()), ("", names)]);
    let inline = evidence.inline_policies(WEB).unwrap();
    assert!(inline.is_complete);
    assert_eq!(inline.not_fetched, ["bucket"]);
    let document = inline.policies[0].policy_document().unwrap();
    assert!(evidence.decoded(&document).unwrap().get("Statement").is_some());
    assert!(evidence.inline_policies(API).is_none());
    assert!(!of(&[("", policy)]).inline_policies("web").unwrap().is_complete);
}

#[test]
fn account_details_tell_everything() {
    let details = json!({"RoleDetailList": [{"RoleName": "web", "Arn": WEB, "AssumeRolePolicyDocument": trust(),
            "RolePolicyList": [{"PolicyName": "secrets", "PolicyDocument": {"Statement": []}}],
            "AttachedManagedPolicies": [{"PolicyName": "logs", "PolicyArn": LOGS}]}],
        "Policies": [{"PolicyName": "logs", "Arn": LOGS, "DefaultVersionId": "v2", "PolicyVersionList": [
            {"VersionId": "v1", "IsDefaultVersion": false, "Document": {"Statement": [1]}},
            {"VersionId": "v2", "IsDefaultVersion": true, "Document": {"Statement": [2]}}]}]});
    let evidence = of(&[("", details)]);
    assert_eq!(attached_to(&evidence, WEB), Some(vec![LOGS]));
    assert_eq!(evidence.inline_policies("web").unwrap().policies.len(), 1);
    assert_eq!(evidence.policy_document(LOGS).unwrap().value(), &json!({"Statement": [2]}));
}

fn policy(arn: &str, version: &str, updated: &str) -> Value {
    json!({"Policy": {"Arn": arn, "DefaultVersionId": version, "UpdateDate": updated}})
}

fn version(version: &str, created: &str, number: i64) -> Value {
    json!({"PolicyVersion": {"VersionId": version, "IsDefaultVersion": true, "CreateDate": created, "Document": {"Statement": [number]}}})
}

#[test]
fn a_policy_version_belongs_to_the_policy_with_that_version_in_force() {
    let day = "2026-07-22T10:00:00+00:00";
    let later = "2026-07-23T10:00:00+00:00";
    let statement = |evidence: &Evidence, arn: &str| {
        evidence.policy_document(arn).map(|node| node.value()["Statement"][0].clone())
    };

    let evidence =
        of(&[("", policy(LOGS, "v2", day)), ("", policy(PULL, "v1", day)), ("", version("v2", day, 7))]);
    assert_eq!(statement(&evidence, LOGS), Some(json!(7)));
    assert_eq!(statement(&evidence, PULL), None);
    // Two first versions: only their dates tell them apart.
    let evidence = of(&[
        ("", policy(LOGS, "v1", day)),
        ("", policy(PULL, "v1", later)),
        ("", version("v1", day, 1)),
        ("", version("v1", later, 2)),
    ]);
    assert_eq!((statement(&evidence, LOGS), statement(&evidence, PULL)), (Some(json!(1)), Some(json!(2))));
    let evidence =
        of(&[("", policy(LOGS, "v1", day)), ("", policy(PULL, "v1", day)), ("", version("v1", day, 1))]);
    assert_eq!(statement(&evidence, LOGS), None);
    assert_eq!(evidence.ambiguities().len(), 1);
    // The request says it.
    let asked =
        recorded("GetPolicyVersion", json!({"PolicyArn": PULL, "VersionId": "v1"}), version("v1", day, 3));
    assert_eq!(statement(&of(&[("", asked)]), PULL), Some(json!(3)));
    // A version that is not in force says nothing.
    let evidence =
        of(&[("", policy(LOGS, "v3", later)), ("", attached(&[LOGS])), ("", version("v2", day, 4))]);
    assert_eq!(statement(&evidence, LOGS), None);
    // The only attached policy.
    let evidence = of(&[("", role(WEB)), ("", attached(&[LOGS])), ("", version("v1", day, 4))]);
    assert_eq!(statement(&evidence, LOGS), Some(json!(4)));
}

#[test]
fn a_trust_policy_alone_belongs_to_the_only_role() {
    let definition = |task: &str| json!({"taskDefinition": {"family": "web", "executionRoleArn": WEB, "taskRoleArn": task}});
    let evidence = of(&[("", definition(WEB)), ("", trust())]);
    assert!(evidence.trust_policy(WEB).is_some());
    let evidence = of(&[("", definition(API)), ("", trust())]);
    assert!(evidence.trust_policy(WEB).is_none());
}

#[test]
fn errors_name_what_they_are_about() {
    let line = "An error occurred (NoSuchEntity) when calling the GetRole operation: The role with name web cannot be found.";
    let evidence = of(&[("", role(API)), ("", json!(line))]);
    let answer = evidence.answer_to("iam", "GetRole", "RoleName", WEB).unwrap();
    assert_eq!(answer.error().unwrap().code(), Some("NoSuchEntity"));
    assert!(evidence.answer_to("iam", "GetRole", "RoleName", API).unwrap().error().is_none());
    assert!(evidence.answer_to("iam", "GetRole", "RoleName", "we").is_none());
}

#[test]
fn the_newest_answer_counts() {
    let request = Request::new("ecs", "DescribeClusters", json!({"clusters": ["prod"], "cluster": "prod"}));
    let mut evidence = Evidence::new();
    evidence.add_failure(&request, "ThrottlingException", "Rate exceeded").unwrap();
    evidence.add_answer(&request, json!({"clusters": [], "failures": []})).unwrap();
    let answer = evidence.answer_to("ecs", "DescribeClusters", "cluster", "prod").unwrap();
    assert!(answer.error().is_none());
    assert_eq!(evidence.answers_of("ecs", "DescribeClusters").count(), 2);
}

#[test]
fn answers_that_name_themselves() {
    let evidence = of(&[
        ("", json!({"VpcId": "vpc-1", "EnableDnsSupport": {"Value": true}})),
        ("", json!({"VpcId": "vpc-2", "EnableDnsSupport": {"Value": false}})),
        ("", json!({"RoleName": "web", "PolicyName": "secrets", "PolicyDocument": {"Statement": []}})),
    ]);
    let answer = evidence.answer_to("ec2", "DescribeVpcAttribute", "VpcId", "vpc-2").unwrap();
    let attribute = answer.all::<ecs_triage_core::evidence::ec2::VpcAttribute<'_>>().next().unwrap();
    assert_eq!(attribute.enable_dns_support().unwrap().value(), Some(false));
    let answer = evidence.answer_to("iam", "GetRolePolicy", "RoleName", WEB).unwrap();
    assert_eq!(answer.all::<iam::RolePolicy<'_>>().count(), 1);
}

#[test]
fn target_health_belongs_to_the_only_target_group() {
    let group =
        |name: &str| format!("arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/{name}/1");
    let service = |groups: &[&str]| {
        let balancers: Vec<_> = groups.iter().map(|name| json!({"targetGroupArn": group(name)})).collect();
        json!({"services": [{"serviceName": "web", "loadBalancers": balancers}]})
    };
    let health = json!({"TargetHealthDescriptions": [{"Target": {"Id": "10.0.1.5"}, "TargetHealth": {"State": "unhealthy"}}]});
    let targets = |evidence: &Evidence| {
        let answer = evidence.answer_to("elbv2", "DescribeTargetHealth", "TargetGroupArn", &group("web"))?;
        Some(answer.all::<elbv2::TargetHealthDescription<'_>>().count())
    };
    assert_eq!(targets(&of(&[("", service(&["web"])), ("", health.clone())])), Some(1));
    assert_eq!(targets(&of(&[("", service(&["web", "admin"])), ("", health)])), None);
}
