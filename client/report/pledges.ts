// Leaves pledges with the keepers, and tells them later what she decides. Built beforehand, so that nothing of what
// she said is needed any more when it goes out; each step can be tried again.
import { loginStatement, numberedAct } from "../lib/acts.ts";
import type { Built } from "../lib/acts.ts";
import { callJson, getJson, postJson } from "../lib/api.ts";
import { b64, concat, hash, newId, unb64 } from "../lib/bytes.ts";
import { encode } from "../lib/canonical.ts";
import type { Json, JsonObject } from "../lib/canonical.ts";
import { newIdentity, recipientOf } from "../lib/age.ts";
import { attach, attachedBody, listOwn, mayAttach } from "./attached.ts";
import type { Attached } from "./attached.ts";
import type { Brought } from "../lib/brought.ts";
import { activeMembers } from "../lib/card.ts";
import type { Channel } from "../lib/card.ts";
import type { ReceiptKeys } from "../lib/derive.ts";
import { ROOMS } from "../lib/padding.ts";
import { filling, whyOf } from "../lib/pledge.ts";
import type { Why } from "../lib/pledge.ts";
import type { Keepers, Made, PledgeRequest, Told } from "../lib/pledging.ts";
import { checkPromise } from "../lib/promise.ts";
import { freePlace, laterActs, openSlip, sealSlip, slipLog, slipNumber } from "../lib/slips.ts";
import type { Kept, Slip } from "../lib/slips.ts";
import { newCase } from "../lib/submission.ts";
import type { NewCase } from "../lib/submission.ts";
import type { Uploaded } from "../lib/upload.ts";
import { ask } from "../lib/worker.ts";
import { questionOf } from "./answers.ts";
import { entry, picked } from "./files.ts";
import type { Plan } from "./plans.ts";
import { beneficiaries, plansOf } from "./plans.ts";
import { sealFor, uploadsOf } from "./send.ts";
import { today } from "./texts.ts";
import { readers } from "./visit.ts";
import type { Site, Visit } from "./visit.ts";

/** A pledge on its way. Filled in step by step; nothing in it is made twice. */
export interface Leaving {
  plan: Plan;
  id: string;
  place: number;
  version: number; // of the slip that comes with it: more than 1 where it is put in the place of one that is over
  report: JsonObject;
  grants: readonly Json[];
  readers: readonly string[];
  expires: string;
  pass?: Json;
  filesLeft: boolean; // her files did not fit, and are not in it
  made?: Made;
  slip?: Slip;
  first?: Built; // the act that stores it: until it is answered, the same bytes are posted
  stored?: true;
  enough: boolean;
  missing: readonly string[];
  why: Why | ""; // the last time it did not go through; else empty
}

/** A mailbox that is open, until she leaves: with `over`, no key in it is used any more. */
export interface Opened {
  keys: ReceiptKeys;
  token: string;
  over: AbortSignal;
}

export const act = <T>(request: PledgeRequest, over?: AbortSignal, onProgress?: (done: number) => void): Promise<T> =>
  ask<PledgeRequest, T>("pledge.worker", request, onProgress, over);

/** Who the keepers are, once per visit. Throws where the roster is not the page's own. */
export function keepersOf({ pin }: Site): Promise<Keepers> {
  return act<Keepers>({ do: "who", pin, day: today() });
}

/**
 * Seals what each plan locks. One that opens for nobody has random bytes in it, as many as a real one would have:
 * its size says nothing. `before`: the slips there are of this report.
 */
export async function prepareAll(
  given: Visit,
  plans: readonly Plan[],
  keys: ReceiptKeys,
  theCase: NewCase,
  sent: boolean,
  before: readonly Kept[] = [],
): Promise<Leaving[]> {
  if (given.site.pin === "") return [];
  // Where everybody is left out nothing can open, and as much is left as if nobody were.
  const visit = beneficiaries(given).length > 0 ? given : leavingNobodyOut(given);
  const model = beneficiaries(visit)[0];
  if (model === undefined) return [];
  // What is sent lies at the server as well, and is named there; what is held lies in the parcel, or nowhere.
  const stored = sent ? await uploadsOf(visit) : [];
  const small = mayAttach(visit.files) ? visit.files.map(({ content }, i) => ({ content, id: stored[i]?.id ?? newId() })) : [];
  // While it is held she can bring them back; what was sent is the case's alone, and as long.
  const own = sent ? await recipientOf(await newIdentity()) : keys.seal;
  const attached = await attach(small, [theCase.recipient, own]);
  const leaving: Leaving[] = [];
  const over = before.filter(({ slip: { ended } }) => ended);
  for (const plan of plans) {
    const channel = plan.channel ?? model;
    const whole = await contentFor(visit, keys, theCase, channel, attached, [], own);
    const fits = attached.length > 0 && encode(whole).length < ROOMS.at(-1)! - 1024; // names are added to it
    const { grants, report } = fits ? whole : await contentFor(visit, keys, theCase, channel, [], stored);
    const isReal = plan.conditions.length > 0;
    const free = { id: newId(), slip: { place: freePlace([...before.map(({ slip }) => slip), ...leaving]), version: 0 } };
    const { id, slip } = over.shift() ?? free;
    leaving.push({
      ...{ plan, id, place: slip.place, version: slip.version + 1 },
      ...(isReal ? { report, grants } : filling(encode({ grants, report }).length)),
      readers: isReal ? fetchers(visit, channel) : [],
      expires: visit.expires,
      ...(visit.pass === undefined ? {} : { pass: visit.pass }),
      filesLeft: !fits && visit.files.length > 0,
      enough: false,
      missing: [],
      why: "",
    });
  }
  return leaving;
}

