// A custodian's identity, split so that m of n people can bring it back (formats, section 10).
import { combine, split } from "shamir-secret-sharing";
import { identityFromSeed, recipientOf, SealingError } from "./age.ts";
import { base32, concat, equal, FormatError, sha256, unbase32, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";

const SHARE = 33;

/** Splits a 32-byte seed into `of` shares, of which `needs` bring it back. */
export async function splitSecret(secret: Uint8Array, of: number, needs: number): Promise<Bytes[]> {
  if (secret.length !== 32) throw new FormatError("A seed has 32 bytes.");
  return (await split(new Uint8Array(secret), of, needs)).map((share) => new Uint8Array(share));
}

/** Brings a seed back. Too few shares give a wrong seed: compare the recipient with the custodian's. */
export async function combineShares(shares: readonly Uint8Array[]): Promise<Bytes> {
  if (shares.some((share) => share.length !== SHARE || share[SHARE - 1] === 0)) {
    throw new FormatError("This is not a share.");
  }
  try {
    return new Uint8Array(await combine(shares.map((share) => new Uint8Array(share))));
  } catch {
    throw new FormatError("At least two different shares are needed.");
  }
}

/** The custodian's age identity, if enough of the right shares are there: its recipient must be `seal`. */
export async function recoverIdentity(shares: readonly Uint8Array[], seal: string): Promise<string> {
  const identity = identityFromSeed(await combineShares(shares));
  if ((await recipientOf(identity)) !== seal) {
    throw new SealingError("These shares do not make the custodian's key: too few, or one of another split.");
  }
  return identity;
}

/** A share as it is printed. */
export function shareToText(share: Uint8Array): string {
  if (share.length !== SHARE) throw new FormatError("A share has 33 bytes.");
  const letters = base32(concat(share, check(share)));
  return `us1-${letters.match(/.{1,4}/g)!.join("-")}`;
}

/** A share as somebody typed it: case, spaces and hyphens do not matter, a wrong letter is noticed. */
export function shareFromText(typed: string): Bytes {
  const letters = typed.toLowerCase().replace(/[\s-]+/g, "");
  if (!letters.startsWith("us1")) throw new FormatError("A share begins with us1.");
  let bytes: Bytes;
  try {
    bytes = unbase32(letters.slice(3), SHARE + 2);
  } catch {
    throw new FormatError("A letter is missing, or one too many, or not one we use (a to z, 2 to 7).");
  }
  const share = bytes.slice(0, SHARE);
  if (!equal(check(share), bytes.slice(SHARE))) throw new FormatError("A letter in this share is wrong.");
  return share;
}

function check(share: Uint8Array): Bytes {
  return sha256(concat(utf8("upstander/share/v1\n"), share)).slice(0, 2);
}
