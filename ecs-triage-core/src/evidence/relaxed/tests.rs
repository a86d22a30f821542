//! Own samples of every form, whole and cut.

use serde_json::{Value, json};

use super::{Format, Piece, Reading, read};

const ARN: &str = "arn:aws:ecs:eu-west-1:111122223333:task/prod/0a1b2c3d4e5f60718293a4b5c6d7e8f9";

const PYTHON: &str = "{'tasks': [{'containers': [{'name': 'web', 'exitCode': 137, 'reason': None,\n   \
    'lastStatus': u'STOPPED'},], 'stoppedAt': datetime.datetime(2026, 3, 4, 5, 6, 7, 890000, tzinfo=tzutc()),\n   \
    'startedAt': datetime.datetime(2026, 3, 4, 5, 6, tzinfo=datetime.timezone(datetime.timedelta(seconds=32400))),\n   \
    'enableExecuteCommand': False, 'memory': Decimal('512'),  # half a GiB\n   \
    'stoppedReason': 'CannotPullContainerError: pull image manifest has been '\n   'retried 5 time(s)'}], ...}";

const NODE: &str = "{\n  tasks: [\n    {\n      attachments: [Array],\n      stopCode: 'TaskFailedToStart',\n      \
    stoppedAt: 2026-03-04T05:06:07.890Z,\n      stoppedReason: 'Task failed to start',\n      tags: []\n    }\n  ],\n  \
    failures: []\n}";

const GO: &str = "2026/03/04 05:06:07 got &{Containers:[{ExitCode:1 Name:web Reason:OutOfMemoryError: Container killed \
    due to memory usage}] StopCode:EssentialContainerExited StoppedReason:Essential container in task exited}";

const JAVA: &str = "DescribeTasksResponse(Tasks=[Task(Containers=[Container(Name=web, ExitCode=1, NetworkInterfaces=[])], \
    StopCode=EssentialContainerExited, StoppedReason=Essential container in task exited, Tags=[])], Failures=[])";

const RUBY: &str =
    "{:tasks=>[{:stop_code=>\"EssentialContainerExited\", :containers=>[{:name=>\"web\", :exit_code=>1}]}]}";

const RUST: &str = "Task { containers: Some([Container { name: Some(\"web\"), exit_code: Some(1), reason: None }]), \
    stop_code: Some(EssentialContainerExited) }";

const YAML: &str = "failures: []\ntasks:\n- containers:\n  - name: web\n    exitCode: 137\n    networkInterfaces: []\n    \
    reason: 'OutOfMemoryError: Container killed due\n      to memory usage'\n  cpu: '256'\n  \
    overrides: {}\n  stopCode: EssentialContainerExited\n  stoppedReason: >-\n    Essential container\n    in task exited\n  \
    version: 5\n";

const TABLE: &str = "\
------------------------------------------------------------
|                      DescribeTasks                       |
+----------------------------------------------------------+
||                          tasks                         ||
|+----------------+---------------------------------------+|
||  lastStatus    |  STOPPED                              ||
||  stopCode      |  EssentialContainerExited             ||
|+----------------+---------------------------------------+|
|||                      containers                      |||
||+-------------+----------------------------------------+||
|||  exitCode   |  137                                   |||
|||  name       |  web                                   |||
|||  reason     |  OutOfMemoryError: a | b               |||
||+-------------+----------------------------------------+||
|||                      containers                      |||
||+-------------+----------------------------------------+||
|||  exitCode   |  0                                     |||
|||  name       |  log                                   |||
||+-------------+----------------------------------------+||
";

const ROWS: &str = "\
---------------------------------------------------------------------------------------
|                                   DescribeServices                                  |
+-----------------------------------+-------------------------------------------------+
|  2026-03-04T05:06:07.890000+01:00 |  (service web) has reached a steady state.      |
|  2026-03-04T05:01:07.890000+01:00 |  (service web) has started 1 tasks: (task 0a).  |
+-----------------------------------+-------------------------------------------------+
";

