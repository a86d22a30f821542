//! A stream of task state change events as EventBridge delivers them: every cause, in a mixture like that of real fleets.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;

use crate::Random;

/// Of a thousand tasks so many end for a cause that is not common.
const RARE: u64 = 60;

/// How a task of the stream ends.
#[derive(Debug, Clone)]
struct End {
    /// How often a task ends so, beside the other common ends; 0 for the rest.
    weight: u64,
    /// What the cost of it is noted under.
    name: String,
    code: &'static str,
    reason: String,
    /// Exit code of the application; absent when it never ran.
    exit: Option<i64>,
    /// Reason of the application's container.
    container_reason: String,
}

/// The ends that are common; the rest of a thousand is the tail of all other causes.
const COMMON: &[(u64, &str, &str, Option<i64>, &str)] = &[
    (
        300,
        "ServiceSchedulerInitiated",
        "Scaling activity initiated by (deployment ecs-svc/@DEPLOYMENT@)",
        Some(143),
        "",
    ),
    (
        60,
        "ServiceSchedulerInitiated",
        "Scaling activity initiated by (deployment ecs-svc/@DEPLOYMENT@)",
        Some(0),
        "",
    ),
    (90, "EssentialContainerExited", "Essential container in task exited", Some(0), ""),
    (110, "EssentialContainerExited", "Essential container in task exited", Some(1), ""),
    (
        70,
        "EssentialContainerExited",
        "Essential container in task exited",
        Some(137),
        "OutOfMemoryError: Container killed due to memory usage",
    ),
    (25, "EssentialContainerExited", "Essential container in task exited", Some(139), ""),
    (20, "EssentialContainerExited", "Essential container in task exited", Some(137), ""),
    (20, "EssentialContainerExited", "Essential container in task exited", Some(143), ""),
    (15, "EssentialContainerExited", "Essential container in task exited", Some(255), ""),
    (
        40,
        "TaskFailedToStart",
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 111122223333.dkr.ecr.eu-west-1.amazonaws.com/@SERVICE@:@COMMIT@: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/@SERVICE@:@COMMIT@: not found",
        None,
        "",
    ),
    (
        30,
        "TaskFailedToStart",
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request failed caused by: Post \"https://api.ecr.eu-west-1.amazonaws.com/\": dial tcp 52.94.@OCTET@.@OCTET@:443: i/o timeout",
        None,
        "",
    ),
    (
        20,
        "TaskFailedToStart",
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/@SERVICE@-Ab12Cd from secrets manager: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/@SERVICE@-execution/@ID@ is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/@SERVICE@-Ab12Cd because no identity-based policy allows the secretsmanager:GetSecretValue action status code: 400, request id: @UUID@",
        None,
        "",
    ),
    (
        40,
        "ServiceSchedulerInitiated",
        "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/@SERVICE@/@HEX16@)",
        Some(143),
        "",
    ),
    (30, "ServiceSchedulerInitiated", "Task failed container health checks", Some(137), ""),
    (30, "UserInitiated", "Task stopped by user", Some(143), ""),
    (40, "SpotInterruption", "Your Spot Task was interrupted.", Some(143), ""),
];

/// A service of the stream.
#[derive(Debug, Clone)]
struct Service {
    name: String,
    cluster: &'static str,
    revision: u64,
    /// Names and images of its containers; the application first.
    containers: Vec<(String, String)>,
}

/// A seeded stream of events; each is one line of JSON with a line break.
#[derive(Debug, Clone)]
pub struct Events {
    random: Random,
    services: Vec<Service>,
    ends: Vec<End>,
    /// Weights of the common ends, summed up.
    total: u64,
    /// The rarer ends of each service: one that fails fails so again and again.
    habits: Vec<Vec<usize>>,
    /// Events of the last task that have not been given out yet, the first one last.
    pending: Vec<Event>,
    second: u64,
}

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// What its task ended with: a stop code and exit code, or the code of a cause.
    pub name: String,
    /// The event as one line with its line break.
    pub line: String,
}

/// Where in its life a task is when an event tells of it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Provisioning,
    Pending,
    Running,
    Deprovisioning,
    Stopped,
}

