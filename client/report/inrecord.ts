// Whether her report is in the record that others watch: what the mailbox was told, held against the log.
import { isAdded } from "../lib/grant.ts";
import type { Scope } from "../lib/grant.ts";
import { Problem } from "../lib/api.ts";
import { hash, utf8 } from "../lib/bytes.ts";
import type { Judged } from "../lib/judge.ts";
import type { ActRow, Seen } from "../lib/record-acts.ts";
import type { RecordRow } from "../lib/record-check.ts";
import { proofFile } from "../lib/record-proof.ts";
import type { Look } from "../lib/record-watch.ts";
import { today } from "./texts.ts";
import type { Visit } from "./visit.ts";

const BY_ITSELF = 8; // bundles that are read without being asked for: some 200 KB on the way

/**
 * `look` is missing where the log could not be asked. `left`: bundles of the log that were not looked through for acts
 * that are not listed, because they are many.
 */
export interface InRecord {
  left: number;
  acts: readonly ActRow[];
  rows: readonly RecordRow[];
  look: Look | undefined;
}

interface Told {
  case: string;
  envelopes: readonly { kind: string; direction: string }[];
  epochs: readonly { scope: Scope; number: number; statement: string }[];
  admits: readonly string[];
  steps: readonly { kind: string; outcome: string }[];
  acts: readonly ActRow[];
  record: RecordRow;
  earlier: readonly RecordRow[];
}

/** Looks. Whatever goes wrong with the log, the mailbox opens all the same. */
export async function lookUp(
  visit: Visit,
  told: Told,
  log: Uint8Array,
  judged: readonly Judged[],
  also: Iterable<string> = [],
): Promise<InRecord> {
  const { acts } = told;
  const rows = [told.record, ...told.earlier];
  const asked = { acts, records: rows, log, seen: seenOf(told, judged), today: today() };
  try {
    const look = await visit.watch.look(asked);
    const left = visit.watch.toSearch(asked, look);
    if (left > BY_ITSELF) return { acts, rows, look, left };
    return { acts, rows, look: await visit.watch.search(asked, look, also), left: 0 };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { acts, rows, look: undefined, left: 0 };
  }
}

/** Looks through the rest of the log, because she asked for it. */
export async function searchOn(visit: Visit, found: InRecord, log: Uint8Array, also: Iterable<string>): Promise<InRecord> {
  const { acts, rows, look } = found;
  if (look === undefined) return found;
  return { ...found, look: await visit.watch.search({ acts, records: rows, log }, look, also), left: 0 };
}

// She is shown all messages and what she keeps; reports and notes are not listed for her.
function seenOf({ case: id, envelopes, epochs, admits, steps }: Told, judged: readonly Judged[]): Seen {
  const shown = judged.map(({ sha256, envelope }, index) => ({
    sha256,
    kind: envelopes[index]!.kind,
    fromDesk: (envelope?.direction ?? envelopes[index]!.direction) === "to-reporter",
  }));
  const later = epochs.filter(isAdded).map(({ statement }) => statement);
  const keys = [...later, ...admits].map((statement) => hash(utf8(statement)));
  return { case: id, kinds: ["message", "record"], envelopes: shown, keys, steps };
}

/** Her report's own act; before it is sent, that of what she keeps. */
export function ownAct(acts: readonly ActRow[]): ActRow | undefined {
  return acts.find(({ kind }) => kind === "received") ?? acts.findLast(({ kind }) => kind === "record");
}

/** The proof of an act as a file, with its place in the record where it has one. */
export function proofOf({ rows, look }: InRecord, act: ActRow, log: Uint8Array): string {
  return proofFile(rows, look, act, log);
}
