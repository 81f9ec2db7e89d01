import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError, newId, unb64, utf8 } from "./bytes.ts";
import { checkPromise, commitment, digest, labelAndSalt, leafBytes, leafHash } from "./leaf.ts";
import type { Act } from "./leaf.ts";
import { signStatement } from "./statement.ts";
import { DAY, installation, seedFor, signCard } from "./testing.ts";

const act: Act = {
  act: newId(),
  institution: "marlshire",
  kind: "message",
  fields: { case: "caseaaaaaaaaaaaaaaaaaaaaaa", envelope: "0".repeat(64), uploads: [] },
  log: seedFor("log"),
};

async function promise(
  changes: Record<string, string> = {},
  of = act,
  signer = installation,
): Promise<string> {
  const { label, salt } = labelAndSalt(of.log, of.act);
  const leaf = leafHash(leafBytes(of.kind, DAY, label, commitment(unb64(salt), digest(of.kind, of.fields))));
  return signStatement(
    "promise",
    { act: of.act, day: DAY, institution: of.institution, leaf, log: "log-1", ...changes },
    signer,
  );
}

const here = { installation: "log-1", key: installation.sign };

test("a promise for exactly this act is accepted", async () => {
  const promised = checkPromise(await promise(), here, act, DAY);
  assert.deepEqual([promised.act, promised.day, promised.log], [act.act, DAY, "log-1"]);
});

test("a promise about anything else is not", async () => {
  const others = [
    await promise({ act: newId() }),
    await promise({ day: "2026-11-22" }), // the leaf names its day: it cannot be moved alone
    await promise({ day: "soon" }),
    await promise({ institution: "elsewhere" }),
    await promise({ leaf: "0".repeat(64) }),
    await promise({ more: "1" }),
    await promise({}, { ...act, kind: "note" }),
    await promise({}, { ...act, fields: { ...act.fields, uploads: ["0".repeat(64)] } }),
    await promise({}, { ...act, log: seedFor("another log") }),
    await promise({}, act, { ...installation, sign_bytes: (data) => Promise.resolve(data.slice(0, 64)) }),
    await signCard([], {}),
  ];
  for (const [i, other] of others.entries())
    assert.throws(() => checkPromise(other, here, act, DAY), FormatError, `promise ${i}`);
});

test("a promise for another log is refused; one of another day than about today is told apart", async () => {
  const made = await promise();
  for (const today of ["2026-11-22", DAY, "2026-11-24"]) assert.equal(checkPromise(made, here, act, today).late, false);
  for (const today of ["2026-11-21", "2026-11-25", "2027-11-23"])
    assert.equal(checkPromise(made, here, act, today).late, true);
  assert.throws(() => checkPromise(made, { ...here, installation: "log-2" }, act, DAY), /another log/);
});

test("labels and salts differ by act and by log secret", () => {
  const made = [labelAndSalt(act.log, "a"), labelAndSalt(act.log, "b"), labelAndSalt(seedFor("x"), "a")];
  assert.equal(new Set(made.map(({ label }) => label)).size, 3);
  assert.equal(new Set(made.map(({ salt }) => salt)).size, 3);
  assert.match(made[0]!.label, /^[0-9a-f]{32}$/);
});

test("a digest takes exactly the fields of its kind", () => {
  assert.throws(() => digest("grant", { admits: [], case: "x" }), FormatError);
  assert.throws(() => digest("grant", { admits: [], case: "x", grants: [], more: 1 }), FormatError);
  assert.equal(digest("grant", { admits: [], case: "x", grants: [] }).length, 32);
});

test("a leaf is three pieces, hashed behind a zero byte", () => {
  const leaf = leafBytes("note", DAY, "00", "11");
  assert.deepEqual(
    leaf,
    utf8(`upstander/leaf/v1\n{"commitment":"11","day":"${DAY}","kind":"note","label":"00"}\n`),
  );
  assert.match(leafHash(leaf), /^[0-9a-f]{64}$/);
});
