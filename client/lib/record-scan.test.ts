// Looking through the log for acts that are not listed: found by their labels, in exactly the tree that was signed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, test } from "node:test";
import { Problem } from "./api.ts";
import { concat, FormatError, hash, unhex, utf8 } from "./bytes.ts";
import { labelAndSalt, leafBytes, leafHash, leafOf } from "./leaf.ts";
import { hashLeaf } from "./merkle.ts";
import { std64 } from "./notes.ts";
import { bundlesFrom, scan, tilePath } from "./record-scan.ts";
import type { Fetch } from "./record-scan.ts";
import { RecordWatch } from "./record-watch.ts";
import { DAY, INSTALLATION, installation, logPolicyStatement, ORIGIN, seedFor, signedCheckpoint, Tree } from "./testing.ts";

const log = seedFor("log secret");
const CASE = "caseaaaaaaaaaaaaaaaaaaaaaa";
const label = (number: number): string => labelAndSalt(log, number).label;
const entry = (name: string, own = ""): Uint8Array =>
  leafBytes({ kind: "message", day: DAY, label: own || hash(utf8(name)).slice(0, 32), commitment: hash(utf8(name)) });

/** A log of so many entries; acts of the case at these places. */
function entries(size: number, own: Readonly<Record<number, number>>): Uint8Array[] {
  return Array.from({ length: size }, (_, at) => (at in own ? entry(`own ${at}`, label(own[at]!)) : entry(`entry ${at}`)));
}

/** Bundles and tiles, made from the definition. */
function served(all: readonly Uint8Array[], changed: Readonly<Record<string, Uint8Array>> = {}): Fetch & { asked: string[] } {
  const tree = new Tree(all.map(hashLeaf));
  const asked: string[] = [];
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at * 256 < all.length; at++) {
    const some = all.slice(at * 256, at * 256 + 256);
    const bundle = concat(...some.map((one) => concat(new Uint8Array([one.length >> 8, one.length & 255]), one)));
    files.set(tilePath("entries", at, some.length), bundle);
  }
  for (let level = 0, each = 1; each <= all.length; level++, each *= 256) {
    const whole = Math.floor(all.length / each);
    for (let at = 0; at * 256 < whole; at++) {
      const width = Math.min(256, whole - at * 256);
      const nodes = Array.from({ length: width }, (_, i) => tree.root((at * 256 + i) * each, (at * 256 + i + 1) * each));
      files.set(tilePath(level, at, width), concat(...nodes));
    }
  }
  const fetch = async (path: string): Promise<Uint8Array> => {
    asked.push(path);
    const found = changed[path] ?? files.get(path);
    if (found === undefined) throw new Error(`nothing asks for ${path}`);
    return found;
  };
  return Object.assign(fetch, { asked });
}

const head = (all: readonly Uint8Array[]) => ({ origin: ORIGIN, size: all.length, root: new Tree(all.map(hashLeaf)).root() as Uint8Array<ArrayBuffer> });

test("paths of tiles are those of the specification", () => {
  const { tiles } = JSON.parse(readFileSync("tests/vectors/py/log.json", "utf8")) as {
    tiles: { path: string; tile: [number | "entries", number, number] | null }[];
  };
  const good = tiles.filter(({ tile }) => tile !== null);
  for (const { path, tile } of good) assert.equal(tilePath(...tile!), path);
  assert.ok(good.length > 3);
});

test("an act that is not listed is found by its label, wherever one begins to look", async () => {
  for (const size of [1, 2, 255, 256, 257, 700, 1025]) {
    const all = entries(size, { [size - 1]: 5 });
    for (const from of new Set([0, Math.floor(size / 2), size - 1])) {
      const fetch = served(all);
      assert.deepEqual(await scan(fetch, from, head(all), new Set([label(5), label(6)])), [label(5)], `${size} ${from}`);
      const bundles = fetch.asked.filter((path) => path.includes("entries"));
      assert.equal(bundles.length, bundlesFrom(from, head(all)));
    }
    assert.deepEqual(await scan(served(all), 0, head(all), new Set([label(6)])), []);
  }
});

test("another log than the signed one is noticed: an entry changed, left out, doubled, or a tile that lies", async () => {
  const all = entries(700, { 650: 5 });
  const without = entries(700, {});
  const last = tilePath("entries", 2, 188);
  const labels = new Set([label(5)]);
  const lies: Record<string, Uint8Array>[] = [
    { [last]: await served(without)(last) },
    { [last]: (await served(all)(last)).slice(0, -3) },
    { [last]: new Uint8Array() },
    { [last]: await served(entries(701, {}))(tilePath("entries", 2, 189)) },
    { [tilePath(1, 0, 2)]: await served(without)(tilePath(0, 0, 256)) },
    { [tilePath(1, 0, 2)]: new Uint8Array(33) },
  ];
  for (const [index, changed] of lies.entries())
    await assert.rejects(scan(served(all, changed), 600, head(all), labels), FormatError, `lie ${index}`);
  await assert.rejects(scan(served(without), 600, head(all), labels), FormatError);
});

const genuine = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = genuine;
});

test("a server that leaves out the newest act, and all that came with it, is found out", async () => {
  const fields = { case: CASE, card: hash(utf8("c")), channels: [], envelopes: [], excluded: [], grants: [], uploads: [] };
  const leaf = leafOf({ kind: "received", fields, log, number: 1 }, "received", DAY);
  const own = leafBytes(leaf);
  const all = entries(300, { 290: 2, 295: 3 });
  all[280] = own;
  const tree = new Tree(all.map(hashLeaf));
  const row = {
    ...{ ...leaf, number: 1, kind: "received", shown: "received", of: "", promise: "", leaf: leafHash(own) },
    body: { ...fields, kind: "received" },
  };
  const record = {
    origin: ORIGIN,
    checkpoint: await signedCheckpoint(tree),
    proofs: [{ number: 1, index: 280, path: tree.path(280).map(std64) }],
  };
  const seen = { case: CASE, kinds: ["message"], envelopes: [], keys: [], steps: [] };
  const asked = { acts: [row], records: [record], log, seen, today: DAY };
  const statement = await logPolicyStatement();
  const files = served(all);
  const serve = (answer: (path: string) => Promise<Response>) => {
    globalThis.fetch = async (address) =>
      String(address) === "/api/v1/log" ? new Response(JSON.stringify({ policy: statement })) : answer(String(address));
  };
  serve(async (path) => new Response(new Uint8Array(await files(path.replace("/log/1/", "")))));
  const watch = new RecordWatch({ installation: INSTALLATION, key: installation.sign });
  const look = await watch.look(asked);
  assert.deepEqual([look.finding.state, watch.toSearch(asked, look)], ["in", 1]);
  const { finding } = await watch.search(asked, look);
  assert.equal(finding.state, "withheld");
  assert.deepEqual(finding.faults, [{ why: "more", number: 2 }, { why: "more", number: 3 }]);
  // Refusing to give the entries is no way out; being out of reach is told as such.
  serve(async () => new Response("{}", { status: 404 }));
  assert.equal((await watch.search(asked, look)).finding.state, "mismatch");
  for (const status of [429, 503]) {
    serve(async () => new Response("{}", { status }));
    await assert.rejects(watch.search(asked, look), Problem);
  }
  assert.equal(watch.toSearch({ records: [{ ...record, proofs: [] }] }, look), 0);
  assert.equal(unhex(row.leaf).length, 32);
});
