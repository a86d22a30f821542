#!/usr/bin/env bash
# Compares the engine with another evaluator of IAM policies over generated policies and requests.
#
# usage: run.sh [SEED [COUNT]]
#
# The other evaluator is the npm package @cloud-copilot/iam-simulate (AGPL-3.0). It is installed into the user's cache,
# runs in a process of its own, and is no part of this project.
set -euo pipefail

seed=${1:-1}
count=${2:-20000}
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/ecs-triage/iam-differential
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$cache"
if ! cmp -s "$here/package.json" "$cache/package.json" || [[ ! -d $cache/node_modules ]]; then
  cp "$here/package.json" "$cache/package.json.new"
  (cd "$cache" && mv package.json.new package.json && npm install --no-audit --no-fund --ignore-scripts --silent) ||
    { rm -f "$cache/package.json"; exit 1; }
fi

node "$here/generate.mjs" "$seed" "$count" >"$work/cases"
node "$here/simulate.mjs" "$cache" "$work/cases" >"$work/theirs"
cargo run --quiet --manifest-path "$here/../../Cargo.toml" --all-features --example iam_differential \
  <"$work/cases" >"$work/ours"
node "$here/compare.mjs" "$work/cases" "$work/theirs" "$work/ours" "$here/DISAGREEMENTS.md"
