// Proof of work, asked for only under pressure: find a counter whose hash begins with enough zero bits.
import { sha256, utf8 } from "./bytes.ts";
import { ask } from "./worker.ts";

export interface WorkRequest {
  challenge: string;
  bits: number;
}

const STEP = 4096; // hashes between two reports of progress

/**
 * The work as the server takes it: the challenge, a colon, and the smallest counter for which the SHA-256 of all
 * that begins with `bits` zero bits.
 */
export function solve({ challenge, bits }: WorkRequest, onProgress?: (done: number) => void): string {
  const expected = 2 ** bits;
  for (let counter = 0; ; counter++) {
    const work = `${challenge}:${counter}`;
    if (isSolved(work, bits)) return work;
    if (counter % STEP === 0) onProgress?.(1 - Math.exp(-counter / expected));
  }
}

export function isSolved(work: string, bits: number): boolean {
  return leadingZeroBits(sha256(utf8(work))) >= bits;
}

/**
 * Solves in a worker. Progress goes from 0 towards 1: the share of such puzzles that would be solved by now.
 */
export function solveInWorker(
  request: WorkRequest,
  onProgress?: (done: number) => void,
  signal?: AbortSignal,
): Promise<string> {
  return ask<WorkRequest, string>("work.worker", request, onProgress, signal);
}

function leadingZeroBits(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? bytes.length * 8 : first * 8 + Math.clz32(bytes[first]!) - 24;
}
