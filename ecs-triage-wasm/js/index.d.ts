export * from "./ecs_triage.js";
