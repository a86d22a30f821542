//! Finds the subject: the tasks and services that a target names.

use serde_json::{Value, json};

use super::answers::{
    family_of, is_steady, is_well, keep, members, name, newest_first, runs, service_of, text, texts,
};
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
                self.note_missing_tasks(&place, transport, options).await;
            }
            Subject::Service(service) => self.find_service(&place, name(service), transport, options).await,
            Subject::Family(family) => {
                self.find_family(&place, family_of(family), transport, options).await;
            }
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
            self.fetch(vec![place.call("ListServices", json!({}))], transport, options).await;
            let calls = self.listed_services(place);
            self.fetch(calls, transport, options).await;
            self.rework("DescribeServices", |document| {
                keep(document, "services", "serviceName", |service| runs(service, family))
            });
            let then = match self.answers("DescribeServices").next() {
                Some(_) => "the events and deployments of the services that run it still tell".to_owned(),
                None => format!(
                    "no service of the cluster runs it; `aws ecs list-task-definition-families --family-prefix {family}` \
                     shows whether the name is right"
                ),
            };
            self.note(format!(
                "no stopped task of family `{family}` is left in cluster `{}`: {MEMORY}; {then}",
                place.cluster
            ));
        }
        let stopped = stopped.unwrap_or_default();
        self.fetch(place.tasks(&stopped).chain(place.tasks(&running)).collect(), transport, options).await;
    }

    /// The calls that describe the services that were listed, no more than are looked at.
    fn listed_services(&mut self, place: &Place<'_>) -> Vec<Call> {
        let services = texts(self.answers("ListServices"), "serviceArns");
        if services.len() > MOST_SERVICES {
            self.note(format!(
                "{MOST_SERVICES} of {} services were looked at; name one with --service",
                services.len()
            ));
        }
        let names: Vec<&str> = services.iter().take(MOST_SERVICES).map(|arn| name(arn)).collect();
        let call = |names: &[&str]| place.call("DescribeServices", json!({ "services": names }));
        names.chunks(SERVICES_AT_ONCE).map(call).collect()
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
        let mut calls: Vec<Call> = place.tasks(&stopped).chain(place.tasks(&running)).collect();
        calls.extend(self.listed_services(place));
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

    async fn note_missing_tasks(
        &mut self,
        place: &Place<'_>,
        transport: &dyn Transport,
        options: &Options<'_>,
    ) {
        // Those that the answer has not: some servers leave them out, and AWS lists them among its failures.
        let is_answered = |document: &&Value| document.get("response").is_some();
        let asked =
            self.documents().filter(is_answered).filter(|known| known["operation"] == "DescribeTasks");
        let missing = asked.flat_map(|document| {
            let found: Vec<&str> = members(&document["response"], "tasks")
                .filter_map(|task| Some(name(text(task, "taskArn")?)))
                .collect();
            let asked = members(&document["params"], "tasks").filter_map(|task| Some(name(task.as_str()?)));
            asked.filter(move |id| !found.contains(id))
        });
        let ids: Vec<String> = missing.map(|id| format!("`{id}`")).collect();
        if ids.is_empty() {
            return;
        }
        let answer = self.ask(place.call("ListServices", json!({})), transport, options).await;
        let there = match &answer {
            Some(answer) => {
                let known = texts(std::iter::once(answer), "serviceArns");
                format!("; {}", list_of(&format!("cluster `{}` has", place.cluster), &known))
            }
            None => String::new(),
        };
        self.note(format!(
            "ECS does not know task {}: {MEMORY}, and a task of another cluster or Region is not found here; name the \
             service with --service, for its events and newer tasks{there}",
            ids.join(", ")
        ));
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
