//! Learns names from the members of answers that hold names.

use serde_json::Value;

use super::names::Names;
use super::{arns, hosts, redact_value, scan, vocabulary};
use crate::Evidence;
use crate::signals::message::Message;

/// Members that hold a name, in lower case and without `_` and `-`, and what the name is of.
const MEMBERS: &[(&str, &str)] = &[
    ("alarmname", "alarm"),
    ("alarms", "alarm"),
    ("autoscalinggroupname", "auto-scaling-group"),
    ("awslogsgroup", "log-group"),
    ("awslogsstream", "log-stream"),
    ("awslogsstreamprefix", "stream-prefix"),
    ("bucket", "bucket"),
    ("bucketname", "bucket"),
    ("capacityprovider", "capacity-provider"),
    ("capacityprovidername", "capacity-provider"),
    ("capacityproviders", "capacity-provider"),
    ("cluster", "cluster"),
    ("clustername", "cluster"),
    ("clusters", "cluster"),
    ("container", "container"),
    ("containername", "container"),
    ("containers", "container"),
    ("dependency", "container"),
    ("dependent", "container"),
    ("discoveryname", "port-name"),
    ("dnsname", "host"),
    ("domainname", "host"),
    ("executionrole", "role"),
    ("family", "family"),
    ("groupname", "security-group"),
    ("hiddenbyvolume", "volume"),
    ("host", "host"),
    ("hostname", "host"),
    ("image", "image"),
    ("infrastructurerole", "role"),
    ("instanceprofilename", "instance-profile"),
    ("invalidparameters", "parameter"),
    ("jsonkey", "secret-key"),
    ("keyname", "key"),
    ("launchtemplatename", "launch-template"),
    ("loadbalancer", "load-balancer"),
    ("loadbalancername", "load-balancer"),
    ("loggroup", "log-group"),
    ("loggroupname", "log-group"),
    ("logstream", "log-stream"),
    ("logstreamname", "log-stream"),
    ("parameter", "parameter"),
    ("policyname", "policy"),
    ("policynames", "policy"),
    ("portname", "port-name"),
    ("privatednsname", "host"),
    ("publicdnsname", "host"),
    ("registry", "host"),
    ("repository", "repository"),
    ("repositoryname", "repository"),
    ("role", "role"),
    ("rolename", "role"),
    ("scalinggroup", "auto-scaling-group"),
    ("secret", "secret"),
    ("secretname", "secret"),
    ("service", "service"),
    ("servicename", "service"),
    ("sourcecontainer", "container"),
    ("sourcevolume", "volume"),
    ("startedby", "starter"),
    ("targetgroup", "target-group"),
    ("targetgroupname", "target-group"),
    ("taskdefinition", "family"),
    ("taskrole", "role"),
    ("username", "user"),
    ("variable", "variable"),
    ("volume", "volume"),
    ("waitsfor", "container"),
];

/// What the `name` of an element is of, by the list it is in.
const ELEMENTS: &[(&str, &str)] = &[
    ("capacityproviders", "capacity-provider"),
    ("containerdefinitions", "container"),
    ("containeroverrides", "container"),
    ("containers", "container"),
    ("environment", "variable"),
    ("parameters", "parameter"),
    ("portmappings", "port-name"),
    ("secretoptions", "variable"),
    ("secrets", "variable"),
    ("volumes", "volume"),
];

/// Variables that AWS, runtimes and common tools give a meaning to.
const VARIABLES: &[&str] =
    &["AWS_", "ECS_", "DD_", "OTEL_", "JAVA_", "NODE_", "PYTHON", "DOTNET_", "ASPNETCORE_", "S3_", "NGINX_"];

/// Members that hold sentences.
const SENTENCES: &[&str] = &["message", "reason", "stoppedreason", "statusreason", "stopreason", "cause"];

/// Learns every name in the evidence.
pub(super) fn evidence(names: &mut Names, evidence: &Evidence) {
    // First what is in use, so that no placeholder is a name that stands there.
    for document in evidence.documents() {
        see(names, &redact_value(document.as_read()));
    }
    // A service and its task definition often share a name: it is the service's.
    for document in evidence.documents() {
        services(names, document.as_read());
    }
    for document in evidence.documents() {
        // The map holds names, never a secret.
        value(names, "", "", &redact_value(document.as_read()));
        for request in document.requests() {
            value(names, "", "params", &redact_value(&request.params));
        }
    }
}

fn see(names: &mut Names, value: &Value) {
    match value {
        Value::String(text) => names.see(text),
        Value::Array(values) => values.iter().for_each(|value| see(names, value)),
        Value::Object(members) => members.values().for_each(|value| see(names, value)),
        _ => {}
    }
}

