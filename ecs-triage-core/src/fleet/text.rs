//! A fleet's report as text for a terminal and as Markdown.

use std::fmt::Write as _;

use super::{FleetReport, Incident};
use crate::report::{Diagnosis, Page, TextStyle, duration, plain};
use crate::rules::Verdict;

/// Causes and services listed before the rest is counted.
const MOST_TOTALS: usize = 10;
/// Revisions and deployments listed before the rest is counted.
const MOST_SHARES: usize = 4;

pub(super) fn render(report: &FleetReport, style: TextStyle) -> String {
    let mut page = Page::new(style);
    page.strong(&headline(report));
    page.labelled("", &read(report));
    if let Some(buckets) = &report.buckets {
        let line = format!("{}  one bar is {}", bars(&buckets.failures), duration(buckets.seconds as f64));
        page.labelled("Failed", &line);
    }
    for (number, incident) in report.incidents.iter().enumerate() {
        page.gap();
        page.strong(&format!("{}. {}", number + 1, title(incident)));
        let mut label = "What";
        if let Some(found) = diagnosis(incident) {
            page.labelled(label, &clean(&found.summary));
            label = "";
        }
        page.labelled(label, &known_as(incident));
        page.labelled("When", &when(incident));
        if incident.counts.iter().any(|count| *count > 0) {
            page.labelled("", &bars(&incident.counts));
        }
        for (label, text) in notes(incident) {
            page.labelled(label, &text);
        }
        if let Some((title, command)) = diagnosis(incident).and_then(fix) {
            page.labelled("Fix", &clean(&title));
            if let Some(command) = command {
                page.command(&clean(&command));
            }
        }
        if let Some(sample) = &incident.sample {
            page.labelled("Sample", &clean(&sample.id));
        }
    }
    if report.more_incidents > 0 {
        page.gap();
        page.labelled("", &format!("and {} smaller incidents", report.more_incidents));
    }
    for (heading, rows) in [("Causes", causes(report)), ("Services", services(report))] {
        if !rows.is_empty() {
            page.gap();
            page.strong(heading);
        }
        for row in rows {
            page.labelled("", &clean(&row));
        }
    }
    if !report.problems.is_empty() {
        page.gap();
        page.strong("Not read:");
        for problem in problems(report) {
            page.labelled("", &clean(&problem));
        }
    }
    page.finish()
}

pub(super) fn markdown(report: &FleetReport) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "## {}\n\n{}", plain(&headline(report)), plain(&read(report)));
    if let Some(buckets) = &report.buckets {
        let length = duration(buckets.seconds as f64);
        let _ = writeln!(out, "\nFailed: `{}` (one bar is {length})", bars(&buckets.failures));
    }
    for (number, incident) in report.incidents.iter().enumerate() {
        let _ = writeln!(out, "\n### {}. {}\n", number + 1, plain(&title(incident)));
        if let Some(found) = diagnosis(incident) {
            let _ = writeln!(out, "{}\n", plain(&found.summary));
        }
        let _ = writeln!(out, "- {}", plain(&known_as(incident)));
        let _ = writeln!(out, "- {} `{}`", plain(&when(incident)), bars(&incident.counts));
        for (label, text) in notes(incident) {
            let _ = writeln!(out, "- {label}: {}", plain(&text));
        }
        if let Some((title, command)) = diagnosis(incident).and_then(fix) {
            let _ = writeln!(out, "- Fix: {}", plain(&title));
            if let Some(command) = command {
                let _ = write!(out, "\n{}", crate::report::code_block("sh", &command, "  "));
            }
        }
        if let Some(sample) = &incident.sample {
            let _ = writeln!(out, "- Sample: {}", plain(&sample.id));
        }
    }
    if report.more_incidents > 0 {
        let _ = writeln!(out, "\nand {} smaller incidents", report.more_incidents);
    }
    for (heading, rows) in
        [("Causes", causes(report)), ("Services", services(report)), ("Not read", problems(report))]
    {
        if !rows.is_empty() {
            let _ = writeln!(out, "\n### {heading}\n");
        }
        for row in rows {
            let _ = writeln!(out, "- {}", plain(&row));
        }
    }
    out
}

