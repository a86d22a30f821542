//! The questions that an engineer asks when ECS tasks loop, each with what the answer must hold.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

use std::fs;
use std::path::{Path, PathBuf};

use ecs_triage_core::report::{Diagnosis, RemedyKind};
use ecs_triage_core::verify::{Before, Recovery, verify};
use ecs_triage_core::{Cause, Confidence, Evidence, Report, Timestamp, Verdict, diagnose};
use serde_json::{Value, json};

fn account(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("accounts").join(name)
}

fn incident(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("incidents").join(name)
}

fn add_folder(evidence: &mut Evidence, folder: &Path) {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        let stem = file.file_stem().unwrap().to_string_lossy();
        evidence.add_named(&stem, &fs::read(file).unwrap()).unwrap();
    }
}

fn at_first(name: &str) -> Report {
    let mut evidence = Evidence::new();
    add_folder(&mut evidence, &incident(name));
    diagnose(&evidence)
}

fn with_account(name: &str) -> Report {
    let mut evidence = Evidence::new();
    add_folder(&mut evidence, &incident(name));
    add_folder(&mut evidence, &account(name));
    diagnose(&evidence)
}

fn of_message(text: &str) -> Report {
    let mut evidence = Evidence::new();
    evidence.add_value(None, Value::String(text.to_owned())).unwrap();
    diagnose(&evidence)
}

fn first(report: &Report) -> &Diagnosis {
    report.diagnoses().next().expect("a diagnosis")
}

fn commands(diagnosis: &Diagnosis) -> String {
    diagnosis.remedies.iter().filter_map(|remedy| remedy.command.clone()).collect::<Vec<_>>().join("\n")
}

fn wants(report: &Report) -> Vec<String> {
    report.wants().iter().map(|want| format!("{}:{}", want.service, want.operation)).collect()
}

#[test]
fn a_failed_pull_is_never_just_a_failed_pull() {
    let image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:v7";
    let pull = format!(
        "CannotPullContainerError: ref pull has been retried 1 time(s): failed to resolve ref {image}"
    );
    for (tail, code) in [
        (format!(": {image}: not found"), "image-tag-not-found"),
        (
            ": denied: User: arn:aws:sts::444455556666:assumed-role/web-exec/0123 is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:111122223333:repository/web because no resource-based policy allows the ecr:BatchGetImage action".to_owned(),
            "iam-ecr-repo-policy-denied",
        ),
        (
            ": failed to do request: Head \"https://111122223333.dkr.ecr.eu-west-1.amazonaws.com/v2/web/manifests/v7\": dial tcp 52.94.1.2:443: i/o timeout".to_owned(),
            "network-registry-unreachable-ecr",
        ),
        (
            ": pulling from host registry-1.docker.io failed with status code [manifests v7]: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit.".to_owned(),
            "registry-rate-limited-dockerhub",
        ),
        (": image Manifest does not contain descriptor matching platform 'linux/arm64'".to_owned(), "image-platform-mismatch"),
        (
            ": failed to extract layer sha256:0123: write /var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/x: no space left on device".to_owned(),
            "image-no-space-fargate",
        ),
    ] {
        let report = of_message(&format!("{pull}{tail}"));
        assert_eq!(first(&report).code, code, "{tail}");
        assert!(first(&report).confidence >= Confidence::Likely, "{tail}");
    }
    let denied = "CannotPullContainerError: Error response from daemon: repository web not found: name unknown: The repository with name 'web' does not exist in the registry with id '111122223333'";
    assert_eq!(first(&of_message(denied)).code, "image-repository-not-found");
    // Cut before the cause: several readings, none of them likely.
    let cut = of_message("CannotPullContainerError: ref pull has been retried 5 time(s)");
    assert!(cut.diagnoses().all(|found| found.confidence == Confidence::Possible));
}

