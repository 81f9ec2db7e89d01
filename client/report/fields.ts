// The controls of each kind of question: drawn from an answer, and read back into one.
// No control has a name that tells anything, and none is remembered or corrected by the browser: spelling checkers
// may send what is typed to the browser's maker, so they are off.
import { h, UNWATCHED } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import { chosen, isUnknown } from "./flow.ts";
import type { PageModel, Person, Value, When } from "./flow.ts";
import type { Field, Option } from "./pack.ts";
import type { Texts } from "./texts.ts";
import { div, link, para, prose } from "./view.ts";

/** Controls on a page. `read` gives the answer, if there is one; `control` finds the box behind a fault. */
export interface Controls {
  nodes: Child[];
  read(): Value | undefined;
  control(field: string): HTMLElement | null;
}

const QUIET = { autocomplete: "off", autocapitalize: "sentences", autocorrect: "off", ...UNWATCHED };

let count = 0;
export function freshId(): string {
  count += 1;
  return `f${count}`;
}

export function controls(t: Texts, model: PageModel, value: Value | undefined, heading: string): Controls {
  const known = isUnknown(value) ? undefined : value;
  const { question } = model;
  if (question.kind === "many") return choices("checkbox", question.options, chosen(known));
  if (question.kind === "text") return textBox(String(known ?? ""), heading, true);
  if (question.kind === "line") return textBox(String(known ?? ""), heading, false);
  if (question.kind === "form") return oneForm(t, question.fields, (known ?? {}) as Person);
  if (question.kind === "people" || question.kind === "named") return people(t, model, (known ?? []) as readonly Person[]);
  if (question.kind === "dates") return dates(t, model, (known ?? []) as readonly When[]);
  const radios = choices("radio", question.options, chosen(known));
  return { ...radios, read: () => chosen(radios.read())[0] };
}

/** Ruled list of radio buttons or boxes. Reads as a list of ids. */
export function choices(
  type: "radio" | "checkbox",
  options: readonly Option[],
  picked: readonly string[],
): Controls {
  const group = freshId();
  const inputs = options.map((option) => {
    const input = h("input", { type, name: group, id: `${group}-${option.id}`, value: option.id });
    input.checked = picked.includes(option.id);
    return input;
  });
  const rows = options.map((option, index) => choiceRow(inputs[index]!, option));
  return {
    nodes: [h("div", { class: "choices", "data-group": true }, rows)],
    read: () => {
      const on = inputs.filter((input) => input.checked).map((input) => input.value);
      return on.length === 0 ? undefined : on;
    },
    control: () => inputs[0] ?? null,
  };
}

/** One row: the whole of it is the target. A hint of more than one paragraph is drawn as consequences. */
export function choiceRow(input: HTMLInputElement, option: Omit<Option, "id" | "then">): HTMLElement {
  const id = `${input.id}-h`;
  const hint = option.hint === "" ? null : h("span", { class: "hint", id }, prose(option.hint).map(asSpan));
  if (hint) input.setAttribute("aria-describedby", id);
  const label = h("label", { for: input.id }, h("span", { class: "name" }, option.label));
  const row = h("div", { class: `choice${option.apart ? " apart" : ""}` }, input, label);
  if (hint) label.append(hint);
  return row;
}

function asSpan(paragraph: HTMLElement): HTMLElement {
  return h("span", { class: "line-of" }, ...paragraph.childNodes);
}

/** A box for words. It is read when she goes on, never while she types, so long texts do not slow it down. */
function textBox(value: string, heading: string, large: boolean): Controls {
  const box = wordBox(value, large, { id: freshId(), "aria-labelledby": heading });
  return {
    nodes: [div("field", box)],
    read: () => (box.value.trim() === "" ? undefined : box.value),
    control: () => box,
  };
}

export function wordBox(
  value: string,
  large: boolean,
  attributes: Readonly<Record<string, string>>,
): HTMLTextAreaElement | HTMLInputElement {
  const box = large
    ? h("textarea", { class: "wide-text", rows: 9, ...QUIET, ...attributes })
    : h("input", { type: "text", ...QUIET, ...attributes });
  box.value = value;
  return box;
}

/** A label, its hint and its box. */
export function labelled(label: string, hint: string, box: HTMLElement, className = ""): HTMLElement {
  const hintId = `${box.id}-h`;
  if (hint !== "") box.setAttribute("aria-describedby", hintId);
  const words = h("label", { for: box.id }, label);
  const more = hint && h("p", { class: "hint small", id: hintId }, hint);
  return div(`field ${className}`.trim(), words, more, box);
}

interface Boxes {
  node: HTMLElement;
  read(): Person;
  control(field: string): HTMLElement | null;
}

function boxes(fields: readonly Field[], value: Person): Boxes {
  const made = fields.map((field) => ({ field, ...oneBox(field, value[field.id] ?? "") }));
  return {
    node: h("div", null, made.map(({ node }) => node)),
    read: () => Object.fromEntries(made.map(({ field, read }) => [field.id, read()])),
    control: (id) => made.find(({ field }) => field.id === id)?.control ?? null,
  };
}

interface OneBox {
  node: HTMLElement;
  read(): string;
  control: HTMLElement | null;
}

function oneBox(field: Field, value: string): OneBox {
  if (field.kind === "one") {
    const radios = choices("radio", field.options, chosen(value));
    const legend = h("legend", { class: "label" }, field.label);
    const hint = field.hint === "" ? null : para("hint small", field.hint);
    const node = h("fieldset", { class: "field" }, legend, hint, radios.nodes);
    return { node, read: () => chosen(radios.read())[0] ?? "", control: radios.control("") };
  }
  const box = wordBox(value, field.kind === "text", { id: freshId() });
  return { node: labelled(field.label, field.hint, box), read: () => box.value.trim(), control: box };
}

