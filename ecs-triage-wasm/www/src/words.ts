/** Numbers and times in words. */

/** A duration as people say it: `8.4 s`, `4 h 29 min`. */
export function duration(seconds: number): string {
  const of = Math.abs(seconds);
  if (of < 10) return `${Math.round(of * 10) / 10} s`;
  if (of < 120) return `${Math.round(of)} s`;
  const minutes = Math.floor(of / 60);
  if (minutes < 10) return two(minutes, "min", Math.round(of % 60), "s");
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? two(hours, "h", minutes % 60, "min") : two(Math.floor(hours / 24), "d", hours % 24, "h");
}

function two(large: number, unit: string, small: number, smaller: string): string {
  return small > 0 ? `${large} ${unit} ${small} ${smaller}` : `${large} ${unit}`;
}

/** A size: `3.4 kB`. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} bytes`;
  if (count < 1e6) return `${(count / 1e3).toFixed(count < 1e4 ? 1 : 0)} kB`;
  return `${(count / 1e6).toFixed(count < 1e7 ? 1 : 0)} MB`;
}

/** The time of day of a moment, in UTC as the report has it. */
export function clock(at: string): string {
  return at.slice(11, 19);
}

/** A number with its noun. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

/** The last part of an ARN, which is what people call it. */
export function shortId(id: string): string {
  return id.startsWith("arn:") ? (id.split("/").pop() ?? id) : id;
}
