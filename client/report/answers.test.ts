import assert from "node:assert/strict";
import { test } from "node:test";
import { isoDate, marked, readable, rows, travelling } from "./answers.ts";
import type { Answers } from "./flow.ts";
import { NAMES, option, pack, question } from "./testing.ts";

const of = pack(
  [
    question("danger", "one", { travels: "no", options: [option("yes")] }),
    question("tell", "text", { marks: true }),
    question("who", "people", {
      marks: true,
      fields: [{ id: "name", label: "Name", hint: "", kind: "line", options: [] }],
    }),
    question("when", "dates", { options: [option("few")] }),
    question("name", "one", { travels: "sheet", part: "two", options: [option("yes", "name-details")] }),
    question("name-details", "form", {
      travels: "sheet",
      part: "two",
      fields: [{ id: "name", label: "Your name", hint: "", kind: "line", options: [] }],
    }),
    question("exclude", "exclude", { part: "two" }),
    question("point", "point", { part: "two" }),
    question("check", "check", { travels: "no", part: "two" }),
  ],
  { W: ["danger", "tell", "who", "when", "exclude", "point", "name", "check"] },
);

const answers: Answers = {
  danger: "yes",
  tell: "They pass it round.",
  who: [{ name: "A. Person" }],
  when: [{ from: "/3/2019", to: "14//", words: "on nights", how: "few" }],
  name: "yes",
  "name-details": { name: "Reporter" },
  exclude: { unticked: ["k1"], typed: "Somebody" },
  point: { tell: "ask", who: "keep" },
};

test("what could identify her goes in the sheet only, and danger stays on the device", () => {
  const report = travelling(of, answers, "report", NAMES);
  assert.deepEqual(
    report.map(({ id }) => id),
    ["tell", "who", "when", "exclude"],
  );
  assert.ok(!JSON.stringify(report).includes("Reporter"));
  assert.deepEqual(
    travelling(of, answers, "sheet", NAMES).map(({ id }) => id),
    ["name", "name-details"],
  );
});

test("ask before using this part travels with that part", () => {
  const asks = Object.fromEntries(
    travelling(of, answers, "report", NAMES).map(({ id, ask_first }) => [id, ask_first]),
  );
  assert.deepEqual(asks, { tell: true, who: false, when: false, exclude: false });
});

test("an answer that is no longer asked for does not travel", () => {
  const later = { ...answers, name: "no" };
  assert.deepEqual(
    travelling(of, later, "sheet", NAMES).map(({ id }) => id),
    ["name"],
  );
});

test("answers read as a person would say them", () => {
  const read = (id: string): string => readable(of.questions[id]!, answers[id], NAMES);
  assert.equal(read("when"), "Label few, March 2019 to 14, on nights");
  assert.equal(read("who"), "Person 1\nName: A. Person");
  assert.equal(read("exclude"), "Left out: Avery\nAsked to keep away: Somebody");
  assert.equal(readable(of.questions["tell"]!, "dont-know", NAMES), "I don't know");
});

test("coded dates follow ISO 8601 as far as they are known", () => {
  const pairs = {
    "14/3/2019": "2019-03-14",
    "/3/2019": "2019-03",
    "//2019": "2019",
    "14/3/": "--03-14",
    "/3/": "--03",
    "//": "",
  };
  for (const [typed, iso] of Object.entries(pairs)) assert.equal(isoDate(typed), iso, typed);
});

test("the check page shows what was asked, answered or not, and nothing that stays here", () => {
  const shown = rows(of, { tell: "x" }, ["danger", "tell", "who"], NAMES);
  assert.deepEqual(
    shown.map(({ id, text }) => [id, text]),
    [
      ["tell", "x"],
      ["who", ""],
    ],
  );
});

test("only answered parts can point to her", () => {
  assert.deepEqual(marked(of, answers), ["tell", "who"]);
  assert.deepEqual(marked(of, { who: "dont-know" }), []);
});
