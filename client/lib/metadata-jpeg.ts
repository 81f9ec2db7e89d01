// JPEG: a list of segments, then scans of picture data (ITU-T T.81, annex B).
import { concat, utf8 } from "./bytes.ts";
import { ascii, MetadataError, readOrientation, writeOrientation } from "./tiff.ts";

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const JFIF = 0xe0;
const EXIF = 0xe1;
const ICC = 0xe2;
const ADOBE = 0xee;

export function isJpeg(data: Uint8Array): boolean {
  return data[0] === 0xff && data[1] === SOI && data[2] === 0xff;
}

/**
 * The picture in pieces, without what it says about itself. Whatever follows its end, or damage in it, is
 * left out.
 */
export function stripJpeg(data: Uint8Array): Uint8Array[] {
  const kept: Uint8Array[] = [];
  let orientation = 1;
  let hasScan = false;
  let at = 2;
  for (;;) {
    const found = segmentAt(data, at);
    if (found === null || found.marker === EOI) break;
    const { marker, body } = found;
    at = found.end;
    if (marker === EXIF && orientation === 1 && ascii(body, 0, 6) === "Exif\0\0")
      orientation = readOrientation(body);
    const clean = cleanSegment(marker, body);
    if (clean !== null) kept.push(segment(marker, clean));
    if (marker !== SOS) continue;
    hasScan = true;
    at = endOfScan(data, found.end);
    kept.push(data.subarray(found.end, at));
  }
  if (!hasScan) throw new MetadataError("There is no picture in this file, or it is damaged.");
  const exif = writeOrientation(orientation);
  const first = kept[0]?.[1] === JFIF ? kept.splice(0, 1) : [];
  if (exif !== null) first.push(segment(EXIF, concat(utf8("Exif\0\0"), exif)));
  return [new Uint8Array([0xff, SOI]), ...first, ...kept, new Uint8Array([0xff, EOI])];
}

/** The segment that begins here, or null where there is none any more: the file is cut short or damaged. */
function segmentAt(data: Uint8Array, at: number): { marker: number; body: Uint8Array; end: number } | null {
  let start = at;
  while (data[start] === 0xff) start += 1; // fill bytes
  const marker = data[start];
  if (start === at || marker === undefined || marker === 0) return null;
  start += 1;
  if (marker === EOI || isAlone(marker)) return { marker, body: data.subarray(start, start), end: start };
  const end = start + (((data[start] ?? 0) << 8) | (data[start + 1] ?? 0));
  if (end < start + 2 || end > data.length) return null;
  return { marker, body: data.subarray(start + 2, end), end };
}

// Markers without a length: TEM, restarts, a second start.
function isAlone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= SOI);
}

/** What stays of a segment, or null. */
function cleanSegment(marker: number, body: Uint8Array): Uint8Array | null {
  if (isPicture(marker)) return body;
  if (marker === JFIF && ascii(body, 0, 5) === "JFIF\0" && body.length >= 14) {
    return concat(body.subarray(0, 12), new Uint8Array(2)); // without its thumbnail
  }
  if (marker === ICC && ascii(body, 0, 12) === "ICC_PROFILE\0") return body;
  if (marker === ADOBE && ascii(body, 0, 5) === "Adobe" && body.length >= 12) return body.subarray(0, 12);
  return null;
}

// Frames, tables, scans and restart intervals; not C8 (reserved), which no picture needs.
function isPicture(marker: number): boolean {
  return (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8) || (marker >= SOS && marker <= 0xdf);
}

/** Where the scan's data end: at the next marker that is not an escaped byte, fill or a restart. */
function endOfScan(data: Uint8Array, from: number): number {
  for (let at = data.indexOf(0xff, from); at >= 0; at = data.indexOf(0xff, at + 1)) {
    const next = data[at + 1];
    if (next === undefined) return at;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return data.length;
}

function segment(marker: number, body: Uint8Array): Uint8Array {
  const length = body.length + 2;
  return concat(new Uint8Array([0xff, marker, length >> 8, length & 0xff]), body);
}
