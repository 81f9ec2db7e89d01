import assert from "node:assert/strict";
import { test } from "node:test";
import left from "../../src/upstander/sealing/words_not_drawn.txt";
import { checksumWord, completions, generateWords, parseWords, wordlist, WordsError } from "./words.ts";

test("the list is the EFF's large one", () => {
  assert.equal(wordlist.length, 7776);
  assert.equal(new Set(wordlist).size, 7776);
  assert.deepEqual([wordlist[0], wordlist[7775]], ["abacus", "zoom"]);
  assert.deepEqual(
    wordlist.filter((word) => /[^a-z]/.test(word)),
    ["drop-down", "felt-tip", "t-shirt", "yo-yo"],
  );
});

test("generated words parse, whatever stands between them", () => {
  for (let i = 0; i < 50; i++) {
    const words = generateWords();
    for (const between of [" ", "-", "\n", ", ", " – ", "\u00a0", "1. 2. ", "\u202e"]) {
      assert.deepEqual(parseWords(words.join(between)), words, JSON.stringify(words.join(between)));
    }
    assert.deepEqual(parseWords(`  ${words.join(" ").toUpperCase()}.`), words);
  }
});

test("nobody is given a word that could hurt, and one given before still opens", () => {
  const hurting = new Set(left.trim().split("\n"));
  assert.equal(hurting.size, 108);
  for (const word of hurting) assert.ok(wordlist.includes(word), word);
  for (let i = 0; i < 2000; i++) for (const word of generateWords()) assert.ok(!hurting.has(word), word);
  const six = ["arousal", "zoom", "zoom", "zoom", "zoom", "zoom"];
  const before = [...six, checksumWord(six)];
  assert.deepEqual(parseWords(before.join(" ")), before);
});

test("words with a hyphen keep it, also between hyphens", () => {
  const six = ["yo-yo", "t-shirt", "felt-tip", "drop-down", "yo-yo", "zoom"];
  const words = [...six, checksumWord(six)];
  assert.deepEqual(parseWords(words.join("-")), words);
  assert.deepEqual(parseWords(words.join(" ").toUpperCase()), words);
});

test("a wrong word is named by its place", () => {
  const words = generateWords();
  for (let at = 0; at < 7; at++) {
    const typed = words.with(at, "qqqq").join(" ");
    assert.throws(
      () => parseWords(typed),
      (error) =>
        error instanceof WordsError && error.index === at && error.message.includes(`Word ${at + 1}`),
    );
  }
});

test("nearly every other listed word in any place is caught", () => {
  const words = generateWords();
  let passed = 0;
  for (let at = 0; at < 7; at++) {
    for (let i = 0; i < wordlist.length; i += 7) {
      if (wordlist[i] === words[at]) continue;
      try {
        parseWords(words.with(at, wordlist[i]!).join(" "));
        passed += 1;
      } catch (error) {
        assert.ok(error instanceof WordsError && error.index === -1);
      }
    }
  }
  assert.ok(passed <= 10, `${passed} of 7,777 slips got through; about one was expected`);
});

test("missing, doubled and swapped words are caught", () => {
  const words = generateWords();
  const wrong = ["", "   ", words.slice(1).join(" "), [...words, words[0]].join(" "), "\u0000", "١٢٣", "é"];
  for (const typed of wrong) assert.throws(() => parseWords(typed), WordsError, typed);
  const swapped = [words[1]!, words[0]!, ...words.slice(2)];
  if (words[0] !== words[1] && checksumWord(swapped.slice(0, 6)) !== words[6]) {
    assert.throws(() => parseWords(swapped.join(" ")), WordsError);
  }
});

test("letters that only look like ours are not ours", () => {
  const words = generateWords();
  const kelvin = words.map((word) => word.replace("k", "\u212a").replace("a", "\u0430")); // K sign, Cyrillic
  if (kelvin.join() !== words.join()) assert.throws(() => parseWords(kelvin.join(" ")), WordsError);
});

test("completions come from the list only", () => {
  assert.deepEqual(completions("yo-"), ["yo-yo"]);
  assert.equal(completions("a").length, 8);
  assert.deepEqual(completions(""), []);
  assert.deepEqual(completions("qqq"), []);
});
