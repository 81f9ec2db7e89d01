// Proof of work, asked for only under pressure: find a counter whose hash begins with enough zero bits.
import { sha256, utf8 } from "./bytes.ts";
import { ask } from "./worker.ts";

export interface WorkRequest {
  challenge: string;
  bits: number;
}

const STEP = 4096; // hashes between two reports of progress

/**
 * The smallest counter for which SHA-256(challenge + ":" + counter) begins with `bits` zero bits, as a text.
 */
export function solve({ challenge, bits }: WorkRequest, onProgress?: (done: number) => void): string {
  const expected = 2 ** bits;
  for (let counter = 0; ; counter++) {
    if (isSolved(challenge, String(counter), bits)) return String(counter);
    if (counter % STEP === 0) onProgress?.(1 - Math.exp(-counter / expected));
  }
}

export function isSolved(challenge: string, counter: string, bits: number): boolean {
  return leadingZeroBits(sha256(utf8(`${challenge}:${counter}`))) >= bits;
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
