//! What the policies of a role, as AWS shows them, make of a refusal that a message reports.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

use ecs_triage_core::evidence::Request;
use ecs_triage_core::{Confidence, Evidence, Report, diagnose};
use serde_json::{Value, json};

const ROLE: &str = "shop-web-execution";
const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-Ab12Cd";
const REPOSITORY: &str = "arn:aws:ecr:eu-west-1:111122223333:repository/shop/web";
const MANAGED: &str = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

use Confidence::{Confirmed, Likely, Possible};

/// What is special; the refused action and its resource; inline and attached policies; how sure the answer is.
type Row = (&'static str, (&'static str, &'static str), Vec<Value>, Vec<&'static str>, Confidence);

/// A stopped task that was refused `action` on `resource`, for want of an Allow in the role's policies.
fn refused(action: &str, resource: &str) -> Evidence {
    let (step, service) = match action.split(':').next().unwrap() {
        "ecr" if resource == "*" => ("unable to retrieve ecr registry auth", "ECR"),
        "ecr" => {
            return stopped(&format!(
                "CannotPullContainerError: pull access denied: {}",
                denial(action, resource)
            ));
        }
        "ssm" => ("unable to retrieve secrets from ssm", "SSM"),
        _ => ("unable to retrieve secret from asm", "Secrets Manager"),
    };
    stopped(&format!(
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: {step}: \
         service call has been retried 1 time(s): operation error {service}: https response error StatusCode: 400, \
         api error AccessDeniedException: {}",
        denial(action, resource)
    ))
}

fn denial(action: &str, resource: &str) -> String {
    format!(
        "User: arn:aws:sts::111122223333:assumed-role/{ROLE}/0a1b2c3d is not authorized to perform: {action} on resource: \
         {resource} because no identity-based policy allows the {action} action"
    )
}

fn stopped(reason: &str) -> Evidence {
    let mut evidence = Evidence::new();
    let task = json!({
        "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/shop/0a1b2c3d",
        "lastStatus": "STOPPED", "stopCode": "TaskFailedToStart", "stoppedReason": reason, "launchType": "FARGATE",
        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/shop-web:7",
        "containers": [{ "name": "web" }],
    });
    evidence.add_value(None, json!({ "tasks": [task] })).unwrap();
    evidence
}

fn answer(evidence: &mut Evidence, operation: &str, params: Value, response: Value) {
    evidence.add_answer(&Request::new("iam", operation, params), response).unwrap();
}

/// Adds the role with its inline policies, each with these statements, and its attached ones.
fn with_role(mut evidence: Evidence, policies: &[Value], attached: &[&str]) -> Evidence {
    let of_role = json!({ "RoleName": ROLE });
    let role = json!({
        "RoleName": ROLE, "Path": "/service-role/", "Arn": format!("arn:aws:iam::111122223333:role/service-role/{ROLE}"),
        "AssumeRolePolicyDocument": { "Statement": [] },
    });
    answer(&mut evidence, "GetRole", of_role.clone(), json!({ "Role": role }));
    let list: Vec<Value> =
        attached.iter().map(|arn| json!({ "PolicyName": "x", "PolicyArn": arn })).collect();
    let listed = json!({ "AttachedPolicies": list, "IsTruncated": false });
    answer(&mut evidence, "ListAttachedRolePolicies", of_role.clone(), listed);
    let names: Vec<String> = (0..policies.len()).map(|index| format!("inline-{index}")).collect();
    answer(&mut evidence, "ListRolePolicies", of_role, json!({ "PolicyNames": names, "IsTruncated": false }));
    for (name, document) in names.iter().zip(policies) {
        let params = json!({ "RoleName": ROLE, "PolicyName": name });
        let response = json!({ "RoleName": ROLE, "PolicyName": name, "PolicyDocument": document });
        answer(&mut evidence, "GetRolePolicy", params, response);
    }
    evidence
}

