// Staff passes: tokens from each keeper that say "one person of the staff" and no more (formats, section 14). The
// person's half: collect, keep, show. What is shown is a MAC over what it is shown for, never the token's output.
import { ristretto255_oprf } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 as sha } from "@noble/hashes/sha2.js";
import { b64, concat, FormatError, hash, hkdf, isId, randomBytes, sha256, unb64, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import type { JsonObject } from "./canonical.ts";
import { decodeElement } from "./oprf.ts";
import { asMonth, asName } from "./roster.ts";
import type { Keeper } from "./roster.ts";
import { asList, asObject, asText, exactly } from "./shape.ts";
import { signStatement, verifyStatement } from "./statement.ts";
import type { Signer } from "./statement.ts";
import type { Pledge } from "./pledge.ts";

export type Purpose = "ask" | "person";

/** The public keys of one keeper for passes collected in one month. */
export interface PassKeys {
  readonly keeper: string;
  readonly epoch: string;
  readonly month: string;
  readonly keys: Readonly<Record<Purpose, Uint8Array>>;
}

export interface Token {
  readonly nonce: Uint8Array;
  readonly output: Uint8Array;
}

/** What one person got from one keeper: a token for pledges, and some for questions about names. */
export interface Pass {
  readonly keeper: string;
  readonly month: string;
  readonly person: Token;
  readonly asks: readonly Token[];
}

interface Blind {
  nonce: Uint8Array;
  input: Uint8Array;
  blind: Uint8Array;
  element: Uint8Array;
}

/** A collection on its way: kept here. */
export type Asked = Readonly<Record<Purpose, readonly Blind[]>>;

const PURPOSES = ["ask", "person"] as const;
const COUNT: Readonly<Record<Purpose, number>> = { ask: 8, person: 1 };

/** A claim code as it was typed. */
export function readCode(typed: string): string {
  const code = typed.toLowerCase().replace(/[\s-]+/g, "");
  if (!isId(code)) throw new FormatError("This is not a code: it has 26 letters and digits. Look at it again.");
  return code;
}

/** What one keeper is shown of a code. */
export function partOf(code: string, keeper: string): string {
  return b64(hkdf(utf8(code), `upstander/claim-code/v1\n${asName(keeper)}`));
}

/** A keeper's keys for passes in this month, or an error. */
export function readPassKeys(statement: string, keeper: Keeper, epoch: string, month: string): PassKeys {
  const body = exactly(verifyStatement(statement, "pass-keys", keeper.sign), ["epoch", "keeper", "keys", "month"]);
  if (body["epoch"] !== epoch || body["keeper"] !== keeper.name || body["month"] !== asMonth(month))
    throw new FormatError("These keys are another keeper's, or of another time.");
  const keys = exactly(asObject(body["keys"]), [...PURPOSES]);
  const [askKey, personKey] = PURPOSES.map((purpose) => unb64(asText(keys[purpose]), 32));
  return { keeper: keeper.name, epoch, month, keys: { ask: askKey!, person: personKey! } };
}

/**
 * Begins a collection: nonces and blinds from a seed of 32 random bytes, so that the same can be asked again where an
 * answer was lost. Whoever has the seed knows the tokens by sight: it stays where they stay.
 */
export function ask(keys: PassKeys, seed: Uint8Array = randomBytes(32)): Asked {
  const blinds = (purpose: Purpose): Blind[] =>
    Array.from({ length: COUNT[purpose] }, (_, number) => {
      const label = `upstander/pass-seed/v1\n${keys.keeper}\n${keys.epoch}\n${keys.month}\n${purpose}\n${number}`;
      const nonce = hkdf(seed, `${label}\nnonce`);
      const input = tokenInput(keys, purpose, nonce);
      const { blind, blinded } = ristretto255_oprf.voprf.blind(input, (length = 32) => hkdf(seed, `${label}\nblind`, length));
      return { nonce, input, blind, element: blinded };
    });
  return { ask: blinds("ask"), person: blinds("person") };
}

/** The body of a claim. */
export function claim(keys: PassKeys, asked: Asked, code: string): JsonObject {
  const elements = Object.fromEntries(PURPOSES.map((one) => [one, asked[one].map(({ element }) => b64(element))]));
  return { code: partOf(code, keys.keeper), elements, month: keys.month };
}

/** The pass, if the keeper proved that it used its published keys; throws otherwise. */
export function collect(keys: PassKeys, asked: Asked, answer: JsonObject): Pass {
  const tokens = (purpose: Purpose): Token[] => {
    const given = exactly(asObject(answer[purpose]), ["elements", "proof"]);
    const evaluated = asList(given["elements"]).map((one) => unb64(asText(one), 32));
    if (evaluated.length !== asked[purpose].length) throw new FormatError("The keeper's answer is not one.");
    evaluated.forEach(decodeElement);
    const items = asked[purpose].map(({ input, blind, element }, i) => {
      return { input, blind, blinded: element, evaluated: evaluated[i]! };
    });
    const outputs = ristretto255_oprf.voprf.finalizeBatch(items, keys.keys[purpose], unb64(asText(given["proof"]), 64));
    return asked[purpose].map(({ nonce }, i) => ({ nonce, output: outputs[i]! }));
  };
  return { keeper: keys.keeper, month: keys.month, person: tokens("person")[0]!, asks: tokens("ask") };
}

/** A pledge comes with this pass: for the one keeper whose it is, in a note of its own. */
export function makePassed(pledge: Pledge, pass: Pass, by: Signer): Promise<string> {
  const shown = show(pass.person, pass.month, utf8(`pledge\n${pledge.id}`));
  return signStatement("passed", { pass: shown, pledge: pledge.id }, by);
}

/** For each keeper whose token she has: that this pledge came with it. */
export async function passedOf(pledge: Pledge, passes: readonly Pass[], by: Signer): Promise<Map<string, string>> {
  const passed = new Map<string, string>();
  for (const pass of passes) passed.set(pass.keeper, await makePassed(pledge, pass, by));
  return passed;
}

/** One of the pass's tokens for a question, shown for these very elements: the field `pass` of `/v1/evaluate`. */
export function showForQuestion(
  token: Token,
  month: string,
  epoch: string,
  elements: readonly Uint8Array[],
): JsonObject {
  return show(token, month, utf8(`question\n${asName(epoch)}\n${hash(concat(...elements))}`));
}

function show({ nonce, output }: Token, month: string, bound: Uint8Array): JsonObject {
  const mac = hmac(sha, output, concat(utf8("upstander/pass-mac/v1\n"), bound));
  return { mac: b64(mac), month, nonce: b64(nonce) };
}

/** What the function is asked: label, nonce, digest of the challenge, id of the key (RFC 9577, section 2.2). */
export function tokenInput(keys: PassKeys, purpose: Purpose, nonce: Uint8Array): Bytes {
  const challenge = `${keys.keeper}\nupstander/pass/v1\n${purpose}\n${keys.epoch}\n${keys.month}`;
  return concat(utf8("upstander/pass/v1\n"), nonce, sha256(utf8(challenge)), sha256(keys.keys[purpose]));
}
