// <upstander-case>: opens a case inside the page the server drew, and seals the page again when the key closes.
import { FormatError } from "../lib/bytes.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { fill, h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import type { Installation } from "../lib/promise.ts";
import { briefPart } from "../tools/brief-form.ts";
import { copyForms } from "../tools/copy-form.ts";
import { evidencePart } from "../tools/evidence-form.ts";
import { exportForm } from "../tools/export-form.ts";
import { letterChooser } from "../tools/letters-form.ts";
import { scheduleForms } from "../tools/schedule-form.ts";
import { watchPart } from "../tools/watch-part.ts";
import { LockedError } from "./vault.ts";
import { fileBlocks } from "./attachment.ts";
import { noteForDesk } from "./builders.ts";
import { messageForm, noteForm } from "./compose.ts";
import { lettersList } from "./conversation.ts";
import { complaint } from "./form.ts";
import { grantForms } from "./grant.ts";
import { keyring } from "./keyring.ts";
import { holdsSheet, numbers, openCase, openSheet } from "./opened.ts";
import type { CaseAnswer, OpenCase } from "./opened.ts";
import { clock, desk, installation } from "./page.ts";
import { perform } from "./perform.ts";
import { recordContent } from "./record.ts";
import { isReadable, reportContent, sheetContent } from "./report.ts";
import { institutionCard } from "./recover.ts";
import { searchPart } from "./searches.ts";
import { stepForms, takeQuietly } from "./steps.ts";

/** What the parts of the page work with. */
export interface CaseDesk {
  readonly open: OpenCase;
  readonly path: string; // of the interface
  readonly installation: Installation;
  /** Loads the page again, with words about what was done. */
  done(what: string): void;
  /** Counts a change of this page's own. */
  turned(): void;
  /** Learns what others changed in the meantime. */
  catchUp(): Promise<void>;
}

const PARTS = ["report", "sheet", "files", "prints", "talk", "notes", "watch", "evidence", "brief", "copies", "out", "steps", "holders", "record"] as const;
type Part = (typeof PARTS)[number];

class CasePage extends HTMLElement implements CaseDesk {
  #open: OpenCase | undefined;
  #opening = false;
  #stop: (() => void) | undefined;
  readonly #sealed = new Map<Part, Node[]>(); // what the server drew, shown again when the key closes
  #drafts: string[] = []; // what was being written when it closed

