//! A fleet's report as one page: it loads nothing, runs nothing and needs no network.

use std::fmt::Write as _;

use ecs_triage_core::fleet::{FleetReport, Incident};
use ecs_triage_core::report::Diagnosis;
use ecs_triage_core::{Timestamp, Verdict};

use super::plot::{Series, bar, columns, escaped, grouped, spark};

const CSS: &str = include_str!("page.css");

/// Incidents that have a colour of their own in the plot over time.
const COLOURS: [&str; 6] = ["c0", "c1", "c2", "c3", "c4", "c5"];

/// Causes and services in the tables.
const MOST_ROWS: usize = 10;

/// The page.
pub(super) fn page(report: &FleetReport) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         base-uri 'none'; form-action 'none'\">\
         <title>ecs-triage fleet</title><style>{CSS}</style></head><body><main>\n"
    );
    head(&mut out, report);
    over_time(&mut out, report);
    causes(&mut out, report);
    services(&mut out, report);
    incidents(&mut out, report);
    unread(&mut out, report);
    let _ = writeln!(out, "<p class=\"quiet\">Made by ecs-triage {}.</p>", env!("CARGO_PKG_VERSION"));
    out.push_str("</main></body></html>\n");
    out
}

fn failed(report: &FleetReport) -> u64 {
    let is_failure = |total: &&ecs_triage_core::fleet::VerdictTotal| total.verdict == Verdict::Failure;
    report.totals.verdicts.iter().find(is_failure).map_or(0, |total| total.tasks)
}

fn head(out: &mut String, report: &FleetReport) {
    let (failed, about) = (failed(report), if report.input.estimated { "about " } else { "" });
    let _ = match failed {
        0 => write!(out, "<h1>None of {about}{} tasks failed</h1>", grouped(report.totals.tasks)),
        _ => write!(
            out,
            "<h1>{about}{} of {} tasks failed</h1>",
            grouped(failed),
            grouped(report.totals.tasks)
        ),
    };
    if let (Some(first), Some(last)) = (report.first_seen, report.last_seen) {
        let _ = write!(out, "<p class=\"quiet\">{} to {} (UTC)</p>", minute(first), minute(last));
    }
    let input = &report.input;
    if input.incomplete > 0 {
        let _ = write!(
            out,
            "<p class=\"partial\"><b>Partial.</b> {} of the inputs were not read to their end; all numbers are of what was \
             read.</p>",
            grouped(input.incomplete)
        );
    }
    let failing = report.totals.services.iter().filter(|total| total.failures > 0).count();
    let listed = report.incidents.iter().filter(|incident| incident.verdict == Verdict::Failure).count();
    let loops = report.incidents.iter().filter(|incident| incident.crash_loop.is_some()).count();
    let regressions = report.incidents.iter().filter(|incident| incident.regression.is_some()).count();
    out.push_str("<div class=\"tiles\">");
    for (count, what) in [
        (listed as u64 + report.more_incidents, "incidents"),
        (failing as u64, "services with failures"),
        (loops as u64, "crash loops"),
        (regressions as u64, "began with a revision"),
        (input.records, "records read"),
        (input.broken, "lines not readable"),
    ] {
        let _ = write!(
            out,
            "<div class=\"card\"><b>{}</b><span class=\"quiet\">{what}</span></div>",
            grouped(count)
        );
    }
    out.push_str("</div>\n");
    if input.estimated {
        let share = input.sampled * 100.0;
        let _ = writeln!(out, "<p class=\"quiet\">Counts are estimates from {share:.3} % of the tasks.</p>");
    }
}

/// Failures by incident, stacked; the smaller incidents are one.
fn over_time(out: &mut String, report: &FleetReport) {
    let Some(buckets) = &report.buckets else { return };
    let failures: Vec<&Incident> =
        report.incidents.iter().filter(|incident| incident.verdict == Verdict::Failure).collect();
    let names: Vec<String> = failures.iter().map(|incident| name(incident)).collect();
    let mut series: Vec<Series<'_>> = Vec::new();
    for ((incident, name), class) in failures.iter().zip(&names).zip(COLOURS) {
        series.push(Series { name, class, counts: incident.counts.clone() });
    }
    let shown =
        |index: usize| series.iter().map(|one| one.counts.get(index).copied().unwrap_or(0)).sum::<u64>();
    let others = buckets.failures.iter().enumerate().map(|(index, all)| all.saturating_sub(shown(index)));
    let others: Vec<u64> = others.collect();
    if others.iter().any(|count| *count > 0) {
        series.push(Series { name: "other incidents", class: "other", counts: others });
    }
    let times = (0..buckets.failures.len() as u64).map(|index| index * buckets.seconds);
    let times: Vec<String> = times
        .map(|after| buckets.start.epoch_seconds() + after as i64)
        .filter_map(|seconds| Timestamp::from_epoch(seconds as f64))
        .map(minute)
        .collect();
    let _ = writeln!(
        out,
        "<h2>Failed tasks over time</h2><div class=\"card\">{}<ul class=\"legend\">",
        columns(&times, &series)
    );
    for one in &series {
        let _ = write!(
            out,
            "<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"{}\" width=\"10\" height=\"10\"/></svg>{}</li>",
            one.class,
            escaped(one.name)
        );
    }
    let _ =
        writeln!(out, "</ul><p class=\"quiet\">One column is {}.</p></div>", length(buckets.seconds as f64));
}

