//! The other side of a permission: the policies of resources and of VPC endpoints.

use serde_json::{Value, json};

use crate::arn::Arn;
use crate::evidence::ec2::VpcEndpoint;
use crate::evidence::{Answer, Evidence, Node, Request};
use crate::iam::{
    Evaluation, Layer, Policies, Policy, PolicyDocument, Principal, Resource, RolePolicies, role_context,
};

/// How a resource's policy is called where its statements are named.
pub(crate) const LABEL: &str = "the resource's own policy";

/// The policy of a resource, as far as the evidence tells.
#[derive(Debug, Default)]
pub(crate) struct ResourcePolicy<'e> {
    /// What the engine may know of it.
    pub(crate) layer: Layer,
    /// The policy, or the answer that there is none.
    pub(crate) place: Option<Node<'e>>,
    /// The call that shows it.
    pub(crate) ask: Option<(Request, String)>,
}

/// The policy that the owner of a resource has put on it. `account` is that of the caller.
pub(crate) fn resource_policy<'e>(
    evidence: &'e Evidence,
    action: &str,
    arn: &str,
    account: Option<&str>,
) -> ResourcePolicy<'e> {
    let parts = Arn::from(arn);
    let name = parts.resource_id().unwrap_or_default();
    let (operation, params) = match action.split(':').next().unwrap_or_default() {
        "ecr" if arn != "*" => {
            ("GetRepositoryPolicy", json!({ "registryId": parts.account(), "repositoryName": name }))
        }
        "secretsmanager" => ("GetResourcePolicy", json!({ "SecretId": arn })),
        "kms" if !name.is_empty() => ("GetKeyPolicy", json!({ "KeyId": arn, "PolicyName": "default" })),
        "s3" => ("GetBucketPolicy", json!({ "Bucket": bucket(arn) })),
        "elasticfilesystem" => ("DescribeFileSystemPolicy", json!({ "FileSystemId": name })),
        // A parameter is shared with other accounts alone.
        "ssm" if parts.account() != account => return ResourcePolicy::default(),
        "ssm" | "logs" | "ec2" | "iam" | "elasticloadbalancing" => {
            return ResourcePolicy { layer: Layer::NotInForce, ..ResourcePolicy::default() };
        }
        _ => return ResourcePolicy::default(),
    };
    let service = match action.split(':').next() {
        Some("elasticfilesystem") => "efs",
        service => service.unwrap_or_default(),
    };
    let answer = match service {
        "ecr" => repository_answer(evidence, parts.account(), name),
        "secretsmanager" => evidence.answer_to(service, operation, "SecretId", arn),
        "kms" => evidence.answer_to(service, operation, "KeyId", arn),
        "s3" => evidence.answer_to(service, operation, "Bucket", bucket(arn)),
        _ => evidence.answer_to(service, operation, "FileSystemId", name),
    };
    let why = "shows whether the resource's own policy lets the role in".to_owned();
    let ask = Some((Request::new(service, operation, params), why));
    let Some(answer) = answer else { return ResourcePolicy { ask, ..ResourcePolicy::default() } };
    let (layer, place) = read(evidence, service, &answer);
    ResourcePolicy { layer, place, ask }
}

/// The bucket of an object's ARN.
fn bucket(arn: &str) -> &str {
    arn.rsplit(':').next().and_then(|path| path.split('/').next()).unwrap_or(arn)
}

fn repository_answer<'e>(evidence: &'e Evidence, account: Option<&str>, name: &str) -> Option<Answer<'e>> {
    let named = |answer: &Answer<'e>, key: &str| {
        let own = answer.node().get(key).and_then(|found| found.value().as_str().map(str::to_owned));
        own.or_else(|| answer.request().and_then(|request| request.param(key)).map(str::to_owned))
    };
    let is_it = |answer: &Answer<'e>| {
        named(answer, "repositoryName").as_deref() == Some(name)
            && named(answer, "registryId").is_none_or(|id| Some(id.as_str()) == account)
    };
    evidence.answers_of("ecr", "GetRepositoryPolicy").filter(is_it).last()
}

