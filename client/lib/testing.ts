// What tests share: an invented institution with its people, made afresh from fixed seeds.
import { identityFromSeed, recipientOf } from "./age.ts";
import { concat, hkdf, keyId, unhex, utf8 } from "./bytes.ts";
import type { Json, JsonObject } from "./canonical.ts";
import { knownHandlers, makeEnrol, readCard } from "./card.ts";
import type { Card } from "./card.ts";
import { receiptKeysFromRoot } from "./derive.ts";
import type { ReceiptKeys } from "./derive.ts";
import { reporterKnown } from "./grant.ts";
import type { Author, KnownKeys } from "./grant.ts";
import { EMPTY_ROOT, hashNode } from "./merkle.ts";
import { cosigned, makeVkey, parseVkey, std64 } from "./notes.ts";
import { signerFromSeed, signStatement } from "./statement.ts";
import type { Signer } from "./statement.ts";

export const DAY = "2026-11-23";
export const INSTITUTION = "marlshire";
export const INSTALLATION = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
export const CHANNEL = "babababababababababababaaa";

/** 32 bytes that follow from a name: never anybody's real key. */
export function seedFor(name: string): Uint8Array {
  return hkdf(utf8(`upstander test seed ${name}`), "upstander/test");
}

export interface Handler {
  key: string;
  seal: string;
  identity: string;
  signer: Signer;
  author: Author;
}

export async function handler(name: string): Promise<Handler> {
  const identity = identityFromSeed(seedFor(`${name} seal`));
  const seal = await recipientOf(identity);
  const signer = signerFromSeed(seedFor(`${name} sign`));
  const key = keyId(signer.sign, seal);
  return { key, seal, identity, signer, author: { key, signer } };
}

export function reporter(name = "reporter"): Promise<ReceiptKeys> {
  return receiptKeysFromRoot(seedFor(name));
}

export const installation: Signer = signerFromSeed(seedFor("installation"));

export interface Scene {
  card: Card;
  avery: Handler; // first member, gets sheets
  blake: Handler; // let in by Avery, no sheets
  casey: Handler; // let in by Blake, retired
  stranger: Handler; // on no card
  custodian: { key: string; seal: string; identity: string };
  reporter: ReceiptKeys;
  known: KnownKeys;
}

export async function scene(): Promise<Scene> {
  const [avery, blake, casey, stranger] = [
    await handler("avery"),
    await handler("blake"),
    await handler("casey"),
    await handler("stranger"),
  ];
  const identity = identityFromSeed(seedFor("custodian"));
  const seal = await recipientOf(identity);
  const custodian = { key: keyId("", seal), seal, identity };
  const keys = await reporter();
  const members = [
    await member(avery, "installation", installation, true),
    await member(blake, avery.key, avery.signer, false),
    { ...(await member(casey, blake.key, blake.signer, false)), state: "retired" },
  ];
  const card = readCard(
    await signCard(members, { key: custodian.key, seal, of: 3, needs: 2 }),
    installation.sign,
  );
  const known = new Map([...knownHandlers(card), reporterKnown({ seal: keys.seal, sign: keys.signer.sign })]);
  return { card, avery, blake, casey, stranger, custodian, reporter: keys, known };
}

export async function member(who: Handler, by: string, signer: Signer, sheet: boolean, channel = CHANNEL) {
  const place = { by, channel, day: DAY, institution: INSTITUTION };
  const keys = { key: who.key, seal: who.seal, sign: who.signer.sign };
  const enrol = await makeEnrol({ ...place, member: keys }, signer);
  return {
    enrol,
    key: who.key,
    label: `Handler ${who.key.slice(0, 4)}, standards team`,
    seal: who.seal,
    sheet,
    sign: who.signer.sign,
    state: "active",
  };
}

/** A card with one channel; `changes` replace fields of the card. */
export function signCard(
  members: Json,
  custodian: Json,
  changes: JsonObject = {},
  signer = installation,
): Promise<string> {
  const channel = {
    about: "Looks into what people report.",
    custodian,
    id: CHANNEL,
    inside: true,
    members,
    name: "Professional standards",
    on_call: false,
    prescribed: false,
  };
  const card = {
    channels: [channel],
    day: DAY,
    demonstration: true,
    expires: "2027-02-23",
    installation: INSTALLATION,
    institution: INSTITUTION,
    name: "Marlshire Police",
    pack: { id: "uk-police", sha256: "0".repeat(64), version: "1" },
    previous: "",
    version: 1,
    ...changes,
  };
  return signStatement("card", card, signer);
}