impl Events {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let services: Vec<Service> = (0..60).map(|number| service(number, &mut random)).collect();
        let mut ends: Vec<End> = COMMON
            .iter()
            .map(|(weight, code, reason, exit, container_reason)| End {
                weight: *weight,
                name: format!("{code} {}", exit.map_or("-".into(), |exit| exit.to_string())),
                code,
                reason: (*reason).to_owned(),
                exit: *exit,
                container_reason: (*container_reason).to_owned(),
            })
            .collect();
        let total = ends.iter().map(|end| end.weight).sum();
        let mut habits = vec![Vec::new(); services.len()];
        let (mut code, mut messages) = (0, 0);
        for end in tail() {
            let is_new = ends.last().is_none_or(|last| last.name != end.name);
            (code, messages) = if is_new { (code + 1, 0) } else { (code, messages + 1) };
            // Two wordings of every cause, each at home in one service.
            if messages < 2 {
                habits[code % services.len()].push(ends.len());
            }
            ends.push(end);
        }
        Self { random, services, ends, total, habits, pending: Vec::new(), second: 0 }
    }

    /// Events of tasks that end for one cause after the other: every kind of end once.
    pub fn of_each_end(seed: u64) -> Vec<Event> {
        let mut events = Self::new(seed);
        let ends = events.ends.clone();
        ends.iter().map(|end| events.event_of(end, State::Stopped, 0, "")).collect()
    }

    fn next_task(&mut self) {
        self.second += self.random.below(4);
        let service = self.random.below(self.services.len() as u64) as usize;
        let service = self.random.below(service as u64 + 1) as usize;
        let mut at = self.random.below(self.total);
        let common = self.ends.iter().find(|end| {
            let is_it = at < end.weight;
            at = at.wrapping_sub(end.weight);
            is_it
        });
        let habit = self.random.below(self.habits[service].len().max(1) as u64) as usize;
        let is_rare = self.random.below(1_000) < RARE;
        let habit = self.habits[service].get(habit).filter(|_| is_rare);
        let Some(end) = habit.map(|habit| &self.ends[*habit]).or(common).cloned() else { return };
        let id = self.random.hex(32);
        let mut states = vec![State::Stopped];
        // Archives hold all states of a task; the stream has one or two of the others to each end.
        states.push(match self.random.below(4) {
            0 => State::Deprovisioning,
            1 => State::Pending,
            2 if end.exit.is_none() => State::Provisioning,
            _ => State::Running,
        });
        states.retain(|state| *state != State::Running || end.exit.is_some());
        for state in states {
            let event = self.event_of(&end, state, service, &id);
            // At least once means sometimes twice.
            if self.random.below(50) == 0 {
                self.pending.push(event.clone());
            }
            self.pending.push(event);
        }
    }

    fn event_of(&mut self, end: &End, state: State, service: usize, id: &str) -> Event {
        let id = if id.is_empty() { self.random.hex(32) } else { id.to_owned() };
        let service = self.services[service].clone();
        let random = &mut self.random;
        let deployment = 1_000_000_000_000_000_000 + service.revision * 7_919;
        let life = if end.exit.is_some() { 20 + random.below(400) } else { 0 };
        let born = 1_795_300_000 + self.second;
        let detail = detail(&Life { end, state, service: &service, id: &id, deployment, born, life }, random);
        let at = time(born + 40 + life, 0);
        let event_id = uuid(random);
        let line = format!(
            "{{\"version\":\"0\",\"id\":\"{event_id}\",\"detail-type\":\"ECS Task State Change\",\"source\":\"aws.ecs\",\
             \"account\":\"111122223333\",\"time\":\"{at}\",\"region\":\"eu-west-1\",\
             \"resources\":[\"arn:aws:ecs:eu-west-1:111122223333:task/{}/{id}\"],\"detail\":{detail}}}\n",
            service.cluster
        );
        Event { name: end.name.clone(), line }
    }
}

impl Iterator for Events {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        while self.pending.is_empty() {
            self.next_task();
        }
        self.pending.pop()
    }
}

/// The first `count` events of a seed as NDJSON.
pub fn ndjson(count: usize, seed: u64) -> String {
    Events::new(seed).take(count).fold(String::new(), |text, event| text + &event.line)
}

fn service(number: usize, random: &mut Random) -> Service {
    const CLUSTERS: [&str; 3] = ["prod", "staging", "batch"];
    const NAMES: [&str; 12] = [
        "web", "api", "orders", "search", "mailer", "importer", "billing", "auth", "images", "gateway",
        "ledger", "reports",
    ];
    let name = format!("{}-{}", NAMES[number % NAMES.len()], number / NAMES.len());
    let registry = "111122223333.dkr.ecr.eu-west-1.amazonaws.com";
    let mut containers = vec![("app".to_owned(), format!("{registry}/{name}:{}", random.hex(40)))];
    if number.is_multiple_of(2) {
        let image = "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable".to_owned();
        containers.push(("log_router".to_owned(), image));
    }
    if number.is_multiple_of(3) {
        containers.push(("xray-daemon".to_owned(), "public.ecr.aws/xray/aws-xray-daemon:3.x".to_owned()));
    }
    Service { name, cluster: CLUSTERS[number % 3], revision: 1 + random.below(90), containers }
}

