// Shows the report and the source sheet, with the parts the reporter wants to be asked about first.
import type { JsonObject } from "../lib/canonical.ts";
import { h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import { doubts, letters, textParts, unreadPart } from "./conversation.ts";
import type { Letter } from "./conversation.ts";
import type { OpenCase } from "./opened.ts";
import { read } from "./reading.ts";
import type { Answer } from "./reading.ts";
import { cautions } from "./suggest.ts";

const ASK = "Ask the reporter before you use this part: it could point to her.";

/** Everything of the report but its files. */
export function reportContent(open: OpenCase): Child {
  const found = letters(open, "report");
  if (found.length === 0) return h("p", { class: "doubt" }, "There is no report here. It may have been taken away.");
  return found.map((letter) => [warnings(letter), one(letter)]);
}

// What has to be known before the report is acted on stands before it.
function warnings({ judged }: Letter): Child {
  const answers = judged.envelope?.body["answers"];
  return cautions(Array.isArray(answers) ? (answers as JsonObject[]) : []).map((text) => h("p", { class: "band" }, h("strong", null, text)));
}

/** The source sheet. Call it only after `openSheet`. */
export function sheetContent(open: OpenCase): Child {
  return letters(open, "sheet").map(one);
}

/** Whether the report really opened, signed by the reporter and sealed for this case. */
export function isReadable(open: OpenCase): boolean {
  const found = letters(open, "report");
  return found.length > 0 && found.every(({ judged }) => judged.envelope !== undefined && judged.faults.length === 0);
}

function one({ judged }: Letter): Child {
  if (judged.envelope === undefined) return doubts(judged);
  const said = read(judged.envelope.body);
  const rows = said.answers.map(row);
  const list = rows.length === 0 ? h("p", null, "Nothing was filled in here.") : h("dl", { class: "qa" }, rows);
  return [...doubts(judged), list, unreadPart(said.unread)];
}

function row({ question, text, askFirst, asked: other }: Answer): HTMLElement {
  const asked = askFirst ? h("p", null, h("span", { class: "state now" }, ASK)) : null;
  const read = other && [h("p", { class: "small second" }, `As she read it: ${other.question}`), other.text !== text && textParts(other.text)];
  return h("div", null, h("dt", null, question), h("dd", null, textParts(text), read, asked));
}