fn policy(statements: Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn allow(action: &str, resource: &str) -> Value {
    policy(json!({ "Effect": "Allow", "Action": action, "Resource": resource }))
}

fn sure(report: &Report) -> Confidence {
    report.diagnoses().next().expect("a diagnosis").confidence
}

#[test]
fn policies_prove_refute_or_leave_open_what_a_message_says() {
    let token = ("ecr:GetAuthorizationToken", "*");
    let image = ("ecr:BatchGetImage", REPOSITORY);
    let secret = ("secretsmanager:GetSecretValue", SECRET);
    let parameter = ("ssm:GetParameters", "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/token");
    let on = |condition: Value| {
        policy(json!({ "Effect": "Allow", "Action": "ecr:*", "Resource": "*", "Condition": condition }))
    };
    let rows: Vec<Row> = vec![
        ("no policy at all", token, vec![], vec![], Confirmed),
        ("the managed policy has the token", token, vec![], vec![MANAGED], Possible),
        ("the managed policy has no secrets", secret, vec![], vec![MANAGED], Confirmed),
        ("the managed policy has no parameters", parameter, vec![], vec![MANAGED], Confirmed),
        ("the token has no resource level", token, vec![allow("ecr:*", REPOSITORY)], vec![], Confirmed),
        ("a whole service", token, vec![allow("ecr:*", "*")], vec![], Possible),
        ("letters of any case", token, vec![allow("ECR:getauthorizationTOKEN", "*")], vec![], Possible),
        ("`*:*` is no action", token, vec![allow("*:*", "*")], vec![], Likely),
        (
            "a list of no actions",
            token,
            vec![policy(json!({"Effect": "Allow", "Action": [], "Resource": "*"}))],
            vec![],
            Confirmed,
        ),
        (
            "all but another action",
            token,
            vec![policy(json!({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}))],
            vec![],
            Possible,
        ),
        // IAM stores neither: something was cut out on the way.
        ("no effect", token, vec![policy(json!({"Action": "ecr:*", "Resource": "*"}))], vec![], Likely),
        ("an empty policy", token, vec![json!({})], vec![], Likely),
        ("a policy without statements", token, vec![policy(json!([]))], vec![], Confirmed),
        ("another repository", image, vec![allow("ecr:*", &format!("{REPOSITORY}-base"))], vec![], Confirmed),
        (
            "a prefix of repositories",
            image,
            vec![allow("ecr:*", "arn:aws:ecr:eu-west-1:111122223333:repository/shop/*")],
            vec![],
            Possible,
        ),
        (
            "another Region",
            image,
            vec![allow("ecr:*", "arn:aws:ecr:us-east-1:111122223333:repository/shop/web")],
            vec![],
            Confirmed,
        ),
        (
            "another partition",
            image,
            vec![allow("ecr:*", "arn:aws-cn:ecr:eu-west-1:111122223333:repository/shop/web")],
            vec![],
            Confirmed,
        ),
        (
            "a star that may run past colons",
            image,
            vec![allow("ecr:*", "arn:aws:ecr:*:repository/shop/web")],
            vec![],
            Likely,
        ),
        ("an ARN with parts left out", image, vec![allow("ecr:*", "arn:aws:ecr:*")], vec![], Possible),
        (
            "the name of the secret alone",
            secret,
            vec![allow("secretsmanager:*", &SECRET[..SECRET.len() - 7])],
            vec![],
            Confirmed,
        ),
        (
            "the name and any six characters",
            secret,
            vec![allow(
                "secretsmanager:*",
                "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-??????",
            )],
            vec![],
            Possible,
        ),
        ("one parameter is not several", parameter, vec![allow("ssm:GetParameter", "*")], vec![], Confirmed),
        (
            "a condition of which nothing is known",
            token,
            vec![on(json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}}))],
            vec![],
            Likely,
        ),
        (
            "the account is in every request",
            token,
            vec![on(json!({"StringEquals": {"aws:PrincipalAccount": "111122223333"}}))],
            vec![],
            Possible,
        ),
        (
            "another Region than the call's",
            image,
            vec![on(json!({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}))],
            vec![],
            Confirmed,
        ),
        (
            "one Allow is enough",
            token,
            vec![on(json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}})), allow("ecr:*", "*")],
            vec![],
            Possible,
        ),
        (
            "a customer's policy of the same name",
            token,
            vec![],
            vec!["arn:aws:iam::111122223333:policy/AmazonECSTaskExecutionRolePolicy"],
            Likely,
        ),
    ];
    for (what, (action, resource), policies, attached, expected) in rows {
        let report = diagnose(&with_role(refused(action, resource), &policies, &attached));
        assert_eq!(sure(&report), expected, "{what}: {}", report.diagnoses().next().unwrap().summary);
        let is_proven = report.diagnoses().next().unwrap().remedies.iter().any(|remedy| remedy.proven);
        assert_eq!(is_proven, expected == Confirmed, "{what}: a proven remedy");
    }
}

