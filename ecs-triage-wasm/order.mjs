// Names the functions of a module so that `wasm-opt --reorder-functions-by-name` puts like beside like: what gzip has
// seen in the last 32 kB costs it little.
//
//   node order.mjs IN.wasm OUT.wasm
//
// The order is greedy: next comes the function of which most, for its size, stands in the window already.
import { readFileSync, writeFileSync } from "node:fs";

/** As many bytes make one piece that two functions may have in common. Found by trying, as are the next three. */
const PIECE = 6;
/** Bytes that the compressor looks back upon, less what the function itself takes. */
const WINDOW = 24_000;
/** Pieces that are in more functions than this say nothing of likeness. */
const COMMON = 10_000;
/** How much the size of a function counts against it. */
const SIZE_POWER = 0.8;

const TABLE = 1 << 22;
const [IMPORTS, CODE, CUSTOM] = [2, 10, 0];

const module = readFileSync(process.argv[2]);
const sections = readSections();
const functions = readFunctions();
writeFileSync(process.argv[3], named(likeness(functions.map(pieces))));

/** An unsigned number in LEB128, and where it ends. */
function read(at) {
  for (let number = 0, shift = 0; ; shift += 7) {
    const byte = module[at++];
    number |= (byte & 127) << shift;
    if (byte < 128) return [number >>> 0, at];
  }
}

function written(number) {
  const bytes = [];
  do {
    bytes.push((number & 127) | (number > 127 ? 128 : 0));
    number >>>= 7;
  } while (number);
  return bytes;
}

function readSections() {
  const sections = [];
  for (let at = 8; at < module.length; ) {
    const [size, body] = read(at + 1);
    sections.push({ kind: module[at], start: at, body, end: body + size });
    at = body + size;
  }
  return sections;
}

/** The bytes of each function. */
function readFunctions() {
  let [count, at] = read(sections.find(({ kind }) => kind === CODE).body);
  return Array.from({ length: count }, () => {
    const [size, body] = read(at);
    at = body + size;
    return module.subarray(body, at);
  });
}

/** How many functions are imported: their numbers come before those of the module's own. */
function imported() {
  const section = sections.find(({ kind }) => kind === IMPORTS);
  if (!section) return 0;
  let [count, at] = read(section.body);
  let functions = 0;
  const skip = () => ([, at] = read(at));
  const limits = () => {
    const flags = module[at++];
    skip();
    if (flags & 1) skip();
  };
  for (; count > 0; count--) {
    for (const _name of ["module", "field"]) {
      const [length, text] = read(at);
      at = text + length;
    }
    switch (module[at++]) {
      case 0: functions++; skip(); break;
      case 1: at++; limits(); break;
      case 2: limits(); break;
      default: at += 2;
    }
  }
  return functions;
}

/** The different pieces of a function, as numbers below `TABLE`. */
function pieces(bytes) {
  const found = new Set();
  for (let start = 0; start + PIECE <= bytes.length; start++) {
    let hash = 0;
    for (let at = start; at < start + PIECE; at++) hash = (Math.imul(hash, 0x01000193) ^ bytes[at]) >>> 0;
    found.add((hash ^ (hash >>> 15)) & (TABLE - 1));
  }
  return Uint32Array.from(found);
}

/** The numbers of the functions in their new order. */
function likeness(piecesOf) {
  const count = piecesOf.length;
  const users = new Map();
  piecesOf.forEach((pieces, index) => pieces.forEach((piece) => {
    const list = users.get(piece);
    if (list) list.push(index);
    else users.set(piece, [index]);
  }));
  for (const [piece, { length }] of users) if (length === 1 || length >= COMMON) users.delete(piece);

  const scores = new Float64Array(count);
  const weigh = (piece, sign) => {
    const list = users.get(piece);
    if (!list) return;
    // A rare piece in common says more.
    const weight = sign * Math.log(count / list.length);
    for (const index of list) scores[index] += weight;
  };
  const perSize = Float64Array.from(functions, ({ length }) => 1 / (length + 8) ** SIZE_POWER);
  const seen = new Uint16Array(TABLE);
  const placed = new Uint8Array(count);
  const order = [];
  for (let next = 0, oldest = 0, window = 0; next >= 0; ) {
    order.push(next);
    placed[next] = 1;
    window += functions[next].length;
    for (const piece of piecesOf[next]) if (seen[piece]++ === 0) weigh(piece, 1);
    for (; window > WINDOW && oldest < order.length - 1; oldest++) {
      window -= functions[order[oldest]].length;
      for (const piece of piecesOf[order[oldest]]) if (--seen[piece] === 0) weigh(piece, -1);
    }
    next = -1;
    for (let index = 0, best = -Infinity; index < count; index++) {
      if (placed[index] || scores[index] * perSize[index] <= best) continue;
      best = scores[index] * perSize[index];
      next = index;
    }
  }
  return order;
}

/** The module with its functions' names replaced by their places in the order. */
function named(order) {
  const ranks = new Uint32Array(order.length);
  order.forEach((index, rank) => (ranks[index] = rank));
  const first = imported();
  const names = [...written(order.length)];
  ranks.forEach((rank, index) => names.push(...written(first + index), 6, ...Buffer.from(String(rank).padStart(6, "0"))));
  const content = [4, ...Buffer.from("name"), 1, ...written(names.length), ...names];
  const others = sections.filter(({ kind }) => kind !== CUSTOM).map(({ start, end }) => module.subarray(start, end));
  return Buffer.concat([module.subarray(0, 8), ...others, Buffer.from([CUSTOM, ...written(content.length)]), Buffer.from(content)]);
}
