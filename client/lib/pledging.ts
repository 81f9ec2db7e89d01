// What the reporter's page has to do with keepers, for a worker: it asks about names, locks a report, and tells
// keepers what she decides later. Everything goes through our own server, which passes it on unread.
import { callJson, getJson, Problem } from "./api.ts";
import { askAbout, sendToAll } from "./asking.ts";
import { openOwn } from "./brought.ts";
import type { Brought } from "./brought.ts";
import type { Post, Show } from "./asking.ts";
import { b64, hex, newId, randomBytes, unb64 } from "./bytes.ts";
import { encode } from "./canonical.ts";
import type { Json, JsonObject } from "./canonical.ts";
import { collectAll, counts, readPasses, writePasses } from "./collecting.ts";
import { readCard } from "./card.ts";
import { checkSeen } from "./cosigned.ts";
import { TooFewError } from "./oprf.ts";
import { passedOf, readCode, showForQuestion } from "./passes.ts";
import type { Pass } from "./passes.ts";
import { asPledge, filling, hold, makeEntry, makeStop, makeWithdrawal, openRelease, PledgeError, tell, whyOf } from "./pledge.ts";
import type { Condition, Holding, Pledge } from "./pledge.ts";
import { gathered, patient, sealedTo, worked } from "./relayed.ts";
import type { Answers } from "./relayed.ts";
import { readRoster, readTransport } from "./roster.ts";
import type { Roster } from "./roster.ts";
import { asCount } from "./shape.ts";
import { signerFromSeed, verifyStatement } from "./statement.ts";
import type { Signer } from "./statement.ts";
import { ASKED, CARRIED, linkOf } from "./tags.ts";
import { solve } from "./work.ts";

/** The hash of the roster that came with the page, and today. */
interface Known {
  pin: string;
  day: string;
}

/** Where the pledge lies at our server: institution, mailbox token, and the number it has there. */
interface At {
  slug: string;
  token: string;
  id: string;
}

/** The reporter's signing key: the seed of it, and the public half that it has to be the seed of. */
interface By {
  seed: Uint8Array;
  sign: string;
}

export interface Make extends Known, By {
  do: "make";
  report: JsonObject;
  grants: readonly Json[];
  written: readonly string[]; // what one person is known by; none for a pledge about nobody
  conditions: readonly Condition[];
  beneficiary: { channel: string; readers: readonly string[] };
  expires: string;
  pass?: Json; // of the staff, as her record has it
}

/** Asks for a staff pass. The same code and seed ask the same again. */
export interface Claim extends Known {
  do: "claim";
  code: string;
  seed: Uint8Array;
}

/** The pass for her record; keepers that gave none, and whether the others are enough. */
export interface Claimed {
  pass: JsonObject;
  refused: Readonly<Record<string, string>>;
  enough: boolean;
}

export interface Who extends Known {
  do: "who";
}

export interface Deposit extends Known, At {
  do: "deposit";
  notes: Readonly<Record<string, string>>; // b64, as they are stored
}

export interface Again extends Known, At {
  do: "again";
  pledge: JsonObject;
  entry: string;
  shares: Readonly<Record<string, string>>;
}

/** `number` counts up with each stop, and each taking back of one. */
export interface Say extends Known, At, By {
  do: "say";
  what: "stop" | "go" | "end";
  number: number;
  pledge: JsonObject;
}

/** A card as the server shows it, with the key that has to have signed it. */
export interface Look extends Known {
  do: "card";
  card: string;
  key: string;
  roster: readonly string[];
  seen: readonly string[];
}

/** The keepers that have seen it; or what is wrong: too few have (`seen`), or they are others than the page's own. */
export interface Seen {
  keepers: readonly string[];
  fault: "" | "roster" | "seen";
}

/** Her files in what is held, out of the server's copy: with the shares of her slip she opens the lock herself. */
export interface Files extends At {
  do: "files";
  pledge: JsonObject;
  shares: Readonly<Record<string, string>>;
  identity: string;
}

