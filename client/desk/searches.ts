// Searches with a report's fingerprints: what was recorded, saving them for a bank, the proof of an authority.
// Every use is an act in the log before anything else happens.
import { FormatError } from "../lib/bytes.ts";
import { h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import { writePrints } from "../lib/own-prints.ts";
import { proofFile } from "../lib/record-proof.ts";
import { RecordWatch } from "../lib/record-watch.ts";
import { saveFile } from "../lib/save.ts";
import type { CaseDesk } from "./case.ts";
import { desk as ask } from "./page.ts";
import { basisFor, checkStanding, fetchPrints, printsOf } from "./prints.ts";
import type { Prints } from "./prints.ts";
import { dayWords } from "./reading.ts";
import { seenOf } from "./record.ts";
import { bankActs, notedDocuments } from "./search-docs.ts";
import type { Noted } from "./search-docs.ts";
import { basisForm, holdForm, recordForm, stopForm } from "./search-forms.ts";

type State = "usable" | "stopped" | "withdrawn";

const USES: Readonly<Record<string, string>> = {
  basis: "Why they may be used",
  authorised: "A search was authorised",
  exported: "A bank was sealed for a search",
  searched: "A search was recorded",
  held: "A legal hold",
  stopped: "Stopped: possible under-18",
  withdrawn: "Taken back by the reporter",
};
const FILES: Readonly<Record<string, string>> = {
  authorised: "authority.json",
  exported: "exported.json",
  searched: "lead-sheet.signed",
};
const STOPPED =
  "Stopped: somebody in a picture may be under 18. Nothing may be searched, opened or sent. " +
  "Hand over by your force's procedure.";
const TAKEN_BACK =
  "The reporter took the fingerprints back. Destroy every bank and every copy that holds them, and say so in a note.";
const OWN =
  "The reporter made fingerprints of her own picture, everybody in it an adult by her answers, and wants copies to be " +
  "searched for.";
const OTHERS =
  "The report has fingerprints, and does not say that the picture is the reporter's own with only adults in it. They go " +
  "nowhere until the adult in the picture agrees, or a named decider records a lawful reason.";
const FIRST =
  "They are for a search under a written authority, and for nothing else. The file is not sealed: seal it in a bank at " +
  "once (upstander bank export), and destroy it.";

/** Everything about searches in this case; nothing where the report has no fingerprints and never had. */
export function searchPart(desk: CaseDesk): Child[] | null {
  try {
    const prints = printsOf(desk.open);
    return prints === undefined ? null : parts(desk, prints);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const words = `The fingerprints of this report are not as they should be. ${error.message}`;
    return [h("p", { class: "doubt" }, words)];
  }
}

function parts(desk: CaseDesk, prints: Prints): Child[] {
  const uses = new Set(bankActs(desk.open).map(({ use }) => use));
  const state: State = uses.has("stopped") ? "stopped" : uses.has("withdrawn") ? "withdrawn" : "usable";
  const isUsable = state === "usable";
  const words = { stopped: STOPPED, withdrawn: TAKEN_BACK, usable: prints.isOwn ? OWN : OTHERS };
  return [
    h("p", null, words[state]),
    usesList(desk),
    isUsable && !prints.isOwn ? basisForm(desk, prints) : null,
    isUsable ? savePart(desk, prints) : null,
    recordForm(desk),
    state === "stopped" ? null : stopForm(desk, prints),
    isUsable && !uses.has("held") ? holdForm(desk) : null,
  ];
}

// What was recorded, with copies of its documents and the proof of each authority.
function usesList(desk: CaseDesk): HTMLElement | null {
  const rows = desk.open.answer.acts.filter(({ kind, body }) => kind === "bank" && body !== null);
  if (rows.length === 0) return null;
  const noted = notedDocuments(desk.open);
  const status = h("p", { class: "second", role: "status" });
  const items = rows.map(({ body, day, number }) => {
    const [use, document] = [String(body!["use"]), String(body!["document"])];
    const attached = noted.find((one) => isAbout(one, use, document));
    const copy = attached && press("Save a copy", status, async () => saveFile(FILES[use] ?? "document", attached.text));
    const proof = use === "authorised" && press("Save the proof", status, () => saveProof(desk, number, status));
    const acts = h("div", { class: "acts tight" }, copy || null, proof || null);
    return h("li", null, h("b", null, USES[use] ?? use), h("span", { class: "when" }, dayWords(day)), acts);
  });
  return h("div", { class: "flow-s" }, h("ol", { class: "line" }, items), status);
}

// An exported bank's act names the bank, and its document says which bank that is.
function isAbout({ sha256, text }: Noted, use: string, document: string): boolean {
  return sha256 === document || (use === "exported" && text.includes(`"bank":"${document}"`));
}

async function saveProof(desk: CaseDesk, number: number, status: HTMLElement): Promise<void> {
  const { answer, log } = desk.open;
  const rows = [answer.record, ...answer.earlier];
  const asked = { acts: answer.acts, records: rows, log, seen: seenOf(desk.open), today: answer.today };
  const look = await new RecordWatch(desk.installation).look(asked);
  const act = answer.acts.find((one) => one.number === number)!;
  saveFile(`proof-${answer.case.slice(0, 8)}.json`, proofFile(rows, look, act, log));
  status.textContent = look.finding.inside.includes(number)
    ? "Saved. It shows the place in the record, and `upstander bank export` and `upstander scan` take it."
    : "Saved, with the promise alone: it has no place in the record yet. A bank can be sealed with it; save it again " +
      "for the scan.";
}

function savePart(desk: CaseDesk, prints: Prints): HTMLElement {
  const { case: of } = desk.open.answer;
  const status = h("p", { class: "second", role: "status" });
  const today = async (): Promise<string> => {
    const { standing } = await ask<{ standing: string }>(`/cases/${of}/standing`);
    checkStanding(standing, of, desk.installation.key);
    return standing;
  };
  const saving = async (): Promise<void> => {
    status.textContent = "Fetching and opening.";
    const [standing, fingerprints] = [await today(), await fetchPrints(desk.open, prints, desk.path)];
    const basis = basisFor(desk.open, prints, fingerprints);
    saveFile("fingerprints.json", writePrints({ case: of, basis, fingerprints, standing }));
    const number = fingerprints.length === 1 ? "1 picture" : `${fingerprints.length} pictures`;
    status.textContent = `Saved: fingerprints of ${number}. Destroy the file once they are in a bank.`;
  };
  const standing = async (): Promise<void> => {
    saveFile(`standing-${of.slice(0, 8)}.signed`, await today());
    status.textContent = "Saved. A bank and a scan need one that is no older than seven days.";
  };
  const buttons = [
    press("Save the fingerprints", status, saving),
    press("Save today's standing", status, standing),
  ];
  const about = h("p", { class: "second small" }, FIRST);
  return h("div", { class: "flow-s" }, about, h("div", { class: "acts tight" }, buttons), status);
}

function press(label: string, status: HTMLElement, act: () => Promise<void>): HTMLButtonElement {
  const tell = (error: unknown): void => {
    status.textContent = error instanceof Error ? error.message : "This did not work.";
  };
  return h("button", { class: "btn other sm", type: "button", onclick: () => void act().catch(tell) }, label);
}
