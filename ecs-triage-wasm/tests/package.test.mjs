// The packed package, installed into an empty folder, in Node. ECS_TRIAGE_INSTALLED names that folder.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { cases, documents, expected, incidentFolder } from "./cases.mjs";

const installed = process.env.ECS_TRIAGE_INSTALLED;
const require = createRequire(join(installed, "a-program.mjs"));
const triage = await import(pathToFileURL(require.resolve("ecs-triage")));
const OOM = {
  tasks: [{
    taskArn: "arn:aws:ecs:eu-west-1:111122223333:task/prod/0123456789abcdef",
    stopCode: "EssentialContainerExited",
    stoppedAt: new Date("2026-11-22T08:00:00Z"),
    containers: [{ name: "app", exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" }],
  }],
};
const first = (report) => report.subjects[0]?.diagnoses[0]?.code;

test("text, bytes, an object and named documents are the same evidence", () => {
  const text = JSON.stringify(OOM);
  const bytes = new TextEncoder().encode(text);
  const answers = [OOM, text, bytes, bytes.buffer, Buffer.from(text), new Map([["describe-tasks", text]])].map((input) => triage.diagnose(input));
  for (const report of answers) assert.deepEqual(report, answers[0]);
  assert.equal(first(answers[0]), "app-oom-killed");
  assert.equal(answers[0].observedAt, "2026-11-22T08:00:00Z");
});

test("options are obeyed, and a slip in them is told", () => {
  const report = triage.diagnose(OOM, { name: "mine", observedAt: "2026-11-23T00:00:00Z" });
  assert.equal(report.observedAt, "2026-11-23T00:00:00Z");
  assert.equal(report.subjects[0].diagnoses[0].evidence[0].document, "mine");
  assert.throws(() => triage.diagnose(OOM, { observed: "2026" }), { name: "InputError", argument: "options" });
  assert.throws(() => triage.diagnose(OOM, { observedAt: "yesterday" }), { name: "InputError", argument: "observedAt" });
});

test("errors are errors, with fields", () => {
  assert.throws(() => triage.diagnose("{\"no\": \"answer\"}"), (error) => {
    assert.ok(error instanceof Error);
    assert.equal(error.name, "EvidenceError");
    assert.equal(error.code, "unrecognised");
    assert.equal(error.document, "input");
    assert.equal(error.pointer, "");
    assert.match(error.expected, /response/);
    assert.match(error.found, /object/);
    assert.ok(error.message.includes(error.expected) && error.stack);
    return true;
  });
  assert.throws(() => triage.diagnose(""), { name: "EvidenceError", code: "unreadable", found: /empty/ });
  for (const input of [42, null, undefined, true, () => 1, Symbol("s")]) assert.throws(() => triage.diagnose(input), { name: "InputError", argument: "input" });
  const cycle = {};
  cycle.cycle = cycle;
  assert.throws(() => triage.diagnose(cycle), TypeError);
  assert.throws(() => triage.explain("no-such-code"), { name: "InputError", argument: "code" });
});

test("one readable document of several is enough, and the rest is a problem", () => {
  const report = triage.diagnose(new Map([["describe-tasks", JSON.stringify(OOM)], ["notes", "{}"]]));
  assert.equal(first(report), "app-oom-killed");
  assert.equal(report.problems[0].document, "notes");
  assert.throws(() => triage.diagnose(new Map([["notes", "{}"]])), { name: "EvidenceError", document: "notes" });
});

test("evidence adds up, and a later look verifies a change", () => {
  const evidence = new triage.Evidence();
  for (const { name, text } of documents(incidentFolder("oom-kill"))) evidence.add(text, name);
  assert.deepEqual(evidence.documents, ["describe-services", "describe-task-definition", "describe-tasks"]);
  assert.ok(JSON.parse(evidence.document("describe-tasks")).tasks);
  const report = evidence.diagnose();
  assert.equal(evidence.render("json"), `${JSON.stringify(report, null, 2)}\n`);
  assert.match(evidence.render("markdown"), /app-oom-killed/);
  assert.match(evidence.render("text"), /FAILURE/);
  assert.throws(() => evidence.render("html"), { name: "InputError", argument: "format" });
  assert.ok(evidence.check().subjects.length > 0);
  assert.equal(evidence.verify(report).schema, "ecs-triage/verification/1");
  assert.throws(() => evidence.verify("{}"), { name: "InputError", argument: "before" });
  evidence.free();
});

test("names are hidden on request", () => {
  const shown = JSON.stringify(triage.diagnose(OOM));
  const hidden = JSON.stringify(triage.diagnose(OOM, { redact: true }));
  assert.ok(shown.includes("111122223333") && !hidden.includes("111122223333"));
  assert.equal(first(JSON.parse(hidden)), "app-oom-killed");
});

test("no secret comes out, of reports, errors or fleets", () => {
  const canary = "cnry7Qx9";
  const forms = [
    (secret) => `connect postgres://app:${secret}@db.internal:5432/orders failed`,
    (secret) => `Get "https://h.example/v2/x?X-Amz-Signature=${secret}&X-Amz-Date=1": EOF`,
    (secret) => `DB_PASSWORD=${secret} npm start --token ${secret}`,
    (secret) => `Authorization: Bearer ${secret}abcdefgh`,
    (secret) => JSON.stringify({ password: `${secret}"${secret}` }),
    (secret) => `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
  ];
  const planted = (value, form) => {
    if (Array.isArray(value)) return value.map((element) => planted(element, form));
    if (value === null || typeof value !== "object") return value;
    const found = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, planted(member, form)]));
    if (found.image) Object.assign(found, { environment: [{ name: "PLAIN", value: canary }], command: ["sh", "-c", form(canary)], dockerLabels: { team: canary } });
    for (const key of ["reason", "stoppedReason", "message"]) if (typeof found[key] === "string") found[key] += ` (${form(canary)})`;
    return found;
  };
  const shown = [];
  const told = (call) => {
    try {
      shown.push(JSON.stringify(call()) ?? "");
    } catch (error) {
      shown.push(`${error} ${JSON.stringify(error, Object.getOwnPropertyNames(error).filter((name) => name !== "stack"))}`);
    }
  };
  let number = 0;
  for (const name of Object.keys(expected)) {
    const form = forms[number++ % forms.length];
    const evidence = new triage.Evidence();
    const fleet = new triage.Fleet();
    for (const { name: document, text } of documents(incidentFolder(name))) {
      const whole = JSON.stringify(planted(JSON.parse(text), form));
      assert.ok(!/"image"/.test(text) || whole.includes(canary));
      // Whole, cut, and where something else is asked for.
      for (const given of [whole, whole.slice(0, (whole.length * 2) / 3)]) {
        told(() => triage.diagnose(given));
        told(() => evidence.add(given, document));
        told(() => evidence.verify(given));
        told(() => fleet.add(given));
        told(() => fleet.mergeBytes(new TextEncoder().encode(given)));
      }
    }
    for (const format of ["json", "text", "markdown"]) shown.push(evidence.render(format), fleet.render(format));
    told(() => evidence.check());
    told(() => fleet.report());
    evidence.free();
    fleet.free();
  }
  assert.ok(shown.join("").includes("***"));
  for (const text of shown) assert.ok(!text.toLowerCase().includes(canary.toLowerCase()), text.slice(Math.max(0, text.toLowerCase().indexOf(canary.toLowerCase()) - 200)).slice(0, 300));
});

test("the reference explains every cause", () => {
  const all = triage.rules();
  assert.ok(all.length > 200);
  for (const { code } of all) assert.equal(triage.explain(code).code, code);
});

test("every incident is diagnosed as its README says", () => {
  for (const [name, truth] of Object.entries(expected)) {
    const given = new Map(documents(incidentFolder(name)).map(({ name, text }) => [name, text]));
    const report = triage.diagnose(given, { observedAt: truth.observedAt });
    assert.equal(first(report), truth.code, name);
    assert.equal(report.subjects[0].verdict, truth.verdict, name);
  }
});

test("every case gives the bytes of the command, and its report is of the declared type", async () => {
  const all = await cases();
  const typed = [];
  for (const { name, documents, answer } of all) {
    const evidence = new triage.Evidence();
    for (const document of documents) {
      try {
        evidence.add(document.text, document.name);
      } catch {
        // The report says so, as the command's does.
      }
    }
    assert.equal(evidence.render("json"), answer, name);
    evidence.free();
    typed.push(`  ${answer.trim()},`);
  }
  console.log(`${all.length} cases give the same bytes in Node`);
  // Literals are checked for members that the type does not have, too.
  writeFileSync(join(installed, "reports.ts"), `import type { Report } from "ecs-triage";\nexport const reports: Report[] = [\n${typed.join("\n")}\n];\n`);
  writeFileSync(join(installed, "sample.ts"), readFileSync(new URL("./sample.ts", import.meta.url)));
  writeFileSync(join(installed, "tsconfig.json"), JSON.stringify({
    compilerOptions: { strict: true, noEmit: true, target: "es2022", module: "nodenext", moduleResolution: "nodenext", lib: ["es2022", "dom", "esnext.disposable"], types: [], skipLibCheck: false, noErrorTruncation: true },
    files: ["sample.ts", "reports.ts"],
  }));
  execFileSync(process.env.TSC, ["--project", installed], { stdio: "inherit", cwd: installed });
});
