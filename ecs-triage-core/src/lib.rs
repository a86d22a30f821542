//! Why an Amazon ECS task stopped, never started or never became healthy, and what to change.
//!
//! The engine answers from AWS responses that somebody has already fetched. It makes no call itself and reads no clock,
//! file or environment variable: the same [`Evidence`] gives the same [`Report`], in a command, a Lambda function, a
//! browser or a Spark job.
//!
//! # Diagnose, fetch what is wanted, diagnose again
//!
//! One function is the whole idea: [`diagnose`]. Its report names causes with their proof and their remedies, and its
//! [`wants`](Report::wants): read-only calls whose answers would settle what is still open. Whoever holds
//! credentials makes those calls, adds the answers, and diagnoses again, until nothing more is wanted.
//!
//! ```
//! use ecs_triage_core::{Cause, Confidence, Evidence, Report, Want, diagnose};
//! use serde_json::{Value, json};
//!
//! /// `call` makes one read-only call of AWS: its answer, or the code and message of its error.
//! fn triage(mut evidence: Evidence, call: impl Fn(&Want) -> Result<Value, (String, String)>) -> Report {
//!     let mut asked = Vec::new();
//!     loop {
//!         let report = diagnose(&evidence);
//!         let open: Vec<&Want> = report.wants().iter().filter(|want| !asked.contains(*want)).collect();
//!         if open.is_empty() {
//!             return report;
//!         }
//!         for want in open {
//!             // What cannot be read is a problem of the report; a refused call is evidence too.
//!             let _ = match call(want) {
//!                 Ok(answer) => evidence.add_answer(&want.request(), answer),
//!                 Err((code, message)) => evidence.add_failure(&want.request(), &code, &message),
//!             };
//!             asked.push(want.clone());
//!         }
//!     }
//! }
//!
//! let mut evidence = Evidence::new();
//! evidence.add_json(br#"{"tasks": [{
//!     "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/shop/0123456789abcdef0123456789abcdef",
//!     "lastStatus": "STOPPED", "stopCode": "TaskFailedToStart",
//!     "stoppedReason": "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:v7: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:v7: not found",
//!     "containers": [{"name": "app", "image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:v7"}]
//! }]}"#)?;
//!
//! // The message states it: likely. ECR's own answer proves it.
//! assert_eq!(diagnose(&evidence).diagnoses().next().unwrap().confidence, Confidence::Likely);
//! let report = triage(evidence, |want| match want.operation.as_str() {
//!     "DescribeImages" => Err((
//!         "ImageNotFoundException".into(),
//!         "The image with imageId {imageDigest:'null', imageTag:'v7'} does not exist within the repository with name 'web' in the registry with id '111122223333'".into(),
//!     )),
//!     "ListImages" | "DescribeRepositories" => Ok(json!({
//!         "repositories": [{"repositoryName": "web", "registryId": "111122223333"}],
//!         "imageIds": [{"imageTag": "v6", "imageDigest": "sha256:0123"}],
//!     })),
//!     _ => Err(("AccessDeniedException".into(), "this example may not ask for more".into())),
//! });
//! let found = report.diagnoses().next().unwrap();
//! assert_eq!((found.code, found.confidence), ("image-tag-not-found", Confidence::Confirmed));
//! // Causes are typed, statements are proven by a place in a document, and remedies are commands to type.
//! assert!(matches!(&found.cause, Cause::ImageTagNotFound(pull) if pull.tag.as_deref() == Some("v7")));
//! assert_eq!(found.evidence[0].pointer, "/tasks/0/stoppedReason");
//! assert!(found.remedies.iter().any(|remedy| remedy.command.is_some()));
//! # Ok::<(), ecs_triage_core::EvidenceError>(())
//! ```
//!
//! The crate `ecs-triage-aws` has this loop for the AWS SDK, the Python package for boto3.
//!
//! # Where to go from here
//!
//! - [`Evidence`]: what can be added: every form in which these answers travel, pasted text included.
//! - [`Report`]: subjects, [diagnoses](report::Diagnosis), wants, problems; as JSON, text and Markdown. [`report::JSON_SCHEMA`] is
//!   its schema.
//! - [`Cause`] has a variant for each cause with its particulars; [`rules::RULES`] says all there is to say of each.
//! - [`check`] looks at a task definition before it is deployed; [`verify`](verify::verify) compares a report with what came
//!   after a change.
//! - [`own`]: rules and checks of the user's own, in a file or in code.
//! - [`iam`], [`network`], [`sizes`] and [`health`] are the engines under the rules, of use by themselves.
//!
//! Confidence is a promise: [`Confirmed`](Confidence::Confirmed) is proven by the evidence and its alternatives are ruled out,
//! [`Likely`](Confidence::Likely) is stated by a machine-made message, [`Possible`](Confidence::Possible) is one of several readings.
#![forbid(unsafe_code)]

mod access;
pub mod advisories;
pub mod arn;
pub mod change;
mod cut;
mod entities;
mod error;
pub mod evidence;
pub mod fleet;
pub mod health;
pub mod iam;
pub mod image;
mod needs;
pub mod network;
pub mod redact;
pub mod reference;
pub mod report;
pub mod rules;
pub mod signals;
pub mod sizes;
mod template;
mod time;
mod verdict;
pub mod verify;

pub use error::{EvidenceError, Problem};
pub use evidence::{Citation, Evidence, Request};
pub use report::{Diagnosis, Report, Want};
pub use rules::own::{self, OwnRules};
pub use rules::{Bucket, Cause, Confidence, Verdict};
pub use time::Timestamp;
pub use verdict::{check, check_with, diagnose, diagnose_with};
