//! What is told of things that are well, under way or at their end, where no cause is to be named.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use ecs_triage_core::{Evidence, Verdict, diagnose};
use serde_json::{Value, json};

/// The verdicts on everything that a document holds.
fn verdicts(document: &Value) -> Vec<Verdict> {
    let mut evidence = Evidence::new();
    evidence.add_json(document.to_string().as_bytes()).unwrap();
    diagnose(&evidence).subjects().iter().map(|subject| subject.verdict).collect()
}

fn target(state: &str, reason: &str) -> Value {
    json!({ "Target": { "Id": "10.0.4.7", "Port": 8080 }, "TargetHealth": { "State": state, "Reason": reason } })
}

#[test]
fn targets_of_a_load_balancer() {
    let of = |targets: &[Value]| verdicts(&json!({ "TargetHealthDescriptions": targets }));
    let healthy = target("healthy", "");
    let initial = target("initial", "Elb.InitialHealthChecking");
    let draining = target("draining", "Target.DeregistrationInProgress");
    assert_eq!(of(std::slice::from_ref(&healthy)), [Verdict::Healthy]);
    assert_eq!(of(&[healthy.clone(), initial]), [Verdict::InProgress]);
    assert_eq!(of(&[healthy.clone(), draining.clone()]), [Verdict::Healthy]);
    assert_eq!(of(&[draining]), [Verdict::NotAFailure]);
    // It may be out of use on purpose.
    assert_eq!(of(&[healthy.clone(), target("unused", "Target.NotInUse")]), [Verdict::Undetermined]);
    assert_eq!(of(&[healthy, target("unhealthy", "Target.Timeout")]), [Verdict::Failure]);

    // As a query makes them flat.
    assert_eq!(verdicts(&json!([{ "State": "healthy" }, { "State": "healthy" }])), [Verdict::Healthy]);
    let flat =
        json!({ "Id": "10.0.4.7", "Port": 8080, "State": "initial", "Reason": "Elb.RegistrationInProgress" });
    assert_eq!(verdicts(&json!([flat])), [Verdict::InProgress]);
    let failing = json!({ "id": "10.0.4.7", "state": "unhealthy", "reason": "Target.Timeout" });
    assert_eq!(verdicts(&json!([failing])), [Verdict::Failure]);
    let other = json!([{ "state": "healthy", "version": 3 }]);
    assert!(Evidence::new().add_json(other.to_string().as_bytes()).is_err());
    assert!(of(&[]).is_empty());
}

#[test]
fn jobs_of_batch_by_their_state() {
    let job = |status: &str| {
        let job = json!({ "jobId": "0e5b7d1c", "jobName": "nightly", "jobQueue": "arn:aws:batch:eu-west-1:111122223333:job-queue/q",
                          "status": status, "createdAt": 1_772_614_800_000_u64, "container": { "image": "shop/nightly:4" } });
        verdicts(&json!({ "jobs": [job] }))
    };
    for waiting in ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING"] {
        assert_eq!(job(waiting), [Verdict::InProgress], "{waiting}");
    }
    assert_eq!(job("RUNNING"), [Verdict::Healthy]);
    assert_eq!(job("SUCCEEDED"), [Verdict::NotAFailure]);
    assert_eq!(job("FAILED"), [Verdict::Failure]);
}

#[test]
fn a_job_of_batch_that_went_well_in_the_end() {
    let attempt = |code: i64| json!({ "container": { "exitCode": code }, "statusReason": "Essential container in task exited" });
    let job = json!({ "jobs": [{ "jobId": "0e5b7d1c", "jobName": "nightly", "status": "SUCCEEDED", "attempts": [attempt(1), attempt(0)] }] });
    assert_eq!(verdicts(&job), [Verdict::NotAFailure]);
}

#[test]
fn a_running_job_of_batch_has_a_task() {
    let job = json!({ "jobs": [{ "jobId": "0e5b7d1c", "jobName": "nightly", "status": "RUNNING", "startedAt": 1_772_614_860_000_u64,
                                 "container": { "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/q/a1" } }] });
    assert_eq!(verdicts(&job), [Verdict::Healthy]);
}

