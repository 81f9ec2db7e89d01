// Fingerprints of a picture, as a report lists them (formats, "Fingerprints"); made in a worker of their own.
import type { Print } from "./pdq.ts";
import { ask } from "./worker.ts";

/** What goes into the report about one picture: SHA-256 of the file, and up to seven fingerprints. */
export interface Fingerprinted {
  sha256: string;
  prints: (Print & { colour: string })[];
}

/** Too plain to tell from others, too large for this device, or not a picture it can read. */
export type PrintFault = "plain" | "large" | "unread";

/** Fingerprints of a picture. Rejects with an Error whose message is a PrintFault. Progress goes from 0 to 1. */
export function fingerprint(file: Blob, onProgress?: (done: number) => void): Promise<Fingerprinted> {
  return ask<Blob, Fingerprinted>("pdq.worker", file, onProgress);
}
