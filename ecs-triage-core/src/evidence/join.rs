//! Joins answers that do not name what was asked with what they are about.
//!
//! `ListRolePolicies` names no role, `GetPolicyVersion` no policy. What an answer is about is taken from the
//! request, from the answer itself, from the document's name, or is the only thing that it can be about. It
//! is never guessed: an answer that could be about several things is about none, and a problem says so.

use serde_json::Value;

use super::answer::Answer;
use super::batch::Job;
use super::calls::kebab;
use super::cloudwatch::MetricDataResult;
use super::iam::{AttachedPolicy, InstanceProfile, Policy, PolicyDocument, PolicyVersion, Role, RolePolicy};
use super::text::InlinePolicyName;
use super::{Evidence, Kind, Node, Read, ec2, ecs, efs, elbv2, kms};
use crate::error::Problem;

/// A list that AWS gave, perhaps in part.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Listed<T> {
    /// What was listed.
    pub entries: Vec<T>,
    /// Whether there is no more: every page was fetched.
    pub is_complete: bool,
}

/// The inline policies of a role.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct InlinePolicies<'e> {
    /// The policies that were fetched.
    pub policies: Vec<RolePolicy<'e>>,
    /// Names of policies that exist but were not fetched.
    pub not_fetched: Vec<&'e str>,
    /// Whether all names are known. What was not fetched is missing nevertheless.
    pub is_complete: bool,
}

/// A call whose answer does not name what was asked.
struct Unnamed {
    service: &'static str,
    operation: &'static str,
    /// The parameter that names it.
    param: &'static str,
    /// What it is, for a message.
    noun: &'static str,
}

const fn unnamed(
    service: &'static str,
    operation: &'static str,
    param: &'static str,
    noun: &'static str,
) -> Unnamed {
    Unnamed { service, operation, param, noun }
}

static UNNAMED: &[Unnamed] = &[
    unnamed("iam", "ListAttachedRolePolicies", "RoleName", "role"),
    unnamed("iam", "ListRolePolicies", "RoleName", "role"),
    unnamed("iam", "GetPolicyVersion", "PolicyArn", "policy"),
    unnamed("ec2", "GetManagedPrefixListEntries", "PrefixListId", "prefix list"),
    unnamed("elbv2", "DescribeTargetHealth", "TargetGroupArn", "target group"),
    unnamed("elbv2", "DescribeTargetGroupAttributes", "TargetGroupArn", "target group"),
    unnamed("efs", "DescribeMountTargetSecurityGroups", "MountTargetId", "mount target"),
    unnamed("kms", "GetKeyPolicy", "KeyId", "key"),
    unnamed("s3", "GetBucketPolicy", "Bucket", "bucket"),
    unnamed("s3", "GetBucketLocation", "Bucket", "bucket"),
];

/// What a role is called, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct RoleName {
    name: Option<String>,
    arn: Option<String>,
    document: usize,
    pointer: String,
}

/// Something that an answer can be about, and what the name of the document that names it says.
struct Subject {
    name: String,
    label: Option<String>,
}

