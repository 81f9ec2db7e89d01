// <upstander-file>: the coded facts of a case. Its forms are drawn by the server and sent by this page: codes in the
// clear, words sealed to the case first.
import type { JsonObject } from "../lib/canonical.ts";
import { FormatError } from "../lib/bytes.ts";
import { fill, h } from "../lib/dom.ts";
import type { Installation } from "../lib/promise.ts";
import { isSound, whoPart } from "../tools/declaring.ts";
import { recordFacts, takeStep } from "./builders.ts";
import type { CaseDesk } from "./case.ts";
import { textParts } from "./conversation.ts";
import { readForm } from "./fact-form.ts";
import type { Typed } from "./fact-form.ts";
import { complain, complaint } from "./form.ts";
import { closingFacts, followClosing } from "./closing.ts";
import { keyring } from "./keyring.ts";
import { openCase } from "./opened.ts";
import type { CaseAnswer, OpenCase } from "./opened.ts";
import { desk, installation } from "./page.ts";
import { perform } from "./perform.ts";
import { institutionCard } from "./recover.ts";
import { shortWay } from "./short.ts";
import { cautions, suggest } from "./suggest.ts";
import { showComments } from "../tools/comment-page.ts";
import { draftForms } from "../tools/drafts-form.ts";
import { alsoTold, offerLetter, openBlanks } from "../tools/told-form.ts";

class FilePage extends HTMLElement implements CaseDesk {
  #open: OpenCase | undefined;
  #stop: (() => void) | undefined;
  #busy = false;

  connectedCallback(): void {
    document.getElementById("done")?.focus();
    for (const form of this.querySelectorAll("form")) {
      form.noValidate = true;
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        void this.#submit(form);
      });
      if (form.dataset["closing"] !== undefined || form.dataset["short"] !== undefined) followClosing(form);
    }
    for (const button of this.querySelectorAll<HTMLButtonElement>("[data-show]"))
      button.addEventListener("click", () => void this.#act(button.closest<HTMLElement>("[data-unshown]")!, () => this.#show(button.dataset["show"]!)));
    this.#stop = keyring.onChange(() => void this.#follow());
    void keyring.ready().then(() => this.#follow());
  }

  disconnectedCallback(): void {
    this.#stop?.();
  }

  // Two things may ask at once; a case that is being opened is opened once.
  async #follow(): Promise<void> {
    if (keyring.state() === "locked") return this.#seal();
    if (this.#open !== undefined || this.#busy) return;
    this.#busy = true;
    try {
      const [answer, card] = await Promise.all([this.#ask(), institutionCard()]);
      this.#open = await openCase(answer, card, keyring);
      this.#unseal(this.#open);
    } catch (error) {
      this.#tell(error);
    } finally {
      this.#busy = false;
    }
  }

  #ask(): Promise<CaseAnswer> {
    return desk<CaseAnswer>(`/cases/${this.dataset["case"] ?? ""}`);
  }

  #seal(): void {
    this.#open = undefined;
    this.#enable(false);
    this.querySelector('[data-part="cautions"]')?.replaceChildren();
    for (const place of this.querySelectorAll("[data-words-of]")) if (place.hasAttribute("data-open")) fill(place, "Sealed");
  }

  #unseal(open: OpenCase): void {
    for (const place of this.querySelectorAll<HTMLElement>("[data-words-of]")) {
      const text = textOf(open, place.dataset["wordsOf"] ?? "");
      if (text === "") continue;
      place.dataset["open"] = "";
      place.classList.remove("seal");
      fill(place, place.tagName === "SPAN" ? text : textParts(text));
    }
    const who = this.querySelector("[data-who]");
    if (who !== null) fill(who, whoPart(open));
    const said = suggest(answersOf(open));
    const place = this.querySelector('[data-part="cautions"]');
    if (place !== null) fill(place, cautions(answersOf(open)).map((text) => h("p", { class: "band" }, h("strong", null, text))));
    for (const form of this.querySelectorAll<HTMLFormElement>("form[data-suggests]")) offer(form, said);
    for (const form of this.querySelectorAll<HTMLFormElement>("form[data-letters]")) offerLetter(form, this);
    for (const place of this.querySelectorAll<HTMLElement>("[data-drafts]")) void draftForms(place, this);
    void showComments(this, open.answer.case);
    this.#enable(true);
  }

  #enable(isOpen: boolean): void {
    for (const set of this.querySelectorAll<HTMLFieldSetElement>("form > fieldset")) set.disabled = !isOpen;
    for (const button of this.querySelectorAll<HTMLButtonElement>("[data-show]")) button.disabled = !isOpen;
  }

  #submit(form: HTMLFormElement): Promise<void> {
    return this.#act(form, async () => {
      if (form.dataset["closing"] !== undefined) return this.#close(form);
      if (form.dataset["short"] !== undefined) return this.#short(form);
      const blanks = form.dataset["letters"] === undefined ? "" : await openBlanks(form);
      if (blanks !== "") throw new FormatError(blanks);
      const typed = readForm(form);
      if (typed.fact["outcome"] === "recuses") return this.#stepBack(typed);
      await this.#record([typed, ...alsoTold(form, typed)]);
      const shows = form.dataset["shows"];
      if (shows === undefined) return this.done("facts");
      await this.#show(shows);
    });
  }

  async #act(form: HTMLElement, what: () => Promise<void>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await what();
    } catch (error) {
      complain(form, [complaint(error)]);
    } finally {
      this.#busy = false;
    }
  }

  /** Facts of one act. Somebody else's act in between only changes the number. */
  async #record(typed: readonly Typed[]): Promise<void> {
    await perform(`${this.path}/facts`, await recordFacts(this.open, typed), this.installation);
    await this.#reload();
  }

  async #reload(): Promise<void> {
    this.#open = await openCase(await this.#ask(), this.open.card, keyring);
  }

  // From this act on the case does not open for her any more, so nothing of it is read again.
  async #stepBack(typed: Typed): Promise<void> {
    await perform(`${this.path}/facts`, await recordFacts(this.open, [typed]), this.installation);
    location.assign("/desk/?done=stepped-back");
  }

  /** A move that was recorded, shown to the reporter. */
  async #show(step: string): Promise<void> {
    await perform(`${this.path}/steps`, await takeStep(this.open, step), this.installation);
    this.done("shown");
  }

  async #close(form: HTMLFormElement): Promise<void> {
    const { facts, outcome, reasons } = closingFacts(form);
    await this.#record(facts);
    await perform(`${this.path}/steps`, await takeStep(this.open, "closed", { outcome, reasons }), this.installation);
    this.done("closed");
  }

  async #short(form: HTMLFormElement): Promise<void> {
    const line = form.querySelector("[data-progress]");
    await shortWay(form, {
      today: this.open.answer.today,
      record: (typed) => this.#record(typed),
      step: (step, more) => this.#step(step, more),
      say: (text) => void (line === null ? null : fill(line, text)),
    });
    this.done("closed");
  }

  // A step that a colleague took already is not taken twice.
  async #step(step: string, more: { outcome?: string; reasons?: string } = {}): Promise<void> {
    if (step === "acknowledged" && this.open.answer.steps.some(({ kind }) => kind === step)) return;
    await perform(`${this.path}/steps`, await takeStep(this.open, step, more), this.installation);
    await this.#reload();
  }

  get open(): OpenCase {
    if (this.#open === undefined) throw new FormatError("Open your key first.");
    return this.#open;
  }

  get path(): string {
    return `/api/v1/desk/cases/${this.dataset["case"] ?? ""}`;
  }

  get installation(): Installation {
    return installation();
  }

  /** Learns what others, or another part of this page, did in the meantime. */
  catchUp(): Promise<void> {
    return this.#reload();
  }

  /** Counts a change of this page's own: everything is read again. */
  turned(): void {
    void this.#reload();
  }

  done(what: string): void {
    const page = this.dataset["next"] ?? location.pathname;
    location.assign(`${page}?done=${what}`);
  }

  #tell(error: unknown): void {
    const status = this.querySelector('[data-part="status"]');
    const message = complaint(error).message;
    if (status !== null) fill(status, h("div", { class: "errors" }, h("h2", null, "Something is wrong"), h("p", null, message)));
  }
}

