// Against a small server on this machine that keeps parts as ours does, and fails on demand.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import { newIdentity, open, recipientOf, seal } from "./age.ts";
import { NO_ANSWER, Problem } from "./api.ts";
import { concat, FormatError, hash, randomBytes } from "./bytes.ts";
import { padme } from "./padding.ts";
import { downloadSealed, hashBlob, PART, SealedUpload, uploadSealed } from "./upload.ts";

const identity = await newIdentity();
const recipient = await recipientOf(identity);
const options = { institution: "marlshire", recipient, pauses: [0, 0, 0, 0, 0, 0] };

let announced: { size: number; parts: number } | undefined;
let parts: Map<number, Uint8Array>;
let requests: string[];
let fail: (request: string) => number; // a status, 0 to answer, -1 to cut the connection
let download: Uint8Array;

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const body = Buffer.concat(pieces);
  const name = `${request.method} ${request.url}`;
  requests.push(name);
  assert.equal(request.headers.cookie, undefined);
  const status = fail(name);
  if (status < 0) return void request.socket.destroy();
  if (status > 0) {
    response.writeHead(status, { "Content-Type": "application/problem+json" });
    return void response.end(
      JSON.stringify({ type: status === 413 ? "too-large" : "busy", title: "Words.", status }),
    );
  }
  const part = /\/parts\/(\d+)$/.exec(request.url!);
  if (request.method === "GET" && request.url === "/file") return void response.end(download);
  if (request.method === "GET")
    return void response.end(JSON.stringify({ ...announced, have: [...parts.keys()] }));
  if (part === null) announced = JSON.parse(body.toString()) as typeof announced;
  else parts.set(Number(part[1]), new Uint8Array(body));
  response.writeHead(204).end();
}

const server = createServer((request, response) => void serve(request, response));
const real = globalThis.fetch;

before(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  globalThis.fetch = (path, init) => real(`${origin}${String(path)}`, init);
});
after(() => {
  globalThis.fetch = real;
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  announced = undefined;
  parts = new Map();
  requests = [];
  fail = () => 0;
});

function content(size: number): Uint8Array<ArrayBuffer> {
  const block = randomBytes(65_536);
  return concat(...Array.from({ length: Math.ceil(size / block.length) }, () => block)).slice(0, size);
}

function stored(): Uint8Array<ArrayBuffer> {
  return concat(...[...parts.entries()].sort(([a], [b]) => a - b).map(([, part]) => part));
}

test("a file arrives in parts, padded, and opens", async () => {
  const bytes = content(2_500_001);
  const steps: number[] = [];
  const sent = await uploadSealed(new Blob([bytes]), {
    ...options,
    onProgress: (done, whole) => steps.push(done / whole),
  });
  assert.deepEqual([sent.size, sent.sha256, sent.sealed], [bytes.length, hash(bytes), hash(stored())]);
  assert.deepEqual(announced, { size: stored().length, parts: 3 });
  assert.deepEqual(
    [...parts.values()].map(({ length }) => length),
    [PART, PART, stored().length - 2 * PART],
  );
  const opened = await open(stored(), identity);
  assert.equal(opened.length, padme(bytes.length));
  assert.deepEqual(opened.slice(0, bytes.length), bytes);
  assert.ok(opened.slice(bytes.length).every((byte) => byte === 0));
  assert.deepEqual([steps.length, steps.at(-1)], [3, 1]);
  assert.ok(requests.every((one) => one.includes(sent.id)));
});

test("an empty file and files around a part's length arrive too", async () => {
  for (const size of [0, 1, 4096, PART - 20_000, PART]) {
    parts.clear();
    const bytes = content(size);
    const sent = await uploadSealed(new Blob([bytes]), options);
    assert.deepEqual([sent.size, hash((await open(stored(), identity)).slice(0, size))], [size, hash(bytes)]);
    assert.equal(announced?.parts, parts.size);
  }
});