impl Evidence {
    /// The answers to an operation, in the order in which they were added.
    pub fn answers_of(&self, service: &str, operation: &str) -> impl Iterator<Item = Answer<'_>> {
        let answers = self.by_operation.get(operation).into_iter().flatten();
        answers.map(|index| Answer::new(self, *index)).filter(move |answer| answer.service() == service)
    }

    /// The answer to an operation about one thing: the newest, when it was asked more than once.
    ///
    /// `param` is the parameter that names the thing, with botocore's name; ARN and name of one thing are
    /// the same. The answer may be an error.
    ///
    /// ```
    /// use ecs_triage_core::{Evidence, evidence::Request};
    /// let mut evidence = Evidence::new();
    /// let request = Request::new("iam", "GetRole", serde_json::json!({"RoleName": "web"}));
    /// evidence.add_failure(&request, "NoSuchEntity", "The role with name web cannot be found.")?;
    /// let answer = evidence.answer_to("iam", "GetRole", "RoleName", "arn:aws:iam::111122223333:role/web").unwrap();
    /// assert_eq!(answer.error().unwrap().code(), Some("NoSuchEntity"));
    /// # Ok::<(), ecs_triage_core::EvidenceError>(())
    /// ```
    pub fn answer_to(&self, service: &str, operation: &str, param: &str, value: &str) -> Option<Answer<'_>> {
        self.all_answers_to(service, operation, param, value).pop()
    }

    fn all_answers_to(&self, service: &str, operation: &str, param: &str, value: &str) -> Vec<Answer<'_>> {
        let is_about = |answer: &Answer<'_>| match asked(answer, param) {
            Some(name) => is_same(name, value),
            None => match self.subject(answer, param) {
                Some(subject) => is_same(&subject, value),
                // Errors name what they are about in their message.
                None => {
                    answer.error().and_then(|error| error.message()).is_some_and(|text| names(text, value))
                }
            },
        };
        self.answers_of(service, operation).filter(is_about).collect()
    }

    /// The role of that name or ARN.
    pub fn role(&self, name_or_arn: &str) -> Option<Role<'_>> {
        let is_it = |role: &&RoleName| match (role.arn.as_deref(), role.name.as_deref()) {
            (Some(arn), _) if name_or_arn.starts_with("arn:") => arn == name_or_arn,
            (arn, name) => name.or(arn).is_some_and(|name| is_same(name, name_or_arn)),
        };
        let role = self.role_names().iter().rfind(is_it)?;
        Role::read(&self.node_at(role.document, &role.pointer))
    }

    fn role_names(&self) -> &[RoleName] {
        self.role_names.get_or_init(|| {
            let of_profiles = self.items_of(Kind::InstanceProfile).flat_map(|item| {
                let profile = InstanceProfile::read(&self.node(item));
                profile.into_iter().flat_map(|profile| profile.roles()).map(|role| (item.document, role))
            });
            let items = self.items_of(Kind::Role);
            let roles = items.filter_map(|item| Some((item.document, Role::read(&self.node(item))?)));
            let named = |(document, role): (usize, Role<'_>)| RoleName {
                name: role.role_name().map(str::to_owned),
                arn: role.arn().map(str::to_owned),
                document,
                pointer: role.node().pointer().to_owned(),
            };
            of_profiles.chain(roles).map(named).collect()
        })
    }

    fn roles(&self) -> impl Iterator<Item = Role<'_>> {
        let of_profiles = self.all::<InstanceProfile<'_>>().flat_map(|profile| profile.roles());
        of_profiles.chain(self.all())
    }

    /// The trust policy of a role: who may assume it.
    pub fn trust_policy(&self, role: &str) -> Option<Node<'_>> {
        if let Some(document) = self.role(role).and_then(|role| role.assume_role_policy_document()) {
            return self.decoded(&document);
        }
        // A policy that stands on its own, when it and the role are the only ones.
        let mut policies = self.nameless_trust_policies();
        let (policy, 1) = (policies.pop()?, policies.len() + 1) else {
            return None;
        };
        match self.subjects("RoleName").as_slice() {
            [only] if is_same(&only.name, role) => Some(policy),
            _ => None,
        }
    }

    /// Every trust policy at hand, with the name or ARN of its role where that is known.
    pub fn trust_policies(&self) -> Vec<(Option<&str>, Node<'_>)> {
        let named = self.roles().filter_map(|role| {
            let name = role.role_name().or(role.arn())?;
            Some((Some(name), self.decoded(&role.assume_role_policy_document()?)?))
        });
        named.chain(self.nameless_trust_policies().into_iter().map(|policy| (None, policy))).collect()
    }

    /// Trust policies that do not say whose they are.
    fn nameless_trust_policies(&self) -> Vec<Node<'_>> {
        let of_roles =
            self.all::<Role<'_>>().filter(|role| role.arn().is_none() && role.role_name().is_none());
        let of_roles = of_roles.filter_map(|role| self.decoded(&role.assume_role_policy_document()?));
        let bare = self.all::<PolicyDocument<'_>>().map(|policy| policy.node().clone());
        of_roles.chain(bare.filter(is_trust_policy)).collect()
    }

    /// The managed policies of a role; `None` when they were not fetched.
    pub fn attached_policies(&self, role: &str) -> Option<Listed<AttachedPolicy<'_>>> {
        let pages = self.pages("ListAttachedRolePolicies", role);
        let mut listed = listed_in(&pages);
        if let Some(detail) =
            self.role(role).filter(|role| role.node().get("AttachedManagedPolicies").is_some())
        {
            let entries = detail.attached_managed_policies();
            listed = Some(Listed { entries, is_complete: true });
        }
        listed
    }

    /// The inline policies of a role; `None` when none was fetched and their names were not either.
    pub fn inline_policies(&self, role: &str) -> Option<InlinePolicies<'_>> {
        if let Some(detail) = self.role(role).filter(|role| role.node().get("RolePolicyList").is_some()) {
            let policies = detail.role_policy_list();
            return Some(InlinePolicies { policies, not_fetched: Vec::new(), is_complete: true });
        }
        let names: Option<Listed<InlinePolicyName<'_>>> = listed_in(&self.pages("ListRolePolicies", role));
        let mut policies: Vec<RolePolicy<'_>> = Vec::new();
        for policy in self.all::<RolePolicy<'_>>() {
            let is_of_role = policy.role_name().is_some_and(|name| is_same(name, role));
            if is_of_role && !policies.iter().any(|other| other.policy_name() == policy.policy_name()) {
                policies.push(policy);
            }
        }
        if names.is_none() && policies.is_empty() {
            return None;
        }
        let is_complete = names.as_ref().is_some_and(|names| names.is_complete);
        let names = names.into_iter().flat_map(|names| names.entries).map(|name| name.text());
        let is_missing = |name: &&str| !policies.iter().any(|policy| policy.policy_name() == Some(*name));
        let not_fetched = names.filter(is_missing).collect();
        Some(InlinePolicies { policies, not_fetched, is_complete })
    }

    /// The policy document of a managed policy in the version that is in force, decoded.
    pub fn policy_document(&self, policy_arn: &str) -> Option<Node<'_>> {
        let of_details = self.all::<Policy<'_>>().filter(|policy| policy.arn() == Some(policy_arn));
        let of_details = of_details.flat_map(|policy| policy.policy_version_list());
        let answers = self.all_answers_to("iam", "GetPolicyVersion", "PolicyArn", policy_arn);
        let versions = of_details.chain(answers.iter().flat_map(|answer| answer.all::<PolicyVersion<'_>>()));
        let policies = self.all::<Policy<'_>>().filter(|policy| policy.arn() == Some(policy_arn));
        let default = policies.filter_map(|policy| policy.default_version_id()).last();
        let is_in_force = |version: &PolicyVersion<'_>| {
            let is_default = default.is_none() || version.version_id().is_none_or(|id| Some(id) == default);
            is_default && version.is_default_version() != Some(false)
        };
        let in_force = versions.filter(is_in_force).last()?;
        self.decoded(&in_force.document()?)
    }

    /// The answer to `GetMetricStatistics` for a metric and the value of one of its dimensions.
    ///
    /// An answer that was not recorded with its request is taken to be about the only service at hand.
    pub fn metric(&self, metric: &str, dimension: &str, value: &str) -> Option<Answer<'_>> {
        let answers =
            self.answers_of("cloudwatch", "GetMetricStatistics").filter(|answer| answer.error().is_none());
        let answers: Vec<_> = answers.filter(|answer| label_or_name(answer) == Some(metric)).collect();
        let asked = answers.iter().rev().find(|answer| {
            answer
                .request()
                .is_some_and(|request| has_dimension(request.params.get("Dimensions"), dimension, value))
        });
        let mut open = answers.iter().filter(|answer| answer.request().is_none_or(|r| r.params.is_null()));
        let only = match (open.next(), open.next()) {
            (only, None) if dimension == "ServiceName" && self.only_service() == Some(value) => only,
            _ => None,
        };
        asked.or(only).copied()
    }

    /// The series of `GetMetricData` for a metric and the value of one of its dimensions.
    ///
    /// An answer names its series by the ids of the request; without it, as [`Evidence::metric`].
    pub fn metric_data(&self, metric: &str, dimension: &str, value: &str) -> Option<MetricDataResult<'_>> {
        let is_asked = |query: &Value, series: &MetricDataResult<'_>| {
            let of = |key: &str| query.pointer(&format!("/MetricStat/Metric/{key}"));
            query.get("Id").and_then(Value::as_str) == series.id()
                && of("MetricName").and_then(Value::as_str) == Some(metric)
                && has_dimension(of("Dimensions"), dimension, value)
        };
        let mut open = Vec::new();
        for (series, request) in self.answers::<MetricDataResult<'_>>() {
            let queries = request.and_then(|request| request.params.get("MetricDataQueries")?.as_array());
            match queries {
                Some(queries) if queries.iter().any(|query| is_asked(query, &series)) => return Some(series),
                None if series.label() == Some(metric) => open.push(series),
                _ => {}
            }
        }
        let is_only = open.len() == 1 && dimension == "ServiceName" && self.only_service() == Some(value);
        if is_only { open.pop() } else { None }
    }

    /// The name of the only service at hand.
    fn only_service(&self) -> Option<&str> {
        let mut names = self.all::<ecs::Service<'_>>().filter_map(|service| service.service_name());
        let first = names.next()?;
        names.all(|name| name == first).then_some(first)
    }

    /// The AWS Batch job of which a task is an attempt.
    pub fn job_of(&self, task: &ecs::Task<'_>) -> Option<Job<'_>> {
        let holds = |job: &Job<'_>| {
            let rest = task.node().pointer().strip_prefix(job.node().pointer());
            std::ptr::eq(job.node().document(), task.node().document())
                && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.all::<Job<'_>>().find(holds)
    }

    /// Answers that do not say what they are about where more than one thing is at hand.
    pub fn ambiguities(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for call in UNNAMED {
            for answer in self.answers_of(call.service, call.operation) {
                if answer.error().is_some() || self.subject(&answer, call.param).is_some() {
                    continue;
                }
                let node = answer.node();
                let message = format!(
                    "the answer to {} does not name its {noun}, and it could be about more than one {noun} or \
                     none is known: record the call with its `{}`, or put the {noun}'s name after the command \
                     in the file's name",
                    call.operation,
                    call.param,
                    noun = call.noun,
                );
                let document = node.document();
                let pointer = document.outer_pointer(node.pointer());
                problems.push(Problem::note(document.name(), &pointer, message));
            }
        }
        problems.extend(self.nameless_lines());
        problems
    }

    fn pages(&self, operation: &str, role: &str) -> Vec<Answer<'_>> {
        let answers = self.all_answers_to("iam", operation, "RoleName", role);
        answers.into_iter().filter(|answer| answer.error().is_none()).collect()
    }

    /// What an answer is about, as its parameter `param` would name it.
    fn subject(&self, answer: &Answer<'_>, param: &str) -> Option<String> {
        if let Some(name) = asked(answer, param) {
            return Some(name.to_owned());
        }
        if let Some(name) = self.named_in(answer, param) {
            return Some(name);
        }
        if answer.error().is_some() {
            return None;
        }
        let subjects = self.subjects(param);
        if let Some(label) = answer.label() {
            let mut labelled =
                subjects.iter().filter(|subject| is_labelled(subject, &label)).map(|subject| &subject.name);
            if let (Some(only), None) = (labelled.next(), labelled.next()) {
                return Some(only.clone());
            }
        }
        let told = match (answer.operation(), param) {
            ("ListRolePolicies", "RoleName") => self.role_with_policies_of(answer),
            ("GetPolicyVersion", "PolicyArn") => self.policy_with_version_of(answer),
            _ => None,
        };
        told.or_else(|| match subjects.as_slice() {
            // The only one; but two answers cannot both be all there is about it.
            [only] if self.is_alone(answer, param) => Some(only.name.clone()),
            _ => None,
        })
    }

    /// The name that an answer gives itself.
    fn named_in(&self, answer: &Answer<'_>, param: &str) -> Option<String> {
        let node = answer.node();
        let own = node.get(param).and_then(|name| name.value().as_str());
        let of_object = || match (answer.operation(), param) {
            ("GetRole", "RoleName") => answer.all::<Role<'_>>().next()?.role_name(),
            ("GetPolicy", "PolicyArn") => answer.all::<Policy<'_>>().next()?.arn(),
            ("DescribeKey", "KeyId") => answer.all::<kms::KeyMetadata<'_>>().next()?.arn(),
            (_, "SecretId") => node.get("ARN").and_then(|arn| arn.value().as_str()),
            _ => None,
        };
        own.or_else(of_object).map(str::to_owned)
    }

    /// The role that has all inline policies which an answer lists.
    fn role_with_policies_of(&self, answer: &Answer<'_>) -> Option<String> {
        let names: Vec<_> = answer.all::<InlinePolicyName<'_>>().map(|name| name.text()).collect();
        let policies = self.all::<RolePolicy<'_>>();
        let listed = policies.filter(|policy| policy.policy_name().is_some_and(|name| names.contains(&name)));
        only(listed.filter_map(|policy| policy.role_name().map(str::to_owned)))
    }

    /// The policy whose version in force is the one in an answer.
    fn policy_with_version_of(&self, answer: &Answer<'_>) -> Option<String> {
        let version = answer.all::<PolicyVersion<'_>>().next()?;
        let is_it = |policy: &Policy<'_>| {
            // A policy tells when its newest version was made.
            let made = (policy.update_date(), version.create_date());
            policy.default_version_id() == version.version_id()
                && !matches!(made, (Some(policy), Some(version)) if policy < version)
        };
        let is_newest = |policy: &Policy<'_>| policy.update_date() == version.create_date();
        let policies = || self.all::<Policy<'_>>().filter(is_it);
        let arn = |policy: Policy<'_>| policy.arn().map(str::to_owned);
        only(policies().filter_map(arn))
            .or_else(|| only(policies().filter(is_newest).filter_map(arn)))
            .filter(|arn| self.is_only_version(answer, arn))
    }

    /// Whether no other answer can be the version of that policy.
    fn is_only_version(&self, answer: &Answer<'_>, policy_arn: &str) -> bool {
        let version = answer.all::<PolicyVersion<'_>>().next();
        let key = |version: Option<&PolicyVersion<'_>>| {
            version.map(|version| (version.version_id().map(str::to_owned), version.create_date()))
        };
        let rivals = self.answers_of("iam", "GetPolicyVersion").filter(|other| {
            let asked = other.request().and_then(|request| request.param("PolicyArn"));
            asked.is_none_or(|arn| arn == policy_arn)
                && key(other.all::<PolicyVersion<'_>>().next().as_ref()) == key(version.as_ref())
        });
        rivals.count() == 1
    }

    /// Whether no other answer to the same operation leaves open what it is about.
    fn is_alone(&self, answer: &Answer<'_>, param: &str) -> bool {
        let is_open = |other: &Answer<'_>| {
            other.request().and_then(|request| request.param(param)).is_none()
                && self.named_in(other, param).is_none()
        };
        self.answers_of(answer.service(), answer.operation()).filter(is_open).count() == 1
    }

    /// What an answer with such a parameter can be about.
    fn subjects(&self, param: &str) -> Vec<Subject> {
        let mut subjects = Subjects::default();
        for request in self.documents.iter().flat_map(|document| document.requests()) {
            subjects.add(request.param(param), None);
        }
        match param {
            "RoleName" => {
                for role in self.roles() {
                    subjects.add(role.role_name().or(role.arn()), Some(role.node()));
                }
                for policy in self.all::<RolePolicy<'_>>() {
                    subjects.add(policy.role_name(), Some(policy.node()));
                }
                if subjects.found.is_empty() {
                    self.add_roles_in_use(&mut subjects);
                }
            }
            "PolicyArn" => {
                for policy in self.all::<Policy<'_>>() {
                    subjects.add(policy.arn(), Some(policy.node()));
                }
                for policy in self.all::<AttachedPolicy<'_>>() {
                    subjects.add(policy.policy_arn(), None);
                }
            }
            "TargetGroupArn" => {
                for group in self.all::<elbv2::TargetGroup<'_>>() {
                    subjects.add(group.target_group_arn(), Some(group.node()));
                }
                for balancer in self.all::<ecs::Service<'_>>().flat_map(|service| service.load_balancers()) {
                    subjects.add(balancer.target_group_arn(), None);
                }
            }
            "PrefixListId" => {
                for list in self.all::<ec2::ManagedPrefixList<'_>>() {
                    subjects.add(list.prefix_list_id(), Some(list.node()));
                }
            }
            "MountTargetId" => {
                for target in self.all::<efs::MountTarget<'_>>() {
                    subjects.add(target.mount_target_id(), Some(target.node()));
                }
            }
            "KeyId" => {
                for key in self.all::<kms::KeyMetadata<'_>>() {
                    subjects.add(key.arn().or(key.key_id()), Some(key.node()));
                }
            }
            "Bucket" => {
                for definition in self.all::<ecs::TaskDefinition<'_>>() {
                    let files =
                        definition.container_definitions().into_iter().flat_map(|c| c.environment_files());
                    for file in files {
                        subjects.add(file.value().and_then(bucket_of), None);
                    }
                }
            }
            _ => {}
        }
        subjects.found
    }

    /// The roles that tasks have.
    fn add_roles_in_use(&self, subjects: &mut Subjects) {
        for definition in self.all::<ecs::TaskDefinition<'_>>() {
            subjects.add(definition.execution_role_arn(), None);
            subjects.add(definition.task_role_arn(), None);
        }
        for overrides in self.all::<ecs::Task<'_>>().filter_map(|task| task.overrides()) {
            subjects.add(overrides.execution_role_arn(), None);
            subjects.add(overrides.task_role_arn(), None);
        }
    }
}

