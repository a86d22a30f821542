//! WebAssembly binding: converts and calls, and holds no diagnostic knowledge.

use ecs_triage_core::{Evidence, diagnose as engine};
use wasm_bindgen::prelude::wasm_bindgen;

/// Diagnoses one document, such as the JSON that `aws ecs describe-tasks` prints, and returns the report as JSON.
///
/// What cannot be read is an entry of the report's `problems`.
#[wasm_bindgen]
pub fn diagnose(input: &str) -> String {
    let mut evidence = Evidence::new();
    // The report shows what could not be read.
    drop(evidence.add_json(input.as_bytes()));
    engine(&evidence).to_json()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_diagnosed() {
        let task = r#"{"tasks": [{"taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123", "stopCode": "EssentialContainerExited",
            "containers": [{"name": "app", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}]}]}"#;
        assert!(diagnose(task).contains("\"code\": \"app-oom-killed\""));
    }

    #[test]
    fn what_cannot_be_read_is_a_problem() {
        assert!(diagnose("no JSON").contains("\"problems\": [\n    {"));
    }
}
