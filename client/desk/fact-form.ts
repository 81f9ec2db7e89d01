// Reads a form the server drew into a coded fact, and apart from it the words to be sealed. Only DOM reading.
import { FormatError, newId } from "../lib/bytes.ts";
import type { Json, JsonObject } from "../lib/canonical.ts";
import { FieldError } from "./form.ts";

/** A fact as it is sent, and the text that belongs to it; empty where there is none. */
export interface Typed {
  fact: JsonObject;
  words: string;
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/**
 * The fact a form says. Names are the fact's fields, `values.x` and `coded.x` go one deeper; `data-type` says how a
 * value is read. A box that holds words has no name: it is read only into `words`.
 */
export function readForm(form: HTMLFormElement): Typed {
  const fact: Record<string, Json> = { kind: form.dataset["fact"] ?? "" };
  for (const control of controls(form)) {
    if (control.name !== "") put(fact, control);
    if (control.dataset["code"] !== undefined) checkCode(control);
  }
  if (fact["item"] === undefined) fact["item"] = newId();
  finish(fact, form);
  return { fact, words: wordsOf(form) };
}

/** The texts of a form, each under its label. */
export function wordsOf(form: ParentNode): string {
  const boxes = [...form.querySelectorAll<HTMLTextAreaElement>("[data-words]")];
  const filled = boxes.filter(({ value }) => value.trim() !== "");
  return filled.map((box) => (box.dataset["words"] === "" ? box.value.trim() : `${box.dataset["words"]}:\n${box.value.trim()}`)).join("\n\n");
}

function controls(form: HTMLFormElement): Control[] {
  return [...form.querySelectorAll<Control>("input, select, textarea")];
}

function put(fact: Record<string, Json>, control: Control): void {
  const [name = "", inner] = control.name.split(".", 2);
  const value = valueOf(control);
  if (value === undefined) return;
  if (inner === undefined) return void (fact[name] = joined(fact[name], value));
  const deeper = (fact[name] ??= {}) as Record<string, Json>;
  deeper[inner] = joined(deeper[inner], value);
}

// What several boxes of one name say is one list.
function joined(before: Json | undefined, value: Json): Json {
  return Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
}

function valueOf(control: Control): Json | undefined {
  const { value } = control;
  const box = control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type) ? control : undefined;
  switch (control.dataset["type"]) {
    case "flag":
      if (box?.type === "radio") return box.checked ? value === "yes" : undefined;
      return box === undefined ? value === "yes" : box.checked ? true : box.name.includes(".") ? undefined : false;
    case "list":
      return box?.checked === false ? [] : [value];
    case "pairs":
      return box?.checked === false ? [] : [value.split(" ")];
    case "number":
      return Number(value);
    case "day":
      return value === "" ? null : value;
    default:
      if (box !== undefined) return box.checked ? value : undefined;
      return value === "" && control.name.includes(".") ? undefined : value.trim();
  }
}

function checkCode({ id, value }: Control): void {
  if (value !== "" && !/^[a-z0-9][a-z0-9_-]{0,39}$/.test(value))
    throw new FieldError(id, "Write it in small letters, digits and - only, such as no-contact.");
}

// What the form leaves open and every fact of the kind has.
function finish(fact: Record<string, Json>, form: HTMLFormElement): void {
  if (fact["kind"] === "party" && !fact["who"]) fact["who"] = newId();
  if (fact["kind"] === "allegation" && !fact["incident"]) fact["incident"] = newId();
  const coded = fact["coded"] as Record<string, Json> | undefined;
  for (const [key, value] of Object.entries(coded ?? {})) if (Array.isArray(value) && value.length === 0) delete coded![key];
  if (fact["kind"] === "declaration") declare(fact, (form.dataset["bars"] ?? "").split(" "));
}

// A yes to a question that bars from the case hands it over; one that bars from investigating alone does not.
function declare(fact: Record<string, Json>, bars: readonly string[]): void {
  const said = (fact["declared"] ?? {}) as Record<string, Json>;
  if (Object.keys(said).length === 0) throw new FormatError("Answer every question.");
  fact["outcome"] = bars.some((id) => said[id] === true) ? "recuses" : "stays";
}
