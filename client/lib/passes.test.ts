// Staff passes: what Python's keeper answers is a pass here, shown alike, and a lying keeper gives none.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { b64, unb64 } from "./bytes.ts";
import type { JsonObject } from "./canonical.ts";
import { ask, claim, collect, partOf, readCode, readPassKeys, showForQuestion, tokenInput } from "./passes.ts";
import type { Asked, Purpose } from "./passes.ts";
import type { Keeper } from "./roster.ts";

interface Vector {
  keeper: string;
  sign: string;
  epoch: string;
  month: string;
  keys: string;
  asked: Record<Purpose, { nonce: string; input: string; blind: string; element: string }[]>;
  answer: Record<Purpose, { elements: string[]; proof: string }>;
  outputs: Record<Purpose, string[]>;
  question: string[];
  shown: JsonObject;
  code: string;
  part: string;
}

const vector = JSON.parse(readFileSync("tests/vectors/keepers/passes.json", "utf8")) as Vector;
const KEEPER: Keeper = {
  name: vector.keeper,
  address: "https://charity.example",
  place: 1,
  part: new Uint8Array(32),
  sign: vector.sign,
};
const KEYS = readPassKeys(vector.keys, KEEPER, vector.epoch, vector.month);
const blinds = (purpose: Purpose) =>
  vector.asked[purpose].map((one) => ({
    nonce: unb64(one.nonce),
    input: unb64(one.input),
    blind: unb64(one.blind),
    element: unb64(one.element),
  }));
const ASKED: Asked = { ask: blinds("ask"), person: blinds("person") };
const answer = (): JsonObject => structuredClone(vector.answer) as unknown as JsonObject;

test("a pass is what Python makes of the same answer", () => {
  for (const purpose of ["ask", "person"] as const)
    for (const one of ASKED[purpose]) assert.deepEqual(tokenInput(KEYS, purpose, one.nonce), one.input);
  const pass = collect(KEYS, ASKED, answer());
  assert.deepEqual(pass.asks.map(({ output }) => b64(output)), vector.outputs.ask);
  assert.equal(b64(pass.person.output), vector.outputs.person[0]);
  const question = vector.question.map((one) => unb64(one));
  assert.deepEqual(showForQuestion(pass.asks[0]!, pass.month, vector.epoch, question), vector.shown);
});

test("a keeper that used another key, or answers something else, gives no pass", () => {
  const wrong: ((given: Vector["answer"]) => void)[] = [
    (given) => void ([given.ask.elements[0], given.ask.elements[1]] = [given.ask.elements[1]!, given.ask.elements[0]!]),
    (given) => void (given.person = { ...given.ask, elements: given.ask.elements.slice(0, 1) }),
    (given) => void given.ask.elements.pop(),
    (given) => void (given.person.proof = b64(new Uint8Array(64))),
    (given) => void (given.person.elements = [b64(new Uint8Array(32))]),
  ];
  for (const spoil of wrong) {
    const given = structuredClone(vector.answer);
    spoil(given);
    assert.throws(() => collect(KEYS, ASKED, given as unknown as JsonObject));
  }
});

test("keys of another keeper, epoch or month are refused", () => {
  assert.throws(() => readPassKeys(vector.keys, { ...KEEPER, name: "union" }, vector.epoch, vector.month));
  assert.throws(() => readPassKeys(vector.keys, KEEPER, "2032", vector.month));
  assert.throws(() => readPassKeys(vector.keys, KEEPER, vector.epoch, "2026-12"));
});

test("what is sent is new each time and each keeper is shown its own part of a code", () => {
  const [one, two] = [ask(KEYS), ask(KEYS)];
  const sent = claim(KEYS, one, readCode("ABCDE fghij-klmno pqrst uvwxy a"));
  assert.equal(sent["code"], vector.part);
  assert.notEqual(partOf(vector.code, "union"), vector.part);
  assert.notDeepEqual(claim(KEYS, two, vector.code)["elements"], sent["elements"]);
  assert.throws(() => readCode("abc"));
});
