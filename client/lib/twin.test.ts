// Python and TypeScript must agree on every case about the log: the kept ones, and thousands made on the spot.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { FormatError, hex, utf8 } from "./bytes.ts";
import { decode } from "./canonical.ts";
import type { JsonObject } from "./canonical.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { leafBytes, leafHash, readLeaf } from "./leaf.ts";
import { readLogPolicy, readWatching } from "./log-policy.ts";
import { hashLeaf, verifyConsistency, verifyInclusion } from "./merkle.ts";
import { openNote, parseVkey, std64, unstd64 } from "./notes.ts";
import { checkNote, checkWitnessed, parsePolicy } from "./policy.ts";
import { checkProofFile } from "./receipt.ts";
import { readProof, verifyProof, writeProof } from "./tlog.ts";

interface Cases {
  policy: string;
  inclusion: { index: number; size: number; leaf: string; path: string[]; root: string; ok: boolean }[];
  consistency: { old: number; old_root: string; new: number; new_root: string; path: string[]; ok: boolean }[];
  notes: { note: string; keys: string[]; signed: [string, number][] | null }[];
  vkeys: { vkey: string; ok: boolean }[];
  policies: { text: string; ok: boolean; enough: [string[], boolean][] }[];
  examined: { note: string; examined: { signed: Record<string, number>; enough: boolean } | null }[];
  proofs: { proof: string; leaf: string; ok: boolean }[];
}

interface Kept extends Cases {
  checkpoints: { text: string; checkpoint: { origin: string; size: string; root: string } | null }[];
  receipts: { file: string; said: "proved" | "promised" | null }[];
  statements: { kind: string; text: string; key: string; ok: boolean }[];
  leaves: { entry: string; hash: string; ok: boolean }[];
}

const kept = JSON.parse(readFileSync("tests/vectors/py/log.json", "utf8")) as Kept;
const DAY = "2026-11-24";

/** The answer, or null where a FormatError refuses. Anything else that is thrown fails the test. */
function answer<T>(judge: () => T): T | null {
  try {
    return judge();
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  }
}

const holds = (judge: () => unknown): boolean => answer(() => [judge()]) !== null;
const hashes = (path: readonly string[]): Uint8Array[] => path.map((one) => unstd64(one));

/** Judges every case; answers how many Python accepts and refuses. */
function agree(cases: Cases): { good: number; bad: number } {
  const counted = { good: 0, bad: 0 };
  const count = (ok: boolean): void => void (ok ? counted.good++ : counted.bad++);
  for (const { ok, leaf, root, path, ...places } of cases.inclusion) {
    const claim = { ...places, leaf: unstd64(leaf), root: unstd64(root), path: hashes(path) };
    assert.equal(holds(() => verifyInclusion(claim)), ok, JSON.stringify(places));
    count(ok);
  }
  for (const { ok, old, old_root, new_root, path, ...rest } of cases.consistency) {
    const claim = { old, new: rest.new, oldRoot: unstd64(old_root), newRoot: unstd64(new_root), path: hashes(path) };
    assert.equal(holds(() => verifyConsistency(claim)), ok, `${old} ${rest.new}`);
    count(ok);
  }
  for (const { note, keys, signed } of cases.notes) {
    const found = answer(() => openNote(note, keys.map(parseVkey)).signatures.map(({ key, seconds }) => [key.vkey, seconds]));
    assert.deepEqual(found, signed, note);
    count(signed !== null);
  }
  for (const { vkey, ok } of cases.vkeys) {
    assert.equal(holds(() => parseVkey(vkey)), ok, vkey);
    count(ok);
  }
  for (const { text, ok, enough } of cases.policies) {
    const read = answer(() => parsePolicy(text));
    assert.equal(read !== null, ok, text);
    for (const [names, right] of enough) assert.equal(read!.enough(new Set(names)), right, `${text} ${names.join()}`);
    count(ok);
  }
  const policy = parsePolicy(cases.policy);
  for (const { note, examined } of cases.examined) {
    const found = answer(() => checkNote(policy, note));
    const signed = found && Object.fromEntries(found.witnesses.map(({ name, seconds }) => [name, seconds]));
    assert.deepEqual(signed, examined && examined.signed, note);
    assert.equal(found?.enough, examined?.enough, note);
    assert.equal(holds(() => checkWitnessed(policy, note)), examined?.enough === true, note);
    count(examined !== null);
  }
  for (const { proof, leaf, ok } of cases.proofs) {
    const enough = answer(() => verifyProof(policy, readProof(proof), hex(unstd64(leaf)))?.enough);
    assert.equal(enough === true, ok, proof);
    count(ok);
  }
  return counted;
}

