// No picker without every answer that must stand first, whatever the place in the page's history says.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answers } from "./flow.ts";
import { mayPrint, travellingPrints } from "./pictures.ts";
import { mayGoOn } from "./question.ts";
import { compiled, option, pack, question } from "./testing.ts";
import type { Visit } from "./visit.ts";

const RIGHT: Answers = {
  nearest: "happened",
  adult: "yes",
  "part-of-it": ["pictures"],
  pictures: "no",
  "print-whose": "yes",
  "print-age": "yes",
  print: "agree",
};
const PRINTED = [{ name: "me.jpg", sha256: "0".repeat(64), prints: [] }];

const whole = compiled();

test("the right answers open it, and what travels has no name", { skip: whole === null && "no Python here" }, () => {
  const asked = whole!.questions["print"]!;
  assert.equal(mayPrint(whole!, RIGHT, asked, "agree"), true);
  assert.deepEqual(travellingPrints(whole!, RIGHT, PRINTED), [{ sha256: "0".repeat(64), prints: [] }]);
});

test("any other answer keeps it shut and takes back what was made", { skip: whole === null && "no Python here" }, () => {
  const asked = whole!.questions["print"]!;
  const wrong: Record<string, readonly (string | undefined)[]> = {
    adult: ["no"],
    pictures: ["yes", "not-sure", undefined],
    "print-whose": ["no", "not-sure", undefined],
    "print-age": ["no", "not-sure", "dont-know", undefined],
  };
  let tried = 0;
  for (const [id, values] of Object.entries(wrong))
    for (const value of values) {
      const { [id]: _, ...others } = RIGHT;
      const answers: Answers = value === undefined ? others : { ...others, [id]: value };
      assert.equal(mayPrint(whole!, answers, asked, "agree"), false, `${id}: ${value}`);
      assert.deepEqual(travellingPrints(whole!, answers, PRINTED), []);
      assert.equal(mayGoOn({ pack: whole!, answers } as Visit, asked, "agree"), false);
      tried++;
    }
  assert.equal(tried, 11);
  for (const what of ["none", "", undefined, "sexual"])
    assert.equal(mayPrint(whole!, RIGHT, asked, what), false);
  assert.deepEqual(travellingPrints(whole!, { ...RIGHT, print: "none" }, PRINTED), []);
});

test("a pack that forgets to ask opens no picker", () => {
  const careless = question("print", "prints", { options: [option("agree"), option("none")] });
  const of = pack([careless], { W: ["print"] });
  assert.equal(mayPrint(of, { print: "agree" }, careless, "agree"), false);
  const file = question("file", "file", { options: [option("agree")], when: { set: "x" } });
  assert.equal(mayPrint(of, { x: "y" }, file, "agree"), false);
});
