//! Scores the engine on labelled messages and cases.
//!
//! `cargo run -p ecs-triage-examples --bin corpus -- FOLDER [--accuracy FILE]`, where the folder holds
//! - `messages.json`: `[{"message", "code", "also_ok": []}]`,
//! - `cases/*.json`: `{"inputs": {"describe_tasks": …}, "truth": {"codes", "also_ok", "verdict", "expect_none"}}`,
//! - `odd-formats/NAME.*` with `NAME.truth.json`.
//!
//! Right: the first diagnosis is one of the codes. Silent: there is none. The exit status is 1 when an answer
//! is wrong and `confirmed`, or when too few are right.
//!
//! `--accuracy FILE` compares the figures with those of `FILE` and fails when they differ; with `UPDATE_GENERATED=1`
//! it writes them. They name causes and counts, never a text of the corpus.

mod accuracy;
mod score;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use ecs_triage_core::{Evidence, diagnose};
use score::{Score, Truth};
use serde_json::Value;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    const USAGE: &str = "usage: corpus FOLDER [--accuracy FILE]";
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (folder, page) = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [folder] => (folder, None),
        [folder, "--accuracy", page] => (folder, Some(page)),
        _ => return Err(USAGE.into()),
    };
    let folder = Path::new(folder);
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
    let is_current = match page {
        Some(page) => accuracy::is_current(Path::new(page), &score)?,
        None => true,
    };
    Ok(if score.is_good() && is_current { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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
