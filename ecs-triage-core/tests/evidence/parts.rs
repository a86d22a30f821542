//! One task or service whose facts stand apart in what was pasted: tables, lists, logs, notes.

use ecs_triage_core::{Evidence, Verdict, diagnose};
use serde_json::json;

/// Verdict and first code of each subject; `-` for no diagnosis.
fn told(text: &str) -> Vec<(Verdict, &'static str)> {
    let mut evidence = Evidence::new();
    if evidence.add_json(text.as_bytes()).is_err() {
        return Vec::new();
    }
    let report = diagnose(&evidence);
    let first = |subject: &ecs_triage_core::report::SubjectReport| {
        (subject.verdict, subject.diagnoses.first().map_or("-", |first| first.code))
    };
    report.subjects().iter().map(first).collect()
}

#[test]
fn containers_apart_from_their_task_are_its_own() {
    let scaled = "Scaling activity initiated by (deployment ecs-svc/7300012345678901234)";
    for text in [
        format!(
            "| Field | Value |\n|---|---|\n| stopCode | ServiceSchedulerInitiated |\n| stoppedReason | {scaled} |\n\n\
             | container | exit code |\n|---|---|\n| cart | 137 |\n| router | 0 |\n"
        ),
        format!(
            "- `cart`: ExitCode **137**\n- `router`: ExitCode **0**\n- StopCode: `ServiceSchedulerInitiated`\n- \
             StoppedReason: `{scaled}`\n"
        ),
        format!("ServiceSchedulerInitiated\t{scaled}\nCONTAINERS\t137\tcart\tNone\n"),
        format!(
            "{{tasks: [{{created_at: 2026-10-12 09:00:00 +0000, stop_code: \"ServiceSchedulerInitiated\", stopped_reason: \
             \"{scaled}\", containers: [{{name: \"cart\", exit_code: 137}}]}}]}}"
        ),
        format!(
            "#<struct Aws::ECS::Types::Task containers=[#<struct Aws::ECS::Types::Container name=\"cart\", \
             exit_code=137, reason=nil>], stop_code=\"ServiceSchedulerInitiated\", stopped_reason=\"{scaled}\">"
        ),
    ] {
        assert_eq!(told(&text), [(Verdict::NotAFailure, "lifecycle-service-scaling")], "{text}");
    }
}

#[test]
fn what_two_tasks_did_stays_apart() {
    let text = "| task | stopCode | stoppedReason | exitCode |\n|---|---|---|---|\n\
        | 0a1b | UserInitiated | Task stopped by user | 143 |\n\
        | 1c2d | EssentialContainerExited | Essential container in task exited | 2 |\n";
    let codes: Vec<_> = told(text).into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes.len(), 2, "{codes:?}");
    assert!(codes.contains(&"lifecycle-user-stopped") && codes.contains(&"app-exit-2"), "{codes:?}");
}

#[test]
fn an_exit_code_is_read_in_whatever_words() {
    for (exit, expected) in [
        ("exitCode: 0 (fine)", (Verdict::NotAFailure, "app-exit-0-essential")),
        ("container exitCode: 0", (Verdict::NotAFailure, "app-exit-0-essential")),
        ("report exitCode: 0", (Verdict::NotAFailure, "app-exit-0-essential")),
        ("Container exitCode: 2.", (Verdict::Failure, "app-exit-2")),
        ("Task ended (exit code: 2)", (Verdict::Failure, "app-exit-2")),
    ] {
        for mark in ["- ", "", "  - "] {
            let text = format!(
                "{mark}lastStatus: STOPPED\n{mark}stopCode: EssentialContainerExited\n{mark}{exit}\n"
            );
            assert_eq!(told(&text), [expected], "{text}");
        }
    }
}

