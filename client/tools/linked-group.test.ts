// What Python wrote down of a linked group, read; what is said of it, and in which order it may be said.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { unb64, utf8 } from "../lib/bytes.ts";
import { encode } from "../lib/canonical.ts";
import { pad } from "../lib/padding.ts";
import { askedNow, FIRST, inCommon, MARKS, readLinked, recipients } from "./linked-group.ts";

const GOLDEN = unb64(JSON.parse(readFileSync("tests/vectors/golden/linked-v1.json", "utf8")) as string);

test("a group says what links it by kind, and never who came first", () => {
  const { groups, cases } = readLinked(GOLDEN);
  assert.equal(groups.length, 1);
  assert.deepEqual(inCommon(groups[0]!), ["2 of 2 have in common: an e-mail address and a warrant number."]);
  assert.equal(Object.keys(cases).length, 1);
  assert.deepEqual([...groups[0]!.reports].sort(), groups[0]!.reports);
});

test("who can read every report is said since the second version", () => {
  assert.deepEqual(readLinked(GOLDEN).groups[0]!.readers, []);
  const newer = unb64(JSON.parse(readFileSync("tests/vectors/golden/linked-v2.json", "utf8")) as string);
  assert.equal(readLinked(newer).groups[0]!.readers.length, 1);
});

test("reasons are not sealed to whoever cannot open every report, and their number does not tell", async () => {
  const members = ["me", "devi", "subject"].map((key) => ({ key, seal: `to ${key}` }));
  const group = { id: "g", reports: [], common: [], readers: ["devi", "left"] };
  const to = await recipients(members, "me", group, () => Promise.resolve("nobody"));
  assert.deepEqual(to, ["to me", "to devi", "nobody"]);
  assert.deepEqual(await recipients(members, "me", { ...group, readers: [] }, () => Promise.resolve("nobody")), ["to me", "nobody", "nobody"]);
});

test("the first questions come first", () => {
  const [subject, source] = FIRST.map(([, answers]) => answers);
  assert.deepEqual(askedNow([]).codes, subject);
  assert.deepEqual(askedNow(["one-source", "same-reporter"]).codes, subject);
  assert.deepEqual(askedNow(["could-be-subject"]).codes, source);
  assert.deepEqual(askedNow(["not-subject", "one-source"]).codes, Object.keys(MARKS));
});

test("other files are refused", () => {
  for (const wrong of [
    GOLDEN.subarray(0, 100),
    pad(utf8("nonsense")),
    pad(encode({ cases: {}, format: "upstander/linked/v3", groups: [] })),
    pad(encode({ format: "upstander/linked/v1", groups: [] })),
  ])
    assert.throws(() => readLinked(wrong));
});