function leavingNobodyOut(visit: Visit): Visit {
  const asked = questionOf(visit.pack, visit.answers, "exclude");
  return asked === undefined ? visit : { ...visit, answers: { ...visit.answers, [asked.id]: { unticked: [], typed: "" } } };
}

/** The report for one team, with its grants and these files inside; `stored` are files that lie at the server alone. */
async function contentFor(
  visit: Visit,
  keys: ReceiptKeys,
  theCase: NewCase,
  channel: Channel,
  attached: readonly Attached[],
  stored: readonly Uploaded[] = [],
  own = "",
): Promise<{ grants: Json[]; report: JsonObject }> {
  const files = attached.length > 0 ? attached : stored;
  const { grants, ...report } = (await sealFor(visit, keys, theCase, channel, files)).body as { grants: Json[] };
  if (attached.length === 0) return { grants, report };
  const entries = attached.map((one, i) => entry(visit.files[i]!, one));
  return { grants, report: { ...report, attached: attachedBody(attached), own: await listOwn(entries, own) } };
}

/** Who of a team may fetch what opens: its members who are not left out, and its custodian, when all of them are gone. */
function fetchers(visit: Visit, channel: Channel): string[] {
  const keys = new Set(readers(visit, [channel]).map(({ key }) => key));
  const members = activeMembers(channel).filter(({ key }) => keys.has(key));
  return [...members.map(({ sign }) => sign), channel.custodian.key];
}

/** Leaves them one after another, as far as it goes. What failed may be tried again with the same values. */
export async function leaveAll(
  visit: Visit,
  at: Opened,
  all: readonly Leaving[],
  onProgress?: (done: number) => void,
): Promise<void> {
  for (const one of all) {
    if (one.enough) continue;
    one.why = "";
    try {
      await leave(visit, at, one, onProgress);
    } catch (error) {
      at.over.throwIfAborted();
      one.why = whyOf(error); // the report itself is safe
    }
  }
}

/** What is to be left, and what was left before and is to end; `rest`: too few keepers heard that. */
export interface Task {
  all: readonly Leaving[];
  before: { all: readonly Kept[]; rest: readonly Kept[]; asked: boolean };
  /** The report was sent: what was left before ends, whatever becomes of the new. */
  sent: boolean;
}

const PAUSE = 2_000; // milliseconds until it is tried once more: a keeper or our own server may only have been busy

/**
 * Leaves the new, then ends the old. In this order nothing is lost: what was held stays held until the new is, or
 * until the report is in. May be called again, and goes on where it stopped.
 */
export async function leaveThenEnd(visit: Visit, at: Opened, task: Task, tell?: (done: number) => void): Promise<void> {
  const areLeft = (): boolean => task.all.every(({ enough }) => enough);
  await leaveAll(visit, at, task.all, tell);
  if (!areLeft()) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    at.over.throwIfAborted();
    await leaveAll(visit, at, task.all, tell);
  }
  if (!task.sent && !areLeft()) return;
  task.before.asked = true;
  task.before.rest = await endAll(visit, at, task.before.rest);
}

/** It was left as one that opens for nobody: keepers did not answer about its names, or it is too long. */
function isVain({ made }: Leaving): boolean {
  return made !== undefined && made.vain !== "";
}

