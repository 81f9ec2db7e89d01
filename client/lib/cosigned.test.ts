// A card counts when enough keepers have seen this very one: tests/vectors/keepers/seen.json, made by Python.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readCard } from "./card.ts";
import { checkSeen } from "./cosigned.ts";
import { readRoster } from "./roster.ts";

const vector = JSON.parse(readFileSync("tests/vectors/keepers/seen.json", "utf8")) as {
  card: string;
  installation: string;
  roster: string[];
  good: string[];
  today: string;
  wrong: string[];
};
const card = readCard(vector.card, vector.installation);
const roster = readRoster(vector.roster);

test("two of three keepers are enough, one twice is one", () => {
  assert.deepEqual(checkSeen(vector.good, card, roster, vector.today), ["charity", "college", "union"]);
  assert.deepEqual(checkSeen(vector.good.slice(1), card, roster, vector.today), ["college", "union"]);
  assert.throws(() => checkSeen([vector.good[0]!, vector.good[0]!], card, roster, vector.today));
  assert.throws(() => checkSeen([], card, roster, vector.today));
});

test("what is wrong, of another card or past its day counts for nothing", () => {
  for (const wrong of vector.wrong) assert.throws(() => checkSeen([wrong, vector.good[1]!], card, roster, vector.today), wrong);
  assert.throws(() => checkSeen(vector.good, card, roster, "2099-01-01"));
  assert.throws(() => checkSeen(vector.good, { ...card, sha256: "0".repeat(64) }, roster, vector.today));
});
