//! What to change, and what that takes for granted.

use crate::change::Blast;

/// Something to change, or to look at; texts are templates.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Fix {
    /// What it does, as an instruction.
    pub title: &'static str,
    /// A command, or advice in a sentence.
    pub body: &'static str,
    /// Command or advice.
    pub kind: FixKind,
    /// What it touches.
    pub blast: Blast,
    pub(crate) presumes: Presumes,
}

/// What a fix consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FixKind {
    /// A command to type.
    Command,
    /// Advice, where no command could do it.
    Advice,
}

/// What a fix takes for granted, as its words tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Presumes {
    /// Container instances that the account has.
    pub(crate) hosts: bool,
    /// Hosts to log in to.
    pub(crate) login: bool,
    /// Public addresses of tasks.
    pub(crate) public_address: bool,
    /// An image that Amazon ECR keeps.
    pub(crate) ecr: bool,
    /// An image under a tag.
    pub(crate) tag: bool,
}

impl Fix {
    /// A command that only reads.
    pub(super) const fn look(title: &'static str, command: &'static str) -> Self {
        Self::new(title, Blast::Nothing, FixKind::Command, command)
    }

    /// A command that changes something.
    pub(super) const fn run(title: &'static str, blast: Blast, command: &'static str) -> Self {
        Self::new(title, blast, FixKind::Command, command)
    }

    /// Something that no command here could do.
    pub(super) const fn advice(title: &'static str, blast: Blast, text: &'static str) -> Self {
        Self::new(title, blast, FixKind::Advice, text)
    }

    pub(super) const fn new(title: &'static str, blast: Blast, kind: FixKind, body: &'static str) -> Self {
        let presumes = Presumes {
            hosts: matches!(blast, Blast::Instances)
                || has(body, "container-instance")
                || has(body, "/var/log/ecs/"),
            login: has(body, "docker image prune"),
            public_address: has(body, "assignPublicIp=ENABLED"),
            ecr: begins(body, 0, "aws ecr ") && has(body, "{registryRegion}"),
            tag: body.len() == PUSH.len() && begins(body, 0, PUSH),
        };
        Self { title, body, kind, blast, presumes }
    }
}

const PUSH: &str = "docker push {image}";

/// Whether a text has another in it, found out when the rules are compiled.
const fn has(text: &str, part: &str) -> bool {
    let mut at = 0;
    while at + part.len() <= text.len() {
        if begins(text, at, part) {
            return true;
        }
        at += 1;
    }
    false
}

const fn begins(text: &str, at: usize, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let mut index = 0;
    while index < part.len() && at + index < text.len() && text[at + index] == part[index] {
        index += 1;
    }
    index == part.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fix_presumes_what_its_words_say() {
        let of = |body| Fix::look("See", body).presumes;
        assert!(of("aws ecs list-container-instances").hosts && of("tail /var/log/ecs/ecs-agent.log").hosts);
        assert!(Fix::advice("Log in", Blast::Instances, "…").presumes.hosts);
        assert!(!of("aws ecs describe-tasks").hosts);
        assert!(of("sudo docker image prune").login && of("assignPublicIp=ENABLED").public_address);
        assert!(of("aws ecr describe-images --region {registryRegion}").ecr);
        assert!(!of("docker login; aws ecr x --region {registryRegion}").ecr && !of("aws ecr x").ecr);
        assert!(of("docker push {image}").tag && !of("docker push {image}:v1").tag && !of("docker push").tag);
    }
}
