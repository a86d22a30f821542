/** The texts that the evidence was read from: what stands at a place of them. In the worker. */
import type { Evidence } from "ecs-triage";

import { excerpt } from "./excerpt";
import { Located } from "./locate";
import type { Definition, Excerpt, Taken } from "./protocol";

interface Source {
  located: Located;
  /** Where the document begins in the text. */
  below: string[];
}

export class Sources {
  private readonly known = new Map<string, Source | undefined>();

  constructor(
    private readonly evidence: Evidence,
    private readonly given: Uint8Array[],
    private readonly taken: Taken[],
  ) {}

  /** The lines around a place: in the user's own text, else in the document as it was read. */
  excerpt(document: string, pointer: string): Excerpt | undefined {
    for (const own of [true, false]) {
      const source = own ? this.own(document) : this.read(document);
      const place = source?.located.at(pointer, source.below);
      if (source && place) return { ...excerpt(source.located.text, place), own };
    }
    return undefined;
  }

  /** The task definition of a family, in whichever document it is. */
  definition(family: string | undefined): Definition | undefined {
    for (const name of this.taken.flatMap((taken) => taken.documents)) {
      const found = definition(JSON.parse(this.evidence.document(name) ?? "null"), family);
      if (found) return found;
    }
    return undefined;
  }

  private own(name: string): Source | undefined {
    return this.once(`own ${name}`, () => {
      const index = this.taken.findIndex((taken) => taken.documents.includes(name));
      const bytes = this.given[index];
      if (bytes === undefined) return undefined;
      const located = new Located(new TextDecoder().decode(bytes));
      // A bundle holds each document under its name.
      const isBundle = (this.taken[index]?.documents.length ?? 0) > 1 || located.has(name);
      return { located, below: isBundle ? [name] : [] };
    });
  }

  private read(name: string): Source | undefined {
    return this.once(name, () => {
      const text = this.evidence.document(name);
      return text === undefined ? undefined : { located: new Located(text), below: [] };
    });
  }

  private once(key: string, make: () => Source | undefined): Source | undefined {
    if (!this.known.has(key)) this.known.set(key, make());
    return this.known.get(key);
  }
}

function definition(value: unknown, family: string | undefined, depth = 0): Definition | undefined {
  if (!value || typeof value !== "object" || depth > 4) return undefined;
  const found = value as Definition;
  if (Array.isArray(found.containerDefinitions) && (!family || found.family === family)) return found;
  for (const member of Object.values(value)) {
    const inner = definition(member, family, depth + 1);
    if (inner) return inner;
  }
  return undefined;
}
