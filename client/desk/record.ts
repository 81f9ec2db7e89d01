// Says on the case page whether the case is in the public record, whole and as it is shown here.
import { Problem } from "../lib/api.ts";
import { hash, utf8 } from "../lib/bytes.ts";
import { h } from "../lib/dom.ts";
import { isAdded } from "../lib/grant.ts";
import { std64 } from "../lib/notes.ts";
import type { Checked } from "../lib/policy.ts";
import type { Installation } from "../lib/promise.ts";
import type { Seen } from "../lib/record-acts.ts";
import type { Finding, RecordState, Why } from "../lib/record-check.ts";
import { RecordWatch } from "../lib/record-watch.ts";
import type { OpenCase } from "./opened.ts";
import { dayWords } from "./reading.ts";

const MANY = 200; // bundles of the log that are read for one case: some ten megabytes
const UNSEARCHED =
  "The record is too long to be looked through here for acts that this page was not given. `upstander log` can do that.";
const UNKNOWN = "The record could not be asked just now. Load the page again later.";

const SAYS: Readonly<Record<RecordState, string>> = {
  in: "Everything here is in the public record, whole and unchanged. This browser has checked it.",
  unwitnessed: "Everything here is in the record, but too few of its outside witnesses have signed it yet.",
  waiting: "What was done last goes into the public record by DAY. The rest is there, whole and unchanged.",
  overdue:
    "Something should have been in the public record by DAY, and is not. That breaks a signed promise. Tell an outside body.",
  withheld:
    "Something of this case is kept back: the record has more than this page was given. Do not rely on it, and tell an outside body.",
  mismatch: "What this page was given is not what the public record says. Do not rely on it, and tell an outside body.",
};

/** What does not fit, about an act with this number. */
const WRONG: Readonly<Record<Why, string>> = {
  gap: "Act N is missing.",
  hidden: "What act N was is not told.",
  unshown: "Act N names something that is not shown here.",
  unnamed: "Something is shown here that no act names.",
  altered: "Act N is not what its entry says.",
  answer: "Act N says wrongly whether it is the first answer to the reporter.",
  checkpoint: "The record is not signed by those who have to sign it.",
  proof: "Act N is not where the server says it is.",
  future: "Act N has a day that is still to come.",
  promise: "An act that was promised is missing.",
  more: "Act N is in the record, and this page was not given it.",
  forged: "The entries of the record are not those that were signed.",
  shrunk: "The record is shorter than it was.",
  rewritten: "The record was rewritten.",
};

/** Looks, and puts it in words. */
export async function recordContent(open: OpenCase, by: Installation): Promise<HTMLElement> {
  const { acts, record, earlier, today } = open.answer;
  try {
    const watch = new RecordWatch(by);
    const asked = { acts, records: [record, ...earlier], log: open.log, seen: seenOf(open), today };
    const look = await watch.look(asked);
    if (watch.toSearch(asked, look) > MANY) return words(look.finding, UNSEARCHED);
    return words((await watch.search(asked, look)).finding);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return h("p", { class: "second" }, UNKNOWN);
  }
}

/** What the desk was shown: every envelope, epoch and step. */
export function seenOf({ answer, judged }: OpenCase): Seen {
  const envelopes = judged.map(({ sha256, envelope }, index) => {
    const { kind, direction } = answer.envelopes[index]!;
    return { sha256, kind, fromDesk: (envelope?.direction ?? direction) === "to-reporter" };
  });
  const later = answer.epochs.filter(isAdded).map(({ statement }) => statement);
  const keys = [...later, ...answer.admits].map((statement) => hash(utf8(statement)));
  return { case: answer.case, kinds: ["report", "sheet", "message", "note", "brief", "work"], envelopes, keys, steps: answer.steps };
}

function words({ state, faults, by, checked }: Finding, more = ""): HTMLElement {
  const isBad = state === "overdue" || state === "withheld" || state === "mismatch";
  const says = h("p", { class: isBad ? "doubt" : null }, SAYS[state].replace("DAY", by === "" ? "" : dayWords(by)));
  const wrong = faults.map(({ why, number }) => h("li", null, WRONG[why].replace("N", String(number))));
  const list = wrong.length === 0 ? null : h("ul", { class: "dots" }, wrong);
  const beside = more === "" ? null : h("p", { class: "second" }, more);
  return h("div", { class: "flow-s", role: isBad ? "alert" : null }, says, list, beside, checked.map(numbers));
}

function numbers({ checkpoint, witnesses }: Checked): HTMLElement {
  const { origin, size, root } = checkpoint;
  const day = (seconds: number): string => dayWords(new Date(seconds * 1000).toISOString().slice(0, 10));
  const signed = witnesses.map(({ name, seconds }) => `${name} (${day(seconds)})`);
  const row = (name: string, what: string): HTMLElement =>
    h("div", null, h("dt", null, name), h("dd", { class: "said" }, what));
  const rows = [
    row("Record", origin),
    row("Entries", String(size)),
    row("Root", std64(root)),
    row("Witnesses who signed", signed.length === 0 ? "None" : signed.join(", ")),
  ];
  return h("details", null, h("summary", null, "In numbers"), h("dl", { class: "facts" }, rows));
}
