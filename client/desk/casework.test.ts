// A case as a handler opens it, and what her acts seal: to whom, under which key, and nothing to anybody else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { buildMessage } from "../lib/acts.ts";
import type { Built } from "../lib/acts.ts";
import { open as openAge } from "../lib/age.ts";
import { NO_ANSWER, Problem } from "../lib/api.ts";
import { b64, hash, keyId, unb64, utf8 } from "../lib/bytes.ts";
import type { Json, JsonObject } from "../lib/canonical.ts";
import { readCard } from "../lib/card.ts";
import { holds, makeAdmit, makeEpoch, opener } from "../lib/grant.ts";
import type { Scope } from "../lib/grant.ts";
import { leafBytes, leafHash, leafOf, shownKinds } from "../lib/leaf.ts";
import { lastDay } from "../lib/promise.ts";
import { peekStatement, signStatement, verifyStatement } from "../lib/statement.ts";
import { buildSubmission, newCase } from "../lib/submission.ts";
import { CHANNEL, DAY, installation, INSTALLATION, INSTITUTION, member, scene, signCard } from "../lib/testing.ts";
import type { Handler } from "../lib/testing.ts";
import { candidates, letIn, messageToReporter, noteForDesk, takeAway, takeStep, unsigned, whoStays } from "./builders.ts";
import { holdsSheet, openCase, openSheet } from "./opened.ts";
import type { AnsweredGrant, CaseAnswer, Keys, OpenCase } from "./opened.ts";
import { perform } from "./perform.ts";
import { read } from "./reading.ts";

const people = await scene();
const { avery, blake, casey, stranger, custodian, card, reporter } = people;
const theCase = await newCase();
const ask = { id: "where", question: "Where?", value: "x", text: "In the parade room.", ask_first: true };
const submission = await buildSubmission({
  card,
  keys: reporter,
  new_case: theCase,
  channels: [CHANNEL],
  excluded: [],
  account: { answers: [ask], sheet: [{ ...ask, id: "name", text: "A. Nyone" }], files: [], language: "en", wishes: {} },
  uploads: [],
  urgent: false,
  day: DAY,
});

type Entry = { id: string; kind: string; direction: string; epoch: number; sealed: string };
type SentGrant = { scope: Scope; epoch: number; to: string; sealed: string };
type SentEpoch = { scope: Scope; number: number; recipient: string; statement: string };

const body = submission.body as unknown as { envelopes: Entry[]; grants: SentGrant[]; epochs: string[] };
const REPORTER = { seal: reporter.seal, sign: reporter.signer.sign };

/** What the server answers to this handler. */
function answerFor(who: Handler, more: Partial<CaseAnswer> = {}): CaseAnswer {
  const listed = (entry: Entry, order: number, author: string) => ({
    ...entry,
    order,
    author,
    day: DAY,
    sha256: hash(unb64(entry.sealed)),
  });
  const scopes = ["case", "sheet"] as const;
  const recipients = { case: theCase.recipient, sheet: theCase.sheetRecipient };
  const holders = [avery, blake].map(({ key }) => ({
    key,
    person: key === avery.key ? "avery" : "blake",
    label: "A",
    day: DAY,
    scope: "case" as const,
    departed: false,
  }));
  return {
    case: theCase.id,
    state: "open",
    day: DAY,
    today: DAY,
    version: 1,
    urgent: false,
    reporter: REPORTER,
    declare: [],
    epochs: scopes.map((scope, i) => ({ scope, number: 1, recipient: recipients[scope], statement: body.epochs[i]! })),
    admits: [],
    envelopes: body.envelopes.map((entry, i) => listed(entry, i + 1, reporter.key)),
    steps: [],
    holders,
    due: [],
    uploads: [],
    grants: grantsFor(who, body.grants),
    excluded: [],
    candidates: [],
    allowed: [],
    outcomes: [],
    watch: { title: "", why: "", thanks: "", quiet_days: 14, questions: [], check_ins: [] },
    acts: [],
    record: { origin: "", checkpoint: "", proofs: [] },
    earlier: [],
    told: [],
    ...more,
  };
}

