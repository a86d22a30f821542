//! `aws … --output text`: tab-separated rows whose columns are the members' values in the order of their names.

use serde_json::{Map, Value};

use super::{fields, labels};

/// What a cell of a column can look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Arn,
    Time,
    Number,
    Flag,
    Id,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A name, without spaces.
    Name,
    /// A sentence.
    Text,
}

type Column = (&'static str, Kind);

const STATUS: Kind = Kind::Word(&[
    "PROVISIONING",
    "PENDING",
    "ACTIVATING",
    "RUNNING",
    "DEACTIVATING",
    "STOPPING",
    "DEPROVISIONING",
    "STOPPED",
    "DELETED",
]);
const HEALTH: Kind = Kind::Word(&["HEALTHY", "UNHEALTHY", "UNKNOWN"]);
const LAUNCH: Kind = Kind::Word(&["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"]);
const PLATFORM: Kind = Kind::Word(&["Linux", "LINUX", "Windows", "WINDOWS"]);
const VERSION: Kind = Kind::Word(&["LATEST", "1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0"]);
const STOP: Kind = Kind::Word(&[
    "TaskFailedToStart",
    "EssentialContainerExited",
    "UserInitiated",
    "ServiceSchedulerInitiated",
    "SpotInterruption",
    "TerminationNotice",
    "InfrastructureHealth",
]);

/// Scalar members of each record, sorted by name as the CLI prints them.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html>
const RECORDS: &[(&str, &str, &[Column])] = &[
    (
        "TASKS",
        "tasks",
        &[
            ("availabilityZone", Kind::Name),
            ("capacityProviderName", Kind::Name),
            ("clusterArn", Kind::Arn),
            ("connectivity", Kind::Word(&["CONNECTED", "DISCONNECTED"])),
            ("connectivityAt", Kind::Time),
            ("containerInstanceArn", Kind::Arn),
            ("cpu", Kind::Number),
            ("createdAt", Kind::Time),
            ("desiredStatus", STATUS),
            ("enableExecuteCommand", Kind::Flag),
            ("executionStoppedAt", Kind::Time),
            ("group", Kind::Name),
            ("healthStatus", HEALTH),
            ("lastStatus", STATUS),
            ("launchType", LAUNCH),
            ("memory", Kind::Number),
            ("platformFamily", PLATFORM),
            ("platformVersion", VERSION),
            ("pullStartedAt", Kind::Time),
            ("pullStoppedAt", Kind::Time),
            ("startedAt", Kind::Time),
            ("startedBy", Kind::Name),
            ("stopCode", STOP),
            ("stoppedAt", Kind::Time),
            ("stoppedReason", Kind::Text),
            ("stoppingAt", Kind::Time),
            ("taskArn", Kind::Arn),
            ("taskDefinitionArn", Kind::Arn),
            ("version", Kind::Number),
        ],
    ),
    (
        "CONTAINERS",
        "containers",
        &[
            ("containerArn", Kind::Arn),
            ("cpu", Kind::Number),
            ("exitCode", Kind::Number),
            ("healthStatus", HEALTH),
            ("image", Kind::Name),
            ("imageDigest", Kind::Id),
            ("lastStatus", STATUS),
            ("memory", Kind::Number),
            ("memoryReservation", Kind::Number),
            ("name", Kind::Name),
            ("reason", Kind::Text),
            ("runtimeId", Kind::Id),
            ("taskArn", Kind::Arn),
        ],
    ),
    (
        "SERVICES",
        "services",
        &[
            ("availabilityZoneRebalancing", Kind::Word(&["ENABLED", "DISABLED"])),
            ("clusterArn", Kind::Arn),
            ("createdAt", Kind::Time),
            ("createdBy", Kind::Arn),
            ("desiredCount", Kind::Number),
            ("enableECSManagedTags", Kind::Flag),
            ("enableExecuteCommand", Kind::Flag),
            ("healthCheckGracePeriodSeconds", Kind::Number),
            ("launchType", LAUNCH),
            ("pendingCount", Kind::Number),
            ("platformFamily", PLATFORM),
            ("platformVersion", VERSION),
            ("propagateTags", Kind::Word(&["NONE", "SERVICE", "TASK_DEFINITION"])),
            ("roleArn", Kind::Arn),
            ("runningCount", Kind::Number),
            ("schedulingStrategy", Kind::Word(&["REPLICA", "DAEMON"])),
            ("serviceArn", Kind::Arn),
            ("serviceName", Kind::Name),
            ("status", Kind::Word(&["ACTIVE", "DRAINING", "INACTIVE"])),
            ("taskDefinition", Kind::Arn),
        ],
    ),
    (
        "DEPLOYMENTS",
        "deployments",
        &[
            ("createdAt", Kind::Time),
            ("desiredCount", Kind::Number),
            ("failedTasks", Kind::Number),
            ("id", Kind::Name),
            ("launchType", LAUNCH),
            ("pendingCount", Kind::Number),
            ("platformFamily", PLATFORM),
            ("platformVersion", VERSION),
            ("rolloutState", Kind::Word(&["COMPLETED", "FAILED", "IN_PROGRESS"])),
            ("rolloutStateReason", Kind::Text),
            ("runningCount", Kind::Number),
            ("status", Kind::Word(&["PRIMARY", "ACTIVE", "INACTIVE"])),
            ("taskDefinition", Kind::Arn),
            ("updatedAt", Kind::Time),
        ],
    ),
    ("EVENTS", "events", &[("createdAt", Kind::Time), ("id", Kind::Id), ("message", Kind::Text)]),
    ("FAILURES", "failures", &[("arn", Kind::Arn), ("detail", Kind::Text), ("reason", Kind::Text)]),
    ("ATTACHMENTS", "attachments", &[("id", Kind::Id), ("status", Kind::Name), ("type", Kind::Name)]),
    ("DETAILS", "details", &[("name", Kind::Name), ("value", Kind::Text)]),
];

/// Records of the same output that say nothing about a failure.
const SKIPPED: &[&str] = &[
    "ATTRIBUTES",
    "AWSVPCCONFIGURATION",
    "CAPACITYPROVIDERSTRATEGY",
    "CONTAINEROVERRIDES",
    "DEPLOYMENTCIRCUITBREAKER",
    "DEPLOYMENTCONFIGURATION",
    "DEPLOYMENTCONTROLLER",
    "ENVIRONMENT",
    "EPHEMERALSTORAGE",
    "FARGATEEPHEMERALSTORAGE",
    "INFERENCEACCELERATOROVERRIDES",
    "LOADBALANCERS",
    "MANAGEDAGENTS",
    "NETWORKBINDINGS",
    "NETWORKCONFIGURATION",
    "NETWORKINTERFACES",
    "OVERRIDES",
    "PLACEMENTCONSTRAINTS",
    "PLACEMENTSTRATEGY",
    "SECURITYGROUPS",
    "SERVICEREGISTRIES",
    "SUBNETS",
    "TAGS",
];

/// The record that a line begins with: its list and its columns.
fn record(word: &str) -> Option<(&'static str, &'static [Column])> {
    let plural = match word {
        // One object instead of a list, as `stop-task` and `update-service` answer.
        "TASK" => "TASKS",
        "SERVICE" => "SERVICES",
        word => word,
    };
    RECORDS.iter().find(|(name, _, _)| *name == plural).map(|(_, list, columns)| (*list, *columns))
}

/// Whether a line is a row of this output.
pub(super) fn is_row(line: &str) -> bool {
    let line = line.trim_start();
    let word = line.split([' ', '\t']).next().unwrap_or("");
    if SKIPPED.contains(&word) {
        return true;
    }
    // A heading in capitals is no row.
    let rest = &line[word.len()..];
    record(word).is_some()
        && rest.trim().len() > 3
        && (rest.starts_with(['\t']) || rest.starts_with("  ") || rest.contains("arn:"))
}

/// What was read from a run of lines.
#[derive(Debug)]
pub(super) struct Region {
    pub(super) values: Vec<Value>,
    /// The first line that is not part of it.
    pub(super) next: usize,
    /// Values whose column could not be told.
    pub(super) unplaced: bool,
}

/// Reads rows from line `from` on.
pub(super) fn read(lines: &[&str], from: usize) -> Region {
    let mut at = from;
    let mut unplaced = false;
    let mut answer = Map::new();
    // The task or service that the rows are about, and the list that it belongs to.
    let mut parent: Option<(&str, Map<String, Value>)> = None;
    while let Some(line) = lines.get(at).filter(|line| is_row(line)) {
        at += 1;
        let line = line.trim_start().trim_end_matches(['\r', '\n']);
        let word = line.split([' ', '\t']).next().unwrap_or("");
        let Some((list, columns)) = record(word) else {
            continue;
        };
        let (record, complete) = assign(line[word.len()..].trim_start_matches(' '), columns);
        unplaced |= !complete;
        if record.is_empty() {
            continue;
        }
        let owner = match list {
            "tasks" | "services" => {
                if let Some((list, done)) = parent.replace((list, record)) {
                    push(&mut answer, list, done);
                }
                continue;
            }
            "failures" => {
                push(&mut answer, list, record);
                continue;
            }
            "events" | "deployments" => "services",
            _ => "tasks",
        };
        if let Some((list, done)) = parent.take_if(|(list, _)| *list != owner) {
            push(&mut answer, list, done);
        }
        let (_, parent) = parent.get_or_insert_with(|| (owner, Map::new()));
        if list == "details" {
            let last =
                parent.get_mut("attachments").and_then(Value::as_array_mut).and_then(|list| list.last_mut());
            if let Some(Value::Object(attachment)) = last {
                push(attachment, list, record);
            }
            continue;
        }
        push(parent, list, record);
    }
    if let Some((list, done)) = parent {
        push(&mut answer, list, done);
    }
    let values = if answer.is_empty() { Vec::new() } else { vec![Value::Object(answer)] };
    Region { values, next: at, unplaced }
}

fn push(parent: &mut Map<String, Value>, list: &str, object: Map<String, Value>) {
    if let Value::Array(items) = parent.entry(list).or_insert_with(|| Value::Array(Vec::new())) {
        items.push(Value::Object(object));
    }
}

/// Rows longer than this are no row of the CLI.
const MAX_CELLS: usize = 400;

/// Gives each cell a column: the assignment in column order that fits best. Cells that fit two ways stay out.
fn assign(row: &str, columns: &[Column]) -> (Map<String, Value>, bool) {
    let tabs = row.contains('\t');
    let cells: Vec<&str> = if tabs {
        row.trim_start_matches('\t').split('\t').map(str::trim).collect()
    } else {
        row.split_ascii_whitespace().collect()
    };
    let mut object = Map::new();
    if cells.len() > MAX_CELLS {
        return (object, false);
    }
    let (n, m) = (cells.len(), columns.len());
    // best[i][j]: the best score of the cells from i on with the columns from j on, and the step that reaches it.
    let mut best = vec![vec![(0_i64, Step::SkipCell); m + 1]; n + 1];
    for i in (0..=n).rev() {
        for j in (0..=m).rev() {
            let mut options = Vec::new();
            if i < n {
                options.push((best[i + 1][j].0 - 4, Step::SkipCell));
            }
            if j < m {
                options.push((best[i][j + 1].0, Step::SkipColumn));
            }
            if i < n && j < m {
                let (score, fits) = fit(columns[j], cells[i]);
                if fits {
                    options.push((best[i + 1][j + 1].0 + score, Step::Take));
                }
                // Without tabs a sentence is many words; each further one costs nothing.
                if !tabs && columns[j].1 == Kind::Text {
                    options.push((best[i + 1][j].0, Step::Word));
                }
            }
            if let Some(top) = options.into_iter().max_by_key(|(score, step)| (*score, *step)) {
                best[i][j] = top;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut words: Vec<&str> = Vec::new();
    let mut complete = true;
    while i < n || j < m {
        match best[i][j].1 {
            Step::SkipCell if i < n => {
                complete &= cells[i].is_empty();
                i += 1;
            }
            Step::Word if i < n => {
                words.push(cells[i]);
                i += 1;
            }
            Step::Take if i < n && j < m => {
                words.push(cells[i]);
                let text = words.join(" ");
                words.clear();
                let (name, _) = columns[j];
                if let Some(value) = fields::typed(name, &text) {
                    object.insert(name.to_owned(), value);
                }
                i += 1;
                j += 1;
            }
            _ => {
                words.clear();
                j += 1;
            }
        }
    }
    // One number where a container may have two: CPU units or an exit code, nobody can tell.
    if object.contains_key("containerArn")
        && object.contains_key("cpu") != object.contains_key("exitCode")
        && object.get("exitCode").and_then(Value::as_i64).is_none_or(|code| code >= 0)
    {
        complete &= object.remove("exitCode").is_none();
    }
    (object, complete)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    SkipColumn,
    SkipCell,
    Word,
    Take,
}

/// How well a cell fits a column.
fn fit((name, kind): Column, cell: &str) -> (i64, bool) {
    if cell.is_empty() {
        return (1, true);
    }
    let digits = cell.bytes().all(|b| b.is_ascii_digit());
    let time = is_time(cell);
    let score = match kind {
        Kind::Arn if name == "taskDefinition" || name == "createdBy" => {
            8 * i64::from(cell.starts_with("arn:"))
        }
        Kind::Arn => match arn_kind(cell) {
            Some(kind) if arn_fits(name, kind) => 12,
            Some(_) if name == "arn" => 12,
            _ => 0,
        },
        Kind::Time => 8 * i64::from(time) - i64::from(time && name == "startedAt"),
        Kind::Number => 8 * i64::from(digits || (name == "exitCode" && cell.parse::<i64>().is_ok())),
        Kind::Flag => 8 * i64::from(matches!(cell, "True" | "False" | "true" | "false")),
        Kind::Id => {
            let hex = cell.len() >= 8 && cell.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
            8 * i64::from(hex || cell.starts_with("sha256:") || cell.starts_with("eni"))
        }
        Kind::Word(words) => 12 * i64::from(words.contains(&cell)),
        Kind::Name => name_fit(name, cell, digits || time),
        Kind::Text if time || cell.starts_with("arn:") => 1,
        // A failure with one sentence has a reason and no detail.
        Kind::Text => i64::from(name == "reason") + if cell.contains([' ', ':']) { 6 } else { 2 },
    };
    (score, score > 0)
}

fn name_fit(name: &str, cell: &str, other: bool) -> i64 {
    if other
        || cell.contains(' ')
        || cell.ends_with(':')
        || cell.starts_with("arn:")
        || cell.starts_with("sha256:")
    {
        return 0;
    }
    match name {
        "availabilityZone" => {
            let zone = cell.len() <= 20
                && cell.matches('-').count() >= 2
                && cell.ends_with(|c: char| c.is_ascii_lowercase());
            8 * i64::from(zone && !cell.contains(':'))
        }
        "group" => 9 * i64::from(cell.starts_with("service:") || cell.starts_with("family:")) + 2,
        "startedBy" => 9 * i64::from(cell.starts_with("ecs-svc/")) + 3,
        "id" => 8 * i64::from(cell.starts_with("ecs-svc/")) + 3,
        "image" => 4 + 2 * i64::from(cell.contains(['/', ':'])),
        _ => 4,
    }
}

fn arn_kind(cell: &str) -> Option<&str> {
    let resource = cell.strip_prefix("arn:")?.splitn(5, ':').nth(4)?;
    resource.split(['/', ':']).next()
}

fn arn_fits(column: &str, kind: &str) -> bool {
    match column {
        "clusterArn" => kind == "cluster",
        "containerInstanceArn" => kind == "container-instance",
        "containerArn" => kind == "container",
        "taskArn" => kind == "task",
        "taskDefinitionArn" => kind == "task-definition",
        "serviceArn" => kind == "service",
        "roleArn" => kind == "role",
        _ => true,
    }
}

fn is_time(cell: &str) -> bool {
    let bytes = cell.as_bytes();
    let date = bytes.len() >= 16 && bytes[4] == b'-' && bytes[7] == b'-' && matches!(bytes[10], b'T' | b' ');
    let epoch = bytes.len() >= 10 && cell.parse::<f64>().is_ok_and(|seconds| seconds > 1.3e9);
    (date && bytes[0].is_ascii_digit()) || epoch
}

/// An object from a header and a row, under AWS's names.
pub(super) fn object(header: &[&str], row: &[&str]) -> Map<String, Value> {
    let mut object = Map::new();
    for (label, cell) in header.iter().zip(row) {
        let key = fields::from_heading(label);
        if let Some(value) = fields::typed(&key, cell) {
            object.insert(key, value);
        }
    }
    rename(&mut object);
    object
}

/// Sets right what a label alone leaves open: a deployment's status is no task status, a task has no `reason`.
fn rename(object: &mut Map<String, Value>) {
    let deployment = object.contains_key("failedTasks") || object.contains_key("desiredCount");
    if deployment && let Some(status) = object.remove("lastStatus") {
        object.insert("status".to_owned(), status);
    }
    let task = object.contains_key("taskArn")
        || object.contains_key("stopCode")
        || object.contains_key("desiredStatus");
    let container = object.contains_key("exitCode") || object.contains_key("name");
    if (task || container)
        && !object.contains_key("lastStatus")
        && let Some(status) = object
            .get("status")
            .and_then(Value::as_str)
            .filter(|status| labels::is_status(status))
            .map(Value::from)
    {
        object.insert("lastStatus".to_owned(), status);
        object.remove("status");
    }
    if task
        && !container
        && !object.contains_key("stoppedReason")
        && let Some(reason) = object.remove("reason")
    {
        object.insert("stoppedReason".to_owned(), reason);
    }
}
