// What tests share: an invented institution with its people, made afresh from fixed seeds.
import { identityFromSeed, recipientOf } from "./age.ts";
import { hkdf, keyId, utf8 } from "./bytes.ts";
import type { Json, JsonObject } from "./canonical.ts";
import { knownHandlers, makeEnrol, readCard } from "./card.ts";
import type { Card } from "./card.ts";
import { receiptKeysFromRoot } from "./derive.ts";
import type { ReceiptKeys } from "./derive.ts";
import { reporterKnown } from "./grant.ts";
import type { Author, KnownKeys } from "./grant.ts";
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
