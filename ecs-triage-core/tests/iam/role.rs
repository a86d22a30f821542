//! May the role do that?

use ecs_triage_core::iam::{
    Context, Element, Evaluation, KeyState, Layer, Levels, Policies, Policy, PolicyType, Principal, Request,
    Resource, RolePolicies, Why, evaluate, least_privilege_policy, managed_policy, role_context,
};
use serde_json::{Value, json};

use crate::{ACCOUNT, ALLOWED, EXPLICIT, IMPLICIT, ROLE, UNKNOWN, document, layer, role, statements};

const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3";

fn only_identity(identity: Value) -> Policies {
    Policies { identity: layer(identity), boundary: Layer::NotInForce, ..Policies::default() }
}

fn ask(policies: &Policies, action: &str, resource: Resource) -> Evaluation {
    evaluate(&Request::new(role(), action, resource, Context::new()), policies)
}

fn get_secret(policies: &Policies) -> Evaluation {
    ask(policies, "secretsmanager:GetSecretValue", Resource::arn(SECRET))
}

fn allow_all() -> Value {
    json!({"Effect": "Allow", "Action": "*", "Resource": "*"})
}

fn with_attached(policy: &str) -> RolePolicies {
    RolePolicies::new(role())
        .inline([])
        .attached([Policy::managed(&format!("arn:aws:iam::aws:policy/{policy}"))])
        .others(Policies { boundary: Layer::NotInForce, ..Policies::default() })
}

#[test]
fn managed_execution_policy_allows_what_it_lists() {
    let role = with_attached("service-role/AmazonECSTaskExecutionRolePolicy");
    let context = role_context(Some("eu-west-1"));
    let repository = || Resource::arn("arn:aws:ecr:eu-west-1:111122223333:repository/web");
    let streams =
        || Resource::starting_with("arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/web:log-stream:");
    for (action, resource, expected) in [
        ("ecr:GetAuthorizationToken", Resource::all(), ALLOWED),
        ("ecr:BatchCheckLayerAvailability", repository(), ALLOWED),
        ("ecr:GetDownloadUrlForLayer", repository(), ALLOWED),
        ("ecr:BatchGetImage", repository(), ALLOWED),
        ("logs:CreateLogStream", streams(), ALLOWED),
        ("logs:PutLogEvents", streams(), ALLOWED),
        ("logs:CreateLogGroup", streams(), IMPLICIT),
        ("ecr:BatchImportUpstreamImage", repository(), IMPLICIT),
        ("secretsmanager:GetSecretValue", Resource::arn(SECRET), IMPLICIT),
        ("ssm:GetParameters", Resource::arn("arn:aws:ssm:eu-west-1:111122223333:parameter/a"), IMPLICIT),
        ("s3:GetObject", Resource::arn("arn:aws:s3:::bucket/app.env").in_account(ACCOUNT), IMPLICIT),
        // Without the key policy nothing is known of a key.
        ("kms:Decrypt", Resource::arn("arn:aws:kms:eu-west-1:111122223333:key/1"), UNKNOWN),
    ] {
        assert_eq!(role.may(action, resource, &context).decision, expected, "{action}");
    }
}

