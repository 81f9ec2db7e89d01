// What an act leaves in the log, and the promise that it will be there (formats, section 7).
import { b64, concat, FormatError, hash, hex, hkdf, sha256, utf8 } from "./bytes.ts";
import { encode } from "./canonical.ts";
import type { JsonObject } from "./canonical.ts";
import { asDay, asHash, asId, asText, exactly } from "./shape.ts";
import { verifyStatement } from "./statement.ts";

/** The fields whose digest a leaf commits to, by kind. */
const FIELDS = {
  received: ["card", "case", "channels", "envelopes", "excluded", "grants", "uploads"],
  message: ["case", "envelope", "uploads"],
  note: ["case", "envelope", "uploads"],
  grant: ["admits", "case", "grants"],
  epoch: ["admits", "case", "epochs", "grants", "withdrawn"],
  step: ["case", "envelopes", "outcome", "step"],
  record: ["case", "envelopes"],
  withdraw: ["case", "envelopes"],
} as const;

export type LeafKind = keyof typeof FIELDS;

/**
 * Label (hex) and salt (b64) of one act, as the API takes them. Only those who hold the log secret can make
 * them.
 */
export function labelAndSalt(log: Uint8Array, act: string): { label: string; salt: string } {
  return {
    label: hex(hkdf(log, `upstander/leaf/v1/label/${act}`, 16)),
    salt: b64(hkdf(log, `upstander/leaf/v1/salt/${act}`, 32)),
  };
}

/** SHA-256 of the canonical object of this kind. Lists of channel ids and key ids must be sorted already. */
export function digest(kind: LeafKind, fields: JsonObject): Uint8Array {
  return sha256(encode(exactly(fields, FIELDS[kind])));
}

export interface Act {
  act: string;
  institution: string;
  kind: LeafKind;
  fields: JsonObject;
  log: Uint8Array;
}

export interface Promised {
  act: string;
  day: string;
  institution: string;
  leaf: string;
  log: string;
  text: string;
  /** Its day is not about today, by this device's clock. */
  late: boolean;
}

const DAY = 24 * 60 * 60 * 1000; // milliseconds

export function leafBytes(kind: string, day: string, label: string, commitment: string): Uint8Array {
  return concat(utf8("upstander/leaf/v1\n"), encode({ commitment, day, kind, label }), utf8("\n"));
}

export function leafHash(leaf: Uint8Array): string {
  return hash(concat(new Uint8Array([0]), leaf));
}

export function commitment(salt: Uint8Array, actDigest: Uint8Array): string {
  return hash(concat(utf8("upstander/commitment/v1\n"), salt, actDigest));
}

/** Whose promise it has to be: the installation's id, which is its log's too, and its key. */
export interface Installation {
  installation: string;
  key: string;
}

/**
 * Checks that the installation promised exactly this act, for its own log. Returns the promise, with `late` true
 * where its day is more than a day (time zones) from `today` in UTC: no reason to refuse what has arrived, since
 * a device's clock can be wrong, but she is told. Anything else that does not fit throws.
 */
export function checkPromise(
  statement: string,
  by: Installation,
  expected: Act,
  today = new Date().toISOString().slice(0, 10),
): Promised {
  const body = exactly(verifyStatement(statement, "promise", by.key), [
    "act",
    "day",
    "institution",
    "leaf",
    "log",
  ]);
  const promised = {
    act: asId(body["act"]),
    day: asDay(body["day"]),
    institution: asText(body["institution"]),
    leaf: asHash(body["leaf"]),
    log: asText(body["log"]),
    text: statement,
    late: Math.abs(Date.parse(asDay(body["day"])) - Date.parse(today)) > DAY,
  };
  if (promised.act !== expected.act) throw new FormatError("The promise is about another act.");
  if (promised.institution !== expected.institution)
    throw new FormatError("The promise is about another institution.");
  if (promised.log !== by.installation) throw new FormatError("The promise is about another log.");
  const { label } = labelAndSalt(expected.log, expected.act);
  const salt = hkdf(expected.log, `upstander/leaf/v1/salt/${expected.act}`, 32);
  const leaf = leafBytes(
    expected.kind,
    promised.day,
    label,
    commitment(salt, digest(expected.kind, expected.fields)),
  );
  if (leafHash(leaf) !== promised.leaf) throw new FormatError("The promise does not match what was sent.");
  return promised;
}
