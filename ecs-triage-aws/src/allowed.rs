//! Every call that is ever made, and the permission that each takes. All of them only read, and none of them answers
//! with a secret's value.

use serde_json::{Value, json};

/// A call that may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Allowed {
    /// Service as botocore names it.
    pub service: &'static str,
    /// Operation.
    pub operation: &'static str,
    /// IAM action that it takes.
    pub action: &'static str,
}

const fn call(service: &'static str, operation: &'static str, action: &'static str) -> Allowed {
    Allowed { service, operation, action }
}

/// Every call that is made, by service and operation. Nothing else is: what is not listed here is left to a person.
///
/// Actions are those of the Service Authorization Reference.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
#[rustfmt::skip]
pub static ALLOWED: &[Allowed] = &[
    call("cloudtrail", "LookupEvents", "cloudtrail:LookupEvents"),
    call("cloudwatch", "GetMetricStatistics", "cloudwatch:GetMetricStatistics"),
    call("ec2", "DescribeDhcpOptions", "ec2:DescribeDhcpOptions"),
    call("ec2", "DescribeInstances", "ec2:DescribeInstances"),
    call("ec2", "DescribeNatGateways", "ec2:DescribeNatGateways"),
    call("ec2", "DescribeNetworkAcls", "ec2:DescribeNetworkAcls"),
    call("ec2", "DescribeNetworkInterfaces", "ec2:DescribeNetworkInterfaces"),
    call("ec2", "DescribeRouteTables", "ec2:DescribeRouteTables"),
    call("ec2", "DescribeSecurityGroups", "ec2:DescribeSecurityGroups"),
    call("ec2", "DescribeSubnets", "ec2:DescribeSubnets"),
    call("ec2", "DescribeVpcAttribute", "ec2:DescribeVpcAttribute"),
    call("ec2", "DescribeVpcEndpoints", "ec2:DescribeVpcEndpoints"),
    call("ec2", "DescribeVpcs", "ec2:DescribeVpcs"),
    call("ec2", "GetManagedPrefixListEntries", "ec2:GetManagedPrefixListEntries"),
    call("ecr", "BatchGetImage", "ecr:BatchGetImage"),
    call("ecr", "DescribeImages", "ecr:DescribeImages"),
    call("ecr", "DescribeRepositories", "ecr:DescribeRepositories"),
    call("ecr", "GetLifecyclePolicy", "ecr:GetLifecyclePolicy"),
    call("ecr", "GetRepositoryPolicy", "ecr:GetRepositoryPolicy"),
    call("ecs", "DescribeCapacityProviders", "ecs:DescribeCapacityProviders"),
    call("ecs", "DescribeClusters", "ecs:DescribeClusters"),
    call("ecs", "DescribeContainerInstances", "ecs:DescribeContainerInstances"),
    call("ecs", "DescribeServiceDeployments", "ecs:DescribeServiceDeployments"),
    call("ecs", "DescribeServices", "ecs:DescribeServices"),
    call("ecs", "DescribeTaskDefinition", "ecs:DescribeTaskDefinition"),
    call("ecs", "DescribeTasks", "ecs:DescribeTasks"),
    call("ecs", "GetTaskProtection", "ecs:GetTaskProtection"),
    call("ecs", "ListClusters", "ecs:ListClusters"),
    call("ecs", "ListContainerInstances", "ecs:ListContainerInstances"),
    call("ecs", "ListServiceDeployments", "ecs:ListServiceDeployments"),
    call("ecs", "ListServices", "ecs:ListServices"),
    call("ecs", "ListTasks", "ecs:ListTasks"),
    call("efs", "DescribeAccessPoints", "elasticfilesystem:DescribeAccessPoints"),
    call("efs", "DescribeFileSystemPolicy", "elasticfilesystem:DescribeFileSystemPolicy"),
    call("efs", "DescribeMountTargetSecurityGroups", "elasticfilesystem:DescribeMountTargetSecurityGroups"),
    call("efs", "DescribeMountTargets", "elasticfilesystem:DescribeMountTargets"),
    call("elb", "DescribeInstanceHealth", "elasticloadbalancing:DescribeInstanceHealth"),
    call("elbv2", "DescribeTargetGroups", "elasticloadbalancing:DescribeTargetGroups"),
    call("elbv2", "DescribeTargetHealth", "elasticloadbalancing:DescribeTargetHealth"),
    call("iam", "GetPolicy", "iam:GetPolicy"),
    call("iam", "GetPolicyVersion", "iam:GetPolicyVersion"),
    call("iam", "GetRole", "iam:GetRole"),
    call("iam", "GetRolePolicy", "iam:GetRolePolicy"),
    call("iam", "ListAttachedRolePolicies", "iam:ListAttachedRolePolicies"),
    call("iam", "ListRolePolicies", "iam:ListRolePolicies"),
    call("kms", "DescribeKey", "kms:DescribeKey"),
    call("kms", "GetKeyPolicy", "kms:GetKeyPolicy"),
    call("logs", "DescribeLogGroups", "logs:DescribeLogGroups"),
    call("logs", "GetLogEvents", "logs:GetLogEvents"),
    call("s3", "GetBucketPolicy", "s3:GetBucketPolicy"),
    call("s3", "HeadObject", "s3:GetObject"),
    call("secretsmanager", "DescribeSecret", "secretsmanager:DescribeSecret"),
    call("secretsmanager", "GetResourcePolicy", "secretsmanager:GetResourcePolicy"),
    call("service-quotas", "ListServiceQuotas", "servicequotas:ListServiceQuotas"),
    call("ssm", "DescribeParameters", "ssm:DescribeParameters"),
];

