//! Inputs for benchmarks: realistic task documents, the same ones for the same seed.

pub mod events;
pub mod typed;

use serde_json::{Value, json};

/// A small generator of pseudo-random numbers (xorshift), so that a seed gives the same input everywhere.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A generator for a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.max(1))
    }

    /// The next number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end.max(1)
    }

    pub(crate) fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from_digit(self.below(16) as u32, 16).unwrap_or('0')).collect()
    }
}

/// Why the tasks of the generator stop: stop code, stopped reason, exit code and reason of the first container.
const STOPS: &[(&str, &str, Option<i64>, &str)] = &[
    (
        "ServiceSchedulerInitiated",
        "Scaling activity initiated by (deployment ecs-svc/1234567890123456789)",
        Some(143),
        "",
    ),
    ("EssentialContainerExited", "Essential container in task exited", Some(1), ""),
    (
        "EssentialContainerExited",
        "Essential container in task exited",
        Some(137),
        "OutOfMemoryError: Container killed due to memory usage",
    ),
    (
        "TaskFailedToStart",
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:v9: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:v9: not found",
        None,
        "",
    ),
    (
        "TaskFailedToStart",
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post \"https://api.ecr.eu-west-1.amazonaws.com/\": dial tcp 52.94.1.2:443: i/o timeout",
        None,
        "",
    ),
    ("ServiceSchedulerInitiated", "Task failed container health checks", Some(137), ""),
    ("UserInitiated", "Task stopped by user", Some(0), ""),
    ("SpotInterruption", "Your Spot Task was interrupted.", Some(143), ""),
];

/// A stopped task as `DescribeTasks` shows it: two containers, a network interface, tags and all times.
pub fn task(random: &mut Random) -> Value {
    let (code, reason, exit, container_reason) = STOPS[random.below(STOPS.len() as u64) as usize];
    let id = random.hex(32);
    let service = format!("service-{}", random.below(40));
    let start = 1_790_000_000 + random.below(1_000_000) as i64;
    let arn = |kind: &str| format!("arn:aws:ecs:eu-west-1:111122223333:{kind}/prod/{id}");
    let mut app = json!({
        "containerArn": arn("container"), "taskArn": arn("task"), "name": "app",
        "image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:v9",
        "imageDigest": format!("sha256:{}", random.hex(64)), "runtimeId": format!("{id}-265927825"),
        "lastStatus": "STOPPED", "networkBindings": [], "healthStatus": "UNKNOWN", "cpu": "256",
        "memory": "512", "networkInterfaces": [{"attachmentId": random.hex(8), "privateIpv4Address": "10.0.1.7"}],
    });
    if let Some(exit) = exit {
        app["exitCode"] = json!(exit);
    }
    if !container_reason.is_empty() {
        app["reason"] = json!(container_reason);
    }
    let sidecar = json!({
        "containerArn": arn("container"), "taskArn": arn("task"), "name": "log_router",
        "image": "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable", "lastStatus": "STOPPED",
        "exitCode": exit.map(|_| 0), "networkBindings": [], "networkInterfaces": [], "healthStatus": "HEALTHY", "cpu": "64",
    });
    json!({
        "attachments": [{"id": random.hex(8), "type": "ElasticNetworkInterface", "status": "DELETED", "details": [
            {"name": "subnetId", "value": format!("subnet-{}", random.hex(17))},
            {"name": "networkInterfaceId", "value": format!("eni-{}", random.hex(17))},
            {"name": "macAddress", "value": "0a:11:22:33:44:55"},
            {"name": "privateIPv4Address", "value": "10.0.1.7"},
        ]}],
        "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
        "availabilityZone": "eu-west-1b", "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
        "connectivity": "CONNECTED", "containers": [app, sidecar], "cpu": "512", "memory": "1024",
        "createdAt": start, "pullStartedAt": start + 8, "pullStoppedAt": start + 14,
        "startedAt": exit.map(|_| start + 17), "stoppingAt": start + 90, "executionStoppedAt": start + 91,
        "stoppedAt": start + 110, "desiredStatus": "STOPPED", "lastStatus": "STOPPED",
        "enableExecuteCommand": false, "ephemeralStorage": {"sizeInGiB": 20}, "group": format!("service:{service}"),
        "launchType": "FARGATE", "platformFamily": "Linux", "platformVersion": "1.4.0",
        "overrides": {"containerOverrides": [{"name": "app"}, {"name": "log_router"}], "inferenceAcceleratorOverrides": []},
        "startedBy": "ecs-svc/1234567890123456789", "stopCode": code, "stoppedReason": reason, "tags": [],
        "taskArn": arn("task"), "taskDefinitionArn": format!("arn:aws:ecs:eu-west-1:111122223333:task-definition/{service}:42"),
        "version": 6,
    })
}

/// The answer of `DescribeTasks` with `count` tasks, as the AWS CLI prints it.
pub fn describe_tasks(count: usize, seed: u64) -> String {
    let mut random = Random::new(seed);
    let tasks: Vec<Value> = (0..count).map(|_| task(&mut random)).collect();
    serde_json::to_string_pretty(&json!({ "tasks": tasks, "failures": [] })).unwrap_or_default()
}
