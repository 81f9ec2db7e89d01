// Writing to the reporter, and notes for handlers. What is typed stays in this page until it is sealed.
import type { Built } from "../lib/acts.ts";
import { h, UNWATCHED } from "../lib/dom.ts";
import { messageToReporter, noteForDesk } from "./builders.ts";
import type { CaseDesk } from "./case.ts";
import { actForm, FieldError, prefix } from "./form.ts";
import type { OpenCase } from "./opened.ts";
import { perform } from "./perform.ts";
import { recordTold } from "../tools/told-form.ts";

const MOST = 100_000; // characters
const HALVES = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g; // of characters, which have no bytes

/** A form that seals a message to the reporter. */
export function messageForm(desk: CaseDesk): HTMLElement {
  return writingForm(desk, {
    label: "Write to the reporter",
    hint: "It is sealed to the reporter and to this case. It is read without you beside it: say what you did, what happens next, and by when.",
    button: "Seal and send",
    done: "message",
    seal: messageToReporter,
  });
}

/** A form that seals a note. */
export function noteForm(desk: CaseDesk): HTMLElement {
  const form = writingForm(desk, {
    label: "Note",
    hint: "Only people with a key to this case can read it. A court or the reporter's lawyer may ask for it one day.",
    button: "Seal the note",
    done: "note",
    seal: noteForDesk,
  });
  return h("details", null, h("summary", null, "Write a note"), quiet(form));
}

interface Kind {
  label: string;
  hint: string;
  button: string;
  done: string;
  seal(open: OpenCase, text: string): Promise<Built>;
}

function writingForm(desk: CaseDesk, kind: Kind): HTMLFormElement {
  const id = `${prefix()}-text`;
  const { label, hint, button, seal, done } = kind;
  let sealed: { text: string; built: Built } | undefined; // the same text is sent again as the same act
  return actForm(
    button,
    async (say, form) => {
      const text = textOf(form, id);
      say("Sealing.");
      if (sealed?.text !== text) sealed = { text, built: await seal(desk.open, text) };
      say("Sending.");
      await perform(`${desk.path}/envelopes`, sealed.built, desk.installation);
      await recordTold(desk, form.querySelector<HTMLTextAreaElement>(`#${id}`)?.dataset["tells"] ?? "", text);
      desk.done(done);
    },
    area(id, label, hint),
  );
}

/** The same form with an outlined button: one filled button a page, and that is the message to the reporter. */
export function quiet(form: HTMLFormElement): HTMLFormElement {
  form.querySelector("button[type=submit]")?.classList.add("other");
  return form;
}

/** A labelled box for a longer text. It has no name: no browser sends it by itself. */
export function area(id: string, label: string, hint: string): HTMLElement {
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    h("p", { class: "hint", id: `${id}-hint` }, hint),
    h("textarea", { id, rows: 6, autocomplete: "off", ...UNWATCHED, "aria-describedby": `${id}-hint` }),
  );
}

/** What was typed. Throws a FieldError for nothing, or too much. */
export function textOf(form: ParentNode, id: string): string {
  const text = form.querySelector<HTMLTextAreaElement>(`#${id}`)?.value ?? "";
  if (text.trim() === "") throw new FieldError(id, "Write something first.");
  if (text.length > MOST) throw new FieldError(id, "Shorten it to 100,000 characters, or send it in two parts.");
  return text.replace(HALVES, "\uFFFD");
}
