//! Makes read-only calls with the AWS SDK and prints what came of each, as a triage keeps it; with `reads`, prints which
//! members of each answer the engine reads.
//!
//! ```text
//! echo '{"service": "ecs", "operation": "ListClusters", "params": {}}' |
//!   cargo run -p ecs-triage-examples --features live --bin calls
//! ```

use std::error::Error;
use std::io::stdin;

use ecs_triage_aws::sdk::{Connection, Sdk};
use ecs_triage_aws::transport::{Call, Transport};
use ecs_triage_core::evidence::{Shape, calls_read};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    if std::env::args().any(|argument| argument == "reads") {
        print_reads();
        return Ok(());
    }
    let sdk = Sdk::connect(&Connection::default()).await?;
    for line in stdin().lines() {
        let mut call: Value = serde_json::from_str(&line?)?;
        let text = |key: &str| call[key].as_str().unwrap_or_default().to_owned();
        let request = Call::new(&text("service"), &text("operation"), call["params"].clone());
        match sdk.call(&request).await {
            Ok(answer) => call["response"] = answer,
            Err(error) => call["error"] = json!({ "Code": error.code(), "Message": error.message() }),
        }
        println!("{call}");
    }
    Ok(())
}

fn print_reads() {
    for call in calls_read() {
        let mut paths = Vec::new();
        for (path, kind) in call.parts {
            gather(kind.shape(), path.trim_matches('/').to_owned(), &mut paths);
        }
        println!("{}", json!({ "service": call.service, "operation": call.operation, "reads": paths }));
    }
}

/// Paths of members, without places in lists.
fn gather(shape: &Shape, path: String, paths: &mut Vec<String>) {
    match shape {
        Shape::List(inner) => gather(inner, path, paths),
        Shape::Object(fields) => {
            for field in *fields {
                gather(field.shape, format!("{path}/{}", field.keys[0]).trim_matches('/').to_owned(), paths);
            }
        }
        _ => paths.push(path),
    }
}
