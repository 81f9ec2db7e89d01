// The investigator's version on the case page: written, held against the report for clues, sealed; investigators let in.
import { FormatError } from "../lib/bytes.ts";
import { fill, h } from "../lib/dom.ts";
import { candidates, letIn, noteInBrief } from "../desk/builders.ts";
import type { CaseDesk } from "../desk/case.ts";
import { area, textOf } from "../desk/compose.ts";
import { textParts } from "../desk/conversation.ts";
import { actForm, FieldError, prefix } from "../desk/form.ts";
import { keyring } from "../desk/keyring.ts";
import { holdsSheet, openSheet } from "../desk/opened.ts";
import type { OpenCase } from "../desk/opened.ts";
import { perform } from "../desk/perform.ts";
import { dayWords } from "../desk/reading.ts";
import { isReadable } from "../desk/report.ts";
import { takeQuietly } from "../desk/steps.ts";
import { beginBrief, BRIEF, briefTexts, hasBrief, knownTexts, leftEntry } from "./brief.ts";
import type { BriefText } from "./brief.ts";
import { cluesIn, countsOf, WHY } from "./clues.ts";
import type { Clue } from "./clues.ts";
import { around } from "./wording-tally.ts";

/** Everything of that part of the page. */
export function briefPart(desk: CaseDesk): HTMLElement[] {
  const { open } = desk;
  if (!hasBrief(open)) return open.epochs.brief.size > 0 ? [h("p", null, "There is one. Your key does not open it.")] : [beginForm(desk)];
  return [briefList(briefTexts(open)), versionForm(desk), namesForm(desk), investigatorForm(desk)];
}

function beginForm(desk: CaseDesk): HTMLElement {
  if (!isReadable(desk.open)) return h("p", { class: "doubt" }, "The report does not open as it was sent, so there is nothing to write a version of.");
  const about = "Somebody who investigates does not need the report. Write what was reported so that nothing in it points to the reporter; it gets a key of its own, and only that is given on. Notices, letters and bundles draw on it too.";
  const form = actForm("Begin the investigator's version", async (say) => {
    say("Making a key of its own.");
    await perform(`${desk.path}/brief`, await beginBrief(desk.open), desk.installation);
    desk.done("brief");
  });
  form.querySelector("button")?.classList.add("other");
  return h("div", { class: "flow" }, h("p", { class: "second" }, about), form);
}

/** Versions and notes, newest first. */
export function briefList(texts: readonly BriefText[]): HTMLElement {
  if (texts.length === 0) return h("p", null, "Nothing is written yet.");
  const newest = texts.find(({ kind }) => kind === "brief");
  return h("div", { class: "msgs" }, texts.map((one) => article(one, one === newest)));
}

function article({ kind, author, day, text, doubts }: BriefText, isNewest: boolean): HTMLElement {
  const what = kind === "work" ? "Note" : isNewest ? "The version in force" : "An earlier version";
  const header = h("header", null, h("b", null, `${what}, ${author}`), h("span", null, dayWords(day)));
  return h("article", { class: doubts.length > 0 ? "letter msg doubt" : "letter msg mine" }, h("div", { class: "in" }, header, doubts.map((one) => h("p", { class: "doubt" }, one)), textParts(text)));
}

function versionForm(desk: CaseDesk): HTMLElement {
  const id = prefix();
  let known: OpenCase = desk.open; // with the sheet, once it was opened for this
  let looked = ""; // the text whose clues were shown
  const clues = h("div", { "data-clues": true });
  const mayOpen = holdsSheet(desk.open.answer, desk.open.me.key);
  const sheet = h("p", { class: "second small" }, mayOpen ? "Words of the source sheet are checked too, once you open it here: a step that the reporter sees." : "The source sheet is not checked: you hold no key to it.");
  if (mayOpen) {
    const press = h("button", { class: "btn other sm", type: "button" }, "Check against the source sheet too");
    press.addEventListener("click", () => {
      void (async () => {
        await takeQuietly(desk, "sheet-opened");
        known = await openSheet(desk.open, keyring);
        looked = "";
        sheet.textContent = "Words of the source sheet are checked too.";
      })();
    });
    sheet.append(" ", press);
  }
  const seal = async (text: string, found: readonly Clue[], say: (text: string) => void): Promise<void> => {
    say("Sealing.");
    const form = { format: BRIEF, entry: leftEntry(countsOf(found)) };
    await perform(`${desk.path}/brief/envelopes`, await noteInBrief(desk.open, "brief", text, form), desk.installation);
    desk.done("brief-written");
  };
  const form = actForm(
    "Check it and seal it",
    async (say, inside) => {
      const text = textOf(inside, `${id}-text`);
      const found = cluesIn(text, knownTexts(known));
      const isLookedAt = looked === text && inside.querySelector<HTMLInputElement>(`#${id}-left`)?.checked === true;
      if (found.length === 0 || isLookedAt) return seal(text, found, say);
      looked = text;
      show(clues, text, found, `${id}-left`);
      clues.querySelector<HTMLElement>("h3")?.focus();
    },
    area(`${id}-text`, "What is to be investigated", "In your own words, not hers. What is said to have happened, how often, in which unit and time of year, what could prove it. No source, no exact time that few could know."),
    sheet,
    clues,
  );
  form.querySelector("button[type=submit]")?.classList.add("other");
  return h("details", null, h("summary", null, "Write a version"), form);
}

