// Files of a case. Nothing opens by itself: an image opens blurred, the rest can only be saved, and anything can be
// sealed off for good when it may show somebody under 18.
import { Problem } from "../lib/api.ts";
import { FormatError } from "../lib/bytes.ts";
import { h } from "../lib/dom.ts";
import type { FileEntry } from "../lib/envelope.ts";
import { downloadSealed } from "../lib/upload.ts";
import type { CaseDesk } from "./case.ts";
import { authorName } from "./conversation.ts";
import { complaint } from "./form.ts";
import type { OpenCase } from "./opened.ts";
import { dayWords, kindWords, plainName, read, safeName, sizeWords } from "./reading.ts";
import { takeStepNow } from "./steps.ts";

const PICTURES = ["image/jpeg", "image/png", "image/webp"];
const LARGEST_PICTURE = 60 * 1024 * 1024; // bytes
const BLURRED = 16; // pixels across: shapes and colours, no faces
const CLEAR = 1600; // pixels across
const SHOWN = 480; // pixels across, of the blurred picture on the page

/** Every file that the report and the messages name, each once. */
export function filesOf(open: OpenCase): FileEntry[] {
  const bodies = open.judged.flatMap(({ envelope }) => (envelope === undefined ? [] : [envelope.body]));
  const files = bodies.flatMap((body) => read(body).files);
  return files.filter(({ id }, index) => files.findIndex((one) => one.id === id) === index);
}

/** One block a file, with what can be done with it; nothing where there are none. */
export function fileBlocks(desk: CaseDesk): HTMLElement | null {
  const files = filesOf(desk.open);
  return files.length === 0 ? null : h("div", { class: "qa" }, files.map((file) => block(desk, file)));
}

function block(desk: CaseDesk, file: FileEntry): HTMLElement {
  const facts = h(
    "p",
    { class: "second small" },
    `${kindWords(file.type)}, ${sizeWords(file.size)}. ${file.stripped ? "Hidden details were taken out." : "As it was picked, hidden details included."}`,
  );
  const about = file.what === "" ? null : h("p", null, `What the reporter says it is: ${file.what}`);
  const heading = h("h3", { dir: "auto" }, plainName(file.name));
  const box = h("div", { class: "flow" }, heading, facts, about);
  const listed = desk.open.answer.uploads.find(({ id }) => id === file.id);
  if (listed === undefined) box.append(h("p", { class: "doubt" }, "The server does not have this file."));
  else if (listed.sealed_off) box.append(h("p", null, sealedOffWords(desk.open, file.id)));
  else new Viewer(desk, file).mount(box);
  return box;
}

function sealedOffWords(open: OpenCase, upload: string): string {
  const step = open.answer.steps.find((one) => one.upload === upload);
  const who = step === undefined ? "somebody" : authorName(open, step.by);
  const day = step === undefined ? "" : ` on ${dayWords(step.day)}`;
  return `Sealed off by ${who === "You" ? "you" : who}${day}. Nobody can fetch it any more.`;
}

/** The buttons of one file and what they show. Pressing "Stop" wipes before anything else happens. */
class Viewer {
  readonly #desk: CaseDesk;
  readonly #file: FileEntry;
  readonly #status = h("p", { class: "second", role: "status" });
  readonly #place = h("div");
  readonly #acts = h("div", { class: "acts tight" });
  #content: Blob | undefined;
  #halt = new AbortController();

  constructor(desk: CaseDesk, file: FileEntry) {
    this.#desk = desk;
    this.#file = file;
  }

