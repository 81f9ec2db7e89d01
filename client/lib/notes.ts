// Signed notes (C2SP signed-note): a text, and lines that say who signed it. Also a witness's cosignature
// (C2SP tlog-cosignature), which says when.
import { b64, concat, FormatError, hex, sha256, unb64, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { isSigned } from "./statement.ts";

/** Ed25519 over the text (0x01), as a log signs; or over the text with a time (0x04), as a witness does. */
export type NoteKeyType = 1 | 4;

export interface NoteKey {
  name: string;
  id: string; // four bytes, hex
  type: NoteKeyType;
  key: string; // public key, b64
  vkey: string;
}

/** `seconds` since 1970 when a witness signed; 0 for a log. */
export interface NoteSignature {
  key: NoteKey;
  seconds: number;
}

export interface Note {
  text: string;
  signatures: NoteSignature[];
}

const LONGEST = 64 * 1024; // bytes of a note
const SIGNATURES = 64;
const LATEST = 2n ** 63n - 1n; // seconds since 1970; what a cosignature can say

/** A verifier key: name, id and key in one text. */
export function parseVkey(vkey: string): NoteKey {
  const found = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey);
  if (found === null || vkey.length > 1024) throw new FormatError("This is not a verifier key.");
  const [, name = "", id = "", material = ""] = found;
  checkName(name);
  const [type, ...key] = unstd64(material);
  if ((type !== 1 && type !== 4) || key.length !== 32) throw new FormatError(`The key ${name} is of an unknown kind.`);
  if (id !== keyIdOf(name, unstd64(material))) throw new FormatError(`The key ${name} has another number than it says.`);
  return { name, id, type, key: b64(new Uint8Array(key)), vkey };
}

/** The verifier key of a public key. */
export function makeVkey(name: string, type: NoteKeyType, key: string): string {
  checkName(name);
  const material = concat(new Uint8Array([type]), unb64(key, 32));
  return `${name}+${keyIdOf(name, material)}+${std64(material)}`;
}

/**
 * Opens a note: its text, and who of `keys` signed it. Signatures of other keys are passed over. Throws when
 * nobody known signed, and when a known key's signature is wrong.
 */
export function openNote(note: string, keys: readonly NoteKey[]): Note {
  const { signed, lines } = split(note);
  const signatures: NoteSignature[] = [];
  for (const { name, id, signature } of lines.map(signatureLine)) {
    const key = keys.find((one) => one.name === name && one.id === id);
    if (key === undefined) continue;
    const seconds = check(key, signed, signature);
    if (signatures.every((one) => one.key !== key)) signatures.push({ key, seconds });
  }
  if (signatures.length === 0) throw new FormatError("Nobody known signed this note.");
  return { text: signed, signatures };
}

/** The text of a note, with NO signature checked. */
export function textOf(note: string): string {
  return split(note).signed;
}

/** What a witness signs about a checkpoint's text. */
export function cosigned(signed: string, seconds: number | bigint): string {
  return `cosignature/v1\ntime ${seconds}\n${signed}`;
}

function split(note: string): { signed: string; lines: string[] } {
  if (utf8(note).length > LONGEST) throw new FormatError("The note is too long.");
  if (/[\x00-\x09\x0b-\x1f]/.test(note)) throw new FormatError("The note holds a control character.");
  const at = note.lastIndexOf("\n\n");
  if (at < 0 || !note.endsWith("\n")) throw new FormatError("The note has no signatures.");
  const lines = note.slice(at + 2, -1).split("\n");
  if (lines.length > SIGNATURES) throw new FormatError("The note has too many signatures.");
  return { signed: note.slice(0, at + 1), lines };
}

function signatureLine(line: string): { name: string; id: string; signature: Bytes } {
  const found = /^\u2014 ([^ ]+) ([^ ]+)$/u.exec(line);
  if (found === null) throw new FormatError("A signature line has the wrong form.");
  const [, name = "", written = ""] = found;
  checkName(name);
  const bytes = unstd64(written);
  if (bytes.length < 5) throw new FormatError("A signature is too short.");
  return { name, id: hex(bytes.subarray(0, 4)), signature: bytes.slice(4) };
}

// Answers when it was signed. Throws when the signature is wrong.
function check(key: NoteKey, signed: string, signature: Bytes): number {
  const wrong = new FormatError(`The signature of ${key.name} is wrong.`);
  if (key.type === 1) {
    if (signature.length !== 64 || !isSigned(signature, utf8(signed), key.key)) throw wrong;
    return 0;
  }
  if (signature.length !== 72) throw wrong;
  const time = new DataView(signature.buffer).getBigUint64(0);
  if (time > LATEST || !isSigned(signature.slice(8), utf8(cosigned(signed, time)), key.key)) throw wrong;
  return Number(time);
}

function checkName(name: string): void {
  if (!/^[^\p{White_Space}+\x00-\x1f\x7f]{1,255}$/u.test(name))
    throw new FormatError("A key's name has no spaces, no plus, and at most 255 characters.");
}

function keyIdOf(name: string, material: Uint8Array): string {
  return hex(sha256(concat(utf8(`${name}\n`), material)).subarray(0, 4));
}

// Base64 as these formats write it: standard letters, with padding.

export function std64(bytes: Uint8Array): string {
  const letters = b64(bytes).replaceAll("-", "+").replaceAll("_", "/");
  return letters.padEnd(Math.ceil(letters.length / 4) * 4, "=");
}

/** Exactly one spelling is taken. `length` in bytes. */
export function unstd64(value: string, length?: number): Bytes {
  if (value.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(value))
    throw new FormatError("Expected base64 with padding.");
  const letters = value.replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_");
  return unb64(letters, length);
}
