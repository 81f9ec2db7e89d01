// Fingerprints of a report: where they lie, whose picture they say it is, and the file for `upstander bank export`. No DOM.
import { FormatError, hash, utf8 } from "../lib/bytes.ts";
import type { Json, JsonObject } from "../lib/canonical.ts";
import { findPrints, OWN, readPrints, writePrints } from "../lib/own-prints.ts";
import type { Basis } from "../lib/own-prints.ts";
import { asCount, asHash, asId, asList, asObject, exactly } from "../lib/shape.ts";
import { verifyStatement } from "../lib/statement.ts";
import { downloadSealed } from "../lib/upload.ts";
import { letters } from "./conversation.ts";
import type { OpenCase } from "./opened.ts";
import { bankActs } from "./search-docs.ts";

/** Answers that make them fingerprints of the reporter's own picture, everybody in it an adult (`given.py` has the same). */
const OWN_ANSWERS: Readonly<Record<string, string>> = { "print-whose": "yes", "print-age": "yes", print: "agree" };

/** What a report says of its fingerprints. `file`: the sealed file they lie in; older reports list them themselves. */
export interface Prints {
  isOwn: boolean;
  file: { id: string; sha256: string; size: number } | undefined;
  listed: readonly Json[];
}

/** Nothing, if the report has none. Only a report that the reporter signed, judged sound, counts. */
export function printsOf(open: OpenCase): Prints | undefined {
  const report = letters(open, "report").find(({ judged }) => judged.envelope !== undefined && judged.faults.length === 0);
  const body = report?.judged.envelope?.body;
  return body === undefined ? undefined : readReport(body, open.log);
}

export function readReport(body: JsonObject, log: Uint8Array): Prints | undefined {
  const isOwn = Object.entries(OWN_ANSWERS).every(([id, value]) => isAnswered(body["answers"], id, value));
  if (body["prints"] !== undefined) {
    const said = exactly(asObject(body["prints"]), ["id", "sha256", "size"]);
    const file = { id: asId(said["id"]), sha256: asHash(said["sha256"]), size: asCount(said["size"]) };
    if (findPrints(log, [file]) === undefined)
      throw new FormatError("The report names a file as fingerprints that is another one.");
    return { isOwn, file, listed: [] };
  }
  const listed = body["fingerprints"];
  return Array.isArray(listed) && listed.length > 0 ? { isOwn, file: undefined, listed: asList(listed) } : undefined;
}

function isAnswered(answers: Json | undefined, id: string, value: string): boolean {
  const list = Array.isArray(answers) ? (answers as readonly Json[]) : [];
  return list.some((one) => {
    const said = one !== null && typeof one === "object" && !Array.isArray(one) ? (one as JsonObject) : {};
    return said["id"] === id && said["value"] === value;
  });
}

/** The fingerprints themselves: fetched and opened where they lie in a file of their own. */
export async function fetchPrints(open: OpenCase, prints: Prints, path: string): Promise<readonly Json[]> {
  if (prints.file === undefined) return prints.listed;
  const { id, size, sha256 } = prints.file;
  const identity = open.identities.filter(({ scope }) => scope === "case").map((one) => one.identity);
  const content = await downloadSealed(`${path}/uploads/${id}`, { identity, size, sha256 });
  const read = readPrints(new Uint8Array(await content.arrayBuffer()));
  if (read.case !== open.answer.case) throw new FormatError("These fingerprints are of another case.");
  return read.fingerprints;
}

/** Their hash, which an act names when a basis is recorded. */
export function hashOf(fingerprints: readonly Json[]): string {
  return hash(utf8(writePrints({ case: "", basis: OWN, fingerprints, standing: "" })));
}

/**
 * The basis on which they may be saved. Her own picture needs none but her answers; any other the consent of the adult in
 * it, or a named decider's reason, recorded in this case for these very fingerprints. Throws without.
 */
export function basisFor(open: Pick<OpenCase, "answer" | "judged">, prints: Prints, fingerprints: readonly Json[]): Basis {
  if (prints.isOwn) return OWN;
  const of = hashOf(fingerprints);
  const act = bankActs(open).findLast(({ use, document }) => use === "basis" && document === of);
  const named = act === undefined ? [] : asList(act["envelopes"]);
  const note = open.judged.find(({ sha256, faults }) => faults.length === 0 && named.includes(sha256));
  if (note?.envelope === undefined) {
    throw new FormatError(
      "The report does not say that this is the reporter's own picture with only adults in it. " +
        "Record first that the adult in it agrees, or a decider's reason.",
    );
  }
  const said = exactly(asObject(note.envelope.body["basis"]), ["by", "kind", "why"]);
  return said as unknown as Basis;
}

/** Whether they may be used, as the installation signed it today. Throws unless it is about this case and they may. */
export function checkStanding(standing: string, theCase: string, key: string): void {
  const { case: of, state } = verifyStatement(standing, "standing", key);
  if (of !== theCase) throw new FormatError("The server answered about another case.");
  if (state === "withdrawn")
    throw new FormatError("The reporter took her fingerprints back. They may not be used any more.");
  if (state !== "usable")
    throw new FormatError("The fingerprints of this case were stopped: somebody in a picture may be under 18.");
}