fn headline(report: &FleetReport) -> String {
    let totals = &report.totals;
    let about = if report.input.estimated { "about " } else { "" };
    let failed = totals.verdicts.iter().find(|total| total.verdict == Verdict::Failure);
    let failed = failed.map_or(0, |total| total.tasks);
    let of = format!("{about}{}", counted(totals.tasks, "task"));
    match failed {
        0 if totals.tasks == 0 => "No task was found in the input.".into(),
        0 => format!("{of}, none of which failed."),
        _ => {
            let incidents = report.incidents.iter().filter(|one| one.verdict == Verdict::Failure).count();
            let more = if report.more_incidents > 0 { " or more" } else { "" };
            format!(
                "{of}, {} of which failed, in {}{more}.",
                grouped(failed),
                counted(incidents as u64, "incident")
            )
        }
    }
}

/// What was read, and what was not.
fn read(report: &FleetReport) -> String {
    let input = &report.input;
    let mut text = format!("Read {}", counted(input.records, "record"));
    if let (Some(first), Some(last)) = (report.first_seen, report.last_seen) {
        let _ = write!(text, " of {first} to {last}");
    }
    for (count, what) in [
        (input.repeats, "repeated or superseded"),
        (input.outside, "outside the time asked for"),
        (input.unrecognised, "of something else"),
    ] {
        if count > 0 {
            let _ = write!(text, "; {} {what}", grouped(count));
        }
    }
    if input.broken > 0 {
        let _ = write!(text, "; {} could not be read", counted(input.broken, "line"));
    }
    if input.incomplete > 0 {
        let inputs = counted(input.incomplete, "input");
        let _ = write!(text, "; PARTIAL, {inputs} not read to the end");
    }
    if input.estimated {
        let _ = write!(text, "; counts are estimates from {:.3} % of the tasks", input.sampled * 100.0);
    }
    text.push('.');
    text
}

fn title(incident: &Incident) -> String {
    let cause = incident.title.unwrap_or("nothing in the events says why");
    let mut text = match place(incident) {
        Some(place) => format!("{place}: {cause}"),
        None => cause.to_owned(),
    };
    let _ = write!(text, ", {}", counted(incident.tasks, "task"));
    clean(&text)
}

fn place(incident: &Incident) -> Option<String> {
    let name = incident.service.as_deref().or(incident.family.as_deref());
    match (name, incident.cluster.as_deref()) {
        (Some(name), Some(cluster)) => Some(format!("{name} in {cluster}")),
        (name, cluster) => name.or(cluster).map(str::to_owned),
    }
}

fn known_as(incident: &Incident) -> String {
    let mut text = incident.code.unwrap_or("undetermined").to_owned();
    if let Some(confidence) = incident.confidence {
        let _ = write!(text, " ({})", format!("{confidence:?}").to_lowercase());
    }
    if !incident.containers.is_empty() {
        let _ = write!(text, ", container {}", listed(incident.containers.iter().cloned()));
    }
    clean(&text)
}

