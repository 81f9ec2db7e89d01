// The file of fingerprints is found by who holds the log secret, by nobody else, and is read as it was written.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FormatError, isId, newId, utf8 } from "./bytes.ts";
import type { JsonObject } from "./canonical.ts";
import { findPrints, newPrintsId, OWN, readPrints, writePrints } from "./own-prints.ts";
import { seedFor } from "./testing.ts";

const [MINE, THEIRS] = [seedFor("log one"), seedFor("log two")];

test("the log secret finds it among other files", () => {
  const ids = Array.from({ length: 40 }, () => newPrintsId(MINE));
  assert.ok(ids.every(isId) && new Set(ids).size > 5);
  for (const id of ids) {
    const files = [{ id: newId() }, { id }, { id: newId() }];
    assert.equal(findPrints(MINE, files)?.id, id);
    assert.equal(findPrints(THEIRS, files), undefined);
  }
  assert.equal(findPrints(MINE, [{ id: newId() }]), undefined);
});

test("what was written is read, and nothing else", () => {
  const file = { case: newId(), basis: OWN, fingerprints: [{ sha256: "0".repeat(64), prints: [] }], standing: "" };
  const text = writePrints(file);
  assert.deepEqual(readPrints(utf8(text)), file);
  const wrong = [
    text.slice(0, -1),
    text.replace("prints/v1", "prints/v2"),
    text.replace('"own"', '"mine"'),
    text.replace('"standing":""', '"standing":1'),
    `${text} `,
  ];
  for (const one of wrong) assert.throws(() => readPrints(utf8(one)), FormatError, one);
});

test("Python's golden file is read", () => {
  const text = JSON.parse(readFileSync("tests/vectors/golden/prints-v1.json", "utf8")) as string;
  const read = readPrints(utf8(text));
  assert.deepEqual([read.basis.kind, read.fingerprints.length], ["reason", 1]);
  assert.equal(writePrints(read), text);
  assert.ok((JSON.parse(text) as JsonObject)["standing"] === read.standing);
});
