# Fetches what the build and the tests of the package need, into a cache outside the clone. To be sourced.
#
# Sets `cache`, and gives `compile_module`, `wasm_bindgen` and `node_tool`.

cache="${ECS_TRIAGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ecs-triage}"
mkdir -p "$cache"
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# From npm, of these versions. There is no lock file: it would name a registry.
node_packages=(binaryen@132.0.0 esbuild@0.28.2 jsonc-parser@3.3.1 typescript@7.0.2 playwright-core@1.65.1 axe-core@4.14.1)
node_modules="$cache/wasm-node"
if [ "$(cat "$node_modules/.installed" 2>/dev/null)" != "${node_packages[*]}" ]; then
  mkdir -p "$node_modules"
  echo '{"private": true}' > "$node_modules/package.json"
  npm install --prefix "$node_modules" --no-audit --no-fund --no-package-lock --loglevel=error "${node_packages[@]}" > /dev/null
  echo "${node_packages[*]}" > "$node_modules/.installed"
fi
node_tool() { "$node_modules/node_modules/.bin/$1" "${@:2}"; }

# wasm-bindgen's command has to be of the very version of the crate.
bindgen_version=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' "$root/Cargo.lock")
bindgen_root="$cache/wasm-bindgen-$bindgen_version"
if [ ! -x "$bindgen_root/bin/wasm-bindgen" ]; then
  # Quick to compile before quick to run; its test runner, which would need TLS, is not taken.
  CARGO_TARGET_DIR="$bindgen_root/target" CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
    cargo install --quiet --root "$bindgen_root" "wasm-bindgen-cli@$bindgen_version" --no-default-features --bin wasm-bindgen
  rm -rf "$bindgen_root/target"
fi
wasm_bindgen() { "$bindgen_root/bin/wasm-bindgen" "$@"; }

# Debian's compiler for the browser, which knows the target, beside the machine's own: unpacked, not installed.
unpack_toolchain() {
  local std llvm packages version flags libraries package
  toolchain=$(dirname "$(ls -d "$cache"/rust-web-*/complete 2> /dev/null | head -n 1)")
  [ -e "$toolchain/complete" ] && return
  as_root apt-get update -qq
  std=$(apt-cache depends libstd-rust-web-dev | grep -m 1 -o 'libstd-rust-web-[0-9][0-9.]*')
  llvm=$(apt-cache depends "$std" | grep -m 1 -o 'libllvm[0-9][0-9]*')
  version=$(apt-cache policy rustc-web | sed -n 's/ *Candidate: //p')
  toolchain="$cache/rust-web-$version"
  packages=(rustc-web cargo-web libstd-rust-web-dev "$std" rust-web-src "$llvm" "lld-${llvm#libllvm}")
  # The libraries that they link with and this machine has not got.
  flags=(--no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances)
  libraries=$(apt-cache depends "${flags[@]}" "${packages[@]}" | sed -n 's/^ *Depends: \(lib[^<>]*\)$/\1/p' | grep -v -e '-dev$' | sort -u)
  for package in $(apt-cache depends --recurse "${flags[@]}" $libraries | grep '^[a-z]' | sort -u); do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)" = installed ] || packages+=("$package")
  done
  rm -rf "$toolchain" && mkdir -p "$toolchain/debs"
  (cd "$toolchain/debs" && apt-get download -q=2 -o APT::Sandbox::User=root "${packages[@]}" > /dev/null)
  for package in "$toolchain"/debs/*.deb; do dpkg -x "$package" "$toolchain"; done
  rm -rf "$toolchain/debs"
  touch "$toolchain/complete"
}

# Compiles the module and sets `module`. With Rust's own target where it is installed; else with the toolchain of Debian and a
# standard library that is built here for size: without it the module is about a tenth larger.
compile_module() {
  # Optimised as a whole, which takes a library of one kind, yet with hardly any inlining: a function of its own looks
  # like others, and so costs less once compressed.
  local command=(rustc --quiet --manifest-path "$root/Cargo.toml" --package ecs-triage-wasm --lib --crate-type cdylib
    --target wasm32-unknown-unknown --profile wasm)
  local whole=(-Cllvm-args=-inline-instr-cost=1000 -Cllvm-args=-inline-threshold=1000 -Cllvm-args=-disable-lsr
    -Cllvm-args=-disable-machine-licm)
  local -x CARGO_TARGET_DIR="$cache/wasm-target"
  module="$CARGO_TARGET_DIR/wasm32-unknown-unknown/wasm/ecs_triage_wasm.wasm"
  if command -v rustup > /dev/null && rustup target list --installed | grep -qx wasm32-unknown-unknown; then
    cargo "${command[@]}" -- "${whole[@]}"
    return
  fi
  if ! command -v apt-get > /dev/null; then
    echo "the target is missing; run: rustup target add wasm32-unknown-unknown" >&2
    return 2
  fi
  unpack_toolchain
  local libraries
  libraries=$(echo "$toolchain"/usr/lib/*-linux-gnu)
  LD_LIBRARY_PATH="$libraries" RUSTC="$toolchain/usr/bin/rustc" RUSTDOC="$toolchain/usr/bin/rustdoc" RUSTC_BOOTSTRAP=1 \
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$(echo "$toolchain"/usr/bin/wasm-ld-*)" \
    RUSTFLAGS="-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none" \
    "$toolchain/usr/bin/cargo" "${command[@]}" -Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size -- "${whole[@]}"
}
