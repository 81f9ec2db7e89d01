// Sends a report: words, keys, files, seal, post, check the promise. What was made is kept, so trying again sends the same bytes.
import { isPassing, SealedUpload } from "../lib/upload.ts";
import type { Uploaded } from "../lib/upload.ts";
import { newPrintsId, OWN, writePrints } from "../lib/own-prints.ts";
import { numbered } from "../lib/acts.ts";
import type { Built } from "../lib/acts.ts";
import { seal } from "../lib/age.ts";
import { postJson, Problem } from "../lib/api.ts";
import type { JsonObject } from "../lib/canonical.ts";
import type { Act } from "../lib/leaf.ts";
import { newCustodians } from "../lib/card.ts";
import type { Card, Channel } from "../lib/card.ts";
import { receiptKeys } from "../lib/derive.ts";
import type { ReceiptKeys } from "../lib/derive.ts";
import { checkPromise } from "../lib/promise.ts";
import type { Promised } from "../lib/promise.ts";
import { buildSubmission, newCase } from "../lib/submission.ts";
import type { Account, NewCase, Submission } from "../lib/submission.ts";
import { solveInWorker } from "../lib/work.ts";
import { generateWords } from "../lib/words.ts";
import { isWellFormed } from "../lib/bytes.ts";
import { travelling, withAsked } from "./answers.ts";
import { entry } from "./files.ts";
import type { Pack } from "./pack.ts";
import { travellingPrints } from "./pictures.ts";
import { teamsOf } from "./plans.ts";
import type { Fate } from "./plans.ts";
import { checkShown, shownBy } from "../lib/seen.ts";
import type { Shown } from "../lib/seen.ts";
import { today } from "./texts.ts";
import { chosenChannels, leftOut, leftOutCount, names, ownCard, readers } from "./visit.ts";
import type { Site, Visit } from "./visit.ts";

/** What is being done, for words on the page. `part` of `parts`, from 1. */
export interface Doing {
  step: "words" | "file" | "seal" | "send" | "check" | "wait" | "work" | "ask";
  part?: number;
  parts?: number;
  name?: string;
}

/** A report on its way. Filled in step by step; nothing in it is made twice. */
export interface Outgoing {
  words: string[];
  keys?: ReceiptKeys;
  theCase?: NewCase;
  submission?: Submission;
  making?: Promise<Ready>;
  /** Her fingerprints, in a sealed file of their own. */
  prints?: SealedUpload;
  stop: AbortController;
  /** Set when she sends what she had kept: the token of its mailbox, and the number of the act. */
  kept?: { token: string; case: string; number: number };
}

export interface Receipt {
  words: readonly string[];
  keys: ReceiptKeys;
  act: Act;
  promise: Promised;
  channels: readonly string[];
  readers: readonly string[];
  leftOut: number;
}

/** The card changed and lets in people she has not been shown. She looks at them before it is sealed again. */
export class NewReaders extends Error {
  readonly labels: readonly string[];
  constructor(labels: readonly string[]) {
    super("The card has new people.");
    this.labels = labels;
  }
}

/** A team she chose is gone from the card. */
export class ChannelGone extends Error {}

export function newOutgoing(): Outgoing {
  return { words: generateWords(), stop: new AbortController() };
}

/** Makes the keys, which do not hang on what she says, so that it can begin before she presses the button. */
export function prepare(site: Site, out: Outgoing): Promise<Ready> {
  out.making ??= makeKeys(site, out).catch((error: unknown) => {
    delete out.making;
    throw error;
  });
  return out.making;
}

async function makeKeys(site: Site, out: Outgoing): Promise<Ready> {
  const { signal } = out.stop;
  const keys = out.keys ?? receiptKeys(out.words, site.installation, undefined, signal);
  const theCase = out.theCase ?? warmCase(out.kept?.case);
  [out.keys, out.theCase] = await Promise.all([keys, theCase]);
  if (signal.aborted) discard(out);
  signal.throwIfAborted();
  return out as Ready;
}

// The first sealing is slow, because the browser has yet to compile what it runs. This one is for nobody.
async function warmCase(id?: string): Promise<NewCase> {
  const made = await newCase(id);
  await seal(new Uint8Array(1), [made.recipient]);
  return made;
}

/** Nothing of it is needed any more: ends the work, and overwrites keys where the language lets us. */
export function discard(out: Outgoing): void {
  out.stop.abort();
  for (const secret of [out.keys?.log, out.keys?.mailboxId, out.keys?.seed]) secret?.fill(0);
  out.words.fill("");
  delete out.keys;
  delete out.theCase;
  delete out.submission;
  delete out.making;
  delete out.prints;
}

