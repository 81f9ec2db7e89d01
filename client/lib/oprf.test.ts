// The RFC's vectors, what Python made, and keepers who lie.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { ristretto255_oprf } from "@noble/curves/ed25519.js";
import { b64, hex, unb64, unhex, utf8 } from "./bytes.ts";
import { blind, checkSharedKey, combine, TooFewError } from "./oprf.ts";
import type { Answer, Blinded, SharedKey } from "./oprf.ts";
import { CARRIED, filled, signTags, tagKey } from "./tags.ts";
import { dice } from "./testing.ts";

interface JsonAnswer {
  elements: string[];
  proof: string;
}

interface Vector {
  key: string;
  needs: number;
  keepers: { name: string; place: number; part: string }[];
  blinded: { input: string; blind: string; element: string }[];
  answers: Record<string, JsonAnswer>;
  outputs: string[];
  lies: { why: string; from: string; answer: JsonAnswer }[];
}

const vector = JSON.parse(readFileSync("tests/vectors/keepers/oprf.json", "utf8")) as Vector;
const shared: SharedKey = {
  key: unb64(vector.key),
  needs: vector.needs,
  keepers: vector.keepers.map((one) => ({ ...one, part: unb64(one.part) })),
};
const blinded: Blinded[] = vector.blinded.map((one) => ({
  input: unb64(one.input),
  blind: unb64(one.blind),
  element: unb64(one.element),
}));
const answers = new Map(Object.entries(vector.answers).map(([name, one]) => [name, read(one)]));

function read(one: JsonAnswer): Answer {
  return { elements: one.elements.map((text) => unb64(text)), proof: unb64(one.proof) };
}

test("any three of Python's five keepers give what Python's whole key gives", () => {
  checkSharedKey(shared);
  for (const left of answers.keys())
    for (const out of answers.keys()) {
      if (left >= out) continue;
      const some = new Map([...answers].filter(([name]) => name !== left && name !== out));
      const { outputs, liars } = combine(shared, blinded, some);
      assert.deepEqual(outputs.map(b64), vector.outputs);
      assert.deepEqual(liars, []);
    }
});

test("every lie is named, and left out while enough others tell the truth", () => {
  for (const { why, from, answer } of vector.lies) {
    const found = combine(shared, blinded, new Map([...answers, [from, read(answer)]]));
    assert.deepEqual(found.liars, [from], why);
    assert.deepEqual(found.outputs.map(b64), vector.outputs, why);
    const three = new Map([...answers].slice(0, 3));
    assert.throws(
      () => combine(shared, blinded, three.set(from, read(answer))),
      (error) => error instanceof TooFewError && error.liars[0] === from,
      why,
    );
  }
});

test("a keeper nobody knows is a liar", () => {
  const found = combine(shared, blinded, new Map([...answers, ["keeper-6", answers.get("keeper-1")!]]));
  assert.deepEqual(found.liars, ["keeper-6"]);
});

test("what is sent says nothing twice, and does not hold the input", () => {
  const sent = Array.from({ length: 10 }, () => hex(blind(utf8("PW1234")).element));
  assert.equal(new Set(sent).size, 10);
});

test("a shared key that does not fit together is refused", () => {
  const [first, second, ...rest] = shared.keepers;
  const wrong: SharedKey[] = [
    { ...shared, key: first!.part },
    { ...shared, key: new Uint8Array(32) },
    { ...shared, key: new Uint8Array(31) },
    { ...shared, needs: 2 },
    { ...shared, needs: 4 },
    { ...shared, needs: 6 },
    { ...shared, needs: 2.5 },
    { ...shared, keepers: [{ ...first!, part: second!.part }, second!, ...rest] },
    { ...shared, keepers: [{ ...first!, place: 0 }, second!, ...rest] },
    { ...shared, keepers: [{ ...first!, place: second!.place }, second!, ...rest] },
    { ...shared, keepers: [{ ...first!, name: second!.name }, second!, ...rest] },
    { ...shared, keepers: [first!, second!, ...rest.slice(0, -1), { ...rest.at(-1)!, part: second!.part }] },
  ];
  for (const one of wrong) assert.throws(() => checkSharedKey(one));
});

