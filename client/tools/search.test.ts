// Search over opened texts: held against a slow search that reads every text.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SearchIndex, snippet, wordsOf } from "./search.ts";
import type { Entry } from "./search.ts";

const entry = (text: string, day = "2026-01-01"): Entry => ({ case: "c", kind: "note", day, text });

function indexOf(...texts: string[]): SearchIndex {
  const index = new SearchIndex();
  texts.forEach((text, i) => index.add(entry(text, `2026-01-${String(i + 1).padStart(2, "0")}`)));
  return index;
}

const texts = (index: SearchIndex, query: string): string[] => index.find(query).map(({ entry: { text } }) => text);

test("every word, by its beginning, whatever accents and case", () => {
  const index = indexOf("The sergeant's phone was passed round.", "Sergeant ÉMILE wrote twice.", "A phone call");
  assert.deepEqual(texts(index, "emile"), ["Sergeant ÉMILE wrote twice."]);
  assert.deepEqual(texts(index, "serg phone"), ["The sergeant's phone was passed round."]);
  assert.deepEqual(texts(index, "phones"), []);
  assert.deepEqual(texts(index, "  ,. "), []);
});

test("words in quotation marks stand side by side", () => {
  const index = indexOf("the parade room door", "the room for the parade");
  assert.deepEqual(texts(index, '"parade room"'), ["the parade room door"]);
  assert.deepEqual(texts(index, "“room for” par"), ["the room for the parade"]);
  assert.deepEqual(texts(index, '"par room"'), []);
});

test("rarer and more frequent words come first, then the newest", () => {
  const index = indexOf("locker", "locker locker locker", "locker badge", "room");
  assert.equal(texts(index, "locker")[0], "locker locker locker");
  assert.deepEqual(indexOf("one day", "one day").find("one").map(({ entry: { day } }) => day), ["2026-01-02", "2026-01-01"]);
});

test("finds what a search through everything finds", () => {
  const vocabulary = ["car", "card", "care", "room", "roof", "night", "knight", "née", "o'neill", "42"];
  let seed = 7;
  const next = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
  const all = Array.from({ length: 300 }, () => Array.from({ length: 1 + next(12) }, () => vocabulary[next(10)]!).join(" "));
  const index = indexOf();
  for (const text of all) index.add(entry(text));
  for (let i = 0; i < 200; i += 1) {
    const query = Array.from({ length: 1 + next(3) }, () => vocabulary[next(10)]!.slice(0, 2 + next(4)));
    const wanted = all.filter((text) => query.every((word) => wordsOf(text).some((one) => one.startsWith(wordsOf(word)[0]!))));
    assert.deepEqual(texts(index, query.join(" ")).sort(), [...wanted].sort(), query.join(" "));
  }
});

test("a snippet shows the words and where it was cut", () => {
  const long = `${"before ".repeat(60)}the badge lay there ${"after ".repeat(60)}`;
  const parts = snippet(long, ["badge"]);
  assert.equal(parts[1], "badge");
  assert.ok(parts[0]!.startsWith("… ") && parts.at(-1)!.endsWith(" …"));
  assert.ok(parts.join("").length < 220);
  assert.deepEqual(snippet("Badge, badge.", ["badge"]), ["", "Badge", ", ", "badge", "."]);
  assert.deepEqual(snippet("nothing", []), ["nothing"]);
});
