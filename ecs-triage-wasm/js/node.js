// For Node: no `await` at the top, so that `require` works too where Node lets it load modules.
import { readFileSync } from "node:fs";

import { initSync } from "./ecs_triage.js";

initSync({ module: readFileSync(new URL("./ecs_triage_bg.wasm", import.meta.url)) });

export * from "./ecs_triage.js";