const TEXT: &str = "\
TASKS\tarn:aws:ecs:eu-west-1:111122223333:cluster/prod\t256\t2026-03-04T05:00:00+01:00\tSTOPPED\tFalse\tservice:web\tSTOPPED\t\
FARGATE\t512\t1.4.0\t2026-03-04T05:01:00+01:00\t2026-03-04T05:02:00+01:00\tecs-svc/1\tTaskFailedToStart\t\
2026-03-04T05:06:00+01:00\tTask failed to start\t2026-03-04T05:05:00+01:00\t\
arn:aws:ecs:eu-west-1:111122223333:task/prod/0a\tarn:aws:ecs:eu-west-1:111122223333:task-definition/web:3\t5
CONTAINERS\tarn:aws:ecs:eu-west-1:111122223333:container/prod/0b\t0\t137\tweb:1\tSTOPPED\tweb\tOutOfMemoryError: Container killed \
due to memory usage
NETWORKINTERFACES\t0c\t10.0.0.1
";

const EVENT_ROWS: &str = "EVENTS\t2026-03-04T05:06:07+01:00\t0a1b2c3d-0000-1111-2222-333344445555\t(service web) has reached a \
    steady state.\nFAILURES\tarn:aws:ecs:eu-west-1:111122223333:task/0a\tMISSING\n";

const TAIL: &str = "                    \"exitCode\": 3\n                },\n                {\n                    \"name\": \
    \"log\",\n                    \"exitCode\": 0\n                }\n            ],\n            \"stopCode\": \
    \"EssentialContainerExited\",\n            \"stoppedReason\": \"Essential container in task exited\"\n        }\n    ],\n    \
    \"failures\": []\n}\n";

const EVENTS: &str = "edAt\":1.7E9,\"id\":\"0a\",\"message\":\"(service web) has reached a steady state.\"},\
    {\"createdAt\":1.70000001E9,\"id\":\"0b\",\"message\":\"(service web) has started 1 tasks: (task 0c).\"},{\"created";

const HEAD: &str = "$ aws ecs describe-tasks --cluster prod \\\n    --query '{stopCode: tasks[0].stopCode}'\n{\n  \"tasks\": [\n    \
    {\n      \"containers\": [\n        {\n          \"name\": \"web\",\n          \"reason\": \"CannotPullContainerError: pull im";

const CONSOLE: &str = "My task stops all the time, any ideas?\n\nStopped reason\nEssential container in task exited\n\
    Exit Code\t137\nStatus reason OutOfMemoryError: Container killed due to memory usage\n\n\
    Exit code 137 usually means that the memory is too small, so I doubled it.\n";

const BULLETS: &str = "What we know:\n- `web-1`: ExitCode **0** (success)\n- `log_router`: ExitCode **137** (SIGKILL)\n\
    - StopCode: `EssentialContainerExited`\n";

const TRACER: &str = "2026-03-04T05:06:07.890+01:00\tTASK\tStopped\n\
    2026-03-04T05:06:07.890+01:00\tCONTAINER:web\tLastStatus:STOPPED HealthStatus:UNKNOWN (exit code: 1)\n\
    2026-03-04T05:06:07.890+01:00\tCONTAINER:envoy\tLastStatus:STOPPED HealthStatus:UNKNOWN (exit code: 0) (reason: \
    CannotInspectContainerError: Could not transition to inspecting; timed out after waiting 30s)\n";

const COPILOT: &str = "  Deployments\n             Revision  Rollout      Desired  Running  Failed  Pending\n    \
    PRIMARY  7         [completed]  2        2        0       0\n  Latest 1 stopped task\n    \
    TaskId    CurrentStatus  DesiredStatus\n    0a1b2c3d  STOPPED        STOPPED\n\n  ✘ Latest 1 task stopped reason\n    \
    - [0a1b2c3d]: Task failed ELB health checks in (target-group arn:aws:ela\n      \
    sticloadbalancing:eu-west-1:111122223333:targetgroup/web-Targe-ABCDEFG\n      HIJK/0123456789abcdef)\n\n";