#[derive(Default)]
struct Subjects {
    found: Vec<Subject>,
}

impl Subjects {
    fn add(&mut self, name: Option<&str>, node: Option<&Node<'_>>) {
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return;
        };
        let label =
            node.and_then(|node| super::calls::split_name(node.document().name())).map(|(_, label)| label);
        let label = label.filter(|label| !label.is_empty());
        match self.found.iter_mut().find(|found| is_same(&found.name, name)) {
            Some(found) => found.label = found.label.take().or(label),
            None => self.found.push(Subject { name: name.to_owned(), label }),
        }
    }
}

/// The metric of an answer: as it was asked, else its label, which is the same.
fn label_or_name<'e>(answer: &Answer<'e>) -> Option<&'e str> {
    let asked = answer.request().and_then(|request| request.param("MetricName"));
    asked.or_else(|| answer.node().get("Label")?.value().as_str())
}

fn has_dimension(dimensions: Option<&Value>, name: &str, value: &str) -> bool {
    let text = |dimension: &Value, key: &str, wanted: &str| {
        dimension.get(key).and_then(Value::as_str) == Some(wanted)
    };
    let is_it = |dimension: &Value| text(dimension, "Name", name) && text(dimension, "Value", value);
    dimensions.and_then(Value::as_array).is_some_and(|dimensions| dimensions.iter().any(is_it))
}

