/** The worker: holds the module and the evidence, and answers the page. */
import { Evidence, Fleet, initSync, version } from "ecs-triage";

import { inflated } from "./packed";
import type { Given, Message, Operation, Reply, Requests, Taken } from "./protocol";
import { Sources } from "./sources";

let evidence: Evidence | undefined;
let sources: Sources | undefined;
let fleet: Fleet | undefined;
/** Counts the requests to stop, so that a stream sees one that came after it began. */
let stops = 0;

type Work = {
  [O in Operation]: (
    args: Requests[O]["arguments"],
    progress: (bytes: number) => void,
  ) => Requests[O]["answer"] | Promise<Requests[O]["answer"]>;
};

const work: Work = {
  async start({ module }) {
    initSync({ module: await WebAssembly.compile(await inflated(module)) });
    return { version: version() };
  },

  async diagnose({ given, redact, observedAt }) {
    const begin = performance.now();
    evidence?.free();
    evidence = new Evidence(observedAt ? { observedAt } : undefined);
    const bytes: Uint8Array[] = [];
    const taken: Taken[] = [];
    for (const document of given) {
      const { own, ...what } = await take(evidence, document);
      bytes.push(own);
      taken.push(what);
    }
    sources = new Sources(evidence, bytes, taken);
    const report = evidence.diagnose({ redact });
    return { report, taken, milliseconds: performance.now() - begin };
  },

  excerpt({ document, pointer }) {
    return sources?.excerpt(document, pointer);
  },

  definition({ family }) {
    return sources?.definition(family);
  },

  render({ format, redact }) {
    return (evidence ?? new Evidence()).render(format, { redact });
  },

  async stream({ given }, progress) {
    const begin = performance.now();
    const until = stops;
    fleet?.free();
    fleet = new Fleet();
    let read = 0;
    for (const { content } of given) {
      const reader = content.stream().getReader();
      for (let told = 0; ; ) {
        const { done, value } = await reader.read();
        if (done) break;
        fleet.push(value);
        read += value.byteLength;
        if (performance.now() - told > 100) {
          told = performance.now();
          progress(read);
          // Lets a request to stop in, which pieces that are at hand already would keep waiting.
          await new Promise((resolve) => setTimeout(resolve));
          if (stops !== until) throw new Error("stopped");
        }
      }
      fleet.finish();
    }
    return { report: fleet.report(), milliseconds: performance.now() - begin };
  },

  stop() {
    return undefined;
  },

  renderStream({ format }) {
    return (fleet ?? new Fleet()).render(format);
  },
};

/** Adds a document to the evidence; gives its bytes, and what became of it. */
async function take(evidence: Evidence, { name, content, call }: Given): Promise<Taken & { own: Uint8Array }> {
  const known = evidence.documents.length;
  let own = new Uint8Array();
  let error: string | undefined;
  try {
    own = new Uint8Array(await content.arrayBuffer());
    evidence.add(call ? recorded(call, new TextDecoder().decode(own)) : own, name);
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  }
  return { documents: evidence.documents.slice(known), error, own };
}

/** An answer with the call that it answers, because many answers do not name what was asked. */
function recorded(call: NonNullable<Given["call"]>, text: string): string | object {
  try {
    const response: unknown = JSON.parse(text);
    if (response && typeof response === "object" && "response" in response && "operation" in response) return text;
    return { ...call, response };
  } catch {
    return /^\s*(An error occurred|aws: \[ERROR\])/.test(text) ? { ...call, error: text.trim() } : text;
  }
}

async function answer<O extends Operation>(message: Message<O>): Promise<void> {
  const say = (reply: Omit<Reply, "id">): void => postMessage({ id: message.id, ...reply });
  try {
    const result = await work[message.operation](message.arguments, (progress) => say({ progress }));
    say({ answer: result });
  } catch (thrown) {
    say({ error: thrown instanceof Error ? thrown.message : String(thrown) });
  }
}

// One after the other: a diagnosis must not see the evidence of the next.
let queue = Promise.resolve();
addEventListener("message", (event: MessageEvent<Message>) => {
  if (event.data.operation === "stop") stops++;
  queue = queue.then(() => answer(event.data));
});
