// <upstander-wording for="id">: checks what is written in that box before its form is sent.
//
// It stands in the form. What it finds it shows under the box; the form goes on once each place is written anew or has
// a reason. Reasons become a sealed note of the case; the server learns counts by rule, never words.
import { Problem } from "../lib/api.ts";
import { fill, h, UNWATCHED } from "../lib/dom.ts";
import type { CaseDesk } from "../desk/case.ts";
import { noteForDesk } from "../desk/builders.ts";
import { complaint } from "../desk/form.ts";
import { perform } from "../desk/perform.ts";
import { tellDesk } from "../desk/page.ts";
import { deskPack } from "./desk-pack.ts";
import { checker, hasOpenQuotation } from "./wording.ts";
import type { Hit, Wording } from "./wording.ts";
import { around, mostShown, standNote, tally } from "./wording-tally.ts";
import type { Stand } from "./wording-tally.ts";

let fields = 0;

class WordingField extends HTMLElement {
  #wording: Wording | undefined;
  #check: (text: string) => Hit[] = () => [];
  #hits: Hit[] = [];
  #shown = new Map<string, number>();
  #wired = false;
  #passed = ""; // the text that may be sent
  #kept = ""; // the text whose reasons are kept already: a form may be sent again after an error
  readonly #reasons = new Map<string, string>();
  readonly #id = `wording${(fields += 1)}`;

  connectedCallback(): void {
    const form = this.closest("form");
    const box = this.#box();
    if (form === null || box === null || this.#wired) return;
    this.#wired = true;
    // Not while she writes, and not when she leaves the box: what appears would push the button from under the pointer.
    form.addEventListener("submit", (event) => this.#submitted(event, form), { capture: true });
    void this.#ready();
  }

  #box(): HTMLTextAreaElement | null {
    return this.closest("form")?.querySelector<HTMLTextAreaElement>(`#${this.getAttribute("for") ?? ""}`) ?? null;
  }

  async #ready(): Promise<void> {
    if (this.#wording !== undefined) return;
    this.#wording = (await deskPack()).wording;
    this.#check = checker(this.#wording);
  }

  // Held back until the words are looked at, then sent again as it was.
  #submitted(event: SubmitEvent, form: HTMLFormElement): void {
    const text = this.#box()?.value ?? "";
    if (text.trim() === "" || text === this.#passed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void this.#pass(text).then((goes) => {
      if (!goes) return;
      this.#passed = text;
      form.requestSubmit();
    });
  }

  async #pass(text: string): Promise<boolean> {
    try {
      await this.#look();
      if (this.#open().length > 0) return false;
      await this.#keep(text);
      return true;
    } catch (error) {
      fill(this, h("p", { class: "err", role: "alert" }, `The words could not be checked. ${complaint(error).message}`));
      return false;
    }
  }

  #open(): Hit[] {
    return this.#hits.filter((hit) => (this.#reasons.get(keyOf(hit)) ?? "").trim() === "");
  }

  async #look(): Promise<void> {
    await this.#ready();
    const text = this.#box()?.value ?? "";
    this.#hits = this.#check(text);
    this.#shown = mostShown(this.#shown, this.#hits);
    this.#draw(text);
    if (this.#open().length > 0) this.querySelector<HTMLElement>("[data-found]")?.focus();
  }

  #draw(text: string): void {
    const open = hasOpenQuotation(text)
      ? h("p", { class: "second small" }, "A quotation is opened and never closed. What follows it in its paragraph was not looked at.")
      : null;
    if (this.#hits.length === 0) return fill(this, open);
    const many = this.#hits.length === 1 ? "One place" : `${this.#hits.length} places`;
    const heading = h("h3", { "data-found": true, tabindex: "-1" }, `${many} to look at before you sign`);
    const about = "These words may lean on something that is widely believed and wrong. Write them anew, or say why they stand. This is checked on this computer: only how often each rule was shown is counted.";
    fill(this, h("div", { class: "band flow" }, heading, h("p", { class: "small" }, about), this.#hits.map((hit, index) => this.#place(text, hit, index)), open));
  }

  #place(text: string, hit: Hit, index: number): HTMLElement {
    const rule = this.#wording!.rules.find(({ id }) => id === hit.rule)!;
    const source = this.#wording!.sources.find(({ id }) => id === rule.source)!;
    const [before, words, after] = around(text, hit);
    const id = `${this.#id}-${index}`;
    const why = h("input", { type: "text", id, autocomplete: "off", ...UNWATCHED, maxlength: 500 });
    why.value = this.#reasons.get(keyOf(hit)) ?? "";
    why.addEventListener("input", () => this.#reasons.set(keyOf(hit), why.value));
    return h(
      "section",
      { class: "flow-s", "data-hit": hit.rule },
      h("p", null, before, h("mark", null, words), after),
      h("p", null, rule.why, " ", h("strong", null, rule.ask)),
      h("p", { class: "second small" }, `After: ${source.title}.`),
      h("div", { class: "field" }, h("label", { for: id }, "Why it stands, if you leave it"), why),
    );
  }

  // Reasons first: if they are not kept, nothing is signed.
  async #keep(text: string): Promise<void> {
    const stands: Stand[] = this.#hits.map((hit) => ({ hit, why: this.#reasons.get(keyOf(hit))!.trim() }));
    const of = JSON.stringify([text, stands.map(({ why }) => why)]);
    if (of === this.#kept) return;
    const page = this.closest<HTMLElement & CaseDesk>("upstander-case, upstander-file");
    if (stands.length > 0 && page !== null) {
      await perform(`${page.path}/envelopes`, await noteForDesk(page.open, standNote(stands, this.#wording!.rules)), page.installation);
      await page.catchUp();
    }
    this.#kept = of;
    await tellDesk("/word-counts", { rules: tally(this.#shown, this.#hits).map((one) => ({ ...one })) }).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error; // a count that is lost must not hold up a decision
    });
  }
}

function keyOf({ rule, text }: Hit): string {
  return `${rule} ${text}`;
}

/** Put it into a form under the box with this id. */
export function wordingField(box: string): HTMLElement {
  const element = document.createElement("upstander-wording");
  element.setAttribute("for", box);
  return element;
}

customElements.define("upstander-wording", WordingField);
