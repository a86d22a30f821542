//! The two questions asked most: may this role do that, and may this service assume that role?

use serde_json::{Value, json};

use super::context::{Context, KeyState};
use super::document::PolicyDocument;
use super::evaluate::evaluate;
use super::evaluation::Evaluation;
use super::managed::managed_policy;
use super::policies::{Layer, Policies, Policy};
use super::principal::Principal;
use super::request::{Request, Resource};

/// What is known of a role's permissions.
///
/// A role has inline and attached policies, listed by two calls; as long as one of the lists is not given, policies
/// may be missing and the answer is unknown.
///
/// ```
/// use ecs_triage_core::iam::{Layer, Policies, Policy, Principal, Resource, RolePolicies, role_context};
///
/// let role = Principal::from_arn("arn:aws:iam::111122223333:role/ecsTaskExecutionRole").expect("a role");
/// let managed = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
/// let role = RolePolicies::new(role)
///     .inline([])
///     .attached([Policy::managed(managed)])
///     .others(Policies { boundary: Layer::NotInForce, ..Policies::default() });
/// let context = role_context(Some("eu-west-1"));
/// assert!(role.may("ecr:GetAuthorizationToken", Resource::all(), &context).is_allowed());
/// assert!(role.may("logs:CreateLogGroup", Resource::all(), &context).is_denied());
/// ```
#[derive(Debug, Clone)]
pub struct RolePolicies {
    principal: Principal,
    inline: Option<Vec<Policy>>,
    attached: Option<Vec<Policy>>,
    others: Policies,
}

impl RolePolicies {
    /// A role, of whose policies nothing is known yet.
    #[must_use]
    pub fn new(principal: Principal) -> Self {
        Self { principal, inline: None, attached: None, others: Policies::default() }
    }

    /// All inline policies (`ListRolePolicies`, `GetRolePolicy`).
    #[must_use]
    pub fn inline(mut self, policies: impl IntoIterator<Item = Policy>) -> Self {
        self.inline = Some(policies.into_iter().collect());
        self
    }

    /// All attached policies (`ListAttachedRolePolicies`), each in its default version.
    #[must_use]
    pub fn attached(mut self, policies: impl IntoIterator<Item = Policy>) -> Self {
        self.attached = Some(policies.into_iter().collect());
        self
    }

    /// The other policies in force, the permissions boundary among them; the identity layer is ignored.
    #[must_use]
    pub fn others(mut self, others: Policies) -> Self {
        self.others = others;
        self
    }

    /// Whether the role may perform the action (`service:Name`) on the resource.
    #[must_use]
    pub fn may(&self, action: &str, resource: Resource, context: &Context) -> Evaluation {
        let request = Request::new(self.principal.clone(), action, resource, context.clone());
        let policies = Policies { identity: self.identity(), ..self.others.clone() };
        evaluate(&request, &policies)
    }

    fn identity(&self) -> Layer {
        let list = |known: &Option<Vec<Policy>>, label| {
            known.clone().unwrap_or_else(|| vec![Policy::not_supplied(label)])
        };
        let mut policies = list(&self.inline, "inline policies");
        policies.extend(list(&self.attached, "attached policies"));
        Layer::Supplied(policies)
    }
}

impl Policy {
    /// An attached policy of which only the ARN is known: the built-in text of an AWS managed policy, otherwise a
    /// policy that was not supplied.
    #[must_use]
    pub fn managed(arn: &str) -> Self {
        match managed_policy(arn).and_then(|managed| PolicyDocument::parse(&managed.document).ok()) {
            Some(document) => Self::new(arn, document),
            None => Self::not_supplied(arn),
        }
    }
}

/// The context of a call that a task or the agent makes with a role, to a service in `region`.
#[must_use]
pub fn role_context(region: Option<&str>) -> Context {
    // The SDKs and the agent speak TLS.
    let context = Context::new().assume("aws:SecureTransport", KeyState::value("true"));
    match region {
        Some(region) => context.set("aws:RequestedRegion", KeyState::value(region)),
        None => context,
    }
}

