// What the mailbox shows of people: names from the signed card, whatever the server says.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { buildMessage } from "../lib/acts.ts";
import { identityFromSeed, newIdentity, recipientOf } from "../lib/age.ts";
import { keyId } from "../lib/bytes.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { makeEpoch } from "../lib/grant.ts";
import type { ListedEpoch } from "../lib/grant.ts";
import { CHANNEL, DAY, INSTALLATION, INSTITUTION, installation } from "../lib/testing.ts";
import { scene, seedFor, signCard } from "../lib/testing.ts";
import type { Handler, Scene } from "../lib/testing.ts";
import { holderName } from "./letters.ts";
import { KeysError, read } from "./mailbox.ts";
import { RecordWatch } from "../lib/record-watch.ts";
import { NewReaders, takeCard } from "./send.ts";
import { option, pack, question } from "./testing.ts";
import { texts } from "./texts.ts";
import type { Visit } from "./visit.ts";

const CASE = "aaaaaaaaaaaaaaaaaaaaaaaaaa";

const genuine = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = genuine;
});

function visit(world: Scene): Visit {
  const of = pack([question("bodies", "bodies", { options: [option(CHANNEL)] })], { W: ["bodies"] });
  const site = { slug: INSTITUTION, installation: INSTALLATION, key: installation.sign, leave: "", pin: "" };
  const said = { answers: { bodies: [CHANNEL] }, asked: [], passed: [], prints: [], files: [] };
  const rest = { expires: DAY, watch: new RecordWatch(site), quick: false, finishing: false, urgent: false };
  return { site, card: world.card, packs: [of], pack: of, t: texts(of), ...said, ...rest };
}

/** A newer card with another spare key on paper. */
async function newSpare(world: Scene): Promise<string> {
  const seal = await recipientOf(identityFromSeed(seedFor("another custodian")));
  const members = world.card.channels[0]!.members.map((one) => ({ ...one })) as unknown as JsonObject[];
  return signCard(members, { key: keyId("", seal), seal, needs: 2, of: 3 }, { version: 2 });
}

/** A server that hands out this card, and a conversation with one letter by each of `authors`. */
async function serve(world: Scene, card: string, authors: readonly Handler[], more: JsonObject = {}): Promise<void> {
  const { reporter } = world;
  const identity = await newIdentity();
  const recipient = await recipientOf(identity);
  const by = { key: reporter.key, signer: reporter.signer };
  const epoch = { by, case: CASE, day: DAY, epoch: 1, previous: "", identity, scope: "case" } as const;
  const statement = await makeEpoch({ ...epoch, holders: [world.avery.key, world.casey.key, world.custodian.key] });
  const envelopes = [];
  for (const { author } of authors) {
    const place = { institution: INSTITUTION, case: CASE, day: DAY, log: reporter.log, number: 2, author, role: "handler" } as const;
    const text = { text: "Hello", files: [], uploads: [], counter: 1, last: "", epoch: 1 };
    const { body } = await buildMessage({ ...place, ...text, recipients: [recipient, reporter.seal] });
    envelopes.push({ ...(body["envelope"] as JsonObject), author: author.key, day: DAY, sha256: "" });
  }
  const holders = [world.avery, world.casey, world.stranger].map(({ key }) => ({
    ...{ key, label: "The nice one", day: DAY, scope: "case" },
  }));
  const told = {
    ...{ case: CASE, state: "open", day: DAY, expires: "", steps: [], due: [], holders, envelopes },
    acts: [],
    record: { origin: "", checkpoint: "", proofs: [] },
    earlier: [],
    reporter: { seal: reporter.seal, sign: reporter.signer.sign },
    epochs: [{ scope: "case", number: 1, recipient, statement }],
    admits: [],
    ...more,
  };
  globalThis.fetch = async (address) =>
    new Response(JSON.stringify(String(address).endsWith("/card") ? { card } : { ...told, pledges: [] }));
}

