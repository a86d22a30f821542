//! The same objects within events, records and other services' answers.

use ecs_triage_core::evidence::{batch, cloudtrail, ecs, text};
use serde_json::{Value, json};

use crate::{count, evidence, problems};

const ARN: &str = "arn:aws:ecs:eu-west-1:111122223333:task/prod/0a";

fn task() -> Value {
    json!({"taskArn": ARN, "lastStatus": "STOPPED", "stopCode": "TaskFailedToStart", "stoppedReason": "Task failed to start", "containers": [], "version": 4})
}

fn event() -> Value {
    json!({"version": "0", "id": "e1", "detail-type": "ECS Task State Change", "source": "aws.ecs",
        "account": "111122223333", "time": "2026-07-22T10:00:00Z", "region": "eu-west-1", "resources": [ARN], "detail": task()})
}

/// The only task, and where its stop reason is cited.
fn stop_reason(value: &Value) -> (String, Option<String>) {
    let evidence = evidence(value);
    assert_eq!(problems(&evidence), Vec::<String>::new(), "{value}");
    let tasks: Vec<_> = evidence.all::<ecs::Task<'_>>().collect();
    assert_eq!(tasks.len(), 1, "{value}");
    let cited = tasks[0].cite("stoppedReason");
    assert_eq!(cited.value, json!("Task failed to start"));
    (cited.pointer, cited.within)
}

fn pascal(value: &Value) -> Value {
    match value {
        Value::Array(values) => values.iter().map(pascal).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (format!("{}{}", key[..1].to_ascii_uppercase(), &key[1..]), pascal(value)))
            .collect(),
        other => other.clone(),
    }
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in text.as_bytes().chunks(3) {
        let bits =
            group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize] as char;
            out.push(if place <= group.len() { digit } else { '=' });
        }
    }
    out
}

#[test]
fn events_of_eventbridge() {
    assert_eq!(stop_reason(&event()), ("/detail/stoppedReason".into(), None));
    assert_eq!(stop_reason(&json!({"detail": task()})), ("/detail/stoppedReason".into(), None));
    let value = json!([
        event(),
        {"detail-type": "ECS Container Instance State Change", "detail": {"containerInstanceArn": "arn:aws:ecs:eu-west-1:111122223333:container-instance/prod/1b", "agentConnected": false}},
        {"detail-type": "ECS Service Action", "time": "2026-07-22T11:00:00Z", "resources": ["arn:aws:ecs:eu-west-1:111122223333:service/prod/web"], "detail": {"eventType": "ERROR", "eventName": "SERVICE_TASK_PLACEMENT_FAILURE", "reason": "RESOURCE:CPU"}},
        {"detail-type": "ECS Deployment State Change", "resources": ["arn:aws:ecs:eu-west-1:111122223333:service/prod/web"], "detail": {"eventType": "ERROR", "eventName": "SERVICE_DEPLOYMENT_FAILED", "deploymentId": "ecs-svc/1"}},
        {"detail-type": "ECS Container Instance Health Change", "detail": {"containerInstanceArn": "arn:aws:ecs:eu-west-1:111122223333:container-instance/prod/1b", "overallStatus": "IMPAIRED", "healthChecks": [{"type": "DAEMON", "status": "IMPAIRED"}]}},
        {"detail-type": "Scheduled Event", "detail": {}},
    ]);
    let evidence = evidence(&value);
    assert_eq!(count!(evidence, ecs::Task), 1);
    assert_eq!(count!(evidence, ecs::ContainerInstance), 1);
    assert_eq!(count!(evidence, ecs::ServiceAction), 2);
    let change = evidence.all::<ecs::InstanceHealthChange<'_>>().next().unwrap();
    assert_eq!(change.health_checks()[0].kind(), Some("DAEMON"));
    assert_eq!(evidence.latest_time().unwrap().to_string(), "2026-07-22T11:00:00Z");
}

#[test]
fn lines_of_events() {
    let mut lines = format!("{}\n{}\n", event(), event());
    let mut evidence = ecs_triage_core::Evidence::new();
    evidence.add_json(lines.as_bytes()).unwrap();
    assert_eq!(count!(evidence, ecs::Task), 1);
    // Firehose writes them without line breaks.
    lines = lines.replace('\n', "");
    let mut evidence = ecs_triage_core::Evidence::new();
    evidence.add_json(lines.as_bytes()).unwrap();
    assert_eq!(count!(evidence, ecs::Task), 1);
}