#[test]
fn messages_of_one_service_are_its_events() {
    let newer = "(service cart) was unable to place a task because no container instance met all of its requirements. The \
        closest matching (container-instance 0a1b2c3d4e5f60718293a4b5c6d7e8f9) has insufficient memory available.";
    let older = "(service cart) has reached a steady state.";
    let plain = |text: &str| text.replace(['(', ')'], "");
    let placement = [(Verdict::Failure, "placement-insufficient-memory")];
    let line = |minute: usize, text: &str| format!("2026-10-12T10:0{minute}:00.0000000Z {text}");
    for text in [
        json!([newer, older]).to_string(),
        json!([["2026-10-12T10:05:00Z", newer], ["2026-10-12T10:00:00Z", older]]).to_string(),
        json!({"desired": 2, "running": 1, "pending": 0, "deployments": [], "events": [newer, older]})
            .to_string(),
        format!(
            "{}\n{}\n",
            json!({"ts": "2026-10-12T10:00:00Z", "msg": older}),
            json!({"ts": "2026-10-12T10:05:00Z", "msg": newer})
        ),
        format!("{newer}\n{older}\n"),
        format!("deploy\tWait\t{}\ndeploy\tWait\t{}\n", line(0, older), line(5, newer)),
    ] {
        assert_eq!(told(&text), placement, "{text}");
        let back = text.replace(newer, "@").replace(older, newer).replace('@', older);
        assert!(told(&back).iter().all(|(verdict, _)| *verdict != Verdict::Failure), "{back}");
    }
    let failed =
        "service cart deployment ecs-svc/7300012345678901234 deployment failed: tasks failed to start.";
    let started = "service cart has started 1 tasks: task 0a1b2c3d4e5f60718293a4b5c6d7e8f9.";
    let console = format!(
        "Started at\tMessage\tEvent ID\nOctober 12, 2026 at 10:05 (UTC)\t{failed}\t1\nOctober 12, 2026 at 10:00 (UTC)\t{started}\t2\n"
    );
    assert_eq!(told(&console), [(Verdict::Failure, "lifecycle-circuit-breaker")]);
    assert_eq!(told(&plain(&format!("{newer}\n{older}"))), placement);
}

#[test]
fn numbers_in_a_row_are_exit_codes() {
    let ended = "Essential container in task exited";
    for (row, expected) in [
        (
            json!(["STOPPED", "EssentialContainerExited", ended, 0]),
            (Verdict::NotAFailure, "app-exit-0-essential"),
        ),
        (json!([[ended, [["cart", 2, null], ["router", 0, null]]]]), (Verdict::Failure, "app-exit-2")),
        (
            json!([ended, ["OutOfMemoryError: Container killed due to memory usage"]]),
            (Verdict::Failure, "app-oom-killed"),
        ),
    ] {
        assert_eq!(told(&row.to_string()), [expected], "{row}");
    }
}

#[test]
fn what_runs_is_healthy_in_whatever_listing() {
    for text in [
        "Deployments\n           Revision  Rollout      Desired  Running  Failed  Pending\n  PRIMARY  3         [completed]  2        2        0       0\n",
        "Running   ██████████  2/2 desired tasks are running\n",
        "Service: cart\nRunning count: 2\nDesired count: 2\nRollout state: COMPLETED\n",
        "------------------------------\n|      DescribeServices      |\n+---------+---------+--------+\n| desired | pending | running|\n+---------+---------+--------+\n|  2      |  0      |  2     |\n+---------+---------+--------+\n",
        "Name                                           State    Ports  TaskDefinition  Health\n\
         0a1b2c3d4e5f60718293a4b5c6d7e8f9/cart  RUNNING         cart:7          UNKNOWN\n",
    ] {
        let told = told(text);
        assert_eq!(
            told.iter().map(|(verdict, _)| *verdict).collect::<Vec<_>>(),
            [Verdict::Healthy],
            "{text}"
        );
    }
}

#[test]
fn a_word_that_was_broken_in_two_is_one() {
    let text = "(service cart) (port 8080) is un\n        healthy in (target-group arn:aws:elasticloadbalancing:eu-west-1:1111222\n        \
        23333:targetgroup/cart/0a1b2c3d4e5f6071) due to (reason Request timed out).\n";
    assert_eq!(told(text), [(Verdict::Failure, "health-elb-timeout")]);
}

#[test]
fn a_name_of_a_job_is_no_fault_of_the_storage_driver() {
    let line = "DEBUG monitor - Task completed > name: PREPARE:UNTAR_INDEX (index.tar.gz); status: COMPLETED; exit: 0";
    assert!(told(line).iter().all(|(verdict, _)| *verdict != Verdict::Failure), "{:?}", told(line));
}
