// Measures the module and the page, and compares with what `size.json` records.
//
//   node size.mjs OUT            fails when the module grew by more than the tolerance
//   UPDATE_GENERATED=1 …         records the new figures, and the old ones as the previous
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TOLERANCE = 0.03;
const LIMIT = 300_000;
const file = new URL("./size.json", import.meta.url);
const out = process.argv[2];

function measure(path) {
  const bytes = readFileSync(path);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
  return { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes, quality).length };
}

const now = { module: measure(join(out, "package/ecs_triage_bg.wasm")), page: measure(join(out, "index.html")) };
const recorded = JSON.parse(readFileSync(file, "utf8"));
for (const [name, { raw, gzip, brotli }] of Object.entries(now)) {
  console.log(`${name}: ${raw} bytes, gzip ${gzip}, brotli ${brotli}; recorded: gzip ${recorded.now?.[name]?.gzip}`);
}
console.log(`the module is ${((100 * now.module.gzip) / LIMIT).toFixed(0)} % of the aim of ${LIMIT} bytes gzip`);
const change = recorded.now ? now.module.gzip / recorded.now.module.gzip - 1 : 0;
if (process.env.UPDATE_GENERATED) {
  writeFileSync(file, `${JSON.stringify({ previous: recorded.now ?? null, now }, null, 2)}\n`);
} else if (change > TOLERANCE) {
  console.error(`the module grew by ${(100 * change).toFixed(1)} %; if that is meant, run UPDATE_GENERATED=1 ecs-triage-wasm/build.sh`);
  process.exit(1);
} else if (change < -TOLERANCE) {
  console.log(`the module shrank by ${(-100 * change).toFixed(1)} %; UPDATE_GENERATED=1 ecs-triage-wasm/build.sh records it`);
}
