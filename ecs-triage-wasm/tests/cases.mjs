// Inputs with the answer of the Rust command: every bundled incident, alone and with its account, and every case of the
// corpus when ECS_TRIAGE_CORPUS names its folder.
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const examples = join(dirname(fileURLToPath(import.meta.url)), "../../examples");
const command = process.env.ECS_TRIAGE;
const corpus = process.env.ECS_TRIAGE_CORPUS;

/** What the README of the incidents promises of each. */
export const expected = JSON.parse(readFileSync(join(examples, "incidents/expected.json"), "utf8"));

export const incidentFolder = (name) => join(examples, "incidents", name);

/** The documents of a folder, as the command reads them. */
export function documents(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => !file.endsWith(".md") && !file.startsWith("."))
    .sort()
    .map((file) => ({ name: file.replace(/\.[^.]*$/, ""), text: readFileSync(join(folder, file), "utf8") }));
}

/** Every case: its name, its documents, and the bytes that the command prints for it. */
export async function cases() {
  const all = [];
  for (const name of Object.keys(expected)) {
    const folders = [incidentFolder(name), join(examples, "accounts", name)].filter(existsSync);
    all.push({ name, documents: documents(folders[0]), args: [folders[0]] });
    if (folders[1]) {
      all.push({ name: `${name} with its account`, documents: folders.flatMap(documents), args: folders });
    }
  }
  for (const { name, text } of corpusTexts()) all.push({ name, documents: [{ text }], args: ["-"], stdin: text });
  // Two at a time: the machine may be small.
  const queue = [...all];
  await Promise.all([1, 2].map(async () => {
    for (let one = queue.shift(); one; one = queue.shift()) one.answer = await run(one.args, one.stdin);
  }));
  return all;
}

function corpusTexts() {
  if (!corpus || !existsSync(corpus)) return [];
  const texts = JSON.parse(readFileSync(join(corpus, "messages.json"), "utf8")).map(({ message }, index) => ({ name: `message ${index}`, text: message }));
  for (const file of readdirSync(join(corpus, "cases"))) {
    texts.push({ name: file, text: JSON.stringify(JSON.parse(readFileSync(join(corpus, "cases", file), "utf8")).inputs) });
  }
  for (const file of readdirSync(join(corpus, "odd-formats")).filter((name) => !name.endsWith(".truth.json"))) {
    texts.push({ name: file, text: readFileSync(join(corpus, "odd-formats", file), "utf8") });
  }
  return texts;
}

function run(args, stdin) {
  return new Promise((resolve, reject) => {
    const child = execFile(command, [...args, "--format", "json"], { maxBuffer: 1 << 28, encoding: "utf8" }, (error, stdout, stderr) => {
      // The exit status tells the verdict; only a command that printed nothing has failed.
      if (stdout) resolve(stdout);
      else reject(new Error(`${command} ${args.join(" ")}: ${stderr || error}`));
    });
    child.stdin.end(stdin ?? "");
  });
}
