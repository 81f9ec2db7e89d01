// Seals a whole report: envelopes, epochs, grants and leaf, as the API takes it.
import type { Bytes } from "./bytes.ts";
import type { JsonObject } from "./canonical.ts";
import type { Card } from "./card.ts";
import type { ReceiptKeys } from "./derive.ts";
import type { Act } from "./leaf.ts";

/** Made before the first file is uploaded, kept until the report is received. */
export interface NewCase {
  id: string;
  identity: string;
  recipient: string;
}
export interface Submission {
  body: JsonObject; // what is posted
  act: Act; // what checkPromise expects
  holders: string[]; // key ids of the people who can open it
}
export type SealingStep = "report" | "sheet" | "grants" | "done";
export interface SubmissionInput {
  card: Card;
  keys: ReceiptKeys;
  new_case: NewCase;
  channels: readonly string[];
  excluded: readonly string[];
  report: JsonObject; // body without `card` and `format`
  sheet: readonly JsonObject[] | null;
  uploads: readonly { id: string; sealed: string }[];
  urgent: boolean;
  day: string;
  onProgress?: (step: SealingStep, done: number, whole: number) => void;
}
export function newCase(): Promise<NewCase> {
  throw new Error("not written yet");
}
export function buildSubmission(_input: SubmissionInput): Promise<Submission> {
  throw new Error("not written yet");
}
export type { Bytes };