#[test]
fn managed_policies_hold_what_aws_lists() {
    let may =
        |name, action| with_attached(name).may(action, Resource::all(), &Context::closed()).is_allowed();
    for (name, yes, no) in [
        (
            "AmazonEC2ContainerRegistryPullOnly",
            "ecr:BatchImportUpstreamImage",
            "ecr:BatchCheckLayerAvailability",
        ),
        ("AmazonEC2ContainerRegistryReadOnly", "ecr:BatchGetImage", "ecr:BatchImportUpstreamImage"),
        ("service-role/AmazonEC2ContainerServiceforEC2Role", "ecs:SubmitTaskStateChange", "ecs:TagResource"),
        ("AmazonECS_FullAccess", "ecs:RunTask", "ecr:BatchGetImage"),
        ("AmazonECS_FullAccess", "iam:ListAttachedRolePolicies", "iam:PassRole"),
        ("AmazonECSInstanceRolePolicyForManagedInstances", "ecs:DiscoverPollEndpoint", "ecr:BatchGetImage"),
        ("service-role/AmazonEC2ContainerServiceEventsRole", "ecs:RunTask", "ecs:StopTask"),
        ("service-role/AmazonEC2ContainerServiceRole", "ec2:AuthorizeSecurityGroupIngress", "ecs:RunTask"),
    ] {
        assert!(may(name, yes), "{name} {yes}");
        assert!(!may(name, no), "{name} {no}");
    }
    for (name, version) in [
        ("service-role/AmazonECSInfrastructureRolePolicyForVolumes", "v5"),
        ("AmazonECSInfrastructureRolePolicyForLoadBalancers", "v6"),
        ("AmazonECSInfrastructureRolePolicyForVpcLattice", "v1"),
        ("service-role/AmazonECSInfrastructureRoleforExpressGatewayServices", "v6"),
        ("AmazonECSInfrastructureRolePolicyForManagedInstances", "v11"),
        ("aws-service-role/AmazonECSServiceRolePolicy", "v24"),
    ] {
        let policy = managed_policy(&format!("arn:aws:iam::aws:policy/{name}"));
        assert_eq!(policy.map(|policy| policy.version), Some(version), "{name}");
    }
}

#[test]
fn passing_a_role_depends_on_the_service_it_is_passed_to() {
    let operator = with_attached("AmazonECS_FullAccess");
    let pass = |role: &str, service: &str| {
        let context = Context::new().set("iam:PassedToService", KeyState::value(service));
        let role = format!("arn:aws:iam::111122223333:role/{role}");
        operator.may("iam:PassRole", Resource::arn(&role), &context).decision
    };
    assert_eq!(pass("anything", "ecs-tasks.amazonaws.com"), ALLOWED);
    assert_eq!(pass("ecsInfrastructureRole", "ecs.amazonaws.com"), ALLOWED);
    assert_eq!(pass("otherInfrastructureRole", "ecs.amazonaws.com"), IMPLICIT);
    assert_eq!(pass("ecsInstanceRole-blue", "ec2.amazonaws.com"), ALLOWED);
    assert_eq!(pass("blue", "ec2.amazonaws.com"), IMPLICIT);
}

#[test]
fn actions_without_resources_need_an_asterisk() {
    let scoped = json!({"Effect": "Allow", "Action": "ecr:*", "Resource": "arn:aws:ecr:*:*:repository/*"});
    let evaluation = ask(&only_identity(scoped), "ecr:GetAuthorizationToken", Resource::all());
    assert_eq!((evaluation.decision, evaluation.missing), (IMPLICIT, vec![PolicyType::Identity]));
    assert_eq!(evaluation.near_misses[0].failed, Element::Resource);
    assert!(evaluation.unseen.is_empty(), "`*` has no resource policy");
    assert!(ask(&only_identity(allow_all()), "ecr:GetAuthorizationToken", Resource::all()).is_allowed());
}

#[test]
fn resources_match_part_by_part() {
    let secret = |tail: &str| json!(format!("arn:aws:secretsmanager:{tail}"));
    for (key, resource, expected) in [
        ("Resource", json!(SECRET), ALLOWED),
        ("Resource", secret("eu-west-1:111122223333:secret:db-??????"), ALLOWED),
        ("Resource", secret("*:111122223333:secret:*"), ALLOWED),
        ("Resource", secret("*"), ALLOWED),
        ("Resource", secret("eu-west-1:111122223333:secret:db"), IMPLICIT),
        ("Resource", secret("eu-west-1:111122223333:secret:DB-*"), IMPLICIT),
        ("Resource", secret("us-east-1:111122223333:secret:db-*"), IMPLICIT),
        ("Resource", json!("arn:aws-cn:secretsmanager:eu-west-1:111122223333:secret:db-*"), IMPLICIT),
        ("Resource", secret("*:secret:db-a1b2c3"), UNKNOWN),
        ("Resource", secret("eu-west-1:${aws:PrincipalAccount}:secret:db-*"), UNKNOWN),
        ("Resource", secret("eu-west-1:111122223333:secret:db-${aws:userid}*"), UNKNOWN),
        ("Resource", secret("eu-west-1:111122223333:secret:db-${aws:username}*"), IMPLICIT),
        ("Resource", json!([]), IMPLICIT),
        ("NotResource", json!(["arn:aws:s3:::bucket/*", secret("*:*:secret:prod-*")]), ALLOWED),
        ("NotResource", secret("*:*:secret:db-*"), IMPLICIT),
        ("NotResource", secret("*:secret:db-*"), UNKNOWN),
    ] {
        let mut statement = json!({"Effect": "Allow", "Action": "secretsmanager:GetSecretValue"});
        statement[key] = resource.clone();
        assert_eq!(get_secret(&only_identity(statement)).decision, expected, "{key} {resource}");
    }
}

