/** A task's life as a drawing, with the budget or limit that it ran into. */
import type { Diagnosis, Moment, SubjectReport } from "ecs-triage";

import { h, svg } from "../dom";
import { clock, duration } from "../words";

/** What happens between two points of a task's life. */
const PHASES: Record<string, string> = {
  "created to pull started": "getting ready",
  "pull started to pull stopped": "pulling the image",
  "pull started to stopping": "pulling the image",
  "pull stopped to started": "starting",
  "started to stopping": "running",
  "stopping to execution stopped": "stopping",
  "stopping to stopped": "stopping",
  "execution stopped to stopped": "cleaning up",
};

const LEAST_WIDTH = 26;
const TOP = 30;
const BAR = 26;

interface Phase {
  name: string;
  from: Moment;
  to: Moment;
  seconds: number;
}

/** The timeline of a subject; nothing for one without times. */
export function timeline(subject: SubjectReport): HTMLElement | undefined {
  const moments = subject.timeline;
  const first = moments[0];
  if (!first || moments.length < 2) return undefined;
  const phases = phasesOf(moments);
  const isLong = phases.some((phase) => phase.seconds > 0);
  const canvas = h("div", { class: "drawing" });
  const draw = (): void => {
    const width = Math.max(260, Math.floor(canvas.clientWidth) || 640);
    canvas.replaceChildren(drawing(phases, subject.diagnoses[0], width));
  };
  if (isLong) new ResizeObserver(draw).observe(canvas);
  const list = h("ol", { class: "moments" });
  moments.forEach((moment, index) => {
    const before = moments[index - 1];
    const gap = before ? `+${duration(seconds(before, moment))}` : moment.at.slice(0, 10);
    list.append(h("li", {}, h("time", { datetime: moment.at }, clock(moment.at)), ` ${moment.what} `, h("span", { class: "muted" }, gap)));
  });
  return h("section", { class: "timeline" }, h("h3", {}, "Timeline"), isLong && canvas, list, h("p", { class: "muted small" }, isLong ? "Times in UTC. Widths grow with the logarithm of the time." : "Times in UTC."));
}

function seconds(from: Moment, to: Moment): number {
  return (Date.parse(to.at) - Date.parse(from.at)) / 1000;
}

function phasesOf(moments: Moment[]): Phase[] {
  const phases: Phase[] = [];
  for (let index = 1; index < moments.length; index++) {
    const from = moments[index - 1]!;
    const to = moments[index]!;
    // Where points are missing in between, no more is known than those that are there.
    const between = `${from.what} to ${to.what}`;
    const name = PHASES[between] ?? (to.what === "stopping" ? "waiting" : between);
    phases.push({ name, from, to, seconds: seconds(from, to) });
  }
  return phases;
}

function drawing(phases: Phase[], cause: Diagnosis | undefined, width: number): SVGSVGElement {
  const weights = phases.map((phase) => Math.log1p(Math.max(0, phase.seconds)) + 0.2);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const spare = width - 2 - LEAST_WIDTH * phases.length;
  const marks: SVGElement[] = [];
  const starts = new Map<string, { x: number; width: number; seconds: number }>();
  let x = 1;
  phases.forEach((phase, index) => {
    const wide = LEAST_WIDTH + (spare * (weights[index] ?? 0)) / total;
    const kind = phase.name.replaceAll(" ", "-");
    starts.set(phase.name, { x, width: wide, seconds: phase.seconds });
    marks.push(
      svg("rect", { class: `phase ${kind}`, x, y: TOP, width: Math.max(1, wide - 2), height: BAR, rx: 3 },
        svg("title", {}, `${phase.name}: ${duration(phase.seconds)}`)),
    );
    const label = duration(phase.seconds);
    if (wide > label.length * 6.6 + 6) marks.push(text(x + wide / 2 - 1, TOP + 17, label, "on-bar"));
    if (wide > phase.name.length * 6.4 + 4) marks.push(text(x + wide / 2 - 1, TOP - 8, phase.name, "above"));
    x += wide;
  });
  const extra = limits(cause, starts, width);
  marks.push(...extra.marks);
  const words = phases.map((phase) => `${phase.name} ${duration(phase.seconds)}`).join(", ");
  return svg(
    "svg",
    { class: "life", width, height: TOP + BAR + 12 + extra.height, viewBox: `0 0 ${width} ${TOP + BAR + 12 + extra.height}`, role: "img", "aria-label": `Life of the task: ${words}${extra.words}` },
    ...marks,
  );
}