#[test]
fn step_functions() {
    let text = pascal(&task()).to_string();
    let within = || Some("/StoppedReason".to_owned());
    assert_eq!(
        stop_reason(&json!({"Error": "States.TaskFailed", "Cause": text})),
        ("/Cause".into(), within())
    );
    let failed = json!({"id": 5, "type": "TaskFailed", "timestamp": "2026-07-22T10:00:00+02:00",
        "taskFailedEventDetails": {"resourceType": "ecs", "resource": "runTask.sync", "error": "States.TaskFailed", "cause": text}});
    assert_eq!(stop_reason(&failed), ("/taskFailedEventDetails/cause".into(), within()));
    let submitted = json!({"id": 4, "type": "TaskSubmitted", "taskSubmittedEventDetails": {"output": pascal(&json!({"tasks": [{"taskArn": ARN, "lastStatus": "PROVISIONING", "version": 1}], "failures": []})).to_string()}});
    let history = json!({"events": [{"id": 1, "type": "ExecutionStarted", "executionStartedEventDetails": {"input": "{}"}}, submitted, failed]});
    assert_eq!(stop_reason(&history), ("/events/2/taskFailedEventDetails/cause".into(), within()));
    let execution = json!({"executionArn": "arn:aws:states:eu-west-1:111122223333:execution:nightly:1", "stateMachineArn": "arn:aws:states:eu-west-1:111122223333:stateMachine:nightly", "status": "FAILED", "error": "States.TaskFailed", "cause": text});
    assert_eq!(stop_reason(&execution), ("/cause".into(), within()));
    // A state that catches an error puts it where it likes.
    assert_eq!(
        stop_reason(&json!({"job": {"name": "n"}, "failure": {"Error": "States.TaskFailed", "Cause": text}}))
            .0,
        "/failure/Cause"
    );

    let refused = json!({"Error": "ECS.InvalidParameterException", "Cause": "No Container Instances were found in your cluster. (Service: AmazonECS; Status Code: 400)"});
    let evidence = evidence(&refused);
    let error = evidence.all::<text::ApiError<'_>>().next().unwrap();
    assert_eq!(error.code(), Some("InvalidParameterException"));
    assert!(error.message().unwrap().starts_with("No Container Instances"));
}

#[test]
fn jobs_of_batch() {
    let mut job = json!({"jobId": "j-1", "jobName": "nightly", "status": "FAILED", "statusReason": "Essential container in task exited",
        "attempts": [{"container": {"exitCode": 1, "taskArn": ARN, "reason": "x"}, "startedAt": 1784714400000_i64, "statusReason": "Essential container in task exited"},
            {"container": {"exitCode": 0, "taskArn": ARN}, "startedAt": 1784714500000_i64, "statusReason": "Essential container in task exited"}],
        "container": {"exitCode": 0, "taskArn": ARN}});
    for value in [
        json!({"jobs": [job]}),
        pascal(&job),
        json!({"detail-type": "Batch Job State Change", "detail": job}),
    ] {
        let evidence = evidence(&value);
        let tasks: Vec<_> = evidence.all::<ecs::Task<'_>>().collect();
        assert_eq!(tasks.len(), 2, "{value}");
        assert_eq!(tasks[1].stopped_reason(), Some("Essential container in task exited"));
        assert_eq!(tasks[1].containers()[0].exit_code(), Some(0));
        let found = evidence.job_of(&tasks[0]).unwrap();
        assert_eq!((found.status(), found.job_name()), (Some("FAILED"), Some("nightly")));
    }
    job["status"] = "SUCCEEDED".into();
    let done = evidence(&json!({"jobs": [job]}));
    let tasks: Vec<_> = done.all::<ecs::Task<'_>>().collect();
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0].containers()[0].exit_code(), Some(0));
    let single = json!({"jobId": "j-1", "jobName": "nightly", "status": "FAILED", "statusReason": "Host EC2 (instance i-0a) terminated.", "container": {"reason": "x", "taskArn": ARN}});
    let found = evidence(&single);
    let job = found.all::<batch::Job<'_>>().next().unwrap();
    assert_eq!(job.status(), Some("FAILED"));
    assert_eq!(found.all::<ecs::Task<'_>>().next().unwrap().containers().len(), 1);
    let several = json!({"jobId": "j-2", "status": "FAILED", "attempts": [{"statusReason": "x", "taskProperties": [{"taskArn": ARN, "containers": [{"name": "a", "exitCode": 3}]}]}]});
    let found = evidence(&several);
    let task = found.all::<ecs::Task<'_>>().next().unwrap();
    assert_eq!(task.containers()[0].exit_code(), Some(3));
    assert!(found.job_of(&task).is_some());
    let waiting = json!({"jobs": [{"jobId": "j-3", "jobName": "n", "status": "RUNNABLE", "container": {"image": "x"}}]});
    // It stands for the task that it will have.
    assert_eq!(count!(evidence(&waiting), ecs::Task), 1);
}

