/** The documents of the evidence: which text each came from, and where its places are. */
import type { Citation } from "ecs-triage";

import type { Engine } from "./engine";
import { Located, type Place } from "./locate";
import type { Given, Taken } from "./protocol";

export class Documents {
  private readonly located = new Map<string, Promise<{ located: Located; below: string[]; own: boolean } | undefined>>();

  constructor(
    private readonly engine: Engine,
    private readonly given: Given[],
    private readonly taken: Taken[],
    /** Why the documents are not shown, if they are not: while names are hidden, because they hold the names. */
    readonly withheld?: string,
  ) {}

  /** The text in which a citation's place is, and the place. */
  async find(citation: Citation): Promise<{ text: string; place: Place; own: boolean } | undefined> {
    if (this.withheld) return undefined;
    for (const own of [true, false]) {
      const source = await (own ? this.own(citation.document) : this.read(citation.document));
      const place = source?.located.at(citation.pointer, source.below);
      if (source && place) return { text: source.located.text, place, own: source.own };
    }
    return undefined;
  }

  /** A document as a value, by name. */
  async value(name: string): Promise<unknown> {
    const text = await this.engine.ask("document", { name });
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** All names. */
  names(): string[] {
    return this.taken.flatMap((taken) => taken.documents);
  }

  private own(name: string): ReturnType<Documents["read"]> {
    return this.once(`own ${name}`, async () => {
      const index = this.taken.findIndex((taken) => taken.documents.includes(name));
      const content = this.given[index]?.content;
      if (content === undefined) return undefined;
      const text = typeof content === "string" ? content : new TextDecoder().decode(content);
      const located = new Located(text);
      // A bundle holds each document under its name.
      const below = (this.taken[index]?.documents.length ?? 0) > 1 || located.has(name) ? [name] : [];
      return { located, below, own: true };
    });
  }

  private read(name: string): Promise<{ located: Located; below: string[]; own: boolean } | undefined> {
    return this.once(name, async () => {
      const text = await this.engine.ask("document", { name });
      return text === undefined ? undefined : { located: new Located(text), below: [], own: false };
    });
  }

  private once(key: string, make: () => ReturnType<Documents["read"]>): ReturnType<Documents["read"]> {
    const known = this.located.get(key);
    if (known) return known;
    const made = make();
    this.located.set(key, made);
    return made;
  }
}
