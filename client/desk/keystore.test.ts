// Browser keys that closed tabs left behind. Node has no IndexedDB: as much of one stands here as the store asks for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dropDeadKeys, findBrowserKey, makeBrowserKey } from "./keystore.ts";

const HOUR = 60 * 60 * 1000; // ms
const NOW = 1_800_000_000_000;

function database(): Map<string, { slot: string }> {
  const rows = new Map<string, { slot: string }>();
  const store = {
    getAll: () => ({ result: [...rows.values()] }),
    get: (slot: string) => ({ result: rows.get(slot) }),
    put: (row: { slot: string }) => ({ result: rows.set(row.slot, row) }),
    delete: (slot: string) => ({ result: rows.delete(slot) }),
  };
  const transaction = () => {
    const made = { objectStore: () => store, oncomplete: () => undefined };
    queueMicrotask(() => made.oncomplete());
    return made;
  };
  const open = () => {
    const opening = { result: { transaction, close: () => undefined }, onsuccess: () => undefined };
    queueMicrotask(() => opening.onsuccess());
    return opening;
  };
  Object.assign(globalThis, { indexedDB: { open } });
  return rows;
}

test("keys older than any session go on every page, and all but this tab's where nobody is signed in", async () => {
  const rows = database();
  for (const [slot, age] of [
    ["old", 13],
    ["mine", 1],
    ["other", 1],
  ] as const)
    await makeBrowserKey(slot, NOW - age * HOUR);
  assert.deepEqual([...rows.keys()], ["old", "mine", "other"]);
  await dropDeadKeys(NOW, true, "mine");
  assert.deepEqual([...rows.keys()], ["mine", "other"]);
  assert.notEqual(await findBrowserKey("mine"), undefined);
  await dropDeadKeys(NOW, false, "mine");
  assert.deepEqual([...rows.keys()], ["mine"]);
  await dropDeadKeys(NOW, false);
  assert.deepEqual([...rows.keys()], []);
});