async function leave(
  visit: Visit,
  at: Opened,
  one: Leaving,
  onProgress?: (done: number) => void,
): Promise<void> {
  const { keys, over, token } = at;
  const known = { pin: visit.site.pin, day: today() };
  if (one.stored && isVain(one)) await startAnew(visit, at, one);
  const { plan, report, grants, expires, id, place, version } = one;
  one.made ??= await act<Made>(
    {
      ...{ do: "make", ...known, seed: keys.seed, sign: keys.signer.sign, report, grants, expires },
      written: plan.written,
      conditions: plan.conditions,
      beneficiary: { channel: plan.channel?.id ?? newId(), readers: one.readers },
      ...(one.pass === undefined ? {} : { pass: one.pass }),
    },
    over,
    onProgress,
  );
  const { made } = one;
  one.slip ??= {
    ...{ about: plan.about, pledge: made.pledge, entry: made.entry, shares: made.shares, counted: made.counted },
    ...{ id, place, version, receipts: {}, number: 0, stopped: false, ended: false },
  };
  if (one.stored === undefined) {
    one.first ??= await writing(visit, at, one.slip, made);
    await (version === 1 ? store(visit, at, one.slip, one.first, "POST", "") : store(visit, at, one.slip, one.first, "PUT", `/${id}`));
    one.stored = true;
  }
  const where = { slug: visit.site.slug, token, id };
  const told = await act<Told>({ do: "deposit", ...known, ...where, notes: made.notes }, over);
  await rewrite(visit, at, one, { receipts: { ...one.slip.receipts, ...told.receipts } });
  [one.enough, one.missing] = isVain(one) ? [false, made.away] : [told.enough, told.missing];
  one.why = made.vain === "long" ? "long" : "";
}

/** What was left opens for nobody, and ends where it is heard: what she wants is made anew, and put in its place. */
async function startAnew(visit: Visit, at: Opened, one: Leaving): Promise<void> {
  const vain: Kept = { id: one.id, day: "", slip: one.slip! };
  await say(visit, at, vain, "end").catch(() => at.over.throwIfAborted());
  one.version = vain.slip.version + 1;
  for (const made of ["made", "slip", "first", "stored"] as const) delete one[made];
}

/** The act that writes a slip; with a new pledge also what the keepers are sent. */
async function writing(visit: Visit, { keys, over }: Opened, slip: Slip, made?: Made): Promise<Built> {
  over.throwIfAborted();
  const sealed = await sealSlip(slip, keys);
  over.throwIfAborted(); // her seed is overwritten then
  const name: JsonObject = slip.version === 1 ? { id: slip.id } : {};
  const content: JsonObject = made === undefined ? {} : { ...name, notes: made.notes, parcel: made.parcel };
  const also = made === undefined ? [] : [encode(made.notes), unb64(made.parcel)];
  const fields = { sealed: hash(concat(unb64(sealed), ...also)) };
  const [log, number] = [slipLog(keys.seed), slipNumber(slip)];
  return numberedAct({ institution: visit.site.slug, kind: "pledge", fields, log, number }, { ...content, slip: sealed });
}

/** Stores at our server, which has to promise exactly this. */
async function store(
  { site, watch }: Visit,
  { keys, token, over }: Opened,
  slip: Slip,
  built: Built,
  method: "POST" | "PUT",
  path: string,
): Promise<void> {
  const { number: _, ...body } = built.body; // its number is her own affair
  const address = `/api/v1/i/${site.slug}/mailbox/pledges${path}`;
  const { promise } = await callJson<{ promise: string }>(method, address, body, { token, signal: over });
  checkPromise(promise, site, built.act);
  watch.slips.set(`${keys.mailbox}/${slip.id}`, slip.version);
}

/** Writes the slip there is anew, as its next version. A version is used up, whether or not an answer comes. */
export async function rewrite(visit: Visit, at: Opened, of: { slip?: Slip }, changes: Partial<Slip>): Promise<void> {
  const slip = { ...of.slip!, ...changes, version: of.slip!.version + 1 };
  of.slip = { ...of.slip!, version: slip.version };
  await store(visit, at, slip, await writing(visit, at, slip), "PUT", `/${slip.id}`);
  of.slip = slip;
}

/** A token for the mailbox of these keys. */
export async function signIn(site: Site, keys: ReceiptKeys): Promise<string> {
  const address = `/api/v1/i/${site.slug}/mailbox`;
  const { challenge } = await postJson<{ challenge: string }>(`${address}/challenge`, {});
  const statement = await loginStatement(challenge, keys.mailbox, keys.signer);
  const { token } = await postJson<{ token: string }>(`${address}/open`, {
    mailbox: b64(keys.mailboxId),
    statement,
  });
  return token;
}

/** What every record leaves, for one with a staff pass alone: so that it looks like any other, now and when it is changed. */
export async function leaveNothing(visit: Visit, keys: ReceiptKeys, id: string, over: AbortSignal): Promise<void> {
  const all = await prepareAll(visit, plansOf(visit, "keep"), keys, await newCase(id), false);
  if (all.length === 0) return; // no keepers here
  await leaveAll(visit, { keys, token: await signIn(visit.site, keys), over }, all);
}

// Coming back

