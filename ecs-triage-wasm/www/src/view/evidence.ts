/** The proof: cited places, highlighted in the user's own documents. */
import type { Citation } from "ecs-triage";

import { h } from "../dom";
import type { Place } from "../locate";
import type { Documents } from "../documents";

const AROUND = 2;
const LONGEST_LINE = 400;

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
    const found = await documents.find(citation);
    details.append(found ? excerpt(found.text, found.place, found.own) : h("p", { class: "muted small" }, documents.withheld ?? "The place stands in text that came in another form."));
  };
  details.addEventListener("toggle", () => void show());
  if (open) void show();
  return h("li", {}, details);
}

/** The lines around a place, with the place marked. */
function excerpt(text: string, { offset, length }: Place, own: boolean): HTMLElement {
  const end = offset + length;
  const line = text.slice(0, offset).split("\n").length;
  // A document on one line would fill the screen.
  const from = Math.max(lineStart(text, offset, AROUND), offset - LONGEST_LINE);
  const to = Math.min(lineEnd(text, end, AROUND), end + LONGEST_LINE);
  const cut = outdent(text.slice(from, to));
  const code = h("code", {}, cut(text.slice(from, offset)), h("mark", {}, cut(text.slice(offset, end))), cut(text.slice(end, to)));
  return h("figure", { class: "excerpt" },
    h("figcaption", { class: "muted small" }, `${own ? "your text" : "as it was read"}, line ${line}`),
    h("pre", { tabindex: 0, role: "group", "aria-label": `Line ${line} of the document` }, code));
}

/** Where the line begins that stands `lines` above a place. */
function lineStart(text: string, at: number, lines: number): number {
  let start = text.lastIndexOf("\n", at - 1) + 1;
  for (; lines > 0 && start > 0; lines--) start = text.lastIndexOf("\n", start - 2) + 1;
  return start;
}

/** Where the line ends that stands `lines` below a place. */
function lineEnd(text: string, at: number, lines: number): number {
  let end = at;
  for (; lines >= 0; lines--) {
    end = text.indexOf("\n", end + (end === at ? 0 : 1));
    if (end < 0) return text.length;
  }
  return end;
}

/** Takes the indentation away that all lines of a text share. */
function outdent(text: string): (part: string) => string {
  const depths = text.split("\n").filter((line) => line.trim()).map((line) => line.length - line.trimStart().length);
  const shared = Math.min(...depths);
  const blanks = new RegExp(`(^|\\n)[ \\t]{${Number.isFinite(shared) ? shared : 0}}`, "g");
  return (part) => part.replace(blanks, "$1");
}
