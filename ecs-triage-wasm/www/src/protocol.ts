/** What the page and its worker say to each other. */
import type { FleetReport, Format, Report, Want } from "ecs-triage";

/** A document as the user gave it. */
export interface Given {
  /** File name without its ending; nothing for pasted text. */
  name?: string;
  /** Handed over without copying it; only the worker reads it. */
  content: Blob;
  /** The call that it answers, where it was pasted as an answer. */
  call?: Pick<Want, "service" | "operation" | "params">;
  /** Whether it is read at once even when it is large. */
  whole?: boolean;
}

/** What became of a document. */
export interface Taken {
  /** Names by which citations refer to what it holds. */
  documents: string[];
  /** Why it could not be used. */
  error?: string;
}

/** The lines around what a citation points at. */
export interface Excerpt {
  before: string;
  marked: string;
  after: string;
  /** Number of the first marked line in the whole text. */
  line: number;
  /** Whether the text is the user's own; else it is the document as it was read. */
  own: boolean;
}

/** A task definition: what of it the page needs to know. */
export interface Definition {
  family?: string;
  containerDefinitions: unknown[];
}

export interface Requests {
  start: { arguments: { module: string }; answer: { version: string } };
  diagnose: {
    arguments: { given: Given[]; redact: boolean; observedAt?: string };
    answer: { report: Report; taken: Taken[]; milliseconds: number };
  };
  /** The place of a citation. */
  excerpt: { arguments: { document: string; pointer: string }; answer: Excerpt | undefined };
  /** The task definition of a family, as it is in the evidence. */
  definition: { arguments: { family?: string }; answer: Definition | undefined };
  render: { arguments: { format: Format; redact: boolean }; answer: string };
  /** Streams of events, read piece by piece. */
  stream: { arguments: { given: Given[] }; answer: { report: FleetReport; milliseconds: number } };
  /** Ends a stream that is still being read; its answer is an error. */
  stop: { arguments: Record<string, never>; answer: undefined };
  renderStream: { arguments: { format: Format }; answer: string };
}

export type Operation = keyof Requests;

export interface Message<O extends Operation = Operation> {
  id: number;
  operation: O;
  arguments: Requests[O]["arguments"];
}

export interface Reply {
  id: number;
  answer?: unknown;
  error?: string;
  /** Bytes read so far, of a stream. */
  progress?: number;
}
