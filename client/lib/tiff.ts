// The one thing worth keeping of EXIF: which way up a picture is.

/** A picture whose parts cannot be told apart, so that nothing can be said about what is left in it. */
export class MetadataError extends Error {
  override name = "MetadataError";
}

const ORIENTATION = 0x0112;
const UPRIGHT = 1;

/** The orientation, 1 to 8, in EXIF data with or without its `Exif` heading. Nonsense is upright. */
export function readOrientation(exif: Uint8Array): number {
  const tiff = ascii(exif, 0, 6) === "Exif\0\0" ? exif.subarray(6) : exif;
  const order = ascii(tiff, 0, 2);
  if (tiff.length < 8 || (order !== "II" && order !== "MM")) return UPRIGHT;
  const little = order === "II";
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const start = view.getUint32(4, little);
  if (start + 2 > tiff.length) return UPRIGHT;
  const entries = view.getUint16(start, little);
  for (let at = start + 2, left = entries; left > 0 && at + 12 <= tiff.length; at += 12, left--) {
    if (view.getUint16(at, little) !== ORIENTATION) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : UPRIGHT;
  }
  return UPRIGHT;
}

/** EXIF data (a TIFF header and one entry) that says only this; null for upright, which needs no words. */
export function writeOrientation(orientation: number): Uint8Array | null {
  if (orientation === UPRIGHT) return null;
  const tiff = new Uint8Array(26);
  const view = new DataView(tiff.buffer);
  view.setUint16(0, 0x4d4d);
  view.setUint16(2, 42);
  view.setUint32(4, 8);
  view.setUint16(8, 1);
  view.setUint16(10, ORIENTATION);
  view.setUint16(12, 3); // SHORT
  view.setUint32(14, 1);
  view.setUint16(18, orientation);
  return tiff;
}

/** Bytes as characters, for comparing headings. */
export function ascii(data: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...data.subarray(at, at + length));
}
