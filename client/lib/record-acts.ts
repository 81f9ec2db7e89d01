// Holds the acts the server lists for a case against the log secret and against what this reader was shown.
import { FormatError, unb64 } from "./bytes.ts";
import type { Json, JsonObject } from "./canonical.ts";
import { commitment, digest, isKind, labelAndSalt, leafBytes, leafHash, shownKinds } from "./leaf.ts";
import type { ShownKind } from "./leaf.ts";

/**
 * An act as the server lists it, with the promise about it. Where this reader may not see what it was, `kind` is empty
 * and `body` null.
 */
export interface ActRow {
  number: number;
  kind: string;
  shown: string;
  day: string;
  of: string;
  leaf: string;
  commitment: string;
  label: string;
  body: JsonObject | null;
  promise: string;
}

/** What this reader was shown of the case, each thing judged by itself before. */
export interface Seen {
  case: string;
  /** Kinds of envelopes of which this reader is shown all. */
  kinds: readonly string[];
  envelopes: readonly { sha256: string; kind: string; fromDesk: boolean }[];
  /** Hashes of the statements about the case's keys: every epoch after the first, and everybody let in. */
  keys: readonly string[];
  steps: readonly { kind: string; outcome: string }[];
}

/**
 * What is wrong. `gap`: a number is missing. `hidden`: what an act was is kept from somebody who may see it.
 * `unshown`: an act names something that was not shown. `unnamed`: something shown that no act names. `altered`: an
 * act is not what its entry says. `answer`: it is not the first answer, or is and does not say so.
 */
export type ActFault = "gap" | "hidden" | "unshown" | "unnamed" | "altered" | "answer";

/** A fault, and the number of the act it is about; 0 where it is about none that is there. */
export interface Fault {
  why: ActFault;
  number: number;
}

// Steps that come with another act: the report, a message, a grant, an epoch.
const WITH_ANOTHER = ["received", "replied", "let-in", "left"];

/** Everything that is wrong with a list of acts. It is all right when nothing is found. */
export function actFaults(rows: readonly ActRow[], log: Uint8Array, seen: Seen): Fault[] {
  const acts = [...rows].sort((a, b) => a.number - b.number);
  const report = acts.find(({ shown }) => shown === "received");
  return [
    ...gaps(acts),
    ...acts.filter((act) => !isItself(act, log, seen.case, report)).map(at("altered")),
    ...acts.filter(isHidden).map(at("hidden")),
    ...envelopeFaults(acts, seen),
    ...keyFaults(acts, seen),
    ...stepFaults(acts, seen),
    ...answerFaults(acts, seen),
  ];
}

/** The number of the next act of a case. */
export function nextNumber(acts: readonly ActRow[]): number {
  return Math.max(0, ...acts.map(({ number }) => number)) + 1;
}

const at =
  (why: ActFault) =>
  ({ number }: Pick<ActRow, "number">): Fault => ({ why, number });

function gaps(acts: readonly ActRow[]): Fault[] {
  const wanted = acts.find(({ number }, index) => number !== index + 1);
  return wanted === undefined ? [] : [{ why: "gap", number: acts.indexOf(wanted) + 1 }];
}

