// Letters to a body outside: drafted from what is coded and dated, completed by a person, sealed in the case, and its
// own people let in. The text is a note: whoever of that body gets a key reads it at her own desk.
import { fill, h } from "../lib/dom.ts";
import { candidates, letIn, noteForDesk } from "../desk/builders.ts";
import type { CaseDesk } from "../desk/case.ts";
import { textParts } from "../desk/conversation.ts";
import { actForm, complaint, prefix } from "../desk/form.ts";
import { perform } from "../desk/perform.ts";
import { isReadable } from "../desk/report.ts";
import { deskPack } from "./desk-pack.ts";
import type { Letter } from "./letters.ts";
import { addPrint, known, letterFields } from "./letters-form.ts";

/** Draws the forms into their place once the key is open; `place` carries what the server knows of codes and days. */
export async function draftForms(place: HTMLElement, desk: CaseDesk): Promise<void> {
  try {
    const letters = (await deskPack()).letters.filter(({ to }) => to === "body");
    const coded = JSON.parse(place.dataset["drafts"] ?? "{}") as Record<string, string>;
    fill(place, letters.length === 0 ? h("p", { class: "small" }, "This pack has no letters to a body outside.") : letters.map((letter) => folded(letter, desk, coded)));
  } catch (error) {
    fill(place, h("p", { class: "doubt" }, complaint(error).message));
  }
}

function folded(letter: Letter, desk: CaseDesk, coded: Record<string, string>): HTMLElement {
  const details = h("details", null, h("summary", null, letter.name));
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(...parts(letter, desk, coded));
  });
  return details;
}

function parts(letter: Letter, desk: CaseDesk, coded: Record<string, string>): HTMLElement[] {
  const { rows, filled, whole } = letterFields(letter, { ...known(desk), ...coded });
  const id = prefix();
  const people = isReadable(desk.open) ? outside(desk) : [];
  const to = people.map(({ key, label, channel }, index) =>
    h("div", { class: "choice" }, h("input", { type: "checkbox", id: `${id}-${index}`, value: key, "data-tool": true }), h("label", { for: `${id}-${index}` }, h("span", { class: "name" }, label), h("span", { class: "hint" }, channel))),
  );
  const form = actForm(
    "Seal it in the case",
    async (say, inside) => {
      const text = `${letter.name}\n\n${whole()}`;
      const chosen = new Set([...inside.querySelectorAll<HTMLInputElement>("input[type=checkbox]:checked")].map(({ value }) => value));
      say("Sealing the text.");
      await perform(`${desk.path}/envelopes`, await noteForDesk(desk.open, text), desk.installation);
      for (const one of people.filter(({ key }) => chosen.has(key))) {
        say(`Sealing a key to ${one.label}.`);
        await desk.catchUp();
        await perform(`${desk.path}/grants`, await letIn(desk.open, { key: one.key, seal: one.seal }, ["case"]), desk.installation);
      }
      desk.done(chosen.size > 0 ? "handed" : "drafted");
    },
    ...rows,
    to.length === 0 ? null : h("fieldset", { class: "field" }, h("legend", null, h("span", { class: "label" }, "Let in with it")), h("p", { class: "hint" }, "They read the whole case, this text with it, at their own desk. The reporter sees that somebody was let in."), h("div", { class: "choices" }, to)),
  );
  addPrint(form, letter.name, () => filled().text);
  const text = h("div", { class: "flow" });
  const drafted = h("details", { class: "more" }, h("summary", null, "The letter so far"), text);
  drafted.addEventListener("toggle", () => fill(text, drafted.open ? textParts(filled().text) : null));
  return [h("p", { class: "second small" }, letter.use), letter.note === "" ? null : h("p", { class: "band small" }, letter.note), drafted, form].filter((one) => one !== null);
}

/** Members of channels outside the institution who could be let in. */
function outside({ open }: CaseDesk): ReturnType<typeof candidates> {
  const theirs = new Set(open.card.channels.filter(({ inside }) => !inside).map(({ name }) => name));
  return candidates(open).filter(({ channel }) => theirs.has(channel));
}