function grantsFor(who: Handler, sent: readonly SentGrant[]): AnsweredGrant[] {
  return sent.map(({ scope, epoch, to, sealed }, i) => ({
    id: String(i),
    scope,
    epoch,
    key: to,
    channel: to === custodian.key ? CHANNEL : "",
    sealed: to === who.key ? sealed : null,
  }));
}

function keysOf(who: Handler): Keys {
  return { key: who.key, open: opener(who.identity), signer: () => who.signer };
}

function opened(who: Handler, more: Partial<CaseAnswer> = {}): Promise<OpenCase> {
  return openCase(answerFor(who, more), card, keysOf(who));
}

function entryOf(built: Built): Entry {
  return built.body["envelope"] as unknown as Entry;
}

function withEnvelopes(who: Handler, ...entries: [Entry, string][]): Partial<CaseAnswer> {
  const base = answerFor(who).envelopes;
  const more = entries.map(([entry, author], i) => ({
    ...entry,
    order: base.length + 1 + i,
    author,
    day: DAY,
    sha256: hash(unb64(entry.sealed)),
  }));
  return { envelopes: [...base, ...more] };
}

test("a holder reads the report, and the sheet only when she opens it", async () => {
  const case_ = await opened(avery);
  assert.deepEqual(case_.judged.map(({ faults }) => faults), [[], ["closed"]]);
  assert.deepEqual(read(case_.judged[0]!.envelope!.body).answers, [
    { question: "Where?", text: "In the parade room.", askFirst: true, asked: null },
  ]);
  const sheet = await openSheet(case_, keysOf(avery));
  assert.equal(read(sheet.judged[1]!.envelope!.body).answers[0]!.text, "A. Nyone");
  assert.equal(holdsSheet(case_.answer, avery.key), true);
  const other = await opened(blake);
  assert.equal(holdsSheet(other.answer, blake.key), false);
  await assert.rejects(openSheet(other, keysOf(blake)), /no grant/);
});

test("a case does not open for somebody else, with another epoch, or with a handler's grant that lies", async () => {
  await assert.rejects(openCase(answerFor(stranger), card, keysOf(stranger)), /no grant/);
  const answer = answerFor(avery);
  const [first, second] = answer.epochs;
  await assert.rejects(opened(avery, { epochs: [{ ...first!, recipient: second!.recipient }, second!] }));
  const grants = answer.grants.map((one) => (one.scope === "case" ? { ...one, epoch: 2 } : one));
  await assert.rejects(opened(avery, { grants }), /never had/);
  await assert.rejects(opened(avery, { reporter: { seal: avery.seal, sign: avery.signer.sign } }));
});

test("messages are sealed to case and reporter, notes to the case alone", async () => {
  const case_ = await opened(blake);
  const message = entryOf(await messageToReporter(case_, "Which weeks?"));
  const note = entryOf(await noteForDesk(case_, "Ask for the rota."));
  assert.match(new TextDecoder().decode(await openAge(unb64(message.sealed), reporter.identity)), /Which weeks\?/);
  await assert.rejects(openAge(unb64(note.sealed), reporter.identity));
  const next = await opened(avery, withEnvelopes(avery, [message, blake.key], [note, blake.key]));
  assert.deepEqual(next.judged.slice(2).map(({ faults }) => faults), [[], []]);
  const again = entryOf(await messageToReporter(await opened(blake, withEnvelopes(blake, [message, blake.key])), "And?"));
  const both = await opened(avery, withEnvelopes(avery, [message, blake.key], [again, blake.key]));
  assert.deepEqual([both.judged[3]!.envelope!.counter, both.judged[3]!.envelope!.last], [2, both.judged[2]!.sha256]);
});