/** All she knows of the person now: the next version of the entry, under the same key. Answers the statement. */
export interface Add extends Known, By {
  do: "add";
  pledge: JsonObject;
  entry: string; // the last one
  written: readonly string[];
}

export type PledgeRequest = Make | Who | Deposit | Again | Say | Look | Claim | Files | Add;

/** The keepers, in the words a page can show. */
export interface Keepers {
  needs: number;
  epoch: string;
  sha256: string;
  keepers: readonly { name: string; address: string }[];
}

/**
 * A pledge before it is sent. `counted`: keepers were asked about its names; else its tags are random. A match that
 * nobody could come to, because they did not answer, and what is too long to be held, is made as one that opens for
 * nobody: it goes the same way.
 */
export interface Made {
  pledge: JsonObject;
  id: string;
  entry: string;
  shares: Record<string, string>;
  notes: Record<string, string>;
  parcel: string;
  counted: boolean;
  vain: "" | "names" | "long"; // why it was made as one that opens for nobody, though she wanted more
  away: readonly string[]; // keepers that gave no answer about names, or a wrong one
}

/** Receipts by keeper, and whether there are enough; `missing` are the keepers without one. */
export interface Told {
  receipts: Record<string, string>;
  missing: readonly string[];
  needs: number;
  enough: boolean;
}

type Progress = (done: number) => void;

/** Does what is asked. */
export async function pledge(request: PledgeRequest, onProgress: Progress): Promise<Keepers | Made | Told | Seen | Claimed | Brought[] | string> {
  if (request.do === "card") return look(request);
  if (request.do === "files") return files(request);
  const { roster, recipients } = await keepers(request);
  if (request.do === "who") {
    const { needs, epoch, sha256 } = roster;
    return { needs, epoch, sha256, keepers: roster.keepers.map(({ name, address }) => ({ name, address })) };
  }
  if (request.do === "claim") return claimed(request, roster, recipients);
  if (request.do === "make") return make(request, roster, recipients, onProgress);
  if (request.do === "deposit") {
    const notes = new Map(Object.entries(request.notes).map(([name, note]) => [name, unb64(note)]));
    return told(roster, notes, "held", through(request, true, true));
  }
  const pledged = ours(request.pledge, roster);
  if (request.do === "add") return add(request, pledged, roster, recipients, onProgress);
  if (request.do === "again") {
    const shares = new Map(Object.entries(request.shares).map(([name, share]) => [name, unb64(share)]));
    const notes = await tell(pledged, request.entry, recipients, shares);
    return told(roster, notes, "held", through(request, true, false));
  }
  const by = signerOf(request);
  const { what, number, day } = request;
  const said =
    what === "end" ? makeWithdrawal(pledged, day, by) : makeStop(pledged, number, what === "stop", day, by);
  return told(roster, await tell(pledged, await said, recipients), "asked", through(request, false, false));
}

/** The roster, if it is the page's own, and each keeper's key of this month, where it is known. */
async function keepers({ pin, day }: Known): Promise<{ roster: Roster; recipients: Map<string, string> }> {
  const given = await patient(() =>
    getJson<{ roster: string[]; transports: Record<string, string[]> }>("/api/v1/keepers"),
  );
  const roster = readRoster(given.roster);
  if (roster.sha256 !== pin) throw new PledgeError("roster", "This is not the roster that the page came with.");
  const recipients = new Map<string, string>();
  for (const keeper of roster.keepers) {
    for (const statement of given.transports[keeper.name] ?? []) {
      try {
        recipients.set(keeper.name, readTransport(statement, keeper, day.slice(0, 7)));
      } catch {
        continue; // of another month, or not this keeper's
      }
    }
  }
  return { roster, recipients };
}

/** Where she has left meanwhile, her seed is overwritten: nothing may be signed with what is left of it. */
function signerOf({ seed, sign }: By): Signer {
  const by = signerFromSeed(seed);
  if (by.sign !== sign) throw new PledgeError("broken", "This is not her key any more.");
  return by;
}

