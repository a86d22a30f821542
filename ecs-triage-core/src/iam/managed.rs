//! AWS managed policies that ECS roles commonly have, for when a policy is named but its document is not at hand.
//!
//! The texts are those that AWS publishes, at the version of August 2026; AWS's list of changes names none later.
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-iam-awsmanpol.html>

use serde_json::Value;

/// An AWS managed policy.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ManagedPolicy {
    /// ARN in the partition that was asked for.
    pub arn: String,
    /// Version of the document here, such as `v1`. AWS may have published a later one.
    pub version: &'static str,
    /// Day on which that version was published, as `YYYY-MM-DD`.
    pub published: &'static str,
    /// The policy document.
    pub document: Value,
}

struct Known {
    /// What follows `arn:aws:iam::aws:policy/`.
    path: &'static str,
    version: &'static str,
    published: &'static str,
    text: &'static str,
}

macro_rules! known {
    ($($folder:literal $name:literal $version:literal $published:literal,)*) => {
        &[$(Known {
            path: concat!($folder, $name),
            version: $version,
            published: $published,
            text: include_str!(concat!("managed/", $name, ".json")),
        }),*]
    };
}

static POLICIES: &[Known] = known![
    "" "AmazonEC2ContainerRegistryPullOnly" "v1" "2024-10-04",
    "" "AmazonEC2ContainerRegistryReadOnly" "v3" "2019-12-10",
    "service-role/" "AmazonEC2ContainerServiceEventsRole" "v3" "2023-03-06",
    "service-role/" "AmazonEC2ContainerServiceRole" "v2" "2016-08-11",
    "service-role/" "AmazonEC2ContainerServiceforEC2Role" "v10" "2026-02-12",
    "" "AmazonECSInfrastructureRolePolicyForLoadBalancers" "v6" "2026-02-12",
    "" "AmazonECSInfrastructureRolePolicyForManagedInstances" "v11" "2026-02-26",
    "service-role/" "AmazonECSInfrastructureRolePolicyForServiceConnectTransportLayerSecurity" "v4" "2026-02-12",
    "service-role/" "AmazonECSInfrastructureRolePolicyForVolumes" "v5" "2026-02-12",
    "" "AmazonECSInfrastructureRolePolicyForVpcLattice" "v1" "2024-11-15",
    "service-role/" "AmazonECSInfrastructureRoleforExpressGatewayServices" "v6" "2026-02-12",
    "" "AmazonECSInstanceRolePolicyForManagedInstances" "v4" "2026-07-02",
    "aws-service-role/" "AmazonECSServiceRolePolicy" "v24" "2026-04-22",
    "service-role/" "AmazonECSTaskExecutionRolePolicy" "v1" "2017-11-16",
    "" "AmazonECS_FullAccess" "v21" "2024-08-13",
];

/// The AWS managed policy of that ARN, in any partition; with or without the path before its name.
///
/// A customer's own policy of the same name is not one: its ARN holds an account.
///
/// ```
/// use ecs_triage_core::iam::managed_policy;
///
/// let arn = "arn:aws-cn:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
/// assert_eq!(managed_policy(arn).map(|policy| policy.version), Some("v1"));
/// assert_eq!(managed_policy("arn:aws:iam::111122223333:policy/AmazonECSTaskExecutionRolePolicy"), None);
/// ```
#[must_use]
pub fn managed_policy(arn: &str) -> Option<ManagedPolicy> {
    let (partition, path) = arn.strip_prefix("arn:")?.split_once(":iam::aws:policy/")?;
    let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
    let known = POLICIES.iter().find(|known| name(known.path) == name(path))?;
    known.in_partition(partition)
}

/// All AWS managed policies that are built in, in the commercial partition.
pub fn managed_policies() -> impl Iterator<Item = ManagedPolicy> {
    POLICIES.iter().filter_map(|known| known.in_partition("aws"))
}

impl Known {
    fn in_partition(&self, partition: &str) -> Option<ManagedPolicy> {
        if partition.contains([':', '"', '\\']) {
            return None;
        }
        let prefix = format!("arn:{partition}:");
        Some(ManagedPolicy {
            arn: format!("{prefix}iam::aws:policy/{}", self.path),
            version: self.version,
            published: self.published,
            document: serde_json::from_str(&self.text.replace("arn:aws:", &prefix)).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::PolicyDocument;

    #[test]
    fn every_policy_is_valid() {
        assert_eq!(managed_policies().count(), POLICIES.len());
        for policy in managed_policies() {
            let document = PolicyDocument::parse(&policy.document).expect("a document");
            assert_eq!(document.problems(), [], "{}", policy.arn);
            assert_eq!(managed_policy(&policy.arn), Some(policy));
        }
    }

    #[test]
    fn the_prefix_follows_the_partition() {
        let arn = "arn:aws-us-gov:iam::aws:policy/AmazonEC2ContainerServiceforEC2Role";
        let policy = managed_policy(arn).expect("a managed policy");
        assert_eq!(
            policy.arn,
            "arn:aws-us-gov:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
        );
        assert_eq!(
            policy.document.pointer("/Statement/2/Resource/0").expect("a resource"),
            "arn:aws-us-gov:ecs:*:*:task/*/*"
        );
        assert_eq!(managed_policy("arn:aws:iam::aws:policy/AdministratorAccess"), None);
    }
}
