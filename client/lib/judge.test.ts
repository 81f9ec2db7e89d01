// A server that forges, moves, replays, reorders, drops and holds back: every one of these shows.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { identityFromSeed, recipientOf, seal } from "./age.ts";
import { hash, text, utf8 } from "./bytes.ts";
import type { JsonObject } from "./canonical.ts";
import { openEnvelope, sealEnvelope, verifyEnvelope } from "./envelope.ts";
import type { NewEnvelope } from "./envelope.ts";
import { judge, nextPlace, recipientsOf } from "./judge.ts";
import type { Fault, Judged, Listed, Reader } from "./judge.ts";
import { pad } from "./padding.ts";
import { signStatement } from "./statement.ts";
import { author } from "./submission.ts";
import { DAY, scene, seedFor } from "./testing.ts";
import type { Handler, Scene } from "./testing.ts";

const CASE = "caseaaaaaaaaaaaaaaaaaaaaaa";
const caseIdentity = identityFromSeed(seedFor("case"));
const caseRecipient = await recipientOf(caseIdentity);
let people: Scene;
let reporter: Reader;
let desk: Reader;

before(async () => {
  people = await scene();
  const held = { case: new Map([[1, new Set([people.avery.key, people.blake.key])]]), sheet: new Map(), brief: new Map() };
  const epochs = { case: new Map([[1, caseRecipient]]), sheet: new Map<number, string>(), brief: new Map<number, string>(), held };
  const shared = { case: CASE, known: people.known, epochs, reporter: people.reporter.seal };
  reporter = { ...shared, identities: [{ scope: "reporter", epoch: 0, identity: people.reporter.identity }] };
  desk = { ...shared, identities: [{ scope: "case", epoch: 1, identity: caseIdentity }] };
});

function toReporter(counter: number, changes: Partial<NewEnvelope> = {}): Promise<Uint8Array> {
  return sealEnvelope({
    author: people.avery.author,
    role: "handler",
    kind: "message",
    direction: "to-reporter",
    case: CASE,
    counter,
    day: DAY,
    epoch: 1,
    last: "",
    recipients: [caseRecipient, people.reporter.seal],
    body: { format: "upstander/message/v1", text: `message ${counter}`, files: [] },
    ...changes,
  });
}

function toDesk(counter: number, changes: Partial<NewEnvelope> = {}): Promise<Uint8Array> {
  return toReporter(counter, {
    author: author(people.reporter),
    role: "reporter",
    direction: "to-desk",
    ...changes,
  });
}

function listed(sealed: Uint8Array, kind = "message", epoch = 1): Listed {
  return { kind, epoch, sha256: hash(sealed), sealed };
}

async function faults(sealed: Uint8Array[], reader = reporter): Promise<Fault[][]> {
  return (
    await judge(
      sealed.map((one) => listed(one)),
      reader,
    )
  ).map((one) => one.faults);
}

/** Seals a body that `sealEnvelope` would refuse to make, signed all the same. */
async function raw(
  body: JsonObject,
  by: Handler,
  content = (statement: string) => pad(utf8(statement)),
): Promise<Uint8Array> {
  return seal(content(await signStatement("envelope", body, by.signer)), [
    caseRecipient,
    people.reporter.seal,
  ]);
}

async function bodyOf(sealed: Uint8Array): Promise<JsonObject> {
  return { ...(await openEnvelope(sealed, caseIdentity)).envelope };
}

test("an honest conversation has no faults on either side", async () => {
  const one = await toReporter(1);
  const two = await toDesk(1, { last: hash(one) });
  const three = await toReporter(2, { last: hash(two) });
  const four = await toReporter(1, { author: people.blake.author, last: hash(three) });
  for (const reader of [reporter, desk])
    assert.deepEqual(await faults([one, two, three, four], reader), [[], [], [], []]);
});

test("a message is found where it stands, with its words", async () => {
  const [judged] = await judge([listed(await toReporter(1))], reporter);
  assert.equal(judged?.envelope?.body["text"], "message 1");
  assert.equal(judged?.envelope?.author, people.avery.key);
});

test("dropped, replayed, reordered", async () => {
  const [one, two, three] = [await toReporter(1), await toReporter(2), await toReporter(3)];
  assert.deepEqual(await faults([two, three]), [["gap"], []]);
  assert.deepEqual(await faults([one, three]), [[], ["gap"]]);
  assert.deepEqual(await faults([one, one]), [[], ["replayed"]]);
  assert.deepEqual(await faults([one, three, two]), [[], ["gap"], ["reordered"]]);
  const [first] = await judge([listed(three)], reporter);
  assert.equal(first?.missing, 2);
});

