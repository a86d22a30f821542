//! What people hand in: reshaped, cut out, bundled, or wrong.

use ecs_triage_core::evidence::{ecs, text};
use ecs_triage_core::{Evidence, diagnose};
use serde_json::{Value, json};

use crate::{count, evidence, named, problems};

#[test]
fn a_task_of_which_a_query_left_little() {
    let value = json!({"StopCode": "EssentialContainerExited", "StopReason": "Essential container in task exited",
        "Containers": [{"Name": "app", "ExitCode": 137, "Reason": "OutOfMemoryError: Container killed due to memory usage"}]});
    let evidence = evidence(&value);
    let task = evidence.all::<ecs::Task<'_>>().next().unwrap();
    assert_eq!(task.stop_code(), Some("EssentialContainerExited"));
    assert_eq!(task.stopped_reason(), Some("Essential container in task exited"));
    assert_eq!(task.containers()[0].exit_code(), Some(137));
    assert_eq!(task.cite("stoppedReason").pointer, "/StopReason");
}

#[test]
fn a_container_pulled_up_into_its_task() {
    let value = json!({"lastStatus": "STOPPED", "stoppedReason": "Essential container in task exited",
        "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"});
    let evidence = evidence(&value);
    let task = evidence.all::<ecs::Task<'_>>().next().unwrap();
    let containers = task.containers();
    assert_eq!(containers.len(), 1);
    assert_eq!(containers[0].exit_code(), Some(137));
    assert!(containers[0].reason().unwrap().starts_with("OutOfMemoryError"));
}

#[test]
fn limits_of_containers() {
    let value = json!([{"Name": "app", "MemoryHard": 512, "MemorySoft": null, "CPU": 256}]);
    let evidence = evidence(&value);
    let definition = evidence.all::<ecs::ContainerDefinition<'_>>().next().unwrap();
    assert_eq!(
        (definition.memory(), definition.memory_reservation(), definition.cpu()),
        (Some(512), None, Some(256))
    );
}

#[test]
fn a_trust_policy_in_every_encoding() {
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let text = policy.to_string();
    let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for value in [policy, json!(text), json!(encoded)] {
        assert_eq!(count!(evidence(&value), iam::PolicyDocument), 1, "{value}");
        let role = json!({"Role": {"RoleName": "web", "AssumeRolePolicyDocument": value}});
        let evidence = evidence(&role);
        let trust = evidence.trust_policy("web").unwrap();
        assert!(trust.get("Statement").is_some());
        let cited = trust.cite("Version");
        assert_eq!(cited.value, json!("2012-10-17"));
        match cited.within {
            Some(within) => assert_eq!(
                (cited.pointer.as_str(), within.as_str()),
                ("/Role/AssumeRolePolicyDocument", "/Version")
            ),
            None => assert_eq!(cited.pointer, "/Role/AssumeRolePolicyDocument/Version"),
        }
    }
}

#[test]
fn a_health_check() {
    let value = json!({"command": ["CMD-SHELL", "curl -f http://localhost/"], "interval": 30, "timeout": 5, "retries": 3});
    assert_eq!(count!(evidence(&value), ecs::HealthCheck), 1);
}

#[test]
fn counts_of_a_service() {
    let value = json!({"RunningCount": 0, "DesiredCount": 2,
        "Deployments": [{"Status": "PRIMARY", "Running": 0, "Desired": 2}]});
    let evidence = evidence(&value);
    let service = evidence.all::<ecs::Service<'_>>().next().unwrap();
    assert_eq!((service.running_count(), service.desired_count()), (Some(0), Some(2)));
    assert_eq!(service.deployments()[0].desired_count(), Some(2));
}

#[test]
fn an_image() {
    let value = json!({"Digest": "sha256:aa", "PushedAt": "2026-07-22T10:00:00+02:00", "Size": 1048576});
    for value in [json!([value]), value] {
        let evidence = evidence(&value);
        let image = evidence.all::<ecs_triage_core::evidence::ecr::ImageDetail<'_>>().next().unwrap();
        assert_eq!((image.image_digest(), image.image_size_in_bytes()), (Some("sha256:aa"), Some(1_048_576)));
        assert!(image.image_pushed_at().is_some());
    }
}

