//! The read calls whose answers are understood, and by which members each is known.

use serde_json::{Map, Value};

use super::node::{join, member, with_first_letter_swapped};
use super::shape::kind_of;
use super::{Kind, Shape};

/// A read call of AWS.
#[derive(Debug)]
pub(crate) struct Call {
    /// Service as botocore names it.
    pub(crate) service: &'static str,
    pub(crate) operation: &'static str,
    /// The CLI's command.
    pub(crate) command: &'static str,
    answer: Answer,
}

/// What the answer to a call looks like.
#[derive(Debug)]
enum Answer {
    /// Members, or paths of them, and the kind of object that each holds.
    Members(&'static [(&'static str, Kind)]),
    /// The answer is the object itself, without a member around it.
    Whole(Kind),
}

const fn call(
    service: &'static str,
    operation: &'static str,
    command: &'static str,
    members: &'static [(&'static str, Kind)],
) -> Call {
    Call { service, operation, command, answer: Answer::Members(members) }
}

const fn whole(service: &'static str, operation: &'static str, command: &'static str, kind: Kind) -> Call {
    Call { service, operation, command, answer: Answer::Whole(kind) }
}

/// Every call that is understood. Where two answers look alike, the more usual call stands first.
#[rustfmt::skip]
pub(crate) static CALLS: &[Call] = &[
    call("ecs", "DescribeTasks", "describe-tasks", &[("tasks", Kind::Task)]),
    call("ecs", "RunTask", "run-task", &[("tasks", Kind::Task)]),
    call("ecs", "StartTask", "start-task", &[("tasks", Kind::Task)]),
    call("ecs", "StopTask", "stop-task", &[("task", Kind::Task)]),
    call("ecs", "ListTasks", "list-tasks", &[("taskArns", Kind::TaskArn)]),
    call("ecs", "DescribeTaskDefinition", "describe-task-definition", &[("taskDefinition", Kind::TaskDefinition)]),
    call("ecs", "RegisterTaskDefinition", "register-task-definition", &[("taskDefinition", Kind::TaskDefinition)]),
    call("ecs", "DescribeServices", "describe-services", &[("services", Kind::Service)]),
    call("ecs", "UpdateService", "update-service", &[("service", Kind::Service)]),
    call("ecs", "CreateService", "create-service", &[("service", Kind::Service)]),
    call("ecs", "DescribeTaskSets", "describe-task-sets", &[("taskSets", Kind::Deployment)]),
    call("ecs", "UpdateTaskSet", "update-task-set", &[("taskSet", Kind::Deployment)]),
    call("ecs", "CreateTaskSet", "create-task-set", &[("taskSet", Kind::Deployment)]),
    call("ecs", "ListServices", "list-services", &[("serviceArns", Kind::ServiceArn)]),
    call("ecs", "DescribeServiceDeployments", "describe-service-deployments", &[("serviceDeployments", Kind::ServiceDeployment)]),
    call("ecs", "ListServiceDeployments", "list-service-deployments", &[("serviceDeployments", Kind::ServiceDeployment)]),
    call("ecs", "DescribeServiceRevisions", "describe-service-revisions", &[("serviceRevisions", Kind::ServiceRevision)]),
    call("ecs", "DescribeContainerInstances", "describe-container-instances", &[("containerInstances", Kind::ContainerInstance)]),
    call("ecs", "UpdateContainerAgent", "update-container-agent", &[("containerInstance", Kind::ContainerInstance)]),
    call("ecs", "DeregisterContainerInstance", "deregister-container-instance", &[("containerInstance", Kind::ContainerInstance)]),
    call("ecs", "ListContainerInstances", "list-container-instances", &[("containerInstanceArns", Kind::ContainerInstanceArn)]),
    call("ecs", "DescribeClusters", "describe-clusters", &[("clusters", Kind::Cluster)]),
    call("ecs", "DescribeCapacityProviders", "describe-capacity-providers", &[("capacityProviders", Kind::CapacityProvider)]),
    call("ecs", "GetTaskProtection", "get-task-protection", &[("protectedTasks", Kind::ProtectedTask)]),
    call("batch", "DescribeJobs", "describe-jobs", &[("jobs", Kind::Job)]),
    call("iam", "GetRole", "get-role", &[("Role", Kind::Role)]),
    call("iam", "ListAttachedRolePolicies", "list-attached-role-policies", &[("AttachedPolicies", Kind::AttachedPolicy)]),
    call("iam", "ListRolePolicies", "list-role-policies", &[("PolicyNames", Kind::InlinePolicyName)]),
    whole("iam", "GetRolePolicy", "get-role-policy", Kind::RolePolicy),
    call("iam", "GetPolicy", "get-policy", &[("Policy", Kind::Policy)]),
    call("iam", "GetPolicyVersion", "get-policy-version", &[("PolicyVersion", Kind::PolicyVersion)]),
    call("iam", "GetAccountAuthorizationDetails", "get-account-authorization-details", &[("RoleDetailList", Kind::Role), ("Policies", Kind::Policy)]),
    call("iam", "SimulatePrincipalPolicy", "simulate-principal-policy", &[("EvaluationResults", Kind::EvaluationResult)]),
    call("iam", "GetInstanceProfile", "get-instance-profile", &[("InstanceProfile", Kind::InstanceProfile)]),
    call("ecr", "DescribeImages", "describe-images", &[("imageDetails", Kind::ImageDetail)]),
    call("ecr", "DescribeRepositories", "describe-repositories", &[("repositories", Kind::Repository)]),
    call("ecr", "BatchGetImage", "batch-get-image", &[("images", Kind::Image), ("failures", Kind::ImageFailure)]),
    whole("ecr", "GetRepositoryPolicy", "get-repository-policy", Kind::RepositoryPolicy),
    whole("ecr", "GetLifecyclePolicy", "get-lifecycle-policy", Kind::LifecyclePolicy),
    call("ecr", "DescribePullThroughCacheRules", "describe-pull-through-cache-rules", &[("pullThroughCacheRules", Kind::PullThroughCacheRule)]),
    call("ec2", "DescribeSubnets", "describe-subnets", &[("Subnets", Kind::Subnet)]),
    call("ec2", "DescribeRouteTables", "describe-route-tables", &[("RouteTables", Kind::RouteTable)]),
    call("ec2", "DescribeNatGateways", "describe-nat-gateways", &[("NatGateways", Kind::NatGateway)]),
    call("ec2", "DescribeInternetGateways", "describe-internet-gateways", &[("InternetGateways", Kind::InternetGateway)]),
    call("ec2", "DescribeVpcEndpoints", "describe-vpc-endpoints", &[("VpcEndpoints", Kind::VpcEndpoint)]),
    call("ec2", "DescribeSecurityGroups", "describe-security-groups", &[("SecurityGroups", Kind::SecurityGroup)]),
    call("ec2", "DescribeNetworkAcls", "describe-network-acls", &[("NetworkAcls", Kind::NetworkAcl)]),
    whole("ec2", "DescribeVpcAttribute", "describe-vpc-attribute", Kind::VpcAttribute),
    call("ec2", "DescribeVpcs", "describe-vpcs", &[("Vpcs", Kind::Vpc)]),
    call("ec2", "DescribeDhcpOptions", "describe-dhcp-options", &[("DhcpOptions", Kind::DhcpOptions)]),
    call("ec2", "DescribeNetworkInterfaces", "describe-network-interfaces", &[("NetworkInterfaces", Kind::NetworkInterface)]),
    call("ec2", "DescribeInstances", "describe-instances", &[("Reservations/Instances", Kind::Instance)]),
    call("ec2", "DescribeInstanceTypes", "describe-instance-types", &[("InstanceTypes", Kind::InstanceType)]),
    call("ec2", "DescribePrefixLists", "describe-prefix-lists", &[("PrefixLists", Kind::PrefixList)]),
    call("ec2", "DescribeManagedPrefixLists", "describe-managed-prefix-lists", &[("PrefixLists", Kind::ManagedPrefixList)]),
    call("ec2", "GetManagedPrefixListEntries", "get-managed-prefix-list-entries", &[("Entries", Kind::PrefixListEntry)]),
    call("elbv2", "DescribeTargetHealth", "describe-target-health", &[("TargetHealthDescriptions", Kind::TargetHealthDescription)]),
    call("elbv2", "DescribeTargetGroups", "describe-target-groups", &[("TargetGroups", Kind::TargetGroup)]),
    call("elbv2", "DescribeTargetGroupAttributes", "describe-target-group-attributes", &[("Attributes", Kind::TargetGroupAttribute)]),
    call("elbv2", "DescribeLoadBalancers", "describe-load-balancers", &[("LoadBalancers", Kind::LoadBalancer)]),
    call("elb", "DescribeInstanceHealth", "describe-instance-health", &[("InstanceStates", Kind::ClassicInstanceState)]),
    call("logs", "DescribeLogGroups", "describe-log-groups", &[("logGroups", Kind::LogGroup)]),
    call("logs", "DescribeLogStreams", "describe-log-streams", &[("logStreams", Kind::LogStream)]),
    call("logs", "FilterLogEvents", "filter-log-events", &[("events", Kind::LogEvent)]),
    call("logs", "GetLogEvents", "get-log-events", &[("events", Kind::LogEvent)]),
    call("cloudwatch", "GetMetricStatistics", "get-metric-statistics", &[("Datapoints", Kind::Datapoint)]),
    call("cloudwatch", "GetMetricData", "get-metric-data", &[("MetricDataResults", Kind::MetricDataResult)]),
    call("cloudwatch", "DescribeAlarms", "describe-alarms", &[("MetricAlarms", Kind::MetricAlarm)]),
    whole("secretsmanager", "DescribeSecret", "describe-secret", Kind::Secret),
    whole("secretsmanager", "GetResourcePolicy", "get-resource-policy", Kind::SecretPolicy),
    call("secretsmanager", "ListSecretVersionIds", "list-secret-version-ids", &[("Versions", Kind::SecretVersion)]),
    call("ssm", "DescribeParameters", "describe-parameters", &[("Parameters", Kind::Parameter)]),
    call("ssm", "GetParameters", "get-parameters", &[("Parameters", Kind::Parameter), ("InvalidParameters", Kind::InvalidParameter)]),
    call("kms", "DescribeKey", "describe-key", &[("KeyMetadata", Kind::KeyMetadata)]),
    whole("kms", "GetKeyPolicy", "get-key-policy", Kind::KeyPolicy),
    call("efs", "DescribeFileSystems", "describe-file-systems", &[("FileSystems", Kind::FileSystem)]),
    call("efs", "DescribeMountTargets", "describe-mount-targets", &[("MountTargets", Kind::MountTarget)]),
    whole("efs", "DescribeFileSystemPolicy", "describe-file-system-policy", Kind::FileSystemPolicy),
    call("efs", "DescribeAccessPoints", "describe-access-points", &[("AccessPoints", Kind::AccessPoint)]),
    call("efs", "DescribeMountTargetSecurityGroups", "describe-mount-target-security-groups", &[("SecurityGroups", Kind::MountTargetSecurityGroup)]),
    whole("s3", "HeadObject", "head-object", Kind::HeadObject),
    whole("s3", "GetBucketPolicy", "get-bucket-policy", Kind::BucketPolicy),
    whole("s3", "GetBucketLocation", "get-bucket-location", Kind::BucketLocation),
    call("autoscaling", "DescribeAutoScalingGroups", "describe-auto-scaling-groups", &[("AutoScalingGroups", Kind::AutoScalingGroup)]),
    call("autoscaling", "DescribeScalingActivities", "describe-scaling-activities", &[("Activities", Kind::ScalingActivity)]),
    call("application-autoscaling", "DescribeScalingActivities", "describe-scaling-activities", &[("ScalingActivities", Kind::ScalingActivity)]),
    call("application-autoscaling", "DescribeScalableTargets", "describe-scalable-targets", &[("ScalableTargets", Kind::ScalableTarget)]),
    call("application-autoscaling", "DescribeScalingPolicies", "describe-scaling-policies", &[("ScalingPolicies", Kind::ScalingPolicy)]),
    call("service-quotas", "GetServiceQuota", "get-service-quota", &[("Quota", Kind::ServiceQuota)]),
    call("service-quotas", "ListServiceQuotas", "list-service-quotas", &[("Quotas", Kind::ServiceQuota)]),
    call("cloudtrail", "LookupEvents", "lookup-events", &[("Events", Kind::TrailEvent)]),
];

