// The proofs she may keep, only because she pressed for it: saving one, checking one, leaving its number outside.
import { postJson } from "../lib/api.ts";
import { FormatError, hash, utf8 } from "../lib/bytes.ts";
import { h } from "../lib/dom.ts";
import { labelAndSalt } from "../lib/leaf.ts";
import { readWatching } from "../lib/log-policy.ts";
import type { LogPolicy } from "../lib/log-policy.ts";
import { std64 } from "../lib/notes.ts";
import type { Promised } from "../lib/promise.ts";
import { checkProofFile, promisedFile } from "../lib/receipt.ts";
import type { ProvenFile } from "../lib/receipt.ts";
import { ownAct, proofOf } from "./inrecord.ts";
import type { InRecord } from "./inrecord.ts";
import type { Box } from "./mailbox.ts";
import type { Keeping } from "./recordview.ts";
import type { Receipt } from "./send.ts";
import { longDay, today } from "./texts.ts";
import type { Visit } from "./visit.ts";

/** The proof of what was just promised: it has no place in the record yet. */
async function promisedProof(visit: Visit, { act, promise }: Receipt): Promise<string> {
  const policy = await visit.watch.policy();
  return promisedFile(act, labelAndSalt(act.log, act.number).salt, promise, policy.text);
}

/** What she may do with the promise on her receipt. */
export function keepingOf(visit: Visit, receipt: Receipt): Keeping {
  return {
    save: async () => save(await promisedProof(visit, receipt)),
    leave: () => leaveNumber(visit, receipt.promise),
  };
}

/** Saves the proof of her report's own act, with its place in the record where it has one. */
export function saveOwn({ t }: Visit, { inRecord, keys }: Pick<Box, "inRecord" | "keys">, status: HTMLElement): void {
  const own = ownAct(inRecord.acts);
  if (own === undefined) return void (status.textContent = t("proof.unsaved"));
  save(proofOf(inRecord, own, keys.log));
}

/** Saves a file. Its name says nothing. */
function save(text: string): void {
  const bytes = utf8(text);
  const href = `data:text/plain;base64,${std64(bytes)}`;
  h("a", { download: `${hash(bytes).slice(0, 8)}.txt`, href }).click();
}

/** Leaves a promise with the witnesses, through our own server. Answers the names of those who signed to look. */
async function leaveNumber(visit: Visit, promise: Promised): Promise<string[]> {
  const policy = await visit.watch.policy();
  const { watching } = await postJson<{ watching: string[] }>("/api/v1/log/watch", { promise: promise.text });
  return watchers(policy, watching, promise);
}

/** Names of the policy's witnesses among those statements which are theirs and about exactly this promise. */
export function watchers(policy: LogPolicy, statements: readonly string[], promise: Promised): string[] {
  const isBy = (statement: string, key: LogPolicy["policy"]["witnesses"][number]["key"]): boolean => {
    try {
      const { by, leaf, log } = readWatching(statement, key);
      return by === promise.by && leaf === promise.leaf && log === promise.log;
    } catch (error) {
      if (error instanceof FormatError) return false;
      throw error;
    }
  };
  const found = policy.policy.witnesses.filter(({ key }) => statements.some((one) => isBy(one, key)));
  return found.map(({ name }) => name);
}

/** What a saved proof says, in words; `bad` where it or the server does not hold. */
export interface Said {
  words: string[];
  bad: boolean;
}

/** Checks a saved proof on this device, and against the report that is open here. */
export async function checkSaved(visit: Visit, file: string, open: InRecord & { case: string }): Promise<Said> {
  const { t } = visit;
  let proof: ProvenFile;
  try {
    proof = checkProofFile(file, visit.site, today());
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { words: [t("proof.broken")], bad: true };
  }
  const isListed = open.acts.some(({ leaf }) => leaf === proof.leaf);
  const isOwn = proof.case === open.case;
  const of = t(!isOwn ? "proof.other" : isListed ? "proof.own" : "proof.gone");
  const before = proof.checked?.checkpoint;
  const now = open.look?.finding.checked.find(({ checkpoint }) => checkpoint.origin === before?.origin)?.checkpoint;
  // About another report nothing is asked: the two would be seen to belong to one person.
  const isAsked = isOwn && before !== undefined && now !== undefined;
  const broken = isAsked ? await visit.watch.compare(before, now) : "";
  const words = [saysOf(visit, proof), of, ...(broken === "" ? [] : [t("proof.rewritten")])];
  return { words, bad: broken !== "" || (isOwn && !isListed) };
}

function saysOf({ t }: Visit, { state, checked, day, by }: ProvenFile): string {
  if (state === "waiting" || state === "overdue")
    return t(state === "waiting" ? "proof.waiting" : "proof.late", { day: longDay(by) });
  if (state === "unwitnessed") return t("proof.unsigned");
  const names = checked?.witnesses.map(({ name }) => name).join(", ") || t("log.nobody");
  return t("proof.in", { day: longDay(day), size: checked?.checkpoint.size ?? 0, names });
}
