// Passes and collection plans in the browser give what Python gives: the golden notice is read, its plan walked.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ristretto255_oprf } from "@noble/curves/ed25519.js";
import { b64, concat, hash, unb64, utf8 } from "../lib/bytes.ts";
import { asked, FIELDS, NOT_STATED, place, readNotice } from "./notice.ts";
import { ask, finish, readPass } from "./passes.ts";

const golden = (name: string): unknown =>
  JSON.parse(readFileSync(`tests/vectors/golden/${name}-v1.json`, "utf8"));
const text = golden("survey-wave") as string;
const known = /"sign":"([\w-]+)"/.exec(text)![1]!;
const notice = readNotice(text, known);

test("the golden notice is read, and a changed one is not", () => {
  assert.equal(notice.issuer, "Fellmoor University");
  assert.deepEqual(Object.values(notice.areas).sort(), ["North", "South"]);
  for (const [old, changed] of [
    ["2026-11-30", "2026-12-30"],
    ["Fellmoor", "Marlmoor"],
  ] as const)
    assert.throws(() => readNotice(text.replace(old, changed), known));
});

test("a notice of another body is not read, whoever it says it is", () => {
  for (const other of ["", "A".repeat(43), `${known.slice(0, -1)}${known.endsWith("A") ? "E" : "A"}`])
    assert.throws(() => readNotice(text, other), /Another body/);
  assert.match(notice.letters, /^([a-z2-7]{4} ){6}[a-z2-7]{2}$/);
});

test("a plan asks one thing after another and keeps no more than it allows", () => {
  const { tree, areas } = notice;
  const north = Object.keys(areas).find((id) => areas[id] === "North")!;
  assert.deepEqual(asked(tree, {}), ["stratum"]);
  assert.deepEqual(asked(tree, { stratum: north }), ["stratum", "sex"]);
  assert.deepEqual(asked(tree, { stratum: north, sex: "female" }), ["stratum", "sex"]);
  const kept = place(tree, { stratum: north, sex: "female", ethnicity5: "black" });
  assert.deepEqual(kept, { ...nothing(), stratum: north, sex: "female" });
  assert.deepEqual(place(tree, { sex: "toString", stratum: "__proto__" }), nothing());
});

function nothing(): Record<string, string> {
  return Object.fromEntries(FIELDS.map((field) => [field, NOT_STATED]));
}

test("a spent pass has the name that Python gives it", () => {
  const input = concat(utf8("upstander/survey-pass/v1\n2026\n"), new Uint8Array(16));
  assert.equal(hash(input), golden("survey-pass"));
  assert.deepEqual(ask("2026", new Uint8Array(16)).blinded.input, input);
});

test("a pass comes out of an honest answer alone", () => {
  const { voprf } = ristretto255_oprf;
  const honest = voprf.deriveKeyPair(new Uint8Array(32).fill(1), utf8("x"));
  const other = voprf.deriveKeyPair(new Uint8Array(32).fill(2), utf8("x"));
  const asking = ask("2026");
  const answer = voprf.blindEvaluate(honest.secretKey, honest.publicKey, asking.blinded.element);
  const made = finish(asking, honest.publicKey, answer.evaluated, answer.proof);
  assert.match(made, /^[a-z2-7]{58}$/);
  assert.equal(readPass(` ${made.slice(0, 20).toUpperCase()}-${made.slice(20)} `, honest.publicKey), made);
  assert.equal(readPass(made, other.publicKey), "other");
  assert.equal(readPass(made.slice(1), honest.publicKey), undefined);
  const tagged = voprf.blindEvaluate(other.secretKey, other.publicKey, asking.blinded.element);
  assert.throws(() => finish(asking, honest.publicKey, tagged.evaluated, tagged.proof));
  assert.throws(() => finish(asking, honest.publicKey, answer.evaluated, tagged.proof));
});

test("two numbers never look alike when they are asked about", () => {
  const nonce = new Uint8Array(16);
  assert.notEqual(b64(ask("2026", nonce).blinded.element), b64(ask("2026", nonce).blinded.element));
  assert.equal(unb64(b64(notice.key)).length, 32);
});

type Words = Readonly<Record<string, string | readonly (readonly string[])[]>>;
const read = (name: string): Words => JSON.parse(readFileSync(`client/survey/${name}.json`, "utf8")) as Words;
const marks = (text: string): string[] => [...new Set([...text.matchAll(/\{[a-z]+\}|\*\*/g)].map(String))].sort();
const numbers = (text: string): string[] => [...text.matchAll(/\d[\d ]*\d|\d/g)].map(String).sort();

test("every string of the survey and of its questions is in Welsh, and nothing else is", () => {
  const [english, welsh, asked] = [read("words.en"), read("words.cy"), read("asked.cy")];
  assert.deepEqual(Object.keys(welsh).sort(), Object.keys(english).sort());
  for (const [key, own] of Object.entries(english)) {
    const [texts, others] = [own, welsh[key]!].map((one) => (typeof one === "string" ? [one] : one.flat()));
    assert.equal(others!.length, texts!.length, key);
    texts!.forEach((text, at) => {
      assert.deepEqual(marks(others![at]!), marks(text), key);
      assert.deepEqual(numbers(others![at]!), numbers(text), key);
      if (!/^[A-Z][\w' ]+: [\d ]+$/.test(text)) assert.notEqual(others![at], text, key); // names of those who listen
    });
  }
  const file = JSON.parse(readFileSync("src/upstander/surveying/instrument.json", "utf8")) as Instrument;
  const questions = [...file.characteristics, ...file.items];
  const said = questions.flatMap(({ ask: one, hint, options = [] }) => [one, hint, ...options.map(({ label }) => label)]);
  assert.deepEqual(Object.keys(asked).sort(), [...new Set(said.filter((one) => one !== ""))].sort());
  for (const [text, other] of Object.entries(asked)) assert.deepEqual(numbers(String(other)), numbers(text), text);
});

interface Question {
  ask: string;
  hint: string;
  options?: { label: string }[];
}

interface Instrument {
  characteristics: Question[];
  items: Question[];
}
