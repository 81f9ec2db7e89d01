// The investigator's version of a case: begun with a key of its own, and read back. No DOM.
import { newIdentity, recipientOf } from "../lib/age.ts";
import { hash, utf8 } from "../lib/bytes.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { NO_WATCHING } from "../lib/check-ins.ts";
import { everHeld, makeEpoch } from "../lib/grant.ts";
import type { Built } from "../lib/acts.ts";
import { built, sealGrant, staying } from "../desk/builders.ts";
import { authorName } from "../desk/conversation.ts";
import type { CaseAnswer, OpenCase } from "../desk/opened.ts";
import { faults, read } from "../desk/reading.ts";
import type { Question } from "./declaring.ts";
import { WHY } from "./clues.ts";
import type { ClueKind, Known } from "./clues.ts";

export const BRIEF = "upstander/brief/v1";

/** The first key of a brief, sealed to everybody who holds the case. */
export async function beginBrief(open: OpenCase): Promise<Built> {
  const identity = await newIdentity();
  const to = staying(open, "case", []).filter(({ key }) => everHeld(open.epochs, "case", key));
  const holders = to.map(({ key }) => key);
  const { answer, me } = open;
  const statement = await makeEpoch({ by: me, case: answer.case, day: answer.today, epoch: 1, holders, identity, previous: "", scope: "brief" });
  const grants = await Promise.all(to.map((one) => sealGrant(open, one, "brief", 1, identity)));
  const fields = { admits: [], case: answer.case, epochs: [hash(utf8(statement))], grants: grants.map(({ sha256 }) => sha256), withdrawn: [] };
  return built(open, "epoch", fields, {
    epoch: { scope: "brief", number: 1, recipient: await recipientOf(identity), statement },
    grants: grants.map(({ sent }) => sent),
  });
}

/** Whether the case has a brief that this reader can open. */
export function hasBrief(open: OpenCase): boolean {
  return open.identities.some(({ scope }) => scope === "brief");
}

/** A version, or a note beside it. */
export interface BriefText {
  kind: "brief" | "work";
  author: string;
  day: string;
  text: string;
  doubts: string[];
}

/** What is written in a brief, newest first. */
export function briefTexts(open: OpenCase): BriefText[] {
  const found = open.judged.flatMap((judged): BriefText[] => {
    const { envelope } = judged;
    if (envelope === undefined || (envelope.kind !== "brief" && envelope.kind !== "work")) return [];
    return [{ kind: envelope.kind, author: authorName(open, envelope.author), day: envelope.day, text: read(envelope.body).text, doubts: faults(judged) }];
  });
  return found.reverse();
}

/** What a version is held against. The sheet's words are there only if it was opened. */
export function knownTexts(open: OpenCase): Known {
  const said = open.judged.flatMap(({ envelope }) => (envelope === undefined ? [] : [{ kind: envelope.kind, ...read(envelope.body) }]));
  const fromHer = said.filter(({ kind }) => kind === "report");
  const answers = fromHer.flatMap((one) => one.answers);
  return {
    report: answers.map(({ text }) => text),
    askFirst: answers.filter(({ askFirst }) => askFirst).map(({ text }) => text),
    sheet: said.filter(({ kind }) => kind === "sheet").flatMap((one) => one.answers.map(({ text }) => text)),
  };
}

/** What is sealed beside a version: how many clues of each kind were looked at and left. */
export function leftEntry(left: Partial<Record<ClueKind, number>>): JsonObject {
  const kinds = Object.keys(WHY) as ClueKind[];
  return { left: Object.fromEntries(kinds.map((kind) => [kind, left[kind] ?? 0])) };
}

/** What `GET /api/v1/desk/briefs/<id>` answers. */
export type BriefAnswer = Pick<CaseAnswer, "case" | "state" | "day" | "today" | "reporter" | "epochs" | "admits" | "envelopes" | "grants"> & { number: number; declare: Question[]; again: boolean; names: string; waits: boolean };

/** The same as a case of which everything else is missing. */
export function asCase(told: BriefAnswer): CaseAnswer {
  const nothing = { declare: [], steps: [], holders: [], due: [], uploads: [], excluded: [], candidates: [], allowed: [], outcomes: [], acts: [], earlier: [], told: [] };
  const { number: _number, declare, again: _again, names: _names, waits: _waits, ...rest } = told;
  return { ...nothing, ...rest, declare: declare.map(({ id }) => id), watch: NO_WATCHING, version: 1, urgent: false, record: { origin: "", checkpoint: "", proofs: [] } };
}
