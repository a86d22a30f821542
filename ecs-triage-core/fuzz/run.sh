#!/usr/bin/env bash
# Fuzzes every target: run.sh SECONDS [FOLDER...], SECONDS in all, FOLDERs with further seeds.
# cargo-fuzz, corpora and builds are kept in the cache. The compiler's own coverage passes work on the stable toolchain.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/ecs-triage"
seconds="${1:?run.sh SECONDS [FOLDER...]}"
shift
targets=(evidence message iam diagnose fleet verify)
tool="$cache/cargo-fuzz/bin/cargo-fuzz"
if [ ! -x "$tool" ]; then
  cargo install cargo-fuzz --version 0.13.2 --locked --quiet --root "$cache/cargo-fuzz"
fi
export RUSTC_BOOTSTRAP=1 PATH="$cache/cargo-fuzz/bin:$PATH"
export CARGO_TARGET_DIR="${FUZZ_TARGET_DIR:-$cache/fuzz/target}"
python3 seeds.py "$cache/fuzz/corpus" "$@"
# The core has no unsafe code: panics, hangs and memory are what can go wrong, and no sanitizer is needed for those.
cargo fuzz build --release --sanitizer none --fuzz-dir .
found=0
for target in "${targets[@]}"; do
  mkdir -p "$cache/fuzz/artifacts/$target"
  log="$cache/fuzz/$target.log"
  # An input that takes a minute or half a gigabyte is a finding too; the machine may be busy.
  cargo fuzz run --release --sanitizer none --fuzz-dir . "$target" "$cache/fuzz/corpus/$target" -- \
    -max_total_time=$((seconds / ${#targets[@]})) -max_len=32768 -timeout=60 -rss_limit_mb=1024 -malloc_limit_mb=512 \
    -dict=ecs.dict -artifact_prefix="$cache/fuzz/artifacts/$target/" -print_final_stats=1 2>"$log" && finding="no finding" || {
    finding="A FINDING"
    found=1
    tail -40 "$log" >&2
  }
  stat() { grep -oE "stat::$1: +[0-9]+" "$log" | grep -oE '[0-9]+$' || echo 0; }
  # `cov` counts edges, `ft` also how often each was taken, both of the last line that tells them.
  covered=$(grep -oE 'cov: [0-9]+ ft: [0-9]+' "$log" | tail -1 | awk '{ print $2 " edges, " $4 " features" }')
  echo "$target: $(stat number_of_executed_units) runs, ${covered:-no coverage told}, $(find "$cache/fuzz/corpus/$target" -type f | wc -l) inputs kept, slowest $(stat slowest_unit_time_sec) s, $(stat peak_rss_mb) MB; $finding"
done
exit $found
