// Opens and checks what Python sealed and signed: tests/vectors/py, made by tests/vectors/make_py.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { identityFromSeed, inspect, open, recipientOf } from "./age.ts";
import { rootKey } from "./argon.ts";
import { b64, hash, hex, unb64, utf8 } from "./bytes.ts";
import { decode, encode } from "./canonical.ts";
import type { JsonObject } from "./canonical.ts";
import { knownHandlers, readCard } from "./card.ts";
import { receiptKeysFromRoot, receiptSalt, unlockKeysFromRoot, unlockSalt } from "./derive.ts";
import { openEnvelope, verifyEnvelope } from "./envelope.ts";
import { checkEpochs, openGrant, opener, reporterKnown } from "./grant.ts";
import type { KnownKey, ListedEpoch, ReporterKeys, Scope } from "./grant.ts";
import { judge } from "./judge.ts";
import type { Fault, Identity } from "./judge.ts";
import { commitment, digest, labelAndSalt, leafBytes, leafHash } from "./leaf.ts";
import type { LeafKind, ShownKind } from "./leaf.ts";
import { checkPromise } from "./promise.ts";
import { bucket, padme } from "./padding.ts";
import { recoverIdentity, shareFromText, shareToText } from "./shares.ts";
import { signerFromSeed, signStatement, peekStatement, verifyStatement } from "./statement.ts";
import { parseWords, WordsError } from "./words.ts";
import { unwrapKeyring } from "./wrapped.ts";
import type { WrappedKey } from "./wrapped.ts";

const FOLDER = "tests/vectors/py";

function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(`${FOLDER}/${name}.json`, "utf8")) as T;
}

test("canonical JSON", () => {
  const { good, bad } = vectors<{ good: string[]; bad: string[] }>("canonical");
  for (const one of good) assert.deepEqual(b64(encode(decode(unb64(one)))), one);
  for (const one of bad) assert.throws(() => decode(unb64(one)), one);
  assert.ok(good.length > 5 && bad.length > 5);
});

interface WordsFile {
  installation: string;
  username: string;
  words: string;
  receipt: {
    mailbox_id: string;
    mailbox: string;
    identity: string;
    seal: string;
    sign: string;
    key: string;
    log: string;
  };
  unlock: { words: string; wrap: string; sign: string };
  typed: { text: string; words: string | null; index: number | null }[];
}

test("words and the keys behind them", async () => {
  const { installation, username, words, receipt, unlock, typed } = vectors<WordsFile>("words");
  const keys = await receiptKeysFromRoot(await rootKey({ words, salt: receiptSalt(installation) }));
  const { mailbox, identity, seal, key } = keys;
  const found = {
    mailbox_id: b64(keys.mailboxId),
    mailbox,
    identity,
    seal,
    sign: keys.signer.sign,
    key,
    log: b64(keys.log),
  };
  assert.deepEqual(found, receipt);
  const made = unlockKeysFromRoot(
    await rootKey({ words: unlock.words, salt: unlockSalt(installation, username) }),
  );
  assert.deepEqual([b64(made.wrap), made.signer.sign], [unlock.wrap, unlock.sign]);
  for (const { text, words: right, index } of typed) {
    if (right !== null) assert.equal(parseWords(text).join(" "), right, text);
    else
      assert.throws(
        () => parseWords(text),
        (error) => error instanceof WordsError && (index === null || error.index === index),
        text,
      );
  }
});

test("statements", async () => {
  interface File {
    seed: string;
    sign: string;
    good: { kind: string; body: JsonObject; text: string }[];
    bad: { kind: string; text: string }[];
  }
  const { seed, sign, good, bad } = vectors<File>("statements");
  const signer = signerFromSeed(unb64(seed));
  assert.equal(signer.sign, sign);
  for (const { kind, body, text } of good) {
    assert.deepEqual(verifyStatement(text, kind, sign), body);
    assert.equal(await signStatement(kind, body, signer), text);
  }
  for (const { kind, text } of bad)
    assert.throws(() => verifyStatement(text, kind, sign), JSON.stringify(text));
});

test("age files", async () => {
  interface File {
    good: { plain: string; sealed: string; identities: string[]; recipients: string[] }[];
    bad: { sealed: string; identity: string; why: string }[];
  }
  const { good, bad } = vectors<File>("age");
  for (const { plain, sealed, identities, recipients } of good) {
    for (const identity of identities) assert.equal(b64(await open(unb64(sealed), identity)), plain);
    assert.equal(inspect(unb64(sealed)).stanzas, recipients.length);
    for (const [i, identity] of identities.entries())
      assert.equal(await recipientOf(identity), recipients[i]);
  }
  for (const { sealed, identity, why } of bad)
    await assert.rejects(open(unb64(sealed), identity), Error, why);
});

