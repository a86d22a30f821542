//! The loop over transports that play recorded accounts, refuse, hang and lie. No call leaves the process.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    unreachable_pub,
    reason = "tests may read files, panic and print"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ecs_triage_aws::live::{Options, Target, Triage, look_again, triage};
use ecs_triage_aws::transport::{BoxFuture, Call, CallError, Transport};
use ecs_triage_aws::{ALLOWED, allowed};
use ecs_triage_core::verify::{Before, Recovery};
use ecs_triage_core::{Evidence, Report, Timestamp, diagnose};
use futures_util::FutureExt;
use serde_json::{Value, json};

/// Settled within so many rounds, as the incidents are.
const MOST_ROUNDS: usize = 5;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|file| file.extension().is_some_and(|extension| extension == "json")).collect();
    files.sort();
    files
}

fn expected() -> serde_json::Map<String, Value> {
    serde_json::from_slice(&fs::read(examples().join("incidents/expected.json")).unwrap()).unwrap()
}

/// What the person on call has at first.
fn incident(name: &str) -> Evidence {
    let mut evidence = Evidence::new();
    for file in json_files(&examples().join("incidents").join(name)) {
        let stem = file.file_stem().unwrap().to_string_lossy();
        evidence.add_named(&stem, &fs::read(&file).unwrap()).unwrap();
    }
    evidence
}

fn first(report: &Report) -> &str {
    report.diagnoses().next().map_or("silent", |found| found.code)
}

/// An account whose answers were recorded; it counts what it is asked.
struct Account {
    calls: Vec<Value>,
    asked: Mutex<Vec<String>>,
    refuses: Option<usize>,
}

impl Account {
    fn of(incident: &str) -> Self {
        let files = json_files(&examples().join("accounts").join(incident));
        let calls =
            files.iter().map(|file| serde_json::from_slice(&fs::read(file).unwrap()).unwrap()).collect();
        Self { calls, asked: Mutex::default(), refuses: None }
    }

    /// Refuses the call that is made at that place.
    fn refusing(mut self, place: usize) -> Self {
        self.refuses = Some(place);
        self
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// The recorded call about the same things; limits and times may differ.
    fn answer(&self, call: &Call) -> Result<Value, CallError> {
        let mut names = Vec::new();
        leaves(&call.request.params, &mut names);
        let same = self.calls.iter().filter(|known| {
            known["service"] == call.request.service.as_str()
                && known["operation"] == call.request.operation.as_str()
        });
        let best = same.max_by_key(|known| {
            let told = format!("{} {}", known["params"], known["response"]);
            let hits =
                names.iter().filter(|name| told.contains(name.rsplit(['/', ':']).next().unwrap())).count();
            (known["params"] == call.request.params, hits)
        });
        let Some(known) = best else {
            return Err(CallError::refused("AccessDeniedException", "not recorded"));
        };
        match known.get("error").filter(|error| !error.is_null()) {
            Some(error) => {
                let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
                Err(CallError::refused(text("Code"), text("Message")))
            }
            None => Ok(known["response"].clone()),
        }
    }
}

fn leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.contains(['-', '/', ':']) && Timestamp::parse(text).is_none() => {
            found.push(text.clone());
        }
        Value::Array(values) => values.iter().for_each(|value| leaves(value, found)),
        Value::Object(members) => members.values().for_each(|value| leaves(value, found)),
        _ => {}
    }
}

impl Transport for Account {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Value, CallError>> {
        let mut asked = self.asked.lock().unwrap();
        asked.push(format!("{call} {}", call.request.params));
        let is_refused = self.refuses == Some(asked.len() - 1);
        Box::pin(async move {
            match is_refused {
                true => Err(CallError::refused(
                    "AccessDeniedException",
                    format!("not authorized to perform: {call}"),
                )),
                false => self.answer(call),
            }
        })
    }
}

fn settle(name: &str, expected: &Value, account: &Account) -> Triage {
    let at = Timestamp::parse(expected["observedAt"].as_str().unwrap()).unwrap();
    let mut triage = Triage::of(incident(name));
    triage.settle(account, &Options::default().observed_at(at)).now_or_never().expect("nothing here waits");
    triage
}

#[test]
fn incidents_are_settled_with_each_call_made_once() {
    for (name, expected) in &expected() {
        let account = Account::of(name);
        let triage = settle(name, expected, &account);
        let report = triage.report();
        let asked = account.asked();
        println!("{name}: {} by {} calls in {} rounds", first(&report), asked.len(), triage.rounds());
        assert_eq!(first(&report), expected["code"].as_str().unwrap(), "{name}");
        assert!(triage.rounds() <= MOST_ROUNDS, "{name}");
        let once: BTreeSet<&String> = asked.iter().collect();
        assert_eq!(once.len(), asked.len(), "{name}: a call was repeated");
        for made in triage.made() {
            assert!(
                allowed(&made.call.request.service, &made.call.request.operation).is_some(),
                "{name}: {}",
                made.call
            );
        }
    }
}