const COMPOSE: &str = "Name  State  Ports  TaskDefinition\n\
    0a1b2c3d-0000-1111-2222-333344445555/web  STOPPED ExitCode: 137 Reason: OutOfMemoryError: Container killed due to memory \
    usage  10.0.0.1:80->80/tcp  web:3\n";

const CLI_ERROR: &str = "\nAn error occurred (AccessDeniedException) when calling the RunTask operation: Us\n\
    er: arn:aws:iam::111122223333:user/ci is not authorized to perform: iam:PassRole\n \
    on resource: arn:aws:iam::111122223333:role/ecsTaskExecutionRole because no ide\nntity-based policy allows the action\n";

const TERRAFORM: &str = "╷\n│ Error: creating ECS Service (web): operation error ECS: CreateService, https response error \
    StatusCode: 400, RequestID: 0a-1b, InvalidParameterException: The target group has no load balancer.\n│\n\
    │   with aws_ecs_service.web,\n│   on main.tf line 12, in resource \"aws_ecs_service\" \"web\":\n╵\n";

const STACK: &str = "12:03:44 PM | CREATE_FAILED | AWS::ECS::Service | Service9571FDD8\nResource handler returned message: \
    \"Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.\" (RequestToken: 0a1b)\n";

const ACTION: &str = "2026-03-04T05:06:07.1234567Z ##[group]Run deploy\n2026-03-04T05:16:07.1234567Z ##[error]Resource is not in \
    the state servicesStable\n2026-03-04T05:16:08.1234567Z (service web) (deployment ecs-svc/123) deployment failed: tasks \
    failed to start.\n";

const ECSPRESSO: &str = "Service: web\nTaskDefinition: web:12\nDeployments:\n   PRIMARY web:12 desired:2 pending:0 running:1\n\
    Events:\n2026/03/04 05:06:07 (service web) was unable to place a task because no container instance met all of its \
    requirements.\n";

const QUOTE: &str = "> Task stopped at: 2026-03-04T05:06:07.890Z\n> ResourceInitializationError: unable to pull secrets or \
    registry auth: The task cannot pull registry auth from Amazon ECR.\n";

const CSV: &str =
    "name,lastStatus,exitCode,reason\nweb,STOPPED,137,\"OutOfMemoryError: a, b\"\nlog,STOPPED,0,\n";

const MARKDOWN: &str = "| Container | Exit code | Reason |\n|---|---|---|\n| `web` | 137 | OutOfMemoryError: x |\n| log | 0 | - |\n";

const PAIRS: &str = "stopCode = \"EssentialContainerExited\"\ncontainers[0].name = \"web\"\ncontainers[0].exitCode = 1\n\
    containers[1].name = \"log\"\ncontainers[1].exitCode = 0\n";

const LIST: &str =
    "StopCode      : EssentialContainerExited\nStoppedReason : Essential container in task exited\n";

const BOX: &str = "┌──────┬──────────┐\n│ name │ exitCode │\n├──────┼──────────┤\n│ web  │ 137      │\n└──────┴──────────┘\n";

const LOG: &str =
    "2026-03-04 05:06:07 standard_init_linux.go:228: exec user process caused: exec format error\n";

const PROSE: &str = "When the task fails with CannotPullContainerError, check the execution role.\nExit code 137 means that the \
    container got SIGKILL. The stopped reason usually says \"Essential container in task exited\".\nTo fix \
    ResourceInitializationError: make sure that there is a NAT gateway.\n## Essential container in task exited\n\
    See [CannotPullContainerError](https://docs.aws.amazon.com/x) or the `{name}` below, and don't [forget] it.\n";

