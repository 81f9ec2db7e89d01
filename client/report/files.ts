// Files she adds: what may be picked, what is taken out of them, and how they are named in the report. No file is opened to look at.
import { hex, isWellFormed, sha256Stream } from "../lib/bytes.ts";
import type { Brought } from "../lib/brought.ts";
import type { FileEntry } from "../lib/envelope.ts";
import { MetadataError, stripMetadata } from "../lib/metadata.ts";
import type { SealedUpload, Uploaded } from "../lib/upload.ts";

export const FILES_LIMIT = 20;
export const SIZE_LIMIT = 100 * 1024 * 1024; // bytes, each
const NAME_LIMIT = 200; // characters
const STRIPPABLE = ["image/jpeg", "image/png", "image/webp"];

/** A file in the memory of this page, until it is sealed and sent. */
export interface Picked {
  name: string;
  type: string;
  what: string;
  content: Blob;
  original: string; // SHA-256 of the file as it was picked
  stripped: boolean;
  strippable: boolean;
  upload?: SealedUpload;
}

export type FileFaultKey =
  | "error.file-type"
  | "error.file-size"
  | "error.file-traces"
  | "error.file-read"
  | "error.file-many"
  | "error.file-empty";

export class FileFault extends Error {
  readonly key: FileFaultKey;
  readonly file: string;
  constructor(key: FileFaultKey, file: string) {
    super(key);
    this.key = key;
    this.file = file;
  }
}

/** Takes a file in: kind and size checked, hashed as it is, hidden details taken out unless she keeps them. */
export async function take(
  file: File,
  what: string,
  keep: boolean,
  kinds: readonly string[],
): Promise<Picked> {
  const name = plainName(file.name);
  const type = kindOf(file);
  if (!kinds.includes(type)) throw new FileFault("error.file-type", name);
  if (file.size > SIZE_LIMIT) throw new FileFault("error.file-size", name);
  if (file.size === 0) throw new FileFault("error.file-empty", name);
  const original = await hashOf(file).catch(() => {
    throw new FileFault("error.file-read", name);
  });
  const strippable = STRIPPABLE.includes(type);
  const base = { name, type, what, original, strippable };
  if (keep || !strippable) return { ...base, content: file, stripped: false };
  try {
    const { content, stripped } = await stripMetadata(file);
    return { ...base, content, stripped };
  } catch (error) {
    throw error instanceof MetadataError ? new FileFault("error.file-traces", name) : error;
  }
}

/** The file as the envelope names it. */
export function entry(picked: Picked, uploaded: Uploaded): FileEntry {
  const { name, type, original, stripped, what } = picked;
  return {
    id: uploaded.id,
    name,
    type,
    size: uploaded.size,
    sha256: uploaded.sha256,
    original,
    stripped,
    what,
  };
}

/** A file that was held, as it was when she picked it. */
export function picked({ entry: { name, type, what, original, stripped }, content }: Brought): Picked {
  return { name: plainName(name), type, what, content: new Blob([content], { type }), original, stripped, strippable: STRIPPABLE.includes(type) };
}

/** A name is text and nothing more: no control or direction characters, no halves of characters, not endless. */
export function plainName(name: string): string {
  const shown = [...name].filter((one) => isWellFormed(one)).join("");
  const plain = shown.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "").trim();
  return [...(plain === "" ? "file" : plain)].slice(0, NAME_LIMIT).join("");
}

// Some systems give no kind for these, or another name for the same one.
const BY_ENDING: Readonly<Record<string, string>> = {
  eml: "message/rfc822",
  txt: "text/plain",
  m4a: "audio/mp4",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  odt: "application/vnd.oasis.opendocument.text",
};

export function kindOf(file: Pick<File, "name" | "type">): string {
  const given = file.type.toLowerCase().split(";")[0]!.trim();
  if (given === "audio/x-m4a") return "audio/mp4";
  if (given !== "") return given;
  return BY_ENDING[file.name.toLowerCase().split(".").pop() ?? ""] ?? "";
}

async function hashOf(file: Blob): Promise<string> {
  const hash = sha256Stream();
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return hex(hash.digest());
    hash.update(value);
  }
}