test("a message put in by somebody who is not of the case, twice, or out of order shows as such", async () => {
  const case_ = await opened(blake);
  const one = entryOf(await messageToReporter(case_, "One"));
  const two = entryOf(await messageToReporter(await opened(blake, withEnvelopes(blake, [one, blake.key])), "Two"));
  const asStranger = { ...case_, me: stranger.author };
  const forged = entryOf(await messageToReporter(asStranger, "I am a handler"));
  const faults = async (...entries: Entry[]) => {
    const listed = withEnvelopes(avery, ...entries.map((entry): [Entry, string] => [entry, blake.key]));
    return (await opened(avery, listed)).judged.slice(2).map((judged) => judged.faults.join());
  };
  assert.deepEqual(await faults(one, two), ["", ""]);
  assert.deepEqual(await faults(forged), ["forged"]);
  assert.deepEqual(await faults(one, one), ["", "replayed"]);
  assert.deepEqual(await faults(two, one), ["gap,unknown-last", "reordered"]);
  assert.deepEqual(await faults({ ...one, kind: "note" }), ["moved"]);
});

test("reasons go along with the step, and the promise must be about both", async () => {
  const case_ = await opened(avery);
  const step = await takeStep(case_, "closed", { outcome: "not-found", reasons: "We looked." });
  const [reasons] = step.body["envelopes"] as unknown as Entry[];
  assert.deepEqual(step.act.fields, {
    case: theCase.id,
    envelopes: [hash(unb64(reasons!.sealed))],
    outcome: "not-found",
    step: "closed",
  });
  assert.equal(step.body["version"], 1);
  assert.deepEqual((await takeStep(case_, "opened")).body["envelopes"], []);
});

test("a newcomer gets every key, old and new, and only if the card has her", async () => {
  const sheet = await openSheet(await opened(avery), keysOf(avery));
  const grants = (await letIn(sheet, blake, ["case", "sheet"])).body["grants"] as unknown as SentGrant[];
  assert.deepEqual(grants.map(({ scope, epoch, to }) => [scope, epoch, to]), [
    ["case", 1, blake.key],
    ["sheet", 1, blake.key],
  ]);
  const hers = await openSheet(await openCase({ ...answerFor(blake), grants: grantsFor(blake, grants) }, card, keysOf(blake)), keysOf(blake));
  assert.equal(read(hers.judged[1]!.envelope!.body).answers[0]!.text, "A. Nyone");
  await assert.rejects(letIn(await opened(blake), avery, ["sheet"]), /no key here/);
  const built = await letIn(sheet, casey, ["case"]);
  const admits = built.body["admits"] as string[];
  assert.deepEqual(built.act.fields["admits"], admits.map((admit) => hash(utf8(admit))));
  const { epochs } = await opened(avery, { admits });
  assert.deepEqual([holds(epochs, "case", 1, casey.key), holds(epochs, "sheet", 1, casey.key)], [true, false]);
  const offered = [avery, blake, casey, stranger].map(({ key, seal }) => ({ key, label: "", seal, channel: "" }));
  const none = { ...answerFor(avery), candidates: offered };
  const asked = (answer: CaseAnswer) => candidates({ ...sheet, answer });
  assert.deepEqual(asked(none), []);
  assert.deepEqual(asked({ ...none, holders: none.holders.slice(0, 1) }).map(({ key }) => key), [blake.key]);
  const shut = { ...none, holders: [], excluded: [{ key: blake.key, label: "" }] };
  assert.deepEqual(asked(shut).map(({ key }) => key), [avery.key]);
});

