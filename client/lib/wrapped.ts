// A handler's keys as the server stores them: wrapped by words or by a passkey (formats, section 9).
import { recipientOf } from "./age.ts";
import { b64, FormatError, hkdf, keyId, randomBytes, text, unb64, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { decode, encode } from "./canonical.ts";
import { asObject, asText, exactly } from "./shape.ts";
import { signerFromSeed } from "./statement.ts";

const VERSION = "upstander/wrapped-key/v1";

/** What a handler's browser holds: her age identity and her signing seed as b64. */
export interface Keyring {
  seal: string;
  sign: string;
}

export type WrapMethod = "words" | "prf";

export interface WrappedKey {
  ciphertext: string;
  credential: string;
  iv: string;
  key: string;
  method: WrapMethod;
  salt: string;
  v: string;
}

/** For `prf`: the credential id and the PRF input, both b64. Empty for words. */
export interface PasskeyParts {
  credential: string;
  salt: string;
}

/** The file a handler keeps for a day without a server: her wrapped keys, and what her words need besides. */
export function savedKey(wrapped: WrappedKey, installation: string, username: string): string {
  const body = { format: "upstander/handler-key/v1", installation, username, wrapped: { ...wrapped } };
  return `${text(encode(body))}\n`;
}

/** Wraps a keyring with a 32-byte key; `key` is the id of the key pair it holds. */
export async function wrapKeyring(
  keyring: Keyring,
  method: WrapMethod,
  wrap: Uint8Array,
  key: string,
  passkey: PasskeyParts = { credential: "", salt: "" },
): Promise<WrappedKey> {
  const iv = randomBytes(12);
  const content = encode({ seal: keyring.seal, sign: keyring.sign });
  const secret = await aes(wrap, "encrypt");
  const sealed = await crypto.subtle.encrypt(parameters(iv, method, key), secret, content);
  return { ciphertext: b64(new Uint8Array(sealed)), ...passkey, iv: b64(iv), key, method, v: VERSION };
}

/** Unwraps with the same key; a wrong key and a changed blob look the same. */
export async function unwrapKeyring(blob: WrappedKey, wrap: Uint8Array): Promise<Keyring> {
  if (blob.v !== VERSION) throw new FormatError("These keys are wrapped in a form this page does not know.");
  const secret = await aes(wrap, "decrypt");
  let content: ArrayBuffer;
  try {
    content = await crypto.subtle.decrypt(
      parameters(unb64(blob.iv, 12), blob.method, blob.key),
      secret,
      unb64(blob.ciphertext),
    );
  } catch {
    throw new FormatError("These keys do not open with this.");
  }
  const fields = exactly(asObject(decode(new Uint8Array(content))), ["seal", "sign"]);
  const keyring = { seal: asText(fields["seal"]), sign: asText(fields["sign"]) };
  const { sign } = signerFromSeed(unb64(keyring.sign, 32));
  if (keyId(sign, await recipientOf(keyring.seal)) !== blob.key) {
    throw new FormatError("These keys are not the ones they claim to be.");
  }
  return keyring;
}

/** The wrapping key behind a passkey's PRF output. */
export function prfWrapKey(output: Uint8Array): Bytes {
  return hkdf(output, "upstander/prf-wrap/v1");
}

function parameters(iv: Bytes, method: WrapMethod, key: string): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: utf8(`${VERSION}\n${method}\n${key}`) };
}

function aes(wrap: Uint8Array, use: KeyUsage): Promise<CryptoKey> {
  if (wrap.length !== 32) throw new FormatError("A wrapping key has 32 bytes.");
  return crypto.subtle.importKey("raw", new Uint8Array(wrap), "AES-GCM", false, [use]);
}
