//! Turns of crash loops: tasks that ended by themselves soon after they started.

use std::collections::HashMap;

use super::stop::Stop;
use super::subject::Subject;
use super::timeline::Timeline;
use crate::evidence::ecs::Task;

/// Longest life of a task that counts as an end soon after the start, seconds.
pub(crate) const SOON: f64 = 600.0;

/// One task that ended by itself soon after it started.
#[derive(Debug)]
pub(crate) struct Turn<'e> {
    pub(crate) task: Task<'e>,
    pub(crate) timeline: Timeline,
}

/// The turns of all groups of the evidence, which its subjects share.
#[derive(Debug, Default)]
pub(super) struct Turns<'e>(HashMap<&'e str, Vec<Turn<'e>>>);

impl<'e> Turns<'e> {
    /// Of all tasks of the evidence.
    pub(super) fn among(subjects: &[Subject<'e>]) -> Self {
        let mut by_group: HashMap<&'e str, Vec<Turn<'e>>> = HashMap::new();
        for subject in subjects {
            if let Some(task) = &subject.task
                && let Some(group) = task.group()
                && is_turn(subject.stop, &subject.timeline)
            {
                let turn = Turn { task: task.clone(), timeline: subject.timeline.clone() };
                by_group.entry(group).or_default().push(turn);
            }
        }
        #[expect(clippy::iter_over_hash_type, reason = "each list is sorted for itself")]
        for turns in by_group.values_mut() {
            turns.sort_by_key(|turn| turn.timeline.started);
        }
        Self(by_group)
    }

    /// Those of one group, such as `service:web`, in the order of their starts.
    pub(super) fn of(&self, group: &str) -> &[Turn<'e>] {
        self.0.get(group).map_or(&[], Vec::as_slice)
    }
}

/// Whether a task ended by itself soon after its start.
pub(crate) fn is_turn(stop: Stop, timeline: &Timeline) -> bool {
    let is_soon = || timeline.lifetime_seconds().is_some_and(|seconds| seconds <= SOON);
    stop == Stop::EssentialContainerExited && is_soon()
}
