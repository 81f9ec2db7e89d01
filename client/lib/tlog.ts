// Proof that an entry is in a log, checked without the log (C2SP tlog-proof).
import { FormatError, unhex } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { decimalNumber } from "./checkpoint.ts";
import { verifyInclusion } from "./merkle.ts";
import { std64, unstd64 } from "./notes.ts";
import { checkNote } from "./policy.ts";
import type { Checked, Policy } from "./policy.ts";

const HEAD = "c2sp.org/tlog-proof@v1";
const LONGEST = 128 * 1024; // characters

/** `note` is the checkpoint with its signatures, not yet checked. */
export interface TlogProof {
  index: number;
  path: readonly Uint8Array[];
  note: string;
}

export function writeProof({ index, path, note }: TlogProof): string {
  return [HEAD, `index ${index}`, ...path.map(std64), "", note].join("\n");
}

/** Reads the form. What it says is checked by `verifyProof`. */
export function readProof(proof: string): TlogProof {
  if (proof.length > LONGEST) throw new FormatError("The proof is too long.");
  const end = proof.indexOf("\n\n");
  const [head, ...lines] = proof.slice(0, Math.max(0, end)).split("\n");
  if (end < 0 || head !== HEAD) throw new FormatError("This is not a proof from a log.");
  if (lines[0]?.startsWith("extra ") === true) unstd64(lines.shift()!.slice("extra ".length));
  const first = lines.shift() ?? "";
  if (!first.startsWith("index ")) throw new FormatError("The proof does not say which entry it is about.");
  const path: Bytes[] = lines.map((line) => unstd64(line, 32));
  return { index: decimalNumber(first.slice("index ".length)), path, note: proof.slice(end + 2) };
}

/**
 * Throws unless the leaf (hash, hex) is in a log of the policy as the proof says. Whether enough witnesses saw
 * that record is in the answer.
 */
export function verifyProof(policy: Policy, proof: TlogProof, leaf: string): Checked {
  const checked = checkNote(policy, proof.note);
  const { size, root } = checked.checkpoint;
  verifyInclusion({ index: proof.index, size, leaf: unhex(leaf, 32), path: proof.path, root });
  return checked;
}
