//! Refusals that no change of the role undoes.

use super::access::{Asker, Purpose, weigh};
use super::settle::{About, Case};
use super::words;
use super::{
    Access, Ask, Blast, Bucket, Cause, Check, Confidence, Finding, Fix, Kind, ROLE_LOOKUPS, Rule,
    endpoint_policy,
};
use crate::iam::PolicyType;
use crate::signals::message::{Denial, PolicyKind};
use crate::signals::{Statement, Subject};

pub(in crate::rules) static ENDPOINT_POLICY_DENIED: Rule = Rule {
    code: "iam-vpc-endpoint-policy-denied",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "policy of a VPC endpoint blocks the call",
    summary: "A VPC endpoint's policy does not let {whom~|the role} call {action|the action}{proof~|}.",
    explanation: "The call went through a VPC endpoint, whose own policy limits what may pass. It refused the action, \
                  whatever the role is allowed to do.",
    signs: "A refusal that ends in `because no VPC endpoint policy allows the … action` or `with an explicit deny in a VPC \
            endpoint policy`.",
    wants: &[Ask::new(
        "ec2",
        "DescribeVpcEndpoints",
        r#"{"Filters": [{"Name": "service-name", "Values": ["{endpointServices}"]}]}"#,
        "`PolicyDocument` of the endpoint shows the statement that refuses",
    )],
    fixes: &[
        Fix::look(
            "Read the policies of the endpoints for this service",
            "aws ec2 describe-vpc-endpoints --region {region} --filters Name=service-name,Values={endpointServices,} \
             --query 'VpcEndpoints[].[VpcEndpointId,ServiceName,PolicyDocument]'",
        ),
        Fix::run(
            "Add the action to its policy by hand; or throw the policy away, so that only roles and resources decide",
            Blast::Network,
            "aws ec2 modify-vpc-endpoint --vpc-endpoint-id VPC_ENDPOINT_ID --reset-policy --region {region}",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"],
    since: "0.1.0",
    check: Check::JudgeSaid(
        |said| said.message.denial().is_some(),
        |subject| {
            each_refusal(
                subject,
                |denial| match denial.by {
                    Some(PolicyKind::VpcEndpoint) => Some(Confidence::Likely),
                    None if !denial.explicit => Some(Confidence::Possible),
                    _ => None,
                },
                Cause::IamVpcEndpointPolicyDenied,
            )
            .into_iter()
            .filter_map(|finding| endpoint_policy::settle(subject, finding))
            .collect()
        },
    ),
};

pub(in crate::rules) static EXPLICIT_DENY: Rule = Rule {
    code: "iam-explicit-deny",
    bucket: Bucket::Iam,
    kind: Kind::Cause,
    title: "SCP, permissions boundary or explicit deny overrules the role",
    summary: "{who~|The role} may not call {action|the action}: {by~|a statement denies it}{policyNamed~|}{proof~|}.",
    explanation: "A Deny in any policy wins over every Allow, and boundaries and organisation policies must allow what a \
                  role's own policies allow. Adding an Allow to the role changes nothing.",
    signs: "A refusal that ends in `with an explicit deny in a … policy`, or names a permissions boundary, a session policy, \
            a service control policy or a resource control policy.",
    wants: &[
        Ask::new(
            "iam",
            "GetPolicy",
            r#"{"PolicyArn": "{deniedByPolicy}"}"#,
            "finds the version of the policy that denies",
        ),
        ROLE_LOOKUPS[2],
        ROLE_LOOKUPS[0],
        ROLE_LOOKUPS[1],
    ],
    fixes: &[
        Fix::look(
            "See which boundary the role has",
            "aws iam get-role --role-name {role} --query Role.PermissionsBoundary",
        ),
        Fix::advice(
            "Change the policy that denies",
            Blast::Account,
            "Change or remove the denying statement in {policyPlace~|the policy that the message names}; the role itself \
             needs no further Allow. Organisation policies are changed in the management account.",
        ),
    ],
    docs: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"],
    since: "0.1.0",
    check: Check::JudgeSaid(
        |said| said.message.denial().is_some(),
        |subject| {
            each_refusal(
                subject,
                |denial| match denial.by {
                    Some(PolicyKind::VpcEndpoint) => None,
                    Some(PolicyKind::Identity | PolicyKind::Resource) => {
                        denial.explicit.then_some(Confidence::Likely)
                    }
                    Some(_) => Some(Confidence::Likely),
                    // Which kind of policy denies is not said, or cut; no Allow undoes a Deny in any.
                    None if denial.explicit => Some(Confidence::Likely),
                    None => Some(Confidence::Possible),
                },
                Cause::IamExplicitDeny,
            )
            .into_iter()
            .filter_map(|finding| overruled(subject, finding))
            .collect()
        },
    ),
};

/// Weighs a refusal against the policies at hand. One of which the message does not say why it was refused is
/// this cause's only when a policy at hand denies it, or the boundary does not allow it.
fn overruled(subject: &Subject<'_>, finding: Finding) -> Option<Finding> {
    let is_said = finding.confidence == Confidence::Likely;
    let Some(case) = Case::of(subject, &finding, &About::default()) else {
        return is_said.then_some(finding);
    };
    let is_organisations = matches!(
        case.denial.by,
        Some(PolicyKind::Session | PolicyKind::ServiceControl | PolicyKind::ResourceControl)
    );
    let judged = case.candidates.first().map(|candidate| case.judge(candidate));
    let Some(access) = judged.filter(|_| !is_organisations) else { return is_said.then_some(finding) };
    let is_bounded = access.lacks(PolicyType::PermissionsBoundary) && !access.lacks(PolicyType::Identity);
    let is_overruled = access.is_forbidden() || is_bounded;
    if !is_overruled && !is_said {
        return None;
    }
    let asks = access.asks.clone();
    let kind =
        access.evaluation.as_ref().and_then(|found| found.decided_by.first()).map(|found| found.policy_type);
    let is_as_said = match case.denial.by {
        _ if !is_overruled => false,
        None => true,
        Some(PolicyKind::PermissionsBoundary) => is_bounded || kind == Some(PolicyType::PermissionsBoundary),
        Some(PolicyKind::Resource) => kind == Some(PolicyType::Resource),
        Some(_) => kind == Some(PolicyType::Identity),
    };
    let denying = words::denying(&access);
    let proof = match &denying {
        Some(statement) => format!("; it is {statement}"),
        None if is_bounded => boundary(&case).map(|name| format!("; it is `{name}`")).unwrap_or_default(),
        None if access.is_allowed() && case.denial.by.is_some() => {
            "; no policy at hand does so now, so it was changed since".to_owned()
        }
        None if access.is_allowed() => {
            "; no policy at hand does, so it is one of the organisation or of a VPC endpoint".to_owned()
        }
        None => String::new(),
    };
    let by = "its permissions boundary does not allow it";
    let finding =
        finding.fact("proof", Some(proof)).fact("denying", denying).fact("by", is_bounded.then_some(by));
    let finding = access.proof.iter().cloned().fold(finding, Finding::cite);
    let citation = access.proof.first().cloned().unwrap_or_else(|| finding.citations[0].clone());
    if is_overruled {
        let finding = finding.fixed_by(vec![words::CHANGE_THE_DENY]);
        let is_inferred = access.evaluation.as_ref().is_some_and(|found| !found.inferred.is_empty());
        let is_sure = is_as_said && (access.is_certain() || case.denial.by.is_some() && !is_inferred);
        return Some(if is_sure {
            finding.confirmed_by(citation)
        } else {
            finding.confidence(Confidence::Likely).asks(asks)
        });
    }
    let is_gone = access.is_allowed() && case.denial.by.is_some();
    Some(if is_gone { finding.refuted_by(citation) } else { finding.asks(asks) })
}

/// The name of the role's permissions boundary.
fn boundary(case: &Case<'_, '_>) -> Option<String> {
    let role = case.subject.evidence.role(case.role_name())?;
    let arn = role.permissions_boundary()?.permissions_boundary_arn()?;
    Some(arn.rsplit('/').next().unwrap_or(arn).to_owned())
}

fn each_refusal(
    subject: &Subject<'_>,
    judge: fn(&Denial) -> Option<Confidence>,
    cause: fn(Access) -> Cause,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for statement in &subject.statements {
        let Some(denial) = statement.message.denial() else { continue };
        let asker = Asker::of(statement, subject);
        if is_others(statement, denial) || asker == Asker::Another {
            continue;
        }
        let Some(sure) = judge(denial) else { continue };
        let purpose = if asker == Asker::Application { Purpose::Run } else { purpose(denial) };
        let finding =
            weigh(subject, Finding::stated(cause(Access::of(statement, subject, purpose)), statement));
        found.push(named(finding.confidence(sure), denial, subject));
    }
    found
}

/// Calls of the ECS API by a person or a deploy tool, and ECS's own network interfaces, are other causes.
fn is_others(statement: &Statement, denial: &Denial) -> bool {
    let action = denial.action.as_deref().unwrap_or_default();
    let is_callers = statement.message.says("when calling the ") || action.starts_with("ecs:");
    is_callers || action.starts_with("ec2:") && statement.message.says("networkinterface")
}

fn purpose(denial: &Denial) -> Purpose {
    match denial.action.as_deref().and_then(|action| action.split(':').next()) {
        Some("ecr" | "logs") => Purpose::Start,
        Some("secretsmanager" | "ssm" | "kms" | "s3") => Purpose::Fetch,
        Some("ec2" | "iam") => Purpose::Provide,
        Some("elasticloadbalancing") => Purpose::Serve,
        Some(_) => Purpose::Run,
        None => Purpose::Start,
    }
}

fn named(mut finding: Finding, denial: &Denial, subject: &Subject<'_>) -> Finding {
    let policy = match denial.by {
        Some(PolicyKind::Identity) => Some("a policy of the role"),
        Some(PolicyKind::Resource) => Some("the resource's own policy"),
        Some(PolicyKind::PermissionsBoundary) => Some("its permissions boundary"),
        Some(PolicyKind::Session) => Some("its session policy"),
        Some(PolicyKind::ServiceControl) => Some("a service control policy of the organisation"),
        Some(PolicyKind::ResourceControl) => Some("a resource control policy of the organisation"),
        Some(PolicyKind::VpcEndpoint) | None => None,
    };
    let verb = if denial.explicit { "denies it" } else { "does not allow it" };
    finding.facts.set("by", policy.map(|policy| format!("{policy} {verb}")));
    finding.facts.set("policyPlace", policy);
    if let Some(arn) = &denial.policy_arn {
        finding.facts.set("policyNamed", Some(format!(" (`{arn}`)")));
        // Organisation policies are not IAM's to show.
        finding.facts.set("deniedByPolicy", Some(arn.as_str()).filter(|arn| arn.contains(":iam::")));
    }
    let region = finding.facts.text("region").or(subject.facts().text("region")).map(str::to_owned);
    let services = region
        .zip(denial.action.as_deref())
        .map(|(region, action)| endpoint_policy::services(action, &region))
        .unwrap_or_default();
    finding.facts.set_many("endpointServices", services);
    finding.facts.set("region", subject.facts().text("region").map(str::to_owned));
    finding
}
