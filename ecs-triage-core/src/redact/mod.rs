//! What must not leave with an answer: secrets always, names where an answer is to be shared.
//!
//! **Secrets** never reach a report, an error or a debug print. A secret is the value of an environment variable, of a
//! secret or parameter, or of a tag; what is shaped like a credential (keys, tokens, passwords in URLs and in
//! `password=` forms); and each value in the query of a URL. See [`redacted`] and
//! [`redact_value`].
//!
//! **Names** are hidden on request by a [`Redactor`]: account ids, names of resources, hosts, public addresses and
//! ids each get a placeholder that stays the same everywhere, so that the answer can be read and compared, and be
//! turned back by whoever has the map.

mod arns;
mod container;
mod hosts;
mod learn;
mod lists;
mod names;
mod pattern;
mod redactor;
mod scan;
mod secrets;
mod shapes;
mod values;
mod vocabulary;

pub use redactor::{MAP_SCHEMA, MapError, Redactor};
pub(crate) use secrets::blanked;
pub use secrets::{BLANK, redacted};
pub(crate) use values::{Place, place_of, scalars_of, shown, shows_nothing_secret};
pub use values::{redact_at, redact_value};
