// The promise that an act will be in a published tree by a day, signed by the installation (formats, section 7).
import { FormatError } from "./bytes.ts";
import { leafBytes, leafHash, leafOf, shownKinds } from "./leaf.ts";
import type { Act, Leaf } from "./leaf.ts";
import { asDay, asHash, asId, asText, exactly } from "./shape.ts";
import { verifyStatement } from "./statement.ts";

export interface Promised {
  act: string;
  by: string;
  day: string;
  institution: string;
  leaf: string;
  log: string;
  text: string;
  /** What the leaf shows. */
  shown: Leaf;
  /** Its day is not about today, by this device's clock. */
  late: boolean;
}

const DAY = 24 * 60 * 60 * 1000; // milliseconds
const BEAT = 2; // days: one beat of at most a day, and time zones

/** Whose promise it has to be: the installation's id, which is its log's too, and its key. */
export interface Installation {
  installation: string;
  key: string;
}

/** The day until which the leaf of an act of this day must be in a published tree. */
export function lastDay(day: string): string {
  return new Date(Date.parse(asDay(day)) + BEAT * DAY).toISOString().slice(0, 10);
}

/** A promise signed by this key, with nothing else known of its act. Throws for any other form. */
export function readPromise(statement: string, key: string): Omit<Promised, "shown" | "late"> {
  const body = exactly(verifyStatement(statement, "promise", key), [
    ...["act", "by", "day", "institution", "leaf", "log"],
  ]);
  const promised = {
    act: asId(body["act"]),
    by: asDay(body["by"]),
    day: asDay(body["day"]),
    institution: asText(body["institution"]),
    leaf: asHash(body["leaf"]),
    log: asText(body["log"]),
    text: statement,
  };
  if (promised.by !== lastDay(promised.day)) throw new FormatError("The promise is for a later day than it may be.");
  return promised;
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
  const promised = readPromise(statement, by.key);
  if (promised.act !== expected.act) throw new FormatError("The promise is about another act.");
  if (promised.institution !== expected.institution)
    throw new FormatError("The promise is about another institution.");
  if (promised.log !== by.installation) throw new FormatError("The promise is about another log.");
  const may = shownKinds(expected.kind).filter((kind) => kind !== "answered" || (expected.answers ?? 0) > 0);
  const shown = may
    .map((kind) => leafOf(expected, kind, promised.day))
    .find((leaf) => leafHash(leafBytes(leaf)) === promised.leaf);
  if (shown === undefined) throw new FormatError("The promise does not match what was sent.");
  return { ...promised, shown, late: Math.abs(Date.parse(promised.day) - Date.parse(today)) > DAY };
}
