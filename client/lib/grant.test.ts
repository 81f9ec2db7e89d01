import assert from "node:assert/strict";
import { test } from "node:test";
import { identityFromSeed, recipientOf, SealingError } from "./age.ts";
import { FormatError } from "./bytes.ts";
import { checkEpochs, everHeld, holds, makeAdmit, makeEpoch, makeGrant, newestEpoch, openGrant, opener } from "./grant.ts";
import type { ExpectedGrant, ListedEpoch, NewEpoch, NewGrant } from "./grant.ts";
import { signStatement } from "./statement.ts";
import { author } from "./submission.ts";
import { DAY, scene, seedFor } from "./testing.ts";

const CASE = "caseaaaaaaaaaaaaaaaaaaaaaa";
const people = await scene();
const { avery, blake, stranger, known } = people;
const by = author(people.reporter);
const keys = { seal: people.reporter.seal, sign: people.reporter.signer.sign };
const identity = identityFromSeed(seedFor("case 1"));
const next = identityFromSeed(seedFor("case 2"));
const first = await recipientOf(identity);
const second = await recipientOf(next);

async function epoch(number: number, changes: Partial<NewEpoch> = {}): Promise<ListedEpoch> {
  const made: NewEpoch = {
    by: number === 1 ? by : avery.author,
    case: CASE,
    day: DAY,
    epoch: number,
    holders: [avery.key, people.custodian.key],
    identity: number === 1 ? identity : next,
    previous: number === 1 ? "" : first,
    scope: "case",
    ...changes,
  };
  return {
    scope: made.scope,
    number: made.epoch,
    recipient: await recipientOf(made.identity),
    statement: await makeEpoch(made),
  };
}

test("a chain of epochs leads to the newest, in whatever order it is listed", async () => {
  const epochs = checkEpochs([await epoch(2), await epoch(1)], [], CASE, known);
  assert.deepEqual(newestEpoch(epochs, "case"), { epoch: 2, recipient: second });
  assert.throws(() => newestEpoch(epochs, "sheet"), FormatError);
});

test("every break in the chain is refused", async () => {
  const start = await epoch(1);
  const broken: ListedEpoch[][] = [
    [await epoch(2)],
    [start, start],
    [start, await epoch(3)],
    [start, await epoch(2), await epoch(2)],
    [await epoch(1, { by: avery.author })],
    [start, await epoch(2, { by })],
    [start, await epoch(2, { by: stranger.author })],
    [start, await epoch(2, { by: { key: avery.key, signer: stranger.signer } })],
    [start, await epoch(2, { previous: second })],
    [start, await epoch(2, { previous: "" })],
    [await epoch(1, { previous: second })],
    [await epoch(1, { case: "caseeeeeeeeeeeeeeeeeeeeeea" })],
    [{ ...start, recipient: second }],
    [{ ...start, scope: "sheet" }],
    [{ ...start, number: 0 }],
  ];
  for (const [i, listed] of broken.entries())
    assert.throws(() => checkEpochs(listed, [], CASE, known), FormatError, `chain ${i}`);
});

const base = { case: CASE, day: DAY, scope: "case" as const };

test("who holds a key is signed: by the epoch for its first holders, by its own key for those let in", async () => {
  const letIn = await makeAdmit({ ...base, epoch: 1, identity, to: blake.key });
  const epochs = checkEpochs([await epoch(1), await epoch(2)], [letIn], CASE, known);
  assert.deepEqual([...epochs.held.case.get(1)!].sort(), [avery.key, blake.key, people.custodian.key].sort());
  assert.deepEqual([holds(epochs, "case", 1, blake.key), holds(epochs, "case", 2, blake.key)], [true, false]);
  assert.deepEqual([holds(epochs, "case", 3, avery.key), holds(epochs, "sheet", 1, avery.key)], [false, false]);
  assert.deepEqual([everHeld(epochs, "case", blake.key), everHeld(epochs, "case", stranger.key)], [true, false]);
  const byBlake = await epoch(2, { by: blake.author, holders: [blake.key] });
  assert.equal(newestEpoch(checkEpochs([await epoch(1), byBlake], [letIn], CASE, known), "case").epoch, 2);
});