  connectedCallback(): void {
    document.getElementById("done")?.focus();
    for (const part of PARTS) this.#sealed.set(part, [...(this.#body(part)?.childNodes ?? [])]);
    this.#stop = keyring.onChange(() => this.#follow());
    void keyring.ready().then(() => this.#follow());
  }

  disconnectedCallback(): void {
    this.#stop?.();
    this.#seal();
  }

  get open(): OpenCase {
    if (this.#open === undefined) throw new LockedError("The key is closed.");
    return this.#open;
  }

  get path(): string {
    return `/api/v1/desk/cases/${this.dataset["case"] ?? ""}`;
  }

  get installation(): Installation {
    return installation();
  }

  done(what: string): void {
    location.assign(`${location.pathname}?done=${what}`);
  }

  turned(): void {
    const { open } = this;
    this.#open = { ...open, next: open.next + 1, answer: { ...open.answer, version: open.answer.version + 1 } };
  }

  async catchUp(): Promise<void> {
    const { version, allowed, acts } = await this.#ask();
    this.#open = { ...this.open, ...numbers(acts), answer: { ...this.open.answer, version, allowed } };
  }

  #follow(): void {
    if (keyring.state() === "locked") return this.#seal();
    if (this.#open !== undefined) return this.#sayOpen();
    if (!this.#opening) void this.#unseal();
  }

  #ask(): Promise<CaseAnswer> {
    return desk<CaseAnswer>(`/cases/${this.dataset["case"] ?? ""}`);
  }

  async #unseal(): Promise<void> {
    this.#opening = true;
    try {
      this.#say("Opening the case.");
      const [answer, card] = await Promise.all([this.#ask(), institutionCard()]);
      if (answer.declare.length > 0) return location.reload(); // somebody was added: the server asks first
      this.#open = await openCase(answer, card, keyring);
      if (keyring.state() === "locked") return this.#seal();
      this.#show();
      this.#say("");
      this.#fill("record", await recordContent(this.open, this.installation));
      if (isReadable(this.open) && (await takeQuietly(this, "opened"))) this.done("opened");
    } catch (error) {
      if (!(error instanceof LockedError)) this.#tell(error);
    } finally {
      this.#opening = false;
    }
  }

  #show(): void {
    const { open } = this;
    this.#fill("report", reportContent(open));
    const files = fileBlocks(this);
    this.#fill("files", files);
    const box = this.#part("files");
    if (box !== null) box.hidden = files === null;
    const searches = searchPart(this);
    this.#fill("prints", searches);
    const prints = this.#part("prints");
    if (prints !== null) prints.hidden = searches === null;
    this.#fill("talk", lettersList(open, "message"), letterChooser(this), messageForm(this));
    this.#fill("notes", lettersList(open, "note"), noteForm(this));
    this.#fill("watch", watchPart(this));
    this.#fill("evidence", ...evidencePart({ open, keep: (text, form) => this.#keep(text, form) }));
    this.#fill("brief", ...briefPart(this));
    if (this.#part("copies") !== null) this.#fill("copies", copyForms(this));
    this.#fill("out", scheduleForms(this), exportForm(this));
    this.#fill("holders", grantForms(this));
    const steps = stepForms(this);
    this.#fill("steps", steps);
    const next = this.#part("steps");
    if (next !== null) next.hidden = steps.length === 0;
    if (holdsSheet(open.answer, open.me.key)) this.#offerSheet();
    this.#boxes().forEach((box, index) => (box.value = this.#drafts[index] ?? ""));
    this.#sayOpen();
  }

  #boxes(): HTMLTextAreaElement[] {
    return [...this.querySelectorAll<HTMLTextAreaElement>("[data-part] textarea:not([data-tool])")];
  }

  async #keep(text: string, form: { format: string; entry: JsonObject }): Promise<void> {
    await perform(`${this.path}/envelopes`, await noteForDesk(this.open, text, form), this.installation);
    this.done("note");
  }

  #offerSheet(): void {
    const body = this.#body("sheet");
    const press = h("button", { class: "btn other sm", type: "button", onclick: () => void this.#openSheet() }, "Open it");
    body?.append(h("div", { class: "acts tight" }, press));
  }

  async #openSheet(): Promise<void> {
    try {
      // The step comes first: nobody reads the sheet without the reporter seeing that it was opened.
      await takeQuietly(this, "sheet-opened");
      const open = await openSheet(this.open, keyring);
      this.#fill("sheet", sheetContent(open));
      this.#markOpen("sheet", true);
    } catch (error) {
      this.#tell(error);
    }
  }

  #seal(): void {
    if (this.#open !== undefined) this.#drafts = this.#boxes().map(({ value }) => value);
    this.#open = undefined;
    for (const part of PARTS) {
      this.#body(part)?.replaceChildren(...(this.#sealed.get(part) ?? []));
      this.#markOpen(part, false);
    }
    for (const part of ["files", "prints", "steps"] as const) {
      const box = this.#part(part);
      if (box !== null) box.hidden = true;
    }
  }

  #sayOpen(): void {
    for (const part of ["report", "files"] as const) this.#markOpen(part, true);
  }

  #markOpen(part: Part, isOpen: boolean): void {
    const box = this.#part(part);
    const seal = box?.querySelector<HTMLElement>("[data-seal]");
    const lining = box?.querySelector<HTMLElement>("[data-lining]");
    if (lining) lining.hidden = isOpen;
    if (!seal) return;
    seal.classList.toggle("open", isOpen);
    seal.textContent = isOpen ? `Open on this computer only, until ${clock(keyring.until())}` : "Sealed";
  }

  #fill(part: Part, ...children: Child[]): void {
    const body = this.#body(part);
    if (body !== null) fill(body, ...children);
  }

  #part(part: Part): HTMLElement | null {
    return this.querySelector<HTMLElement>(`[data-part="${part}"]`);
  }

  #body(part: Part): HTMLElement | null {
    return this.#part(part)?.querySelector<HTMLElement>("[data-body]") ?? null;
  }

  #say(text: string): void {
    const status = this.querySelector('[data-part="status"]');
    if (status !== null) fill(status, text === "" ? null : h("p", { class: "second" }, text));
  }

  #tell(error: unknown): void {
    const status = this.querySelector('[data-part="status"]');
    const message = error instanceof FormatError ? `This case does not open as it should. ${error.message}` : complaint(error).message;
    if (status !== null) fill(status, h("div", { class: "errors" }, h("h2", null, "Something is wrong"), h("p", null, message)));
  }
}

customElements.define("upstander-case", CasePage);