// Label from the secret, leaf from its fields, commitment from the body.
function isItself(act: ActRow, log: Uint8Array, caseId: string, report: ActRow | undefined): boolean {
  try {
    const { label, salt } = labelAndSalt(log, act.number);
    const { day, commitment: shown, of } = act;
    const leaf = leafBytes({ kind: act.shown as ShownKind, day, label: act.label, commitment: shown, of });
    const isEntry = act.label === label && leafHash(leaf) === act.leaf;
    const isAnswer = of === "" || of === report?.label;
    return isEntry && isAnswer && (act.body === null || isBody(act, act.body, salt, caseId));
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}

function isBody({ kind, shown, commitment: made }: ActRow, body: JsonObject, salt: string, caseId: string): boolean {
  const { kind: said, ...fields } = body;
  const fits = said === kind && isKind(kind) && shownKinds(kind).some((may) => may === shown);
  return fits && body["case"] === caseId && commitment(unb64(salt, 32), digest(kind, fields)) === made;
}

// Steps may wait for an event before the reporter sees them, and what is restricted she never sees.
function isHidden({ shown, body }: ActRow): boolean {
  return body === null && shown !== "restricted" && shown !== "step";
}

interface Named {
  number: number;
  kind: string;
  sha256: string;
}

const KINDS: Readonly<Record<string, string>> = {
  ...{ message: "message", step: "message", note: "note", record: "record" },
  ...{ work: "note", bank: "note" },
};
// An act of kind note brings any of these: a leaf never says which.
const NOTES: readonly string[] = ["note", "brief", "work"];

function named(acts: readonly ActRow[]): Named[] {
  return acts.flatMap(({ number, kind, body }) => {
    const hashes = [...texts(body?.["envelopes"]), ...texts([body?.["envelope"] ?? null])];
    if (kind === "received")
      return hashes.map((sha256, index) => ({ number, kind: index === 0 ? "report" : "sheet", sha256 }));
    const of = KINDS[kind];
    return of === undefined ? [] : hashes.map((sha256) => ({ number, kind: of, sha256 }));
  });
}

function envelopeFaults(acts: readonly ActRow[], seen: Seen): Fault[] {
  const all = named(acts);
  const shown = new Set(seen.envelopes.map(({ sha256 }) => sha256));
  const known = new Set(all.flatMap(({ kind, sha256 }) => (kind === "note" ? NOTES : [kind]).map((one) => `${one} ${sha256}`)));
  // A private record is deleted when another takes its place, or a report.
  const last = acts.findLast(({ kind }) => ["record", "received", "withdraw"].includes(kind));
  const isThere = ({ kind, number }: Named): boolean =>
    seen.kinds.includes(kind) && (kind !== "record" || number === last?.number);
  const missing = all.filter((one) => isThere(one) && !shown.has(one.sha256));
  const more = seen.envelopes.filter(({ kind, sha256 }) => !known.has(`${kind} ${sha256}`));
  return [...missing.map(at("unshown")), ...more.map(() => ({ why: "unnamed" as const, number: 0 }))];
}

// A next key, or somebody let in, that the server keeps from this reader: an act names it all the same.
function keyFaults(acts: readonly ActRow[], seen: Seen): Fault[] {
  const all = acts.flatMap(({ number, body }) =>
    [...texts(body?.["epochs"]), ...texts(body?.["admits"])].map((sha256) => ({ number, sha256 })),
  );
  const missing = all.filter(({ sha256 }) => !seen.keys.includes(sha256));
  const more = seen.keys.filter((sha256) => all.every((one) => one.sha256 !== sha256));
  return [...missing.map(at("unshown")), ...more.map(() => ({ why: "unnamed" as const, number: 0 }))];
}

function stepFaults(acts: readonly ActRow[], seen: Seen): Fault[] {
  const taken = acts.filter(({ kind, body }) => kind === "step" && body !== null);
  const shown = seen.steps.filter(({ kind }) => !WITH_ANOTHER.includes(kind));
  const isSame = (act: ActRow, index: number): boolean =>
    act.body!["step"] === shown[index]?.kind && act.body!["outcome"] === shown[index]?.outcome;
  const wrong = taken.find((act, index) => !isSame(act, index));
  if (wrong !== undefined) return [at("unshown")(wrong)];
  return shown.length > taken.length ? [{ why: "unnamed", number: 0 }] : [];
}

// The public counts how fast reports are answered, so exactly the first answer may say that it is one.
function answerFaults(acts: readonly ActRow[], seen: Seen): Fault[] {
  const senders = new Map(seen.envelopes.map(({ sha256, fromDesk }) => [sha256, fromDesk]));
  const messages = named(acts).filter(({ kind }) => kind === "message");
  if (messages.some(({ sha256 }) => !senders.has(sha256))) return []; // who wrote what is kept back nobody knows
  const answers = messages.filter(({ sha256 }) => senders.get(sha256));
  const first = answers[0]?.number;
  return acts.filter(({ number, shown }) => (shown === "answered") !== (number === first)).map(at("answer"));
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
