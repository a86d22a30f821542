/** The page: takes documents, asks the engine, shows its answer. */
import { copyButton, save } from "./copy";
import { Documents } from "./documents";
import { byId, h, pause } from "./dom";
import { Engine } from "./engine";
import { blob, chosen, dropped, stem, type Found } from "./files";
import { given as ofIncident, incidents, type Incident } from "./incidents";
import type { Given, Taken } from "./protocol";
import { fleet } from "./view/fleet";
import { headline, problems, subjects } from "./view/report";
import { code } from "./view/remedies";
import { wants } from "./view/wants";
import { bytes, count, duration } from "./words";

/** From this size on, a document is a stream of events: it is read piece by piece, and its tasks are counted together. */
const STREAM_BYTES = 2_000_000;
/** Up to this size, what turns out to be no stream of tasks is read at once. */
const WHOLE_BYTES = 64_000_000;

const engine = new Engine();
const answer = byId("answer");
const status = byId("status");
const paste = byId<HTMLTextAreaElement>("paste");

let held: Given[] = [];
let taken = new Map<Given, Taken>();
let incident: Incident | undefined;
let withAccount = false;
let redact = false;
/** Counts the answers asked for, so that a late one does not overwrite a newer one. */
let asked = 0;

/** Tells what happened; a screen reader is told the headline too, which everybody else sees below. */
function say(text: string, headline = ""): void {
  status.replaceChildren(headline && h("span", { class: "hidden" }, `${headline} `), text);
}

function isStream({ content, whole }: Given): boolean {
  return content.size >= STREAM_BYTES && !whole;
}

/** Adds documents to those at hand and diagnoses all of them. */
function add(given: Given[]): void {
  held = [...held, ...given];
  void diagnose();
}

async function addText(text: string): Promise<void> {
  if (!text.trim()) {
    say("There is nothing in it.");
    return;
  }
  paste.value = "";
  add([{ content: await blob(text) }]);
}

function addFiles(found: Found[]): void {
  if (found.length === 0) say("There is no document in it.");
  else add(found.map(({ path, file }) => ({ name: stem(path), content: file })));
}

function startOver(): void {
  held = [];
  taken = new Map();
  incident = undefined;
  asked++;
  void engine.ask("stop", {});
  answer.replaceChildren();
  document.body.classList.remove("answered");
  document.title = "ecs-triage";
  byId<HTMLSelectElement>("incidents").value = "";
  list();
  say("");
  paste.focus();
}

async function diagnose(): Promise<void> {
  const turn = ++asked;
  say("Diagnosing…");
  answer.setAttribute("aria-busy", "true");
  try {
    void engine.ask("stop", {});
    await engine.ready;
    const parts: HTMLElement[] = [];
    let title = "";
    const given = held.filter((document) => !isStream(document));
    if (given.length > 0) {
      const { report, taken: now, milliseconds } = await engine.ask("diagnose", { given, redact, observedAt: incident?.observedAt });
      await pause();
      if (turn !== asked) return;
      taken = new Map(given.map((document, index) => [document, now[index]!]));
      const documents = new Documents(engine, redact ? "The documents are not shown while names are hidden." : undefined);
      title = headline(report);
      parts.push(toolbar((format) => engine.ask("render", { format, redact }), true), ...subjects(report, documents));
      const rest = [accountOffer(), wants(report.wants, add), problems(report)];
      parts.push(...rest.filter((part): part is HTMLElement => part !== undefined));
      say(`${count(given.length, "document")}, diagnosed in ${Math.max(1, Math.round(milliseconds))} ms`, title);
    }
    const streams = held.filter(isStream);
    if (streams.length > 0) {
      const total = streams.reduce((sum, { content }) => sum + content.size, 0);
      const { report, milliseconds } = await engine.ask("stream", { given: streams }, (read) => {
        if (turn === asked) say(`Reading ${bytes(read)} of ${bytes(total)}…`);
      });
      await pause();
      if (turn !== asked) return;
      if (report.input.states === 0 && total <= WHOLE_BYTES) {
        // No tasks, so it is a large answer of another kind.
        held = held.map((document) => (isStream(document) ? { ...document, whole: true } : document));
        return await diagnose();
      }
      parts.push(toolbar((format) => engine.ask("renderStream", { format }), false), ...fleet(report, engine));
      const speed = `${count(report.input.states, "state")} of tasks in ${duration(milliseconds / 1000)}`;
      title = title || `${count(report.incidents.length, "incident")} found`;
      say(speed, title);
    }
    list();
    answer.replaceChildren(...parts);
    document.body.classList.toggle("answered", parts.length > 0);
    document.title = title ? `${title.slice(0, 60)} · ecs-triage` : "ecs-triage";
    if (parts.length > 0) requestAnimationFrame(() => answer.scrollIntoView({ block: "start" }));
  } catch (error) {
    if (turn !== asked) return;
    say(`The engine stopped: ${error instanceof Error ? error.message : String(error)}. Start over to try again.`);
    list();
  } finally {
    if (turn === asked) answer.removeAttribute("aria-busy");
    document.documentElement.dataset["answered"] = String(turn);
  }
}

