#!/usr/bin/env bash
# Builds the npm package and the page: `build.sh [OUT]`, by default into `dist` beside this file.
#
#   OUT/package            the npm package, unpacked
#   OUT/ecs-triage-*.tgz   the same, as `npm install` takes it
#   OUT/index.html         the page: one file
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(dirname "$here")"
out="${1:-$here/dist}"
. "$here/tools.sh"

target="$cache/wasm-target"
(cd "$root" && CARGO_TARGET_DIR="$target" cargo_wasm build --quiet --package ecs-triage-wasm --lib \
  --target wasm32-unknown-unknown --profile wasm)

package="$out/package"
rm -rf "$package" && mkdir -p "$package"
wasm_bindgen --target web --out-dir "$package" --out-name ecs_triage --remove-producers-section \
  "$target/wasm32-unknown-unknown/wasm/ecs_triage_wasm.wasm"
# Small as it travels, compressed: inlining would make it larger, and functions of like names stand together because
# they are alike. Their names go only then.
optimize=(-Oz --skip-pass=inlining --skip-pass=inlining-optimizing --reorder-functions-by-name --strip-debug
  --enable-bulk-memory --enable-bulk-memory-opt --enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals
  --enable-reference-types --enable-multivalue --enable-extended-const)
# A minute's work, which the same module need not do twice.
small="$cache/wasm-small/$( (echo "${optimize[*]}"; cat "$package/ecs_triage_bg.wasm") | sha256sum | cut -d ' ' -f 1).wasm"
if [ ! -f "$small" ]; then
  mkdir -p "$cache/wasm-small"
  node_tool wasm-opt "${optimize[@]}" "$package/ecs_triage_bg.wasm" -o "$small.part"
  mv "$small.part" "$small"
fi
cp "$small" "$package/ecs_triage_bg.wasm"
rm -f "$package/.gitignore" "$package/ecs_triage_bg.wasm.d.ts" "$package/package.json"
cp "$here"/js/* "$here/package.json" "$here/README.md" "$root/LICENSE-MIT" "$root/LICENSE-APACHE" "$package"
(cd "$package" && npm pack --silent --pack-destination "$out" > /dev/null)

NODE_PATH="$node_modules/node_modules" node "$here/www/build.mjs" "$package" "$out/index.html"
node "$here/size.mjs" "$out"
