/** The proof: cited places, highlighted in the user's own documents. */
import type { Citation } from "ecs-triage";

import { h } from "../dom";
import type { Documents } from "../documents";
import type { Excerpt } from "../protocol";

/** Citations as a list; each opens to its place in the document. */
export function evidence(citations: Citation[], documents: Documents, heading: string): HTMLElement | undefined {
  if (citations.length === 0) return undefined;
  const list = h("ul", { class: "citations" });
  citations.forEach((citation, index) => list.append(cited(citation, documents, index === 0)));
  return h("section", { class: "evidence" }, h("h3", {}, heading), list);
}

function cited(citation: Citation, documents: Documents, open: boolean): HTMLElement {
  const where = citation.within ? `${citation.pointer} → ${citation.within}` : citation.pointer;
  const value = JSON.stringify(citation.value, null, 1);
  const flat = value.replace(/\s+/g, " ");
  const details = h(
    "details",
    { open },
    h("summary", {},
      h("span", { class: "where" }, h("b", {}, citation.document), ` ${where || "(all of it)"}`), " ",
      h("code", { class: "value" }, flat.length > 200 ? `${flat.slice(0, 200)}…` : flat)),
  );
  let shown = false;
  const show = async (): Promise<void> => {
    if (shown || !details.open) return;
    shown = true;
    const found = await documents.excerpt(citation);
    details.append(found ? marked(found) : h("p", { class: "muted small" }, documents.withheld ?? "The place stands in text that came in another form."));
  };
  details.addEventListener("toggle", () => void show());
  if (open) void show();
  return h("li", {}, details);
}

/** The lines around a place, with the place marked. */
function marked({ before, marked, after, line, own }: Excerpt): HTMLElement {
  return h("figure", { class: "excerpt" },
    h("figcaption", { class: "muted small" }, `${own ? "your text" : "as it was read"}, line ${line}`),
    h("pre", { tabindex: 0, role: "group", "aria-label": `Line ${line} of the document` }, h("code", {}, before, h("mark", {}, marked), after)));
}