/** A wrong roster or signature is an answer, and not a fault of ours: the page has words for each. */
function look({ card, key, roster, seen, pin, day }: Look): Seen {
  const signed = readCard(card, key);
  let ours: Roster;
  try {
    ours = readRoster(roster);
  } catch {
    return { keepers: [], fault: "roster" };
  }
  if (ours.sha256 !== pin) return { keepers: [], fault: "roster" };
  try {
    return { keepers: checkSeen(seen, signed, ours, day), fault: "" };
  } catch {
    return { keepers: [], fault: "seen" };
  }
}

async function files({ slug, token, id, pledge: body, shares, identity }: Files): Promise<Brought[]> {
  const { parcel } = await getJson<{ parcel: string }>(`/api/v1/i/${slug}/mailbox/pledges/${id}/parcel`, { token });
  const hers = asPledge(body);
  const releases = Object.entries(shares).map(([keeper, share]) => ({ keeper, pledge: hers, share: unb64(share) }));
  return openOwn((await openRelease(releases, unb64(parcel))).report, identity);
}

/** A pledge made for the roster at hand. */
function ours(body: JsonObject, roster: Roster): Pledge {
  if (body["epoch"] !== roster.epoch) throw new PledgeError("epoch", "This was left with the keepers of an earlier roster.");
  return asPledge(body);
}

async function make(
  asked: Make,
  roster: Roster,
  recipients: ReadonlyMap<string, string>,
  onProgress: Progress,
): Promise<Made> {
  const by = signerOf(asked);
  if (recipients.size < roster.needs) throw new PledgeError("few", "Too few keepers show a key of this month.");
  const pass = asked.pass === undefined ? undefined : readPasses(asked.pass);
  const passes = pass !== undefined && counts(pass, roster, asked.day) ? pass.by : [];
  const { outputs, counted, away } = await outputsOf(asked.written, roster, recipients, passes, onProgress);
  const named = namedBy(counted ? asked.written : [], outputs);
  const passed = (pledge: Pledge): Promise<ReadonlyMap<string, string>> => passedOf(pledge, passes, by);
  const held = (what: Make): Promise<Holding> =>
    hold({ ...what, report: { ...what.report, named }, outputs, by, roster, recipients, passed });
  let vain: Made["vain"] = !counted && asked.conditions.some(({ kind }) => kind === "match") ? "names" : "";
  const made = await held(vain === "" ? asked : forNobody(asked)).catch((error: unknown) => {
    if (whyOf(error) !== "long") throw error;
    vain = "long";
    return held(forNobody(asked));
  });
  const written = (some: ReadonlyMap<string, Uint8Array>): Record<string, string> =>
    Object.fromEntries([...some].map(([name, bytes]) => [name, b64(bytes)]));
  return {
    pledge: made.pledge.body,
    id: made.pledge.id,
    entry: made.entry,
    shares: written(made.shares),
    notes: written(made.notes),
    parcel: b64(made.parcel),
    counted,
    vain,
    away,
  };
}

function forNobody(asked: Make): Make {
  const { grants, report, beneficiary } = asked;
  const nobody = { ...beneficiary, readers: [] };
  return { ...asked, ...filling(encode({ grants, report }).length), conditions: [], beneficiary: nobody };
}

/**
 * Kinds and labels of her identifiers, for who will read the report: inside the lock, so that the desk can say what
 * links reports. Always CARRIED of them, so that their number changes no size.
 */
function namedBy(written: readonly string[], outputs: readonly Uint8Array[]): JsonObject[] {
  const named = written.map((one, i) => ({ kind: one.split("\n")[0]!, link: linkOf(outputs[i]!) }));
  while (named.length < CARRIED) named.push({ kind: "warrant", link: newId() });
  return named.sort((a, b) => (a.link < b.link ? -1 : 1));
}