fn read<'e>(evidence: &'e Evidence, service: &str, answer: &Answer<'e>) -> (Layer, Option<Node<'e>>) {
    if let Some(error) = answer.error() {
        let code = error.code().unwrap_or_default();
        let is_none = code.contains("PolicyNotFound") || code == "NoSuchBucketPolicy";
        let layer = match service {
            _ if !is_none => Layer::Unseen,
            // Without a policy of its own a file system lets every client in.
            // https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
            "efs" => open_to_all("elasticfilesystem:Client*"),
            _ => Layer::NotInForce,
        };
        return (layer, is_none.then(|| answer.node()));
    }
    let Some(text) = answer.node().get_any(&["policyText", "ResourcePolicy", "Policy"]) else {
        // Secrets Manager alone names the resource and leaves the policy out; the others end in an error.
        return match answer.node().get_any(&["ARN", "Name"]) {
            Some(_) if service == "secretsmanager" => (Layer::NotInForce, Some(answer.node())),
            _ => (Layer::Unseen, None),
        };
    };
    match evidence.decoded(&text).and_then(|node| Some((PolicyDocument::parse(node.value()).ok()?, node))) {
        Some((document, node)) => (Layer::Supplied(vec![Policy::new(LABEL, document)]), Some(node)),
        None => (Layer::NotSupplied, None),
    }
}

/// A policy that lets everybody take an action.
fn open_to_all(action: &str) -> Layer {
    let all = json!({ "Statement": [{
        "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": action, "Resource": "*",
    }]});
    PolicyDocument::parse(&all)
        .map_or(Layer::NotSupplied, |all| Layer::Supplied(vec![Policy::new(LABEL, all)]))
}

/// A key policy that leaves the decision to the policies of its account's roles, as the default one does.
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>
pub(crate) fn left_to_the_account<'e>(key: &str) -> ResourcePolicy<'e> {
    let arn = Arn::from(key);
    let root =
        format!("arn:{}:iam::{}:root", arn.partition().unwrap_or("aws"), arn.account().unwrap_or_default());
    let policy = json!({ "Statement": [{
        "Effect": "Allow", "Principal": { "AWS": root }, "Action": "kms:*", "Resource": "*",
    }]});
    let layer = PolicyDocument::parse(&policy)
        .map_or(Layer::NotSupplied, |policy| Layer::Supplied(vec![Policy::new(LABEL, policy)]));
    ResourcePolicy { layer, ..ResourcePolicy::default() }
}

/// Whether the owner of a resource lets a role in, whatever the role's own policies say.
pub(crate) fn lets_in(
    role: &str,
    action: &str,
    resource: Resource,
    owner: &ResourcePolicy<'_>,
) -> Option<Evaluation> {
    let others = Policies { resource: owner.layer.clone(), ..Policies::default() };
    allowed_everything(role, others, action, resource)
}

/// Whether the policy of a VPC endpoint lets a role's call through, whatever the role's own policies say. Gives
/// the policy with the answer.
pub(crate) fn lets_through<'e>(
    evidence: &'e Evidence,
    endpoint: &VpcEndpoint<'e>,
    role: &str,
    action: &str,
    resource: Resource,
) -> Option<(Evaluation, Node<'e>)> {
    let node = evidence.decoded(&endpoint.policy_document()?)?;
    let document = PolicyDocument::parse(node.value()).ok()?;
    let layer = Layer::Supplied(vec![Policy::new("the policy of the endpoint", document)]);
    let others = Policies { vpc_endpoint: layer, resource: open_to_all("*"), ..Policies::default() };
    Some((allowed_everything(role, others, action, resource)?, node))
}

/// Whether a managed policy of AWS allows an action, or does so under a condition that is not decided here.
pub(crate) fn may_allow(policy: &str, role: &str, action: &str, arn: &str) -> bool {
    let Some(role) = Principal::from_arn(role) else { return false };
    let owner = if action.starts_with("kms:") { left_to_the_account(arn).layer } else { Layer::Unseen };
    let policies = RolePolicies::new(role).inline([]).attached([Policy::managed(policy)]).others(Policies {
        boundary: Layer::NotInForce,
        resource: owner,
        ..Policies::default()
    });
    let resource = if arn == "*" { Resource::all() } else { Resource::arn(arn) };
    !policies.may(action, resource, &role_context(None)).is_denied()
}

fn allowed_everything(role: &str, others: Policies, action: &str, resource: Resource) -> Option<Evaluation> {
    let all: Value = json!({ "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] });
    let all = Policy::new("everything", PolicyDocument::parse(&all).ok()?);
    let policies = RolePolicies::new(Principal::from_arn(role)?)
        .inline([all])
        .attached([])
        .others(Policies { boundary: Layer::NotInForce, ..others });
    Some(policies.may(action, resource, &role_context(None)))
}
