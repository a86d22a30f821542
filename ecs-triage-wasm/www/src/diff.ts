/** Differences between two texts, line by line. */

export interface Row {
  left?: string;
  right?: string;
  /** Whether the line is the same on both sides. */
  same: boolean;
}

/** The lines of both texts side by side; a changed line stands opposite what it became. */
export function diff(before: string, after: string): Row[] {
  const left = before.split("\n");
  const right = after.split("\n");
  const common = longest(left, right);
  const rows: Row[] = [];
  let i = 0;
  let j = 0;
  const change = (toLeft: number, toRight: number): void => {
    while (i < toLeft || j < toRight) {
      rows.push({ left: i < toLeft ? left[i++] : undefined, right: j < toRight ? right[j++] : undefined, same: false });
    }
  };
  for (const [atLeft, atRight] of common) {
    change(atLeft, atRight);
    rows.push({ left: left[i++], right: right[j++], same: true });
  }
  change(left.length, right.length);
  return rows;
}

/** Pairs of positions of the longest common subsequence. */
function longest(left: string[], right: string[]): [number, number][] {
  // What is alike at both ends is most of it, and needs no table.
  const shorter = Math.min(left.length, right.length);
  let head = 0;
  while (head < shorter && left[head] === right[head]) head++;
  let tail = 0;
  while (tail < shorter - head && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail++;
  const pairs: [number, number][] = Array.from({ length: head }, (_, index) => [index, index]);
  for (const [i, j] of middle(left.slice(head, left.length - tail), right.slice(head, right.length - tail))) pairs.push([i + head, j + head]);
  for (let at = tail; at > 0; at--) pairs.push([left.length - at, right.length - at]);
  return pairs;
}

function middle(left: string[], right: string[]): [number, number][] {
  const width = right.length + 1;
  const table = new Uint32Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      table[i * width + j] =
        left[i] === right[j]
          ? (table[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    if (left[i] === right[j]) pairs.push([i++, j++]);
    else if ((table[(i + 1) * width + j] ?? 0) >= (table[i * width + j + 1] ?? 0)) i++;
    else j++;
  }
  return pairs;
}

/** The rows near a change; `undefined` stands for those left out. */
export function nearChanges(rows: Row[], around = 3): (Row | undefined)[] {
  const shown: (Row | undefined)[] = [];
  rows.forEach((row, index) => {
    const near = rows.slice(Math.max(0, index - around), index + around + 1).some((other) => !other.same);
    if (near) shown.push(row);
    else if (shown.length === 0 || shown[shown.length - 1] !== undefined) shown.push(undefined);
  });
  return shown;
}
