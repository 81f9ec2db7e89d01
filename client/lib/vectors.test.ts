// `VECTORS=write node client/test.mjs lib/vectors` makes tests/vectors/ts afresh.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { text } from "./bytes.ts";
import { encode } from "./canonical.ts";
import { makeVectors } from "./vectors.ts";

const FOLDER = "tests/vectors/ts";

if (process.env["VECTORS"] === "write") {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, value] of Object.entries(await makeVectors())) {
    writeFileSync(join(FOLDER, `${name}.json`), `${text(encode(value))}\n`);
  }
}

test("the vectors that Python opens are there, and what makes them still makes the same fields", async () => {
  const made = await makeVectors();
  assert.ok(existsSync(FOLDER), "run it once with VECTORS=write");
  assert.deepEqual(
    readdirSync(FOLDER).sort(),
    Object.keys(made)
      .map((name) => `${name}.json`)
      .sort(),
  );
  for (const [name, value] of Object.entries(made)) {
    const kept = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8")) as unknown;
    assert.deepEqual(outline(kept), outline(value), name);
  }
});

/** The form of a value: its keys, and the text of what is short enough not to be sealed. */
function outline(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(outline);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, outline(one)]));
}
