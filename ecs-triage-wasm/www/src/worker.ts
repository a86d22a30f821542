/** The worker: holds the module and the evidence, and answers the page. */
import { Evidence, Fleet, initSync, version } from "ecs-triage";

import { inflated } from "./packed";
import type { Given, Message, Operation, Reply, Requests, Taken } from "./protocol";

let evidence: Evidence | undefined;
let fleet: Fleet | undefined;

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

  diagnose({ given, redact, observedAt }) {
    const begin = performance.now();
    evidence?.free();
    evidence = new Evidence(observedAt ? { observedAt } : undefined);
    const taken = given.map((document) => take(evidence!, document));
    const report = evidence.diagnose({ redact });
    return { report, taken, milliseconds: performance.now() - begin };
  },

  document({ name }) {
    return evidence?.document(name);
  },

  render({ format, redact }) {
    return (evidence ?? new Evidence()).render(format, { redact });
  },

  async stream({ files }, progress) {
    const begin = performance.now();
    fleet?.free();
    fleet = new Fleet();
    let read = 0;
    for (const file of files) {
      const reader = file.stream().getReader();
      for (let told = 0; ; ) {
        const { done, value } = await reader.read();
        if (done) break;
        fleet.push(value);
        read += value.byteLength;
        if (performance.now() - told > 100) {
          told = performance.now();
          progress(read);
        }
      }
      fleet.finish();
    }
    return { report: fleet.report(), milliseconds: performance.now() - begin };
  },

  renderStream({ format }) {
    return (fleet ?? new Fleet()).render(format);
  },
};

function take(evidence: Evidence, { name, content }: Given): Taken {
  const known = evidence.documents.length;
  let error: string | undefined;
  try {
    evidence.add(content, name);
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  }
  return { documents: evidence.documents.slice(known), error };
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
  queue = queue.then(() => answer(event.data));
});
