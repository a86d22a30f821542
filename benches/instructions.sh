#!/usr/bin/env bash
# Counts instructions with valgrind: the same number on a busy machine as on an idle one. Prints them per event of the
# mixed stream, typed parsing by serde_json beside the fleet, and per task of a response that is diagnosed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cargo build --quiet --release -p ecs-triage-benches --bin report
report="${CARGO_TARGET_DIR:-target}/release/report"

count() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$report" --once "$1" "$2" 2>&1 |
    sed -n 's/.*refs: *//p' | tr -d ,
}

for events in 10000 ${1:-50000}; do
  made=$(count events "$events") typed=$(count typed "$events") fold=$(count fold "$events")
  awk -v n="$events" -v made="$made" -v typed="$typed" -v fold="$fold" 'BEGIN {
    printf "%d events: serde_json %.0f, fleet %.0f an event; %.2f times the instructions\n",
      n, (typed - made) / n, (fold - made) / n, (fold - made) / (typed - made) }'
done
for tasks in 1 10 100; do
  first=$(count diagnose "$tasks") again=$(count again "$tasks")
  awk -v n="$tasks" -v first="$first" -v again="$again" 'BEGIN {
    printf "%d tasks: diagnose %.0f a task, once expressions are compiled\n", n, (again - first) / 10 / n }'
done