test("nonsense from a keeper is a lie and nothing else", () => {
  const roll = dice(7);
  const noise = (length: number) => Uint8Array.from({ length }, () => roll(256));
  for (let i = 0; i < 6; i++) {
    const elements = Array.from({ length: 3 + roll(3) }, () => noise(30 + roll(4)));
    const lie = { elements, proof: noise(60 + roll(8)) };
    assert.deepEqual(combine(shared, blinded, new Map([...answers, ["keeper-5", lie]])).liars, ["keeper-5"]);
  }
});

test("a name's tag is Python's; an entry always carries the same number, sorted", async () => {
  const golden = JSON.parse(readFileSync("tests/vectors/golden/tag-v1.json", "utf8")) as string;
  assert.equal(tagKey(new Uint8Array(64)).sign, golden);
  const keys = filled([new Uint8Array(64), new Uint8Array(64), new Uint8Array(64).fill(1)]);
  const tags = keys.map((key) => key.sign);
  assert.equal(tags.length, CARRIED);
  assert.deepEqual([...new Set(tags)].sort(), tags);
  assert.ok(tags.includes(golden));
  assert.equal((await signTags(keys, utf8("x"))).length, CARRIED);
  assert.throws(() => filled([]));
  assert.throws(() => filled(Array.from({ length: 9 }, (_, i) => new Uint8Array(64).fill(i))));
  assert.throws(() => tagKey(new Uint8Array(63)));
});

interface Rfc {
  identifier: string;
  mode: number;
  seed: string;
  keyInfo: string;
  skSm: string;
  pkSm?: string;
  vectors: RfcVector[];
}

type Field = "Blind" | "BlindedElement" | "EvaluationElement" | "Input" | "Output";
type RfcVector = Record<Field, string> & { Proof?: { proof: string } };

function checkProof(key: string, one: RfcVector): void {
  const parts = (field: Field) => one[field].split(",").map((text) => unhex(text));
  const items = parts("Input").map((input, i) => ({
    input,
    blind: parts("Blind")[i]!,
    blinded: parts("BlindedElement")[i]!,
    evaluated: parts("EvaluationElement")[i]!,
  }));
  const outputs = ristretto255_oprf.voprf.finalizeBatch(items, unhex(key), unhex(one.Proof!.proof));
  assert.deepEqual(outputs.map(hex), one.Output.split(","));
}

const places = ["../shared/vectors", "../../shared/vectors"];
const folder = places.find((place) => existsSync(`${place}/rfc9497-vectors.json`));

test(
  "the RFC's vectors, with the parts of the library that are used here",
  { skip: folder === undefined && "the RFC's vectors are not beside the project" },
  () => {
    const all = JSON.parse(readFileSync(`${folder}/rfc9497-vectors.json`, "utf8")) as Rfc[];
    const suites = all.filter((one) => one.identifier === "ristretto255-SHA512" && one.mode < 2);
    let tried = 0;
    for (const suite of suites) {
      const half = suite.mode === 0 ? ristretto255_oprf.oprf : ristretto255_oprf.voprf;
      const keys = half.deriveKeyPair(unhex(suite.seed), unhex(suite.keyInfo));
      assert.equal(hex(keys.secretKey), suite.skSm);
      for (const one of suite.vectors) {
        const [blinds, inputs] = [one.Blind.split(","), one.Input.split(",")];
        inputs.forEach((input, i) => {
          const evaluated = unhex(one.EvaluationElement.split(",")[i]!);
          const output = ristretto255_oprf.oprf.finalize(unhex(input), unhex(blinds[i]!), evaluated);
          assert.equal(hex(output), one.Output.split(",")[i]);
          const sent = unhex(one.BlindedElement.split(",")[i]!);
          assert.equal(hex(ristretto255_oprf.oprf.blindEvaluate(keys.secretKey, sent)), hex(evaluated));
        });
        if (suite.mode === 1) checkProof(suite.pkSm!, one);
        tried += 1;
      }
    }
    assert.equal(tried, 5);
  },
);
