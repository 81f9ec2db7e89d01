// Tags: what a pledge carries instead of a name. The function's output for one identifier is the seed of a key
// pair; the public key is the tag, and an entry is signed with the key of every name it carries.
import { b64, fingerprint, FormatError, hkdf, randomBytes } from "./bytes.ts";
import { signerFromSeed } from "./statement.ts";
import type { Signer } from "./statement.ts";

export const ASKED = 4; // elements in every request to a keeper
export const CARRIED = 8; // tags in every entry

/** The key pair of one name, from the function's 64 bytes. */
export function tagKey(output: Uint8Array): Signer {
  if (output.length !== 64) throw new FormatError("An output has 64 bytes.");
  return signerFromSeed(hkdf(output, "upstander/tag/v1"));
}

/** The label of a name that released reports have in common: from the tag, and not it. */
export function linkOf(output: Uint8Array): string {
  return fingerprint(`upstander/link/v1\n${tagKey(output).sign}`);
}

/** The keys of all names of one person, and random ones up to CARRIED, sorted by tag: the order says nothing. */
export function filled(outputs: readonly Uint8Array[]): Signer[] {
  const keys = new Map(outputs.map(tagKey).map((key) => [key.sign, key]));
  if (keys.size < 1 || keys.size > CARRIED)
    throw new FormatError(`A person has 1 to ${CARRIED} identifiers.`);
  while (keys.size < CARRIED) {
    const key = signerFromSeed(randomBytes(32));
    keys.set(key.sign, key);
  }
  return [...keys.values()].sort((a, b) => (a.sign < b.sign ? -1 : 1));
}

/** The signature of each key over the message, in the order of the keys. */
export function signTags(keys: readonly Signer[], message: Uint8Array): Promise<string[]> {
  return Promise.all(keys.map(async (key) => b64(await key.sign_bytes(message))));
}
