//! ARNs with the names in them replaced: they stay ARNs of the same partition, service, Region and type.

use super::names::Names;

/// An ARN with its account and its names replaced.
pub(super) fn replaced(names: &mut Names, arn: &str) -> String {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [prefix, partition, service, region, account, resource] = parts[..] else {
        return arn.to_owned();
    };
    let resource = match (account, service) {
        // AWS's own: managed policies, service-linked roles' paths.
        ("aws", _) => resource.to_owned(),
        _ => replaced_resource(names, service, resource),
    };
    let account = super::redactor::account(names, account);
    format!("{prefix}:{partition}:{service}:{region}:{account}:{resource}")
}

/// The names in what stands behind the account: each segment of a path on its own, so that prefixes stay prefixes.
fn replaced_resource(names: &mut Names, service: &str, resource: &str) -> String {
    if resource.contains("aws-service-role/") {
        return resource.to_owned();
    }
    let segments = segments(resource);
    let named: Vec<&str> = segments.iter().copied().filter(|segment| !is_mark(segment)).collect();
    let mut out = String::with_capacity(resource.len());
    let mut index = 0;
    for segment in segments {
        if is_mark(segment) {
            out.push_str(segment);
            continue;
        }
        match label(service, &named, index) {
            Some("secret") => out.push_str(&secret(names, segment)),
            Some(label) => out.push_str(&name(names, label, segment)),
            // A word of AWS's; in an ARN that was mangled, an account id may stand there.
            None => out.push_str(&super::redactor::account(names, segment)),
        }
        index += 1;
    }
    out
}

/// Names and the marks between them: `/`, `:` and wildcards.
fn segments(resource: &str) -> Vec<&str> {
    let is_mark = |letter: char| "/:*?".contains(letter);
    let mut found = Vec::new();
    let mut rest = resource;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|letter| is_mark(letter) != is_mark(first)).unwrap_or(rest.len());
        found.push(&rest[..end]);
        rest = &rest[end..];
    }
    found
}

fn is_mark(segment: &str) -> bool {
    segment.starts_with(['/', ':', '*', '?'])
}

/// One segment; ids keep their prefix.
pub(super) fn name(names: &mut Names, label: &str, segment: &str) -> String {
    match super::scan::id_prefix(segment) {
        None if super::redactor::is_account(segment) => super::redactor::account(names, segment),
        Some(prefix) => super::scan::id(names, prefix, segment),
        None => names.of(label, segment),
    }
}

/// The name of a secret, whose ARN ends in six letters that the name has not.
fn secret(names: &mut Names, segment: &str) -> String {
    let known = names.get(segment).map(str::to_owned);
    match segment.rsplit_once('-') {
        _ if known.is_some() => known.unwrap_or_default(),
        Some((stem, suffix)) if suffix.len() == 6 && !stem.is_empty() => {
            let stem = names.of("secret", stem);
            names.formed(&format!("{stem}-suffix"), segment, |number| format!("{stem}-{number:06}"))
        }
        _ => names.of("secret", segment),
    }
}

/// What the segment at `index` of a resource is, or `None` for a word of AWS's.
fn label<'l>(service: &str, named: &[&str], index: usize) -> Option<&'l str> {
    let kind = named.first().copied().unwrap_or_default();
    // Services whose resources have no type in front.
    if matches!(service, "sns" | "sqs" | "s3" | "execute-api") {
        return Some(match (service, index) {
            ("s3", 0) => "bucket",
            ("s3", _) => "path",
            _ => "resource",
        });
    }
    if index == 0 {
        // A resource of a single segment is the name itself.
        return (named.len() == 1 && kind != "root").then_some("resource");
    }
    let words = [
        "app",
        "net",
        "gwy",
        "log-stream",
        "autoScalingGroupName",
        "containers",
        "key",
        "alias",
        "v1",
        "v2",
        "AWSCURRENT",
        "AWSPENDING",
        "AWSPREVIOUS",
    ];
    if words.contains(&named[index]) && named.len() > 2 {
        return None;
    }
    Some(match (service, kind, index) {
        ("ecs", "cluster", _) | ("ecs", "task" | "service" | "container-instance" | "task-set", 1)
            if named.len() > 2 || kind == "cluster" =>
        {
            "cluster"
        }
        ("ecs", "service-deployment" | "service-revision" | "container", 1) if named.len() > 2 => "cluster",
        ("ecs", "service-deployment" | "service-revision" | "task-set", 2) => "service",
        ("ecs", "task-definition", 1) => "family",
        ("ecs", "task-definition", _) => return None,
        ("ecs", "task", _) => "task",
        ("ecs", "service", _) => "service",
        ("ecs", "container-instance", _) => "container-instance",
        ("ecs", "capacity-provider", _) => "capacity-provider",
        ("ecs", _, _) => "id",
        ("sts", "assumed-role", 1) | ("iam", "role", _) => "role",
        // A task's session is called like the task.
        ("sts", _, _) if named[index].len() == 32 => "task",
        ("sts", _, _) => "session",
        ("iam", "policy", _) => "policy",
        ("iam", "user", _) => "user",
        ("iam", "instance-profile", _) => "instance-profile",
        ("secretsmanager", "secret", 1) => "secret",
        // `secret:prod/db-Ab12Cd:password:AWSCURRENT:` goes on with a key, a stage and a version.
        ("secretsmanager", "secret", _) => "secret",
        ("ssm", _, _) => "parameter",
        ("logs", "log-group", _) => match named.iter().position(|name| *name == "log-stream") {
            Some(at) if index > at => "log-stream",
            _ => "log-group",
        },
        ("ecr", _, _) => "repository",
        ("kms", _, _) => "key",
        ("elasticloadbalancing", "loadbalancer", _) => "load-balancer",
        ("elasticloadbalancing", "targetgroup", _) => "target-group",
        ("elasticfilesystem", _, _) => "file-system",
        ("autoscaling", _, _) => "auto-scaling-group",
        ("lambda", _, _) => "function",
        _ => "resource",
    })
}
