//! Where what a document holds stood in the one that was given, which had other names.

use std::collections::BTreeMap;

use serde_json::Value;

/// A document under AWS's names.
pub(super) struct Renamed {
    pub(super) value: Value,
    pub(super) places: Places,
}

/// Where what stands in a document under AWS's names stood in the one that was given.
#[derive(Clone)]
pub(crate) struct Places {
    /// What was given.
    given: Value,
    /// Places in that, by pointers into the document under AWS's names; what is not named stands where it stood.
    by_pointer: BTreeMap<String, Place>,
}

/// A place in what was given.
#[derive(Clone)]
pub(super) enum Place {
    /// What is in it stands elsewhere than under AWS's names.
    Row(String),
    /// What was taken as it is.
    Same(String),
}

impl Places {
    pub(super) fn new(given: Value, by_pointer: BTreeMap<String, Place>) -> Self {
        Self { given, by_pointer }
    }

    /// What was given.
    pub(super) fn given(&self) -> &Value {
        &self.given
    }

    /// The pointer into what was given: to the place itself, else to the closest row that holds it.
    pub(super) fn of(&self, pointer: &str) -> String {
        let mut at = pointer;
        loop {
            match (self.by_pointer.get(at), at.rsplit_once('/')) {
                (Some(Place::Same(found)), _) => return format!("{found}{}", &pointer[at.len()..]),
                (Some(Place::Row(found)), _) => return found.clone(),
                (None, Some((holder, _))) => at = holder,
                (None, None) => return pointer.to_owned(),
            }
        }
    }
}
