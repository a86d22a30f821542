//! Traps: what a tool that reads ECS naively gets wrong.
//!
//! Each has a number. Those about messages and tasks are fixtures called `clear-trap-NN-…`; the ones about reading,
//! joining, policies, networks, sizes and times are the tests here.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

mod common;

use std::collections::BTreeSet;

use common::{codes, fixtures};
use ecs_triage_core::health::{
    BreakerThreshold, DeploymentLimits, HealthCheck, Matcher, ProbeModel, StartBackoff,
};
use ecs_triage_core::iam::{
    Context, Decision, Layer, Policies, Policy, PolicyDocument, Principal, Resource, RolePolicies,
    ServiceCaller, managed_policy, role_context, trusts_service,
};
use ecs_triage_core::image::{ImageReference, Registry};
use ecs_triage_core::network::{Destination, Interface, Network, Origin, Overall, Traffic, source_of};
use ecs_triage_core::report::Diagnosis;
use ecs_triage_core::signals::{LaunchType, Stop, subjects};
use ecs_triage_core::sizes::{
    ContainerMemory, DenominatorSource, FargateSize, ManagedInstanceLife, OperatingSystem, denominator,
};
use ecs_triage_core::{Confidence, Evidence, Report, Verdict, diagnose};
use serde_json::{Value, json};

const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:parcels/db-Ab12Cd";

#[test]
fn every_trap_is_shown() {
    let named = fixtures().into_iter().filter_map(|fixture| number(fixture.story.split_once("trap-")?.1));
    let tests = include_str!("traps.rs").lines().filter_map(|line| number(line.strip_prefix("fn trap_")?));
    let shown: BTreeSet<u32> = named.chain(tests).collect();
    let missing: Vec<u32> = (1..=45).filter(|trap| !shown.contains(trap)).collect();
    assert!(missing.is_empty(), "no fixture and no test for the traps {missing:?}");
}

fn number(text: &str) -> Option<u32> {
    text.get(..2)?.parse().ok()
}

// Messages and exits.

#[test]
fn trap_08_a_file_that_may_be_missing_is_not_proven_refused() {
    let report = of_message(
        "ResourceInitializationError: failed to download env files: file download command: non empty error stream: service \
         call has been retried 1 time(s): operation error S3: HeadObject, https response error StatusCode: 403, RequestID: \
         5JQ0S2VE4A7K1XTD, HostID: t3, api error Forbidden: Forbidden",
    );
    let found = first(&report);
    assert_eq!(found.code, "iam-s3-envfile-denied");
    assert!(found.confidence < Confidence::Confirmed);
    assert!(found.summary.contains("does not exist"), "{}", found.summary);
}

#[test]
fn trap_13_stop_codes_are_seven_or_absent() {
    for (code, reason, expected) in [
        (Some("TaskFailedToStart"), "", Stop::FailedToStart),
        (Some("EssentialContainerExited"), "", Stop::EssentialContainerExited),
        (Some("UserInitiated"), "", Stop::User),
        (Some("ServiceSchedulerInitiated"), "", Stop::Scheduler),
        (Some("SpotInterruption"), "", Stop::Capacity),
        (Some("TerminationNotice"), "", Stop::Capacity),
        (Some("InfrastructureHealth"), "", Stop::Capacity),
        // Old answers and events have none; the sentence tells.
        (None, "Essential container in task exited", Stop::EssentialContainerExited),
        (None, "Scaling activity initiated by (deployment ecs-svc/6631)", Stop::Scheduler),
        (None, "Task failed ELB health checks in (target-group parcels)", Stop::Unhealthy),
        // Names of errors are no stop codes.
        (Some("OutOfMemoryError"), "", Stop::Unknown),
        (Some("CannotPullContainerError"), "", Stop::Unknown),
    ] {
        let mut task = task(json!([]));
        task["stopCode"] = code.into();
        task["stoppedReason"] = reason.into();
        let evidence = evidence(&[json!({ "tasks": [task] })]);
        assert_eq!(subjects(&evidence)[0].stop, expected, "{code:?} {reason}");
    }
}

#[test]
fn trap_18_exit_0_is_success_of_a_job_and_failure_of_a_service() {
    for (group, expected) in
        [("family:parcels-import", Verdict::NotAFailure), ("service:parcels", Verdict::Failure)]
    {
        let mut task = task(json!([{"name": "api", "lastStatus": "STOPPED", "exitCode": 0}]));
        task["group"] = group.into();
        task["stopCode"] = "EssentialContainerExited".into();
        task["stoppedReason"] = "Essential container in task exited".into();
        let report = diagnose(&evidence(&[json!({ "tasks": [task] })]));
        assert_eq!(first(&report).code, "app-exit-0-essential");
        assert_eq!(report.subjects()[0].verdict, expected, "{group}");
    }
}