/// Every message of the engine's fixtures that states a cause.
fn tail() -> Vec<End> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ecs-triage-core/tests/fixtures");
    let mut ends = Vec::new();
    for rule in sorted(&folder) {
        let code = rule.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        for story in sorted(&rule) {
            let is_hit = story.file_name().is_some_and(|name| name.to_string_lossy().starts_with("hit-"));
            let Ok(text) = std::fs::read_to_string(story.join("messages.json")) else { continue };
            let messages: Vec<String> = serde_json::from_str(&text).unwrap_or_default();
            for message in messages.into_iter().filter(|message| is_hit && is_of_task(message)) {
                let name = code.clone();
                let of_container = ["CannotStart", "CannotCreate", "Docker", "ContainerRuntime"];
                let (reason, container_reason) =
                    if of_container.iter().any(|start| message.starts_with(start)) {
                        ("Task failed to start".to_owned(), message)
                    } else {
                        (message, String::new())
                    };
                ends.push(End {
                    weight: 0,
                    name,
                    code: "TaskFailedToStart",
                    reason,
                    exit: None,
                    container_reason,
                });
            }
        }
    }
    ends
}

/// Service events and labels of consoles do not stand in a task.
fn is_of_task(message: &str) -> bool {
    !message.starts_with("(service") && !message.contains('\n') && message.len() < 1_024
}

fn sorted(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

struct Life<'l> {
    end: &'l End,
    state: State,
    service: &'l Service,
    id: &'l str,
    deployment: u64,
    born: u64,
    life: u64,
}

