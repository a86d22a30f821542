//! Scores the engine on labelled messages and cases.
//!
//! `cargo run -p ecs-triage-examples --bin corpus -- FOLDER [--misses]`, where the folder holds
//! - `messages.json`: `[{"message", "code", "also_ok": []}]`,
//! - `cases/*.json`: `{"inputs": {"describe_tasks": …}, "truth": {"codes", "also_ok", "verdict", "expect_none"}}`,
//! - `odd-formats/NAME.*` with `NAME.truth.json`.
//!
//! Right: the first diagnosis is one of the codes. Silent: there is none. The exit status is 1 when an answer
//! is wrong and `confirmed`, or when too few are right.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use ecs_triage_core::rules::rule;
use ecs_triage_core::{Confidence, Evidence, Report, diagnose};
use serde_json::Value;

/// Least share of right answers, in percent, for each part of a corpus.
const LEAST: [(&str, f64); 4] =
    [("messages", 98.0), ("pasted", 95.0), ("cases", 95.0), ("odd-formats", 60.0)];
/// Greatest share of wrong answers that are `likely`, in percent.
const MOST_WRONG_LIKELY: f64 = 1.0;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: corpus FOLDER")?;
    let folder = Path::new(&folder);
    let mut score = Score::default();
    for entry in list(&fs::read_to_string(folder.join("messages.json"))?)? {
        let mut evidence = Evidence::new();
        let text = entry["message"].as_str().unwrap_or_default();
        // What cannot be read is an answer too: silence.
        let _ = evidence.add_value(None, Value::String(text.to_owned()));
        score.add("messages", text, &diagnose(&evidence), &Truth::of_message(&entry));
        score.cut(text);
        // The same, as somebody pastes it.
        let mut evidence = Evidence::new();
        let _ = evidence.add_json(text.as_bytes());
        score.add("pasted", text, &diagnose(&evidence), &Truth::of_message(&entry));
    }
    for path in files(&folder.join("cases"))? {
        let case: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
        let mut evidence = Evidence::new();
        for (name, value) in case["inputs"].as_object().into_iter().flatten() {
            let _ = evidence.add_value(Some(name), value.clone());
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        score.add("cases", &name, &diagnose(&evidence), &Truth::of_case(&case["truth"]));
    }
    for path in files(&folder.join("odd-formats"))? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let Some(stem) = name.strip_suffix(".truth.json") else { continue };
        let truth: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
        let mut evidence = Evidence::new();
        let file = truth["file"].as_str().unwrap_or_default();
        let _ = evidence.add_json(&fs::read(path.with_file_name(file))?);
        score.add("odd-formats", stem, &diagnose(&evidence), &Truth::of_case(&truth["truth"]));
    }
    score.print();
    Ok(if score.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn list(json: &str) -> Result<Vec<Value>, serde_json::Error> {
    serde_json::from_str(json)
}

fn files(folder: &Path) -> Result<Vec<std::path::PathBuf>, std::io::Error> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.sort();
    Ok(paths)
}

/// What is known of a message or case.
struct Truth {
    codes: Vec<String>,
    verdicts: Vec<String>,
    /// Silence, or a verdict without a diagnosis, is right.
    expects_none: bool,
}

impl Truth {
    fn of_message(entry: &Value) -> Self {
        let mut codes = texts(&entry["also_ok"]);
        codes.insert(0, entry["code"].as_str().unwrap_or_default().to_owned());
        Self { codes, verdicts: Vec::new(), expects_none: false }
    }

    fn of_case(truth: &Value) -> Self {
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
struct Score {
    parts: BTreeMap<String, Tally>,
    buckets: BTreeMap<String, Tally>,
    misses: Vec<String>,
    wrong_verdicts: Vec<String>,
    /// Places where less text made the answer surer.
    rises: Vec<String>,
}

#[derive(Default)]
struct Tally {
    right: [usize; 3],
    wrong: [usize; 3],
    silent: usize,
    right_silent: usize,
}

impl Tally {
    fn all(&self) -> usize {
        self.right.iter().chain(&self.wrong).sum::<usize>() + self.silent + self.right_silent
    }

    fn percent_right(&self) -> f64 {
        100.0 * (self.right.iter().sum::<usize>() + self.right_silent) as f64 / self.all().max(1) as f64
    }
}

impl Score {
    fn add(&mut self, part: &str, name: &str, report: &Report, truth: &Truth) {
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
            self.misses
                .push(format!("{part}: {short}\n    wanted {}, said {said}", truth.codes.join(" or ")));
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
    fn cut(&mut self, text: &str) {
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

    fn print(&self) {
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
            println!("miss  {miss}");
        }
        for wrong in &self.wrong_verdicts {
            println!("verdict  {wrong}");
        }
        for rise in &self.rises {
            println!("cut  {rise}");
        }
    }

    fn is_good(&self) -> bool {
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