#[test]
fn exit_137_with_the_reason_is_memory_with_its_limits() {
    let report = at_first("oom-kill");
    let found = first(&report);
    assert_eq!((found.code, found.confidence), ("app-oom-killed", Confidence::Confirmed));
    let Cause::AppOomKilled(oom) = &found.cause else { panic!("{:?}", found.cause) };
    assert!(
        oom.limit_mib.is_some() && oom.reservation_mib.is_some() && oom.task_memory_mib.is_some(),
        "{oom:?}"
    );
    assert!(report.subjects()[0].consequences.len() >= 2, "the sidecars are consequences");
}

#[test]
fn exit_137_without_the_reason_is_judged_by_who_stopped_the_task() {
    // Killed after the stop timeout of a deployment: no failure.
    let replaced = at_first("stop-timeout-137");
    assert_eq!(first(&replaced).code, "lifecycle-service-scaling");
    assert_eq!(replaced.subjects()[0].verdict, Verdict::NotAFailure);
    // Killed by ECS after failed health checks: the check is the cause.
    assert_eq!(first(&at_first("health-check-start-period")).code, "health-container-check-failed");
    // Taken down by another container.
    let sidecar = at_first("sidecar-took-it-down");
    assert_eq!(first(&sidecar).code, "sidecar-stopped-task");
    assert_eq!(first(&sidecar).container.as_deref(), Some("auth-proxy"));
}