#[test]
fn calls_that_cloudtrail_recorded() {
    let run = json!({"eventVersion": "1.09", "eventTime": "2026-07-22T10:00:00Z", "eventSource": "ecs.amazonaws.com", "eventName": "RunTask",
        "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/deploy/x"},
        "requestParameters": {"cluster": "prod", "taskDefinition": "web:3"},
        "responseElements": {"tasks": [task()], "failures": []}});
    assert_eq!(stop_reason(&run), ("/responseElements/tasks/0/stoppedReason".into(), None));
    assert_eq!(
        stop_reason(&json!({"Records": [run]})).0,
        "/Records/0/responseElements/tasks/0/stoppedReason"
    );
    assert_eq!(
        stop_reason(&json!({"detail-type": "AWS API Call via CloudTrail", "detail": run})).0,
        "/detail/responseElements/tasks/0/stoppedReason"
    );
    let looked_up = json!({"Events": [{"EventName": "RunTask", "EventSource": "ecs.amazonaws.com", "EventTime": 1784714400.0, "CloudTrailEvent": run.to_string()}]});
    assert_eq!(
        stop_reason(&looked_up),
        ("/Events/0/CloudTrailEvent".into(), Some("/responseElements/tasks/0/stoppedReason".into()))
    );
    let found = evidence(&run);
    let answer = found.answer_to("ecs", "RunTask", "cluster", "prod").unwrap();
    assert_eq!(answer.all::<ecs::Task<'_>>().count(), 1);
    assert_eq!(found.latest_time().unwrap().to_string(), "2026-07-22T10:00:00Z");

    let denied = json!({"eventSource": "ecr.amazonaws.com", "eventName": "BatchGetImage", "errorCode": "AccessDenied", "errorMessage": "not authorized",
        "requestParameters": {"repositoryName": "shop/api"}, "responseElements": null, "userIdentity": {"type": "AssumedRole"}});
    let evidence = evidence(&denied);
    let answer = evidence.answer_to("ecr", "BatchGetImage", "repositoryName", "shop/api").unwrap();
    assert_eq!(answer.error().unwrap().code(), Some("AccessDenied"));
    let record = evidence.all::<cloudtrail::TrailRecord<'_>>().next().unwrap();
    assert_eq!(record.user_identity().unwrap().kind(), Some("AssumedRole"));
}

#[test]
fn lines_of_logs() {
    let text = event().to_string();
    let within = || Some("/detail/stoppedReason".to_owned());
    let filtered = json!({"events": [{"timestamp": 1784714400000_i64, "message": text, "ingestionTime": 1784714400000_i64}]});
    assert_eq!(stop_reason(&filtered), ("/events/0/message".into(), within()));
    let subscription = json!({"messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": "/aws/events/ecs", "logStream": "s", "subscriptionFilters": ["f"],
        "logEvents": [{"id": "1", "timestamp": 1784714400000_i64, "message": text}]});
    assert_eq!(stop_reason(&subscription).0, "/logEvents/0/message");
    let query = json!({"results": [[{"field": "@timestamp", "value": "2026-07-22 10:00:00.000"}, {"field": "@message", "value": text}, {"field": "@ptr", "value": "x"}]], "statistics": {}, "status": "Complete"});
    assert_eq!(stop_reason(&query), ("/results/0/1/value".into(), within()));

    // What an application writes is its own, JSON or not.
    let own = json!({"events": [{"timestamp": 1784714400000_i64, "message": "{\"message\": \"listening\", \"createdAt\": \"2026-07-22T10:00:00Z\"}"}]});
    let found = evidence(&own);
    assert_eq!((count!(found, logs::LogEvent), count!(found, ecs::ServiceEvent)), (1, 0));
    assert_eq!(problems(&found), Vec::<String>::new());
    let lines =
        json!({"results": [[{"field": "@message", "value": "panic: out of range"}]], "status": "Complete"});
    assert_eq!(count!(evidence(&lines), text::LogLine), 1);
    let control = json!({"messageType": "CONTROL_MESSAGE", "logEvents": [{"id": "", "timestamp": 1, "message": "CWL CONTROL MESSAGE: Checking health of destination Firehose."}]});
    assert_eq!(count!(evidence(&control), logs::LogEvent), 0);
}