/// The task as an event has it.
fn detail(life: &Life<'_>, random: &mut Random) -> String {
    let Life { end, state, service, id, deployment, born, life: lived } = *life;
    let has_ended = matches!(state, State::Deprovisioning | State::Stopped);
    let arn = |kind: &str, rest: &str| format!("arn:aws:ecs:eu-west-1:111122223333:{kind}/{rest}");
    let task_arn = arn("task", &format!("{}/{id}", service.cluster));
    let address = format!("10.0.{}.{}", random.below(200), 4 + random.below(250));
    let attachment = uuid(random);
    let mut containers = String::new();
    for (number, (name, image)) in service.containers.iter().enumerate() {
        let is_app = number == 0;
        let status = match state {
            State::Provisioning | State::Pending => "PENDING",
            State::Running => "RUNNING",
            State::Deprovisioning | State::Stopped => "STOPPED",
        };
        if number > 0 {
            containers.push(',');
        }
        let container_arn = arn("container", &format!("{}/{id}/{}", service.cluster, uuid(random)));
        let _ = write!(containers, "{{\"containerArn\":\"{container_arn}\"");
        let exit = if is_app { end.exit } else { end.exit.map(|_| 0) };
        if let Some(exit) = exit.filter(|_| has_ended) {
            let _ = write!(containers, ",\"exitCode\":{exit}");
        }
        let _ = write!(containers, ",\"lastStatus\":\"{status}\",\"name\":\"{name}\",\"image\":\"{image}\"");
        if end.exit.is_some() {
            let digest = random.hex(64);
            let runtime = random.below(1 << 32);
            let _ =
                write!(containers, ",\"imageDigest\":\"sha256:{digest}\",\"runtimeId\":\"{id}-{runtime}\"");
        }
        if is_app && has_ended && !end.container_reason.is_empty() {
            let _ = write!(containers, ",\"reason\":{}", json!(filled(&end.container_reason, life, random)));
        }
        let health = if is_app && end.reason.contains("container health") { "UNHEALTHY" } else { "UNKNOWN" };
        let _ = write!(
            containers,
            ",\"taskArn\":\"{task_arn}\",\"networkInterfaces\":[{{\"attachmentId\":\"{attachment}\",\"privateIpv4Address\":\"{address}\"}}],\
             \"healthStatus\":\"{health}\",\"managedAgents\":[],\"cpu\":\"{}\",\"memory\":\"{}\",\"memoryReservation\":\"{}\"}}",
            if is_app { 256 } else { 64 },
            if is_app { 1024 } else { 128 },
            if is_app { 512 } else { 64 },
        );
    }
    let overrides: Vec<String> =
        service.containers.iter().map(|(name, _)| format!("{{\"name\":\"{name}\"}}")).collect();
    let mut times = format!("\"createdAt\":\"{}\"", time(born, random.below(1000)));
    let mut later = |name: &str, after: u64| {
        let _ = write!(times, ",\"{name}\":\"{}\"", time(born + after, random.below(1000)));
    };
    if state != State::Provisioning {
        later("connectivityAt", 6);
        later("pullStartedAt", 9);
    }
    if end.exit.is_some() && state != State::Provisioning && state != State::Pending {
        later("pullStoppedAt", 16);
        later("startedAt", 20);
    }
    if has_ended {
        later("stoppingAt", 22 + lived);
        if end.exit.is_some() {
            later("executionStoppedAt", 25 + lived);
        }
    }
    if state == State::Stopped {
        later("stoppedAt", 39 + lived);
    }
    let (last_status, version) = match state {
        State::Provisioning => ("PROVISIONING", 1),
        State::Pending => ("PENDING", 2),
        State::Running => ("RUNNING", 4),
        State::Deprovisioning => ("DEPROVISIONING", 5),
        State::Stopped => ("STOPPED", 6),
    };
    let desired = if has_ended { "STOPPED" } else { "RUNNING" };
    let stop = if has_ended {
        let reason = filled(&end.reason, life, random);
        format!("\"stopCode\":\"{}\",\"stoppedReason\":{},", end.code, json!(reason))
    } else {
        String::new()
    };
    let (attached, connected) = match state {
        State::Provisioning => ("PRECREATED", "DISCONNECTED"),
        State::Stopped => ("DELETED", "CONNECTED"),
        _ => ("ATTACHED", "CONNECTED"),
    };
    let updated = time(born + if has_ended { 40 + lived } else { 30 }, random.below(1000));
    format!(
        "{{\"attachments\":[{{\"id\":\"{attachment}\",\"type\":\"eni\",\"status\":\"{attached}\",\"details\":[\
         {{\"name\":\"subnetId\",\"value\":\"subnet-{}\"}},{{\"name\":\"networkInterfaceId\",\"value\":\"eni-{}\"}},\
         {{\"name\":\"macAddress\",\"value\":\"0a:{}:{}:{}:{}:{}\"}},\
         {{\"name\":\"privateDnsName\",\"value\":\"ip-{}.eu-west-1.compute.internal\"}},\
         {{\"name\":\"privateIPv4Address\",\"value\":\"{address}\"}}]}}],\
         \"attributes\":[{{\"name\":\"ecs.cpu-architecture\",\"value\":\"x86_64\"}}],\
         \"availabilityZone\":\"eu-west-1{}\",\"clusterArn\":\"{}\",\"connectivity\":\"{connected}\",\
         \"containers\":[{containers}],\"cpu\":\"512\",{times},\"desiredStatus\":\"{desired}\",\
         \"enableExecuteCommand\":false,\"ephemeralStorage\":{{\"sizeInGiB\":20}},\"group\":\"service:{}\",\
         \"launchType\":\"FARGATE\",\"lastStatus\":\"{last_status}\",\"memory\":\"2048\",\
         \"overrides\":{{\"containerOverrides\":[{}]}},\"platformFamily\":\"Linux\",\"platformVersion\":\"1.4.0\",\
         \"startedBy\":\"ecs-svc/{deployment}\",{stop}\"taskArn\":\"{task_arn}\",\
         \"taskDefinitionArn\":\"{}\",\"updatedAt\":\"{updated}\",\"version\":{version}}}",
        random.hex(17),
        random.hex(17),
        random.hex(2),
        random.hex(2),
        random.hex(2),
        random.hex(2),
        random.hex(2),
        address.replace('.', "-"),
        ["a", "b", "c"][random.below(3) as usize],
        arn("cluster", service.cluster),
        service.name,
        overrides.join(","),
        arn("task-definition", &format!("{}:{}", service.name, service.revision)),
    )
}

/// A message with the names of its task.
fn filled(message: &str, life: &Life<'_>, random: &mut Random) -> String {
    let mut text = message
        .replace("@SERVICE@", &life.service.name)
        .replace("@DEPLOYMENT@", &life.deployment.to_string())
        .replace("@ID@", life.id);
    for (mark, value) in [("@COMMIT@", random.hex(40)), ("@UUID@", uuid(random)), ("@HEX16@", random.hex(16))]
    {
        text = text.replace(mark, &value);
    }
    while let Some(at) = text.find("@OCTET@") {
        text.replace_range(at..at + 7, &random.below(255).to_string());
    }
    text
}

fn uuid(random: &mut Random) -> String {
    format!("{}-{}-{}-{}-{}", random.hex(8), random.hex(4), random.hex(4), random.hex(4), random.hex(12))
}

/// `2026-11-22T08:00:00.123Z`.
fn time(epoch: u64, millis: u64) -> String {
    let (days, second) = (epoch / 86_400, epoch % 86_400);
    // The civil calendar, counted in eras of 400 years from March 0000.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = era * 400 + year_of_era + carry;
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}