/**
 * A random generator that gives the same numbers for the same seed, so that a failing test can be run again.
 */
export function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

// A log: its tree, its key, its witnesses.

/** Root and paths by the definition of RFC 6962, section 2.1. */
export class Tree {
  readonly leaves: readonly Uint8Array[];
  constructor(leaves: readonly Uint8Array[]) {
    this.leaves = leaves;
  }

  root(from = 0, to = this.leaves.length): Uint8Array {
    if (from === to) return EMPTY_ROOT;
    if (to - from === 1) return this.leaves[from]!;
    const middle = from + split(to - from);
    return hashNode(this.root(from, middle), this.root(middle, to));
  }

  path(index: number, from = 0, to = this.leaves.length): Uint8Array[] {
    if (to - from === 1) return [];
    const middle = from + split(to - from);
    return index < middle
      ? [...this.path(index, from, middle), this.root(middle, to)]
      : [...this.path(index, middle, to), this.root(from, middle)];
  }

  consistency(old: number, from = 0, to = this.leaves.length, whole = true): Uint8Array[] {
    if (old === to - from) return whole ? [] : [this.root(from, to)];
    const middle = split(to - from);
    return old <= middle
      ? [...this.consistency(old, from, from + middle, whole), this.root(from + middle, to)]
      : [...this.consistency(old - middle, from + middle, to, false), this.root(from, from + middle)];
  }
}

function split(size: number): number {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

export const ORIGIN = `upstander/${INSTALLATION}/1`;
export const logKey: Signer = signerFromSeed(seedFor("log key"));
export const witnessKeys: readonly Signer[] = ["w1", "w2", "w3"].map((name) => signerFromSeed(seedFor(name)));
export const SIGNED_AT = Date.parse(`${DAY}T12:00:00Z`) / 1000;

const vkeyOf = (at: number): string => makeVkey(`witness.example/w${at + 1}`, 4, witnessKeys[at]!.sign);

/** Two of three witnesses. */
export const POLICY_TEXT = [
  `log ${makeVkey(ORIGIN, 1, logKey.sign)}`,
  ...witnessKeys.map((_, at) => `witness w${at + 1} ${vkeyOf(at)} https://w${at + 1}.example/`),
  "group all-of-them 2 w1 w2 w3",
  "quorum all-of-them",
  "",
].join("\n");

export function logPolicyStatement(changes: JsonObject = {}, signer = installation): Promise<string> {
  const log = { closed: null, keys: [makeVkey(ORIGIN, 1, logKey.sign)], origin: ORIGIN, url: "/log/1/" };
  const body = { beat: 86400, installation: INSTALLATION, logs: [log], policy: POLICY_TEXT, sign: signer.sign };
  return signStatement("log-policy", { ...body, ...changes }, signer);
}

/** A checkpoint over this tree, signed by the log and by witnesses (numbers from 0). */
export async function signedCheckpoint(
  tree: Tree,
  witnesses: readonly number[] = [0, 1, 2],
  by: { log?: Signer; key?: Signer; witness?: Signer; origin?: string } = {},
): Promise<string> {
  const { origin = ORIGIN, key = logKey } = by;
  const signed = `${origin}\n${tree.leaves.length}\n${std64(tree.root())}\n`;
  const line = async (vkey: string, signer: Signer, seconds: number): Promise<string> => {
    const { name, id } = parseVkey(vkey);
    const time = new Uint8Array(seconds === 0 ? 0 : 8);
    if (seconds > 0) new DataView(time.buffer).setBigUint64(0, BigInt(seconds));
    const bytes = await signer.sign_bytes(utf8(seconds === 0 ? signed : cosigned(signed, seconds)));
    return `— ${name} ${std64(concat(unhex(id), time, bytes))}\n`;
  };
  const lines = [await line(makeVkey(origin, 1, key.sign), by.log ?? key, 0)];
  for (const at of witnesses) lines.push(await line(vkeyOf(at), by.witness ?? witnessKeys[at]!, SIGNED_AT));
  return `${signed}\n${lines.join("")}`;
}