#[test]
fn container_instances_by_their_state() {
    let instance = |status: &str| {
        json!({ "containerInstanceArn": "arn:aws:ecs:eu-west-1:111122223333:container-instance/prod/01", "ec2InstanceId": "i-0a",
                "agentConnected": true, "status": status })
    };
    let one = |status: &str| verdicts(&json!({ "containerInstances": [instance(status)] }));
    assert_eq!(one("ACTIVE"), [Verdict::Healthy]);
    assert_eq!(one("REGISTERING"), [Verdict::InProgress]);
    assert_eq!(one("INACTIVE"), [Verdict::NotAFailure]);
    // The answers to calls that change one.
    assert_eq!(verdicts(&json!({ "containerInstance": instance("INACTIVE") })), [Verdict::NotAFailure]);
}

#[test]
fn deployments_and_task_sets_without_their_service() {
    let deployment = |rollout: &str, running: u32| {
        json!({ "id": "ecs-svc/8", "status": "PRIMARY", "taskDefinition": "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:8",
                "desiredCount": 2, "pendingCount": 0, "runningCount": running, "failedTasks": 0, "rolloutState": rollout })
    };
    assert_eq!(verdicts(&json!([deployment("COMPLETED", 2)])), [Verdict::Healthy]);
    assert_eq!(verdicts(&deployment("IN_PROGRESS", 1)), [Verdict::InProgress]);
    let flat = json!({ "desired": 2, "running": 0, "pending": 0, "rollout": "IN_PROGRESS" });
    assert_eq!(verdicts(&flat), [Verdict::InProgress]);
    let set = |state: &str, stability: &str| {
        json!({ "taskSets": [{ "taskSetArn": "arn:aws:ecs:eu-west-1:111122223333:task-set/prod/web/ecs-svc/4", "status": state,
                               "computedDesiredCount": 2, "runningCount": 2, "pendingCount": 0, "stabilityStatus": stability }] })
    };
    assert_eq!(verdicts(&set("PRIMARY", "STEADY_STATE")), [Verdict::Healthy]);
    assert_eq!(verdicts(&set("PRIMARY", "STABILIZING")), [Verdict::InProgress]);
    assert_eq!(verdicts(&set("DRAINING", "STABILIZING")), [Verdict::NotAFailure]);
}

#[test]
fn tasks_as_the_agent_describes_them() {
    let task = json!({ "TaskARN": "arn:aws:ecs:eu-west-1:111122223333:task/prod/a1", "Family": "web", "Revision": "8",
                       "DesiredStatus": "RUNNING", "KnownStatus": "RUNNING",
                       "Containers": [{ "DockerId": "9c0ffee", "Name": "web", "DesiredStatus": "RUNNING", "KnownStatus": "RUNNING" }] });
    assert_eq!(verdicts(&task), [Verdict::Healthy]);
    assert_eq!(verdicts(&json!({ "Tasks": [task] })), [Verdict::Healthy]);
}

#[test]
fn a_task_on_its_way_down() {
    let task = json!({ "tasks": [{ "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/a1", "lastStatus": "RUNNING",
                                   "desiredStatus": "STOPPED", "containers": [{ "name": "web", "lastStatus": "RUNNING" }] }] });
    assert_eq!(verdicts(&task), [Verdict::InProgress]);
}

#[test]
fn containers_without_their_task() {
    let container = |status: &str| json!({ "name": "web", "lastStatus": status, "healthStatus": "UNKNOWN" });
    assert_eq!(verdicts(&json!([container("RUNNING"), container("RUNNING")])), [Verdict::Healthy]);
    assert_eq!(verdicts(&json!([container("RUNNING"), container("PENDING")])), [Verdict::InProgress]);
    assert_eq!(verdicts(&json!([container("RUNNING"), container("STOPPED")])), [Verdict::Undetermined]);
}