#[test]
fn what_is_kept_is_diagnosed_in_the_same_way() {
    for (name, expected) in &expected() {
        let triage = settle(name, expected, &Account::of(name));
        let mut again = incident(name);
        for recorded in triage.recorded() {
            again.add_named(&recorded.name, recorded.to_json().as_bytes()).unwrap_or_default();
        }
        let (live, kept) = (triage.report(), diagnose(&again));
        assert_eq!(first(&live), first(&kept), "{name}");
        assert_eq!(live.observed_at(), kept.observed_at(), "{name}");
        assert_eq!(
            live.to_json(),
            triage.report().to_json(),
            "{name}: the same evidence gives the same bytes"
        );
    }
}

#[test]
fn one_refusal_after_another_leaves_a_report_that_says_so() {
    for name in ["oom-kill", "execution-role-without-ecr", "private-subnet-no-nat"] {
        let expected = &expected()[name];
        let whole = Account::of(name);
        settle(name, expected, &whole);
        for place in 0..whole.asked().len() {
            let account = Account::of(name).refusing(place);
            let triage = settle(name, expected, &account);
            let report = triage.report();
            assert_ne!(first(&report), "silent", "{name} without call {place}");
            let refused =
                triage.made().iter().find(|made| made.error.as_ref().is_some_and(CallError::is_refusal));
            let refused = &refused.unwrap().call.request;
            let policy = triage.missing_permissions().unwrap().to_string();
            let action = allowed(&refused.service, &refused.operation).unwrap().action;
            assert!(policy.contains(action), "{policy}");
            let says = report.problems().iter().any(|problem| problem.message.contains("was refused"));
            assert!(says, "{name} without {action}: {:?}", report.problems());
        }
    }
}

/// Answers nothing, ever; its clock runs at once.
struct Silent {
    running: AtomicUsize,
    most: AtomicUsize,
    clock: bool,
}

impl Silent {
    fn new(clock: bool) -> Self {
        Self { running: AtomicUsize::new(0), most: AtomicUsize::new(0), clock }
    }
}

impl Transport for Silent {
    fn call<'a>(&'a self, _: &'a Call) -> BoxFuture<'a, Result<Value, CallError>> {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(running, Ordering::SeqCst);
        Box::pin(std::future::pending())
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        // Of call and all, only the shorter time is ever up here.
        match self.clock && time < Duration::from_secs(60) {
            true => Box::pin(std::future::ready(())),
            false => Box::pin(std::future::pending()),
        }
    }
}

#[test]
fn a_call_without_an_answer_ends_in_time_and_is_told() {
    let (silent, target) = (Silent::new(true), Target::service("web").in_cluster("prod"));
    let found = triage(&silent, &target, &Options::default()).now_or_never();
    let report = found.expect("every call times out").report();
    assert!(report.problems().iter().all(|problem| problem.message.contains("told nothing")), "{report:?}");
    assert_eq!(report.problems().len(), 4, "services, stopped and running tasks, deployments");
}

#[test]
fn the_whole_has_an_end_too() {
    let options = Options::default().time(Duration::from_secs(5)).call_time(Duration::from_secs(3_600));
    let found = triage(&Silent::new(true), &Target::everything(), &options).now_or_never().unwrap();
    assert!(found.notes().iter().any(|note| note.contains("the time of 5 s was up")), "{:?}", found.notes());
}

#[test]
fn no_more_calls_run_at_once_than_are_allowed() {
    let silent = Silent::new(false);
    let options = Options::default().at_once(2);
    assert!(triage(&silent, &Target::service("web"), &options).now_or_never().is_none(), "nothing answers");
    assert_eq!(silent.most.load(Ordering::SeqCst), 2);
}

/// Answers from an account, except to one call.
struct Stuck<'a> {
    account: &'a Account,
    at: &'a str,
}

impl Transport for Stuck<'_> {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Value, CallError>> {
        match call.request.operation == self.at {
            true => Box::pin(std::future::pending()),
            false => self.account.call(call),
        }
    }
}

