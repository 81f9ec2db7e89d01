// Fields, what is wrong with them, and what is going on: the patterns every form of the desk shares.
import { Problem } from "../lib/api.ts";
import { FormatError } from "../lib/bytes.ts";
import { h, UNWATCHED } from "../lib/dom.ts";

export interface Complaint {
  id: string; // of the field, or "" for the whole
  message: string;
}

/** Something a person can put right in a field. */
export class FieldError extends Error {
  readonly id: string;
  constructor(id: string, message: string) {
    super(message);
    this.id = id;
  }
}

let forms = 0;

/** A prefix that keeps ids of two forms on one page apart. */
export function prefix(): string {
  forms += 1;
  return `f${forms}`;
}

/** A labelled line of text. */
export function line(
  id: string,
  label: string,
  hint = "",
  attributes: Record<string, string> = {},
): HTMLDivElement {
  const described = hint === "" ? null : `${id}-hint`;
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    hint === "" ? null : h("p", { class: "hint", id: `${id}-hint` }, hint),
    h("input", {
      type: "text",
      id,
      autocomplete: "off",
      autocapitalize: "none",
      ...UNWATCHED,
      "aria-describedby": described,
      ...attributes,
    }),
  );
}

export function value(form: ParentNode, id: string): string {
  return form.querySelector<HTMLInputElement>(`#${id}`)?.value.trim() ?? "";
}

/** A form whose submission runs `act` once at a time, with errors and progress shown in it. */
export function actForm(
  button: string,
  act: (say: (text: string) => void, form: HTMLFormElement) => Promise<void>,
  ...fields: (Node | null)[]
): HTMLFormElement {
  const status = h("p", { class: "second", role: "status" });
  const submit = h("button", { class: "btn", type: "submit" }, button);
  const form = h("form", { class: "flow", novalidate: true });
  form.append(...fields.filter((one) => one !== null), h("div", { class: "acts" }, submit), status);
  let busy = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    clear(form);
    const say = (text: string): void => void (status.textContent = text);
    act(say, form)
      .catch((error: unknown) => complain(form, [complaint(error)]))
      .finally(() => {
        busy = false;
        say("");
      });
  });
  return form;
}

export function complaint(error: unknown): Complaint {
  if (error instanceof FieldError) return { id: error.id, message: error.message };
  if (error instanceof Problem && error.body["where"] === "proof") {
    location.assign(`/desk/again/?next=${encodeURIComponent(location.pathname)}`);
  }
  if (error instanceof Problem || error instanceof FormatError) return { id: "", message: error.message };
  return { id: "", message: "This did not work. Nothing was changed. Try again." };
}

/** Shows the error summary, marks the fields, and moves focus to the summary. */
export function complain(form: HTMLElement, found: readonly Complaint[]): void {
  // What the law asks for can be several things at once, a line each.
  const complaints = found.flatMap(({ id, message }) => message.split("\n").map((one) => ({ id, message: one })));
  clear(form);
  const heading = h(
    "h2",
    null,
    complaints.length === 1 ? "One thing to change" : `${complaints.length} things to change`,
  );
  const links = complaints.map(({ id, message }) =>
    h("p", null, id === "" ? message : h("a", { href: `#${id}` }, message)),
  );
  const summary = h("div", { class: "errors", role: "alert", tabindex: "-1" }, heading, links);
  form.prepend(summary);
  for (const { id, message } of found) mark(form, id, message);
  summary.focus();
}

function mark(form: HTMLElement, id: string, message: string): void {
  const input = id === "" ? null : form.querySelector<HTMLInputElement>(`#${id}`);
  if (input === null) return;
  input.setAttribute("aria-invalid", "true");
  input.classList.add("bad");
  const note = h("p", { class: "err", id: `${id}-error` }, message);
  // a whole list of choices is told what is wrong, not one row of it
  (input.closest(".choices") ?? input).before(note);
  input.setAttribute(
    "aria-describedby",
    [`${id}-error`, input.getAttribute("aria-describedby")].join(" ").trim(),
  );
}

function clear(form: HTMLElement): void {
  form.querySelector(":scope > .errors")?.remove();
  for (const note of form.querySelectorAll(".err")) note.remove();
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    input.classList.remove("bad");
    const rest = (input.getAttribute("aria-describedby") ?? "")
      .split(" ")
      .filter((id) => !id.endsWith("-error"));
    if (rest.join("") === "") input.removeAttribute("aria-describedby");
    else input.setAttribute("aria-describedby", rest.join(" "));
  }
}
