// The closing form: what it asks depends on how it ended; what is written becomes facts and one message.
import { newId } from "../lib/bytes.ts";
import type { JsonObject } from "../lib/canonical.ts";
import type { Typed } from "./fact-form.ts";
import { FieldError } from "./form.ts";

/** Shows what the chosen ending asks for, and the part about an answer that is held back. */
export function followClosing(form: HTMLFormElement): void {
  const show = (): void => {
    const outcome = chosen(form);
    for (const box of form.querySelectorAll<HTMLElement>("[data-kinds]")) {
      const kinds = (box.dataset["kinds"] ?? "").split(" ").filter((kind) => kind !== "");
      box.hidden = kinds.length > 0 && !kinds.includes(outcome);
    }
    const held = form.querySelector<HTMLElement>("[data-held]");
    if (held !== null) held.hidden = pick(form, "how") !== "held-back";
  };
  form.addEventListener("change", show);
  show();
}

/** Everything a closing says: facts with their words, the outcome, and the reasons for the reporter. */
export function closingFacts(form: HTMLFormElement): { facts: Typed[]; outcome: string; reasons: string } {
  const outcome = chosen(form);
  if (outcome === "") throw new FieldError(first(form), "Choose how it ended.");
  const boxes = [...form.querySelectorAll<HTMLTextAreaElement>("[data-met]")].filter((box) => box.closest<HTMLElement>("[data-kinds]")?.hidden !== true);
  const empty = boxes.find(({ value }) => value.trim() === "");
  if (empty !== undefined) throw new FieldError(empty.id, "Write this, so that the next person can see it.");
  const met = boxes.map((box): Typed => ({ fact: fact("met", { what: box.dataset["met"]! }), words: box.value.trim() }));
  const reasons = form.querySelector<HTMLTextAreaElement>("#c-reasons")!;
  if (reasons.value.trim() === "") throw new FieldError(reasons.id, "Write the reasons. The reporter will read them.");
  return { facts: [...met, told(form), candour(form, met)], outcome, reasons: reasons.value.trim() };
}

function told(form: HTMLFormElement): Typed {
  const how = pick(form, "how");
  if (how !== "held-back") return { fact: fact("told", { how }), words: "" };
  const why = form.querySelector<HTMLTextAreaElement>("#c-held")!;
  if (why.value.trim() === "") throw new FieldError(why.id, "Write why the answer is held back.");
  return { fact: fact("told", { how, reviewer: pick(form, "reviewer"), review: pick(form, "review") || null }), words: why.value.trim() };
}

function candour(form: HTMLFormElement, met: readonly Typed[]): Typed {
  const acknowledged = met.some(({ fact }) => fact["what"] === "acknowledgement");
  return { fact: fact("candour", { acknowledged, apology: pick(form, "apology") }), words: "" };
}

function fact(kind: string, said: JsonObject): JsonObject {
  return { kind, item: newId(), ...said };
}

function pick(form: HTMLFormElement, name: string): string {
  return form.querySelector<HTMLSelectElement | HTMLInputElement>(`[name="${name}"]`)?.value ?? "";
}

function chosen(form: HTMLFormElement): string {
  return form.querySelector<HTMLInputElement>('input[name="outcome"]:checked')?.value ?? "";
}

function first(form: HTMLFormElement): string {
  return form.querySelector<HTMLInputElement>('input[name="outcome"]')?.id ?? "";
}