const labelOf = ({ card }: Scene, { key }: Handler): string =>
  card.channels[0]!.members.find((one) => one.key === key)!.label;

test("who can open it is named from the signed card, never by the server; who is not on it, in plain words", async () => {
  const world = await scene();
  const here = visit(world);
  await serve(world, world.card.text, []);
  const { holders } = await read(here, world.reporter, "token");
  assert.deepEqual(
    holders.map((one) => [holderName(here.t, one), one.signed]),
    [
      [labelOf(world, world.avery), true],
      [`${labelOf(world, world.casey)} (no longer on this team)`, true],
      [here.t("mailbox.unknown-holder"), false],
    ],
  );
});

test("who holds a key and is kept back by the server is named all the same; whom only the server names, is marked", async () => {
  const world = await scene();
  const told = [{ key: world.blake.key, label: "", day: DAY, scope: "case" }];
  await serve(world, world.card.text, [], { holders: told });
  const { holders } = await read(visit(world), world.reporter, "token");
  assert.deepEqual(
    holders.map(({ label, day, signed }) => [label, day, signed]),
    [
      [labelOf(world, world.blake), DAY, false],
      [labelOf(world, world.avery), "", true],
      [labelOf(world, world.casey), "", true],
    ],
  );
});

test("a letter by a handler who does not hold the case is shown with a warning", async () => {
  const world = await scene();
  const here = visit(world);
  await serve(world, world.card.text, [world.blake, world.avery]);
  const { letters } = await read(here, world.reporter, "token");
  assert.deepEqual(
    letters.map(({ author, text, faults }) => [author, text, faults]),
    [
      [labelOf(world, world.blake), "Hello", ["outsider"]],
      [labelOf(world, world.avery), "Hello", []],
    ],
  );
  assert.match(here.t("fault.outsider"), /does not hold a key/);
});

test("nothing can be written under a next key that a holder did not sign", async () => {
  const world = await scene();
  await serve(world, world.card.text, []);
  const [first] = ((await (await fetch("/mailbox")).json()) as { epochs: ListedEpoch[] }).epochs;
  const identity = await newIdentity();
  const next = { case: CASE, day: DAY, epoch: 2, identity, previous: first!.recipient, scope: "case" } as const;
  const recipient = await recipientOf(identity);
  for (const [by, holders] of [[world.blake, [world.avery.key]], [world.avery, [world.avery.key, world.blake.key]]] as const) {
    const statement = await makeEpoch({ ...next, by: by.author, holders });
    const listed = { scope: "case", number: 2, recipient, statement };
    await serve(world, world.card.text, [], { epochs: [{ ...first! }, listed] });
    await assert.rejects(read(visit(world), world.reporter, "token"), (error) => error instanceof KeysError);
  }
});

test("a letter by somebody who has left the team says so", async () => {
  const world = await scene();
  await serve(world, world.card.text, [world.avery, world.casey]);
  const { letters } = await read(visit(world), world.reporter, "token");
  assert.deepEqual(
    letters.map(({ author, retired, faults }) => [author, retired, faults]),
    [
      [labelOf(world, world.avery), false, []],
      [labelOf(world, world.casey), true, []],
    ],
  );
});

test("a new spare key on paper is announced like new people, in the mailbox and before sending", async () => {
  const world = await scene();
  const card = await newSpare(world);
  await serve(world, card, []);
  const here = visit(world);
  assert.deepEqual((await read(here, world.reporter, "token")).newCustodians, ["Professional standards"]);
  assert.deepEqual((await read(here, world.reporter, "token")).newCustodians, []);
  assert.throws(
    () => takeCard(visit(world), card),
    (error) => error instanceof NewReaders && /spare key on paper, Professional standards/.test(error.labels.join()),
  );
});

test("an older card is not taken in the mailbox", async () => {
  const world = await scene();
  const here = visit(world);
  here.card = { ...here.card, version: 2 };
  await serve(world, world.card.text, []);
  await assert.rejects(read(here, world.reporter, "token"), /older/);
});