#[test]
fn a_dropped_triage_keeps_what_was_answered_and_asks_only_for_the_rest() {
    let (name, expected) = ("execution-role-without-ecr", &expected()["execution-role-without-ecr"]);
    let account = Account::of(name);
    let mut triage = Triage::of(incident(name));
    let options = Options::default();
    assert!(triage.settle(&Stuck { account: &account, at: "GetRole" }, &options).now_or_never().is_none());
    assert!(!triage.made().is_empty(), "others were answered");
    assert_eq!(first(&triage.report()), expected["code"].as_str().unwrap());
    triage.settle(&account, &options).now_or_never().unwrap();
    let asked = account.asked();
    assert_eq!(asked.iter().collect::<BTreeSet<_>>().len(), asked.len(), "{asked:?}");
    assert!(asked.iter().any(|call| call.starts_with("iam:GetRole ")));
    let mut whole = Triage::of(incident(name));
    whole.settle(&Account::of(name), &options).now_or_never().unwrap();
    let names = |triage: &Triage| triage.recorded().iter().map(|kept| kept.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&triage), names(&whole));
}

/// Answers by operation.
struct Scripted<F>(F);

impl<F: Fn(&Call) -> Result<Value, CallError> + Send + Sync> Transport for Scripted<F> {
    fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Value, CallError>> {
        let answer = (self.0)(call);
        Box::pin(std::future::ready(answer))
    }
}

fn found(target: &Target, answer: impl Fn(&Call) -> Result<Value, CallError> + Send + Sync) -> Triage {
    triage(&Scripted(answer), target, &Options::default()).now_or_never().unwrap()
}

#[test]
fn without_credentials_one_call_is_enough() {
    let expired =
        |_: &Call| Err(CallError::refused("ExpiredTokenException", "The security token is expired"));
    let triage = found(&Target::service("web"), expired);
    assert_eq!(triage.made().len(), 1);
    assert!(triage.credentials_error().is_some());
    assert_eq!(triage.report().subjects().len(), 0);
}

#[test]
fn a_cluster_that_is_not_there_is_told_with_those_that_are() {
    let answer = |call: &Call| match call.request.operation.as_str() {
        "ListClusters" => Ok(json!({ "clusterArns": ["arn:aws:ecs:eu-west-1:111122223333:cluster/prod"] })),
        _ => Err(CallError::refused("ClusterNotFoundException", "Cluster not found.")),
    };
    let triage = found(&Target::everything().in_cluster("prdo"), answer);
    let note = triage.notes().concat();
    assert!(note.contains("no cluster `prdo`") && note.contains("`prod`"), "{note}");
    assert!(
        triage.report().problems().iter().any(|problem| problem.message.contains("ClusterNotFoundException"))
    );
}

#[test]
fn stopped_tasks_that_are_gone_are_said_to_be_gone() {
    let answer = |call: &Call| {
        Ok(match call.request.operation.as_str() {
            "ListTasks" => json!({ "taskArns": [] }),
            "DescribeServices" => json!({ "services": [{
                "serviceName": "web", "status": "ACTIVE", "desiredCount": 2, "runningCount": 0, "pendingCount": 0,
                "deployments": [{ "id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": "IN_PROGRESS" }],
                "events": [{ "createdAt": "2026-11-22T08:00:00Z", "message": "(service web) was unable to place a task \
                    because no container instance met all of its requirements. Reason: No Container Instances were \
                    found in your cluster." }],
            }]}),
            _ => json!({}),
        })
    };
    let triage = found(&Target::service("web").in_cluster("prod"), answer);
    assert!(triage.notes()[0].contains("about an hour"), "{:?}", triage.notes());
    assert_eq!(first(&triage.report()), "placement-no-instances");
}

#[test]
fn a_cluster_shows_what_is_wrong_and_leaves_out_what_is_well() {
    let arn = |id: &str| format!("arn:aws:ecs:eu-west-1:111122223333:task/prod/{id}");
    let task = |id: &str, status: &str, stopped: Option<&str>| {
        json!({ "taskArn": arn(id), "lastStatus": status, "desiredStatus": status, "group": "service:web",
            "stoppedAt": stopped, "stopCode": stopped.map(|_| "EssentialContainerExited"),
            "containers": [{ "name": "app", "exitCode": stopped.map(|_| 139), "lastStatus": status }] })
    };
    let answer = |call: &Call| {
        Ok(match (call.request.operation.as_str(), call.request.params["desiredStatus"].as_str()) {
            ("ListTasks", Some("STOPPED")) => json!({ "taskArns": [arn("a"), arn("b")] }),
            ("ListTasks", _) => json!({ "taskArns": [arn("c")] }),
            ("ListServices", _) => json!({ "serviceArns": ["arn:x/web", "arn:x/quiet"] }),
            ("DescribeTasks", _) if call.request.params["tasks"][0] == arn("c") => {
                json!({ "tasks": [task("c", "RUNNING", None)] })
            }
            ("DescribeTasks", _) => json!({ "tasks": [
                task("a", "STOPPED", Some("2026-11-22T08:00:00Z")), task("b", "STOPPED", Some("2026-11-22T08:30:00Z")),
            ]}),
            ("DescribeServices", _) => json!({ "services": [
                { "serviceName": "web", "status": "ACTIVE", "desiredCount": 1, "runningCount": 1 },
                { "serviceName": "quiet", "status": "ACTIVE", "desiredCount": 1, "runningCount": 1 },
            ]}),
            _ => json!({}),
        })
    };
    let report = found(&Target::everything().in_cluster("prod"), answer).report();
    let tasks: Vec<&str> = report.subjects().iter().map(|subject| subject.id.as_str()).collect();
    assert_eq!(tasks[..2], [arn("b"), arn("a")], "the newest first");
    assert!(!tasks.iter().any(|id| id.contains("quiet") || id.ends_with("/c")), "{tasks:?}");
    assert_eq!(first(&report), "app-exit-139-segv");
    let text = report.to_text(Default::default());
    assert!(text.starts_with("2 tasks"), "{text}");
}