#[test]
fn a_denial_is_not_cured_by_an_allow() {
    let deny = policy(json!({ "Sid": "Guard", "Effect": "Deny", "NotAction": "logs:*", "Resource": "*" }));
    let evidence = with_role(refused("ecr:GetAuthorizationToken", "*"), &[allow("ecr:*", "*"), deny], &[]);
    let report = diagnose(&evidence);
    let found = report.diagnoses().next().unwrap();
    // The message speaks of a missing Allow, the policies of a Deny: neither is hidden.
    assert_eq!(found.confidence, Likely);
    assert!(found.summary.contains("statement `Guard` of `inline-1` denies it"), "{}", found.summary);
    assert!(found.remedies.iter().all(|remedy| remedy.command.is_none()), "{:?}", found.remedies);
}

#[test]
fn a_list_that_is_cut_proves_nothing() {
    let mut evidence = with_role(refused("ecr:GetAuthorizationToken", "*"), &[], &[]);
    let page = json!({ "AttachedPolicies": [], "IsTruncated": true, "Marker": "x" });
    let mut cut = refused("ecr:GetAuthorizationToken", "*");
    answer(&mut cut, "ListAttachedRolePolicies", json!({ "RoleName": ROLE }), page);
    answer(&mut cut, "ListRolePolicies", json!({ "RoleName": ROLE }), json!({ "PolicyNames": [] }));
    assert_eq!(sure(&diagnose(&cut)), Likely);
    // Another role's policies are no answer either.
    let other = json!({ "PolicyNames": ["x"] });
    answer(&mut evidence, "ListRolePolicies", json!({ "RoleName": "shop-web-task" }), other);
    assert_eq!(sure(&diagnose(&evidence)), Confirmed);
}

#[test]
fn only_the_version_in_force_counts() {
    let arn = "arn:aws:iam::111122223333:policy/shop-start";
    for (is_default, expected) in [(true, Confirmed), (false, Likely)] {
        let mut evidence = with_role(refused("ecr:GetAuthorizationToken", "*"), &[], &[arn]);
        let version =
            json!({ "Document": allow("logs:*", "*"), "VersionId": "v1", "IsDefaultVersion": is_default });
        let params = json!({ "PolicyArn": arn, "VersionId": "v1" });
        answer(&mut evidence, "GetPolicyVersion", params, json!({ "PolicyVersion": version }));
        assert_eq!(sure(&diagnose(&evidence)), expected, "default: {is_default}");
    }
}

#[test]
fn documents_are_read_percent_encoded_and_as_objects() {
    let encoded = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22ecr%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D";
    let evidence = with_role(refused("ecr:GetAuthorizationToken", "*"), &[json!(encoded)], &[]);
    assert_eq!(sure(&diagnose(&evidence)), Possible);
}

#[test]
fn the_account_dump_tells_all_at_once_and_takes_changes() {
    // Behind a boundary that is not at hand nobody can tell what another Allow would do.
    for boundary in [None, Some("arn:aws:iam::111122223333:policy/limits")] {
        let mut evidence = refused("ecr:GetAuthorizationToken", "*");
        let role = json!({
            "RoleName": ROLE, "Arn": format!("arn:aws:iam::111122223333:role/{ROLE}"), "Path": "/",
            "AssumeRolePolicyDocument": { "Statement": [] }, "RolePolicyList": [], "AttachedManagedPolicies": [],
            "PermissionsBoundary": boundary.map(|arn| json!({ "PermissionsBoundaryArn": arn })),
        });
        let details = json!({ "RoleDetailList": [role], "Policies": [], "IsTruncated": false });
        answer(&mut evidence, "GetAccountAuthorizationDetails", json!({}), details);
        let report = diagnose(&evidence);
        assert_eq!(sure(&report), Confirmed);
        let found = report.diagnoses().next().unwrap();
        assert!(found.evidence.iter().any(|cited| cited.pointer.ends_with("/RolePolicyList")));
        let changes: Vec<_> = found.remedies.iter().filter(|remedy| remedy.mutating).collect();
        assert!(
            !changes.is_empty() && changes.iter().all(|change| change.proven == boundary.is_none()),
            "{changes:?}"
        );
    }
}

