/** Files and folders that were dropped or chosen. */
import { pause } from "./dom";

/** A file and where it stands in the folder that was dropped. */
export interface Found {
  path: string;
  file: File;
}

/** The files of a drop, those in folders too. */
export async function dropped(transfer: DataTransfer): Promise<Found[]> {
  // The list is emptied when the event ends, so everything is taken out of it first.
  const entries = [...transfer.items].map((item) => ({ entry: item.webkitGetAsEntry?.() ?? null, file: item.getAsFile() }));
  const found: Found[] = [];
  for (const { entry, file } of entries) {
    if (entry?.isDirectory) found.push(...(await inside(entry as FileSystemDirectoryEntry)));
    else if (file) found.push({ path: file.name, file });
  }
  return documents(found);
}

/** The files that were chosen. */
export function chosen(input: HTMLInputElement): Found[] {
  const found = [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  input.value = "";
  return documents(found);
}

/** As the command does: in order of name, without prose and hidden files. */
function documents(found: Found[]): Found[] {
  return found
    .filter(({ path }) => !path.endsWith(".md") && !path.split("/").some((part) => part.startsWith(".")))
    .sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
}

async function inside(folder: FileSystemDirectoryEntry): Promise<Found[]> {
  const reader = folder.createReader();
  const found: Found[] = [];
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return found;
    for (const entry of entries) {
      if (entry.isDirectory) found.push(...(await inside(entry as FileSystemDirectoryEntry)));
      else {
        const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
        found.push({ path: entry.fullPath, file });
      }
    }
  }
}

/** The name of a document that came as a file: without its folders and its ending. */
export function stem(path: string): string {
  const file = path.split("/").pop() ?? path;
  const dot = file.lastIndexOf(".");
  return dot > 0 ? file.slice(0, dot) : file;
}

/** A text as bytes. Megabytes are encoded piece by piece, so that the page stays alive between. */
export async function blob(text: string): Promise<Blob> {
  const pieces: Blob[] = [];
  for (let at = 0; at < text.length; ) {
    let end = at + 500_000;
    // Both halves of a character beyond the first plane stay together.
    if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end++;
    pieces.push(new Blob([text.slice(at, end)]));
    at = end;
    if (at < text.length) await pause();
  }
  return new Blob(pieces);
}