#[test]
fn objects_cut_out_of_their_answers() {
    let task = json!({"taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0a", "lastStatus": "STOPPED"});
    assert_eq!(count!(evidence(&task), ecs::Task), 1);
    assert_eq!(count!(evidence(&json!([task, {"stoppedReason": "Task failed to start"}])), ecs::Task), 2);
    let container = json!({"name": "app", "exitCode": 1, "lastStatus": "STOPPED"});
    assert_eq!(count!(evidence(&container), ecs::Container), 1);
    assert_eq!(count!(evidence(&json!([[container]])), ecs::Container), 1);
    let events = json!([{"id": "1", "createdAt": "2026-07-22T10:00:00Z", "message": "(service web) has reached a steady state."}]);
    assert_eq!(count!(evidence(&events), ecs::ServiceEvent), 1);
    let secrets = json!([{"name": "TOKEN", "valueFrom": "/web/token"}]);
    assert_eq!(count!(evidence(&secrets), ecs::Secret), 1);
    let environment = json!({"environment": [{"name": "TOKEN", "valueFrom": "/web/token"}]});
    assert_eq!(count!(evidence(&environment), ecs::ContainerDefinition), 1);
    let network = json!({"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"});
    assert_eq!(count!(evidence(&network), ecs::AwsvpcConfiguration), 1);
    assert_eq!(count!(evidence(&json!({"awsvpcConfiguration": network})), ecs::AwsvpcConfiguration), 0);
    let deployment = json!({"id": "ecs-svc/1", "status": "PRIMARY", "taskDefinition": "web:3", "desiredCount": 1, "rolloutState": "FAILED"});
    assert_eq!(count!(evidence(&deployment), ecs::Deployment), 1);
}

#[test]
fn lists_of_text() {
    let arns = json!([
        "arn:aws:ecs:eu-west-1:111122223333:task/prod/0a",
        "arn:aws:ecs:eu-west-1:111122223333:container-instance/prod/1b"
    ]);
    let found = evidence(&arns);
    assert_eq!((count!(found, text::TaskArn), count!(found, text::ContainerInstanceArn)), (1, 1));
    let reasons = json!(["Essential container in task exited", "Task failed to start"]);
    assert_eq!(count!(evidence(&reasons), text::MessageText), 2);
    // The name and the code are no messages.
    let rows =
        json!([["app", "STOPPED", "(service web) has reached a steady state."], ["proxy", "STOPPED", null]]);
    let evidence = evidence(&rows);
    let messages: Vec<_> = evidence.all::<text::MessageText<'_>>().map(|message| message.text()).collect();
    assert_eq!(messages, ["(service web) has reached a steady state."]);
    let names = named("list-role-policies", &json!(["secrets"]));
    assert_eq!(count!(names, text::InlinePolicyName), 1);
}

#[test]
fn the_error_that_the_cli_printed() {
    let line = "\nAn error occurred (ClusterNotFoundException) when calling the DescribeTasks operation: Cluster not found.";
    let evidence = evidence(&json!(line));
    let answer = evidence.answers_of("ecs", "DescribeTasks").next().unwrap();
    assert_eq!(answer.error().unwrap().code(), Some("ClusterNotFoundException"));
    assert_eq!(answer.error().unwrap().message(), Some("Cluster not found."));
}

