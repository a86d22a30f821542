//! How much memory a container took before it was killed, by CloudWatch.

use crate::evidence::Citation;
use crate::signals::{Exit, Metric, Series, Subject};
use crate::sizes::{ContainerMemory, MemorySeries, MemoryUse, SizingRule, denominator, used_mib};

/// Seconds before the kill that are looked at.
const WINDOW: f64 = 3_600.0;

/// Memory as it was measured.
pub(super) struct Measured {
    /// What the points say.
    pub(super) used: MemoryUse,
    /// The hard limit that such use takes, MiB.
    pub(super) needed_mib: i64,
    /// Whether the figures are the container's own; else they are those of its whole task.
    pub(super) is_own: bool,
    /// The largest point.
    pub(super) proof: Citation,
}

/// The use of memory before an exit: of the container where there is such a series, else of the task.
pub(super) fn measured(subject: &Subject<'_>, exit: &Exit<'_>) -> Option<Measured> {
    of_container(subject, exit).or_else(|| of_task(subject, exit))
}

fn of_container(subject: &Subject<'_>, exit: &Exit<'_>) -> Option<Measured> {
    let kind = MemorySeries::InsightsContainer;
    let series = subject.series(Metric {
        namespace: kind.namespace(),
        name: kind.metric_name(),
        dimension: ("ContainerName", &exit.container),
    })?;
    judged(subject, exit, &series, |value| value, true)
}

/// The service's percentages are of what its task definition reserves; a container cannot take more than its limit.
fn of_task(subject: &Subject<'_>, exit: &Exit<'_>) -> Option<Measured> {
    let kind = MemorySeries::Service;
    let named = subject.facts().text("service").and_then(|service| {
        subject.series(Metric {
            namespace: kind.namespace(),
            name: kind.metric_name(),
            dimension: ("ServiceName", service),
        })
    });
    let series = named.or_else(|| subject.only_series(kind.metric_name()))?;
    let mib = |value: Option<i64>| value.and_then(|mib| u32::try_from(mib).ok());
    let containers: Vec<ContainerMemory> = subject
        .exits
        .iter()
        .map(|exit| ContainerMemory {
            hard_mib: mib(exit.memory_limit_mib()),
            soft_mib: mib(exit.memory_reservation_mib()),
        })
        .collect();
    let task = subject.task.as_ref().and_then(|task| task.memory());
    let task = task.or_else(|| subject.definition.as_ref()?.memory());
    let whole = denominator(mib(task), &containers)?.mib;
    let most = exit.memory_limit_mib().map_or(f64::INFINITY, |mib| mib as f64);
    judged(subject, exit, &series, |percent| used_mib(percent, whole).min(most), containers.len() == 1)
}

fn judged(
    subject: &Subject<'_>,
    exit: &Exit<'_>,
    series: &Series,
    mib: impl Fn(f64) -> f64,
    is_own: bool,
) -> Option<Measured> {
    let end = subject.timeline.end();
    let is_before =
        |at: &crate::Timestamp| end.is_none_or(|end| (0.0..=WINDOW).contains(&end.seconds_since(*at)));
    let points = series.points.iter().filter(|(at, _)| is_before(at)).map(|(_, value)| mib(*value));
    let points: Vec<f64> = points.collect();
    let rule = SizingRule::default();
    let limit = exit.memory_limit_mib().and_then(|mib| u32::try_from(mib).ok());
    let used = rule.read(&points, limit)?;
    let needed_mib = i64::from(rule.hard_limit(&used));
    Some(Measured { used, needed_mib, is_own, proof: series.citation.clone() })
}
