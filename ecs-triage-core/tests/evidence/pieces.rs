//! Messages in pieces: empty lines inside, values below their names, lines as long as a terminal, words glued together.

use super::pasted::codes;

#[test]
fn a_line_left_empty_behind_a_colon_ends_nothing() {
    for (text, code) in [
        (
            "ResourceInitializationError:\n\nfailed to validate logger args:\n\n\
             ResourceNotFoundException:\n\nThe specified log group does not exist.",
            "log-group-missing",
        ),
        (
            "Stopped reason: ResourceInitializationError:\n\nunable to pull secrets or registry auth:\n\n\
             The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR.",
            "network-ecr-api-unreachable",
        ),
        // What stands behind a whole sentence is something else.
        ("OutOfMemoryError: Container killed due to memory usage\n\nlisten: EACCES", "app-oom-killed"),
    ] {
        assert_eq!(codes(text), Some(vec![code]), "{text}");
    }
}

#[test]
fn a_message_below_the_errors_name_is_the_errors() {
    for text in [
        "Status: STOPPED\nReason: CannotPullContainerError\nMessage: pull image manifest has been retried 7 time(s):\n \
         429 Too Many Requests - You have reached your unauthenticated pull rate limit",
        "Container name: ledger\nReason: CannotPullContainerError\nMessage: You have reached your unauthenticated pull rate limit",
        "Stopped reason: CannotPullContainerError\nMessage: toomanyrequests: You have reached your pull rate limit.",
    ] {
        assert_eq!(codes(text), Some(vec!["registry-rate-limited-dockerhub"]), "{text}");
    }
    // A reason that says something already goes without.
    let text = "Reason: OutOfMemoryError: Container killed due to memory usage\nMessage: on call please look\nExit code: 137";
    assert_eq!(codes(text), Some(vec!["app-oom-killed"]), "{text}");
}

#[test]
fn a_line_of_words_may_be_as_long_as_a_terminal_is_wide() {
    let text = "ResourceInitializationError: unable to pull secrets or registry auth: can't find\n\
                the specified secret value for staging label: AWSCURRENT";
    assert_eq!(text.lines().next().map(str::len), Some(80));
    assert_eq!(codes(text), Some(vec!["secret-asm-not-found"]));
}

#[test]
fn a_code_as_a_page_prints_it_is_read() {
    for (text, code) in [
        ("`MISSING`", "api-resource-missing"),
        ("`AGENT`", "placement-agent-disconnected"),
        ("`RESOURCE:MEMORY`", "placement-insufficient-memory"),
        ("MemberOf placement constraint<br>unsatisfied", "placement-constraint-unsatisfied"),
    ] {
        assert_eq!(codes(text), Some(vec![code]), "{text}");
    }
    assert_eq!(codes("``"), None);
}

#[test]
fn advice_and_codes_in_their_own_lines_belong_to_the_message() {
    let secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ledger/db-AbCdEf";
    for (text, code) in [
        (
            "Unable to launch instance(s) for capacity provider ledger.\n\
             MaxSpotInstanceCountExceeded: Max spot instance count exceeded"
                .to_owned(),
            "quota-mi-spot",
        ),
        (
            format!(
                "ResourceNotFoundException: The task can't retrieve the secret with ARN '{secret}' from AWS Secrets \
                 Manager. Check whether the secret exists in the specified Region. Resourc"
            ),
            "secret-asm-not-found",
        ),
    ] {
        assert_eq!(codes(&text), Some(vec![code]), "{text}");
    }
}

#[test]
fn an_event_without_brackets_is_one_beside_others() {
    let text = "service ledger task 0a1b2c3d failed container health checks.\nservice ledger has stopped 1 running tasks.";
    assert_eq!(codes(text), Some(vec!["health-container-check-failed"]));
}

#[test]
fn an_arn_that_is_longer_than_the_lines_is_no_measure_of_them() {
    let text = "Stopped at: 2026-03-04T05:06:07.890Z ResourceInitializationError: unable to\n\
                pull secrets or registry auth: execution resource retrieval failed: unable to\n\
                retrieve secret from asm: service call has been retried 1 time(s): failed to\n\
                fetch secret\n\
                arn:aws:secretsmanager:eu-west-1:111122223333:secret:ledger/production/database/credentials-AbCdEf\n\
                from secrets manager: RequestCanceled: request context canceled caused by:\n\
                context deadline exceeded.";
    assert_eq!(codes(text), Some(vec!["network-asm-unreachable"]));
}

#[test]
fn a_message_without_the_errors_name_is_wrapped_too() {
    let text = "unable to pull secrets or registry auth: The task cannot pull registry auth from\n\
                Amazon ECR... i/o timeout";
    assert_eq!(codes(text), Some(vec!["network-ecr-api-unreachable"]));
}

#[test]
fn parts_of_a_message_with_empty_lines_between_them_are_one() {
    let text = "ResourceInitializationError: failed to validate logger args\n\n\
                The task cannot find the Amazon CloudWatch log group\n\n\
                There is a connection issue between the task and Amazon CloudWatch.\n\n\
                Add an endpoint for it.";
    assert_eq!(codes(text), Some(vec!["network-logs-unreachable"]));
}

#[test]
fn an_error_glued_to_its_label_is_no_container() {
    let text = "Container messageCannotStartContainerError: Error response from daemon: OCI runtime create failed: \
                container_linux.go:348: starting container process caused \"process_linux.go:402: container init caused \
                \\\"process_linux.go:385: running prestart hook 0 caused \\\\\\\"error running hook: exit status 1, stdout: , \
                stderr: exec command: [/usr/bin/nvidia-container-cli configure]\\\\\\\"\\\"\"";
    assert_eq!(codes(text), Some(vec!["start-gpu-runtime-failed"]));
}

#[test]
fn a_refusal_without_its_beginning_is_read() {
    let text = "User is not authorized to perform: ecr:GetAuthorizationToken";
    assert_eq!(codes(text), Some(vec!["iam-ecr-auth-token-denied"]));
}

#[test]
fn marks_of_code_around_all_of_a_text_are_no_part_of_it() {
    for (text, code) in [
        ("`CannotPullContainerError: EOF`", "image-pull-transient"),
        ("`Context canceled`", "image-pull-context-canceled"),
        (
            "`service (`ledger`) was unable to place a task. Reason: You've reached the limit on the number of tasks you \
             can run concurrently.`",
            "quota-fargate-tasks",
        ),
        ("`{\"tasks\": [], \"failures\": [{\"reason\": \"AGENT\"}]}`", "placement-agent-disconnected"),
    ] {
        assert_eq!(codes(text), Some(vec![code]), "{text}");
    }
    // Two quotes are two.
    assert_eq!(codes("`AGENT` and `MISSING`"), None);
}

#[test]
fn a_reason_on_the_next_line_is_the_events() {
    let text = "(service ledger) was unable to place a task. The reason for failure is\n\
                Capacity is unavailable at this time. Please try\n\
                again later or in a different availability zone.";
    assert_eq!(codes(text), Some(vec!["capacity-fargate-unavailable"]));
}

#[test]
fn an_event_about_a_target_needs_no_service() {
    let text = "(task 0a1b2c3d) (port 3000) is unhealthy in (target-group ledger) due to\n  \
                (reason Health checks failed with these codes: [404]).\n\
                (service ledger) has stopped 1 running tasks: (task 0a1b2c3d).";
    // Whose it is, it does not say.
    assert_eq!(codes(text), Some(vec!["health-elb-code-mismatch", "event-informational"]));
}