#[test]
fn a_service_is_followed_by_the_tasks_of_its_new_deployment() {
    let state = |running: i64, state: &str, deployment: &str| {
        let stopped = json!({ "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/new", "group": "service:web",
            "startedBy": deployment, "lastStatus": "STOPPED", "desiredStatus": "STOPPED",
            "stopCode": "EssentialContainerExited", "containers": [{ "name": "app", "exitCode": 139 }] });
        let service = json!({ "serviceName": "web", "status": "ACTIVE", "desiredCount": 2, "runningCount": running,
            "deployments": [{ "id": "ecs-svc/2", "status": "PRIMARY", "rolloutState": state, "runningCount": running },
                { "id": "ecs-svc/1", "status": "ACTIVE", "runningCount": 0 }] });
        let answer = move |call: &Call| {
            Ok(match (call.request.operation.as_str(), call.request.params["desiredStatus"].as_str()) {
                ("DescribeServices", _) => json!({ "services": [service] }),
                ("ListTasks", Some("STOPPED")) => {
                    json!({ "taskArns": ["arn:aws:ecs:eu-west-1:111122223333:task/prod/new"] })
                }
                ("DescribeTasks", _) => json!({ "tasks": [stopped] }),
                _ => json!({}),
            })
        };
        let (service, options) = (Target::service("web").in_cluster("prod"), Options::default());
        let transport = Scripted(answer);
        let look = look_again(&transport, &service, &Before::default(), &options).now_or_never().unwrap();
        look.verification.recovery
    };
    assert_eq!(state(1, "IN_PROGRESS", "ecs-svc/1"), Recovery::RollingOut, "what is replaced does not count");
    assert_eq!(state(2, "COMPLETED", "ecs-svc/1"), Recovery::Recovered);
    assert_eq!(state(1, "IN_PROGRESS", "ecs-svc/2"), Recovery::FailingDifferently);
}

/// What the engine may want that is never fetched, because the engine does not read the answer: a person looks.
const FOR_A_PERSON: &[(&str, &str)] = &[
    ("cloudwatch", "DescribeAlarmHistory"),
    ("ec2", "DescribeVolumes"),
    ("ecs", "ListAccountSettings"),
    ("elb", "DescribeLoadBalancers"),
    ("fsx", "DescribeFileSystems"),
    ("organizations", "DescribeEffectivePolicy"),
    ("s3files", "ListMountTargets"),
    ("ssm", "GetServiceSetting"),
];

#[test]
fn every_want_of_a_rule_is_made_or_left_to_a_person() {
    for rule in ecs_triage_core::rules::RULES {
        for want in rule.wants {
            let call = (want.service, want.operation);
            assert_ne!(
                allowed(want.service, want.operation).is_some(),
                FOR_A_PERSON.contains(&call),
                "{}: {call:?}",
                rule.code
            );
        }
    }
}

#[test]
fn every_call_that_is_allowed_is_made_somewhere() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut text = fs::read_to_string(source.join("src/live/find.rs")).unwrap();
    gather(&source.join("../ecs-triage-core/src"), &mut text);
    for call in ALLOWED {
        assert!(text.contains(&format!("\"{}\"", call.operation)), "nothing makes {call:?}");
    }
}

/// The engine's source, without the list of the answers that it reads.
fn gather(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, text);
        } else if !path.ends_with("evidence/calls.rs") {
            text.push_str(&fs::read_to_string(&path).unwrap_or_default());
        }
    }
}

#[test]
fn a_triage_can_move_between_threads() {
    fn is_send<T: Send>(_: &T) {}
    let (account, target, options) = (Account::of("oom-kill"), Target::everything(), Options::default());
    is_send(&triage(&account, &target, &options));
}
