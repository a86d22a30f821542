/** The incidents that come with the page. */
import { byId } from "./dom";
import { inflated } from "./packed";
import type { Given } from "./protocol";

export interface Incident {
  name: string;
  title: string;
  /** When its documents were fetched. */
  observedAt: string;
  /** What a person has at first. */
  documents: { name: string; text: string }[];
  /** What the rest of the account would answer. */
  account: { name: string; text: string }[];
}

/** All incidents, by name. */
export async function incidents(): Promise<Incident[]> {
  const data = byId("incidents-data");
  const opened = await inflated(data.textContent ?? "");
  data.remove();
  return JSON.parse(new TextDecoder().decode(opened)) as Incident[];
}

/** An incident's documents, as if their files had been dropped. */
export function given(documents: Incident["documents"]): Given[] {
  return documents.map(({ name, text }) => ({ name, content: new Blob([text]) }));
}
