// What a handler picks is recorded only if it is what it says, of this case, and follows from what was recorded before.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FormatError, hash, text as textOf, utf8 } from "../lib/bytes.ts";
import { encode } from "../lib/canonical.ts";
import type { Json, JsonObject } from "../lib/canonical.ts";
import { signerFromSeed, signStatement } from "../lib/statement.ts";
import { DAY, seedFor } from "../lib/testing.ts";
import type { OpenCase } from "./opened.ts";
import { readDocument } from "./search-docs.ts";

const CASE = "aaaaaaaaaaaaaaaaaaaaaaaaaa"; // the golden authority's
const AUTHORITY = JSON.parse(readFileSync("tests/vectors/golden/authority-v2.json", "utf8")) as string;
const SHEETS = signerFromSeed(seedFor("lead sheet"));
const BANK = "b".repeat(64);

/** The golden authority with other fields. */
function authority(changes: JsonObject = {}): string {
  return textOf(encode({ ...(JSON.parse(AUTHORITY) as JsonObject), sign: SHEETS.sign, ...changes }));
}

const EXPORTED = (of: string, changes: JsonObject = {}): string =>
  textOf(encode({ authority: of, bank: BANK, basis: [{ by: "", case: CASE, kind: "own", why: "" }], day: DAY, format: "upstander/exported/v1", pictures: 2, ...changes }));

const LEAD: JsonObject = {
  ...{ band: "match", where: ["/phone/a.zip", "IMG\u202E.jpg"], sender: "D. Marsh", sent: "23/11/2026", distance: 4, changed: "mirrored" },
};

function sheet(of: string, changes: JsonObject = {}): JsonObject {
  const counted = { compared: 6, files: 9, other: 3, pictures: 5, plain: 1, unread: 1 };
  return {
    ...{ authority: JSON.parse(of) as JsonObject, authority_sha256: hash(utf8(of)), bank: { fingerprints: 7, pictures: 1, sha256: BANK } },
    ...{ case: CASE, counted, device: "Force phone 4711", finished: "2026-11-23 21:04 UTC", leads: [LEAD], note: "A lead.", record: ["NOT SHOWN"] },
    ...changes,
  };
}

/** A case with these acts, and notes with these documents. */
function open(acts: JsonObject[] = [], documents: string[] = [], faults: string[] = []): OpenCase {
  const judged = documents.map((document) => ({ faults, envelope: { kind: "note", body: { document } } }));
  const envelopes = documents.map(() => ({ day: DAY }));
  return { answer: { case: CASE, today: DAY, acts: acts.map((body) => ({ kind: "bank", body })), envelopes }, judged } as unknown as OpenCase;
}

const OF = authority();
const HASH = hash(utf8(OF));
const AUTHORISED = { use: "authorised", authority: HASH, document: HASH };
const SEALED = { use: "exported", authority: HASH, document: BANK };

test("an authority of this case, in force, is recorded by its hash", () => {
  const read = readDocument(OF, open());
  assert.deepEqual([read.use, read.document, read.attached], ["authorised", HASH, OF]);
  assert.match(read.words, /OP-2026-014[^]*DC Hale[^]*Ada and Ben/);
  const approvers = (JSON.parse(OF) as { approvers: Json[] }).approvers;
  const wrong: [JsonObject, RegExp][] = [
    [{ cases: ["abababababababababababaaaa"] }, /does not name this case/],
    [{ until: "2026-11-22" }, /ended on/],
    [{ approvers: approvers.slice(0, 1) }, /two approvers/],
    [{ operator: "ada" }, /two approvers/],
    [{ format: "upstander/authority/v1" }, /none of the three/],
    [{ from: "soon" }, /day/],
  ];
  for (const [changes, words] of wrong) assert.throws(() => readDocument(authority(changes), open()), words);
  for (const odd of ["", "{}", "[]", OF.slice(1), ` ${OF} x`]) assert.throws(() => readDocument(odd, open()), FormatError);
});

test("a bank is recorded under an authority that is recorded here, and says on what basis", () => {
  const read = readDocument(EXPORTED(HASH), open([AUTHORISED], [OF]));
  assert.deepEqual([read.use, read.authority, read.document], ["exported", HASH, BANK]);
  assert.match(read.words, /the reporter's own picture/);
  for (const one of [open(), open([AUTHORISED]), open([], [OF]), open([AUTHORISED], [OF], ["outsider"])])
    assert.throws(() => readDocument(EXPORTED(HASH), one), /not recorded in this case/);
  const other = [{ by: "", case: "abababababababababababaaaa", kind: "own", why: "" }];
  assert.throws(() => readDocument(EXPORTED(HASH, { basis: other }), open([AUTHORISED], [OF])), /No fingerprints of this case/);
});

test("a sheet counts if the key that the authority names signed it, for this case and a recorded bank", async () => {
  const whole = open([AUTHORISED, SEALED], [OF]);
  const text = await signStatement("lead-sheet", sheet(OF), SHEETS);
  const read = readDocument(text, whole);
  assert.deepEqual([read.use, read.authority, read.document, read.attached], ["searched", HASH, hash(utf8(text)), text]);
  assert.match(read.words, /1 match, 0 possible, 0 weak[^]*sent by D\. Marsh[^]*NOT SHOWN/);
  const wrong: [string, OpenCase, RegExp][] = [
    [text, open([AUTHORISED], [OF]), /bank of this sheet is not recorded/],
    [text, open([SEALED], [OF]), /not recorded in this case/],
    [await signStatement("lead-sheet", sheet(OF), signerFromSeed(seedFor("somebody"))), whole, /signature/],
    [await signStatement("lead-sheet", sheet(OF, { case: "abababababababababababaaaa" }), SHEETS), whole, /another case/],
    [await signStatement("lead-sheet", { ...sheet(OF), authority: JSON.parse(authority({ devices: ["Another"] })) as JsonObject }, SHEETS), whole, /not the one that was recorded/],
    [text.replace('"match"', '"weak"'), whole, /signature/],
    [text.slice(0, -2), whole, /./],
  ];
  for (const [one, of, words] of wrong) assert.throws(() => readDocument(one, of), words);
});

test("a negative result is a result", async () => {
  const text = await signStatement("lead-sheet", sheet(OF, { leads: [] }), SHEETS);
  assert.match(readDocument(text, open([AUTHORISED, SEALED], [OF])).words, /Nothing was found in what could be assessed/);
});

test("a sheet that is too large to be sealed is recorded by its hash", async () => {
  const leads = Array.from({ length: 9000 }, () => ({ ...LEAD, changed: "x".repeat(400) }));
  const text = await signStatement("lead-sheet", sheet(OF, { leads }), SHEETS);
  const read = readDocument(text, open([AUTHORISED, SEALED], [OF]));
  assert.equal(read.attached, "");
  assert.equal(read.document, hash(utf8(text)));
  assert.match(read.words, /too large to be sealed[^]*$/);
  assert.ok(read.words.length < 20_000);
});
