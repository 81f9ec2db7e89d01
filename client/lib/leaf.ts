// What an act leaves in the log: a salted commitment and a label (formats, section 7).
import { b64, concat, FormatError, hash, hex, hkdf, sha256, unb64, unhex, utf8 } from "./bytes.ts";
import { encode } from "./canonical.ts";
import type { Json, JsonObject } from "./canonical.ts";
import { hashLeaf } from "./merkle.ts";
import { asCount, asDay, asHash, asText, exactly } from "./shape.ts";

/** The fields beside the kind in the object whose digest a leaf commits to, by real kind. */
const FIELDS = {
  received: ["card", "case", "channels", "envelopes", "excluded", "grants", "uploads"],
  message: ["case", "envelope", "uploads"],
  note: ["case", "envelope", "uploads"],
  grant: ["admits", "case", "grants"],
  epoch: ["admits", "case", "epochs", "grants", "withdrawn"],
  step: ["case", "envelopes", "outcome", "step"],
  work: ["case", "envelopes", "facts"],
  record: ["case", "envelopes"],
  withdraw: ["case", "envelopes"],
  bank: ["authority", "case", "document", "envelopes", "use"],
  card: ["card", "version"],
  expired: ["case", "envelopes"],
  key: ["change", "institution", "key"],
  policy: ["institution", "pack"],
  retention: ["case", "deleted", "rule"],
  hold: ["case", "rule", "set"],
  admin: ["act", "institution", "subject"],
  overdue: ["case", "due", "limit"],
  oversight: ["act", "institution", "subject"],
  succeeded: ["log", "root", "size"],
  roster: ["epoch", "roster", "transcript"],
  counts: ["keeper", "quarter", "statement"],
  pledge: ["sealed"],
  plan: ["institution", "of", "plan"],
  linked: ["act", "channel", "code", "group", "reports", "sealed"],
  survey: ["answers", "count", "institution", "wave"],
} as const;

export type LeafKind = keyof typeof FIELDS;

/** What a leaf can say in the open. Never that it is a note, work on a case's facts, or a use of fingerprints. */
export type ShownKind = Exclude<LeafKind, Unsaid> | "answered" | "restricted";

type Unsaid = "note" | "work" | "bank" | "linked";
const UNSAID: readonly string[] = ["note", "work", "bank", "linked"] satisfies readonly Unsaid[];
const SHOWN: ReadonlySet<string> = new Set(
  ["answered", "restricted", ...Object.keys(FIELDS)].filter((kind) => !UNSAID.includes(kind)),
);

const OTHERWISE: { readonly [kind in LeafKind]?: readonly ShownKind[] } = {
  message: ["message", "answered"],
  step: ["step", "answered", "restricted"],
  note: ["restricted"],
  work: ["restricted"],
  bank: ["restricted"],
  linked: ["restricted"],
};

/**
 * What the leaf of an act may show. `answered`: the first that a handler wrote to the reporter; `restricted`:
 * that there was an act, and no more.
 */
export function shownKinds(kind: LeafKind): readonly ShownKind[] {
  return OTHERWISE[kind] ?? [kind as ShownKind];
}

export function isKind(kind: string): kind is LeafKind {
  return Object.hasOwn(FIELDS, kind);
}

/**
 * Label (hex) and salt (b64) of the act with this number in its case, from 1, as the API takes them. Only those
 * who hold the log secret can make them; they can go through the numbers and see which is missing.
 */
export function labelAndSalt(log: Uint8Array, number: number): { label: string; salt: string } {
  asCount(number, 1);
  return {
    label: hex(hkdf(log, `upstander/leaf/v1/label/${number}`, 16)),
    salt: b64(hkdf(log, `upstander/leaf/v1/salt/${number}`, 32)),
  };
}

/** The object whose digest a leaf commits to: the fields of this real kind, and the kind itself. */
export function actBody(kind: LeafKind, fields: JsonObject): JsonObject {
  return { ...exactly(fields, FIELDS[kind]), kind };
}

/** SHA-256 of the canonical object. Lists of channel ids and key ids must be sorted already. */
export function digest(kind: LeafKind, fields: JsonObject): Uint8Array {
  return sha256(encode(actBody(kind, fields)));
}

/** What is in the open: the bytes of a leaf are these fields. `of`: the label of the report an answer answers. */
export interface Leaf {
  kind: ShownKind;
  day: string;
  label: string;
  commitment: string;
  of?: string;
}

export function leafBytes({ kind, day, label, commitment, of = "" }: Leaf): Uint8Array {
  if ((of !== "") !== (kind === "answered"))
    throw new FormatError("Exactly an answer says which report it answers.");
  const body = { commitment, day, kind, label, ...(of === "" ? {} : { of }) };
  return concat(utf8("upstander/leaf/v1\n"), encode(body), utf8("\n"));
}

export function leafHash(leaf: Uint8Array): string {
  return hex(hashLeaf(leaf));
}

export function commitment(salt: Uint8Array, actDigest: Uint8Array): string {
  return hash(concat(utf8("upstander/commitment/v1\n"), salt, actDigest));
}

/** An act as who performs it knows it. */
export interface Act {
  act: string;
  number: number; // in its case, from 1
  institution: string;
  kind: LeafKind;
  fields: JsonObject;
  log: Uint8Array;
  /** Number of the report that this may be the first answer to; 0 where it can't be one. */
  answers?: number;
}

/** A leaf from its object. Throws for anything a leaf does not say. */
export function readLeaf(body: JsonObject): Leaf {
  const answer = body["kind"] === "answered";
  exactly(body, ["commitment", "day", "kind", "label", ...(answer ? ["of"] : [])]);
  const [kind, commitment] = [asText(body["kind"]), asHash(body["commitment"])];
  if (!SHOWN.has(kind)) throw new FormatError("There is no leaf of this kind.");
  const made = { kind: kind as ShownKind, day: asDay(body["day"]), label: asLabel(body["label"]), commitment };
  return answer ? { ...made, of: asLabel(body["of"]) } : made;
}

function asLabel(value: Json | undefined): string {
  return hex(unhex(asText(value), 16));
}

/** The leaf of an act that shows this kind on this day. */
export function leafOf(act: Omit<Act, "act" | "institution">, kind: ShownKind, day: string): Leaf {
  const { label, salt } = labelAndSalt(act.log, act.number);
  const made = { kind, day, label, commitment: commitment(unb64(salt), digest(act.kind, act.fields)) };
  return kind === "answered" ? { ...made, of: labelAndSalt(act.log, act.answers ?? 0).label } : made;
}