#[test]
fn each_service_for_itself() {
    let steady = |name: &str| json!(format!("(service {name}) has reached a steady state."));
    let stuck = |name: &str| {
        json!(format!(
            "(service {name}) was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster."
        ))
    };
    // A runbook's own rows.
    let row = |name: &str, running: u32, event: Value| json!({ "name": name, "status": "ACTIVE", "desired": 1, "running": running, "events": [event] });
    let rows = json!([row("web", 1, steady("web")), row("api", 0, stuck("api"))]);
    assert!(verdicts(&rows).contains(&Verdict::Failure), "{:?}", verdicts(&rows));
    let dated =
        |at: u32, text: Value| json!({ "createdAt": format!("2026-11-20T09:{at:02}:00Z"), "message": text });
    for (events, failed) in [
        (vec![dated(9, steady("web")), dated(1, stuck("api"))], true),
        (vec![dated(9, steady("web")), dated(8, steady("api")), dated(1, stuck("api"))], false),
        (vec![dated(9, steady("web")), dated(1, stuck("web"))], false),
    ] {
        for document in
            [json!(events), json!({ "events": events }), json!({ "note": 1, "lastEvents": events })]
        {
            assert_eq!(verdicts(&document).contains(&Verdict::Failure), failed, "{document}");
            assert!(verdicts(&document).contains(&Verdict::Healthy), "{document}");
        }
    }
    // Lines of a log are none.
    let log = json!({ "events": [{ "timestamp": 1_795_000_000_000_u64, "message": "listening", "ingestionTime": 1_795_000_000_500_u64, "eventId": "1" }] });
    assert!(!verdicts(&log).contains(&Verdict::Healthy));
}

#[test]
fn trouble_that_is_not_understood_is_not_told_as_health() {
    let service = |text: &str| {
        json!({ "services": [{ "serviceName": "web", "status": "ACTIVE", "desiredCount": 2, "runningCount": 2, "pendingCount": 0,
                "deployments": [{ "id": "ecs-svc/8", "status": "PRIMARY", "desiredCount": 2, "runningCount": 2, "pendingCount": 0,
                                  "failedTasks": 0, "rolloutState": "COMPLETED" }],
                "events": [{ "createdAt": "2026-11-20T09:00:00Z", "message": text },
                           { "createdAt": "2026-11-20T08:00:00Z", "message": "(service web) has reached a steady state." }] }] })
    };
    let one = |text: &str| verdicts(&service(text));
    assert_eq!(one("(service web) failed to frobnicate the widget (error Nope)."), [Verdict::Undetermined]);
    assert_eq!(one("(service web) was unable to frobnicate."), [Verdict::Undetermined]);
    assert_eq!(one("(service web) has frobnicated 2 widgets."), [Verdict::Healthy]);
}

#[test]
fn instances_that_come_and_go_have_no_agent() {
    let one = |status: &str| {
        verdicts(
            &json!({ "containerInstances": [{ "ec2InstanceId": "i-0a", "agentConnected": false, "status": status,
            "containerInstanceArn": "arn:aws:ecs:eu-west-1:111122223333:container-instance/prod/01" }] }),
        )
    };
    assert_eq!(one("REGISTERING"), [Verdict::InProgress]);
    assert_eq!(one("DEREGISTERING"), [Verdict::InProgress]);
    assert_eq!(one("INACTIVE"), [Verdict::NotAFailure]);
}

