// Clues to the reporter in an investigator's version: what must be found is, and a careful version is quiet.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cluesIn, countsOf } from "./clues.ts";
import type { ClueKind, Known } from "./clues.ts";

const KNOWN: Known = {
  report: ["On nights a phone was passed round in the parade room, and everyone laughed about the tattoo.", "I told Sergeant Brook that same week."],
  askFirst: ["I told Sergeant Brook that same week."],
  sheet: ["Rowena Ashby, collar 4471", "I joined from Wexhollow in the spring"],
};

const MUST: readonly [string, ClueKind][] = [
  ["PC Example was there.", "name"],
  ["Later that week, Inspector Holt came in.", "name"],
  ["It was said to Alder in the car.", "name"],
  ["It happened at 02:10.", "time"],
  ["It happened about 2am.", "time"],
  ["It was on 3 March 2026.", "time"],
  ["It was on 2026-03-03.", "time"],
  ["It was on Tuesday night.", "time"],
  ["The number 4472 was used.", "number"],
  ["The car was AB12 CDE.", "number"],
  ["He wrote from x@y.example that day.", "number"],
  ["One of the two saw it.", "few"],
  ["He spoke to the only woman on the team.", "few"],
  ["The youngest officer was asked.", "few"],
  ["Three of us saw it.", "voice"],
  ["I saw the phone.", "voice"],
  ["It was told to Brook.", "asked"],
  ["Somebody who came from Wexhollow saw it.", "sheet"],
  ["It was seen by rowena’s friend.", "sheet"],
  ["A phone was passed round in the parade room that month.", "copied"],
];

for (const [text, kind] of MUST) {
  test(`${kind}: ${text}`, () => {
    const kinds = cluesIn(text, KNOWN).map((clue) => clue.kind);
    assert.ok(kinds.includes(kind), `found ${kinds.join(", ")}`);
  });
}

const CAREFUL = [
  "In the winter a phone with intimate pictures of somebody's partner went round among officers of one shift. More than ten people were in the room.",
  "It is alleged that a supervisor made sexual remarks about colleagues over several months. Messages in a chat group of the shift bear this out.",
  "The allegation is that a police officer looked up an address without a reason. The logs of the force show it.",
];

for (const text of CAREFUL) test(`quiet: ${text.slice(0, 40)}`, () => assert.deepEqual(cluesIn(text, KNOWN), []));

test("a clue stands where it says, and clues come in order", () => {
  const text = "😀 On Tuesday night I told PC Example, and Rowena heard it at 02:10.";
  const clues = cluesIn(text, KNOWN);
  for (const { start, end, text: words } of clues) assert.equal(text.slice(start, end), words);
  assert.deepEqual(clues.map(({ start }) => start), clues.map(({ start }) => start).sort((a, b) => a - b));
  assert.equal(countsOf(clues).sheet, 1);
});

test("words of a part to be asked about count only where they stand nowhere else in the report", () => {
  const known: Known = { report: ["the tattoo was seen", "the tattoo on the wrist"], askFirst: ["the tattoo on the wrist"], sheet: [] };
  assert.deepEqual(cluesIn("a tattoo", known), []);
  assert.deepEqual(cluesIn("a wrist", known).map(({ kind }) => kind), ["asked"]);
});
