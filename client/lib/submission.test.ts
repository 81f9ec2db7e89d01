import assert from "node:assert/strict";
import { test } from "node:test";
import { buildMessage, buildNote, buildRecord, buildWithdraw } from "./acts.ts";
import { FormatError, hash, unb64 } from "./bytes.ts";
import { encode } from "./canonical.ts";
import type { JsonObject } from "./canonical.ts";
import { readCard } from "./card.ts";
import { openEnvelope, verifyEnvelope } from "./envelope.ts";
import { checkEpochs, openGrant, opener } from "./grant.ts";
import type { Scope } from "./grant.ts";
import { judge } from "./judge.ts";
import { digest, labelAndSalt } from "./leaf.ts";
import { verifyStatement } from "./statement.ts";
import { buildSubmission, newCase } from "./submission.ts";
import type { SubmissionInput } from "./submission.ts";
import { CHANNEL, DAY, installation, INSTITUTION, member, scene, signCard } from "./testing.ts";

const people = await scene();
const { avery, blake, casey, custodian, card, known, reporter } = people;
const keys = { seal: reporter.seal, sign: reporter.signer.sign };
const answer = { id: "what", question: "What happened?", value: "x", text: "x", ask_first: false };
const theCase = await newCase();

const input: SubmissionInput = {
  card,
  keys: reporter,
  new_case: theCase,
  channels: [CHANNEL],
  excluded: [],
  account: { answers: [answer], sheet: [{ ...answer, id: "name" }], files: [], language: "en", wishes: {} },
  uploads: [],
  urgent: false,
  day: DAY,
};

interface Sent {
  act: string;
  epochs: string[];
  envelopes: { kind: string; sealed: string }[];
  grants: { scope: Scope; epoch: number; to: string; sealed: string }[];
  recipients: { case: string; sheet: string };
  label: string;
  salt: string;
}

async function sent(changes: Partial<SubmissionInput> = {}) {
  const submission = await buildSubmission({ ...input, ...changes });
  return { ...submission, sent: submission.body as unknown as Sent };
}

const to = (grants: Sent["grants"], scope: Scope): string[] =>
  grants.filter((one) => one.scope === scope).map((one) => one.to);

test("grants go to active members who are not shut out, sheets to fewer, custodians get both", async () => {
  const whole = await sent();
  assert.deepEqual(to(whole.sent.grants, "case"), [avery.key, blake.key, custodian.key]);
  assert.deepEqual(to(whole.sent.grants, "sheet"), [avery.key, custodian.key]);
  assert.deepEqual(whole.holders, [avery.key, blake.key]);
  const without = await sent({ excluded: [avery.key] });
  assert.deepEqual(
    [to(without.sent.grants, "case"), to(without.sent.grants, "sheet")],
    [[blake.key, custodian.key], [custodian.key]],
  );
  assert.ok(
    !JSON.stringify(without.sent.grants).includes(avery.key) &&
      !JSON.stringify(whole.body).includes(casey.key),
  );
});

test("the sealed report names the file of fingerprints, and without any there is no such field", async () => {
  const file = { id: theCase.id, sha256: "0".repeat(64), size: 100 };
  for (const prints of [file, undefined]) {
    const whole = await sent({ account: { ...input.account, prints } });
    const opened = await openEnvelope(unb64(whole.sent.envelopes[0]!.sealed), theCase.identity);
    const { body } = verifyEnvelope(opened, known);
    assert.deepEqual(body["prints"], prints);
    assert.equal("prints" in body, prints !== undefined);
  }
});

