// The way back: seven words open the conversation, which is judged letter by letter, because the server is not believed.
import { NO_WATCHING } from "../lib/check-ins.ts";
import type { Watching } from "../lib/check-ins.ts";
import { buildMessage } from "../lib/acts.ts";
import type { Built } from "../lib/acts.ts";
import { getJson } from "../lib/api.ts";
import { FormatError, unb64 } from "../lib/bytes.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { nextNumber } from "../lib/record-acts.ts";
import type { ActRow } from "../lib/record-acts.ts";
import type { RecordRow } from "../lib/record-check.ts";
import { knownHandlers, newCustodians, onCard } from "../lib/card.ts";
import type { Card } from "../lib/card.ts";
import { receiptKeys } from "../lib/derive.ts";
import type { ReceiptKeys } from "../lib/derive.ts";
import type { FileEntry } from "../lib/envelope.ts";
import { checkEpochs, holds, newestEpoch, reporterKnown } from "../lib/grant.ts";
import type { Epochs, KnownKeys, ListedEpoch } from "../lib/grant.ts";
import { judge, nextPlace } from "../lib/judge.ts";
import type { Fault, Judged } from "../lib/judge.ts";
import { findPrints } from "../lib/own-prints.ts";
import { SealedUpload } from "../lib/upload.ts";
import type { Uploaded } from "../lib/upload.ts";
import { entry } from "./files.ts";
import type { Picked } from "./files.ts";
import { lookUp } from "./inrecord.ts";
import type { InRecord } from "./inrecord.ts";
import { readSlips, signIn } from "./pledges.ts";
import type { Slips } from "./pledges.ts";
import { checkShown, shownBy } from "../lib/seen.ts";
import { post } from "./send.ts";
import type { Doing } from "./send.ts";
import { today } from "./texts.ts";
import { ownCard } from "./visit.ts";
import type { Visit } from "./visit.ts";

/** The server shows a key to her case that nobody who holds it has signed for. */
export class KeysError extends FormatError {}

interface Enveloped {
  kind: string;
  direction: string;
  epoch: number;
  author: string;
  day: string;
  sha256: string;
  sealed?: string;
}

/** As the server tells it. Nothing here is believed before it is checked, but states and days, which only it knows. */
interface Conversation {
  case: string;
  state: string;
  day: string;
  expires: string;
  reporter: { seal: string; sign: string };
  epochs: ListedEpoch[];
  admits: string[];
  envelopes: Enveloped[];
  steps: { kind: string; outcome: string; day: string }[];
  acts: ActRow[];
  record: RecordRow;
  earlier: RecordRow[];
  uploads?: { id: string; size: number; sha256: string }[];
  holders: { key: string; label: string; day: string; scope: string }[];
  due: { kind: string; day: string }[];
  watch?: Watching;
}

export interface Letter {
  mine: boolean;
  author: string; // from the signed card; "" when nobody knows
  retired: boolean; // the author is on the card, but no longer on a team
  day: string;
  text: string;
  files: readonly FileEntry[];
  faults: readonly Fault[];
  missing: number; // letters skipped before this one
}

/**
 * Who can open it, by the name that the signed card gives the key; "" if it is not on the card. `signed` says that those
 * who hold the case let her in; else it is the server's word alone. `day` is the server's, "" where it keeps silent.
 */
export interface Holder extends ReturnType<typeof onCard> {
  day: string;
  signed: boolean;
}

export interface Box {
  keys: ReceiptKeys;
  token: string;
  case: string;
  state: string;
  day: string;
  expires: string;
  steps: readonly { kind: string; outcome: string; day: string }[];
  due: readonly { kind: string; day: string }[];
  holders: readonly Holder[];
  /** Teams whose spare key on paper changed since the list she last saw. */
  newCustodians: readonly string[];
  /** In the order of the server, oldest first. */
  letters: readonly Letter[];
  record: { body: JsonObject; counter: number; sha256: string } | undefined;
  watch: Watching;
  epochs: Epochs;
  judged: readonly Judged[];
  /** The sealed file with her fingerprints, as long as it is there. */
  prints: { id: string; sha256: string } | undefined;
  /** The number of the next act, and what the record says of those there are. */
  next: number;
  inRecord: InRecord;
  /** What was left with the keepers, as her own slips say. */
  slips: Slips;
}

/** Opens the mailbox of these words. A Problem `not-found` says no more than that nothing opened. */
export async function openBox(
  visit: Visit,
  words: readonly string[],
  tell: (step: "keys" | "open") => void,
): Promise<Box> {
  tell("keys");
  const keys = await receiptKeys(words, visit.site.installation);
  tell("open");
  return enter(visit, keys);
}

/** Signs in with keys at hand and reads the conversation. */
export async function enter(visit: Visit, keys: ReceiptKeys): Promise<Box> {
  return read(visit, keys, await signIn(visit.site, keys));
}

