// Whose picture it is decides whether fingerprints may be saved, and the server's word never does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError, newId } from "../lib/bytes.ts";
import type { Json, JsonObject } from "../lib/canonical.ts";
import { newPrintsId, OWN } from "../lib/own-prints.ts";
import { signStatement } from "../lib/statement.ts";
import { DAY, installation, seedFor } from "../lib/testing.ts";
import type { OpenCase } from "./opened.ts";
import { basisFor, checkStanding, hashOf, readReport } from "./prints.ts";

const LOG = seedFor("log");
const CASE = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
const LISTED: Json[] = [{ sha256: "0".repeat(64), prints: [{ colour: "", crop: 0, hash: "5a".repeat(32), quality: 90 }] }];
const RIGHT = { "print-whose": "yes", "print-age": "yes", print: "agree" };
const answers = (said: Record<string, string>): Json[] => Object.entries(said).map(([id, value]) => ({ id, value, text: "x" }));
const file = () => ({ id: newPrintsId(LOG), sha256: "1".repeat(64), size: 9 });

test("every answer has to stand for it to be her own", () => {
  assert.equal(readReport({ answers: answers(RIGHT), prints: file() }, LOG)?.isOwn, true);
  for (const id of Object.keys(RIGHT))
    for (const value of ["no", "not-sure", ""]) {
      const said = { ...RIGHT, [id]: value };
      assert.equal(readReport({ answers: answers(said), prints: file() }, LOG)?.isOwn, false, `${id}: ${value}`);
    }
  for (const odd of [undefined, "yes", [null, 3, [], { id: "print" }]] as (Json | undefined)[])
    assert.equal(readReport({ fingerprints: LISTED, ...(odd !== undefined && { answers: odd }) }, LOG)?.isOwn, false);
});

test("a report without any offers nothing; a file that is not theirs is refused", () => {
  for (const body of [{}, { fingerprints: [] }, { fingerprints: "x" }] as JsonObject[]) assert.equal(readReport(body, LOG), undefined);
  assert.throws(() => readReport({ answers: [], prints: { ...file(), id: newId() } }, LOG), FormatError);
  assert.throws(() => readReport({ answers: [], prints: { id: CASE } }, LOG), FormatError);
});

function open(acts: JsonObject[], note?: { sha256: string; body: JsonObject; faults: string[] }): OpenCase {
  const rows = acts.map((body) => ({ kind: "bank", body }));
  const judged = note === undefined ? [] : [{ sha256: note.sha256, faults: note.faults, envelope: { kind: "note", body: note.body } }];
  return { answer: { case: CASE, acts: rows }, judged } as unknown as OpenCase;
}

test("somebody else's picture needs a basis that is recorded for these very fingerprints", () => {
  const theirs = readReport({ answers: [], fingerprints: LISTED }, LOG)!;
  const basis = { by: "Supt Rowan", kind: "reason", why: "Section 7." };
  const act = { use: "basis", document: hashOf(LISTED), envelopes: ["2".repeat(64)] };
  const note = { sha256: "2".repeat(64), body: { basis }, faults: [] };
  assert.deepEqual(basisFor(open([act], note), theirs, LISTED), basis);
  const without = [
    open([]),
    open([act]),
    open([act], { ...note, faults: ["outsider"] }),
    open([{ ...act, document: "3".repeat(64) }], note),
    open([{ ...act, use: "authorised" }], note),
    open([{ ...act, envelopes: [] }], note),
  ];
  for (const one of without) assert.throws(() => basisFor(one, theirs, LISTED), FormatError);
  const own = readReport({ answers: answers(RIGHT), fingerprints: LISTED }, LOG)!;
  assert.equal(basisFor(open([]), own, LISTED), OWN);
});

test("a standing counts if the installation signed it for this case, and says usable", async () => {
  const sign = (state: string, of = CASE): Promise<string> => signStatement("standing", { case: of, day: DAY, state }, installation);
  checkStanding(await sign("usable"), CASE, installation.sign);
  const wrong = [await sign("withdrawn"), await sign("stopped"), await sign("x"), await sign("usable", newId())];
  for (const one of [...wrong, (await sign("stopped")).replace("stopped", "usable")])
    assert.throws(() => checkStanding(one, CASE, installation.sign), FormatError);
});
