// Compares the answers of two evaluators and fails on a disagreement that DISAGREEMENTS.md does not list.
//
// usage: node compare.mjs CASES THEIRS OURS DISAGREEMENTS.md

import { readFileSync } from "node:fs";

const [cases, theirs, ours, list] = process.argv.slice(2);
const lines = (path) => readFileSync(path, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));

// A row of the list: | `construct` | ours | theirs | who is right … |
const listed = new Set();
for (const [, name, our, their] of readFileSync(list, "utf8").matchAll(/^\| `([\w-]+)` \| (\w+) \| (\w+) \|/gm)) {
  listed.add(`${name} ${our} ${their}`);
}

const theirAnswers = lines(theirs);
const ourAnswers = lines(ours);
const kinds = new Map();
let agreed = 0;
let unlisted = 0;
lines(cases).forEach((made, index) => {
  const [our, their] = [ourAnswers[index], theirAnswers[index]];
  if (our?.id !== made.id || their?.id !== made.id) throw new Error(`no answer to case ${made.id}`);
  if (our.answer === their.answer) {
    agreed++;
    return;
  }
  const kind = `${made.contested ?? "none"} ${our.answer} ${their.answer}`;
  kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  if (listed.has(kind)) return;
  unlisted++;
  if (unlisted <= 5) console.log(`not listed: ${kind}\n${JSON.stringify(made, null, 1)}\n`);
});

for (const [kind, number] of [...kinds].sort()) {
  console.log(`${String(number).padStart(5)} ${kind}${listed.has(kind) ? "" : "  NOT LISTED"}`);
}
const disagreed = theirAnswers.length - agreed;
console.log(`${agreed} agreed, ${disagreed} disagreed`);
if (unlisted > 0) {
  console.log(`${unlisted} of them of kinds that DISAGREEMENTS.md does not list`);
  process.exit(1);
}