/// Whether a document's label is the subject's name, or the label of the document that names it.
fn is_labelled(subject: &Subject, label: &str) -> bool {
    kebab(last_part(&subject.name)) == label || subject.label.as_deref() == Some(label)
}

/// What was asked for by that parameter.
fn asked<'e>(answer: &Answer<'e>, param: &str) -> Option<&'e str> {
    answer.request()?.param(param)
}

/// Whether two names, or a name and an ARN, are of one thing. Two ARNs must be equal.
fn is_same(one: &str, other: &str) -> bool {
    match (one.starts_with("arn:"), other.starts_with("arn:")) {
        (true, true) | (false, false) => one == other,
        (true, false) => last_part(one) == other || secret_name(one) == Some(other),
        (false, true) => is_same(other, one),
    }
}

/// The name in the ARN of a secret, which ends in six characters that are not part of it.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html>
fn secret_name(arn: &str) -> Option<&str> {
    let (_, name) = arn.split_once(":secret:")?;
    let (name, random) = name.rsplit_once('-')?;
    (random.len() == 6).then_some(name)
}

/// What follows the path in an ARN; a name is itself.
fn last_part(name: &str) -> &str {
    if name.starts_with("arn:") { name.rsplit('/').next().unwrap_or(name) } else { name }
}

