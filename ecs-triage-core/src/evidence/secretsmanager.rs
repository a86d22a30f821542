//! AWS Secrets Manager: what is known about a secret; never its value.
//!
//! Member names and meanings: <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Types.html>.

use super::node::views;

views! {
    /// A secret, of `DescribeSecret`.
    /// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html>
    Secret {
        /// ARN; ends in six random characters.
        arn: text = "ARN" | "arn";
        /// Name.
        name: text = "Name";
        /// KMS key; the account's own key of the service when absent.
        kms_key_id: text = "KmsKeyId";
        /// When it was marked for deletion; absent when it was not.
        deleted_date: time = "DeletedDate";
        /// When its value last changed.
        last_changed_date: time = "LastChangedDate";
        /// Day on which it was last read.
        last_accessed_date: time = "LastAccessedDate";
        /// When it was made.
        created_date: time = "CreatedDate";
        /// Service that manages it, such as `rds`.
        owning_service: text = "OwningService";
        /// Region of the original, for a replica.
        primary_region: text = "PrimaryRegion";
        /// Whether it rotates.
        rotation_enabled: boolean = "RotationEnabled";
        /// Staging labels by version id.
        version_ids_to_stages: any = "VersionIdsToStages";
    }

    /// The policy of a secret, of `GetResourcePolicy`.
    /// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetResourcePolicy.html>
    SecretPolicy {
        /// ARN of the secret.
        arn: text = "ARN" | "arn";
        /// Name of the secret.
        name: text = "Name";
        /// The policy, as text of JSON; absent when the secret has none.
        resource_policy: document = "ResourcePolicy";
    }

    /// A version of a secret, of `ListSecretVersionIds`.
    /// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_SecretVersionsListEntry.html>
    SecretVersion {
        /// Id.
        version_id: text = "VersionId";
        /// Staging labels, such as `AWSCURRENT`.
        version_stages: [text] = "VersionStages";
        /// When it was made.
        created_date: time = "CreatedDate";
    }
}
