#!/usr/bin/env bash
# Builds the package and the page and tests them: in Node, with the TypeScript compiler, and in Chromium.
#
# ECS_TRIAGE is the Rust command whose answers are to be met; ECS_TRIAGE_CORPUS may name a folder of labelled cases, and
# ECS_TRIAGE_SCREENSHOTS one for pictures of the page.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
root="$(dirname "$here")"
. "$here/tools.sh"
out="$cache/wasm-out"
mkdir -p "$out"
bash "$here/build.sh" "$out"

export NODE_PATH="$node_modules/node_modules" TSC="$node_modules/node_modules/.bin/tsc"
export ECS_TRIAGE_CORPUS="${ECS_TRIAGE_CORPUS:-}" ECS_TRIAGE_SCREENSHOTS="${ECS_TRIAGE_SCREENSHOTS:-$cache/screenshots}"
mkdir -p "$ECS_TRIAGE_SCREENSHOTS"

# The scripts of the page are checked against the types that the package declares.
cat > "$out/tsconfig.json" <<JSON
{ "compilerOptions": { "strict": true, "noEmit": true, "noUncheckedIndexedAccess": true, "noUnusedLocals": true, "target": "es2022",
    "module": "esnext", "moduleResolution": "bundler", "lib": ["es2023", "dom", "dom.iterable", "esnext.disposable"], "types": [],
    "paths": { "ecs-triage": ["$out/package/ecs_triage.d.ts"], "jsonc-parser": ["$NODE_PATH/jsonc-parser"] } },
  "files": ["$here/www/src/main.ts", "$here/www/src/worker.ts"] }
JSON
"$TSC" --project "$out/tsconfig.json"

ECS_TRIAGE_INSTALLED=$(mktemp -d)
export ECS_TRIAGE_INSTALLED ECS_TRIAGE_PAGE="$out/index.html"
trap 'rm -rf "$ECS_TRIAGE_INSTALLED"' EXIT
echo '{ "private": true, "type": "module" }' > "$ECS_TRIAGE_INSTALLED/package.json"
npm install --prefix "$ECS_TRIAGE_INSTALLED" --no-audit --no-fund --no-package-lock --loglevel=error "$out"/ecs-triage-*.tgz > /dev/null
node --test --test-reporter=spec "$here/tests/package.test.mjs"

# Debian's browser, so that what is tested is a real one; another one may be named.
export ECS_TRIAGE_CHROMIUM="${ECS_TRIAGE_CHROMIUM:-$(command -v chromium || true)}"
if [ -z "$ECS_TRIAGE_CHROMIUM" ]; then
  as_root apt-get update -qq
  DEBIAN_FRONTEND=noninteractive as_root apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core > /dev/null
  ECS_TRIAGE_CHROMIUM=$(command -v chromium)
fi
node --test --test-reporter=spec "$here/tests/page.test.mjs"