/** The documents at hand, each with a button that takes it away. */
function list(): void {
  const items = held.map((document) => {
    const { name, content } = document;
    const { documents, error } = taken.get(document) ?? { documents: [] };
    return item(name ?? documents[0] ?? "pasted text", bytes(content.size), error, () => {
      held = held.filter((other) => other !== document);
    });
  });
  if (items.length > 0) items.push(h("li", {}, h("button", { type: "button", class: "quiet", id: "start-over", onclick: startOver }, "Start over")));
  byId("documents").replaceChildren(...items);
}

function item(name: string, size: string, error: string | undefined, remove: () => void): HTMLElement {
  const again = (): void => {
    remove();
    if (held.length === 0) startOver();
    else void diagnose();
  };
  return h("li", { class: error ? "chip unread" : "chip", title: error },
    name, " ", h("span", { class: "muted" }, error ? "not read" : size),
    h("button", { type: "button", class: "remove", "aria-label": `Remove ${name}`, onclick: again }, "×"));
}

/** Export of the answer, and the switch that hides names. */
function toolbar(render: (format: "markdown" | "json") => Promise<string>, canRedact: boolean): HTMLElement {
  const download = (format: "markdown" | "json", file: string, type: string) => async () => save(file, type, await render(format));
  const markdown = copyButton(() => render("markdown"), "the answer as Markdown");
  const bar = h("div", { class: "toolbar", role: "group", "aria-label": "Export" },
    h("span", { class: "labelled" }, "Markdown ", markdown),
    h("button", { type: "button", onclick: () => void download("markdown", "ecs-triage.md", "text/markdown")() }, "Save Markdown"),
    h("button", { type: "button", onclick: () => void download("json", "ecs-triage.json", "application/json")() }, "Save JSON"));
  if (canRedact) {
    const box = h("input", { type: "checkbox", id: "redact", checked: redact });
    box.addEventListener("change", () => {
      redact = box.checked;
      void diagnose().then(() => byId("redact").focus());
    });
    bar.append(h("label", { class: "inline" }, box, " Hide names and account ids"));
  }
  return bar;
}

/** For a bundled incident: the answers that the rest of its account would give. */
function accountOffer(): HTMLElement | undefined {
  const at = incident;
  if (!at || at.account.length === 0 || withAccount) return undefined;
  const use = (): void => {
    withAccount = true;
    add(ofIncident(at.account));
  };
  return h("p", { class: "offer" }, h("button", { type: "button", id: "account", onclick: use }, "Add what the rest of this account would answer"));
}

async function offerIncidents(): Promise<void> {
  const all = await incidents();
  const select = byId<HTMLSelectElement>("incidents");
  select.append(...all.map(({ name, title }) => h("option", { value: name }, title)));
  select.addEventListener("change", () => {
    const found = all.find(({ name }) => name === select.value);
    if (!found) return;
    held = [];
    incident = found;
    withAccount = false;
    add(ofIncident(found.documents));
  });
}

function listen(): void {
  byId("diagnose").addEventListener("click", () => void addText(paste.value));
  paste.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void addText(paste.value);
  });
  document.addEventListener("paste", (event) => {
    const target = event.target as HTMLElement | null;
    // A field for the answer of a call takes its own paste.
    if (target instanceof HTMLTextAreaElement && target !== paste) return;
    const files = [...(event.clipboardData?.files ?? [])].map((file) => ({ path: file.name, file }));
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (files.length === 0 && !text) return;
    // The field never holds what was pasted: megabytes in it would freeze the page.
    event.preventDefault();
    if (text) void addText(target === paste ? paste.value + text : text);
    else addFiles(files);
  });
  for (const [button, input] of [["choose-files", "files"], ["choose-folder", "folder"]] as const) {
    const field = byId<HTMLInputElement>(input);
    byId(button).addEventListener("click", () => field.click());
    field.addEventListener("change", () => addFiles(chosen(field)));
  }
  const veil = byId("dropping");
  addEventListener("dragover", (event) => {
    event.preventDefault();
    veil.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) veil.hidden = true;
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    veil.hidden = true;
    const transfer = event.dataTransfer;
    if (!transfer) return;
    if (transfer.items.length && [...transfer.items].some((item) => item.kind === "file")) void dropped(transfer).then(addFiles);
    else void addText(transfer.getData("text/plain"));
  });
  byId("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = getComputedStyle(root).getPropertyValue("--is-dark").trim() === "1";
    root.dataset["theme"] = dark ? "light" : "dark";
  });
}

/** The commands whose answers to paste, each to copy. */
function offerCommands(): void {
  for (const place of document.querySelectorAll<HTMLElement>("#start dd")) place.append(code(place.dataset["command"] ?? "", "the command"));
}

listen();
offerCommands();
void offerIncidents();
engine.ready.then(
  () => {
    performance.mark("ready");
    document.documentElement.dataset["ready"] = "true";
  },
  (error: Error) => say(`The engine could not be started: ${error.message}`),
);