interface Context {
  case: string;
  reporter: ReporterKeys;
  known: Record<string, KnownKey>;
  epochs: ListedEpoch[];
  admits: string[];
}

test("conversations are judged alike", async () => {
  interface Expected {
    faults: Fault[];
    missing: number;
    author: string | null;
    counter: number | null;
  }
  interface View {
    name: string;
    held: Identity[];
    items: { kind: string; epoch: number; sha256: string; sealed: string | null }[];
    expect: Expected[];
  }
  type Broken = { why: string; epochs: ListedEpoch[]; admits: string[] };
  const file = vectors<Context & { views: View[]; bad_epochs: Broken[] }>("conversation");
  const known = new Map(Object.entries(file.known));
  const epochs = checkEpochs(file.epochs, file.admits, file.case, known);
  for (const { name, held, items, expect } of file.views) {
    const listed = items.map((item) => ({
      ...item,
      sealed: item.sealed === null ? undefined : unb64(item.sealed),
    }));
    const reader = { case: file.case, known, epochs, reporter: file.reporter.seal, identities: held };
    const found = (await judge(listed, reader)).map(({ faults, missing, envelope }) => ({
      faults,
      missing,
      author: envelope?.author ?? null,
      counter: envelope?.counter ?? null,
    }));
    assert.deepEqual(found, expect, name);
  }
  for (const { why, epochs: broken, admits } of file.bad_epochs)
    assert.throws(() => checkEpochs(broken, admits, file.case, known), Error, why);
});

test("grants", async () => {
  interface Given {
    sealed: string;
    scope: Scope;
    epoch: number;
    recipient: string;
    to: string;
    opens: string;
    expect: { by: string; role: string; identity: string; log: string };
    why: string;
  }
  const file = vectors<Context & { good: Given[]; bad: Given[] }>("grants");
  const known = new Map(Object.entries(file.known));
  const opened = ({ sealed, scope, epoch, recipient, to, opens }: Given) =>
    openGrant(unb64(sealed), opener(opens), {
      case: file.case,
      scope,
      epoch,
      recipient,
      to,
      reporter: file.reporter,
      known,
    });
  for (const given of file.good) {
    const { by, role, identity, log } = await opened(given);
    assert.deepEqual({ by, role, identity, log: b64(log) }, given.expect);
  }
  for (const given of file.bad) await assert.rejects(opened(given), Error, given.why);
});

test("cards", () => {
  const file = vectors<{
    sign: string;
    text: string;
    sha256: string;
    keys: string[];
    bad: { why: string; text: string }[];
  }>("card");
  const card = readCard(file.text, file.sign);
  assert.equal(card.sha256, file.sha256);
  assert.deepEqual(
    knownHandlers(card).map(([key]) => key),
    file.keys,
  );
  for (const { why, text } of file.bad) assert.throws(() => readCard(text, file.sign), Error, why);
});

test("wrapped keys", async () => {
  interface One {
    blob: WrappedKey;
    wrap: string;
    keyring: { seal: string; sign: string };
    why: string;
  }
  const { good, bad } = vectors<{ good: One[]; bad: One[] }>("wrapped");
  for (const { blob, wrap, keyring } of good)
    assert.deepEqual(await unwrapKeyring(blob, unb64(wrap)), keyring);
  for (const { blob, wrap, why } of bad) await assert.rejects(unwrapKeyring(blob, unb64(wrap)), Error, why);
});

test("shares", async () => {
  const { secret, needs, shares, seal } = vectors<{
    secret: string;
    needs: number;
    shares: string[];
    seal: string;
  }>("shares");
  const read = shares.map(shareFromText);
  assert.equal(await recoverIdentity(read.slice(-needs), seal), identityFromSeed(unb64(secret)));
  await assert.rejects(recoverIdentity(read.slice(0, needs - 1), seal));
  assert.deepEqual(read.map(shareToText), shares);
});

test("padding", () => {
  const file = vectors<{ bucket: [number, number][]; padme: [number, number][] }>("padding");
  for (const [length, size] of file.bucket) assert.equal(bucket(length), size);
  for (const [length, size] of file.padme) assert.equal(padme(length), size);
});