#[test]
fn secrets_that_were_fetched_are_forgotten() {
    let parameters = json!({"Parameters": [{"Name": "/web/token", "Type": "SecureString", "Value": "hunter2"}], "InvalidParameters": []});
    let secret = json!({"ARN": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf", "Name": "db", "SecretString": "hunter2", "CreatedDate": 1784714400.0});
    for value in [parameters, secret] {
        assert!(!format!("{:?}", evidence(&value)).contains("hunter2"), "{value}");
    }
}

#[test]
fn a_pasted_error_line_is_the_answer_to_its_operation() {
    let mut evidence = Evidence::new();
    let line = b"\nAn error occurred (RepositoryNotFoundException) when calling the DescribeRepositories operation: The repository with name 'shop/api' does not exist in the registry with id '111122223333'\n";
    evidence.add_named("describe-repositories.txt", line).unwrap();
    let answer = evidence.answer_to("ecr", "DescribeRepositories", "repositoryNames", "shop/api").unwrap();
    assert_eq!(answer.error().unwrap().code(), Some("RepositoryNotFoundException"));
}

#[test]
fn the_errors_of_boto3_and_of_the_wire() {
    let boto3 = json!({"Error": {"Code": "NoSuchEntity", "Message": "The role with name web cannot be found."}, "ResponseMetadata": {}});
    let wire =
        json!({"__type": "com.amazonaws.ecs#ClusterNotFoundException", "message": "Cluster not found."});
    let code = |value: &Value| {
        let evidence = evidence(value);
        evidence.all::<text::ApiError<'_>>().next().unwrap().code().unwrap().to_owned()
    };
    assert_eq!(code(&boto3), "NoSuchEntity");
    assert_eq!(code(&wire), "ClusterNotFoundException");
}

#[test]
fn bundles_by_command_by_function_and_by_names_of_ones_own() {
    let tasks = json!({"tasks": [{"lastStatus": "STOPPED"}], "failures": []});
    let role = json!({"Role": {"RoleName": "web"}});
    for bundle in [
        json!({"describe-tasks": tasks, "get-role": role}),
        json!({"describe_tasks": tasks, "get_role": role}),
        json!({"DescribeTasks": tasks, "iam.get_role": role}),
        json!({"describe-tasks.json": tasks, "get-role-execution.json": role}),
        json!({"inputs": {"describe_tasks": tasks, "get_role": role}, "id": "mine"}),
        json!({"evidence": {"stopped": tasks, "role": role}}),
        json!({"stopped": tasks, "role": role, "note": "from the incident"}),
    ] {
        let evidence = evidence(&bundle);
        assert_eq!((count!(evidence, ecs::Task), count!(evidence, iam::Role)), (1, 1), "{bundle}");
    }
    let bundle = json!({"describe_tasks": tasks, "get-role": {"Version": "2012-10-17", "Statement": []}, "observedAt": "2026-07-22T10:00:00Z"});
    let evidence = evidence(&bundle);
    assert_eq!(count!(evidence, iam::PolicyDocument), 1);
    assert_eq!(evidence.documents()[0].name(), "describe_tasks");
    assert_eq!(evidence.latest_time().unwrap().to_string(), "2026-07-22T10:00:00Z");
}

#[test]
fn answers_merged_into_one_object() {
    let value = json!({"tasks": [{"lastStatus": "STOPPED"}], "taskDefinition": {"family": "web"}, "Subnets": [{"SubnetId": "subnet-1"}], "SecurityGroups": [{"GroupId": "sg-1"}]});
    let evidence = evidence(&value);
    assert_eq!((count!(evidence, ecs::Task), count!(evidence, ecs::TaskDefinition)), (1, 1));
    assert_eq!((count!(evidence, ec2::Subnet), count!(evidence, ec2::SecurityGroup)), (1, 1));
}

#[test]
fn of_copies_of_a_task_the_newest_counts() {
    let copy = |version: Option<i64>, updated: &str| {
        json!({"taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0a", "version": version,
            "updatedAt": updated, "lastStatus": format!("{version:?} {updated}")})
    };
    let old = copy(Some(2), "2026-07-22T10:00:00Z");
    let new = copy(Some(3), "2026-07-22T10:00:00Z");
    let newest = copy(Some(3), "2026-07-22T10:00:01Z");
    let bare = copy(None, "2026-07-22T11:00:00Z");
    for order in [[&old, &new, &newest, &bare], [&newest, &new, &bare, &old], [&bare, &newest, &old, &new]] {
        let evidence = evidence(&json!(order));
        let tasks: Vec<_> = evidence.all::<ecs::Task<'_>>().collect();
        assert_eq!(tasks.len(), 1);
        assert_eq!(tasks[0].node().value(), &newest);
    }
    // ARNs that somebody blanked out are not of one task.
    let blank =
        json!([{"taskArn": "arn", "lastStatus": "STOPPED"}, {"taskArn": "arn", "lastStatus": "STOPPED"}]);
    assert_eq!(count!(evidence(&blank), ecs::Task), 2);
}

#[test]
fn wrong_types_are_problems_and_the_rest_counts() {
    let value = json!({"tasks": [
        {"taskArn": 7, "lastStatus": "STOPPED", "containers": [{"name": "app", "exitCode": "one"}]},
        "oops",
    ]});
    let evidence = evidence(&value);
    let problem =
        |pointer: &str| evidence.problems().iter().find(|problem| problem.pointer == pointer).unwrap();
    let arn = problem("/tasks/0/taskArn");
    assert_eq!(
        (arn.document.as_str(), arn.expected.as_str(), arn.found.as_str()),
        ("describe-tasks", "text", "a number")
    );
    assert_eq!(problem("/tasks/0/containers/0/exitCode").expected, "a whole number");
    assert_eq!(
        (problem("/tasks/1").expected.as_str(), problem("/tasks/1").found.as_str()),
        ("an object", "text")
    );
    let task = evidence.all::<ecs::Task<'_>>().next().unwrap();
    assert_eq!((task.last_status(), task.containers()[0].name()), (Some("STOPPED"), Some("app")));
}

#[test]
fn a_policy_that_is_no_json_is_a_problem() {
    let value = json!({"RoleName": "web", "PolicyName": "logs", "PolicyDocument": "%7B%22Statement%22%3A"});
    let evidence = evidence(&value);
    assert_eq!(
        problems(&evidence),
        ["/PolicyDocument: expected a JSON document, as text or not, found text that is none"]
    );
    assert_eq!(count!(evidence, iam::RolePolicy), 1);
}

#[test]
fn what_is_not_understood_is_an_error_that_says_where() {
    let error = |value: Value| {
        let mut evidence = Evidence::new();
        let error = evidence.add_value(None, value).unwrap_err();
        assert_eq!(evidence.problems(), [error.to_problem()]);
        error.to_string()
    };
    assert!(error(json!({"hello": "world"})).ends_with("found an object that is none of them"));
    assert!(error(json!([])).contains("found a list"));
    assert!(error(json!(17)).contains("found a number"));
    assert!(
        error(json!({"tasks": "none"}))
            .contains("`input` at `/tasks`: expected an object or a list of objects, found text")
    );
    assert!(error(json!({"tasks": [5]})).contains("at `/tasks/0`"));
    assert!(error(json!({"services": {"web": {"image": "nginx"}}})).contains("at `/services`"));
    // Objects of other systems that resemble ours.
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "app", "image": "nginx"}]}});
    assert!(error(pod).ends_with("found an object that is none of them"));
}

