// The check-in in the mailbox: two questions, one after the other, a tap each. What she taps is sealed and sent as a letter.
import { answerOf } from "../lib/check-ins.ts";
import type { Watching } from "../lib/check-ins.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { fill, h } from "../lib/dom.ts";
import { button, div, liveRegion, para } from "./view.ts";

/** Asks until every question has its answer, then sends. Going away in between sends nothing. */
export function checkIn(watching: Watching, id: string, send: (text: string, entry: JsonObject, status: HTMLElement) => void): HTMLElement {
  const status = liveRegion();
  const place = h("div", { class: "flow" });
  const answers: Record<string, string> = {};
  const ask = (number: number, isFirst: boolean): void => {
    const question = watching.questions[number];
    if (question === undefined) {
      const { text, entry } = answerOf(watching, id, answers);
      fill(place, para("", watching.thanks));
      return send(text, entry, status);
    }
    const title = h("h3", { tabindex: "-1" }, question.title);
    const choices = question.options.map(([option, label]) =>
      button(label, () => {
        answers[question.id] = option;
        ask(number + 1, false);
      }, "other"),
    );
    fill(place, title, div("acts", ...choices));
    if (!isFirst) title.focus();
  };
  ask(0, true);
  return h("section", { class: "band flow", "data-check-in": id }, h("h2", null, watching.title), para("small", watching.why), place, status);
}
