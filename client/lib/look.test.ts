// What the page's worker says of a card that a hostile server shows: tests/vectors/keepers/seen.json, made by Python.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { JsonObject } from "./canonical.ts";
import { pledge } from "./pledging.ts";
import type { Look, Seen } from "./pledging.ts";
import { readRoster } from "./roster.ts";
import { peekStatement, signStatement, signerFromSeed } from "./statement.ts";
import { installation, member, scene, signCard } from "./testing.ts";

const vector = JSON.parse(readFileSync("tests/vectors/keepers/seen.json", "utf8")) as {
  card: string;
  installation: string;
  roster: string[];
  good: string[];
  today: string;
};
const asked: Look = {
  ...{ do: "card", card: vector.card, key: vector.installation, roster: vector.roster, seen: vector.good },
  ...{ day: vector.today, pin: readRoster(vector.roster).sha256 },
};
const look = async (changes: Partial<Look>): Promise<Seen> => (await pledge({ ...asked, ...changes }, () => undefined)) as Seen;
const REFUSED: Seen = { keepers: [], fault: "seen" };

test("a card that enough keepers have seen is taken, and says which", async () => {
  assert.deepEqual(await look({}), { keepers: ["charity", "college", "union"], fault: "" });
  assert.deepEqual(await look({ seen: vector.good.slice(1) }), { keepers: ["college", "union"], fault: "" });
});

test("fewer than are needed, none, one twice, and those past their day are refused", async () => {
  assert.deepEqual(await look({ seen: vector.good.slice(0, 1) }), REFUSED);
  assert.deepEqual(await look({ seen: [] }), REFUSED);
  assert.deepEqual(await look({ seen: [vector.good[0]!, vector.good[0]!] }), REFUSED);
  assert.deepEqual(await look({ day: "2099-01-01" }), REFUSED);
});

test("an old card under the newest signatures, and one with a ghost on it, are refused", async () => {
  const world = await scene();
  const members = world.card.channels[0]!.members.map((one) => ({ ...one }) as unknown as JsonObject);
  const custodian = { ...world.card.channels[0]!.custodian };
  const old = await signCard(members, custodian, { version: 1 });
  const ghost = (await member(world.stranger, world.avery.key, world.avery.signer, false)) as unknown as JsonObject;
  const haunted = await signCard([...members, ghost], custodian, { version: 2 });
  for (const card of [old, haunted]) assert.deepEqual(await look({ card, key: installation.sign }), REFUSED);
  await assert.rejects(look({ card: old }), { name: "FormatError" }, "nor one that another installation signed");
});

test("a substituted keeper is refused, however well the others signed", async () => {
  const stranger = signerFromSeed(new Uint8Array(32).fill(9));
  const body = peekStatement(vector.roster[0]!, "roster");
  const keepers = (body["keepers"] as JsonObject[]).map((one, i) => (i === 2 ? { ...one, sign: stranger.sign } : one));
  const changed = { ...body, keepers };
  const said = await signStatement("roster", changed, stranger);
  const strangers: Seen = { keepers: [], fault: "roster" };
  assert.deepEqual(await look({ roster: [...vector.roster.slice(0, 2), said] }), strangers);
  assert.deepEqual(await look({ roster: [said, said, said] }), strangers);
  assert.deepEqual(await look({ roster: vector.roster.slice(0, 2) }), strangers);
  assert.deepEqual(await look({ roster: [] }), strangers);
  assert.deepEqual(await look({ pin: "0".repeat(64) }), strangers, "a whole roster of other keepers");
  const forged = await signStatement("card-seen", peekStatement(vector.good[2]!, "card-seen"), stranger);
  assert.deepEqual(await look({ seen: [vector.good[0]!, forged] }), REFUSED);
});