test("whom she shuts out stands in the sealed report, with every key under the same label", async () => {
  const label = card.channels[0]!.members.find(({ key }) => key === blake.key)!.label;
  const again = { ...(await member(people.stranger, avery.key, avery.signer, true)), label };
  const members = [...card.channels[0]!.members.map((one) => ({ ...one })), again] as unknown as JsonObject[];
  const about = { key: custodian.key, seal: custodian.seal, of: 3, needs: 2 };
  const wider = readCard(await signCard(members, about), installation.sign);
  const whole = await sent({ card: wider, excluded: [blake.key] });
  const both = [blake.key, people.stranger.key].sort();
  const sealed = unb64(whole.sent.envelopes[0]!.sealed);
  const { body } = verifyEnvelope(await openEnvelope(sealed, theCase.identity), known);
  assert.deepEqual([body["excluded"], whole.body["excluded"], whole.act.fields["excluded"]], [both, both, both]);
  assert.deepEqual(to(whole.sent.grants, "case"), [avery.key, custodian.key]);
});

test("without a source sheet there is none: no envelope, no epoch, no grant", async () => {
  const { sent: body } = await sent({ account: { ...input.account, sheet: [] } });
  assert.deepEqual(
    [body.envelopes.length, body.epochs.length, body.recipients.sheet, to(body.grants, "sheet")],
    [1, 1, "", []],
  );
});

test("a handler with her key reads it, and finds it is for this case", async () => {
  const { sent: body } = await sent();
  const listed = body.epochs.map((statement, i) => {
    const scope = (["case", "sheet"] as const)[i]!;
    return { scope, number: 1, recipient: body.recipients[scope], statement };
  });
  const epochs = checkEpochs(listed, [], theCase.id, known);
  for (const [i, scope] of (["case", "sheet"] as const).entries()) {
    assert.deepEqual([...epochs.held[scope].get(1)!], to(body.grants, scope).sort());
    const { sealed } = body.grants.find((one) => one.to === avery.key && one.scope === scope)!;
    const recipient = epochs[scope].get(1)!;
    const expected = { case: theCase.id, to: avery.key, scope, epoch: 1, recipient, reporter: keys, known };
    const { identity } = await openGrant(unb64(sealed), opener(avery.identity), expected);
    const envelope = verifyEnvelope(await openEnvelope(unb64(body.envelopes[i]!.sealed), identity), known);
    assert.deepEqual(
      [envelope.kind, envelope.counter, envelope.author],
      [body.envelopes[i]!.kind, 1, reporter.key],
    );
  }
});

test("nothing that was written is readable in what is sent", async () => {
  const marker = "MARKER-4711";
  const account = {
    ...input.account,
    answers: [{ ...answer, text: marker }],
    sheet: [{ ...answer, text: marker }],
  };
  const { body } = await sent({ account });
  const bytes = JSON.stringify(body);
  assert.ok(
    !bytes.includes(marker) && !bytes.includes(Buffer.from(marker).toString("base64url").slice(2, -2)),
  );
  assert.ok(!bytes.includes(reporter.identity) && !bytes.includes(theCase.identity));
  encode(body); // canonical: no undefined, no floats
});

test("after a changed card the same case is sealed again, as a new act, to the new people", async () => {
  const members = [
    await member(avery, "installation", installation, true),
    await member(people.stranger, avery.key, avery.signer, false),
  ];
  const about = { key: custodian.key, seal: custodian.seal, of: 3, needs: 2 };
  const next = readCard(
    await signCard(members, about, { version: 2, previous: card.sha256 }),
    installation.sign,
  );
  const [old, again] = [await sent(), await sent({ card: next })];
  assert.notEqual(old.act.act, again.act.act);
  assert.deepEqual([again.body["case"], again.body["card"]], [old.body["case"], next.sha256]);
  assert.deepEqual(to(again.sent.grants, "case"), [avery.key, people.stranger.key, custodian.key]);
});

