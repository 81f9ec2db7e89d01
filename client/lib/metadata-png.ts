// PNG: a signature and a list of chunks (W3C PNG, third edition).
import { concat, utf8 } from "./bytes.ts";
import { ascii, MetadataError, readOrientation, writeOrientation } from "./tiff.ts";

const SIGNATURE = "\x89PNG\r\n\x1a\n";
const KEPT: ReadonlySet<string> = new Set(
  "IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD hIST pHYs cICP mDCV cLLI acTL fcTL fdAT".split(" "),
);

export function isPng(data: Uint8Array): boolean {
  return ascii(data, 0, 8) === SIGNATURE;
}

/** The picture in pieces. Text, times, EXIF, unknown chunks and whatever follows the end are left out. */
export function stripPng(data: Uint8Array): Uint8Array[] {
  const kept: Uint8Array[] = [];
  let orientation = 1;
  for (let at = 8; ;) {
    const { kind, body, end } = chunkAt(data, at);
    if (kept.length === 0 && (kind !== "IHDR" || body.length !== 13))
      throw new MetadataError("This picture is damaged.");
    if (kind === "eXIf" && orientation === 1) orientation = readOrientation(body);
    const isNeeded = kind.charCodeAt(0) < 97; // a capital first letter: a reader must understand it
    if (KEPT.has(kind)) kept.push(data.subarray(at, end));
    else if (isNeeded) throw new MetadataError("This picture has a part that we do not know.");
    at = end;
    if (kind === "IEND") break;
  }
  const exif = writeOrientation(orientation);
  const header = kept.splice(0, 1);
  if (exif !== null) header.push(chunk("eXIf", exif));
  return [data.subarray(0, 8), ...header, ...kept];
}

function chunkAt(data: Uint8Array, at: number): { kind: string; body: Uint8Array; end: number } {
  if (at + 12 > data.length) throw new MetadataError("This picture is cut short.");
  const length = new DataView(data.buffer, data.byteOffset + at).getUint32(0);
  const end = at + 12 + length;
  if (end > data.length) throw new MetadataError("This picture is cut short.");
  return { kind: ascii(data, at + 4, 4), body: data.subarray(at + 8, end - 4), end };
}

function chunk(kind: string, body: Uint8Array): Uint8Array {
  const named = concat(utf8(kind), body);
  const frame = new Uint8Array(8);
  new DataView(frame.buffer).setUint32(0, body.length);
  new DataView(frame.buffer).setUint32(4, crc32(named));
  return concat(frame.subarray(0, 4), named, frame.subarray(4));
}

/** CRC-32 as PNG uses it. */
export function crc32(data: Uint8Array): number {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