test("a new envelope with an old counter is a replay, also when it says something else", async () => {
  const again = await toReporter(1, {
    body: { format: "upstander/message/v1", text: "other words", files: [] },
  });
  assert.deepEqual(await faults([await toReporter(1), again]), [[], ["replayed"]]);
});

test("counters are kept apart by author, kind and direction", async () => {
  const note = await toReporter(1, { kind: "note", direction: "desk", recipients: [caseRecipient] });
  const items = [listed(await toReporter(1)), listed(note, "note"), listed(await toDesk(1))];
  assert.deepEqual(
    (await judge(items, desk)).map((one) => one.faults),
    [[], [], []],
  );
});

test("a message that answers one that was dropped or comes later says so", async () => {
  const one = await toReporter(1);
  const two = await toDesk(1, { last: hash(one) });
  assert.deepEqual(await faults([two]), [["unknown-last"]]);
  assert.deepEqual(await faults([two, one]), [["unknown-last"], []]);
});

test("forged: unknown author, posing as another, another's key, changed bytes", async () => {
  const { stranger, avery, blake } = people;
  const fake = { key: avery.key, signer: stranger.signer };
  const sealed = [
    await toReporter(1, { author: stranger.author }),
    await toReporter(1, { author: fake }),
    await toReporter(1, { author: { key: avery.key, signer: blake.signer } }),
    await toReporter(1, { author: author(people.reporter) }), // the reporter's key, as a handler
    await toDesk(1, { author: avery.author }), // a handler's key, as the reporter
  ];
  assert.deepEqual(
    await faults(sealed),
    sealed.map(() => ["forged"]),
  );
  const flipped = await toReporter(1);
  flipped[flipped.length - 1]! ^= 1;
  assert.deepEqual(await faults([flipped, utf8("not age"), new Uint8Array(0)]), [
    ["forged"],
    ["forged"],
    ["forged"],
  ]);
});

test("forged: kinds, roles and directions that do not belong together, signed or not", async () => {
  const body = await bodyOf(await toReporter(1));
  const wrong: JsonObject[] = [
    { ...body, direction: "to-desk" },
    { ...body, direction: "desk" },
    { ...body, kind: "report" },
    { ...body, kind: "note" },
    { ...body, role: "reporter" },
    { ...body, role: "custodian" },
    { ...body, kind: "order" },
    { ...body, counter: 0 },
    { ...body, counter: "1" },
    { ...body, last: "x" },
    { ...body, recipients: [...(body["recipients"] as string[])].reverse() },
    { ...body, day: "2026-02-30" },
    { ...body, body: "words" },
    { ...body, more: 1 },
  ];
  for (const one of wrong)
    assert.deepEqual(await faults([await raw(one, people.avery)]), [["forged"]], JSON.stringify(one));
  assert.deepEqual(await faults([await raw(body, people.avery)]), [[]]);
});

test("forged: padding that is not zero bytes up to the bucket", async () => {
  const body = await bodyOf(await toReporter(1));
  const contents = [
    (statement: string) => utf8(statement),
    (statement: string) => new Uint8Array([...utf8(statement), ...new Uint8Array(5000)]),
    (statement: string) => new Uint8Array([...pad(utf8(statement)).slice(0, -1), 1]),
    (statement: string) => pad(utf8(`${statement}\u0000${statement}`)),
    () => new Uint8Array(4096),
  ];
  for (const content of contents) {
    assert.deepEqual(
      await faults([await raw(body, people.avery, content)]),
      [["forged"]],
      content.toString(),
    );
  }
});

test("moved: another case, other recipients, another place in the list", async () => {
  const { stranger, reporter: keys } = people;
  const [recipients, other] = [[caseRecipient, keys.seal], "caseeeeeeeeeeeeeeeeeeeeeea"];
  assert.deepEqual(await faults([await toReporter(1, { case: other })]), [["moved"]]);
  assert.deepEqual(await faults([await toReporter(1, { recipients: [...recipients, stranger.seal] })]), [
    ["moved"],
  ]);
  assert.deepEqual(await faults([await toReporter(1, { recipients: [keys.seal] })]), [["moved"]]);
  assert.deepEqual(await faults([await toReporter(1, { recipients: [keys.seal, stranger.seal] })]), [
    ["moved"],
  ]);
  assert.deepEqual(await faults([await toReporter(1, { epoch: 2 })]), [["moved"]]);
  const relabelled = await judge([listed(await toReporter(1), "record")], reporter);
  assert.deepEqual(
    relabelled.map((one) => one.faults),
    [["moved"]],
  );
});

