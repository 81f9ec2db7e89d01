// Words that lean on a myth: what must be flagged is, what must not is not, and quoted speech never is.
import assert from "node:assert/strict";
import { test } from "node:test";
import pack from "./desk-pack.json";
import heldBack from "./wording-held-back.txt";
import tried from "./wording-tried.txt";
import { checker, hasOpenQuotation } from "./wording.ts";
import type { Wording } from "./wording.ts";

const wording: Wording = pack.wording;
const check = checker(wording);

interface Sentence {
  text: string;
  wanted: boolean;
}

function sentencesOf(file: string): Sentence[] {
  const lines = file.split("\n").filter((line) => /^[+-] /.test(line));
  return lines.map((line) => ({ wanted: line.startsWith("+"), text: line.slice(2) }));
}

interface Score {
  precision: number;
  recall: number;
  missed: string[];
  wrong: string[];
}

function score(sentences: readonly Sentence[]): Score {
  const flagged = sentences.filter(({ text }) => check(text).length > 0);
  const right = flagged.filter(({ wanted }) => wanted).length;
  return {
    precision: right / flagged.length,
    recall: right / sentences.filter(({ wanted }) => wanted).length,
    missed: sentences.filter((one) => one.wanted && !flagged.includes(one)).map(({ text }) => text),
    wrong: flagged.filter(({ wanted }) => !wanted).map(({ text }) => `${text} [${check(text).map(({ rule }) => rule).join(", ")}]`),
  };
}

test("sentences the patterns were tried on", (t) => {
  const sentences = sentencesOf(tried);
  const found = score(sentences);
  t.diagnostic(`${sentences.length} tried: ${JSON.stringify(found, null, 1)}`);
  assert.ok(sentences.length >= 120);
  assert.deepEqual([found.missed, found.wrong], [[], []]);
});

test("sentences that were held back", (t) => {
  const sentences = sentencesOf(heldBack);
  const found = score(sentences);
  t.diagnostic(`${sentences.length} held back: ${JSON.stringify(found, null, 1)}`);
  assert.ok(sentences.length >= 120);
  assert.ok(found.precision >= 0.9, `precision ${found.precision}`);
  assert.ok(found.recall >= 0.8, `recall ${found.recall}`);
});

test("no sentence is in both lists", () => {
  const known = new Set(sentencesOf(tried).map(({ text }) => text));
  assert.deepEqual(sentencesOf(heldBack).filter(({ text }) => known.has(text)), []);
});

const MYTH = "it was banter";
const QUOTES = [
  [`The message says "${MYTH}" and was read out.`, 0],
  [`The message says “${MYTH}” and was read out.`, 0],
  [`He wrote '${MYTH}' under it.`, 0],
  [`He wrote ‘${MYTH}’ under it.`, 0],
  [`> ${MYTH}\n\nThat is what he wrote.`, 0],
  [`> He sent this.\n\nWe think ${MYTH}.`, 1],
  [`He sent "a picture". We think ${MYTH}.`, 1],
  [`The officers' room was full, and ${MYTH}, we think.`, 1],
  [`It's the team's way: ${MYTH}.`, 1],
  [`"He came in. He said it. ${MYTH}`, 0], // never closed: to the end of its paragraph
  [`"He came in.\n\nWe think ${MYTH}.`, 1],
] as const;

for (const [text, wanted] of QUOTES) {
  test(`quoted or not: ${JSON.stringify(text)}`, () => assert.equal(check(text).length, wanted));
}

test("a quotation that is never closed is told", () => {
  assert.equal(hasOpenQuotation('He said "it was nothing, and left.'), true);
  assert.equal(hasOpenQuotation('He said "it was nothing", and left. It\'s the officers\' word.'), false);
});

test("a hit says where it is, whatever stands around it", () => {
  for (const before of ["", "We found this. ", "\u{1F600} émigré’s. ", 'He said "no". ']) {
    const text = `${before}In our view it was banter.`;
    const [hit] = check(text);
    assert.equal(hit?.text, "banter");
    assert.equal(text.slice(hit!.start, hit!.end), "banter");
  }
});

test("a long text is checked at once, and hits come in order", () => {
  const text = "She did not fight back. The log was read on Monday. It was banter. ".repeat(500);
  const starts = check(text).map(({ start }) => start);
  assert.equal(starts.length, 1000);
  assert.deepEqual(starts, [...starts].sort((a, b) => a - b));
});
