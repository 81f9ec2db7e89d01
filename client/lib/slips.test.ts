// Slips: hers alone, and only as she signed them; and what of them a server cannot keep from her.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { identityFromSeed, open, recipientOf, seal } from "./age.ts";
import { b64, concat, sha256, text, unb64, utf8 } from "./bytes.ts";
import { encode } from "./canonical.ts";
import type { JsonObject } from "./canonical.ts";
import { labelAndSalt } from "./leaf.ts";
import { asPledge, shareHash } from "./pledge.ts";
import { conditionsOf, freePlace, isHeld, isLive, laterActs, openSlip, sealSlip, slipLog, slipNumber, without } from "./slips.ts";
import type { Slip } from "./slips.ts";
import { signerFromSeed, signStatement } from "./statement.ts";
import { reporter } from "./testing.ts";

const DAY = "2026-11-25";
const ID = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
const [maya, stranger] = [await reporter(), await reporter("another")];
const share = new Uint8Array(33).fill(7);
const body = {
  ...{ conditions: [], expires: "2026-11-26", needs: 2, verify: maya.signer.sign },
  shares: { a: shareHash(share), b: "2", c: "3" },
};

async function slipOf(pledge: JsonObject = body, changes: Partial<Slip> = {}): Promise<Slip> {
  const entry = await signStatement("entry", { pledge: asPledge(pledge).id }, maya.signer);
  return {
    ...{ about: "é", counted: true, ended: false, entry, id: ID, number: 2, place: 7, stopped: false, version: 3 },
    ...{ pledge, shares: { a: b64(share) }, receipts: { b: "signed" } },
    ...changes,
  };
}

test("a slip is hers alone, and one size", async () => {
  const slip = await slipOf();
  const sealed = await sealSlip(slip, maya);
  assert.deepEqual(await openSlip(sealed, maya, ID), slip);
  const ended = await sealSlip({ ...slip, ended: true, receipts: { a: "x".repeat(400), b: "y" } }, maya);
  assert.equal(ended.length, sealed.length);
  await assert.rejects(openSlip(sealed, { ...maya, identity: stranger.identity }, ID));
  await assert.rejects(sealSlip({ ...slip, about: "x".repeat(70_000) }, maya), /Too much/);
});

test("whoever seals to her and has not her key writes no slip, changes none, and moves none to another number", async () => {
  const slip = await slipOf();
  // Anybody can seal to her: with the genuine entry, but receipts, stop and end as it suits the server.
  for (const changes of [{ receipts: {} }, { stopped: true }, { ended: true }, { counted: false }, { number: 9 }]) {
    const forged = await sealSlip({ ...slip, ...changes }, { ...maya, signer: stranger.signer });
    await assert.rejects(openSlip(forged, maya, ID), /signature/);
  }
  const unsigned = concat(utf8("upstander/pledge-slip/v1\n"), encode({ ...slip }), utf8("\n"));
  const padded = concat(unsigned, new Uint8Array(16 * 1024 - unsigned.length));
  await assert.rejects(openSlip(b64(await seal(padded, [maya.seal])), maya, ID), /statement/);
  await assert.rejects(openSlip(await sealSlip(slip, maya), maya, "baaaaaaaaaaaaaaaaaaaaaaaaa"), /another number/);
});

test("what she signed has to fit together: her pledge, her entry, the shares it names", async () => {
  const slip = await slipOf();
  const another = { ...body, needs: 3 };
  await assert.rejects(openSlip(await sealSlip({ ...slip, pledge: another }, maya), maya, ID), /another pledge/);
  const theirs = await slipOf({ ...body, verify: stranger.signer.sign });
  await assert.rejects(openSlip(await sealSlip(theirs, maya), maya, ID), /somebody else/);
  const wrong = { a: b64(new Uint8Array(33)) };
  await assert.rejects(openSlip(await sealSlip({ ...slip, shares: wrong }, maya), maya, ID), /share/);
});

test("in the log only she finds its acts: a newer version, and one that is not shown", async () => {
  const log = slipLog(maya.seed);
  const label = (place: number, version: number): string => labelAndSalt(log, slipNumber({ place, version })).label;
  const later = laterActs(maya.seed, [{ place: 7, version: 3 }]);
  assert.deepEqual([3, 4, 5, 7].map((version) => later.get(label(7, version))), [undefined, "older", "older", "older"]);
  assert.deepEqual([later.get(label(8, 1)), later.get(label(512, 1)), later.get(label(7, 1))], ["missing", "missing", undefined]);
  assert.notDeepEqual(log, maya.log); // which handlers hold
  assert.ok(!later.has(labelAndSalt(maya.log, slipNumber({ place: 8, version: 1 })).label));
  const taken = Array.from({ length: 511 }, (_, at) => ({ place: at + 1 }));
  assert.equal(freePlace(taken), 512);
});

test("it is the same in Python", async () => {
  const golden = (name: string): string => JSON.parse(readFileSync(`tests/vectors/golden/${name}.json`, "utf8")) as string;
  const signer = signerFromSeed(sha256(utf8("vectors pledged")));
  const identity = identityFromSeed(sha256(utf8("vectors rowan seal")));
  const sealed = golden("pledge-slip-v2");
  const said = JSON.parse(text(await open(unb64(sealed), identity)).split("\n")[1]!) as Slip;
  const keys = { ...maya, identity, signer };
  const slip = await openSlip(sealed, keys, said.id);
  assert.deepEqual([slip.about, slip.place, slip.version, slip.stopped], ["é", 7, 3, true]);
  assert.equal(b64(slipLog(sha256(utf8("vectors pledged")))), golden("slip-log-v1"));
  const mine = "tests/vectors/keepers/ts-slip.json";
  if (process.env["VECTORS"] === "write") {
    const made = await sealSlip(slip, { ...keys, seal: await recipientOf(identity) });
    writeFileSync(mine, `${text(encode({ id: slip.id, number: slipNumber(slip), sealed: made }))}\n`);
  }
  assert.ok(existsSync(mine), "run it once with VECTORS=write");
});

test("what waits, who holds it, who is missing", async () => {
  const slip = await slipOf();
  assert.deepEqual([without(slip), isHeld(slip), isLive(slip, DAY)], [["a", "c"], false, false]);
  const waits = { ...slip, pledge: { ...body, conditions: [{ kind: "match", k: 2, who: "anyone" }] } };
  assert.ok(isLive(waits, DAY) && !isLive({ ...waits, ended: true }, DAY) && conditionsOf(waits).length === 1);
  assert.ok(!isLive(waits, "2026-11-27"));
});