#[test]
fn variables_need_version_2012() {
    let statement = json!({"Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
        "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}});
    for (version, expected) in
        [(Some("2012-10-17"), ALLOWED), (Some("2008-10-17"), IMPLICIT), (None, IMPLICIT)]
    {
        let mut policy = json!({"Statement": statement});
        if let Some(version) = version {
            policy["Version"] = version.into();
        }
        let identity = Layer::Supplied(vec![Policy::new("inline", document(&policy))]);
        let policies = Policies { identity, boundary: Layer::NotInForce, ..Policies::default() };
        assert_eq!(get_secret(&policies).decision, expected, "{version:?}");
    }
}

#[test]
fn a_secret_without_its_suffix_may_match() {
    let name = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db";
    for (tail, expected) in
        [("-??????", ALLOWED), ("-*", ALLOWED), ("*", ALLOWED), ("-a1b2c3", UNKNOWN), ("", IMPLICIT)]
    {
        let statement =
            json!({"Effect": "Allow", "Action": "secretsmanager:*", "Resource": format!("{name}{tail}")});
        let secret = Resource::secret_without_suffix(name);
        let evaluation = ask(&only_identity(statement), "secretsmanager:GetSecretValue", secret);
        assert_eq!(evaluation.decision, expected, "{tail}");
    }
}

#[test]
fn log_streams_need_the_trailing_wildcard() {
    let group = "arn:aws:logs:eu-west-1:111122223333:log-group:";
    for (tail, expected) in [("/ecs/web:*", ALLOWED), ("/ecs/*", ALLOWED), ("/ecs/web", IMPLICIT)] {
        let statement =
            json!({"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": format!("{group}{tail}")});
        let stream = Resource::arn(&format!("{group}/ecs/web:log-stream:web/app/1"));
        assert_eq!(ask(&only_identity(statement), "logs:PutLogEvents", stream).decision, expected, "{tail}");
    }
}

#[test]
fn statements_add_up() {
    let failing = json!({"Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalAccount": "444455556666"}}});
    assert_eq!(get_secret(&only_identity(json!([failing]))).decision, IMPLICIT);
    assert_eq!(get_secret(&only_identity(json!([failing, allow_all()]))).decided_by[0].index, 1);
    let guard = |not_action: Value| {
        only_identity(json!([allow_all(), {"Effect": "Deny", "NotAction": not_action, "Resource": "*"}]))
    };
    assert_eq!(get_secret(&guard(json!(["ecr:*", "logs:*"]))).decision, EXPLICIT);
    assert_eq!(get_secret(&guard(json!(["ecr:*", "secretsmanager:Get*"]))).decision, ALLOWED);
}

