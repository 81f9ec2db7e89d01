// Check-ins: what is asked on which day, what an answer is, and that only she can give one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { answeredIn, answerOf, askedOn, stateOf } from "./check-ins.ts";
import type { Watching } from "./check-ins.ts";
import type { EnvelopeBody } from "./envelope.ts";
import type { Fault, Judged } from "./judge.ts";

const WATCHING: Watching = {
  title: "How are you?",
  why: "",
  thanks: "",
  quiet_days: 14,
  questions: [
    { id: "changed", title: "Changed?", options: [["no", "No"], ["yes", "Yes"]] },
    { id: "safe", title: "Safe?", options: [["yes", "Yes"], ["no", "No"]] },
  ],
  check_ins: [
    { id: "w2", day: "2026-05-15" },
    { id: "closed-1", day: "2026-05-20" },
    { id: "w6", day: "2026-06-12" },
  ],
};

function letter(id: string, answers: Record<string, string>, more: Partial<EnvelopeBody> = {}, faults: Fault[] = []): Judged {
  const { text, entry } = answerOf(WATCHING, id, answers);
  const body = { format: "upstander/message/v1", text, files: [], entry };
  const envelope = { author: "r", body, case: "c", counter: 1, day: "2026-05-16", direction: "to-desk", epoch: 1, kind: "message", last: "", recipients: [], role: "reporter", ...more } as EnvelopeBody;
  return { index: 0, sha256: "", faults, missing: 0, envelope };
}

test("asked from its day, for as long as it is due, the latest alone", () => {
  const asked = (today: string): string | undefined => askedOn(WATCHING, [], today)?.id;
  assert.deepEqual(["2026-05-14", "2026-05-15", "2026-05-20", "2026-06-03", "2026-06-04", "2026-06-12"].map(asked), [undefined, "w2", "closed-1", "closed-1", undefined, "w6"]);
});

test("silence is silence, and a late answer is an answer", () => {
  const one = WATCHING.check_ins[0]!;
  assert.deepEqual(["2026-05-14", "2026-05-29", "2026-05-30"].map((day) => stateOf(one, [], day, 14)), ["later", "due", "silent"]);
  assert.equal(stateOf(one, answeredIn([letter("w2", { changed: "no", safe: "yes" })]), "2027-01-01", 14), "answered");
});

test("only a sound letter of hers answers, and the first one counts", () => {
  const found = answeredIn([
    letter("w2", { changed: "yes", safe: "no" }),
    letter("w2", { changed: "no", safe: "yes" }),
    letter("w6", { changed: "no" }, { role: "handler", direction: "to-reporter" }),
    letter("w6", { changed: "no" }, {}, ["forged"]),
    letter("w6", { changed: "no" }, { body: { format: "upstander/message/v1", text: "", files: [], entry: { checkin: 6 } } }),
  ]);
  assert.deepEqual(found, [{ id: "w2", day: "2026-05-16", answers: { changed: "yes", safe: "no" } }]);
});

test("words say what the values say", () => {
  assert.equal(answerOf(WATCHING, "w2", { changed: "yes", safe: "no" }).text, "Changed? Yes\nSafe? No");
});