test("the cases that are kept: both say the same", () => {
  const { good, bad } = agree(kept);
  assert.ok(good > 80 && bad > 250, `${good} good, ${bad} bad`);
});

test("thousands of cases made on the spot: both say the same", () => {
  if (!existsSync(".venv/bin/python")) {
    console.log("Only the kept cases about the log are judged: there is no .venv here.");
    return;
  }
  const run = { encoding: "utf8", maxBuffer: 1 << 26, env: { ...process.env, PYTHONPATH: "src:." } } as const;
  const seed = String(Date.now() % 1_000_000);
  const cases = JSON.parse(execFileSync(".venv/bin/python", ["-m", "tests.vectors.log_cases", seed], run)) as Cases;
  try {
    const { good, bad } = agree(cases);
    assert.ok(good > 600 && bad > 2_500, `${good} good, ${bad} bad`);
  } catch (error) {
    console.log(`python -m tests.vectors.log_cases ${seed}`);
    throw error;
  }
});

test("checkpoints, leaves and statements", () => {
  for (const { text, checkpoint } of kept.checkpoints) {
    // What a browser's number can't hold it refuses; Python goes up to 2^63 - 1.
    const right = checkpoint !== null && BigInt(checkpoint.size) > Number.MAX_SAFE_INTEGER ? null : checkpoint;
    const found = answer(() => readCheckpoint(text));
    assert.deepEqual(found && { origin: found.origin, size: String(found.size), root: std64(found.root) }, right, text);
  }
  for (const { entry, hash, ok } of kept.leaves) {
    const found = answer(() => {
      const [, head = "", json = ""] = /^(.*)\n(.*)\n$/.exec(entry) ?? [];
      if (head !== "upstander/leaf/v1") throw new FormatError("no leaf");
      return leafHash(leafBytes(readLeaf(decode(utf8(json)) as JsonObject)));
    });
    assert.equal(found !== null, ok, entry);
    if (ok) assert.deepEqual([found, std64(hashLeaf(utf8(entry)))], [hex(unstd64(hash)), hash]);
  }
  for (const { kind, text, key, ok } of kept.statements)
    assert.equal(
      holds(() => (kind === "watching" ? readWatching(text, parseVkey(key)) : readLogPolicy(text, key))),
      ok,
      text,
    );
});

test("saved proofs", () => {
  const { key } = kept.statements.find(({ kind }) => kind === "log-policy")!;
  const installation = kept.policy.split("/")[1]!;
  const said = { in: "proved", unwitnessed: null, waiting: "promised", overdue: "promised" };
  for (const { file, said: right } of kept.receipts) {
    const found = answer(() => checkProofFile(file, { installation, key }, DAY));
    assert.equal(found && said[found.state], right, file);
  }
  const states = kept.receipts.slice(0, 2).map(({ file }) => checkProofFile(file, { installation, key }, "2027-01-01").state);
  assert.deepEqual(states, ["in", "overdue"]);
  for (const { proof } of kept.proofs.filter(({ ok }) => ok).slice(0, 1)) assert.equal(writeProof(readProof(proof)), proof);
});

test("the specification's own examples", () => {
  // C2SP signed-note, "Example"
  const vkey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
  const note =
    "This is an example message.\n\n— example.com/foo " +
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
  assert.equal(openNote(note, [parseVkey(vkey)]).text, "This is an example message.\n");
  assert.throws(() => openNote(note.replace("example message", "example massage"), [parseVkey(vkey)]), FormatError);
});
