//! The arguments of `ecs-triage live`.

use std::path::PathBuf;

use clap::Args;

use super::args::{RedactArgs, ReportArgs};
use super::own::OwnArgs;

pub(crate) const LIVE_EXAMPLES: &str = "\
Examples:
  ecs-triage live --cluster prod --service web
  ecs-triage live --task arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef
  ecs-triage live --cluster prod --save incident/       # keeps the evidence, for a ticket
  ecs-triage live --cluster prod --service web --watch  # after the fix

Credentials and Region come from where the AWS CLI has them. Every call only reads; `ecs-triage iam-policy` prints
the policy that it takes. ECS forgets a stopped task about an hour after it stopped.";

/// What to look at, and as whom.
#[derive(Debug, Args)]
#[cfg_attr(not(feature = "sdk"), allow(dead_code, reason = "without the SDK there are no calls"))]
pub(crate) struct LiveArgs {
    /// Name or ARN of the cluster; by default that of the tasks' ARNs, else `default`
    #[arg(long, value_name = "CLUSTER")]
    pub(crate) cluster: Option<String>,
    /// ARN or id of a task; may be given more than once
    #[arg(long = "task", value_name = "ARN", num_args = 1.., conflicts_with_all = ["service", "family"])]
    pub(crate) tasks: Vec<String>,
    /// Name or ARN of a service: its tasks, events, deployments and targets
    #[arg(long, value_name = "SERVICE", conflicts_with = "family")]
    pub(crate) service: Option<String>,
    /// Family of task definitions. Without task, service and family: whatever is wrong in the cluster
    #[arg(long, value_name = "FAMILY")]
    pub(crate) family: Option<String>,
    /// Region, where an ARN, the environment and the profile do not tell
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Profile of the shared configuration of AWS
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// Role to assume for the calls
    #[arg(long, value_name = "ARN")]
    pub(crate) role_arn: Option<String>,
    /// Endpoint of an AWS-compatible server, as AWS_ENDPOINT_URL
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
    #[command(flatten)]
    pub(crate) output: ReportArgs,
    #[command(flatten)]
    pub(crate) redact: RedactArgs,
    #[command(flatten)]
    pub(crate) own: OwnArgs,
    /// Keep the answers as files in this new folder, which `ecs-triage DIR` diagnoses again
    #[arg(long, value_name = "DIR")]
    pub(crate) save: Option<PathBuf>,
    /// After the report, follow the service until it has recovered or failed again
    #[arg(long)]
    pub(crate) watch: bool,
    /// How long to follow it at most
    #[arg(long, value_name = "MINUTES", default_value_t = 30, requires = "watch")]
    pub(crate) watch_minutes: u64,
    /// List the calls that were made on standard error
    #[arg(long)]
    pub(crate) show_calls: bool,
    /// Time for all calls; what has no answer by then is left out
    #[arg(long, value_name = "SECONDS", default_value_t = 90)]
    pub(crate) timeout: u64,
}

#[cfg(feature = "sdk")]
impl LiveArgs {
    pub(crate) fn target(&self) -> crate::live::Target {
        use crate::live::Target;
        let target = match (&self.service, &self.family) {
            (Some(service), _) => Target::service(service),
            (_, Some(family)) => Target::family(family),
            _ if !self.tasks.is_empty() => Target::tasks(self.tasks.iter().map(String::as_str)),
            _ => Target::everything(),
        };
        match &self.cluster {
            Some(cluster) => target.in_cluster(cluster),
            None => target,
        }
    }
}
