//! `label: value` pairs that consoles, tools and people write about a task.

use super::{clean, fields, message};

const STATUSES: &[&str] = &[
    "PROVISIONING",
    "PENDING",
    "ACTIVATING",
    "RUNNING",
    "DEACTIVATING",
    "STOPPING",
    "DEPROVISIONING",
    "STOPPED",
];

const STOP_CODES: &[&str] = &[
    "TaskFailedToStart",
    "EssentialContainerExited",
    "UserInitiated",
    "ServiceSchedulerInitiated",
    "SpotInterruption",
    "TerminationNotice",
    "InfrastructureHealth",
];

/// Words in front of a colon that are no container's name.
const NO_NAMES: &[&str] = &[
    "command",
    "container",
    "error",
    "failed",
    "fatal",
    "info",
    "message",
    "note",
    "process",
    "reason",
    "result",
    "step",
    "task",
    "warn",
    "warning",
];

pub(in crate::evidence) fn is_status(word: &str) -> bool {
    STATUSES.contains(&word)
}

pub(in crate::evidence) fn is_stop_code(word: &str) -> bool {
    STOP_CODES.contains(&word)
}

/// A label and what stands behind it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label<'a> {
    pub(super) field: &'static str,
    pub(super) value: &'a str,
    /// The label is ECS's own name of the field, not an everyday word.
    exact: bool,
    /// A mark stands between label and value.
    marked: bool,
}

impl Label<'_> {
    /// Whether the field holds a sentence.
    pub(super) fn is_sentence(&self) -> bool {
        matches!(self.field, "stoppedReason" | "reason")
    }

    /// Whether the value is one that this field has: a number, one of ECS's words, a machine's sentence.
    pub(super) fn is_plausible(&self) -> bool {
        let value = self.value.trim_matches(['`', '*', '"', '\'', ' ', ',']);
        let word = value.split([' ', '\t', ',']).next().unwrap_or("");
        let said = message::find(value).is_some_and(|found| found.start == 0);
        match self.field {
            "exitCode" => exit_code(value).is_some(),
            "stopCode" => is_stop_code(word),
            "stoppedReason" => said || (self.marked && self.exact && value.len() > 3),
            "reason" => said || (self.marked && self.exact && value.contains("Error:")),
            "lastStatus" | "desiredStatus" => is_status(value),
            "name" | "serviceName" | "taskArn" | "taskDefinitionArn" | "image" | "clusterArn" => {
                self.marked && !value.is_empty() && !value.contains(' ')
            }
            "launchType" => matches!(value, "EC2" | "FARGATE" | "EXTERNAL" | "MANAGED_INSTANCES"),
            "createdAt" | "startedAt" | "stoppingAt" | "stoppedAt" | "pullStartedAt" | "pullStoppedAt"
            | "executionStoppedAt" => clean::timestamp(value) == value.len() && !value.is_empty(),
            "healthStatus" => matches!(value, "HEALTHY" | "UNHEALTHY" | "UNKNOWN"),
            _ => false,
        }
    }
}

/// `label=value` pairs, of which a value goes up to the next label.
pub(super) fn pairs(line: &str) -> Vec<Label<'_>> {
    let label_at = |at: usize| {
        let start = line[..at].rfind([' ', ',', ';', '\t']).map_or(0, |before| before + 1);
        named(&line[start..at]).map(|label| (start, at, label))
    };
    let mut labels: Vec<_> = line.match_indices('=').filter_map(|(at, _)| label_at(at)).collect();
    // Of `name==web` the second sign is the value's.
    labels.dedup_by_key(|(start, ..)| *start);
    let ends = labels.iter().skip(1).map(|(start, ..)| *start).chain([line.len()]);
    let value = |from: usize, to: usize| {
        line[from..to].trim().trim_end_matches([',', ';']).trim_matches(['"', '\'']).trim()
    };
    let pairs = labels.iter().zip(ends);
    pairs.map(|((_, at, label), end)| Label { value: value(at + 1, end), marked: true, ..*label }).collect()
}

