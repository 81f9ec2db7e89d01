// Letters as a start for the message to the reporter: chosen, filled, put into the box, or printed.
import { h, UNWATCHED } from "../lib/dom.ts";
import type { CaseDesk } from "../desk/case.ts";
import { textParts } from "../desk/conversation.ts";
import { actForm, FieldError, prefix } from "../desk/form.ts";
import { dayWords } from "../desk/reading.ts";
import { deskPack } from "./desk-pack.ts";
import { daysAfter, fillLetter } from "./letters.ts";
import type { Letter, LetterField } from "./letters.ts";
import { printOnly } from "./print.ts";

/** Days from one letter to the next that the reporter is promised. */
const UPDATE_DAYS = 28;

/** A folded form that puts a letter into the message box of the same part of the page. */
export function letterChooser(desk: CaseDesk): HTMLElement {
  const place = h("div", { class: "flow" });
  const details = h("details", null, h("summary", null, "Start from a letter"), place);
  details.addEventListener("toggle", () => {
    if (details.open && place.childElementCount === 0) void draw(desk, place);
  });
  return details;
}

async function draw(desk: CaseDesk, place: HTMLElement): Promise<void> {
  const letters = (await deskPack()).letters.filter(({ to }) => to === "reporter");
  const id = prefix();
  const options = letters.map(({ id: value, name }) => h("option", { value }, name));
  const select = h("select", { id }, h("option", { value: "" }, "Choose a letter"), options);
  const blanks = h("div", { class: "flow" });
  select.addEventListener("change", () => {
    const letter = letters.find((one) => one.id === select.value);
    blanks.replaceChildren(...(letter === undefined ? [] : [letterForm(desk, letter)]));
  });
  place.append(h("div", { class: "field" }, h("label", { for: id }, "Letter"), select), blanks);
}

function letterForm(desk: CaseDesk, letter: Letter): HTMLElement {
  const { rows, filled, whole } = letterFields(letter, known(desk));
  const form = actForm(
    "Put it into the message",
    async (_, inside) => {
      const text = whole();
      const message = messageBox(inside);
      if (message.value.trim() !== "") throw new FieldError("", "There is a text in the message box already. Send or clear it first.");
      message.value = text;
      message.dataset["tells"] = letter.tells;
      message.closest("details")?.setAttribute("open", "");
      message.focus();
    },
    ...rows,
  );
  addPrint(form, letter.name, () => filled().text);
  const note = letter.note === "" ? null : h("p", { class: "band small" }, letter.note);
  return h("div", { class: "flow" }, h("p", { class: "second small" }, letter.use), note, form);
}

/** The blanks of a letter, and the text with what is typed in them; `whole` throws a FieldError where one is empty. */
export function letterFields(letter: Letter, values: Record<string, string>): { rows: HTMLElement[]; filled(): ReturnType<typeof fillLetter>; whole(): string } {
  const id = prefix();
  const boxes = letter.fields.map((field) => {
    const own = `${id}-${field.id}`;
    const hint = field.hint === "" ? null : h("p", { class: "hint", id: `${own}-hint` }, field.hint);
    const described = hint === null ? null : `${own}-hint`;
    const attributes = { id: own, autocomplete: "off", "data-tool": true, ...UNWATCHED, "aria-describedby": described };
    const box = field.kind === "one" ? chooser(field, attributes) : field.kind === "line" ? h("input", { type: "text", ...attributes }) : h("textarea", { rows: 3, ...attributes });
    return { name: field.id, box, row: h("div", { class: "field" }, h("label", { for: own }, field.label), hint, box) };
  });
  const filled = (): ReturnType<typeof fillLetter> => fillLetter(letter, { ...values, ...Object.fromEntries(boxes.map(({ name, box }) => [name, box.value])) });
  const whole = (): string => {
    const { text, missing } = filled();
    if (missing.length > 0) throw new FieldError(`${id}-${missing[0]!}`, "Fill this in, or write something like: there is nothing to say about this yet.");
    return text;
  };
  return { rows: boxes.map(({ row }) => row), filled, whole };
}

/** A button beside the form's own that prints the text as it is now. */
export function addPrint(form: HTMLFormElement, name: string, text: () => string): void {
  const button = form.querySelector("button[type=submit]");
  button?.classList.add("other");
  const paper = h("button", { class: "btn other", type: "button" }, "Print it");
  paper.addEventListener("click", () => printOnly(name, textParts(text())));
  button?.after(paper);
}

// What is chosen goes into the letter as the pack has it.
function chooser({ options }: LetterField, attributes: Record<string, unknown>): HTMLSelectElement {
  const rows = options.map(([label = "", text = ""]) => h("option", { value: text }, label));
  return h("select", attributes as Parameters<typeof h>[1], h("option", { value: "" }, "Choose"), rows) as HTMLSelectElement;
}

function messageBox(form: HTMLElement): HTMLTextAreaElement {
  const box = form.closest('[data-part="talk"]')?.querySelector<HTMLTextAreaElement>("textarea:not([data-tool])");
  if (!box) throw new FieldError("", "There is no message box on this page just now.");
  return box;
}

/** What the page knows by itself. */
export function known({ open }: CaseDesk): Record<string, string> {
  const { answer, card, me } = open;
  const team = card.channels.find(({ members }) => members.some(({ key }) => key === me.key))?.name ?? "";
  return {
    case: `${answer.case.slice(0, 3)}-${answer.case.slice(3, 6)}`.toUpperCase(),
    today: dayWords(answer.today),
    received: dayWords(answer.day),
    due: dayWords(daysAfter(answer.today, UPDATE_DAYS)),
    team,
    institution: card.name,
  };
}
