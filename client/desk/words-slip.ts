// Shows fresh unlock words, and has them typed back in full from paper before anything depends on them.
import { fill, focusHeading, h } from "../lib/dom.ts";
import { generateWords } from "../lib/words.ts";
import { actForm, FieldError, prefix } from "./form.ts";
import { wordsField, wordsIn } from "./words-field.ts";

export interface Slip {
  title: string;
  intro: string;
  /** What the words are used for once they were typed back. May throw: the form then says why. */
  use(words: string[], say: (text: string) => void): Promise<void>;
}

/** Runs the slip inside `host`. */
export function showSlip(host: HTMLElement, slip: Slip): void {
  const words = generateWords();
  const written = (): void => {
    fill(host, backForm(words, slip, shown));
    focusHeading(host);
  };
  const shown = (): void => {
    fill(host, sheet(words, slip, written));
    focusHeading(host);
  };
  shown();
}

function sheet(words: readonly string[], slip: Slip, next: () => void): HTMLElement {
  const list = h(
    "ol",
    { class: "words" },
    words.map((word) => h("li", null, word)),
  );
  const print = h(
    "button",
    { class: "btn other sm", type: "button", onclick: () => window.print() },
    "Print the words",
  );
  const inside = h(
    "div",
    { class: "in" },
    h("h2", { id: "slip-words", class: "no-print" }, "Your seven words"),
    list,
    h("div", { class: "acts tight no-print" }, print),
  );
  const letter = h(
    "section",
    { class: "letter", "aria-labelledby": "slip-words" },
    h("div", { class: "lining" }),
    inside,
  );
  return h(
    "div",
    { class: "flow measure slip" },
    h("h1", { class: "no-print" }, slip.title),
    h("p", { class: "no-print" }, slip.intro),
    letter,
    h(
      "p",
      { class: "no-print" },
      "Keep the paper where only you look, not with this computer. Do not photograph it.",
    ),
    h(
      "div",
      { class: "acts no-print" },
      h("button", { class: "btn", type: "button", onclick: next }, "I have them on paper"),
    ),
  );
}

function backForm(words: readonly string[], slip: Slip, back: () => void): HTMLElement {
  const id = `${prefix()}-back`;
  const form = actForm(
    "Go on",
    async (say, inside) => {
      if (wordsIn(inside, id).join(" ") !== words.join(" ")) {
        throw new FieldError(id, "These are not the words you were shown. Look at your paper again.");
      }
      await slip.use([...words], say);
    },
    wordsField(id, "All seven words, from your paper"),
  );
  form
    .querySelector(".acts")
    ?.append(h("button", { class: "btn other", type: "button", onclick: back }, "Show them again"));
  return h(
    "div",
    { class: "flow measure" },
    h("h1", null, "Now type them back"),
    h("p", null, "So that you know the paper is right. Only this page looks at what you type."),
    form,
  );
}