/// A read-only call whose answer is understood, and what is read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallRead {
    /// Service as botocore names it.
    pub service: &'static str,
    /// Operation.
    pub operation: &'static str,
    /// Paths of members, and what stands there; an empty path is the answer itself.
    pub parts: Vec<(&'static str, Kind)>,
}

/// Every call whose answer is understood.
///
/// ```
/// use ecs_triage_core::evidence::calls_read;
/// assert!(calls_read().iter().any(|call| call.operation == "DescribeTasks"));
/// ```
pub fn calls_read() -> Vec<CallRead> {
    let parts = |call: &Call| match call.answer {
        Answer::Whole(kind) => vec![("", kind)],
        Answer::Members(members) => members.to_vec(),
    };
    let read =
        |call: &Call| CallRead { service: call.service, operation: call.operation, parts: parts(call) };
    CALLS.iter().map(read).collect()
}

impl Call {
    /// The kind of the answer, when the answer is the object itself.
    pub(crate) fn whole(&self) -> Option<Kind> {
        match self.answer {
            Answer::Whole(kind) => Some(kind),
            Answer::Members(_) => None,
        }
    }

    /// The kinds of object that an answer holds.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.whole().into_iter().chain(self.members().iter().map(|(_, kind)| *kind))
    }

    /// Whether an answer has none of the members in which AWS lists what was asked for.
    pub(crate) fn is_without_its_list(&self, answer: &Value) -> bool {
        let has = |(path, _): &(&str, Kind)| member(answer, path.split('/').next().unwrap_or(path)).is_some();
        answer.is_object() && !self.members().is_empty() && !self.members().iter().any(has)
    }

    fn members(&self) -> &'static [(&'static str, Kind)] {
        match self.answer {
            Answer::Members(members) => members,
            Answer::Whole(_) => &[],
        }
    }
}