fn incidents(out: &mut String, report: &FleetReport) {
    if report.incidents.is_empty() {
        return;
    }
    out.push_str("<h2>Incidents</h2>\n");
    let mut colours = COLOURS.iter();
    for incident in &report.incidents {
        let colour = match incident.verdict {
            Verdict::Failure => colours.next().copied().unwrap_or("other"),
            _ => "other",
        };
        card(out, incident, colour);
    }
    if report.more_incidents > 0 {
        let _ =
            writeln!(out, "<p class=\"quiet\">and {} smaller incidents</p>", grouped(report.more_incidents));
    }
}

fn card(out: &mut String, incident: &Incident, colour: &str) {
    let _ = write!(
        out,
        "<article class=\"card\"><div class=\"head\"><h3>{}</h3><b>{} {}</b></div>{}<dl>",
        escaped(&name(incident)),
        grouped(incident.tasks),
        if incident.tasks == 1 { "task" } else { "tasks" },
        spark(&incident.counts, colour)
    );
    let mut row = |label: &str, text: &str| {
        let _ = write!(out, "<dt>{label}</dt><dd>{text}</dd>");
    };
    let found = diagnosis(incident);
    if let Some(found) = found {
        row("What", &prose(&found.summary));
    }
    let sure = incident.confidence.map(|sure| format!(" ({})", format!("{sure:?}").to_lowercase()));
    let code = incident.code.unwrap_or("undetermined");
    row("Cause", &format!("<code>{}</code>{}", escaped(code), sure.unwrap_or_default()));
    if let (Some(first), Some(last)) = (incident.first_seen, incident.last_seen) {
        let rate = incident.per_hour.map(|rate| format!(", {rate:.1} an hour")).unwrap_or_default();
        row("When", &format!("{} to {}{rate}", minute(first), minute(last)));
    }
    if let Some(found) = &incident.crash_loop {
        let lived = found.lifetime_seconds.map(|life| format!(", each runs about {}", length(life)));
        let pace = length(found.interval_seconds);
        row("Loop", &format!("one ends every {pace}{}", lived.unwrap_or_default()));
    }
    if let Some(found) = &incident.regression {
        row(
            "Since",
            &format!(
                "began with <code>{}</code>: none of {} tasks of earlier revisions, up to <code>{}</code>, had it",
                escaped(&found.revision),
                grouped(found.previous_tasks),
                escaped(&found.previous)
            ),
        );
    }
    if !incident.deployments.is_empty() {
        let shares = incident.deployments.iter().take(4);
        let shares = shares
            .map(|share| format!("<code>{}</code> ({})", escaped(&share.deployment), grouped(share.tasks)));
        row("Deployments", &shares.collect::<Vec<_>>().join(", "));
    }
    out.push_str("</dl>");
    if let (Some(found), Some(sample)) = (found, &incident.sample) {
        details(out, found, &sample.id);
    }
    out.push_str("</article>\n");
}

/// Why, the proof and what to change, folded.
fn details(out: &mut String, found: &Diagnosis, id: &str) {
    let _ = write!(
        out,
        "<details><summary>Proof and fix, from one of the tasks</summary><p>{}</p><dl><dt>Sample</dt><dd><code>{}</code></dd>",
        prose(found.explanation),
        escaped(id)
    );
    for proof in &found.evidence {
        let value = proof.value.as_str().map_or_else(|| proof.value.to_string(), str::to_owned);
        let _ = write!(
            out,
            "<dt>Proof</dt><dd><code>{}</code><br>{}</dd>",
            escaped(&proof.pointer),
            escaped(&value)
        );
    }
    out.push_str("</dl>");
    for remedy in &found.remedies {
        let touches = if remedy.mutating { "changes something" } else { "read-only" };
        let _ = write!(out, "<p>{} <span class=\"quiet\">({touches})</span></p>", prose(&remedy.title));
        if let Some(command) = &remedy.command {
            let _ = write!(out, "<pre>{}</pre>", escaped(command));
        }
    }
    out.push_str("</details>");
}

