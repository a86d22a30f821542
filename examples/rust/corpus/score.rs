//! Counts right, wrong and silent answers.

use std::collections::BTreeMap;

use ecs_triage_core::rules::rule;
use ecs_triage_core::{Confidence, Evidence, Report, diagnose};
use serde_json::Value;

/// Least share of right answers, in percent, for each part of a corpus.
const LEAST: [(&str, f64); 4] =
    [("messages", 98.0), ("pasted", 95.0), ("cases", 95.0), ("odd-formats", 60.0)];
/// Greatest share of wrong answers that are `likely`, in percent.
const MOST_WRONG_LIKELY: f64 = 1.0;

/// What is known of a message or case.
pub(crate) struct Truth {
    codes: Vec<String>,
    verdicts: Vec<String>,
    /// Silence, or a verdict without a diagnosis, is right.
    expects_none: bool,
}

impl Truth {
    pub(crate) fn of_message(entry: &Value) -> Self {
        let mut codes = texts(&entry["also_ok"]);
        codes.insert(0, entry["code"].as_str().unwrap_or_default().to_owned());
        Self { codes, verdicts: Vec::new(), expects_none: false }
    }

    pub(crate) fn of_case(truth: &Value) -> Self {
        let mut codes = texts(&truth["codes"]);
        codes.extend(texts(&truth["also_ok"]));
        let mut verdicts = texts(&truth["verdict_also_ok"]);
        verdicts.extend(truth["verdict"].as_str().map(str::to_owned));
        Self { codes, verdicts, expects_none: truth["expect_none"].as_bool().unwrap_or(false) }
    }
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

/// Answers counted by part, by bucket, and by outcome.
#[derive(Default)]
pub(crate) struct Score {
    pub(crate) parts: BTreeMap<String, Tally>,
    pub(crate) buckets: BTreeMap<String, Tally>,
    pub(crate) misses: Vec<Miss>,
    wrong_verdicts: Vec<String>,
    /// Places where less text made the answer surer.
    rises: Vec<String>,
}

/// An answer that is not right.
pub(crate) struct Miss {
    pub(crate) part: String,
    /// Begin of the message, or name of the case; for the terminal only.
    text: String,
    pub(crate) wanted: Vec<String>,
    /// Code and confidence, or `silent`.
    pub(crate) said: String,
}

/// How many answers were how right.
#[derive(Default)]
pub(crate) struct Tally {
    /// By confidence: possible, likely, confirmed.
    pub(crate) right: [usize; 3],
    pub(crate) wrong: [usize; 3],
    pub(crate) silent: usize,
    /// Silent where silence is right.
    pub(crate) right_silent: usize,
}

impl Tally {
    pub(crate) fn all(&self) -> usize {
        self.right.iter().chain(&self.wrong).sum::<usize>() + self.silent + self.right_silent
    }

    pub(crate) fn percent_right(&self) -> f64 {
        100.0 * (self.right.iter().sum::<usize>() + self.right_silent) as f64 / self.all().max(1) as f64
    }
}

impl Score {
    pub(crate) fn add(&mut self, part: &str, name: &str, report: &Report, truth: &Truth) {
        let bucket =
            truth.codes.first().and_then(|code| rule(code)).map_or("none", |rule| rule.bucket.as_str());
        let first = report.diagnoses().next();
        let is_right = match first {
            Some(found) => truth.codes.iter().any(|code| code == found.code),
            None => truth.expects_none,
        };
        for tally in [
            self.parts.entry(part.to_owned()).or_default(),
            self.buckets.entry(bucket.to_owned()).or_default(),
        ] {
            match first {
                Some(found) if is_right => tally.right[level(found.confidence)] += 1,
                Some(found) => tally.wrong[level(found.confidence)] += 1,
                None if is_right => tally.right_silent += 1,
                None => tally.silent += 1,
            }
        }
        let short: String = name.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(110).collect();
        if !is_right {
            let said =
                first.map_or("silent".to_owned(), |found| format!("{} ({:?})", found.code, found.confidence));
            self.misses.push(Miss {
                part: part.to_owned(),
                text: short.clone(),
                wanted: truth.codes.clone(),
                said,
            });
        }
        let verdict = serde_json::to_value(report.subjects().first().map(|subject| subject.verdict))
            .unwrap_or_default();
        let verdict = verdict.as_str().unwrap_or("none").to_owned();
        if !truth.verdicts.is_empty() && !truth.verdicts.contains(&verdict) {
            self.wrong_verdicts
                .push(format!("{part}: {short}: {verdict}, wanted {}", truth.verdicts.join(" or ")));
        }
    }

    /// Cuts a message at every place: what is cut must never make the answer surer.
    pub(crate) fn cut(&mut self, text: &str) {
        let mut before = None;
        for (end, letter) in text.char_indices() {
            let mut evidence = Evidence::new();
            let _ = evidence.add_value(None, Value::String(text[..end + letter.len_utf8()].to_owned()));
            let report = diagnose(&evidence);
            let now = report.diagnoses().next().map(|found| (found.confidence, found.code));
            if before.map(|(confidence, _)| confidence) > now.map(|(confidence, _)| confidence) {
                let shown: String = text[..end + letter.len_utf8()]
                    .chars()
                    .rev()
                    .take(60)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .rev()
                    .collect();
                self.rises.push(format!("{before:?} became {now:?} with `…{shown}`"));
            }
            before = now;
        }
    }

    pub(crate) fn print(&self) {
        println!(
            "{:12} {:>5} {:>7}   right: {:>9} {:>6} {:>8}   wrong: {:>9} {:>6} {:>8} {:>7}",
            "",
            "all",
            "right",
            "confirmed",
            "likely",
            "possible",
            "confirmed",
            "likely",
            "possible",
            "silent"
        );
        for (name, tally) in self.parts.iter().chain(&self.buckets) {
            println!(
                "{name:12} {:>5} {:>6.1}%          {:>9} {:>6} {:>8}          {:>9} {:>6} {:>8} {:>7}",
                tally.all(),
                tally.percent_right(),
                tally.right[2],
                tally.right[1],
                tally.right[0],
                tally.wrong[2],
                tally.wrong[1],
                tally.wrong[0],
                tally.silent,
            );
        }
        for miss in &self.misses {
            println!(
                "miss  {}: {}\n    wanted {}, said {}",
                miss.part,
                miss.text,
                miss.wanted.join(" or "),
                miss.said
            );
        }
        for wrong in &self.wrong_verdicts {
            println!("verdict  {wrong}");
        }
        for rise in &self.rises {
            println!("cut  {rise}");
        }
    }

    pub(crate) fn is_good(&self) -> bool {
        self.rises.is_empty()
            && LEAST.iter().all(|(part, least)| {
                let Some(tally) = self.parts.get(*part) else { return true };
                let wrong_likely = 100.0 * tally.wrong[1] as f64 / tally.all().max(1) as f64;
                tally.percent_right() >= *least && tally.wrong[2] == 0 && wrong_likely <= MOST_WRONG_LIKELY
            })
    }
}

fn level(confidence: Confidence) -> usize {
    match confidence {
        Confidence::Confirmed => 2,
        Confidence::Likely => 1,
        _ => 0,
    }
}
