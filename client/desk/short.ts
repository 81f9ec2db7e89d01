// A small matter on one page: recorded, put right, answered and closed, act by act. What was done stays done if the
// page is closed half way: the file goes on from there.
import { newId } from "../lib/bytes.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { readForm } from "./fact-form.ts";
import type { Typed } from "./fact-form.ts";
import { FieldError } from "./form.ts";

/** What the short way does, in its order. */
export interface Way {
  record(typed: readonly Typed[]): Promise<void>;
  step(step: string, more?: { outcome?: string; reasons?: string }): Promise<void>;
  say(text: string): void;
  today: string;
}

export async function shortWay(form: HTMLFormElement, way: Way): Promise<void> {
  const text = (id: string): string => read(form, id);
  const [who, what] = [text("s-who"), text("s-what")];
  if (!form.querySelector<HTMLInputElement>("#s-same")!.checked) throw new FieldError("s-same", "With a connection to this person, step back in the file and let a colleague do this.");
  const outcome = ended(form);
  const [looked, right, wrong, answer] = [ifAsked(form, "s-looked"), text("s-right"), ifAsked(form, "s-wrong"), text("s-answer")];
  const type = form.querySelector<HTMLSelectElement>("#s-type")!.value;
  const category = form.querySelector<HTMLSelectElement>("#s-category")!.value;
  const track = ["staff", "volunteer", "contractor"].includes(type) ? "staff" : "conduct";
  const subject = fact("party", { role: "subject", known: false, who: newId(), answers_hold: true, type_then: type, type_now: type });
  const allegation = fact("allegation", { subject: subject["item"]!, category, incident: newId(), coded: readForm(form).fact["coded"] ?? {} });
  const move = (id: string): JsonObject => fact("move", { track, of: allegation["item"]!, move: id, on: way.today });
  const met = (id: string, words: string): Typed => ({ fact: fact("met", { what: id }), words });
  way.say("Recording what happened.");
  await way.record([{ fact: subject, words: who }, { fact: allegation, words: "" }]);
  await way.record([{ fact: move("handled-outside"), words: `Assessment and reasons:\n${what}` }]);
  await way.step("handled-outside");
  way.say("Recording what was put right.");
  await way.record([{ fact: move("put-right"), words: `Put right:\n${right}\n\nSaid to the reporter:\n${answer}` }]);
  await way.step("put-right");
  way.say("Answering and closing.");
  await way.record([
    met("findings", what),
    met("told", answer),
    ...(looked === "" ? [] : [met("evidence", looked), met("account", looked)]),
    ...(wrong === "" ? [] : [met("acknowledgement", wrong)]),
    met("learning", right),
    { fact: fact("told", { how: "told" }), words: "" },
    { fact: fact("candour", { acknowledged: wrong !== "", apology: "none" }), words: "" },
  ]);
  await way.step("acknowledged");
  await way.step("closed", { outcome, reasons: answer });
}

function ended(form: HTMLFormElement): string {
  const chosen = form.querySelector<HTMLInputElement>('input[name="outcome"]:checked')?.value ?? "";
  if (chosen === "") throw new FieldError(form.querySelector('input[name="outcome"]')!.id, "Choose how it ended.");
  return chosen;
}

// What this ending does not ask for is hidden, and not sent.
function ifAsked(form: HTMLFormElement, id: string): string {
  return form.querySelector(`#${id}`)?.closest<HTMLElement>("[data-kinds]")?.hidden === true ? "" : read(form, id);
}

function read(form: HTMLFormElement, id: string): string {
  const value = form.querySelector<HTMLInputElement | HTMLTextAreaElement>(`#${id}`)?.value.trim() ?? "";
  if (value === "") throw new FieldError(id, "Write this. A few words are enough.");
  return value;
}

function fact(kind: string, said: JsonObject): JsonObject {
  return { kind, item: newId(), ...said };
}
