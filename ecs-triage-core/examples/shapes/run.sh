#!/usr/bin/env bash
# Reads answers made from botocore's models: run.sh [COUNT], 2,000 unless said otherwise.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
cache="${XDG_CACHE_HOME:-$HOME/.cache}/ecs-triage"
count="${1:-2000}"
venv="$cache/venv-botocore"
if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c "import botocore" 2>/dev/null; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet "botocore>=1.43"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Both as other tests build them, so that nothing is compiled twice: an example brings features of what only tests need.
cargo build --quiet --package ecs-triage-core --all-features --example shapes
cargo build --quiet --workspace --all-features --bin ecs-triage --bin calls
shapes="${CARGO_TARGET_DIR:-target}/debug/examples/shapes"
"$shapes" names >"$work/names.ndjson"
"$venv/bin/python" ecs-triage-core/examples/shapes/generate.py names "$work/names.ndjson"
"$venv/bin/python" ecs-triage-core/examples/shapes/generate.py answers "$work/names.ndjson" "$count" >"$work/answers.ndjson"
"$shapes" check <"$work/answers.ndjson"
# The same answers through the real command, all in one: it reads lines of recorded calls.
head -n 400 "$work/answers.ndjson" >"$work/some.ndjson"
status=0
"${CARGO_TARGET_DIR:-target}/debug/ecs-triage" --format json "$work/some.ndjson" >"$work/report.json" || status=$?
if [ "$status" = 2 ] || [ "$status" -gt 3 ]; then
  echo "the command ended with $status"
  exit 1
fi
"$venv/bin/python" -c 'import json, sys; json.load(open(sys.argv[1]))' "$work/report.json"
echo "the command read 400 of them and ended with $status"