/**
 * Always CARRIED names are asked about, random ones beside hers, so that nobody sees how many she knows, or whether
 * she named anybody. Where too few keepers answer, the outputs are random: such tags are nobody's.
 */
async function outputsOf(
  written: readonly string[],
  roster: Roster,
  recipients: ReadonlyMap<string, string>,
  passes: readonly Pass[],
  onProgress: Progress,
): Promise<{ outputs: Uint8Array[]; counted: boolean; away: string[] }> {
  const names = [...written];
  while (names.length < CARRIED) names.push(hex(randomBytes(32)));
  const outputs: Uint8Array[] = [];
  const away = new Set<string>();
  const post = sealedTo(recipients, "/api/v1/keepers/evaluate", away);
  // Each question its own token: none is shown twice, which would join what it was shown for.
  const showing = (number: number): Show => ({ name }, elements) => {
    const { asks, month } = passes.find(({ keeper }) => keeper === name) ?? { asks: [], month: "" };
    const token = asks[number];
    return token === undefined ? null : showForQuestion(token, month, roster.epoch, elements);
  };
  try {
    for (let at = 0; at < names.length; at += ASKED) {
      onProgress(at / names.length);
      const found = await askAbout(roster, names.slice(at, at + ASKED), post, async (work) => solve(work), showing(at / ASKED));
      outputs.push(...found.outputs);
      found.liars.forEach((name) => away.add(name));
    }
  } catch (error) {
    if (!(error instanceof TooFewError) && !(error instanceof Problem)) throw error;
    if (error instanceof TooFewError) error.liars.forEach((name) => away.add(name));
    return { outputs: [randomBytes(64)], counted: false, away: [...away].sort() };
  }
  onProgress(1);
  const counted = written.length > 0;
  return { outputs: counted ? outputs.slice(0, written.length) : outputs, counted, away: [...away].sort() };
}

async function add(asked: Add, to: Pledge, roster: Roster, recipients: ReadonlyMap<string, string>, tell: Progress): Promise<string> {
  const { outputs, counted } = await outputsOf(asked.written, roster, recipients, [], tell);
  if (!counted) throw new PledgeError("few", "Too few keepers answered about these names.");
  const last = asCount(verifyStatement(asked.entry, "entry", asked.sign)["version"], 1);
  return makeEntry(to, outputs, last + 1, asked.day, signerOf(asked));
}

async function claimed(asked: Claim, roster: Roster, recipients: ReadonlyMap<string, string>): Promise<Claimed> {
  const month = asked.day.slice(0, 7);
  const { answers } = await patient(() => getJson<Answers>("/api/v1/keepers/passes"));
  const given = { code: readCode(asked.code), seed: asked.seed, month };
  const found = await collectAll(roster, given, answers, sealedTo(recipients, "/api/v1/keepers/claims", new Set()));
  return {
    pass: writePasses(found.passes),
    refused: found.refused,
    enough: found.passes.by.length >= roster.needs,
  };
}

/** To all keepers at once, through the server's copy of the pledge. `stored`: with the notes that lie there. */
function through({ slug, token, id }: At, parcel: boolean, stored: boolean): Post {
  const path = `/api/v1/i/${slug}/mailbox/pledges/${id}/keepers`;
  return gathered((body) =>
    worked((work) =>
      callJson<Answers>("POST", path, { notes: stored ? {} : body["notes"]!, parcel, work }, { token }),
    ),
  );
}

async function told(
  roster: Roster,
  notes: ReadonlyMap<string, Uint8Array>,
  kind: "held" | "asked",
  post: Post,
): Promise<Told> {
  const { receipts, refused, enough } = await sendToAll(roster, notes, new Uint8Array(0), kind, post);
  const needs = kind === "held" ? roster.needs : roster.keepers.length - roster.needs + 1;
  return { receipts: Object.fromEntries(receipts), missing: [...refused.keys()].sort(), needs, enough };
}
