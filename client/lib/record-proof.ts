// The proof of one act of a case as a file, from what the server told and what a look at the record found.
import { FormatError } from "./bytes.ts";
import { labelAndSalt } from "./leaf.ts";
import type { Leaf, ShownKind } from "./leaf.ts";
import { unstd64 } from "./notes.ts";
import { writeProofFile } from "./receipt.ts";
import type { ActRow } from "./record-acts.ts";
import type { RecordRow } from "./record-check.ts";
import type { Look } from "./record-watch.ts";
import { writeProof } from "./tlog.ts";

/** With the act's place in the record where it has one. Throws where nothing was found, or the act is kept from the reader. */
export function proofFile(rows: readonly RecordRow[], look: Look | undefined, act: ActRow, log: Uint8Array): string {
  const { policy, finding } = look ?? {};
  if (policy === undefined || act.body === null) throw new FormatError("There is nothing to save.");
  const row = rows.find(({ proofs }) => proofs.some(({ number }) => number === act.number));
  const isIn = finding?.inside.includes(act.number) === true;
  const place = isIn ? row?.proofs.find(({ number }) => number === act.number) : undefined;
  const path = place?.path.map((one) => unstd64(one, 32)) ?? [];
  const { shown, day, label, commitment, of, promise } = act;
  const leaf: Leaf = { kind: shown as ShownKind, day, label, commitment, ...(of === "" ? {} : { of }) };
  return writeProofFile({
    ...{ fields: act.body, leaf, policy: policy.text, promise, salt: labelAndSalt(log, act.number).salt },
    tlogProof: place === undefined ? "" : writeProof({ index: place.index, path, note: row!.checkpoint }),
  });
}