// Roles and policies.

#[test]
fn trap_20_the_managed_execution_policy_has_six_actions() {
    let arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
    let document = managed_policy(arn).expect("AWS's policy").document;
    let text = document.to_string();
    for action in [
        "ecr:GetAuthorizationToken",
        "ecr:BatchCheckLayerAvailability",
        "ecr:GetDownloadUrlForLayer",
        "ecr:BatchGetImage",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    ] {
        assert!(text.contains(&format!("\"{action}\"")), "{action}");
    }
    assert_eq!(text.matches("ecr:").count() + text.matches("logs:").count(), 6);
    for other in ["secretsmanager:", "ssm:", "kms:", "s3:"] {
        assert!(!text.contains(other), "{other}");
    }
}

#[test]
fn trap_21_plural_parameters_one_asterisk_and_six_characters() {
    let parameter = || Resource::arn("arn:aws:ssm:eu-west-1:111122223333:parameter/parcels/dsn");
    assert!(!may(&allow("ssm:GetParameter", "*"), "ssm:GetParameters", parameter()));
    assert!(may(&allow("ssm:GetParameters", "*"), "ssm:GetParameters", parameter()));
    let token = |resource| {
        may(&allow("ecr:GetAuthorizationToken", resource), "ecr:GetAuthorizationToken", Resource::all())
    };
    assert!(!token("arn:aws:ecr:eu-west-1:111122223333:repository/parcels"));
    assert!(token("*"));
    let secret = |resource| {
        may(
            &allow("secretsmanager:GetSecretValue", resource),
            "secretsmanager:GetSecretValue",
            Resource::arn(SECRET),
        )
    };
    assert!(!secret("arn:aws:secretsmanager:eu-west-1:111122223333:secret:parcels/db"));
    assert!(secret("arn:aws:secretsmanager:eu-west-1:111122223333:secret:parcels/db-??????"));
}

