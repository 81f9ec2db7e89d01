// Reads fields of a decoded object with their kinds checked: what a signature covers can still be nonsense.
import { FormatError, isHash, isId } from "./bytes.ts";
import type { Json, JsonObject } from "./canonical.ts";

/** Refuses an object whose keys are not exactly these. */
export function exactly(object: JsonObject, keys: readonly string[]): JsonObject {
  const found = Object.keys(object).sort();
  const wanted = [...keys].sort();
  if (found.length !== wanted.length || found.some((key, i) => key !== wanted[i])) {
    throw new FormatError(`Expected exactly these fields: ${wanted.join(", ")}.`);
  }
  return object;
}

export function asObject(value: Json | undefined): JsonObject {
  if (value === undefined || value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new FormatError("Expected an object.");
  }
  return value as JsonObject;
}

export function asList(value: Json | undefined): readonly Json[] {
  if (!Array.isArray(value)) throw new FormatError("Expected a list.");
  return value as readonly Json[];
}

export function asText(value: Json | undefined): string {
  if (typeof value !== "string") throw new FormatError("Expected a text.");
  return value;
}

export function asFlag(value: Json | undefined): boolean {
  if (typeof value !== "boolean") throw new FormatError("Expected true or false.");
  return value;
}

/** A whole number of at least `least`. */
export function asCount(value: Json | undefined, least = 0): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least)
    throw new FormatError(`Expected a number of at least ${least}.`);
  return value;
}

export function asId(value: Json | undefined): string {
  if (!isId(value)) throw new FormatError("Expected an id.");
  return value;
}

export function asHash(value: Json | undefined): string {
  if (!isHash(value)) throw new FormatError("Expected a hash.");
  return value;
}

export function asDay(value: Json | undefined): string {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value))
    throw new FormatError("Expected a day.");
  const date = new Date(`${value}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== value)
    throw new FormatError("No such day.");
  return value;
}

export function asOneOf<T extends string>(value: Json | undefined, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new FormatError(`Expected one of: ${choices.join(", ")}.`);
  return found;
}

/** A sorted list of different texts. */
export function asSortedTexts(value: Json | undefined): string[] {
  const texts = asList(value).map(asText);
  if (texts.some((one, i) => i > 0 && one <= texts[i - 1]!)) throw new FormatError("Expected a sorted list.");
  return texts;
}