/// An AWS service that assumes roles on behalf of an account's resources.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "these are the facts that ECS sends along")]
pub struct ServiceCaller {
    /// Service principal: `ecs-tasks.amazonaws.com` for task and execution roles, `ecs.amazonaws.com` for
    /// infrastructure roles.
    pub service: String,
    /// Partition of the task, such as `aws` or `aws-cn`.
    pub partition: String,
    /// Region of the task.
    pub region: Option<String>,
    /// Account of the task.
    pub account: Option<String>,
}

/// Whether a role's trust policy lets an AWS service in.
///
/// The service is taken to be ECS: `aws:SourceArn` is an ECS ARN of the task's Region and account, of which AWS
/// documents no more than that.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>
///
/// ```
/// use ecs_triage_core::iam::{PolicyDocument, ServiceCaller, trusts_service};
/// use serde_json::json;
///
/// let trust = PolicyDocument::parse(&json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
///     "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}))?;
/// let ecs = ServiceCaller {
///     service: "ecs-tasks.amazonaws.com".to_owned(),
///     partition: "aws".to_owned(),
///     region: Some("eu-west-1".to_owned()),
///     account: Some("111122223333".to_owned()),
/// };
/// assert!(trusts_service("ecsTaskExecutionRole", &trust, &ecs).is_denied());
/// # Ok::<(), ecs_triage_core::iam::PolicyError>(())
/// ```
#[must_use]
pub fn trusts_service(label: &str, trust: &PolicyDocument, caller: &ServiceCaller) -> Evaluation {
    let principal = Principal::service(&caller.service);
    let request = Request::new(principal, "sts:AssumeRole", Resource::all(), caller.context());
    let resource = Layer::Supplied(vec![Policy::new(label, trust.clone())]);
    evaluate(&request, &Policies { resource, ..Policies::default() })
}

impl ServiceCaller {
    /// What is known of the context of the service's `sts:AssumeRole`.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    fn context(&self) -> Context {
        let own_account = || KeyState::Foreign { own: self.account.clone() };
        let not_yours = || KeyState::Foreign { own: None };
        let mut context = Context::new()
            .set("aws:SecureTransport", KeyState::value("true"))
            // A service is no member of the customer's organization and carries no tags.
            .set("aws:PrincipalOrgID", KeyState::Absent)
            .set("aws:PrincipalOrgPaths", KeyState::Absent)
            .set_family("aws:PrincipalTag/", KeyState::Absent)
            .assume("aws:PrincipalArn", KeyState::Absent)
            .assume("sts:ExternalId", KeyState::Absent)
            .assume("sts:RoleSessionName", KeyState::Absent)
            .assume("aws:MultiFactorAuthPresent", KeyState::Absent)
            // The call comes from AWS's own network.
            .assume("aws:SourceIp", not_yours())
            .assume("aws:SourceVpc", KeyState::Absent)
            .assume("aws:SourceVpce", KeyState::Absent);
        if let Some(account) = &self.account {
            // The account in every request is the caller's, and which one a service has is not documented.
            context = context
                .set("aws:SourceAccount", KeyState::value(account))
                .assume("aws:PrincipalAccount", own_account());
            if let Some(region) = &self.region {
                context = context.set("aws:SourceArn", self.source_arn(region, account));
            }
        }
        context
    }

    /// AWS says to name no cluster here; that the ARN is never one of a cluster follows from that.
    fn source_arn(&self, region: &str, account: &str) -> KeyState {
        let prefix = format!("arn:{}:ecs:{region}:{account}:", self.partition);
        KeyState::StartsWith { prefix, never: vec!["cluster/".to_owned()] }
    }
}

/// The trust policy that AWS advises for task and execution roles, guarded against the confused deputy.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>
#[must_use]
pub fn ecs_trust_policy(partition: &str, region: &str, account: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": "ecs-tasks.amazonaws.com" },
            "Action": "sts:AssumeRole",
            "Condition": {
                "ArnLike": { "aws:SourceArn": format!("arn:{partition}:ecs:{region}:{account}:*") },
                "StringEquals": { "aws:SourceAccount": account },
            },
        }],
    })
}
