// Merkle trees of RFC 6962: what a leaf and a node hash to, and whether a path proves what it is said to prove.
import { concat, equal, FormatError, sha256 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";

/** The root of a tree without leaves (RFC 6962, section 2.1). */
export const EMPTY_ROOT: Bytes = sha256(new Uint8Array());

const MOST = 63; // hashes in a path: no tree is higher

/** Hash of a leaf's bytes: 32 bytes. */
export function hashLeaf(data: Uint8Array): Bytes {
  return sha256(concat(new Uint8Array([0]), data));
}

/** Hash of two subtrees, each 32 bytes. */
export function hashNode(left: Uint8Array, right: Uint8Array): Bytes {
  return sha256(concat(new Uint8Array([1]), left, right));
}

export interface Inclusion {
  index: number; // of the leaf, from 0
  size: number; // of the tree
  leaf: Uint8Array; // its hash
  path: readonly Uint8Array[];
  root: Uint8Array;
}

/** Throws unless the path leads from this leaf to the root (RFC 9162, section 2.1.3.2). */
export function verifyInclusion({ index, size, leaf, path, root }: Inclusion): void {
  checkNumbers([index, size]);
  if (index >= size) throw new FormatError("The record has no such entry yet.");
  checkHashes([leaf, root, ...path]);
  let [node, last, hash] = [index, size - 1, leaf];
  for (const one of path) {
    if (last === 0) throw new FormatError("The path to the entry is too long.");
    if (isOdd(node) || node === last) {
      hash = hashNode(one, hash);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else hash = hashNode(hash, one);
    [node, last] = [half(node), half(last)];
  }
  if (last !== 0) throw new FormatError("The path to the entry is too short.");
  if (!equal(hash, root)) throw new FormatError("The entry is not in this record.");
}

export interface Consistency {
  old: number; // sizes
  oldRoot: Uint8Array;
  new: number;
  newRoot: Uint8Array;
  path: readonly Uint8Array[];
}

/** Throws unless the old tree is the beginning of the new one (RFC 9162, section 2.1.4.2). */
export function verifyConsistency(trees: Consistency): void {
  const { old, oldRoot, new: size, newRoot, path } = trees;
  checkNumbers([old, size]);
  checkHashes([oldRoot, newRoot, ...path]);
  if (old > size) throw new FormatError("The record became smaller.");
  if (old === size || old === 0) {
    if (path.length > 0) throw new FormatError("There is nothing to prove between these two records.");
    const isSame = old === size ? equal(oldRoot, newRoot) : true;
    if (!isSame || (old === 0 && !equal(oldRoot, EMPTY_ROOT))) throw new FormatError("The record was rewritten.");
    return;
  }
  let [node, last] = [old - 1, size - 1];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  const [seed, ...rest] = node === 0 ? [oldRoot, ...path] : path;
  if (seed === undefined) throw new FormatError("The proof between the two records is too short.");
  let [before, after] = [seed, seed];
  for (const one of rest) {
    if (last === 0) throw new FormatError("The proof between the two records is too long.");
    if (isOdd(node) || node === last) {
      [before, after] = [hashNode(one, before), hashNode(one, after)];
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else after = hashNode(after, one);
    [node, last] = [half(node), half(last)];
  }
  if (last !== 0) throw new FormatError("The proof between the two records is too short.");
  if (!equal(before, oldRoot) || !equal(after, newRoot)) throw new FormatError("The record was rewritten.");
}

// Sizes pass 2^32, so nothing here may use bit operations.
const isOdd = (value: number): boolean => value % 2 === 1;
const half = (value: number): number => Math.floor(value / 2);

function checkNumbers(values: readonly number[]): void {
  if (values.some((value) => !Number.isSafeInteger(value) || value < 0))
    throw new FormatError("Expected whole numbers up to 2^53 - 1.");
}

function checkHashes(hashes: readonly Uint8Array[]): void {
  if (hashes.length > MOST + 2) throw new FormatError("The path is longer than any tree is high.");
  if (hashes.some(({ length }) => length !== 32)) throw new FormatError("A hash has 32 bytes.");
}
