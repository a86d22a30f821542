/** A stream of events as incidents: which services fail, for which cause, how often, since when. */
import type { FleetReport, Incident } from "ecs-triage";

import { Documents } from "../documents";
import { h, svg } from "../dom";
import type { Engine } from "../engine";
import { count, duration } from "../words";
import { subject } from "./report";

const VERDICTS: Record<Incident["verdict"], string> = {
  failure: "failed",
  undetermined: "not determined",
  "in-progress": "in progress",
  "not-a-failure": "ended without a failure",
  healthy: "healthy",
};

/** A fleet's report as cards, the largest incident first. */
export function fleet(report: FleetReport, engine: Engine): HTMLElement[] {
  const { input, totals } = report;
  const facts = [
    `${count(input.states, "state")} read`,
    input.repeats > 0 && `${input.repeats.toLocaleString("en")} of tasks counted already`,
    input.broken > 0 && `${count(input.broken, "line")} that could not be read`,
    input.estimated && "numbers are estimates from a sample",
  ].filter(Boolean).join(" · ");
  const verdicts = totals.verdicts.map(({ verdict, tasks }) => `${tasks.toLocaleString("en")} ${VERDICTS[verdict]}`).join(" · ");
  const head = h("section", { class: "card" },
    h("h2", { class: "cause" }, `${count(report.incidents.length + report.moreIncidents, "incident")} in ${count(totals.tasks, "task")}`),
    h("p", {}, verdicts),
    h("p", { class: "muted" }, facts),
    report.moreIncidents > 0 && h("p", { class: "muted" }, `The ${report.incidents.length} largest are shown.`),
    report.problems.length > 0 && h("details", {}, h("summary", {}, "What could not be read"),
      h("ul", {}, ...report.problems.map((problem) => h("li", {}, `line ${problem.line}: ${problem.message}`)))));
  return [head, ...report.incidents.map((incident, index) => card(incident, index, engine))];
}

function card(incident: Incident, index: number, engine: Engine): HTMLElement {
  const where = [incident.service && `service ${incident.service}`, incident.family, incident.cluster && `cluster ${incident.cluster}`].filter(Boolean).join(" · ");
  const when = incident.firstSeen && incident.lastSeen ? `${incident.firstSeen} to ${incident.lastSeen}` : "";
  const facts = h("ul", { class: "facts" });
  const fact = (text: string | undefined | false | null): void => {
    if (text) facts.append(h("li", {}, text));
  };
  fact(when);
  fact(incident.perHour ? `${Math.round(incident.perHour * 10) / 10} an hour` : "");
  fact(incident.crashLoop && `a crash loop: every ${duration(incident.crashLoop.intervalSeconds)}`);
  fact(incident.regression && `began with ${incident.regression.revision}; ${incident.regression.previous} had ${count(incident.regression.previousTasks, "task")}`);
  fact(incident.containers.length ? `container ${incident.containers.join(", ")}` : "");
  const details = h("details", { class: `card folded ${incident.verdict}`, open: index === 0 },
    h("summary", {}, h("span", { class: `badge ${incident.verdict}` }, incident.tasks.toLocaleString("en")), " ",
      h("b", {}, incident.title ?? "not determined"), " ", h("span", { class: "muted" }, where)),
    h("p", { class: "code-line" }, incident.code ? h("code", { class: "cause-code" }, incident.code) : null, " ", h("span", { class: `confidence ${incident.confidence ?? ""}` }, incident.confidence ?? "")),
    spark(incident.counts), facts);
  const show = (): void => {
    const sample = incident.sample?.report.subjects[0];
    if (!details.open || !sample || details.querySelector(".sample")) return;
    details.append(h("div", { class: "sample" }, h("h3", {}, "One of its tasks"), subject(sample, new Documents(engine, "Of a stream only the answer is kept."))));
  };
  details.addEventListener("toggle", show);
  show();
  return details;
}

/** How many tasks there were, over time. */
function spark(counts: readonly number[]): SVGElement | null {
  if (counts.length < 2) return null;
  const most = Math.max(...counts, 1);
  const wide = 4;
  const height = 32;
  return svg("svg", { class: "spark", width: counts.length * wide, height, role: "img", "aria-label": `Tasks over time, at most ${most}` },
    ...counts.map((number, index) => svg("rect", { x: index * wide, y: height - (height * number) / most, width: wide - 1, height: (height * number) / most })));
}