  mount(box: HTMLElement): void {
    box.append(this.#place, this.#acts, this.#status);
    this.#offer();
  }

  #offer(): void {
    const picture = PICTURES.includes(this.#file.type) && this.#file.size <= LARGEST_PICTURE;
    this.#acts.replaceChildren(
      ...(picture ? [this.#button("Open blurred", () => this.#show(BLURRED))] : []),
      this.#button("Save a copy", () => this.#askToSave()),
      this.#stopButton(),
    );
  }

  async #show(width: number): Promise<void> {
    const { signal } = this.#halt;
    const content = await this.#fetch(signal);
    const canvas = await drawn(content, this.#file.type, width);
    signal.throwIfAborted();
    this.#say("");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", width === BLURRED ? "The picture, blurred" : "The picture");
    this.#place.replaceChildren(canvas);
    const stop = this.#stopButton();
    this.#acts.replaceChildren(
      stop,
      width === BLURRED
        ? this.#button("Show clearly", () => this.#show(CLEAR))
        : this.#button("Blur again", () => this.#show(BLURRED)),
      this.#button("Close", async () => this.#close()),
    );
    stop.focus();
  }

  async #fetch(signal: AbortSignal): Promise<Blob> {
    if (this.#content !== undefined) return this.#content;
    const { id, size, sha256 } = this.#file;
    const { open, path } = this.#desk;
    this.#say("Fetching and opening.");
    const content = await downloadSealed(`${path}/uploads/${id}`, {
      identity: open.identities.filter(({ scope }) => scope === "case").map(({ identity }) => identity),
      size,
      sha256,
      signal,
      onProgress: (done, whole) => this.#say(`Opening: ${sizeWords(done)} of ${sizeWords(whole)}.`),
    });
    signal.throwIfAborted();
    this.#content = content;
    return content;
  }

  async #askToSave(): Promise<void> {
    const name = safeName(this.#file.name, this.#file.type);
    const words =
      "It will lie on this computer outside Upstander, open: other people, programs and backups can read it there, " +
      "and nothing here can take it back. Never save what may show somebody under 18.";
    const note = h("div", { class: "band" }, h("p", { dir: "auto" }, `Saved as: ${name}`), h("p", null, words));
    const save = this.#button("Save it on this computer", () => this.#save(name));
    this.#place.replaceChildren(note);
    this.#acts.replaceChildren(save, this.#button("Do not save", async () => this.#close()));
    save.focus();
  }

  async #save(name: string): Promise<void> {
    const content = await this.#fetch(this.#halt.signal);
    const address = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
    h("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    this.#close();
    this.#say("Saved. Delete the copy when you no longer need it.");
  }

  async #stop(): Promise<void> {
    this.#wipe();
    this.#acts.replaceChildren(this.#stopButton());
    this.#say("Wiped here. Sealing it off for everybody.");
    const step = this.#desk.open.answer.allowed.find(({ needs }) => needs.includes("upload"))?.step;
    if (step === undefined) throw new FormatError("This team's rules know no such step. Tell whoever runs this site.");
    await takeStepNow(this.#desk, step, this.#file.id);
    this.#desk.done("sealed-file");
  }

  #close(): void {
    this.#wipe();
    this.#offer();
    this.#say("");
    this.#acts.querySelector("button")?.focus();
  }

  #wipe(): void {
    this.#halt.abort();
    this.#halt = new AbortController();
    this.#content = undefined;
    for (const canvas of this.#place.querySelectorAll("canvas")) canvas.width = canvas.height = 0;
    this.#place.replaceChildren();
  }

  #say(text: string): void {
    this.#status.textContent = text;
  }

  #stopButton(): HTMLButtonElement {
    return this.#button("Stop: possible under-18", () => this.#stop());
  }

  #button(label: string, act: () => Promise<void>): HTMLButtonElement {
    const about = h("span", { class: "vh" }, ` (${plainName(this.#file.name)})`);
    return h("button", { class: "btn other sm", type: "button", onclick: () => this.#run(act) }, label, about);
  }

  #run(act: () => Promise<void>): void {
    const { signal } = this.#halt;
    act().catch((error: unknown) => {
      if (signal.aborted && !(error instanceof Problem)) return; // stopped or closed meanwhile
      this.#say(complaint(error).message);
    });
  }
}

/** The picture on a canvas. Blurred, only 16 pixels of it are ever drawn. Throws for what is not a picture. */
async function drawn(content: Blob, type: string, width: number): Promise<HTMLCanvasElement> {
  const picture = new Blob([content], { type });
  const options: ImageBitmapOptions = width === BLURRED ? { resizeWidth: BLURRED, resizeQuality: "medium" } : {};
  const bitmap = await createImageBitmap(picture, options).catch(() => {
    throw new FormatError("This does not open as a picture.");
  });
  const wide = width === BLURRED ? SHOWN : Math.min(width, bitmap.width);
  const canvas = h("canvas", { class: "picture", width: wide, height: Math.max(1, Math.round((bitmap.height * wide) / bitmap.width)) });
  const context = canvas.getContext("2d");
  if (context === null) throw new FormatError("This browser cannot draw the picture.");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}
