// Leaves pledges with the keepers, and tells them later what she decides. Built beforehand, so that nothing of what
// she said is needed any more when it goes out; each step can be tried again.
import { loginStatement, numberedAct } from "../lib/acts.ts";
import { callJson, getJson, postJson, Problem } from "../lib/api.ts";
import { b64, concat, hash, newId, randomBytes, unb64 } from "../lib/bytes.ts";
import { encode } from "../lib/canonical.ts";
import type { Json, JsonObject } from "../lib/canonical.ts";
import { attach, attachedBody, mayAttach } from "../lib/attached.ts";
import type { Attached } from "../lib/attached.ts";
import { activeMembers } from "../lib/card.ts";
import type { Channel } from "../lib/card.ts";
import type { ReceiptKeys } from "../lib/derive.ts";
import { ROOMS } from "../lib/padding.ts";
import type { Keepers, Made, PledgeRequest, Told } from "../lib/pledging.ts";
import { checkPromise } from "../lib/promise.ts";
import type { NewCase } from "../lib/submission.ts";
import type { Uploaded } from "../lib/upload.ts";
import { ask } from "../lib/worker.ts";
import type { Plan } from "./plans.ts";
import { beneficiary } from "./plans.ts";
import { sealFor, uploadsOf } from "./send.ts";
import { isLive, openSlip, sealSlip } from "./slips.ts";
import type { Kept, Slip } from "./slips.ts";
import { today } from "./texts.ts";
import { readers } from "./visit.ts";
import type { Site, Visit } from "./visit.ts";

/** A pledge on its way. Filled in step by step; nothing in it is made twice. */
export interface Leaving {
  plan: Plan;
  id: string;
  report: JsonObject;
  grants: readonly Json[];
  readers: readonly string[];
  expires: string;
  pass?: Json;
  filesLeft: boolean; // her files did not fit, and are not in it
  made?: Made;
  slip?: Slip;
  stored?: true;
  enough: boolean;
  missing: readonly string[];
  why: string; // the last time it did not go through, in words; else empty
}

const act = <T>(request: PledgeRequest, onProgress?: (done: number) => void): Promise<T> =>
  ask<PledgeRequest, T>("pledge.worker", request, onProgress);

/** Who the keepers are, once per visit. Throws where the roster is not the page's own. */
export function keepersOf({ pin }: Site): Promise<Keepers> {
  return act<Keepers>({ do: "who", pin, day: today() });
}

/**
 * Seals what each plan locks. One that opens for nobody has random bytes in it, as many as a real one would have:
 * its size says nothing.
 */
