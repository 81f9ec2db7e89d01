// Bytes, their written forms, hashes and random values (formats, section 1).
import { hkdf as nobleHkdf } from "@noble/hashes/hkdf.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";

/** Something that came from outside does not have the form it must have. */
export class FormatError extends Error {
  override name = "FormatError";
}

export type Bytes = Uint8Array<ArrayBuffer>;

const ID = /^[a-z2-7]{25}[aeimquy4]$/;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const encoder = new TextEncoder();

/** UTF-8 of a string. A lone surrogate is refused, because it has no UTF-8 form. */
export function utf8(value: string): Bytes {
  if (!isWellFormed(value)) throw new FormatError("The text holds half a character.");
  return encoder.encode(value);
}

/** The string behind UTF-8 bytes; anything that is not UTF-8 is refused, a byte order mark is kept. */
export function text(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FormatError("These bytes are not UTF-8 text.");
  }
}

/** Whether every surrogate has its other half. */
export function isWellFormed(value: string): boolean {
  return !/[\uD800-\uDFFF]/u.test(value); // with the u flag only halves on their own match
}

/** base64url without padding. */
export function b64(bytes: Uint8Array): string {
  return toBits(bytes, 6, BASE64);
}

/** Bytes of a strict b64 text; `length` is the number of bytes it must hold. */
export function unb64(value: string, length?: number): Bytes {
  return fromBits(value, 6, BASE64, length);
}

/** Lower-case base32 without padding. */
export function base32(bytes: Uint8Array): string {
  return toBits(bytes, 5, BASE32);
}

export function unbase32(value: string, length?: number): Bytes {
  return fromBits(value, 5, BASE32, length);
}

function toBits(bytes: Uint8Array, width: number, alphabet: string): string {
  const letters = new Uint8Array(Math.ceil((bytes.length * 8) / width));
  const mask = (1 << width) - 1;
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    for (bits += 8; bits >= width; bits -= width)
      letters[at++] = alphabet.charCodeAt((held >> (bits - width)) & mask);
  }
  if (bits > 0) letters[at] = alphabet.charCodeAt((held << (width - bits)) & mask);
  return text(letters);
}

function fromBits(value: string, width: number, alphabet: string, length?: number): Bytes {
  const bytes = new Uint8Array(Math.floor((value.length * width) / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const character of value) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) throw new FormatError("A character does not belong here.");
    held = ((held << width) | digit) & 0xffff;
    bits += width;
    if (bits >= 8) bytes[at++] = (held >> (bits -= 8)) & 0xff;
  }
  if (bits >= width || (held & ((1 << bits) - 1)) !== 0)
    throw new FormatError("The text ends with stray bits.");
  if (length !== undefined && bytes.length !== length) throw new FormatError(`Expected ${length} bytes.`);
  return bytes;
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function unhex(value: string, length?: number): Bytes {
  if (!/^([0-9a-f]{2})*$/.test(value)) throw new FormatError("Expected lower-case hexadecimal digits.");
  const bytes = new Uint8Array(value.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(value.slice(2 * i, 2 * i + 2), 16);
  if (length !== undefined && bytes.length !== length) throw new FormatError(`Expected ${length} bytes.`);
  return bytes;
}

export function concat(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

export function sha256(bytes: Uint8Array): Bytes {
  return nobleSha256(bytes);
}

/** SHA-256 as 64 hexadecimal digits: what the formats call a hash. */
export function hash(bytes: Uint8Array): string {
  return hex(sha256(bytes));
}

/** SHA-256 fed in pieces, for what is too long to hold. */
export function sha256Stream(): { update(part: Uint8Array): void; digest(): Bytes } {
  const state = nobleSha256.create();
  return { update: (part) => void state.update(part), digest: () => new Uint8Array(state.digest()) };
}

/** HKDF-SHA256 with an empty salt. `length` in bytes. */
export function hkdf(ikm: Uint8Array, info: string, length = 32): Bytes {
  return nobleHkdf(nobleSha256, ikm, undefined, utf8(info), length);
}

export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** A fresh 128-bit random id. */
export function newId(): string {
  return base32(randomBytes(16));
}

export function isId(value: unknown): value is string {
  return typeof value === "string" && ID.test(value);
}

export function isHash(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

/** A short name for a long text such as an age recipient. */
export function fingerprint(value: string): string {
  return base32(sha256(utf8(`upstander/fingerprint/v1\n${value}`)).subarray(0, 16));
}

/** The id of a key pair: `sign` as b64 (empty for a custodian), `seal` an age recipient. */
export function keyId(sign: string, seal: string): string {
  return fingerprint(`${sign}\n${seal}`);
}
