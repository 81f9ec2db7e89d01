// Marks and redactions: nothing that was taken out is left, whatever overlaps, and another text is never redacted by mistake.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError, newId } from "../lib/bytes.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { entryOf, merged, newest, readMarked, redact, textHash } from "./schedule.ts";
import type { Marked } from "./schedule.ts";

const TEXT = "PC Example told me on Tuesday at 02:10 in the locker room.";

function marked(more: Partial<Marked> = {}): Marked {
  return { item: newId(), of: textHash(TEXT), relevant: true, sensitive: false, undermines: false, assists: false, redactions: [], shared: [], ...more };
}

const cut = (start: number, end: number, why = "source"): { start: number; end: number; why: string } => ({ start, end, why });

test("what is taken out is gone, and its length does not show", () => {
  assert.equal(redact(TEXT, marked({ redactions: [cut(0, 10)] })), "[removed: source] told me on Tuesday at 02:10 in the locker room.");
  assert.equal(redact(TEXT, marked({ redactions: [cut(0, TEXT.length)] })), "[removed: source]");
  assert.equal(redact(TEXT, marked()), TEXT);
});

test("overlapping, touching and unordered pieces leave nothing between them", () => {
  assert.deepEqual(merged([cut(20, 30, "b"), cut(0, 10, "a"), cut(10, 22, "a")]), [cut(0, 30, "a; b")]);
  let seed = 3;
  const next = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 300; round += 1) {
    const cuts = Array.from({ length: 1 + next(6) }, () => {
      const start = next(TEXT.length - 1);
      return cut(start, start + 1 + next(TEXT.length - start - 1 || 1));
    });
    const kept = [...TEXT].filter((_, at) => !cuts.some(({ start, end }) => start <= at && at < end)).join("");
    assert.equal(redact(TEXT, marked({ redactions: cuts })).replaceAll("[removed: source]", ""), kept);
  }
});

test("another text, or one that has changed, is not redacted but refused", () => {
  assert.throws(() => redact(`${TEXT} `, marked({ redactions: [cut(0, 10)] })), FormatError);
  assert.throws(() => redact(TEXT, marked({ redactions: [cut(50, 500)] })), FormatError);
});

test("an entry reads back as it was, and nothing else reads as one", () => {
  const value = marked({ redactions: [cut(1, 2)], shared: [{ with: "The officer's representative", day: "2026-05-01" }] });
  assert.deepEqual(readMarked(entryOf(value)), value);
  const good = entryOf(value);
  const bad: JsonObject[] = [
    { ...good, relevant: "yes" },
    { ...good, redactions: [{ start: 5, end: 5, why: "" }] },
    { ...good, redactions: [{ start: -1, end: 5, why: "" }] },
    { ...good, shared: [{ with: "x", day: "1 May" }] },
    { ...good, item: "x" },
    { ...good, more: true },
  ];
  for (const entry of bad) assert.throws(() => readMarked(entry), FormatError, JSON.stringify(entry));
});

test("the newest marks of an item count", () => {
  const item = newId();
  const noted = (value: Marked, day: string) => ({ id: newId(), author: "a", day, value });
  const entries = [noted(marked({ item }), "2026-05-01"), noted(marked(), "2026-05-02"), noted(marked({ item, relevant: false }), "2026-05-03")];
  assert.equal(newest(entries).get(item)?.value.relevant, false);
  assert.equal(newest(entries).size, 2);
});
