// Searches with a report's fingerprints: saving them for a bank, recording authority, bank and result, stopping all of it.
// Every step is an act in the log before anything else happens.
import { FormatError } from "../lib/bytes.ts";
import { h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import { writePrints } from "../lib/own-prints.ts";
import { proofFile } from "../lib/record-proof.ts";
import { RecordWatch } from "../lib/record-watch.ts";
import { saveFile } from "../lib/save.ts";
import { recordUse } from "./builders.ts";
import type { CaseDesk } from "./case.ts";
import { area, quiet, textOf } from "./compose.ts";
import { actForm, FieldError, line, prefix, value } from "./form.ts";
import { desk as ask } from "./page.ts";
import { perform } from "./perform.ts";
import { basisFor, checkStanding, fetchPrints, hashOf, printsOf } from "./prints.ts";
import type { Prints } from "./prints.ts";
import { dayWords } from "./reading.ts";
import { seenOf } from "./record.ts";
import { takeStepNow } from "./steps.ts";
import { bankActs, LARGEST, notedDocuments, readDocument } from "./search-docs.ts";

const USES: Readonly<Record<string, string>> = {
  basis: "Why they may be used",
  authorised: "A search was authorised",
  exported: "A bank was sealed for a search",
  searched: "A search was recorded",
  held: "A legal hold",
  stopped: "Stopped: possible under-18",
  withdrawn: "Taken back by the reporter",
};
const FIRST =
  "They are for a search under a written authority, and for nothing else. The file is not sealed: seal it in a bank at once " +
  "(upstander bank export), and destroy it.";

/** Everything about searches in this case; nothing where the report has no fingerprints and never had. */
export function searchPart(desk: CaseDesk): Child[] | null {
  try {
    const prints = printsOf(desk.open);
    return prints === undefined ? null : parts(desk, prints);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return [h("p", { class: "doubt" }, `The fingerprints of this report are not as they should be. ${error.message}`)];
  }
}

function parts(desk: CaseDesk, prints: Prints): Child[] {
  const uses = new Set(bankActs(desk.open).map(({ use }) => use));
  const state = uses.has("stopped") ? "stopped" : uses.has("withdrawn") ? "withdrawn" : "usable";
  const isUsable = state === "usable";
  return [
    h("p", null, stateWords(prints, state)),
    usesList(desk),
    isUsable && !prints.isOwn ? basisForm(desk, prints) : null,
    isUsable ? savePart(desk, prints) : null,
    recordForm(desk),
    state === "stopped" ? null : stopForm(desk, prints),
    isUsable && !uses.has("held") ? holdForm(desk) : null,
  ];
}

function stateWords({ isOwn }: Prints, state: "usable" | "stopped" | "withdrawn"): string {
  if (state === "stopped")
    return "Stopped: somebody in a picture may be under 18. Nothing may be searched, opened or sent. Hand over by your force's procedure.";
  if (state === "withdrawn") return "The reporter took the fingerprints back. Destroy every bank and every copy that holds them, and say so in a note.";
  return isOwn
    ? "The reporter made fingerprints of her own picture, everybody in it an adult by her answers, and wants copies to be searched for."
    : "The report has fingerprints, and does not say that the picture is the reporter's own with only adults in it. They go nowhere until the adult in the picture agrees, or a named decider records a lawful reason.";
}

// What was recorded, with copies of its documents and the proof of each authority.
function usesList(desk: CaseDesk): HTMLElement | null {
  const rows = desk.open.answer.acts.filter(({ kind, body }) => kind === "bank" && body !== null);
  if (rows.length === 0) return null;
  const noted = notedDocuments(desk.open);
  const status = h("p", { class: "second", role: "status" });
  const items = rows.map(({ body, day, number }) => {
    const use = String(body!["use"]);
    const attached = noted.find(({ sha256, text }) => sha256 === body!["document"] || (use === "exported" && text.includes(String(body!["document"]))));
    const names = { authorised: "authority.json", exported: "exported.json", searched: "lead-sheet.signed" } as Record<string, string>;
    const copy = attached && press("Save a copy", status, async () => saveFile(names[use] ?? "document", attached.text));
    const proof = use === "authorised" && press("Save the proof", status, () => saveProof(desk, number, status));
    return h("li", null, h("b", null, USES[use] ?? use), h("span", { class: "when" }, dayWords(day)), h("div", { class: "acts tight" }, copy || null, proof || null));
  });
  return h("div", { class: "flow-s" }, h("ol", { class: "line" }, items), status);
}

async function saveProof(desk: CaseDesk, number: number, status: HTMLElement): Promise<void> {
  const { answer, log } = desk.open;
  const rows = [answer.record, ...answer.earlier];
  const asked = { acts: answer.acts, records: rows, log, seen: seenOf(desk.open), today: answer.today };
  const look = await new RecordWatch(desk.installation).look(asked);
  const act = answer.acts.find((one) => one.number === number)!;
  saveFile(`proof-${answer.case.slice(0, 8)}.json`, proofFile(rows, look, act, log));
  const isIn = look.finding.inside.includes(number);
  status.textContent = isIn
    ? "Saved. It shows the place in the record, and `upstander bank export` and `upstander scan` take it."
    : "Saved, with the promise alone: it has no place in the record yet. A bank can be sealed with it; save it again for the scan.";
}

function savePart(desk: CaseDesk, prints: Prints): HTMLElement {
  const status = h("p", { class: "second", role: "status" });
  const standingNow = async (): Promise<string> => {
    const { standing } = await ask<{ standing: string }>(`/cases/${desk.open.answer.case}/standing`);
    checkStanding(standing, desk.open.answer.case, desk.installation.key);
    return standing;
  };
  const saving = async (): Promise<void> => {
    status.textContent = "Fetching and opening.";
    const [standing, fingerprints] = [await standingNow(), await fetchPrints(desk.open, prints, desk.path)];
    const basis = basisFor(desk.open, prints, fingerprints);
    saveFile("fingerprints.json", writePrints({ case: desk.open.answer.case, basis, fingerprints, standing }));
    const number = fingerprints.length === 1 ? "1 picture" : `${fingerprints.length} pictures`;
    status.textContent = `Saved: fingerprints of ${number}. Destroy the file once they are in a bank.`;
  };
  const standing = async (): Promise<void> => {
    saveFile(`standing-${desk.open.answer.case.slice(0, 8)}.signed`, await standingNow());
    status.textContent = "Saved. A bank and a scan need one that is no older than seven days.";
  };
  const acts = [press("Save the fingerprints", status, saving), press("Save today's standing", status, standing)];
  return h("div", { class: "flow-s" }, h("p", { class: "second small" }, FIRST), h("div", { class: "acts tight" }, acts), status);
}

function recordForm(desk: CaseDesk): HTMLElement {
  const id = `${prefix()}-document`;
  const box = h("input", { type: "file", id, accept: ".json,.signed" });
  const shown = h("div", { class: "flow-s", role: "status" });
  box.addEventListener("change", () => void picked(desk, box).then(
    (found) => shown.replaceChildren(...found.words.split("\n").map((one) => h("p", { class: "small", dir: "auto" }, one))),
    (error: unknown) => shown.replaceChildren(h("p", { class: "doubt" }, error instanceof FormatError ? error.message : "This file cannot be read.")),
  ));
  const hint = "authority.json, then exported.json, then lead-sheet.signed, whatever it says: that nothing was found is a result too. It is checked on this computer, and sealed to this case.";
  const field = h("div", { class: "field" }, h("label", { for: id }, "Document of a search"), h("p", { class: "hint" }, hint), h("div", { class: "pick" }, box), shown);
  const form = actForm(
    "Record it in this case",
    async (say) => {
      const { words, ...found } = await picked(desk, box).catch((error: unknown) => {
        throw error instanceof FormatError ? new FieldError(id, error.message) : error;
      });
      await use(desk, say, { ...found, text: words });
    },
    field,
  );
  return h("details", null, h("summary", null, "Record a search"), quiet(form));
}

async function picked(desk: CaseDesk, box: HTMLInputElement) {
  const file = box.files?.[0];
  if (file === undefined) throw new FormatError("Choose the file first.");
  if (file.size > LARGEST) throw new FormatError("This file is too large for a document of a search.");
  return readDocument(await file.text(), desk.open);
}

function basisForm(desk: CaseDesk, prints: Prints): HTMLElement {
  const id = prefix();
  const choice = (kind: string, label: string): HTMLElement =>
    h("div", { class: "choice" }, h("input", { type: "radio", name: `${id}-kind`, id: `${id}-${kind}`, value: kind }), h("label", { for: `${id}-${kind}` }, label));
  const form = actForm(
    "Record why they may be used",
    async (say, inside) => {
      const kind = inside.querySelector<HTMLInputElement>(`input[name="${id}-kind"]:checked`)?.value;
      if (kind === undefined) throw new FieldError(`${id}-consent`, "Choose one of the two.");
      const by = value(inside, `${id}-by`);
      if (by === "") throw new FieldError(`${id}-by`, "Write who agreed or decided.");
      const why = textOf(inside, `${id}-why`);
      say("Opening the fingerprints, to name exactly these.");
      const document = hashOf(await fetchPrints(desk.open, prints, desk.path));
      const words = kind === "consent" ? `The adult in the picture agrees: ${by}.` : `A decider's reason, by ${by}.`;
      await use(desk, say, { use: "basis", authority: "", document, attached: "", text: `${words}\n\n${why}`, basis: { by, kind, why } });
    },
    h("fieldset", { class: "field" }, h("legend", null, h("span", { class: "label" }, "Why they may be used")), h("div", { class: "choices" },
      choice("consent", "The adult in the picture agrees"), choice("reason", "A decider has a lawful reason"))),
    line(`${id}-by`, "Who", "The adult who agrees, or the decider: name and rank."),
    area(`${id}-why`, "In their words", "How and when the adult agreed; or the law the decider relies on, and why it is necessary."),
  );
  return h("details", null, h("summary", null, "Record consent, or a decider's reason"), quiet(form));
}

// First the stop is recorded, then the sealed file is closed for everybody.
function stopForm(desk: CaseDesk, { file }: Prints): HTMLElement {
  const about = "Press this if anybody in a picture may be under 18. From then on nothing is saved, sealed or searched, and banks that ask are refused. Do not open, copy or send anything. It cannot be undone here.";
  return reasonForm(desk, "stopped", "Stop: possible under-18", "Stop all use", about, "To whom it is handed over", "Name, unit and time of the hand-over by your force's procedure for indecent images of children. Describe no picture.", async () => {
    const step = desk.open.answer.allowed.find(({ needs }) => needs.includes("upload"))?.step;
    const isThere = desk.open.answer.uploads.some(({ id, sealed_off }) => id === file?.id && !sealed_off);
    desk.turned();
    if (isThere && step !== undefined) await takeStepNow(desk, step, file!.id);
  });
}

function holdForm(desk: CaseDesk): HTMLElement {
  const about = "If the reporter takes the fingerprints back, the sealed file is kept where nobody can fetch it, instead of being destroyed. The reporter sees that there is a hold.";
  return reasonForm(desk, "held", "Legal hold", "Record the hold", about, "The law and the proceedings", "The law that asks for it, the proceedings, who decided, and when it is looked at again.");
}

function reasonForm(desk: CaseDesk, what: string, summary: string, button: string, about: string, label: string, hint: string, after?: () => Promise<void>): HTMLElement {
  const id = `${prefix()}-why`;
  const form = actForm(
    button,
    async (say, inside) => use(desk, say, { use: what, authority: "", document: "", attached: "", text: `${summary}.\n\n${textOf(inside, id)}` }, after),
    area(id, label, hint),
  );
  return h("details", null, h("summary", null, summary), h("p", { class: "second small" }, about), quiet(form));
}

async function use(desk: CaseDesk, say: (text: string) => void, what: Parameters<typeof recordUse>[1], after?: () => Promise<void>): Promise<void> {
  say("Sealing.");
  const built = await recordUse(desk.open, what);
  say("Recording it in the log.");
  await perform(`${desk.path}/bank`, built, desk.installation);
  await after?.();
  desk.done("bank");
}

function press(label: string, status: HTMLElement, act: () => Promise<void>): HTMLButtonElement {
  const go = (): void =>
    void act().catch((error: unknown) => (status.textContent = error instanceof Error ? error.message : "This did not work."));
  return h("button", { class: "btn other sm", type: "button", onclick: go }, label);
}