interface Extra {
  marks: SVGElement[];
  height: number;
  words: string;
}

/** The budget of time or the limit of memory that the cause is about. */
function limits(
  diagnosis: Diagnosis | undefined,
  starts: Map<string, { x: number; width: number; seconds: number }>,
  width: number,
): Extra {
  const cause = (diagnosis?.cause ?? {}) as Record<string, unknown>;
  const of = (name: string): number | undefined => (typeof cause[name] === "number" ? (cause[name] as number) : undefined);
  const running = starts.get("running");
  const budget = of("bootAllowedSeconds") ?? of("gracePeriodSeconds");
  if (budget !== undefined && budget > 0 && running) {
    const name = of("bootAllowedSeconds") !== undefined ? "health check allows" : "grace period";
    return bar(running, budget, `${name} ${duration(budget)}`, `, the ${name} ${duration(budget)}`, width);
  }
  const stopTimeout = of("stopTimeoutSeconds");
  const stopping = starts.get("stopping");
  if (stopTimeout !== undefined && stopTimeout > 0 && stopping) {
    return bar(stopping, stopTimeout, `stop timeout ${duration(stopTimeout)}`, `, the stop timeout is ${duration(stopTimeout)}`, width);
  }
  const limit = of("limitMib") ?? of("taskMemoryMib");
  if (limit !== undefined && diagnosis?.code === "app-oom-killed") return memory(limit, of("peakMib"), of("nextLimitMib"), width);
  return { marks: [], height: 0, words: "" };
}

/** A budget below the phase that it is for, on that phase's scale. */
function bar(phase: { x: number; width: number; seconds: number }, budget: number, label: string, words: string, width: number): Extra {
  const y = TOP + BAR + 8;
  // Of a phase longer than the budget, the part that was allowed; the rest of it was too long.
  const share = phase.seconds > 0 ? Math.min(1, budget / phase.seconds) : 1;
  const end = phase.x + Math.max(4, phase.width * share) - 2;
  const marks: SVGElement[] = [svg("rect", { class: "budget", x: phase.x, y, width: Math.max(2, end - phase.x), height: 8, rx: 2 })];
  if (share < 1) {
    marks.push(svg("rect", { class: "over", x: end, y, width: Math.max(2, phase.x + phase.width - 2 - end), height: 8, rx: 2 }));
    marks.push(svg("line", { class: "edge", x1: end, x2: end, y1: TOP - 2, y2: y + 12 }));
  }
  const half = label.length * 3.4;
  marks.push(text(Math.min(Math.max(phase.x + phase.width / 2, half + 2), width - half - 2), y + 26, label, "below"));
  return { marks, height: 36, words };
}

/** Memory as a bar: what was allowed, and what is proposed. */
function memory(limit: number, peak: number | undefined, next: number | undefined, width: number): Extra {
  const y = TOP + BAR + 18;
  const most = Math.max(limit, peak ?? 0, next ?? 0) * 1.06;
  const at = (mib: number): number => 1 + ((width - 2) * mib) / most;
  const marks: SVGElement[] = [svg("rect", { class: "used", x: 1, y, width: at(limit) - 1, height: 14, rx: 3 })];
  if (next !== undefined && next > limit) {
    marks.push(svg("rect", { class: "proposed", x: at(limit), y: y + 0.5, width: at(next) - at(limit), height: 13, rx: 3 }));
    marks.push(text(at(next), y + 30, `proposed ${next} MiB`, "below end"));
  }
  marks.push(svg("line", { class: "edge", x1: at(limit), x2: at(limit), y1: y - 5, y2: y + 19 }));
  marks.push(text(Math.min(at(limit), width - 60), y + 30 + (next && at(next) - at(limit) < 240 ? 16 : 0), `killed at the limit of ${limit} MiB`, "below end"));
  return { marks, height: 34 + 18 + 16, words: `; killed at the memory limit of ${limit} MiB${next ? `, ${next} MiB is proposed` : ""}` };
}

function text(x: number, y: number, words: string, kind: string): SVGTextElement {
  return svg("text", { class: kind, x, y, "text-anchor": kind.includes("end") ? "end" : "middle" }, words);
}
