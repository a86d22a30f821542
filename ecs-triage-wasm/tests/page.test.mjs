// The page in a real Chromium: every incident chosen, pasted and dropped, and everything that a user touches.
//
// ECS_TRIAGE_PAGE is the page, ECS_TRIAGE_INSTALLED the folder with the installed package, ECS_TRIAGE_CHROMIUM the browser.
import assert from "node:assert/strict";
import { createReadStream, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync, closeSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { cases, documents, expected, incidentFolder } from "./cases.mjs";
import { events } from "./events.mjs";
import { growth, longest } from "./watch.mjs";

const require = createRequire(join(process.env.NODE_PATH, "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const { ECS_TRIAGE_PAGE: page_file, ECS_TRIAGE_INSTALLED: installed, ECS_TRIAGE_SCREENSHOTS: pictures } = process.env;
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
// A page without a policy of its own, for the package.
const EMPTY = "<!doctype html><title>empty</title>";

let browser;
let server;
let origin;
const scratch = mkdtempSync(join(tmpdir(), "ecs-triage-page-"));

before(async () => {
  server = createServer((request, response) => {
    if (request.url === "/empty") return response.writeHead(200, { "content-type": "text/html" }).end(EMPTY);
    const path = request.url === "/" ? page_file : join(installed, decodeURIComponent(new URL(request.url, "http://x").pathname));
    if (!existsSync(path)) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" });
    createReadStream(path).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
  browser = await chromium.launch({
    executablePath: process.env.ECS_TRIAGE_CHROMIUM,
    // Without its sandbox and shared memory, which it has not got as root in a container.
    args: ["--headless", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
});

after(async () => {
  await browser?.close();
  server?.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** Opens the page; `check` tells what it asked of the network after loading, and what it complained of. */
async function open(options = {}) {
  const context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"], ...options.context });
  const page = await context.newPage();
  const requests = [];
  const complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(options.url ?? origin);
  page.on("request", (request) => !/^(blob|data):/.test(request.url()) && requests.push(request.url()));
  await page.waitForSelector("html[data-ready]");
  return {
    page,
    async close() {
      assert.deepEqual(requests, [], "requests after the page had loaded");
      assert.deepEqual(complaints, [], "errors and warnings of the console");
      await context.close();
    },
  };
}

/** Does something and waits for its answer. */
async function answered(page, action, timeout = 120_000) {
  const before = await page.evaluate(() => document.documentElement.dataset.answered ?? "");
  await action();
  await page.waitForFunction((before) => (document.documentElement.dataset.answered ?? "") !== before && !document.querySelector("#answer[aria-busy]"), before, { timeout });
}

async function assertDiagnosed(page, name, verdict) {
  const subject = page.locator("#answer > .subject");
  assert.equal(await subject.locator(".cause-code").first().textContent(), expected[name].code, name);
  // Of a task that waits, only the time at which it was seen tells that it is stuck; a page that gets files has no such time.
  if (verdict) assert.ok((await subject.getAttribute("class")).includes(verdict), name);
}

/** Pastes a text where the focus is, from the clipboard. */
async function paste(page, text) {
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await page.keyboard.press("Control+V");
}

/** Drops files or folders on the page, as a file manager does. */
async function drop(page, files) {
  const devtools = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) await devtools.send("Input.dispatchDragEvent", { type, x: 200, y: 200, data });
  await devtools.detach();
}

const startOver = (page) => page.click("#start-over");
const files = (name) => documents(incidentFolder(name)).map(({ name: file }) => join(incidentFolder(name), `${file}.json`));

test("every incident, chosen, pasted and dropped, gets its first diagnosis", { timeout: 600_000 }, async () => {
  const { page, close } = await open();
  for (const name of Object.keys(expected)) {
    await answered(page, () => page.selectOption("#incidents", name));
    await assertDiagnosed(page, name, expected[name].verdict);
    await startOver(page);
    for (const { text } of documents(incidentFolder(name))) {
      await page.focus("#paste");
      await answered(page, () => paste(page, text));
    }
    await assertDiagnosed(page, name);
    await startOver(page);
    await answered(page, () => drop(page, files(name)));
    await assertDiagnosed(page, name);
    await startOver(page);
  }
  await close();
});

test("a folder can be chosen or dropped, and documents taken away again", async () => {
  const { page, close } = await open();
  await answered(page, () => drop(page, [incidentFolder("oom-kill")]));
  await assertDiagnosed(page, "oom-kill");
  await startOver(page);
  await answered(page, () => page.setInputFiles("#folder", incidentFolder("oom-kill")));
  await assertDiagnosed(page, "oom-kill");
  assert.equal(await page.locator("#documents .chip").count(), 3);
  await answered(page, () => page.click("#documents .chip >> nth=0 >> .remove"));
  assert.equal(await page.locator("#documents .chip").count(), 2);
  await startOver(page);
  assert.equal(await page.locator("#answer > *").count(), 0);
  await close();
});

test("text that is typed is diagnosed from the keyboard alone", async () => {
  const { page, close } = await open();
  await page.focus("#paste");
  await page.keyboard.type("CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref docker.io/library/nginx:nope: docker.io/library/nginx:nope: not found");
  await answered(page, () => page.keyboard.press("Control+Enter"));
  assert.match(await page.textContent("#answer .cause-code"), /^image-/);
  await close();
});

test("what cannot be read is said, and nothing breaks", async () => {
  const { page, close } = await open();
  await page.focus("#paste");
  await answered(page, () => paste(page, '{"a": <b onmouseover=alert(1)>'));
  assert.equal(await page.locator(".chip.unread").count(), 1);
  assert.equal(await page.locator(".problems li").count(), 1);
  assert.equal(await page.locator("#answer b[onmouseover]").count(), 0);
  await close();
});

test("copy buttons copy what stands beside them", async () => {
  const { page, close } = await open();
  await answered(page, () => page.selectOption("#incidents", "oom-kill"));
  const blocks = page.locator("#answer .code:visible");
  const total = await blocks.count();
  assert.ok(total >= 2);
  for (let index = 0; index < total; index++) {
    const block = blocks.nth(index);
    await block.locator(".copy").click();
    await page.waitForFunction((button) => button.textContent === "Copied", await block.locator(".copy").elementHandle());
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await block.locator("code").textContent());
  }
  await page.locator(".toolbar .copy").click();
  await page.waitForFunction(() => document.querySelector(".toolbar .copy").textContent === "Copied");
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /app-oom-killed/);
  await close();
});

test("the answer is saved as JSON: the bytes of the command", async () => {
  const { page, close } = await open();
  await answered(page, () => drop(page, files("oom-kill")));
  const [saved] = await Promise.all([page.waitForEvent("download"), page.click("text=Save JSON")]);
  const { answer } = (await all()).find(({ name }) => name === "oom-kill");
  assert.equal(readFileSync(await saved.path(), "utf8"), answer);
  await close();
});

test("citations are highlighted in the user's own text, and the change is shown side by side", async () => {
  const { page, close } = await open();
  await answered(page, () => page.selectOption("#incidents", "oom-kill"));
  await page.waitForSelector(".citations mark");
  assert.match(await page.textContent(".citations mark >> nth=0"), /"reason":\s*"OutOfMemoryError: Container killed due to memory usage"/);
  assert.match(await page.textContent(".excerpt figcaption >> nth=0"), /your text/);
  await page.waitForSelector(".diff .changed");
  assert.match(await page.textContent(".diff .changed .old >> nth=0"), /"memory": 1024/);
  assert.match(await page.textContent(".diff .changed .new >> nth=0"), /"memory": 1536/);
  assert.equal(await page.locator(".diff .changed").count(), 1, "only the line that changes");
  await close();
});

test("the timeline is drawn with the limit or budget that it ran into", async () => {
  const { page, close } = await open();
  await answered(page, () => page.selectOption("#incidents", "health-check-start-period"));
  assert.match(await page.getAttribute(".life", "aria-label"), /running 46 s.*health check allows 30 s/);
  assert.equal(await page.locator(".life .over").count(), 1);
  await answered(page, () => page.selectOption("#incidents", "oom-kill"));
  assert.match(await page.getAttribute(".life", "aria-label"), /limit of 1024 MiB/);
  await close();
});

test("the answers of a call are pasted where it is asked for", async () => {
  const { page, close } = await open();
  await answered(page, () => page.selectOption("#incidents", "image-tag-never-pushed"));
  const want = page.locator(".want").first();
  const call = await want.locator("code").first().textContent();
  assert.match(call, /^aws /);
  const refused = "An error occurred (AccessDeniedException) when calling the DescribeImages operation: User is not authorized";
  await want.locator("textarea").fill(refused);
  await answered(page, () => want.locator("button:has-text('Add answer')").click());
  await assertDiagnosed(page, "image-tag-never-pushed");
  await page.locator(".want textarea").first().focus();
  await answered(page, () => paste(page, refused));
  assert.equal(await page.locator("#documents .chip").count(), (await documents(incidentFolder("image-tag-never-pushed"))).length + 2);
  await assertDiagnosed(page, "image-tag-never-pushed");
  await startOver(page);
  await answered(page, () => page.selectOption("#incidents", "image-tag-never-pushed"));
  await answered(page, () => page.click("#account"));
  await assertDiagnosed(page, "image-tag-never-pushed");
  assert.equal(await page.textContent("#answer .confidence >> nth=0"), "confirmed");
  await close();
});

test("names are hidden with one switch", async () => {
  const { page, close } = await open();
  await answered(page, () => page.selectOption("#incidents", "oom-kill"));
  assert.ok((await page.textContent("#answer")).includes("catalog-api"));
  await answered(page, () => page.check("#redact"));
  const hidden = await page.evaluate(() => document.getElementById("answer").outerHTML);
  assert.ok(!hidden.includes("catalog-api") && !hidden.includes("111122223333"));
  await assertDiagnosed(page, "oom-kill");
  await close();
});

test("no accessibility violation, light, dark and narrow", { timeout: 300_000 }, async () => {
  const looks = [
    { name: "light", context: { colorScheme: "light", viewport: { width: 1280, height: 900 } } },
    { name: "dark", context: { colorScheme: "dark", viewport: { width: 1280, height: 900 } } },
    { name: "narrow", context: { colorScheme: "light", viewport: { width: 360, height: 740 } } },
    { name: "narrow-dark", context: { colorScheme: "dark", viewport: { width: 360, height: 740 } } },
  ];
  const stream = join(scratch, "stream.ndjson");
  writeFileSync(stream, [...events(2_100_000)].join(""));
  for (const look of looks) {
    // The page's own policy lets no foreign script in; the checker has to get past it.
    const { page, close } = await open({ context: { ...look.context, bypassCSP: true } });
    await check(page, `${look.name}-start`);
    for (const name of ["oom-kill", "health-check-start-period", "private-subnet-no-nat", "spot-interruption"]) {
      await answered(page, () => page.selectOption("#incidents", name));
      await unfolded(page, `${look.name}-${name}`);
    }
    await startOver(page);
    await answered(page, () => drop(page, [stream]));
    await unfolded(page, `${look.name}-stream`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${look.name}: nothing is wider than the window`);
    await close();
  }
});

/** Checks everything that an answer has, also what it keeps folded. */
async function unfolded(page, name) {
  await page.evaluate(() => document.querySelectorAll("#answer details").forEach((details) => (details.open = true)));
  await page.waitForTimeout(300);
  await check(page, name);
}

async function check(page, name) {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join("; ")}`);
  assert.deepEqual(found, [], name);
}

test("it works from a file, where there is no origin", async () => {
  const { page, close } = await open({ url: String(pathToFileURL(page_file)) });
  await answered(page, () => page.selectOption("#incidents", "secret-denied"));
  await assertDiagnosed(page, "secret-denied");
  await close();
});

test("five megabytes of pasted events do not freeze the page", { timeout: 300_000 }, async () => {
  const { page, close } = await open();
  await page.evaluate((text) => navigator.clipboard.writeText(text), [...events(5_000_000)].join(""));
  await page.focus("#paste");
  const { frame, task } = await longest(browser, page, () => answered(page, () => page.keyboard.press("Control+V")));
  assert.ok(await page.locator("#answer .folded .badge.failure").count() > 0);
  console.log(`while 5 MB of pasted events were read: longest task of the page ${task} ms of processor time, longest frame ${frame} ms`);
  assert.ok(task < 100, `a task of ${task} ms`);
  await close();
});

test("a large answer that holds no task is read as a document, and does not freeze the page either", { timeout: 300_000 }, async () => {
  const { page, close } = await open();
  const file = join(scratch, "describe-security-groups.json");
  const rule = { IpProtocol: "tcp", FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: "10.0.0.0/16", Description: "x".repeat(200) }] };
  const groups = Array.from({ length: 1000 }, (_, index) => ({ GroupId: `sg-${index.toString(16).padStart(17, "0")}`, GroupName: `group-${index}`, VpcId: "vpc-0123456789abcdef0", IpPermissions: Array(8).fill(rule) }));
  writeFileSync(file, JSON.stringify({ SecurityGroups: groups }, null, 1));
  assert.ok(statSync(file).size > 2_500_000);
  const { task } = await longest(browser, page, () => answered(page, () => drop(page, [file, ...files("oom-kill")])));
  await assertDiagnosed(page, "oom-kill");
  assert.equal(await page.locator("#documents .chip").count(), 4);
  assert.equal(await page.locator("#documents .chip.unread").count(), 0);
  assert.ok(task < 100, `a task of ${task} ms`);
  await close();
});

test("ten thousand events are diagnosed in the page", { timeout: 300_000 }, async () => {
  const { page, close } = await open();
  const file = join(scratch, "ten-thousand.ndjson");
  const text = [...events(Infinity, 10_000)].join("");
  writeFileSync(file, text);
  const begin = performance.now();
  await answered(page, () => drop(page, [file]));
  console.log(`10,000 events (${(text.length / 1e6).toFixed(0)} MB) in the page: ${Math.round(performance.now() - begin)} ms; the page says: ${await page.textContent("#status")}`);
  assert.match(await page.textContent("#status"), /10,000 states/);
  await close();
});

test("a dropped file of 200 MB is streamed, in bounded memory", { timeout: 1_000_000 }, async () => {
  const { page, close } = await open();
  const file = join(scratch, "events.ndjson");
  const out = openSync(file, "w");
  let count = 0;
  const piece = [];
  const write = () => writeSync(out, piece.splice(0).join(""));
  for (const line of events(200_000_000)) {
    count++;
    if (piece.push(line) === 1000) write();
  }
  write();
  closeSync(out);
  const begin = performance.now();
  const grown = await growth(() => answered(page, () => drop(page, [file]), 900_000));
  const seconds = (performance.now() - begin) / 1000;
  assert.match(await page.textContent("#status"), new RegExp(`${count.toLocaleString("en")} states`));
  console.log(`200 MB streamed in ${seconds.toFixed(1)} s; the page's process grew by ${Math.round(grown / 1e6)} MB at most`);
  assert.ok(grown < 150e6, `the page's process grew by ${grown} bytes`);
  // A stream that nobody waits for is given up.
  // Not frame by frame: on a machine under load a page that nobody sees may draw none for long. While the page scrolls to
  // its answer, the browser may lose a drag.
  const isRead = () => page.waitForFunction(() => /^Reading/.test(document.querySelector("#status").textContent), undefined, { polling: 100, timeout: 5_000 });
  for (let left = 5; left > 0; left--) {
    await drop(page, [file]);
    if (await isRead().catch(() => left === 1)) break;
  }
  assert.match(await page.textContent("#status"), /^Reading/);
  await startOver(page);
  await answered(page, () => drop(page, files("oom-kill")), 10_000);
  await assertDiagnosed(page, "oom-kill");
  await close();
});

test("time from navigation to ready", async () => {
  const times = [];
  for (let turn = 0; turn < 5; turn++) {
    const { page, close } = await open();
    times.push(await page.evaluate(() => performance.getEntriesByName("ready")[0].startTime));
    await close();
  }
  console.log(`ready after ${times.map((time) => Math.round(time)).sort((one, other) => one - other).join(", ")} ms`);
});

test("the package in a browser: every case gives the bytes of the command", { timeout: 600_000 }, async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${origin}/empty`);
  const list = await all();
  const differing = await page.evaluate(async (list) => {
    const { Evidence } = await import("/node_modules/ecs-triage/index.js");
    return list.filter(({ documents, answer }) => {
      const evidence = new Evidence();
      for (const { name, text } of documents) {
        try {
          evidence.add(text, name);
        } catch {
          // The report says so.
        }
      }
      return evidence.render("json") !== answer;
    }).map(({ name }) => name);
  }, list);
  assert.deepEqual(differing, []);
  console.log(`${list.length} cases give the same bytes in Chromium`);
  await context.close();
});

let known;
function all() {
  known ??= cases();
  return known;
}