/// The call by service and operation, each in any of the spellings of SDKs, CLI and CloudTrail.
pub(crate) fn find(service: &str, operation: &str) -> Option<&'static Call> {
    let service = service_name(service);
    let command = kebab(operation);
    CALLS.iter().find(|call| call.service == service && call.command == command)
}

/// The call by its operation alone, as error messages name it.
pub(crate) fn find_operation(operation: &str) -> Option<&'static Call> {
    CALLS.iter().find(|call| call.operation == operation)
}

/// The call whose answer is an object of `kind` itself.
pub(crate) fn answering_with(kind: Kind) -> Option<&'static Call> {
    CALLS.iter().find(|call| call.whole() == Some(kind))
}

/// botocore's name of a service that is called otherwise elsewhere.
fn service_name(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let name = name.split_once(".amazonaws").map_or(name.as_str(), |(name, _)| name);
    match name {
        "elasticloadbalancing" | "elasticloadbalancingv2" | "elb-v2" => "elbv2",
        "elasticfilesystem" => "efs",
        "monitoring" => "cloudwatch",
        "servicequotas" => "service-quotas",
        "applicationautoscaling" => "application-autoscaling",
        "cloudwatchlogs" => "logs",
        other => other,
    }
    .to_owned()
}

/// `DescribeTasks`, `describe_tasks` and `describe-tasks` as the CLI writes it.
pub(crate) fn kebab(name: &str) -> String {
    let mut kebab = String::with_capacity(name.len() + 4);
    let mut after_lowercase = false;
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && after_lowercase {
            kebab.push('-');
        }
        after_lowercase = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        kebab.push(match letter {
            '_' | '.' | ':' | ' ' => '-',
            letter => letter.to_ascii_lowercase(),
        });
    }
    kebab
}

