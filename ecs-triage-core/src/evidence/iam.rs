//! AWS IAM: roles, policies and simulations.
//!
//! Member names and meanings: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Types.html>.
//! Policy documents come as objects from the CLI and boto3 and as percent-encoded text from the API itself;
//! [`Evidence::decoded`](crate::Evidence::decoded) reads both.

use super::node::views;

views! {
    /// A role, of `GetRole` or `GetAccountAuthorizationDetails`.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html>
    Role {
        /// Name.
        role_name: text = "RoleName";
        /// ARN, path included.
        arn: text = "Arn";
        /// Path; `/` when there is none.
        path: text = "Path";
        /// Trust policy: who may assume the role.
        assume_role_policy_document: document = "AssumeRolePolicyDocument";
        /// Permissions boundary; lists of roles omit it.
        permissions_boundary: PermissionsBoundary = "PermissionsBoundary";
        /// Inline policies; of `GetAccountAuthorizationDetails` alone.
        role_policy_list: [RolePolicy] = "RolePolicyList";
        /// Managed policies; of `GetAccountAuthorizationDetails` alone.
        attached_managed_policies: [AttachedPolicy] = "AttachedManagedPolicies";
        /// When it was made.
        create_date: time = "CreateDate";
        /// When and where it was last used; an empty object when never.
        role_last_used: RoleLastUsed = "RoleLastUsed";
    }

    /// The last use of a role.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html>
    RoleLastUsed {
        /// When.
        last_used_date: time = "LastUsedDate";
        /// In which Region.
        region: text = "Region";
    }

    /// The permissions boundary of a role.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachedPermissionsBoundary.html>
    PermissionsBoundary {
        /// `PermissionsBoundaryPolicy`; answers seen say `Policy`.
        permissions_boundary_type: text = "PermissionsBoundaryType";
        /// ARN of the policy.
        permissions_boundary_arn: text = "PermissionsBoundaryArn";
    }

    /// A managed policy attached to a role, of `ListAttachedRolePolicies`.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachedPolicy.html>
    AttachedPolicy {
        /// Name.
        policy_name: text = "PolicyName";
        /// ARN.
        policy_arn: text = "PolicyArn";
    }

    /// An inline policy of a role, of `GetRolePolicy`.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html>
    RolePolicy {
        /// Name of the role.
        role_name: text = "RoleName";
        /// Name of the policy.
        policy_name: text = "PolicyName";
        /// The policy.
        policy_document: document = "PolicyDocument";
    }

    /// A managed policy, of `GetPolicy` or `GetAccountAuthorizationDetails`.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Policy.html>
    Policy {
        /// Name.
        policy_name: text = "PolicyName";
        /// ARN.
        arn: text = "Arn";
        /// The version in force.
        default_version_id: text = "DefaultVersionId";
        /// Versions; of `GetAccountAuthorizationDetails` alone.
        policy_version_list: [PolicyVersion] = "PolicyVersionList";
        /// When it was made.
        create_date: time = "CreateDate";
        /// When its newest version was made.
        update_date: time = "UpdateDate";
    }

    /// A version of a managed policy, of `GetPolicyVersion`; it does not name the policy.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyVersion.html>
    PolicyVersion {
        /// The policy.
        document: document = "Document";
        /// `v1`, `v2`, ….
        version_id: text = "VersionId";
        /// Whether it is in force.
        is_default_version: boolean = "IsDefaultVersion";
        /// When it was made.
        create_date: time = "CreateDate";
    }

    /// The result for one action, of `SimulatePrincipalPolicy`.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html>
    EvaluationResult {
        /// Action, such as `ecr:BatchGetImage`.
        eval_action_name: text = "EvalActionName";
        /// ARN that was simulated, or `*`.
        eval_resource_name: text = "EvalResourceName";
        /// `allowed`, `explicitDeny` or `implicitDeny`.
        eval_decision: text = "EvalDecision";
        /// Statements that decided.
        matched_statements: [MatchedStatement] = "MatchedStatements";
        /// Context keys that policies ask for and the simulation did not have.
        missing_context_values: [text] = "MissingContextValues";
        /// What service control policies say.
        organizations_decision_detail: OrganizationsDecision = "OrganizationsDecisionDetail";
        /// What the permissions boundary says.
        permissions_boundary_decision_detail: BoundaryDecision = "PermissionsBoundaryDecisionDetail";
        /// The same for each resource that was named.
        resource_specific_results: [ResourceSpecificResult] = "ResourceSpecificResults";
    }

    /// A statement that decided a simulation.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Statement.html>
    MatchedStatement {
        /// Id of the policy.
        source_policy_id: text = "SourcePolicyId";
        /// Type of the policy.
        source_policy_type: text = "SourcePolicyType";
    }

    /// What service control policies say in a simulation.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_OrganizationsDecisionDetail.html>
    OrganizationsDecision {
        /// Whether they allow it.
        allowed_by_organizations: boolean = "AllowedByOrganizations";
    }

    /// What the permissions boundary says in a simulation.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PermissionsBoundaryDecisionDetail.html>
    BoundaryDecision {
        /// Whether it allows it.
        allowed_by_permissions_boundary: boolean = "AllowedByPermissionsBoundary";
    }

    /// The result of a simulation for one resource.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ResourceSpecificResult.html>
    ResourceSpecificResult {
        /// ARN of the resource.
        eval_resource_name: text = "EvalResourceName";
        /// `allowed`, `explicitDeny` or `implicitDeny`.
        eval_resource_decision: text = "EvalResourceDecision";
    }

    /// An instance profile, of `GetInstanceProfile`.
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_InstanceProfile.html>
    InstanceProfile {
        /// Name.
        instance_profile_name: text = "InstanceProfileName";
        /// ARN.
        arn: text = "Arn";
        /// Its role; a list of one, or empty.
        roles: [Role] = "Roles";
    }

    /// A policy that stands on its own, without the answer around it.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>
    PolicyDocument {
        /// Version of the policy language.
        version: text = "Version";
        /// One statement, or a list of them.
        statement: any = "Statement";
    }
}
