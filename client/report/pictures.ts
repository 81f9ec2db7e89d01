// Fingerprints of her own picture. Whose it is, how old everybody in it was and whether she wants it are asked first;
// without the right answers there is no picker, and nothing is decoded. The picture itself never leaves the device.
import { h } from "../lib/dom.ts";
import { fingerprint } from "../lib/prints.ts";
import type { Fingerprinted, PrintFault } from "../lib/prints.ts";
import { freshId } from "./fields.ts";
import { plainName, SIZE_LIMIT } from "./files.ts";
import { mayPick } from "./filestep.ts";
import type { Picker } from "./filestep.ts";
import { chosen, holds } from "./flow.ts";
import type { Answers } from "./flow.ts";
import type { Pack, Question } from "./pack.ts";
import type { Texts } from "./texts.ts";
import { div, h2, link, liveRegion, para } from "./view.ts";

export const PICTURES_LIMIT = 10;

/** A picture whose fingerprints were made. Its name is shown to her and goes nowhere. */
export interface Printed extends Fingerprinted {
  name: string;
}

const FAULTS = {
  plain: "error.print-plain",
  large: "error.print-large",
  unread: "error.print-unread",
  many: "error.print-many",
} as const;
const KINDS = "image/jpeg,image/png,image/webp,image/gif,image/avif";

/** May a picker open? Only where every answer that the pack asks for stands, and she chose to add one. */
export function mayPrint(
  pack: Pack,
  answers: Answers,
  question: Question,
  what: string | undefined,
): boolean {
  const asked = question.kind === "prints" && question.when !== null;
  return asked && holds(pack, answers, question.when) && mayPick(question, what);
}

/** What goes with the report: nothing, as soon as one of those answers was changed. */
export function travellingPrints(pack: Pack, answers: Answers, printed: readonly Printed[]): Fingerprinted[] {
  const agreed = Object.values(pack.questions).some((question) =>
    mayPrint(pack, answers, question, chosen(answers[question.id])[0]),
  );
  return agreed ? printed.map(({ sha256, prints }) => ({ sha256, prints })) : [];
}

/** The picker, progress, and what was made: the very letters that would be sent. */
export function printPicker(t: Texts, what: string, printed: Printed[]): Picker {
  let working = 0;
  const input = h("input", {
    type: "file",
    id: freshId(),
    multiple: true,
    accept: KINDS,
    "data-group": true,
  });
  const status = liveRegion("small");
  const bar = h("progress", { max: 1, value: 0, hidden: true, "aria-label": t("prints.working") });
  const list = h("ul", { class: "picked" });
  const drop = (one: Printed): void => {
    printed.splice(printed.indexOf(one), 1);
    draw();
    input.focus();
  };
  const draw = (): void => list.replaceChildren(...printed.map((one) => row(t, one, () => drop(one))));

  const add = async (): Promise<void> => {
    const files = [...(input.files ?? [])];
    input.value = "";
    working += 1;
    bar.hidden = false;
    const wrong: HTMLElement[] = [];
    for (const [index, file] of files.slice(0, PICTURES_LIMIT).entries()) {
      const name = plainName(file.name);
      status.replaceChildren(para("", t("prints.reading", { part: index + 1, parts: files.length })));
      const fault = await take(file, name, printed, (done) => (bar.value = done));
      if (fault !== "")
        wrong.push(para("err", t(FAULTS[fault], { name, number: PICTURES_LIMIT })));
      draw();
    }
    working -= 1;
    bar.hidden = working === 0;
    status.replaceChildren(...wrong, para("", t("prints.count", { number: printed.length })));
  };
  input.addEventListener("change", () => void add());
  draw();
  const label = h("label", { for: input.id }, t("prints.pick"));
  return {
    nodes: [
      para("measure", t("prints.stays")),
      div("field pick", label, input),
      bar,
      status,
      h2(t("prints.list")),
      list,
    ],
    read: () => what,
    control: () => input,
    busy: () => working > 0,
  };
}

/** Makes the fingerprints of one file. Returns what was wrong with it, or nothing. */
async function take(
  file: File,
  name: string,
  printed: Printed[],
  onProgress: (done: number) => void,
): Promise<PrintFault | "many" | ""> {
  if (printed.length >= PICTURES_LIMIT) return "many";
  if (file.size > SIZE_LIMIT) return "large";
  try {
    const made = await fingerprint(file, onProgress);
    if (!printed.some(({ sha256 }) => sha256 === made.sha256)) printed.push({ ...made, name });
    return "";
  } catch (error) {
    const fault = error instanceof Error ? error.message : "";
    return fault === "plain" || fault === "large" ? fault : "unread";
  }
}

/** One picture, as text: its name for her, and what would be sent. */
function row(t: Texts, one: Printed, remove: () => void): HTMLElement {
  const button = link(t("button.remove"), remove);
  button.setAttribute("aria-label", t("file.remove", { name: one.name }));
  const lines = one.prints.map(({ hash, colour, quality, crop }) => `${hash} ${colour} ${quality} ${crop}`);
  const sent = [one.sha256, ...lines].map((line) => h("li", null, h("code", null, line)));
  const details = h("details", { class: "small" }, h("summary", null, t("prints.sent")), h("ul", null, sent));
  const number = h("span", { class: "small second" }, t("prints.made", { number: one.prints.length }));
  return h("li", null, h("span", { class: "name" }, one.name), number, button, details);
}