/** Sends, or goes on sending. Throws a Problem when there is no way through; calling it again is safe. */
export async function send(visit: Visit, out: Outgoing, tell: (doing: Doing) => void): Promise<Receipt> {
  tell({ step: "words" });
  const ready = await prepare(visit.site, out);
  await sendFiles(visit, ready.theCase, tell);
  await sendPrints(visit, ready);
  for (let attempt = 0; attempt < 3; attempt++) {
    out.submission ??= await sealReport(visit, ready, tell);
    try {
      const promise = await post(visit, out.submission, out.kept?.token, tell);
      return receipt(visit, ready, promise);
    } catch (error) {
      if (!(error instanceof Problem) || error.type !== "card-changed") throw error;
      delete out.submission;
      const shown = error.body as unknown as Shown;
      visit.seen = Promise.resolve(await checkShown(visit.site, shown, today()));
      takeCard(visit, shown.card);
    }
  }
  throw new Problem("busy", visit.t("error.busy"), 503);
}

export type Ready = Outgoing & { keys: ReceiptKeys; theCase: NewCase };

async function sendFiles(visit: Visit, theCase: NewCase, tell: (doing: Doing) => void): Promise<void> {
  for (const picked of visit.files) {
    picked.upload ??= new SealedUpload(picked.content, {
      institution: visit.site.slug,
      recipient: theCase.recipient,
      onProgress: (sent, whole) => tell({ step: "file", name: picked.name, ...inParts(sent, whole) }),
    });
    tell({
      step: "file",
      name: picked.name,
      part: 1,
      parts: Math.max(1, Math.ceil(picked.content.size / PART)),
    });
    await picked.upload.run();
  }
}

async function sendPrints(visit: Visit, out: Ready): Promise<Uploaded | undefined> {
  const fingerprints = travellingPrints(visit.pack, visit.answers, visit.prints) as unknown as JsonObject[];
  if (fingerprints.length === 0) return undefined;
  const { id, recipient } = out.theCase;
  out.prints ??= new SealedUpload(new Blob([writePrints({ case: id, basis: OWN, fingerprints, standing: "" })]), {
    institution: visit.site.slug,
    recipient,
    id: newPrintsId(out.keys.log),
  });
  return out.prints.run();
}

const PART = 1024 * 1024; // bytes

function inParts(sent: number, whole: number): { part: number; parts: number } {
  return { part: Math.max(1, Math.ceil(sent / PART)), parts: Math.max(1, Math.ceil(whole / PART)) };
}

async function sealReport(visit: Visit, out: Ready, tell: (doing: Doing) => void): Promise<Submission> {
  const channels = chosenChannels(visit);
  return buildSubmission({
    ...(await sealed(visit, out.keys, out.theCase, await sendPrints(visit, out))),
    channels: channels.map(({ id }) => id),
    urgent: visit.urgent && channels.some(({ on_call }) => on_call),
    number: out.kept?.number ?? 1,
    onProgress: (_step, done, parts) => tell({ step: "seal", part: Math.min(done + 1, parts), parts }),
  });
}

/** The same report for one team alone: what keepers hold for it. Fingerprints are a file on the server, and not in it. */
export async function sealFor(
  visit: Visit,
  keys: ReceiptKeys,
  theCase: NewCase,
  channel: Channel,
  files: readonly Uploaded[],
): Promise<Submission> {
  return buildSubmission({ ...(await sealed(visit, keys, theCase, undefined, files)), channels: [channel.id], urgent: false });
}

async function sealed(visit: Visit, keys: ReceiptKeys, theCase: NewCase, prints?: Uploaded, files?: readonly Uploaded[]) {
  await visit.seen;
  const uploaded = files ?? (await uploadsOf(visit));
  const account = {
    answers: said(visit, "report"),
    sheet: said(visit, "sheet"),
    files: uploaded.map((one, index) => entry(visit.files[index]!, one)),
    prints: prints && { id: prints.id, sha256: prints.sha256, size: prints.size },
    language: visit.pack.language,
    wishes: {},
  } as unknown as Account;
  return {
    card: visit.card,
    keys,
    new_case: theCase,
    excluded: leftOut(visit),
    account,
    uploads: [...uploaded, ...(prints === undefined ? [] : [prints])].map((one) => ({ id: one.id, sealed: one.sealed })),
    day: today(),
  };
}