fn when(incident: &Incident) -> String {
    let mut text = match (incident.first_seen, incident.last_seen) {
        (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
        (Some(at), _) | (_, Some(at)) => at.to_string(),
        _ => "at a time that is not known".into(),
    };
    if let Some(rate) = incident.per_hour {
        let _ = match rate {
            ..10.0 => write!(text, ", {rate:.1} an hour"),
            _ => write!(text, ", {} an hour", grouped(rate as u64)),
        };
    }
    text
}

/// What is remarkable about an incident.
fn notes(incident: &Incident) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    if let Some(found) = &incident.crash_loop {
        let lived = found.lifetime_seconds.map(|life| format!(", each runs about {}", duration(life)));
        let pace = duration(found.interval_seconds);
        notes.push(("Loop", format!("crash loop: one ends every {pace}{}", lived.unwrap_or_default())));
    }
    if let Some(found) = &incident.regression {
        let text = format!(
            "began with revision {}: none of {} of earlier ones, up to {}, had it",
            found.revision,
            counted(found.previous_tasks, "task"),
            found.previous
        );
        notes.push(("Since", clean(&text)));
    } else if incident.revisions.len() > 1 {
        let shares = incident.revisions.iter().map(|share| (share.revision.as_str(), share.tasks));
        notes.push(("Code", clean(&shared(shares))));
    }
    if !incident.deployments.is_empty() {
        let shares = incident.deployments.iter().map(|share| (share.deployment.as_str(), share.tasks));
        notes.push(("Deploy", clean(&shared(shares))));
    }
    notes
}

fn shared<'s>(shares: impl ExactSizeIterator<Item = (&'s str, u64)>) -> String {
    let more = shares.len().saturating_sub(MOST_SHARES);
    let shown: Vec<String> =
        shares.take(MOST_SHARES).map(|(name, tasks)| format!("{name} ({})", grouped(tasks))).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &more
}

fn listed(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(MOST_SHARES);
    let shown: Vec<String> = names.take(MOST_SHARES).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &more
}

/// The leading diagnosis of the sample.
fn diagnosis(incident: &Incident) -> Option<&Diagnosis> {
    let report = &incident.sample.as_ref()?.report;
    report.diagnoses().find(|found| Some(found.code) == incident.code)
}

/// The first thing to change, else to look at.
fn fix(found: &Diagnosis) -> Option<(String, Option<String>)> {
    let remedy = found.remedies.iter().find(|remedy| remedy.mutating).or(found.remedies.first())?;
    Some((remedy.title.clone().into_owned(), remedy.command.clone()))
}

fn causes(report: &FleetReport) -> Vec<String> {
    let causes = &report.totals.causes;
    let shown = causes.iter().take(MOST_TOTALS);
    let rows = shown.map(|total| format!("{:>9}  {}: {}", grouped(total.tasks), total.code, total.title));
    rows.chain(rest(causes.len())).collect()
}

fn services(report: &FleetReport) -> Vec<String> {
    let services: Vec<_> = report.totals.services.iter().filter(|total| total.failures > 0).collect();
    let shown = services.iter().take(MOST_TOTALS);
    let rows = shown.map(|total| {
        let name = total.service.as_deref().or(total.family.as_deref()).unwrap_or_default();
        let cluster = total.cluster.as_deref().map(|cluster| format!(" in {cluster}")).unwrap_or_default();
        let share = total.failures as f64 * 100.0 / total.tasks.max(1) as f64;
        let (failures, tasks) = (grouped(total.failures), grouped(total.tasks));
        format!("{failures:>9}  {name}{cluster}: {share:.0} % of {tasks} failed")
    });
    rows.chain(rest(services.len())).collect()
}

fn rest(count: usize) -> Option<String> {
    (count > MOST_TOTALS).then(|| format!("and {} more", count - MOST_TOTALS))
}

fn problems(report: &FleetReport) -> Vec<String> {
    let rows = report.problems.iter().map(|problem| {
        let line = (problem.line > 0).then(|| format!("line {}", problem.line));
        let place: Vec<&str> = problem.source.as_deref().into_iter().chain(line.as_deref()).collect();
        let place = if place.is_empty() { "the input".to_owned() } else { place.join(", ") };
        format!("{place}: {}", problem.message)
    });
    rows.collect()
}

/// Numbers as a row of bars: the largest is full, what is not zero is never empty.
pub(super) fn bars(counts: &[u64]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let bar = |count: &u64| match count {
        0 => '·',
        count => BARS[(u128::from(*count) * 8).div_ceil(u128::from(most)) as usize - 1],
    };
    counts.iter().map(bar).collect()
}

fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(count))
}

/// `1,234,567`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Control characters never reach a terminal.
fn clean(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