#[test]
fn a_deny_that_cannot_be_decided_leaves_the_answer_open() {
    let with_deny = |condition: Value| {
        only_identity(
            json!([allow_all(), {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}]),
        )
    };
    let request =
        |context| Request::new(role(), "secretsmanager:GetSecretValue", Resource::arn(SECRET), context);
    let endpoint = with_deny(json!({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}));
    assert_eq!(get_secret(&endpoint).decision, UNKNOWN);
    let absent = Context::new().set("aws:SourceVpce", KeyState::Absent);
    assert_eq!(evaluate(&request(absent), &endpoint).decision, EXPLICIT);
    let region = with_deny(json!({"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}));
    assert_eq!(evaluate(&request(role_context(Some("eu-west-1"))), &region).decision, EXPLICIT);
    assert_eq!(evaluate(&request(role_context(Some("us-east-1"))), &region).decision, ALLOWED);
    // That calls use TLS is an inference, and said to be one.
    let plain =
        evaluate(&request(role_context(None)), &with_deny(json!({"Bool": {"aws:SecureTransport": "false"}})));
    assert_eq!((plain.decision, plain.inferred), (ALLOWED, vec!["aws:SecureTransport".to_owned()]));
}

#[test]
fn what_was_not_supplied_is_unknown_and_what_is_empty_denies() {
    let nothing = Policies { boundary: Layer::NotInForce, ..Policies::default() };
    let evaluation = get_secret(&nothing);
    assert_eq!((evaluation.decision, &evaluation.open[0].why), (UNKNOWN, &Why::NotSupplied));
    let empty = Policies { identity: Layer::Supplied(Vec::new()), ..nothing.clone() };
    let evaluation = get_secret(&empty);
    assert_eq!((evaluation.decision, evaluation.missing), (IMPLICIT, vec![PolicyType::Identity]));
    assert_eq!(evaluation.unseen, [PolicyType::Resource], "the secret's policy could allow");

    let customer = Policy::managed("arn:aws:iam::111122223333:policy/app");
    let allow = Policy::new("inline", statements(allow_all()));
    let with =
        |policies| get_secret(&Policies { identity: Layer::Supplied(policies), ..nothing.clone() }).decision;
    assert_eq!(with(vec![customer.clone()]), UNKNOWN);
    assert_eq!(with(vec![customer.clone(), allow.clone()]), UNKNOWN, "the other policy may deny");
    let deny = Policy::new("deny", statements(json!({"Effect": "Deny", "Action": "*", "Resource": "*"})));
    assert_eq!(with(vec![customer, deny]), EXPLICIT);

    // Only one of the two lists of a role's policies is known.
    let role = RolePolicies::new(role()).attached([allow]).others(nothing);
    let evaluation = role.may("s3:ListAllMyBuckets", Resource::all(), &Context::new());
    assert_eq!(
        (evaluation.decision, evaluation.open[0].policy.as_deref()),
        (UNKNOWN, Some("inline policies"))
    );
}

#[test]
fn a_boundary_limits_and_grants_nothing() {
    let other = json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"});
    let bounded = |identity, boundary| {
        let evaluation = get_secret(&Policies { boundary, ..only_identity(identity) });
        (evaluation.decision, evaluation.missing)
    };
    assert_eq!(bounded(allow_all(), layer(allow_all())).0, ALLOWED);
    assert_eq!(bounded(allow_all(), layer(other.clone())), (IMPLICIT, vec![PolicyType::PermissionsBoundary]));
    assert_eq!(bounded(other.clone(), layer(allow_all())), (IMPLICIT, vec![PolicyType::Identity]));
    assert_eq!(bounded(allow_all(), Layer::NotSupplied).0, UNKNOWN);
    assert_eq!(bounded(other, Layer::NotSupplied).0, IMPLICIT);
}

#[test]
fn a_boundary_limits_what_a_resource_grants_to_the_role_but_not_to_its_session() {
    let grant = |principal: Value, boundary| {
        let resource =
            layer(json!({"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"}));
        let identity = Layer::Supplied(Vec::new());
        get_secret(&Policies { identity, boundary, resource, ..Policies::default() }).decision
    };
    let narrow = || layer(json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}));
    let session = json!({"AWS": "arn:aws:sts::111122223333:assumed-role/web/0123456789abcdef"});
    assert_eq!(grant(json!({"AWS": ROLE}), Layer::NotInForce), ALLOWED);
    assert_eq!(grant(json!({"AWS": ROLE}), narrow()), IMPLICIT);
    assert_eq!(grant(session, narrow()), ALLOWED);
    assert_eq!(grant(json!("*"), narrow()), UNKNOWN);
    assert_eq!(grant(json!("*"), layer(allow_all())), ALLOWED);
    // An account as principal leaves the decision to the account's identity policies.
    assert_eq!(grant(json!({"AWS": ACCOUNT}), Layer::NotInForce), IMPLICIT);
}

#[test]
fn another_account_must_allow_too() {
    let theirs = "arn:aws:ecr:eu-west-1:444455556666:repository/shared";
    let pull = |identity: Value, resource: Layer| {
        let policies = Policies { resource, ..only_identity(identity) };
        ask(&policies, "ecr:BatchGetImage", Resource::arn(theirs))
    };
    // A repository policy has no `Resource`.
    let grant = |principal: &Value| {
        layer(json!({"Effect": "Allow", "Principal": principal, "Action": "ecr:BatchGetImage"}))
    };
    for principal in [json!({"AWS": ROLE}), json!({"AWS": "arn:aws:iam::111122223333:root"}), json!("*")] {
        assert_eq!(pull(allow_all(), grant(&principal)).decision, ALLOWED, "{principal}");
        assert_eq!(pull(json!([]), grant(&principal)).decision, IMPLICIT, "{principal}");
    }
    let refused = pull(allow_all(), grant(&json!({"AWS": "555566667777"})));
    assert_eq!((refused.decision, refused.missing), (IMPLICIT, vec![PolicyType::Resource]));
    assert_eq!(pull(allow_all(), Layer::NotInForce).decision, IMPLICIT);
    assert_eq!(pull(allow_all(), Layer::Unseen).decision, UNKNOWN);
    assert_eq!(pull(json!([]), Layer::Unseen).decision, IMPLICIT);
}

#[test]
fn an_owner_that_is_not_known_leaves_open_what_depends_on_it() {
    let object = || Resource::arn("arn:aws:s3:::bucket/app.env");
    assert_eq!(ask(&only_identity(allow_all()), "s3:GetObject", object()).decision, UNKNOWN);
    assert_eq!(
        ask(&only_identity(allow_all()), "s3:GetObject", object().in_account(ACCOUNT)).decision,
        ALLOWED
    );
    let denied = ask(&only_identity(json!([])), "s3:GetObject", object());
    assert_eq!((denied.decision, denied.unseen), (IMPLICIT, vec![PolicyType::Resource]));
}

#[test]
fn a_key_policy_must_allow_or_delegate() {
    let decrypt = |identity: Value, resource: Layer| {
        let key = Resource::arn("arn:aws:kms:eu-west-1:111122223333:key/1");
        ask(&Policies { resource, ..only_identity(identity) }, "kms:Decrypt", key).decision
    };
    let grant = |principal: &str| {
        layer(json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"}))
    };
    assert_eq!(decrypt(allow_all(), Layer::Unseen), UNKNOWN);
    assert_eq!(decrypt(allow_all(), Layer::NotSupplied), UNKNOWN);
    assert_eq!(decrypt(allow_all(), grant("arn:aws:iam::111122223333:root")), ALLOWED);
    assert_eq!(decrypt(json!([]), grant("arn:aws:iam::111122223333:root")), IMPLICIT);
    assert_eq!(decrypt(json!([]), grant(ROLE)), ALLOWED);
    assert_eq!(decrypt(allow_all(), grant("arn:aws:iam::111122223333:role/other")), IMPLICIT);
}

#[test]
fn a_role_trusts_directly_or_through_the_account() {
    let assume = |identity: Value, principal: &str| {
        let trust = json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"});
        let target = Resource::arn("arn:aws:iam::111122223333:role/other");
        ask(&Policies { resource: layer(trust), ..only_identity(identity) }, "sts:AssumeRole", target)
            .decision
    };
    assert_eq!(assume(json!([]), ROLE), ALLOWED);
    assert_eq!(assume(json!([]), ACCOUNT), IMPLICIT);
    assert_eq!(assume(allow_all(), ACCOUNT), ALLOWED);
    assert_eq!(assume(allow_all(), "444455556666"), IMPLICIT);
}

#[test]
fn every_level_of_the_organization_must_allow() {
    let under = |levels: Vec<Layer>| {
        let evaluation =
            get_secret(&Policies { service_control: Levels(levels), ..only_identity(allow_all()) });
        (evaluation.decision, evaluation.missing)
    };
    let logs_only = || layer(json!({"Effect": "Allow", "Action": "logs:*", "Resource": "*"}));
    assert_eq!(under(vec![layer(allow_all()), layer(allow_all())]).0, ALLOWED);
    assert_eq!(under(vec![layer(allow_all()), logs_only()]), (IMPLICIT, vec![PolicyType::ServiceControl]));
    assert_eq!(under(vec![Layer::NotSupplied, logs_only()]).0, IMPLICIT);
    assert_eq!(under(vec![layer(allow_all()), Layer::NotSupplied]).0, UNKNOWN);
    assert_eq!(under(Vec::new()).0, ALLOWED);
    let deny = json!([allow_all(), {"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*"}]);
    assert_eq!(under(vec![layer(deny)]).0, EXPLICIT);

    let unseen = get_secret(&only_identity(allow_all())).unseen;
    let guardrails = [PolicyType::ServiceControl, PolicyType::ResourceControl, PolicyType::VpcEndpoint];
    assert!(guardrails.iter().all(|policy_type| unseen.contains(policy_type)), "{unseen:?}");

    // SCPs do not bind service-linked roles.
    let linked = "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS";
    let policies = Policies { service_control: Levels(vec![logs_only()]), ..only_identity(allow_all()) };
    let linked = Principal::from_arn(linked).expect("a role");
    let request =
        Request::new(linked, "secretsmanager:GetSecretValue", Resource::arn(SECRET), Context::new());
    assert!(evaluate(&request, &policies).is_allowed());
}

#[test]
fn resource_control_policies_can_only_deny() {
    let under = |list: Value| {
        get_secret(&Policies { resource_control: Levels(vec![layer(list)]), ..only_identity(allow_all()) })
            .decision
    };
    assert_eq!(under(json!([])), ALLOWED);
    let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"});
    assert_eq!(under(deny), EXPLICIT);
}

#[test]
fn an_endpoint_policy_must_allow() {
    let through = |principal: Value, resource: &str| {
        let statement =
            json!({"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": resource});
        let evaluation =
            get_secret(&Policies { vpc_endpoint: layer(statement), ..only_identity(allow_all()) });
        (evaluation.decision, evaluation.missing)
    };
    assert_eq!(through(json!("*"), "*").0, ALLOWED);
    assert_eq!(through(json!({"AWS": ACCOUNT}), "*").0, ALLOWED);
    let other = through(json!("*"), "arn:aws:secretsmanager:*:*:secret:x-*");
    assert_eq!(other, (IMPLICIT, vec![PolicyType::VpcEndpoint]));
}

#[test]
fn a_session_policy_limits() {
    let within = |list: Value| get_secret(&Policies { session: layer(list), ..only_identity(allow_all()) });
    assert!(within(allow_all()).is_allowed());
    let evaluation = within(json!([]));
    assert_eq!((evaluation.decision, evaluation.missing), (IMPLICIT, vec![PolicyType::Session]));
}

#[test]
fn not_principal_denies_all_but_who_is_listed() {
    let list = |principals: Value, boundary| {
        let deny =
            json!({"Effect": "Deny", "NotPrincipal": {"AWS": principals}, "Action": "*", "Resource": "*"});
        get_secret(&Policies { resource: layer(deny), boundary, ..only_identity(allow_all()) }).decision
    };
    let session = "arn:aws:sts::111122223333:assumed-role/web/0123456789abcdef";
    assert_eq!(list(json!([ACCOUNT, ROLE, session]), Layer::NotInForce), ALLOWED);
    assert_eq!(list(json!([ROLE]), Layer::NotInForce), UNKNOWN);
    assert_eq!(list(json!(["444455556666"]), Layer::NotInForce), EXPLICIT);
    assert_eq!(list(json!([ACCOUNT, ROLE, session]), layer(allow_all())), EXPLICIT);
}

#[test]
fn a_policy_of_least_privilege_is_enough_and_no_more() {
    let parameter = "arn:aws:ssm:eu-west-1:111122223333:parameter/a/b";
    let policy = least_privilege_policy([
        ("ssm:GetParameters", parameter),
        ("secretsmanager:GetSecretValue", SECRET),
        ("ecr:GetAuthorizationToken", "*"),
    ]);
    let policies = only_identity(policy["Statement"].clone());
    assert!(ask(&policies, "ssm:GetParameters", Resource::arn(parameter)).is_allowed());
    assert!(get_secret(&policies).is_allowed());
    assert!(ask(&policies, "ecr:GetAuthorizationToken", Resource::all()).is_allowed());
    assert!(ask(&policies, "ssm:GetParameter", Resource::arn(parameter)).is_denied());
    assert!(ask(&policies, "secretsmanager:GetSecretValue", Resource::arn(parameter)).is_denied());
}
