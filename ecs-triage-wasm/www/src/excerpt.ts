/** Cuts the lines around a place out of a text. In the worker. */
import type { Place } from "./locate";
import type { Excerpt } from "./protocol";

const AROUND = 2;
const LONGEST_LINE = 400;
const LONGEST_PLACE = 4000;

/** The lines around a place, without the indentation that they share. */
export function excerpt(text: string, { offset, length }: Place): Omit<Excerpt, "own"> {
  const end = offset + length;
  // A document on one line would fill the screen.
  const from = Math.max(lineStart(text, offset, AROUND), offset - LONGEST_LINE);
  const to = Math.min(lineEnd(text, end, AROUND), end + LONGEST_LINE);
  const cut = outdent(text.slice(from, Math.min(to, from + LONGEST_PLACE)));
  const marked = text.slice(offset, Math.min(end, offset + LONGEST_PLACE));
  const isCut = length > LONGEST_PLACE;
  return {
    before: cut(text.slice(from, offset)),
    marked: isCut ? `${cut(marked)}…` : cut(marked),
    after: isCut ? "" : cut(text.slice(end, to)),
    line: lines(text, offset),
  };
}

/** The number of the line in which a place is. */
function lines(text: string, at: number): number {
  let count = 1;
  for (let end = text.indexOf("\n"); end >= 0 && end < at; end = text.indexOf("\n", end + 1)) count++;
  return count;
}

/** Where the line begins that stands `lines` above a place. */
function lineStart(text: string, at: number, lines: number): number {
  let start = text.lastIndexOf("\n", at - 1) + 1;
  for (; lines > 0 && start > 0; lines--) start = text.lastIndexOf("\n", start - 2) + 1;
  return start;
}

/** Where the line ends that stands `lines` below a place. */
function lineEnd(text: string, at: number, lines: number): number {
  let end = at;
  for (; lines >= 0; lines--) {
    end = text.indexOf("\n", end + (end === at ? 0 : 1));
    if (end < 0) return text.length;
  }
  return end;
}

/** Takes the indentation away that all lines of a text share. */
function outdent(text: string): (part: string) => string {
  const depths = text.split("\n").filter((line) => line.trim()).map((line) => line.length - line.trimStart().length);
  const shared = Math.min(...depths);
  const blanks = new RegExp(`(^|\\n)[ \\t]{${Number.isFinite(shared) ? shared : 0}}`, "g");
  return (part) => part.replace(blanks, "$1");
}
