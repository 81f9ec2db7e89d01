import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { isSolved, solve, solveInWorker } from "./work.ts";
import type { WorkRequest } from "./work.ts";
import { trusted } from "./worker.ts";
import type { Reply } from "./worker.ts";

afterEach(() => {
  delete (globalThis as { Worker?: unknown }).Worker;
});

test("a solution is the smallest counter with enough zero bits", () => {
  for (const bits of [0, 1, 7, 8, 9, 12]) {
    const work = solve({ challenge: "challenge", bits });
    const counter = Number(work.slice("challenge:".length));
    assert.equal(work, `challenge:${counter}`);
    assert.ok(isSolved(work, bits));
    for (let smaller = 0; smaller < counter; smaller++)
      assert.ok(!isSolved(`challenge:${smaller}`, bits));
  }
  assert.ok(!isSolved(solve({ challenge: "challenge", bits: 16 }).replace("c", "x"), 16));
});

test("progress rises and stays below one", () => {
  const seen: number[] = [];
  solve({ challenge: "progress", bits: 15 }, (done) => seen.push(done));
  assert.ok(seen.every((done, i) => done < 1 && (i === 0 || done > seen[i - 1]!)));
});

test("only our own workers can be started", () => {
  assert.equal(String(trusted("/assets/derive.worker.js")), "/assets/derive.worker.js");
  for (const address of [
    "/assets/other.js",
    "https://x.example/assets/derive.worker.js",
    "/assets/derive.worker.js?x",
    "data:,0",
    "",
  ]) {
    assert.throws(() => trusted(address), TypeError, address);
  }
});

test("a worker is asked, heard and ended, also when it fails or nobody waits any more", async () => {
  const ended: string[] = [];
  const answers: Record<string, Reply<string>[]> = {
    good: [{ progress: 0.5 }, { result: "42" }],
    bad: [{ error: "No memory." }],
    slow: [],
  };
  class FakeWorker {
    onmessage: (event: { data: Reply<string> }) => void = () => undefined;
    readonly address: string;
    constructor(address: string) {
      this.address = address;
    }
    postMessage({ challenge }: WorkRequest): void {
      for (const data of answers[challenge]!) queueMicrotask(() => this.onmessage({ data }));
    }
    terminate(): void {
      ended.push(this.address);
    }
  }
  Object.assign(globalThis, { Worker: FakeWorker });
  const heard: number[] = [];
  assert.equal(await solveInWorker({ challenge: "good", bits: 1 }, (done) => heard.push(done)), "42");
  await assert.rejects(solveInWorker({ challenge: "bad", bits: 1 }), /No memory/);
  const controller = new AbortController();
  const slow = solveInWorker({ challenge: "slow", bits: 1 }, undefined, controller.signal);
  controller.abort(new Error("left"));
  await assert.rejects(slow, /left/);
  assert.deepEqual([heard, ended], [[0.5], Array(3).fill("/assets/work.worker.js")]);
});