#[test]
fn exit_1_says_which_container_how_long_it_lived_and_where_its_log_is() {
    let found = at_first("crash-loop");
    let found = first(&found);
    assert_eq!((found.code, found.container.as_deref()), ("app-exit-1", Some("worker")));
    let cause = serde_json::to_value(&found.cause).unwrap();
    assert!(cause["lifetimeSeconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{cause}");
    let group = cause["logGroup"].as_str().unwrap();
    assert!(
        commands(found).contains(&format!("--log-group-name {group} --log-stream-name ")),
        "{}",
        commands(found)
    );

    let mute = at_first("exit-1-no-logs");
    let mute = first(&mute);
    assert_eq!(mute.code, "app-exit-1");
    let said = format!(
        "{} {}",
        mute.summary,
        mute.remedies.iter().map(|remedy| format!("{} {:?}", remedy.title, remedy.body)).collect::<String>()
    );
    assert!(said.contains("log configuration"), "{said}");
}

#[test]
fn a_failed_placement_names_what_is_missing_and_how_much() {
    for (text, code) in [
        ("has insufficient CPU units available", "placement-insufficient-cpu"),
        ("has insufficient memory available", "placement-insufficient-memory"),
        ("encountered error \"RESOURCE:GPU\"", "placement-insufficient-gpu"),
        ("is already using a port required by your task", "placement-port-in-use"),
        ("encountered error \"RESOURCE:ENI\"", "placement-insufficient-eni"),
        ("is missing an attribute required by your task", "placement-missing-attribute"),
        (
            "encountered error \"MemberOf placement constraint unsatisfied.\"",
            "placement-constraint-unsatisfied",
        ),
    ] {
        let report = of_message(&format!(
            "(service web) was unable to place a task because no container instance met all of its requirements. The closest \
             matching (container-instance 0123456789abcdef0123456789abcdef) {text}. For more information, see the Troubleshooting \
             section of the Amazon ECS Developer Guide."
        ));
        assert_eq!(first(&report).code, code);
    }
    let outside = of_message(
        "(service web) is unable to place a task in AZ eu-west-1b because no container instance met all of its requirements.",
    );
    assert!(first(&outside).code.starts_with("placement-"));
    let known = with_account("placement-memory");
    let cause = serde_json::to_value(&first(&known).cause).unwrap();
    let numbers: Vec<i64> = cause.as_object().unwrap().values().filter_map(Value::as_i64).collect();
    assert!(numbers.len() >= 2, "asked for and available: {cause}");
}

#[test]
fn a_role_that_cannot_be_assumed_is_named_with_the_trust_it_needs() {
    let report = with_account("trust-policy-wrong-service");
    let found = first(&report);
    assert_eq!((found.code, found.confidence), ("iam-role-trust", Confidence::Confirmed));
    let cause = serde_json::to_value(&found.cause).unwrap();
    assert_eq!(cause["roleKind"], "task", "{cause}");
    let policy =
        found.remedies.iter().find(|remedy| remedy.kind == RemedyKind::Policy).expect("a trust policy");
    assert!(policy.body.as_ref().unwrap().to_string().contains("ecs-tasks.amazonaws.com"));
    assert!(commands(found).contains("aws iam update-assume-role-policy --role-name "));
    let old = of_message("ResourceNotFoundException: Unable to assume role");
    assert_eq!(first(&old).code, "iam-role-trust");
}

#[test]
fn a_pending_task_says_what_it_waits_for() {
    let mut evidence = Evidence::new();
    add_folder(&mut evidence, &incident("pending-stuck"));
    evidence.observed(Timestamp::parse("2026-10-08T09:40:00-07:00").unwrap());
    let report = diagnose(&evidence);
    let found = first(&report);
    assert_eq!(found.code, "stuck-pending");
    assert!(found.summary.contains("pull"), "{}", found.summary);
    assert!(!report.subjects()[0].timeline.is_empty());
}

#[test]
fn a_crash_loop_is_seen_in_several_tasks_of_one_service() {
    let report = at_first("crash-loop");
    let frames = report.subjects().iter().flat_map(|subject| &subject.consequences);
    let framed: Vec<_> = frames.filter(|effect| effect.code == Some("service-crash-loop")).collect();
    assert!(!framed.is_empty());
    assert_eq!(first(&report).code, "app-exit-1", "the tasks' own cause comes first");
}

#[test]
fn a_private_subnet_without_a_way_out_is_likely_from_the_message_alone() {
    let mut evidence = Evidence::new();
    evidence
        .add_named(
            "describe-tasks",
            &fs::read(incident("private-subnet-no-nat").join("describe-tasks.json")).unwrap(),
        )
        .unwrap();
    let report = diagnose(&evidence);
    let found = first(&report);
    assert_eq!((found.code, found.confidence), ("network-ecr-api-unreachable", Confidence::Likely));
    assert!(
        wants(&report).iter().any(|want| want == "ec2:DescribeSubnets" || want == "ec2:DescribeRouteTables"),
        "{:?}",
        wants(&report)
    );
}

#[test]
fn a_limit_under_the_peak_is_raised_to_one_and_a_half_of_steady_use() {
    let report = with_account("memory-above-peak");
    let found = first(&report);
    let Cause::AppOomKilled(oom) = &found.cause else { panic!("{:?}", found.cause) };
    let (limit, needed) = (oom.limit_mib.unwrap(), oom.needed_mib.expect("what steady use needs"));
    assert!(oom.peak_mib.expect("the peak") > 0 && needed > limit, "{oom:?}");
    let patch = found.remedies.iter().find(|remedy| remedy.kind == RemedyKind::Patch).expect("a patch");
    assert!(patch.proven && patch.mutating);
    let text = patch.body.as_ref().unwrap().to_string();
    assert!(text.contains("\"memory\"") || text.contains("/memory"), "{text}");
}

#[test]
fn a_missing_permission_is_named_with_role_action_and_remedy() {
    let report = with_account("execution-role-without-ecr");
    let found = first(&report);
    assert_eq!((found.code, found.confidence), ("iam-ecr-auth-token-denied", Confidence::Confirmed));
    let cause = serde_json::to_value(&found.cause).unwrap();
    assert_eq!(cause["action"], "ecr:GetAuthorizationToken");
    assert_eq!(cause["roleKind"], "execution");
    let commands = commands(found);
    assert!(
        commands.contains("aws iam attach-role-policy")
            && commands.contains("AmazonECSTaskExecutionRolePolicy"),
        "{commands}"
    );
    assert!(found.remedies.iter().any(|remedy| remedy.proven));
}

#[test]
fn a_tag_that_was_never_pushed_is_taken_apart_asked_for_and_proven() {
    let report = at_first("image-tag-never-pushed");
    let found = first(&report);
    let cause = serde_json::to_value(&found.cause).unwrap();
    for part in ["registry", "repository", "tag", "registryAccount", "registryRegion"] {
        assert!(cause[part].is_string(), "{part}: {cause}");
    }
    assert!(wants(&report).contains(&"ecr:DescribeImages".to_owned()));
    let settled = with_account("image-tag-never-pushed");
    assert_eq!(first(&settled).confidence, Confidence::Confirmed);
    assert!(!wants(&settled).contains(&"ecr:DescribeImages".to_owned()));
}

#[test]
fn a_start_period_that_is_too_short_comes_with_a_whole_corrected_check() {
    let report = with_account("health-check-start-period");
    let found = first(&report);
    assert_eq!(found.code, "health-container-check-failed");
    let body = found
        .remedies
        .iter()
        .find_map(|remedy| remedy.body.as_ref().filter(|_| remedy.kind == RemedyKind::Document));
    let document = body.expect("a corrected definition");
    let checks: Vec<&Value> = document["containerDefinitions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|container| container.get("healthCheck"))
        .collect();
    assert!(
        checks.iter().any(|check| check["startPeriod"].as_u64().is_some_and(|seconds| seconds > 0)),
        "{checks:?}"
    );
}

#[test]
fn after_the_fix_the_service_is_compared_with_before() {
    let report = at_first("crash-loop");
    let service = report.subjects().iter().find_map(|subject| subject.service.clone()).unwrap();
    let before = Before::from(&report);
    let state = |running: i64, rollout: &str| {
        let mut evidence = Evidence::new();
        let deployment = json!({ "status": "PRIMARY", "rolloutState": rollout, "runningCount": running });
        let value = json!({ "services": [{
            "serviceName": service, "status": "ACTIVE", "desiredCount": 2, "runningCount": running,
            "deployments": [deployment], "events": [],
        }]});
        evidence.add_value(None, value).unwrap();
        verify(&before, &evidence).recovery
    };
    assert_eq!(state(2, "COMPLETED"), Recovery::Recovered);
    assert_eq!(state(1, "IN_PROGRESS"), Recovery::RollingOut);
}

#[test]
fn every_remedy_says_whether_it_changes_anything_and_what() {
    for folder in
        fs::read_dir(incident("")).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir())
    {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        for diagnosis in with_account(&name).diagnoses() {
            for remedy in &diagnosis.remedies {
                assert!(!remedy.blast_radius.is_empty(), "{name}: {}", remedy.title);
                let line = remedy.command.as_deref().unwrap_or_default();
                let writes = [
                    " put-",
                    " update-",
                    " create-",
                    " attach-",
                    " modify-",
                    " register-",
                    " authorize-",
                    " delete-",
                ];
                if line.starts_with("aws ") && writes.iter().any(|verb| line.contains(verb)) {
                    assert!(remedy.mutating, "{name}: {line}");
                }
            }
        }
    }
}

#[test]
fn the_outputs_of_the_articles_commands_count_alone_and_together() {
    let folder = incident("article");
    let alone = |file: &str| {
        let mut evidence = Evidence::new();
        let text = fs::read(folder.join(file)).unwrap();
        evidence.add_json(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let report = diagnose(&evidence);
        // An answer that does not name its role says so; nothing in it is unreadable.
        let unread = report.problems().iter().find(|problem| !problem.expected.is_empty());
        assert!(unread.is_none(), "{file}: {unread:?}");
        report
    };
    assert_eq!(first(&alone("describe-tasks.json")).code, "app-oom-killed");
    for file in [
        "describe-images.json",
        "describe-services.json",
        "describe-task-definition-health-check.json",
        "describe-task-definition-limits.json",
        "get-metric-statistics.json",
        "get-role.json",
        "list-attached-role-policies.json",
    ] {
        alone(file);
    }
    let together = at_first("article");
    let found = first(&together);
    assert_eq!(found.code, "app-oom-killed");
    let Cause::AppOomKilled(oom) = &found.cause else { panic!("{:?}", found.cause) };
    assert_eq!(oom.limit_mib, Some(768), "the limit is in another document");
    assert!(oom.peak_mib.is_some(), "the peak is in a third");
}
