// Prints one thing of a page and nothing else. The paper shows what is on the screen; nothing is sent.
import { h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";

/** Prints these, under a heading. They are on the page only while the printer asks for them. */
export function printOnly(heading: string, ...content: Child[]): void {
  const paper = h("div", { class: "paper" }, h("h1", null, heading), content);
  document.body.append(paper);
  document.body.classList.add("printing");
  const done = (): void => {
    paper.remove();
    document.body.classList.remove("printing");
  };
  addEventListener("afterprint", done, { once: true });
  print();
}
