//! What a report tells to type loses nothing that it does not name, and is for the very subject.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

mod common;

use std::collections::BTreeMap;

use common::{diagnosed, fixtures};
use ecs_triage_core::report::{Remedy, RemedyKind};
use ecs_triage_core::{Evidence, Report, diagnose};
use serde_json::{Value, json};

const TASK: &str = "arn:aws:ecs:eu-west-1:111122223333:task/shop/0a1b2c3d4e5f60718293a4b5c6d7e8f9";
const NO_WAY: &str = "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref \
    111122223333.dkr.ecr.eu-west-1.amazonaws.com/cart:v12: failed to do request: Head \
    \"https://111122223333.dkr.ecr.eu-west-1.amazonaws.com/v2/cart/manifests/v12\": dial tcp 52.94.3.7:443: i/o timeout";
const NO_LOG: &str = "Essential container in task exited";

/// A stopped task of service `cart`, in a subnet of three.
fn task(reason: &str) -> Value {
    json!({
        "taskArn": TASK, "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/shop",
        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/cart:7",
        "group": "service:cart", "launchType": "FARGATE", "lastStatus": "STOPPED", "desiredStatus": "STOPPED",
        "stopCode": "TaskFailedToStart", "stoppedReason": reason,
        "createdAt": "2026-11-22T08:00:00Z", "stoppedAt": "2026-11-22T08:05:00Z",
        "attachments": [{ "type": "ElasticNetworkInterface", "status": "DELETED", "details": [
            { "name": "subnetId", "value": "subnet-0a" }, { "name": "networkInterfaceId", "value": "eni-0a" }] }],
        "containers": [{ "name": "cart", "lastStatus": "STOPPED" }],
    })
}

fn service() -> Value {
    json!({
        "serviceName": "cart", "serviceArn": "arn:aws:ecs:eu-west-1:111122223333:service/shop/cart",
        "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/shop", "status": "ACTIVE",
        "desiredCount": 3, "runningCount": 0, "launchType": "FARGATE",
        "networkConfiguration": { "awsvpcConfiguration": {
            "subnets": ["subnet-0a", "subnet-0b", "subnet-0c"], "securityGroups": ["sg-0a", "sg-0b"],
            "assignPublicIp": "DISABLED" } },
    })
}

fn definition() -> Value {
    json!({
        "family": "cart", "taskDefinitionArn": "arn:aws:ecs:eu-west-1:111122223333:task-definition/cart:7",
        "revision": 7, "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "512", "memory": "1024",
        "executionRoleArn": "arn:aws:iam::111122223333:role/cart-execution",
        "containerDefinitions": [{ "name": "cart", "image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/cart:v12",
            "essential": true, "memory": 256, "environment": [{ "name": "MODE", "value": "lively" }] }],
    })
}

fn report(documents: impl IntoIterator<Item = Value>) -> Report {
    let mut evidence = Evidence::new();
    for document in documents {
        evidence.add_json(document.to_string().as_bytes()).unwrap();
    }
    diagnose(&evidence)
}

fn remedies(report: &Report) -> Vec<Remedy> {
    report.diagnoses().flat_map(|diagnosis| diagnosis.remedies.clone()).collect()
}

fn commands(remedies: &[Remedy]) -> Vec<&str> {
    remedies.iter().filter_map(|remedy| remedy.command.as_deref()).collect()
}

fn with(mut value: Value, changes: &[(&str, Value)]) -> Value {
    for (pointer, to) in changes {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        value.pointer_mut(parent).unwrap()[key] = to.clone();
    }
    value
}

#[test]
fn a_service_keeps_its_subnets_and_groups() {
    let found = remedies(&report([json!({ "tasks": [task(NO_WAY)] }), json!({ "services": [service()] })]));
    let typed = commands(&found);
    let update = typed.iter().find(|command| command.contains("--network-configuration")).unwrap();
    assert!(
        update.contains("subnets=[subnet-0a,subnet-0b,subnet-0c],securityGroups=[sg-0a,sg-0b]"),
        "{update}"
    );
    let egress = typed.iter().find(|command| command.contains("authorize-security-group-egress")).unwrap();
    assert!(egress.contains(" --group-id sg-0a --ip-permissions "), "{egress}");
    // Without the service its subnets are not those of the task.
    let found = remedies(&report([json!({ "tasks": [task(NO_WAY)] })]));
    let typed = commands(&found);
    let update = typed.iter().find(|command| command.contains("--network-configuration")).unwrap();
    assert!(update.contains("subnets=[SERVICE_SUBNETS],securityGroups=[SECURITY_GROUPS]"), "{update}");
}

