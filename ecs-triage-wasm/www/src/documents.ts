/** What the page shows of the documents at hand. The worker looks it up, for they may be large. */
import type { Citation } from "ecs-triage";

import type { Engine } from "./engine";
import type { Definition, Excerpt } from "./protocol";

export class Documents {
  constructor(
    private readonly engine: Engine,
    /** Why the documents are not shown, if they are not: while names are hidden, because they hold the names. */
    readonly withheld?: string,
  ) {}

  /** The lines around the place of a citation. */
  async excerpt({ document, pointer }: Citation): Promise<Excerpt | undefined> {
    return this.withheld ? undefined : this.engine.ask("excerpt", { document, pointer });
  }

  /** The task definition of a family. */
  async definition(family: string | undefined): Promise<Definition | undefined> {
    return this.withheld ? undefined : this.engine.ask("definition", { family });
  }
}