test("moved: opened by a recipient and sealed on to one more", async () => {
  const { statement } = await openEnvelope(await toReporter(1), people.reporter.identity);
  const again = await seal(pad(utf8(statement)), [caseRecipient, people.reporter.seal, people.stranger.seal]);
  assert.deepEqual(await faults([again]), [["moved"]]);
});

test("a handler on the card who does not hold the case is an outsider: shown, and counted in no line", async () => {
  const { casey, avery } = people;
  const outside = await toReporter(1, { author: casey.author });
  const note = await toReporter(1, { author: casey.author, kind: "note", direction: "desk", recipients: [caseRecipient] });
  assert.deepEqual(await faults([outside, await toReporter(1)]), [["outsider"], []]);
  const judged = await judge([listed(outside), listed(note, "note")], desk);
  assert.deepEqual(judged.map((one) => one.faults), [["outsider"], ["outsider"]]);
  assert.equal(judged[0]?.envelope?.body["text"], "message 1");
  assert.deepEqual(nextPlace(judged, avery.key, "message"), { counter: 1, last: "" });
  assert.deepEqual(nextPlace(judged, casey.key, "message"), { counter: 1, last: "" });
});

test("what is not sound casts no doubt on what follows, and hides nothing", async () => {
  const sealed = [
    await toReporter(1),
    await toReporter(2, { case: "caseeeeeeeeeeeeeeeeeeeeeea" }),
    await toReporter(2),
  ];
  assert.deepEqual(await faults(sealed), [[], ["moved"], []]);
});

test("closed is only what the reader has no key for; held back from her is forged", async () => {
  const items = [
    { kind: "report", epoch: 1, sha256: "0".repeat(64) },
    { kind: "message", epoch: 1, sha256: "0".repeat(64) },
  ];
  assert.deepEqual(
    (await judge(items, reporter)).map((one) => one.faults),
    [["closed"], ["forged"]],
  );
});

test("random bytes, cuts and flips never throw and never pass", async () => {
  const good = await toReporter(1);
  const bad = [50, 500, 1500, 1626, 1650, 3000, good.length - 2].flatMap((at) => {
    const flipped = new Uint8Array(good);
    flipped[at]! ^= 4;
    return [flipped, good.slice(0, at)];
  });
  for (const found of await faults(bad)) assert.deepEqual(found, ["forged"]);
});

test("verifyEnvelope throws for an author who is not known", async () => {
  const opened = await openEnvelope(await toReporter(1), people.reporter.identity);
  assert.equal(verifyEnvelope(opened, people.known).counter, 1);
  assert.throws(() => verifyEnvelope(opened, new Map()));
});

test("the next place follows what is sound", async () => {
  const one = await toReporter(1);
  const two = await toReporter(2, { last: hash(one) });
  const elsewhere = await toReporter(9, { case: "caseeeeeeeeeeeeeeeeeeeeeea" });
  const judged: Judged[] = await judge(
    [one, two, elsewhere].map((sealed) => listed(sealed)),
    reporter,
  );
  assert.deepEqual(nextPlace(judged, people.avery.key, "message"), { counter: 3, last: hash(two) });
  assert.deepEqual(nextPlace(judged, people.avery.key, "note"), { counter: 1, last: hash(two) });
  assert.deepEqual(nextPlace([], people.avery.key, "message"), { counter: 1, last: "" });
});

test("recipients follow from kind and epoch", () => {
  assert.deepEqual(recipientsOf("message", 1, desk), [caseRecipient, people.reporter.seal]);
  assert.deepEqual(recipientsOf("note", 1, desk), [caseRecipient]);
  assert.deepEqual(recipientsOf("record", 0, desk), [people.reporter.seal]);
  assert.deepEqual(
    [recipientsOf("message", 2, desk), recipientsOf("sheet", 1, desk), recipientsOf("record", 1, desk)],
    [[], [], []],
  );
});

test("every text survives: null bytes, right to left, emoji, 100,000 characters", async () => {
  const long = "é\u0000\u202e👩‍👩‍👧‍👦\u2028".repeat(8000);
  const sealed = await toReporter(1, { body: { format: "upstander/message/v1", text: long, files: [] } });
  const [judged] = await judge([listed(sealed)], reporter);
  assert.deepEqual(judged?.faults, []);
  assert.equal(judged?.envelope?.body["text"], long);
  assert.equal(text(utf8(long)), long);
});

test("envelopes of one bucket have one length, whatever they say", async () => {
  const lengths = new Set<number>();
  for (const words of ["", "x".repeat(100), "é".repeat(1000)]) {
    lengths.add(
      (await toReporter(1, { body: { format: "upstander/message/v1", text: words, files: [] } })).length,
    );
  }
  assert.equal(lengths.size, 1);
});
