//! Series of CloudWatch, from whichever call they came.

use serde_json::Value;

use super::Subject;
use crate::Timestamp;
use crate::evidence::cloudwatch::{Datapoint, MetricDataResult};
use crate::evidence::ecs::Service;
use crate::evidence::{Answer, Citation, Evidence};

/// A series of one metric, in order of time.
#[derive(Debug, Clone)]
pub struct Series {
    /// Points: the start of the period and its maximum, or its average where there is no maximum.
    pub points: Vec<(Timestamp, f64)>,
    /// The largest point.
    pub citation: Citation,
}

/// What a series is of.
#[derive(Debug, Clone, Copy)]
pub struct Metric<'m> {
    /// Namespace: `AWS/ECS`.
    pub namespace: &'m str,
    /// Name: `MemoryUtilization`.
    pub name: &'m str,
    /// The dimension that it must have.
    pub dimension: (&'m str, &'m str),
}

impl Subject<'_> {
    /// A metric of this subject's service or family. An answer that was not recorded with its request counts when it
    /// is the only one of the metric and no more than one service is at hand.
    pub fn series(&self, metric: Metric<'_>) -> Option<Series> {
        let facts = self.facts();
        let known = [
            ("ClusterName", facts.text("cluster")),
            ("ServiceName", facts.text("service")),
            ("TaskDefinitionFamily", facts.text("family")),
            ("TaskId", facts.text("taskId")),
        ];
        let asked = |dimensions: &Value| is_about(dimensions, metric.dimension, &known);
        of_statistics(self.evidence, metric, asked).or_else(|| of_data(self.evidence, metric, asked))
    }

    /// The only series of a metric, when nothing says what it is of and there is no more than one service at hand.
    pub fn only_series(&self, name: &str) -> Option<Series> {
        let mut open = statistics(self.evidence).filter(|answer| {
            let is_asked = answer.request().is_some_and(|request| request.params.is_object());
            !is_asked && label(answer) == Some(name)
        });
        let only = open.next()?;
        // The services are counted last, as that takes a look at every task.
        if open.next().is_some() || services(self.evidence) > 1 { None } else { of_points(&only) }
    }
}

fn statistics(evidence: &Evidence) -> impl Iterator<Item = Answer<'_>> {
    evidence.answers_of("cloudwatch", "GetMetricStatistics").filter(|answer| answer.error().is_none())
}

fn label<'e>(answer: &Answer<'e>) -> Option<&'e str> {
    answer.node().get("Label")?.value().as_str()
}

fn of_statistics(evidence: &Evidence, metric: Metric<'_>, asked: impl Fn(&Value) -> bool) -> Option<Series> {
    let is_it = |answer: &Answer<'_>| {
        answer.request().is_some_and(|request| {
            request.param("MetricName") == Some(metric.name)
                && request.param("Namespace") == Some(metric.namespace)
                && request.params.get("Dimensions").is_some_and(&asked)
        })
    };
    statistics(evidence).filter(is_it).filter_map(|answer| of_points(&answer)).last()
}

fn of_points(answer: &Answer<'_>) -> Option<Series> {
    let value = |point: &Datapoint<'_>| point.maximum().or(point.average());
    let points: Vec<Datapoint<'_>> =
        answer.all::<Datapoint<'_>>().filter(|point| value(point).is_some()).collect();
    let largest = points
        .iter()
        .max_by(|one, other| value(one).unwrap_or(0.0).total_cmp(&value(other).unwrap_or(0.0)))?;
    let key = if largest.maximum().is_some() { "Maximum" } else { "Average" };
    let citation = largest.cite(key);
    let mut points: Vec<(Timestamp, f64)> =
        points.iter().filter_map(|point| Some((point.timestamp()?, value(point)?))).collect();
    points.sort_by_key(|(at, _)| *at);
    Some(Series { points, citation })
}

fn of_data(evidence: &Evidence, metric: Metric<'_>, asked: impl Fn(&Value) -> bool) -> Option<Series> {
    let is_query = |query: &Value, series: &MetricDataResult<'_>| {
        let of = |key: &str| query.pointer(&format!("/MetricStat/Metric/{key}"));
        query.get("Id").and_then(Value::as_str) == series.id()
            && of("MetricName").and_then(Value::as_str) == Some(metric.name)
            && of("Namespace").and_then(Value::as_str) == Some(metric.namespace)
            && of("Dimensions").is_some_and(&asked)
    };
    let is_it = |series: &MetricDataResult<'_>, queries: &Value| {
        queries.as_array().is_some_and(|queries| queries.iter().any(|query| is_query(query, series)))
    };
    let (series, _) = evidence.answers::<MetricDataResult<'_>>().find(|(series, request)| {
        request
            .and_then(|request| request.params.get("MetricDataQueries"))
            .is_some_and(|queries| is_it(series, queries))
    })?;
    let mut points: Vec<(Timestamp, f64)> =
        series.timestamps().into_iter().zip(series.values()).filter(|(_, value)| value.is_finite()).collect();
    points.sort_by_key(|(at, _)| *at);
    (!points.is_empty()).then(|| Series { points, citation: series.cite("Values") })
}

/// Whether dimensions have the wanted one, and none that is of something else.
fn is_about(dimensions: &Value, wanted: (&str, &str), known: &[(&str, Option<&str>)]) -> bool {
    let pairs =
        dimensions.as_array().into_iter().flatten().filter_map(|dimension| {
            Some((dimension.get("Name")?.as_str()?, dimension.get("Value")?.as_str()?))
        });
    let pairs: Vec<(&str, &str)> = pairs.collect();
    let is_other = |(name, value): &(&str, &str)| {
        known.iter().any(|(key, own)| key == name && own.is_some_and(|own| own != *value))
    };
    pairs.contains(&wanted) && !pairs.iter().any(is_other)
}

/// How many services the evidence names.
fn services(evidence: &Evidence) -> usize {
    let own = evidence.all::<Service<'_>>().filter_map(|service| service.service_name());
    let of_tasks = evidence.all::<crate::evidence::ecs::Task<'_>>();
    let of_tasks = of_tasks.filter_map(|task| task.group()?.strip_prefix("service:"));
    own.chain(of_tasks).collect::<std::collections::BTreeSet<_>>().len()
}