/// The call that a document's or file's name begins with: `get-role-policy-task.json` is `get-role-policy`.
pub(crate) fn of_name(name: &str) -> Option<&'static Call> {
    split_name(name).map(|(call, _)| call)
}

/// The call that a name begins with, and the user's words after it: `task` of `get-role-policy-task.json`.
pub(crate) fn split_name(name: &str) -> Option<(&'static Call, String)> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let endings = [".json", ".ndjson", ".jsonl", ".txt", ".yaml", ".yml", ".log"];
    let name = endings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    let kebab = kebab(name);
    // Every command is of two words at least.
    let kebab = Some(kebab.strip_prefix("aws-").unwrap_or(&kebab)).filter(|name| name.contains('-'))?;
    let matching = |call: &&'static Call| {
        let name = kebab.strip_prefix(call.service).and_then(|rest| rest.strip_prefix('-')).unwrap_or(kebab);
        let rest = name.strip_prefix(call.command)?;
        (!rest.starts_with(|next: char| next.is_ascii_alphabetic()))
            .then(|| rest.trim_start_matches('-').to_owned())
    };
    // The longest command; of two services' commands of one name the one that stands first.
    let call =
        CALLS.iter().rev().filter(|call| matching(call).is_some()).max_by_key(|call| call.command.len())?;
    Some((call, matching(&call)?))
}