#[test]
fn trap_22_a_source_arn_that_names_a_cluster_never_matches() {
    let trusts = |condition: Value| {
        let trust =
            document(&json!([{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole", "Condition": condition}]));
        let ecs = ServiceCaller {
            service: "ecs-tasks.amazonaws.com".into(),
            partition: "aws".into(),
            region: Some("eu-west-1".into()),
            account: Some("111122223333".into()),
        };
        trusts_service("trust", &trust, &ecs).decision
    };
    let source = |arn: &str| trusts(json!({"ArnLike": {"aws:SourceArn": arn}}));
    assert!(matches!(source("arn:aws:ecs:eu-west-1:111122223333:cluster/blue"), Decision::Denied(_)));
    assert_eq!(source("arn:aws:ecs:eu-west-1:111122223333:*"), Decision::Allowed);
    // A key that nothing is known of is no refusal.
    assert_eq!(trusts(json!({"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}})), Decision::Unknown);
}

#[test]
fn trap_23_policies_come_percent_encoded_decoded_and_as_text() {
    let decoded = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Action": "ecr:GetAuthorizationToken", "Resource": "*"}]});
    let text = decoded.to_string();
    let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for form in [decoded, text.into(), encoded.into()] {
        let document = PolicyDocument::parse(&form).expect("a policy");
        assert_eq!(document.statements().len(), 1, "{form}");
        assert!(may(&document, "ecr:GetAuthorizationToken", Resource::all()), "{form}");
    }
}

#[test]
fn trap_24_ec2_tasks_travel_over_the_host_with_their_own_role() {
    assert!(LaunchType::Ec2.has_hosts() && LaunchType::External.has_hosts());
    assert!(!LaunchType::Fargate.has_hosts());
    let mut on_host = unstarted("");
    on_host["launchType"] = "EC2".into();
    on_host["containerInstanceArn"] =
        "arn:aws:ecs:eu-west-1:111122223333:container-instance/blue/7d2f".into();
    let on_host = evidence(&[json!({ "tasks": [on_host] })]);
    for (traffic, own) in [(Traffic::Start, false), (Traffic::Secrets, false), (Traffic::Application, true)] {
        let is_own = matches!(source_of(&subjects(&on_host)[0], traffic), Origin::Vpc(source) if source.interface == Interface::Task);
        assert_eq!(is_own, own, "{traffic:?}");
    }
    // The role is the one that the refusal names, whatever the launch type.
    for role in ["parcels-execution", "ecsInstanceRole"] {
        let mut task = task(json!([{"name": "api", "lastStatus": "STOPPED", "reason": format!(
            "CannotPullECRContainerError: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/{role}/i-0a1b2c3d4e5f60718 is \
             not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy allows the \
             ecr:GetAuthorizationToken action")}]));
        task["launchType"] = "EC2".into();
        task["stopCode"] = "TaskFailedToStart".into();
        task["stoppedReason"] = "Task failed to start".into();
        let definition = json!({"taskDefinition": {
            "taskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/parcels:31", "networkMode": "awsvpc",
            "executionRoleArn": "arn:aws:iam::111122223333:role/parcels-execution", "containerDefinitions": [{"name": "api"}]}});
        let report = diagnose(&evidence(&[json!({ "tasks": [task] }), definition]));
        let found = first(&report);
        assert_eq!(found.code, "iam-ecr-auth-token-denied");
        assert!(found.summary.contains(role), "{}", found.summary);
        let commands: Vec<&str> =
            found.remedies.iter().filter_map(|remedy| remedy.command.as_deref()).collect();
        assert!(commands.iter().all(|command| command.contains(role)), "{commands:?}");
    }
}

#[test]
fn trap_43_an_asterisk_may_run_past_the_colons() {
    let secret = || Resource::arn(SECRET);
    let region = document(&json!([{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
        "Resource": "arn:aws:secretsmanager:eu-*"}]));
    assert_ne!(decision(&region, "secretsmanager:GetSecretValue", secret()), "denied");
    // The caller's account is in every request.
    let own =
        document(&json!([{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}}]));
    assert!(may(&own, "secretsmanager:GetSecretValue", secret()));
}

// Networks.

#[test]
fn trap_25_an_endpoint_that_refuses_is_not_bypassed() {
    // There is a way out through a NAT gateway, and the name still leads to the endpoint, in another subnet.
    let endpoint = json!({"VpcEndpoints": [{"VpcEndpointId": "vpce-0a1b2c3d4e5f60718", "VpcEndpointType": "Interface",
        "VpcId": "vpc-0f1e2d3c4b5a69788", "ServiceName": "com.amazonaws.eu-west-1.ecr.api", "State": "available",
        "PrivateDnsEnabled": true, "SubnetIds": ["subnet-0fffeeeedddccccbb"], "Groups": [{"GroupId": "sg-0aaabbbbcccddddee"}]}]});
    let nat = json!({"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-0a1b2c3d4e5f60718", "State": "active"});
    let report = of_silence("10.20.4.9", &[endpoint, subnet(), route_tables(&[nat])]);
    assert_eq!(first(&report).code, "network-endpoint-sg-blocks");
    // A policy on the way to Amazon S3 refuses: the network is fine.
    let report = of_message(
        "CannotPullContainerError: error pulling image configuration: download failed after attempts=1: error parsing HTTP 403 \
         response body: AccessDenied",
    );
    assert!(!codes(&report).contains(&"image-layer-s3-unreachable"), "{:?}", codes(&report));
}

#[test]
fn trap_26_no_table_of_its_own_is_not_no_route() {
    let asked = json!({"service": "ec2", "operation": "DescribeRouteTables",
        "params": {"Filters": [{"Name": "association.subnet-id", "Values": ["subnet-0a1b2c3d4e5f60718"]}]},
        "response": {"RouteTables": []}});
    let report = of_silence("52.95.120.77", &[subnet(), asked.clone()]);
    assert_eq!(first(&report).code, "network-ecr-api-unreachable");
    assert_eq!(first(&report).confidence, Confidence::Likely);
    let evidence = evidence(&[json!({ "tasks": [unstarted("")] }), subnet(), asked]);
    let Origin::Vpc(source) = source_of(&subjects(&evidence)[0], Traffic::Start) else {
        panic!("no interface")
    };
    let api = Destination::aws("ecr.api", "eu-west-1");
    assert_eq!(Network::new(&evidence).reach(&source, &api, None).overall(), Overall::Unknown);
    // The way to an internet gateway is none for an interface without a public address.
    let gateway =
        json!({"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-0a1b2c3d4e5f60718", "State": "active"});
    let report = of_silence("52.95.120.77", &[subnet(), route_tables(&[gateway])]);
    assert_eq!(first(&report).code, "network-ecr-api-unreachable");
    assert!(first(&report).confidence >= Confidence::Likely);
}

#[test]
fn trap_40_network_acls_are_read_from_the_side_of_the_task() {
    let entry = |number: u32, egress: bool, ports: (u32, u32)| {
        json!({"RuleNumber": number, "Egress": egress, "Protocol": "6", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0",
            "PortRange": {"From": ports.0, "To": ports.1}})
    };
    // Out to 443 and back to the ephemeral ports: right for a task, the reverse of what a server's subnet needs.
    let acl = json!({"NetworkAcls": [{"NetworkAclId": "acl-0a1b2c3d4e5f60718", "VpcId": "vpc-0f1e2d3c4b5a69788", "IsDefault": false,
        "Associations": [{"SubnetId": "subnet-0a1b2c3d4e5f60718"}],
        "Entries": [entry(100, true, (443, 443)), entry(100, false, (1_024, 65_535))]}]});
    let report = of_silence("52.95.120.77", &[subnet(), acl]);
    assert!(!cites(&report, "NetworkAcls"), "{report:?}");
}

#[test]
fn trap_44_groups_do_not_filter_the_dns_of_amazon() {
    let group = json!({"SecurityGroups": [{"GroupId": "sg-0a1b2c3d4e5f60718", "VpcId": "vpc-0f1e2d3c4b5a69788", "IpPermissions": [],
        "IpPermissionsEgress": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}]});
    let reason = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to \
        retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post \
        \"https://api.ecr.eu-west-1.amazonaws.com/\": dial tcp: lookup api.ecr.eu-west-1.amazonaws.com on 10.20.0.2:53: no such host";
    let report = diagnose(&evidence(&[json!({ "tasks": [unstarted(reason)] }), subnet(), group]));
    assert_eq!(first(&report).code, "network-dns-resolution");
    assert!(!cites(&report, "SecurityGroups"), "{report:?}");
}

#[test]
fn trap_45_a_gateway_endpoint_leads_to_its_own_region_only() {
    let endpoint = json!({"VpcEndpoints": [{"VpcEndpointId": "vpce-0b1c2d3e4f5a60718", "VpcEndpointType": "Gateway",
        "VpcId": "vpc-0f1e2d3c4b5a69788", "ServiceName": "com.amazonaws.eu-west-1.s3", "State": "available",
        "RouteTableIds": ["rtb-0a1b2c3d4e5f60718"]}]});
    let s3 = json!({"DestinationPrefixListId": "pl-6da54004", "GatewayId": "vpce-0b1c2d3e4f5a60718", "State": "active"});
    let reason = "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed to do \
        request: Get \"https://prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com/1a2b-111122223333-3c4d/5e6f\": dial tcp \
        52.217.10.20:443: i/o timeout";
    let report = diagnose(&evidence(&[
        json!({ "tasks": [unstarted(reason)] }),
        subnet(),
        endpoint,
        route_tables(&[s3]),
    ]));
    assert_eq!(first(&report).code, "image-layer-s3-unreachable");
    assert!(first(&report).confidence >= Confidence::Likely);
}

// Sizes.

#[test]
fn trap_27_the_percentage_of_a_service_may_be_of_the_soft_limit() {
    let container = |hard, soft| ContainerMemory { hard_mib: hard, soft_mib: soft };
    let of = denominator(Some(2_048), &[container(Some(1_024), Some(256))]).expect("limits");
    assert_eq!((of.mib, of.source, of.is_certain), (256, DenominatorSource::SoftLimit, false));
    let of = denominator(Some(2_048), &[container(None, None)]).expect("the task's memory");
    assert_eq!((of.mib, of.source), (2_048, DenominatorSource::Task));
}

#[test]
fn trap_28_fargate_sizes() {
    let valid = |cpu, memory_mib| FargateSize { cpu, memory: memory_mib }.is_valid(OperatingSystem::Linux);
    assert_eq!(FargateSize::all(OperatingSystem::Linux).count(), 77);
    for (cpu, memory_mib, expected) in [
        (256, 1_024, true),
        (256, 1_536, false),
        (4_096, 30_720, true),
        (4_096, 31_744, false),
        (32_768, 61_440, true),
        (32_768, 122_880, true),
        (32_768, 249_856, true),
        (32_768, 65_536, false),
    ] {
        assert_eq!(valid(cpu, memory_mib), expected, "{cpu} {memory_mib}");
    }
}

// Reading.

#[test]
fn trap_31_a_task_that_is_missing_is_no_failed_task() {
    let arn = "arn:aws:ecs:eu-west-1:111122223333:task/blue/5b0c7d1e9f3a4c62b8d41e7f90a2c356";
    let report =
        diagnose(&evidence(&[json!({"tasks": [], "failures": [{"arn": arn, "reason": "MISSING"}]})]));
    let found = first(&report);
    assert_eq!(found.code, "api-resource-missing");
    // A list of RUNNING tasks says nothing of stopped ones.
    let report = diagnose(&evidence(&[json!({ "taskArns": [] })]));
    assert!(report.diagnoses().next().is_none(), "{:?}", codes(&report));
}

#[test]
fn trap_34_image_references() {
    for (text, account, repository, tag) in [
        (
            "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team-a/api:v1",
            Some("111122223333"),
            "team-a/api",
            Some("v1"),
        ),
        ("111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/api", Some("111122223333"), "api", None),
        ("111122223333.dkr.ecr.us-gov-west-1.amazonaws.com/api:v1", Some("111122223333"), "api", Some("v1")),
        ("111122223333.dkr.ecr-fips.us-east-1.amazonaws.com/api:v1", Some("111122223333"), "api", Some("v1")),
        ("111122223333.dkr-ecr.eu-west-1.on.aws/api:v1", Some("111122223333"), "api", Some("v1")),
        ("111122223333.dkr-ecr-fips.us-east-1.on.aws/api:v1", Some("111122223333"), "api", Some("v1")),
        (
            "111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/nginx:1.27",
            Some("111122223333"),
            "docker-hub/library/nginx",
            Some("1.27"),
        ),
        ("registry.example.com:5000/team-a/api:v1", None, "team-a/api", Some("v1")),
    ] {
        let image = ImageReference::from(text);
        assert!(image.is_valid(), "{text}");
        assert_eq!(image.ecr().map(|ecr| ecr.account).as_deref(), account, "{text}");
        assert_eq!((image.repository(), image.tag()), (repository, tag), "{text}");
    }
    let digest = format!("sha256:{}", "ab".repeat(32));
    let both = ImageReference::from(format!("public.ecr.aws/parcels/api:v1@{digest}").as_str());
    assert_eq!(
        (both.registry(), both.tag(), both.digest()),
        (Registry::EcrPublic, Some("v1"), Some(digest.as_str()))
    );
}

// Health and deployments.

#[test]
fn trap_29_when_a_check_that_never_passes_kills() {
    let default = HealthCheck::default();
    for model in ProbeModel::BOTH {
        assert_eq!(default.unhealthy_at_instant_failures(*model), 90);
        assert_eq!(default.unhealthy_at_hangs(*model), 105);
    }
    // Docker 25, of the ECS-optimized AMIs, does not probe more often in the start period.
    assert_eq!(ProbeModel::of_docker("25.0.14"), [ProbeModel::Interval]);
    assert_eq!(ProbeModel::of_docker("27.3.1"), [ProbeModel::StartInterval]);
}

#[test]
fn trap_30_the_threshold_of_the_circuit_breaker() {
    for (desired, failures) in [(1, 3), (7, 4), (25, 13), (1_000, 200)] {
        assert_eq!(BreakerThreshold::default().failures(desired), failures, "{desired}");
    }
    assert_eq!(BreakerThreshold::failures_before_2024(4), 10);
    assert_eq!(BreakerThreshold::Count(2).failures(100), 2);
}

#[test]
fn trap_32_percentages_that_block_each_other() {
    let limits = |desired_count, minimum_healthy_percent, maximum_percent| DeploymentLimits {
        desired_count,
        minimum_healthy_percent,
        maximum_percent,
    };
    assert!(limits(1, 100, 100).is_deadlocked());
    // 150 % of one task is one task.
    assert!(limits(1, 100, 150).is_deadlocked());
    assert!(!limits(1, 100, 200).is_deadlocked());
    assert!(!limits(2, 50, 100).is_deadlocked());
}

#[test]
fn trap_39_managed_instances_are_replaced_after_14_days() {
    assert_eq!(ManagedInstanceLife::DRAINS_AFTER_DAYS, 14);
}

#[test]
fn trap_41_grpc_checks_expect_unimplemented() {
    let default = Matcher::grpc_default();
    assert!(default.accepts(12) && !default.accepts(0));
    assert!(Matcher::parse("0").is_some_and(|set| set.accepts(0) && !set.accepts(12)));
}

#[test]
fn trap_42_a_long_silence_is_the_throttle_of_failing_starts() {
    assert!(StartBackoff::explains_gap(27 * 60, false));
    assert!(!StartBackoff::explains_gap(27 * 60, true), "a task that ran is replaced at once");
}

fn evidence(documents: &[Value]) -> Evidence {
    let mut evidence = Evidence::new();
    for document in documents {
        evidence.add_value(None, document.clone()).unwrap();
    }
    evidence
}

fn of_message(text: &str) -> Report {
    diagnose(&evidence(&[text.into()]))
}

fn first(report: &Report) -> &Diagnosis {
    report.diagnoses().next().expect("a diagnosis")
}

/// A task whose registry token could not be had, because nothing answered at `address`.
fn of_silence(address: &str, documents: &[Value]) -> Report {
    let reason = format!(
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to \
         retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post \
         \"https://api.ecr.eu-west-1.amazonaws.com/\": dial tcp {address}:443: i/o timeout"
    );
    let mut all = vec![json!({ "tasks": [unstarted(&reason)] })];
    all.extend_from_slice(documents);
    diagnose(&evidence(&all))
}

fn unstarted(reason: &str) -> Value {
    let mut task = task(json!([{"name": "api", "lastStatus": "STOPPED",
        "image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/parcels/api:2.4.0"}]));
    task["stopCode"] = "TaskFailedToStart".into();
    task["stoppedReason"] = reason.into();
    task["attachments"] = json!([{"type": "ElasticNetworkInterface", "status": "DELETED", "details": [
        {"name": "subnetId", "value": "subnet-0a1b2c3d4e5f60718"}, {"name": "privateIPv4Address", "value": "10.20.4.31"}]}]);
    task
}

fn subnet() -> Value {
    json!({"Subnets": [{"SubnetId": "subnet-0a1b2c3d4e5f60718", "VpcId": "vpc-0f1e2d3c4b5a69788", "CidrBlock": "10.20.4.0/24",
        "AvailabilityZone": "eu-west-1a", "MapPublicIpOnLaunch": false}]})
}

/// The main table of the VPC, with the route of the VPC itself and others.
fn route_tables(routes: &[Value]) -> Value {
    let mut all =
        vec![json!({"DestinationCidrBlock": "10.20.0.0/16", "GatewayId": "local", "State": "active"})];
    all.extend_from_slice(routes);
    json!({"RouteTables": [{"RouteTableId": "rtb-0a1b2c3d4e5f60718", "VpcId": "vpc-0f1e2d3c4b5a69788",
        "Associations": [{"Main": true, "RouteTableId": "rtb-0a1b2c3d4e5f60718"}], "Routes": all}]})
}

/// Whether a diagnosis is proven by something below a member of a document.
fn cites(report: &Report, member: &str) -> bool {
    let mut citations = report.diagnoses().flat_map(|found| &found.evidence);
    citations.any(|citation| citation.pointer.starts_with(&format!("/{member}/")))
}

fn task(containers: Value) -> Value {
    json!({
        "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/blue/5b0c7d1e9f3a4c62b8d41e7f90a2c356",
        "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/blue",
        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/parcels:31",
        "group": "service:parcels", "launchType": "FARGATE", "lastStatus": "STOPPED", "desiredStatus": "STOPPED",
        "containers": containers,
    })
}

fn document(statements: &Value) -> PolicyDocument {
    PolicyDocument::parse(&json!({ "Version": "2012-10-17", "Statement": statements })).expect("a policy")
}

fn allow(action: &str, resource: &str) -> PolicyDocument {
    document(&json!([{ "Effect": "Allow", "Action": action, "Resource": resource }]))
}

fn role_with(policy: &PolicyDocument) -> RolePolicies {
    let principal = Principal::from_arn("arn:aws:iam::111122223333:role/parcels-execution").expect("a role");
    RolePolicies::new(principal.session("0f1e2d3c"))
        .inline([Policy::new("parcels", policy.clone())])
        .attached([])
        .others(Policies { boundary: Layer::NotInForce, ..Policies::default() })
}

fn may(policy: &PolicyDocument, action: &str, resource: Resource) -> bool {
    role_with(policy).may(action, resource, &role_context(Some("eu-west-1"))).is_allowed()
}

fn decision(policy: &PolicyDocument, action: &str, resource: Resource) -> &'static str {
    match role_with(policy).may(action, resource, &Context::new()).decision {
        Decision::Denied(_) => "denied",
        Decision::Allowed => "allowed",
        _ => "unknown",
    }
}
