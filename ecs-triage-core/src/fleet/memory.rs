//! The outcomes of the shapes of events that were met.

use std::collections::HashMap;

use super::cells::Outcome;
use super::{hash, observe};

/// Shapes that are kept; a fleet has some hundreds. Once there are more, all are forgotten, which costs a diagnosis each.
const MOST: usize = 1 << 15;

/// Outcomes by shape. What it holds changes how fast an event is read and never what is said of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    shapes: HashMap<u64, usize, hash::Already>,
    outcomes: Vec<(Outcome, u64)>,
}

impl Memory {
    /// The number of the outcome of an event: remembered, or found by the diagnosis of its record. `None` when the
    /// record must be read in another way.
    pub(super) fn recall(&mut self, shape: u64, record: &[u8]) -> Option<usize> {
        if let Some(known) = self.shapes.get(&shape) {
            return Some(*known);
        }
        let outcome = observe::event(record)?;
        if self.shapes.len() >= MOST {
            self.shapes.clear();
            self.outcomes.clear();
        }
        let known = self.outcomes.iter().position(|(known, _)| *known == outcome);
        let number = known.unwrap_or_else(|| {
            let hash = outcome.hash();
            self.outcomes.push((outcome, hash));
            self.outcomes.len() - 1
        });
        self.shapes.insert(shape, number);
        Some(number)
    }

    /// An outcome and its hash.
    pub(super) fn outcome(&self, number: usize) -> (&Outcome, u64) {
        let (outcome, hash) = &self.outcomes[number];
        (outcome, *hash)
    }
}
