// The response workspace on the case page: each item is read, marked and redacted; the marks are sealed as a note.
import { h, UNWATCHED } from "../lib/dom.ts";
import { noteForDesk } from "../desk/builders.ts";
import type { CaseDesk } from "../desk/case.ts";
import { actForm, FieldError, line, prefix, value } from "../desk/form.ts";
import { dayWords } from "../desk/reading.ts";
import { perform } from "../desk/perform.ts";
import { offered } from "./case-file.ts";
import type { Offered } from "./case-file.ts";
import { entryOf, markedWords, MARKS, merged, redact, SCHEDULE, textHash } from "./schedule.ts";
import type { Mark, Marked, Redaction } from "./schedule.ts";

const LABELS: Readonly<Record<Mark, [string, string]>> = {
  relevant: ["Relevant", "It goes into the bundle."],
  sensitive: ["Sensitive", "It is listed without its text."],
  undermines: ["May undermine the case against the person", "Has to be disclosed, if relevant."],
  assists: ["May assist the person", "Has to be disclosed, if relevant."],
};

/** The reasons the page offers for taking something out. */
const WHY = ["could point to the source", "about somebody else", "legal privilege", "how an investigation works", "health"] as const;

/** A folded list of everything that may be marked. */
export function scheduleForms(desk: CaseDesk): HTMLElement {
  const items = offered(desk.open);
  const about = "Marks for a request by the person complained about, and for disclosure. The report, the source sheet and the reporter's messages are never in a bundle: the investigator's version stands for them.";
  const empty = items.length === 0 ? h("p", null, "There is nothing yet that may go into a bundle.") : null;
  const rows = items.map((item, index) => itemForm(desk, item, index + 1));
  return h("details", null, h("summary", null, "Mark and redact"), h("p", { class: "second small" }, about), empty, rows);
}

function itemForm(desk: CaseDesk, { text, marked }: Offered, number: number): HTMLElement {
  const id = prefix();
  const name = `${number}. ${text.kind === "brief" ? "Investigator's version" : "Note"} of ${dayWords(text.day)}, ${text.author}`;
  const removed: Redaction[] = [...(marked !== undefined && marked.of === textHash(text.text) ? marked.redactions : [])];
  const box = h("textarea", { id: `${id}-text`, rows: 6, readonly: true, "data-tool": true, ...UNWATCHED });
  const preview = h("p", { class: "small", dir: "auto", "data-preview": true });
  const undo = h("button", { class: "btn other sm", type: "button" }, "Put the last one back");
  const why = h("select", { id: `${id}-why` }, WHY.map((one) => h("option", null, one)));
  const take = h("button", { class: "btn other sm", type: "button" }, "Take out what is selected");
  box.value = text.text;
  const draw = (): void => {
    preview.textContent = redact(text.text, { of: textHash(text.text), redactions: removed });
    undo.hidden = removed.length === 0;
  };
  take.addEventListener("click", () => {
    if (box.selectionEnd > box.selectionStart) removed.push({ start: box.selectionStart, end: box.selectionEnd, why: why.value });
    draw();
  });
  undo.addEventListener("click", () => {
    removed.pop();
    draw();
  });
  draw();
  const marks = MARKS.map((mark) => markRow(`${id}-${mark}`, mark, marked?.[mark] === true));
  const shared = (marked?.shared ?? []).map(({ with: whom, day }) => h("li", null, `${whom}, ${dayWords(day)}`));
  const form = actForm(
    "Seal these marks",
    async (say, inside) => {
      const ticked = Object.fromEntries(MARKS.map((mark) => [mark, inside.querySelector<HTMLInputElement>(`#${id}-${mark}`)!.checked])) as Record<Mark, boolean>;
      if ((ticked.undermines || ticked.assists) && !ticked.relevant) throw new FieldError(`${id}-relevant`, "What undermines or assists is relevant too.");
      const whom = value(inside, `${id}-with`);
      const next: Marked = {
        ...ticked,
        item: text.id,
        of: textHash(text.text),
        redactions: merged(removed),
        shared: [...(marked?.shared ?? []), ...(whom === "" ? [] : [{ with: whom, day: desk.open.answer.today }])],
      };
      say("Sealing.");
      const built = await noteForDesk(desk.open, markedWords(name, next), { format: SCHEDULE, entry: entryOf(next) });
      await perform(`${desk.path}/envelopes`, built, desk.installation);
      desk.done("note");
    },
    h("div", { class: "field" }, h("label", { for: `${id}-text` }, "What it says"), h("p", { class: "hint" }, "Select a part, then take it out of copies. The case itself stays as it is."), box),
    h("div", { class: "field" }, h("label", { for: `${id}-why` }, "Why it is taken out"), why),
    h("div", { class: "acts tight" }, take, undo),
    h("div", null, h("p", { class: "label" }, "As it would be handed out"), preview),
    h("fieldset", { class: "field" }, h("legend", null, h("span", { class: "label" }, "Marks")), h("div", { class: "choices" }, marks)),
    shared.length > 0 ? h("ul", null, shared) : null,
    line(`${id}-with`, "Shared today with", "Who got it, if it was handed out today. Leave it empty otherwise."),
  );
  form.querySelector("button[type=submit]")?.classList.add("other");
  const state = marked === undefined ? "not marked yet" : MARKS.filter((mark) => marked[mark]).join(", ") || "no marks";
  return h("details", { "data-item": text.id }, h("summary", null, `${name}: ${state}`), form);
}

function markRow(id: string, mark: Mark, checked: boolean): HTMLElement {
  const [label, hint] = LABELS[mark];
  const box = h("input", { type: "checkbox", id });
  box.checked = checked;
  return h("div", { class: "choice" }, box, h("label", { for: id }, h("span", { class: "name" }, label), h("span", { class: "hint" }, hint)));
}
