// Grades, rough days, one source counted once, gaps in custody, and a course of conduct as one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError, newId } from "../lib/bytes.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { conducts, custodyOf, originOf, readEntry, register, weight } from "./evidence.ts";
import type { Entry, Incident, Move, Source, Thing } from "./evidence.ts";
import { gradeWords, isHearsay, knowsFrom, suggested } from "./grading.ts";
import { daysBetween, readRough } from "./rough-days.ts";
import type { Noted } from "./structured.ts";

test("a source is graded by how she knows, never by whether she gave a name", () => {
  assert.equal(gradeWords(suggested("saw")), "2AC");
  assert.equal(gradeWords(suggested("told")), "2CC");
  assert.equal(gradeWords(suggested("unknown")), "2DC");
  assert.equal(suggested.length, 1); // it is not even asked whether she is known
  assert.equal(knowsFrom(["saw", "no-name"]), knowsFrom(["saw"]));
  assert.equal(knowsFrom(["saw", "told"]), "told");
  assert.ok(isHearsay(suggested("told")) && !isHearsay(suggested("saw")));
});

test("days as people remember them", () => {
  const cases: [string, string, string][] = [
    ["2026", "2026-01-01", "2026-12-31"],
    ["2028-02", "2028-02-01", "2028-02-29"],
    ["2026-03-14", "2026-03-14", "2026-03-14"],
    ["winter 2027", "2027-12-01", "2028-02-29"],
    ["Spring  2026 to 2026-09", "2026-03-01", "2026-09-30"],
  ];
  for (const [text, first, last] of cases) assert.deepEqual([readRough(text).first, readRough(text).last], [first, last], text);
  for (const text of ["", "soon", "2026-13", "2026-02-30", "2026-09 to 2026-03", "14/3/2026"]) assert.throws(() => readRough(text), FormatError, text);
  assert.equal(daysBetween("2026-03-28", "2026-03-30"), 2); // over the change of the clocks
});

function source(name: string, information: Source["information"], via = ""): Source {
  return { what: "source", id: newId(), name, via, source: "2", information, handling: "C" };
}

const mapOf = (...sources: Source[]): Map<string, Source> => new Map(sources.map((one) => [one.id, one]));

test("hearsay is kept and marked, and who passes something on adds no source", () => {
  const saw = source("reporter", "A");
  const friend = source("friend", "C", saw.id);
  const second = source("friend of the friend", "C", friend.id);
  const other = source("another witness", "A");
  const sources = mapOf(saw, friend, second, other);
  assert.deepEqual(weight({ sources: [saw.id, friend.id, second.id] }, sources), { direct: 1, all: 1, hearsay: 2 });
  assert.deepEqual(weight({ sources: [friend.id, other.id] }, sources), { direct: 1, all: 2, hearsay: 1 });
  assert.deepEqual(weight({ sources: [saw.id, saw.id, newId()] }, sources), { direct: 1, all: 1, hearsay: 0 });
});

test("sources that name each other are one origin", () => {
  const a = source("a", "C");
  const b = source("b", "C", a.id);
  const circle = mapOf({ ...a, via: b.id }, b);
  assert.equal(originOf(a.id, circle), originOf(b.id, circle));
  const self = source("self", "C");
  assert.equal(originOf(self.id, mapOf({ ...self, via: self.id })), self.id);
});

const noted = <T>(value: T): Noted<T> => ({ id: newId(), author: "x", day: "2026-05-01", value });

test("custody has no gap, or says where", () => {
  const thing: Thing = { what: "thing", id: newId(), name: "phone", from: "", holder: "Vale", day: "2026-05-01" };
  const move = (from: string, to: string, day: string): Noted<Move> => noted({ what: "move", of: thing.id, from, to, day, why: "lab" });
  assert.deepEqual(custodyOf(thing, [move("Vale", "Lab", "2026-05-02"), move("Lab", "Vale", "2026-05-09")]), { holder: "Vale", gaps: [] });
  assert.equal(custodyOf(thing, [move("Vale", "Lab", "2026-05-02"), move("Vale", "Store", "2026-05-03")]).gaps.length, 1);
  assert.equal(custodyOf(thing, [move("Vale", "Lab", "2026-04-02")]).gaps.length, 1);
});

test("twelve incidents of one conduct are one, from the first day to the last", () => {
  const incident = (first: string, conduct: string): Incident => ({ what: "incident", id: newId(), words: "w", first, last: first, when: first, conduct, sources: [] });
  const all = Array.from({ length: 12 }, (_, i) => incident(`2026-${String(i + 1).padStart(2, "0")}-05`, "messages"));
  const found = conducts([...all, incident("2025-01-01", ""), incident("2025-01-01", "")]);
  assert.equal(found.length, 3);
  assert.deepEqual([found[0]!.first, found[0]!.last, found[0]!.incidents.length], ["2026-01-05", "2026-12-05", 12]);
});

test("the newest entry of a source counts, and entries read back as they were", () => {
  const one = source("reporter", "C");
  const better: Source = { ...one, information: "B" };
  const entries: Entry[] = [one, better];
  assert.equal(register(entries.map(noted)).sources.get(one.id)?.information, "B");
  const good = { ...one } as unknown as JsonObject;
  assert.deepEqual(readEntry(good), one);
  const bad: JsonObject[] = [{ ...good, information: "F" }, { ...good, more: 1 }, { ...good, id: "x" }, { what: "thing" }, { what: "incident", id: newId(), words: "", first: "2026-02-02", last: "2026-02-01", when: "", conduct: "", sources: [] }];
  for (const entry of bad) assert.throws(() => readEntry(entry), FormatError, JSON.stringify(entry));
});
