import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { RecordWatch } from "../lib/record-watch.ts";
import { INSTALLATION, INSTITUTION } from "../lib/testing.ts";
import { makeAhead } from "./ahead.ts";
import type { App } from "./app.ts";
import { empty } from "./app.ts";
import type { Kind } from "./pack.ts";

/** A browser's Worker that never answers. */
class Busy {
  static made: Busy[] = [];
  isEnded = false;
  constructor() {
    Busy.made.push(this);
  }
  postMessage(): void {}
  terminate(): void {
    this.isEnded = true;
  }
}

beforeEach(() => {
  Busy.made = [];
  (globalThis as { Worker?: unknown }).Worker = Busy;
});

const SITE = { slug: INSTITUTION, installation: INSTALLATION, key: "", leave: "", pin: "" };
const app = (more: Partial<App> = {}): App => ({ visit: { site: SITE, watch: new RecordWatch(SITE) }, over: new AbortController(), ...more }) as App;

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

test("keys are begun on the last pages, once, and not before", async () => {
  const one = app();
  for (const kind of ["text", "file", "exclude"] as Kind[]) makeAhead(one, kind);
  await soon();
  assert.ok(!one.ahead);
  makeAhead(one, "bodies");
  const { ahead } = one as App;
  makeAhead(one, "check");
  await soon();
  assert.equal(one.ahead, ahead);
  assert.equal(ahead!.words.length, 7);
  assert.equal(Busy.made.length, 1);
});

test("none are made for a report that is on its way, or for a record that has its own", async () => {
  makeAhead(app({ out: {} as App["out"] }), "check");
  makeAhead(app({ box: { state: "private" } as App["box"] }), "check");
  await soon();
  assert.equal(Busy.made.length, 0);
});

test("leaving ends the work and keeps nothing of it", async () => {
  const one = app();
  makeAhead(one, "check");
  await soon();
  const ahead = one.ahead!;
  empty(one);
  assert.equal(one.ahead, undefined);
  assert.ok(Busy.made[0]!.isEnded);
  assert.ok(ahead.words.every((word) => word === ""));

  const early = app();
  makeAhead(early, "check");
  empty(early); // before the page was even drawn
  await soon();
  assert.equal(Busy.made.length, 1);
});
