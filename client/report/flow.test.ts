import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { travelling } from "./answers.ts";
import { afterChange, faults, finishPage, holds, next, page, pathOf, sequence, UNKNOWN } from "./flow.ts";
import type { Answers, Position } from "./flow.ts";
import type { Pack } from "./pack.ts";
import { NAMES, option, pack, question } from "./testing.ts";

interface Walk {
  mode: "whole" | "quick" | "quick-then-whole";
  answers: Answers;
  path: string;
  pages: string[];
  finish_after_four: string[];
  travels: { report: string[]; sheet: string[] };
}

const vectors = JSON.parse(readFileSync("tests/vectors/py/flow.json", "utf8")) as {
  pack: Pack;
  walks: Walk[];
};

/** The pack of the vectors holds only what a walk needs. */
function filled(part: Pack): Pack {
  const full = pack([], { ...part.paths } as Record<string, string[]>, [...part.finish]);
  const questions = Object.entries(part.questions).map(([id, one]) => [
    id,
    question(id, one.kind, { ...one, options: one.options.map(({ id: o, then }) => option(o, then)) }),
  ]);
  return { ...full, path_by: part.path_by, questions: Object.fromEntries(questions) as Pack["questions"] };
}

/** Presses "Continue" with these answers until the check page, as the page does. */
function walk(of: Pack, answers: Answers, mode: Walk["mode"]): string[] {
  const asked: string[] = [];
  const shown: string[] = [];
  let at: Position = { page: "", quick: mode !== "whole", finishing: false, passed: [] };
  at = { ...at, page: sequence(of, answers, mode === "whole" ? pathOf(of, answers) : "quick")[0]! };
  for (let step = 0; step < 100; step++) {
    shown.push(at.page);
    if (!asked.includes(at.page)) asked.push(at.page);
    if (of.questions[at.page]!.kind === "check") return shown;
    const isStation = page(of, answers, at).station;
    if (mode === "quick-then-whole" && isStation && at.quick)
      at = { ...at, quick: false, passed: [...asked] };
    at = { ...at, page: next(of, answers, at, asked) };
  }
  throw new Error("this walk never ends");
}

for (const [index, one] of vectors.walks.entries()) {
  test(`walk ${index} (${one.mode}) shows the pages that Python shows`, () => {
    const of = filled(vectors.pack);
    assert.equal(pathOf(of, one.answers), one.path);
    assert.deepEqual(walk(of, one.answers, one.mode), one.pages);
    const sends = (kind: "report" | "sheet"): unknown[] =>
      travelling(of, one.answers, kind, NAMES).map(({ id }) => id);
    assert.deepEqual(
      sends("report").sort(),
      one.travels.report.filter((id) => !["point"].includes(id)).sort(),
    );
    assert.deepEqual(sends("sheet").sort(), [...one.travels.sheet].sort());
  });

  test(`walk ${index}: finishing after four pages asks what Python asks`, () => {
    const of = filled(vectors.pack);
    const asked = [...one.pages.slice(0, 4)];
    const shown: string[] = [];
    let here = finishPage(
      of,
      one.answers,
      asked.filter((id) => !(id in one.answers)),
    );
    for (let step = 0; step < 20; step++) {
      shown.push(here);
      asked.push(here);
      if (of.questions[here]!.kind === "check") break;
      here = next(
        of,
        one.answers,
        { page: here, quick: one.mode === "quick", finishing: true, passed: [] },
        asked,
      );
    }
    assert.deepEqual(shown.at(-1), one.finish_after_four.at(-1));
    assert.ok(
      shown.every((id) => one.finish_after_four.includes(id)),
      `${shown.join()} within ${one.finish_after_four.join()}`,
    );
  });
}

