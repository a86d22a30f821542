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

compile_module
package="$out/package"
rm -rf "$package" && mkdir -p "$package"
wasm_bindgen --target web --out-dir "$package" --out-name ecs_triage --remove-producers-section "$module"
# Small as it travels, compressed. So nothing is inlined, and no pass runs that saves bytes but makes functions less alike.
features=(--enable-bulk-memory --enable-bulk-memory-opt --enable-nontrapping-float-to-int --enable-sign-ext
  --enable-mutable-globals --enable-reference-types --enable-multivalue --enable-extended-const)
optimize=(-Oz)
for pass in inlining inlining-optimizing local-cse code-folding; do
  optimize+=("--skip-pass=$pass")
done
# A minute's work, which the same module need not do twice.
bound="$package/ecs_triage_bg.wasm"
small="$cache/wasm-small/$( (echo "${features[*]} ${optimize[*]}"; cat "$here/order.mjs" "$bound") | sha256sum | cut -d ' ' -f 1).wasm"
if [ ! -f "$small" ]; then
  mkdir -p "$cache/wasm-small"
  node_tool wasm-opt "${features[@]}" "${optimize[@]}" "$bound" -o "$small.part"
  node "$here/order.mjs" "$small.part" "$small.part"
  node_tool wasm-opt "${features[@]}" --reorder-functions-by-name --strip-debug "$small.part" -o "$small.part"
  mv "$small.part" "$small"
fi
cp "$small" "$bound"
rm -f "$package/.gitignore" "$package/ecs_triage_bg.wasm.d.ts" "$package/package.json"
cp "$here"/js/* "$here/package.json" "$here/README.md" "$root/LICENSE-MIT" "$root/LICENSE-APACHE" "$package"
(cd "$package" && npm pack --silent --pack-destination "$out" > /dev/null)

NODE_PATH="$node_modules/node_modules" node "$here/www/build.mjs" "$package" "$out/index.html"
node "$here/size.mjs" "$out"
