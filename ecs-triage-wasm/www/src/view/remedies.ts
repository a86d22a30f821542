/** What to change: the forms of one change in one card, with the task definition before and after. */
import type { Remedy } from "ecs-triage";

import { copyButton } from "../copy";
import { diff, nearChanges } from "../diff";
import type { Documents } from "../documents";
import { h, prose } from "../dom";
import type { Definition } from "../protocol";

/** Remedies as cards, those of one title together. */
export function remedies(list: Remedy[], documents: Documents): HTMLElement | undefined {
  if (list.length === 0) return undefined;
  const byTitle = new Map<string, Remedy[]>();
  for (const remedy of list) {
    // A document in which values are blanked says so behind the title of its change.
    const title = [...byTitle.keys()].find((known) => remedy.title.startsWith(`${known} (as a document`)) ?? remedy.title;
    byTitle.set(title, [...(byTitle.get(title) ?? []), remedy]);
  }
  const cards = [...byTitle.values()].map((forms) => card(forms, documents));
  return h("section", { class: "remedies" }, h("h3", {}, "What to change"), ...cards);
}

interface Form {
  label: string;
  content: HTMLElement;
}

function card(remedies: Remedy[], documents: Documents): HTMLElement {
  const first = remedies[0]!;
  const forms = remedies.flatMap((remedy) => formsOf(remedy, documents));
  const marks = h("p", { class: "marks" },
    first.mutating ? h("span", { class: "mark changes" }, `changes ${first.blastRadius}`) : h("span", { class: "mark reads" }, first.blastRadius),
    first.proven && h("span", { class: "mark proven", title: "The rules ran again on the changed evidence, and the cause was gone." }, "proven: the cause is gone with it"));
  const article = h("article", { class: "remedy" }, h("h4", {}, prose(first.title)), marks);
  // The diff shows at a glance what the command would do, so it comes first after the command.
  const order = ["Command", "Difference", "Advice", "Task definition", "Policy", "JSON Patch", "Terraform", "CloudFormation", "Change"];
  forms.sort((one, other) => order.indexOf(one.label) - order.indexOf(other.label));
  const [main, ...others] = forms;
  if (main) article.append(main.content);
  for (const form of others) {
    article.append(form.label === "Difference" ? h("div", {}, h("h5", {}, "The task definition, before and after"), form.content) : h("details", {}, h("summary", {}, form.label), form.content));
  }
  return article;
}

function formsOf(remedy: Remedy, documents: Documents): Form[] {
  const forms: Form[] = [];
  if (remedy.command) forms.push({ label: "Command", content: code(remedy.command, `the command: ${remedy.title}`) });
  const body = remedy.body as unknown;
  if (typeof body === "string") {
    forms.push({ label: "Advice", content: h("p", {}, prose(body)) });
  } else if (body && typeof body === "object") {
    const { terraform, cloudFormation } = body as { terraform?: string; cloudFormation?: object };
    if (terraform || cloudFormation) {
      if (terraform) forms.push({ label: "Terraform", content: code(terraform, "the change as Terraform") });
      if (cloudFormation) forms.push({ label: "CloudFormation", content: code(json(cloudFormation), "the change as CloudFormation") });
    } else if (remedy.kind === "document" && "containerDefinitions" in body) {
      forms.push({ label: "Difference", content: difference(body as Definition, documents) });
      const note = /\(as a document: (.*)\)$/.exec(remedy.title)?.[1];
      const whole = code(json(body), "the task definition");
      forms.push({ label: "Task definition", content: note ? h("div", {}, h("p", {}, `Before you use it, ${note}.`), whole) : whole });
    } else {
      const label = remedy.kind === "policy" ? "Policy" : remedy.kind === "patch" ? "JSON Patch" : "Change";
      forms.push({ label, content: code(json(body), label) });
    }
  }
  return forms;
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** A text to copy. */
export function code(text: string, what: string): HTMLElement {
  return h("div", { class: "code" }, h("pre", { tabindex: 0, role: "group", "aria-label": what }, h("code", {}, ...words(text))), copyButton(text, what));
}

/** A text whose words stay whole where a line allows it: a browser breaks `--region` after its first hyphen. */
function words(text: string): (Node | string)[] {
  return text.split(/(\s+)/).map((part) => (part.includes("-") && part.trim() ? h("span", { class: "t" }, part) : part));
}

/** The user's task definition beside the changed one. */
function difference(after: Definition, documents: Documents): HTMLElement {
  const place = h("div", { class: "diff", tabindex: 0, role: "group", "aria-label": "The task definition, before and after" });
  void documents.definition(after.family).then((found) => {
    if (!found) {
      place.replaceWith(h("p", { class: "muted small" }, documents.withheld ?? "The present task definition is not at hand to compare with."));
      return;
    }
    place.append(table(json(like(found, after)), json(after)));
  });
  return place;
}

/** The value with the order of members of the changed one, masked where that is, without what only reading gives. */
function like(value: unknown, after: unknown, depth = 0): unknown {
  if (after === "***") return after;
  if (Array.isArray(value)) return value.map((item, index) => like(item, Array.isArray(after) ? after[index] : undefined, depth + 1));
  if (!value || typeof value !== "object") return value;
  const shape = (after && typeof after === "object" && !Array.isArray(after) ? after : {}) as Record<string, unknown>;
  const members = value as Record<string, unknown>;
  // At the top, what cannot be registered is left out of the changed one.
  const names = Object.keys(members).filter((name) => depth > 0 || name in shape);
  return Object.fromEntries(names.sort().map((name) => [name, like(members[name], shape[name], depth + 1)]));
}

function table(before: string, after: string): HTMLElement {
  const body = h("tbody", {});
  for (const row of nearChanges(diff(before, after))) {
    if (!row) {
      body.append(h("tr", { class: "gap" }, h("td", { colspan: 2 }, "…")));
      continue;
    }
    body.append(
      h("tr", { class: row.same ? "same" : "changed" },
        h("td", { class: row.left === undefined ? "none" : "old" }, row.left),
        h("td", { class: row.right === undefined ? "none" : "new" }, row.right)),
    );
  }
  return h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "now"), h("th", { scope: "col" }, "changed"))), body);
}
