// Evidence on the page: the picture, sources with grades, things with their way from hand to hand, and forms to add.
import { newId } from "../lib/bytes.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { h } from "../lib/dom.ts";
import { area, textOf } from "../desk/compose.ts";
import { actForm, FieldError, line, prefix, value } from "../desk/form.ts";
import type { OpenCase } from "../desk/opened.ts";
import { dayWords } from "../desk/reading.ts";
import { custodyOf, EVIDENCE, readEntry, register } from "./evidence.ts";
import type { Entry, Register } from "./evidence.ts";
import { timeline } from "./evidence-picture.ts";
import { gradeWords, HANDLING, INFORMATION, isHearsay, knowsFrom, SOURCES, suggested } from "./grading.ts";
import type { Grade } from "./grading.ts";
import { readRough } from "./rough-days.ts";
import { entriesOf } from "./structured.ts";

/** Where evidence is kept: a whole case, or an investigator's version of one. */
export interface EvidenceDesk {
  readonly open: OpenCase;
  /** Seals a note with an entry, and shows the page again. */
  keep(text: string, form: { format: string; entry: JsonObject }): Promise<void>;
}

/** Everything of that part of the page. */
export function evidencePart(desk: EvidenceDesk): HTMLElement[] {
  const { entries, unread } = entriesOf(desk.open, EVIDENCE, readEntry);
  const found = register(entries);
  const doubt = unread === 0 ? null : h("p", { class: "doubt" }, `${unread} notes about evidence cannot be read, or something is wrong with them.`);
  const shown = [timeline(found), sources(found), things(found)].filter((one) => one !== null);
  const empty = shown.length === 0 ? h("p", { class: "second" }, "Nothing is noted yet. The server sees a sealed note for each entry, and nothing of what it says.") : null;
  return [doubt, empty, ...shown, sourceForm(desk, found), incidentForm(desk, found), thingForm(desk, found), moveForm(desk, found)].filter((one) => one !== null);
}

function sources({ sources: all }: Register): HTMLElement | null {
  if (all.size === 0) return null;
  const rows = [...all.values()].map((one) => {
    const via = one.via === "" ? "" : `; has it from ${all.get(one.via)?.name ?? "a source that is not noted"}`;
    const hearsay = isHearsay(one) || one.via !== "" ? h("strong", null, " Hearsay.") : null;
    return h("div", null, h("dt", { dir: "auto" }, one.name), h("dd", null, h("span", { class: "said" }, gradeWords(one)), ` ${SOURCES[one.source]}; ${INFORMATION[one.information].toLowerCase()}${via}.`, hearsay));
  });
  return h("div", null, h("h3", null, "Sources"), h("dl", { class: "facts" }, rows));
}

function things({ things: all }: Register): HTMLElement | null {
  if (all.length === 0) return null;
  const rows = all.map(({ thing, moves }) => {
    const { holder, gaps } = custodyOf(thing, moves);
    const steps = moves.map(({ value: move }) => h("li", { dir: "auto" }, `${dayWords(move.day)}: from ${move.from} to ${move.to}. ${move.why}`));
    const way = [h("li", { dir: "auto" }, `${dayWords(thing.day)}: ${thing.holder} has it.`), ...steps];
    return h("div", null, h("dt", { dir: "auto" }, thing.name), h("dd", null, `With ${holder}.`, gaps.map((gap) => h("p", { class: "doubt" }, gap)), h("details", null, h("summary", null, "Its way"), h("ol", null, way))));
  });
  return h("div", null, h("h3", null, "Things and who has them"), h("dl", { class: "facts" }, rows));
}

