// WebP: a RIFF list of chunks (RFC 9649).
import { concat, utf8 } from "./bytes.ts";
import { ascii, MetadataError, readOrientation, writeOrientation } from "./tiff.ts";

const KEPT: ReadonlySet<string> = new Set(["VP8 ", "VP8L", "VP8X", "ANIM", "ANMF", "ALPH", "ICCP"]);
const PICTURE: ReadonlySet<string> = new Set(["VP8 ", "VP8L", "ANMF"]);
const FRAME: ReadonlySet<string> = new Set(["VP8 ", "VP8L", "ALPH"]);
const FRAME_HEADER = 16; // bytes before the chunks inside a frame of an animation
const HAS_EXIF = 0x08;
const HAS_XMP = 0x04;

export function isWebp(data: Uint8Array): boolean {
  return ascii(data, 0, 4) === "RIFF" && ascii(data, 8, 4) === "WEBP";
}

/** The picture in pieces. EXIF, XMP, unknown chunks and whatever follows the end are left out. */
export function stripWebp(data: Uint8Array): Uint8Array[] {
  const end = 8 + size(data, 4);
  if (end > data.length || end < 12) throw new MetadataError("This picture is cut short.");
  const chunks = chunksOf(data.subarray(12, end));
  if (!chunks.some(({ kind }) => PICTURE.has(kind)))
    throw new MetadataError("There is no picture in this file.");
  const found = chunks.find(({ kind }) => kind === "EXIF");
  const exif = found === undefined ? null : writeOrientation(readOrientation(found.body));
  const kept = chunks.filter(({ kind }) => KEPT.has(kind));
  const isExtended = kept.some(({ kind }) => kind === "VP8X");
  const pieces = kept.map(({ kind, body }) => chunk(kind, clean(kind, body, exif !== null)));
  if (exif !== null && isExtended) pieces.push(chunk("EXIF", exif));
  const length = pieces.reduce((sum, piece) => sum + piece.length, 4);
  return [concat(utf8("RIFF"), littleEndian(length), utf8("WEBP")), ...pieces];
}

interface Chunk {
  kind: string;
  body: Uint8Array;
}

function clean(kind: string, body: Uint8Array, hasExif: boolean): Uint8Array {
  if (kind === "VP8X") {
    if (body.length < 10) throw new MetadataError("This picture is damaged.");
    const header = body.slice(0, 10);
    header[0] = (header[0]! & ~HAS_XMP & ~HAS_EXIF) | (hasExif ? HAS_EXIF : 0);
    return header;
  }
  if (kind !== "ANMF") return body;
  if (body.length < FRAME_HEADER) throw new MetadataError("This picture is damaged.");
  const inner = chunksOf(body.subarray(FRAME_HEADER)).filter((one) => FRAME.has(one.kind));
  return concat(body.subarray(0, FRAME_HEADER), ...inner.map((one) => chunk(one.kind, one.body)));
}

function chunksOf(data: Uint8Array): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 0; at < data.length;) {
    if (at + 8 > data.length) throw new MetadataError("This picture is cut short.");
    const length = size(data, at + 4);
    if (at + 8 + length > data.length) throw new MetadataError("This picture is cut short.");
    chunks.push({ kind: ascii(data, at, 4), body: data.subarray(at + 8, at + 8 + length) });
    at += 8 + length + (length % 2);
  }
  return chunks;
}

function size(data: Uint8Array, at: number): number {
  if (at + 4 > data.length) throw new MetadataError("This picture is cut short.");
  return new DataView(data.buffer, data.byteOffset + at).getUint32(0, true);
}

function chunk(kind: string, body: Uint8Array): Uint8Array {
  return concat(utf8(kind), littleEndian(body.length), body, new Uint8Array(body.length % 2));
}

function littleEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