const small = pack(
  [
    question("nearest", "one", { options: [option("saw"), option("happened")] }),
    question("a", "many", { options: [option("x", "a-x"), option("y", "a-y"), option("z")] }),
    question("a-x", "text"),
    question("a-y", "one", { options: [option("deep", "a-y-deep")] }),
    question("a-y-deep", "line"),
    question("b", "text", { when: { answered: ["a", "z"] } }),
    question("name", "one", { part: "two" }),
    question("check", "check", { part: "two" }),
  ],
  {
    W: ["nearest", "a", "b", "name", "check"],
    H: ["nearest", "name", "check"],
    quick: ["a", "name", "check"],
  },
  ["name", "check"],
);

const at = (id: string, more: Partial<Position> = {}): Position => ({
  page: id,
  quick: false,
  finishing: false,
  passed: [],
  ...more,
});

test("pages that answers call for come one after the other, with theirs in turn", () => {
  const answers: Answers = { a: ["x", "y"], "a-y": "deep" };
  const shown = ["a", "a-x", "a-y", "a-y-deep"];
  shown.forEach((id, index) => assert.equal(next(small, answers, at(id), []), shown[index + 1] ?? "name"));
});

test("a condition hides a page until it holds", () => {
  assert.equal(next(small, { a: [] }, at("a"), []), "name");
  assert.equal(next(small, { a: ["z"] }, at("a"), []), "b");
  assert.ok(
    holds(small, { a: ["z"] }, { all: [{ answered: ["a", "z"] }, { not: { set: "b" } }, { path: "W" }] }),
  );
  assert.ok(!holds(small, { a: ["z"] }, { any: [{ set: "b" }, { path: "H" }] }));
});

test("the answer to the path question changes the path", () => {
  assert.deepEqual(sequence(small, { nearest: "happened" }, pathOf(small, { nearest: "happened" })), [
    "nearest",
    "name",
    "check",
  ]);
  assert.equal(next(small, { nearest: "happened" }, at("nearest"), []), "name");
});

test("finishing asks only what was not asked, then checks", () => {
  assert.equal(finishPage(small, {}, ["nearest", "a"]), "name");
  assert.equal(finishPage(small, {}, ["nearest", "name"]), "check");
  assert.equal(next(small, { a: ["x"] }, at("a-x", { finishing: true }), ["a", "a-x"]), "name");
});

test("a change goes through what the new answer calls for, and back to checking", () => {
  const answers: Answers = { a: ["x", "y"], "a-y": "deep" };
  assert.equal(afterChange(small, answers, "a", "a"), "a-x");
  assert.equal(afterChange(small, answers, "a-y-deep", "a"), "check");
  assert.equal(afterChange(small, { a: ["z"] }, "a", "a"), "check");
});

test("I don't know is offered unless an option stands apart", () => {
  const of = pack(
    [
      question("q", "one", { options: [option("yes"), option("dont-know", "", true)] }),
      question("r", "one"),
      question("f", "form"),
    ],
    { W: ["q", "r", "f"] },
  );
  assert.equal(page(of, {}, at("q")).unknown, false);
  assert.equal(page(of, {}, at("r")).unknown, true);
  assert.equal(page(of, {}, at("f")).unknown, false);
});

test("dates may be loose, but not impossible", () => {
  const dates = question("when", "dates");
  const one = (from: string): Answers[string] => [{ from, to: "", words: "", how: "" }];
  for (const fine of ["//2019", "/3/2019", "14/3/", "31/12/2026", ""])
    assert.deepEqual(faults(dates, one(fine)), [], fine);
  assert.deepEqual(faults(dates, one("/19/2026")), [{ field: "0.from.month", text: "error.date-month" }]);
  assert.deepEqual(
    faults(dates, one("32//20")).map(({ field }) => field),
    ["0.from.day", "0.from.year"],
  );
  assert.deepEqual(faults(dates, one("x/y/z")).length, 3);
});

test("long texts are taken up to their limit, and not beyond", () => {
  assert.deepEqual(faults(question("t", "text"), "x".repeat(200_000)), []);
  assert.equal(faults(question("t", "text"), "x".repeat(200_001))[0]?.text, "error.too-long");
  assert.deepEqual(faults(question("t", "text"), UNKNOWN), []);
});
