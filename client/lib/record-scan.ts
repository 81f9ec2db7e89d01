// Looks through the log itself for acts of a case that the server does not list: their labels follow from the log
// secret. What is read is held against the signed root, so a server can't show a different log to one person.
import { call } from "./api.ts";
import { equal, FormatError, text } from "./bytes.ts";
import { decode } from "./canonical.ts";
import type { JsonObject } from "./canonical.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { readLeaf } from "./leaf.ts";
import { EMPTY_ROOT, hashLeaf, hashNode } from "./merkle.ts";

const WIDTH = 256; // entries of a bundle, hashes of a tile (C2SP tlog-tiles)

/** Bytes behind a path of the log, such as `tile/entries/000`. */
export type Fetch = (path: string) => Promise<Uint8Array>;

/** From our own server; `url` as the log policy gives it. */
export function fetchFrom(url: string): Fetch {
  return async (path) => new Uint8Array(await (await call("GET", `${url}${path}`)).arrayBuffer());
}

/** How many bundles there are to read from this entry on. */
export function bundlesFrom(from: number, { size }: Checkpoint): number {
  return Math.ceil(size / WIDTH) - Math.floor(from / WIDTH);
}

/** Labels among these that stand in the log from entry `from` on. Throws when what is read is not the signed tree. */
export async function scan(
  fetch: Fetch,
  from: number,
  { size, root }: Checkpoint,
  labels: ReadonlySet<string>,
): Promise<string[]> {
  const first = Math.floor(from / WIDTH);
  const edge = new Edge(first * WIDTH, await leftOf(fetch, first * WIDTH, size));
  const found: string[] = [];
  for (let bundle = first; bundle * WIDTH < size; bundle++) {
    const width = Math.min(WIDTH, size - bundle * WIDTH);
    const entries = unpack(await fetch(tilePath("entries", bundle, width)));
    if (entries.length !== width) throw new FormatError("The log has another number of entries than it says.");
    for (const entry of entries) {
      edge.append(hashLeaf(entry));
      const label = labelOf(entry);
      if (labels.has(label)) found.push(label);
    }
  }
  if (!equal(edge.root(), root)) throw new FormatError("The entries of the log are not those that were signed.");
  return found;
}

/** The path of a tile or bundle; `width` under 256 for one that is not full. */
export function tilePath(level: number | "entries", index: number, width: number): string {
  const groups = [String(index % 1000).padStart(3, "0")];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  return `tile/${level}/${groups.join("/")}${width < WIDTH ? `.p/${width}` : ""}`;
}

/** The right edge of a tree: hashes of the complete subtrees it falls into, the largest first. */
class Edge {
  #size: number;
  readonly #hashes: Uint8Array[];
  constructor(size: number, hashes: Uint8Array[]) {
    this.#size = size;
    this.#hashes = hashes;
  }

  append(leaf: Uint8Array): void {
    let node = leaf;
    for (let size = this.#size; size % 2 === 1; size = Math.floor(size / 2)) node = hashNode(this.#hashes.pop()!, node);
    this.#hashes.push(node);
    this.#size += 1;
  }

  root(): Uint8Array {
    if (this.#hashes.length === 0) return EMPTY_ROOT;
    return this.#hashes.reduceRight((right, left) => hashNode(left, right));
  }
}

// The complete subtrees left of an entry, out of hash tiles. Nothing of them is believed before the root fits.
async function leftOf(fetch: Fetch, count: number, size: number): Promise<Uint8Array[]> {
  const hashes: Uint8Array[] = [];
  for (let start = 0, left = count; left > 0; ) {
    const level = Math.floor(Math.log2(left));
    const tileLevel = Math.floor(level / 8);
    const [wide, each] = [2 ** level, 256 ** tileLevel];
    const [at, many] = [start / each, wide / each];
    const tile = Math.floor(at / WIDTH);
    const width = Math.min(WIDTH, Math.floor(size / each) - tile * WIDTH);
    const bytes = await fetch(tilePath(tileLevel, tile, width));
    const begin = (at - tile * WIDTH) * 32;
    hashes.push(fold(bytes.subarray(begin, begin + many * 32)));
    [start, left] = [start + wide, left - wide];
  }
  return hashes;
}

function fold(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 32) return bytes;
  if (bytes.length === 0 || bytes.length % 64 !== 0) throw new FormatError("A tile of the log is too short.");
  const middle = bytes.length / 2;
  return hashNode(fold(bytes.subarray(0, middle)), fold(bytes.subarray(middle)));
}

function unpack(bytes: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at]! * 256 + (bytes[at + 1] ?? 0);
    if (at + 2 + length > bytes.length) throw new FormatError("A bundle of the log is cut short.");
    entries.push(bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return entries;
}

// Empty for an entry that is none of ours: a log may hold others, and nobody can make one with our label by chance.
function labelOf(entry: Uint8Array): string {
  try {
    const [, json = ""] = /^upstander\/leaf\/v1\n(.*)\n$/.exec(text(entry)) ?? [];
    return readLeaf(decode(new TextEncoder().encode(json)) as JsonObject).label;
  } catch (error) {
    if (error instanceof FormatError) return "";
    throw error;
  }
}
