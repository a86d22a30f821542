//! The outcomes of the shapes of events that were met.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::cells::Outcome;
use super::{hash, observe};

/// Shapes that are kept; a fleet has some hundreds. Once there are more, all are forgotten, which costs a diagnosis each.
const MOST: usize = 1 << 15;

/// Outcomes by shape. What it holds changes how fast an event is read and never what is said of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    shapes: HashMap<u64, usize, hash::Already>,
    outcomes: Vec<(Outcome, u64)>,
    /// What other fleets found of the shapes that are new here.
    shared: Arc<Shared>,
}

/// Outcomes that the fleets of several threads tell each other. It is asked once for each shape, so that waiting for it
/// costs nothing beside the diagnosis that it saves.
#[derive(Debug, Default)]
struct Shared(Mutex<HashMap<u64, Outcome, hash::Already>>);

impl Shared {
    fn outcomes(&self) -> MutexGuard<'_, HashMap<u64, Outcome, hash::Already>> {
        // Each outcome is put there whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The outcome of a shape: known, or found by the diagnosis of its record.
    fn outcome(&self, shape: u64, record: &[u8]) -> Option<Outcome> {
        let known = self.outcomes().get(&shape).cloned();
        if known.is_some() {
            return known;
        }
        let outcome = observe::event(record)?;
        let mut outcomes = self.outcomes();
        if outcomes.len() >= MOST {
            outcomes.clear();
        }
        outcomes.insert(shape, outcome.clone());
        Some(outcome)
    }
}

impl Memory {
    /// Empty, for another thread, but each is told what the other finds.
    pub(super) fn sibling(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), ..Self::default() }
    }

    /// The number of the outcome of an event: remembered, or found by the diagnosis of its record. `None` when the
    /// record must be read in another way.
    pub(super) fn recall(&mut self, shape: u64, record: &[u8]) -> Option<usize> {
        if let Some(known) = self.shapes.get(&shape) {
            return Some(*known);
        }
        let outcome = self.shared.outcome(shape, record)?;
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