test("the act describes exactly what is sent, whatever order things were chosen in", async () => {
  const uploads = [
    { id: "b", sealed: "2".repeat(64) },
    { id: "a", sealed: "1".repeat(64) },
  ];
  const { act, sent: body } = await sent({ uploads, excluded: [blake.key, avery.key] });
  const hashes = (sealed: { sealed: string }[]): string[] => sealed.map((one) => hash(unb64(one.sealed)));
  assert.deepEqual(act.fields, {
    card: card.sha256,
    case: theCase.id,
    channels: [CHANNEL],
    envelopes: hashes(body.envelopes),
    excluded: [blake.key, avery.key].sort(),
    grants: hashes(body.grants),
    uploads: ["2".repeat(64), "1".repeat(64)],
  });
  assert.deepEqual({ label: body.label, salt: body.salt }, labelAndSalt(reporter.log, 1));
  assert.equal(digest("received", act.fields).length, 32);
});

test("progress counts up to the end", async () => {
  const steps: [string, number, number][] = [];
  await sent({ onProgress: (...step) => steps.push(step) });
  assert.deepEqual(
    steps.map(([, done]) => done),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  assert.deepEqual(steps.at(-1), ["done", 9, 9]);
});

test("channels that are not on the card, or none, are refused", async () => {
  for (const channels of [[], ["dadadadadadadadadadadadada"], [CHANNEL, "dadadadadadadadadadadadada"]]) {
    await assert.rejects(sent({ channels }), FormatError);
  }
});

test("messages, notes and records are built as their readers expect", async () => {
  const place = { institution: INSTITUTION, case: theCase.id, day: DAY, log: reporter.log, number: 2 };
  const held = { case: new Map([[1, new Set([avery.key])]]), sheet: new Map(), brief: new Map() };
  const epochs = { case: new Map([[1, theCase.recipient]]), sheet: new Map<number, string>(), brief: new Map<number, string>(), held };
  const reader = { case: theCase.id, known, epochs, reporter: reporter.seal };
  const desk = { ...reader, identities: [{ scope: "case" as const, epoch: 1, identity: theCase.identity }] };
  const own = {
    ...reader,
    identities: [{ scope: "reporter" as const, epoch: 0, identity: reporter.identity }],
  };
  const both = [theCase.recipient, reporter.seal];
  const writing = { author: avery.author, role: "handler" as const, counter: 1, last: "", epoch: 1 };
  const message = await buildMessage({
    ...place,
    ...writing,
    recipients: both,
    text: "hello",
    files: [],
    uploads: [{ id: "a", sealed: "1".repeat(64) }],
  });
  const note = await buildNote({ ...place, ...writing, recipients: [theCase.recipient], text: "a note" });
  const content = { answers: [], pack: {}, language: "en", path: "quick" };
  const record = await buildRecord({ ...place, keys: reporter, counter: 1, expires: "2027-11-23", content });
  const listed = ({ body }: { body: JsonObject }) => {
    const { kind, epoch, sealed } = body["envelope"] as { kind: string; epoch: number; sealed: string };
    return { kind, epoch, sha256: "", sealed: unb64(sealed) };
  };
  const atDesk = await judge([message, note].map(listed), desk);
  const atHome = await judge([message, record].map(listed), own);
  for (const { faults, envelope } of [...atDesk, ...atHome])
    assert.deepEqual([faults, envelope?.case], [[], theCase.id]);
  assert.equal(atDesk[1]?.envelope?.body["text"], "a note");
  assert.deepEqual(message.act.fields, {
    case: theCase.id,
    envelope: atDesk[0]?.sha256 ?? "",
    uploads: ["1".repeat(64)],
  });
  assert.deepEqual(record.act.fields, { case: theCase.id, envelopes: [atHome[1]?.sha256 ?? ""] });
  assert.deepEqual(Object.keys(record.replacement.body).sort(), ["act", "envelope", "expires", "label", "number", "salt"]);
  assert.deepEqual(record.body["mailbox"], reporter.mailbox);
  const withdraw = await buildWithdraw(place, reporter.signer, ["0".repeat(64)]);
  assert.deepEqual(verifyStatement(withdraw.body["statement"] as string, "withdraw", keys.sign), {
    case: theCase.id,
    day: DAY,
  });
});