/// What every answer of ECS may also hold.
const FAILURES: (&str, Kind) = ("failures", Kind::Failure);

/// A member of an answer.
pub(crate) struct Part {
    pub(crate) call: &'static Call,
    pub(crate) kind: Kind,
    /// Pointers of the objects, from the answer.
    pub(crate) places: Vec<String>,
    path: &'static str,
    /// The member as it is written.
    pub(crate) key: String,
    score: usize,
}

impl Call {
    /// Whether an object has a member of this call's answer, with something in it that may be meant.
    pub(crate) fn is_answered_by(&'static self, members: &Map<String, Value>) -> bool {
        self.members().iter().any(|(path, kind)| part(members, self, path, *kind, true).is_some())
    }
}

/// The members of an object that answers are made of; none when it is no answer.
///
/// Members that several calls have in common are told apart by the `known` call, or else by how well what
/// they hold is understood.
pub(crate) fn parts_of(members: &Map<String, Value>, known: Option<&'static Call>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for call in CALLS {
        let asked = known.is_some_and(|known| std::ptr::eq(known, call));
        for (path, kind) in call.members() {
            let is_known = !asked && parts.iter().any(|part| part.path == *path && part.kind == *kind);
            let Some(part) = (if is_known { None } else { part(members, call, path, *kind, asked) }) else {
                continue;
            };
            match parts.iter_mut().find(|found| found.key == part.key) {
                Some(found) if found.score >= part.score => {}
                Some(found) => *found = part,
                None => parts.push(part),
            }
        }
    }
    // `failures` alone is the answer to a call that found nothing.
    if !parts.iter().any(|part| part.key.eq_ignore_ascii_case(FAILURES.0)) || only_empty_failures(&parts) {
        let call = parts.iter().map(|part| part.call).find(|call| call.service == "ecs").or(known);
        if let Some(part) = part(members, call.unwrap_or(&CALLS[0]), FAILURES.0, FAILURES.1, false) {
            parts.retain(|other| other.key != part.key);
            parts.push(part);
        }
    }
    parts
}

