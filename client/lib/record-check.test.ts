// The server has most to hide: here it leaves acts out, renumbers, and serves other records than it published.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError, hash, unhex, utf8 } from "./bytes.ts";
import type { JsonObject } from "./canonical.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { actBody, leafBytes, leafHash, leafOf } from "./leaf.ts";
import type { LeafKind, ShownKind } from "./leaf.ts";
import { readLogPolicy } from "./log-policy.ts";
import { makeVkey, std64, textOf } from "./notes.ts";
import { nextNumber } from "./record-acts.ts";
import type { ActRow, Seen } from "./record-acts.ts";
import { checkRecord, continuity } from "./record-check.ts";
import type { Asked, Finding, RecordRow } from "./record-check.ts";
import { signerFromSeed } from "./statement.ts";
import { DAY, installation, logKey, logPolicyStatement, ORIGIN, POLICY_TEXT, seedFor } from "./testing.ts";
import { signedCheckpoint, Tree } from "./testing.ts";

const CASE = "caseaaaaaaaaaaaaaaaaaaaaaa";
const LOG = seedFor("log secret");
const policy = readLogPolicy(await logPolicyStatement(), installation.sign);
const h = (name: string): string => hash(utf8(name));

/** An act and its entry, as an honest server lists it for somebody who may see it. */
function act(number: number, kind: LeafKind, fields: JsonObject, shown: ShownKind = kind as ShownKind, day = DAY): ActRow {
  const of = { number, kind, fields: { case: CASE, ...fields } as JsonObject, log: LOG, answers: 1 };
  const leaf = leafOf(of, shown, day);
  const hashed = leafHash(leafBytes(leaf));
  const { label, commitment, of: report = "" } = leaf;
  return { number, kind, shown, day, of: report, leaf: hashed, commitment, label, body: actBody(kind, of.fields), promise: "" };
}

const received = { card: h("card"), channels: [], envelopes: [h("report"), h("sheet")], excluded: [], grants: [], uploads: [] };
const ACTS: readonly ActRow[] = [
  act(1, "received", received),
  act(2, "step", { envelopes: [], outcome: "", step: "opened" }),
  act(3, "note", { envelope: h("note"), uploads: [] }, "restricted"),
  act(4, "message", { envelope: h("answer"), uploads: [] }, "answered"),
  act(5, "message", { envelope: h("reply"), uploads: [] }),
  act(6, "epoch", { admits: [h("admit")], epochs: [h("epoch 2")], grants: [], withdrawn: [] }),
  act(7, "step", { envelopes: [h("reasons")], outcome: "upheld", step: "closed" }),
];

const sees = (name: string, kind: string, fromDesk = false) => ({ sha256: h(name), kind, fromDesk });
const letters = [sees("answer", "message", true), sees("reply", "message"), sees("reasons", "message", true)];
const steps = [
  { kind: "received", outcome: "" },
  { kind: "opened", outcome: "" },
  { kind: "replied", outcome: "" },
  { kind: "left", outcome: "" },
  { kind: "closed", outcome: "upheld" },
];
const DESK: Seen = {
  case: CASE,
  kinds: ["report", "sheet", "message", "note"],
  envelopes: [sees("report", "report"), sees("sheet", "sheet"), sees("note", "note"), ...letters],
  keys: [h("epoch 2"), h("admit")],
  steps,
};
const HERS: Seen = { ...DESK, kinds: ["message", "record"], envelopes: letters };
/** As the reporter is told: what a note was she never learns. */
const TOLD = ACTS.map((one) => (one.shown === "restricted" ? { ...one, kind: "", body: null } : one));

const strangers = Array.from({ length: 9 }, (_, index) => unhex(h(`entry ${index}`)));

