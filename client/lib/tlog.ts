// Proof that an entry is in a log: the C2SP tlog-proof form, and the log-policy statement that says which log.
import { FormatError, unhex } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import type { JsonObject } from "./canonical.ts";
import { decimalNumber } from "./checkpoint.ts";
import { verifyInclusion } from "./merkle.ts";
import { std64, unstd64 } from "./notes.ts";
import { checkNote, parsePolicy } from "./policy.ts";
import type { Checked, Policy } from "./policy.ts";
import { asCount, asList, asObject, asText, exactly } from "./shape.ts";
import { verifyStatement } from "./statement.ts";

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

/** One generation of an installation's log. `closed` is its last size, or -1 while it is open. */
export interface LogGeneration {
  origin: string;
  keys: readonly string[];
  closed: number;
  url: string;
}

export interface LogPolicy {
  beat: number; // seconds from one checkpoint to the next
  installation: string;
  logs: readonly LogGeneration[];
  policy: Policy;
  sign: string;
  text: string;
}

/** The log-policy statement, as signed by the installation with this key (b64). */
export function readLogPolicy(statement: string, sign: string): LogPolicy {
  const body = exactly(verifyStatement(statement, "log-policy", sign), [
    ...["beat", "installation", "logs", "policy", "sign"],
  ]);
  if (body["sign"] !== sign) throw new FormatError("The log is said to be another's.");
  const policy = parsePolicy(asText(body["policy"]));
  const logs = asList(body["logs"]).map((one) => generation(asObject(one)));
  const origins = new Set(logs.map(({ origin }) => origin));
  const keys = new Set(logs.flatMap((one) => one.keys));
  if (policy.logs.some(({ name, vkey }) => !origins.has(name) || !keys.has(vkey)))
    throw new FormatError("The policy names a log that is not the installation's.");
  return {
    beat: asCount(body["beat"], 1),
    installation: asText(body["installation"]),
    logs,
    policy,
    sign,
    text: statement,
  };
}

function generation(one: JsonObject): LogGeneration {
  exactly(one, ["closed", "keys", "origin", "url"]);
  const closed = one["closed"] === null ? -1 : asCount(one["closed"]);
  return { origin: asText(one["origin"]), keys: asList(one["keys"]).map(asText), closed, url: asText(one["url"]) };
}