test("nobody makes the next key, or gets it, who does not hold the last one", async () => {
  const start = await epoch(1);
  const check = (listed: ListedEpoch[], admits: string[]) => () => checkEpochs(listed, admits, CASE, known);
  // Casey was on the team and is on the card; Blake still is. Neither was sealed to.
  for (const by of [people.casey.author, blake.author])
    assert.throws(check([start, await epoch(2, { by })], []), /made by somebody who did not hold/);
  const more = await epoch(2, { holders: [avery.key, blake.key] });
  assert.throws(check([start, more], []), /goes to somebody who did not hold/);
  const later = await makeAdmit({ ...base, epoch: 2, identity: next, to: blake.key });
  assert.throws(check([start, await epoch(2, { by: blake.author })], [later]), /made by somebody who did not hold/);
});

test("an admit counts only for the epoch, scope and case whose own key signed it", async () => {
  const start = [await epoch(1), await epoch(2)];
  const place = { ...base, epoch: 1, identity, to: blake.key };
  const wrong = [
    await makeAdmit({ ...place, identity: next }),
    await makeAdmit({ ...place, epoch: 2 }),
    await makeAdmit({ ...place, epoch: 3 }),
    await makeAdmit({ ...place, scope: "sheet" }),
    await makeAdmit({ ...place, case: "caseeeeeeeeeeeeeeeeeeeeeea" }),
    await makeAdmit({ ...place, to: "x" }),
    await signStatement("admit", { ...base, epoch: 1, to: blake.key }, avery.signer),
    start[0]!.statement,
    "",
  ];
  for (const [i, admit] of wrong.entries())
    assert.throws(() => checkEpochs(start, [admit], CASE, known), FormatError, `admit ${i}`);
});

function grant(changes: Partial<NewGrant> = {}): Promise<Uint8Array> {
  const base = {
    by,
    role: "reporter" as const,
    case: CASE,
    day: DAY,
    epoch: 1,
    identity,
    scope: "case" as const,
  };
  return makeGrant({ ...base, log: people.reporter.log, reporter: keys, to: avery, ...changes });
}

const expected: ExpectedGrant = {
  case: CASE,
  to: avery.key,
  scope: "case",
  epoch: 1,
  recipient: first,
  reporter: keys,
  known,
};
const open = opener(avery.identity);

test("a grant opens for the one it is for, and carries the case key and log secret", async () => {
  const opened = await openGrant(await grant(), open, expected);
  assert.equal(opened.identity, identity);
  assert.deepEqual(opened.log, people.reporter.log);
  assert.equal(opened.role, "reporter");
  await assert.rejects(openGrant(await grant(), opener(blake.identity), expected), SealingError);
});

test("handlers let others in, and a recovering handler signs for the custodian", async () => {
  for (const role of ["handler", "custodian"] as const) {
    assert.equal((await openGrant(await grant({ by: blake.author, role }), open, expected)).role, role);
  }
});

test("a grant of a sheet carries no log secret", async () => {
  const sealed = await grant({ scope: "sheet" });
  assert.equal((await openGrant(sealed, open, { ...expected, scope: "sheet" })).log.length, 0);
});

test("a grant for something else, or by somebody else, is refused", async () => {
  const wrong: Partial<NewGrant>[] = [
    { case: "caseeeeeeeeeeeeeeeeeeeeeea" },
    { epoch: 2 },
    { scope: "sheet" },
    { to: { key: blake.key, seal: avery.seal } },
    { by: stranger.author, role: "handler" },
    { by: avery.author, role: "reporter" },
    { by, role: "handler" },
    { by: { key: by.key, signer: stranger.signer } },
    { reporter: { ...keys, sign: stranger.signer.sign } },
    { reporter: { ...keys, seal: second } },
  ];
  for (const changes of wrong) {
    await assert.rejects(
      openGrant(await grant(changes), open, expected),
      FormatError,
      JSON.stringify(changes),
    );
  }
});

test("a grant whose identity is not the epoch's is refused", async () => {
  const other = identityFromSeed(seedFor("other"));
  await assert.rejects(openGrant(await grant({ identity: other }), open, expected), SealingError);
  await assert.rejects(openGrant(await grant({ identity: "x" }), open, expected), FormatError);
});