function sourceForm(desk: EvidenceDesk, { sources: all }: Register): HTMLElement {
  const id = prefix();
  const start = suggested(knowsFrom(reportValues(desk.open)));
  const via = select(`${id}-via`, [["", "Nobody: it is this source's own"], ...names(all)]);
  return folded(
    "Note a source and grade it",
    "Start with “the reporter”, not with a name. Whether a source gave a name never makes it less reliable.",
    actForm(
      "Seal this source",
      async (say, inside) => {
        const name = needed(inside, `${id}-name`, "Say who or what it is.");
        const grade: Grade = { source: chosen(inside, `${id}-source`) as Grade["source"], information: chosen(inside, `${id}-information`) as Grade["information"], handling: chosen(inside, `${id}-handling`) as Grade["handling"] };
        const entry: Entry = { what: "source", id: newId(), name, via: chosen(inside, `${id}-via`), ...grade };
        say("Sealing.");
        await desk.keep(`Source: ${name}. Graded ${gradeWords(grade)}.`, form(entry));
      },
      line(`${id}-name`, "Source", "Such as: the reporter, a colleague of the shift, the door log."),
      field(`${id}-via`, "From whom it has this", "A source that only passes on what another told counts as that one.", via),
      field(`${id}-source`, "Source", "", select(`${id}-source`, Object.entries(SOURCES), start.source)),
      field(`${id}-information`, "Information", "Suggested from how the reporter says that she knows.", select(`${id}-information`, Object.entries(INFORMATION), start.information)),
      field(`${id}-handling`, "Handling", "", select(`${id}-handling`, Object.entries(HANDLING), start.handling)),
    ),
  );
}

function incidentForm(desk: EvidenceDesk, { sources: all, incidents }: Register): HTMLElement {
  const id = prefix();
  const known = [...new Set(incidents.map(({ conduct }) => conduct).filter((one) => one !== ""))];
  const from = [...all.values()].map(({ id: source, name }) => tick(`${id}-from`, source, name));
  return folded(
    "Note an incident",
    "One for each thing that happened. What belongs together gets the same course of conduct, and is shown as one.",
    actForm(
      "Seal this incident",
      async (say, inside) => {
        const words = textOf(inside, `${id}-words`);
        const when = needed(inside, `${id}-when`, "Say when, as roughly as it is known.");
        const { first, last, words: typed } = rough(when, `${id}-when`);
        const sources = [...inside.querySelectorAll<HTMLInputElement>(`input[name="${id}-from"]:checked`)].map((box) => box.value);
        const conduct = value(inside, `${id}-conduct`);
        say("Sealing.");
        await desk.keep(`Incident, ${typed}: ${words}`, form({ what: "incident", id: newId(), words, first, last, when: typed, conduct, sources }));
      },
      tool(area(`${id}-words`, "What is said to have happened", "One or two sentences.")),
      line(`${id}-when`, "When", "2026, 2026-03, 2026-03-14 or winter 2025; or two of these with “to” between."),
      line(`${id}-conduct`, "Course of conduct", known.length === 0 ? "A short name, such as: messages after the case. Leave it empty for a single incident." : `Already there: ${known.join("; ")}.`),
      from.length === 0 ? null : h("fieldset", { class: "field" }, h("legend", null, h("span", { class: "label" }, "Who says so")), h("div", { class: "choices" }, from)),
    ),
  );
}

function thingForm(desk: EvidenceDesk, { sources: all }: Register): HTMLElement {
  const id = prefix();
  return folded(
    "Put a thing into the register",
    "A phone, a statement, a print of a log. From then on each hand it goes through is noted.",
    actForm(
      "Seal this thing",
      async (say, inside) => {
        const name = needed(inside, `${id}-name`, "Say what it is.");
        const holder = needed(inside, `${id}-holder`, "Say who has it now.");
        const entry: Entry = { what: "thing", id: newId(), name, from: chosen(inside, `${id}-from`), holder, day: desk.open.answer.today };
        say("Sealing.");
        await desk.keep(`In the register: ${name}, with ${holder}.`, form(entry));
      },
      line(`${id}-name`, "Thing", "With the number on its seal or bag."),
      line(`${id}-holder`, "Who has it"),
      field(`${id}-from`, "From which source", "", select(`${id}-from`, [["", "Not said"], ...names(all)])),
    ),
  );
}

