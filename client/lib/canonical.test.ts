import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError, text, utf8 } from "./bytes.ts";
import { decode, encode } from "./canonical.ts";
import type { Json } from "./canonical.ts";

test("keys are sorted, nothing is spaced, little is escaped", () => {
  const value = {
    b: [1, -2, null, true],
    a: 'q"\\/\b\t\n\f\r\u0001\u001f\u007f\u2028é\u{1F600}',
    Z: {},
    "": [],
  };
  const expected =
    '{"":[],"Z":{},"a":"q\\"\\\\/\\b\\t\\n\\f\\r\\u0001\\u001f\u007f\u2028é\u{1F600}","b":[1,-2,null,true]}';
  assert.equal(text(encode(value)), expected);
  assert.deepEqual(decode(utf8(expected)), value);
});

test("what JSON can say in another way is refused", () => {
  const others = [
    "",
    " 1",
    "1 ",
    "1.0",
    "1e3",
    "-0",
    "01",
    "9007199254740992",
    "1.5",
    '{"b":1,"a":2}',
    '{"a":1,"a":1}',
    '{"a": 1}',
    "[1,]",
    '"\\u0041"',
    '"\\/"',
    '"\\u000A"',
    '"\\u001F"',
    '"\\ud83d\\ude00"',
    '"\\ud800"',
    '{"é":1}',
    "\ufeff1",
    "1\n",
    "NaN",
    "undefined",
    "'a'",
    "//",
  ];
  for (const other of others) assert.throws(() => decode(utf8(other)), FormatError, other);
  assert.throws(() => decode(new Uint8Array([0x22, 0xff, 0x22])), FormatError);
  assert.throws(() => decode(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22])), FormatError);
});

test("values without a canonical form are refused", () => {
  const wrong: unknown[] = [
    1.5,
    NaN,
    Infinity,
    2 ** 53,
    -0,
    "\udfff",
    { é: 1 },
    undefined,
    { a: undefined },
    1n,
    () => 1,
  ];
  for (const one of wrong) assert.throws(() => encode(one as Json), FormatError, String(one));
});

test("deep nesting ends in a FormatError, not in a full stack", () => {
  assert.throws(() => decode(utf8("[".repeat(100_000) + "]".repeat(100_000))), FormatError);
  const deep = "[".repeat(65) + "]".repeat(65);
  assert.equal(text(encode(decode(utf8(deep)))), deep);
  assert.throws(() => decode(utf8(`[${deep}]`)), FormatError);
});

test("a key named __proto__ is a key like any other", () => {
  const source = '{"__proto__":{"a":1},"constructor":2}';
  assert.equal(text(encode(decode(utf8(source)))), source);
});

test("text of every kind comes back as it was", () => {
  const texts = [
    "\u0000",
    "שלום",
    "\u202egnp.exe",
    "👩‍👩‍👧‍👦",
    "e\u0301",
    "é",
    "\uffff",
    "\u{10ffff}",
    "\ufeff",
    "ﷺ",
    "\u2028\u2029",
  ];
  assert.deepEqual(decode(encode(texts)), texts);
});
