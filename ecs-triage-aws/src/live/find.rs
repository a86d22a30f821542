//! Finds the subject: the tasks and services that a target names.

use ecs_triage_core::Timestamp;
use serde_json::{Value, json};

use super::target::Subject;
use super::{Options, Target, Triage};
use crate::transport::{Call, CallError, Transport};

/// Tasks in one call, and services in one call.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html>
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html>
const TASKS_AT_ONCE: usize = 100;
const SERVICES_AT_ONCE: usize = 10;
/// More tasks of one kind, and more services, are not looked at.
const MOST_TASKS: usize = 300;
const MOST_SERVICES: usize = 100;
/// Names that a message lists.
const MOST_NAMES: usize = 10;

/// How long ECS remembers a stopped task.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html>
const MEMORY: &str = "ECS forgets a stopped task about an hour after it stopped";

/// Where to look.
struct Place<'t> {
    cluster: &'t str,
    region: Option<&'t str>,
}

impl Place<'_> {
    fn call(&self, operation: &str, mut params: Value) -> Call {
        params["cluster"] = self.cluster.into();
        Call::new("ecs", operation, params).in_region(self.region)
    }

    fn tasks(&self, arns: &[String]) -> impl Iterator<Item = Call> {
        arns.chunks(TASKS_AT_ONCE).map(|tasks| self.call("DescribeTasks", json!({ "tasks": tasks })))
    }
}

impl Triage {
    pub(super) async fn find(&mut self, transport: &dyn Transport, target: &Target, options: &Options<'_>) {
        let place = Place { cluster: name(target.cluster().unwrap_or("default")), region: target.region() };
        match &target.subject {
            Subject::Tasks(tasks) => {
                self.fetch(place.tasks(tasks).collect(), transport, options).await;
                self.note_missing_tasks();
            }
            Subject::Service(service) => self.find_service(&place, name(service), transport, options).await,
            Subject::Family(family) => self.find_family(&place, family, transport, options).await,
            Subject::Everything => self.find_everything(&place, transport, options).await,
        }
        self.rework("DescribeTasks", |document| {
            newest_first(document);
            true
        });
        self.note_missing_cluster(&place, transport, options).await;
    }

    async fn find_service(
        &mut self,
        place: &Place<'_>,
        service: &str,
        transport: &dyn Transport,
        options: &Options<'_>,
    ) {
        let list =
            |status| place.call("ListTasks", json!({ "serviceName": service, "desiredStatus": status }));
        let calls = vec![
            place.call("DescribeServices", json!({ "services": [service] })),
            list("STOPPED"),
            list("RUNNING"),
            place.call("ListServiceDeployments", json!({ "service": service })),
        ];
        self.fetch(calls, transport, options).await;
        let stopped = self.listed("STOPPED");
        if stopped.as_ref().is_some_and(Vec::is_empty) {
            self.note(format!(
                "no stopped task of service `{service}` is left: {MEMORY}; its events and deployments still tell"
            ));
        }
        let mut calls: Vec<Call> = place.tasks(&stopped.unwrap_or_default()).collect();
        calls.extend(place.tasks(&self.listed("RUNNING").unwrap_or_default()));
        calls.extend(self.target_groups().into_iter().map(|group| {
            Call::new("elbv2", "DescribeTargetHealth", json!({ "TargetGroupArn": group }))
                .in_region(place.region)
        }));
        self.fetch(calls, transport, options).await;
        self.note_missing_service(place, service, transport, options).await;
    }

    async fn find_family(
        &mut self,
        place: &Place<'_>,
        family: &str,
        transport: &dyn Transport,
        options: &Options<'_>,
    ) {
        let list = |status| place.call("ListTasks", json!({ "family": family, "desiredStatus": status }));
        self.fetch(vec![list("STOPPED"), list("RUNNING")], transport, options).await;
        let (stopped, running) = (self.listed("STOPPED"), self.listed("RUNNING").unwrap_or_default());
        if stopped.as_ref().is_some_and(Vec::is_empty) {
            self.note(format!(
                "no stopped task of family `{family}` is left in cluster `{}`: {MEMORY}",
                place.cluster
            ));
        }
        let stopped = stopped.unwrap_or_default();
        self.fetch(place.tasks(&stopped).chain(place.tasks(&running)).collect(), transport, options).await;
    }