function oneForm(_t: Texts, fields: readonly Field[], value: Person): Controls {
  const made = boxes(fields, value);
  return {
    nodes: [made.node],
    read: () => {
      const person = made.read();
      return Object.values(person).every((words) => words === "") ? undefined : person;
    },
    control: made.control,
  };
}

interface Part<T> {
  node: HTMLElement;
  read(): T;
  empty(value: T): boolean;
  control(field: string): HTMLElement | null;
}

/** Several forms of one kind, with "add another" and "remove". Focus goes to the new one. */
function several<T>(
  t: Texts,
  add: string,
  name: (n: number) => string,
  values: readonly T[],
  make: (value?: T) => Part<T>,
): Controls {
  const parts: Part<T>[] = [];
  const list = h("div", null);
  const legends = (): void => {
    parts.forEach(({ node }, index) => {
      const legend = node.querySelector("legend")!;
      legend.textContent = name(index + 1);
      legend.className = parts.length < 2 ? "vh" : "";
      node.querySelector<HTMLElement>(".remove")!.hidden = parts.length < 2;
    });
  };
  const append = (value?: T): Part<T> => {
    const part = make(value);
    const remove = link(t("button.remove"), () => {
      parts.splice(parts.indexOf(part), 1);
      part.node.remove();
      legends();
      addButton.focus();
    }, "remove");
    part.node.append(remove);
    parts.push(part);
    list.append(part.node);
    legends();
    return part;
  };
  const addButton = h("button", { type: "button", class: "btn other sm" }, add);
  addButton.addEventListener("click", () => {
    const legend = append().node.querySelector<HTMLElement>("legend")!;
    legend.tabIndex = -1;
    legend.focus();
  });
  (values.length > 0 ? values : [undefined]).forEach((value) => append(value));
  return {
    nodes: [list, div("acts tight", addButton)],
    read: () => {
      const all = parts.filter((part) => !part.empty(part.read())).map((part) => part.read());
      return all.length === 0 ? undefined : (all as unknown as Value);
    },
    control: (field) => {
      const [index = "0", ...rest] = field.split(".");
      return parts.filter((part) => !part.empty(part.read()))[Number(index)]?.control(rest.join(".")) ?? null;
    },
  };
}

function people(t: Texts, { question }: PageModel, values: readonly Person[]): Controls {
  const name = (n: number): string => t("person", { n });
  return several<Person>(t, question.add || t("add"), name, values, (value) => {
    const made = boxes(question.fields, value ?? {});
    return {
      node: h("fieldset", { class: "part" }, h("legend"), made.node),
      read: made.read,
      empty: (person) => Object.values(person).every((words) => words === ""),
      control: made.control,
    };
  });
}

function dates(t: Texts, { question }: PageModel, values: readonly When[]): Controls {
  const name = (n: number): string => t("time", { n });
  return several<When>(t, question.add || t("add"), name, values, (value) => {
    const how = choices("radio", question.options, chosen(value?.how));
    const from = dateBoxes(t, value?.from ?? "");
    const to = dateBoxes(t, value?.to ?? "");
    const words = wordBox(value?.words ?? "", false, { id: freshId() });
    const node = h(
      "fieldset",
      { class: "part" },
      h("legend"),
      h("div", { role: "group", "aria-label": t("dates.how") }, how.nodes),
      dateGroup(t("say.from"), t("dates.hint"), from),
      dateGroup(t("say.to"), t("dates.to-hint"), to),
      labelled(t("say.rough"), t("dates.words-hint"), words),
    );
    const read = (): When => ({
      from: from.read(),
      to: to.read(),
      words: words.value.trim(),
      how: chosen(how.read())[0] ?? "",
    });
    const control = (field: string): HTMLElement | null => {
      const [side, part = ""] = field.split(".");
      return side === "from" ? from.control(part) : side === "to" ? to.control(part) : words;
    };
    return { node, read, empty: (one) => Object.values(one).every((said) => said === ""), control };
  });
}

interface DateBoxes {
  node: HTMLElement;
  read(): string;
  control(part: string): HTMLElement | null;
}

/** Day, month and year: each may be empty. Never a calendar. */
function dateBoxes(t: Texts, value: string): DateBoxes {
  const typed = value.split("/");
  const parts = (["day", "month", "year"] as const).map((part, index) => {
    const box = h("input", { type: "text", inputmode: "numeric", maxlength: 4, id: freshId(), ...QUIET });
    box.value = typed[index] ?? "";
    const label = h("label", { for: box.id }, t(`dates.${part}`));
    return { part, box, node: h("div", { class: part === "year" ? "yr" : null }, label, box) };
  });
  return {
    node: h("div", { class: "dates", "data-group": true }, parts.map(({ node }) => node)),
    read: () => {
      const all = parts.map(({ box }) => box.value.trim());
      return all.every((part) => part === "") ? "" : all.join("/");
    },
    control: (part) => parts.find((one) => one.part === part)?.box ?? parts[0]!.box,
  };
}

function dateGroup(title: string, hint: string, made: DateBoxes): HTMLElement {
  const legend = h("legend", { class: "label" }, title);
  return h("fieldset", { class: "field" }, legend, para("hint small", hint), made.node);
}
