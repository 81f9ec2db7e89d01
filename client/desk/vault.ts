// What the keyring worker holds, and the few things it does with it. No page, no storage.
import { newIdentity, open, recipientOf, seal } from "../lib/age.ts";
import { b64, FormatError, keyId, randomBytes, text, unb64, utf8 } from "../lib/bytes.ts";
import { decode, encode } from "../lib/canonical.ts";
import { asObject, asText, exactly } from "../lib/shape.ts";
import { signerFromSeed } from "../lib/statement.ts";
import type { Signer } from "../lib/statement.ts";
import { unwrapKeyring, wrapKeyring } from "../lib/wrapped.ts";
import type { Keyring, PasskeyParts, WrapMethod, WrappedKey } from "../lib/wrapped.ts";

/** A way to wrap: words, or a passkey with its credential id and PRF input. */
export interface Wrapping {
  method: WrapMethod;
  wrap: Uint8Array;
  passkey: PasskeyParts;
}

/** The public side of a key, as the server registers it. */
export interface PublicKey {
  key: string;
  seal: string;
  sign: string;
}

export interface MadeKey extends PublicKey {
  wrapped: WrappedKey[];
}

export class LockedError extends Error {
  override name = "LockedError";
}

export class Vault {
  #held: { keyring: Keyring; signer: Signer; key: string } | undefined;

  /** Makes a new key and wraps it; the vault does not open it. */
  static async make(wrappings: readonly Wrapping[]): Promise<MadeKey> {
    const keyring = { seal: await newIdentity(), sign: b64(randomBytes(32)) };
    const made = await publicHalf(keyring);
    const wrapped = await Promise.all(
      wrappings.map((one) => wrapKeyring(keyring, one.method, one.wrap, made.key, one.passkey)),
    );
    return { ...made, wrapped };
  }

  /** Wraps once more. Needs a key that unwraps: the worker never gives away what it holds open. */
  static async rewrap(blob: WrappedKey, wrap: Uint8Array, next: Wrapping): Promise<WrappedKey> {
    return wrapKeyring(await unwrapKeyring(blob, wrap), next.method, next.wrap, blob.key, next.passkey);
  }

  /** Opens the vault with a wrapped key. Throws when the wrapping key or the blob is wrong. */
  async unlock(blob: WrappedKey, wrap: Uint8Array): Promise<PublicKey> {
    return this.#hold(await unwrapKeyring(blob, wrap), blob.key);
  }

  /** The content sealed under a browser key, to be carried to the next page. */
  async carry(under: CryptoKey): Promise<string> {
    const { keyring, key } = this.#need();
    const iv = randomBytes(12);
    const content = encode({ key, seal: keyring.seal, sign: keyring.sign });
    const sealed = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv, additionalData: CARRIED },
      under,
      content,
    );
    return `${b64(iv)}.${b64(new Uint8Array(sealed))}`;
  }

  /** Opens what `carry` sealed on the page before. */
  async wake(carried: string, under: CryptoKey): Promise<PublicKey> {
    const [iv, sealed] = carried.split(".");
    if (iv === undefined || sealed === undefined) throw new FormatError("What was carried over is damaged.");
    const parameters = { name: "AES-GCM", iv: unb64(iv, 12), additionalData: CARRIED };
    const content = new Uint8Array(await crypto.subtle.decrypt(parameters, under, unb64(sealed)));
    const fields = exactly(asObject(decode(content)), ["key", "seal", "sign"]);
    return this.#hold({ seal: asText(fields["seal"]), sign: asText(fields["sign"]) }, asText(fields["key"]));
  }

  open(sealed: Uint8Array): Promise<Uint8Array> {
    return open(sealed, this.#need().keyring.seal);
  }

  seal(data: Uint8Array, recipients: readonly string[]): Promise<Uint8Array> {
    return seal(data, recipients);
  }

  /** Signs only what is an Upstander statement, so that a signature made here means nothing anywhere else. */
  async sign(data: Uint8Array): Promise<Uint8Array> {
    if (!/^upstander\/[a-z]+\/v\d+\n\{/.test(text(data)))
      throw new FormatError("Only statements are signed here.");
    return this.#need().signer.sign_bytes(data);
  }

  #need(): { keyring: Keyring; signer: Signer; key: string } {
    if (this.#held === undefined) throw new LockedError("The key is closed.");
    return this.#held;
  }

  async #hold(keyring: Keyring, key: string): Promise<PublicKey> {
    const half = await publicHalf(keyring);
    if (half.key !== key) throw new FormatError("The wrapped key is not the one it says it is.");
    this.#held = { keyring, signer: signerFromSeed(unb64(keyring.sign, 32)), key };
    return half;
  }
}

const CARRIED = utf8("upstander/carried-key/v1");

async function publicHalf(keyring: Keyring): Promise<PublicKey> {
  const seal = await recipientOf(keyring.seal);
  const { sign } = signerFromSeed(unb64(keyring.sign, 32));
  return { key: keyId(sign, seal), seal, sign };
}