const ALL: &[&str] = &[
    PYTHON, NODE, GO, JAVA, RUBY, RUST, YAML, TABLE, ROWS, TEXT, EVENT_ROWS, TAIL, EVENTS, HEAD, CONSOLE,
    BULLETS, TRACER, COPILOT, COMPOSE, CLI_ERROR, TERRAFORM, STACK, ACTION, ECSPRESSO, QUOTE, CSV, MARKDOWN,
    PAIRS, LIST, BOX, LOG, PROSE,
];

/// The only document of a text.
fn document(text: &str) -> (Value, Format) {
    let Reading { pieces, format, .. } = read(text);
    match pieces.as_slice() {
        [Piece::Json(value)] => (value.clone(), format),
        other => panic!("not one document: {other:?}"),
    }
}

/// The only task of a text, in whatever case and wrapper it came.
fn task(text: &str) -> Value {
    let (value, _) = document(text);
    let tasks = value.get("tasks").or_else(|| value.get("Tasks"));
    match tasks {
        Some(tasks) => {
            assert_eq!(tasks.as_array().map(Vec::len), Some(1), "{tasks}");
            tasks[0].clone()
        }
        None => value,
    }
}

#[test]
fn python_literals_become_json() {
    let task = task(PYTHON);
    assert_eq!(document(PYTHON).1, Format::PythonLiteral);
    assert_eq!(
        task["containers"],
        json!([{"name": "web", "exitCode": 137, "reason": null, "lastStatus": "STOPPED"}])
    );
    assert_eq!(task["stoppedAt"], "2026-03-04T05:06:07.890000Z");
    assert_eq!(task["startedAt"], "2026-03-04T05:06:00+09:00");
    assert_eq!(task["enableExecuteCommand"], false);
    assert_eq!(task["memory"], 512);
    assert_eq!(
        task["stoppedReason"],
        "CannotPullContainerError: pull image manifest has been retried 5 time(s)"
    );
    assert!(
        read("{'stoppedAt': datetime.datetime(2026, 1, 2, tzinfo=tzlocal())}")
            .notes
            .iter()
            .any(|note| note.contains("UTC"))
    );
}

#[test]
fn dumps_of_other_languages_become_json() {
    assert_eq!(task(NODE)["stoppedReason"], "Task failed to start");
    assert_eq!(task(NODE)["stoppedAt"], "2026-03-04T05:06:07.890Z");
    let go = task(GO);
    assert_eq!(go["Containers"][0]["ExitCode"], 1);
    assert_eq!(go["Containers"][0]["Reason"], "OutOfMemoryError: Container killed due to memory usage");
    assert_eq!(go["StoppedReason"], "Essential container in task exited");
    let java = task(JAVA);
    assert_eq!(java["Containers"][0]["ExitCode"], 1);
    assert_eq!(java["StoppedReason"], "Essential container in task exited");
    for text in [RUBY, RUST] {
        let task = task(text);
        assert_eq!(task["stopCode"], "EssentialContainerExited");
        assert_eq!(task["containers"][0]["exitCode"], 1);
    }
    assert_eq!(document(RUST).1, Format::ObjectDump);
}

#[test]
fn a_second_equals_sign_is_the_values() {
    let task = task("container web: name==web exitCode==3\nstopCode=EssentialContainerExited\n");
    assert_eq!(task["stopCode"], "EssentialContainerExited");
}