fn services(names: &mut Names, value: &Value) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| services(names, value)),
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(text) => match plain(key).as_str() {
                        "servicename" => name(names, "service", text),
                        "clustername" => name(names, "cluster", text),
                        "group" if text.starts_with("service:") => group(names, text),
                        _ => {}
                    },
                    _ => services(names, value),
                }
            }
        }
        _ => {}
    }
}

fn value(names: &mut Names, list: &str, key: &str, found: &Value) {
    match found {
        Value::String(text) => member(names, list, key, text),
        Value::Array(values) => {
            // Elements are known by their list: `containers[].name`.
            values.iter().for_each(|value| match value {
                Value::Object(_) => self::value(names, key, "", value),
                _ => self::value(names, list, key, value),
            });
        }
        Value::Object(members) => {
            if let Some((label, text)) = dimension(members) {
                name(names, label, text);
            }
            // A call that was recorded names AWS's service.
            let is_recorded = members.contains_key("operation");
            for (key, value) in members {
                if !(is_recorded && key == "service") {
                    self::value(names, list, key, value);
                }
            }
        }
        _ => {}
    }
}

/// The dimension of a metric: `{"Name": "ClusterName", "Value": "payments"}`.
fn dimension(members: &serde_json::Map<String, Value>) -> Option<(&'static str, &str)> {
    let text = |keys: [&str; 2]| keys.iter().find_map(|key| members.get(*key)?.as_str());
    let label = member_label(&plain(text(["Name", "name"])?))?;
    Some((label, text(["Value", "value"])?))
}

/// Learns the name that a member holds, and everything in its text that has the shape of one.
pub(super) fn member(names: &mut Names, list: &str, key: &str, text: &str) {
    let key = plain(key);
    let list = plain(list);
    let label = match key.as_str() {
        "name" => ELEMENTS.iter().find(|(of, _)| *of == list).map(|(_, label)| *label),
        _ => member_label(&key),
    };
    if let Some(label) = label {
        name(names, label, text);
    } else if key == "group" {
        group(names, text);
    } else if key.is_empty() || SENTENCES.contains(&key.as_str()) {
        sentence(names, text);
    }
    // What has the shape of a name is learned as it is replaced.
    let _ = scan::replaced(names, text);
}

fn member_label(key: &str) -> Option<&'static str> {
    MEMBERS.binary_search_by(|(member, _)| (*member).cmp(key)).ok().map(|at| MEMBERS[at].1)
}

fn plain(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// `service:payments` or `family:payments`.
fn group(names: &mut Names, text: &str) {
    match text.split_once(':') {
        Some((kind @ ("service" | "family"), of)) => {
            name(names, if kind == "service" { "service" } else { "family" }, of)
        }
        _ => name(names, "group", text),
    }
}

/// Learns a name of a kind.
fn name(names: &mut Names, label: &str, text: &str) {
    /// No name of AWS is longer.
    const LONGEST: usize = 512;
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST || text.contains(['{', '"', '\\', '\n', '\r', '$', '*']) {
        return;
    }
    if text.starts_with("arn:") {
        arns::replaced(names, text);
        return;
    }
    match label {
        "image" | "repository" => hosts::learn_image(names, text),
        "host" => {
            hosts::host_of(names, text);
        }
        "family" => {
            names.of(label, text.split(':').next().unwrap_or(text));
        }
        "starter" if text.starts_with("ecs-svc/") => {}
        "variable" if VARIABLES.iter().any(|known| text.starts_with(known)) => {}
        // A path: each segment on its own, so that what lies below it still does. Words of everyone's stay.
        _ if text.contains(['/', ':']) => {
            let segments = text.split(['/', ':']).filter(|segment| !segment.is_empty());
            for segment in segments.filter(|segment| !vocabulary::is_word(segment)) {
                arns::name(names, label, segment);
            }
        }
        _ => {
            arns::name(names, label, text);
        }
    }
}

/// The names in a sentence of ECS's.
fn sentence(names: &mut Names, text: &str) {
    let message = Message::parse(text);
    if let Some(image) = message.image() {
        hosts::learn_image(names, image.as_str());
    }
    if let Some(host) = message.host() {
        hosts::host_of(names, host);
    }
    if let Some(event) = message.service_event() {
        for (label, found) in [
            ("service", &event.service),
            ("target-group", &event.target_group),
            ("load-balancer", &event.load_balancer),
            ("container-instance", &event.container_instance),
        ] {
            found.iter().for_each(|found| name(names, label, found));
        }
        event.tasks.iter().for_each(|task| name(names, "task", task));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_sorted() {
        assert!(MEMBERS.is_sorted());
    }
}
