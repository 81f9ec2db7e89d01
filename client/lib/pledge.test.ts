// Pledges made here and opened by Python, and the other way round; `VECTORS=write` makes Python's anew.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { identityFromSeed, open, recipientOf } from "./age.ts";
import { b64, text, unb64, utf8 } from "./bytes.ts";
import { decode, encode } from "./canonical.ts";
import type { Json, JsonObject } from "./canonical.ts";
import { asPledge, hold, makeEntry, makeStop, makeWithdrawal, openRelease, tell } from "./pledge.ts";
import type { Condition, Release } from "./pledge.ts";
import { checkReceipt, readRoster, readTransport } from "./roster.ts";
import { asObject } from "./shape.ts";
import { signerFromSeed, signStatement } from "./statement.ts";
import { seedFor } from "./testing.ts";

interface FromPython {
  roster: string[];
  roster_sha256: string;
  bad_rosters: string[][];
  month: string;
  transports: Record<string, string>;
  identities: Record<string, string>;
  receipt: string;
  parcel: string;
  releases: { keeper: string; pledge: JsonObject; id: string; share: string }[];
  report: Json;
  grants: Json;
}

const python = JSON.parse(readFileSync("tests/vectors/keepers/pledges.json", "utf8")) as FromPython;
const roster = readRoster(python.roster);
const by = signerFromSeed(seedFor("pledging"));
const recipients = new Map(
  roster.keepers.map((keeper) => [
    keeper.name,
    readTransport(python.transports[keeper.name]!, keeper, python.month),
  ]),
);
const releases: Release[] = python.releases.map((one) => ({
  keeper: one.keeper,
  pledge: asPledge(one.pledge),
  share: unb64(one.share),
}));

const conditions: Condition[] = [
  { kind: "match", k: 3, who: "passes" },
  { kind: "after", day: "2027-01-01", overseer: "" },
];
const given = {
  report: { text: "é sealed already" },
  grants: [{ to: "x" }],
  outputs: [new Uint8Array(64).fill(1), new Uint8Array(64).fill(2)],
  conditions,
  beneficiary: { channel: "babababababababababababaaa", readers: [by.sign] },
  expires: "2032-11-25",
  day: "2026-11-25",
  by,
  roster,
  recipients,
};

const MINE = "tests/vectors/keepers/ts-pledge.json";
if (process.env["VECTORS"] === "write") {
  const held = await hold(given);
  const notes = [held.notes];
  notes.push(
    await tell(held.pledge, await makeEntry(held.pledge, given.outputs, 2, given.day, by), recipients),
  );
  for (const stop of [true, false])
    notes.push(
      await tell(held.pledge, await makeStop(held.pledge, stop ? 1 : 2, stop, given.day, by), recipients),
    );
  notes.push(await tell(held.pledge, await makeWithdrawal(held.pledge, given.day, by), recipients));
  const value = {
    id: held.pledge.id,
    parcel: b64(held.parcel),
    notes: notes.map((one) => Object.fromEntries([...one].map(([name, note]) => [name, b64(note)]))),
  };
  writeFileSync(MINE, `${text(encode(value))}\n`);
}

test("Python opens what was made here: its file is there", () => {
  assert.ok(existsSync(MINE), "run it once with VECTORS=write");
});

test("the keepers' roster is read, and every wrong one refused", () => {
  assert.equal(roster.sha256, python.roster_sha256);
  assert.equal(roster.needs, 2);
  for (const texts of python.bad_rosters) assert.throws(() => readRoster(texts), JSON.stringify(texts));
  assert.ok(python.bad_rosters.length > 5);
});

test("transport keys and receipts are one keeper's, of one month, for one note", async () => {
  const [first, second] = roster.keepers;
  const transport = python.transports[first!.name]!;
  assert.throws(() => readTransport(transport, second!, python.month));
  assert.throws(() => readTransport(transport, first!, "2026-12"));
  for (const [name, identity] of Object.entries(python.identities))
    assert.equal(await recipientOf(identity), recipients.get(name));
  checkReceipt(python.receipt, "held", first!, utf8("a note"));
  assert.throws(() => checkReceipt(python.receipt, "asked", first!, utf8("a note")));
  assert.throws(() => checkReceipt(python.receipt, "held", second!, utf8("a note")));
  assert.throws(() => checkReceipt(python.receipt, "held", first!, utf8("another")));
});

test("what Python's keepers released opens, a wrong share is named, too few do not", async () => {
  const parcel = unb64(python.parcel);
  assert.deepEqual(
    python.releases.map((one) => asPledge(one.pledge).id),
    python.releases.map((one) => one.id),
  );
  const opened = await openRelease(releases, parcel);
  assert.deepEqual(opened, { report: python.report, grants: python.grants, liars: [] });
  const lie = { ...releases[0]!, share: new Uint8Array(33) };
  assert.deepEqual((await openRelease([lie, ...releases.slice(1)], parcel)).liars, [lie.keeper]);
  const other = { ...releases[0]!, pledge: asPledge({ ...releases[0]!.pledge.body, needs: 3 }) };
  for (const [some, bytes] of [
    [releases.slice(0, 1), parcel],
    [[releases[0]!, releases[0]!], parcel],
    [[lie, releases[1]!], parcel],
    [[other, ...releases.slice(1)], parcel],
    [[{ ...releases[0]!, keeper: "toString" }, releases[1]!], parcel],
    [[], parcel],
    [releases, parcel.slice(1)],
  ] as const)
    await assert.rejects(openRelease(some, bytes));
});

test("a pledge made here goes round: two keepers' notes open it, and all notes have one size", async () => {
  const held = await hold(given);
  assert.deepEqual(
    asObject(held.pledge.body)["conditions"],
    [conditions[1], conditions[0]].map((one) => ({ ...one })),
  );
  const got: Release[] = [];
  const sizes = new Set<number>();
  for (const [name, note] of held.notes) {
    sizes.add(note.length);
    const plain = text(await open(note, python.identities[name]!)).replace(/\0+$/, "");
    const body = asObject(decode(utf8(plain.split("\n")[1]!)));
    got.push({ keeper: name, pledge: held.pledge, share: unb64(body["share"] as string) });
  }
  const stop = await tell(held.pledge, await makeStop(held.pledge, 1, true, given.day, by), recipients);
  for (const note of stop.values()) sizes.add(note.length);
  assert.equal(sizes.size, 1);
  const opened = await openRelease(got.slice(1), held.parcel);
  assert.deepEqual(opened, { report: given.report, grants: given.grants, liars: [] });
});

test("too much is refused before anything is sent", async () => {
  await assert.rejects(hold({ ...given, report: { text: "x".repeat(300_000) } }), /too long/);
  await assert.rejects(hold({ ...given, outputs: [] }));
  const long = await signStatement("stop", { text: "x".repeat(20_000) }, by);
  await assert.rejects(tell(asPledge({}), long, recipients), /too long/);
  assert.ok(identityFromSeed(seedFor("x")).startsWith("AGE-"));
});
