// The log as one visit sees it: a server that rewinds, forks, or answers nonsense.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Problem } from "./api.ts";
import { hash, unhex, utf8 } from "./bytes.ts";
import { actBody, labelAndSalt, leafBytes, leafHash, leafOf } from "./leaf.ts";
import { std64 } from "./notes.ts";
import type { ActRow } from "./record-acts.ts";
import { RecordWatch } from "./record-watch.ts";
import { DAY, INSTALLATION, installation, logKey, logPolicyStatement, ORIGIN, seedFor, signedCheckpoint, Tree } from "./testing.ts";

const CASE = "caseaaaaaaaaaaaaaaaaaaaaaa";
const log = seedFor("log secret");
const fields = { case: CASE, card: hash(utf8("card")), channels: [], envelopes: [], excluded: [], grants: [], uploads: [] };
const leaf = leafOf({ kind: "received", fields, log, number: 1 }, "received", DAY);
const row: ActRow = {
  ...leaf,
  ...{ number: 1, kind: "received", shown: "received", of: "", promise: "" },
  ...{ leaf: leafHash(leafBytes(leaf)), body: actBody("received", fields) },
};
const seen = { case: CASE, kinds: ["message"], envelopes: [], keys: [], steps: [] };
const here = { installation: INSTALLATION, key: installation.sign };
const entries = Array.from({ length: 20 }, (_, index) => unhex(hash(utf8(`entry ${index}`))));

const genuine = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = genuine;
});

/** A server with this statement about its logs, and these proofs between checkpoints. */
function serve(policy: string, path: () => readonly string[] = () => []): string[] {
  const asked: string[] = [];
  globalThis.fetch = async (address, init) => {
    asked.push(`${String(address)} ${String(init?.body ?? "")}`);
    const isProof = String(address).endsWith("/consistency");
    return new Response(JSON.stringify(isProof ? { path: path() } : { policy, checkpoint: "" }));
  };
  return asked;
}

/** What the mailbox is told when the log has so many entries, hers after the first four. */
async function told(size: number, leaves = [...entries.slice(0, 4), unhex(row.leaf), ...entries.slice(4)]) {
  const tree = new Tree(leaves.slice(0, size));
  const proofs = [{ number: 1, index: 4, path: tree.path(4).map(std64) }];
  return { tree, record: { origin: ORIGIN, checkpoint: await signedCheckpoint(tree), proofs } };
}

const asked = (record: Awaited<ReturnType<typeof told>>["record"]) => ({ acts: [row], records: [record], log, seen, today: DAY });

test("each look goes on from the first of the visit, and asks for the proof", async () => {
  const watch = new RecordWatch(here);
  const [first, later] = [await told(6), await told(17)];
  const calls = serve(await logPolicyStatement(), () => later.tree.consistency(6).map(std64));
  assert.equal((await watch.look(asked(first.record))).finding.state, "in");
  assert.equal((await watch.look(asked(later.record))).finding.state, "in");
  assert.equal((await watch.look(asked(first.record))).finding.state, "in");
  const proofs = calls.filter((one) => one.includes("/consistency"));
  assert.deepEqual(proofs, [`/api/v1/log/consistency {"origin":"${ORIGIN}","from":6,"to":17}`]);
});

test("a record that became shorter, or was rewritten, shows", async () => {
  const policy = await logPolicyStatement();
  const [short, long] = [await told(6), await told(17)];
  const watch = new RecordWatch(here);
  serve(policy);
  await watch.look(asked(long.record));
  const shrunk = (await watch.look(asked(short.record))).finding;
  assert.deepEqual([shrunk.state, shrunk.faults.map(({ why }) => why)], ["mismatch", ["shrunk"]]);
  const others = [...entries.slice(10, 14), unhex(row.leaf), ...entries.slice(0, 12)];
  const forked = await told(17, others);
  const same = (await watch.look(asked(forked.record))).finding;
  assert.deepEqual(same.faults.map(({ why }) => why), ["rewritten"]);
  const again = new RecordWatch(here);
  await again.look(asked(short.record));
  serve(policy, () => forked.tree.consistency(6).map(std64));
  const rewritten = (await again.look(asked(forked.record))).finding;
  assert.deepEqual([rewritten.state, rewritten.faults.map(({ why }) => why)], ["mismatch", ["rewritten"]]);
  again.forget();
  assert.equal((await again.look(asked(forked.record))).finding.state, "in");
});

test("a statement that is not the installation's is no record; no answer at all is not known to be wrong", async () => {
  const { record } = await told(6);
  for (const policy of [await logPolicyStatement({}, logKey), await logPolicyStatement({ installation: "x" }), "", "{}"]) {
    serve(policy);
    const look = await new RecordWatch(here).look(asked(record));
    assert.deepEqual([look.finding.state, look.policy], ["mismatch", undefined]);
  }
  serve(await logPolicyStatement());
  const nonsense = { ...asked(record), acts: [{ ...row, number: null }] as unknown as ActRow[] };
  assert.notEqual((await new RecordWatch(here).look(nonsense)).finding.state, "in");
  globalThis.fetch = () => Promise.reject(new TypeError("offline"));
  await assert.rejects(new RecordWatch(here).look(asked(record)), Problem);
});

test("what was promised on a visit must be there, for the case it was promised about", async () => {
  const { record } = await told(6);
  serve(await logPolicyStatement());
  const watch = new RecordWatch(here);
  watch.owe(log, { leaf: row.leaf, by: "2026-11-25" });
  watch.owe(seedFor("another case"), { leaf: "1".repeat(64), by: "2026-11-25" });
  assert.equal((await watch.look(asked(record))).finding.state, "in");
  watch.owe(log, { leaf: "2".repeat(64), by: "2026-11-25" });
  assert.deepEqual((await watch.look(asked(record))).finding.faults, [{ why: "promise", number: 0 }]);
  assert.notEqual(labelAndSalt(log, 1).label, labelAndSalt(seedFor("another case"), 1).label);
});
