// A checkpoint: how large a log is, and the root of its tree (C2SP tlog-checkpoint).
import { equal, FormatError } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { EMPTY_ROOT } from "./merkle.ts";
import { unstd64 } from "./notes.ts";

export interface Checkpoint {
  origin: string;
  size: number; // leaves
  root: Bytes;
}

/** A checkpoint from the text of a note. Extension lines may follow and say nothing here. */
export function readCheckpoint(text: string): Checkpoint {
  if (!text.endsWith("\n")) throw new FormatError("A checkpoint ends with a line.");
  const lines = text.slice(0, -1).split("\n");
  const [origin = "", size = "", root = ""] = lines;
  if (lines.length < 3 || lines.includes(""))
    throw new FormatError("A checkpoint has three lines or more, and none is empty.");
  const head = { origin, size: decimalNumber(size), root: unstd64(root, 32) };
  if (head.size === 0 && !equal(head.root, EMPTY_ROOT)) throw new FormatError("An empty record has another root.");
  return head;
}

/** A number without leading zeroes, at most 2^53 - 1. */
export function decimalNumber(value: string): number {
  const number = Number(value);
  if (!/^(0|[1-9][0-9]{0,15})$/.test(value) || !Number.isSafeInteger(number))
    throw new FormatError("Expected a number without leading zeroes.");
  return number;
}
