/** A report: the root cause first, then its proof and its fix, then everything else. */
import type { Advisory, Consequence, Diagnosis, Report, SubjectReport } from "ecs-triage";

import type { Documents } from "../documents";
import { h, prose } from "../dom";
import { count, shortId } from "../words";
import { evidence } from "./evidence";
import { remedies } from "./remedies";
import { timeline } from "./timeline";

const VERDICTS: Record<SubjectReport["verdict"], string> = {
  failure: "Failure",
  undetermined: "Not determined",
  "in-progress": "In progress",
  "not-a-failure": "Not a failure",
  healthy: "Healthy",
};

const CONFIDENCE: Record<Diagnosis["confidence"], string> = {
  confirmed: "the evidence proves it",
  likely: "a message states it, nothing contradicts it",
  possible: "one of several readings",
};

/** The subjects of a report. The worst comes first and is open. */
export function subjects(report: Report, documents: Documents): HTMLElement[] {
  if (report.subjects.length === 0) return [];
  const [first, ...others] = report.subjects;
  const out = [subject(first!, documents)];
  if (others.length > 0) {
    out.push(h("section", { class: "others", "aria-labelledby": "others-title" },
      h("h2", { id: "others-title" }, `Also in the evidence: ${count(others.length, "subject")}`),
      ...others.slice(0, 200).map((other) => folded(other, documents))));
  }
  return out;
}

function folded(about: SubjectReport, documents: Documents): HTMLElement {
  const cause = about.diagnoses[0];
  const details = h("details", { class: "card folded" },
    h("summary", {}, badge(about), " ", h("b", {}, title(about)), " ", h("span", { class: "muted" }, cause ? cause.title : "")));
  // Drawn when it is looked at: a response may hold a hundred tasks.
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(...inside(about, documents));
  });
  return details;
}

/** A subject as a card. */
export function subject(about: SubjectReport, documents: Documents): HTMLElement {
  return h("article", { class: `card subject ${about.verdict}` }, ...inside(about, documents));
}

function title(about: SubjectReport): string {
  const name = shortId(about.id);
  return about.service && about.service !== name ? `${about.kind} ${name.slice(0, 12)} of ${about.service}` : `${about.kind} ${name}`;
}

function badge(about: SubjectReport): HTMLElement {
  return h("span", { class: `badge ${about.verdict}` }, VERDICTS[about.verdict]);
}

function inside(about: SubjectReport, documents: Documents): HTMLElement[] {
  const [root, ...more] = about.diagnoses;
  const facts = [about.service && `service ${about.service}`, about.family, about.launchType].filter(Boolean).join(" · ");
  const out: (HTMLElement | undefined)[] = [
    h("p", { class: "subject-line" }, badge(about), " ", h("span", { class: "id", title: about.id }, `${about.kind} ${shortId(about.id)}`), " ", h("span", { class: "muted" }, facts)),
  ];
  if (root) out.push(...diagnosis(root, documents, about));
  else out.push(h("h2", { class: "cause" }, about.verdict === "healthy" ? "Nothing is wrong with it." : "The evidence does not tell why."), timeline(about));
  for (const other of more) out.push(h("details", { class: "other" }, h("summary", {}, `Also: ${other.title} (${other.confidence})`), ...diagnosis(other, documents)));
  out.push(consequences(about.consequences), advisories(about.advisories, documents));
  return out.filter((part): part is HTMLElement => part !== undefined);
}

/** A diagnosis; `about` is its subject where its timeline is to be drawn. */
function diagnosis(found: Diagnosis, documents: Documents, about?: SubjectReport): HTMLElement[] {
  const parts: (HTMLElement | undefined)[] = [
    h("h2", { class: "cause" }, prose(found.summary)),
    h("p", { class: "code-line" },
      h("code", { class: "cause-code" }, found.code), " ",
      h("span", { class: `confidence ${found.confidence}` }, found.confidence), " ",
      h("span", { class: "muted" }, CONFIDENCE[found.confidence])),
    chain(found),
    about && timeline(about),
    evidence(found.evidence, documents, "Proof"),
    remedies(found.remedies, documents),
    docs(found.docs),
  ];
  return parts.filter((part): part is HTMLElement => part !== undefined);
}

function chain(found: Diagnosis): HTMLElement {
  const steps = found.chain.filter((link) => link.text !== found.summary);
  const words = { root: "root cause", mechanism: "why", symptom: "what was seen" } as const;
  return h("ol", { class: "chain", "aria-label": "From the cause to what was seen" },
    ...(steps.length ? steps : [{ role: "mechanism" as const, text: found.explanation }]).map((link) =>
      h("li", { class: link.role }, h("span", { class: "role" }, words[link.role]), h("span", {}, prose(link.text)))));
}

function docs(links: readonly string[]): HTMLElement | undefined {
  if (links.length === 0) return undefined;
  return h("p", { class: "docs small" }, "AWS on this: ",
    ...links.flatMap((link, index) => [index ? " · " : "", h("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, label(link))]));
}

function label(link: string): string {
  const { hostname, pathname } = new URL(link);
  const page = (pathname.split("/").filter(Boolean).pop() ?? "").replace(/\.html$/, "");
  return `${page.replaceAll("-", " ").replaceAll("_", " ")} (${hostname})`;
}

function consequences(list: Consequence[]): HTMLElement | undefined {
  if (list.length === 0) return undefined;
  return h("section", {}, h("h3", {}, "What followed from it"), h("ul", {}, ...list.map((item) => h("li", {}, prose(item.summary)))));
}

function advisories(list: Advisory[], documents: Documents): HTMLElement | undefined {
  if (list.length === 0) return undefined;
  return h("details", { class: "advisories" },
    h("summary", {}, `${count(list.length, "risk")} that ${list.length === 1 ? "has" : "have"} not bitten yet`),
    ...list.map((risk) => h("article", { class: `risk ${risk.severity}` },
      h("h4", {}, prose(risk.summary)),
      h("p", { class: "muted small" }, `${risk.code} · ${risk.severity}`),
      h("p", {}, prose(risk.advice)),
      evidence(risk.evidence, documents, "Proof") ?? "")));
}

/** What could not be read. */
export function problems(report: Report): HTMLElement | undefined {
  if (report.problems.length === 0) return undefined;
  return h("section", { class: "card problems", "aria-labelledby": "problems-title" },
    h("h2", { id: "problems-title" }, "What could not be read"),
    h("ul", {}, ...report.problems.map((problem) =>
      h("li", {}, h("b", {}, problem.document), problem.pointer ? ` ${problem.pointer}: ` : ": ", prose(problem.message)))));
}

/** The verdict in a sentence, for a screen reader and for the title of the window. */
export function headline(report: Report): string {
  const worst = report.subjects[0];
  if (!worst) return "Nothing to diagnose in it";
  const cause = worst.diagnoses[0];
  return cause ? `${VERDICTS[worst.verdict]}: ${cause.summary.replaceAll("`", "")}` : VERDICTS[worst.verdict];
}
