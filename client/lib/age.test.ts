import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Encrypter,
  generateHybridIdentity,
  generateX25519Identity,
  identityToRecipient,
} from "age-encryption";
import {
  checkRecipient,
  identityFromSeed,
  inspect,
  newIdentity,
  open,
  openStream,
  recipientOf,
  seal,
  SealingError,
  sealStream,
  seedOf,
} from "./age.ts";
import { concat, FormatError, randomBytes, text, utf8 } from "./bytes.ts";

const identity = await newIdentity();
const recipient = await recipientOf(identity);
const second = await newIdentity();

test("what is sealed opens with each recipient's identity and no other", async () => {
  const sealed = await seal(utf8("words"), [recipient, await recipientOf(second)]);
  assert.equal(text(await open(sealed, identity)), "words");
  assert.equal(text(await open(sealed, [await newIdentity(), second])), "words");
  await assert.rejects(open(sealed, await newIdentity()), SealingError);
  assert.deepEqual(inspect(sealed).stanzas, 2);
});

test("an identity is its seed", async () => {
  const seed = randomBytes(32);
  assert.deepEqual(seedOf(identityFromSeed(seed)), seed);
  assert.throws(() => identityFromSeed(new Uint8Array(31)), FormatError);
  for (const wrong of [
    "",
    await generateX25519Identity(),
    identity.toLowerCase(),
    identity.slice(0, -1),
    `${identity}Q`,
  ]) {
    assert.throws(() => seedOf(wrong), FormatError, wrong);
  }
});

test("only hybrid recipients are sealed to", async () => {
  const classic = await identityToRecipient(await generateX25519Identity());
  for (const wrong of [
    classic,
    "",
    "age1tag1qq",
    recipient.toUpperCase(),
    `${recipient}q`,
    recipient.slice(0, -1),
    ` ${recipient}`,
  ]) {
    await assert.rejects(seal(utf8("x"), [recipient, wrong]), SealingError, wrong.slice(0, 20));
  }
  const damaged = recipient.slice(0, 100) + (recipient[100] === "q" ? "p" : "q") + recipient.slice(101);
  await assert.rejects(seal(utf8("x"), [damaged]), SealingError);
  await assert.rejects(seal(utf8("x"), []), SealingError);
  assert.throws(() => checkRecipient(classic), SealingError);
});

test("a file that is sealed in any other way is refused", async () => {
  const mixed = new Encrypter();
  mixed.addRecipient(recipient);
  mixed.addRecipient(await identityToRecipient(await generateX25519Identity()));
  const passphrase = new Encrypter();
  passphrase.setScryptWorkFactor(2);
  passphrase.setPassphrase("x");
  const grease = { wrapFileKey: () => [{ args: ["x-grease", "abc"], body: new Uint8Array(5) }] };
  const greased = new Encrypter();
  greased.addRecipient(recipient);
  greased.addRecipient(grease);
  for (const maker of [mixed, passphrase, greased]) {
    const file = await maker.encrypt("x");
    assert.throws(() => inspect(file), SealingError);
    await assert.rejects(open(file, identity), SealingError);
  }
});

test("damage anywhere is noticed", async () => {
  const sealed = await seal(utf8("words"), [recipient]);
  for (let at = 0; at < sealed.length; at += 29) {
    const changed = new Uint8Array(sealed);
    changed[at]! ^= 1;
    await assert.rejects(open(changed, identity), SealingError, `byte ${at}`);
  }
  for (const length of [0, 1, 21, 22, 100, 1626, 1627, sealed.length - 1]) {
    await assert.rejects(open(sealed.slice(0, length), identity), SealingError, `length ${length}`);
  }
  await assert.rejects(open(concat(sealed, new Uint8Array(1)), identity), SealingError);
});

test("inspect tells header and recipients, and refuses endless ones", async () => {
  const sealed = await seal(new Uint8Array(0), [recipient]);
  assert.deepEqual(inspect(sealed), { stanzas: 1, header_bytes: 1627 });
  const head = text(sealed.slice(0, 1627)).split("\n");
  const many = [head[0], ...Array.from({ length: 65 }, () => [head[1], head[2]]).flat(), head[3], ""].join(
    "\n",
  );
  assert.throws(() => inspect(utf8(many)), SealingError);
  assert.throws(() => inspect(utf8(`${head[0]}\n${head[3]}\n`)), SealingError);
});

test("streams seal and open in pieces, and a cut stream ends in an error", async () => {
  const content = concat(...Array.from({ length: 4 }, () => randomBytes(50_001)));
  const sealed = new Uint8Array(
    await new Response(await sealStream(new Blob([content]).stream(), [recipient])).arrayBuffer(),
  );
  assert.deepEqual(await open(sealed, identity), content);
  const opened = await openStream(inPieces(sealed, 777), identity);
  assert.deepEqual(new Uint8Array(await new Response(opened).arrayBuffer()), content);
  const cut = await openStream(inPieces(sealed.slice(0, 150_000), 777), identity);
  await assert.rejects(new Response(cut).arrayBuffer());
  await assert.rejects(openStream(inPieces(sealed, 777), await newIdentity()), SealingError);
  await assert.rejects(openStream(inPieces(utf8("not age"), 3), identity), SealingError);
});

test("the identity that typage makes is one of ours", async () => {
  assert.equal(seedOf(await generateHybridIdentity()).length, 32);
});

function inPieces(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, (at += size)));
    },
  });
}
