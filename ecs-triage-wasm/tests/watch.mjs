// What a page costs while it works: the processor time of its longest task, its longest frame, the memory of its process.
import { readFileSync, readdirSync } from "node:fs";

/**
 * The longest task and the longest frame of a page during an action, in milliseconds. A task is measured in processor
 * time: other programs of the machine lengthen a frame, but do not make the page slower.
 */
export async function longest(browser, page, action) {
  await page.evaluate(() => {
    window.longestFrame = 0;
    let last = performance.now();
    const tick = (now) => {
      window.longestFrame = Math.max(window.longestFrame, now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await browser.startTracing(page, { categories: ["toplevel"] });
  await action();
  const frame = await page.evaluate(() => window.longestFrame);
  const { traceEvents } = JSON.parse(String(await browser.stopTracing()));
  const mains = traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(({ pid, tid }) => `${pid}/${tid}`);
  const tasks = traceEvents.filter(({ name, pid, tid, tdur }) => name.endsWith("RunTask") && tdur !== undefined && mains.includes(`${pid}/${tid}`));
  if (tasks.length === 0) throw new Error("the trace holds no task of the page");
  return { frame: Math.round(frame), task: Math.round(Math.max(...tasks.map(({ tdur }) => tdur)) / 1000) };
}

/** The most memory by which the pages' processes grow during an action, in bytes. */
export async function growth(action) {
  const before = pages();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, pages())), 100);
  try {
    await action();
  } finally {
    clearInterval(timer);
  }
  return Math.max(most, pages()) - before;
}

/** Resident memory of the processes, below this one, in which Chromium runs pages. */
function pages() {
  const parents = new Map();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const stat = read(pid, "stat");
    if (stat) parents.set(pid, stat.slice(stat.lastIndexOf(")") + 4).split(" ")[0]);
  }
  const isMine = (pid) => pid !== undefined && pid !== "0" && (pid === String(process.pid) || isMine(parents.get(pid)));
  let bytes = 0;
  for (const pid of parents.keys()) {
    if (isMine(pid) && read(pid, "cmdline").includes("--type=renderer")) bytes += 1024 * Number(/^VmRSS:\s*(\d+)/m.exec(read(pid, "status"))?.[1] ?? 0);
  }
  return bytes;
}

function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // It has just ended.
    return "";
  }
}
