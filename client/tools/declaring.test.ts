// What is recorded for answers about connections: nothing until all are given, and a step back names none.
import assert from "node:assert/strict";
import { test } from "node:test";
import { declarationOf } from "./declaring.ts";

const QUESTIONS = ["interest", "management"].map((id) => ({ id, label: id, source: "a rule" }));

test("every question is answered before anything is recorded", () => {
  for (const answers of [[], [false], [undefined, false], [true, undefined]]) assert.equal(declarationOf(QUESTIONS, answers), undefined);
});

test("no connection is recorded by its question", () => {
  const { kind, declared, outcome } = declarationOf(QUESTIONS, [false, false])!;
  assert.deepEqual({ kind, declared, outcome }, { kind: "declaration", declared: { interest: false, management: false }, outcome: "stays" });
});

test("with any connection she steps back, and which it was is not said", () => {
  for (const answers of [[true, false], [false, true], [true, true]]) {
    const { declared, outcome } = declarationOf(QUESTIONS, answers)!;
    assert.deepEqual({ declared, outcome }, { declared: {}, outcome: "recuses" });
  }
});
