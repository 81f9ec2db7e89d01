// Before the investigator's version opens: whom it is about, and what its reader answers about herself.
import { newId } from "../lib/bytes.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import type { Fault, Judged } from "../lib/judge.ts";
import { textParts } from "../desk/conversation.ts";
import { actForm, FieldError, prefix } from "../desk/form.ts";
import type { OpenCase } from "../desk/opened.ts";
import { faults, read } from "../desk/reading.ts";
import { isReadable, reportContent } from "../desk/report.ts";

/** A question about connections, with the rule that asks it. */
export interface Question {
  id: string;
  label: string;
  source: string;
}

/** Whether an envelope may be believed. Before she has answered, what its author wrote before is kept back: that it seems to be missing is no fault then. */
export function isSound(open: OpenCase, judged: Judged): boolean {
  return wrong(open, judged).length === 0;
}

function wrong(open: OpenCase, judged: Judged): Fault[] {
  return judged.faults.filter((one) => open.answer.declare.length === 0 || (one !== "gap" && one !== "unknown-last"));
}

/** The envelope that says whom it is about. */
export function nameText(open: OpenCase, id: string): HTMLElement {
  const judged = open.judged[open.answer.envelopes.findIndex((one) => one.id === id)];
  const said = judged === undefined ? [] : faults({ ...judged, faults: wrong(open, judged) });
  const text = judged?.envelope === undefined ? "" : read(judged.envelope.body).text;
  return h("div", { class: "letter" }, h("div", { class: "in" }, said.map((one) => h("p", { class: "doubt" }, one)), textParts(text)));
}

// Questions about people, by the names that every pack gives them.
const WHO = new Set<unknown>(["who", "hurt"]);

/** What the report says of whom it is about. One that does not say so apart is shown whole: somebody has to read it. */
export function whoPart(open: OpenCase): Child {
  if (!open.answer.envelopes.some(({ kind }) => kind === "report")) return null;
  const body = open.judged.find(({ envelope }) => envelope?.kind === "report")?.envelope?.body["answers"];
  const answers = Array.isArray(body) ? (body as JsonObject[]) : [];
  const apart = answers.filter(({ id }) => WHO.has(id));
  if (apart.length > 0 && isReadable(open)) return apart.map(({ question, text }) => h("div", null, h("p", null, h("b", null, String(question))), textParts(String(text))));
  const why = "The report does not say apart whom it is about, so you see all of it. Read who it is, then answer before you do anything.";
  return [h("p", { class: "second small" }, why), reportContent(open)];
}

/** What is recorded for these answers, in the order of the questions. Any connection is a step back, which names none. */
export function declarationOf(questions: readonly Question[], answers: readonly (boolean | undefined)[]): JsonObject | undefined {
  if (questions.some((_, index) => answers[index] === undefined)) return undefined;
  const isTied = answers.includes(true);
  const declared = isTied ? {} : Object.fromEntries(questions.map(({ id }) => [id, false]));
  return { kind: "declaration", item: newId(), declared, outcome: isTied ? "recuses" : "stays" };
}

/** The questions, and a button that signs the answers. */
export function questionForm(questions: readonly Question[], send: (fact: JsonObject) => Promise<void>): HTMLElement[] {
  const id = prefix();
  const name = (index: number): string => `${id}-q${index}`;
  const choice = (index: number, value: string, label: string, hint: string): HTMLElement => {
    const own = `${name(index)}-${value}`;
    const said = h("span", { class: "name" }, label);
    return h("div", { class: "choice" }, h("input", { type: "radio", name: name(index), id: own, value }), h("label", { for: own }, said, hint === "" ? null : h("span", { class: "hint" }, hint)));
  };
  const fields = questions.map(({ label, source }, index) =>
    h("fieldset", { class: "field" }, h("legend", null, h("span", { class: "label" }, label)), h("p", { class: "hint" }, source),
      h("div", { class: "choices" }, choice(index, "no", "No", ""), choice(index, "yes", "Yes", "I step back"))),
  );
  const about = "Answer for yourself before it opens. With a connection you step back: those who hold the case learn that, and not why. Nobody is blamed for it.";
  const form = actForm(
    "Sign and go on",
    async (say, inside) => {
      const picked = questions.map((_, index) => inside.querySelector<HTMLInputElement>(`input[name="${name(index)}"]:checked`)?.value);
      const fact = declarationOf(questions, picked.map((one) => (one === undefined ? undefined : one === "yes")));
      if (fact === undefined) throw new FieldError(`${name(picked.indexOf(undefined))}-no`, "Answer every question.");
      say("Signing.");
      await send(fact);
    },
    ...fields,
  );
  return [h("h2", null, "Before it opens"), h("p", null, about), form];
}