function show(box: HTMLElement, text: string, clues: readonly Clue[], id: string): void {
  const rows = clues.map((clue) => {
    const [before, words, after] = around(text, clue, 40);
    return h("li", { "data-clue": clue.kind }, before, h("mark", null, words), after, h("br"), h("span", { class: "second small" }, WHY[clue.kind]));
  });
  const many = clues.length === 1 ? "One place could point to the source" : `${clues.length} places could point to the source`;
  const confirm = h(
    "div",
    { class: "choice" },
    h("input", { type: "checkbox", id }),
    h("label", { for: id }, h("span", { class: "name" }, "I looked at each of these, and it stays"), h("span", { class: "hint" }, "How many of each kind stay is sealed with the version.")),
  );
  const about = "Write them anew, then check again. What is not found here can still give her away: think of who was there, and who knew.";
  fill(box, h("div", { class: "band flow" }, h("h3", { tabindex: "-1" }, many), h("p", { class: "small" }, about), h("ul", null, rows), confirm));
}

function namesForm(desk: CaseDesk): HTMLElement {
  const id = `${prefix()}-names`;
  const form = actForm(
    "Seal who it is about",
    async (say, inside) => {
      say("Sealing.");
      await perform(`${desk.path}/brief/names`, await noteInBrief(desk.open, "work", textOf(inside, id)), desk.installation);
      desk.done("brief-names");
    },
    area(id, "Who it is about", "The people reported; where the rules ask about a connection to anybody, who was harmed too. Nothing about what happened, and not who reported it."),
  );
  form.querySelector("button[type=submit]")?.classList.add("other");
  const about = "Whoever investigates sees only this at first, answers for herself, and then the version opens. Write it anew when somebody is added.";
  return h("details", null, h("summary", null, "Say who it is about"), h("p", { class: "second small" }, about), form);
}

function investigatorForm(desk: CaseDesk): HTMLElement {
  const { open } = desk;
  const id = prefix();
  const inside = new Set(open.answer.holders.filter(({ scope }) => scope === "brief").map(({ key }) => key));
  const found = candidates(open).filter(({ key }) => !inside.has(key));
  const summary = h("summary", null, "Give it to an investigator");
  if (!open.judged.some(({ envelope }) => envelope?.kind === "brief")) return h("details", null, summary, h("p", null, "Write a version first."));
  if (found.length === 0) return h("details", null, summary, h("p", null, "Nobody else can be let in."));
  const rows = found.map(({ key, label, channel }, index) => {
    const own = `${id}-who${index}`;
    return h("div", { class: "choice" }, h("input", { type: "radio", name: `${id}-who`, id: own, value: key }), h("label", { for: own }, h("span", { class: "name" }, label), h("span", { class: "hint" }, channel)));
  });
  const form = actForm(
    "Seal the version to this person",
    async (say, within) => {
      const picked = within.querySelector<HTMLInputElement>(`input[name="${id}-who"]:checked`)?.value;
      const to = found.find(({ key }) => key === picked);
      if (to === undefined) throw new FieldError(`${id}-who0`, "Choose who investigates.");
      if (!hasBrief(desk.open)) throw new FormatError("There is no key here to pass on.");
      say("Sealing.");
      await perform(`${desk.path}/brief/grants`, await letIn(desk.open, { key: to.key, seal: to.seal }, ["brief"]), desk.installation);
      desk.done("investigator");
    },
    h("fieldset", { class: "field" }, h("legend", null, h("span", { class: "label" }, "Who")), h("div", { class: "choices" }, rows)),
  );
  form.querySelector("button[type=submit]")?.classList.add("other");
  const about = "This person can open the version and write notes beside it, and nothing else of this case: not the report, not the messages, not the files. The reporter sees that somebody was let in.";
  return h("details", null, summary, h("p", { class: "second small" }, about), form);
}
