// The server has most to hide: it hands out cards that are not for this address, or that let in other people.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../lib/canonical.ts";
import type { Card } from "../lib/card.ts";
import { CHANNEL, DAY, INSTALLATION, INSTITUTION, installation, member, scene, signCard } from "../lib/testing.ts";
import type { Scene } from "../lib/testing.ts";
import { signStatement } from "../lib/statement.ts";
import { RecordWatch } from "../lib/record-watch.ts";
import { NewReaders, takeCard } from "./send.ts";
import { pack, question } from "./testing.ts";
import { texts } from "./texts.ts";
import { leftOut, leftOutCount, ownCard, readers } from "./visit.ts";
import type { Visit } from "./visit.ts";

const OTHER = "cccccccccccccccccccccccccq";
const site = { slug: INSTITUTION, installation: INSTALLATION, key: installation.sign, leave: "", pin: "" };

/** A visit whose card has a second team with `stranger` on it. Only the first team is chosen. */
async function visit(world: Scene, unticked: readonly string[]): Promise<Visit> {
  const of = pack([question("exclude", "exclude"), question("bodies", "bodies")], { W: ["exclude", "bodies"] });
  const outside = [await member(world.stranger, "installation", installation, false, OTHER)];
  const second = { ...world.card.channels[0]!, id: OTHER, members: outside };
  const card = { ...world.card, channels: [...world.card.channels, second] } as Card;
  const chosen = { bodies: [CHANNEL], exclude: { unticked, typed: "" } };
  const said = { answers: chosen, asked: [], passed: [], prints: [], files: [] };
  return { site, card, packs: [of], pack: of, t: texts(of), expires: DAY, ...said, watch: new RecordWatch(site), quick: false, finishing: false, urgent: false };
}

const members = ({ card }: Scene): JsonObject[] => card.channels[0]!.members.map((one) => ({ ...one }));

function changed(world: Scene, changes: JsonObject, more: readonly JsonObject[] = []): Promise<string> {
  return signCard([...members(world), ...more], { ...world.card.channels[0]!.custodian }, changes);
}

test("a card of another institution, of another installation, or that has run out, is not taken", async () => {
  const world = await scene();
  const enrolled = ownCard(await changed(world, {}), site);
  assert.equal(enrolled.institution, INSTITUTION);
  const elsewhere = { ...JSON.parse(world.card.text.split("\n")[1]!), institution: "wexhollow", channels: [] } as JsonObject;
  for (const card of [
    await signStatement("card", elsewhere, installation),
    await changed(world, { installation: "q".repeat(25) + "a" }),
    await changed(world, { expires: "2020-01-01" }),
  ])
    assert.throws(() => ownCard(card, site), { name: "FormatError" });
});

test("somebody left out of a team she did not choose stays out: she could be let in later", async () => {
  const world = await scene();
  assert.deepEqual(leftOut(await visit(world, [world.stranger.key, "notonthecard"])), [world.stranger.key]);
});

test("one person on two teams: unticking one key leaves out both, and counts as one person", async () => {
  const world = await scene();
  const now = await visit(world, [world.blake.key]);
  const [first, second] = now.card.channels;
  const { label } = first!.members.find(({ key }) => key === world.blake.key)!;
  const members = second!.members.map((one) => ({ ...one, label }));
  now.card = { ...now.card, channels: [first!, { ...second!, members }] };
  assert.deepEqual(leftOut(now), [world.blake.key, world.stranger.key].sort());
  assert.equal(leftOutCount(now), 1);
  assert.deepEqual(readers(now, now.card.channels).map(({ key }) => key), [world.avery.key]);
});

test("a known person who turns up on a team she chose is shown to her first", async () => {
  const world = await scene();
  const moved = { ...(await member(world.stranger, world.avery.key, world.avery.signer, false)), label: "Moved, standards team" };
  const card = await changed(world, { version: 2 }, [moved as unknown as JsonObject]);
  const now = await visit(world, []);
  assert.throws(
    () => takeCard(now, card),
    (error) => error instanceof NewReaders && error.labels.join() === "Moved, standards team",
  );
});
