// A handler's saved key is written as Python reads it: tests/vectors/golden.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { linkOf } from "./tags.ts";
import { savedKey } from "./wrapped.ts";
import type { WrappedKey } from "./wrapped.ts";

test("a saved key", () => {
  const golden = JSON.parse(readFileSync("tests/vectors/golden/handler-key-v1.json", "utf8")) as string;
  const { installation, username, wrapped } = JSON.parse(golden) as {
    installation: string;
    username: string;
    wrapped: WrappedKey;
  };
  assert.equal(savedKey(wrapped, installation, username), golden);
});

test("the label of a name does not say its tag and is the same each time", () => {
  const [one, other] = [linkOf(new Uint8Array(64)), linkOf(new Uint8Array(64).fill(1))];
  assert.match(one, /^[a-z2-7]{26}$/);
  assert.notEqual(one, other);
  assert.equal(linkOf(new Uint8Array(64)), one);
});
