// What the keyring worker does with a key, and when a key may pass from one page to the next.
import assert from "node:assert/strict";
import { test } from "node:test";
import { open, recipientOf, seal } from "../lib/age.ts";
import { randomBytes, text, utf8 } from "../lib/bytes.ts";
import { signStatement, verifyStatement } from "../lib/statement.ts";
import { unwrapKeyring } from "../lib/wrapped.ts";
import { HANDOVER, mayWake, parseCarried, touched } from "./carry.ts";
import type { Carried } from "./carry.ts";
import { LockedError, Vault } from "./vault.ts";
import type { MadeKey } from "./vault.ts";

const NONE = { credential: "", salt: "" };

async function made(): Promise<{ key: MadeKey; wrap: Uint8Array; vault: Vault }> {
  const wrap = randomBytes(32);
  const key = await Vault.make([{ method: "words", wrap, passkey: NONE }]);
  return { key, wrap, vault: new Vault() };
}

function browserKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

test("a closed vault opens and signs nothing", async () => {
  const { key, vault } = await made();
  const sealed = await seal(utf8("hello"), [key.seal]);
  assert.throws(() => vault.open(sealed), LockedError);
  await assert.rejects(vault.sign(utf8('upstander/enrol/v1\n{"a":1}\n')), LockedError);
  await assert.rejects(
    browserKey().then((under) => vault.carry(under)),
    LockedError,
  );
});

test("words open the vault; it then opens what is sealed to its key and signs as it", async () => {
  const { key, wrap, vault } = await made();
  assert.deepEqual(await vault.unlock(key.wrapped[0]!, wrap), {
    key: key.key,
    seal: key.seal,
    sign: key.sign,
  });
  assert.equal(text(await vault.open(await seal(utf8("hello"), [key.seal]))), "hello");
  const signer = { sign: key.sign, sign_bytes: (data: Uint8Array) => vault.sign(data) };
  const statement = await signStatement("enrol", { by: key.key }, signer);
  assert.deepEqual(verifyStatement(statement, "enrol", key.sign), { by: key.key });
});

test("other words do not open it, and a wrapped key passed off as another is refused", async () => {
  const { key, wrap, vault } = await made();
  const other = await made();
  await assert.rejects(vault.unlock(key.wrapped[0]!, randomBytes(32)));
  await assert.rejects(vault.unlock({ ...key.wrapped[0]!, key: other.key.key }, wrap));
  assert.throws(() => vault.open(new Uint8Array(10)), LockedError);
});

test("only statements are signed", async () => {
  const { key, wrap, vault } = await made();
  await vault.unlock(key.wrapped[0]!, wrap);
  await assert.rejects(vault.sign(utf8("pay 100 to the bearer")), /Only statements/);
  await assert.rejects(vault.sign(utf8("upstander/enrol/v1")), /Only statements/);
});

test("one more wrapping needs a wrapping key, not an open vault", async () => {
  const { key, wrap } = await made();
  const next = {
    method: "prf",
    wrap: randomBytes(32),
    passkey: { credential: "AAAA", salt: "BBBB" },
  } as const;
  const blob = await Vault.rewrap(key.wrapped[0]!, wrap, next);
  assert.equal(blob.key, key.key);
  assert.equal(await recipientOf((await unwrapKeyring(blob, next.wrap)).seal), key.seal);
  await assert.rejects(Vault.rewrap(key.wrapped[0]!, randomBytes(32), next));
});

test("what is carried wakes under the same browser key only", async () => {
  const { key, wrap, vault } = await made();
  await vault.unlock(key.wrapped[0]!, wrap);
  const under = await browserKey();
  const carried = await vault.carry(under);
  const next = new Vault();
  assert.equal((await next.wake(carried, under)).key, key.key);
  assert.equal(text(await next.open(await seal(utf8("again"), [key.seal]))), "again");
  const later = new Vault();
  await assert.rejects(later.wake(carried, await browserKey()));
  await assert.rejects(later.wake("damaged", under));
  assert.ok(!carried.includes(key.sign));
});

test("a made key opens with age alone", async () => {
  const { key, wrap } = await made();
  const { seal: identity } = await unwrapKeyring(key.wrapped[0]!, wrap);
  assert.equal(text(await open(await seal(utf8("plain age"), [key.seal]), identity)), "plain age");
});

const NOW = 1_800_000_000_000;
const CARRIED: Carried = { slot: "s", sealed: "x", key: "k", until: NOW + 60_000, seen: NOW - 1000 };

test("moving to the next page keeps the key open; a closed tab, idling or a changed clock does not", () => {
  assert.equal(mayWake(CARRIED, NOW), true);
  assert.equal(mayWake({ ...CARRIED, seen: NOW - HANDOVER }, NOW), true);
  assert.equal(mayWake({ ...CARRIED, seen: NOW - HANDOVER - 1 }, NOW), false);
  assert.equal(mayWake({ ...CARRIED, until: NOW }, NOW), false);
  assert.equal(mayWake({ ...CARRIED, seen: NOW + 2 * HANDOVER, until: NOW + 9 * HANDOVER }, NOW), false);
});

test("a sign of life moves the deadline on", () => {
  const next = touched(CARRIED, NOW, 900_000);
  assert.deepEqual([next.until, next.seen, next.slot], [NOW + 900_000, NOW, "s"]);
});

test("what is stored but not whole counts as nothing", () => {
  assert.deepEqual(parseCarried(JSON.stringify(CARRIED)), CARRIED);
  for (const stored of [
    null,
    "",
    "{",
    "null",
    "[]",
    '{"slot":"s"}',
    JSON.stringify({ ...CARRIED, until: "soon" }),
  ]) {
    assert.equal(parseCarried(stored), undefined);
  }
});
