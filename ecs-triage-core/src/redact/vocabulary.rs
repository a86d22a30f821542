//! Words that are everyone's: of ECS, of the AWS CLI and of the texts here.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::advisories::RISKS;
use crate::evidence::{Kind, Shape};
use crate::rules::RULES;

/// Names that AWS gives, or that its documentation tells everyone to use: they say nothing about who uses them.
const KEPT: &[&str] = &[
    "AWSServiceRoleForECS",
    "AWSServiceRoleForApplicationAutoScaling_ECSService",
    "FARGATE",
    "FARGATE_SPOT",
    "aws",
    "default",
    "ecs",
    "ecsEventsRole",
    "ecsInfrastructureRole",
    "ecsInstanceRole",
    "ecsTaskExecutionRole",
    "false",
    "latest",
    "null",
    "root",
    "true",
];

/// Whether a name stays as it is.
pub(super) fn is_kept(name: &str) -> bool {
    KEPT.contains(&name) || !name.bytes().any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
}

/// Whether a name is also a word of sentences and commands, or so short that it could be anything. It is replaced
/// only where it stands apart as a name.
pub(super) fn is_word(name: &str) -> bool {
    name.len() <= 2 || name.bytes().all(|byte| byte.is_ascii_digit()) || WORDS.contains(name)
}

static WORDS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let mut words = BTreeSet::new();
    let mut add = |text: &'static str| {
        let parts =
            text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-' && letter != '_');
        words.extend(parts.filter(|part| !part.is_empty()));
    };
    for rule in RULES {
        [rule.title, rule.summary, rule.explanation, rule.signs].into_iter().for_each(&mut add);
        for fix in rule.fixes {
            add(fix.title);
            add(fix.body);
        }
        for ask in rule.wants {
            add(ask.why);
            add(ask.params);
        }
    }
    for risk in RISKS {
        add(risk.title);
        add(risk.explanation);
    }
    for kind in Kind::ALL {
        keys(kind.shape(), &mut add);
    }
    for text in MORE {
        add(text);
    }
    words
});

/// Words of messages, commands and answers that stand in no text above.
const MORE: &[&str] = &[
    "allow deny effect principal action resource condition statement version sid jsonencode",
    "http https tcp udp dial lookup get post manifests blobs v1 v2 library token scope pull push",
    "awslogs fluentd gelf journald json-file splunk syslog awsfirelens awsvpc bridge host none",
];

fn keys(shape: &'static Shape, add: &mut impl FnMut(&'static str)) {
    match shape {
        Shape::List(inner) => keys(inner, add),
        Shape::Object(fields) => {
            for field in *fields {
                field.keys.iter().copied().for_each(&mut *add);
                keys(field.shape, add);
            }
        }
        _ => {}
    }
}