#[test]
fn queues() {
    let text = event().to_string();
    let within = || Some("/detail/stoppedReason".to_owned());
    assert_eq!(
        stop_reason(&json!({"Messages": [{"MessageId": "1", "ReceiptHandle": "r", "Body": text}]})),
        ("/Messages/0/Body".into(), within())
    );
    assert_eq!(
        stop_reason(&json!({"Records": [{"messageId": "1", "eventSource": "aws:sqs", "body": text}]})),
        ("/Records/0/body".into(), within())
    );
    assert_eq!(
        stop_reason(
            &json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Type": "Notification", "Message": text}}]})
        ),
        ("/Records/0/Sns/Message".into(), within())
    );
    let notification = json!({"Type": "Notification", "MessageId": "1", "TopicArn": "arn:aws:sns:eu-west-1:111122223333:ecs", "Message": text});
    assert_eq!(stop_reason(&notification), ("/Message".into(), within()));
    // A queue that subscribes to a topic has text within text.
    let nested = json!({"Messages": [{"MessageId": "1", "Body": notification.to_string()}]});
    assert_eq!(
        stop_reason(&nested),
        ("/Messages/0/Body".into(), Some("/Message/detail/stoppedReason".into()))
    );
    let sentence = json!({"Type": "Notification", "TopicArn": "arn:aws:sns:eu-west-1:111122223333:ecs", "Message": "Essential container in task exited"});
    assert_eq!(count!(evidence(&sentence), text::MessageText), 1);
}

#[test]
fn streams() {
    let data = base64(&event().to_string());
    let within = || Some("/detail/stoppedReason".to_owned());
    assert_eq!(
        stop_reason(
            &json!({"Records": [{"eventSource": "aws:kinesis", "kinesis": {"partitionKey": "1", "data": data}}]})
        ),
        ("/Records/0/kinesis/data".into(), within())
    );
    assert_eq!(
        stop_reason(&json!({"invocationId": "1", "records": [{"recordId": "1", "data": data}]})),
        ("/records/0/data".into(), within())
    );
    assert_eq!(
        stop_reason(
            &json!({"Records": [{"SequenceNumber": "1", "Data": data, "PartitionKey": "p"}], "MillisBehindLatest": 0})
        ),
        ("/Records/0/Data".into(), within())
    );
    // A subscription of CloudWatch Logs to Lambda: gzip, and in it the event as a line.
    let packed = "H4sIAAAAAAAC/02QzW6DMBCEX8XyOZSfoqbyDSU0p6pR4dQSVS5sUlTAyF4aVRHv3l3MoStLSPsNM2PfZA/O6QuUvyNIJeQ+K7OP57woskMuN0Ka6wCWQUyT0NzTMOjM5WDNNDIL9dWF8AMD0qd2Ky7Qgu6ZLxs3fbratiO2ZnhqOwTriL3Lszx5fb4Y8O4m22bJ5P+wpYqoe06Kt4/pNk7TiIfYWp61t0o2gLrtAqSrVLSqZL4rRKndtyhQI4jdlx4uhDaEnJlsvcqo/R3V9oDj/DqJkocg2gZJUsaRivi8eY0PYhWlIgVkdlit7KDITpGdgim4UvMgVv/fTrE+HK1pwkh7u0475IaT8yZF+XI85vu1KJpxhOYVtDNryHKlMzWARqAR9DgWKznPcj7Nf2Y0/4jRAQAA";
    let (pointer, within) = stop_reason(&json!({"awslogs": {"data": packed}}));
    assert_eq!(pointer, "/awslogs/data");
    assert_eq!(within.as_deref(), Some("/logEvents/0/message/detail/stoppedReason"));
    let broken = json!({"awslogs": {"data": &packed[..200]}});
    assert!(
        ecs_triage_core::Evidence::new()
            .add_value(None, broken)
            .unwrap_err()
            .to_string()
            .contains("`/awslogs/data`")
    );
}

#[test]
fn destinations_of_lambda() {
    let value = json!({"version": "1.0", "timestamp": "2026-07-22T10:00:03.000Z", "requestContext": {"condition": "RetriesExhausted"},
        "requestPayload": event(), "responseContext": {"statusCode": 200}, "responsePayload": {"errorMessage": "x"}});
    assert_eq!(stop_reason(&value), ("/requestPayload/detail/stoppedReason".into(), None));
    assert_eq!(evidence(&value).latest_time().unwrap().to_string(), "2026-07-22T10:00:03Z");
}

#[test]
fn infrastructure_code() {
    let template = json!({"Resources": {"Web": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Family": "web", "Cpu": "256",
        "ContainerDefinitions": [{"Name": "app", "Image": "nginx", "Memory": 512}]}}, "Queue": {"Type": "AWS::SQS::Queue"}}});
    let found = evidence(&template);
    let definition = found.all::<ecs::TaskDefinition<'_>>().next().unwrap();
    assert_eq!(definition.container_definitions()[0].memory(), Some(512));
    let plan = json!({"planned_values": {"root_module": {"resources": [{"type": "aws_ecs_task_definition", "values": {"family": "web", "container_definitions": "[{\"name\": \"app\", \"image\": \"nginx\", \"memory\": 512}]"}}]}}});
    assert_eq!(count!(evidence(&plan), ecs::ContainerDefinition), 1);
}