    /// Everything that stopped, waits or is unhealthy, and the services that are not as they should be.
    async fn find_everything(&mut self, place: &Place<'_>, transport: &dyn Transport, options: &Options<'_>) {
        let list = |status| place.call("ListTasks", json!({ "desiredStatus": status }));
        let calls = vec![list("STOPPED"), list("RUNNING"), place.call("ListServices", json!({}))];
        self.fetch(calls, transport, options).await;
        let stopped = self.listed("STOPPED");
        if stopped.as_ref().is_some_and(Vec::is_empty) {
            self.note(format!("no stopped task is left in cluster `{}`: {MEMORY}", place.cluster));
        }
        let stopped = stopped.unwrap_or_default();
        let running = self.listed("RUNNING").unwrap_or_default();
        let services = texts(self.answers("ListServices"), "serviceArns");
        if services.len() > MOST_SERVICES {
            self.note(format!(
                "{MOST_SERVICES} of {} services were looked at; name one with --service",
                services.len()
            ));
        }
        let names: Vec<&str> = services.iter().take(MOST_SERVICES).map(|arn| name(arn)).collect();
        let mut calls: Vec<Call> = place.tasks(&stopped).chain(place.tasks(&running)).collect();
        calls.extend(
            names
                .chunks(SERVICES_AT_ONCE)
                .map(|names| place.call("DescribeServices", json!({ "services": names }))),
        );
        self.fetch(calls, transport, options).await;
        self.rework("DescribeTasks", |document| keep(document, "tasks", "taskArn", |task| !is_well(task)));
        let busy: Vec<String> = self
            .answers("DescribeTasks")
            .flat_map(|answer| members(answer, "tasks"))
            .filter_map(service_of)
            .collect();
        let is_concerned = |service: &Value| {
            !is_steady(service)
                || text(service, "serviceName").is_some_and(|name| busy.iter().any(|busy| busy == name))
        };
        let is_any_concerned =
            self.answers("DescribeServices").flat_map(|answer| members(answer, "services")).any(is_concerned);
        // When all is well, that is the answer.
        if !busy.is_empty() || is_any_concerned {
            self.rework("DescribeServices", |document| {
                keep(document, "services", "serviceName", is_concerned)
            });
        }
    }

    /// The tasks that were listed with a desired status, no more than are looked at; `None` without an answer.
    fn listed(&mut self, status: &str) -> Option<Vec<String>> {
        let is_it = |document: &Value| {
            document["operation"] == "ListTasks" && document["params"]["desiredStatus"] == status
        };
        let answers: Vec<Value> = self
            .documents()
            .filter(|document| is_it(document))
            .filter_map(|document| document.get("response").cloned())
            .collect();
        let mut arns = answers.first().map(|_| texts(answers.iter(), "taskArns"))?;
        if arns.len() > MOST_TASKS {
            self.note(format!("{MOST_TASKS} of {} tasks that are {status} were looked at", arns.len()));
            arns.truncate(MOST_TASKS);
        }
        Some(arns)
    }

    /// The target groups of the services that were described.
    fn target_groups(&self) -> Vec<String> {
        let services = self.answers("DescribeServices").flat_map(|answer| members(answer, "services"));
        let balancers = services.flat_map(|service| members(service, "loadBalancers"));
        let mut groups: Vec<String> =
            balancers.filter_map(|balancer| text(balancer, "targetGroupArn").map(str::to_owned)).collect();
        groups.sort();
        groups.dedup();
        groups
    }

    fn note_missing_tasks(&mut self) {
        let failures = self.answers("DescribeTasks").flat_map(|answer| members(answer, "failures"));
        let missing = failures.filter(|failure| text(failure, "reason") == Some("MISSING"));
        let ids: Vec<String> =
            missing.filter_map(|failure| Some(format!("`{}`", name(text(failure, "arn")?)))).collect();
        if !ids.is_empty() {
            self.note(format!(
                "ECS does not know task {}: {MEMORY}, and a task of another cluster or Region is not found here; name the \
                 service with --service, for its events and newer tasks",
                ids.join(", ")
            ));
        }
    }

    async fn note_missing_service(
        &mut self,
        place: &Place<'_>,
        service: &str,
        transport: &dyn Transport,
        options: &Options<'_>,
    ) {
        let described: Vec<&Value> = self.answers("DescribeServices").collect();
        let is_missing = described.iter().any(|answer| members(answer, "services").next().is_none());
        if !is_missing {
            return;
        }
        let call = place.call("ListServices", json!({}));
        let Some(answer) = self.ask(call, transport, options).await else { return };
        let known = texts(std::iter::once(&answer), "serviceArns");
        self.note(format!(
            "there is no service `{service}` in cluster `{}`{}; {}",
            place.cluster,
            in_region(place.region.or(transport.region())),
            list_of("the cluster has", &known)
        ));
    }

