// Keys: from words, wrapped, and split in shares.
import assert from "node:assert/strict";
import { test } from "node:test";
import { identityFromSeed, recipientOf, SealingError } from "./age.ts";
import { rootKey } from "./argon.ts";
import { b64, FormatError, hex, randomBytes, utf8 } from "./bytes.ts";
import { receiptKeysFromRoot, receiptSalt, unlockKeysFromRoot, unlockSalt } from "./derive.ts";
import { bucket, BUCKETS, pad, padme } from "./padding.ts";
import { combineShares, recoverIdentity, shareFromText, shareToText, splitSecret } from "./shares.ts";
import { DAY, handler, seedFor } from "./testing.ts";
import { prfWrapKey, unwrapKeyring, wrapKeyring } from "./wrapped.ts";

test("a root key depends on words and installation, and all keys on the root", async () => {
  const words = "abacus abdomen abdominal abide abiding ability ablaze";
  const root = await rootKey({ words, salt: receiptSalt("one") });
  assert.notEqual(hex(root), hex(await rootKey({ words, salt: receiptSalt("two") })));
  const [a, b] = [await receiptKeysFromRoot(root), await receiptKeysFromRoot(seedFor("x"))];
  for (const part of ["mailbox", "identity", "seal", "key"] as const) assert.notEqual(a[part], b[part], part);
  assert.notEqual(a.signer.sign, unlockKeysFromRoot(root).signer.sign);
  assert.notDeepEqual(unlockSalt("one", "a"), receiptSalt("one"));
  assert.notDeepEqual(unlockSalt("one", "a"), unlockSalt("one", "b"));
});

test("wrapped keys open with the same key only, and for the same purpose only", async () => {
  const { identity, key } = await handler("avery");
  const keyring = { seal: identity, sign: b64(seedFor("avery sign")) };
  const wrap = randomBytes(32);
  const blob = await wrapKeyring(keyring, "words", wrap, key);
  assert.deepEqual(await unwrapKeyring(blob, wrap), keyring);
  const passkey = await wrapKeyring(keyring, "prf", prfWrapKey(wrap), key, { credential: "AA", salt: "AA" });
  assert.deepEqual(await unwrapKeyring(passkey, prfWrapKey(wrap)), keyring);
  const other = (await handler("blake")).key;
  const otherEnd = blob.ciphertext.endsWith("AA") ? "BA" : "AA"; // by chance it may be the same
  const wrong = [
    () => unwrapKeyring(blob, randomBytes(32)),
    () => unwrapKeyring({ ...blob, method: "prf" }, wrap),
    () => unwrapKeyring({ ...blob, key: other }, wrap),
    () => unwrapKeyring({ ...blob, v: "upstander/wrapped-key/v2" }, wrap),
    () => unwrapKeyring({ ...blob, ciphertext: `${blob.ciphertext.slice(0, -2)}${otherEnd}` }, wrap),
    () => unwrapKeyring({ ...blob, iv: "AA" }, wrap),
  ];
  for (const [i, one] of wrong.entries()) await assert.rejects(one, FormatError, `blob ${i}`);
  const mislabelled = await wrapKeyring(keyring, "words", wrap, other);
  await assert.rejects(unwrapKeyring(mislabelled, wrap), FormatError);
  assert.ok(!JSON.stringify(blob).includes(DAY) && !JSON.stringify(blob).includes(identity));
});

test("enough shares bring a custodian's identity back, too few do not", async () => {
  const seed = randomBytes(32);
  const seal = await recipientOf(identityFromSeed(seed));
  const shares = await splitSecret(seed, 5, 3);
  assert.equal(await recoverIdentity([shares[4]!, shares[0]!, shares[2]!], seal), identityFromSeed(seed));
  assert.deepEqual(await combineShares(shares), seed);
  await assert.rejects(recoverIdentity(shares.slice(0, 2), seal), SealingError);
  const foreign = await splitSecret(randomBytes(32), 5, 3);
  await assert.rejects(
    recoverIdentity(
      [shares[0]!, shares[1]!, foreign[0]!].map((one, i) => Object.assign(one.slice(), { 32: i + 1 })),
      seal,
    ),
    SealingError,
  );
  for (const wrong of [
    [],
    [shares[0]!],
    [shares[0]!, shares[0]!],
    [shares[0]!, utf8("x")],
    [shares[0]!, new Uint8Array(33)],
  ]) {
    await assert.rejects(combineShares(wrong), FormatError);
  }
});

test("a share survives paper, and a slip of the pen is noticed", async () => {
  const [share] = await splitSecret(randomBytes(32), 3, 2);
  const printed = shareToText(share!);
  assert.match(printed, /^us1(-[a-z2-7]{4}){14}$/);
  assert.deepEqual(shareFromText(` ${printed.toUpperCase().replaceAll("-", " ")} `), share);
  for (let at = 4; at < printed.length; at++) {
    if (printed[at] === "-") continue;
    const slip = printed.slice(0, at) + (printed[at] === "a" ? "b" : "a") + printed.slice(at + 1);
    assert.throws(() => shareFromText(slip), FormatError, slip);
  }
  for (const wrong of ["", "us2-aaaa", printed.slice(0, -1), `${printed}a`, printed.replace("us1-", "")]) {
    assert.throws(() => shareFromText(wrong), FormatError, wrong);
  }
});

test("buckets and Padmé lengths", () => {
  assert.deepEqual([0, 1, 4096, 4097, 4 * 2 ** 20].map(bucket), [4096, 4096, 4096, 16384, 4 * 2 ** 20]);
  assert.throws(() => bucket(4 * 2 ** 20 + 1), FormatError);
  assert.equal(BUCKETS.length, 6);
  assert.equal(pad(utf8("x"))[0], 120);
  assert.deepEqual([0, 4096, 4097, 10_000, 65_537].map(padme), [4096, 4096, 4352, 10_240, 67_584]);
  for (let length = 4097; length < 10 ** 10; length = Math.floor(length * 1.37) + 1) {
    const padded = padme(length);
    assert.ok(padded >= length && padded <= length * 1.125 && padme(padded) === padded, String(length));
  }
});
