/** What would settle the open questions: commands to copy, and a place for their answers. */
import type { Want } from "ecs-triage";

import { copyButton } from "../copy";
import { h, prose } from "../dom";
import { blob } from "../files";
import type { Given } from "../protocol";
import { code } from "./remedies";

/** Wants as commands; `add` takes an answer that was pasted. */
export function wants(list: Want[], add: (given: Given[]) => void): HTMLElement | undefined {
  if (list.length === 0) return undefined;
  const section = h("section", { class: "wants card", "aria-labelledby": "wants-title" },
    h("h2", { id: "wants-title" }, "To be sure"),
    h("p", { class: "muted" }, "These calls only read. Run them where you have access, and paste what they print."));
  if (list.length > 1) section.append(h("p", {}, "All of them: ", copyButton(list.map((want) => want.cli).join("\n"), "all commands")));
  const items = h("ol", { class: "want-list" });
  list.forEach((want, index) => items.append(h("li", {}, one(want, index, add))));
  section.append(items);
  return section;
}

function one(want: Want, index: number, add: (given: Given[]) => void): HTMLElement {
  const id = `want-${index}`;
  const area = h("textarea", { id, rows: 2, spellcheck: "false", placeholder: "Paste the answer, or the error" });
  const { service, operation, params } = want;
  const submit = async (text: string): Promise<void> => {
    if (text.trim()) add([{ content: await blob(text), call: { service, operation, params } }]);
  };
  area.addEventListener("paste", (event) => {
    // As in the field above, megabytes would freeze the page.
    event.preventDefault();
    void submit(area.value + (event.clipboardData?.getData("text/plain") ?? ""));
  });
  return h("div", { class: "want" },
    h("p", {}, h("b", {}, `${want.service}:${want.operation}`), " ", prose(want.why)),
    code(want.cli, `the command ${want.service} ${want.operation}`),
    h("div", { class: "answer-row" },
      h("label", { for: id, class: "hidden" }, `Answer of ${want.service} ${want.operation}`),
      area,
      h("button", { type: "button", onclick: () => void submit(area.value) }, "Add answer")));
}
