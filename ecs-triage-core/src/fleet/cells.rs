//! What tasks have in common that are counted together: where they ran, what became of them, and one of them in full.

use std::collections::HashMap;

use super::hash;
use crate::rules::{Confidence, Verdict};

/// Where a task belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Place<'r> {
    /// Name of the cluster.
    pub(super) cluster: Option<&'r str>,
    /// Name of the service.
    pub(super) service: Option<&'r str>,
    /// Family and revision of the task definition: `web:42`.
    pub(super) definition: Option<&'r str>,
    /// The deployment that started it: `ecs-svc/1234567890`.
    pub(super) deployment: Option<&'r str>,
}

impl<'r> Place<'r> {
    /// Of a task, by what it names.
    pub(super) fn of_task(
        task_arn: Option<&'r str>,
        cluster_arn: Option<&'r str>,
        definition_arn: Option<&'r str>,
        group: Option<&'r str>,
        started_by: Option<&'r str>,
    ) -> Self {
        let last = |arn: &'r str| arn.rsplit_once('/').map_or(arn, |(_, last)| last);
        // New ARNs have the cluster's name between the type and the id.
        let of_task = || {
            let (_, rest) = task_arn?.split_once(":task/")?;
            rest.split_once('/').map(|(cluster, _)| cluster)
        };
        let named = |text: Option<&'r str>| text.filter(|text| !text.is_empty());
        Self {
            cluster: named(cluster_arn.map(last)).or(named(of_task())),
            service: named(group.and_then(|group| group.strip_prefix("service:"))),
            definition: named(definition_arn.map(last)),
            deployment: started_by.filter(|by| by.starts_with("ecs-svc/")),
        }
    }
}

/// What became of a task, without the prose.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    /// Code of the leading diagnosis.
    pub(super) code: Option<&'static str>,
    pub(super) confidence: Option<Confidence>,
    /// The container that it is about.
    pub(super) container: Option<Box<str>>,
    /// An essential container ended by itself.
    pub(super) ended_itself: bool,
}

impl Outcome {
    /// The same number in every process.
    pub(super) fn hash(&self) -> u64 {
        let mut hash = hash::Hasher::default();
        hash.number(self.verdict as u64);
        hash.number(u64::from(self.ended_itself));
        hash.number(self.confidence.map_or(0, |confidence| confidence as u64 + 1));
        hash.text(self.code);
        hash.text(self.container.as_deref());
        hash.finish()
    }
}

/// One cell: a place and an outcome, with what is kept of its tasks beside their number.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) key: u64,
    pub(super) cluster: Option<Box<str>>,
    pub(super) service: Option<Box<str>>,
    pub(super) definition: Option<Box<str>>,
    pub(super) deployment: Option<Box<str>>,
    pub(super) outcome: Outcome,
    pub(super) sample: Option<Sample>,
}

impl Cell {
    /// Family of the task definition.
    pub(super) fn family(&self) -> Option<&str> {
        let definition = self.definition.as_deref()?;
        Some(definition.rsplit_once(':').map_or(definition, |(family, _)| family))
    }

    /// Revision of the task definition.
    pub(super) fn revision(&self) -> Option<u32> {
        self.definition.as_deref()?.rsplit_once(':')?.1.parse().ok()
    }

    /// A copy of the cell, found again by the same key.
    pub(super) fn place(&self) -> Place<'_> {
        Place {
            cluster: self.cluster.as_deref(),
            service: self.service.as_deref(),
            definition: self.definition.as_deref(),
            deployment: self.deployment.as_deref(),
        }
    }
}

/// One record in full, from which a report shows the whole diagnosis.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sample {
    /// The lowest is kept: a stopped task before others, then the earliest, then any that is always the same.
    pub(super) order: (bool, u32, u64),
    pub(super) record: Box<[u8]>,
}

/// The cells of a fleet, each once.
#[derive(Debug, Clone, Default)]
pub(super) struct Cells {
    list: Vec<Cell>,
    by_key: HashMap<u64, u32, hash::Already>,
}

impl Cells {
    pub(super) fn list(&self) -> &[Cell] {
        &self.list
    }

    pub(super) fn into_list(self) -> Vec<Cell> {
        self.list
    }

    /// Tells cells apart: the same number in every process.
    pub(super) fn key(place: &Place<'_>, outcome: u64) -> u64 {
        let mut hash = hash::Hasher::default();
        hash.number(outcome);
        for text in [place.cluster, place.service, place.definition, place.deployment] {
            hash.text(text);
        }
        hash.finish()
    }

    /// The cell of a place and an outcome, whose hash is known.
    pub(super) fn of(&mut self, place: &Place<'_>, outcome: &Outcome, hash: u64) -> u32 {
        let key = Self::key(place, hash);
        if let Some(known) = self.by_key.get(&key) {
            return *known;
        }
        let boxed = |text: Option<&str>| text.map(Box::from);
        self.add(Cell {
            key,
            cluster: boxed(place.cluster),
            service: boxed(place.service),
            definition: boxed(place.definition),
            deployment: boxed(place.deployment),
            outcome: outcome.clone(),
            sample: None,
        })
    }

    fn add(&mut self, cell: Cell) -> u32 {
        // Four billion groups do not fit into memory.
        let index = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.by_key.insert(cell.key, index);
        self.list.push(cell);
        index
    }

    /// Takes over a cell of another fleet; says where it is here.
    pub(super) fn take(&mut self, cell: Cell) -> u32 {
        match self.by_key.get(&cell.key) {
            None => self.add(cell),
            Some(&known) => {
                if let Some(sample) = cell.sample {
                    self.sample(known, sample.order, || sample.record);
                }
                known
            }
        }
    }

    /// Keeps a record as the sample of a cell if it comes before the one there.
    pub(super) fn sample(&mut self, cell: u32, order: (bool, u32, u64), record: impl FnOnce() -> Box<[u8]>) {
        let cell = &mut self.list[cell as usize];
        // Of what went well nobody looks at one.
        if cell.outcome.verdict > Verdict::Undetermined {
            return;
        }
        if cell.sample.as_ref().is_none_or(|known| order < known.order) {
            cell.sample = Some(Sample { order, record: record() });
        }
    }

    /// Number of the cell's key, for an order that is the same in every process.
    pub(super) fn order(&self, cell: u32) -> u64 {
        self.list.get(cell as usize).map_or(0, |cell| cell.key)
    }
}