    async fn note_missing_cluster(
        &mut self,
        place: &Place<'_>,
        transport: &dyn Transport,
        options: &Options<'_>,
    ) {
        let is_missing = |error: &CallError| error.code() == "ClusterNotFoundException";
        if !self.made().iter().any(|made| made.error.as_ref().is_some_and(is_missing)) {
            return;
        }
        let call = Call::new("ecs", "ListClusters", json!({})).in_region(place.region);
        let answer = self.ask(call, transport, options).await;
        let known = answer
            .iter()
            .flat_map(|answer| texts(std::iter::once(answer), "clusterArns"))
            .collect::<Vec<_>>();
        let there = match answer {
            Some(_) => list_of("it has", &known),
            None => "`aws ecs list-clusters` names those that are there".to_owned(),
        };
        self.note(format!(
            "there is no cluster `{}`{}; {there}; is it another Region or another account?",
            place.cluster,
            in_region(place.region.or(transport.region())),
        ));
    }
}

/// The name in an ARN, or the name itself.
fn name(arn_or_name: &str) -> &str {
    arn_or_name.rsplit('/').next().unwrap_or(arn_or_name)
}

fn in_region(region: Option<&str>) -> String {
    region.map(|region| format!(" in {region}")).unwrap_or_default()
}

fn list_of(words: &str, arns: &[String]) -> String {
    let mut names: Vec<String> = arns.iter().map(|arn| format!("`{}`", name(arn))).collect();
    names.sort();
    match names.len() {
        0 => format!("{words} none"),
        count if count > MOST_NAMES => {
            format!("{words} {} and {} more", names[..MOST_NAMES].join(", "), count - MOST_NAMES)
        }
        _ => format!("{words} {}", names.join(", ")),
    }
}

pub(super) fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}

pub(super) fn members<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// The texts of a list in several answers.
fn texts<'v>(answers: impl Iterator<Item = &'v Value>, key: &str) -> Vec<String> {
    answers
        .flat_map(|answer| members(answer, key))
        .filter_map(|text| text.as_str().map(str::to_owned))
        .collect()
}

/// AWS gives tasks in any order.
fn newest_first(document: &mut Value) {
    let Some(tasks) = document.pointer_mut("/response/tasks").and_then(Value::as_array_mut) else { return };
    let time = |task: &Value| {
        let times = ["stoppedAt", "stoppingAt", "createdAt"];
        times.iter().find_map(|key| Timestamp::from_json(task.get(*key)?))
    };
    tasks.sort_by_key(|task| std::cmp::Reverse(time(task)));
}

/// Keeps those of a list that matter, as though only they had been asked for. Says whether any is left.
pub(super) fn keep(document: &mut Value, list: &str, id: &str, matters: impl Fn(&Value) -> bool) -> bool {
    let Some(found) =
        document.get_mut("response").and_then(|answer| answer.get_mut(list)).and_then(Value::as_array_mut)
    else {
        return true;
    };
    found.retain(matters);
    let ids: Vec<Value> = found.iter().filter_map(|entry| entry.get(id).cloned()).collect();
    let is_left = !ids.is_empty();
    document["params"][list] = ids.into();
    is_left
}

/// A task that runs and that no health check complains of.
fn is_well(task: &Value) -> bool {
    text(task, "lastStatus") == Some("RUNNING")
        && text(task, "desiredStatus") == Some("RUNNING")
        && text(task, "healthStatus") != Some("UNHEALTHY")
}

/// A service that runs what it should, with no deployment under way or failed.
fn is_steady(service: &Value) -> bool {
    let count = |key: &str| service.get(key).and_then(Value::as_i64);
    let is_done = |deployment: &Value| matches!(text(deployment, "rolloutState"), None | Some("COMPLETED"));
    count("runningCount") == count("desiredCount")
        && count("pendingCount").unwrap_or(0) == 0
        && members(service, "deployments").count() <= 1
        && members(service, "deployments").all(is_done)
}

/// The service that a task belongs to.
fn service_of(task: &Value) -> Option<String> {
    text(task, "group")?.strip_prefix("service:").map(str::to_owned)
}
