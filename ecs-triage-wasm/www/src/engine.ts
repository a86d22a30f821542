/** The engine in its worker, so that no input, however large, freezes the page. */
import { byId } from "./dom";
import type { Message, Operation, Reply, Requests } from "./protocol";

interface Waiting {
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
  progress?: (bytes: number) => void;
}

export class Engine {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;
  /** Settles when the engine is ready. */
  readonly ready: Promise<{ version: string }>;

  constructor() {
    const code = byId("worker-code").textContent ?? "";
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    this.worker = new Worker(url);
    this.worker.addEventListener("message", (event: MessageEvent<Reply>) => this.hear(event.data));
    this.worker.addEventListener("error", (event) => this.fail(event.message || "the worker could not be started"));
    const data = byId("module-data");
    this.ready = this.ask("start", { module: data.textContent ?? "" });
    data.remove();
    void this.ready.then(() => URL.revokeObjectURL(url), () => undefined);
  }

  ask<O extends Operation>(
    operation: O,
    args: Requests[O]["arguments"],
    progress?: (bytes: number) => void,
  ): Promise<Requests[O]["answer"]> {
    const id = ++this.last;
    const message: Message<O> = { id, operation, arguments: args };
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, progress });
      this.worker.postMessage(message);
    });
  }

  private hear(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    if (!waiting) return;
    if (reply.progress !== undefined) {
      waiting.progress?.(reply.progress);
      return;
    }
    this.waiting.delete(reply.id);
    if (reply.error === undefined) waiting.resolve(reply.answer as never);
    else waiting.reject(new Error(reply.error));
  }

  private fail(message: string): void {
    for (const waiting of this.waiting.values()) waiting.reject(new Error(message));
    this.waiting.clear();
  }
}
