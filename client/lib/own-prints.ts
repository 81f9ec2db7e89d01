// The sealed file with a report's fingerprints: which of a case's files it is, and what stands in it (formats, "Fingerprints").
// A file of its own can be destroyed without the report. Who holds the log secret finds it; to the server it is a file.
import { base32, FormatError, hkdf, text } from "./bytes.ts";
import { decode, encode } from "./canonical.ts";
import type { Json, JsonObject } from "./canonical.ts";
import { asId, asList, asObject, asOneOf, asText, exactly } from "./shape.ts";

const PLACES = 64; // so that a second try with other pictures gets another id

/** Why fingerprints may be used: her own picture, the consent of the adult in it, or a named decider's reason. */
export interface Basis {
  kind: "own" | "consent" | "reason";
  by: string;
  why: string;
}

export interface PrintsFile {
  case: string;
  basis: Basis;
  fingerprints: readonly Json[];
  standing: string;
}

export const OWN: Basis = { kind: "own", by: "", why: "" };

/** An id for the file, one of those that belong to this log secret. */
export function newPrintsId(log: Uint8Array): string {
  return idAt(log, 1 + (crypto.getRandomValues(new Uint8Array(1))[0]! % PLACES));
}

/** Which of these files holds the fingerprints. */
export function findPrints<T extends { id: string }>(log: Uint8Array, files: readonly T[]): T | undefined {
  if (files.length === 0) return undefined;
  const own = new Set(Array.from({ length: PLACES }, (_, at) => idAt(log, at + 1)));
  return files.find(({ id }) => own.has(id));
}

function idAt(log: Uint8Array, place: number): string {
  return base32(hkdf(log, `upstander/prints/v1/${place}`, 16));
}

/** Canonical JSON: what is sealed, and what the desk saves for `upstander bank export`. */
export function writePrints({ case: of, basis, fingerprints, standing }: PrintsFile): string {
  const body = { basis: { ...basis }, case: of, fingerprints, format: "upstander/prints/v1", standing };
  return text(encode(body as unknown as JsonObject));
}

/** Reads one. What the fingerprints themselves say, `upstander bank export` checks. */
export function readPrints(bytes: Uint8Array): PrintsFile {
  const body = exactly(asObject(decode(bytes)), ["basis", "case", "fingerprints", "format", "standing"]);
  if (body["format"] !== "upstander/prints/v1") throw new FormatError("These are not fingerprints.");
  const said = exactly(asObject(body["basis"]), ["by", "kind", "why"]);
  const kind = asOneOf(said["kind"], ["own", "consent", "reason"] as const);
  return {
    case: asId(body["case"]),
    basis: { kind, by: asText(said["by"]), why: asText(said["why"]) },
    fingerprints: asList(body["fingerprints"]),
    standing: asText(body["standing"]),
  };
}