/** The tree with these acts in it, among entries of others, and what the server says of it. */
async function published(acts: readonly ActRow[], witnesses = [0, 1, 2], by = {}): Promise<RecordRow & { tree: Tree }> {
  const tree = new Tree([...strangers, ...acts.map(({ leaf }) => unhex(leaf))]);
  const proofs = acts.map(({ number }, at) => ({
    number,
    index: strangers.length + at,
    path: tree.path(strangers.length + at).map(std64),
  }));
  return { origin: ORIGIN, checkpoint: await signedCheckpoint(tree, witnesses, by), proofs, tree };
}

const whole = await published(ACTS);

function look(changes: Partial<Asked> = {}): Finding {
  return checkRecord({
    ...{ acts: TOLD, records: [whole], policy, log: LOG, seen: HERS, today: DAY, promises: [] },
    ...changes,
  });
}

const why = ({ state, faults }: Finding): [string, string[]] => [state, [...new Set(faults.map((one) => one.why))]];
const changed = (number: number, changes: Partial<ActRow>, acts = TOLD): ActRow[] =>
  acts.map((one) => (one.number === number ? { ...one, ...changes } : one));

test("an honest server: in the record, for the reporter and for the desk", () => {
  assert.deepEqual(why(look()), ["in", []]);
  assert.deepEqual(why(look({ acts: ACTS, seen: DESK })), ["in", []]);
  assert.deepEqual(look().inside, [1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(look().checked[0]?.witnesses.map(({ name }) => name), ["w1", "w2", "w3"]);
  assert.deepEqual([nextNumber(TOLD), nextNumber([])], [8, 1]);
});

test("before the beat what is new waits; after its day the promise is broken, and not before", async () => {
  const record = await published(ACTS.slice(0, 5));
  const [waiting, later] = [look({ records: [record] }), look({ records: [record], today: "2026-11-25" })];
  assert.deepEqual([waiting.state, waiting.waiting, waiting.by], ["waiting", [6, 7], "2026-11-25"]);
  assert.equal(later.state, "waiting"); // the last day is still a day
  const late = look({ records: [record], today: "2026-11-26" });
  assert.deepEqual([late.state, late.overdue, late.by], ["overdue", [6, 7], "2026-11-25"]);
  const nothing = look({ records: [{ origin: "", checkpoint: "", proofs: [] }] });
  assert.deepEqual([nothing.state, nothing.waiting.length], ["waiting", 7]);
  assert.equal(look({ records: [{ origin: "", checkpoint: "", proofs: [] }], today: "2027-01-01" }).state, "overdue");
});

test("a day that is still to come would make nothing ever late", () => {
  const acts = [...TOLD.slice(0, 6), act(7, "step", { envelopes: [h("reasons")], outcome: "upheld", step: "closed" }, "step", "2036-11-23")];
  const record = { ...whole, proofs: whole.proofs.slice(0, 6) };
  assert.deepEqual(why(look({ acts, records: [record] })), ["mismatch", ["future"]]);
});

test("an act that is left out shows: as a gap, or as something that no act names", () => {
  for (const { number } of TOLD.slice(0, -1)) {
    const found = look({ acts: TOLD.filter((one) => one.number !== number) });
    assert.equal(found.state, "withheld");
    assert.deepEqual(found.faults.find((one) => one.why === "gap"), { why: "gap", number });
  }
  assert.deepEqual(why(look({ acts: TOLD.slice(0, -1) })), ["mismatch", ["unnamed"]]);
  // An act nobody can see anything of leaves no gap at the end: whoever was promised it sees that it is gone.
  const acts = [...TOLD.slice(0, 2), ...TOLD.slice(3).map((one) => ({ ...one, number: one.number - 1 }))];
  assert.deepEqual(why(look({ acts })), ["mismatch", ["altered", "proof"]]);
});

test("renumbering shows: labels follow from the numbers, and no number comes twice", () => {
  const [one, two] = [TOLD[4]!, TOLD[5]!];
  const swapped = [...TOLD.slice(0, 4), { ...two, number: 5 }, { ...one, number: 6 }, ...TOLD.slice(6)];
  assert.equal(look({ acts: swapped }).state, "mismatch");
  assert.ok(why(look({ acts: swapped }))[1].includes("altered"));
  assert.equal(look({ acts: [...TOLD, TOLD[6]!] }).state, "withheld");
  assert.equal(look({ acts: [...TOLD, { ...TOLD[6]!, number: 9 }] }).state, "withheld");
});

test("entries that are whole in themselves, but not this case's or not this number's, show", async () => {
  const ninth = { ...act(9, "note", { envelope: h("note"), uploads: [] }, "restricted"), number: 3, kind: "", body: null };
  const other = act(5, "message", { case: "another", envelope: h("reply"), uploads: [] });
  const leaf = leafOf({ number: 4, kind: "message", fields: { case: CASE, envelope: h("answer"), uploads: [] }, log: LOG, answers: 2 }, "answered", DAY);
  const elsewhere = { ...ACTS[3]!, of: leaf.of!, leaf: leafHash(leafBytes(leaf)) };
  for (const put of [ninth, other, elsewhere]) {
    const acts = TOLD.map((one) => (one.number === put.number ? put : one));
    assert.deepEqual(why(look({ acts, records: [await published(acts)] })), ["mismatch", ["altered"]]);
  }
});

test("a letter that is kept back, or put in, shows", () => {
  for (const { sha256 } of letters) {
    const envelopes = letters.filter((one) => one.sha256 !== sha256);
    assert.deepEqual(why(look({ seen: { ...HERS, envelopes } })), ["withheld", ["unshown"]]);
  }
  const more = { ...HERS, envelopes: [...letters, sees("never sent", "message", true)] };
  assert.deepEqual(why(look({ seen: more })), ["mismatch", ["unnamed"]]);
  const passedOff = { ...HERS, envelopes: letters.map((one) => ({ ...one, kind: "record" })) };
  assert.deepEqual(why(look({ seen: passedOff })), ["mismatch", ["unnamed"]]);
  const desk = { ...DESK, envelopes: DESK.envelopes.filter(({ kind }) => kind !== "note") };
  assert.deepEqual(why(look({ acts: ACTS, seen: desk })), ["withheld", ["unshown"]]);
});

test("keys and steps that do not fit show", () => {
  assert.deepEqual(why(look({ seen: { ...HERS, keys: [] } })), ["withheld", ["unshown"]]);
  assert.deepEqual(why(look({ seen: { ...HERS, keys: [h("epoch 2")] } })), ["withheld", ["unshown"]]);
  assert.deepEqual(why(look({ seen: { ...HERS, keys: [...HERS.keys, h("epoch 3")] } })), ["mismatch", ["unnamed"]]);
  const other = steps.map((one) => (one.kind === "closed" ? { ...one, outcome: "not-upheld" } : one));
  for (const wrong of [steps.filter(({ kind }) => kind !== "opened"), steps.slice(0, -1), other])
    assert.deepEqual(why(look({ seen: { ...HERS, steps: wrong } })), ["withheld", ["unshown"]]);
  const more = { ...HERS, steps: [...steps, { kind: "reopened", outcome: "" }] };
  assert.deepEqual(why(look({ seen: more })), ["mismatch", ["unnamed"]]);
});

test("what an act was can't be kept from somebody who may see it", () => {
  for (const number of [1, 4, 5, 6])
    assert.equal(look({ acts: changed(number, { kind: "", body: null }) }).state, "withheld", String(number));
  // A step may wait for its event: then it is not among the steps she is shown either.
  const acts = changed(2, { kind: "", body: null });
  assert.equal(look({ acts, seen: { ...HERS, steps: steps.filter(({ kind }) => kind !== "opened") } }).state, "in");
  // A message passed off as restricted has another leaf than the record holds.
  assert.ok(why(look({ acts: changed(5, { kind: "", body: null, shown: "restricted" }) }))[1].includes("altered"));
});

test("a body that says something else is not what its entry commits to", () => {
  const body = { ...TOLD[6]!.body!, outcome: "not-upheld" };
  const seen = { ...HERS, steps: steps.map((one) => (one.kind === "closed" ? { ...one, outcome: "not-upheld" } : one)) };
  assert.deepEqual(why(look({ acts: changed(7, { body }), seen })), ["mismatch", ["altered"]]);
  for (const changes of [{ day: "2026-11-22" }, { label: "0".repeat(32) }, { commitment: h("x") }, { of: TOLD[0]!.label }])
    assert.ok(why(look({ acts: changed(5, changes) }))[1].includes("altered"), JSON.stringify(changes));
  assert.ok(why(look({ acts: changed(5, { kind: "note" }) }))[1].includes("altered"));
  assert.equal(look({ log: seedFor("another case") }).state, "mismatch");
});

test("the first answer says that it is one, and no other act does", () => {
  const quiet = [...TOLD.slice(0, 3), act(4, "message", { envelope: h("answer"), uploads: [] }), ...TOLD.slice(4)];
  assert.deepEqual(why(look({ acts: quiet })), ["mismatch", ["answer", "proof"]]);
  // A server that wants to seem quick marks the reporter's own message, or a step that says nothing to her.
  const quick = changed(5, act(5, "message", { envelope: h("reply"), uploads: [] }, "answered"));
  assert.ok(why(look({ acts: quick }))[1].includes("answer"));
  const opened = changed(2, act(2, "step", { envelopes: [], outcome: "", step: "opened" }, "answered"));
  assert.ok(why(look({ acts: opened }))[1].includes("answer"));
});

test("another case's proof, or another place, proves nothing", () => {
  const [first, second, ...rest] = whole.proofs;
  const other = { number: 1, index: 0, path: whole.tree.path(0).map(std64) };
  for (const one of [other, { ...second!, number: 1 }, { ...first!, index: 10 }, { ...first!, path: [] }])
    assert.deepEqual(why(look({ records: [{ ...whole, proofs: [one, second!, ...rest] }] })), ["mismatch", ["proof"]]);
  const broken = { ...first!, path: ["not base64"] };
  assert.deepEqual(why(look({ records: [{ ...whole, proofs: [broken, second!, ...rest] }] })), ["mismatch", ["proof"]]);
});

test("a checkpoint counts only with its log's signature and enough witnesses", async () => {
  for (const witnesses of [[], [0], [2]]) {
    const found = look({ records: [await published(ACTS, witnesses)] });
    assert.deepEqual([found.state, found.checked[0]?.enough], ["unwitnessed", false]);
  }
  assert.equal(look({ records: [await published(ACTS, [0, 2])] }).state, "in");
  const forged = [
    await published(ACTS, [0, 1], { witness: logKey }), // a cosignature that the witness never made
    await published(ACTS, [0, 1], { log: installation }),
    await published(ACTS, [0, 1, 2], { origin: "upstander/another/1" }),
  ];
  for (const record of forged) assert.deepEqual(why(look({ records: [record] })), ["mismatch", ["checkpoint"]]);
  const cut = { ...whole, checkpoint: whole.checkpoint.split("\n").slice(0, 5).join("\n") };
  assert.deepEqual(why(look({ records: [cut] })), ["mismatch", ["checkpoint"]]);
  assert.deepEqual(why(look({ records: [{ ...whole, origin: "elsewhere" }] })), ["mismatch", ["checkpoint"]]);
});

test("a log that was closed keeps its promises; each log's checkpoint has to hold", async () => {
  const next = await published([], [0, 1]);
  const logs = [next, { ...whole, proofs: whole.proofs }];
  assert.equal(look({ records: [{ ...next, proofs: [] }, whole] }).state, "in");
  assert.equal(look({ records: [{ origin: ORIGIN, checkpoint: "", proofs: [] }, whole] }).state, "in");
  const few = await published(ACTS, [1]);
  assert.equal(look({ records: [{ ...next, proofs: [] }, few] }).state, "unwitnessed");
  const forged = await published(ACTS, [0, 1], { witness: logKey });
  assert.deepEqual(why(look({ records: [logs[0]!, forged], today: DAY })), ["mismatch", ["checkpoint"]]);
});

test("an old checkpoint hides what came later only until its day", async () => {
  const old = await published(ACTS.slice(0, 1));
  assert.equal(look({ records: [old] }).state, "waiting");
  assert.equal(look({ records: [old], today: "2026-11-26" }).state, "overdue");
});

test("a promise that no act of the list keeps is withheld", () => {
  const promises = [{ leaf: ACTS[4]!.leaf, by: "2026-11-25" }];
  assert.equal(look({ promises }).state, "in");
  const seen = { ...HERS, envelopes: letters.slice(0, 1), steps: steps.slice(0, 3), keys: [] };
  const found = look({ acts: TOLD.slice(0, 4), seen, promises });
  assert.deepEqual(why(found), ["withheld", ["promise"]]);
});

test("later checkpoints go on from earlier ones, or it shows", async () => {
  const head = async (tree: Tree) => readCheckpoint(textOf(await signedCheckpoint(tree)));
  const before = await head(new Tree(whole.tree.leaves.slice(0, 11)));
  const now = await head(whole.tree);
  const path = whole.tree.consistency(11).map(std64);
  assert.equal(continuity({ before, now, path }), "");
  assert.equal(continuity({ before: now, now, path: [] }), "");
  assert.equal(continuity({ before: now, now: before, path: [] }), "shrunk");
  const rewritten = await head(new Tree([...whole.tree.leaves].reverse()));
  assert.equal(continuity({ before: now, now: rewritten, path: [] }), "rewritten");
  for (const wrong of [path.slice(1), [...path].reverse(), [], ["x"]])
    assert.equal(continuity({ before, now, path: wrong }), "rewritten");
  assert.equal(continuity({ before, now: rewritten, path }), "rewritten");
  assert.equal(continuity({ before: { ...before, origin: "upstander/x/1" }, now, path: [] }), "");
});

test("a private record: only the newest is there, and a report takes its place", () => {
  const records = [act(1, "record", { envelopes: [h("first")] }), act(2, "record", { envelopes: [h("second")] })];
  const nothing = { ...HERS, envelopes: [], steps: [], keys: [] };
  const none = { origin: "", checkpoint: "", proofs: [] };
  const kept = { ...nothing, envelopes: [sees("second", "record")] };
  assert.equal(look({ acts: records, seen: kept, records: [none] }).state, "waiting");
  assert.equal(look({ acts: records, seen: nothing, records: [none] }).state, "withheld");
  const older = { ...nothing, envelopes: [sees("first", "record")] };
  assert.equal(look({ acts: records, seen: older, records: [none] }).state, "withheld");
  const sent = [...records, act(3, "received", received)];
  assert.equal(look({ acts: sent, seen: nothing, records: [none] }).state, "waiting");
});

test("a log that the policy knows, but that is not the installation's, is no record of it", async () => {
  const key = signerFromSeed(seedFor("another log"));
  const more = `log ${makeVkey("example.com/log", 1, key.sign)}\n`;
  const wider = readLogPolicy(await logPolicyStatement({ policy: POLICY_TEXT + more }), installation.sign);
  const record = { ...(await published(ACTS, [0, 1], { origin: "example.com/log", key })), origin: "example.com/log" };
  assert.deepEqual(why(look({ policy: wider, records: [record] })), ["mismatch", ["checkpoint"]]);
  assert.equal(look({ policy: wider }).state, "in");
});

test("a policy of somebody else, or for another log, is none", async () => {
  assert.throws(() => readLogPolicy(policy.text, logKey.sign), FormatError);
  const foreign = await logPolicyStatement({}, logKey);
  assert.throws(() => readLogPolicy(foreign, installation.sign), FormatError);
});
