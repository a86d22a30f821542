//! The condition context of a request: what is known, what is known to be absent, what is not known.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>

use std::collections::BTreeMap;

/// What is known of one condition context key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyState {
    /// The key is in the request with these values; a single-valued key has one.
    Values(Vec<String>),
    /// The key is in the request and its value starts like this; the rest is not known.
    StartsWith {
        /// The known beginning.
        prefix: String,
        /// Continuations that are taken as impossible, though AWS does not say so.
        never: Vec<String>,
    },
    /// The value is AWS's own: it is not the one given here, or (without one) nothing that a customer's policy names.
    Foreign {
        /// The customer's value of this key, if it has one.
        own: Option<String>,
    },
    /// The key is not in the request.
    Absent,
    /// Nothing is known.
    Unknown,
}

impl KeyState {
    /// A single value.
    pub fn value(value: impl Into<String>) -> Self {
        KeyState::Values(vec![value.into()])
    }
}

/// The condition context of a request. Key names are compared without regard to case.
///
/// A key that was not set is unknown, so that a condition on it is neither met nor failed.
///
/// ```
/// use ecs_triage_core::iam::{Context, KeyState};
///
/// let context = Context::new()
///     .set("aws:SourceAccount", KeyState::value("111122223333"))
///     .set("sts:ExternalId", KeyState::Absent);
/// assert_eq!(context.get("AWS:SOURCEACCOUNT"), &KeyState::value("111122223333"));
/// assert_eq!(context.get("aws:SourceVpce"), &KeyState::Unknown);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Context {
    entries: BTreeMap<String, Entry>,
    families: Vec<(String, Entry)>,
    closed: bool,
}

#[derive(Debug, Clone)]
struct Entry {
    state: KeyState,
    inferred: bool,
}

impl Context {
    /// A context in which every key is unknown.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A context in which every key that is not set is known to be absent.
    #[must_use]
    pub fn closed() -> Self {
        Self { closed: true, ..Self::default() }
    }

    /// States a fact about a key.
    #[must_use]
    pub fn set(mut self, key: &str, state: KeyState) -> Self {
        self.insert(key, state, false);
        self
    }

    /// States what is most likely of a key, though AWS does not document it.
    ///
    /// An answer that rests on it names the key in [`Evaluation::inferred`](super::Evaluation::inferred).
    #[must_use]
    pub fn assume(mut self, key: &str, state: KeyState) -> Self {
        self.insert(key, state, true);
        self
    }

    /// States a fact about all keys that begin with `prefix` and are not set by themselves (`aws:PrincipalTag/`).
    #[must_use]
    pub fn set_family(mut self, prefix: &str, state: KeyState) -> Self {
        self.families.push((prefix.to_ascii_lowercase(), Entry { state, inferred: false }));
        self
    }

    /// What is known of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> &KeyState {
        self.lookup(key).0
    }

    pub(super) fn fill(&mut self, key: &str, state: impl FnOnce() -> KeyState) {
        if !self.is_set(key) {
            self.insert(key, state(), false);
        }
    }

    /// The same context with everything unknown that is only an inference.
    pub(super) fn without_inferences(&self) -> Self {
        let mut context = self.clone();
        for entry in context.entries.values_mut() {
            match &mut entry.state {
                _ if entry.inferred => *entry = Entry { state: KeyState::Unknown, inferred: false },
                KeyState::StartsWith { never, .. } => never.clear(),
                _ => {}
            }
        }
        context
    }

    /// The state of a key, and whether it is an inference.
    pub(super) fn lookup(&self, key: &str) -> (&KeyState, bool) {
        let key = key.to_ascii_lowercase();
        let family =
            || self.families.iter().find(|(prefix, _)| key.starts_with(prefix)).map(|(_, entry)| entry);
        match self.entries.get(&key).or_else(family) {
            Some(entry) => (&entry.state, entry.inferred),
            None if self.closed => (&KeyState::Absent, false),
            None => (&KeyState::Unknown, false),
        }
    }

    fn is_set(&self, key: &str) -> bool {
        self.entries.contains_key(&key.to_ascii_lowercase())
    }

    fn insert(&mut self, key: &str, state: KeyState, inferred: bool) {
        self.entries.insert(key.to_ascii_lowercase(), Entry { state, inferred });
    }
}