#[test]
fn nothing_is_deployed_where_no_service_runs_the_task() {
    let alone =
        with(task(NO_WAY), &[("/group", json!("family:cart")), ("/startedBy", json!("events-rule/nightly"))]);
    let found = remedies(&report([json!({ "tasks": [alone] })]));
    assert!(commands(&found).iter().all(|command| !command.contains("update-service")), "{found:?}");
    let advice = found.iter().find(|remedy| remedy.title.contains("public address")).unwrap();
    assert_eq!(advice.kind, RemedyKind::Advice);
    assert!(
        advice.body.as_ref().unwrap().as_str().unwrap().contains("`assignPublicIp` ENABLED"),
        "{advice:?}"
    );
    assert_eq!(advice.blast_radius, "tasks that are started from then on");
}

#[test]
fn another_deployment_controller_is_told_itself() {
    for (kind, words) in [("CODE_DEPLOY", "CodeDeploy"), ("EXTERNAL", "task set")] {
        let its = with(service(), &[("/deploymentController", json!({ "type": kind }))]);
        let killed = with(
            task(NO_LOG),
            &[
                ("/stopCode", json!("EssentialContainerExited")),
                ("/containers/0/exitCode", json!(137)),
                ("/containers/0/reason", json!("OutOfMemoryError: Container killed due to memory usage")),
            ],
        );
        for task in [task(NO_WAY), killed] {
            let documents = [
                json!({ "tasks": [task] }),
                json!({ "services": [its.clone()] }),
                json!({ "taskDefinition": definition() }),
            ];
            let found = remedies(&report(documents));
            assert!(
                commands(&found).iter().all(|command| !command.contains("update-service")),
                "{kind}: {found:?}"
            );
        }
        let found = remedies(&report([json!({ "tasks": [task(NO_WAY)] }), json!({ "services": [its] })]));
        let said = found.iter().filter_map(|remedy| remedy.body.as_ref()?.as_str());
        assert!(said.clone().any(|text| text.contains(words)), "{kind}: {found:?}");
    }
}

#[test]
fn a_document_says_what_stands_for_a_value() {
    let killed = with(
        task(NO_LOG),
        &[
            ("/stopCode", json!("EssentialContainerExited")),
            ("/containers/0/exitCode", json!(137)),
            ("/containers/0/reason", json!("OutOfMemoryError: Container killed due to memory usage")),
        ],
    );
    let plain = with(definition(), &[("/containerDefinitions/0/environment", json!([]))]);
    for (definition, is_masked) in [(definition(), true), (plain, false)] {
        let found = remedies(&report([
            json!({ "tasks": [killed.clone()] }),
            json!({ "taskDefinition": definition }),
        ]));
        let document = found.iter().find(|remedy| remedy.kind == RemedyKind::Document).unwrap();
        assert_eq!(document.title.contains("blanked"), is_masked, "{}", document.title);
        let command = commands(&found)
            .into_iter()
            .find(|command| command.contains("register-task-definition"))
            .unwrap();
        assert!(!command.contains("***"), "{command}");
        assert!(
            command.contains("--include TAGS --output json") && command.contains(".tags = $tags"),
            "{command}"
        );
    }
}

#[test]
fn the_log_group_comes_before_the_tasks_that_write_to_it() {
    let failed = with(
        task(NO_LOG),
        &[
            ("/stopCode", json!("EssentialContainerExited")),
            ("/startedAt", json!("2026-11-22T08:01:00Z")),
            ("/containers/0/exitCode", json!(1)),
        ],
    );
    let found = remedies(&report([json!({ "tasks": [failed] }), json!({ "taskDefinition": definition() })]));
    let typed = commands(&found);
    let place = |word: &str| typed.iter().position(|command| command.contains(word)).unwrap();
    assert!(place("create-log-group") < place("register-task-definition"), "{typed:?}");
}

