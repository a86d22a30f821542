#!/usr/bin/env bash
# Builds the wheel, installs it into an empty environment and into one with what the tests take, and tests it there.
# Usage: test.sh CACHE, a folder outside the repository that makes later runs fast.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
cache=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

venv="$cache/venv-python"
wanted=$(cksum <pyproject.toml)
if [ "$(cat "$venv/installed" 2>/dev/null)" != "$wanted" ]; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  # The extra `test` as pyproject.toml lists it.
  "$venv/bin/pip" install --quiet "maturin>=1.7,<2"
  "$venv/bin/python" - >"$scratch/requirements" <<'LIST'
try:
    import tomllib
except ImportError:  # before Python 3.11
    from pip._vendor import tomli as tomllib
with open("pyproject.toml", "rb") as file:
    print("\n".join(tomllib.load(file)["project"]["optional-dependencies"]["test"]))
LIST
  "$venv/bin/pip" install --quiet -r "$scratch/requirements"
  echo "$wanted" >"$venv/installed"
fi

"$venv/bin/maturin" build --quiet --out "$scratch/wheels"
# The command to compare with; `cargo test` needs it anyway.
cargo build --quiet -p ecs-triage-aws
export ECS_TRIAGE_COMMAND="${CARGO_TARGET_DIR:-../target}/debug/ecs-triage"

# With nothing else installed: no boto3, no extras.
python3 -m venv --without-pip "$scratch/empty"
"$venv/bin/pip" --python "$scratch/empty/bin/python" install --quiet "$scratch"/wheels/*.whl
"$scratch/empty/bin/python" -I tests/empty_environment.py

"$venv/bin/pip" install --quiet --force-reinstall --no-deps "$scratch"/wheels/*.whl
"$venv/bin/python" -m pytest -q -n 2 -p no:cacheprovider
