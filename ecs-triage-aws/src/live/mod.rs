//! Live triage: finds the subject, makes the calls that the engine wants, and diagnoses, until it wants nothing more.
//!
//! Everything here works over any [`Transport`](crate::transport::Transport) and without a runtime of its own.
//!
//! ```
//! use ecs_triage_aws::live::{Options, Target, triage};
//! # use ecs_triage_aws::transport::{BoxFuture, Call, CallError, Transport};
//! # use serde_json::{Value, json};
//! # struct Account;
//! # impl Transport for Account {
//! #     fn call<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Value, CallError>> {
//! #         Box::pin(async move { match call.request.operation.as_str() {
//! #             "DescribeTasks" => Ok(json!({ "tasks": [{
//! #                 "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef",
//! #                 "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited",
//! #                 "containers": [{ "name": "app", "exitCode": 137,
//! #                     "reason": "OutOfMemoryError: Container killed due to memory usage" }],
//! #             }]})),
//! #             _ => Err(CallError::refused("AccessDeniedException", "not now")),
//! #         }})
//! #     }
//! # }
//! # async fn example(account: &dyn Transport) {
//! let task = "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef";
//! let found = triage(account, &Target::tasks([task]), &Options::default()).await;
//! let report = found.report();
//! assert_eq!(report.diagnoses().next().unwrap().code, "app-oom-killed");
//! # }
//! # futures_util::FutureExt::now_or_never(example(&Account)).unwrap();
//! ```

mod answers;
mod find;
mod options;
mod pages;
mod recorded;
mod target;
mod triage;
mod watch;

pub use options::{Event, Options};
pub use recorded::Recorded;
pub use target::{Subject, Target};
pub use triage::{Made, Triage, triage};
pub use watch::{Look, look_again};
