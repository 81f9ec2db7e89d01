// Files small enough to go with a report that keepers hold: each sealed to the case, all inside the lock, so that whoever it
// is released to needs no server for them (formats, section 14).
import { seal } from "../lib/age.ts";
import { b64, concat, hash } from "../lib/bytes.ts";
import type { Bytes } from "../lib/bytes.ts";
import { encode } from "../lib/canonical.ts";
import type { Json, JsonObject } from "../lib/canonical.ts";
import type { FileEntry } from "../lib/envelope.ts";
import { padme } from "../lib/padding.ts";
import type { Uploaded } from "../lib/upload.ts";

export const HELD_FILES = 90 * 1024; // bytes, all files of a report together

export interface Attached extends Uploaded {
  bytes: Bytes; // sealed
}

/** Do they go with a report that is held? A report with very much written in it may leave less room still. */
export function mayAttach(files: readonly { content: Blob }[]): boolean {
  return files.reduce((sum, { content }) => sum + content.size, 0) <= HELD_FILES;
}

/** Sealed as a file on the server is: filled up with zeros to its Padmé length, to the case, and to herself while it is held. */
export async function attach(files: readonly { id: string; content: Blob }[], recipients: readonly string[]): Promise<Attached[]> {
  const made: Attached[] = [];
  for (const { id, content } of files) {
    const plain = new Uint8Array(await content.arrayBuffer());
    const bytes = await seal(concat(plain, new Uint8Array(padme(plain.length) - plain.length)), recipients);
    made.push({ id, sha256: hash(plain), size: plain.length, sealed: hash(bytes), bytes });
  }
  return made;
}

/** As a parcel's report has them: by the id under which the sealed report names each. */
export function attachedBody(attached: readonly Attached[]): JsonObject {
  return Object.fromEntries(attached.map(({ id, bytes }) => [id, b64(bytes)]));
}

/** What her files are, for herself: with her seven words they come back when she changes what is held. */
export async function listOwn(entries: readonly FileEntry[], own: string): Promise<string> {
  return b64(await seal(encode(entries as unknown as Json), [own]));
}