test("who is taken away gets no part of the next key", async () => {
  const case_ = await opened(avery);
  const built = await takeAway(case_, [blake.key]);
  const [epoch] = built.body["epochs"] as unknown as SentEpoch[];
  const grants = built.body["grants"] as unknown as SentGrant[];
  assert.deepEqual(grants.map(({ to, epoch }) => [to, epoch]).sort(), [[avery.key, 2], [custodian.key, 2]].sort());
  const said = verifyStatement(epoch!.statement, "epoch", avery.signer.sign);
  assert.deepEqual([said["epoch"], said["by"], said["scope"]], [2, avery.key, "case"]);
  assert.deepEqual(said["holders"], [avery.key, custodian.key].sort());
  assert.deepEqual([built.body["admits"], built.act.fields["admits"]], [[], []]);
  assert.deepEqual(built.act.fields["epochs"], [hash(utf8(epoch!.statement))]);
  assert.ok(!JSON.stringify(grants).includes(blake.key));
  await assert.rejects(takeAway(case_, [avery.key]), /Your own key/);
  const after = await opened(avery, {
    epochs: [...case_.answer.epochs, epoch!],
    grants: [...grantsFor(avery, body.grants), ...grantsFor(avery, grants)],
  });
  const message = entryOf(await messageToReporter(after, "After her."));
  assert.equal(message.epoch, 2);
  await assert.rejects(openAge(unb64(message.sealed), theCase.identity));
});

test("the next key goes to the custodian of the card, never to a key that is on no card", async () => {
  const case_ = await opened(avery);
  const old = { id: "9", scope: "case" as const, epoch: 1, key: stranger.key, channel: CHANNEL, sealed: null };
  const kept = case_.answer.grants.filter(({ key }) => key !== custodian.key);
  const before = new Map([[1, new Set([avery.key, blake.key, stranger.key])]]); // as if the reporter had sealed to it
  const epochs = { ...case_.epochs, held: { ...case_.epochs.held, case: before } };
  const replaced = { ...case_, epochs, answer: { ...case_.answer, grants: [...kept, old] } };
  const { body } = await takeAway(replaced, [blake.key]);
  assert.deepEqual((body["grants"] as unknown as SentGrant[]).map(({ to }) => to).sort(), [avery.key, custodian.key].sort());
  // The new custodian did not hold the last key: the next one lets her in.
  const [epoch] = body["epochs"] as unknown as SentEpoch[];
  assert.deepEqual(peekStatement(epoch!.statement, "epoch")["holders"], [avery.key]);
  assert.deepEqual((body["admits"] as string[]).map((admit) => peekStatement(admit, "admit")["to"]), [custodian.key]);
  const unknown = { ...replaced, answer: { ...case_.answer, grants: [...kept, { ...old, channel: "" }] } };
  await assert.rejects(takeAway(unknown, [blake.key]), /signed list/);
});

test("whom the server lists as a holder, and nobody let in, gets no part of the next key", async () => {
  const case_ = await opened(avery);
  const listed = (key: string, channel: string) => {
    const one = { id: "9", scope: "case" as const, epoch: 1, key, channel, sealed: null };
    return { ...case_, answer: { ...case_.answer, grants: [...case_.answer.grants, one] } };
  };
  assert.deepEqual(unsigned(case_), []);
  const more = { ...case_.answer.holders[0]!, key: casey.key, label: "C" };
  assert.deepEqual(unsigned({ ...case_, answer: { ...case_.answer, holders: [...case_.answer.holders, more] } }), ["C"]);
  for (const invented of [listed(casey.key, ""), listed(stranger.key, CHANNEL)]) {
    await assert.rejects(takeAway(invented, [blake.key]), /never let in/);
    assert.throws(() => whoStays(invented, [blake.key]), /never let in/);
  }
});

test("an epoch or an admit that holders did not sign closes the whole case, in words", async () => {
  const { epochs } = answerFor(avery);
  const identity = theCase.identity;
  const place = { case: theCase.id, day: DAY, scope: "case" as const };
  const next = { ...place, epoch: 2, identity, previous: theCase.recipient, holders: [casey.key] };
  const statement = await makeEpoch({ ...next, by: casey.author });
  const hers = { scope: "case" as const, number: 2, recipient: theCase.recipient, statement };
  await assert.rejects(opened(avery, { epochs: [...epochs, hers] }), /made by somebody who did not hold/);
  const admit = await makeAdmit({ ...place, epoch: 1, identity: casey.identity, to: casey.key });
  await assert.rejects(opened(avery, { admits: [admit] }), /signature is wrong/);
});

