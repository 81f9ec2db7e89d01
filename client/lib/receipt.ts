// A proof she saves: what was promised about her act, and where it is in the record. It can be checked without any
// server, by this page and by `upstander verify receipt`.
import { FormatError, text, unb64, utf8 } from "./bytes.ts";
import { decode, encode } from "./canonical.ts";
import type { JsonObject } from "./canonical.ts";
import { actBody, commitment, digest, isKind, leafBytes, leafHash, leafOf, readLeaf, shownKinds } from "./leaf.ts";
import type { Act, Leaf } from "./leaf.ts";
import { readPromise } from "./promise.ts";
import type { Installation, Promised } from "./promise.ts";
import type { Checked } from "./policy.ts";
import { asObject, asText, exactly } from "./shape.ts";
import { readLogPolicy } from "./log-policy.ts";
import { readProof, verifyProof } from "./tlog.ts";
import type { LogPolicy } from "./log-policy.ts";

const FORMAT = "upstander/proof/v1";
const LONGEST = 1_000_000; // characters of a file

export interface ProofFile {
  /** The object whose digest the leaf commits to. */
  fields: JsonObject;
  leaf: Leaf;
  policy: string;
  promise: string;
  salt: string;
  tlogProof: string; // empty before the beat
}

/** Canonical JSON and a line end. */
export function writeProofFile({ fields, leaf, policy, promise, salt, tlogProof }: ProofFile): string {
  const body = { fields, format: FORMAT, leaf: { ...leaf }, policy, promise, salt, tlog_proof: tlogProof };
  return `${text(encode(body))}\n`;
}

/** The file of an act that was just promised. */
export function promisedFile(act: Act, salt: string, promise: Promised, policy: string): string {
  const { kind, day } = promise.shown;
  const leaf = leafOf(act, kind, day);
  return writeProofFile({
    ...{ fields: actBody(act.kind, act.fields), leaf, policy, promise: promise.text, salt, tlogProof: "" },
  });
}

/** `overdue`: the day it was promised for has passed, and the file proves that promise; it is no proof of a place. */
export interface ProvenFile {
  state: "in" | "unwitnessed" | "waiting" | "overdue";
  leaf: string; // hash
  kind: string;
  case: string; // empty where the act is about none
  day: string;
  by: string;
  policy: LogPolicy;
  checked: Checked | undefined;
}

/**
 * Checks a saved proof, with nothing but the installation's key. Throws a FormatError for a file that proves
 * nothing.
 */
export function checkProofFile(file: string, by: Installation, today: string): ProvenFile {
  const { fields, leaf, policy: statement, promise: promised, salt, tlogProof } = readProofFile(file);
  const policy = readLogPolicy(statement, by.key);
  const promise = readPromise(promised, by.key);
  if (policy.installation !== by.installation || promise.log !== by.installation)
    throw new FormatError("The proof is from another log.");
  const { kind, ...rest } = fields;
  if (typeof kind !== "string" || !isKind(kind) || !shownKinds(kind).includes(leaf.kind))
    throw new FormatError("The proof is about no act that is known.");
  if (commitment(unb64(salt, 32), digest(kind, rest)) !== leaf.commitment)
    throw new FormatError("The entry is about another act than the proof says.");
  const hash = leafHash(leafBytes(leaf));
  if (hash !== promise.leaf || leaf.day !== promise.day) throw new FormatError("The promise is about another entry.");
  const about = typeof fields["case"] === "string" ? fields["case"] : "";
  const found = { leaf: hash, kind, case: about, day: leaf.day, by: promise.by, policy };
  if (tlogProof === "") return { ...found, state: promise.by < today ? "overdue" : "waiting", checked: undefined };
  const checked = verifyProof(policy.policy, readProof(tlogProof), hash);
  if (policy.logs.every(({ origin }) => origin !== checked.checkpoint.origin))
    throw new FormatError("The proof is from another log.");
  return { ...found, state: checked.enough ? "in" : "unwitnessed", checked };
}

function readProofFile(file: string): ProofFile {
  if (file.length > LONGEST || !file.endsWith("\n")) throw new FormatError("This is not a proof that was saved here.");
  const body = exactly(asObject(decode(utf8(file.slice(0, -1)))), [
    ...["fields", "format", "leaf", "policy", "promise", "salt", "tlog_proof"],
  ]);
  if (body["format"] !== FORMAT) throw new FormatError("This is not a proof that was saved here.");
  return {
    fields: asObject(body["fields"]),
    leaf: readLeaf(asObject(body["leaf"])),
    policy: asText(body["policy"]),
    promise: asText(body["promise"]),
    salt: asText(body["salt"]),
    tlogProof: asText(body["tlog_proof"]),
  };
}
