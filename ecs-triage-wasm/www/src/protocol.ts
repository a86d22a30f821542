/** What the page and its worker say to each other. */
import type { FleetReport, Format, Report } from "ecs-triage";

/** A document as the user gave it. */
export interface Given {
  /** File name without its ending; nothing for pasted text. */
  name?: string;
  content: string | Uint8Array;
}

/** What became of a document. */
export interface Taken {
  /** Names by which citations refer to what it holds. */
  documents: string[];
  /** Why it could not be used. */
  error?: string;
}

export interface Requests {
  start: { arguments: { module: string }; answer: { version: string } };
  diagnose: {
    arguments: { given: Given[]; redact: boolean; observedAt?: string };
    answer: { report: Report; taken: Taken[]; milliseconds: number };
  };
  /** A document as JSON, in whatever form it came. */
  document: { arguments: { name: string }; answer: string | undefined };
  render: { arguments: { format: Format; redact: boolean }; answer: string };
  /** Streams of events, read piece by piece. */
  stream: { arguments: { files: Blob[] }; answer: { report: FleetReport; milliseconds: number } };
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
