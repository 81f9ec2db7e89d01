// What she saves and checks: a proof holds without its server, and shows when its server does not hold.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { hash, unhex, utf8 } from "../lib/bytes.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { actBody, leafBytes, leafHash, leafOf } from "../lib/leaf.ts";
import { readLogPolicy } from "../lib/log-policy.ts";
import { std64 } from "../lib/notes.ts";
import { lastDay, readPromise } from "../lib/promise.ts";
import type { Promised } from "../lib/promise.ts";
import { checkProofFile, promisedFile } from "../lib/receipt.ts";
import type { ActRow } from "../lib/record-acts.ts";
import { RecordWatch } from "../lib/record-watch.ts";
import { signStatement } from "../lib/statement.ts";
import type { Signer } from "../lib/statement.ts";
import { DAY, INSTALLATION, INSTITUTION, installation, logPolicyStatement, ORIGIN } from "../lib/testing.ts";
import { seedFor, signedCheckpoint, Tree, witnessKeys } from "../lib/testing.ts";
import { lookUp, ownAct, proofOf } from "./inrecord.ts";
import { checkSaved, watchers } from "./proof.ts";
import { ranges } from "./recordview.ts";
import { texts, today } from "./texts.ts";
import type { Visit } from "./visit.ts";

const CASE = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
const log = seedFor("log secret");
const here = { installation: INSTALLATION, key: installation.sign };
const h = (name: string): string => hash(utf8(name));
const fields = { case: CASE, card: h("card"), channels: [], envelopes: [h("report")], excluded: [], grants: [], uploads: [] };
const act = { act: "bbbbbbbbbbbbbbbbbbbbbbbbbi", number: 1, institution: INSTITUTION, kind: "received", fields, log } as const;
const leaf = leafOf(act, "received", DAY);
const leafId = leafHash(leafBytes(leaf));
const said = { act: act.act, by: lastDay(DAY), day: DAY, institution: INSTITUTION, leaf: leafId, log: INSTALLATION };
const promise = await signStatement("promise", said, installation);
const promised: Promised = { ...readPromise(promise, installation.sign), shown: leaf, late: false };
const statement = await logPolicyStatement();
const row: ActRow = {
  ...{ ...leaf, number: 1, kind: "received", shown: "received", of: "", leaf: leafId },
  ...{ body: actBody("received", fields), promise },
};

const genuine = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = genuine;
});

function visit(): Visit {
  return { site: { ...here, slug: INSTITUTION, leave: "", pin: "" }, t: texts(undefined), watch: new RecordWatch(here) } as unknown as Visit;
}

const told = async (tree: Tree, at: number, acts: readonly ActRow[] = [row]) => ({
  ...{ case: CASE, envelopes: [], epochs: [], admits: [], steps: [], acts, earlier: [] },
  record: {
    origin: ORIGIN,
    checkpoint: await signedCheckpoint(tree),
    proofs: at < 0 ? [] : [{ number: 1, index: at, path: tree.path(at).map(std64) }],
  },
});

const others = Array.from({ length: 7 }, (_, index) => unhex(h(`entry ${index}`)));
const tree = new Tree([...others, unhex(leafId)]);

function serve(path: () => readonly string[] = () => []): void {
  globalThis.fetch = async (address) =>
    new Response(JSON.stringify(String(address).endsWith("/consistency") ? { path: path() } : { policy: statement }));
}

test("a proof saved in the mailbox holds by itself, with its place; before the beat it holds the promise", async () => {
  serve();
  const found = await lookUp(visit(), await told(tree, 7), log, []);
  const file = proofOf(found, ownAct(found.acts)!, log);
  const proven = checkProofFile(file, here, today());
  assert.deepEqual([proven.state, proven.case, proven.by], ["in", CASE, lastDay(DAY)]);
  const waiting = await lookUp(visit(), await told(new Tree(others), -1), log, []);
  const early = proofOf(waiting, row, log);
  assert.equal(checkProofFile(early, here, DAY).state, "waiting");
  assert.equal(checkProofFile(early, here, "2026-11-26").state, "overdue");
  const { salt } = JSON.parse(early) as { salt: string };
  assert.equal(promisedFile(act, salt, promised, statement), early); // the receipt saves the same file
});

test("a proof whose act the server no longer shows is told apart from one about another report", async () => {
  serve();
  const now = visit();
  const open = { ...(await lookUp(now, await told(tree, 7), log, [])), case: CASE };
  const file = proofOf(open, row, log);
  assert.deepEqual(await checkSaved(now, file, open), { bad: false, words: [says("in"), now.t("proof.own")] });
  const gone = await checkSaved(now, file, { ...open, acts: [] });
  assert.deepEqual([gone.bad, gone.words[1]], [true, now.t("proof.gone")]);
  const elsewhere = await checkSaved(now, file, { ...open, acts: [], case: "another" });
  assert.deepEqual([elsewhere.bad, elsewhere.words[1]], [false, now.t("proof.other")]);
  const foreign = { ...row, ...leafOf({ ...act, number: 2 }, "received", DAY), number: 2 }; // a promise about another act
  for (const broken of [proofOf(open, foreign, log), "", "x", file.trim(), file.replace(leafId, h("x")), file.replace("received", "message")])
    assert.deepEqual(await checkSaved(now, broken, open), { bad: true, words: [now.t("proof.broken")] });
});

const says = (_state: "in"): string =>
  texts(undefined)("proof.in", { day: "Monday 23 November 2026", size: 8, names: "w1, w2, w3" });

test("a record that does not go on from the one in her proof shows", async () => {
  serve();
  const first = visit();
  const open = { ...(await lookUp(first, await told(tree, 7), log, [])), case: CASE };
  const file = proofOf(open, row, log);
  const grown = new Tree([...tree.leaves, ...others]);
  serve(() => grown.consistency(8).map(std64));
  const later = visit();
  const after = { ...(await lookUp(later, await told(grown, 7), log, [])), case: CASE };
  assert.equal((await checkSaved(later, file, after)).bad, false);
  const rewritten = new Tree([unhex(leafId), ...others, ...others]);
  serve(() => rewritten.consistency(8).map(std64));
  const fork = { ...(await lookUp(visit(), await told(rewritten, 0), log, [])), case: CASE };
  const found = await checkSaved(later, file, fork);
  assert.deepEqual([found.bad, found.words.at(-1)], [true, later.t("proof.rewritten")]);
});

test("only witnesses of the policy, about exactly this promise, count as watching", async () => {
  const policy = readLogPolicy(statement, installation.sign);
  const right = { by: promised.by, leaf: leafId, log: INSTALLATION };
  const by = (at: number, changes: JsonObject = {}, signer: Signer = witnessKeys[at]!): Promise<string> =>
    signStatement("watching", { ...right, witness: `witness.example/w${at + 1}`, ...changes }, signer);
  assert.deepEqual(watchers(policy, [await by(0), await by(2)], promised), ["w1", "w3"]);
  const wrong = [
    await by(0, { leaf: h("x") }),
    await by(0, { by: "2026-11-26" }),
    await by(0, { log: "another" }),
    await by(0, {}, witnessKeys[1]),
    await by(0, { witness: "witness.example/w2" }),
    await signStatement("promise", right, witnessKeys[0]!),
    "",
  ];
  assert.deepEqual(watchers(policy, wrong, promised), []);
});

test("numbers are told in runs", () => {
  assert.deepEqual([ranges([1]), ranges([3, 1, 2, 5, 7, 8])], ["1", "1–3, 5, 7–8"]);
});