fn causes(out: &mut String, report: &FleetReport) {
    let causes = &report.totals.causes;
    let Some(most) = causes.iter().map(|total| total.tasks).max() else { return };
    out.push_str(
        "<h2>Causes</h2><div class=\"card\"><table><tr><th>Cause</th><th class=\"title\"></th><th></th>\
         <th class=\"number\">Tasks</th></tr>\n",
    );
    for total in causes.iter().take(MOST_ROWS) {
        let _ = writeln!(
            out,
            "<tr><td><code>{}</code></td><td class=\"title quiet\">{}</td><td class=\"bars\">{}</td><td class=\"number\">{}</td></tr>",
            total.code,
            escaped(total.title),
            bar(total.tasks, total.tasks, most),
            grouped(total.tasks)
        );
    }
    out.push_str("</table>");
    rest(out, causes.len());
}

fn services(out: &mut String, report: &FleetReport) {
    let services = &report.totals.services;
    let Some(most) = services.iter().map(|total| total.tasks).max() else { return };
    out.push_str(
        "<h2>Services</h2><div class=\"card\"><table><tr><th>Service</th><th class=\"title\">Cluster</th><th></th>\
         <th class=\"number\">Failed</th><th class=\"number\">Tasks</th></tr>\n",
    );
    for total in services.iter().take(MOST_ROWS) {
        let name = total.service.as_deref().or(total.family.as_deref()).unwrap_or_default();
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td class=\"title quiet\">{}</td><td class=\"bars\">{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td></tr>",
            escaped(name),
            escaped(total.cluster.as_deref().unwrap_or_default()),
            bar(total.tasks, total.failures, most),
            grouped(total.failures),
            grouped(total.tasks)
        );
    }
    out.push_str("</table>");
    rest(out, services.len());
}

fn rest(out: &mut String, rows: usize) {
    if rows > MOST_ROWS {
        let _ = write!(out, "<p class=\"quiet\">and {} more</p>", rows - MOST_ROWS);
    }
    out.push_str("</div>\n");
}

fn unread(out: &mut String, report: &FleetReport) {
    if report.problems.is_empty() {
        return;
    }
    out.push_str("<h2>Not read</h2><div class=\"card\">");
    for problem in &report.problems {
        let source = problem.source.as_deref().map(|source| format!("{source}, ")).unwrap_or_default();
        let place = if problem.line > 0 { format!("{source}line {}", problem.line) } else { source };
        let _ = write!(
            out,
            "<p><code>{}</code> <span class=\"quiet\">{}</span></p>",
            escaped(place.trim_end_matches(", ")),
            escaped(&problem.message)
        );
    }
    out.push_str("</div>\n");
}

fn name(incident: &Incident) -> String {
    let cause = incident.title.unwrap_or("nothing in the events says why");
    let owner = incident.service.as_deref().or(incident.family.as_deref());
    match (owner, incident.cluster.as_deref()) {
        (Some(owner), Some(cluster)) => format!("{owner} in {cluster}: {cause}"),
        (Some(place), None) | (None, Some(place)) => format!("{place}: {cause}"),
        (None, None) => cause.to_owned(),
    }
}

/// The leading diagnosis of the sample.
fn diagnosis(incident: &Incident) -> Option<&Diagnosis> {
    let report = &incident.sample.as_ref()?.report;
    report.diagnoses().find(|found| Some(found.code) == incident.code)
}

/// A sentence with its names in backticks set as code.
fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // Without a partner, a backtick is one.
    let is_paired = !parts.len().is_multiple_of(2);
    let part = |(index, part): (usize, &&str)| match index % 2 {
        1 if is_paired => format!("<code>{}</code>", escaped(part)),
        1 => format!("`{}", escaped(part)),
        _ if index > 0 && !is_paired => format!("`{}", escaped(part)),
        _ => escaped(part),
    };
    parts.iter().enumerate().map(part).collect()
}

/// `2026-11-22 08:00`, in UTC.
fn minute(at: Timestamp) -> String {
    let text = at.to_string();
    text.get(..16).map_or(text.clone(), |minute| minute.replacen('T', " ", 1))
}

/// `2.5 minutes`.
fn length(seconds: f64) -> String {
    let (number, unit) = match seconds {
        ..90.0 => (seconds, "second"),
        ..5_400.0 => (seconds / 60.0, "minute"),
        ..129_600.0 => (seconds / 3_600.0, "hour"),
        _ => (seconds / 86_400.0, "day"),
    };
    let number = (number * 10.0).round() / 10.0;
    format!("{number} {unit}{}", if number == 1.0 { "" } else { "s" })
}
