import assert from "node:assert/strict";
import { test } from "node:test";
import {
  b64,
  base32,
  concat,
  equal,
  fingerprint,
  FormatError,
  hash,
  hex,
  hkdf,
  isId,
  keyId,
  newId,
  randomBytes,
  text,
  unb64,
  unbase32,
  unhex,
  utf8,
} from "./bytes.ts";

test("b64 round trips every length and agrees with Node", () => {
  for (let length = 0; length < 70; length++) {
    const bytes = randomBytes(length);
    assert.equal(b64(bytes), Buffer.from(bytes).toString("base64url"));
    assert.deepEqual(unb64(b64(bytes), length), bytes);
    assert.deepEqual(unbase32(base32(bytes), length), bytes);
    assert.deepEqual(unhex(hex(bytes), length), bytes);
  }
});

test("b64 refuses padding, other alphabets, white space, stray bits and wrong lengths", () => {
  for (const wrong of ["AA==", "A", "AB", "AAB", "A+A", "A/A", "AA A", "AA\n", "AAA\u00e9", "AAAAA"]) {
    assert.throws(() => unb64(wrong), FormatError, wrong);
  }
  assert.throws(() => unb64("AAAA", 2), FormatError);
});

test("hexadecimal is lower case and even", () => {
  for (const wrong of ["0", "AA", "0g", "0x00", " 00"]) assert.throws(() => unhex(wrong), FormatError, wrong);
});

test("ids have one spelling", () => {
  assert.ok(isId(newId()));
  assert.notEqual(newId(), newId());
  for (const wrong of [
    "",
    "a".repeat(25),
    "a".repeat(27),
    "A".repeat(26),
    `${"a".repeat(25)}b`,
    "1".repeat(26),
    null,
    7,
  ]) {
    assert.ok(!isId(wrong), String(wrong));
  }
});

test("fingerprints and key ids are ids, and depend on every part", () => {
  assert.ok(isId(fingerprint("")));
  assert.notEqual(keyId("a", "b"), keyId("", "b"));
  assert.notEqual(keyId("a", "b"), keyId("b", "a"));
});

test("text is strict UTF-8", () => {
  assert.equal(text(utf8("é\u0000\u{1F468}\u202e\ufeff")), "é\u0000\u{1F468}\u202e\ufeff");
  assert.equal(text(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])), "\ufeffa");
  assert.throws(() => text(new Uint8Array([0xff])), FormatError);
  assert.throws(() => text(new Uint8Array([0xed, 0xa0, 0x80])), FormatError);
  assert.throws(() => utf8("\ud800"), FormatError);
  assert.throws(() => utf8("\udc00\ud800"), FormatError);
});

test("HKDF and SHA-256 give published values", () => {
  assert.equal(hash(utf8("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const rfc5869 = hkdf(new Uint8Array(22).fill(11), "", 42); // test case 3: no salt, no info
  assert.equal(
    hex(rfc5869),
    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
  );
});

test("equal compares content and length", () => {
  assert.ok(equal(concat(utf8("a"), utf8("b")), utf8("ab")));
  assert.ok(!equal(utf8("a"), utf8("ab")));
  assert.ok(!equal(utf8("a"), utf8("b")));
});