test("whom the report shuts out gets nothing, by whatever key and whatever the server lists", async () => {
  const shut = async (excluded: string[]) => {
    const input = { card, keys: reporter, new_case: theCase, channels: [CHANNEL], uploads: [], urgent: false, day: DAY };
    const made = await buildSubmission({ ...input, excluded, account: { answers: [ask], sheet: [], files: [], language: "en", wishes: {} } });
    const [sealed] = made.body["envelopes"] as unknown as Entry[];
    const envelope = { ...answerFor(avery).envelopes[0]!, ...sealed!, sha256: hash(unb64(sealed!.sealed)) };
    return opened(avery, { envelopes: [envelope], holders: [] });
  };
  const offered = [avery, blake].map(({ key, seal }) => ({ key, label: "", seal, channel: "" }));
  const case_ = await shut([blake.key]);
  const names = (open: OpenCase) => candidates({ ...open, answer: { ...open.answer, candidates: offered } }).map(({ key }) => key);
  assert.deepEqual([names(await shut([])), names(case_)], [[avery.key, blake.key], [avery.key]]);
  await assert.rejects(letIn(case_, blake, ["case"]), /shut out/);
  // The server lists blake as a holder: the next key is not sealed to her, whoever else leaves.
  await assert.rejects(takeAway(case_, []), /shut out/);
  assert.throws(() => whoStays(case_, []), /shut out/);
  const { label } = card.channels[0]!.members.find(({ key }) => key === blake.key)!;
  const second = { ...(await member(stranger, blake.key, blake.signer, false)), label };
  const members = [...card.channels[0]!.members.map((one) => ({ ...one })), second] as unknown as Json;
  const newer = readCard(await signCard(members, { ...card.channels[0]!.custodian }, { version: 2 }), installation.sign);
  await assert.rejects(letIn({ ...case_, card: newer }, stranger, ["case"]), /shut out/);
  await assert.rejects(letIn({ ...case_, judged: [] }, avery, ["case"]), /does not open/);
});

test("who stays is shown by the names on the card", async () => {
  const case_ = await opened(avery);
  const mine = card.channels[0]!.members.find(({ key }) => key === avery.key)!.label;
  assert.deepEqual(whoStays(case_, [blake.key]), [mine, "the paper shares of Professional standards"]);
  assert.equal(whoStays(case_, []).length, 3);
});

test("the sheet's key turns when somebody who held it leaves", async () => {
  const first = await opened(avery);
  const hers = { id: "8", scope: "sheet" as const, epoch: 1, key: blake.key, channel: "", sealed: null };
  const both = { ...first, answer: { ...first.answer, grants: [...first.answer.grants, hers] } };
  const built = await takeAway(both, [blake.key]);
  assert.deepEqual((built.body["epochs"] as unknown as SentEpoch[]).map(({ scope }) => scope), ["case", "sheet"]);
  const grants = built.body["grants"] as unknown as SentGrant[];
  assert.deepEqual(grants.filter(({ scope }) => scope === "sheet").map(({ to }) => to).sort(), [avery.key, custodian.key].sort());
  const [, sheet] = grants.filter(({ to }) => to === avery.key);
  const text = new TextDecoder().decode(await openAge(unb64(sheet!.sealed), avery.identity));
  assert.equal(peekStatement(text, "grant")["log"], "");
});

const NOW = new Date().toISOString().slice(0, 10);
const HERE = { installation: INSTALLATION, key: installation.sign };

