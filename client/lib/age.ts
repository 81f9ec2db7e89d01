// age files with post-quantum hybrid recipients, and nothing else (formats, section 1).
import { bech32 } from "@scure/base";
import { Decrypter, Encrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";
import type { ReadableStreamWithSize } from "age-encryption";
import { FormatError } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";

/** A file cannot be sealed or opened. */
export class SealingError extends Error {
  override name = "SealingError";
}

export interface Header {
  stanzas: number;
  header_bytes: number;
}

const RECIPIENT = /^age1pq1[02-9ac-hj-np-z]{1952}$/;
const VERSION = "age-encryption.org/v1";
// Lengths and last characters follow from 1,120 and 32 bytes in base64 without padding and without stray
// bits.
const STANZA = /^-> mlkem768x25519 [A-Za-z0-9+/]{1493}[AQgw]$/;
const BODY = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]$/;
const MAC = /^--- [A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]$/;
const STANZAS = 64; // recipients of one file; more than any format of ours needs
const HEADER = 64 + STANZAS * 1600; // bytes of the longest header

export function newIdentity(): Promise<string> {
  return generateHybridIdentity();
}

/** The identity with this 32-byte X-Wing seed. */
export function identityFromSeed(seed: Uint8Array): string {
  if (seed.length !== 32) throw new FormatError("A seed has 32 bytes.");
  return bech32.encodeFromBytes("AGE-SECRET-KEY-PQ-", seed).toUpperCase();
}

export function seedOf(identity: string): Bytes {
  if (!identity.startsWith("AGE-SECRET-KEY-PQ-1"))
    throw new FormatError("This is not a hybrid age identity.");
  let bytes: Uint8Array;
  try {
    bytes = bech32.decodeToBytes(identity).bytes;
  } catch {
    throw new FormatError("This age identity is damaged.");
  }
  if (bytes.length !== 32) throw new FormatError("This age identity is damaged.");
  return new Uint8Array(bytes);
}

export async function recipientOf(identity: string): Promise<string> {
  seedOf(identity);
  return identityToRecipient(identity);
}

/** Returns the recipient, or refuses what is not a hybrid age recipient. */
export function checkRecipient(recipient: string): string {
  if (!RECIPIENT.test(recipient)) throw new SealingError("This is not a hybrid age recipient.");
  return recipient;
}

/** Seals bytes to these recipients, each `age1pq1...`. */
export async function seal(data: Uint8Array, recipients: readonly string[]): Promise<Bytes> {
  return new Uint8Array(await encrypter(recipients).encrypt(data));
}

/** Opens a sealed file with one of these identities. */
export async function open(data: Uint8Array, identity: string | readonly string[]): Promise<Bytes> {
  inspect(data);
  const decrypter = decrypterFor(identity);
  try {
    return new Uint8Array(await decrypter.decrypt(data));
  } catch {
    throw new SealingError("This file does not open with these keys.");
  }
}

/**
 * Seals a stream without ever holding the whole of it; `size` of the result tells sealed from plain length.
 */
export async function sealStream(
  source: ReadableStream<Uint8Array>,
  recipients: readonly string[],
): Promise<ReadableStreamWithSize> {
  return encrypter(recipients).encrypt(source);
}

/**
 * Opens a sealed stream. What comes out is right up to where an error stops it: use nothing before the end.
 */
export async function openStream(
  source: ReadableStream<Uint8Array>,
  identity: string | readonly string[],
): Promise<ReadableStream<Uint8Array>> {
  const decrypter = decrypterFor(identity);
  const { head, whole } = await withHeader(source);
  inspect(head);
  try {
    return await decrypter.decrypt(whole);
  } catch {
    throw new SealingError("This file does not open with these keys.");
  }
}

/** Reads the header and refuses anything but hybrid stanzas. Nothing is opened. */
export function inspect(data: Uint8Array): Header {
  let at = 0;
  const line = (): string => {
    const end = data.indexOf(10, at);
    if (end < 0 || end > HEADER) throw new SealingError("The age header is cut short or too long.");
    const found = String.fromCharCode(...data.subarray(at, Math.min(end, at + 2000)));
    at = end + 1;
    return found;
  };
  if (data.length < VERSION.length + 1 || line() !== VERSION)
    throw new SealingError("This is not an age file.");
  for (let stanzas = 0; stanzas <= STANZAS; stanzas++) {
    const next = line();
    if (MAC.test(next) && stanzas > 0) return { stanzas, header_bytes: at };
    if (!STANZA.test(next)) throw new SealingError("The file is sealed in a way that is not allowed here.");
    if (!BODY.test(line())) throw new SealingError("The age header is damaged.");
  }
  throw new SealingError("The file has too many recipients.");
}

function encrypter(recipients: readonly string[]): Encrypter {
  if (recipients.length === 0 || recipients.length > STANZAS)
    throw new SealingError("Expected 1 to 64 recipients.");
  const made = new Encrypter();
  for (const recipient of recipients) {
    checkRecipient(recipient);
    try {
      made.addRecipient(recipient);
    } catch {
      throw new SealingError("This age recipient is damaged.");
    }
  }
  return made;
}

function decrypterFor(identity: string | readonly string[]): Decrypter {
  const made = new Decrypter();
  for (const one of typeof identity === "string" ? [identity] : identity) {
    seedOf(one);
    made.addIdentity(one);
  }
  return made;
}

async function withHeader(
  source: ReadableStream<Uint8Array>,
): Promise<{ head: Uint8Array; whole: ReadableStream<Uint8Array> }> {
  const reader = source.getReader();
  const held: Uint8Array[] = [];
  let size = 0;
  while (size < HEADER) {
    const { done, value } = await reader.read();
    if (done) break;
    held.push(value);
    size += value.length;
  }
  const head = new Uint8Array(size);
  let at = 0;
  for (const part of held) {
    head.set(part, at);
    at += part.length;
  }
  const whole = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(head),
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { head, whole };
}
