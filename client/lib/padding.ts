// Sizes that say little: buckets for what is written, Padmé for files (formats, sections 4 and 5).
import { FormatError } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";

const KIB = 1024;
export const BUCKETS: readonly number[] = [4, 16, 64, 256, 1024, 4096].map((size) => size * KIB);
export const PADME_LEAST = 4 * KIB;
/** Bytes of what a parcel holds, before they are sealed and written: one for each of its sizes. */
export const ROOMS: readonly number[] = [16, 64, 256].map((size) => (size * 1024 * 3) / 4 - 4096);

/** The smallest bucket, in bytes, that holds `length` bytes. Above 4 MiB there is none. */
export function bucket(length: number): number {
  const size = BUCKETS.find((one) => one >= length);
  if (size === undefined) throw new FormatError("This is too long to be sealed in one piece (4 MiB).");
  return size;
}

/** The bytes followed by zero bytes up to their bucket. */
export function pad(bytes: Uint8Array): Bytes {
  const padded = new Uint8Array(bucket(bytes.length));
  padded.set(bytes);
  return padded;
}

/**
 * The Padmé length of a file of `length` bytes: at most 12 % longer, and it leaks few bits of the true
 * length.
 */
export function padme(length: number): number {
  if (length <= PADME_LEAST) return PADME_LEAST;
  const exponent = floorLog2(length);
  const kept = floorLog2(exponent) + 1;
  const step = 2 ** (exponent - kept);
  return Math.ceil(length / step) * step;
}

function floorLog2(value: number): number {
  let exponent = 0;
  for (let rest = value; rest >= 2; rest = Math.floor(rest / 2)) exponent += 1;
  return exponent;
}
