// The same examples as Python's, and anything at all.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FormatError, text } from "./bytes.ts";
import { identifier, IdentifierError, KINDS, oprfInput } from "./identifiers.ts";
import { dice } from "./testing.ts";

type Fields = Record<string, string>;

interface Examples {
  same: { kind: string; written: string; typed: Fields[] }[];
  different: { kind: string; fields: Fields }[][];
  refused: { kind: string; fields: Fields; field: string }[];
}

const examples = JSON.parse(readFileSync("tests/vectors/keepers/identifiers.json", "utf8")) as Examples;

test("one person written in many ways is one identifier", () => {
  for (const { kind, written, typed } of examples.same)
    for (const fields of typed)
      assert.equal(identifier(kind, fields), `${kind}\n${written}`, JSON.stringify(fields));
  assert.ok(examples.same.length > 10);
});

test("two people stay two", () => {
  for (const pair of examples.different) {
    const [one, two] = pair.map(({ kind, fields }) => identifier(kind, fields));
    assert.notEqual(one, two);
  }
});

test("what cannot be read is refused and says where", () => {
  for (const { kind, fields, field } of examples.refused)
    assert.throws(
      () => identifier(kind, fields),
      (error) => error instanceof IdentifierError && error.field === field,
      JSON.stringify(fields),
    );
  assert.ok(examples.refused.length > 15);
});

test("other kinds and fields are refused", () => {
  for (const [kind, fields] of [
    ["shoe", {}],
    ["toString", {}],
    ["warrant", {}],
    ["warrant", { number: "1" }],
  ] as const)
    assert.throws(() => identifier(kind, fields as Fields), FormatError);
});

test("anything typed is written in ASCII or refused", () => {
  const roll = dice(11);
  const letters = [..."aZ0 9@.+-/x#()<>'’éß👮🏽\u202e\u0301\ud800١кΩ№½ﬁ"];
  for (let i = 0; i < 2000; i++) {
    const kind = Object.keys(KINDS)[roll(6)]!;
    const typed = () => Array.from({ length: roll(12) }, () => letters[roll(letters.length)]!).join("");
    const fields = Object.fromEntries(KINDS[kind]!.map((name) => [name, typed()]));
    try {
      assert.match(identifier(kind, fields), /^[\n -~]+$/);
    } catch (error) {
      assert.ok(error instanceof IdentifierError, String(error));
    }
  }
});

test("nasty typing is read as Python reads it", () => {
  const { rows } = JSON.parse(readFileSync("tests/vectors/keepers/typing.json", "utf8")) as {
    rows: { kind: string; fields: Fields; written?: string; field?: string }[];
  };
  for (const { kind, fields, written, field } of rows)
    if (written !== undefined) assert.equal(identifier(kind, fields), written, JSON.stringify(fields));
    else
      assert.throws(
        () => identifier(kind, fields),
        (error) => error instanceof IdentifierError && error.field === field,
        JSON.stringify(fields),
      );
  assert.ok(rows.length > 300);
});

test("kind and version keep inputs apart", () => {
  const written = identifier("warrant", { number: "PW1234", force: "Met" });
  assert.equal(text(oprfInput(written)), "upstander/identifier/v2\nwarrant\n1234pw\nmetropolitan");
  for (const old of ["warrant\n1234pw", "collar\n1\nmetropolitan\ns", "phone\n+447700900123"])
    assert.equal(text(oprfInput(old)), `upstander/identifier/v1\n${old}`);
});
