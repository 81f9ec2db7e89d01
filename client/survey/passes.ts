// Passes: the half of a member of staff (surveying/passes.py says why they cannot be tied to a code or a person).
import { ristretto255_oprf } from "@noble/curves/ed25519.js";
import { base32, concat, equal, FormatError, randomBytes, sha256, unbase32, utf8 } from "../lib/bytes.ts";
import { blind } from "../lib/oprf.ts";
import type { Blinded } from "../lib/oprf.ts";

const NONCE = 16; // bytes, as PROOF and KEY
const PROOF = 16;
const KEY = 4;

/** What is kept while she asks; `blinded.element` is all that is sent with the code. */
export interface Asking {
  readonly nonce: Uint8Array;
  readonly blinded: Blinded;
}

/** What the issuing body's function is asked. */
function question(wave: string, nonce: Uint8Array): Uint8Array {
  return concat(utf8(`upstander/survey-pass/v1\n${wave}\n`), nonce);
}

/** A fresh number, blinded. */
export function ask(wave: string, nonce: Uint8Array = randomBytes(NONCE)): Asking {
  return { nonce, blinded: blind(question(wave, nonce)) };
}

/** The pass, as it is carried. Refuses an answer that was not made with this key. */
export function finish({ nonce, blinded }: Asking, key: Uint8Array, element: Uint8Array, proof: Uint8Array): string {
  let output: Uint8Array;
  try {
    output = ristretto255_oprf.voprf.finalize(blinded.input, blinded.blind, element, blinded.element, key, proof);
  } catch {
    throw new FormatError("The answer was not made with the key of the notice.");
  }
  return base32(concat(nonce, output.subarray(0, PROOF), keyName(key)));
}

/** The pass in what somebody carried or typed, or nothing; `other` where it is for another key. */
export function readPass(typed: string, key: Uint8Array): string | "other" | undefined {
  const letters = typed.replace(/[\s-]/g, "").toLowerCase();
  let bytes: Uint8Array;
  try {
    bytes = unbase32(letters, NONCE + PROOF + KEY);
  } catch {
    return undefined;
  }
  return equal(bytes.subarray(NONCE + PROOF), keyName(key)) ? letters : "other";
}

function keyName(key: Uint8Array): Uint8Array {
  return sha256(key).subarray(0, KEY);
}
