//! No secret comes out of the command: canaries planted into fixtures are in nothing that it prints, in any format.
//!
//! The formats that the engine renders are gone through by its own test with many more inputs; here are those of the
//! command, its errors and its warnings. `ECS_TRIAGE_CASES=1000` runs as many inputs, `ECS_TRIAGE_SEED=7` others.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    dead_code,
    reason = "tests may read files and panic, and share what others use"
)]

#[path = "../../ecs-triage-core/tests/common/canaries.rs"]
mod canaries;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use canaries::{CANARY, Random, careless, leak, plant, stories, written};

/// Where the fixtures are.
fn crate_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ecs-triage-core")
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn number_of(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |count| count.parse().unwrap())
}

/// What the command prints, on both outputs.
fn printed(folder: &Path, args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ecs-triage"))
        .args(args)
        .current_dir(folder)
        .env("COLUMNS", "1000")
        .output()
        .unwrap();
    assert!(output.status.code().is_some_and(|code| code <= 3), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

const FORMATS: [&[&str]; 8] = [
    &["case", "--format", "sarif"],
    &["case", "--format", "junit"],
    &["check", "case", "--format", "sarif"],
    &["check", "case", "--format", "junit"],
    &["case", "--redact", "--redact-map", "map.json"],
    &["verify", "report.json", "case"],
    // Neither is what is asked for, which an error tells.
    &["case", "--rules", "first"],
    &["verify", "first", "case"],
];

#[test]
fn no_secret_is_printed() {
    let cases = number_of("ECS_TRIAGE_CASES", 60) as usize;
    let mut random = Random(number_of("ECS_TRIAGE_SEED", 0x5eed_0f0f));
    let scratch = std::env::temp_dir().join(format!("ecs-triage-secrets-{}", std::process::id()));
    let all = scratch.join("all");
    fs::create_dir_all(&all).unwrap();
    let stories = stories();
    let mut leaks: Vec<String> = Vec::new();
    let mut planted = 0;
    // A fleet is folded in no time: it gets ten times as many.
    for case in 0..10 * cases {
        let mut documents = stories[random.below(stories.len())].clone();
        documents.iter_mut().for_each(|(_, value)| plant(&mut random, value));
        if random.chance(4) {
            documents.push(careless(&mut random));
        }
        let is_run = case < cases;
        let folder = scratch.join("case");
        fs::create_dir_all(&folder).unwrap();
        for (index, (name, value)) in documents.iter().enumerate() {
            let bytes = written(&mut random, value);
            planted += String::from_utf8_lossy(&bytes).matches(CANARY).count();
            fs::write(all.join(format!("{case:04}-{name}.json")), &bytes).unwrap();
            if is_run {
                fs::write(folder.join(format!("{name}.json")), &bytes).unwrap();
            }
            if is_run && index == 0 {
                fs::write(scratch.join("first"), &bytes).unwrap();
            }
        }
        if is_run {
            let json = printed(&scratch, &["case", "--format", "json"]);
            fs::write(scratch.join("report.json"), json).unwrap();
            for args in FORMATS {
                if let Some(found) = leak(&printed(&scratch, args)) {
                    leaks.push(format!("{args:?} of {}: {found}", documents[0].0));
                }
            }
        }
        fs::remove_dir_all(&folder).unwrap();
    }
    for format in ["text", "json", "markdown"] {
        let text = printed(&scratch, &["fleet", "all", "--format", format, "--html", "page.html"]);
        if let Some(found) = leak(&text) {
            leaks.push(format!("fleet as {format}: {found}"));
        }
    }
    let page = fs::read_to_string(scratch.join("page.html")).unwrap();
    if let Some(found) = leak(&page) {
        leaks.push(format!("page of the fleet: {found}"));
    }
    fs::remove_dir_all(&scratch).unwrap();
    assert!(page.len() > 10_000);
    assert!(planted > 50 * cases, "{planted} secrets are too few");
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n\n"));
}