/// The call of that name, when it is made here.
pub fn allowed(service: &str, operation: &str) -> Option<&'static Allowed> {
    ALLOWED.iter().find(|known| known.service == service && known.operation == operation)
}

impl Allowed {
    /// The feature of this crate that makes the call.
    pub fn feature(&self) -> &'static str {
        match self.service {
            "cloudtrail" => "trail",
            "ec2" => "network",
            "efs" | "s3" => "storage",
            "elb" | "elbv2" => "elb",
            "kms" | "secretsmanager" | "ssm" => "secrets",
            "service-quotas" => "quotas",
            _ => "sdk",
        }
    }
}

/// The statements of a policy, by what they are for; an account may leave out any but the first.
const STATEMENTS: &[(&str, &[&str])] = &[
    ("EcsTriageTasks", &["ecs"]),
    ("EcsTriageLogsAndMetrics", &["logs", "cloudwatch"]),
    ("EcsTriageRoles", &["iam"]),
    ("EcsTriageImages", &["ecr"]),
    ("EcsTriageNetwork", &["ec2"]),
    ("EcsTriageLoadBalancers", &["elb", "elbv2"]),
    ("EcsTriageSecretsWithoutTheirValues", &["secretsmanager", "ssm", "kms"]),
    ("EcsTriageFileSystems", &["efs"]),
    // Amazon S3 has no permission for `HeadObject` alone: only its headers are read.
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    ("EcsTriageEnvironmentFilesNameTheirBuckets", &["s3"]),
    ("EcsTriageQuotasAndTrail", &["service-quotas", "cloudtrail"]),
];

/// The smallest policy that allows every call that is made here, as an IAM policy document.
///
/// ```
/// let policy = ecs_triage_aws::policy();
/// assert_eq!(policy["Statement"][0]["Sid"], "EcsTriageTasks");
/// ```
pub fn policy() -> Value {
    document(ALLOWED.iter())
}

/// The smallest policy that allows these calls.
pub(crate) fn document<'a>(calls: impl Iterator<Item = &'a Allowed> + Clone) -> Value {
    let statements = STATEMENTS.iter().filter_map(|(sid, services)| {
        let of_statement = calls.clone().filter(|call| services.contains(&call.service));
        let mut actions: Vec<&str> = of_statement.map(|call| call.action).collect();
        actions.sort_unstable();
        actions.dedup();
        (!actions.is_empty())
            .then(|| json!({ "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*" }))
    });
    json!({ "Version": "2012-10-17", "Statement": statements.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_has_its_statement() {
        let policy = policy();
        let statements = policy["Statement"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut granted: Vec<&str> = statements
            .iter()
            .flat_map(|statement| statement["Action"].as_array().into_iter().flatten())
            .filter_map(Value::as_str)
            .collect();
        let mut needed: Vec<&str> = ALLOWED.iter().map(|call| call.action).collect();
        granted.sort_unstable();
        needed.sort_unstable();
        assert_eq!(granted, needed, "neither more nor less");
    }

    #[test]
    fn nothing_writes_and_nothing_tells_a_secret() {
        let reads = ["Describe", "Get", "List", "Lookup", "BatchGet", "Head"];
        let tells = ["GetSecretValue", "GetParameter", "GetParameters", "GetObject", "Decrypt"];
        for call in ALLOWED {
            assert!(reads.iter().any(|verb| call.operation.starts_with(verb)), "{call:?}");
            assert!(!tells.contains(&call.operation), "{call:?}");
        }
        assert!(ALLOWED.is_sorted_by_key(|call| (call.service, call.operation)));
    }
}