/// Whether a text has the name as a word.
fn names(text: &str, name: &str) -> bool {
    let name = last_part(name);
    if name.is_empty() {
        return false;
    }
    let is_part =
        |next: char| next.is_ascii_alphanumeric() || matches!(next, '-' | '_' | '+' | '=' | '.' | '@');
    text.match_indices(name).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let mut after = text[start + name.len()..].chars();
        let after = match after.next() {
            // The end of a sentence.
            Some('.') => after.next(),
            next => next,
        };
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// The bucket in the ARN of an object.
fn bucket_of(arn: &str) -> Option<&str> {
    let path = arn.splitn(6, ':').nth(5)?;
    path.split('/').next()
}

/// A policy that lets somebody assume a role.
fn is_trust_policy(policy: &Node<'_>) -> bool {
    let statements = policy.get("Statement").map(|statements| statements.elements()).unwrap_or_default();
    statements.iter().any(|statement| {
        let actions =
            statement.get("Action").map(|actions| actions.each().collect::<Vec<_>>()).unwrap_or_default();
        let assumes = |action: &Node<'_>| {
            action
                .value()
                .as_str()
                .is_some_and(|action| action.to_ascii_lowercase().starts_with("sts:assumerole"))
        };
        statement.get("Principal").is_some() && actions.iter().any(assumes)
    })
}

/// What the pages of a list hold together; `None` without a page.
fn listed_in<'e, V: super::View<'e>>(pages: &[Answer<'e>]) -> Option<Listed<V>> {
    let last = pages.iter().any(|page| !page.is_cut());
    let first = pages.iter().any(|page| !page.is_later_page());
    let entries = pages.iter().flat_map(|page| page.all()).collect();
    (!pages.is_empty()).then_some(Listed { entries, is_complete: first && last })
}

/// The only distinct value.
fn only(mut names: impl Iterator<Item = String>) -> Option<String> {
    let first = names.next()?;
    names.all(|name| name == first).then_some(first)
}
