// Takes metadata out of pictures without touching the picture itself: place, time, device, author, comments,
// thumbnails, edits, trailing data. Kept: the colour profile, and which way up the picture is.
import { concat } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { isJpeg, stripJpeg } from "./metadata-jpeg.ts";
import { isPng, stripPng } from "./metadata-png.ts";
import { isWebp, stripWebp } from "./metadata-webp.ts";
import { MetadataError } from "./tiff.ts";

export { MetadataError } from "./tiff.ts";

/**
 * `stripped` is false when the kind of file is not one we can clean: then `content` is the file as it was.
 */
export interface Stripped {
  content: Blob;
  type: string;
  stripped: boolean;
}

const LARGEST = 128 * 1024 * 1024; // bytes; a picture is cleaned in memory

/**
 * Cleans a JPEG, PNG or WebP picture; its first bytes decide, not its name. Throws MetadataError when it is
 * damaged.
 */
export async function stripMetadata(file: Blob): Promise<Stripped> {
  const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const kind = KINDS.find(({ fits }) => fits(head));
  if (kind === undefined) return { content: file, type: file.type, stripped: false };
  if (file.size > LARGEST) throw new MetadataError("This picture is too big to be cleaned here.");
  const parts = kind.strip(new Uint8Array(await file.arrayBuffer()));
  return { content: new Blob(parts as Bytes[], { type: kind.type }), type: kind.type, stripped: true };
}

/** The same for bytes at hand; null for a kind that is not known. */
export function stripBytes(data: Uint8Array): { bytes: Bytes; type: string } | null {
  const kind = KINDS.find(({ fits }) => fits(data));
  return kind === undefined ? null : { bytes: concat(...kind.strip(data)), type: kind.type };
}

const KINDS = [
  { type: "image/jpeg", fits: isJpeg, strip: stripJpeg },
  { type: "image/png", fits: isPng, strip: stripPng },
  { type: "image/webp", fits: isWebp, strip: stripWebp },
];