async function promiseFor(built: Built, changes: JsonObject = {}): Promise<string> {
  const leaf = leafHash(leafBytes(leafOf(built.act, shownKinds(built.act.kind)[0]!, NOW)));
  const days = { day: NOW, by: lastDay(NOW) };
  const said: JsonObject = { ...days, act: built.act.act, institution: INSTITUTION, leaf, log: HERE.installation, ...changes };
  return signStatement("promise", said, installation);
}

test("an act is repeated as it is while no answer comes, and its promise is checked", async () => {
  const built = await noteForDesk(await opened(avery), "Once.");
  const sent: JsonObject[] = [];
  const flaky = async (_: string, body: JsonObject) => {
    sent.push(body);
    if (sent.length < 3) throw new Problem(NO_ANSWER, "There was no answer.", 0);
    return { promise: await promiseFor(built) };
  };
  await perform("/x", built, HERE, flaky, [0, 0]);
  assert.equal(sent.length, 3);
  assert.deepEqual(sent[0], sent[2]);
  const refusing = () => Promise.reject(new Problem("conflict", "Changed.", 409));
  await assert.rejects(perform("/x", built, HERE, refusing, [0, 0]), /Changed/);
  const lies: JsonObject[] = [{ leaf: "0".repeat(64) }, { act: avery.key }, { institution: "wexhollow" }, { log: "another" }];
  for (const changes of lies) {
    const lying = async () => ({ promise: await promiseFor(built, changes) });
    await assert.rejects(perform("/x", built, HERE, lying, []), `${JSON.stringify(changes)}`);
  }
});

test("while colleagues act in the same case, the act takes the next number; what was sealed stays", async () => {
  const built = await noteForDesk({ ...(await opened(avery)), next: 2 }, "Once.");
  const sent: JsonObject[] = [];
  const busy = async (_: string, body: JsonObject) => {
    sent.push(body);
    const next = 2 + sent.length;
    if (sent.length < 3) throw new Problem("act-number", "Taken.", 409, { next });
    return { promise: await promiseFor(built) };
  };
  await perform("/x", built, HERE, busy, []);
  assert.deepEqual(sent.map(({ number }) => number), [2, 3, 4]);
  assert.deepEqual([sent[0]!["act"], sent[0]!["envelope"]], [sent[2]!["act"], sent[2]!["envelope"]]);
  assert.equal(new Set(sent.map(({ label }) => label)).size, 3);
  assert.equal(built.act.number, 4); // trying again later sends this number
  let tries = 0;
  const never = () => Promise.reject(new Problem("act-number", "Taken.", 409, { next: 5 + tries++ }));
  await assert.rejects(perform("/x", built, HERE, never, []), Problem);
  assert.equal(tries, 5);
  for (const next of [1, built.act.number, 1.5, "x", undefined]) {
    const lying = () => Promise.reject(new Problem("act-number", "Taken.", 409, { next }));
    await assert.rejects(perform("/x", built, HERE, lying, []), { name: "FormatError" });
  }
});

test("the reporter's own messages are told from a handler's", async () => {
  const case_ = await opened(avery);
  const { epochs } = case_;
  const built = await buildMessage({
    institution: INSTITUTION,
    case: theCase.id,
    day: DAY,
    log: reporter.log,
    number: 2,
    author: { key: reporter.key, signer: reporter.signer },
    role: "reporter",
    counter: 1,
    last: "",
    epoch: 1,
    recipients: [epochs.case.get(1)!, reporter.seal],
    text: "In October.",
    files: [],
    uploads: [],
  });
  const next = await opened(avery, withEnvelopes(avery, [entryOf(built), reporter.key]));
  const envelope = next.judged[2]!.envelope!;
  assert.deepEqual([next.judged[2]!.faults, envelope.role, envelope.author], [[], "reporter", keyId(REPORTER.sign, REPORTER.seal)]);
  assert.equal(b64(unb64(entryOf(built).sealed)), entryOf(built).sealed as Json);
});