function moveForm(desk: EvidenceDesk, { things: all }: Register): HTMLElement | null {
  if (all.length === 0) return null;
  const id = prefix();
  const options = all.map(({ thing, moves }): [string, string] => [thing.id, `${thing.name}, with ${custodyOf(thing, moves).holder}`]);
  return folded(
    "Note that a thing changed hands",
    "On the day itself.",
    actForm(
      "Seal this step",
      async (say, inside) => {
        const { thing, moves } = all.find((one) => one.thing.id === chosen(inside, `${id}-of`))!;
        const to = needed(inside, `${id}-to`, "Say who has it now.");
        const why = needed(inside, `${id}-why`, "Say what for.");
        const from = custodyOf(thing, moves).holder;
        say("Sealing.");
        await desk.keep(`${thing.name} went from ${from} to ${to}: ${why}`, form({ what: "move", of: thing.id, from, to, day: desk.open.answer.today, why }));
      },
      field(`${id}-of`, "Thing", "", select(`${id}-of`, options)),
      line(`${id}-to`, "To whom"),
      line(`${id}-why`, "What for"),
    ),
  );
}

function form(entry: Entry): { format: string; entry: JsonObject } {
  return { format: EVIDENCE, entry: { ...entry } as unknown as JsonObject };
}

function folded(summary: string, about: string, inside: HTMLFormElement): HTMLElement {
  inside.querySelector("button[type=submit]")?.classList.add("other");
  return h("details", null, h("summary", null, summary), h("p", { class: "second small" }, about), inside);
}

function rough(text: string, id: string): ReturnType<typeof readRough> {
  try {
    return readRough(text);
  } catch (error) {
    throw new FieldError(id, error instanceof Error ? error.message : "This is not a day.");
  }
}

function needed(inside: ParentNode, id: string, message: string): string {
  const text = value(inside, id);
  if (text === "") throw new FieldError(id, message);
  return text;
}

function chosen(inside: ParentNode, id: string): string {
  return inside.querySelector<HTMLSelectElement>(`#${id}`)?.value ?? "";
}

function names(all: Register["sources"]): [string, string][] {
  return [...all.values()].map(({ id, name }) => [id, name]);
}

function select(id: string, options: readonly (readonly [string, string])[], start = ""): HTMLElement {
  const list = options.map(([key, label]) => h("option", { value: key, selected: key === start }, key.length === 1 ? `${key}: ${label}` : label));
  return h("select", { id, "aria-describedby": `${id}-hint` }, list);
}

function field(id: string, label: string, hint: string, box: HTMLElement): HTMLElement {
  if (hint === "") box.removeAttribute("aria-describedby");
  return h("div", { class: "field" }, h("label", { for: id }, label), hint === "" ? null : h("p", { class: "hint", id: `${id}-hint` }, hint), box);
}

function tick(name: string, key: string, label: string): HTMLElement {
  const id = `${name}-${key}`;
  return h("div", { class: "choice" }, h("input", { type: "checkbox", name, id, value: key }), h("label", { for: id }, h("span", { class: "name", dir: "auto" }, label)));
}

function tool(element: HTMLElement): HTMLElement {
  element.querySelector("textarea")?.setAttribute("data-tool", "");
  return element;
}

// Coded answers of the report, where this reader can open it.
function reportValues({ judged }: OpenCase): string[] {
  return judged.flatMap(({ envelope }) => {
    const answers = envelope?.kind === "report" ? envelope.body["answers"] : [];
    if (!Array.isArray(answers)) return [];
    return answers.flatMap((one) => {
      const coded = one !== null && typeof one === "object" && !Array.isArray(one) ? (one as JsonObject)["value"] : null;
      return typeof coded === "string" ? [coded] : [];
    });
  });
}
