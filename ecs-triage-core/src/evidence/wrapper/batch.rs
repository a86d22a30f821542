//! Jobs of AWS Batch, whose attempts are ECS tasks.
//! <https://docs.aws.amazon.com/batch/latest/APIReference/API_JobDetail.html>

use serde_json::Value;

use super::Wrapper;

/// Pointers of a job's tasks, from the job: one an attempt, else the job's own.
pub(crate) fn tasks(job: &Value) -> Vec<String> {
    let Some(job) = Wrapper::new(job) else {
        return Vec::new();
    };
    let mut tasks = Vec::new();
    let status = job.get("status").and_then(|(_, status)| status.as_str());
    if let Some((key, Value::Array(attempts))) = job.get("attempts") {
        // Of a job that is done, the earlier attempts are history.
        let first = if status == Some("SUCCEEDED") { attempts.len().saturating_sub(1) } else { 0 };
        for (index, attempt) in attempts.iter().enumerate().skip(first) {
            tasks.extend(tasks_of(attempt, &format!("/{key}/{index}")));
        }
    }
    if tasks.is_empty() {
        tasks = tasks_of(job.value, "");
        if let (true, Some((key, properties))) = (tasks.is_empty(), job.get("ecsProperties")) {
            tasks = tasks_of(properties, &format!("/{key}"));
        }
        // Its host went away, nothing could be started, it waits for what never comes, or all is well: only the job says so.
        const STATES: &[&str] =
            &["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED"];
        if tasks.is_empty() && status.is_some_and(|status| STATES.contains(&status)) {
            tasks.push(String::new());
        }
    }
    tasks
}

/// The task of one container, or the tasks of a job with several.
fn tasks_of(attempt: &Value, at: &str) -> Vec<String> {
    let Some(attempt) = Wrapper::new(attempt) else {
        return Vec::new();
    };
    let has_run = |container: &Value| {
        Wrapper::new(container).is_some_and(|container| container.has_any(&["taskArn", "exitCode", "reason"]))
    };
    if attempt.get("container").is_some_and(|(_, container)| has_run(container)) {
        return vec![at.to_owned()];
    }
    let Some((key, Value::Array(tasks))) = attempt.get("taskProperties") else {
        return Vec::new();
    };
    let ran = |task: &Value| {
        let containers = Wrapper::new(task).and_then(|task| task.get("containers"));
        containers.is_some_and(|(_, list)| list.as_array().is_some_and(|list| list.iter().any(has_run)))
    };
    let ran = tasks.iter().enumerate().filter(|(_, task)| ran(task));
    ran.map(|(index, _)| format!("{at}/{key}/{index}")).collect()
}
