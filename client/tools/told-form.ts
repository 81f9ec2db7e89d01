// What a person harmed was told, begun from the pack's letter: put into the box, completed there, printed or sealed.
import { FormatError, newId } from "../lib/bytes.ts";
import { h } from "../lib/dom.ts";
import type { CaseDesk } from "../desk/case.ts";
import { recordFacts } from "../desk/builders.ts";
import { textParts } from "../desk/conversation.ts";
import type { Typed } from "../desk/fact-form.ts";
import { complain, complaint } from "../desk/form.ts";
import { perform } from "../desk/perform.ts";
import { deskPack } from "./desk-pack.ts";
import { blanksOf, fillLetter } from "./letters.ts";
import type { Letter } from "./letters.ts";
import { known } from "./letters-form.ts";
import { printOnly } from "./print.ts";

const BLANKS = "Fill in what stands in square brackets, or take it out: ";

/** Adds the letter that says what is chosen, to a form that the server drew. Once a form; harmless to repeat. */
export function offerLetter(form: HTMLFormElement, desk: CaseDesk): void {
  const what = form.querySelector<HTMLSelectElement>('select[name="what"]');
  const box = form.querySelector<HTMLTextAreaElement>("[data-words]");
  if (what === null || box === null || form.querySelector("[data-letter-buttons]") !== null) return;
  const put = h("button", { class: "btn other sm", type: "button" }, "Start from the letter");
  const paper = h("button", { class: "btn other sm", type: "button" }, "Print it");
  put.addEventListener("click", () => void start(form, desk, what, box));
  paper.addEventListener("click", () => printOnly(what.selectedOptions[0]?.label ?? "", textParts(box.value)));
  what.closest(".field")?.after(h("div", { class: "acts tight", "data-letter-buttons": true }, put, paper));
}

async function start(form: HTMLFormElement, desk: CaseDesk, what: HTMLSelectElement, box: HTMLTextAreaElement): Promise<void> {
  try {
    const { letters } = await deskPack();
    const letter = letters.find(({ to, tells }) => to === form.dataset["letters"] && tells === what.value);
    if (letter === undefined) throw new FormatError("This pack has no letter for that. Write it in your own words.");
    if (box.value.trim() !== "" && !untouched(box.value, letters)) throw new FormatError("There is a text in the box already. Clear it first.");
    box.value = fillLetter(letter, known(desk)).text.trim();
    box.rows = 14;
    box.focus();
  } catch (error) {
    complain(form, [complaint(error)]);
  }
}

// A letter that nobody has completed may give way to another one.
function untouched(text: string, letters: readonly Letter[]): boolean {
  return blanksOf(text, letters).length > 0;
}

/** The same for each other person who is ticked: an entry of her own, with the same words. */
export function alsoTold(form: HTMLFormElement, { fact, words }: Typed): Typed[] {
  const others = [...form.querySelectorAll<HTMLInputElement>("[data-also]:checked")];
  return others.map(({ value }) => ({ fact: { ...fact, item: newId(), to: value }, words }));
}

/** What still stands in square brackets, in words; empty where nothing does. A letter is not sealed half filled. */
export async function openBlanks(form: HTMLFormElement): Promise<string> {
  const text = form.querySelector<HTMLTextAreaElement>("[data-words]")?.value ?? "";
  const found = text.includes("[") ? blanksOf(text, (await deskPack()).letters) : [];
  return found.length === 0 ? "" : `${BLANKS}${found.join(" ")}`;
}

/**
 * Writes down that the reporter was told what a letter says, so that others who were harmed are told the same. The
 * message itself was sent: where this is refused, it counts for her all the same and only the prompt is missing.
 */
export async function recordTold(desk: CaseDesk, what: string, text: string): Promise<void> {
  if (what === "" || desk.open.answer.told.length === 0) return;
  try {
    await desk.catchUp();
    const fact = { kind: "informed", item: newId(), to: "", on: desk.open.answer.today, what, how: "mailbox" };
    await perform(`${desk.path}/facts`, await recordFacts(desk.open, [{ fact, words: text }]), desk.installation);
  } catch (error) {
    console.warn("not written down as told", complaint(error).message);
  }
}
