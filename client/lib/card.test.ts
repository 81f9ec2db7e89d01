import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError, hash, utf8 } from "./bytes.ts";
import type { Json, JsonObject } from "./canonical.ts";
import { activeMembers, checkDay, knownHandlers, makeEnrol, readCard } from "./card.ts";
import { CHANNEL, DAY, handler, installation, INSTITUTION, member, scene, signCard } from "./testing.ts";

const { card, avery, blake, casey, stranger, custodian } = await scene();
const keeper = { key: custodian.key, seal: custodian.seal, of: 3, needs: 2 };
const first = await member(avery, "installation", installation, true);
const second = await member(blake, avery.key, avery.signer, false);

async function read(members: Json, about: JsonObject = keeper, changes: JsonObject = {}): Promise<unknown> {
  return readCard(await signCard(members, about, changes), installation.sign);
}

test("a card gives its channels, people and hash", () => {
  assert.equal(card.sha256, hash(utf8(card.text)));
  assert.deepEqual(
    activeMembers(card.channels[0]!).map(({ key }) => key),
    [avery.key, blake.key],
  );
  assert.deepEqual(
    knownHandlers(card).map(([key]) => key),
    [avery.key, blake.key, casey.key],
  );
});

test("only the installation signs cards", async () => {
  const forged = await signCard([first], keeper, {}, stranger.signer);
  assert.throws(() => readCard(forged, installation.sign), FormatError);
  assert.throws(() => readCard(card.text, stranger.signer.sign), FormatError);
});

test("a key that came in without the right signature is refused", async () => {
  const wrong: Record<string, Json> = {
    "let in by nobody on the card": [first, await member(blake, stranger.key, stranger.signer, false)],
    "let in by herself": [first, await member(blake, blake.key, blake.signer, false)],
    "second by the installation": [first, await member(blake, "installation", installation, false)],
    "first by a member": [await member(avery, blake.key, blake.signer, true), second],
    "before the one who let her in": [second, first],
    "signed by another": [first, await member(blake, avery.key, stranger.signer, false)],
    "for another channel": [
      first,
      await member(blake, avery.key, avery.signer, false, "dadadadadadadadadadadadada"),
    ],
    "another's statement": [first, { ...second, enrol: first.enrol }],
    "another seal": [first, { ...second, seal: stranger.seal }],
    "another seal and id": [
      first,
      { ...second, seal: stranger.seal, key: stranger.key, sign: stranger.signer.sign },
    ],
    twice: [first, first],
    "not a hybrid recipient": [{ ...first, seal: "age1qqq" }],
  };
  for (const [why, members] of Object.entries(wrong)) await assert.rejects(read(members), Error, why);
  await read([first, second]);
});

test("a retired member's earlier signature still counts", async () => {
  await read([{ ...first, state: "retired" }, second]);
});

test("a card with missing, extra or nonsensical fields is refused", async () => {
  const wrong: JsonObject[] = [
    { more: 1 },
    { version: 0 },
    { day: "today" },
    { expires: "2026-13-01" },
    { demonstration: "no" },
    { previous: "x" },
    { channels: {} },
    { pack: { id: "uk-police", sha256: "0", version: "1" } },
  ];
  for (const changes of wrong)
    await assert.rejects(read([first], keeper, changes), FormatError, JSON.stringify(changes));
  for (const about of [{ ...keeper, key: avery.key }, { ...keeper, needs: 4 }, { ...keeper, needs: 1 }, {}]) {
    await assert.rejects(read([first], about), FormatError, JSON.stringify(about));
  }
});

test("a card has a last day", () => {
  checkDay(card, card.expires);
  assert.throws(() => checkDay(card, "2027-02-24"), FormatError);
});

test("an enrolment for a key with another id is not signed", async () => {
  const { key, seal, signer } = await handler("someone");
  const place = { by: "installation", channel: CHANNEL, day: DAY, institution: INSTITUTION };
  const mixed = { key, seal: avery.seal, sign: signer.sign };
  assert.notEqual(seal, avery.seal);
  assert.throws(() => makeEnrol({ ...place, member: mixed }, installation), FormatError);
});
