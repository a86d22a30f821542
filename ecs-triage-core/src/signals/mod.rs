//! Normalised facts read out of the evidence: what was said, how containers ended, when things happened.

mod boot;
mod changes;
mod exits;
mod facts;
mod logs;
pub mod message;
mod metrics;
mod roles;
mod rollout;
mod services;
mod statement;
mod stop;
mod subject;
mod subjects;
mod timeline;
mod told;
mod turns;

pub use boot::Boot;
pub use changes::Changed;
pub use exits::{Exit, Part};
pub use facts::{Fact, Facts};
pub(crate) use logs::is_of_runtime;
pub use logs::{Line, Log, logs};
pub use metrics::{Metric, Series};
pub use roles::Role;
pub(crate) use roles::{is_sidecar_image, roles_in};
pub use rollout::ServiceState;
pub use statement::{Said, Source, Statement};
pub use stop::Stop;
pub(crate) use stop::is_job_open;
pub use subject::{LaunchType, Subject, SubjectKind};
pub use subjects::subjects;
pub(crate) use subjects::{definitions, subject};
pub use timeline::{Moment, Timeline};
pub(crate) use turns::{SOON, is_turn};