/// The label at the start of a line, if it is one of ECS's.
pub(super) fn parse(line: &str) -> Option<Label<'_>> {
    let line = line.trim_start_matches(['*', '`', '"', '\'', ' ']);
    let window = line.len().min(48);
    let mark = line.bytes().take(window).position(|b| matches!(b, b':' | b'=' | b'|' | b'\t'));
    if let Some(at) = mark {
        // A path such as `tasks[0].containers[1].exitCode` ends in the field.
        let label = line[..at].trim().trim_end_matches(['*', '`', '"', '\'', ' ']);
        // `**Details** Exit Code`: what stands out is a heading.
        let label = label.rsplit_once("**").map_or(label, |(_, label)| label.trim());
        let label = label.rsplit(['.', ' ']).next().filter(|_| label.contains("].")).unwrap_or(label);
        if let Some(found) = named(label) {
            let value = line[at + 1..].trim_start_matches(['*', '`', ' ', '=', ':', '|', '\t', '>']);
            let value = value.trim_end().trim_end_matches(['|', ',']).trim_end();
            return Some(Label { value, marked: true, ..found });
        }
    }
    // Without a mark: `Exit code 137`, or the label alone.
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).take(3).collect();
    for count in [2, 1] {
        let Some(head) = words.get(..count) else {
            continue;
        };
        let label = head.join(" ");
        let Some(found) = named(&label).filter(|found| found.exact) else {
            continue;
        };
        let mut rest = line;
        for word in head {
            rest = rest.trim_start().get(word.len()..).unwrap_or("");
        }
        if label.starts_with(|c: char| c.is_ascii_uppercase())
            || label.bytes().any(|b| b.is_ascii_uppercase())
        {
            return Some(Label { value: rest.trim(), marked: false, ..found });
        }
    }
    None
}

fn named(label: &str) -> Option<Label<'static>> {
    if label.is_empty() || label.split(' ').count() > 3 {
        return None;
    }
    let field = fields::from_label(label)?;
    let flat: String =
        label.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    let exact = matches!(
        flat.as_str(),
        "exitcode"
            | "containerexitcode"
            | "taskexitcode"
            | "taskstopcode"
            | "stopcode"
            | "stoppedreason"
            | "stopreason"
            | "statusreason"
            | "laststatus"
            | "desiredstatus"
            | "containername"
            | "containerreason"
            | "taskstoppedreason"
    );
    Some(Label { field, value: "", exact, marked: false })
}

/// The number at the start, when nothing but a remark follows it.
fn exit_code(value: &str) -> Option<i64> {
    let digits = value.strip_prefix('-').unwrap_or(value).bytes().take_while(u8::is_ascii_digit).count();
    let end = digits + usize::from(value.starts_with('-'));
    let rest = value.get(end..)?.trim_start_matches(['`', '*', '"', ' ']);
    // The end of a sentence.
    let rest = if rest.trim_end() == "." { "" } else { rest };
    let remark = rest.is_empty()
        || !rest.starts_with(|c: char| c.is_ascii_alphanumeric())
        || rest.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("reason"));
    (digits > 0 && digits <= 5 && remark && !rest.starts_with(['.', '%', '?']))
        .then(|| value[..end].parse().ok())
        .flatten()
}

/// Pairs inside a line: an exit code, a status, a reason.
pub(super) fn inline(text: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let lower = text.to_ascii_lowercase();
    let reason = ["(reason:", "reason:", "reason ="]
        .iter()
        .find_map(|mark| lower.find(mark).map(|at| (at, at + mark.len())));
    let head = reason.map_or(text, |(at, _)| &text[..at]);
    if let Some(code) = inline_exit(head) {
        found.push(("exitCode", code.to_string()));
    }
    let status = head
        .split([' ', '\t', ',', ';', '(', ')'])
        .map(|word| word.rsplit([':', '=']).next().unwrap_or(word))
        .find(|word| is_status(word));
    if let Some(status) = status {
        found.push(("lastStatus", status.to_owned()));
    }
    let health = head.split([' ', '\t', ',']).find_map(|word| word.strip_prefix("HealthStatus:"));
    if let Some(health) = health {
        found.push(("healthStatus", health.to_owned()));
    }
    if let Some((at, end)) = reason {
        let mut said = text[end..].trim();
        if text[at..].starts_with('(') {
            said = said.strip_suffix(')').unwrap_or(said);
        }
        let said = said.trim_matches(['`', '"', '\'', '*']);
        if message::find(said).is_some_and(|found| found.start == 0) {
            found.push(("reason", said.to_owned()));
        }
    } else if let Some(at) =
        message::find(text).filter(|found| found.named && found.kind == message::Kind::Stop)
    {
        found.push(("reason", text[at.start..].trim_end_matches([')', '`', '"', '*']).to_owned()));
    }
    found
}

