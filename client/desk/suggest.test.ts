import assert from "node:assert/strict";
import { test } from "node:test";
import { cautions, suggest } from "./suggest.ts";

const tell = (text: string) => ({ id: "tell", text, value: text });

test("words of the report point to categories, the gravest first", () => {
  const said = suggest([tell("He is my ex-husband and an officer. He looked up my car on the system.")]);
  assert.deepEqual(said.categories.map(({ id }) => id), ["domestic-abuse", "information-access"]);
  assert.equal(said.categories[0]!.because, "ex-husband");
});

test("a plain report points nowhere", () => {
  assert.deepEqual(suggest([tell("The lift has been out of order for a week.")]).categories, []);
});

test("at most three are offered, however much is told", () => {
  const said = suggest([tell("He raped her, bullied me, is racist, kicked a man and looked up my record.")]);
  assert.equal(said.categories.length, 3);
});

test("rough days and how it is known come from the reporter's own answers", () => {
  const said = suggest([
    { id: "when", text: "", value: [{ how: "few", from: "2026-02", to: "2026-04", words: "" }, { how: "once", from: "2025", to: "", words: "" }] },
    { id: "nearest", text: "", value: "told" },
  ]);
  assert.deepEqual([said.since, said.until, said.source], ["2025", "2026-04", "was-told"]);
});

test("a report of any form is read without harm", () => {
  for (const value of [null, 7, "x", [null], [{ from: 3 }], [[]], { from: "2026" }]) {
    const said = suggest([{ id: "when", text: 5, value }, { id: "nearest", value }]);
    assert.deepEqual([said.since, said.until, said.source, said.categories.length], ["", "", "", 0]);
  }
});

test("who was part of it, and a picture of somebody who may be under 18, are said before anything else", () => {
  const answer = (id: string, value: string) => ({ id, text: "", value });
  assert.deepEqual(cautions([answer("nearest", "saw"), answer("pictures", "no")]), []);
  const [child, part, ...more] = cautions([answer("nearest", "part"), answer("pictures", "not-sure")]);
  assert.match(child!, /under 18.*Do not ask for the picture/s);
  assert.match(part!, /part of it/);
  assert.deepEqual(more, []);
  assert.equal(suggest([answer("nearest", "part")]).source, "saw");
});
