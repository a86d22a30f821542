//! AWS Batch: jobs, whose attempts are ECS tasks.

use super::ecs::{Container, Task};
use super::node::{Node, Read, views};

impl<'e> Task<'e> {
    /// The job of AWS Batch that stands for a task of its own, or whose attempt the task is.
    pub fn job(&self) -> Option<Job<'e>> {
        // An attempt's container has the ARN, not the attempt.
        if self.task_arn().is_some() {
            return None;
        }
        let is_job = |node: &Node<'_>| {
            node.get("status").is_some() && node.get_any(&["jobId", "jobName", "jobQueue"]).is_some()
        };
        let node = self.node();
        if is_job(node) {
            return Job::read(node);
        }
        let attempts = node.pointer().rfind("/attempts/").or_else(|| node.pointer().rfind("/Attempts/"))?;
        let above = &node.pointer()[..attempts];
        let value = node.document().as_read().pointer(above)?;
        let above = Node::new(node.document(), above.to_owned(), value);
        is_job(&above).then(|| Job::read(&above)).flatten()
    }
}

views! {
    /// A job, of `DescribeJobs`, a job state change event or a Step Functions output.
    /// <https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDetail.html>
    Job {
        /// Id.
        job_id: text = "jobId";
        /// Name.
        job_name: text = "jobName";
        /// ARN.
        job_arn: text = "jobArn";
        /// ARN of the queue.
        job_queue: text = "jobQueue";
        /// ARN of the job definition.
        job_definition: text = "jobDefinition";
        /// `SUBMITTED`, `PENDING`, `RUNNABLE`, `STARTING`, `RUNNING`, `SUCCEEDED` or `FAILED`.
        status: text = "status";
        /// Why.
        status_reason: text = "statusReason";
        /// The attempts that have ended; each is an ECS task.
        attempts: [Task] = "attempts";
        /// The container of the latest attempt.
        container: Container = "container";
        /// Whether it was cancelled.
        is_cancelled: boolean = "isCancelled";
        /// Whether it was terminated.
        is_terminated: boolean = "isTerminated";
        /// When it was made.
        created_at: time = "createdAt";
        /// When the latest attempt began to run.
        started_at: time = "startedAt";
        /// When it ended.
        stopped_at: time = "stoppedAt";
    }
}