#[test]
fn an_unreadable_document_leaves_the_others() {
    let mut evidence = Evidence::new();
    let bundle =
        json!({"describe-tasks": {"tasks": [{"lastStatus": "STOPPED"}]}, "get-role": {"nothing": [1]}});
    let error = evidence.add_value(None, bundle).unwrap_err();
    assert!(error.to_string().contains("`get-role`"), "{error}");
    assert_eq!(count!(evidence, ecs::Task), 1);
}

#[test]
fn nesting_without_end_is_harmless() {
    let mut value = json!({"tasks": []});
    for _ in 0..100 {
        value = json!({"detail": value});
    }
    assert!(Evidence::new().add_value(None, value).is_err());
    let mut value = json!({"tasks": [{"lastStatus": "STOPPED"}]});
    for _ in 0..12 {
        value = json!({"Type": "Notification", "Message": value.to_string()});
    }
    let _ = Evidence::new().add_value(None, value);
}

#[test]
fn a_message_in_a_file_of_its_own() {
    for text in [
        "CgroupError: Agent could not create task's platform resources",
        "No execution credentials set for the task",
        "Unable to download env file with key web.env from bucket shop-config, error: NoSuchKey: The specified key does not \
         exist.\n\tstatus code: 404, request id: 0A1B2C3D4E5F6071",
        "botocore.exceptions.NoCredentialsError: Unable to locate credentials",
        "Container exited with code 42",
        "Error retrieving credentials: Get \"http://169.254.170.2/v2/credentials/0a1b\": dial tcp 169.254.170.2:80: i/o timeout",
        "TASK_NOT_VALID",
    ] {
        let mut evidence = Evidence::new();
        evidence.add_json(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(evidence.documents()[0].value(), &json!(text));
    }
    for text in [
        "not json",
        "{\"tasks\": [{\"lastStatus\"",
        "Why does my task fail with an error?",
        "Please help, we cannot find the reason of the failed task.",
        "$ aws ecs describe-tasks --cluster prod",
    ] {
        assert!(Evidence::new().add_json(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn a_container_instance_that_is_well_is_a_subject_when_it_is_alone() {
    let instance = json!({ "containerInstances": [{
        "containerInstanceArn": "arn:aws:ecs:eu-west-1:111122223333:container-instance/prod/0a1b2c3d",
        "ec2InstanceId": "i-0a1b2c3d4e5f60718", "status": "ACTIVE", "agentConnected": true,
    }]});
    let task = json!({ "tasks": [{
        "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123", "lastStatus": "RUNNING",
    }]});
    let mut evidence = evidence(&instance);
    let report = diagnose(&evidence);
    assert_eq!(report.verdict(), ecs_triage_core::Verdict::Healthy);
    assert_eq!(report.subjects().len(), 1);
    evidence.add_value(None, task).unwrap();
    let kinds: Vec<_> = diagnose(&evidence).subjects().iter().map(|found| found.kind).collect();
    assert_eq!(kinds, [ecs_triage_core::signals::SubjectKind::Task]);
}

#[test]
fn messages_of_two_tasks_on_two_lines_keep_apart() {
    let image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/api:v9";
    let text = format!(
        "CannotPullContainerError: failed to resolve ref {image}: {image}: not found\n\
         CannotPullContainerError: The repository with name 'team/side' does not exist in the registry with id '111122223333'\n"
    );
    let mut evidence = Evidence::new();
    evidence.add_json(text.as_bytes()).unwrap();
    let report = diagnose(&evidence);
    let codes: Vec<_> = report.diagnoses().map(|found| found.code).collect();
    assert_eq!(codes, ["image-tag-not-found", "image-repository-not-found"]);
}
