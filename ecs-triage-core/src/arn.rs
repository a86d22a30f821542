//! Amazon Resource Names.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An Amazon Resource Name, kept as it came.
///
/// Nothing is refused: a text that is no ARN, is cut, or has an elided account (`***`, `8xxxxxxxxxx0`) keeps its
/// text and answers `None` for the parts it lacks. Every partition is read alike (`aws`, `aws-cn`, `aws-us-gov`,
/// `aws-iso*`, `aws-eusc`).
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
///
/// ```
/// use ecs_triage_core::arn::Arn;
///
/// let arn = Arn::from("arn:aws-cn:iam::111122223333:role/app/web-task");
/// assert_eq!(arn.partition(), Some("aws-cn"));
/// assert_eq!(arn.region(), None);
/// assert_eq!(arn.name(), Some("web-task"));
/// assert_eq!(Arn::from("web-task").service(), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Arn(String);

impl Arn {
    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the text has all six parts of an ARN; region and account may be empty.
    pub fn is_complete(&self) -> bool {
        self.partition().is_some() && self.service().is_some() && self.resource().is_some()
    }

    /// The partition, such as `aws` or `aws-us-gov`.
    pub fn partition(&self) -> Option<&str> {
        self.part(1)
    }

    /// The service's namespace, such as `ecs` or `secretsmanager`.
    pub fn service(&self) -> Option<&str> {
        self.part(2)
    }

    /// The Region; absent for global resources such as roles.
    pub fn region(&self) -> Option<&str> {
        self.part(3)
    }

    /// The account as written, which may be elided; absent for resources such as buckets.
    pub fn account(&self) -> Option<&str> {
        self.part(4)
    }

    /// Everything after the account: `task/prod/0123abcd`, `secret:db-Ab12Cd`.
    pub fn resource(&self) -> Option<&str> {
        self.part(5)
    }

    /// The type in front of the resource: `task` of `task/prod/0123abcd`, `secret` of `secret:db-Ab12Cd`.
    pub fn resource_type(&self) -> Option<&str> {
        self.split_resource().map(|(kind, _)| kind)
    }

    /// The resource without its type: `prod/0123abcd` of `task/prod/0123abcd`; without a type, all of it.
    pub fn resource_id(&self) -> Option<&str> {
        self.split_resource().map(|(_, id)| id).or_else(|| self.resource())
    }

    /// The last segment of the resource's path: a role's name without its path, a task's id without its cluster.
    pub fn name(&self) -> Option<&str> {
        self.resource_id()?.rsplit('/').next().filter(|name| !name.is_empty())
    }

    fn split_resource(&self) -> Option<(&str, &str)> {
        let resource = self.resource()?;
        let at = resource.find(['/', ':'])?;
        Some((&resource[..at], &resource[at + 1..])).filter(|(kind, id)| !kind.is_empty() && !id.is_empty())
    }

    fn part(&self, index: usize) -> Option<&str> {
        let mut parts = self.0.splitn(6, ':');
        (parts.next() == Some("arn")).then_some(())?;
        parts.nth(index - 1).filter(|part| !part.is_empty())
    }
}

impl From<&str> for Arn {
    fn from(text: &str) -> Self {
        Arn(text.to_owned())
    }
}

impl From<String> for Arn {
    fn from(text: String) -> Self {
        Arn(text)
    }
}

impl AsRef<str> for Arn {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_every_partition() {
        for partition in ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-f", "aws-eusc"] {
            let arn = Arn::from(format!("arn:{partition}:ecs:eu-west-1:111122223333:task/prod/0a1b"));
            assert_eq!(arn.partition(), Some(partition));
            assert_eq!(arn.service(), Some("ecs"));
            assert_eq!(arn.region(), Some("eu-west-1"));
            assert_eq!(arn.account(), Some("111122223333"));
            assert_eq!(arn.resource_type(), Some("task"));
            assert_eq!(arn.resource_id(), Some("prod/0a1b"));
            assert_eq!(arn.name(), Some("0a1b"));
            assert!(arn.is_complete());
        }
    }

    #[test]
    fn colons_in_the_resource_stay() {
        let arn = Arn::from("arn:aws:secretsmanager:eu-west-1:***:secret:db/main-Ab12Cd:user::");
        assert_eq!(arn.account(), Some("***"));
        assert_eq!(arn.resource(), Some("secret:db/main-Ab12Cd:user::"));
        assert_eq!(arn.resource_type(), Some("secret"));
        assert_eq!(Arn::from("arn:aws:sns:eu-west-1:111122223333:topic").name(), Some("topic"));
    }

    #[test]
    fn a_cut_arn_lacks_its_tail() {
        let whole = "arn:aws:s3:::bucket/key";
        for end in 0..whole.len() {
            let arn = Arn::from(&whole[..end]);
            assert_eq!(arn.region(), None);
            assert_eq!(arn.is_complete(), end > "arn:aws:s3:::".len());
        }
        assert_eq!(Arn::from("role/arn:aws").partition(), None);
    }
}