/// Whether a line for people tells how a task or a container ended.
pub(super) fn tells(line: &str) -> bool {
    owned_exit(line).is_some()
        || told_exit(line).is_some()
        || parse(line).is_some_and(|label| label.is_plausible() && !label.value.is_empty())
}

/// `app exitCode: 137`: a container's name before ECS's own word for its exit code.
pub(super) fn owned_exit(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches(['`', '*', '"', '\'']);
    let name = name_len(line);
    let rest = line[name..].trim_start_matches(['`', '*', '"', '\'', ' ', '.', ':']);
    let code = rest.strip_prefix("exitCode").or_else(|| rest.strip_prefix("ExitCode"))?;
    let code = code.trim_start_matches(['`', '*', '"', '\'', ' ']).strip_prefix([':', '='])?;
    let code = code.trim_start_matches(['`', '*', '"', '\'', ' ', '=']);
    let is_name = name > 0 && !NO_NAMES.contains(&line[..name].to_ascii_lowercase().as_str());
    (is_name && exit_code(code).is_some()).then_some((&line[..name], code))
}

/// The exit code of a task or a container that a line for people tells in passing.
pub(super) fn told_exit(line: &str) -> Option<i64> {
    /// Longer lines tell more than that.
    const LONGEST: usize = 120;
    let lower = line.to_ascii_lowercase();
    let is_of_task = ["task", "container", "exitcode"].iter().any(|word| lower.contains(word));
    let is_other = ["process completed", "command", "step", "script"].iter().any(|word| lower.contains(word));
    (line.len() <= LONGEST && is_of_task && !is_other).then(|| inline_exit(line)).flatten()
}

/// The exit code that a text states: `ExitCode **137**`, `(exit code: 1)`, `exited with code 1`.
fn inline_exit(text: &str) -> Option<i64> {
    let lower = text.to_ascii_lowercase();
    let marks = [
        "exitcode",
        "exit code",
        "exit_code",
        "exit-code",
        "exit status",
        "exited with code",
        "exited with",
        "exited (",
    ];
    let (at, mark) =
        marks.iter().filter_map(|mark| lower.find(mark).map(|at| (at, *mark))).min_by_key(|(at, _)| *at)?;
    let mut rest = &lower[at + mark.len()..];
    for word in [" exit code", " exit status", " code", " status"] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let rest = rest.trim_start_matches([' ', ':', '=', '*', '`', '"', '(', '\'']);
    let digits = rest.strip_prefix('-').unwrap_or(rest).bytes().take_while(u8::is_ascii_digit).count();
    let end = digits + usize::from(rest.starts_with('-'));
    if digits == 0 || digits > 5 {
        return None;
    }
    rest[..end].parse().ok()
}

/// A container's name at the start of a line, and what is said about it.
pub(super) fn container(line: &str) -> Option<(&str, &str)> {
    let lower = line.to_ascii_lowercase();
    for head in ["essential container ", "container "] {
        if lower.starts_with(head) {
            let rest = line[head.len()..].trim_start_matches(['"', '\'', '`', '*', '(']);
            let name = name_len(rest);
            let behind = rest[name..].trim_start_matches(['"', '\'', '`', '*', ')']);
            let plain = behind.starts_with([' ', ':', ','])
                // A console's label and the error behind it, which were glued together.
                && !rest[..name].ends_with("Error")
                && !matches!(&rest[..name], "in" | "exited" | "failed" | "with" | "is" | "instance");
            return (name > 0 && plain).then_some((&rest[..name], behind));
        }
    }
    let rest = line.trim_start_matches(['`', '*', '"', '\'']);
    let name = name_len(rest);
    if name == 0
        || NO_NAMES.contains(&rest[..name].to_ascii_lowercase().as_str())
        || fields::from_label(&rest[..name]).is_some()
    {
        return None;
    }
    let behind = rest[name..].trim_start_matches(['`', '*', '"', '\'', ' ']);
    let said = behind.strip_prefix([':', '|', '—', '–', '→', '-', '=', '(', ','])?;
    let said = said.trim_start_matches(['`', '*', '"', ' ', '>']);
    let word = said.get(..4)?.to_ascii_lowercase();
    (word == "exit" || is_status(said.split([' ', ',', '(']).next().unwrap_or("")) || word == "stop")
        .then_some((&rest[..name], said))
}

fn name_len(text: &str) -> usize {
    let bytes = text.bytes().take(255);
    let length = bytes.take_while(|b| b.is_ascii_alphanumeric() || b"_-.~".contains(b)).count();
    text[..length].trim_end_matches('.').len()
}
