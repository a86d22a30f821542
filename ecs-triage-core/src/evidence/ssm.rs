//! AWS Systems Manager: what is known about a parameter; never its value.
//!
//! Member names and meanings: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Types.html>.

use super::node::views;

views! {
    /// A parameter, of `DescribeParameters` or `GetParameters`. Its value is never read.
    /// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterMetadata.html>
    Parameter {
        /// Name.
        name: text = "Name";
        /// ARN.
        arn: text = "ARN" | "arn";
        /// `String`, `StringList` or `SecureString`.
        kind: text = "Type";
        /// KMS key of a `SecureString`; of `DescribeParameters` alone.
        key_id: text = "KeyId";
        /// Version.
        version: integer = "Version";
        /// When it last changed.
        last_modified_date: time = "LastModifiedDate";
        /// `Standard`, `Advanced` or `Intelligent-Tiering`.
        tier: text = "Tier";
    }
}
