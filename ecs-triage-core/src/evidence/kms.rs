//! AWS KMS: keys and their policies.

use super::node::views;

views! {
    /// A key, of `DescribeKey`.
    /// <https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html>
    KeyMetadata {
        /// Id.
        key_id: text = "KeyId";
        /// ARN.
        arn: text = "Arn";
        /// Account.
        aws_account_id: text = "AWSAccountId";
        /// Whether it is enabled.
        enabled: boolean = "Enabled";
        /// `Enabled`, `Disabled`, `PendingDeletion`, ….
        key_state: text = "KeyState";
        /// `AWS` for keys that AWS manages, `CUSTOMER` otherwise.
        key_manager: text = "KeyManager";
        /// Use, such as `ENCRYPT_DECRYPT`.
        key_usage: text = "KeyUsage";
        /// Type, such as `SYMMETRIC_DEFAULT`.
        key_spec: text = "KeySpec";
        /// When it will be deleted.
        deletion_date: time = "DeletionDate";
    }

    /// The policy of a key, of `GetKeyPolicy`; it does not name the key.
    /// <https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html>
    KeyPolicy {
        /// The policy, as text of JSON.
        policy: document = "Policy";
        /// `default`.
        policy_name: text = "PolicyName";
    }
}