#[test]
fn half_of_one_task_is_no_task() {
    let event = "(service cart) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can \
                 run concurrently.";
    for (desired, percent) in [(1, "0"), (2, "50"), (30, "50")] {
        let its = with(
            service(),
            &[
                ("/desiredCount", json!(desired)),
                ("/events", json!([{ "id": "1", "createdAt": "2026-11-22T08:00:00Z", "message": event }])),
            ],
        );
        let found = remedies(&report([json!({ "services": [its] })]));
        let typed = commands(&found);
        let update = typed.iter().find(|command| command.contains("--deployment-configuration")).unwrap();
        assert!(update.contains(&format!("minimumHealthyPercent={percent},maximumPercent=100")), "{update}");
    }
}

#[test]
fn what_the_policy_of_an_endpoint_allows_stays() {
    let folder = "iam-vpc-endpoint-policy-denied";
    let fixtures = fixtures();
    let fixture = fixtures
        .iter()
        .find(|known| known.code == folder && known.story == "hit-proven-other-secret")
        .unwrap();
    let found = remedies(&diagnosed(&fixture.cases[0]));
    let typed: Vec<&Remedy> = found.iter().filter(|remedy| remedy.command.is_some()).collect();
    let first = typed[0].command.as_deref().unwrap();
    assert!(
        typed[0].proven && first.contains("--policy-document") && first.contains("secret:billing/*"),
        "{first}"
    );
    let reset =
        typed.iter().find(|remedy| remedy.command.as_deref().unwrap().contains("--reset-policy")).unwrap();
    assert!(reset.title.starts_with("Throw the endpoint's policy away"), "{}", reset.title);
}

#[test]
fn services_are_changed_in_their_own_region() {
    let secret = "arn:aws:secretsmanager:us-east-1:111122223333:secret:shop/db-Ab12Cd";
    let reason = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: \
        unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret \
        arn:aws:secretsmanager:us-east-1:111122223333:secret:shop/db-Ab12Cd from secrets manager: InvalidRequestException: You \
        can't perform this operation on the secret because it was marked for deletion.";
    let its = with(
        definition(),
        &[("/containerDefinitions/0/secrets", json!([{ "name": "DB", "valueFrom": secret }]))],
    );
    let found = remedies(&report([json!({ "tasks": [task(reason)] }), json!({ "taskDefinition": its })]));
    let typed = commands(&found);
    let place = |word: &str| *typed.iter().find(|command| command.contains(word)).unwrap();
    assert!(place("restore-secret").ends_with("--region us-east-1"), "{typed:?}");
    assert!(place("update-service").ends_with("--region eu-west-1"), "{typed:?}");
}

#[test]
fn every_remedy_is_for_its_subject() {
    let mut wrong = Vec::new();
    // Role and policy to document: of one name there is one document.
    let mut policies: BTreeMap<String, String> = BTreeMap::new();
    for fixture in fixtures() {
        for case in &fixture.cases {
            let report = diagnosed(case);
            for subject in report.subjects() {
                let on_fargate = subject.launch_type == Some("FARGATE");
                let on_hosts = subject.launch_type.is_some() && !on_fargate;
                for remedy in subject.diagnoses.iter().flat_map(|diagnosis| &diagnosis.remedies) {
                    let line = remedy.command.as_deref().unwrap_or_default();
                    let is_of_host = line.contains("--container-instance")
                        || remedy.blast_radius.starts_with("the container instances");
                    let is_public = line.contains("assignPublicIp=ENABLED");
                    if on_fargate && is_of_host || on_hosts && is_public {
                        wrong.push(format!("{}/{}: {}: {line}", fixture.code, fixture.story, remedy.title));
                    }
                    let Some(rest) = line.strip_prefix("aws iam put-role-policy ") else { continue };
                    let (name, document) = rest.split_once(" --policy-document ").unwrap();
                    let first = policies.entry(name.to_owned()).or_insert_with(|| document.to_owned());
                    let is_numbered = name.contains("--policy-name ecs-allow-") || name.ends_with("-SUFFIX");
                    if first != document && !is_numbered {
                        wrong.push(format!("{}/{}: {line}", fixture.code, fixture.story));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