#[test]
fn an_event_in_whatever_record() {
    let detail = json!({ "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/a1", "lastStatus": "STOPPED", "stopCode": "ServiceSchedulerInitiated",
                         "stoppedReason": "Scaling activity initiated by (deployment ecs-svc/7)", "containers": [{ "name": "web", "exitCode": 143 }] });
    let event = json!({ "version": "0", "detail-type": "ECS Task State Change", "source": "aws.ecs", "detail": detail });
    // The state of a workflow, into which the answer was put.
    let state = json!({ "job": 7, "ecs": { "TaskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/a1", "LastStatus": "STOPPED",
                        "StopCode": "EssentialContainerExited", "Group": "family:job", "StartedBy": "AWS Step Functions",
                        "Containers": [{ "Name": "job", "ExitCode": 0 }] } });
    assert_eq!(verdicts(&state), [Verdict::NotAFailure]);
    for record in [
        json!({ "level": "INFO", "location": "handler:3", "message": event, "timestamp": "2026-11-20 09:00:00" }),
        json!({ "@timestamp": "2026-11-20 09:00:00", "@message": event.to_string() }),
        json!({ "type": "notice", "payload": event.to_string() }),
        json!({ "Entries": [{ "Source": "aws.ecs", "DetailType": "ECS Task State Change", "Detail": detail.to_string() }] }),
    ] {
        assert_eq!(verdicts(&record), [Verdict::NotAFailure], "{record}");
    }
}

#[test]
fn health_in_the_words_of_a_tool() {
    let task = |health: &str| json!({ "tasks": [{ "id": "9c0ffee", "lastStatus": "RUNNING", "health": health, "stoppedReason": "" }] });
    assert_eq!(verdicts(&task("UNHEALTHY")), [Verdict::Failure]);
    assert_eq!(verdicts(&task("HEALTHY")), [Verdict::Healthy]);
}

#[test]
fn an_answer_behind_the_marks_of_a_comment() {
    let answer = json!({ "tasks": [{ "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/a1", "lastStatus": "RUNNING", "desiredStatus": "RUNNING" }] });
    let lines: Vec<String> = format!("{answer:#}").lines().map(|line| format!("\t// {line}")).collect();
    let mut evidence = Evidence::new();
    evidence.add_json(lines.join("\n").as_bytes()).unwrap();
    assert_eq!(diagnose(&evidence).subjects()[0].verdict, Verdict::Healthy);
}

#[test]
fn a_second_primary_deployment_is_another_services() {
    let deployment = |id: &str, running: u32, rollout: &str, failed: u32| {
        json!({ "id": id, "status": "PRIMARY", "taskDefinition": "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:8",
                "desiredCount": 2, "pendingCount": 0, "runningCount": running, "failedTasks": failed, "rolloutState": rollout })
    };
    let two = json!([deployment("ecs-svc/1", 2, "COMPLETED", 0), deployment("ecs-svc/2", 0, "FAILED", 4)]);
    assert_eq!(verdicts(&two).len(), 2);
    assert_ne!(verdicts(&two), [Verdict::Healthy, Verdict::Healthy]);
}

#[test]
fn a_task_in_another_spelling() {
    let snake = |code: u32| {
        json!([{ "task_arn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/a1", "last_status": "STOPPED", "group": "family:job",
                 "stop_code": "EssentialContainerExited", "stopped_reason": "Essential container in task exited",
                 "containers": [{ "name": "job", "exit_code": code }] }])
    };
    assert_eq!(verdicts(&snake(0)), [Verdict::NotAFailure]);
    assert_eq!(verdicts(&snake(2)), [Verdict::Failure]);
    let query = json!({ "Reason": "Essential container in task exited", "Code": "EssentialContainerExited", "Exit": 2 });
    assert_eq!(verdicts(&query), [Verdict::Failure]);
    // Names that mean nothing here are no exit without a code.
    let foreign = json!({ "stoppedReason": "Essential container in task exited", "containers": [{ "n": "job", "ec": 0 }] });
    assert_eq!(verdicts(&foreign), [Verdict::Undetermined]);
}

#[test]
fn a_task_with_its_only_container_inside() {
    let query = |code: u32| json!({ "lastStatus": "STOPPED", "reason": "Essential container in task exited", "container": { "name": "job", "exitCode": code } });
    assert_eq!(verdicts(&query(2)), [Verdict::Failure]);
    let foreign = json!({ "pipeline": "x", "lastStatus": "Failed", "container": "img:1" });
    assert!(Evidence::new().add_json(foreign.to_string().as_bytes()).is_err());
}