/** Reads the conversation again. */
export async function read(visit: Visit, keys: ReceiptKeys, token: string): Promise<Box> {
  const told = await getJson<Conversation>(`/api/v1/i/${visit.site.slug}/mailbox`, { token });
  if (told.reporter.seal !== keys.seal || told.reporter.sign !== keys.signer.sign) {
    throw new FormatError("This mailbox belongs to other words.");
  }
  const changed = await newerCard(visit);
  const known = new Map([reporterKnown(told.reporter), ...knownHandlers(visit.card)]);
  const epochs = epochsOf(told, known);
  const items = told.envelopes.map(({ kind, epoch, sha256, sealed }) => ({
    kind,
    epoch,
    sha256,
    sealed: sealed === undefined ? undefined : unb64(sealed),
  }));
  const identities = [{ scope: "reporter" as const, epoch: 0, identity: keys.identity }];
  const judged = await judge(items, { case: told.case, known, epochs, reporter: keys.seal, identities });
  const { state, day, expires, steps, due } = told;
  const slips = await readSlips(visit, keys, token);
  const inRecord = await lookUp(visit, told, keys.log, judged, slips.later.keys());
  return {
    ...{ keys, token, case: told.case, state, day, expires, steps, due, epochs, judged, inRecord, slips },
    next: nextNumber(told.acts),
    holders: holdersOf(visit.card, told, epochs),
    newCustodians: changed,
    letters: judged
      .filter((_one, index) => items[index]!.kind === "message")
      .map((one) => letter(visit, keys, told, one)),
    record: recordOf(judged),
    prints: findPrints(keys.log, told.uploads ?? []),
    watch: told.watch ?? NO_WATCHING,
  };
}

function epochsOf(told: Conversation, known: KnownKeys): Epochs {
  try {
    return checkEpochs(told.epochs, told.admits, told.case, known);
  } catch (error) {
    throw error instanceof FormatError ? new KeysError(error.message) : error;
  }
}

// Takes a newer card into the visit, so that new handlers are known. Answers the teams with a new spare key.
async function newerCard(visit: Visit): Promise<string[]> {
  const shown = await shownBy(visit.site);
  const card = ownCard(shown.card, visit.site);
  visit.seen = checkShown(visit.site, shown, today());
  await visit.seen;
  if (card.version < visit.card.version) throw new FormatError("This card is older.");
  const changed = newCustodians(visit.card.channels, card.channels);
  visit.card = { ...card, pack: visit.card.pack };
  return changed;
}

// The server's list, each held against what the case's own statements say; and whom only they name.
function holdersOf(card: Card, told: Conversation, epochs: Epochs): Holder[] {
  const people = told.holders.filter(({ scope }) => scope === "case");
  const newest = epochs.case.size;
  const listed = people.map(({ key, day }) => ({ ...onCard(card, key), day, signed: holds(epochs, "case", newest, key) }));
  const silent = [...(epochs.held.case.get(newest) ?? [])]
    .filter((key) => !people.some((one) => one.key === key))
    .map((key) => ({ ...onCard(card, key), day: "", signed: true }))
    // Not a custodian, nor the earlier key of somebody who is listed.
    .filter(({ label }) => label !== "" && !listed.some((one) => one.label === label));
  return [...listed, ...silent];
}

function recordOf(judged: readonly Judged[]): Box["record"] {
  // A record that was replaced has a higher counter, and the ones before it are gone: that gap is as it should be.
  const isSound = ({ faults }: Judged): boolean => faults.every((fault) => fault === "gap");
  const found = judged.filter((one) => one.envelope?.kind === "record" && isSound(one)).at(-1);
  const envelope = found?.envelope;
  return envelope && { body: envelope.body, counter: envelope.counter, sha256: found!.sha256 };
}

function letter(visit: Visit, keys: ReceiptKeys, told: Conversation, judged: Judged): Letter {
  const { envelope, faults, missing } = judged;
  const base = { faults: faults.filter((fault) => fault !== "closed"), missing };
  if (envelope === undefined || faults.includes("closed")) {
    const closed = faults.includes("closed") ? (["forged"] as const) : base.faults;
    return {
      ...base,
      faults: closed,
      mine: false,
      author: "",
      retired: false,
      day: told.envelopes[judged.index]?.day ?? "",
      text: "",
      files: [],
    };
  }
  const { body, author, day } = envelope;
  const { label, standing } = onCard(visit.card, author);
  return {
    ...base,
    mine: author === keys.key,
    author: label,
    retired: standing === "retired",
    day,
    text: typeof body["text"] === "string" ? body["text"] : "",
    files: Array.isArray(body["files"]) ? (body["files"] as unknown as FileEntry[]) : [],
  };
}

/** A letter of hers on its way. Made once: trying again sends the same bytes, unless she changed it. */
export interface Writing {
  text: string;
  files: Picked[];
  entry?: JsonObject;
  made?: Built & { from: string };
}

/** Seals and sends a letter, with its files. Safe to call again after an error. */
export async function write(
  visit: Visit,
  box: Box,
  writing: Writing,
  tell: (doing: Doing) => void,
): Promise<void> {
  const { epoch, recipient } = newestEpoch(box.epochs, "case");
  const from = JSON.stringify([
    writing.text,
    writing.files.map(({ original, stripped, name }) => [original, stripped, name]),
  ]);
  if (writing.made?.from !== from) {
    const uploads: Uploaded[] = [];
    for (const picked of writing.files) {
      tell({ step: "file", name: picked.name, part: 1, parts: 1 });
      picked.upload ??= new SealedUpload(picked.content, { institution: visit.site.slug, recipient });
      uploads.push(await picked.upload.run());
    }
    tell({ step: "seal", part: 1, parts: 1 });
    const made = await buildMessage({
      institution: visit.card.institution,
      case: box.case,
      day: today(),
      log: box.keys.log,
      number: box.next,
      author: { key: box.keys.key, signer: box.keys.signer },
      role: "reporter",
      ...nextPlace(box.judged, box.keys.key, "message"),
      epoch,
      recipients: [recipient, box.keys.seal],
      text: writing.text,
      ...(writing.entry === undefined ? {} : { entry: writing.entry }),
      files: writing.files.map((picked, index) => entry(picked, uploads[index]!)),
      uploads: uploads.map(({ id, sealed }) => ({ id, sealed })),
    });
    writing.made = { ...made, from };
  }
  await post(visit, writing.made, box.token, tell, "mailbox/messages");
}