/** The text of a note that opened soundly; empty for anything else. */
function textOf(open: OpenCase, id: string): string {
  const index = open.answer.envelopes.findIndex((one) => one.id === id);
  const judged = open.judged[index];
  if (judged?.envelope === undefined || !isSound(open, judged)) return "";
  const text = judged.envelope.body["text"];
  return typeof text === "string" ? text : "";
}

function answersOf(open: OpenCase): JsonObject[] {
  const report = open.judged.find((one, index) => open.answer.envelopes[index]?.kind === "report" && one.faults.length === 0);
  const answers = report?.envelope?.body["answers"];
  return Array.isArray(answers) ? (answers as JsonObject[]) : [];
}

// Offered, never filled in: the handler presses what fits.
function offer(form: HTMLFormElement, said: ReturnType<typeof suggest>): void {
  const place = form.querySelector("[data-suggestion]");
  const category = form.querySelector<HTMLSelectElement>('select[name="category"]');
  if (place === null || category === null) return;
  const press = ({ id, because }: { id: string; because: string }) => {
    const label = [...category.options].find(({ value }) => value === id)?.label;
    if (label === undefined) return null;
    return h("button", { class: "btn other sm", type: "button", onclick: () => choose(form, category, id) }, `${label}: “${because}”`);
  };
  category.addEventListener("change", () => tickMeant(form, category));
  const days = said.since === "" ? null : h("button", { class: "btn other sm", type: "button", onclick: () => fillDays(form, said) }, `The reporter’s days: ${said.since} to ${said.until}`);
  const offers = [...said.categories.map(press), days].filter((one) => one !== null);
  const source = form.querySelector<HTMLSelectElement>('select[name="source"]');
  if (source !== null && said.source !== "" && !form.querySelector('input[name="item"]')) source.value = said.source;
  fill(place, offers.length === 0 ? null : [h("p", { class: "hint" }, "Words of the report that point somewhere. Nothing of this leaves your computer."), h("div", { class: "acts" }, offers)]);
}

function choose(form: HTMLFormElement, category: HTMLSelectElement, id: string): void {
  category.value = id;
  tickMeant(form, category);
}

// What the category itself says is ticked with it; what was ticked before stays.
function tickMeant(form: HTMLFormElement, category: HTMLSelectElement): void {
  const means = category.selectedOptions[0]?.dataset["means"] ?? "";
  for (const fact of means.split(" ").filter((one) => one !== ""))
    for (const box of form.querySelectorAll<HTMLInputElement>(`input[name="coded.${fact}"]`)) box.checked = true;
}

function fillDays(form: HTMLFormElement, { since, until }: { since: string; until: string }): void {
  form.querySelector<HTMLInputElement>('[name="since"]')!.value = since;
  form.querySelector<HTMLInputElement>('[name="until"]')!.value = until;
}

customElements.define("upstander-file", FilePage);