test("failures that pass are tried again, and nothing is sent twice needlessly", async () => {
  const failures = [503, -1, 502, -1];
  fail = (name) => (name.includes("/parts/1") ? (failures.shift() ?? 0) : 0);
  const sent = await uploadSealed(new Blob([content(2_200_000)]), options);
  assert.equal(hash(stored()), sent.sealed);
  assert.equal(requests.filter((name) => name.endsWith("/parts/0")).length, 1);
  assert.equal(requests.filter((name) => name.endsWith("/parts/1")).length, 5);
});

test("a refusal is not tried again", async () => {
  fail = (name) => (name.includes("/parts/") ? 413 : 0);
  const upload = uploadSealed(new Blob([content(5000)]), options);
  await assert.rejects(
    upload,
    (error) => error instanceof Problem && error.type === "too-large" && error.title === "Words.",
  );
  assert.equal(requests.length, 2);
});

test("after a long break the same upload goes on where it was", async () => {
  fail = (name) => (name.endsWith("/parts/2") ? -1 : 0);
  const bytes = content(3_300_000);
  const upload = new SealedUpload(new Blob([bytes]), options);
  await assert.rejects(upload.run(), (error) => error instanceof Problem && error.type === NO_ANSWER);
  assert.equal(requests.filter((name) => name.endsWith("/parts/2")).length, 7);
  fail = () => 0;
  requests = [];
  const sent = await upload.run();
  assert.deepEqual(
    requests.map((name) => name.replace(/.*uploads\/\w+/, "")),
    ["", "/parts/2", "/parts/3"],
  );
  assert.deepEqual(
    [hash(stored()), (await open(stored(), identity)).length],
    [sent.sealed, padme(bytes.length)],
  );
  assert.equal(await upload.run(), sent);
});

test("a server that lost a part it had acknowledged is found out", async () => {
  fail = (name) => (name.endsWith("/parts/2") ? 500 : 0);
  const upload = new SealedUpload(new Blob([content(3_300_000)]), options);
  await assert.rejects(upload.run(), Problem);
  parts.delete(0);
  fail = () => 0;
  await assert.rejects(upload.run(), FormatError);
});

test("stopping stops", async () => {
  const controller = new AbortController();
  const upload = uploadSealed(new Blob([content(3_300_000)]), {
    ...options,
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("stopped")),
  });
  await assert.rejects(upload, /stopped/);
  assert.equal(parts.size, 1);
});

test("a download is the file that was attached, or an error", async () => {
  const bytes = content(9_000_000);
  const sent = await uploadSealed(new Blob([bytes]), options);
  download = stored();
  const file = { identity, size: sent.size, sha256: sent.sha256 };
  const got = await downloadSealed("/file", file);
  assert.equal(hash(new Uint8Array(await got.arrayBuffer())), hash(bytes));
  assert.equal(got.type, "application/octet-stream");
  await assert.rejects(downloadSealed("/file", { ...file, size: file.size - 1 }), FormatError);
  await assert.rejects(downloadSealed("/file", { ...file, size: file.size + 1_000_000 }), FormatError);
  await assert.rejects(downloadSealed("/file", { ...file, sha256: "0".repeat(64) }), FormatError);
  await assert.rejects(downloadSealed("/file", { ...file, identity: await newIdentity() }));
  const whole = download;
  const small = content(5000);
  download = await seal(concat(small, new Uint8Array(padme(5000) - 5000)), [recipient]);
  const little = { identity, size: 5000, sha256: hash(small) };
  assert.equal((await downloadSealed("/file", little)).size, 5000);
  for (const zeros of [padme(5000) - 4999, 0]) {
    download = await seal(concat(small, new Uint8Array(zeros)), [recipient]);
    await assert.rejects(downloadSealed("/file", little), FormatError);
  }
  download = whole.slice(0, -1);
  await assert.rejects(downloadSealed("/file", file));
  fail = () => 404;
  await assert.rejects(downloadSealed("/file", file), Problem);
});

test("the hash of a file as it was picked", async () => {
  const bytes = content(300_000);
  assert.equal(await hashBlob(new Blob([bytes])), hash(bytes));
});
