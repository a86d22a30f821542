// Makes the page: one HTML file with the module, the incidents and the scripts inside.
//
//   NODE_PATH=… node build.mjs PACKAGE OUT.html
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const [bindings, out] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
const examples = join(here, "../../examples");
// The tools lie in a cache, where only NODE_PATH leads, and only CommonJS follows it.
const esbuild = createRequire(import.meta.url)("esbuild");

function bundle(entry) {
  const { outputFiles } = esbuild.buildSync({
    entryPoints: [join(here, "src", entry)],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    nodePaths: [process.env.NODE_PATH],
    mainFields: ["module", "main"],
    alias: { "ecs-triage": join(bindings, "ecs_triage.js") },
    // The worker is given the module; the bindings' own way to find it is never taken.
    define: { "import.meta.url": "undefined" },
    logLevel: "error",
  });
  return outputFiles[0].text.trim().replaceAll("</script", "<\\/script");
}

function packed(data) {
  return gzipSync(data, { level: 9 }).toString("base64");
}

function documents(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .sort()
    .map((file) => ({ name: file.replace(/\.[^.]*$/, ""), text: readFileSync(join(folder, file), "utf8") }));
}

function incidents() {
  const truths = JSON.parse(readFileSync(join(examples, "incidents/expected.json"), "utf8"));
  return Object.entries(truths).map(([name, { observedAt }]) => ({
    name,
    observedAt,
    title: readFileSync(join(examples, "incidents", name, "README.md"), "utf8").split("\n")[0].replace(/^# /, ""),
    documents: documents(join(examples, "incidents", name)),
    account: documents(join(examples, "accounts", name)),
  }));
}

function hash(text) {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

const style = readFileSync(join(here, "style.css"), "utf8")
  .replace(/\s*\n\s*/g, " ")
  .trim();
const script = bundle("main.ts");
const policy = [
  "default-src 'none'",
  "connect-src 'none'",
  `script-src ${hash(script)} 'wasm-unsafe-eval'`,
  `style-src ${hash(style)}`,
  "worker-src blob:",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const parts = {
  CSP: policy,
  STYLE: style,
  MODULE: packed(readFileSync(join(bindings, "ecs_triage_bg.wasm"))),
  INCIDENTS: packed(JSON.stringify(incidents())),
  WORKER: bundle("worker.ts"),
  SCRIPT: script,
};
const page = readFileSync(join(here, "index.html"), "utf8").replace(/%([A-Z]+)%/g, (whole, name) => parts[name] ?? whole);
writeFileSync(out, page);