#[test]
fn json_is_found_between_other_lines() {
    let (value, _) =
        document("root@h:~# aws ecs describe-tasks\n{\"tasks\": [], \"failures\": []}%\nroot@h:~# \n");
    assert_eq!(value, json!({"tasks": [], "failures": []}));
    let two = read("[INFO] got {\"stopCode\": \"UserInitiated\"} in 5ms\n{\n \"serviceName\": \"web\"\n}\n");
    assert_eq!(two.pieces.len(), 2);
    let (escaped, _) = document(r#"msg="{\"stoppedReason\":\"Get \\\"https://x\\\": EOF\",\"version\":1}""#);
    assert_eq!(escaped["stoppedReason"], "Get \"https://x\": EOF");
    let (smart, _) = document("{“stopCode”: “UserInitiated”, “stoppedReason”: “say “hello” to it”}");
    assert_eq!(smart["stoppedReason"], "say “hello” to it");
    let (prefixed, _) = document("w | {\nw |   \"stopCode\": \"UserInitiated\"\nw | }\n");
    assert_eq!(prefixed["stopCode"], "UserInitiated");
}

#[test]
fn strings_broken_by_the_terminal_are_joined() {
    let value = json!({"tasks": [{"stoppedReason": format!("Task failed ELB health checks in {ARN} and {ARN}"),
        "containers": [{"exitCode": 137, "name": "web"}]}]});
    let line = value.to_string();
    for width in 40..90 {
        let broken: Vec<&str> =
            line.as_bytes().chunks(width).map(|part| std::str::from_utf8(part).unwrap()).collect();
        assert_eq!(document(&broken.join("\n")).0, value, "width {width}");
    }
}

#[test]
fn fragments_find_their_place() {
    let tail = task(TAIL);
    assert_eq!(tail["containers"], json!([{"exitCode": 3}, {"name": "log", "exitCode": 0}]));
    assert_eq!(tail["stopCode"], "EssentialContainerExited");
    let (events, format) = document(EVENTS);
    assert_eq!(format, Format::JsonFragment);
    assert_eq!(events["services"][0]["serviceName"], "web");
    assert_eq!(events["services"][0]["events"].as_array().map(Vec::len), Some(2));
    let head = task(HEAD);
    assert_eq!(head["containers"], json!([{"name": "web", "reason": "CannotPullContainerError: pull im"}]));
    assert!(!read(HEAD).notes.is_empty());
    let (inside, _) = document("ome text\", \"name\": \"web\"}], \"stopCode\": \"UserInitiated\"}]}");
    assert_eq!(inside["tasks"][0]["stopCode"], "UserInitiated");
    assert_eq!(task(&NODE[NODE.find("      stopCode").unwrap()..])["stopCode"], "TaskFailedToStart");
}

#[test]
fn a_number_that_may_be_cut_is_left_out() {
    let reading = read("{\"containers\": [{\"name\": \"web\", \"exitCode\": 13");
    assert_eq!(reading.pieces, [Piece::Json(json!({"tasks": [{"containers": [{"name": "web"}]}]}))]);
    assert!(reading.notes.iter().any(|note| note.contains("left out")));
}

#[test]
fn yaml_becomes_json() {
    let task_whole = task(YAML);
    assert_eq!(
        task_whole["containers"][0]["reason"],
        "OutOfMemoryError: Container killed due to memory usage"
    );
    assert_eq!(task_whole["containers"][0]["exitCode"], 137);
    assert_eq!(task_whole["cpu"], "256");
    assert_eq!(task_whole["overrides"], json!({}));
    assert_eq!(task_whole["stoppedReason"], "Essential container in task exited");
    assert!(read(YAML).notes.is_empty());
    let cut = task(&YAML[YAML.find("    exitCode").unwrap()..]);
    assert_eq!(cut["containers"][0]["exitCode"], 137);
    assert_eq!(cut["stopCode"], "EssentialContainerExited");
    assert!(!read(&YAML[YAML.find("    exitCode").unwrap()..]).notes.is_empty());
}

#[test]
fn tables_become_json() {
    let whole = task(TABLE);
    assert_eq!(document(TABLE).1, Format::Table);
    assert_eq!(whole["stopCode"], "EssentialContainerExited");
    assert_eq!(
        whole["containers"][0],
        json!({"exitCode": 137, "name": "web", "reason": "OutOfMemoryError: a | b"})
    );
    assert_eq!(whole["containers"][1]["exitCode"], 0);
    let cut = task(&TABLE[TABLE.find("|||  exitCode").unwrap()..]);
    assert_eq!(cut["containers"].as_array().map(Vec::len), Some(2));
    assert!(
        read(&TABLE[TABLE.find("|||  exitCode").unwrap()..]).notes.iter().any(|note| note.contains("cut"))
    );
    let (rows, _) = document(ROWS);
    assert_eq!(rows["services"][0]["events"][0]["createdAt"], "2026-03-04T05:06:07.890000+01:00");
    assert_eq!(rows["services"][0]["events"][1]["message"], "(service web) has started 1 tasks: (task 0a).");
    for text in [CSV, MARKDOWN, BOX] {
        let task = task(text);
        assert_eq!(task["containers"][0]["exitCode"], 137, "{task}");
        assert_eq!(task["containers"][0]["name"], "web");
    }
}

#[test]
fn text_rows_get_their_columns() {
    for text in [TEXT.to_owned(), TEXT.replace('\t', "  ")] {
        let task = task(&text);
        assert_eq!(task["stopCode"], "TaskFailedToStart");
        assert_eq!(task["stoppedReason"], "Task failed to start");
        assert_eq!(task["desiredStatus"], "STOPPED");
        assert_eq!(task["pullStoppedAt"], "2026-03-04T05:02:00+01:00");
        assert_eq!(task.get("startedAt"), None);
        assert_eq!(task["containers"][0]["exitCode"], 137);
        assert_eq!(task["containers"][0]["reason"], "OutOfMemoryError: Container killed due to memory usage");
    }
    let (events, format) = document(EVENT_ROWS);
    assert_eq!(format, Format::Text);
    assert_eq!(events["services"][0]["events"][0]["message"], "(service web) has reached a steady state.");
    assert_eq!(events["failures"][0]["reason"], "MISSING");
    // One number may be CPU units as well as an exit code.
    let one = read("CONTAINERS\tarn:aws:ecs:eu-west-1:111122223333:container/0b\t1\tSTOPPED\tweb\n");
    assert!(!format!("{one:?}").contains("exitCode"));
    let task = task("TaskFailedToStart\tCannotPullContainerError: x y\nNone\tNone\n");
    assert_eq!(
        task,
        json!({"stopCode": "TaskFailedToStart", "stoppedReason": "CannotPullContainerError: x y"})
    );
}

#[test]
fn console_lines_become_tasks() {
    let console = task(CONSOLE);
    assert_eq!(console["stoppedReason"], "Essential container in task exited");
    let oom = "OutOfMemoryError: Container killed due to memory usage";
    assert_eq!(console["containers"], json!([{"exitCode": 137, "reason": oom}]));
    let bullets = task(BULLETS);
    assert_eq!(
        bullets["containers"],
        json!([{"name": "web-1", "exitCode": 0}, {"name": "log_router", "exitCode": 137}])
    );
    let tracer = task(TRACER);
    assert_eq!(tracer["containers"][0]["exitCode"], 1);
    assert_eq!(tracer["containers"][0].get("reason"), None);
    assert!(tracer["containers"][1]["reason"].as_str().unwrap().ends_with("after waiting 30s"));
    let compose = task(COMPOSE);
    assert_eq!(compose["containers"][0]["reason"], oom);
    assert_eq!(compose["containers"][0]["name"], "web");
    let pairs = task(PAIRS);
    assert_eq!(pairs["containers"], json!([{"name": "web", "exitCode": 1}, {"name": "log", "exitCode": 0}]));
    assert_eq!(task(LIST)["stopCode"], "EssentialContainerExited");
}

#[test]
fn tools_lines_become_services_and_tasks() {
    let (copilot, _) = document(COPILOT);
    assert_eq!(
        copilot["tasks"][0]["stoppedReason"],
        "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/\
         web-Targe-ABCDEFGHIJK/0123456789abcdef)"
    );
    assert_eq!(copilot["tasks"][0]["lastStatus"], "STOPPED");
    assert_eq!(copilot["services"][0]["deployments"][0]["rolloutState"], "COMPLETED");
    assert_eq!(copilot["services"][0]["deployments"][0]["failedTasks"], 0);
    let (ecspresso, _) = document(ECSPRESSO);
    assert_eq!(ecspresso["services"][0]["deployments"][0]["runningCount"], 1);
    assert_eq!(ecspresso["services"][0]["events"][0]["createdAt"], "2026-03-04 05:06:07");
    let action = read(ACTION);
    assert_eq!(action.pieces[1], Piece::Message("Resource is not in the state servicesStable".to_owned()));
    let Piece::Json(services) = &action.pieces[0] else { panic!("{action:?}") };
    assert_eq!(services["services"][0]["events"][0]["createdAt"], "2026-03-04T05:16:08.1234567Z");
}

#[test]
fn refused_calls_are_errors() {
    let expected = |operation: &str, code: &str, message: &str| {
        let (operation, code, message) = (Some(operation.to_owned()), code.to_owned(), message.to_owned());
        vec![Piece::Error { operation, code, message }]
    };
    let message = "User: arn:aws:iam::111122223333:user/ci is not authorized to perform: iam:PassRole on resource: \
        arn:aws:iam::111122223333:role/ecsTaskExecutionRole because no identity-based policy allows the action";
    assert_eq!(read(CLI_ERROR).pieces, expected("RunTask", "AccessDeniedException", message));
    let message = "The target group has no load balancer.";
    assert_eq!(read(TERRAFORM).pieces, expected("CreateService", "InvalidParameterException", message));
    let retried = "botocore.exceptions.ClientError: An error occurred (ThrottlingException) when calling the DescribeTasks \
        operation (reached max retries: 4): Rate exceeded";
    assert_eq!(read(retried).pieces, expected("DescribeTasks", "ThrottlingException", "Rate exceeded"));
    let cut = "An error occurred (ClusterNotFoundException) when calling the RunTask opera";
    assert_eq!(
        read(cut).pieces[0],
        Piece::Error { operation: None, code: "ClusterNotFoundException".into(), message: "".into() }
    );
    let waited = "Error: creating cart: waiting for ECS service (cart) creation: AccessDeniedException: You may not use it.";
    assert!(matches!(read(waited).pieces[0], Piece::Error { .. }));
    let elsewhere = "could not write the order into its table after three attempts: AccessDeniedException: You may not use it.";
    assert!(matches!(read(elsewhere).pieces[0], Piece::Message(_)));
}

#[test]
fn sentences_without_a_place_are_messages() {
    for (text, head) in [
        (QUOTE, "ResourceInitializationError: unable to pull"),
        (STACK, "Resource handler returned message: \"Error occurred during operation 'ECS Deployment"),
        (LOG, "standard_init_linux.go:228: exec user"),
        (
            "level=error msg=\"x\" error=\"CannotPullContainerError: not found\" module=y",
            "CannotPullContainerError: not found",
        ),
        ("java.lang.OutOfMemoryError: Java heap space", "java.lang.OutOfMemoryError: Java heap space"),
    ] {
        let reading = read(text);
        let [Piece::Message(message)] = reading.pieces.as_slice() else { panic!("{reading:?}") };
        assert!(message.starts_with(head), "{message}");
    }
    let quoted = read("level=error error=\"CannotPullContainerError: not found\" module=y");
    assert_eq!(quoted.pieces, [Piece::Message("CannotPullContainerError: not found".to_owned())]);
}

#[test]
fn prose_is_no_evidence() {
    let reading = read(PROSE);
    assert_eq!(reading.pieces, []);
    assert_eq!(reading.format, Format::Unknown);
    assert_eq!(reading.notes.len(), 1);
    assert_eq!(read("").pieces, []);
    assert_eq!(read("$ aws ecs describe-tasks --query 'tasks[].{stopCode: stopCode}'").pieces, []);
}

#[test]
fn notes_hold_no_value() {
    for text in ALL {
        let cut: String = text.replace("web", "s3cr3t").chars().take(text.len() / 2).collect();
        for note in read(&cut).notes {
            assert!(!note.contains("s3cr3t"), "{note}");
        }
    }
}

#[test]
fn no_prefix_or_suffix_panics() {
    for text in ALL {
        for (at, _) in text.char_indices() {
            let _ = read(&text[..at]);
            let _ = read(&text[at..]);
        }
    }
}

#[test]
fn a_cut_never_invents_an_exit_code() {
    for (text, codes) in [
        (PYTHON, &[137][..]),
        (TAIL, &[3, 0]),
        (HEAD, &[]),
        (NODE, &[]),
        (JAVA, &[1]),
        (RUST, &[1]),
        (RUBY, &[1]),
    ] {
        for (at, _) in text.char_indices() {
            for part in [&text[..at], &text[at..]] {
                for piece in read(part).pieces {
                    let Piece::Json(value) = piece else { continue };
                    for code in exit_codes(&value) {
                        assert!(codes.contains(&code), "{code} from {part}");
                    }
                }
            }
        }
    }
}

fn exit_codes(value: &Value) -> Vec<i64> {
    match value {
        Value::Object(object) => object
            .iter()
            .flat_map(|(key, value)| match value.as_i64() {
                Some(code) if key.eq_ignore_ascii_case("exitCode") => vec![code],
                _ => exit_codes(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(exit_codes).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn a_line_says_where_its_sentence_ends() {
    let console = "2026-03-04 05:06:07 +0100\nservice web was unable to place a task because no container instance met\nall of its \
        requirements. Reason: No Container Instances were found in\nyour cluster.\nAny idea?\n";
    let (services, _) = document(console);
    let event = &services["services"][0]["events"][0];
    assert_eq!(event["createdAt"], "2026-03-04 05:06:07+0100");
    assert!(event["message"].as_str().unwrap().ends_with("were found in your cluster."), "{event}");
    let columns =
        read("web  0a1b  STOPPED (CannotPullContainerError: no basic auth (x) here)    web:1   --  true\n");
    assert_eq!(
        columns.pieces,
        [Piece::Message("CannotPullContainerError: no basic auth (x) here".to_owned())]
    );
    let (two, _) = document("- [0a1b2c3d,4e5f6071]: Essential container in task exited\n");
    assert_eq!(two["tasks"].as_array().map(Vec::len), Some(2));
    let caused =
        read("AirflowException: The task failed to start due to: CannotPullContainerError: not found");
    assert_eq!(caused.pieces, [Piece::Message("CannotPullContainerError: not found".to_owned())]);
}

#[test]
fn a_sentence_goes_on_below_its_label() {
    let labelled = read(
        "StopCode:   TaskFailedToStart\nStopReason: Unexpected EC2 error while attempting to tag the network\n            interface: TagPolicyViolation\n",
    );
    let said = format!("{:?}", labelled.pieces);
    assert!(said.contains("attempting to tag the network interface: TagPolicyViolation"), "{said}");
    let (services, _) = document(
        "service web was unable to place a task. Reason: ResourceInitializationError: unable to pull secrets\nor registry auth: there is a connection issue between the task and Amazon ECR, whose end is long.\n",
    );
    let event = services["services"][0]["events"][0]["message"].as_str().unwrap();
    assert!(event.ends_with("whose end is long."), "{event}");
}

/// A generous bound: quadratic time would take many minutes.
#[test]
fn a_megabyte_of_marks_takes_linear_time() {
    let mebibyte = 1 << 20;
    for (mark, size) in [
        ("[", mebibyte),
        ("{", mebibyte),
        ("\"", mebibyte),
        ("'", mebibyte),
        ("\n", mebibyte),
        ("{\"a\":", mebibyte / 4),
        ("(", mebibyte / 4),
        ("\\", mebibyte / 4),
        ("x(", mebibyte / 4),
        ("(service ", mebibyte / 4),
        ("{\"exitCode\":1}\n", mebibyte / 4),
        ("|a|\n", mebibyte / 8),
        ("a: \n", mebibyte / 8),
    ] {
        let text = mark.repeat(size / mark.len());
        // Quadratic time would not come to an end here.
        let _ = read(&text);
    }
}
