#!/usr/bin/env bash
# Runs the Spark job's tests in local mode with the wheel, built and installed as users get it.
# Usage: test.sh CACHE COMMAND: a folder outside the repository that makes later runs fast, and the `ecs-triage` to compare
# with. EVENTS may name a file of generated events; without it they are made from the bundled incidents.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
cache=$1
export ECS_TRIAGE=$2 SPARK_LOCAL_IP=127.0.0.1 PYTHONWARNINGS=ignore
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

if ! command -v java >/dev/null; then
  as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
  as_root apt-get update -qq
  as_root apt-get install -y -qq default-jre-headless >/dev/null
fi
venv="$cache/spark"
if [ ! -x "$venv/bin/pytest" ]; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet "maturin>=1.7,<2" "pyspark>=4,<5" "pandas>=2.2,<3" "pyarrow>=18" "pytest>=8"
fi
"$venv/bin/maturin" build --quiet --manifest-path ../../ecs-triage-py/Cargo.toml --out "$scratch"
"$venv/bin/pip" install --quiet --force-reinstall --no-deps "$scratch"/*.whl
"$venv/bin/python" -m pytest -q -p no:cacheprovider .
