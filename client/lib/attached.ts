// Files small enough to go with a report that keepers hold: each sealed to the case, all inside the lock, so that whoever it
// is released to needs no server for them (formats, section 14).
import { open, seal } from "./age.ts";
import { b64, concat, FormatError, hash, unb64 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { decode, encode } from "./canonical.ts";
import type { Json, JsonObject } from "./canonical.ts";
import type { FileEntry } from "./envelope.ts";
import { padme } from "./padding.ts";
import { asList, asObject, asText } from "./shape.ts";
import type { Uploaded } from "./upload.ts";

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

/** A file as it was picked, and what it is. */
export interface Brought {
  entry: FileEntry;
  content: Bytes;
}

/** Her files out of the report in a parcel of hers, each compared with its hash. Throws where some can't be brought back. */
export async function openOwn(report: JsonObject, identity: string): Promise<Brought[]> {
  if (report["attached"] === undefined) return [];
  const [sealed, own] = [asObject(report["attached"]), await open(unb64(asText(report["own"])), identity)];
  const brought = asList(decode(own)).map(async (one): Promise<Brought> => {
    const entry = asObject(one) as FileEntry;
    const content = (await open(unb64(asText(sealed[entry.id])), identity)).slice(0, entry.size);
    if (hash(content) !== entry.sha256) throw new FormatError("This is not the file that it should be.");
    return { entry, content };
  });
  return Promise.all(brought);
}
