//! Why a task could not be placed.

use super::text::Text;

/// Why a task could not be placed, as a service event, `failures[].reason` or a stopped reason says it.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Placement {
    /// `RESOURCE:CPU`: not enough CPU units.
    Cpu,
    /// `RESOURCE:MEMORY`: not enough memory.
    Memory,
    /// `RESOURCE:GPU`: not enough GPUs.
    Gpu,
    /// `RESOURCE:ENI`: no network interface is left.
    Eni,
    /// `RESOURCE:PORTS`, `RESOURCE:PORTS_UDP`: a host port is taken.
    Ports,
    /// `RESOURCE:FARGATE`: Fargate has no capacity.
    Fargate,
    /// `RESOURCE:` and something else, such as `*`.
    OtherResource,
    /// `AGENT`: the agent is not connected.
    Agent,
    /// `ATTRIBUTE`: a required attribute is missing.
    Attribute,
    /// `LOCATION`: the instance is in another Availability Zone than the subnets.
    Location,
    /// `INACTIVE`: the instance is deregistered.
    Inactive,
    /// `MISSING`: what was named does not exist.
    Missing,
    /// There is no container instance.
    NoInstances,
    /// No instance satisfies a `memberOf` constraint.
    MemberOf,
    /// No instance satisfies the `distinctInstance` constraint.
    DistinctInstance,
}

use Placement::*;

/// Sentences of service events, and codes that are long enough to be found anywhere.
const PHRASES: &[(&str, Placement)] = &[
    ("no container instances were found in your", NoInstances),
    ("no active instances", NoInstances),
    ("empty capacity provider", NoInstances),
    ("memberof placement constraint unsatisfied", MemberOf),
    ("distinctinstance placement constraint unsatisfied", DistinctInstance),
    ("has insufficient cpu", Cpu),
    ("have enough cpu units", Cpu),
    ("has insufficient memory", Memory),
    ("has insufficient gpu", Gpu),
    ("is already using a port", Ports),
    ("is missing an attribute", Attribute),
    ("doesn't have the agent connected", Agent),
    ("resource:cpu", Cpu),
    ("resource:memory", Memory),
    ("resource:gpu", Gpu),
    ("resource:eni", Eni),
    ("resource:ports", Ports),
    ("resource:fargate", Fargate),
    ("resource:agent", Agent),
    ("resource:*", OtherResource),
];

/// Codes that are also plain words: they count only in capitals, and where nothing else is said.
const CODES: &[(&str, Placement)] = &[
    ("AGENT", Agent),
    ("ATTRIBUTE", Attribute),
    ("LOCATION", Location),
    ("INACTIVE", Inactive),
    ("MISSING", Missing),
];

/// What may stand in front of a code that is all there is.
const OPENINGS: &[&str] = &[
    "unable to place a task. reason: ",
    "encountered error \"",
    "encountered error ",
    "run task failed. reasons : [\"",
];

pub(super) fn find(text: &Text, start: usize) -> Option<Placement> {
    let stated =
        PHRASES.iter().filter_map(|(phrase, why)| Some((text.after(phrase, start)? - phrase.len(), *why)));
    if let Some((_, why)) = stated.min_by_key(|(at, _)| *at) {
        return Some(why);
    }
    let from = OPENINGS.iter().find_map(|opening| text.after(opening, start)).unwrap_or(start);
    let said = &text.text[from..];
    let code = said[..said.find('"').unwrap_or(said.len())].trim_end_matches(['.', ' ']);
    const RESOURCE: &str = "resource:";
    let is_resource = code.get(..RESOURCE.len()).is_some_and(|start| start.eq_ignore_ascii_case(RESOURCE));
    if is_resource && !code.contains(' ') {
        return Some(OtherResource);
    }
    CODES.iter().find(|(known, _)| *known == code).map(|(_, why)| *why)
}

#[cfg(test)]
mod tests {
    use super::super::Message;
    use super::*;

    fn read(text: &str) -> Option<Placement> {
        Message::parse(text).placement()
    }

    #[test]
    fn codes_stand_alone_or_behind_their_opening() {
        for (text, why) in [
            ("AGENT", Agent),
            ("TaskFailedToStart: ATTRIBUTE", Attribute),
            ("LOCATION", Location),
            (
                "(service web) was unable to place a task because no container instance met all of its requirements. \
              The closest matching (container-instance 0a1b2c3d) encountered error \"AGENT\". For more information, \
              see the Troubleshooting section.",
                Agent,
            ),
            ("(service web) was unable to place a task. Reason: LOCATION.", Location),
            ("SERVICE_TASK_PLACEMENT_FAILURE: AGENT", Agent),
            ("resource:ports_udp", Ports),
            ("RESOURCE:NEURON_CORES", OtherResource),
            ("RESOURCE:M", OtherResource),
            ("TaskFailedToStart: RESOURCE:*", OtherResource),
        ] {
            assert_eq!(read(text), Some(why), "{text}");
        }
    }

    #[test]
    fn words_of_other_texts_are_no_codes() {
        for text in [
            "Timed out waiting for Amazon ECS Agent to start",
            "The service is inactive.",
            "missing required parameter",
            "not authorized to perform: ecs:RunTask on resource: arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
            "Resource: x and y",
            "missing",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
