//! What a triage is about.

/// What to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// Name or ARN of the cluster; `None` is that of the tasks' ARNs, else the one called `default`.
    pub cluster: Option<String>,
    /// What in it.
    pub subject: Subject,
}

/// What in a cluster to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// Tasks by ARN or id.
    Tasks(Vec<String>),
    /// A service by name or ARN: its stopped and running tasks, events, deployments and targets.
    Service(String),
    /// The tasks of one family of task definitions.
    Family(String),
    /// Everything that stopped within the last hour, and every service that is not as it should be.
    Everything,
}

impl Target {
    /// Tasks by ARN or id.
    pub fn tasks<T: Into<String>>(tasks: impl IntoIterator<Item = T>) -> Self {
        let tasks = tasks.into_iter().map(Into::into).collect();
        Self { cluster: None, subject: Subject::Tasks(tasks) }
    }

    /// A service by name or ARN.
    pub fn service(service: impl Into<String>) -> Self {
        Self { cluster: None, subject: Subject::Service(service.into()) }
    }

    /// The tasks of a family of task definitions.
    pub fn family(family: impl Into<String>) -> Self {
        Self { cluster: None, subject: Subject::Family(family.into()) }
    }

    /// A whole cluster.
    pub fn everything() -> Self {
        Self { cluster: None, subject: Subject::Everything }
    }

    /// In a cluster, by name or ARN.
    #[must_use]
    pub fn in_cluster(mut self, cluster: impl Into<String>) -> Self {
        self.cluster = Some(cluster.into());
        self
    }

    /// The Region that the target's own ARNs name.
    pub fn region(&self) -> Option<&str> {
        self.arns().find_map(|arn| arn.split(':').nth(3).filter(|region| !region.is_empty()))
    }

    /// The cluster to name in calls: as given, else from the ARN of a task or a service.
    pub(super) fn cluster(&self) -> Option<&str> {
        self.cluster.as_deref().or_else(|| self.arns().find_map(cluster_of))
    }

    fn arns(&self) -> impl Iterator<Item = &str> {
        let own: &[String] = match &self.subject {
            Subject::Tasks(tasks) => tasks,
            Subject::Service(service) => std::slice::from_ref(service),
            Subject::Family(_) | Subject::Everything => &[],
        };
        let texts = own.iter().chain(&self.cluster).map(String::as_str);
        texts.filter(|text| text.starts_with("arn:"))
    }
}

/// `prod` of `arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef`; ARNs of before 2018 have no cluster.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#ecs-resource-ids>
fn cluster_of(arn: &str) -> Option<&str> {
    let mut path = arn.splitn(6, ':').nth(5)?.split('/');
    let (_, cluster, _) = (path.next()?, path.next()?, path.next()?);
    Some(cluster)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_tells_cluster_and_region() {
        let new = Target::tasks(["arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef"]);
        assert_eq!((new.cluster(), new.region()), (Some("prod"), Some("eu-west-1")));
        let old = Target::tasks(["arn:aws:ecs:eu-west-1:111122223333:task/0123456789abcdef"]);
        assert_eq!((old.cluster(), old.region()), (None, Some("eu-west-1")));
        let named = Target::service("web").in_cluster("arn:aws-cn:ecs:cn-north-1:111122223333:cluster/prod");
        assert_eq!(named.region(), Some("cn-north-1"));
        assert_eq!(Target::everything().region(), None);
    }
}
