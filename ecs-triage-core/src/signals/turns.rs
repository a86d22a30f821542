//! Turns of crash loops: tasks that ended by themselves soon after they started.

use std::collections::HashMap;

use super::stop::Stop;
use super::subject::Subject;
use super::timeline::Timeline;
use crate::evidence::Evidence;
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
    /// Of all tasks that are subjects.
    pub(super) fn among(subjects: &[Subject<'e>]) -> Self {
        let turned = subjects.iter().filter(|subject| is_turn(subject.stop, &subject.timeline));
        Self::collect(turned.filter_map(|subject| Some((subject.task.clone()?, subject.timeline.clone()))))
    }

    /// Of the tasks of one group, where no other is looked at.
    pub(super) fn of_group(evidence: &'e Evidence, group: Option<&str>) -> Self {
        let tasks = evidence.all::<Task<'e>>().filter(|task| group.is_some() && task.group() == group);
        Self::collect(tasks.filter_map(|task| {
            let timeline = Timeline::of(&task);
            is_turn(Stop::of(&task), &timeline).then_some((task, timeline))
        }))
    }

    fn collect(turned: impl Iterator<Item = (Task<'e>, Timeline)>) -> Self {
        let mut by_group: HashMap<&'e str, Vec<Turn<'e>>> = HashMap::new();
        for (task, timeline) in turned {
            if let Some(group) = task.group() {
                by_group.entry(group).or_default().push(Turn { task, timeline });
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