/** Her files as they lie at the server. */
export function uploadsOf({ files }: Visit): Promise<Uploaded[]> {
  return Promise.all(files.map(({ upload }) => upload!.run()));
}

/** Her answers in the pack's own language, with the wording she was asked in where that is another. */
function said(visit: Visit, travels: "report" | "sheet"): JsonObject[] {
  const inWords = (pack: Pack): JsonObject[] => travelling(pack, visit.answers, travels, names(visit, pack));
  return whole(withAsked(inWords(visit.packs[0]!), inWords(visit.pack)));
}

/** Halves of characters cannot be sealed; they become the replacement character, as browsers do. */
function whole(answers: readonly JsonObject[]): JsonObject[] {
  const text = JSON.stringify(answers, (_key, value: unknown) =>
    typeof value === "string" && !isWellFormed(value)
      ? [...value].map((one) => (isWellFormed(one) ? one : "\uFFFD")).join("")
      : value,
  );
  return JSON.parse(text) as JsonObject[];
}

const PAUSES = [1_000, 4_000]; // milliseconds before the same bytes are sent again

/**
 * Posts until there is an answer, and checks that the answer promises exactly this. A new case has no other acts, so
 * that one keeps its number.
 */
export async function post(
  visit: Visit,
  built: Built,
  token: string | undefined,
  tell: (doing: Doing) => void,
  path = token === undefined ? "reports" : "mailbox/send",
): Promise<Promised> {
  const address = `/api/v1/i/${visit.site.slug}/${path}`;
  let work = "";
  for (let attempt = 0; ; attempt++) {
    tell({ step: "send" });
    try {
      const to = (body: JsonObject): Promise<{ promise: string }> =>
        postJson(address, work === "" ? body : { ...body, work }, token === undefined ? {} : { token });
      const answer = await (token === undefined ? to(built.body) : numbered(built, to));
      tell({ step: "check" });
      const promised = checkPromise(answer.promise, visit.site, built.act);
      visit.watch.owe(built.act.log, promised);
      return promised;
    } catch (error) {
      if (error instanceof Problem && error.type === "work-needed" && attempt < PAUSES.length) {
        tell({ step: "work" });
        work = await solveInWorker({
          challenge: String(error.body["challenge"]),
          bits: Number(error.body["bits"]),
        });
      } else if (isPassing(error) && attempt < PAUSES.length) {
        tell({ step: "wait" });
        await new Promise((resolve) => setTimeout(resolve, PAUSES[attempt]));
      } else throw error;
    }
  }
}

/**
 * Looks whether the card has changed. Before a report is held nobody else does; what is only kept asks for it alike.
 * One that too few keepers stand by is not taken, and the one she has stays: throws CardUnseen.
 */
export async function lookAgain(visit: Visit, fate: Fate): Promise<void> {
  const shown = await shownBy(visit.site);
  if (fate !== "hold") return;
  visit.seen = Promise.resolve(await checkShown(visit.site, shown, today()));
  takeCard(visit, shown.card);
}

/**
 * Takes the newer card. People who were not on the old one, in teams it goes to, have to be shown to her first; so
 * has a new spare key on paper, because whoever holds its parts can read too.
 */
export function takeCard(visit: Visit, statement: string): void {
  const chosenBefore = teamsOf(visit);
  const known = new Set(readers(visit, chosenBefore).map(({ key }) => key));
  const card: Card = ownCard(statement, visit.site);
  if (card.version < visit.card.version) throw new Error("This card is older.");
  visit.card = { ...card, pack: visit.card.pack }; // the questions are the ones she was asked
  const channels: Channel[] = teamsOf(visit);
  if (channels.length !== chosenBefore.length) throw new ChannelGone();
  const fresh = readers(visit, channels).filter(({ key }) => !known.has(key));
  const spare = newCustodians(chosenBefore, channels).map((name) => visit.t("send.new-custodian", { name }));
  const added = [...fresh.map(({ label }) => label), ...spare];
  if (added.length > 0) throw new NewReaders(added);
}

function receipt(visit: Visit, out: Ready, promise: Promised): Receipt {
  const channels = chosenChannels(visit);
  const holders = out.submission?.holders ?? [];
  return {
    words: out.words,
    keys: out.keys,
    act: out.submission!.act,
    promise,
    channels: channels.map(({ name }) => name),
    readers: readers(visit, channels)
      .filter(({ key }) => holders.includes(key))
      .map(({ label }) => label),
    leftOut: leftOutCount(visit),
  };
}
