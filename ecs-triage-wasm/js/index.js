// For browsers and bundlers: the module lies beside this file, and is ready when the import is.
import start from "./ecs_triage.js";

await start({ module_or_path: new URL("./ecs_triage_bg.wasm", import.meta.url) });

export * from "./ecs_triage.js";