/// An empty `failures` says nothing about the service.
fn only_empty_failures(parts: &[Part]) -> bool {
    parts.iter().all(|part| {
        part.call.service == "ecs" || part.key.eq_ignore_ascii_case(FAILURES.0) && part.score == 0
    })
}

fn part(
    members: &Map<String, Value>,
    call: &'static Call,
    path: &'static str,
    kind: Kind,
    asked: bool,
) -> Option<Part> {
    /// More than the number of members of any view.
    const ASKED: usize = 1_000;
    let (key, found) = places(members, path)?;
    let shape = kind.shape();
    // What the first that is understood is, the others are too.
    let likeness = found.iter().map(|(_, value)| shape.likeness(value)).find(|likeness| *likeness > 0);
    let fits = found.is_empty()
        || likeness.is_some()
        || asked && found.iter().any(|(_, value)| fits_type(shape, value));
    fits.then(|| Part {
        call,
        kind,
        path,
        places: found.into_iter().map(|(pointer, _)| pointer).collect(),
        key,
        score: likeness.unwrap_or(0) + if asked { ASKED } else { 0 },
    })
}

fn fits_type(shape: &Shape, value: &Value) -> bool {
    match shape {
        Shape::Text => value.is_string(),
        _ => value.is_object(),
    }
}

/// What stands at a path of members, lists opened: the first member as it is written, and each place.
fn places<'v>(members: &'v Map<String, Value>, path: &str) -> Option<(String, Vec<(String, &'v Value)>)> {
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    let (key, value) = entry(members, first)?;
    let mut found = opened(join("", key), value);
    for step in rest.split('/').filter(|step| !step.is_empty()) {
        found = found
            .into_iter()
            .filter_map(|(pointer, value)| {
                let (key, value) = member(value, step)?;
                Some(opened(join(&pointer, key), value))
            })
            .flatten()
            .collect();
    }
    Some((key.to_owned(), found))
}

fn opened(pointer: String, value: &Value) -> Vec<(String, &Value)> {
    match value {
        Value::Array(values) => {
            values.iter().enumerate().map(|(index, value)| (format!("{pointer}/{index}"), value)).collect()
        }
        Value::Null => Vec::new(),
        value => vec![(pointer, value)],
    }
}

/// Exact key, or the same with its first letter in the other case; `null` counts as present.
fn entry<'v>(members: &'v Map<String, Value>, key: &str) -> Option<(&'v str, &'v Value)> {
    let present = |key: &str| members.get_key_value(key);
    let found = present(key).or_else(|| with_first_letter_swapped(key, present));
    found.map(|(key, value)| (key.as_str(), value))
}

/// A member with the name of an answer's, but with something else in it.
#[derive(Debug)]
pub(crate) struct Suspect {
    pub(crate) pointer: String,
    pub(crate) expected: &'static str,
    pub(crate) found: &'static str,
}

/// Why an object that has an answer's member is none, for an error message.
pub(crate) fn suspect(members: &Map<String, Value>) -> Option<Suspect> {
    CALLS.iter().flat_map(|call| call.members()).find_map(|(path, kind)| {
        let (_, found) = places(members, path)?;
        let (pointer, value) = found.into_iter().next()?;
        let (expected, found) = match (kind.shape(), value) {
            (Shape::Text, value) => ("text", kind_of(value)),
            (_, Value::Object(_)) => ("an object with members that are read", "an object with none of them"),
            (_, value) => ("an object or a list of objects", kind_of(value)),
        };
        Some(Suspect { pointer, expected, found })
    })
}
