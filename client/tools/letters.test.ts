// Letters of the bundled pack: filled whole, or with what is missing named; nothing typed is read as a name in braces.
import assert from "node:assert/strict";
import { test } from "node:test";
import pack from "./desk-pack.json";
import { blanksOf, daysAfter, fillLetter } from "./letters.ts";
import type { Letter } from "./letters.ts";

const letters: readonly Letter[] = pack.letters;
const OF_ITSELF = { case: "ABC-DEF", today: "1 May 2026", received: "1 April 2026", due: "29 May 2026", team: "Team", institution: "Force" };
const CODED = { reference: "PS-1", allegations: "Allegation 1", grounds: "A ground.", notice: "none", progress: "1 May", harmed: "nobody", period: "It ended." };

test("every letter there has to be is there", () => {
  const wanted = ["acknowledge", "apology", "delay", "no-action", "notice", "outcome", "update"];
  assert.deepEqual(letters.map(({ id }) => id).filter((id) => wanted.includes(id)).sort(), wanted);
});

for (const letter of letters) {
  test(`${letter.id} is whole when its fields are, and says which are not`, () => {
    const values = Object.fromEntries(letter.fields.map(({ id }) => [id, `<${id}>`]));
    const whole = fillLetter(letter, { ...OF_ITSELF, ...CODED, ...values });
    assert.deepEqual(whole.missing, []);
    assert.doesNotMatch(whole.text, /[{}[\]]/);
    for (const { id } of letter.fields) assert.ok(whole.text.includes(`<${id}>`), id);
    const empty = fillLetter(letter, { ...OF_ITSELF, ...CODED, ...Object.fromEntries(letter.fields.map(({ id }) => [id, "  "])) });
    assert.deepEqual([...empty.missing].sort(), letter.fields.map(({ id }) => id).sort());
    assert.equal(blanksOf(empty.text, letters).length, new Set(letter.fields.map(({ label }) => label)).size);
    assert.deepEqual(blanksOf(whole.text, letters), []);
  });
}

test("whatever everybody harmed is told has a letter to the reporter and one to others", () => {
  for (const what of ["update", "delay", "step", "outcome"])
    for (const to of ["reporter", "harmed"]) assert.ok(letters.some((one) => one.to === to && one.tells === what), `${what} to ${to}`);
  assert.ok(letters.every(({ to, tells }) => to !== "body" || tells === ""));
});

test("what is typed stays as it was typed", () => {
  const letter = letters.find(({ id }) => id === "question")!;
  const { text, missing } = fillLetter(letter, { question: "{why} $& $1", why: "b", use: "c" });
  assert.ok(text.includes("{why} $& $1"));
  assert.deepEqual(missing, []);
});

test("days are counted over months, leap days and the change of the clocks", () => {
  assert.equal(daysAfter("2026-03-15", 28), "2026-04-12");
  assert.equal(daysAfter("2028-02-01", 28), "2028-02-29");
  assert.equal(daysAfter("2026-12-20", 28), "2027-01-17");
});