#[test]
fn a_role_of_the_same_name_in_another_account_is_another() {
    let mut evidence = refused("ecr:GetAuthorizationToken", "*");
    let role = json!({ "RoleName": ROLE, "Arn": format!("arn:aws:iam::444455556666:role/{ROLE}") });
    answer(&mut evidence, "GetRole", json!({ "RoleName": ROLE }), json!({ "Role": role }));
    answer(
        &mut evidence,
        "ListAttachedRolePolicies",
        json!({ "RoleName": ROLE }),
        json!({ "AttachedPolicies": [] }),
    );
    answer(&mut evidence, "ListRolePolicies", json!({ "RoleName": ROLE }), json!({ "PolicyNames": [] }));
    assert_eq!(sure(&diagnose(&evidence)), Likely);
}

#[test]
fn what_is_missing_is_asked_for_in_order() {
    let report = diagnose(&refused("ecr:GetAuthorizationToken", "*"));
    let asked: Vec<&str> = report.wants().iter().map(|want| want.operation.as_str()).collect();
    assert_eq!(asked[..3], ["ListAttachedRolePolicies", "ListRolePolicies", "GetRole"]);
    let customers = "arn:aws:iam::111122223333:policy/shop-start";
    let report = diagnose(&with_role(refused("ecr:GetAuthorizationToken", "*"), &[], &[customers]));
    let asked: Vec<&str> = report.wants().iter().map(|want| want.operation.as_str()).collect();
    assert!(asked.contains(&"GetPolicy"), "{asked:?}");
}

#[test]
fn a_boundary_that_is_not_at_hand_leaves_an_allow_open() {
    let mut evidence = with_role(refused("ecr:GetAuthorizationToken", "*"), &[allow("ecr:*", "*")], &[]);
    let boundary = json!({ "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/limits" });
    let role = json!({
        "RoleName": ROLE, "Arn": format!("arn:aws:iam::111122223333:role/{ROLE}"), "PermissionsBoundary": boundary,
    });
    answer(&mut evidence, "GetRole", json!({ "RoleName": ROLE }), json!({ "Role": role }));
    let report = diagnose(&evidence);
    assert_eq!(sure(&report), Likely);
    assert!(
        report
            .wants()
            .iter()
            .any(|want| want.params["PolicyArn"].as_str().is_some_and(|arn| arn.ends_with("/limits")))
    );
}

#[test]
fn a_trust_policy_that_names_a_cluster_is_likely_and_the_wildcard_is_right() {
    let event = format!(
        "(service shop-web) failed to launch a task with (error ECS was unable to assume the role \
         'arn:aws:iam::111122223333:role/{ROLE}' that was provided for this task. Please verify that the role being passed \
         has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.)."
    );
    for (source, expected) in [("cluster/shop", Likely), ("*", Possible)] {
        let mut evidence = Evidence::new();
        let service = json!({
            "serviceArn": "arn:aws:ecs:eu-west-1:111122223333:service/shop/shop-web", "serviceName": "shop-web",
            "status": "ACTIVE", "desiredCount": 1, "runningCount": 0,
            "events": [{ "id": "1", "createdAt": "2026-11-02T09:00:00Z", "message": event }],
        });
        evidence.add_value(None, json!({ "services": [service] })).unwrap();
        let trust = policy(json!({
            "Effect": "Allow", "Principal": { "Service": "ecs-tasks.amazonaws.com" }, "Action": "sts:AssumeRole",
            "Condition": { "ArnLike": { "aws:SourceArn": format!("arn:aws:ecs:eu-west-1:111122223333:{source}") } },
        }));
        let role = json!({
            "RoleName": ROLE, "Arn": format!("arn:aws:iam::111122223333:role/{ROLE}"), "AssumeRolePolicyDocument": trust,
        });
        answer(&mut evidence, "GetRole", json!({ "RoleName": ROLE }), json!({ "Role": role }));
        assert_eq!(sure(&diagnose(&evidence)), expected, "{source}");
    }
}