export async function prepareAll(
  visit: Visit,
  plans: readonly Plan[],
  keys: ReceiptKeys,
  theCase: NewCase,
  sent: boolean,
): Promise<Leaving[]> {
  if (visit.site.pin === "") return [];
  const model = beneficiary(visit);
  if (model === undefined) return [];
  // What is sent lies at the server as well, and is named there; what is held lies in the parcel, or nowhere.
  const stored = sent ? await uploadsOf(visit) : [];
  const small = mayAttach(visit.files) ? visit.files.map(({ content }, i) => ({ content, id: stored[i]?.id ?? newId() })) : [];
  const attached = await attach(small, theCase.recipient);
  const leaving: Leaving[] = [];
  for (const plan of plans) {
    const channel = plan.channel ?? model;
    const whole = await contentFor(visit, keys, theCase, channel, attached);
    const fits = attached.length > 0 && encode(whole).length < ROOMS.at(-1)! - 1024; // names are added to it
    const { grants, report } = fits ? whole : await contentFor(visit, keys, theCase, channel, [], stored);
    const isReal = plan.conditions.length > 0;
    const members = new Set(readers(visit, [channel]).map(({ key }) => key));
    leaving.push({
      plan,
      id: newId(),
      ...(isReal ? { report, grants } : filling(encode({ grants, report }).length)),
      readers: isReal
        ? [
            ...activeMembers(channel)
              .filter(({ key }) => members.has(key))
              .map(({ sign }) => sign),
            channel.custodian.key, // opens when all handlers are gone
          ]
        : [],
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

/** The report for one team, with its grants and these files inside; `stored` are files that lie at the server alone. */
async function contentFor(
  visit: Visit,
  keys: ReceiptKeys,
  theCase: NewCase,
  channel: Channel,
  attached: readonly Attached[],
  stored: readonly Uploaded[] = [],
): Promise<{ grants: Json[]; report: JsonObject }> {
  const files = attached.length > 0 ? attached : stored;
  const { grants, ...report } = (await sealFor(visit, keys, theCase, channel, files)).body as { grants: Json[] };
  return { grants, report: attached.length > 0 ? { ...report, attached: attachedBody(attached) } : report };
}

function filling(size: number): { report: JsonObject; grants: Json[] } {
  const bytes = Math.min(size, ROOMS.at(-1)! - 1) - encode({ grants: [{ filling: "" }], report: {} }).length;
  return { report: {}, grants: [{ filling: b64(randomBytes(Math.ceil((bytes * 3) / 4))).slice(0, bytes) }] };
}

/** Leaves them one after another, as far as it goes. What failed may be tried again with the same values. */
export async function leaveAll(
  site: Site,
  keys: ReceiptKeys,
  token: string | undefined,
  all: readonly Leaving[],
  onProgress?: (done: number) => void,
): Promise<void> {
  if (all.length === 0) return;
  const at = { slug: site.slug, token: token ?? (await signIn(site, keys)) };
  for (const one of all) {
    if (one.enough) continue;
    one.why = "";
    try {
      await leave(site, keys, at, one, onProgress);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      one.why = error.message; // the report itself is safe
    }
  }
}

async function leave(
  site: Site,
  keys: ReceiptKeys,
  at: { slug: string; token: string },
  one: Leaving,
  onProgress?: (done: number) => void,
): Promise<void> {
  const { plan, report, grants, expires } = one;
  const known = { pin: site.pin, day: today() };
  one.made ??= await act<Made>(
    {
      ...{ do: "make", ...known, seed: keys.seed, report, grants, expires },
      written: plan.written,
      conditions: plan.conditions,
      beneficiary: { channel: plan.channel?.id ?? newId(), readers: one.readers },
      ...(one.pass === undefined ? {} : { pass: one.pass }),
    },
    onProgress,
  );
  const { made } = one;
  if (plan.conditions.some(({ kind }) => kind === "match") && !made.counted) {
    one.missing = made.away;
    delete one.made; // nobody could match it: made anew when keepers answer again
    return;
  }
  one.slip ??= {
    ...{ about: plan.about, pledge: made.pledge, entry: made.entry, shares: made.shares, counted: made.counted },
    ...{ receipts: {}, number: 0, stopped: false, ended: false },
  };
  if (one.stored === undefined) {
    const slip = await sealSlip(one.slip, keys);
    const sealed = { slip, notes: made.notes, parcel: made.parcel };
    await store(site, at, "POST", "", { id: one.id, ...sealed }, slip, made);
    one.stored = true;
  }
  const told = await act<Told>({ do: "deposit", ...known, ...at, id: one.id, notes: made.notes });
  one.slip = { ...one.slip, receipts: told.receipts };
  await rewrite(site, keys, at, one.id, one.slip);
  [one.enough, one.missing] = [told.enough, told.missing];
}

/** Stores at our server, which has to promise exactly this. */
async function store(
  site: Site,
  at: { token: string },
  method: "POST" | "PUT",
  path: string,
  content: JsonObject,
  slip: string,
  made?: Pick<Made, "notes" | "parcel">,
): Promise<void> {
  const notes = made === undefined ? new Uint8Array(0) : encode(made.notes);
  const parcel = made === undefined ? new Uint8Array(0) : unb64(made.parcel);
  const sealed = hash(concat(unb64(slip), notes, parcel));
  const log = randomBytes(32); // belongs to no case: nobody can join the leaf to hers
  const built = numberedAct(
    { institution: site.slug, kind: "pledge", fields: { sealed }, log, number: 1 },
    content,
  );
  const { number: _, ...body } = built.body;
  const address = `/api/v1/i/${site.slug}/mailbox/pledges${path}`;
  const { promise } = await callJson<{ promise: string }>(method, address, body, at);
  checkPromise(promise, site, built.act);
}

async function rewrite(site: Site, keys: ReceiptKeys, at: { token: string }, id: string, slip: Slip): Promise<void> {
  const sealed = await sealSlip(slip, keys);
  await store(site, at, "PUT", `/${id}`, { slip: sealed }, sealed);
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

// Coming back

/** The slips of an opened mailbox. One that does not open is left out: it is not hers. */
export async function readSlips(site: Site, keys: ReceiptKeys, token: string): Promise<Kept[]> {
  const { pledges } = await getJson<{ pledges: { id: string; day: string; slip: string }[] }>(
    `/api/v1/i/${site.slug}/mailbox/pledges`,
    { token },
  );
  const found: Kept[] = [];
  for (const { id, day, slip } of pledges) {
    try {
      found.push({ id, day, slip: await openSlip(slip, keys) });
    } catch (error) {
      if (error instanceof Problem) throw error;
    }
  }
  return found;
}

interface Opened {
  keys: ReceiptKeys;
  token: string;
}

/** Asks the keepers again to hold what they perhaps missed. */
export async function depositAgain(site: Site, { keys, token }: Opened, kept: Kept): Promise<Told> {
  const { pledge, entry, shares } = kept.slip;
  const at = { slug: site.slug, token, id: kept.id };
  const told = await act<Told>({ do: "again", pin: site.pin, day: today(), ...at, pledge, entry, shares });
  kept.slip = { ...kept.slip, receipts: { ...kept.slip.receipts, ...told.receipts } };
  await rewrite(site, keys, at, kept.id, kept.slip);
  return told;
}

/** Says stop, takes a stop back, or ends it. What she said is written down first: its number counts only once. */
export async function say(
  site: Site,
  { keys, token }: Opened,
  kept: Kept,
  what: "stop" | "go" | "end",
): Promise<Told> {
  const at = { slug: site.slug, token, id: kept.id };
  // Higher than any before, whatever old slip our server may have brought back: keepers take no lower number.
  const number = Math.max(kept.slip.number + 1, Math.floor(Date.now() / 1000));
  kept.slip = { ...kept.slip, number, ...(what === "end" ? {} : { stopped: what === "stop" }) };
  await rewrite(site, keys, at, kept.id, kept.slip);
  const { pledge } = kept.slip;
  const asked = { pin: site.pin, day: today(), ...at, what, number, pledge, seed: keys.seed };
  const told = await act<Told>({ do: "say", ...asked });
  if (what === "end" && told.enough) {
    kept.slip = { ...kept.slip, ended: true };
    await rewrite(site, keys, at, kept.id, kept.slip);
  }
  return told;
}

/** Ends everything that still waits. False where too few keepers heard it. */
export async function endAll(site: Site, opened: Opened, all: readonly Kept[]): Promise<boolean> {
  const told: boolean[] = [];
  for (const kept of all.filter(({ slip }) => isLive(slip))) told.push((await say(site, opened, kept, "end")).enough);
  return told.every(Boolean);
}
