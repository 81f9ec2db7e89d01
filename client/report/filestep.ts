// Adding a file: what it is comes first, and for some answers there is no picker at all.
import { h } from "../lib/dom.ts";
import { choices, freshId } from "./fields.ts";
import type { Controls } from "./fields.ts";
import { FileFault, FILES_LIMIT, SIZE_LIMIT, take } from "./files.ts";
import type { Picked } from "./files.ts";
import { chosen } from "./flow.ts";
import type { Pack, Question } from "./pack.ts";
import { sizeText } from "./texts.ts";
import type { Texts } from "./texts.ts";
import { div, h2, link, liveRegion, para } from "./view.ts";

export const NO_FILE = "none";

/** May a picker open for this answer? Only if it leads nowhere else and is a file at all. */
export function mayPick(question: Question, what: string | undefined): boolean {
  const option = question.options.find(({ id }) => id === what);
  return option !== undefined && option.then === "" && option.id !== NO_FILE;
}

export interface Picker extends Controls {
  /** True while a file is being read. */
  busy(): boolean;
}

/** Keep or take out hidden details, then the picker, then what was picked. Nothing is drawn from a file but its name and size. */
export function picker(t: Texts, pack: Pack, question: Question, what: string, files: Picked[]): Picker {
  let reading = 0;
  const field = question.fields.find(({ id }) => id === "traces");
  const traces = choices("radio", field?.options ?? [], ["remove"]);
  const input = h("input", {
    type: "file",
    id: freshId(),
    multiple: true,
    accept: pack.kinds.join(","),
    "data-group": true,
  });
  const status = liveRegion("small");
  const list = h("ul", { class: "picked" });
  const draw = (): void =>
    list.replaceChildren(...files.map((file) => pickedRow(t, file, () => drop(files, file, draw, input))));
  const say = (...lines: HTMLElement[]): void => status.replaceChildren(...lines);

  const add = async (): Promise<void> => {
    const chosenFiles = [...(input.files ?? [])];
    input.value = "";
    reading += 1;
    const wrong: HTMLElement[] = [];
    for (const [index, file] of chosenFiles.slice(0, FILES_LIMIT).entries()) {
      say(para("", t("file.reading", { part: index + 1, parts: chosenFiles.length })));
      try {
        if (files.length >= FILES_LIMIT) throw new FileFault("error.file-many", file.name);
        files.push(await take(file, what, chosen(traces.read())[0] === "keep", pack.kinds));
        draw();
      } catch (error) {
        if (!(error instanceof FileFault)) throw error;
        wrong.push(
          para("err", t(error.key, { name: error.file, size: sizeText(SIZE_LIMIT), number: FILES_LIMIT })),
        );
      }
    }
    reading -= 1;
    say(...wrong, para("", files.length === 0 ? t("file.empty") : t("file.count", { number: files.length })));
  };
  input.addEventListener("change", () => void add());
  draw();
  const label = h("label", { for: input.id }, t("file.pick"));
  const limits = para("hint small", t("file.limits", { size: sizeText(SIZE_LIMIT), number: FILES_LIMIT }));
  const choice = h(
    "fieldset",
    { class: "field" },
    h("legend", { class: "label" }, field?.label ?? ""),
    para("hint small", t("file.traces-hint")),
    traces.nodes,
  );
  return {
    nodes: [choice, div("field pick", label, limits, input), status, h2(t("file.list")), list],
    read: () => what,
    control: () => input,
    busy: () => reading > 0,
  };
}

function drop(files: Picked[], file: Picked, draw: () => void, input: HTMLElement): void {
  files.splice(files.indexOf(file), 1);
  draw();
  input.focus();
}

/** A picked file, as text. */
export function pickedRow(t: Texts, file: Picked, remove?: () => void): HTMLElement {
  const traces = file.stripped ? t("file.stripped") : file.strippable ? t("file.kept") : t("file.other");
  const about = h("span", { class: "small second" }, `${sizeText(file.content.size)}. ${traces}`);
  const button = remove && link(t("button.remove"), remove);
  button?.setAttribute("aria-label", t("file.remove", { name: file.name }));
  return h("li", null, h("span", { class: "name" }, file.name), about, button);
}
