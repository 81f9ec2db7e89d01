// Keepers that answer, lie, ask for work, or are away; and what a page may say about it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ristretto255, ristretto255_oprf } from "@noble/curves/ed25519.js";
import { askAbout, sendToAll } from "./asking.ts";
import type { Post, Work } from "./asking.ts";
import { b64, concat, hash, hex, unb64, utf8 } from "./bytes.ts";
import type { JsonObject } from "./canonical.ts";
import { oprfInput } from "./identifiers.ts";
import { TooFewError } from "./oprf.ts";
import type { Keeper, Roster } from "./roster.ts";
import { signerFromSeed, signStatement } from "./statement.ts";
import { seedFor } from "./testing.ts";
import { isSolved, solve } from "./work.ts";

// A key of three keepers, two of which are needed: value at 0, and at 1 to 3, of a straight line.
const { Point } = ristretto255;
const { Fn } = Point;
const [key, slope] = [Fn.create(123_456_789n), Fn.create(987_654_321n)];
const names = ["charity", "college", "union"];
const secrets = names.map((_, i) => Fn.create(key + slope * BigInt(i + 1)));
const signers = names.map((name) => signerFromSeed(seedFor(name)));
const keepers: Keeper[] = names.map((name, i) => ({
  name,
  address: `https://${name}.example`,
  place: i + 1,
  part: Point.BASE.multiply(secrets[i]!).toBytes(),
  sign: signers[i]!.sign,
}));
const roster: Roster = {
  epoch: "2026",
  needs: 2,
  key: Point.BASE.multiply(key).toBytes(),
  keepers,
  sha256: "0".repeat(64),
};

const seen: JsonObject[] = [];

/** What a keeper does: the library's own evaluation under its share. */
const honest: Post = async (keeper, _, body) => {
  seen.push(body);
  const blinded = (body["elements"] as string[]).map((one) => unb64(one));
  const secret = Fn.toBytes(secrets[keeper.place - 1]!);
  const made = ristretto255_oprf.voprf.blindEvaluateBatch(secret, keeper.part, blinded);
  return { elements: made.evaluated.map((one) => b64(one)), proof: b64(made.proof) };
};

const noWork: Work = () => Promise.reject(new Error("no work was expected"));
const written = ["warrant\n1234pw", "email\na@b.example", "phone\n+447700900123", "x\n1", "x\n2"];

function whole(one: string): string {
  const { blind, blinded } = ristretto255_oprf.voprf.blind(oprfInput(one));
  const evaluated = ristretto255_oprf.oprf.blindEvaluate(Fn.toBytes(key), blinded);
  return hex(ristretto255_oprf.oprf.finalize(oprfInput(one), blind, evaluated));
}

test("outputs are those of the whole key, in the order of the names, however many", async () => {
  for (const some of [written.slice(0, 1), written]) {
    seen.length = 0;
    const { outputs, liars, away } = await askAbout(roster, some, honest, noWork);
    assert.deepEqual(outputs.map(hex), some.map(whole));
    assert.deepEqual([liars, away], [[], []]);
    assert.ok(seen.every((body) => (body["elements"] as string[]).length === 4));
    assert.equal(seen.length, Math.ceil(some.length / 4) * 3);
  }
  assert.deepEqual((await askAbout(roster, [], honest, noWork)).outputs, []);
});

test("one keeper away or lying is named, two are too many", async () => {
  const away: Post = (keeper, path, body) =>
    keeper.name === "union" ? Promise.reject(new Error("away")) : honest(keeper, path, body);
  const found = await askAbout(roster, written.slice(0, 1), away, noWork);
  assert.deepEqual(found.outputs.map(hex), [whole(written[0]!)]);
  assert.deepEqual([found.liars, found.away], [[], ["union"]]);
  const lying: Post = (keeper, path, body) =>
    keeper.name === "union" ? honest(keepers[0]!, path, body) : honest(keeper, path, body);
  assert.deepEqual((await askAbout(roster, written.slice(0, 1), lying, noWork)).liars, ["union"]);
  const both: Post = (keeper, path, body) =>
    keeper.name === "college" ? Promise.resolve({ error: "wrong-epoch", says: "No." }) : away(keeper, path, body);
  await assert.rejects(askAbout(roster, written.slice(0, 1), both, noWork), TooFewError);
});

test("work is done when a keeper asks for it, for this request only, and not without end", async () => {
  const challengeOf = (body: JsonObject) =>
    `union.2026-11-25.${hash(concat(...(body["elements"] as string[]).map((one) => unb64(one))))}`;
  const busy =
    (bits: number, challenge = challengeOf): Post =>
    (keeper, path, body) => {
      if (keeper.name !== "union") return honest(keeper, path, body);
      const done = body["work"] as string;
      if (done.startsWith(`${challengeOf(body)}:`) && isSolved(done, bits)) return honest(keeper, path, body);
      return Promise.resolve({ error: "work-needed", says: "Busy.", bits, challenge: challenge(body) });
    };
  const working: Work = async (request) => solve(request);
  const one = written.slice(0, 1);
  assert.deepEqual((await askAbout(roster, one, busy(8), working)).away, []);
  assert.deepEqual((await askAbout(roster, one, busy(25), noWork)).away, ["union"]);
  assert.deepEqual((await askAbout(roster, one, busy(8, () => "union.other"), noWork)).away, ["union"]);
});

test("what was sent is held with enough good receipts, and who is missing is named", async () => {
  const notes = new Map(names.map((name) => [name, utf8(`note for ${name}`)]));
  const receiver =
    (kind: string, off: readonly string[] = [], by = (i: number) => i): Post =>
    async (keeper, _, body) => {
      if (off.includes(keeper.name)) throw new Error("away");
      assert.equal(Object.keys(body["notes"] as JsonObject).length, 3);
      const note = hash(notes.get(keeper.name)!);
      const said = { day: "2026-11-25", keeper: keeper.name, note };
      return { receipt: await signStatement(kind, said, signers[by(keeper.place - 1)]!) };
    };
  const parcel = utf8("parcel");
  const all = await sendToAll(roster, notes, parcel, "held", receiver("held"));
  assert.deepEqual([all.receipts.size, all.refused.size, all.enough], [3, 0, true]);
  const two = await sendToAll(roster, notes, parcel, "held", receiver("held", ["college"]));
  assert.deepEqual([[...two.refused.keys()], two.enough], [["college"], true]);
  const one = await sendToAll(roster, notes, parcel, "held", receiver("held", ["college", "union"]));
  assert.equal(one.enough, false);
  const forged = await sendToAll(roster, notes, parcel, "held", receiver("held", [], () => 0));
  assert.deepEqual([...forged.receipts.keys()], ["charity"]);
  const other = await sendToAll(roster, notes, parcel, "held", receiver("asked"));
  assert.equal(other.receipts.size, 0);
  const stop = await sendToAll(roster, notes, new Uint8Array(0), "asked", receiver("asked", ["union"]));
  assert.equal(stop.enough, true);
  const refusing: Post = () => Promise.resolve({ error: "withdrawn", says: "This pledge was withdrawn." });
  const refused = await sendToAll(roster, notes, parcel, "held", refusing);
  assert.deepEqual([...refused.refused.values()], Array(3).fill("This pledge was withdrawn."));
});