test("leaves and promises", () => {
  interface File {
    log: string;
    acts: {
      act: string;
      number: number;
      kind: LeafKind;
      shown: ShownKind;
      of: string;
      day: string;
      fields: JsonObject;
      label: string;
      salt: string;
      digest: string;
      commitment: string;
      leaf: string;
    }[];
    promise: { sign: string; text: string; act: string; institution: string; leaf: string; day: string; by: string };
  }
  const { log, acts, promise } = vectors<File>("leaf");
  const secret = unb64(log, 32);
  for (const { act: _, number, kind, shown, of, day, fields, ...expected } of acts) {
    const { label, salt } = labelAndSalt(secret, number);
    const made = commitment(unb64(salt), digest(kind, fields));
    const leaf = leafHash(leafBytes({ kind: shown, day, label, commitment: made, of }));
    assert.deepEqual(
      { label, salt, digest: hex(digest(kind, fields)), commitment: made, leaf },
      expected,
      kind,
    );
  }
  const promised = acts.find(({ act }) => act === promise.act)!;
  const { institution } = promise;
  const by = { installation: String(peekStatement(promise.text, "promise")["log"]), key: promise.sign };
  const { leaf, by: last } = checkPromise(promise.text, by, { ...promised, institution, log: secret }, promise.day);
  assert.deepEqual([leaf, last], [promise.leaf, promise.by]);
  assert.throws(() =>
    checkPromise(promise.text, by, { ...promised, institution, log: secret, act: acts[1]!.act }, promise.day),
  );
});

interface SubmissionFile {
  sign: string;
  card: string;
  words: string;
  installation: string;
  body: {
    act: string;
    case: string;
    card: string;
    channels: string[];
    excluded: string[];
    reporter: ReporterKeys;
    epochs: string[];
    recipients: { case: string; sheet: string };
    envelopes: { kind: string; sealed: string }[];
    grants: { scope: Scope; epoch: number; to: string; sealed: string }[];
    label: string;
    salt: string;
  };
  uploads: string[];
  day: string;
  leaf: string;
  handler: { key: string; identity: string };
  answers: JsonObject[];
  sheet: JsonObject[];
  holders: string[];
}

test("a whole report, read by a handler who has her key and nothing else", async () => {
  const { body, handler, ...file } = vectors<SubmissionFile>("submission");
  const card = readCard(file.card, file.sign);
  assert.equal(body.card, card.sha256);
  const known = new Map([...knownHandlers(card), reporterKnown(body.reporter)]);
  const recipients = [body.recipients.case, body.recipients.sheet];
  const listed = body.epochs.map((statement, i) => ({
    scope: (["case", "sheet"] as const)[i]!,
    number: 1,
    recipient: recipients[i]!,
    statement,
  }));
  const epochs = checkEpochs(listed, [], body.case, known);
  const read: Record<string, unknown> = {};
  for (const [i, scope] of (["case", "sheet"] as const).entries()) {
    const sealed = body.grants.find((grant) => grant.scope === scope && grant.to === handler.key)!.sealed;
    const expected = {
      case: body.case,
      scope,
      epoch: 1,
      recipient: epochs[scope].get(1)!,
      to: handler.key,
      reporter: body.reporter,
      known,
    };
    const grant = await openGrant(unb64(sealed), opener(handler.identity), expected);
    const envelope = verifyEnvelope(
      await openEnvelope(unb64(body.envelopes[i]!.sealed), grant.identity),
      known,
    );
    read[scope] = envelope.body["answers"];
  }
  assert.deepEqual(read, { case: file.answers, sheet: file.sheet });
  const keys = await receiptKeysFromRoot(
    await rootKey({ words: file.words, salt: receiptSalt(file.installation) }),
  );
  const { label, salt } = labelAndSalt(keys.log, 1);
  assert.deepEqual({ label, salt }, { label: body.label, salt: body.salt });
  const hashes = (sealed: { sealed: string }[]): string[] => sealed.map((one) => hash(unb64(one.sealed)));
  const fields = {
    card: hash(utf8(file.card)),
    case: body.case,
    channels: [...body.channels].sort(),
    envelopes: hashes(body.envelopes),
    excluded: [...body.excluded].sort(),
    grants: hashes(body.grants),
    uploads: file.uploads,
  };
  assert.equal(
    leafHash(
      leafBytes({
        ...{ kind: "received", day: file.day, label },
        commitment: commitment(unb64(salt), digest("received", fields)),
      }),
    ),
    file.leaf,
  );
  const people = new Set(
    body.grants
      .map(({ to }) => to)
      .filter((key) => card.channels.every(({ custodian }) => custodian.key !== key)),
  );
  assert.deepEqual([...people].sort(), [...file.holders].sort());
});
