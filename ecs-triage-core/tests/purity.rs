//! The engine's dependency tree stays small, and nothing in it talks to the world.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests may read files and panic"
)]

use std::collections::BTreeSet;
use std::process::Command;

/// What the engine may depend on, in all. A new name is a decision, not an accident.
const ALLOWED: &[&str] = &[
    "adler2",
    "aho-corasick",
    "ecs-triage-core",
    "itoa",
    "jiff",
    "jiff-core",
    "memchr",
    "miniz_oxide",
    "proc-macro2",
    "quote",
    "regex",
    "regex-lite",
    "regex-automata",
    "regex-syntax",
    "serde",
    "serde_core",
    "serde_derive",
    "serde_json",
    "syn",
    "thiserror",
    "thiserror-impl",
    "unicode-ident",
    "zmij",
];

#[test]
fn the_dependency_tree_is_short_and_known() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--package",
            "ecs-triage-core",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let found: BTreeSet<&str> =
        tree.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty()).collect();
    let unknown: Vec<_> = found.iter().filter(|name| !ALLOWED.contains(name)).collect();
    assert!(unknown.is_empty(), "new dependencies of the engine: {unknown:?}");
}