/** What is wrong with the slips that are shown: one is not hers or was changed, is older than it was, or is not there. */
export type Doubt = "broken" | "older" | "missing";

/** `later`: labels in the log that would show one of these. */
export interface Slips {
  kept: Kept[];
  doubts: ReadonlySet<Doubt>;
  later: ReadonlyMap<string, Doubt>;
}

/** The slips of an opened mailbox, each only as she signed it, held against what this visit knows of them. */
export async function readSlips({ site, watch }: Visit, keys: ReceiptKeys, token: string): Promise<Slips> {
  const { pledges } = await getJson<{ pledges: { id: string; day: string; slip: string }[] }>(
    `/api/v1/i/${site.slug}/mailbox/pledges`,
    { token },
  );
  const kept: Kept[] = [];
  const doubts = new Set<Doubt>();
  for (const { id, day, slip } of pledges) {
    try {
      kept.push({ id, day, slip: await openSlip(slip, keys, id) });
    } catch {
      doubts.add("broken");
    }
  }
  const shown = new Map(kept.map(({ id, slip }) => [`${keys.mailbox}/${id}`, slip.version]));
  for (const [id, version] of watch.slips)
    if (id.startsWith(keys.mailbox) && (shown.get(id) ?? 0) < version) doubts.add(shown.has(id) ? "older" : "missing");
  shown.forEach((version, id) => watch.slips.set(id, Math.max(version, watch.slips.get(id) ?? 0)));
  return { kept, doubts, later: laterActs(keys.seed, kept.map(({ slip }) => slip)) };
}

/** With what the log said when it was looked through. */
export function doubtsOf({ doubts, later }: Slips, found: readonly string[] = []): Set<Doubt> {
  return new Set([...doubts, ...found.flatMap((label) => later.get(label) ?? [])]);
}

/**
 * Brings the files of what is held back into the memory of this page, each once. What was kept is asked for alike, and
 * has none. `filesLost`: some are held and could not be brought back; the page says so before they could be left behind.
 */
export async function bringBack(visit: Visit, at: Opened, all: readonly Kept[]): Promise<void> {
  const found = new Map<string, Brought>();
  for (const { id, slip } of all.filter(({ slip: { ended } }) => !ended)) {
    const where = { slug: visit.site.slug, token: at.token, id, pin: visit.site.pin, day: today() };
    const { pledge, shares } = slip;
    try {
      const some = await act<Brought[]>({ do: "files", ...where, pledge, shares, identity: at.keys.identity }, at.over);
      for (const one of some) found.set(one.entry.sha256 + one.entry.name, one);
    } catch {
      at.over.throwIfAborted();
      visit.filesLost = true;
    }
  }
  visit.files = [...found.values()].map(picked);
}

/** Asks the keepers again to hold what they perhaps missed. */
export async function depositAgain(visit: Visit, at: Opened, kept: Kept): Promise<Told> {
  const { pledge, entry, shares } = kept.slip;
  const where = { slug: visit.site.slug, token: at.token, id: kept.id };
  const asked = { do: "again", pin: visit.site.pin, day: today(), ...where, pledge, entry, shares } as const;
  const told = await act<Told>(asked, at.over);
  await rewrite(visit, at, kept, { receipts: { ...kept.slip.receipts, ...told.receipts } });
  return told;
}

/** Says stop, takes a stop back, or ends it. What she said is written down first: its number counts only once. */
export async function say(visit: Visit, at: Opened, kept: Kept, what: "stop" | "go" | "end"): Promise<Told> {
  const { keys, token, over } = at;
  // Higher than any before, whatever old slip our server may have brought back: keepers take no lower number.
  const number = Math.max(kept.slip.number + 1, Math.floor(Date.now() / 1000));
  const stopped = what === "end" ? kept.slip.stopped : what === "stop";
  await rewrite(visit, at, kept, { number, stopped });
  const { pledge } = kept.slip;
  const where = { slug: visit.site.slug, token, id: kept.id };
  const by = { seed: keys.seed, sign: keys.signer.sign };
  const told = await act<Told>({ do: "say", pin: visit.site.pin, day: today(), ...where, ...by, what, number, pledge }, over);
  if (what === "end" && told.enough) await rewrite(visit, at, kept, { ended: true });
  return told;
}

/**
 * Ends everything there is, whatever it waits for, so that held and kept look the same. Answers those that too few
 * keepers heard of.
 */
export async function endAll(visit: Visit, at: Opened, all: readonly Kept[]): Promise<Kept[]> {
  const unheard: Kept[] = [];
  for (const kept of all.filter(({ slip }) => !slip.ended)) {
    const told = await say(visit, at, kept, "end").catch(() => undefined);
    at.over.throwIfAborted();
    if (told?.enough !== true) unheard.push(kept);
  }
  return unheard;
}
