// <upstander-search>: opens one case after the other, indexes what they say, and finds words in it.
//
// Index and query live in this page and go with it: nothing is sent or stored. A case that nobody has opened yet is left
// out, because opening it is a step that its reporter is told.
import { fill, h, UNWATCHED } from "../lib/dom.ts";
import { keyring } from "../desk/keyring.ts";
import { actForm, complaint, FieldError } from "../desk/form.ts";
import { openCase } from "../desk/opened.ts";
import type { CaseAnswer } from "../desk/opened.ts";
import { desk } from "../desk/page.ts";
import { dayWords } from "../desk/reading.ts";
import { institutionCard } from "../desk/recover.ts";
import { SearchIndex, snippet } from "./search.ts";
import type { Found } from "./search.ts";
import { textsOf } from "./texts-of.ts";

interface Openable {
  cases: { id: string; opened: boolean }[];
  next: string;
}

const KINDS: Readonly<Record<string, string>> = { report: "Report", message: "Message", note: "Note", brief: "Investigator's version" };
const MOST = 50; // results shown

class SearchPage extends HTMLElement {
  #index = new SearchIndex();
  #isCancelled = false;
  readonly #status = h("p", { role: "status", class: "second" });
  readonly #results = h("div", { class: "flow" });
  readonly #bar = h("progress", { "aria-label": "Cases opened", value: 0, max: 1 });
  readonly #cancel = h("button", { class: "btn other sm", type: "button" }, "Stop here");

  connectedCallback(): void {
    this.#cancel.addEventListener("click", () => (this.#isCancelled = true));
    keyring.onChange(() => {
      if (keyring.state() === "locked") this.#forget();
    });
    void keyring.whenOpen().then(() => this.#start());
  }

  #forget(): void {
    this.#isCancelled = true;
    this.#index = new SearchIndex();
    fill(this, h("p", null, "Your key is closed. What was indexed is gone. Load this page again to search."));
  }

  async #start(): Promise<void> {
    fill(this, h("div", { class: "flow" }, this.#form(), this.#status, h("div", { class: "acts" }, this.#bar, this.#cancel), this.#results));
    try {
      await this.#build();
    } catch (error) {
      this.#status.textContent = complaint(error).message;
    }
    this.#bar.parentElement?.remove();
  }

  #form(): HTMLElement {
    const id = "search-words";
    const box = h("input", { type: "search", id, autocomplete: "off", ...UNWATCHED, "aria-describedby": `${id}-hint` });
    const hint = "Every word has to be there; the beginning of a word is enough. “Side by side” finds words that stand together.";
    return actForm(
      "Search",
      async () => {
        if (box.value.trim() === "") throw new FieldError(id, "Type a word first.");
        this.#show(this.#index.find(box.value));
      },
      h("div", { class: "field" }, h("label", { for: id }, "Words"), h("p", { class: "hint", id: `${id}-hint` }, hint), box),
    );
  }

  async #build(): Promise<void> {
    const card = await institutionCard();
    const cases = await listed();
    const open = cases.filter(({ opened }) => opened);
    const unopened = cases.length - open.length;
    let [done, failed] = [0, 0];
    for (const { id } of open) {
      if (this.#isCancelled) break;
      this.#bar.max = open.length;
      this.#bar.value = done;
      this.#status.textContent = `Opening case ${done + 1} of ${open.length} on this computer. You can search what is open already.`;
      try {
        const answer = await desk<CaseAnswer>(`/cases/${id}`);
        if (answer.declare.length > 0) throw new Error("you are asked about connections first");
        const opened = await openCase(answer, card, keyring);
        for (const { kind, day, text } of textsOf(opened)) this.#index.add({ case: id, kind, day, text });
      } catch (error) {
        if (keyring.state() === "locked") return;
        failed += 1;
        console.warn("a case did not open for the search", error instanceof Error ? error.message : "");
      }
      done += 1;
    }
    this.#status.textContent = summary(done, open.length, failed, unopened);
  }

  #show(found: readonly Found[]): void {
    const number = found.length === 0 ? "Nothing was found." : `${found.length} ${found.length === 1 ? "place" : "places"} found${found.length > MOST ? `; the first ${MOST} are shown` : ""}.`;
    fill(this.#results, h("h2", { tabindex: "-1" }, number), found.slice(0, MOST).map(result));
    this.#results.querySelector("h2")?.focus();
  }
}

function result({ entry, words }: Found): HTMLElement {
  const number = `${entry.case.slice(0, 3)}-${entry.case.slice(3, 6)}`.toUpperCase();
  const parts = snippet(entry.text.replace(/\s+/g, " "), words).map((part, index) => (index % 2 === 1 ? h("mark", null, part) : part));
  const heading = h("h3", null, h("a", { href: `/desk/cases/${entry.case}/`, class: "case-no" }, number), ` ${KINDS[entry.kind] ?? "Text"}, ${dayWords(entry.day)}`);
  return h("section", { class: "flow-s" }, heading, h("p", { dir: "auto" }, parts));
}

function summary(done: number, all: number, failed: number, unopened: number): string {
  const parts = [done < all ? `Stopped: ${done} of ${all} cases are searched.` : `${all} ${all === 1 ? "case is" : "cases are"} searched.`];
  if (failed > 0) parts.push(`${failed} did not open: look at them by hand.`);
  if (unopened > 0) parts.push(`${unopened} that nobody has opened yet ${unopened === 1 ? "is" : "are"} left out.`);
  return parts.join(" ");
}

async function listed(): Promise<Openable["cases"]> {
  const found: Openable["cases"] = [];
  for (let after = ""; ; ) {
    const page = await desk<Openable>(`/openable?after=${encodeURIComponent(after)}`);
    found.push(...page.cases);
    if (page.next === "") return found;
    after = page.next;
  }
}

customElements.define("upstander-search", SearchPage);
