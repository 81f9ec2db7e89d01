// Forms that record something about a case's fingerprints: a document of a search, a basis, a stop, a hold.
import { FormatError } from "../lib/bytes.ts";
import { h } from "../lib/dom.ts";
import { recordUse } from "./builders.ts";
import type { CaseDesk } from "./case.ts";
import { area, quiet, textOf } from "./compose.ts";
import { actForm, FieldError, line, prefix, value } from "./form.ts";
import { perform } from "./perform.ts";
import { fetchPrints, hashOf } from "./prints.ts";
import type { Prints } from "./prints.ts";
import { LARGEST, readDocument } from "./search-docs.ts";
import type { Recording } from "./search-docs.ts";
import { takeStepNow } from "./steps.ts";

type Use = Parameters<typeof recordUse>[1];
type Say = (text: string) => void;

const DOCUMENTS =
  "authority.json, then exported.json, then lead-sheet.signed, whatever it says: that nothing was found is a result too. " +
  "It is checked on this computer, and sealed to this case.";
const STOP =
  "Press this if anybody in a picture may be under 18. From then on nothing is saved, sealed or searched, and banks that " +
  "ask are refused. Do not open, copy or send anything. It cannot be undone here.";
const STOP_HINT =
  "Name, unit and time of the hand-over by your force's procedure for indecent images of children. Describe no picture.";
const HOLD =
  "If the reporter takes the fingerprints back, the sealed file is kept where nobody can fetch it, instead of being " +
  "destroyed. The reporter sees that there is a hold.";
const HOLD_HINT = "The law that asks for it, the proceedings, who decided, and when it is looked at again.";
const BASIS_HINT =
  "How and when the adult agreed; or the law the decider relies on, and why it is necessary.";

/** Shows what the picked document says, and records it. */
export function recordForm(desk: CaseDesk): HTMLElement {
  const id = `${prefix()}-document`;
  const box = h("input", { type: "file", id, accept: ".json,.signed" });
  const shown = h("div", { class: "flow-s", role: "status" });
  const show = ({ words }: Recording): void =>
    shown.replaceChildren(...words.split("\n").map((one) => h("p", { class: "small", dir: "auto" }, one)));
  const complain = (error: unknown): void => {
    const words = error instanceof FormatError ? error.message : "This file cannot be read.";
    shown.replaceChildren(h("p", { class: "doubt" }, words));
  };
  box.addEventListener("change", () => void picked(desk, box).then(show, complain));
  const label = h("label", { for: id }, "Document of a search");
  const hint = h("p", { class: "hint" }, DOCUMENTS);
  const record = async (say: Say): Promise<void> => {
    const { words, ...found } = await picked(desk, box).catch((error: unknown) => {
      throw error instanceof FormatError ? new FieldError(id, error.message) : error;
    });
    await use(desk, say, { ...found, text: words });
  };
  const field = h("div", { class: "field" }, label, hint, h("div", { class: "pick" }, box), shown);
  return folded("Record a search", actForm("Record it in this case", record, field));
}

async function picked(desk: CaseDesk, box: HTMLInputElement): Promise<Recording> {
  const file = box.files?.[0];
  if (file === undefined) throw new FormatError("Choose the file first.");
  if (file.size > LARGEST) throw new FormatError("This file is too large for a document of a search.");
  return readDocument(await file.text(), desk.open);
}

/** Why fingerprints of somebody else's picture may be used: for these very ones, and under a name. */
export function basisForm(desk: CaseDesk, prints: Prints): HTMLElement {
  const id = prefix();
  const choice = (kind: string, label: string): HTMLElement => {
    const of = `${id}-${kind}`;
    const box = h("input", { type: "radio", name: `${id}-kind`, id: of, value: kind });
    return h("div", { class: "choice" }, box, h("label", { for: of }, label));
  };
  const record = async (say: Say, inside: HTMLFormElement): Promise<void> => {
    const kind = inside.querySelector<HTMLInputElement>(`input[name="${id}-kind"]:checked`)?.value;
    if (kind === undefined) throw new FieldError(`${id}-consent`, "Choose one of the two.");
    const by = value(inside, `${id}-by`);
    if (by === "") throw new FieldError(`${id}-by`, "Write who agreed or decided.");
    const why = textOf(inside, `${id}-why`);
    say("Opening the fingerprints, to name exactly these.");
    const document = hashOf(await fetchPrints(desk.open, prints, desk.path));
    const words = kind === "consent" ? `The adult in the picture agrees: ${by}.` : `A decider's reason, by ${by}.`;
    const text = `${words}\n\n${why}`;
    await use(desk, say, { use: "basis", authority: "", document, attached: "", text, basis: { by, kind, why } });
  };
  const choices = h(
    "div",
    { class: "choices" },
    choice("consent", "The adult in the picture agrees"),
    choice("reason", "A decider has a lawful reason"),
  );
  const legend = h("legend", null, h("span", { class: "label" }, "Why they may be used"));
  const form = actForm(
    "Record why they may be used",
    record,
    h("fieldset", { class: "field" }, legend, choices),
    line(`${id}-by`, "Who", "The adult who agrees, or the decider: name and rank."),
    area(`${id}-why`, "In their words", BASIS_HINT),
  );
  return folded("Record consent, or a decider's reason", form);
}

/** First the stop is recorded, then the sealed file is closed for everybody. */
export function stopForm(desk: CaseDesk, { file }: Prints): HTMLElement {
  const close = async (): Promise<void> => {
    const { allowed, uploads } = desk.open.answer;
    const step = allowed.find(({ needs }) => needs.includes("upload"))?.step;
    const isThere = uploads.some(({ id, sealed_off }) => id === file?.id && !sealed_off);
    desk.turned();
    if (isThere && step !== undefined) await takeStepNow(desk, step, file!.id);
  };
  const field = { label: "To whom it is handed over", hint: STOP_HINT };
  return reasonForm(desk, "stopped", { summary: "Stop: possible under-18", button: "Stop all use", about: STOP, ...field }, close);
}

/** Keeps the sealed fingerprints, shut away, when the reporter takes them back. */
export function holdForm(desk: CaseDesk): HTMLElement {
  const field = { label: "The law and the proceedings", hint: HOLD_HINT };
  return reasonForm(desk, "held", { summary: "Legal hold", button: "Record the hold", about: HOLD, ...field });
}

interface Words {
  summary: string;
  button: string;
  about: string;
  label: string;
  hint: string;
}

function reasonForm(desk: CaseDesk, what: string, words: Words, after?: () => Promise<void>): HTMLElement {
  const id = `${prefix()}-why`;
  const record = async (say: Say, inside: HTMLFormElement): Promise<void> => {
    const text = `${words.summary}.\n\n${textOf(inside, id)}`;
    await use(desk, say, { use: what, authority: "", document: "", attached: "", text }, after);
  };
  const form = actForm(words.button, record, area(id, words.label, words.hint));
  return folded(words.summary, form, words.about);
}

function folded(summary: string, form: HTMLFormElement, about = ""): HTMLElement {
  const words = about === "" ? null : h("p", { class: "second small" }, about);
  return h("details", null, h("summary", null, summary), words, quiet(form));
}

async function use(desk: CaseDesk, say: Say, what: Use, after?: () => Promise<void>): Promise<void> {
  say("Sealing.");
  const built = await recordUse(desk.open, what);
  say("Recording it in the log.");
  await perform(`${desk.path}/bank`, built, desk.installation);
  await after?.();
  desk.done("bank");
}
