import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError, newId, utf8 } from "./bytes.ts";
import { digest, isKind, labelAndSalt, leafBytes, leafHash, leafOf, shownKinds } from "./leaf.ts";
import type { Act, ShownKind } from "./leaf.ts";
import { checkPromise, lastDay } from "./promise.ts";
import { signStatement } from "./statement.ts";
import { DAY, installation, seedFor, signCard } from "./testing.ts";

const act: Act = {
  act: newId(),
  number: 2,
  institution: "marlshire",
  kind: "message",
  fields: { case: "caseaaaaaaaaaaaaaaaaaaaaaa", envelope: "0".repeat(64), uploads: [] },
  log: seedFor("log"),
};

async function promise(
  changes: Record<string, string> = {},
  of = act,
  signer = installation,
  shown: ShownKind = shownKinds(of.kind)[0]!,
): Promise<string> {
  const leaf = leafHash(leafBytes(leafOf(of, shown, DAY)));
  const days = { by: lastDay(DAY), day: DAY };
  const said = { act: of.act, ...days, institution: of.institution, leaf, log: "log-1", ...changes };
  return signStatement("promise", said, signer);
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
    await promise({ by: "2026-11-26" }), // a day later than it may be
    await promise({ by: DAY }),
    await promise({ institution: "elsewhere" }),
    await promise({ leaf: "0".repeat(64) }),
    await promise({ more: "1" }),
    await promise({}, { ...act, kind: "note" }),
    await promise({}, { ...act, number: 3 }),
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

test("an act shows what its kind may show, and only what it can be", async () => {
  const answer = { ...act, answers: 1 };
  const made = await promise({}, answer, installation, "answered");
  const { shown } = checkPromise(made, here, answer, DAY);
  assert.deepEqual([shown.kind, shown.of], ["answered", labelAndSalt(act.log, 1).label]);
  assert.throws(() => checkPromise(made, here, act, DAY), FormatError); // the reporter's message answers nothing
  assert.throws(() => checkPromise(made, here, { ...answer, answers: 3 }, DAY), FormatError);
  assert.throws(() => leafOf(act, "answered", DAY), FormatError);
  const hidden = await promise({}, act, installation, "restricted");
  assert.throws(() => checkPromise(hidden, here, act, DAY), FormatError); // a message is never hidden
  const note: Act = { ...act, kind: "note" };
  assert.equal(checkPromise(await promise({}, note), here, note, DAY).shown.kind, "restricted");
  assert.throws(() => checkPromise(hidden, here, note, DAY), FormatError); // its digest says that it is a message
  assert.ok(isKind("note") && !isKind("answered") && !isKind("toString"));
});

test("labels and salts differ by number and by log secret", () => {
  const made = [labelAndSalt(act.log, 1), labelAndSalt(act.log, 2), labelAndSalt(seedFor("x"), 1)];
  assert.equal(new Set(made.map(({ label }) => label)).size, 3);
  assert.equal(new Set(made.map(({ salt }) => salt)).size, 3);
  assert.match(made[0]!.label, /^[0-9a-f]{32}$/);
  for (const number of [0, -1, 1.5, Number.NaN]) assert.throws(() => labelAndSalt(act.log, number), FormatError);
});

test("a digest takes exactly the fields of its kind", () => {
  assert.throws(() => digest("grant", { admits: [], case: "x" }), FormatError);
  assert.throws(() => digest("grant", { admits: [], case: "x", grants: [], more: 1 }), FormatError);
  assert.equal(digest("grant", { admits: [], case: "x", grants: [] }).length, 32);
});

test("a leaf is three pieces, hashed behind a zero byte", () => {
  const leaf = leafBytes({ kind: "message", day: DAY, label: "00", commitment: "11" });
  assert.deepEqual(
    leaf,
    utf8(`upstander/leaf/v1\n{"commitment":"11","day":"${DAY}","kind":"message","label":"00"}\n`),
  );
  const answer = { kind: "answered", day: DAY, label: "00", commitment: "11", of: "22" } as const;
  assert.match(new TextDecoder().decode(leafBytes(answer)), /"kind":"answered","label":"00","of":"22"\}\n$/);
  assert.throws(() => leafBytes({ ...answer, of: "" }), FormatError);
  assert.throws(() => leafBytes({ ...answer, kind: "message" }), FormatError);
  assert.match(leafHash(leaf), /^[0-9a-f]{64}$/);
});
